//! ICMP echo: all targets through one socket for IPv4 and one for IPv6, on a thread of its own.
//!
//! What makes it both fast and right: datagrams go and come in batches; replies are taken in between the batches, so that
//! no receive buffer overflows and calls a live host down; sends are paced while what is outstanding is not limited, so
//! that silent hosts cost their timeout once, not once a batch; deadlines stand in rows that are sorted by nature.

mod pinger;
mod slots;
mod socket;
mod wire;

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc as std_mpsc;
use std::thread;
use std::time::Duration;

use rustix::event::EventfdFlags;
use tokio::sync::mpsc;

pub use socket::{Denied, Permission, permission};
pub(super) use wire::{ECHO_REPLY_V4, ECHO_REPLY_V6};

use super::{Answer, Answers};
use crate::domain::health::ProbeResult;
use crate::health::cancel::CancellationFlag;

/// How ICMP is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Echo requests a second at most, over both families; 0 counts as 1. Default 400,000 (270 Mbit/s on an Ethernet).
    pub rate: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rate: 400_000 }
    }
}

/// One echo request to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The asker's own mark, given back with the answer.
    pub key: u64,
    /// Whom. An IPv4 address written as IPv6 counts as the IPv4 one.
    pub address: IpAddr,
    /// How long to wait for the reply, counted from when it is sent; in steps of a millisecond.
    pub timeout: Duration,
}

/// Asks that share where their answers go.
struct Job {
    asks: Vec<Ask>,
    answers: Answers,
}

/// What the handles and the thread share.
struct Line {
    jobs: std_mpsc::Sender<Job>,
    /// Wakes the thread from its wait for the sockets.
    bell: Arc<OwnedFd>,
    closing: Arc<AtomicBool>,
}

/// The thread that pings. It ends when the last handle is dropped, and with it what it had not answered.
#[derive(Clone)]
pub struct IcmpProber {
    line: Arc<Line>,
}

impl fmt::Debug for IcmpProber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IcmpProber")
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Release);
        ring(&self.bell);
    }
}

/// Wakes the thread; nothing to do about a bell that cannot be rung but to wait for the thread's next deadline.
fn ring(bell: &OwnedFd) {
    let _ = rustix::io::write(bell, &1u64.to_ne_bytes());
}

impl IcmpProber {
    /// Opens the sockets and starts the thread. One family is enough; targets of the other are answered as unsent.
    ///
    /// # Errors
    /// When neither family may be used here, with what to do about it.
    pub fn start(settings: &Settings) -> Result<Self, Denied> {
        let sockets = socket::Sockets::open()?;
        let no_thread =
            |error: io::Error| Denied::because(format!("the thread for ICMP could not be started: {error}"));
        let bell = rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map_err(|errno| no_thread(errno.into()))?;
        let (bell, closing) = (Arc::new(bell), Arc::new(AtomicBool::new(false)));
        let (jobs, incoming) = std_mpsc::channel();
        let pinger = pinger::Pinger::new(sockets, incoming, Arc::clone(&bell), Arc::clone(&closing), settings.rate);
        thread::Builder::new().name("icmp".to_owned()).spawn(move || pinger.run()).map_err(no_thread)?;
        Ok(Self { line: Arc::new(Line { jobs, bell, closing }) })
    }

    /// Sends an echo request for each ask; each is answered once, in batches, in the order the answers come. The channel
    /// is closed after the last one. Closing the receiver stops what has not been sent.
    pub fn submit(&self, asks: Vec<Ask>, answers: Answers) {
        // A thread that has ended drops the answers' channel with the job, which the asker sees.
        if self.line.jobs.send(Job { asks, answers }).is_ok() {
            ring(&self.line.bell);
        }
    }
}

/// Sends one echo request to each target and waits for the replies: results in the order of the targets, with the loss
/// of that one packet. Ends within `timeout` of the last send; when `cancel` is set, at once, with what is missing unsent.
///
/// # Errors
/// When ICMP may not be used here, with what to do about it.
pub async fn sweep(
    targets: &[IpAddr],
    timeout: Duration,
    settings: &Settings,
    cancel: &CancellationFlag,
) -> Result<Vec<ProbeResult>, Denied> {
    let prober = IcmpProber::start(settings)?;
    let (answers, mut incoming) = mpsc::unbounded_channel::<Vec<Answer>>();
    prober
        .submit((0u64..).zip(targets).map(|(key, address)| Ask { key, address: *address, timeout }).collect(), answers);
    let mut results = vec![ProbeResult::unsent("cancelled"); targets.len()];
    loop {
        let batch = tokio::select! {
            batch = incoming.recv() => batch,
            () = cancel.cancelled() => None,
        };
        let Some(batch) = batch else { return Ok(results) };
        for answer in batch {
            if let Some(result) = usize::try_from(answer.key).ok().and_then(|index| results.get_mut(index)) {
                *result = answer.result;
            }
        }
    }
}

#[cfg(test)]
#[path = "icmp_tests.rs"]
mod tests;
