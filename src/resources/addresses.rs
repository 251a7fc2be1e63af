//! Ranges of addresses, and who has which.

use super::{Resource, column, number};
use crate::store::addresses::{IP_ALLOCATIONS, IP_POOLS};

static POOL: Resource = Resource {
    entity: &IP_POOLS,
    title: "IP pools",
    aliases: &["pools", "ipp"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("cidr", "NETWORK", 18, 43),
        column("pool_type", "TYPE", 7, 10),
        number("used_ips", "USED", 5, 8),
        number("total_ips", "OF", 5, 8),
        column("gateway", "GATEWAY", 11, 39),
        column("description", "DESCRIPTION", 12, 40),
    ],
    form: &["name", "cidr", "gateway", "pool_type", "is_nested", "description"],
    empty: "No pools yet. Press a to add a network that addresses are given from.",
    labels: &[
        ("cidr", "network"),
        ("pool_type", "type"),
        ("is_nested", "lies inside another"),
        ("total_ips", "addresses"),
        ("used_ips", "used"),
    ],
    help: &[
        ("cidr", "a network such as 10.4.0.0/16 or 2001:db8::/48"),
        ("gateway", "one of its addresses: counted as used, given to nobody"),
        ("is_nested", "yes where this pool is to lie inside another, or another inside it"),
        ("reserve", "yes: kept for later, not in use yet"),
    ],
    letters: &[("allocate", 'a')],
};

static ALLOCATION: Resource = Resource {
    entity: &IP_ALLOCATIONS,
    title: "Addresses",
    aliases: &["addresses", "ips"],
    columns: &[
        column("ip_address", "ADDRESS", 15, 39),
        column("status", "STATUS", 8, 8),
        column("pool", "POOL", 10, 24),
        column("customer_name", "CUSTOMER", 12, 30),
        column("device", "DEVICE", 10, 14),
        column("mac_address", "MAC", 17, 17),
        column("assigned_at", "SINCE", 10, 16),
        column("released_at", "UNTIL", 10, 16),
    ],
    form: &["pool", "ip_address", "customer", "device", "mac_address"],
    empty: "No address is given yet. Allocate one from a pool.",
    labels: &[("customer_name", "customer's name"), ("assigned_at", "since"), ("released_at", "until")],
    letters: &[("activate", 'a'), ("release", 'r')],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&POOL, &ALLOCATION];
