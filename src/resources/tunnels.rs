//! Devices that are reached through a tunnel.

use super::{Resource, column};

static PEER: Resource = Resource {
    entity: &crate::store::tunnels::VPN_PEERS,
    aliases: &["vpn", "peers"],
    columns: &[
        column("name", 14, 30),
        column("status", 8, 8),
        column("assigned_ip", 15, 39),
        column("device", 10, 14),
        column("endpoint", 14, 40),
        column("last_handshake_at", 10, 16),
        column("allowed_ips", 14, 40),
        column("public_key", 12, 44),
    ],
    form: &["name", "device", "assigned_ip", "private_key", "public_key", "preshared_key", "endpoint", "allowed_ips"],
    letters: &[("add", 'a'), ("disable", 'o'), ("enable", 'b')],
};

pub(super) static RESOURCES: &[&Resource] = &[&PEER];
