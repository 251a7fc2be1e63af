//! Runs the fleet: what is due goes to the prober, what comes back to the fleet, what changed to the recorder.
//!
//! One task does this; probes run beside it, so that one that waits for a silent host delays none that is due, and so does
//! the recorder, one batch after the other: while one is being written the next gathers. The clock is the caller's.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{self, JoinError, JoinHandle, JoinSet};

use super::Id;
use super::cancel::CancellationFlag;
use super::fleet::{FRESHENED_EVERY, Fleet, Look, Tally};
use super::probes::{Answer, Prober};
use super::record::{Batch, NotRecorded, Recorder};
use super::target::Target;

/// What tells the time and lets it pass.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> DateTime<Utc>;
    /// Waits; may end early.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// How the engine writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long a change may wait for others to be written with it. Default 100 ms.
    pub news_within: Duration,
    /// How often figures are written. Default 10 s.
    pub figures_every: Duration,
    /// How often an unchanged state is written. Default 5 minutes.
    pub freshened_every: Duration,
    /// What the phases of the checks follow from.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            news_within: Duration::from_millis(100),
            figures_every: Duration::from_secs(10),
            freshened_every: FRESHENED_EVERY,
            seed: 0,
        }
    }
}

/// How a round ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoundSummary {
    /// Devices by health.
    pub tally: Tally,
    /// From the first probe to the last verdict and its record, by the monotonic clock.
    pub wall: Duration,
    /// Whether it was stopped before every verdict was hard.
    pub cancelled: bool,
}

/// How often a batch that could not be written is tried again before an engine that is ending gives up.
const LAST_TRIES: u32 = 3;
/// First and longest wait after a batch could not be written.
const BACKOFF: Duration = Duration::from_secs(1);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
/// The longest sleep: a wall clock may be set while one sleeps.
const LONGEST_SLEEP: Duration = Duration::from_secs(15);

/// What others ask of a running engine.
enum Command {
    Update(Vec<Target>),
    CheckNow(Id),
    Look(Vec<Id>, oneshot::Sender<Vec<Look>>),
}

/// Speaks to a running engine; what is said while none runs is done when it does.
#[derive(Debug, Clone)]
pub struct Handle {
    commands: mpsc::UnboundedSender<Command>,
}

impl Handle {
    /// Watches these targets from now on; what is known of those that stay is kept.
    pub fn update_targets(&self, targets: Vec<Target>) {
        let _ = self.commands.send(Command::Update(targets));
    }

    /// Probes a device at once.
    pub fn check_now(&self, device: Id) {
        let _ = self.commands.send(Command::CheckNow(device));
    }

    /// How these devices look now, for the rows on a screen; empty when no engine is left.
    pub async fn look(&self, devices: Vec<Id>) -> Vec<Look> {
        let (reply, answer) = oneshot::channel();
        let _ = self.commands.send(Command::Look(devices, reply));
        answer.await.unwrap_or_default()
    }
}

/// The recorder, here or at work.
enum Writer<R> {
    Idle(R),
    Busy(JoinHandle<(R, Batch, Result<(), NotRecorded>)>),
    /// It ended in the middle of a batch.
    Gone,
}

/// The poller's engine.
pub struct Engine<P, R, C = SystemClock> {
    prober: Arc<P>,
    clock: C,
    settings: Settings,
    fleet: Fleet,
    writer: Writer<R>,
    /// When the changes that wait are written, when figures are, and when a recorder that failed is tried again.
    news_at: Option<DateTime<Utc>>,
    figures_at: DateTime<Utc>,
    not_before: DateTime<Utc>,
    backoff: Duration,
    failed: Option<NotRecorded>,
    handle: Handle,
    commands: mpsc::UnboundedReceiver<Command>,
}

/// What woke the engine.
enum Woken {
    Cancelled,
    Answers(Vec<Answer>),
    /// A batch of probes has ended, and how.
    Ended(task::Id),
    Command(Command),
    Written,
    Time,
}

impl<P: Prober, R: Recorder, C: Clock> Engine<P, R, C> {
    /// An engine that watches these targets once it runs.
    pub fn new(prober: Arc<P>, recorder: R, clock: C, settings: Settings, targets: Vec<Target>) -> Self {
        let now = clock.now();
        let mut fleet = Fleet::new(targets, settings.seed, now);
        fleet.freshen_every(settings.freshened_every);
        let (sender, commands) = mpsc::unbounded_channel();
        Self {
            prober,
            clock,
            settings,
            fleet,
            writer: Writer::Idle(recorder),
            news_at: None,
            figures_at: now,
            not_before: now,
            backoff: BACKOFF,
            failed: None,
            handle: Handle { commands: sender },
            commands,
        }
    }

    /// A way to speak to it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// The health of all, as known now.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.fleet.tally()
    }

    /// Why the last batch could not be written, while that is so: the batch is kept and tried again.
    #[must_use]
    pub const fn failed(&self) -> Option<&NotRecorded> {
        self.failed.as_ref()
    }

    /// Probes each check in its interval until cancelled, then writes what is left.
    ///
    /// # Errors
    /// When what was left could not be written.
    pub async fn run(&mut self, cancel: &CancellationFlag) -> Result<(), NotRecorded> {
        self.fleet.begin_watch(self.clock.now());
        self.drive(cancel, false).await;
        self.finish().await
    }

    /// Carries every check to a hard verdict, its retries a timeout apart, and writes what was found.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn once(&mut self, cancel: &CancellationFlag) -> Result<RoundSummary, NotRecorded> {
        let begun = Instant::now();
        self.fleet.begin_round(self.clock.now());
        let settled = self.drive(cancel, true).await;
        self.finish().await?;
        Ok(RoundSummary { tally: self.fleet.tally(), wall: begun.elapsed(), cancelled: !settled })
    }

    /// The loop; `false` when it was cancelled. `until_settled`: ends when a round is over.
    async fn drive(&mut self, cancel: &CancellationFlag, until_settled: bool) -> bool {
        let (answers, mut incoming) = mpsc::unbounded_channel();
        let mut probing = JoinSet::new();
        let mut batches: HashMap<task::Id, Vec<u64>> = HashMap::new();
        let settled = loop {
            let now = self.clock.now();
            if cancel.is_cancelled() {
                break false;
            }
            let due = self.fleet.take_due(now);
            if !due.is_empty() {
                let keys = due.iter().map(|probe| probe.key).collect();
                let (prober, answers) = (Arc::clone(&self.prober), answers.clone());
                let batch = probing.spawn(async move { prober.probe(due, answers).await });
                batches.insert(batch.id(), keys);
            }
            if until_settled && self.fleet.is_settled() {
                break true;
            }
            self.fleet.revisit(now);
            self.write_what_is_due(now);
            let wait = self.until_next(now);
            let woken = tokio::select! {
                // In this order: a batch that has ended has sent its answers, which are taken in before it is.
                biased;
                () = cancel.cancelled() => Woken::Cancelled,
                Some(answers) = incoming.recv() => Woken::Answers(answers),
                Some(ended) = probing.join_next_with_id(), if !probing.is_empty() => Woken::Ended(ended_id(&ended)),
                Some(command) = self.commands.recv() => Woken::Command(command),
                () = written(&mut self.writer, &mut self.fleet, &mut self.failed) => Woken::Written,
                () = self.clock.sleep(wait) => Woken::Time,
            };
            let now = self.clock.now();
            match woken {
                Woken::Cancelled => break false,
                Woken::Time => {}
                Woken::Answers(answers) => {
                    self.fleet.answer(answers, now);
                    while let Ok(more) = incoming.try_recv() {
                        self.fleet.answer(more, now);
                    }
                }
                Woken::Ended(batch) => {
                    while let Ok(late) = incoming.try_recv() {
                        self.fleet.answer(late, now);
                    }
                    self.fleet.lost(&batches.remove(&batch).unwrap_or_default(), now);
                }
                Woken::Command(command) => self.obey(command, now),
                Woken::Written => self.after_writing(now),
            }
        };
        probing.shutdown().await;
        while let Ok(late) = incoming.try_recv() {
            self.fleet.answer(late, self.clock.now());
        }
        let unanswered: Vec<u64> = batches.into_values().flatten().collect();
        self.fleet.lost(&unanswered, self.clock.now());
        settled
    }

    fn obey(&mut self, command: Command, now: DateTime<Utc>) {
        match command {
            Command::Update(targets) => self.fleet.update_targets(targets, now),
            Command::CheckNow(device) => {
                self.fleet.check_now(device);
            }
            Command::Look(devices, reply) => {
                let _ = reply.send(self.fleet.look(&devices));
            }
        }
    }

    /// How long until something is due that no message announces.
    fn until_next(&self, now: DateTime<Utc>) -> Duration {
        let mut next = self.fleet.next_due(now).min(self.figures_at);
        // While a batch is being written its end wakes us.
        if let (Some(news_at), Writer::Idle(_)) = (self.news_at, &self.writer) {
            next = next.min(news_at);
        }
        if self.failed.is_some() && self.not_before > now {
            next = next.min(self.not_before);
        }
        (next - now).to_std().unwrap_or(Duration::ZERO).min(LONGEST_SLEEP)
    }

    /// Hands over what is to be written, where the recorder is free and it is time to.
    fn write_what_is_due(&mut self, now: DateTime<Utc>) {
        let is_over = |at: DateTime<Utc>, period: Duration| now >= at || at - now > delta(period);
        let figures_are_due = is_over(self.figures_at, self.settings.figures_every);
        if figures_are_due {
            self.figures_at = now + delta(self.settings.figures_every);
        }
        if self.news_at.is_none() && self.fleet.has_news() {
            self.news_at = Some(now + delta(self.settings.news_within));
        }
        let news_are_due = self.news_at.is_some_and(|at| is_over(at, self.settings.news_within));
        let waits = self.failed.is_some() && !is_over(self.not_before, LONGEST_BACKOFF);
        if !waits && (figures_are_due || news_are_due || self.failed.is_some()) {
            self.write();
        }
    }

    fn write(&mut self) {
        match std::mem::replace(&mut self.writer, Writer::Gone) {
            Writer::Idle(mut recorder) => {
                let batch = self.fleet.take_records();
                self.news_at = None;
                if batch.is_empty() {
                    self.writer = Writer::Idle(recorder);
                    return;
                }
                self.writer = Writer::Busy(task::spawn_blocking(move || {
                    let result = recorder.record(&batch);
                    (recorder, batch, result)
                }));
            }
            other => self.writer = other,
        }
    }

    /// After a batch: on, or wait a little and longer each time.
    fn after_writing(&mut self, now: DateTime<Utc>) {
        if self.failed.is_some() {
            self.not_before = now + delta(self.backoff);
            self.backoff = (self.backoff * 2).min(LONGEST_BACKOFF);
        } else {
            self.backoff = BACKOFF;
        }
    }

    /// Writes what is left.
    async fn finish(&mut self) -> Result<(), NotRecorded> {
        let mut failures = 0;
        loop {
            if let Writer::Busy(_) = self.writer {
                written(&mut self.writer, &mut self.fleet, &mut self.failed).await;
                if self.failed.is_some() {
                    failures += 1;
                    if failures > LAST_TRIES {
                        break;
                    }
                    self.clock.sleep(BACKOFF).await;
                }
            }
            self.write();
            match self.writer {
                Writer::Idle(_) => return Ok(()),
                Writer::Busy(_) => {}
                Writer::Gone => break,
            }
        }
        Err(self.failed.clone().unwrap_or_else(|| NotRecorded("the recorder ended".to_owned())))
    }
}

/// Waits until the batch that is being written is; for ever when none is.
async fn written<R>(writer: &mut Writer<R>, fleet: &mut Fleet, failed: &mut Option<NotRecorded>) {
    let Writer::Busy(writing) = writer else { return std::future::pending().await };
    match writing.await {
        Ok((recorder, batch, result)) => {
            *writer = Writer::Idle(recorder);
            *failed = result.err();
            if let Some(error) = failed {
                tracing::warn!(%error, "kept to be written again");
                fleet.put_back(batch);
            }
        }
        Err(error) => {
            *writer = Writer::Gone;
            *failed = Some(NotRecorded(format!("the recorder ended: {error}")));
        }
    }
}

fn ended_id(ended: &Result<(task::Id, ()), JoinError>) -> task::Id {
    match ended {
        Ok((id, ())) => *id,
        Err(error) => error.id(),
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
