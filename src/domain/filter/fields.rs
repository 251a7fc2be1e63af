//! What a filter may speak of: the fields, conditions and relations of one kind of record.

use crate::domain::Kind;

/// What the language needs to know of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub kind: Kind,
    /// Whether it points at another record, which is then known by its number or name.
    pub reference: bool,
    /// Whether it points at a person, who may be the one who asks: `me`.
    pub person: bool,
    /// Whether it holds a phone number, which is known by its digits.
    pub phone: bool,
    /// Whether it holds what machines call something, which is known by its very letters from the first on.
    pub verbatim: bool,
    /// Whether it holds several words with commas between them, one of which is asked for.
    pub words: bool,
}

impl Field {
    /// A field that holds its value itself.
    #[must_use]
    pub const fn plain(kind: Kind) -> Self {
        Self { kind, reference: false, person: false, phone: false, verbatim: false, words: false }
    }

    /// A field that points at another record.
    #[must_use]
    pub const fn reference() -> Self {
        Self { reference: true, ..Self::plain(Kind::Id) }
    }

    /// A field that holds a phone number.
    #[must_use]
    pub const fn phone() -> Self {
        Self { phone: true, ..Self::plain(Kind::Text) }
    }

    /// A field that holds what machines call something.
    #[must_use]
    pub const fn verbatim() -> Self {
        Self { verbatim: true, ..Self::plain(Kind::Text) }
    }

    /// A field that holds several words.
    #[must_use]
    pub const fn words() -> Self {
        Self { words: true, ..Self::plain(Kind::Text) }
    }

    /// A field that points at a person.
    #[must_use]
    pub const fn person() -> Self {
        Self { person: true, ..Self::reference() }
    }
}

/// What a filter over one kind of record may name.
pub trait Fields {
    /// The field of this name, or behind this path through references (`customer.plan`).
    fn field(&self, path: &str) -> Option<Field>;

    /// The proper name or path of a field that is named in small letters; by its own name alone, where no other is known.
    fn proper(&self, path: &str) -> Option<String> {
        self.field(path).map(|_| path.to_owned())
    }

    /// The proper name of a relation, of this or the singular of what it lists.
    fn proper_relation(&self, name: &str) -> Option<String> {
        self.relation(name).map(|_| name.to_owned())
    }

    /// How many of a field's units one is that is typed behind a name that leaves the unit out.
    fn unit(&self, _name: &str, _proper: &str) -> i64 {
        1
    }

    /// What a filter may name of the record that a field points at, by its proper path; `None` where it points at none.
    fn behind(&self, _path: &str) -> Option<Box<dyn Fields + '_>> {
        None
    }

    /// Whether `is:` takes this name.
    fn condition(&self, name: &str) -> bool;

    /// What a filter over the related records may name; `None` where there is no such relation.
    fn relation(&self, name: &str) -> Option<Box<dyn Fields + '_>>;

    /// The names of the fields, as they are offered.
    fn names(&self) -> Vec<String>;

    /// The names that `is:` takes.
    fn conditions(&self) -> Vec<String>;

    /// The names of what may be related.
    fn relations(&self) -> Vec<String>;
}
