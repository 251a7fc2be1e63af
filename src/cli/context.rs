//! What every command begins with: the configuration, the database, and who acts.

use super::arguments::Global;
use super::failure::{Failed, Outcome};
use super::{prompt, tokens};
use crate::config::{Config, environment, source};
use crate::domain::secret::Secret;
use crate::resources::{self, Resource};
use crate::store::access::{Credentials, LoggedIn};
use crate::store::{Failure, Options, Session, Store, Target};

/// The global options and what they lead to.
pub struct Context {
    pub global: Global,
    pub config: Config,
}

/// An open database and somebody at work on it.
pub struct Work {
    pub store: Store,
    pub session: Session,
    /// The session was opened for this command alone and ends with it.
    pub ends: bool,
}

impl Drop for Work {
    fn drop(&mut self) {
        if self.ends {
            // It ends by itself where this fails.
            let _ = self.store.log_out(&self.session);
        }
    }
}

/// What the audit log and the list of sessions call us.
pub const CLIENT: &str = "cli";

impl Context {
    pub fn new(global: Global) -> Outcome<Self> {
        let config = Config::load(global.config.as_deref())?;
        Ok(Self { global, config })
    }

    /// The database that is meant.
    pub fn target(&self) -> Outcome<Target> {
        Ok(Target::parse(&self.config.database(self.global.database.as_deref())?)?)
    }

    /// The same with the rights of its owner, for what makes or changes the schema.
    pub fn owner_target(&self) -> Outcome<Target> {
        let target = self.target()?;
        match environment("HEADEND_OWNER_DATABASE").filter(|_| target.is_postgres()) {
            Some(url) => Ok(Target::parse(&url)?),
            None => Ok(target),
        }
    }

    /// The tenant that was named.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.global.tenant.as_deref().or(self.config.file.tenant.as_deref())
    }

    /// How the database is opened, with the key where there is one.
    pub fn options(&self) -> Outcome<Options> {
        Ok(Options { read_only: self.global.read_only, master: self.config.key_source().read()?, ..Options::default() })
    }

    /// Opens the database.
    pub fn store(&self) -> Outcome<Store> {
        let target = self.target()?;
        tracing::info!(database = %target, "opening");
        Ok(Store::open(&target, self.options()?)?)
    }

    /// Opens the database for somebody who may act.
    pub fn work(&self) -> Outcome<Work> {
        let store = self.store()?;
        let (session, ends) = self.session(&store)?;
        tracing::info!(user = session.actor_name(), tenant = session.tenant.name, "acting");
        Ok(Work { store, session, ends })
    }

    /// Who acts, and whether the session ends with the command.
    fn session(&self, store: &Store) -> Outcome<(Session, bool)> {
        if let Some(username) = environment("HEADEND_USER") {
            let entered = self.log_in(store, username)?;
            if entered.must_change_password {
                eprintln!("headend: this password is to be changed. Run `headend user passwd`.");
            }
            return Ok((entered.session, true));
        }
        if let Some(session) = self.kept_session(store)? {
            return Ok((session, false));
        }
        Err(Failed::NotLoggedIn(
            "nobody is logged in. Run `headend login`, or set HEADEND_USER and HEADEND_PASSWORD".into(),
        ))
    }

    /// The session of `HEADEND_TOKEN` or of the token that a login left.
    pub fn kept_session(&self, store: &Store) -> Outcome<Option<Session>> {
        let token = environment("HEADEND_TOKEN")
            .map(Secret::new)
            .or_else(|| tokens::read(&self.config, store.target(), self.tenant()));
        Ok(token.map(|token| store.resume(&token, CLIENT)).transpose()?)
    }

    #[must_use]
    pub fn credentials(&self, username: String, password: Secret) -> Credentials {
        Credentials {
            username,
            password,
            code: environment("HEADEND_CODE").map(Secret::new),
            tenant: self.tenant().map(str::to_owned),
            client: CLIENT.into(),
            source: source(),
        }
    }

    /// Logs somebody in: with the password and, where there is a second factor, its code.
    pub fn log_in(&self, store: &Store, username: String) -> Outcome<LoggedIn> {
        let password = prompt::password_of(&username)?;
        let mut credentials = self.credentials(username, password);
        match store.log_in(&credentials) {
            Err(error) if matches!(error.failure(), Failure::CodeWanted(_)) => {
                credentials.code = prompt::code()?;
                if credentials.code.is_none() {
                    let told = format!("{error}. Set HEADEND_CODE, or make a token for the script: headend user token");
                    return Err(Failed::NotLoggedIn(told));
                }
                Ok(store.log_in(&credentials)?)
            }
            entered => Ok(entered?),
        }
    }
}

/// A resource by its name or alias.
pub fn resource(name: &str) -> Outcome<&'static Resource> {
    resources::find(name).ok_or_else(|| {
        let known: Vec<&str> = resources::all().map(|resource| resource.entity.name).collect();
        let near = crate::domain::text::nearest(name, known.iter().copied());
        let hint =
            near.map_or_else(|| format!("There are: {}", known.join(", ")), |near| format!("Did you mean {near}?"));
        Failed::Misuse(format!("there is no resource ‘{}’. {hint}", crate::domain::text::clean(name)))
    })
}
