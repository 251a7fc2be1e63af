//! The door: setting up an empty database, logging in, unlocking, changing a password that must be
//! changed. Every one is a few lines to fill in.

use crate::console::actions::Action;
use crate::console::input::Press;
use crate::console::message::{Asks, Number, Question, Reply};
use crate::console::widgets::line::LineEditor;
use crate::domain::secret::Secret;
use crate::store::access::{Credentials, LoggedIn};
use crate::store::setup::Founding;
use crate::store::{Failure, StoreError};

/// Which door one stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    SetUp,
    LogIn,
    Unlock,
    ChangePassword,
}

/// One line to fill in.
#[derive(Debug)]
pub struct Entry {
    pub name: &'static str,
    /// What it is called and a line of help: the keys of texts.
    pub label: &'static str,
    pub help: Option<&'static str>,
    pub line: LineEditor,
    pub problem: Option<String>,
}

/// A door.
#[derive(Debug)]
pub struct Door {
    pub kind: Kind,
    pub entries: Vec<Entry>,
    pub focus: usize,
    /// What went wrong as a whole.
    pub error: Option<String>,
    /// What to say above the lines.
    pub welcome: String,
    asked: Option<Number>,
    /// Whoever leaves a lock signs out: that is asked for twice.
    leaves: bool,
    tenant: Option<String>,
    source: String,
    /// The password that let one in, where it must be changed at once.
    old_password: Option<Secret>,
}

/// What became of it.
#[derive(Debug)]
pub enum Passed {
    Not,
    /// The database is made: log in now, as this one.
    SetUp {
        admin: String,
        password: Secret,
        tenant: String,
    },
    In(Box<LoggedIn>),
    Unlocked,
    /// To the login instead of unlocking.
    SignOut,
    Quit,
}

fn entry(name: &'static str, label: &'static str, help: Option<&'static str>, line: LineEditor) -> Entry {
    Entry { name, label, help, line, problem: None }
}

impl Door {
    fn new(kind: Kind, welcome: String, entries: Vec<Entry>) -> Self {
        let focus = entries.iter().position(|entry| entry.line.text().is_empty()).unwrap_or(0);
        Self {
            kind,
            entries,
            focus,
            error: None,
            welcome,
            asked: None,
            leaves: false,
            tenant: None,
            source: "local".into(),
            old_password: None,
        }
    }

    /// Logging in.
    #[must_use]
    pub fn log_in(tenant: Option<String>, source: String, username: &str, welcome: String) -> Self {
        let entries = vec![
            entry("username", "door.user", Some("door.user-help"), LineEditor::with_text(username)),
            entry("password", "door.password", None, LineEditor::secret()),
        ];
        Self { tenant, source, ..Self::new(Kind::LogIn, welcome, entries) }
    }

    /// Making the first organisation of an empty database.
    #[must_use]
    pub fn set_up(target: &str) -> Self {
        let zone = std::env::var("TZ").ok().filter(|zone| crate::domain::time::parse_zone(zone).is_ok());
        let entries = vec![
            entry("tenant", "door.organisation", Some("door.organisation-help"), LineEditor::new()),
            entry("display_name", "door.full-name", Some("door.full-name-help"), LineEditor::new()),
            entry("currency", "door.currency", Some("door.currency-help"), LineEditor::with_text("USD")),
            entry(
                "timezone",
                "door.time-zone",
                Some("door.time-zone-help"),
                LineEditor::with_text(zone.as_deref().unwrap_or("UTC")),
            ),
            entry("admin", "door.administrator", Some("door.administrator-help"), LineEditor::new()),
            entry("password", "door.password", Some("door.administrators-password-help"), LineEditor::secret()),
            entry("again", "door.password-again", None, LineEditor::secret()),
        ];
        Self::new(Kind::SetUp, format!("A new database will be made at {target}."), entries)
    }

    /// Behind the lock.
    #[must_use]
    pub fn unlock(username: &str, why: &str) -> Self {
        let welcome = format!("{why} {username}: your password opens it again. What was typed is kept.");
        Self::new(Kind::Unlock, welcome, vec![entry("password", "door.password", None, LineEditor::secret())])
    }

    /// A password that somebody else chose is changed before anything else.
    #[must_use]
    pub fn change_password(old: Secret) -> Self {
        let entries = vec![
            entry("password", "door.new-password", Some("door.new-password-help"), LineEditor::secret()),
            entry("again", "door.once-more", None, LineEditor::secret()),
        ];
        let welcome = "This password was chosen by somebody else. Choose your own.".to_owned();
        Self { old_password: Some(old), ..Self::new(Kind::ChangePassword, welcome, entries) }
    }

    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether this is the answer it waits for: others go to who asked.
    #[must_use]
    pub fn awaits(&self, number: Number) -> bool {
        self.asked == Some(number)
    }

    fn text(&self, name: &str) -> &str {
        self.entries.iter().find(|entry| entry.name == name).map_or("", |entry| entry.line.text())
    }

    fn secret(&self, name: &str) -> Secret {
        Secret::new(self.text(name).to_owned())
    }

    /// Whether an action does something here, so that the menu names no other.
    #[must_use]
    pub const fn answers(&self, action: Action) -> bool {
        match action {
            Action::NextPane | Action::PreviousPane => self.entries.len() > 1,
            action if action.edits_a_line() => true,
            Action::FieldNext | Action::Save | Action::Leave | Action::Redraw => true,
            _ => false,
        }
    }

    /// What it does at this door, where that is not what it does elsewhere: the key of a text.
    #[must_use]
    pub const fn does(&self, action: Action) -> Option<&'static str> {
        match (action, self.kind) {
            (Action::Save, Kind::SetUp) => Some("door.does-set-up"),
            (Action::Save, Kind::LogIn) => Some("door.does-log-in"),
            (Action::FieldNext | Action::Save, Kind::Unlock) => Some("door.does-unlock"),
            (Action::Save, Kind::ChangePassword) => Some("door.does-choose-password"),
            (Action::FieldNext, _) => Some("door.does-next"),
            (Action::Leave, Kind::Unlock) => Some("door.does-sign-out"),
            (Action::Leave, _) => Some("door.does-quit"),
            _ => None,
        }
    }

    /// Takes text that was pasted or scanned.
    pub fn paste(&mut self, text: &str) {
        if let Some(entry) = self.entries.get_mut(self.focus) {
            entry.line.insert(text.trim_end_matches('\n'));
        }
    }

    pub fn press(&mut self, press: Press, action: Option<Action>, asks: &mut Asks) -> Passed {
        if self.is_waiting() {
            return Passed::Not;
        }
        let leaves = std::mem::take(&mut self.leaves);
        match action {
            Some(Action::FieldNext | Action::LineRun) => {
                if self.focus + 1 < self.entries.len() {
                    self.focus += 1;
                } else {
                    self.submit(asks);
                }
            }
            Some(Action::Save) => self.submit(asks),
            Some(Action::NextPane | Action::Down | Action::FieldChoose) => {
                self.focus = (self.focus + 1) % self.entries.len()
            }
            Some(Action::PreviousPane | Action::Up) => {
                self.focus = (self.focus + self.entries.len() - 1) % self.entries.len();
            }
            Some(Action::Leave) if self.kind == Kind::Unlock && leaves => return Passed::SignOut,
            Some(Action::Leave) if self.kind == Kind::Unlock => {
                self.leaves = true;
                self.error = Some("‹leave› once more signs out: what was typed stays a draft".into());
            }
            Some(Action::Leave) => return Passed::Quit,
            // It opens what can be done here, once there is an answer.
            Some(Action::Menu) => {}
            // It stops what runs and never leaves.
            Some(Action::Stop) => self.error = Some("‹leave› leaves".into()),
            _ => {
                if let Some(entry) = self.entries.get_mut(self.focus) {
                    let wrote = action.is_some_and(|action| entry.line.act(action)) || entry.line.press(press.key);
                    if wrote {
                        entry.problem = None;
                        self.error = None;
                        // Who else logs in may have no second factor, or another one.
                        if entry.name != "code" {
                            self.forget_code();
                        }
                    }
                }
            }
        }
        Passed::Not
    }

    fn submit(&mut self, asks: &mut Asks) {
        if matches!(self.kind, Kind::SetUp | Kind::ChangePassword) && self.text("password") != self.text("again") {
            if let Some(entry) = self.entries.iter_mut().find(|entry| entry.name == "again") {
                entry.problem = Some("is not the same as above".into());
                entry.line.take();
            }
            return;
        }
        // What was not typed is no wrong password: none is counted.
        if matches!(self.kind, Kind::LogIn | Kind::Unlock)
            && let Some(index) = self.entries.iter().position(|entry| entry.line.text().is_empty())
        {
            self.entries[index].problem = Some("is required".into());
            self.focus = index;
            return;
        }
        let question = match self.kind {
            Kind::LogIn => Question::LogIn(Credentials {
                username: self.text("username").trim().to_owned(),
                password: self.secret("password"),
                code: Some(self.secret("code")).filter(|code| !code.reveal().is_empty()),
                tenant: self.tenant.clone(),
                client: "console".into(),
                source: self.source.clone(),
            }),
            Kind::Unlock => Question::Unlock(self.secret("password")),
            Kind::ChangePassword => Question::ChangePassword {
                old: self.old_password.clone().unwrap_or_else(|| Secret::new(String::new())),
                new: self.secret("password"),
            },
            Kind::SetUp => Question::Found(self.founding()),
        };
        self.error = None;
        self.asked = Some(asks.ask(question));
    }

    fn founding(&self) -> Founding {
        Founding {
            tenant: self.text("tenant").trim().to_owned(),
            display_name: self.text("display_name").trim().to_owned(),
            currency: self.text("currency").trim().to_owned(),
            timezone: self.text("timezone").trim().to_owned(),
            admin: self.text("admin").trim().to_owned(),
            password: self.secret("password"),
        }
    }

    /// Takes an answer.
    pub fn reply(&mut self, number: Number, reply: Reply) -> Passed {
        if self.asked != Some(number) {
            return Passed::Not;
        }
        self.asked = None;
        match reply {
            Reply::LoggedIn(Ok(logged_in)) => {
                if logged_in.must_change_password {
                    let old = self.secret("password");
                    *self = Self { source: self.source.clone(), ..Self::change_password(old) };
                }
                Passed::In(logged_in)
            }
            Reply::Founded(Ok(())) => Passed::SetUp {
                admin: self.text("admin").trim().to_owned(),
                password: self.secret("password"),
                tenant: self.text("tenant").trim().to_owned(),
            },
            Reply::Unlocked(Ok(())) | Reply::PasswordChanged(Ok(())) => Passed::Unlocked,
            Reply::LoggedIn(Err(error))
            | Reply::Founded(Err(error))
            | Reply::Unlocked(Err(error))
            | Reply::PasswordChanged(Err(error)) => {
                self.refuse(error);
                Passed::Not
            }
            _ => Passed::Not,
        }
    }

    /// Logs in by itself with what was just set up.
    pub fn submit_as(&mut self, password: &Secret, asks: &mut Asks) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.name == "password") {
            entry.line.set_text(password.reveal());
        }
        self.submit(asks);
    }

    /// What is wrong with the line that one is in.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.entries.get(self.focus)?.problem.as_deref()
    }

    /// A code is for the user and the password that it was asked for with.
    fn forget_code(&mut self) {
        self.entries.retain(|entry| entry.name != "code");
    }

    /// User and password were right: the code of the second factor is asked for below them, and they stay.
    fn want_code(&mut self, wrong: Option<String>) {
        self.forget_code();
        let code = entry("code", "door.code", Some("door.code-help"), LineEditor::new());
        self.entries.push(Entry { problem: wrong, ..code });
        self.focus = self.entries.len() - 1;
    }

    fn refuse(&mut self, error: StoreError) {
        match error.failure() {
            Failure::CodeWanted(_) => return self.want_code(None),
            Failure::WrongCode(why) => return self.want_code(Some((*why).to_owned())),
            _ => self.forget_code(),
        }
        for entry in &mut self.entries {
            if entry.line.is_secret() && self.kind != Kind::SetUp {
                entry.line.take();
            }
        }
        match error.into_failure() {
            Failure::Invalid(problems) => {
                for problem in problems {
                    match self.entries.iter_mut().position(|entry| entry.name == problem.field) {
                        Some(index) => {
                            self.entries[index].problem = Some(problem.message);
                            self.focus = index;
                        }
                        None => self.error = Some(format!("{}: {}", problem.field, problem.message)),
                    }
                }
            }
            failure => self.error = Some(failure.to_string()),
        }
        if self.kind != Kind::SetUp {
            self.focus = self.entries.len() - 1;
        }
    }
}
