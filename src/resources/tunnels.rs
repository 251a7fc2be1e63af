//! Devices that are reached through a tunnel.

use super::{Resource, column};

static PEER: Resource = Resource {
    entity: &crate::store::tunnels::VPN_PEERS,
    title: "VPN peers",
    aliases: &["vpn", "peers"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("status", "STATUS", 8, 8),
        column("assigned_ip", "ADDRESS", 15, 39),
        column("device", "DEVICE", 10, 14),
        column("endpoint", "ENDPOINT", 14, 40),
        column("last_handshake_at", "HANDSHAKE", 10, 16),
        column("allowed_ips", "NETWORKS", 14, 40),
        column("public_key", "PUBLIC KEY", 12, 44),
    ],
    form: &["name", "device", "assigned_ip", "private_key", "public_key", "preshared_key", "endpoint", "allowed_ips"],
    empty: "No VPN peers yet. Press a to add one.",
    labels: &[
        ("assigned_ip", "address"),
        ("allowed_ips", "networks behind it"),
        ("last_handshake_at", "last handshake"),
    ],
    help: &[
        ("public_key", "empty where the private key is given: it follows from it"),
        ("private_key", "as `wg genkey` makes it; kept sealed"),
        ("preshared_key", "as `wg genpsk` makes it; kept sealed"),
        ("endpoint", "a host and a port such as vpn.example.com:51820"),
        ("allowed_ips", "networks joined by commas; each belongs to one peer"),
        ("network", "the next free address of it is given: 10.100.0.0/24"),
    ],
    letters: &[("add", 'w'), ("disable", 'o'), ("enable", 'b')],
};

pub(super) static RESOURCES: &[&Resource] = &[&PEER];
