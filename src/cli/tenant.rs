//! `headend tenant`: organisations of the installation, with the rights of the database's owner.

use super::arguments::{Tenant, TenantCommand};
use super::context::Context;
use super::failure::{Failed, Outcome};
use crate::domain::text::clean;
use crate::domain::time::parse_instant;
use crate::store::tenant_moves::{TenantMove, move_tenant};

pub fn run(context: &Context, options: &Tenant) -> Outcome {
    let (verb, tenant, until, reason) = match &options.command {
        TenantCommand::Activate { tenant, until, reason } => ("activate", tenant, until.as_deref(), reason),
        TenantCommand::Suspend { tenant, reason } => ("suspend", tenant, None, reason),
        TenantCommand::Expire { tenant, reason } => ("expire", tenant, None, reason),
    };
    let now = chrono::Utc::now();
    let until = until
        .map(|until| parse_instant(until, chrono_tz::Tz::UTC, now))
        .transpose()
        .map_err(|why| Failed::Misuse(format!("--until: {why}")))?;
    let asked = TenantMove { tenant: tenant.clone(), verb: verb.to_owned(), until, reason: reason.clone() };
    let state = move_tenant(&context.owner_target()?, context.options()?, &asked)?;
    eprintln!("headend: {} is {state}.", clean(tenant));
    Ok(())
}
