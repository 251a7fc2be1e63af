//! P8: from a key to the last byte of what it paints, at rest and while the poller writes and a file is brought in.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use headend::console::input::MACHINE;
use headend::store::bench_data;
use portable_pty::CommandBuilder;

use crate::terminal::{Desk, Screen};
use crate::{Failed, Verdicts, median};

/// Keys of each kind.
const KEYS: usize = 300;
/// So long nothing comes before the next key is pressed.
const SILENCE: Duration = Duration::from_millis(200);
/// How fast a key repeats that is held down.
const REPEAT: Duration = Duration::from_millis(33);
/// Rows of the file that is brought in meanwhile, again and again.
const IMPORTED: usize = 50_000;

pub fn run(size: Option<u64>, verdicts: &mut Verdicts) -> Result<(), Failed> {
    let size = size.unwrap_or(200_000);
    let directory = tempfile::tempdir()?;
    let desk = Desk::found(directory.path())?;
    bench_data::make_customers(&desk.target, desk.session.tenant.id, size)?;
    bench_data::make_devices(&desk.store, &desk.session, 200, 500)?;
    println!("a terminal that echoes: {:.2} ms", echo()?);
    for dimensions in [(120, 40), (200, 50)] {
        keys(&desk, "at rest", dimensions, verdicts)?;
    }
    let file = directory.path().join("more.csv");
    // Nothing in it is unique: it can be brought in again.
    let mut rows = String::from("name,phone\n");
    for number in 0..IMPORTED {
        writeln!(rows, "Imported {number},+2547{number:08}")?;
    }
    std::fs::write(&file, rows)?;
    let path = file.display().to_string();
    let busy = [Busy::with(&desk, &["poll"]), Busy::with(&desk, &["import", "customers", &path])];
    for dimensions in [(120, 40), (200, 50)] {
        keys(&desk, "beside the poller and an import", dimensions, verdicts)?;
    }
    for work in busy {
        work.ends()?;
    }
    Ok(())
}

/// A program that works meanwhile, begun anew each time it is done.
struct Busy {
    stop: Arc<AtomicBool>,
    work: JoinHandle<Result<(), String>>,
}

impl Busy {
    fn with(desk: &Desk, arguments: &[&str]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut command = Command::new(env!("CARGO_BIN_EXE_headend"));
        command.args(arguments).env_clear().envs(desk.environment());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let (told, what) = (Arc::clone(&stop), arguments.join(" "));
        let work = std::thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                let mut child = command.spawn().map_err(|error| error.to_string())?;
                let ended = loop {
                    match child.try_wait().map_err(|error| error.to_string())? {
                        Some(status) => break status.success(),
                        None if told.load(Ordering::Relaxed) => {
                            let _ = child.kill();
                            break child.wait().is_ok();
                        }
                        None => std::thread::sleep(Duration::from_millis(20)),
                    }
                };
                if !ended {
                    return Err(format!("headend {what} failed"));
                }
            }
            Ok(())
        });
        Self { stop, work }
    }

    /// Stops it. Figures beside what has failed say nothing.
    fn ends(self) -> Result<(), Failed> {
        self.stop.store(true, Ordering::Relaxed);
        Ok(self.work.join().map_err(|_| "what ran beside it panicked")??)
    }
}

/// What a key costs where nothing but the terminal is between it and its echo: the limit.
fn echo() -> Result<f64, Failed> {
    let mut screen = Screen::start(CommandBuilder::new("cat"), (80, 24))?;
    let mut times = Vec::new();
    for _ in 0..KEYS {
        let begun = Instant::now();
        screen.types("j")?;
        screen.arrives_at_all()?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(median(&times))
}

fn keys(desk: &Desk, when: &str, dimensions: (u16, u16), verdicts: &mut Verdicts) -> Result<(), Failed> {
    let (width, height) = dimensions;
    let mut screen = desk.opens("customers", dimensions)?;
    screen.until("▌ CUS-")?;
    screen.falls_silent(Duration::from_millis(300))?;
    let mut times = Vec::new();
    // One by one, each when all is still, and held down.
    for pause in [Duration::from_millis(80), REPEAT] {
        for _ in 0..KEYS {
            screen.falls_silent(pause)?;
            times.push(screen.press("j")?.0.as_secs_f64() * 1_000.0);
        }
    }
    times.sort_by(f64::total_cmp);
    let p99 = times[times.len() * 99 / 100];
    verdicts.put(&format!("P8 {width}x{height} {when}, p50 ms"), median(&times), 1.5);
    verdicts.put(&format!("P8 {width}x{height} {when}, p99 ms"), p99, 16.0);
    let (mut sorted, mut filtered) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        screen.falls_silent(SILENCE)?;
        // A sort the other way round: the first frame behind it has its rows, or says that they are read. Before it runs
        // the console waits whether a scanner goes on; that pause is its own measure.
        let took = screen.press_until("S", "reading")?;
        sorted.push(took.saturating_sub(MACHINE).as_secs_f64() * 1_000.0);
        screen.falls_silent(SILENCE)?;
        screen.press("/")?;
        screen.falls_silent(SILENCE)?;
        filtered.push(screen.press_until("a", "reading")?.as_secs_f64() * 1_000.0);
        screen.falls_silent(SILENCE)?;
        screen.press("\x1b")?;
    }
    let waits = MACHINE.as_millis();
    let what =
        format!("P8 {width}x{height} {when}, a sort to its first rows, {waits} ms of waiting for a scanner apart, ms");
    verdicts.put(&what, median(&sorted), 10.0);
    let what = format!("P8 {width}x{height} {when}, a letter of a filter to its first rows, ms");
    verdicts.put(&what, median(&filtered), 10.0);
    Ok(())
}
