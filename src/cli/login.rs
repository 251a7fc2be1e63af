//! `headend login` and `logout`: a kept token instead of a password with every command.

use super::arguments::Login;
use super::context::Context;
use super::failure::{Failed, Outcome};
use super::{prompt, tokens};
use crate::config::environment;
use crate::domain::text::clean;

pub fn run(context: &Context, options: Login) -> Outcome {
    if context.global.read_only {
        let why = "a login is kept in the database: it does not go with --read-only. \
                   Log in without it, and give it with what follows";
        return Err(Failed::Misuse(why.into()));
    }
    let store = context.store()?;
    let username = match options.username.or_else(|| environment("HEADEND_USER")) {
        Some(username) => username,
        None if prompt::can_ask() => prompt::line("User")?,
        None => return Err(Failed::Misuse("who logs in? Give a user name".into())),
    };
    let entered = context.log_in(&store, username)?;
    tokens::keep(&context.config, store.target(), context.tenant(), &entered.token)?;
    let session = &entered.session;
    eprintln!(
        "headend: logged in as {} ({}) to {}. It ends by itself in 12 hours, or with `headend logout`.",
        clean(session.actor_name()),
        clean(session.role()),
        clean(&session.tenant.name)
    );
    if entered.must_change_password {
        eprintln!("headend: this password is to be changed. Run `headend user passwd`.");
    }
    Ok(())
}

/// Revokes the kept token and forgets it.
pub fn log_out(context: &Context) -> Outcome {
    let target = context.target()?;
    let Some(token) = tokens::read(&context.config, &target, context.tenant()) else {
        eprintln!("headend: nobody was logged in here.");
        return Ok(());
    };
    // Forgotten here first: it must not stay where the database does not answer.
    tokens::forget(&context.config, &target, context.tenant());
    let store = context.store()?;
    if let Ok(session) = store.resume(&token, super::context::CLIENT) {
        store.log_out(&session)?;
    }
    eprintln!("headend: logged out.");
    Ok(())
}
