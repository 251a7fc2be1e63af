//! Somebody at a terminal: the real program in a pseudo-terminal, keys in, the screen out. Waits are
//! for what the screen shows, with a generous end.

use std::cell::Cell;
use std::io::{Read as _, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::common::Lab;
use crate::common::lab::{PASSWORD, key_text};

/// How long something may take that takes a moment.
const PATIENCE: Duration = Duration::from_secs(60);

pub const ENTER: &str = "\r";
pub const ESC: &str = "\x1b";

fn cells(count: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(count).unwrap()
}

/// A person with a home of their own, and what they start the program with.
pub struct Person {
    home: tempfile::TempDir,
    database: Option<String>,
    arguments: Vec<String>,
    user: String,
}

impl Person {
    /// Somebody on a machine where nothing was ever set up.
    pub fn new() -> Self {
        let home = tempfile::Builder::new().prefix("headend-home-").tempdir().unwrap();
        Self { home, database: None, arguments: vec!["console".into(), "--no-poll".into()], user: "admin".into() }
    }

    /// Somebody who works on this database.
    pub fn on(lab: &Lab) -> Self {
        Self::at(&lab.url())
    }

    pub fn at(url: &str) -> Self {
        Self { database: Some(url.to_owned()), ..Self::new() }
    }

    pub fn with(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Who logs in, where it is not the administrator.
    pub fn called(mut self, user: &str) -> Self {
        self.user = user.to_owned();
        self
    }

    /// Saves a file in the configuration directory, as an editor does: beside it, and moved there.
    pub fn saves(&self, name: &str, text: &str) {
        let path = self.home.path().join(".config/headend").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let beside = path.with_extension("new");
        std::fs::write(&beside, text).unwrap();
        std::fs::rename(beside, path).unwrap();
    }

    /// Starts the program in a terminal of 120×40.
    pub fn starts(&self) -> Screen {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_headend"));
        command.args(&self.arguments);
        command.env_clear();
        command.env("HOME", self.home.path());
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("HEADEND_USER", &self.user);
        command.cwd(self.home.path());
        if let Some(database) = &self.database {
            command.env("HEADEND_DATABASE", database);
            command.env("HEADEND_KEY", key_text());
        }
        Screen::start(command)
    }

    /// Starts the program and logs in.
    pub fn logs_in(&self) -> Screen {
        let screen = self.starts();
        screen.sees("Log in");
        screen.enters_password();
        screen.sees("1 Dashboard");
        screen.sees("What is not well");
        screen
    }
}

/// What a frame begins and ends with.
const FRAME: (&[u8], &[u8]) = (b"\x1b[?2026h", b"\x1b[?2026l");

/// As many of these bytes as are whole frames: a terminal shows no part of one.
fn whole_frames(bytes: &[u8]) -> usize {
    let find_last = |sign: &[u8]| bytes.windows(sign.len()).rposition(|window| window == sign);
    match (find_last(FRAME.0), find_last(FRAME.1)) {
        (Some(begins), ends) if ends.is_none_or(|ends| ends < begins) => begins,
        // The beginning may have come in part.
        _ => {
            let part = (1..FRAME.0.len()).rev().find(|length| bytes.ends_with(&FRAME.0[..*length]));
            bytes.len() - part.unwrap_or(0)
        }
    }
}

#[test]
fn a_frame_is_seen_when_it_is_whole() {
    let frame = b"\x1b[?2026hab\x1b[?2026l";
    for (bytes, whole) in
        [(frame.as_slice(), 18), (&frame[..10], 0), (&frame[..3], 0), (b"ab", 2), (b"ab\x1b[?2", 2), (b"", 0)]
    {
        assert_eq!(whole_frames(bytes), whole, "{:?}", String::from_utf8_lossy(bytes));
    }
    assert_eq!(whole_frames(&[frame.as_slice(), b"x", &frame[..11]].concat()), frame.len() + 1);
}

/// The program in its terminal.
pub struct Screen {
    master: Box<dyn MasterPty + Send>,
    keys: Mutex<Box<dyn Write + Send>>,
    child: Mutex<Box<dyn portable_pty::Child + Send + Sync>>,
    seen: Arc<Mutex<vt100::Parser>>,
    /// All that came, as it came.
    raw: Arc<Mutex<Vec<u8>>>,
    written: Arc<AtomicUsize>,
    /// When something was typed last, and whether it was a text that nobody has seen on the screen yet.
    typed: Mutex<(Instant, bool)>,
}

impl Screen {
    fn start(command: CommandBuilder) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows: 40, cols: 120, ..PtySize::default() }).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let seen = Arc::new(Mutex::new(vt100::Parser::new(cells(40), cells(120), 0)));
        let (mut reader, writes_to) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&seen));
        let raw = Arc::new(Mutex::new(Vec::new()));
        let keeps = Arc::clone(&raw);
        let written = Arc::new(AtomicUsize::new(0));
        let counts = Arc::clone(&written);
        std::thread::spawn(move || {
            let (mut bytes, mut held) = ([0; 4096], Vec::new());
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                keeps.lock().unwrap().extend_from_slice(&bytes[..count]);
                held.extend_from_slice(&bytes[..count]);
                let whole: Vec<u8> = held.drain(..whole_frames(&held)).collect();
                writes_to.lock().unwrap().process(&whole);
                // What was written counts when it can be seen.
                counts.fetch_add(whole.len(), Ordering::SeqCst);
            }
            writes_to.lock().unwrap().process(&held);
            counts.fetch_add(held.len(), Ordering::SeqCst);
        });
        let keys = pair.master.take_writer().unwrap();
        let typed = Mutex::new((Instant::now(), false));
        Self { master: pair.master, keys: Mutex::new(keys), child: Mutex::new(child), seen, raw, written, typed }
    }

    pub fn text(&self) -> String {
        self.seen.lock().unwrap().screen().contents()
    }

    /// Writes what a keyboard would send, not as fast as a scanner sends it after what was typed before.
    pub fn types(&self, keys: &str) {
        let mut typed = self.typed.lock().unwrap();
        std::thread::sleep(
            (headend::console::input::MACHINE + Duration::from_millis(3)).saturating_sub(typed.0.elapsed()),
        );
        *typed = (Instant::now(), keys.chars().count() > 1);
        let mut writer = self.keys.lock().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// The password where one is asked for it.
    pub fn enters_password(&self) {
        self.types(PASSWORD);
        let length = PASSWORD.chars().count();
        self.until("the password never came", |screen| {
            ["•", "*"].iter().any(|dot| screen.contains(&dot.repeat(length)))
        });
        self.types(ENTER);
    }

    /// A key where letters are commands, and what it brings.
    pub fn presses(&self, key: &str, brings: &str) {
        self.types(key);
        self.sees(brings);
    }

    pub fn pastes(&self, text: &str) {
        self.types(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Waits until the program has written this to its terminal, whatever that shows of it.
    pub fn is_sent(&self, sequence: &str) {
        let has = |bytes: &[u8]| bytes.windows(sequence.len()).any(|window| window == sequence.as_bytes());
        self.until(&format!("never sent {sequence:?}"), |_| has(&self.raw.lock().unwrap()));
    }

    fn until(&self, what: &str, holds: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            let text = self.text();
            if holds(&text) {
                // A busy machine reads late: a text counts as typed when it is there, and the next key comes after that.
                let mut typed = self.typed.lock().unwrap();
                if std::mem::take(&mut typed.1) {
                    typed.0 = Instant::now();
                }
                return;
            }
            assert!(Instant::now() < end, "{what}; the screen:\n{text}");
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    /// Waits until the lines of the screen are so.
    pub fn until_lines(&self, what: &str, holds: impl Fn(&[&str]) -> bool) {
        self.until(what, |screen| {
            let lines: Vec<&str> = screen.lines().collect();
            lines.len() > 3 && holds(&lines)
        });
    }

    pub fn sees(&self, text: &str) {
        self.until(&format!("never saw {text:?}"), |screen| screen.contains(text));
    }

    pub fn sees_no(&self, text: &str) {
        self.until(&format!("always saw {text:?}"), |screen| !screen.contains(text));
    }

    /// A question is on the screen: read it, then answer. A yes counts only after a moment.
    pub fn answers(&self, question: &str, keys: &[&str]) {
        self.sees(question);
        for key in keys {
            self.waits_until_it_can_be_read();
            self.types(key);
        }
        self.sees_no(question);
    }

    /// As long as an answer to what was just painted does not count.
    pub fn waits_until_it_can_be_read(&self) {
        std::thread::sleep(headend::console::widgets::shown::AFTER_PAINT + Duration::from_millis(100));
    }

    pub fn resizes(&self, width: u16, height: u16) {
        // The parser first: what is painted for the new size must find it.
        self.seen.lock().unwrap().screen_mut().set_size(cells(height), cells(width));
        self.master.resize(PtySize { rows: height, cols: width, ..PtySize::default() }).unwrap();
    }

    /// Bytes that the program has written to its terminal.
    pub fn written(&self) -> usize {
        self.written.load(Ordering::SeqCst)
    }

    /// Waits until nothing has been written for so long.
    pub fn falls_silent(&self, time: Duration) {
        let last = Cell::new((self.written(), Instant::now()));
        self.until("it never falls silent", |_| {
            if last.get().0 != self.written() {
                last.set((self.written(), Instant::now()));
            }
            last.get().1.elapsed() >= time
        });
    }

    pub fn is_taken_over(&self) -> bool {
        self.seen.lock().unwrap().screen().alternate_screen()
    }

    pub fn gets(&self, signal: rustix::process::Signal) {
        let id = self.child.lock().unwrap().process_id().unwrap();
        let process = rustix::process::Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
        rustix::process::kill_process(process, signal).unwrap();
    }

    /// Waits for the end of the program; its exit code.
    pub fn ends(&self) -> u32 {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.lock().unwrap().try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < end, "it does not end; the screen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The terminal is as it was found.
    pub fn is_given_back(&self) {
        let end = Instant::now() + PATIENCE;
        loop {
            let back = {
                let seen = self.seen.lock().unwrap();
                let screen = seen.screen();
                !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
            };
            if back {
                return;
            }
            assert!(Instant::now() < end, "the terminal was not given back");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended long ago.
        let mut child = self.child.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}
