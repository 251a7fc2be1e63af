#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;

use super::*;
use crate::domain::health::{CheckPolicy, State};
use crate::health::probes::ProbeKind;

/// A small network without sockets: who is silent, whom the poller cannot even ask, and a clock that is moved by hand.
struct World {
    fleet: Fleet,
    now: DateTime<Utc>,
    silent: HashSet<u8>,
    unsent: HashSet<u8>,
    probed: Vec<u8>,
    on_the_way: BTreeMap<(DateTime<Utc>, u64), ProbeResult>,
    /// Every change of health that was recorded: device, from, to.
    told: Vec<(u8, Health, Health)>,
    figures: usize,
    freshened: usize,
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn id(number: u8) -> Id {
    Id::from_u128(u128::from(number))
}

/// Device `number` below `parents`, with one check; its last address byte is its number.
fn target(number: u8, parents: &[u8]) -> Target {
    Target {
        device: id(number),
        parents: parents.iter().map(|parent| id(*parent)).collect(),
        windows: Vec::new(),
        health: Health::Unknown,
        since: start(),
        recorded_at: None,
        checks: vec![check(number, 0)],
    }
}

fn check(number: u8, nth: u8) -> Check {
    Check {
        id: Id::from_u128(((u128::from(number)) << 64) | (u128::from(nth) + 1)),
        kind: ProbeKind::Icmp,
        address: IpAddr::from([10, 0, nth, number]),
        timeout: Duration::from_secs(1),
        packets: 1,
        policy: CheckPolicy::default(),
        state: CheckState::default(),
        recorded_at: None,
    }
}

impl World {
    fn of(targets: Vec<Target>) -> Self {
        let mut fleet = Fleet::new(targets, 0, start());
        fleet.begin_watch(start());
        let (silent, unsent) = (HashSet::new(), HashSet::new());
        Self {
            fleet,
            now: start(),
            silent,
            unsent,
            probed: Vec::new(),
            on_the_way: BTreeMap::new(),
            told: Vec::new(),
            figures: 0,
            freshened: 0,
        }
    }

    /// What a probe of an address brings: silence takes the timeout, an answer a millisecond.
    fn asked(&self, probe: &Probe) -> (TimeDelta, ProbeResult) {
        let IpAddr::V4(address) = probe.address else { panic!() };
        let [.., number] = address.octets();
        if probe.kind == ProbeKind::Snmp {
            (TimeDelta::zero(), ProbeResult::unsupported("this version does not run snmp checks"))
        } else if self.unsent.contains(&number) {
            (TimeDelta::zero(), ProbeResult::unsent("no route"))
        } else if self.silent.contains(&number) {
            (TimeDelta::from_std(probe.timeout).unwrap(), ProbeResult::down("no answer"))
        } else {
            (TimeDelta::milliseconds(1), ProbeResult::up(1_000))
        }
    }

    /// Lets time pass until `until`, or until a round is settled.
    fn run(&mut self, until: DateTime<Utc>) {
        loop {
            for probe in self.fleet.take_due(self.now) {
                let IpAddr::V4(address) = probe.address else { panic!() };
                self.probed.push(address.octets()[3]);
                let (takes, result) = self.asked(&probe);
                self.on_the_way.insert((self.now + takes, probe.key), result);
            }
            while let Some(entry) = self.on_the_way.first_entry().filter(|entry| entry.key().0 <= self.now) {
                let ((_, key), result) = entry.remove_entry();
                self.fleet.answer(vec![Answer { key, result }], self.now);
            }
            self.fleet.revisit(self.now);
            let batch = self.fleet.take_records();
            self.figures += batch.figures.len();
            self.freshened += batch.checks.iter().filter(|record| record.transition.is_none()).count();
            for record in batch.devices.iter().filter(|record| record.is_change()) {
                let number = u8::try_from(record.device.as_u128()).unwrap();
                self.told.push((number, record.from, record.to));
            }
            if self.fleet.mode == Mode::Round && self.fleet.is_settled() {
                return;
            }
            let answer = self.on_the_way.keys().next().map(|(at, _)| *at);
            let next = self.fleet.next_due(self.now).min(answer.unwrap_or(DateTime::<Utc>::MAX_UTC));
            if next > until {
                self.now = until;
                return;
            }
            self.now = next.max(self.now);
        }
    }

    fn minutes(&mut self, minutes: i64) {
        self.run(self.now + TimeDelta::minutes(minutes));
    }

    fn health(&self, number: u8) -> Health {
        self.fleet.look(&[id(number)])[0].health
    }

    fn healths(&self, numbers: impl IntoIterator<Item = u8>) -> Vec<Health> {
        numbers.into_iter().map(|number| self.health(number)).collect()
    }
}

#[test]
fn soft_then_hard_by_the_retry_interval() {
    let mut world = World::of(vec![target(1, &[])]);
    world.minutes(5);
    assert_eq!((world.health(1), world.probed.len()), (Health::Up, 1));
    world.silent.insert(1);
    let mut tries = Vec::new();
    for expected in [Health::Up, Health::Up, Health::Down] {
        let before = world.probed.len();
        while world.probed.len() == before {
            world.run(world.now + TimeDelta::seconds(1));
        }
        tries.push(world.now);
        world.run(world.now + TimeDelta::seconds(2));
        assert_eq!(world.health(1), expected);
    }
    let gaps: Vec<_> = tries.windows(2).map(|pair| (pair[1] - pair[0]).num_seconds()).collect();
    assert!(gaps.iter().all(|gap| (59..=62).contains(gap)), "a retry interval apart: {gaps:?}");
    assert_eq!(world.told, [(1, Health::Unknown, Health::Up), (1, Health::Up, Health::Down)]);
    world.silent.clear();
    world.minutes(6);
    assert_eq!(world.told.last(), Some(&(1, Health::Down, Health::Up)));
}

#[test]
fn a_soft_recovery_is_silent() {
    let mut world = World::of(vec![target(1, &[])]);
    world.minutes(5);
    world.silent.insert(1);
    let before = world.probed.len();
    while world.probed.len() == before {
        world.run(world.now + TimeDelta::seconds(10));
    }
    world.silent.clear();
    world.minutes(10);
    assert_eq!(world.told, [(1, Health::Unknown, Health::Up)]);
}

#[test]
fn one_root_down_and_the_rest_unreachable() {
    // 1 — 2 — {3 … 40}: the children are asked at any time before or after their parents.
    for seed in 0..5 {
        let mut targets = vec![target(1, &[]), target(2, &[1])];
        targets.extend((3..=40).map(|number| target(number, &[2])));
        let mut world = World::of(targets);
        world.fleet.schedule = Schedule::new(seed, start());
        world.fleet.begin_watch(start());
        world.minutes(6);
        assert_eq!(world.fleet.tally().up, 40);
        world.silent.extend(2..=40);
        world.told.clear();
        world.minutes(10);
        let tally = world.fleet.tally();
        assert_eq!((tally.up, tally.down, tally.unreachable), (1, 1, 38), "seed {seed}");
        assert_eq!(
            world.told.iter().filter(|(_, _, to)| *to == Health::Down).count(),
            1,
            "never more than one root: {:?}",
            world.told
        );
        // The parent comes back, one child stays silent: it is a root now, the others come up.
        world.silent = HashSet::from([7]);
        world.told.clear();
        world.minutes(6);
        let tally = world.fleet.tally();
        assert_eq!((tally.up, tally.down, tally.unreachable), (39, 1, 0), "seed {seed}");
        assert!(world.told.contains(&(7, Health::Unreachable, Health::Down)));
        assert_eq!(world.told.iter().filter(|(_, _, to)| *to == Health::Down).count(), 1, "{:?}", world.told);
    }
}

#[test]
fn a_child_waits_for_its_parent() {
    let mut world = World::of(vec![target(1, &[]), target(2, &[1])]);
    world.minutes(6);
    // Only the child is silent: its parent is asked before it is called down, and answers.
    world.silent.insert(2);
    world.probed.clear();
    world.minutes(8);
    assert_eq!(world.healths([1, 2]), [Health::Up, Health::Down]);
    let last_try = world.probed.iter().rposition(|number| *number == 2).unwrap();
    assert!(world.probed.iter().filter(|number| **number == 1).count() >= 2, "{:?} {last_try}", world.probed);
}

#[test]
fn several_parents() {
    let mut world = World::of(vec![target(1, &[]), target(2, &[]), target(3, &[1, 2])]);
    world.minutes(6);
    world.silent.extend([1, 3]);
    world.minutes(10);
    assert_eq!(world.healths([1, 2, 3]), [Health::Down, Health::Up, Health::Down], "one parent stands");
    world.silent.insert(2);
    world.minutes(10);
    assert_eq!(world.healths([1, 2, 3]), [Health::Down, Health::Down, Health::Unreachable]);
    world.silent.remove(&2);
    world.minutes(10);
    assert_eq!(world.healths([1, 2, 3]), [Health::Down, Health::Up, Health::Down]);
}

#[test]
fn a_chain_falls_and_rises() {
    let mut targets = vec![target(1, &[])];
    targets.extend((2..=30).map(|number| target(number, &[number - 1])));
    let mut world = World::of(targets);
    world.minutes(6);
    world.silent.extend(1..=30);
    world.told.clear();
    world.minutes(10);
    let tally = world.fleet.tally();
    assert_eq!((tally.down, tally.unreachable), (1, 29));
    assert_eq!(world.told.iter().filter(|(_, _, to)| *to == Health::Down).count(), 1);
    world.silent.clear();
    world.minutes(6);
    assert_eq!(world.fleet.tally().up, 30);
    assert_eq!(
        world.told.iter().filter(|(_, _, to)| *to == Health::Down).count(),
        1,
        "none was called down on the way up"
    );
}

#[test]
fn odd_trees() {
    // A circle, a parent without checks, one that is not watched here, a device below itself.
    let mut bare = target(4, &[3]);
    bare.checks.clear();
    let targets = vec![
        target(1, &[2]),
        target(2, &[1]),
        target(3, &[]),
        bare,
        target(5, &[4]),
        target(6, &[99]),
        target(7, &[7]),
    ];
    let mut world = World::of(targets);
    world.minutes(6);
    assert_eq!(world.fleet.tally().up, 6);
    world.silent.extend(1..=7);
    world.minutes(12);
    // Of a circle one is the root; 5 hangs below 3 through 4; what 6 hangs below stands as far as is known.
    assert_eq!(world.healths([1, 2]).iter().filter(|health| **health == Health::Down).count(), 1);
    assert_eq!(
        world.healths([3, 4, 5, 6, 7]),
        [Health::Down, Health::Unknown, Health::Unreachable, Health::Down, Health::Down]
    );
}

#[test]
fn what_cannot_be_sent_becomes_unknown_after_three_intervals() {
    let mut world = World::of(vec![target(1, &[]), target(2, &[1])]);
    world.minutes(5);
    world.unsent.extend([1, 2]);
    world.minutes(9);
    assert_eq!(world.healths([1, 2]), [Health::Up, Health::Up]);
    world.minutes(12);
    assert_eq!(world.healths([1, 2]), [Health::Unknown, Health::Unknown]);
    world.unsent.clear();
    world.minutes(5);
    assert_eq!(world.healths([1, 2]), [Health::Up, Health::Up]);
    assert!(world.told.iter().all(|(_, _, to)| *to != Health::Down));
}

#[test]
fn a_pause_of_the_process_makes_nothing_unknown() {
    let mut world = World::of((1..=20).map(|number| target(number, &[])).collect());
    world.minutes(6);
    world.told.clear();
    world.now += TimeDelta::hours(8);
    world.probed.clear();
    world.run(world.now + TimeDelta::seconds(1));
    assert_eq!((world.probed.len(), world.told.len(), world.fleet.tally().up), (20, 0, 20));
}

#[test]
fn flapping_and_maintenance() {
    let mut flapping = target(1, &[]);
    flapping.checks[0].policy.max_attempts = 1;
    let mut planned = target(2, &[]);
    planned.windows.push(Window {
        starts_at: start() + TimeDelta::minutes(10),
        ends_at: start() + TimeDelta::minutes(30),
        recurrence: None,
        timezone: chrono_tz::UTC,
    });
    let mut world = World::of(vec![flapping, planned]);
    world.minutes(10);
    world.silent.insert(2);
    world.minutes(1);
    assert_eq!(world.health(2), Health::Maintenance, "it begins without a probe");
    for _ in 0..8 {
        world.silent.insert(1);
        world.minutes(5);
        world.silent.remove(&1);
        world.minutes(5);
    }
    assert_eq!(world.health(1), Health::Flapping);
    assert_eq!(world.health(2), Health::Down, "what stays after the window is told");
    assert_eq!(world.told.iter().filter(|(number, ..)| *number == 2).count(), 3, "{:?}", world.told);
    world.minutes(5 * 21);
    assert_eq!(world.health(1), Health::Up);
}

#[test]
fn several_checks_of_one_device() {
    let mut device = target(1, &[]);
    device.checks.push(check(2, 1));
    let mut not_run = check(3, 2);
    not_run.kind = ProbeKind::Snmp;
    let mut only_not_run = target(4, &[]);
    only_not_run.checks[0].kind = ProbeKind::Snmp;
    device.checks.push(not_run);
    let mut world = World::of(vec![device, only_not_run]);
    world.minutes(6);
    assert_eq!(world.healths([1, 4]), [Health::Up, Health::Unknown]);
    world.silent.insert(2);
    world.minutes(8);
    assert_eq!(world.health(1), Health::Degraded);
    world.silent.insert(1);
    world.minutes(8);
    assert_eq!(world.health(1), Health::Down);
    let state = world.fleet.look(&[id(4)])[0].checks[0].1.clone();
    assert_eq!((state.state, state.message.as_ref()), (State::Unknown, "this version does not run snmp checks"));
}

#[test]
fn a_round_is_hard_when_it_ends() {
    let mut targets = vec![target(1, &[]), target(2, &[1])];
    targets.extend((3..=100).map(|number| target(number, &[2])));
    targets.push(target(101, &[]));
    let mut world = World::of(targets);
    world.silent.extend(2..=100);
    world.unsent.insert(101);
    world.fleet.begin_round(start());
    let patience = start() + TimeDelta::hours(1);
    world.run(patience);
    let tally = world.fleet.tally();
    assert_eq!((tally.up, tally.down, tally.unreachable, tally.unknown, tally.devices), (1, 1, 98, 1, 101));
    // Three attempts a timeout apart, not a retry interval.
    assert!(world.now <= start() + TimeDelta::seconds(4), "{}", world.now - start());
    assert_eq!(world.told.iter().filter(|(_, _, to)| *to == Health::Down).count(), 1);
    // The second round finds what it knows: one probe each, nothing to write but the figures.
    world.probed.clear();
    world.told.clear();
    world.freshened = 0;
    world.figures = 0;
    world.fleet.begin_round(world.now);
    world.run(patience);
    assert_eq!((world.probed.len(), world.told.len(), world.figures, world.freshened), (101, 0, 100, 0));
    // And when all come back they are up at once.
    world.silent.clear();
    world.unsent.clear();
    world.fleet.begin_round(world.now);
    world.run(patience);
    assert_eq!(world.fleet.tally().up, 101);
}

#[test]
fn targets_come_and_go() {
    let mut world = World::of(vec![target(1, &[]), target(2, &[1])]);
    world.minutes(6);
    world.silent.insert(2);
    // One probe is under way, and answered only after the change: its answer is of the past.
    assert!(world.fleet.check_now(id(1)) && !world.fleet.check_now(id(99)));
    let old = world.fleet.take_due(world.now);
    world.fleet.update_targets(vec![target(3, &[]), target(1, &[]), target(2, &[1])], world.now);
    world.fleet.answer(vec![Answer { key: old[0].key, result: ProbeResult::down("late") }], world.now);
    assert_eq!(world.healths([1, 2, 3]), [Health::Up, Health::Up, Health::Unknown]);
    let again = world.fleet.take_due(world.now);
    assert_eq!(again.len(), 1, "what was under way is asked again");
    world.fleet.lost(&[again[0].key], world.now);
    world.minutes(12);
    assert_eq!(world.healths([1, 2, 3]), [Health::Up, Health::Down, Health::Up]);
    // Another address is another question, asked at once.
    let mut moved = target(2, &[1]);
    moved.checks[0].address = IpAddr::from([10, 0, 0, 50]);
    world.fleet.update_targets(vec![target(1, &[]), moved], world.now);
    world.run(world.now + TimeDelta::seconds(1));
    assert_eq!(world.health(2), Health::Up);
    assert!(world.fleet.look(&[id(3)]).is_empty());
}

#[test]
fn what_was_stored_counts() {
    // Hard down and unreachable as stored: the first answers tell nothing new.
    let down = CheckState {
        state: State::Down,
        hard: true,
        attempts: 1,
        last_check_at: Some(start()),
        ..CheckState::default()
    };
    let stored = |number, parents: &[u8], health| {
        let mut target = target(number, parents);
        target.health = health;
        target.checks[0].state = down.clone();
        target
    };
    let mut world = World::of(vec![stored(1, &[], Health::Down), stored(2, &[1], Health::Unreachable)]);
    world.silent.extend([1, 2]);
    world.minutes(6);
    assert_eq!(world.told, []);
    world.silent.clear();
    world.minutes(6);
    assert_eq!(world.healths([1, 2]), [Health::Up, Health::Up]);
}

#[test]
fn all_due_at_once_are_one_batch() {
    let targets = (0..10_000u32).map(|number| {
        let mut target = target(0, &[]);
        target.device = Id::from_u128(u128::from(number));
        target.checks[0].id = target.device;
        target
    });
    let mut fleet = Fleet::new(targets.collect(), 0, start());
    fleet.begin_round(start());
    assert_eq!(fleet.take_due(start()).len(), 10_000);
    assert!(fleet.take_due(start()).is_empty(), "none is given out twice");
}
