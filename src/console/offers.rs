//! What is offered where one is: which actions do something there, what they do, and for whom they are.

use super::actions::{Action, ActionDef, Scope};
use super::ahead::After;
use super::keys::HelpSection;
use super::overlay::note::Becomes;
use super::overlay::views::SavedView;
use super::overlay::{Overlay, Then};
use super::screens::form::takes_more_parts;
use super::screens::history::History;
use super::state::{Place, State};
use super::tabs::Tab;
use super::widgets::line::LineEditor;
use crate::domain::words::Words;
use crate::resources;
use crate::store::notes::{self, has_audience};
use crate::store::{Record, operation, saved_views};

impl State {
    /// Whether an action does something where one is, so that hints name no other.
    #[must_use]
    pub fn answers(&self, def: &ActionDef) -> bool {
        let Some(action) = Action::of(def) else { return false };
        let takes_away = matches!(action, Action::LineClear | Action::LineCutEnd | Action::LineCutWord);
        if takes_away && self.line_on_top().is_some_and(|line| line.text().is_empty()) {
            return false;
        }
        match &self.overlay {
            // A door says its keys itself.
            _ if self.is_at_door() => false,
            // What is typed is for what comes then.
            None if matches!(self.places.last(), Some(Place::Form(form)) if form.is_on_its_way()) => match action {
                Action::Leave => !self.ahead.is_empty(),
                _ => matches!(action, Action::Menu | Action::Find),
            },
            // Where letters are commands there is `q` for it, and better use for the room.
            None => self.place_answers(def) && (action != Action::Leave || self.is_typing()),
            Some(Overlay::Filter(_) | Overlay::Command(_)) => def.scope == Scope::Line || action == Action::Leave,
            Some(Overlay::Note(note)) => {
                let turns = matches!(note.becomes, Becomes::Note { .. }) && has_audience(note.resource.entity);
                let edits = def.scope == Scope::Line && !matches!(action, Action::LineOlder | Action::LineNewer);
                (edits && (action != Action::LineComplete || turns)) || action == Action::Leave
            }
            Some(Overlay::Find(find)) => match action {
                Action::LineRun => find.asked.is_some() || find.chosen().is_some(),
                Action::LineComplete => false,
                _ => def.scope == Scope::Line || action == Action::Leave,
            },
            Some(Overlay::Menu(_) | Overlay::Actions(..) | Overlay::Chooser(_) | Overlay::Copy(_)) => {
                matches!(action, Action::Pick | Action::Leave)
            }
            // What is typed is edited as in every line.
            Some(Overlay::Confirm(confirm, _)) if confirm.is_typing() => {
                action == Action::LineRun || action.edits_a_line() || action == Action::Leave
            }
            Some(Overlay::Secret(look)) if look.is_typing() => {
                action == Action::LineRun || action.edits_a_line() || action == Action::Leave
            }
            Some(Overlay::Confirm(confirm, _)) => {
                action == Action::Leave || matches!(action, Action::Yes | Action::No) && !confirm.is_closed()
            }
            Some(Overlay::Help(_) | Overlay::Secret(_) | Overlay::Made(_) | Overlay::Columns(_)) => {
                action == Action::Leave
            }
            // A name is written in a line that completes nothing and remembers none.
            Some(Overlay::Views(views)) if views.naming.is_some() => {
                (def.scope == Scope::Line
                    && !matches!(action, Action::LineComplete | Action::LineOlder | Action::LineNewer))
                    || action == Action::Leave
            }
            Some(Overlay::Views(views)) => {
                action == Action::Leave || (action == Action::Pick && !views.acting && !views.is_empty())
            }
            Some(Overlay::Left(_)) => matches!(action, Action::Pick | Action::Leave),
        }
    }

    /// What an action does where one is, where that is not what it does elsewhere: the key of a text.
    #[must_use]
    pub fn does(&self, def: &ActionDef) -> Option<&'static str> {
        let action = Action::of(def)?;
        let Some(overlay) = &self.overlay else {
            return match self.places.last() {
                Some(Place::Form(form)) if form.is_on_its_way() && action == Action::Leave => Some("line.gives-up"),
                Some(Place::Form(_)) if action == Action::TakeUp && self.waits_behind_the_form() => {
                    Some("line.types-here")
                }
                Some(Place::Form(form)) => form.does(action),
                Some(Place::List(list)) if action == Action::Edit && list.marks.len() > 1 => Some("line.edits-marked"),
                _ => None,
            };
        };
        match (action, overlay) {
            (Action::Yes, Overlay::Confirm(_, Then::Restore(_))) => Some("line.answers"),
            (Action::No, Overlay::Confirm(_, Then::Restore(_))) => Some("line.later"),
            (Action::LineRun, Overlay::Filter(_)) => Some("line.keeps-filter"),
            (Action::LineRun, Overlay::Find(_)) => Some("line.opens"),
            (Action::LineRun, Overlay::Confirm(..) | Overlay::Secret(_)) => Some("line.answers"),
            (Action::LineRun, Overlay::Note(_)) => Some("line.writes"),
            (Action::LineComplete, Overlay::Note(_)) => Some("line.turns"),
            (Action::LineRun, Overlay::Views(_)) => Some("line.keeps-name"),
            _ => None,
        }
    }

    /// What can be done in the place that is open, by scopes, the innermost first.
    #[must_use]
    pub fn help_here(&self) -> Vec<HelpSection> {
        let Some(place) = self.places.last() else { return Vec::new() };
        let scope = place.scope();
        let mut sections = self.keys.help(scope, |def| self.place_answers(def));
        // A field is edited as a line is, by the keys that the form has no use for.
        if matches!(place, Place::Form(form) if form.is_in_text()) {
            let mut edits = self.keys.help(Scope::Line, |def| Action::of(def).is_some_and(Action::edits_a_line));
            edits.retain(|section| section.scope == Scope::Line);
            for section in &mut edits {
                section.rows.iter_mut().for_each(|row| row.keys.retain(|key| self.keys.resolve(scope, *key).is_none()));
                section.rows.retain(|row| !row.keys.is_empty());
            }
            sections.splice(1..1, edits);
        }
        sections
    }

    /// Whether a key of its own that a dialog names does something there for whoever is here.
    #[must_use]
    pub fn offers(&self, def: &ActionDef) -> bool {
        self.does_something(def) && self.why_closed(def).is_none()
    }

    /// The same, whoever is here.
    #[must_use]
    pub fn does_something(&self, def: &ActionDef) -> bool {
        let is_open = |def: &ActionDef| self.why_closed(def).is_none();
        match (Action::of(def), &self.overlay) {
            (Some(Action::ViewMore), Some(Overlay::Views(views))) => {
                !views.is_empty() && Action::DEFS.iter().any(|def| def.scope == Scope::View && is_open(def))
            }
            (
                Some(Action::ViewRewrite | Action::ViewRename | Action::ViewShare | Action::ViewDelete),
                Some(Overlay::Views(views)),
            ) => self.may_share_views() || !views.current().is_some_and(SavedView::is_shared),
            (Some(Action::SecretReplace), Some(Overlay::Secret(look))) => {
                let may = |name: &str| self.session.as_ref().is_some_and(|session| session.may(name));
                look.resource.update().is_some_and(|update| may(update.name))
            }
            (Some(Action::LeftMark), Some(Overlay::Left(alone))) => {
                matches!(self.places.last(), Some(Place::List(list)) if list.resource.entity == alone.resource.entity)
            }
            _ => true,
        }
    }

    /// Whether views that everybody sees are for whoever is here to change.
    #[must_use]
    pub fn may_share_views(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.may(saved_views::SHARE))
    }

    /// Whether what was typed ahead waits for the form that is open, which somebody has to put right first, or is asked for
    /// since one above it was left.
    #[must_use]
    pub fn waits_behind_the_form(&self) -> bool {
        match (self.ahead.after(), self.places.last()) {
            (Some(After::Asked), Some(Place::Form(form))) => form.is_put_right(),
            (Some(After::Save(draft)), Some(Place::Form(form))) => form.draft == draft && form.is_put_right(),
            _ => false,
        }
    }

    /// Whether a key calls it up here that types what was typed ahead.
    #[must_use]
    pub fn calls_take_up(&self) -> bool {
        let keys = self.keys.keys_of(Action::TakeUp.id());
        keys.iter().any(|key| self.keys.resolve(self.scope(), *key).is_some_and(|def| def.id == Action::TakeUp.id()))
    }

    /// The line that one writes on top of the place.
    fn line_on_top(&self) -> Option<&LineEditor> {
        match self.overlay.as_ref()? {
            Overlay::Filter(filter) => Some(&filter.line),
            Overlay::Command(command) => Some(&command.line),
            Overlay::Find(find) => Some(&find.line),
            Overlay::Note(note) => Some(&note.line),
            Overlay::Confirm(confirm, _) if confirm.is_typing() => Some(confirm.typed()),
            Overlay::Views(views) => views.naming.as_ref().map(|naming| &naming.line),
            _ => None,
        }
    }

    /// Whether an action does something in the place itself, so that help and menus name no other.
    #[must_use]
    pub fn place_answers(&self, def: &ActionDef) -> bool {
        let Some(action) = Action::of(def) else { return false };
        let everywhere = matches!(
            action,
            Action::Find
                | Action::Menu
                | Action::Stop
                | Action::Leave
                | Action::Undo
                | Action::Redo
                | Action::Redraw
                | Action::Lock
        );
        if !self.leads_somewhere(action) {
            return false;
        }
        if action == Action::GoOn {
            return self.ahead.after() == Some(After::Asked);
        }
        let by_letter = def.scope == Scope::Places
            && !matches!(action, Action::Actions | Action::Copy | Action::Freeze | Action::Refresh);
        everywhere
            || match self.places.last() {
                Some(Place::Form(form)) => {
                    form.answers(action) || action == Action::TakeUp && self.waits_behind_the_form()
                }
                Some(Place::Dashboard(dashboard)) => by_letter || dashboard.answers(action),
                Some(Place::History(_)) => by_letter || History::answers(action),
                Some(Place::Desk(desk)) => by_letter || desk.answers(action),
                Some(Place::List(list)) => by_letter || list.answers(action),
                Some(Place::Page(page)) => by_letter || page.answers(action),
                None => false,
            }
    }

    /// Whether whoever is here may begin what an empty list has none of.
    #[must_use]
    pub fn may_begin(&self) -> bool {
        let may_write = self.session.as_ref().is_some_and(|session| session.require_writing().is_ok());
        may_write
            && match self.places.last() {
                Some(Place::List(list)) if list.answers(Action::Add) => self.why_closed(Action::Add.def()).is_none(),
                _ => true,
            }
    }

    /// Whether there is something where an action would lead from here.
    fn leads_somewhere(&self, action: Action) -> bool {
        if let Some(tab) = Tab::of(action) {
            return tab == Tab::Dashboard || !tab.resources(self).is_empty();
        }
        let takes_a_note =
            |record: &Record| record.entity.points_at.is_some() || notes::written_by(record.entity).is_some();
        let is_of_a_list = |place: &Place| matches!(place, Place::List(list) if list.below.is_none());
        match (action, self.places.as_slice()) {
            (Action::PreviousRecord | Action::NextRecord, [.., before, Place::Page(_)])
            | (Action::PreviousRecord | Action::NextRecord, [.., before, Place::Page(_), Place::List(_)]) => {
                is_of_a_list(before)
            }
            (Action::PreviousRecord | Action::NextRecord, [Place::Page(_)]) => false,
            (Action::Add, [.., Place::Page(page), Place::List(list)]) => {
                let whole = page.record.as_ref();
                list.below.is_none() || whole.is_none_or(|whole| takes_more_parts(list.resource.entity, whole))
            }
            (Action::Note, [.., Place::Dashboard(dashboard)]) => dashboard.current().is_none_or(takes_a_note),
            (Action::Note, [.., Place::Desk(desk)]) => desk.current().is_none_or(takes_a_note),
            (Action::Note, [.., Place::List(_) | Place::Page(_)]) => {
                let kind = self.places.last().and_then(Place::resource);
                // What points at another record is noted there.
                kind.is_none_or(|kind| kind.entity.points_at.is_some() || notes::written_by(kind.entity).is_some())
            }
            _ => true,
        }
    }

    /// Why an action is not for this session here: it only reads, or the permission is not held.
    #[must_use]
    pub fn why_closed(&self, def: &ActionDef) -> Option<String> {
        let session = self.session.as_ref()?;
        // Where nothing is typed there are only operations to take back.
        let is_form = matches!(self.places.last(), Some(Place::Form(_)));
        let def = match Action::of(def) {
            Some(Action::Undo) if !is_form => Action::TakeBack.def(),
            Some(Action::Redo) if !is_form => Action::DoAgain.def(),
            _ => def,
        };
        if let (Some(Overlay::Secret(look)), Some(Action::SecretSee | Action::SecretCopy)) =
            (&self.overlay, Action::of(def))
            && look.closed.is_some()
        {
            return look.closed.clone();
        }
        if def.writes
            && let Err(error) = session.require_writing()
        {
            return Some(error.to_string());
        }
        if let (None, Some(Place::Form(form)), Some(Action::FieldChoose)) =
            (&self.overlay, self.places.last(), Action::of(def))
            && let Some(entity) = form.chosen_unseen(session)
        {
            let several = resources::of(entity).map_or_else(String::new, |resource| resource.several(Words::ENGLISH));
            return Some(format!("you may not see {several}: it needs {}", entity.permission("read")));
        }
        let here = || self.places.last().and_then(|place| place.needs(Action::of(def)?));
        let needed = def.permission.or_else(here).filter(|permission| !session.may(permission))?;
        Some(format!("you may not: it needs {needed}"))
    }
}

impl Place {
    /// The permission that an action needs here, because of what the place shows.
    #[must_use]
    pub fn needs(&self, action: Action) -> Option<&'static str> {
        let operation = match (self, action) {
            (Self::List(list), Action::Add) => list.added_by(),
            (Self::Page(page), Action::Add) => page.added_here(),
            (Self::List(_) | Self::Page(_), Action::Note) => notes::written_by(self.resource()?.entity),
            (Self::Dashboard(dashboard), Action::Note) => notes::written_by(dashboard.current()?.entity),
            (Self::Desk(desk), Action::Note) => notes::written_by(desk.current()?.entity),
            (Self::History(history), Action::TakeBack) => operation::find(&history.event()?.action),
            (Self::List(_) | Self::Page(_), Action::Edit) => self.resource()?.update(),
            (Self::Form(form), Action::Save) => form.operation(),
            _ => None,
        };
        operation.map(|operation| operation.name)
    }
}
