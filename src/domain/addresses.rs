//! Pools of addresses: how many can be given, which ones, and the next free one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::lifecycle::{Lifecycle, Move};

/// reserved → active → released; reserved → released. An address that is given again gets a row of its own.
pub const ALLOCATION_LIFECYCLE: Lifecycle = Lifecycle {
    of: "allocation",
    states: &["reserved", "active", "released"],
    initial: "reserved",
    moves: &[
        Move { verb: "activate", from: &["reserved"], to: "active" },
        Move { verb: "release", from: &["reserved", "active"], to: "released" },
    ],
};

/// active ⇄ disabled.
pub const PEER_LIFECYCLE: Lifecycle = Lifecycle {
    of: "VPN peer",
    states: &["active", "disabled"],
    initial: "active",
    moves: &[
        Move { verb: "disable", from: &["active"], to: "disabled" },
        Move { verb: "enable", from: &["disabled"], to: "active" },
    ],
};

/// The first and last address that can be given to somebody: not the network's own and not the broadcast address of an
/// IPv4 network of more than two. Of an IPv6 network all can.
#[must_use]
pub fn usable(network: IpNet) -> (IpAddr, IpAddr) {
    match network {
        IpNet::V4(v4) if v4.prefix_len() < 31 => {
            let at = |address: Ipv4Addr, by: i64| {
                let number = i64::from(u32::from(address)) + by;
                IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or_default()))
            };
            (at(v4.network(), 1), at(v4.broadcast(), -1))
        }
        _ => (network.network(), network.broadcast()),
    }
}

/// Whether an address of the network can be given to somebody.
#[must_use]
pub fn is_usable(network: IpNet, address: IpAddr) -> bool {
    let (first, last) = usable(network);
    network.contains(&address) && first <= address && address <= last
}

/// The address after another; `None` after the last there is.
#[must_use]
pub fn next(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => u32::from(v4).checked_add(1).map(|next| IpAddr::V4(Ipv4Addr::from(next))),
        IpAddr::V6(v6) => u128::from(v6).checked_add(1).map(|next| IpAddr::V6(Ipv6Addr::from(next))),
    }
}

/// Looks for the first address from a candidate on that no taken range covers. Ranges come in the order of their first
/// addresses, each with both ends inside; they may overlap.
#[derive(Clone, Copy, Debug)]
pub struct FreeAddress {
    candidate: Option<IpAddr>,
    last: IpAddr,
}

impl FreeAddress {
    #[must_use]
    pub fn of(network: IpNet) -> Self {
        let (first, last) = usable(network);
        Self { candidate: Some(first), last }
    }

    /// Takes the next range into account; `true` where the candidate stands before it and is free for certain.
    pub fn is_before(&mut self, first: IpAddr, last: IpAddr) -> bool {
        let Some(candidate) = self.candidate else { return false };
        if candidate < first {
            return true;
        }
        if candidate <= last {
            self.candidate = next(last);
        }
        false
    }

    /// What is free where no range comes any more.
    #[must_use]
    pub fn found(self) -> Option<IpAddr> {
        self.candidate.filter(|candidate| *candidate <= self.last)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_can_be_given_of_a_network() {
        for (network, first, last) in [
            ("10.0.0.0/24", "10.0.0.1", "10.0.0.254"),
            ("10.0.0.0/30", "10.0.0.1", "10.0.0.2"),
            ("10.0.0.0/31", "10.0.0.0", "10.0.0.1"),
            ("10.0.0.7/32", "10.0.0.7", "10.0.0.7"),
            ("2001:db8::/126", "2001:db8::", "2001:db8::3"),
            ("2001:db8::1/128", "2001:db8::1", "2001:db8::1"),
        ] {
            let found = usable(network.parse().unwrap());
            assert_eq!(found, (first.parse().unwrap(), last.parse().unwrap()), "{network}");
        }
        let network: IpNet = "10.0.0.0/24".parse().unwrap();
        for (address, can) in [("10.0.0.0", false), ("10.0.0.1", true), ("10.0.0.255", false), ("10.0.1.1", false)] {
            assert_eq!(is_usable(network, address.parse().unwrap()), can, "{address}");
        }
    }

    #[test]
    fn the_last_address_there_is_has_none_after_it() {
        for address in ["255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"] {
            assert_eq!(next(address.parse().unwrap()), None);
        }
        let mut free = FreeAddress::of("255.255.255.255/32".parse().unwrap());
        assert!(!free.is_before("255.255.255.255".parse().unwrap(), "255.255.255.255".parse().unwrap()));
        assert_eq!(free.found(), None);
    }

    proptest! {
        /// Against a look at every address of the network, one after the other.
        #[test]
        fn the_free_one_is_the_first_that_nobody_has(mut taken in prop::collection::vec((0_u32..64, 0_u32..8), 0..40)) {
            let network: IpNet = "10.0.0.0/26".parse().unwrap();
            let at = |host: u32| IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + host));
            taken.sort_unstable();
            let covered = |host: u32| taken.iter().any(|(first, more)| (*first..=first + more).contains(&host));
            let wanted = (1..63).find(|host| !covered(*host)).map(at);
            let mut free = FreeAddress::of(network);
            let _ = taken.iter().any(|(first, more)| free.is_before(at(*first), at(first + more)));
            prop_assert_eq!(free.found(), wanted);
        }
    }
}
