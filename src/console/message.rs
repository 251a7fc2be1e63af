//! What comes in, what is asked for, and what is answered: the only traffic between the screens,
//! which neither wait nor touch the database, and the world.

use std::time::Instant;

use ratatui::layout::Size;

use super::drafts::Draft;
use super::input::Event;
use super::keys::KeyMap;
use super::list_memory::LeftList;
use super::past_lines::{self, PastLines};
use super::terminal::Signal;
use super::theme::Theme;
use crate::domain::filter::Resolved;
use crate::domain::secret::Secret;
use crate::domain::words::Table;
use crate::domain::{Id, Value, time};
use crate::store::access::{Credentials, LoggedIn};
use crate::store::aims::Aims;
use crate::store::desk::{Group, Waiting};
use crate::store::find::Found;
use crate::store::history::Event as HistoryEvent;
use crate::store::list::{Count, ListRequest, Page};
use crate::store::list_states::ListState;
use crate::store::live_check::Finding;
use crate::store::operation::rehearsal::{Foreseen, Rehearsed};
use crate::store::overview::{Overview, Pulse};
use crate::store::setup::Founding;
use crate::store::undo::Undoable;
use crate::store::watches::WatchedChange;
use crate::store::{Done, Entity, Field, Operation, Record, Request, Session, StoreError};

/// Something that happened.
#[derive(Debug)]
pub enum Message {
    /// At the terminal, at this moment.
    Event(Event, Instant),
    Resized(Size),
    Signal(Signal),
    /// The answer to a question, by its number.
    Reply(Number, Reply),
    /// Time has passed: what the loop's clock says, and the time of day.
    Tick(Instant, time::Instant),
    /// The person's key file was saved: the keys, or what is wrong in it.
    Keys(Result<Box<KeyMap>, String>),
    /// The person's theme was saved.
    Theme(Result<Box<Theme>, String>),
    /// The file of the person's language was saved.
    Texts(Result<Table, String>),
}

/// Names a question, so that an answer that nobody waits for any more is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(u64);

/// What the loop is to do after an update.
#[derive(Debug)]
pub enum Effect {
    /// Ask in the background.
    Ask(Number, Box<Question>),
    /// To the clipboard.
    Copy(String),
    /// To the clipboard, and nowhere else.
    CopySecret(Secret),
    Bell,
    /// What this question began is to stop, if it can.
    Stop(Number),
    /// Paint everything anew.
    Redraw,
    /// Somebody logged in: questions are asked in this session from now on.
    Enter(Box<LoggedIn>),
    /// Who is logged in may do something else from now on.
    Rights(Box<Session>),
    /// Nobody is logged in any more.
    Exit,
    Quit,
}

/// Something that only the database or the disk can answer.
#[derive(Debug)]
pub enum Question {
    Found(Founding),
    LogIn(Credentials),
    Unlock(Secret),
    ChangePassword {
        old: Secret,
        new: Secret,
    },
    LogOut,
    List(ListRequest),
    Count {
        entity: &'static Entity,
        filter: Resolved,
        cap: u64,
    },
    /// All that a filter matches, for marking.
    Mark {
        entity: &'static Entity,
        filter: Resolved,
    },
    /// How many of the marked records are in which state.
    States {
        entity: &'static Entity,
        marked: Aims,
    },
    /// What would come of this.
    Foresee(Box<Request>),
    /// What it would come to to take an operation back.
    ForeseeUndo(Id),
    /// What operations would refuse of these records, and why.
    Rehearse {
        operations: Vec<&'static Operation>,
        aims: Aims,
    },
    Get {
        entity: &'static Entity,
        id: Id,
    },
    /// Records that point at one, the first few of each kind.
    Related {
        entity: &'static Entity,
        id: Id,
    },
    History {
        entity: &'static Entity,
        id: Id,
    },
    Find(String),
    /// Values that occur in a field, for completion.
    Values {
        entity: &'static Entity,
        field: &'static str,
        typed: String,
    },
    Perform(Request),
    /// Whether a value of a field of one's own record (or a new one) is fine with the database.
    CheckField {
        entity: &'static Entity,
        field: &'static Field,
        value: Value,
        own: Option<Id>,
    },
    /// A secret, shown for the password.
    Reveal {
        entity: &'static Entity,
        id: Id,
        field: &'static Field,
        password: Secret,
    },
    LastOperation {
        redo: bool,
    },
    /// An operation, before it is taken back.
    Operation(Id),
    TakeBack(Id),
    /// Watch this record, or no longer.
    Watch {
        entity: &'static Entity,
        id: Id,
        title: String,
    },
    /// What others did to watched records after this moment, or at all.
    WatchedChanges(Option<crate::domain::time::Instant>),
    /// This record was looked at.
    Seen {
        entity: &'static Entity,
        id: Id,
    },
    /// What waits for this person.
    Waiting,
    /// What this person has pinned.
    Pinned,
    /// Pin this record, or no longer.
    Pin {
        entity: &'static Entity,
        id: Id,
    },
    /// The trades' part of the dashboard.
    Panels,
    Overview,
    Pulse,
    /// Whether the person may do something else by now.
    Rights,
    CheckNow(Id),
    Drafts,
    KeepDraft(Draft),
    DropDraft(Id),
    /// The lines that were run and looked for before.
    PastLines,
    RememberLine(past_lines::Kind, String),
    /// The organisation's own texts of the screens in a language.
    Words(String),
    /// Somebody is at work in this session.
    AtWork,
    /// How this person left each list.
    LeftLists,
    KeepList(ListState),
}

/// What was done for somebody, as it can be told.
#[derive(Clone, Debug)]
pub struct Performed {
    pub operation: &'static Operation,
    pub done: Done,
    /// What the one record that it was about is called now, as lists show it; none where there are several, or
    /// none that the person sees.
    pub title: Option<String>,
    /// What the first of the records is called that were made besides.
    pub made: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub enum Reply {
    Founded(Result<(), StoreError>),
    LoggedIn(Result<Box<LoggedIn>, StoreError>),
    Unlocked(Result<(), StoreError>),
    PasswordChanged(Result<(), StoreError>),
    LoggedOut,
    Page(Result<Page, StoreError>),
    Count(Result<Count, StoreError>),
    Marked(Result<Aims, StoreError>),
    States(Result<Vec<(String, u64)>, StoreError>),
    Foreseen(Result<Foreseen, StoreError>),
    Rehearsed(Result<Vec<Rehearsed>, StoreError>),
    /// So many records of so many are done; the answer itself is still to come.
    Progress(u64, u64),
    Record(Result<Option<Record>, StoreError>),
    Related(Result<Vec<Related>, StoreError>),
    History(Result<Vec<HistoryEvent>, StoreError>),
    Found(Result<Vec<Found>, StoreError>),
    Values(Result<Vec<String>, StoreError>),
    Done(Result<Performed, StoreError>),
    FieldChecked(Result<Finding, StoreError>),
    Revealed(Result<Secret, StoreError>),
    LastOperation(Result<Option<Undoable>, StoreError>),
    TakenBack(Result<Done, StoreError>),
    /// Whether the record is watched now.
    Watched(Result<bool, StoreError>),
    WatchedChanges(Result<Vec<WatchedChange>, StoreError>),
    Seen(Result<(), StoreError>),
    Waiting(Result<Waiting, StoreError>),
    Pinned(Result<Vec<Found>, StoreError>),
    /// Whether the record is pinned now.
    Pin(Result<bool, StoreError>),
    Panels(Result<Vec<Group>, StoreError>),
    Overview(Result<Overview, StoreError>),
    Pulse(Result<Pulse, StoreError>),
    /// The session as it stands, where it does so otherwise.
    Rights(Result<Option<Box<Session>>, StoreError>),
    Checked(Result<String, StoreError>),
    Drafts(Result<Vec<Draft>, StoreError>),
    DraftKept(Result<(), StoreError>),
    PastLines(Result<PastLines, StoreError>),
    LineRemembered(Result<(), StoreError>),
    Words(Result<Vec<(String, String)>, StoreError>),
    AtWork(Result<(), StoreError>),
    LeftLists(Result<Vec<LeftList>, StoreError>),
    ListKept(Result<(), StoreError>),
}

/// Records of one kind that point at another record.
#[derive(Clone, Debug)]
pub struct Related {
    /// The relation's name: `devices`.
    pub name: &'static str,
    pub entity: &'static Entity,
    /// The field over there that points here: the same in all of them.
    pub field: &'static str,
    pub records: Vec<Record>,
    pub count: Count,
}

impl Related {
    /// The fields that tell such records from each other, those that matter most first: not the one that is the same
    /// in all of them.
    pub fn told_by(&self) -> impl Iterator<Item = &'static Field> {
        let columns = crate::resources::of(self.entity).map_or(&[][..], |resource| resource.columns);
        let fields = columns.iter().filter_map(|column| self.entity.field(column.field));
        fields.filter(|field| field.name != self.field)
    }
}

/// Collects what an update wants done, and numbers its questions.
#[derive(Debug, Default)]
pub struct Asks {
    last: u64,
    effects: Vec<Effect>,
}

impl Asks {
    pub fn ask(&mut self, question: Question) -> Number {
        self.last += 1;
        let number = Number(self.last);
        self.effects.push(Effect::Ask(number, Box::new(question)));
        number
    }

    pub fn want(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// What was collected since the last time.
    pub fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}
