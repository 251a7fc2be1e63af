//! Ranges of addresses, and who has which.

use super::{Resource, column, number};
use crate::store::addresses::{IP_ALLOCATIONS, IP_POOLS};

static POOL: Resource = Resource {
    entity: &IP_POOLS,
    aliases: &["pools", "ipp"],
    columns: &[
        column("name", 14, 30),
        column("cidr", 18, 43),
        column("pool_type", 7, 10),
        number("used_ips", 5, 8),
        number("total_ips", 5, 8),
        column("gateway", 11, 39),
        column("description", 12, 40),
    ],
    form: &["name", "cidr", "gateway", "pool_type", "is_nested", "description"],
    letters: &[("allocate", 'a')],
};

static ALLOCATION: Resource = Resource {
    entity: &IP_ALLOCATIONS,
    aliases: &["addresses", "ips"],
    columns: &[
        column("ip_address", 15, 39),
        column("status", 8, 8),
        column("pool", 10, 24),
        column("customer_name", 12, 30),
        column("device", 10, 14),
        column("mac_address", 17, 17),
        column("assigned_at", 10, 16),
        column("released_at", 10, 16),
    ],
    form: &["pool", "ip_address", "customer", "device", "mac_address"],
    letters: &[("release", 'r')],
};

pub(super) static RESOURCES: &[&Resource] = &[&POOL, &ALLOCATION];
