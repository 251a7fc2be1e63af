//! Every check and device that is watched here, as a state machine: no clock, no sockets, no tasks.
//!
//! Time and answers go in ([`Fleet::take_due`], [`Fleet::answer`]), probes and records come out. The engine drives it
//! against the real network; a test or a simulation drives it with a clock of its own.
//!
//! A child is never called down while its parents have not been asked: a result that would make it hard down is held, the
//! parents are probed at once and again a timeout apart until they are settled, and only then does the result count. When
//! a parent goes hard down everything below it is probed at once; when it comes back, what is below is counted anew and
//! stays unreachable until it has answered or been silent often enough by itself.

mod judge;
mod tree;

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Id;
use super::probes::{Answer, Probe};
use super::record::Batch;
use super::schedule::Schedule;
use super::target::{Check, Target};
use crate::domain::health::{CheckState, Health, ProbeResult, Verdict, Window};

/// How the fleet is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Each check in its interval, for ever.
    #[default]
    Continuous,
    /// Each check once, with its retries a timeout apart, until every verdict is hard.
    Round,
}

/// How often an unchanged state is written.
pub const FRESHENED_EVERY: Duration = Duration::from_secs(300);
/// How often devices are judged without a result: for windows that open and close, and results that grow old.
const REVISITED_EVERY: TimeDelta = TimeDelta::seconds(15);

/// A device, by its place in the fleet.
#[derive(Debug)]
struct Device {
    id: Id,
    /// What it is reached through, among the devices that have checks; none when one of them can never be down.
    parents: Vec<u32>,
    children: Vec<u32>,
    /// Steps from a device without parents.
    depth: u32,
    checks: Vec<u32>,
    windows: Vec<Window>,
    health: Health,
    since: DateTime<Utc>,
    verdict: Verdict,
    /// Its parents have come back and it has neither answered nor been found down by itself since.
    returning: bool,
    /// Checks whose result is held until this device is settled.
    waiting: Vec<u32>,
    watched_since: DateTime<Utc>,
    recorded_at: Option<DateTime<Utc>>,
}

/// A check, by its place in the fleet.
#[derive(Debug)]
struct Watch {
    check: Check,
    device: u32,
    /// The probe that is under way.
    ticket: Option<u32>,
    /// Whether it is to be probed at once.
    is_queued: bool,
    /// When the last probe was given out.
    sent_at: Option<DateTime<Utc>>,
    /// When the last result came, of whatever kind.
    looked_at: Option<DateTime<Utc>>,
    /// Whether the last probe could not be sent.
    is_blind: bool,
    /// A result that counts once the parents are settled.
    held: Option<ProbeResult>,
    recorded_at: Option<DateTime<Utc>>,
}

/// What a device looks like now, for a screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The device.
    pub device: Id,
    /// Its health.
    pub health: Health,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The health with its figures.
    pub verdict: Verdict,
    /// Its checks.
    pub checks: Vec<(Id, CheckState)>,
}

/// How many devices have which health.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Tally {
    pub checks: usize,
    pub devices: usize,
    pub up: usize,
    pub degraded: usize,
    pub down: usize,
    pub unreachable: usize,
    pub unknown: usize,
    pub flapping: usize,
    pub maintenance: usize,
}

/// The fleet. Places (`u32`) are good until the targets change.
#[derive(Debug)]
pub struct Fleet {
    mode: Mode,
    devices: Vec<Device>,
    watches: Vec<Watch>,
    by_id: HashMap<Id, u32>,
    schedule: Schedule<u32>,
    queue: Vec<u32>,
    under_way: usize,
    held: usize,
    next_ticket: u32,
    /// Devices that are to be judged, and why it goes on until none is left.
    to_judge: Vec<u32>,
    pending: Batch,
    revisited_at: DateTime<Utc>,
    freshened_every: TimeDelta,
    has_trees: bool,
}

impl Fleet {
    /// A fleet of these targets, each check due within its interval. `seed`: what the phases follow from.
    #[must_use]
    pub fn new(targets: Vec<Target>, seed: u64, now: DateTime<Utc>) -> Self {
        let mut fleet = Self {
            mode: Mode::Continuous,
            devices: Vec::new(),
            watches: Vec::new(),
            by_id: HashMap::new(),
            schedule: Schedule::new(seed, now),
            queue: Vec::new(),
            under_way: 0,
            held: 0,
            next_ticket: 0,
            to_judge: Vec::new(),
            pending: Batch::default(),
            revisited_at: now,
            freshened_every: TimeDelta::from_std(FRESHENED_EVERY).unwrap_or(TimeDelta::zero()),
            has_trees: false,
        };
        fleet.update_targets(targets, now);
        fleet
    }

    /// Sets how often an unchanged state is written; [`FRESHENED_EVERY`] otherwise.
    pub fn freshen_every(&mut self, period: Duration) {
        self.freshened_every = TimeDelta::from_std(period).unwrap_or(TimeDelta::MAX);
    }

    /// Makes every check due now, once.
    pub fn begin_round(&mut self, now: DateTime<Utc>) {
        self.mode = Mode::Round;
        self.schedule.clear();
        for device in &mut self.devices {
            // A round says what it saw: what an earlier one left counts only while it is fresh.
            device.watched_since = DateTime::<Utc>::MIN_UTC;
        }
        self.revisited_at = now;
        (0..self.watches.len() as u32).for_each(|watch| self.enqueue(watch));
    }

    /// Makes every check due in its interval, from now on.
    pub fn begin_watch(&mut self, now: DateTime<Utc>) {
        self.mode = Mode::Continuous;
        for device in &mut self.devices {
            device.watched_since = now;
        }
        self.revisited_at = now;
        for place in 0..self.watches.len() as u32 {
            self.reschedule_first(place, now);
        }
    }

    /// Whether a round is over: every check has a verdict and nothing is under way.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.under_way == 0 && self.held == 0 && self.queue.is_empty() && self.schedule.is_empty()
    }

    /// Makes the checks of a device due now; `false` when it is not watched here.
    pub fn check_now(&mut self, device: Id) -> bool {
        let Some(checks) = self
            .by_id
            .get(&device)
            .and_then(|place| self.devices.get(*place as usize))
            .map(|device| device.checks.clone())
        else {
            return false;
        };
        checks.iter().for_each(|watch| self.enqueue(*watch));
        !checks.is_empty()
    }

    /// Takes out what is to be probed now, parents before children. Each must be answered once, or [`Fleet::lost`].
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Vec<Probe> {
        for place in self.schedule.due(now) {
            self.enqueue(place);
        }
        let mut places = std::mem::take(&mut self.queue);
        if self.has_trees {
            places.sort_by_key(|place| self.depth_of(*place));
        }
        let mut probes = Vec::with_capacity(places.len());
        for place in places {
            self.schedule.remove(place);
            let Some(watch) = self.watches.get_mut(place as usize) else { continue };
            watch.is_queued = false;
            if watch.ticket.is_some() || watch.held.is_some() {
                continue;
            }
            self.next_ticket = self.next_ticket.wrapping_add(1);
            watch.ticket = Some(self.next_ticket);
            watch.sent_at = Some(now);
            self.under_way += 1;
            probes.push(Probe {
                key: u64::from(place) << 32 | u64::from(self.next_ticket),
                kind: watch.check.kind.clone(),
                address: watch.check.address,
                timeout: watch.check.timeout,
                packets: watch.check.packets,
            });
        }
        probes
    }

    /// Takes in answers. One to a probe that is not under way (any more) is left out.
    pub fn answer(&mut self, answers: Vec<Answer>, now: DateTime<Utc>) {
        for Answer { key, result } in answers {
            let (place, ticket) = ((key >> 32) as u32, key as u32);
            let Some(watch) = self.watches.get_mut(place as usize).filter(|watch| watch.ticket == Some(ticket)) else {
                continue;
            };
            watch.ticket = None;
            self.under_way -= 1;
            self.heard(place, result, now);
        }
    }

    /// Says that these probes will not be answered: those that have not been count as unsent.
    pub fn lost(&mut self, keys: &[u64], now: DateTime<Utc>) {
        let unsent = |key: &u64| Answer { key: *key, result: ProbeResult::unsent("the probe brought nothing back") };
        self.answer(keys.iter().map(unsent).collect(), now);
    }

    /// When [`Fleet::take_due`] or [`Fleet::revisit`] has something to do next.
    #[must_use]
    pub fn next_due(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        if !self.queue.is_empty() {
            return now;
        }
        let revisit = self.revisited_at + REVISITED_EVERY;
        self.schedule.next().map_or(revisit, |next| next.min(revisit))
    }

    /// Judges every device anew where it is time to: windows open and close and results grow old without a probe.
    pub fn revisit(&mut self, now: DateTime<Utc>) {
        let since = now - self.revisited_at;
        if since >= TimeDelta::zero() && since < REVISITED_EVERY {
            return;
        }
        self.revisited_at = now;
        // After a pause of the process everything is overdue and being probed: old results are not held against it yet.
        if since > REVISITED_EVERY * 4 || since < TimeDelta::zero() {
            return;
        }
        self.to_judge.extend(0..self.devices.len() as u32);
        self.judge_all(now);
    }

    /// Whether anything is to be written at once.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.pending.is_urgent()
    }

    /// Takes out what is to be written.
    pub fn take_records(&mut self) -> Batch {
        std::mem::take(&mut self.pending)
    }

    /// Puts back what could not be written.
    pub fn put_back(&mut self, batch: Batch) {
        self.pending.put_back(batch);
    }

    /// How these devices look now; those that are not watched here are left out.
    #[must_use]
    pub fn look(&self, devices: &[Id]) -> Vec<Look> {
        let known = devices.iter().filter_map(|id| self.devices.get(*self.by_id.get(id)? as usize));
        let watch =
            |place: &u32| self.watches.get(*place as usize).map(|watch| (watch.check.id, watch.check.state.clone()));
        known
            .map(|device| Look {
                device: device.id,
                health: device.health,
                since: device.since,
                verdict: device.verdict.clone(),
                checks: device.checks.iter().filter_map(watch).collect(),
            })
            .collect()
    }

    /// How many devices have which health; those without checks are not counted.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally { checks: self.watches.len(), ..Tally::default() };
        for device in self.devices.iter().filter(|device| !device.checks.is_empty()) {
            tally.devices += 1;
            *match device.health {
                Health::Unknown => &mut tally.unknown,
                Health::Up => &mut tally.up,
                Health::Degraded => &mut tally.degraded,
                Health::Down => &mut tally.down,
                Health::Unreachable => &mut tally.unreachable,
                Health::Flapping => &mut tally.flapping,
                Health::Maintenance => &mut tally.maintenance,
            } += 1;
        }
        tally
    }

    /// Has a check probed as soon as possible.
    fn enqueue(&mut self, place: u32) {
        let Some(watch) = self.watches.get_mut(place as usize) else { return };
        if !watch.is_queued && watch.ticket.is_none() && watch.held.is_none() {
            watch.is_queued = true;
            self.queue.push(place);
        }
    }

    /// Schedules a check for the first time: all checks of a device together, so that they are judged together.
    fn reschedule_first(&mut self, place: u32, now: DateTime<Utc>) {
        let Some(watch) = self.watches.get(place as usize) else { return };
        let Some(device) = self.devices.get(watch.device as usize) else { return };
        let when = self.schedule.first(device.id.as_u128(), watch.check.policy.interval, now);
        self.schedule.at(place, when);
    }

    fn depth_of(&self, watch: u32) -> u32 {
        self.watches
            .get(watch as usize)
            .and_then(|watch| self.devices.get(watch.device as usize))
            .map_or(0, |device| device.depth)
    }
}

#[cfg(test)]
mod tests;
