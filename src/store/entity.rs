//! What the store knows of each kind of record: its table, its fields as people name them, what is
//! derived from them, its states, and who may see its rows.

use std::collections::BTreeMap;

use super::error::{Problem, StoreError};
pub use super::field::{Field, FieldAccess, Rank, Source, Words, WriteGathered};
use super::model::{ColumnKind, Table};
use super::write::Writing;
use crate::domain::lifecycle::Lifecycle;
use crate::domain::number::NumberFormat;
use crate::domain::{Id, Kind, Value};

/// One kind of record.
pub struct Entity {
    /// `customers`: also the name of the resource, of its permissions and of its table's rows in the
    /// audit log.
    pub name: &'static str,
    /// `customer`.
    pub singular: &'static str,
    pub table: &'static Table,
    /// The human reference, where it has one.
    pub number: Option<NumberFormat>,
    /// The field that names a record: `name`, `username`, `title`.
    pub label: &'static str,
    /// The fields that tell a record from others of its kind, where its number and label do not: whose role, which
    /// line of which entry.
    pub title: &'static [&'static str],
    pub fields: &'static [Field],
    /// Columns that the program derives from others.
    pub derived: &'static [Derived],
    /// Fields whose text is found by free words.
    pub search: &'static [&'static str],
    /// What its list shows of other records, as paths through references and relations: free words look into the numbers
    /// and names of those too.
    pub shows: &'static [&'static str],
    pub lifecycle: Option<&'static Lifecycle>,
    pub visibility: Visibility,
    /// Names for filters that people use often: `is:problem`.
    pub conditions: &'static [Condition],
    /// What points at a record of this kind: `has:devices`.
    pub relations: &'static [Relation],
    /// Other tables that its fields are read from, one row each at most.
    pub joins: &'static [Join],
    /// The fields that name a record of any kind, by kind and id: opening this one opens that.
    pub points_at: Option<(&'static str, &'static str)>,
    /// The field that a list is sorted by when nobody says otherwise; `-` before it: descending.
    pub default_sort: &'static str,
    /// What must be true of a record, beyond what its fields say.
    pub rules: fn(&mut Change<'_>),
    /// What takes a look at the database before a record is written: prices worked out, names copied, rules that other
    /// rows have a say in. Not asked when something is taken back. Records of a kind that has it are written one by
    /// one, from files too.
    pub prepare: Option<Prepare>,
    /// What is wrong with one hangs on others of its kind: a form tries what is written, before it is saved.
    pub is_tried: bool,
    /// How a row of a ledger is taken back: by a row that reverses it.
    pub counter: Option<Counter>,
    /// The field that says what it is a part of, and the states in which that takes more parts.
    pub part_of: Option<(&'static str, &'static [&'static str])>,
    /// The field that says in whose history its own is told: what moves, or what is talked about.
    pub belongs_to: Option<&'static str>,
    /// The operation on what it belongs to that writes one.
    pub written_by: Option<&'static str>,
    /// Its rows belong to people, who see their own alone.
    pub owner: Option<Owner>,
    /// With this permission one sees and writes the rows of others too, where rows belong to people.
    pub overseen_with: Option<&'static str>,
    /// What is written elsewhere with a record, in the same transaction. A record that was taken away comes with what
    /// it was and no values.
    pub follow_up: fn(&mut Writing<'_>, &Change<'_>) -> Result<(), StoreError>,
    /// The same for many new records at once, with ids from the first to the last.
    pub follow_up_many: fn(&mut Writing<'_>, Id, Id) -> Result<(), StoreError>,
    /// Rows written by programs or by the audit, without audit and without versions.
    pub observed: bool,
}

/// See [`Entity::prepare`].
pub type Prepare = fn(&mut Writing<'_>, &mut Change<'_>) -> Result<(), StoreError>;
/// See [`Entity::counter`].
pub type Counter = fn(&mut Writing<'_>, &super::record::Record) -> Result<Id, StoreError>;

/// Whose a row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owner {
    /// The field that names the user.
    pub field: &'static str,
    /// Rows of nobody are everybody's: seen by all but the people of a partner or distributor, written by those with the
    /// permission `RESOURCE.share`.
    pub shared: bool,
}

/// A column derived from a field.
#[derive(Clone, Copy)]
pub struct Derived {
    pub column: &'static str,
    pub from: &'static str,
    pub how: fn(&Value) -> Value,
}

/// A named condition: a filter under a short name.
#[derive(Clone, Copy)]
pub struct Condition {
    pub name: &'static str,
    pub means: &'static str,
}

/// Records of another kind that point here.
#[derive(Clone, Copy)]
pub struct Relation {
    pub name: &'static str,
    pub entity: &'static str,
    /// The column over there that holds the id of a record here.
    pub column: &'static str,
}

/// Another table with exactly one row for each record.
#[derive(Clone, Copy)]
pub struct Join {
    pub alias: &'static str,
    pub table: &'static Table,
    /// The column there that holds the record's id.
    pub column: &'static str,
}

/// Which rows people see who are scoped to a partner or distributor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visibility {
    /// All of them: prices and the like.
    Catalogue,
    /// None of them.
    Unseen,
    /// Those whose column holds an organization they see.
    Organization(&'static str),
    /// Those whose column holds a record they see, of the entity that is named.
    Through(&'static str, &'static str),
    /// Those that one of these shows.
    AnyOf(&'static [Visibility]),
    /// Those that this shows, without those whose column says that they are not for outsiders.
    Except(&'static str, &'static Visibility),
}

impl Entity {
    /// What most kinds of record are: no number, no states, nothing derived, nothing that follows. Each entity says what
    /// it is beyond this; its name, table, fields and sort it says itself.
    pub const PLAIN: Self = Self {
        name: "",
        singular: "",
        table: &Table { name: "", columns: &[], indexes: &[], goes_with: &[] },
        number: None,
        label: "",
        title: &[],
        fields: &[],
        derived: &[],
        search: &[],
        shows: &[],
        lifecycle: None,
        visibility: Visibility::Unseen,
        conditions: &[],
        relations: &[],
        joins: &[],
        points_at: None,
        default_sort: "",
        rules: no_rules,
        prepare: None,
        is_tried: false,
        counter: None,
        belongs_to: None,
        written_by: None,
        part_of: None,
        owner: None,
        overseen_with: None,
        follow_up: nothing_follows,
        follow_up_many: nothing_follows_many,
        observed: false,
    };

    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields that free words look into: those of its search document, else, of a kind without documents, every text of
    /// its own.
    #[must_use]
    pub fn texts(&'static self) -> Vec<&'static Field> {
        if !self.search.is_empty() {
            return self.search.iter().filter_map(|name| self.field(name)).collect();
        }
        let is_text = |field: &&Field| {
            let text = matches!(field.kind, Kind::Text | Kind::Lines) && self.column_kind(field) == ColumnKind::Text;
            field.name == self.label || text && field.column().is_some() && field.reference.is_none()
        };
        self.fields.iter().filter(is_text).collect()
    }

    /// What a record is called by where another one refers to it: its number and its name, as far as they are texts of its own.
    #[must_use]
    pub fn called_by(&self) -> Vec<&'static Field> {
        let mut fields: Vec<&Field> = Vec::with_capacity(2);
        for field in ["number", self.label].into_iter().filter_map(|name| self.field(name)) {
            let is_own_text = matches!(field.kind, Kind::Text) && field.reference.is_none() && field.column().is_some();
            if is_own_text && !fields.iter().any(|known| known.name == field.name) {
                fields.push(field);
            }
        }
        fields
    }

    /// The fields that a record is called by.
    pub fn title_fields(&self) -> impl Iterator<Item = &'static str> {
        let usual = self.title.is_empty().then_some(["number", self.label]);
        self.title.iter().copied().chain(usual.into_iter().flatten())
    }

    /// The condition that tells the records that want a look from the others, where there is one.
    #[must_use]
    pub fn problem(&self) -> Option<&'static Condition> {
        // By their meaning, the gravest first: a ticket that is overdue before one that is merely unanswered.
        const WANTS_A_LOOK: [&str; 11] = [
            "problem",
            "overdue",
            "late",
            "low",
            "failed",
            "failure",
            "bad",
            "conflicting",
            "expired",
            "outdated",
            "unacknowledged",
        ];
        WANTS_A_LOOK.iter().find_map(|name| self.conditions.iter().find(|condition| condition.name == *name))
    }

    /// The kind of the column that a field is kept in.
    #[must_use]
    pub fn column_kind(&self, field: &Field) -> ColumnKind {
        let (table, column) = match field.source {
            Source::Column(column) => (Some(self.table), column),
            Source::Joined(alias, column) => {
                (self.joins.iter().find(|join| join.alias == alias).map(|join| join.table), column)
            }
            Source::Gathered { .. } => return ColumnKind::Text,
        };
        table.and_then(|table| table.column(column)).map_or(ColumnKind::Text, |column| column.kind)
    }

    /// The column of a name's [`sort_key`](crate::domain::text::sort_key), where a field has one.
    #[must_use]
    pub fn sort_key_of(&self, field: &str) -> Option<&'static str> {
        let is_sort_key = |derived: &&Derived| std::ptr::fn_addr_eq(derived.how, sort_key as fn(&Value) -> Value);
        self.derived.iter().filter(is_sort_key).find(|derived| derived.from == field).map(|derived| derived.column)
    }

    /// The column of the digits of a field that holds phone numbers.
    #[must_use]
    pub fn digits_of(&self, field: &str) -> Option<&'static str> {
        let digits = self.derived.iter().filter(|derived| derived.column.ends_with("_digits"));
        digits.into_iter().find(|derived| derived.from == field).map(|derived| derived.column)
    }

    #[must_use]
    pub fn permission(&self, verb: &str) -> String {
        format!("{}.{verb}", self.name)
    }

    /// Whether the table has a version and times of its own.
    #[must_use]
    pub fn has_version(&self) -> bool {
        self.table.column("version").is_some()
    }
}

impl PartialEq for Entity {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Entity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A record on its way into the database: what it was, what it is to be, what is wrong with it.
pub struct Change<'a> {
    pub entity: &'static Entity,
    pub id: Id,
    pub before: Option<&'a super::record::Record>,
    /// The values of the fields that are set now.
    pub values: BTreeMap<&'static str, Value>,
    pub problems: Vec<Problem>,
    /// It goes to another customer with all that is theirs: what was issued or posted says so from then on.
    pub handed_over: bool,
}

impl Change<'_> {
    /// The value that a field will have.
    #[must_use]
    pub fn after(&self, field: &str) -> &Value {
        self.values.get(field).or_else(|| self.before.map(|record| record.get(field))).unwrap_or(&Value::Null)
    }

    /// Whether a field will have another value than before.
    #[must_use]
    pub fn changes(&self, field: &str) -> bool {
        self.values.get(field).is_some_and(|value| self.before.is_none_or(|record| record.get(field) != value))
    }

    /// The record that a reference will lead to.
    #[must_use]
    pub fn refers_to(&self, field: &str) -> Option<Id> {
        if let Some(value) = self.values.get(field) {
            return value.as_id();
        }
        let known = self.entity.field(field)?;
        self.before?.get(known.id_name().unwrap_or(known.name)).as_id()
    }

    /// Whether the record was taken away.
    #[must_use]
    pub fn is_removal(&self) -> bool {
        self.before.is_some() && self.values.is_empty()
    }

    pub fn set(&mut self, field: &'static str, value: Value) {
        self.values.insert(field, value);
    }

    pub fn problem(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(field, message));
    }

    /// A whole number is at least so much, and no more than its column holds (32 bits, both databases alike).
    pub fn check_whole(&mut self, field: &str, least: i32) {
        let holds = i64::from(least)..=i64::from(i32::MAX);
        if self.changes(field) && self.after(field).as_int().is_some_and(|number| !holds.contains(&number)) {
            self.problem(field, format!("is a whole number from {least} to {}", i32::MAX));
        }
    }
}

/// What the rules of a kind of record say of values, without a look at the database.
#[must_use]
pub fn told_by_rules(
    entity: &'static Entity,
    before: Option<&super::record::Record>,
    values: BTreeMap<&'static str, Value>,
) -> Vec<Problem> {
    let id = before.map_or_else(Id::new, |record| record.id);
    let mut change = Change { entity, id, before, values, problems: Vec::new(), handed_over: false };
    (entity.rules)(&mut change);
    super::shapes::check(&mut change);
    change.problems
}

/// For entities that have no rule beyond those of their fields.
fn no_rules(_: &mut Change<'_>) {}

/// For entities that bring nothing else along.
fn nothing_follows(_: &mut Writing<'_>, _: &Change<'_>) -> Result<(), StoreError> {
    Ok(())
}

/// For entities whose new records bring nothing else along.
fn nothing_follows_many(_: &mut Writing<'_>, _: Id, _: Id) -> Result<(), StoreError> {
    Ok(())
}

/// A name's key: see [`crate::domain::text::sort_key`].
pub(super) fn sort_key(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(crate::domain::text::sort_key(text)),
        _ => Value::Null,
    }
}

/// The digits of a phone number.
pub(super) fn digits(value: &Value) -> Value {
    Value::Text(crate::domain::phone::kept_digits(value.as_str()))
}

/// An address's key: see [`crate::domain::network::ip_key`].
pub(super) fn ip_key(value: &Value) -> Value {
    match value {
        Value::Ip(ip) => Value::Bytes(crate::domain::network::ip_key(*ip).to_vec()),
        _ => Value::Null,
    }
}
