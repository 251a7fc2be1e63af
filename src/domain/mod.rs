//! The rules of the business, pure: no database, no clock but a passed one, no screen.

pub mod access;
pub mod bookings;
pub mod contracts;
pub mod customers;
pub mod devices;
pub mod filter;
pub mod health;
pub mod id;
pub mod integrations;
pub mod jobs;
pub mod leads;
pub mod ledger;
pub mod lifecycle;
pub mod money;
pub mod network;
pub mod number;
pub mod orders;
pub mod percent;
pub mod pricing;
pub mod schema;
pub mod secret;
pub mod series;
pub mod sla;
pub mod software;
pub mod stock;
pub mod testing;
pub mod text;
pub mod tickets;
pub mod time;
pub mod topologies;
pub mod value;
pub mod vouchers;

pub use id::Id;
pub use money::Money;
pub use percent::Percent;
pub use value::{Kind, Value};
