//! A look at a secret of a record: chosen, paid for with the password, seen for a moment or copied.

use std::time::{Duration, Instant};

use crate::console::actions::Action;
use crate::console::input::Press;
use crate::console::keys::{Code, Key};
use crate::console::message::{Asks, Number, Question, Reply};
use crate::console::widgets::line::LineEditor;
use crate::domain::Id;
use crate::domain::secret::Secret;
use crate::resources::Resource;
use crate::store::{Field, Session};

/// A secret stays on the screen this long, and goes with the next key.
const SEEN_FOR: Duration = Duration::from_secs(15);

/// How far the look has come.
#[derive(Debug)]
pub enum Stage {
    /// What is wanted: to see it, to copy it, to replace it.
    Choosing,
    /// The password is typed.
    Password(LineEditor),
    /// The password and the permission are being looked at.
    Waiting(Number),
    /// It is seen until then.
    Seen(Secret, Instant),
}

/// A look at one secret.
#[derive(Debug)]
pub struct Look {
    pub resource: &'static Resource,
    pub id: Id,
    pub field: &'static Field,
    /// What the record is called.
    pub title: String,
    pub stage: Stage,
    /// What went wrong last.
    pub problem: Option<String>,
    /// Why it cannot be seen by whoever is here.
    pub closed: Option<String>,
    /// The password of a demo, which nobody chose.
    pub demo_password: Option<Secret>,
    copying: bool,
}

/// Where a look leads.
#[derive(Debug)]
pub enum Step {
    Stay,
    Away,
    /// To the form, to replace it.
    Replace,
    Copy(Secret),
}

impl Look {
    #[must_use]
    pub fn new(
        resource: &'static Resource,
        id: Id,
        field: &'static Field,
        title: String,
        session: Option<&Session>,
    ) -> Self {
        let permission = resource.entity.permission("reveal");
        let closed = match session {
            Some(session) if !session.may(&permission) => Some(format!("you may not: it needs {permission}")),
            Some(session) => {
                session.require_writing().err().map(|error| format!("{error}, and each look is written down"))
            }
            None => Some("nobody is logged in".into()),
        };
        Self {
            resource,
            id,
            field,
            title,
            stage: Stage::Choosing,
            problem: None,
            closed,
            demo_password: None,
            copying: false,
        }
    }

    /// Whether every printable key is text here.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        matches!(self.stage, Stage::Password(_))
    }

    /// Whether it is asked what is wanted.
    #[must_use]
    pub const fn is_choosing(&self) -> bool {
        matches!(self.stage, Stage::Choosing)
    }

    /// When it goes by itself.
    #[must_use]
    pub const fn due(&self) -> Option<Instant> {
        if let Stage::Seen(_, until) = &self.stage { Some(*until) } else { None }
    }

    pub fn paste(&mut self, text: &str) {
        if let Stage::Password(line) = &mut self.stage {
            line.insert(text);
        }
    }

    pub fn press(&mut self, press: Press, action: Option<Action>, asks: &mut Asks) -> Step {
        if matches!(action, Some(Action::Leave | Action::Stop)) || press.key.code == Code::Esc {
            return Step::Away;
        }
        match &mut self.stage {
            Stage::Choosing if press.suspect => Step::Stay,
            Stage::Choosing => self.choose(action),
            Stage::Password(line) => {
                let goes_on = press.key == Key::plain(Code::Enter) || action == Some(Action::LineRun);
                if !goes_on {
                    self.problem = None;
                    if !action.is_some_and(|action| line.act(action)) {
                        line.press(press.key);
                    }
                } else if !line.text().is_empty() {
                    let password = Secret::new(line.take());
                    let (entity, id, field) = (self.resource.entity, self.id, self.field);
                    self.stage = Stage::Waiting(asks.ask(Question::Reveal { entity, id, field, password }));
                }
                Step::Stay
            }
            Stage::Waiting(_) => Step::Stay,
            Stage::Seen(..) => Step::Away,
        }
    }

    fn choose(&mut self, action: Option<Action>) -> Step {
        match action {
            Some(Action::SecretReplace) => return Step::Replace,
            Some(Action::Away | Action::No) => return Step::Away,
            Some(Action::SecretSee | Action::SecretCopy) if self.closed.is_some() => {
                self.problem.clone_from(&self.closed);
            }
            Some(action @ (Action::SecretSee | Action::SecretCopy)) => {
                self.copying = action == Action::SecretCopy;
                self.stage = Stage::Password(LineEditor::secret());
            }
            _ => {}
        }
        Step::Stay
    }

    /// Takes an answer; none where it is not for this look.
    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>, tick: Instant) -> Option<Step> {
        if !matches!(self.stage, Stage::Waiting(asked) if asked == number) {
            return None;
        }
        match reply.take() {
            Some(Reply::Revealed(Ok(secret))) if self.copying => return Some(Step::Copy(secret)),
            Some(Reply::Revealed(Ok(secret))) => self.stage = Stage::Seen(secret, tick + SEEN_FOR),
            Some(Reply::Revealed(Err(error))) => {
                self.problem = Some(error.to_string());
                self.stage = Stage::Password(LineEditor::secret());
            }
            _ => {}
        }
        Some(Step::Stay)
    }
}
