//! `headend undo`: takes an operation back.

use super::arguments::Undo;
use super::context::{Context, Work};
use super::failure::{Failed, Outcome};
use super::output::Output;
use crate::domain::manner::Manner;
use crate::domain::text::clean;
use crate::domain::words::Words;
use crate::resources;
use crate::store::undo::Undoable;

pub fn run(context: &Context, options: &Undo) -> Outcome {
    let work = context.work()?;
    let meant = match &options.operation {
        Some(id) => {
            let id = id.parse().map_err(|_| Failed::Misuse(format!("‘{}’ is not an operation's id", clean(id))))?;
            work.store.undoable(&work.session, id)?
        }
        None => last(&work)?,
    };
    let done = work.store.undo(&work.session, meant.id)?;
    let mut out = Output::new();
    out.line(&format!("took back: {} (operation {})", told(&meant), done.operation))?;
    out.finish()
}

/// The last operation of whoever asks. What was done elsewhere, in a console for one, is not taken back unasked where a
/// login is kept; one that lasts as long as this command has done nothing itself.
fn last(work: &Work) -> Outcome<Undoable> {
    let last = work.store.last_undoable(&work.session)?;
    let last = last.ok_or_else(|| Failed::Refused("there is nothing of yours to take back".into()))?;
    if last.is_from_elsewhere && !work.ends {
        let (what, id) = (told(&last), last.id);
        let why = format!("what goes first was done in another login ({what}): take it back with `headend undo {id}`");
        return Err(Failed::Refused(why));
    }
    Ok(last)
}

fn told(done: &Undoable) -> String {
    clean(&resources::what_was_done(Words::ENGLISH, done, Manner::default())).into_owned()
}
