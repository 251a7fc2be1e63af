//! A filter as it is written, before anybody knows which fields there are.

use std::ops::Range;

/// A filter as it is written. Made by [`super::parse`] or by the constructors, which keep it flat:
/// no `And` inside an `And`, no `Or` inside an `Or`, none of them with fewer than two parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Everything: the empty text.
    #[default]
    All,
    /// A free word, or a phrase in quotes.
    Word(Written),
    /// A field, a sign, and one of these values (more than one only with `:` and `=`).
    Compare {
        field: Written,
        how: How,
        values: Vec<Written>,
    },
    /// `is:a,b`: one of these named conditions.
    Is(Vec<Written>),
    /// `has:a,b`: something related, or a value in one of these fields.
    Has(Vec<Written>),
    /// `has:(invoice is:overdue)`: something related that the inner filter takes.
    Related {
        relation: Written,
        inner: Box<Filter>,
    },
    Not(Box<Filter>),
    And(Vec<Filter>),
    Or(Vec<Filter>),
}

/// A piece of the text, unquoted, and where it stands.
#[derive(Clone, Debug, Eq)]
pub struct Written {
    pub text: String,
    /// The bytes it takes in the text, quotes included.
    pub span: Range<usize>,
}

/// Where a word stands says nothing about what it means.
impl PartialEq for Written {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl From<&str> for Written {
    fn from(text: &str) -> Self {
        Self { text: text.into(), span: 0..0 }
    }
}

/// The sign between a field and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// `:`, contains (text) or equals (everything else)
    Like,
    /// `=`
    Exactly,
    /// `~`
    Pattern,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl How {
    /// All of them, those that begin with another one first.
    pub(super) const ALL: [Self; 7] =
        [Self::AtMost, Self::AtLeast, Self::Below, Self::Above, Self::Like, Self::Exactly, Self::Pattern];

    /// As it is written.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Like => ":",
            Self::Exactly => "=",
            Self::Pattern => "~",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it takes several values, with commas between.
    #[must_use]
    pub const fn takes_list(self) -> bool {
        matches!(self, Self::Like | Self::Exactly)
    }
}

impl Filter {
    /// What all of these take.
    #[must_use]
    pub fn all_of(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::All => {}
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match (flat.len(), flat.pop()) {
            (_, None) => Self::All,
            (1, Some(only)) => only,
            (_, Some(last)) => {
                flat.push(last);
                Self::And(flat)
            }
        }
    }

    /// What at least one of these takes; everything, when there is none.
    #[must_use]
    pub fn any_of(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::All => return Self::All,
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match (flat.len(), flat.pop()) {
            (_, None) => Self::All,
            (1, Some(only)) => only,
            (_, Some(last)) => {
                flat.push(last);
                Self::Or(flat)
            }
        }
    }

    /// What this does not take.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }
}
