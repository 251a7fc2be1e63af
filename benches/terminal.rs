//! The program in a pseudo-terminal: keys in, and what comes back with the moment at which it came.

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use headend::domain::secret::Secret;
use headend::store::access::Credentials;
use headend::store::{Session, Store, Target};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::{Failed, world};

/// What a frame of many cells begins and ends with. One of few cells is one write and has neither.
const FRAME: [&[u8]; 2] = [b"\x1b[?2026h", b"\x1b[?2026l"];
/// How long something may take at most.
const PATIENCE: Duration = Duration::from_secs(60);

/// A database with somebody who is logged in to it.
pub struct Desk {
    pub store: Store,
    pub session: Session,
    pub target: Target,
    home: PathBuf,
    token: Secret,
}

impl Desk {
    /// Founds a database in a directory.
    pub fn found(directory: &Path) -> Result<Self, Failed> {
        let target = Target::Sqlite(directory.join("headend.db"));
        let (store, session) = world::open(&target, directory)?;
        let entered = store.log_in(&Credentials {
            username: world::USER.into(),
            password: Secret::new(world::PASSWORD.into()),
            code: None,
            tenant: None,
            client: "bench".into(),
            source: "local".into(),
        })?;
        Ok(Self { store, session, target, home: directory.to_owned(), token: entered.token })
    }

    /// The program's own command in this database, with the token that was kept.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.home.join(name).display().to_string();
        vec![
            ("HEADEND_DATABASE", path("headend.db")),
            ("HEADEND_KEY_FILE", path("key")),
            ("HEADEND_TOKEN", self.token.reveal().to_owned()),
            ("HOME", path("")),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TERM", "xterm-256color".to_owned()),
        ]
    }

    /// Opens the console at a list.
    pub fn opens(&self, place: &str, size: (u16, u16)) -> Result<Screen, Failed> {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_headend"));
        command.args(["console", "--no-poll", place]);
        command.env_clear();
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        command.cwd(&self.home);
        Screen::start(command, size)
    }
}

/// A program in its terminal.
pub struct Screen {
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    arrives: Receiver<(Instant, Vec<u8>)>,
    seen: vt100::Parser,
    /// When it was started.
    pub begun: Instant,
    /// Lives as long as the screen.
    _master: Box<dyn MasterPty + Send>,
}

impl Screen {
    pub fn start(command: CommandBuilder, (width, height): (u16, u16)) -> Result<Self, Failed> {
        let pair = native_pty_system().openpty(PtySize { rows: height, cols: width, ..PtySize::default() })?;
        let (Some(rows), Some(columns)) = (std::num::NonZero::new(height), std::num::NonZero::new(width)) else {
            return Err("no terminal is without rows or columns".into());
        };
        let begun = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        drop(pair.slave);
        let (tells, arrives) = channel();
        let mut reader = pair.master.try_clone_reader()?;
        std::thread::spawn(move || {
            let mut bytes = [0; 1 << 16];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if tells.send((Instant::now(), bytes[..count].to_vec())).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer()?;
        let seen = vt100::Parser::new(rows, columns, 0);
        Ok(Self { keys, child, arrives, seen, begun, _master: pair.master })
    }

    /// The screen as it is.
    pub fn screen(&self) -> &vt100::Screen {
        self.seen.screen()
    }

    fn receive(&mut self, patience: Duration) -> Result<Option<(Instant, Vec<u8>)>, Failed> {
        match self.arrives.recv_timeout(patience) {
            Ok((at, bytes)) => {
                self.seen.process(&bytes);
                Ok(Some((at, bytes)))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                Err(format!("the program has ended:\n{}", self.screen().contents()).into())
            }
        }
    }

    /// Waits until the screen says this; when it did.
    pub fn until(&mut self, text: &str) -> Result<Instant, Failed> {
        let mut last = Instant::now();
        while !self.screen().contents().contains(text) {
            match self.receive(PATIENCE)? {
                Some((at, _)) => last = at,
                None => return Err(format!("never saw ‘{text}’:\n{}", self.screen().contents()).into()),
            }
        }
        Ok(last)
    }

    /// Writes keys.
    pub fn types(&mut self, keys: &str) -> Result<(), Failed> {
        self.keys.write_all(keys.as_bytes())?;
        Ok(self.keys.flush()?)
    }

    /// Presses a key: how long it took to the last byte of what it painted, and how many bytes these were.
    pub fn press(&mut self, key: &str) -> Result<(Duration, usize), Failed> {
        let pressed = Instant::now();
        self.types(key)?;
        self.frame(pressed)
    }

    /// Waits for the end of the next frame.
    fn frame(&mut self, since: Instant) -> Result<(Duration, usize), Failed> {
        let mut painted = Vec::new();
        loop {
            let Some((at, bytes)) = self.receive(PATIENCE)? else {
                return Err(format!("nothing was painted:\n{}", self.screen().contents()).into());
            };
            painted.extend_from_slice(&bytes);
            let [begins, ends] = FRAME.map(|sign| painted.windows(sign.len()).rposition(|at| at == sign));
            if begins <= ends {
                return Ok((at.saturating_duration_since(since), painted.len()));
            }
        }
    }

    /// Waits for whatever comes next.
    pub fn arrives_at_all(&mut self) -> Result<(), Failed> {
        self.receive(PATIENCE)?.map(|_| ()).ok_or_else(|| "nothing came".into())
    }

    /// Presses a key: how long it took until a frame was whole that does not say this, as that something is read.
    pub fn press_until(&mut self, key: &str, awaited: &str) -> Result<Duration, Failed> {
        let pressed = Instant::now();
        let (mut took, _) = self.press(key)?;
        while self.screen().contents().contains(awaited) {
            (took, _) = self.frame(pressed)?;
        }
        Ok(took)
    }

    /// Waits until nothing was painted for so long; the bytes that came before that.
    pub fn falls_silent(&mut self, time: Duration) -> Result<usize, Failed> {
        let mut bytes = 0;
        while let Some((_, more)) = self.receive(time)? {
            bytes += more.len();
        }
        Ok(bytes)
    }

    /// Megabytes that the program has in memory.
    pub fn resident(&self) -> Result<f64, Failed> {
        let id = self.child.process_id().ok_or("the program has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes / 1024.0)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
