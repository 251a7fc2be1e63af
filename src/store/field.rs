//! One field of a kind of record: where it is kept, what it holds, who sets it, how it is sorted.

use super::amounts::{Amount, CurrencyFrom};
use super::error::StoreError;
use super::model::ColumnKind;
use super::session::Session;
use super::shapes::ShapedBy;
use super::write::Writing;
use crate::domain::schema::Schema;
use crate::domain::secret::Secret;
use crate::domain::{Id, Kind, Money, Value};

/// One field of a record.
#[derive(Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub source: Source,
    /// The entity that it refers to; its column then holds an id.
    pub reference: Option<&'static str>,
    pub required: bool,
    /// The longest text, in characters.
    pub max: usize,
    pub access: FieldAccess,
    /// What a new record has where nothing is said, as one would type it.
    pub default: Option<&'static str>,
    /// The column in which it is unique within the tenant.
    pub unique: Option<&'static str>,
    /// The column that a list sorts by, and whether an index serves it. Without one it sorts by what stands in the cell, as
    /// far as that has an order: [`is_sorted_by`](super::list::is_sorted_by).
    pub sort: Option<(&'static str, bool)>,
    /// What a text that is worked out is sorted by, where its letters say nothing of its order.
    pub rank: Option<Rank>,
    /// What machines call something: a filter compares it by its very letters, from the first on.
    pub verbatim: bool,
    /// Several words joined by commas.
    pub list: bool,
    /// The entity whose names are offered for the words of a list.
    pub names: Option<&'static str>,
    /// Words that are offered as one types.
    pub offered: Option<Offered>,
    /// The rows that the words of a list are kept in.
    pub words: Option<Words>,
    /// What JSON in it must be made of: the text of a [`Schema`].
    pub shape: Option<&'static str>,
    /// The same where another field chooses it.
    pub shaped_by: Option<ShapedBy>,
    /// Of money: in which currency it is.
    pub amount: Option<Amount>,
    /// A secret that the program makes for whoever asks, and shows once.
    pub made: Option<Made>,
    /// It proves who asks, and is kept nowhere.
    pub proves: bool,
    /// A sealed secret that is used and never shown again.
    pub never_shown: bool,
    /// A number or amount above zero.
    pub positive: bool,
    /// The least and the most that a whole number may be, where no rule of its record says so.
    pub range: Option<(i64, i64)>,
}

/// What a list sorts by as an expression over its row `c`, of this kind.
#[derive(Clone, Copy)]
pub struct Rank {
    pub sqlite: &'static str,
    pub postgres: &'static str,
    pub kind: ColumnKind,
}

/// A secret that an operation asks for and nobody has to think up.
#[derive(Clone, Copy)]
pub struct Made {
    /// A new one.
    pub fresh: fn() -> Secret,
    /// The same as a link that a device reads from a picture.
    pub link: Option<fn(&Session, &Secret) -> Secret>,
}

/// Words that a field can hold, where the program knows them.
#[derive(Clone, Copy)]
pub struct Offered {
    pub words: fn() -> Vec<&'static str>,
    /// Others may be written too.
    pub open: bool,
}

/// Where the words of a list are kept, a row each.
#[derive(Clone, Copy)]
pub struct Words {
    /// The table; its rows go by `w`.
    pub table: &'static str,
    /// What is joined to it.
    pub joined: &'static str,
    /// The column for the record.
    pub record: &'static str,
    /// The column for the word.
    pub word: &'static str,
}

impl Words {
    /// The rows: `… w …`.
    pub(super) fn from(&self) -> String {
        format!("{} w{}", self.table, self.joined)
    }
}

/// Where a field is read from.
#[derive(Clone, Copy)]
pub enum Source {
    Column(&'static str),
    /// A column of one of the [`Entity::joins`]: its alias and the column.
    Joined(&'static str, &'static str),
    /// Rows of another table as one text, written through `write`.
    Gathered {
        sqlite: &'static str,
        postgres: &'static str,
        write: WriteGathered,
    },
}

/// Writes the rows that a gathered field stands for, of several records at once; `true` where the
/// records are new and nothing has to be taken away first.
pub type WriteGathered = fn(&mut Writing<'_>, &[(Id, Value)], bool) -> Result<(), StoreError>;

/// Who sets a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldAccess {
    /// People, at any time.
    Write,
    /// People, when the record is made.
    Create,
    /// Named operations and the program alone.
    Read,
}

const LONGEST_LINES: usize = 10_000;

/// The columns that refer to people without saying so in their ending.
fn own_id_name(column: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("created_by", "created_by_id"),
        ("acknowledged_by", "acknowledged_by_id"),
        ("resolved_by", "resolved_by_id"),
        ("assigned_to", "assigned_to_id"),
        ("assigned_by", "assigned_by_id"),
        ("approved_by", "approved_by_id"),
        ("decided_by", "decided_by_id"),
        ("performed_by", "performed_by_id"),
        ("posted_by", "posted_by_id"),
        ("accepted_by", "accepted_by_id"),
        ("recorded_by", "recorded_by_id"),
        ("initiated_by", "initiated_by_id"),
        ("changed_by", "changed_by_id"),
        ("invited_by", "invited_by_id"),
        ("enabled_by", "enabled_by_id"),
        ("updated_by", "updated_by_id"),
    ];
    NAMES.iter().find(|(name, _)| *name == column).map(|(_, id)| *id)
}

impl Field {
    const fn new(name: &'static str, kind: Kind, max: usize) -> Self {
        Self {
            name,
            kind,
            source: Source::Column(name),
            reference: None,
            required: false,
            max,
            access: FieldAccess::Write,
            default: None,
            unique: None,
            sort: None,
            rank: None,
            list: false,
            names: None,
            offered: None,
            words: None,
            shape: None,
            shaped_by: None,
            verbatim: false,
            amount: if matches!(kind, Kind::Money) { Some(Amount::PLAIN) } else { None },
            made: None,
            proves: false,
            never_shown: false,
            positive: false,
            range: None,
        }
    }

    /// The password of whoever asks, which an operation that is worth it wants once more.
    pub const OWN_PASSWORD: Self = Self::of("own_password", Kind::Secret).required().proving();

    /// The code that goes with it where whoever asks has a second factor.
    pub const OWN_CODE: Self = Self::text("own_code", 40).proving();

    /// A secret that an operation asks for and the program makes: whoever asked sees it once.
    #[must_use]
    pub const fn made(name: &'static str, made: Made) -> Self {
        let mut field = Self::of(name, Kind::Secret).required();
        field.made = Some(made);
        field
    }

    #[must_use]
    pub const fn text(name: &'static str, max: usize) -> Self {
        Self::new(name, Kind::Text, max)
    }

    #[must_use]
    pub const fn lines(name: &'static str) -> Self {
        Self::new(name, Kind::Lines, LONGEST_LINES)
    }

    #[must_use]
    pub const fn of(name: &'static str, kind: Kind) -> Self {
        Self::new(name, kind, LONGEST_LINES)
    }

    /// `plan`, kept in `plan_id`.
    #[must_use]
    pub const fn reference(name: &'static str, column: &'static str, entity: &'static str) -> Self {
        let mut field = Self::new(name, Kind::Text, 200);
        field.source = Source::Column(column);
        field.reference = Some(entity);
        field
    }

    #[must_use]
    pub const fn joined(name: &'static str, kind: Kind, alias: &'static str, column: &'static str) -> Self {
        let mut field = Self::new(name, kind, LONGEST_LINES);
        field.source = Source::Joined(alias, column);
        field.access = FieldAccess::Read;
        field
    }

    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Text of at most so many characters.
    #[must_use]
    pub const fn longest(mut self, characters: usize) -> Self {
        self.max = characters;
        self
    }

    #[must_use]
    pub const fn verbatim(mut self) -> Self {
        self.verbatim = true;
        self
    }

    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.access = FieldAccess::Read;
        self
    }

    /// It proves who asks: no draft keeps it.
    #[must_use]
    pub const fn proving(mut self) -> Self {
        self.proves = true;
        self
    }

    /// Sealed, used by the program, and shown to nobody.
    #[must_use]
    pub const fn never_shown(mut self) -> Self {
        self.never_shown = true;
        self
    }

    #[must_use]
    pub const fn at_creation(mut self) -> Self {
        self.access = FieldAccess::Create;
        self
    }

    #[must_use]
    pub const fn default(mut self, written: &'static str) -> Self {
        self.default = Some(written);
        self
    }

    #[must_use]
    pub const fn unique(mut self, column: &'static str) -> Self {
        self.unique = Some(column);
        self
    }

    /// Several words joined by commas, a row each in a table of their own.
    #[must_use]
    pub const fn list_in(mut self, words: Words) -> Self {
        self.list = true;
        self.words = Some(words);
        self
    }

    /// Names of such records joined by commas.
    #[must_use]
    pub const fn list_of(mut self, entity: &'static str) -> Self {
        self.list = true;
        self.names = Some(entity);
        self
    }

    /// One of these words: the rules of its entity refuse others.
    #[must_use]
    pub const fn one_of(mut self, words: fn() -> Vec<&'static str>) -> Self {
        self.offered = Some(Offered { words, open: false });
        self
    }

    /// Most often one of these words.
    #[must_use]
    pub const fn often(mut self, words: fn() -> Vec<&'static str>) -> Self {
        self.offered = Some(Offered { words, open: true });
        self
    }

    /// JSON that is made as this schema says.
    #[must_use]
    pub const fn shaped(mut self, schema: &'static str) -> Self {
        self.shape = Some(schema);
        self
    }

    /// JSON that is made as what stands in another field says.
    #[must_use]
    pub const fn shaped_by(
        mut self,
        field: &'static str,
        schema: fn(&Value) -> Result<Option<Schema>, String>,
    ) -> Self {
        self.shaped_by = Some(ShapedBy { field, schema });
        self
    }

    /// Money in the currency of the record that this reference beside it leads to.
    #[must_use]
    pub const fn in_currency_of(mut self, reference: &'static str) -> Self {
        let amount = if let Some(amount) = self.amount { amount } else { Amount::PLAIN };
        self.amount = Some(Amount { currency: CurrencyFrom::Reference(reference), ..amount });
        self
    }

    /// Money in the currency of the record that the operation is done to.
    #[must_use]
    pub const fn in_its_currency(mut self) -> Self {
        let amount = if let Some(amount) = self.amount { amount } else { Amount::PLAIN };
        self.amount = Some(Amount { currency: CurrencyFrom::Record, ..amount });
        self
    }

    /// Money as a price by the piece: see [`Amount::by_the_piece`].
    #[must_use]
    pub const fn by_the_piece(mut self) -> Self {
        let amount = if let Some(amount) = self.amount { amount } else { Amount::PLAIN };
        self.amount = Some(Amount { by_the_piece: true, ..amount });
        self
    }

    /// What JSON in this field must be made of, where it says so.
    #[must_use]
    pub fn schema(&self) -> Option<Schema> {
        self.shape.and_then(|text| Schema::parse(text).ok())
    }

    /// Sorted by this column, which an index serves.
    #[must_use]
    pub const fn sorted_by(mut self, column: &'static str) -> Self {
        self.sort = Some((column, true));
        self
    }

    /// Sorted by this column without an index: offered only where a filter narrows the list.
    #[must_use]
    pub const fn slowly_sorted_by(mut self, column: &'static str) -> Self {
        self.sort = Some((column, false));
        self
    }

    /// Sorted by this expression, where its own text has no order.
    #[must_use]
    pub const fn ranked_by(mut self, kind: ColumnKind, [sqlite, postgres]: [&'static str; 2]) -> Self {
        self.rank = Some(Rank { sqlite, postgres, kind });
        self
    }

    /// The column of the entity's own table, where it has one.
    #[must_use]
    pub const fn column(&self) -> Option<&'static str> {
        if let Source::Column(column) = self.source { Some(column) } else { None }
    }

    /// The name under which a record has the id that a reference holds: its column's, or where that
    /// is the field's own name, another one.
    #[must_use]
    pub fn id_name(&self) -> Option<&'static str> {
        self.reference?;
        match self.column()? {
            column if column == self.name => own_id_name(column),
            column => Some(column),
        }
    }

    /// A number or amount above zero.
    #[must_use]
    pub const fn positive(mut self) -> Self {
        self.positive = true;
        self
    }

    /// A whole number from `least` to `most`.
    #[must_use]
    pub const fn within(mut self, least: i64, most: i64) -> Self {
        self.range = Some((least, most));
        self
    }

    /// What a value of this field must be besides being of its kind.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        if self.required && value.is_empty() {
            return Err("is required".into());
        }
        if let Value::Text(text) = value {
            let length = text.chars().count();
            if length > self.max {
                return Err(format!("has {length} characters; at most {} fit", self.max));
            }
        }
        let is_nothing = match value {
            Value::Int(number) => *number <= 0,
            Value::Money(amount) => *amount <= Money::ZERO,
            _ => false,
        };
        if self.positive && is_nothing {
            return Err("must be more than nothing".into());
        }
        if let (Value::Int(number), Some((least, most))) = (value, self.range)
            && !(least..=most).contains(number)
        {
            return Err(format!("is a whole number from {least} to {most}"));
        }
        if let (Value::Json(json), Some(schema)) = (value, self.schema()) {
            return schema.check(json);
        }
        Ok(())
    }
}
