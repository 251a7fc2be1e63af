//! The places one can be in. Each has its state, what keys and answers do to it, and how it looks;
//! none knows another: what leads elsewhere is told as a [`Turn`].

pub mod cells;
pub mod dashboard;
pub mod desk;
pub mod door;
pub mod form;
pub mod groups;
pub mod history;
pub mod list;
pub mod page;
pub mod secret;

use super::actions::Action;
use super::message::Asks;
use crate::domain::Id;
use crate::domain::time::Instant;
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::resources::Resource;
use crate::store::{Field, Operation, Record, Session};

/// What a place has at hand.
pub struct Context<'a> {
    pub session: &'a Session,
    pub now: Instant,
    /// The loop's own clock, for what is waited for.
    pub tick: std::time::Instant,
    pub asks: &'a mut Asks,
    /// Rows that fit below a table's titles.
    pub rows: usize,
    /// Whether the database is known not to answer.
    pub lost: bool,
    /// What is said with.
    pub words: &'a Words,
}

impl Context<'_> {
    #[must_use]
    pub const fn locale(&self) -> Locale {
        self.session.locale(self.now)
    }
}

/// Up and down, by rows, pages and to the ends: what every place with rows answers.
#[must_use]
pub const fn moves(action: Action) -> bool {
    matches!(
        action,
        Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::Home
            | Action::End
            | Action::RowUp
            | Action::RowDown
            | Action::HalfUp
            | Action::HalfDown
            | Action::Top
            | Action::Bottom
    )
}

/// Where a place leads.
#[derive(Debug)]
pub enum Turn {
    /// Nowhere: it was dealt with here.
    Stay,
    /// It means nothing here.
    Pass,
    /// Back to where one came from.
    Back,
    /// The page of a record.
    Open(&'static Resource, Id),
    /// A list, filtered.
    List(&'static Resource, String),
    /// A form for a new record, or for this one.
    Form(&'static Resource, Option<Box<Record>>),
    /// A form for a new record, with this field filled in.
    FormWith(&'static Resource, &'static str, String),
    /// Another relation of the record that one stands below; none: back to its page.
    Relation(Option<usize>),
    /// A form that sets one field of the marked records.
    SetField(&'static Resource),
    /// The form of an operation that makes a record from what it asks.
    Make(&'static Operation, Option<(&'static str, String)>),
    /// An operation on one record, with the form of what it asks or the question whether it is to be done.
    Perform(&'static Operation, Id),
    /// What was done to a record.
    History(&'static Resource, Id, String),
    /// A look at a secret of a record that is called so.
    Secret(&'static Resource, Id, &'static Field, String),
    /// What a key asked for while the place was still reading.
    Act(Action),
    /// Say this in the status line.
    Tell(String),
    /// Say that this went wrong.
    Alarm(String),
}
