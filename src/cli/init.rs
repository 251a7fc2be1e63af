//! `headend init`: makes the database, the organisation and its first administrator.

use super::arguments::Init;
use super::context::Context;
use super::failure::{Failed, Outcome};
use super::prompt;
use crate::domain::text::clean;
use crate::store::setup::{Founding, found};

pub fn run(context: &Context, options: Init) -> Outcome {
    let (target, owner) = (context.target()?, context.owner_target()?);
    let tenant = context.tenant().ok_or_else(|| {
        Failed::Misuse("which organisation? Give its short name with --tenant, such as --tenant fibernet".into())
    })?;
    if context.global.read_only {
        return Err(Failed::Misuse("init makes a database: it does not go with --read-only".into()));
    }
    let password = match prompt::password_in_environment()? {
        Some(password) => password,
        None => prompt::new_password(&format!("Password of {}", clean(&options.admin)))?,
    };
    let founding = Founding {
        tenant: tenant.to_owned(),
        display_name: options.display_name.unwrap_or_else(|| tenant.to_owned()),
        currency: options.currency,
        timezone: options.timezone,
        admin: options.admin,
        password,
    };
    // Before the key is made: nothing is left behind for a mistyped currency.
    founding.check()?;
    let source = context.config.key_source();
    let new_key = source.file_to_make().filter(|path| !path.exists()).map(std::path::Path::to_owned);
    let outcome = source.read_or_make().and_then(|master| found(&target, &owner, &founding, master));
    if let (Err(_), Some(path)) = (&outcome, &new_key) {
        let _ = std::fs::remove_file(path);
    }
    outcome?;
    eprintln!(
        "headend: {target} is ready for {}. Log in with `headend login {}`.",
        founding.tenant,
        clean(&founding.admin)
    );
    if let Some(path) = new_key {
        eprintln!("headend: its key is {}. Keep a copy of it apart from the database.", path.display());
    }
    Ok(())
}
