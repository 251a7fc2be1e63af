//! What a panic leaves behind: a terminal that works, and a report that says what happened.

use std::backtrace::Backtrace;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::termios::{OptionalActions, Termios, tcsetattr};

use super::TtyWriter;

/// The mode to give back, and the thread whose panic ends the console.
static WATCHED: Mutex<Option<(Termios, ThreadId)>> = Mutex::new(None);
static LAST_REPORT: Mutex<Option<PathBuf>> = Mutex::new(None);

pub(super) fn watch(found: Termios) {
    *WATCHED.lock().unwrap_or_else(PoisonError::into_inner) = Some((found, std::thread::current().id()));
}

/// False after a panic has given the terminal back: doing it twice would put the cursor back onto
/// what was said.
pub(super) fn is_watched() -> bool {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

pub(super) fn unwatch() {
    *WATCHED.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// Installs the hook, once, before the terminal is opened. Reports go into `state`.
///
/// A panic on the thread that opened the terminal gives it back, writes a report and says where.
/// One on another thread writes its report and leaves the screen alone: see [`take_report`].
pub fn install(state: PathBuf) {
    std::panic::set_hook(Box::new(move |info| {
        let report = write_report(&state, info);
        let ours = {
            let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
            match watched.take_if(|(_, thread)| *thread == std::thread::current().id()) {
                Some((found, _)) => Some(found),
                None if watched.is_some() => None,
                None => return say(&report, info),
            }
        };
        match ours {
            Some(found) => {
                // Nothing can be done about a terminal that is gone.
                let _ = TtyWriter.write_all(super::farewell(false).as_bytes());
                let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Flush, &found);
                say(&report, info);
            }
            None => *LAST_REPORT.lock().unwrap_or_else(PoisonError::into_inner) = report.ok(),
        }
    }));
}

/// The report of the last panic on another thread, once, for the console to show.
pub fn take_report() -> Option<PathBuf> {
    LAST_REPORT.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn say(report: &std::io::Result<PathBuf>, info: &PanicHookInfo<'_>) {
    let mut stderr = std::io::stderr().lock();
    let _ = match report {
        Ok(path) => writeln!(
            stderr,
            "headend ran into a fault of its own and had to stop; what was typed is kept.\n\
             The report is in {}",
            path.display()
        ),
        Err(error) => writeln!(stderr, "headend ran into a fault of its own ({error} writing the report):\n{info}"),
    };
}

fn write_report(state: &Path, info: &PanicHookInfo<'_>) -> std::io::Result<PathBuf> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    fs::create_dir_all(state)?;
    let path = state.join(format!("fault-{}-{}.txt", now.as_millis(), std::process::id()));
    let mut text = String::new();
    let _ =
        writeln!(text, "headend {} on {} {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    let _ = writeln!(text, "seconds since 1970: {}", now.as_secs());
    let _ = writeln!(text, "thread: {}", std::thread::current().name().unwrap_or("unnamed"));
    let _ = writeln!(text, "\n{info}\n\n{}", Backtrace::force_capture());
    // Only for the person themselves: a message may hold what was on the screen.
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(path)
}
