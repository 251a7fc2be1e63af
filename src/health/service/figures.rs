//! Results gathered until there is a row's worth of them: a dozen to a snapshot, an hour to a rollup.
//!
//! What is gathered here is lost when the program is killed: an hour in which less is known, which the rollups say
//! themselves (`known_seconds`).

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use chrono_tz::Tz;

use crate::domain::health::{Health, State};
use crate::domain::time::{Instant, day_of, start_of};
use crate::health::Id;
use crate::health::record::Figure;
use crate::store::health::{Bucket, Pack, Rollup};

/// Results that are packed into one row.
const DOZEN: usize = 12;
/// What is known of a device beside the figure itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    /// Whose it is: a place among the sessions.
    pub tenant: usize,
    /// Whose days are summed up.
    pub zone: Tz,
    /// What it counts as.
    pub health: Health,
    /// When it was not heard of for longer, it is not known to have been anything meanwhile.
    pub patience: TimeDelta,
}

/// One result, small.
#[derive(Clone, Copy, Debug)]
struct Kept {
    at: u32,
    check: u16,
    state: State,
    latency_us: u32,
    loss: u8,
}

const NO_LOSS: u8 = u8::MAX;

/// What is gathered of one device.
#[derive(Debug, Default)]
struct Gathered {
    checks: Vec<Id>,
    results: Vec<Kept>,
    hour: Hour,
    /// When it was last heard of and what it was.
    last: Option<(Instant, Health)>,
    heartbeat_at: Option<Instant>,
}

/// An hour in the making.
#[derive(Clone, Copy, Debug, Default)]
struct Hour {
    start: Option<Instant>,
    checks: u32,
    failures: u32,
    latency_sum_us: u64,
    latency_min_us: Option<u32>,
    latency_max_us: Option<u32>,
    up: TimeDelta,
    known: TimeDelta,
}

/// Results on their way to the database.
#[derive(Debug, Default)]
pub(super) struct Figures {
    devices: HashMap<Id, Gathered>,
    packs: Vec<(usize, Pack)>,
    rollups: Vec<(usize, Rollup)>,
}

impl Figures {
    /// Takes a result in.
    pub(super) fn take_in(&mut self, figure: &Figure, about: About) {
        let About { tenant, zone, health, .. } = about;
        let gathered = self.devices.entry(figure.device).or_default();
        let hour = hour_of(figure.at);
        if let Some((last, was)) = gathered.last {
            gathered.pass(figure.device, (last, was), figure.at, about, &mut self.rollups);
        }
        if gathered.hour.start != Some(hour) {
            gathered.finish_hour(figure.device, zone, tenant, &mut self.rollups);
            gathered.hour.start = Some(hour);
        }
        gathered.hour.count(figure);
        gathered.last = Some((figure.at, health));
        if figure.state != State::Down {
            gathered.heartbeat_at = Some(figure.at);
        }
        gathered.keep(figure);
        if gathered.results.len() >= DOZEN {
            self.packs.extend(gathered.pack(figure.device, health).map(|pack| (tenant, pack)));
        }
    }

    /// Ends what is gathered: the program stops, or these devices are no longer its.
    pub(super) fn finish(&mut self, is_over: impl Fn(Id) -> bool, tenant_of: impl Fn(Id) -> Option<(usize, Tz)>) {
        let over: Vec<Id> = self.devices.keys().copied().filter(|device| is_over(*device)).collect();
        for device in over {
            let (Some(mut gathered), Some((tenant, zone))) = (self.devices.remove(&device), tenant_of(device)) else {
                continue;
            };
            gathered.finish_hour(device, zone, tenant, &mut self.rollups);
            let health = gathered.last.map_or(Health::Unknown, |(_, health)| health);
            self.packs.extend(gathered.pack(device, health).map(|pack| (tenant, pack)));
        }
    }

    /// Takes out up to so many rows of one tenant that are ready to be written.
    pub(super) fn ready(&mut self, most: usize) -> Option<(usize, Vec<Pack>, Vec<Rollup>)> {
        let tenant = self.packs.first().map(|(tenant, _)| *tenant).or_else(|| Some(self.rollups.first()?.0))?;
        let packs = take_some(&mut self.packs, tenant, most);
        let rollups = take_some(&mut self.rollups, tenant, most.saturating_sub(packs.len()));
        Some((tenant, packs, rollups))
    }

    /// Puts back what could not be written; too much of it is dropped, the oldest first.
    pub(super) fn put_back(&mut self, tenant: usize, packs: Vec<Pack>, rollups: Vec<Rollup>) {
        const MOST: usize = 200_000;
        self.packs.splice(0..0, packs.into_iter().map(|pack| (tenant, pack)));
        self.rollups.splice(0..0, rollups.into_iter().map(|rollup| (tenant, rollup)));
        self.packs.drain(..self.packs.len().saturating_sub(MOST / 4));
        self.rollups.drain(..self.rollups.len().saturating_sub(MOST));
    }

    /// The tenants stand in another order now; what belongs to none any more is dropped.
    pub(super) fn renumber(&mut self, now: impl Fn(usize) -> Option<usize>) {
        fn all<T>(rows: &mut Vec<(usize, T)>, now: impl Fn(usize) -> Option<usize>) {
            *rows = rows.drain(..).filter_map(|(tenant, row)| Some((now(tenant)?, row))).collect();
        }
        all(&mut self.packs, &now);
        all(&mut self.rollups, &now);
    }
}

fn take_some<T>(rows: &mut Vec<(usize, T)>, tenant: usize, most: usize) -> Vec<T> {
    let run = rows.iter().take(most).take_while(|(whose, _)| *whose == tenant).count();
    rows.drain(..run).map(|(_, row)| row).collect()
}

impl Gathered {
    fn keep(&mut self, figure: &Figure) {
        let check = self.checks.iter().position(|check| *check == figure.check).unwrap_or_else(|| {
            self.checks.push(figure.check);
            self.checks.len() - 1
        });
        self.results.push(Kept {
            at: u32::try_from(figure.at.timestamp()).unwrap_or(u32::MAX),
            check: u16::try_from(check).unwrap_or(u16::MAX),
            state: figure.state,
            latency_us: figure.latency_us.unwrap_or(0),
            loss: figure.loss_percent.unwrap_or(NO_LOSS),
        });
    }

    fn pack(&mut self, device: Id, health: Health) -> Option<Pack> {
        let last = self.results.last()?;
        let at = DateTime::from_timestamp(i64::from(last.at), 0)?;
        let results = self.results.drain(..).filter_map(|kept| {
            let check = *self.checks.get(usize::from(kept.check))?;
            let latency = (kept.latency_us > 0).then_some(kept.latency_us);
            let loss = (kept.loss != NO_LOSS).then_some(kept.loss);
            Some((check, i64::from(kept.at), kept.state.as_str(), latency, loss))
        });
        Some(Pack { device, health, heartbeat_at: self.heartbeat_at, at, results: results.collect() })
    }

    /// The time between two results belongs to the hours that it lies in.
    fn pass(
        &mut self,
        device: Id,
        (mut from, was): (Instant, Health),
        until: Instant,
        about: About,
        rollups: &mut Vec<(usize, Rollup)>,
    ) {
        let is_known = !matches!(was, Health::Unknown | Health::Maintenance);
        if !is_known || until - from > about.patience {
            return;
        }
        while from < until {
            let hour = hour_of(from);
            let end = (hour + TimeDelta::hours(1)).min(until);
            if self.hour.start != Some(hour) {
                self.finish_hour(device, about.zone, about.tenant, rollups);
                self.hour.start = Some(hour);
            }
            self.hour.known += end - from;
            if !matches!(was, Health::Down | Health::Unreachable) {
                self.hour.up += end - from;
            }
            from = end;
        }
    }

    fn finish_hour(&mut self, device: Id, zone: Tz, tenant: usize, rollups: &mut Vec<(usize, Rollup)>) {
        let hour = std::mem::take(&mut self.hour);
        let Some(start) = hour.start else { return };
        let day = start_of(zone, day_of(zone, start)).unwrap_or(start);
        for (bucket, start) in [(Bucket::Hour, start), (Bucket::Day, day)] {
            rollups.push((tenant, hour.as_rollup(device, bucket, start)));
        }
    }
}

impl Hour {
    fn count(&mut self, figure: &Figure) {
        self.checks += 1;
        match figure.latency_us {
            Some(latency) => {
                self.latency_sum_us += u64::from(latency);
                self.latency_min_us = Some(self.latency_min_us.map_or(latency, |least| least.min(latency)));
                self.latency_max_us = self.latency_max_us.max(Some(latency));
            }
            None => self.failures += 1,
        }
    }

    fn as_rollup(&self, device: Id, bucket: Bucket, start: Instant) -> Rollup {
        let answers = u64::from(self.checks - self.failures);
        let average = (answers > 0).then(|| u32::try_from(self.latency_sum_us / answers.max(1)).unwrap_or(u32::MAX));
        let seconds = |time: TimeDelta| u32::try_from((time.num_milliseconds() + 500) / 1_000).unwrap_or(0);
        Rollup {
            device,
            bucket,
            start,
            checks: self.checks,
            failures: self.failures,
            latency_min_us: self.latency_min_us,
            latency_avg_us: average,
            latency_max_us: self.latency_max_us,
            up_seconds: seconds(self.up),
            known_seconds: seconds(self.known),
        }
    }
}

fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    at.with_minute(0).and_then(|at| at.with_second(0)).and_then(|at| at.with_nanosecond(0)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(minute: i64, latency_us: Option<u32>) -> Figure {
        let at = DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap();
        let state = if latency_us.is_some() { State::Up } else { State::Down };
        Figure { device: Id::from_u128(1), check: Id::from_u128(2), state, latency_us, loss_percent: None, at }
    }

    fn about(health: Health) -> About {
        About { tenant: 0, zone: Tz::UTC, health, patience: TimeDelta::minutes(15) }
    }

    #[test]
    fn hours_and_dozens() {
        // 1,800,000,000 is 08:00 UTC.
        let mut figures = Figures::default();
        for minute in (0..120).step_by(5) {
            let down = (30..60).contains(&minute);
            let health = if down { Health::Down } else { Health::Up };
            figures.take_in(&figure(minute, (!down).then_some(1_000)), about(health));
        }
        figures.finish(|_| true, |_| Some((0, Tz::UTC)));
        let (tenant, packs, rollups) = figures.ready(1_000).unwrap();
        assert_eq!((tenant, packs.len()), (0, 2));
        assert!(packs.iter().all(|pack| pack.results.len() == DOZEN));
        let hours: Vec<_> = rollups.iter().filter(|rollup| rollup.bucket == Bucket::Hour).collect();
        assert_eq!(hours.len(), 2);
        assert_eq!((hours[0].checks, hours[0].failures, hours[0].latency_avg_us), (12, 6, Some(1_000)));
        assert_eq!((hours[0].up_seconds, hours[0].known_seconds), (1_800, 3_600));
        assert_eq!((hours[1].checks, hours[1].up_seconds, hours[1].known_seconds), (12, 3_300, 3_300));
        let days: Vec<_> = rollups.iter().filter(|rollup| rollup.bucket == Bucket::Day).collect();
        assert_eq!(days.iter().map(|day| day.checks).sum::<u32>(), 24);
        assert!(figures.ready(1).is_none());
    }

    #[test]
    fn a_pause_is_not_known() {
        let mut figures = Figures::default();
        for minute in [0, 5, 50] {
            figures.take_in(&figure(minute, Some(10)), about(Health::Up));
        }
        figures.finish(|_| true, |_| Some((0, Tz::UTC)));
        let (_, _, rollups) = figures.ready(10).unwrap();
        assert_eq!((rollups[0].known_seconds, rollups[0].checks), (300, 3));
    }
}
