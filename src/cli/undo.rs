//! `headend undo`: takes an operation back.

use super::arguments::Undo;
use super::context::Context;
use super::failure::{Failed, Outcome};
use super::output::Output;
use crate::domain::text::clean;

pub fn run(context: &Context, options: &Undo) -> Outcome {
    let work = context.work()?;
    let meant = match &options.operation {
        Some(id) => {
            let id = id.parse().map_err(|_| Failed::Misuse(format!("‘{}’ is not an operation's id", clean(id))))?;
            work.store.undoable(&work.session, id)?
        }
        None => work
            .store
            .last_undoable(&work.session)?
            .ok_or_else(|| Failed::Refused("there is nothing of yours to take back".into()))?,
    };
    let done = work.store.undo(&work.session, meant.id)?;
    let mut out = Output::new();
    let elsewhere = if meant.is_from_elsewhere { ", done in another login" } else { "" };
    out.line(&format!("took back: {} (operation {}{elsewhere})", clean(&meant.summary), done.operation))?;
    out.finish()
}
