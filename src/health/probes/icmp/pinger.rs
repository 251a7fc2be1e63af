//! The thread that sends echo requests and reads their replies.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;

use super::Job;
use super::slots::{Nanos, Slots, Waiting};
use super::socket::{Denied, PingSocket, Sockets};
use super::wire::{Echo, SIZE};
use crate::domain::health::ProbeResult;
use crate::health::probes::mmsg::{Inbox, Outbox, RECEIVE_BATCH, SEND_BATCH};
use crate::health::probes::{Answer, Answers};

/// Answers of one job that go out together while there is more to send.
const ANSWER_BATCH: usize = 1024;
/// How long answers are held back at most while there is more to send.
const HOLD: Nanos = 10_000_000;
/// Packets that may go at once after a pause, before the pace counts.
const BURST: u64 = 256;
/// First and longest pause after the system could take no more.
const PAUSE: Nanos = 1_000_000;
const LONGEST_PAUSE: Nanos = 20_000_000;
/// How long the system may take no more before what waits is called unsent.
const GIVE_UP: Nanos = 2_000_000_000;

/// A request that has not been sent.
#[derive(Clone, Copy)]
struct Queued {
    address: IpAddr,
    timeout_ms: u32,
    job: usize,
    key: u64,
}

/// A job whose answers are not all in.
struct Open {
    answers: Answers,
    ready: Vec<Answer>,
    remaining: usize,
}

/// One family's socket and what waits for it.
struct Side {
    socket: Result<PingSocket, Denied>,
    queue: VecDeque<Queued>,
    outstanding: usize,
    /// The system could take no more: when to try again, the pause after that, and since when.
    not_before: Nanos,
    pause: Nanos,
    stuck_since: Option<Nanos>,
}

/// At most so many packets a second, evenly but for a small burst.
struct Pace {
    cost: Nanos,
    /// When the next packet is due; runs behind the clock by the burst at most.
    due: Nanos,
}

impl Pace {
    fn allowed(&mut self, now: Nanos) -> usize {
        self.due = self.due.max(now.saturating_sub(self.cost * BURST));
        usize::try_from(now.saturating_sub(self.due) / self.cost).unwrap_or(usize::MAX)
    }

    const fn spend(&mut self, packets: usize) {
        self.due += self.cost * packets as u64;
    }

    /// When so many packets will be allowed.
    const fn at(&self, packets: usize) -> Nanos {
        self.due + self.cost * packets as u64
    }
}

pub struct Pinger {
    /// IPv4, then IPv6.
    sides: [Side; 2],
    jobs: Vec<Option<Open>>,
    slots: Slots,
    pace: Pace,
    inbox: Inbox,
    outbox: Outbox<SIZE>,
    /// Slots of what is in the outbox.
    boxed: Vec<u32>,
    /// Jobs with answers that have not gone out.
    unsaid: Vec<usize>,
    said_at: Nanos,
    ident: u16,
    nonce: u64,
    incoming: Receiver<Job>,
    bell: Arc<OwnedFd>,
    closing: Arc<AtomicBool>,
    start: Instant,
}

impl Pinger {
    pub fn new(
        sockets: Sockets,
        incoming: Receiver<Job>,
        bell: Arc<OwnedFd>,
        closing: Arc<AtomicBool>,
        rate: u32,
    ) -> Self {
        let side = |socket| Side {
            socket,
            queue: VecDeque::new(),
            outstanding: 0,
            not_before: 0,
            pause: PAUSE,
            stuck_since: None,
        };
        Self {
            sides: [side(sockets.v4), side(sockets.v6)],
            jobs: Vec::new(),
            slots: Slots::default(),
            pace: Pace { cost: 1_000_000_000 / u64::from(rate.max(1)), due: 0 },
            inbox: Inbox::default(),
            outbox: Outbox::default(),
            boxed: Vec::with_capacity(SEND_BATCH),
            unsaid: Vec::new(),
            said_at: 0,
            ident: rand::random(),
            nonce: rand::random(),
            incoming,
            bell,
            closing,
            start: Instant::now(),
        }
    }

    /// Until the last handle is gone.
    pub fn run(mut self) {
        while !self.closing.load(Ordering::Acquire) {
            self.take_jobs();
            let mut sent = false;
            for side in 0..self.sides.len() {
                sent |= self.send_some(side);
            }
            // The time before reading: what is read now came before it or was in time as far as anyone can tell.
            let now = self.now();
            for side in 0..self.sides.len() {
                if self.sides.get(side).is_some_and(|side| side.outstanding > 0) {
                    self.read(side);
                }
            }
            while let Some(over) = self.slots.expired(now) {
                self.settle(over, ProbeResult::down("no answer").with_loss(100));
            }
            if !sent || now >= self.said_at + HOLD {
                self.say_all(now);
            }
            if !sent {
                self.rest();
            }
        }
    }

    fn now(&self) -> Nanos {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(Nanos::MAX)
    }

    fn take_jobs(&mut self) {
        while let Ok(Job { asks, answers }) = self.incoming.try_recv() {
            if asks.is_empty() {
                continue;
            }
            let open = Open { answers, ready: Vec::with_capacity(asks.len().min(ANSWER_BATCH)), remaining: asks.len() };
            let job = match self.jobs.iter().position(Option::is_none) {
                Some(free) => free,
                None => {
                    self.jobs.push(None);
                    self.jobs.len() - 1
                }
            };
            if let Some(place) = self.jobs.get_mut(job) {
                *place = Some(open);
            }
            for ask in asks {
                let address = ask.address.to_canonical();
                let [v4, v6] = &mut self.sides;
                let side = if address.is_ipv4() { v4 } else { v6 };
                if let Err(denied) = &side.socket {
                    let result = ProbeResult::unsent(denied.to_string());
                    self.answer(job, ask.key, result);
                    continue;
                }
                let timeout_ms = u32::try_from(ask.timeout.as_millis()).unwrap_or(u32::MAX).max(1);
                side.queue.push_back(Queued { address, timeout_ms, job, key: ask.key });
            }
        }
    }

    /// Sends the next batch of a family, as far as the pace and the system allow; whether anything was done.
    fn send_some(&mut self, side: usize) -> bool {
        let now = self.now();
        let allowed = self.pace.allowed(now).min(SEND_BATCH);
        if !self.pack(side, allowed, now) {
            return false;
        }
        let mut from = 0;
        while from < self.boxed.len() {
            let before = self.now();
            let Some(Side { socket: Ok(socket), .. }) = self.sides.get(side) else { return false };
            match self.outbox.send(socket.as_fd(), from) {
                Ok(0) => break,
                Ok(count) => {
                    self.note_sent(side, from, count, before);
                    from += count;
                }
                Err(error) => match Errno::from_io_error(&error) {
                    Some(Errno::INTR) => {}
                    Some(Errno::AGAIN | Errno::NOBUFS | Errno::NOMEM) => {
                        self.pause(side, from, before);
                        break;
                    }
                    _ => {
                        if let Some(refused) = self.boxed.get(from).and_then(|slot| self.slots.give_back(*slot)) {
                            self.answer(refused.job, refused.key, refusal(&error));
                        }
                        from += 1;
                    }
                },
            }
        }
        true
    }

    /// Fills the outbox from a family's queue; whether there is anything in it.
    fn pack(&mut self, side: usize, allowed: usize, now: Nanos) -> bool {
        self.outbox.clear();
        self.boxed.clear();
        let Some(side) = self.sides.get_mut(side) else { return false };
        if now < side.not_before {
            return false;
        }
        let ident = self.ident;
        while self.outbox.len() < allowed {
            let Some(queued) = side.queue.pop_front() else { break };
            let Queued { address, timeout_ms, job, key } = queued;
            // Nobody waits any more: it need not be sent.
            if let Some(Some(open)) = self.jobs.get_mut(job)
                && open.answers.is_closed()
            {
                open.remaining -= 1;
                if open.remaining == 0 {
                    self.jobs[job] = None;
                }
                continue;
            }
            let Some((slot, generation)) = self.slots.take(Waiting { address, sent: now, timeout_ms, job, key }) else {
                break;
            };
            let echo = Echo { ident, nonce: self.nonce, slot, generation };
            self.outbox.push(SocketAddr::new(address, 0), echo.request(address.is_ipv4()));
            self.boxed.push(slot);
        }
        !self.boxed.is_empty()
    }

    /// Notes when each packet of a batch went, between the time before the call and the time after it.
    fn note_sent(&mut self, side: usize, from: usize, count: usize, before: Nanos) {
        let step = (self.now() - before) / count.max(1) as u64;
        for (slot, nth) in self.boxed.iter().skip(from).take(count).zip(0u64..) {
            self.slots.sent(*slot, before + step * nth);
        }
        self.pace.spend(count);
        if let Some(side) = self.sides.get_mut(side) {
            side.outstanding += count;
            side.pause = PAUSE;
            side.stuck_since = None;
        }
    }

    /// The system can take no more: puts back what was not sent and waits a little, longer each time. After long enough
    /// the batch is called unsent, so that a round ends.
    fn pause(&mut self, side: usize, from: usize, now: Nanos) {
        let unsent: Vec<Waiting> =
            self.boxed.iter().skip(from).filter_map(|slot| self.slots.give_back(*slot)).collect();
        let Some(side) = self.sides.get_mut(side) else { return };
        side.not_before = now + side.pause;
        side.pause = (side.pause * 2).min(LONGEST_PAUSE);
        let since = *side.stuck_since.get_or_insert(now);
        if now.saturating_sub(since) < GIVE_UP {
            for Waiting { address, timeout_ms, job, key, .. } in unsent.into_iter().rev() {
                side.queue.push_front(Queued { address, timeout_ms, job, key });
            }
        } else {
            for waiting in unsent {
                self.answer(waiting.job, waiting.key, ProbeResult::unsent("this machine's sending queue stays full"));
            }
        }
    }

    /// Reads every reply that is there.
    fn read(&mut self, side: usize) {
        let Some(Side { socket: Ok(socket), .. }) = self.sides.get(side) else { return };
        let (fd, with_ip_header, ident) = (socket.as_fd(), socket.with_ip_header, socket.is_raw.then_some(self.ident));
        let mut replies = Vec::new();
        // Each error is read once and gone; a bound keeps a socket that only has errors from holding the thread.
        for _ in 0..1024 {
            let count = match self.inbox.receive(fd) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => continue,
            };
            let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(Nanos::MAX);
            for (from, bytes) in self.inbox.messages() {
                let Some(echo) = Echo::reply(from, bytes, with_ip_header) else { continue };
                if echo.nonce == self.nonce
                    && ident.is_none_or(|ident| ident == echo.ident)
                    && let Some(waiting) = self.slots.answered(echo.slot, echo.generation, from)
                {
                    replies.push((waiting, now));
                }
            }
            if count < RECEIVE_BATCH {
                break;
            }
        }
        for (waiting, now) in replies {
            let latency = u32::try_from(now.saturating_sub(waiting.sent) / 1_000).unwrap_or(u32::MAX);
            self.settle(waiting, ProbeResult::up(latency).with_loss(0));
        }
    }

    /// An echo that was sent has its result.
    fn settle(&mut self, waiting: Waiting, result: ProbeResult) {
        let [v4, v6] = &mut self.sides;
        let side = if waiting.address.is_ipv4() { v4 } else { v6 };
        side.outstanding = side.outstanding.saturating_sub(1);
        self.answer(waiting.job, waiting.key, result);
    }

    fn answer(&mut self, job: usize, key: u64, result: ProbeResult) {
        let Some(Some(open)) = self.jobs.get_mut(job) else { return };
        if open.ready.is_empty() {
            self.unsaid.push(job);
        }
        open.ready.push(Answer { key, result });
        open.remaining = open.remaining.saturating_sub(1);
        if open.ready.len() >= ANSWER_BATCH && open.remaining > 0 {
            // The job stays noted as unsaid: what it gathers next goes out with the others.
            let full = std::mem::replace(&mut open.ready, Vec::with_capacity(ANSWER_BATCH));
            let _ = open.answers.send(full);
        }
    }

    /// Gives out all answers that are held back, and closes the jobs that have all of theirs.
    fn say_all(&mut self, now: Nanos) {
        self.said_at = now;
        for job in self.unsaid.drain(..) {
            let Some(place) = self.jobs.get_mut(job) else { continue };
            if let Some(open) = place {
                let _ = open.answers.send(std::mem::take(&mut open.ready));
                if open.remaining == 0 {
                    *place = None;
                }
            }
        }
    }

    /// Waits for a reply, a deadline, the pace or a new job, whichever comes first.
    fn rest(&mut self) {
        let mut until = self.slots.next_deadline();
        for side in &self.sides {
            if !side.queue.is_empty() {
                let ready = self.pace.at(side.queue.len().min(SEND_BATCH)).max(side.not_before);
                until = Some(until.map_or(ready, |until| until.min(ready)));
            }
        }
        let wait = until.map(|until| Duration::from_nanos(until.saturating_sub(self.now())));
        let wait = wait.and_then(|wait| Timespec::try_from(wait).ok());
        let sockets = self.sides.iter().map(|side| side.socket.as_ref().ok());
        let (mut polled, mut which) = (vec![PollFd::new(&self.bell, PollFlags::IN)], Vec::new());
        for (side, socket) in sockets.enumerate() {
            if let Some(socket) = socket {
                polled.push(PollFd::from_borrowed_fd(socket.as_fd(), PollFlags::IN));
                which.push(side);
            }
        }
        let _ = rustix::event::poll(&mut polled, wait.as_ref());
        let rang = polled.first().is_some_and(|bell| !bell.revents().is_empty());
        let ready: Vec<usize> = which
            .into_iter()
            .zip(polled.iter().skip(1))
            .filter(|(_, fd)| !fd.revents().is_empty())
            .map(|(side, _)| side)
            .collect();
        drop(polled);
        if rang {
            let _ = rustix::io::read(&*self.bell, &mut [0u8; 8]);
        }
        // Also what nobody waits for any more: left unread it would end every wait at once.
        ready.into_iter().for_each(|side| self.read(side));
    }
}

/// What it means that the system would not send to an address.
fn refusal(error: &io::Error) -> ProbeResult {
    match Errno::from_io_error(error) {
        Some(Errno::HOSTUNREACH) => ProbeResult::down("host unreachable").with_loss(100),
        Some(Errno::NETUNREACH) => ProbeResult::unsent("this machine has no route to it"),
        Some(Errno::PERM) => ProbeResult::unsent("this machine's firewall does not let pings out"),
        Some(Errno::ACCESS) => ProbeResult::unsent("a broadcast address cannot be pinged"),
        Some(Errno::INVAL) => ProbeResult::unsent("not an address that can be pinged"),
        _ => ProbeResult::unsent(format!("could not be sent: {error}")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::domain::health::Outcome;

    #[test]
    fn the_pace_holds() {
        let mut pace = Pace { cost: 1_000, due: 0 };
        let start = 1_000_000_000;
        assert_eq!(pace.allowed(start), 256, "a burst after a pause");
        pace.spend(256);
        assert_eq!(pace.allowed(start), 0);
        assert_eq!(pace.at(64), start + 64_000);
        assert_eq!(pace.allowed(start + 64_000), 64);
        pace.spend(64);
        // Over a second no more than a second's worth.
        let mut sent = 0;
        for micros in 64..1_000_064 {
            let allowed = pace.allowed(start + micros * 1_000).min(64);
            pace.spend(allowed);
            sent += allowed;
        }
        assert!((999_000..=1_000_000).contains(&sent), "{sent}");
    }

    #[test]
    fn refusals_in_words() {
        for (errno, outcome) in [
            (Errno::HOSTUNREACH, Outcome::Down),
            (Errno::NETUNREACH, Outcome::Unsent),
            (Errno::PERM, Outcome::Unsent),
            (Errno::ACCESS, Outcome::Unsent),
            (Errno::INVAL, Outcome::Unsent),
            (Errno::MSGSIZE, Outcome::Unsent),
        ] {
            let result = refusal(&errno.into());
            assert_eq!(result.outcome, outcome);
            assert!(!result.message.is_empty());
        }
    }
}
