//! Taking in targets: who hangs below whom, and what stays of what was known.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::{Device, Fleet, Mode, Watch};
use crate::domain::health::Verdict;
use crate::health::Id;
use crate::health::target::Target;

impl Fleet {
    /// Watches these targets and no others. A device and a check that stay keep what is known of them, whatever state
    /// the target carries; a check whose address or kind changed is probed at once.
    pub fn update_targets(&mut self, targets: Vec<Target>, now: DateTime<Utc>) {
        let mut known_devices: HashMap<Id, Device> = self.devices.drain(..).map(|device| (device.id, device)).collect();
        let dues: Vec<_> = (0..self.watches.len() as u32).map(|place| self.schedule.when(place)).collect();
        let mut known_watches: HashMap<Id, (Watch, Option<DateTime<Utc>>)> =
            self.watches.drain(..).zip(dues).map(|(watch, due)| (watch.check.id, (watch, due))).collect();
        self.schedule.clear();
        self.queue.clear();
        self.by_id.clear();
        (self.under_way, self.held) = (0, 0);
        let parents = standing_parents(&targets);

        for (target, place) in targets.into_iter().zip(0u32..) {
            let known = known_devices.remove(&target.device);
            let mut device = Device {
                id: target.device,
                parents: Vec::new(),
                children: Vec::new(),
                depth: 0,
                checks: Vec::with_capacity(target.checks.len()),
                windows: target.windows,
                health: target.health,
                since: target.since,
                verdict: Verdict { health: target.health, ..Verdict::default() },
                returning: false,
                waiting: Vec::new(),
                watched_since: now,
                recorded_at: target.recorded_at,
            };
            if let Some(known) = known {
                (device.health, device.since, device.verdict) = (known.health, known.since, known.verdict);
                (device.returning, device.watched_since, device.recorded_at) =
                    (known.returning, known.watched_since, known.recorded_at);
            }
            for mut check in target.checks {
                let number = self.watches.len() as u32;
                device.checks.push(number);
                let known = known_watches.remove(&check.id);
                let (watch, due, at_once) = match known {
                    Some((mut watch, due)) => {
                        let moved = watch.check.kind != check.kind || watch.check.address != check.address;
                        let was_busy = watch.ticket.is_some() || watch.is_queued || watch.held.is_some();
                        let due = due.filter(|_| watch.check.policy.interval == check.policy.interval);
                        check.state = watch.check.state;
                        watch = Watch { check, device: place, ticket: None, is_queued: false, held: None, ..watch };
                        (watch, due, moved || was_busy)
                    }
                    None => {
                        check.state = check.state.restored();
                        let recorded_at = check.recorded_at;
                        let watch = Watch {
                            check,
                            device: place,
                            ticket: None,
                            is_queued: false,
                            sent_at: None,
                            looked_at: None,
                            is_blind: false,
                            held: None,
                            recorded_at,
                        };
                        // In a round everything is probed; a new check is no exception.
                        (watch, None, self.mode == Mode::Round)
                    }
                };
                self.watches.push(watch);
                match (at_once, due, self.mode) {
                    (true, ..) => self.enqueue(number),
                    (false, Some(due), _) => self.schedule.at(number, due),
                    (false, None, Mode::Continuous) => {
                        let interval =
                            self.watches.last().map_or_else(Default::default, |watch| watch.check.policy.interval);
                        let first = self.schedule.first(device.id.as_u128(), interval, now);
                        self.schedule.at(number, first);
                    }
                    (false, None, Mode::Round) => {}
                }
            }
            self.by_id.insert(device.id, place);
            self.devices.push(device);
        }
        self.hang(parents);
        for place in 0..self.devices.len() as u32 {
            // What is down as stored is down for its children from the start.
            let verdict = self.verdict_of(place, now);
            if let (Some(verdict), Some(device)) = (verdict, self.devices.get_mut(place as usize)) {
                device.verdict.dead = verdict.dead;
            }
        }
    }

    /// Hangs devices below their parents and counts the steps down.
    fn hang(&mut self, parents: Vec<Vec<u32>>) {
        self.has_trees = parents.iter().any(|parents| !parents.is_empty());
        let depths = depths(&parents);
        for ((parents, depth), place) in parents.into_iter().zip(depths).zip(0u32..) {
            for parent in &parents {
                if let Some(parent) = self.devices.get_mut(*parent as usize) {
                    parent.children.push(place);
                }
            }
            if let Some(device) = self.devices.get_mut(place as usize) {
                (device.parents, device.depth) = (parents, depth);
            }
        }
    }
}

/// For each target the targets that must all be down for it to be unreachable: its parents, a parent without checks
/// replaced by its own. Empty when one of them can never be found down. Edges that close a circle are left out.
fn standing_parents(targets: &[Target]) -> Vec<Vec<u32>> {
    let places: HashMap<Id, u32> = targets.iter().map(|target| target.device).zip(0u32..).collect();
    let mut found: Vec<Vec<u32>> = targets
        .iter()
        .map(|target| {
            let mut found = Vec::new();
            let mut seen = HashSet::new();
            let mut open: Vec<Id> = target.parents.clone();
            while let Some(id) = open.pop() {
                if id == target.device || !seen.insert(id) {
                    continue;
                }
                match places.get(&id).and_then(|place| Some((*place, targets.get(*place as usize)?))) {
                    Some((place, parent)) if !parent.checks.is_empty() => found.push(place),
                    Some((_, parent)) if !parent.parents.is_empty() => open.extend(&parent.parents),
                    // Not watched here, or without checks and without parents: as far as can be known it stands.
                    _ => return Vec::new(),
                }
            }
            found.sort_unstable();
            found
        })
        .collect();
    open_circles(&mut found, targets);
    found
}

/// Takes out the edges that lead back to where one came from.
fn open_circles(parents: &mut [Vec<u32>], targets: &[Target]) {
    const FRESH: u8 = 0;
    const ON_THE_WAY: u8 = 1;
    const DONE: u8 = 2;
    let mut marks = vec![FRESH; parents.len()];
    for start in 0..parents.len() {
        // The way up, each step with the number of the parent to try next.
        let mut way = vec![(start, 0usize)];
        while let Some((place, next)) = way.last_mut() {
            let place = *place;
            let Some(mark) = marks.get_mut(place).filter(|mark| **mark != DONE) else {
                way.pop();
                continue;
            };
            *mark = ON_THE_WAY;
            let Some(parent) = parents.get(place).and_then(|parents| parents.get(*next)).map(|parent| *parent as usize)
            else {
                *mark = DONE;
                way.pop();
                continue;
            };
            match marks.get(parent) {
                Some(&ON_THE_WAY) => {
                    if let Some(parents) = parents.get_mut(place) {
                        parents.remove(*next);
                    }
                    if let (Some(child), Some(parent)) = (targets.get(place), targets.get(parent)) {
                        tracing::warn!(device = %child.device, parent = %parent.device, "parents form a circle; this edge is left out");
                    }
                }
                Some(&FRESH) => {
                    *next += 1;
                    way.push((parent, 0));
                }
                _ => *next += 1,
            }
        }
    }
}

/// Steps of each device from one without parents, the longest way.
fn depths(parents: &[Vec<u32>]) -> Vec<u32> {
    let mut depths: Vec<Option<u32>> = vec![None; parents.len()];
    for start in 0..parents.len() {
        let mut way = vec![start];
        while let Some(place) = way.last().copied() {
            let above = parents.get(place).map_or(&[][..], Vec::as_slice);
            let depth_of = |parent: &u32| depths.get(*parent as usize).copied().flatten();
            match above.iter().find(|parent| depth_of(parent).is_none()) {
                Some(unknown) => way.push(*unknown as usize),
                None => {
                    let depth = above.iter().filter_map(depth_of).max().map_or(0, |deepest| deepest + 1);
                    if let Some(known) = depths.get_mut(place) {
                        *known = Some(depth);
                    }
                    way.pop();
                }
            }
        }
    }
    depths.into_iter().map(|depth| depth.unwrap_or(0)).collect()
}
