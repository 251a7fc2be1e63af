//! `headend` and `headend console`: the terminal application.

use super::arguments;
use super::context::Context;
use super::failure::{Failed, Outcome};
use super::prompt;
use crate::config::environment;
use crate::console::{Settings, run as run_console};
use crate::store::{Failure, Session, Store, StoreError, Target, migrate};

pub fn run(context: Context, options: arguments::Console) -> Outcome {
    if !(std::io::IsTerminal::is_terminal(&std::io::stdin()) && std::io::IsTerminal::is_terminal(&std::io::stdout())) {
        return Err(Failed::Misuse("the console needs a terminal. For scripts there are commands: see `headend --help`".into()));
    }
    let target = context.target()?;
    let (store, first_run) = open(&context, &target)?;
    let session = store.as_ref().map(|store| who(&context, store)).transpose()?.flatten();
    // A laptop off the management network must not call the fleet down: on PostgreSQL only by wish.
    let by_default = context.config.file.poll.unwrap_or(!target.is_postgres());
    let poll = !options.no_poll && (options.poll || by_default) && !context.global.read_only;
    let settings = Settings {
        store,
        session,
        first_run,
        place: options.place,
        wall: options.wall,
        tenant: context.tenant().map(str::to_owned),
        read_only: context.global.read_only,
        ascii: context.config.is_ascii(options.ascii),
        poll,
        demo: false,
        target,
        config: context.config,
    };
    run_console(settings).map_err(|failed| Failed::Unusable(failed.to_string()))
}

/// The database as it stands: missing where it is the default one and was never made, brought up to
/// date where it is a file of an older program. On PostgreSQL only `headend migrate` migrates.
fn open(context: &Context, target: &Target) -> Outcome<(Option<Store>, bool)> {
    match Store::open(target, context.options()?) {
        Ok(store) => Ok((Some(store), false)),
        Err(error) if may_be_made(context, &error) => Ok((None, true)),
        Err(error) if matches!(error.failure(), Failure::Outdated) && !target.is_postgres() && !context.global.read_only => {
            migrate::migrate(target)?;
            Ok((Some(Store::open(target, context.options()?)?), false))
        }
        Err(error) => Err(error.into()),
    }
}

/// Only the database that nobody named is made on screen: a mistyped path is an error.
fn may_be_made(context: &Context, error: &StoreError) -> bool {
    matches!(error.failure(), Failure::Missing(_) | Failure::Unmigrated)
        && context.config.is_default_database(context.global.database.as_deref())
        && !context.global.read_only
}

/// Somebody who is known already; everybody else logs in on screen.
fn who(context: &Context, store: &Store) -> Outcome<Option<Session>> {
    if let (Some(username), Some(password)) = (environment("HEADEND_USER"), prompt::password_in_environment()?) {
        return Ok(Some(store.log_in(&context.credentials(username, password))?.session));
    }
    // A token that has ended is no error here: the login screen comes.
    match context.kept_session(store) {
        Ok(session) => Ok(session),
        Err(Failed::Store(error)) if matches!(error.failure(), Failure::NotLoggedIn(_)) => Ok(None),
        Err(failed) => Err(failed),
    }
}
