//! `headend user`: people.

use std::path::Path;

use super::arguments::{List, User, UserCommand};
use super::context::{Context, Work};
use super::r#do::perform;
use super::failure::{Failed, Outcome};
use super::output::Output;
use super::{list, prompt};
use crate::domain::secret::Secret;
use crate::domain::text::clean;
use crate::domain::{Kind, Value};
use crate::store::joining::Joining;
use crate::store::users::USERS;
use crate::store::{Request, StoreError, operation};

pub fn run(context: &Context, options: &User) -> Outcome {
    match &options.command {
        UserCommand::Add { username, full_name, email, phone, roles, partner, distributor, password_file } => {
            let work = context.work()?;
            let mut request = Request::new(known("users.create")?)
                .with("username", Value::text(username))
                .with("roles", Value::text(roles))
                .with("password", Value::Secret(new_password(username, password_file.as_deref())?))
                .with("must_change_password", Value::Bool(true));
            for (field, value) in [
                ("full_name", full_name),
                ("email", email),
                ("phone", phone),
                ("partner", partner),
                ("distributor", distributor),
            ] {
                if let Some(value) = value {
                    request = request.with(field, Value::text(value));
                }
            }
            work.store.perform(&work.session, &request)?;
            eprintln!("headend: {} was added and chooses a password of their own at the next login.", clean(username));
            Ok(())
        }
        UserCommand::List { output } => list::run(
            context,
            &List {
                resource: USERS.name.into(),
                filter: None,
                sort: None,
                fields: None,
                limit: usize::MAX / 4,
                all: true,
                output: *output,
            },
        ),
        UserCommand::Passwd { username, password_file } => {
            passwd(&context.work()?, username.as_deref(), password_file.as_deref())
        }
        UserCommand::Lock { username } => step(&context.work()?, "users.lock", username, "was locked out"),
        UserCommand::Unlock { username } => step(&context.work()?, "users.unlock", username, "may log in again"),
        UserCommand::Invite { email, role } => {
            let work = context.work()?;
            let token = work.store.invite(&work.session, email, role)?;
            eprintln!(
                "headend: {} was invited. This token is shown once; they accept with: headend user join NAME",
                clean(email)
            );
            tell(&token)
        }
        UserCommand::Join { username, full_name, password_file } => {
            join(context, username, full_name, password_file.as_deref())
        }
        UserCommand::Token { name, may, until } => token(&context.work()?, name, may, until.as_deref()),
    }
}

/// Prints a token where a script can take it from.
fn tell(token: &Secret) -> Outcome {
    let mut out = Output::new();
    out.line(token.reveal())?;
    out.finish()
}

fn join(context: &Context, username: &str, full_name: &str, file: Option<&Path>) -> Outcome {
    let token = match std::env::var("HEADEND_TOKEN") {
        Ok(token) if !token.is_empty() => Secret::new(token),
        _ if prompt::can_ask() => prompt::secret("Token of the invitation")?,
        _ => return Err(Failed::NotLoggedIn("the token of the invitation is needed. Set HEADEND_TOKEN".into())),
    };
    let password = new_password(username, file)?;
    let joining = Joining { token, username: username.to_owned(), full_name: full_name.to_owned(), password };
    context.store()?.join(&joining)?;
    eprintln!("headend: your account {} is made. Log in with: headend login", clean(username));
    Ok(())
}

fn token(work: &Work, name: &str, may: &[String], until: Option<&str>) -> Outcome {
    let mut request = Request::new(known("api_tokens.create")?)
        .with("name", Value::text(name))
        .with("permissions", Value::Json(serde_json::json!(may)));
    if let Some(until) = until {
        let locale = work.session.locale(work.store.now());
        let until =
            Value::parse(Kind::Instant, until, locale).map_err(|why| Failed::Misuse(format!("--until: {why}")))?;
        request = request.with("expires_at", until);
    }
    let (_, made) = perform(work, request)?;
    eprintln!("headend: the token {} is made and shown once. A script gives it in HEADEND_TOKEN.", clean(name));
    made.iter().try_for_each(|(_, _, token)| tell(token))
}

fn known(name: &'static str) -> Outcome<&'static operation::Operation> {
    Ok(operation::find(name).ok_or_else(|| StoreError::unexpected(name))?)
}

fn new_password(username: &str, file: Option<&Path>) -> Outcome<Secret> {
    match file {
        Some(path) => prompt::from_file(path),
        None => prompt::new_password(&format!("New password of {}", clean(username))),
    }
}

fn passwd(work: &Work, username: Option<&str>, file: Option<&Path>) -> Outcome {
    let own = work.session.actor_name();
    let username = username.unwrap_or(own);
    if username == own {
        let old = match prompt::password_in_environment()? {
            Some(old) => old,
            None if prompt::can_ask() => prompt::secret("Present password")?,
            None => return Err(Failed::NotLoggedIn("the present password is needed. Set HEADEND_PASSWORD".into())),
        };
        work.store.change_own_password(&work.session, &old, &new_password(username, file)?)?;
    } else {
        let user = work.store.get_named(&work.session, &USERS, username)?;
        let request = Request::new(known("users.update")?)
            .on(user.id, Some(user.version))
            .with("password", Value::Secret(new_password(username, file)?))
            .with("must_change_password", Value::Bool(true));
        work.store.perform(&work.session, &request)?;
    }
    eprintln!("headend: the password of {} was set. Other sessions of theirs have ended.", clean(username));
    Ok(())
}

fn step(work: &Work, operation: &'static str, username: &str, told: &str) -> Outcome {
    let user = work.store.get_named(&work.session, &USERS, username)?;
    work.store.perform(&work.session, &Request::new(known(operation)?).on(user.id, Some(user.version)))?;
    eprintln!("headend: {} {told}.", clean(username));
    Ok(())
}
