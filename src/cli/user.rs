//! `headend user`: people.

use std::path::Path;

use super::arguments::{List, User, UserCommand};
use super::context::{Context, Work};
use super::failure::{Failed, Outcome};
use super::{list, prompt};
use crate::domain::Value;
use crate::domain::secret::Secret;
use crate::domain::text::clean;
use crate::store::users::USERS;
use crate::store::{Request, StoreError, operation};

pub fn run(context: &Context, options: &User) -> Outcome {
    match &options.command {
        UserCommand::Add { username, full_name, email, phone, roles, password_file } => {
            let work = context.work()?;
            let mut request = Request::new(known("users.create")?)
                .with("username", Value::text(username))
                .with("roles", Value::text(roles))
                .with("password", Value::Secret(new_password(username, password_file.as_deref())?))
                .with("must_change_password", Value::Bool(true));
            for (field, value) in [("full_name", full_name), ("email", email), ("phone", phone)] {
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
    }
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
