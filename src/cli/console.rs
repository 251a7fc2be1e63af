//! `headend` and `headend console`: the terminal application.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use super::arguments;
use super::context::Context;
use super::failure::{Failed, Outcome};
use super::tokens;
use crate::config::{environment, source};
use crate::console::settings::FirstRun;
use crate::console::{Settings, run as run_console};
use crate::domain::manner::Manner;
use crate::domain::secret::Secret;
use crate::domain::time::parse_zone;
use crate::store::{Failure, Store, StoreError, Target, migrate};

pub fn run(context: &Context, options: &arguments::Console) -> Outcome {
    needs_terminal()?;
    let target = context.target()?;
    let (store, first_run) = open(context, &target)?;
    let token = environment("HEADEND_TOKEN")
        .map(Secret::new)
        .or_else(|| tokens::read(&context.config, &target, context.tenant()));
    // A laptop off the management network must not call the fleet down: on PostgreSQL only by wish.
    let by_default = context.config.file.poll.unwrap_or(!target.is_postgres());
    let mut settings = settings(context, target, options.flags.ascii)?;
    settings.poll = !options.flags.no_poll && (options.flags.poll || by_default) && !context.global.read_only;
    settings.first_run = if first_run { Some(first(context)?) } else { None };
    settings.store = store;
    settings.token = token;
    settings.place.clone_from(&options.place);
    run_console(settings).map_err(|failed| Failed::Unusable(failed.to_string()))
}

/// The console is no filter: what would it read and paint in a pipe?
pub fn needs_terminal() -> Outcome {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failed::Misuse("the console needs a terminal. For scripts there are commands: see `headend --help`".into()))
}

/// What the configuration and the environment say; nothing is open yet.
pub fn settings(context: &Context, target: Target, ascii: bool) -> Outcome<Settings> {
    let config = &context.config;
    let state = config.directories.state.clone().unwrap_or_else(std::env::temp_dir);
    Ok(Settings {
        target,
        store: None,
        first_run: None,
        token: None,
        tenant: context.tenant().map(str::to_owned),
        username: environment("HEADEND_USER"),
        source: source(),
        read_only: context.global.read_only,
        ascii: config.is_ascii(ascii),
        theme: config.theme().unwrap_or_else(|| "dark".into()),
        themes_directory: config.directories.config.as_ref().map(|directory: &PathBuf| directory.join("themes")),
        language: config.language(),
        manner: manner(context)?,
        zone: zone(context)?,
        texts_directory: config.directories.config.as_ref().map(|directory: &PathBuf| directory.join("texts")),
        key_file: config.key_map(),
        bell: config.file.bell,
        mouse: config.file.mouse,
        state_directory: state,
        place: None,
        poll: false,
        demo: false,
        demo_password: None,
    })
}

/// How the person writes numbers and dates, where the configuration says so.
fn manner(context: &Context) -> Outcome<Option<Manner>> {
    let chosen = context.config.file.locale.as_deref().map(Manner::chosen).transpose();
    chosen.map_err(|why| Failed::Unusable(format!("locale in the configuration file: {why}")))
}

/// The person's own zone, where the configuration names one.
fn zone(context: &Context) -> Outcome<Option<chrono_tz::Tz>> {
    let named = context.config.file.timezone.as_deref().map(parse_zone).transpose();
    named.map_err(|why| Failed::Unusable(format!("timezone in the configuration file: {why}")))
}

fn first(context: &Context) -> Outcome<FirstRun> {
    let source = context.config.key_source();
    Ok(FirstRun { owner: context.owner_target()?, master: Box::new(move || source.read_or_make()) })
}

/// The database as it stands: missing where it is the default one and was never made, brought up to
/// date where it is a file of an older program. On PostgreSQL only `headend migrate` migrates.
fn open(context: &Context, target: &Target) -> Outcome<(Option<Store>, bool)> {
    match Store::open(target, context.options()?) {
        Ok(store) if store.tenant_count()? == 0 && !context.global.read_only => Ok((None, true)),
        Ok(store) => Ok((Some(store), false)),
        Err(error) if may_be_made(context, target, &error) => Ok((None, true)),
        Err(error)
            if matches!(error.failure(), Failure::Outdated) && !target.is_postgres() && !context.global.read_only =>
        {
            migrate::migrate(target)?;
            Ok((Some(Store::open(target, context.options()?)?), false))
        }
        Err(error) => Err(error.into()),
    }
}

/// A database that is there and empty, or the one that nobody named: a mistyped path is an error.
fn may_be_made(context: &Context, target: &Target, error: &StoreError) -> bool {
    let by_default = context.config.is_default_database(context.global.database.as_deref());
    !context.global.read_only
        && match error.failure() {
            Failure::Missing(_) => by_default,
            Failure::Unmigrated => by_default || target.is_postgres(),
            _ => false,
        }
}
