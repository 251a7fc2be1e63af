//! What a list is sorted by: a column that an index serves, or what stands in a cell, which is worked out for every row: the
//! words of a choice in the order in which they are declared, texts whatever their case and marks, what is referred to
//! as its cell calls it.

use super::compile::expression;
use super::select::{names_are_told, other, shown_by};
use super::texts;
use super::{Sort, StoreError};
use crate::domain::Kind;
use crate::store::entities;
use crate::store::entity::{Entity, Field, Rank, Source};
use crate::store::model::ColumnKind;
use crate::store::session::Session;

/// A sort key as the statement sees it.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) expression: String,
    pub(super) kind: ColumnKind,
    pub(super) nullable: bool,
    pub(super) descending: bool,
    /// It is worked out for every row: no index has it.
    pub(super) is_worked_out: bool,
    /// The reference whose record it is read from.
    pub(super) behind: Option<&'static Field>,
}

/// How a field is sorted by.
enum Order {
    /// By this column of its own table or of one that is joined, as the field declares.
    Declared(&'static str),
    /// By the place of its word among those that there are.
    Word(&'static [&'static str]),
    /// By its text, folded.
    Text,
    /// By its value as it stands.
    Value,
    /// By what says its order.
    Ranked(Rank),
    /// By an address, numbers in the order of numbers.
    Address,
    /// By what it refers to.
    Behind(&'static Entity),
}

impl Order {
    fn of(field: &Field) -> Option<Self> {
        if let Some((column, _)) = field.sort {
            return Some(Self::Declared(column));
        }
        if let Some(rank) = field.rank {
            return Some(Self::Ranked(rank));
        }
        if let Some(target) = field.reference {
            return field.column().and_then(|_| entities::find(target)).map(Self::Behind);
        }
        match field.kind {
            Kind::Choice(words) => Some(Self::Word(words)),
            Kind::Text | Kind::Lines => Some(Self::Text),
            Kind::Bool
            | Kind::Int
            | Kind::Money
            | Kind::Percent
            | Kind::Degrees
            | Kind::Instant
            | Kind::Date
            | Kind::Mac => (!matches!(field.source, Source::Gathered { .. })).then_some(Self::Value),
            Kind::Ip => Some(Self::Address),
            Kind::Id | Kind::Json | Kind::Secret | Kind::Cidr | Kind::Bytes => None,
        }
    }
}

/// Whether a list can be sorted by a field.
#[must_use]
pub fn is_sorted_by(field: &Field) -> bool {
    Order::of(field).is_some()
}

/// The field by which a record that is referred to is sorted: that which tells people whom or what they see.
fn sorted_behind(session: &Session, target: &'static Entity) -> &'static str {
    match target.number {
        Some(_) if names_are_told(session, target) && target.label == "name" => target.label,
        _ => shown_by(target),
    }
}

/// The key of a sort.
///
/// # Errors
/// A field that is not sorted by.
pub(super) fn key(session: &Session, postgres: bool, entity: &'static Entity, sort: &Sort) -> Result<Key, StoreError> {
    let Sort { field, descending } = *sort;
    let order = Order::of(field).ok_or_else(|| StoreError::unexpected("a sort without a column"))?;
    let own = || expression(field, postgres);
    // What is not null in its column is not null in any order by it.
    let nullable = field.column().and_then(|name| entity.table.column(name)).is_none_or(|column| column.nullable);
    let worked_out = |expression: String, kind: ColumnKind, nullable: bool| Key {
        expression,
        kind,
        nullable,
        descending,
        is_worked_out: true,
        behind: None,
    };
    // A text that says nothing comes last, as nothing does.
    let folded = |text: &str| format!("NULLIF({}, '')", texts::folded(text, postgres));
    Ok(match order {
        Order::Declared(column) => {
            let (expression, table, name) = match (column.split_once('.'), field.source) {
                (Some((alias, name)), Source::Joined(..)) => {
                    let join = entity.joins.iter().find(|join| join.alias == alias);
                    (column.to_owned(), join.map_or(entity.table, |join| join.table), name)
                }
                _ => (format!("c.{column}"), entity.table, column),
            };
            let column = table.column(name).ok_or_else(|| StoreError::unexpected(format!("no column {name}")))?;
            Key { is_worked_out: false, ..worked_out(expression, column.kind, column.nullable) }
        }
        Order::Word(words) => {
            let each = words.iter().enumerate().map(|(at, word)| format!(" WHEN '{word}' THEN {at}"));
            worked_out(format!("CASE {}{} END", own(), each.collect::<String>()), ColumnKind::Int, nullable)
        }
        Order::Text => worked_out(folded(&own()), ColumnKind::Text, true),
        Order::Ranked(Rank { sqlite, postgres: on_postgres, kind }) => {
            worked_out((if postgres { on_postgres } else { sqlite }).to_owned(), kind, true)
        }
        Order::Value => worked_out(own(), entity.column_kind(field), nullable),
        Order::Address if postgres => worked_out(own(), ColumnKind::Ip, nullable),
        Order::Address => worked_out(format!("headend_address({})", own()), ColumnKind::Bytes, nullable),
        Order::Behind(target) => {
            let text = format!("{}.{}", other(field), sorted_behind(session, target));
            Key { behind: Some(field), ..worked_out(folded(&text), ColumnKind::Text, true) }
        }
    })
}
