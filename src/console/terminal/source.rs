//! What comes in from the terminal and the system: bytes with their time, sizes, signals.

use std::io::{self, Read as _, Write as _};
use std::thread;
use std::time::Instant;

use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::tty;

/// Reads between what the loop has taken; more than enough for any paste.
const WAITING: usize = 64;

/// Something from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// One read of the terminal, and when it came: for [`Input::feed`](crate::console::input::Input::feed).
    Bytes(Vec<u8>, Instant),
    /// The terminal has another size.
    Resized(Size),
    /// The system wants something.
    Signal(Signal),
    /// The terminal is gone.
    Closed,
}

/// What the system wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM: end, with drafts kept.
    Terminate,
    /// SIGHUP: the line is gone; end, with drafts kept.
    HangUp,
    /// SIGINT from outside: end.
    Interrupt,
    /// SIGCONT: the screen may have been written on.
    Continue,
}

/// The reader of this process's terminal and the listener for signals.
#[derive(Debug)]
pub struct Source {
    receiver: mpsc::Receiver<Incoming>,
    sender: mpsc::Sender<Incoming>,
    reader: Option<Reader>,
    signals: JoinHandle<()>,
}

#[derive(Debug)]
struct Reader {
    stop: io::PipeWriter,
    thread: thread::JoinHandle<()>,
}

impl Source {
    /// Begins to read and to listen. Needs a tokio runtime.
    ///
    /// # Errors
    /// A signal cannot be listened for, or no thread started.
    pub fn start() -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let signals = tokio::spawn(listen(
            sender.clone(),
            [
                (signal(SignalKind::terminate())?, Signal::Terminate),
                (signal(SignalKind::hangup())?, Signal::HangUp),
                (signal(SignalKind::interrupt())?, Signal::Interrupt),
                (signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?, Signal::Continue),
            ],
            signal(SignalKind::window_change())?,
        ));
        let mut source = Self { receiver, sender, reader: None, signals };
        source.resume()?;
        Ok(source)
    }

    /// The next thing; `None` never comes while the source lives. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Incoming> {
        self.receiver.recv().await
    }

    /// What has come already, without waiting: drain it before drawing.
    pub fn try_next(&mut self) -> Option<Incoming> {
        self.receiver.try_recv().ok()
    }

    /// Stops reading, so that another program can have the terminal. Nothing of its input is taken.
    pub fn pause(&mut self) {
        if let Some(mut reader) = self.reader.take() {
            // A thread that ended by itself has closed its end already.
            let _ = reader.stop.write_all(b"x");
            while !reader.thread.is_finished() {
                // It may be waiting for room to send what it has read.
                let _ = self.receiver.try_recv();
                thread::yield_now();
            }
            let _ = reader.thread.join();
        }
    }

    /// Reads again after [`pause`](Self::pause).
    ///
    /// # Errors
    /// No pipe or no thread can be had.
    pub fn resume(&mut self) -> io::Result<()> {
        if self.reader.is_some() {
            return Ok(());
        }
        let (stopped, stop) = io::pipe()?;
        let sender = self.sender.clone();
        let thread = thread::Builder::new().name("terminal input".into()).spawn(move || read(&stopped, &sender))?;
        self.reader = Some(Reader { stop, thread });
        Ok(())
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.receiver.close();
        self.pause();
        self.signals.abort();
    }
}

/// Reads until it is stopped or the terminal is gone.
fn read(mut stopped: &io::PipeReader, sender: &mpsc::Sender<Incoming>) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let stdin = rustix::stdio::stdin();
        let mut ready = [PollFd::from_borrowed_fd(stdin, PollFlags::IN), PollFd::new(&stopped, PollFlags::IN)];
        match poll(&mut ready, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => break,
        }
        if !ready[1].revents().is_empty() {
            let _ = stopped.read(&mut [0]);
            return;
        }
        match rustix::io::read(stdin, &mut bytes) {
            Ok(0) => break,
            Ok(count) => {
                if sender.blocking_send(Incoming::Bytes(bytes[..count].to_vec(), Instant::now())).is_err() {
                    return;
                }
            }
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => break,
        }
    }
    let _ = sender.blocking_send(Incoming::Closed);
}

async fn listen(
    sender: mpsc::Sender<Incoming>,
    [mut terminate, mut hang_up, mut interrupt, mut continued]: [(tokio::signal::unix::Signal, Signal); 4],
    mut resized: tokio::signal::unix::Signal,
) {
    loop {
        let incoming = tokio::select! {
            Some(()) = terminate.0.recv() => Incoming::Signal(terminate.1),
            Some(()) = hang_up.0.recv() => Incoming::Signal(hang_up.1),
            Some(()) = interrupt.0.recv() => Incoming::Signal(interrupt.1),
            Some(()) = continued.0.recv() => Incoming::Signal(continued.1),
            Some(()) = resized.recv() => match tty::size() {
                Ok(size) => Incoming::Resized(size),
                Err(_) => continue,
            },
            else => return,
        };
        if sender.send(incoming).await.is_err() {
            return;
        }
    }
}
