//! Ctrl-C: ends the program with 130, the terminal's echo put back; a command that writes in one
//! transaction asks to be told instead, and rolls back.

use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static CANCELS: AtomicBool = AtomicBool::new(false);

/// Ends the program when it is interrupted, from a thread of its own.
pub fn end_on_interrupt() {
    let terminal = rustix::termios::tcgetattr(std::io::stdin()).ok();
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                // The second one ends it whatever runs: a transaction that is not committed is nothing.
                if CANCELS.load(Ordering::Relaxed) && !INTERRUPTED.swap(true, Ordering::Relaxed) {
                    continue;
                }
                if let Some(attributes) = &terminal {
                    let now = rustix::termios::OptionalActions::Now;
                    let _ = rustix::termios::tcsetattr(std::io::stdin(), now, attributes);
                }
                eprintln!();
                std::process::exit(130);
            }
        });
    });
}

/// From now on the first interruption is only noted: the command asks [`is_interrupted`].
pub fn cancel_on_interrupt() {
    CANCELS.store(true, Ordering::Relaxed);
}

/// Whether it was interrupted.
#[must_use]
pub fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}
