//! Devices that are reached through a tunnel.

use std::net::IpAddr;

use ipnet::IpNet;

use super::entity::{Change, Derived, Entity, Field, Visibility, ip_key, sort_key};
use super::model::{ColumnKind, table};
use super::operation::{Does, Operation, Request};
use super::schema::TABLES;
use super::sql::Statement;
use super::write::Writing;
use super::{Failure, Problem, StoreError};
use crate::domain::addresses::{FreeAddress, PEER_LIFECYCLE};
use crate::domain::network::{is_host, network_keys, parse_network};
use crate::domain::secret::Secret;
use crate::domain::wireguard::{clamped, public_key, read_key, read_private_key, write_key};
use crate::domain::{Id, Kind, Value};

pub static VPN_PEERS: Entity = Entity {
    name: "vpn_peers",
    singular: "VPN peer",
    table: &table(TABLES, "vpn_peers"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().sorted_by("name_key"),
        Field::reference("device", "device_id", "devices"),
        Field::of("status", Kind::Choice(PEER_LIFECYCLE.states)).read_only(),
        Field::of("assigned_ip", Kind::Ip).required().unique("assigned_ip_key"),
        Field::text("public_key", 64).unique("public_key"),
        Field::of("private_key", Kind::Secret),
        Field::of("preshared_key", Kind::Secret),
        Field::text("endpoint", 255),
        Field::text("allowed_ips", 2_000),
        Field::of("last_handshake_at", Kind::Instant).read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[
        Derived { column: "name_key", from: "name", how: sort_key },
        Derived { column: "assigned_ip_key", from: "assigned_ip", how: ip_key },
    ],
    search: &["name", "assigned_ip", "endpoint", "public_key", "allowed_ips"],
    shows: &["device"],
    lifecycle: Some(&PEER_LIFECYCLE),
    visibility: Visibility::Through("device_id", "devices"),
    default_sort: "name",
    rules: peer_rules,
    prepare: Some(peer_prepare),
    ..Entity::PLAIN
};

fn peer_rules(change: &mut Change<'_>) {
    check_keys(change);
    if let Value::Ip(address) = *change.after("assigned_ip")
        && change.changes("assigned_ip")
        && !is_host(address)
    {
        change.problem("assigned_ip", format!("nobody can be reached at {address}"));
    }
    if change.changes("endpoint") && !is_endpoint(change.after("endpoint").as_str()) {
        change.problem("endpoint", "is a host and a port such as vpn.example.com:51820");
    }
    if change.changes("allowed_ips") {
        match networks(change.after("allowed_ips").as_str()) {
            Ok(networks) => {
                let written: Vec<String> = networks.iter().map(ToString::to_string).collect();
                change.set("allowed_ips", Value::Text(written.join(", ")));
            }
            Err(why) => change.problem("allowed_ips", why),
        }
    }
}

/// Keys are keys; the public one follows from the private one where that is known.
fn check_keys(change: &mut Change<'_>) {
    let own = match change.values.get("private_key") {
        Some(Value::Secret(private)) => match read_private_key(private.reveal()) {
            Ok(private) => Some(write_key(&public_key(&private))),
            Err(why) => return change.problem("private_key", why),
        },
        _ => None,
    };
    if let Some(Value::Secret(shared)) = change.values.get("preshared_key")
        && let Err(why) = read_key(shared.reveal())
    {
        change.problem("preshared_key", why);
    }
    let given = change.after("public_key").as_str().to_owned();
    match own {
        Some(own) if given.is_empty() => change.set("public_key", Value::Text(own)),
        Some(own) if own != given => change.problem("public_key", "does not belong to the private key: leave it empty"),
        _ if given.is_empty() => change.problem("public_key", "is required where no private key is given"),
        _ if change.changes("public_key") => {
            if let Err(why) = read_key(&given) {
                change.problem("public_key", why);
            }
        }
        _ => {}
    }
}

fn is_endpoint(text: &str) -> bool {
    let host = |host: &str| !host.is_empty() && !host.chars().any(|c| c.is_whitespace() || c.is_control());
    let port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    text.is_empty() || text.rsplit_once(':').is_some_and(|(name, number)| host(name) && port(number))
}

/// Networks joined by commas.
fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(parse_network).collect()
}

/// A tunnel knows by its address which peer a packet is for: no network is two peers'.
fn peer_prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if !change.changes("allowed_ips") {
        return Ok(());
    }
    let Ok(own) = networks(change.after("allowed_ips").as_str()) else { return Ok(()) };
    let mut statement = Statement::fixed();
    statement
        .push("SELECT c.name AS t0, c.allowed_ips AS t1 FROM vpn_peers c WHERE c.allowed_ips <> '' AND c.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND c.id <> ")
        .bind_id(change.id);
    for row in statement.load(writing.connection)? {
        let theirs = networks(row.0[1].as_str()).unwrap_or_default();
        let across = |network: &IpNet| theirs.iter().find(|other| other.contains(network) || network.contains(*other));
        if let Some(network) = own.iter().find(|network| across(network).is_some()) {
            change.problem("allowed_ips", format!("{network} is {}'s already", row.0[0].as_str()));
            return Ok(());
        }
    }
    Ok(())
}

/// Makes a peer with keys of its own and the next free address of a network. Two that ask at once for the same network
/// are told apart by the address, which is unique.
fn add(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    let Value::Cidr(network) = *request.value("network") else { return Err(StoreError::unexpected("no network")) };
    let address = next_free(writing, network)?.ok_or_else(|| {
        let told = format!("every address of {network} is given: name another network");
        StoreError::failed(Failure::Invalid(vec![Problem::new("network", told)]))
    })?;
    let private = clamped(rand::random());
    let mut values =
        vec![("assigned_ip", Value::Ip(address)), ("private_key", Value::Secret(Secret::new(write_key(&private))))];
    values.extend(["name", "device", "endpoint", "allowed_ips"].map(|field| (field, request.value(field).clone())));
    writing.make(&VPN_PEERS, values).map(|id| vec![id])
}

fn next_free(writing: &mut Writing<'_>, network: IpNet) -> Result<Option<IpAddr>, StoreError> {
    let (first, last) = network_keys(network);
    let mut statement = Statement::fixed();
    statement
        .push("SELECT c.assigned_ip AS a0 FROM vpn_peers c WHERE c.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND c.assigned_ip_key >= ")
        .bind(ColumnKind::Bytes, Value::Bytes(first.to_vec()))?
        .push(" AND c.assigned_ip_key <= ")
        .bind(ColumnKind::Bytes, Value::Bytes(last.to_vec()))?
        .push(" ORDER BY c.assigned_ip_key");
    let mut free = FreeAddress::of(network);
    for row in statement.load(writing.connection)? {
        if let Value::Ip(address) = row.0[0]
            && free.is_before(address, address)
        {
            break;
        }
    }
    Ok(free.found())
}

pub(super) static ENTITIES: &[&Entity] = &[&VPN_PEERS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("vpn_peers.create", &VPN_PEERS),
    Operation::import("vpn_peers.import", &VPN_PEERS),
    Operation::update("vpn_peers.update", &VPN_PEERS),
    Operation::delete("vpn_peers.delete", &VPN_PEERS),
    Operation::new("vpn_peers.add", &VPN_PEERS, Does::Make(add)).asking(&[
        Field::text("name", 200).required(),
        Field::reference("device", "device_id", "devices"),
        Field::of("network", Kind::Cidr).required(),
        Field::text("endpoint", 255),
        Field::text("allowed_ips", 2_000),
    ]),
    Operation::step("vpn_peers.disable", &VPN_PEERS, "disable"),
    Operation::step("vpn_peers.enable", &VPN_PEERS, "enable"),
];
