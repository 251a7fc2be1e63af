//! Ranges of addresses, and who has which.

use std::net::IpAddr;

use ipnet::IpNet;

use super::StoreError;
use super::customers::CUSTOMERS;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Source, Visibility, ip_key, sort_key};
use super::model::{ColumnKind, table};
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::write::Writing;
use crate::domain::addresses::{ALLOCATION_LIFECYCLE, FreeAddress, is_usable, usable};
use crate::domain::network::{ip_key as key_of, network_keys};
use crate::domain::{Id, Kind, Value};

/// How many addresses a pool can give: all but the network's own and the broadcast address of an IPv4 network of more
/// than two; what is beyond counting is told as a power.
const TOTAL_SQLITE: &str = "(SELECT CASE WHEN instr(c.cidr, ':') > 0 THEN CASE WHEN l.n >= 66 THEN CAST(1 << (128 - l.n) AS TEXT) \
    ELSE '2^' || (128 - l.n) END WHEN l.n >= 31 THEN CAST(1 << (32 - l.n) AS TEXT) ELSE CAST((1 << (32 - l.n)) - 2 AS TEXT) END \
    FROM (SELECT CAST(substr(c.cidr, instr(c.cidr, '/') + 1) AS INTEGER) AS n) l)";
const TOTAL_POSTGRES: &str = "(SELECT CASE WHEN family(c.cidr) = 6 THEN CASE WHEN l.n >= 66 THEN CAST(CAST(1 AS bigint) << (128 - l.n) AS text) \
    ELSE '2^' || (128 - l.n) END WHEN l.n >= 31 THEN CAST(CAST(1 AS bigint) << (32 - l.n) AS text) \
    ELSE CAST((CAST(1 AS bigint) << (32 - l.n)) - 2 AS text) END FROM (SELECT masklen(c.cidr) AS n) l)";
/// How many of them are taken, the gateway's with them.
macro_rules! used {
    ($gateway:literal) => {
        concat!(
            "((SELECT count(*) FROM ip_allocations a WHERE a.tenant_id = c.tenant_id AND a.pool_id = c.id \
             AND a.status <> 'released') + ",
            $gateway,
            ")"
        )
    };
}
const USED_COUNTED: [&str; 2] =
    [used!("(c.gateway IS NOT NULL)"), used!("CASE WHEN c.gateway IS NULL THEN 0 ELSE 1 END")];
const USED_SQLITE: &str = concat!("CAST(", used!("(c.gateway IS NOT NULL)"), " AS TEXT)");
const USED_POSTGRES: &str = concat!("CAST(", used!("CASE WHEN c.gateway IS NULL THEN 0 ELSE 1 END"), " AS text)");
/// The bits of an address that a pool leaves free.
const FREE_BITS: [&str; 2] = [
    "(CASE WHEN instr(c.cidr, ':') > 0 THEN 128 ELSE 32 END - CAST(substr(c.cidr, instr(c.cidr, '/') + 1) AS INTEGER))",
    "(CASE WHEN family(c.cidr) = 6 THEN 128 ELSE 32 END - masklen(c.cidr))",
];

const fn computed(name: &'static str, sqlite: &'static str, postgres: &'static str) -> Field {
    let mut field = Field::text(name, 50).read_only();
    field.source = Source::Gathered { sqlite, postgres, write: |_, _, _| Ok(()) };
    field
}

pub static IP_POOLS: Entity = Entity {
    name: "ip_pools",
    singular: "IP pool",
    table: &table(TABLES, "ip_pools"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::of("cidr", Kind::Cidr).required().sorted_by("first_key"),
        Field::of("gateway", Kind::Ip),
        Field::of("pool_type", Kind::Choice(&["public", "private", "management"])).default("private"),
        Field::of("is_nested", Kind::Bool).default("false"),
        computed("total_ips", TOTAL_SQLITE, TOTAL_POSTGRES).ranked_by(ColumnKind::Int, FREE_BITS),
        computed("used_ips", USED_SQLITE, USED_POSTGRES).ranked_by(ColumnKind::Long, USED_COUNTED),
        Field::lines("description"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[
        Derived { column: "name_key", from: "name", how: sort_key },
        Derived { column: "first_key", from: "cidr", how: first_key },
        Derived { column: "last_key", from: "cidr", how: last_key },
    ],
    search: &["name", "cidr", "description"],
    visibility: Visibility::Unseen,
    relations: &[Relation { name: "allocations", entity: "ip_allocations", column: "pool_id" }],
    default_sort: "name",
    rules: pool_rules,
    prepare: Some(pool_prepare),
    ..Entity::PLAIN
};

fn first_key(value: &Value) -> Value {
    if let Value::Cidr(network) = value { Value::Bytes(network_keys(*network).0.to_vec()) } else { Value::Null }
}

fn last_key(value: &Value) -> Value {
    if let Value::Cidr(network) = value { Value::Bytes(network_keys(*network).1.to_vec()) } else { Value::Null }
}

fn pool_rules(change: &mut Change<'_>) {
    let Value::Cidr(network) = *change.after("cidr") else { return };
    if network.prefix_len() == 0 {
        change.problem("cidr", "a pool is a part of all addresses, not all of them");
    }
    if let Value::Ip(gateway) = *change.after("gateway")
        && !is_usable(network, gateway)
    {
        let (first, last) = usable(network);
        change.problem("gateway", format!("is one of the pool's addresses, {first} to {last}"));
    }
}

/// Pools overlap only where one lies inside the other and people say that it is meant so; the gateway is nobody's.
fn pool_prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let Value::Cidr(network) = *change.after("cidr") else { return Ok(()) };
    if !change.after("is_nested").is_true() && (change.changes("cidr") || change.changes("is_nested")) {
        let others = pools_across(writing, change.id, network)?;
        if let Some((name, other)) = others.first() {
            let told = format!(
                "shares addresses with {name} ({other}): where one is to lie inside the other, say so in is_nested"
            );
            change.problem("cidr", told);
        }
    }
    if let (Value::Ip(gateway), Some(_), true) =
        (change.after("gateway").clone(), change.before, change.changes("gateway"))
        && allocated(writing, change.id, gateway)?
    {
        change.problem("gateway", "is given to somebody: release it first");
    }
    Ok(())
}

/// Other pools that share addresses with a network: their names and networks.
fn pools_across(writing: &mut Writing<'_>, own: Id, network: IpNet) -> Result<Vec<(String, IpNet)>, StoreError> {
    let (first, last) = network_keys(network);
    let mut statement = Statement::fixed();
    statement
        .push("SELECT c.name AS t0, c.cidr AS c1 FROM ip_pools c WHERE c.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND c.id <> ")
        .bind_id(own)
        .push(" AND c.first_key <= ")
        .bind(ColumnKind::Bytes, Value::Bytes(last.to_vec()))?
        .push(" AND c.last_key >= ")
        .bind(ColumnKind::Bytes, Value::Bytes(first.to_vec()))?
        .push(" ORDER BY c.first_key, c.id");
    let rows = statement.load(writing.connection)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match row.0.as_slice() {
            [Value::Text(name), Value::Cidr(network)] => Some((name.clone(), *network)),
            _ => None,
        })
        .collect())
}

fn allocated(writing: &mut Writing<'_>, pool: Id, address: IpAddr) -> Result<bool, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT c.id AS i0 FROM ip_allocations c WHERE c.status <> 'released' AND c.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND c.pool_id = ")
        .bind_id(pool)
        .push(" AND c.ip_address_key = ")
        .bind(ColumnKind::Bytes, Value::Bytes(key_of(address).to_vec()))?;
    Ok(!statement.load(writing.connection)?.is_empty())
}

pub static IP_ALLOCATIONS: Entity = Entity {
    name: "ip_allocations",
    singular: "allocation",
    table: &table(TABLES, "ip_allocations"),
    label: "customer_name",
    title: &["ip_address"],
    fields: &[
        Field::reference("pool", "pool_id", "ip_pools").required().at_creation(),
        Field::of("ip_address", Kind::Ip).required().at_creation().sorted_by("ip_address_key"),
        Field::of("status", Kind::Choice(ALLOCATION_LIFECYCLE.states)).read_only(),
        Field::reference("customer", "customer_id", "customers"),
        Field::text("customer_name", 255).read_only(),
        Field::reference("device", "device_id", "devices"),
        Field::of("mac_address", Kind::Mac),
        Field::of("assigned_at", Kind::Instant).read_only().sorted_by("assigned_at"),
        Field::of("released_at", Kind::Instant).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "ip_address_key", from: "ip_address", how: ip_key }],
    search: &["ip_address", "customer_name", "mac_address"],
    shows: &["pool", "device"],
    lifecycle: Some(&ALLOCATION_LIFECYCLE),
    visibility: Visibility::AnyOf(&[
        Visibility::Through("customer_id", "customers"),
        Visibility::Through("device_id", "devices"),
    ]),
    conditions: &[Condition { name: "open", means: "status:reserved,active" }],
    default_sort: "ip_address",
    prepare: Some(allocation_prepare),
    ..Entity::PLAIN
};

/// An address is one that its pool can give, and no pool inside it; the customer's name is kept with it.
fn allocation_prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_none() {
        if change.after("assigned_at").is_empty() {
            change.set("assigned_at", Value::Instant(writing.now));
        }
        if let (Some(pool), Value::Ip(address)) = (change.refers_to("pool"), change.after("ip_address").clone()) {
            // Whoever gives an address of this pool waits here.
            let pool = writing.take(&IP_POOLS, pool)?;
            if let Some(why) = why_not(writing, &pool, address)? {
                change.problem("ip_address", why);
            }
        }
    }
    if change.values.contains_key("customer") {
        let name = match change.refers_to("customer") {
            Some(customer) => writing.look(&CUSTOMERS, customer)?.get("name").clone(),
            None => Value::Null,
        };
        change.set("customer_name", name);
    }
    Ok(())
}

fn why_not(writing: &mut Writing<'_>, pool: &Record, address: IpAddr) -> Result<Option<String>, StoreError> {
    let Value::Cidr(network) = *pool.get("cidr") else { return Ok(None) };
    if !is_usable(network, address) {
        let (first, last) = usable(network);
        return Ok(Some(format!("is one that the pool can give: {first} to {last}")));
    }
    if *pool.get("gateway") == Value::Ip(address) {
        return Ok(Some("is the pool's gateway".into()));
    }
    let inside = pools_across(writing, pool.id, IpNet::from(address))?;
    let inside = inside.iter().find(|(_, other)| other.prefix_len() > network.prefix_len());
    Ok(inside
        .map(|(name, other)| format!("is one of {name} ({other}), which lies inside this pool: give it from there")))
}

/// Addresses that are looked at in one query.
const BLOCK: usize = 1_000;

/// Gives the next free address of a pool, which is locked: two that ask at once get two addresses.
fn allocate(writing: &mut Writing<'_>, pool: &Record, request: &Request) -> Result<(), StoreError> {
    let Value::Cidr(network) = *pool.get("cidr") else {
        return Err(StoreError::unexpected("a pool without a network"));
    };
    let address = next_free(writing, pool, network)?.ok_or_else(|| {
        StoreError::refused(format!("{} is full: release addresses, or make another pool", pool.title()))
    })?;
    let status = if request.value("reserve").is_true() { "reserved" } else { "active" };
    let mut values =
        vec![("pool", Value::Id(pool.id)), ("ip_address", Value::Ip(address)), ("status", Value::text(status))];
    values.extend(["customer", "device", "mac_address"].map(|field| (field, request.value(field).clone())));
    writing.make(&IP_ALLOCATIONS, values).map(|_| ())
}

fn next_free(writing: &mut Writing<'_>, pool: &Record, network: IpNet) -> Result<Option<IpAddr>, StoreError> {
    let mut ranges: Vec<(IpAddr, IpAddr)> = pools_across(writing, pool.id, network)?
        .into_iter()
        .filter(|(_, other)| other.prefix_len() > network.prefix_len())
        .map(|(_, other)| (other.network(), other.broadcast()))
        .collect();
    if let Value::Ip(gateway) = pool.get("gateway") {
        ranges.push((*gateway, *gateway));
    }
    ranges.sort_unstable();
    let mut ranges = ranges.into_iter().peekable();
    let mut free = FreeAddress::of(network);
    let mut after = None;
    loop {
        let block = taken_after(writing, pool.id, after)?;
        for address in &block {
            while let Some((first, last)) = ranges.next_if(|(first, _)| first <= address) {
                if free.is_before(first, last) {
                    return Ok(free.found());
                }
            }
            if free.is_before(*address, *address) {
                return Ok(free.found());
            }
        }
        after = block.last().copied();
        if block.len() < BLOCK {
            let _ = ranges.any(|(first, last)| free.is_before(first, last));
            return Ok(free.found());
        }
    }
}

/// The next addresses of a pool that somebody has, in their order.
fn taken_after(writing: &mut Writing<'_>, pool: Id, after: Option<IpAddr>) -> Result<Vec<IpAddr>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT c.ip_address AS a0 FROM ip_allocations c WHERE c.status <> 'released' AND c.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND c.pool_id = ")
        .bind_id(pool);
    if let Some(after) = after {
        statement.push(" AND c.ip_address_key > ").bind(ColumnKind::Bytes, Value::Bytes(key_of(after).to_vec()))?;
    }
    statement.push(format!(" ORDER BY c.ip_address_key LIMIT {BLOCK}"));
    let rows = statement.load(writing.connection)?;
    Ok(rows.iter().filter_map(|row| if let Value::Ip(address) = row.0[0] { Some(address) } else { None }).collect())
}

/// The address is free again; who had it, and until when, stays known.
fn release(writing: &mut Writing<'_>, allocation: &Record, request: &Request) -> Result<(), StoreError> {
    let values = vec![("released_at", Value::Instant(writing.now))];
    writing.follow(allocation, "release", values, request.reason.as_deref())
}

pub(super) static ENTITIES: &[&Entity] = &[&IP_POOLS, &IP_ALLOCATIONS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("ip_pools.create", &IP_POOLS),
    Operation::import("ip_pools.import", &IP_POOLS),
    Operation::update("ip_pools.update", &IP_POOLS),
    Operation::delete("ip_pools.delete", &IP_POOLS),
    Operation::new("ip_pools.allocate", &IP_POOLS, Does::Custom(allocate))
        .asking(&[
            Field::reference("customer", "customer_id", "customers"),
            Field::reference("device", "device_id", "devices"),
            Field::of("mac_address", Kind::Mac),
            Field::of("reserve", Kind::Bool).default("false"),
        ])
        .making("ip_allocations")
        .whatever_is_answered(),
    Operation::create("ip_allocations.create", &IP_ALLOCATIONS),
    Operation::import("ip_allocations.import", &IP_ALLOCATIONS),
    Operation::update("ip_allocations.update", &IP_ALLOCATIONS),
    Operation::step("ip_allocations.activate", &IP_ALLOCATIONS, "activate"),
    Operation::new("ip_allocations.release", &IP_ALLOCATIONS, Does::Custom(release)),
];
