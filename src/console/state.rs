//! All that the console is at a moment. [`update`](super::update) changes it, [`view`](super::view)
//! shows it; neither waits for anything.

use std::time::{Duration, Instant};

use ratatui::layout::{Position, Size};

use super::actions::Scope;
use super::ahead::Ahead;
use super::drafts::Draft;
use super::keys::{Key, KeyMap};
use super::list_memory::ListMemory;
use super::message::{Asks, Number, Question};
use super::overlay::left::LeftAlone;
use super::overlay::made::MadeSecret;
use super::overlay::note::NoteLine;
use super::overlay::{Overlay, Then};
use super::past_lines::{Kind, PastLines};
use super::screens::dashboard::Dashboard;
use super::screens::desk::Desk;
use super::screens::door::Door;
use super::screens::form::Form;
use super::screens::history::History;
use super::screens::list::List;
use super::screens::page::Page;
use super::spots::Spots;
use super::theme::{Role, Theme};
use super::update::Copying;
use super::widgets::frame::LEAST;
use crate::domain::Id;
use crate::domain::manner::Manner;
use crate::domain::secret::Secret;
use crate::resources::Resource;
use crate::store::aims::Aims;
use crate::store::overview::{Overview, Pulse};
use crate::store::watches::WatchedChange;
use crate::store::{Operation, Request, Session};

/// The key that opened a form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opener {
    pub key: Key,
    /// It was not pressed again.
    pub is_new: bool,
    /// It was, once, and is a letter of the form.
    pub has_written: bool,
}

/// A place on the stack.
#[derive(Debug)]
pub enum Place {
    Dashboard(Box<Dashboard>),
    List(Box<List>),
    Page(Box<Page>),
    History(Box<History>),
    Desk(Box<Desk>),
    Form(Box<Form>),
}

/// How the database answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Up,
    /// It does not answer, since then.
    Lost(Instant),
}

/// What the status line says until the next key.
#[derive(Clone, Debug)]
pub struct Told {
    pub text: String,
    pub role: Role,
}

/// The console at a moment.
pub struct State {
    pub session: Option<Session>,
    /// Where one stands when one is not in: set-up, login, lock.
    pub door: Option<Door>,
    /// The places one came through, the present one last; never empty behind the door.
    pub places: Vec<Place>,
    /// What was open above the dashboard when one went to another tab, the latest last: Esc comes back to it.
    pub left: Vec<Vec<Place>>,
    pub overlay: Option<Overlay>,
    /// What lay there when the menu of everything was opened over it: it comes back as it was.
    pub(super) under: Option<Overlay>,
    pub told: Option<Told>,
    pub saved_at: Option<crate::domain::time::Instant>,
    pub overview: Option<Overview>,
    pub line: Line,
    pub keys: KeyMap,
    pub theme: Theme,
    pub asks: Asks,
    pub size: Size,
    /// The loop's clock, and the time of day.
    pub tick: Instant,
    pub now: crate::domain::time::Instant,
    pub drafts: Vec<Draft>,
    pub lists: ListMemory,
    /// How many records wait for this person.
    pub waiting: u64,
    /// What others did to watched records that nobody has looked at here yet.
    pub unseen: Vec<WatchedChange>,
    /// The newest of them that was told, once they were asked for.
    pub watched_until: Option<Option<crate::domain::time::Instant>>,
    pub target: String,
    pub source: String,
    pub tenant: Option<String>,
    pub demo: bool,
    /// The password of a demo, which nobody chose.
    pub demo_password: Option<Secret>,
    /// Why this console, which polls, cannot ping, and what to do about it; TCP checks go on.
    pub no_pings: Option<String>,
    /// Ring when more devices are down than before.
    pub bell: bool,
    pub read_only: bool,
    /// What to open once somebody is in.
    pub first_place: Option<String>,
    pub language: Option<String>,
    pub manner: Option<Manner>,
    /// The person's zone, where it is not the organisation's.
    pub zone: Option<chrono_tz::Tz>,
    pub(super) awaited: Awaited,
    pub(super) pulse: Option<Pulse>,
    /// When somebody was last at work here: by the loop's clock, and the time of day.
    pub(super) last_key: Instant,
    pub(super) last_key_at: crate::domain::time::Instant,
    /// When a key was pressed last of those that somebody began to press while the door was still asking.
    pub(super) typed_ahead: Option<Instant>,
    /// The key that opened the form at hand, as long as no other was pressed: held down it writes nothing there.
    pub(super) opened_by: Option<Opener>,
    /// What is typed ahead of what is read or saved.
    pub ahead: Ahead,
    pub(super) seen_key: Instant,
    pub(super) seen_due: Instant,
    /// What is not looked at yet waits for the rows that somebody came for, until then.
    pub(super) behind: Option<Instant>,
    pub(super) pulse_due: Instant,
    pub(super) overview_due: Instant,
    /// When what waits is counted again, and was last.
    pub(super) waiting_due: Instant,
    pub(super) waiting_asked: Instant,
    pub(super) waiting_rests_until: Instant,
    /// What the person ran and looked for before.
    pub past_lines: PastLines,
    /// That lines are not kept was told once.
    pub(super) told_unkept: bool,
    pub(super) quitting: bool,
    /// What was painted where.
    pub spots: Spots,
    pub(super) last_click: Option<(Position, Instant)>,
}

/// Questions of the console itself that are not answered yet.
#[derive(Debug, Default)]
pub struct Awaited {
    pub overview: Option<Number>,
    pub pulse: Option<Number>,
    pub rights: Option<Number>,
    pub last_operation: Option<(Number, bool)>,
    /// What is taken back, or done again.
    pub taking_back: Option<TakingBack>,
    pub performing: Option<Performing>,
    pub states: Option<Number>,
    pub rehearsed: Option<Number>,
    /// What would come of the request that a question is about.
    pub foreseen: Option<Number>,
    pub watched: Option<Number>,
    pub waiting: Option<Number>,
    pub pinning: Option<(Number, String)>,
    pub watching: Option<(Number, String)>,
    pub drafts: Option<Number>,
    pub left_lists: Option<Number>,
    /// A saved view that was found, whose list is to be opened.
    pub view: Option<Number>,
    /// Saved views that lists show or open with, which are looked at again.
    pub shown_views: Vec<(Number, Id)>,
    pub views_changed: bool,
    pub logging_out: Option<Number>,
    pub past_lines: Option<Number>,
    pub words: Option<Number>,
    pub aiming: Option<Aiming>,
    pub(super) copying: Option<(Number, Copying)>,
    /// Secrets that were made, until they can be shown.
    pub(super) made: Vec<MadeSecret>,
    /// What an operation left alone, until there is room to show it.
    pub(super) left_alone: Option<LeftAlone>,
    /// Lines about records that were left while they were being sent.
    pub(super) sent_aside: Vec<(Number, Box<NoteLine>)>,
}

/// An operation on all that a filter matches, while they are being counted.
#[derive(Debug)]
pub struct Aiming {
    pub number: Number,
    pub operation: &'static Operation,
    pub filter: String,
    /// The records, once they are known: it is asked about them when they are in sight too.
    pub marked: Option<Aims>,
}

/// Something that is taken back, or done again.
#[derive(Debug)]
pub struct TakingBack {
    pub number: Number,
    /// What is taken back, as the question told it.
    pub what: String,
    pub redo: bool,
    pub going: Going,
}

/// How far something is.
#[derive(Debug)]
pub struct Going {
    pub since: Instant,
    /// What is done, of how much.
    pub progress: Option<(u64, u64)>,
    /// It was told to stop.
    pub stopping: bool,
    /// The line broke before its end: it came to nothing, and was begun again.
    pub again: bool,
}

impl Going {
    #[must_use]
    pub const fn from(since: Instant) -> Self {
        Self { since, progress: None, stopping: false, again: false }
    }

    /// So much of it is done now. Less than before: it was begun again.
    pub fn comes_to(&mut self, done: u64, total: u64, now: Instant) {
        if self.progress.is_some_and(|(before, _)| done < before) {
            (self.again, self.since) = (true, now);
        }
        self.progress = Some((done, total));
    }
}

/// Something that is being done.
#[derive(Debug)]
pub struct Performing {
    pub number: Number,
    pub request: Request,
    pub going: Going,
}

/// What a state is made from.
pub struct Beginning {
    pub door: Door,
    pub keys: KeyMap,
    pub theme: Theme,
    pub size: Size,
    pub target: String,
    pub source: String,
    pub tenant: Option<String>,
    pub demo: bool,
    /// The password of a demo, which nobody chose.
    pub demo_password: Option<Secret>,
    pub no_pings: Option<String>,
    pub bell: bool,
    pub read_only: bool,
    pub first_place: Option<String>,
    /// The language of the screens; English where none is said.
    pub language: Option<String>,
    /// How the person has numbers and dates written, where not as the organisation.
    pub manner: Option<Manner>,
    /// The person's zone, where it is not the organisation's.
    pub zone: Option<chrono_tz::Tz>,
    /// The time of day.
    pub now: crate::domain::time::Instant,
}

/// How often the console asks whether something changed: what others do is seen within a second, the reading included.
pub const PULSE: Duration = Duration::from_millis(500);
/// How often it asks while the database does not answer: as often, so that it is seen at once.
pub const PULSE_WHEN_LOST: Duration = Duration::from_millis(1_000);
/// How often at most the database is told that somebody is at work.
pub const SEEN: Duration = Duration::from_secs(60);
/// How often the counts in the header are asked for at least.
pub const OVERVIEW: Duration = Duration::from_secs(5);

impl State {
    #[must_use]
    pub fn new(beginning: Beginning) -> Self {
        let now = Instant::now();
        let mut state = Self {
            session: None,
            door: Some(beginning.door),
            places: Vec::new(),
            left: Vec::new(),
            overlay: None,
            under: None,
            told: None,
            saved_at: None,
            overview: None,
            line: Line::Up,
            keys: beginning.keys,
            theme: beginning.theme,
            asks: Asks::default(),
            size: beginning.size,
            tick: now,
            now: beginning.now,
            drafts: Vec::new(),
            lists: ListMemory::default(),
            waiting: 0,
            unseen: Vec::new(),
            watched_until: None,
            target: beginning.target,
            source: beginning.source,
            tenant: beginning.tenant,
            demo: beginning.demo,
            demo_password: beginning.demo_password,
            no_pings: beginning.no_pings,
            bell: beginning.bell,
            read_only: beginning.read_only,
            first_place: beginning.first_place,
            language: beginning.language,
            manner: beginning.manner,
            zone: beginning.zone,
            awaited: Awaited::default(),
            pulse: None,
            last_key: now,
            last_key_at: beginning.now,
            typed_ahead: None,
            opened_by: None,
            ahead: Ahead::default(),
            seen_key: now,
            seen_due: now + SEEN,
            behind: None,
            pulse_due: now,
            overview_due: now,
            waiting_due: now,
            waiting_asked: now,
            waiting_rests_until: now,
            past_lines: PastLines::default(),
            told_unkept: false,
            quitting: false,
            spots: Spots::default(),
            last_click: None,
        };
        state.name_keys();
        state
    }

    /// Texts name the keys that there are: after these, or the signs that they are shown with, became others.
    pub(super) fn name_keys(&mut self) {
        self.theme.words = self.theme.words.with_keys(self.keys.shown(self.theme.signs.ascii));
    }

    /// Keeps a line for another day.
    pub(super) fn remember_line(&mut self, kind: Kind, line: &str) {
        self.past_lines.add(kind, line);
        self.asks.ask(Question::RememberLine(kind, line.trim().to_owned()));
    }

    /// Whether the terminal has too little room for anything to be painted but that.
    #[must_use]
    pub const fn is_too_small(&self) -> bool {
        self.size.width < LEAST.0 || self.size.height < LEAST.1
    }

    /// Whether one stands at a door and its menu is not open.
    #[must_use]
    pub const fn is_at_door(&self) -> bool {
        self.door.is_some() && !matches!(self.overlay, Some(Overlay::Menu(_)))
    }

    /// The kind of place that keys are looked up for.
    #[must_use]
    pub fn scope(&self) -> Scope {
        if self.is_at_door() {
            return Scope::Form;
        }
        match &self.overlay {
            Some(Overlay::Filter(_) | Overlay::Command(_) | Overlay::Find(_) | Overlay::Note(_)) => Scope::Line,
            Some(Overlay::Columns(_)) => Scope::Columns,
            Some(Overlay::Views(views)) if views.naming.is_some() => Scope::Line,
            Some(Overlay::Views(views)) if views.acting => Scope::View,
            Some(Overlay::Views(_)) => Scope::Views,
            Some(Overlay::Confirm(confirm, _)) if confirm.is_typing() => Scope::Line,
            Some(Overlay::Secret(look)) if look.is_typing() => Scope::Line,
            Some(Overlay::Copy(_)) => Scope::Copy,
            Some(Overlay::Secret(look)) if look.is_choosing() => Scope::Secret,
            Some(Overlay::Made(_)) => Scope::Made,
            Some(Overlay::Left(_)) => Scope::Left,
            Some(Overlay::Confirm(_, Then::Restore(_))) => Scope::Draft,
            Some(_) => Scope::Dialog,
            None => self.places.last().map_or(Scope::Places, Place::scope),
        }
    }

    /// Whether every printable key is text here.
    #[must_use]
    pub fn is_typing(&self) -> bool {
        if self.is_at_door() {
            return true;
        }
        match &self.overlay {
            Some(Overlay::Filter(_) | Overlay::Command(_) | Overlay::Find(_) | Overlay::Note(_) | Overlay::Help(_)) => {
                true
            }
            Some(Overlay::Confirm(confirm, _)) => confirm.is_typing(),
            Some(Overlay::Views(views)) => views.naming.is_some(),
            Some(Overlay::Secret(look)) => look.is_typing(),
            Some(_) => false,
            None => matches!(self.places.last(), Some(Place::Form(_))),
        }
    }

    /// Whether incidents are for whoever is here.
    #[must_use]
    pub fn may_see_incidents(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.may("incidents.read"))
    }

    /// How numbers and dates are written for whoever is here.
    #[must_use]
    pub fn manner(&self) -> Manner {
        self.session.as_ref().map(|session| session.tenant.manner).unwrap_or_default()
    }

    /// How many, as whoever is here reads it.
    #[must_use]
    pub fn count(&self, number: impl std::fmt::Display) -> String {
        self.manner().count(number)
    }

    /// All places that are open, in the present screen and in those that were left.
    pub fn open_places(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().chain(self.left.iter().flatten())
    }

    /// Closes all places.
    pub(super) fn close_places(&mut self) {
        self.places.clear();
        self.left.clear();
    }

    /// Whether a filter line is shown: in lists.
    #[must_use]
    pub fn has_filter_line(&self) -> bool {
        self.door.is_none() && matches!(self.places.last(), Some(Place::List(_)))
    }

    /// Rows that fit below a table's titles in the body.
    #[must_use]
    pub fn body_rows(&self) -> usize {
        let below = matches!(self.places.last(), Some(Place::List(list)) if list.below.is_some());
        let frame = 4 + u16::from(self.has_filter_line()) + u16::from(below) + 1;
        usize::from(self.size.height.saturating_sub(frame)).max(1)
    }
}

impl Place {
    /// What the place shows records of.
    #[must_use]
    pub fn resource(&self) -> Option<&'static Resource> {
        match self {
            Self::Dashboard(_) | Self::Desk(_) => None,
            Self::List(list) => Some(list.resource),
            Self::Page(page) => Some(page.resource),
            Self::History(history) => Some(history.resource),
            Self::Form(form) => Some(form.resource),
        }
    }

    #[must_use]
    pub fn scope(&self) -> Scope {
        match self {
            // What points at a record belongs to its page.
            Self::List(list) if list.below.is_some() => Scope::Page,
            Self::Dashboard(_) | Self::List(_) | Self::Desk(_) => Scope::List,
            Self::Page(_) | Self::History(_) => Scope::Page,
            Self::Form(form) if form.is_in_lines() => Scope::Lines,
            Self::Form(_) => Scope::Form,
        }
    }
}
