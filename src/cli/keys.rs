//! `headend keys`: new keys for old secrets.

use std::io::{IsTerminal as _, Write as _};

use super::arguments::{Keys, KeysCommand};
use super::context::Context;
use super::failure::{Failed, Outcome};
use crate::store::rotation::{self, Rotated};

pub fn run(context: &Context, options: &Keys) -> Outcome {
    let KeysCommand::Rotate { master } = &options.command;
    if context.global.read_only {
        return Err(Failed::Refused("keys are not rotated with --read-only".into()));
    }
    if *master {
        let source = context.config.key_source();
        let count = rotation::rotate_master(&context.owner_target()?, &source)?;
        let path = source.file_to_make().map(|path| path.display().to_string()).unwrap_or_default();
        eprintln!(
            "headend: {count} keys are wrapped with a new one in {path}. Keep a copy of it where the database is not."
        );
        return Ok(());
    }
    let work = context.work()?;
    let shows = std::io::stderr().is_terminal();
    let told = work.store.rotate_keys(&work.session, &mut |resealed| {
        if shows {
            // Whoever looks on has gone, where this fails.
            let _ = write!(std::io::stderr(), "\r{resealed} secrets sealed anew");
        }
    })?;
    if shows {
        eprintln!();
    }
    eprintln!("headend: {}.", summary(&told));
    Ok(())
}

fn summary(told: &Rotated) -> String {
    let Rotated { key_id, resumed, resealed } = told;
    let begun = if *resumed { "the rotation that was interrupted went on: " } else { "" };
    format!("{begun}{resealed} secrets are sealed with key {key_id}; entries of the audit log keep their seal")
}
