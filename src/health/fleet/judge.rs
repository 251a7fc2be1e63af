//! From a result to what counts: held until the parents are settled, applied, judged, recorded, due again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Fleet, Mode};
use crate::domain::health::{CheckState, Health, Outcome, Parents, ProbeResult, State, Transition, Verdict, verdict};
use crate::health::record::{CheckRecord, DeviceRecord, Figure};

/// What is known of a parent since a moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// It has answered.
    Alive,
    /// It is hard down.
    Dead,
    /// It cannot be asked, or has been and is neither.
    Blind,
    /// It is being asked, or has yet to be.
    Open,
}

impl Fleet {
    /// A result has come.
    pub(super) fn heard(&mut self, place: u32, result: ProbeResult, now: DateTime<Utc>) {
        let Some(watch) = self.watches.get_mut(place as usize) else { return };
        watch.looked_at = Some(now);
        watch.is_blind = result.outcome == Outcome::Unsent;
        let device = watch.device;
        self.settle(place, result, now);
        self.judge_all(now);
        self.release(device, now);
    }

    /// Applies a result, unless it would call a device down whose parents have not been asked since.
    fn settle(&mut self, place: u32, result: ProbeResult, now: DateTime<Utc>) {
        let Some(watch) = self.watches.get(place as usize) else { return };
        let (next, transition) = watch.check.state.apply(&result, &watch.check.policy, now);
        if next.settled == State::Down && watch.check.state.settled != State::Down {
            let since = watch.sent_at.unwrap_or(now);
            let open = self.open_parents(watch.device, since);
            if !open.is_empty() {
                if let Some(watch) = self.watches.get_mut(place as usize) {
                    watch.held = Some(result);
                    self.held += 1;
                }
                for parent in open {
                    if let Some(parent) = self.devices.get_mut(parent as usize) {
                        parent.waiting.push(place);
                    }
                    self.hasten(parent, since, now);
                }
                return;
            }
        }
        self.accept(place, next, transition, result.outcome, now);
    }

    /// Lets results go that were held until this device was settled; those that must wait on are held again.
    fn release(&mut self, device: u32, now: DateTime<Utc>) {
        let mut open = vec![device];
        while let Some(device) = open.pop() {
            let Some(waiting) = self.devices.get_mut(device as usize).map(|device| std::mem::take(&mut device.waiting))
            else {
                continue;
            };
            for place in waiting {
                let Some(watch) = self.watches.get_mut(place as usize) else { continue };
                // One that waits for several parents is let go by the first that stands, and no longer held then.
                let Some(result) = watch.held.take() else { continue };
                let child = watch.device;
                self.held -= 1;
                self.settle(place, result, now);
                self.judge_all(now);
                if self.watches.get(place as usize).is_none_or(|watch| watch.held.is_none()) {
                    open.push(child);
                }
            }
        }
    }

    /// The parents that must be asked before a device is called down: none when one stands, or all are hard down.
    fn open_parents(&self, device: u32, since: DateTime<Utc>) -> Vec<u32> {
        let Some(device) = self.devices.get(device as usize) else { return Vec::new() };
        let mut open = Vec::new();
        for parent in &device.parents {
            match self.heard_since(*parent, since) {
                Heard::Alive | Heard::Blind => return Vec::new(),
                Heard::Dead => {}
                Heard::Open => open.push(*parent),
            }
        }
        open
    }

    fn heard_since(&self, device: u32, since: DateTime<Utc>) -> Heard {
        let Some(device) = self.devices.get(device as usize) else { return Heard::Blind };
        if device.verdict.dead {
            return Heard::Dead;
        }
        let mut heard = Heard::Blind;
        for watch in device.checks.iter().filter_map(|place| self.watches.get(*place as usize)) {
            if watch.check.state.last_ok_at.is_some_and(|at| at >= since) {
                return Heard::Alive;
            }
            let is_busy = watch.ticket.is_some() || watch.is_queued || watch.held.is_some();
            let is_fresh = watch.looked_at.is_some_and(|at| at >= since);
            if is_busy || !is_fresh || (watch.check.state.is_soft() && !watch.is_blind) {
                heard = Heard::Open;
            }
        }
        heard
    }

    /// Has a device asked at once where it has not been since a moment, and again a timeout apart where it is soft.
    fn hasten(&mut self, device: u32, since: DateTime<Utc>, now: DateTime<Utc>) {
        let Some(checks) = self.devices.get(device as usize).map(|device| device.checks.clone()) else { return };
        for place in checks {
            let Some(watch) = self.watches.get(place as usize) else { continue };
            if watch.looked_at.is_none_or(|at| at < since) {
                self.enqueue(place);
            } else if watch.check.state.is_soft() && watch.ticket.is_none() && watch.held.is_none() {
                let when = retry_at(watch.sent_at, watch.check.timeout, now);
                self.schedule.at(place, when);
            }
        }
    }

    /// A result counts: the new state, what is written, and when the check is due again.
    fn accept(&mut self, place: u32, next: CheckState, transition: Transition, outcome: Outcome, now: DateTime<Utc>) {
        let Some(watch) = self.watches.get_mut(place as usize) else { return };
        let Some(device) = self.devices.get(watch.device as usize) else { return };
        let before = &watch.check.state;
        let is_change = transition.is_change()
            || (before.state, before.hard, before.attempts) != (next.state, next.hard, next.attempts)
            || (before.message != next.message && !next.state.is_problem());
        let is_due = watch.recorded_at.is_none_or(|at| now - at >= self.freshened_every);
        let check = watch.check.id;
        if is_change || is_due {
            watch.recorded_at = Some(now);
            let transition = is_change.then_some(transition);
            self.pending.checks.push(CheckRecord {
                device: device.id,
                check,
                state: next.clone(),
                transition,
                at: now,
            });
        }
        if matches!(outcome, Outcome::Up | Outcome::Down) {
            let (latency_us, loss_percent) = (next.latency_us, next.loss_percent);
            self.pending.figures.push(Figure {
                device: device.id,
                check,
                state: next.state,
                latency_us,
                loss_percent,
                at: now,
            });
        }
        watch.check.state = next;
        self.to_judge.push(watch.device);
        self.schedule_next(place, outcome, now);
    }

    /// When a check is due again after a result.
    fn schedule_next(&mut self, place: u32, outcome: Outcome, now: DateTime<Utc>) {
        let Some(watch) = self.watches.get(place as usize) else { return };
        let Some(device) = self.devices.get(watch.device as usize) else { return };
        let (policy, state) = (&watch.check.policy, &watch.check.state);
        let retries = state.is_soft() && outcome != Outcome::Unsent;
        let hurries = self.mode == Mode::Round
            || !device.waiting.is_empty()
            || device.returning
            || self.parents_of(watch.device) == Parents::AllDown;
        let when = match (retries, hurries, self.mode) {
            (true, true, _) => retry_at(watch.sent_at, watch.check.timeout, now),
            (_, _, Mode::Round) => return,
            (true, false, _) => self.schedule.on_beat(state.next_due(policy, now)),
            (false, ..) => self.schedule.again(device.id.as_u128(), policy.interval, now),
        };
        self.schedule.at(place, when);
    }

    /// Judges the devices that are noted, and those that this concerns, until none is left.
    pub(super) fn judge_all(&mut self, now: DateTime<Utc>) {
        while let Some(place) = self.to_judge.pop() {
            self.judge(place, now);
        }
    }

    /// A device's verdict as things are; `None` for one that is not there or has no checks.
    pub(super) fn verdict_of(&self, place: u32, now: DateTime<Utc>) -> Option<Verdict> {
        let device = self.devices.get(place as usize).filter(|device| !device.checks.is_empty())?;
        let checks = device.checks.iter().filter_map(|place| self.watches.get(*place as usize));
        let checks = checks.map(|watch| (&watch.check.state, watch.check.policy.interval));
        let in_window = device.windows.iter().any(|window| window.covers(now));
        Some(verdict(checks, self.parents_of(place), in_window, device.watched_since, now))
    }

    fn parents_of(&self, place: u32) -> Parents {
        let Some(device) = self.devices.get(place as usize) else { return Parents::Standing };
        let is_dead = |parent: &u32| self.devices.get(*parent as usize).is_some_and(|parent| parent.verdict.dead);
        if !device.parents.is_empty() && device.parents.iter().all(is_dead) {
            Parents::AllDown
        } else if device.returning {
            Parents::JustBack
        } else {
            Parents::Standing
        }
    }

    fn judge(&mut self, place: u32, now: DateTime<Utc>) {
        let Some(verdict) = self.verdict_of(place, now) else { return };
        let is_back = verdict.observed != Health::Unreachable;
        let Some(device) = self.devices.get_mut(place as usize) else { return };
        if is_back {
            device.returning = false;
        }
        let was_dead = device.verdict.dead;
        let from = device.health;
        let is_due = device.recorded_at.is_none_or(|at| now - at >= self.freshened_every);
        let is_news = is_due && verdict.health != Health::Unknown;
        if verdict.health != from || is_news {
            if verdict.health != from {
                (device.health, device.since) = (verdict.health, now);
            }
            device.recorded_at = Some(now);
            let (since, id) = (device.since, device.id);
            self.pending.devices.push(DeviceRecord {
                device: id,
                from,
                to: verdict.health,
                since,
                verdict: verdict.clone(),
                at: now,
            });
        }
        let is_dead = verdict.dead;
        device.verdict = verdict;
        if is_dead != was_dead {
            let children = device.children.clone();
            for child in children {
                if is_dead { self.parent_died(child, place, now) } else { self.parent_came_back(child, now) }
            }
        }
    }

    /// A parent is hard down: whether the child still answers is known only by asking after the parent was.
    fn parent_died(&mut self, child: u32, parent: u32, now: DateTime<Utc>) {
        let asked = |fleet: &Self| {
            let parent = fleet.devices.get(parent as usize)?;
            parent.checks.iter().filter_map(|place| fleet.watches.get(*place as usize)?.sent_at).max()
        };
        let since = asked(self).unwrap_or(now);
        self.to_judge.push(child);
        let Some(device) = self.devices.get(child as usize) else { return };
        if !device.verdict.dead {
            self.hasten(child, since, now);
        }
    }

    /// A parent is back: what the child's silence meant is open again.
    fn parent_came_back(&mut self, child: u32, now: DateTime<Utc>) {
        self.to_judge.push(child);
        let Some(device) = self.devices.get_mut(child as usize) else { return };
        // With another parent down for longer, the child was not unreachable and its silence counted already.
        if device.verdict.observed != Health::Unreachable && device.health != Health::Unreachable {
            return;
        }
        device.returning = true;
        for place in device.checks.clone() {
            let Some(watch) = self.watches.get_mut(place as usize) else { continue };
            if watch.check.state.settled == State::Down {
                watch.check.state.recount();
                if watch.held.is_none() {
                    self.schedule.at(place, now);
                }
            }
        }
    }
}

/// When a check is tried again without waiting for its retry interval: a timeout after it was last sent.
fn retry_at(sent_at: Option<DateTime<Utc>>, timeout: Duration, now: DateTime<Utc>) -> DateTime<Utc> {
    let timeout = TimeDelta::from_std(timeout).unwrap_or(TimeDelta::zero());
    sent_at.and_then(|sent| sent.checked_add_signed(timeout)).map_or(now, |due| due.max(now))
}
