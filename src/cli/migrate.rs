//! `headend migrate`: brings the schema up to date.

use super::arguments::Migrate;
use super::context::Context;
use super::failure::{Exit, Failed, Outcome};
use crate::store::{Failure, Options, Store, migrate};

pub fn run(context: &Context, options: &Migrate) -> Outcome {
    if options.check {
        return match Store::open(&context.target()?, Options { read_only: true, ..Options::default() }) {
            Ok(_) => {
                eprintln!("headend: the schema is up to date.");
                Ok(())
            }
            Err(error) if matches!(error.failure(), Failure::Outdated | Failure::Unmigrated) => {
                eprintln!("headend: {error}.");
                Err(Failed::Told(Exit::Refused))
            }
            Err(error) => Err(error.into()),
        };
    }
    let migrated = migrate::migrate(&context.owner_target()?)?;
    match migrated.run.len() {
        0 => eprintln!("headend: the schema is up to date."),
        steps => eprintln!("headend: the schema was brought up to date in {steps} steps: {}.", migrated.run.join(", ")),
    }
    Ok(())
}
