//! The devices of every tenant as targets, and what the log needs to know of them.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, ToSocketAddrs as _};

use chrono::TimeDelta;

use crate::domain::health::{Health, STALE_AFTER_INTERVALS};
use crate::domain::time::Instant;
use crate::health::Id;
use crate::health::probes::ProbeKind;
use crate::health::target::{Check, Target};
use crate::store::health::{Revision, SHARDS, WatchedCheck, WatchedDevice};
use crate::store::session::Program;
use crate::store::{Session, Store, StoreError};

/// What is watched, as of now.
pub(super) struct Roster {
    pub sessions: Vec<Session>,
    pub revisions: Vec<Revision>,
    pub entries: HashMap<Id, Entry>,
    targets: Vec<Target>,
}

/// What is known of a device beside its checks.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Whose it is: a place among the sessions.
    pub tenant: usize,
    pub name: Box<str>,
    pub parent: Option<Id>,
    /// Echoes that make it down, where that is all that is asked of it.
    pub pings: Option<u32>,
    /// When it was not heard of for longer, it is not known to have been anything meanwhile.
    pub patience: TimeDelta,
    pub health: Health,
    pub since: Instant,
}

impl Roster {
    /// Reads what is to be watched: all of it, or the devices of some shares.
    pub(super) fn load(store: &Store, shares: Option<&[u32]>) -> Result<Self, StoreError> {
        let sessions = store.program_sessions(Program::Poller)?;
        let mut roster = Self { sessions, revisions: Vec::new(), entries: HashMap::new(), targets: Vec::new() };
        for tenant in 0..roster.sessions.len() {
            let Some(session) = roster.sessions.get(tenant) else { break };
            let (devices, revision) = store.watched(session)?;
            roster.revisions.push(revision);
            roster.take_in(tenant, devices, shares);
        }
        Ok(roster)
    }

    pub(super) fn into_targets(self) -> Vec<Target> {
        self.targets
    }

    pub(super) fn split(mut self) -> (Self, Vec<Target>) {
        let targets = std::mem::take(&mut self.targets);
        (self, targets)
    }

    fn take_in(&mut self, tenant: usize, devices: Vec<WatchedDevice>, shares: Option<&[u32]>) {
        let addresses = resolve(&devices);
        let parents: HashMap<Id, Id> = devices.iter().filter_map(|device| Some((device.id, device.parent?))).collect();
        let is_parent: HashSet<Id> = parents.values().copied().collect();
        for device in devices {
            if shares.is_some_and(|shares| !shares.contains(&share_of(device.id, &parents))) {
                continue;
            }
            let checks: Vec<Check> = if device.polled {
                device.checks.iter().map(|check| check_of(&device, check, &addresses)).collect()
            } else {
                Vec::new()
            };
            if checks.is_empty() && !is_parent.contains(&device.id) {
                continue;
            }
            let pings = match checks.as_slice() {
                [Check { kind: ProbeKind::Icmp, packets, policy, .. }] => {
                    Some(policy.max_attempts * u32::from(*packets))
                }
                _ => None,
            };
            let WatchedDevice { id, name, parent, windows, health, since, recorded_at, .. } = device;
            let interval = checks.iter().map(|check| check.policy.interval).max().unwrap_or_default();
            let patience = TimeDelta::from_std(interval * STALE_AFTER_INTERVALS).unwrap_or(TimeDelta::MAX);
            let entry = Entry { tenant, name: name.into(), parent, pings, patience, health, since };
            self.entries.insert(id, entry);
            let parents = parent.into_iter().collect();
            self.targets.push(Target { device: id, parents, windows, health, since, recorded_at, checks });
        }
    }
}

/// The share that a device is dealt to: that of the device at the top of its tree, so that a child and what it is reached
/// through are watched by one program.
fn share_of(device: Id, parents: &HashMap<Id, Id>) -> u32 {
    let mut top = device;
    let mut least = device;
    for _ in 0..=parents.len() {
        match parents.get(&top) {
            Some(parent) => top = *parent,
            None => return dealt(top),
        }
        least = least.min(top);
        // A circle has no top: the least of it is as good as any, and the same for all in it.
        if top == device {
            return dealt(least);
        }
    }
    dealt(least)
}

fn dealt(id: Id) -> u32 {
    // The low half of an id is random; one more turn for ids that were made from numbers.
    #[allow(clippy::cast_possible_truncation)]
    let bits = (id.as_u128() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    u32::try_from(bits % u64::from(SHARDS)).unwrap_or(0)
}

/// The enabled checks of one device.
pub(super) fn checks_of(device: &WatchedDevice) -> Vec<Check> {
    let addresses = resolve(std::slice::from_ref(device));
    device.checks.iter().map(|check| check_of(device, check, &addresses)).collect()
}

fn check_of(device: &WatchedDevice, check: &WatchedCheck, names: &HashMap<String, Result<IpAddr, String>>) -> Check {
    const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let address = match check.target.as_deref() {
        Some(_) if check.kind == "http" => Ok(NOWHERE),
        Some(target) => match target.parse() {
            Ok(address) => Ok(address),
            Err(_) => names.get(target).cloned().unwrap_or_else(|| Err(format!("the name {target} was not looked up"))),
        },
        None => device.address.ok_or_else(|| "it has no management address".to_owned()),
    };
    let kind = match (check.kind.as_str(), &address, check.port) {
        (_, Err(why), _) => ProbeKind::Nothing { why: why.clone() },
        ("icmp", ..) => ProbeKind::Icmp,
        ("tcp", _, Some(port)) => ProbeKind::Tcp { port },
        ("tcp", _, None) => ProbeKind::Nothing { why: "it has no port".to_owned() },
        ("snmp", ..) => ProbeKind::Snmp,
        _ => ProbeKind::Http { url: check.target.clone().unwrap_or_default() },
    };
    Check {
        id: check.id,
        kind,
        address: address.unwrap_or(NOWHERE),
        timeout: check.timeout,
        packets: check.packets,
        policy: check.policy,
        state: check.state.clone(),
        recorded_at: check.recorded_at,
    }
}

/// Names that are looked up at once: a resolver that does not answer takes its time for each.
const LOOK_UPS: usize = 16;

/// The addresses of the targets that are names.
fn resolve(devices: &[WatchedDevice]) -> HashMap<String, Result<IpAddr, String>> {
    let named = devices
        .iter()
        .filter(|device| device.polled || devices.len() == 1)
        .flat_map(|device| &device.checks)
        .filter(|check| check.kind != "http")
        .filter_map(|check| check.target.as_deref())
        .filter(|target| target.parse::<IpAddr>().is_err());
    let names: Vec<&str> = named.collect::<HashSet<_>>().into_iter().collect();
    if names.is_empty() {
        return HashMap::new();
    }
    let look_up = |name: &str| {
        let found = (name, 0).to_socket_addrs().map_err(|error| error.to_string());
        let first = found.and_then(|mut found| found.next().ok_or_else(|| "it has no address".to_owned()));
        first.map(|address| address.ip()).map_err(|why| format!("the name {name} leads nowhere: {why}"))
    };
    std::thread::scope(|scope| {
        let chunks = names.chunks(names.len().div_ceil(LOOK_UPS).max(1));
        let threads: Vec<_> = chunks
            .map(|chunk| {
                scope.spawn(move || chunk.iter().map(|name| ((*name).to_owned(), look_up(name))).collect::<Vec<_>>())
            })
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_one_share() {
        let id = Id::from_u128;
        let parents: HashMap<Id, Id> =
            [(id(2), id(1)), (id(3), id(2)), (id(5), id(6)), (id(6), id(5)), (id(7), id(5))].into();
        assert_eq!(share_of(id(3), &parents), share_of(id(1), &parents));
        assert_eq!(share_of(id(2), &parents), share_of(id(1), &parents));
        assert_eq!(share_of(id(5), &parents), share_of(id(6), &parents), "a circle");
        assert!(share_of(id(7), &parents) < SHARDS, "what hangs on a circle ends too");
        let used: HashSet<u32> = (0..1_000).map(|number| share_of(id(number), &HashMap::new())).collect();
        assert_eq!(used.len(), SHARDS as usize);
    }
}
