//! The store, through its own door, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../fixtures/mod.rs"]
mod fixtures;
mod snapshot;
mod world;

mod access;
mod addresses;
mod audited;
mod billing;
mod bookings;
mod clock;
mod contracts;
mod crash;
mod customers;
mod desk;
mod figures;
mod guards;
mod indexed;
mod integrations;
mod jobs;
mod leads;
mod ledger;
mod line;
mod lists;
mod live_checks;
mod login;
mod marks;
mod orders;
mod outgoing;
mod own_rows;
mod parts;
mod permissions;
mod races;
mod records;
mod rehearsals;
mod reveals;
mod rotation;
mod schema;
mod second_factors;
mod secrets;
mod seed_map;
mod shifts;
mod software;
mod stock;
mod tampering;
mod tenants;
mod testing;
mod tickets;
mod topologies;
mod undo;
mod vouchers;
