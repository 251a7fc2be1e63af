//! A small kind of record for the tests of this room.

use super::{Field, Fields, Reference, Subject};
use crate::domain::value::Locale;
use crate::domain::{Id, Kind, Value, text};

pub(super) struct Customers;
struct Invoices;

const STATUS: Kind = Kind::Choice(&["new", "active", "suspended", "expired", "closed"]);

const CUSTOMER_FIELDS: &[(&str, Field)] = &[
    ("name", Field::plain(Kind::Text)),
    ("email", Field::plain(Kind::Text)),
    ("notes", Field::plain(Kind::Lines)),
    ("memo", Field::plain(Kind::Lines)),
    ("phone", Field::phone()),
    ("login", Field::verbatim()),
    ("labels", Field::words()),
    ("status", Field::plain(STATUS)),
    ("balance", Field::plain(Kind::Money)),
    ("devices", Field::plain(Kind::Int)),
    ("vip", Field::plain(Kind::Bool)),
    ("expires", Field::plain(Kind::Instant)),
    ("created", Field::plain(Kind::Instant)),
    ("updated", Field::plain(Kind::Instant)),
    ("signed", Field::plain(Kind::Date)),
    ("ip", Field::plain(Kind::Ip)),
    ("password", Field::plain(Kind::Secret)),
    ("plan", Field::reference()),
    ("customer.plan", Field::reference()),
    ("agent", Field::person()),
];

const INVOICE_FIELDS: &[(&str, Field)] =
    &[("number", Field::plain(Kind::Text)), ("total", Field::plain(Kind::Money)), ("customer", Field::reference())];

fn find(fields: &[(&str, Field)], path: &str) -> Option<Field> {
    fields.iter().find(|(name, _)| *name == path).map(|(_, field)| *field)
}

fn names(fields: &[(&str, Field)]) -> Vec<String> {
    fields.iter().map(|(name, _)| (*name).to_owned()).collect()
}

impl Fields for Customers {
    fn field(&self, path: &str) -> Option<Field> {
        find(CUSTOMER_FIELDS, path)
    }

    fn condition(&self, name: &str) -> bool {
        matches!(name, "overdue" | "mine")
    }

    fn relation(&self, name: &str) -> Option<Box<dyn Fields + '_>> {
        matches!(name, "invoice" | "ticket" | "memo").then(|| Box::new(Invoices) as Box<dyn Fields>)
    }

    fn names(&self) -> Vec<String> {
        names(CUSTOMER_FIELDS)
    }

    fn conditions(&self) -> Vec<String> {
        vec!["overdue".into(), "mine".into()]
    }

    fn relations(&self) -> Vec<String> {
        vec!["invoice".into(), "ticket".into()]
    }
}

impl Fields for Invoices {
    fn field(&self, path: &str) -> Option<Field> {
        find(INVOICE_FIELDS, path)
    }

    fn condition(&self, name: &str) -> bool {
        name == "overdue"
    }

    fn relation(&self, _: &str) -> Option<Box<dyn Fields + '_>> {
        None
    }

    fn names(&self) -> Vec<String> {
        names(INVOICE_FIELDS)
    }

    fn conditions(&self) -> Vec<String> {
        vec!["overdue".into()]
    }

    fn relations(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A record as it would be typed: fields by name, `plan` as `number|name`.
pub(super) struct Record {
    kind: &'static dyn Fields,
    values: Vec<(&'static str, &'static str)>,
    conditions: &'static [&'static str],
    invoices: usize,
}

/// Friday afternoon in Nairobi.
pub(super) fn locale() -> Locale {
    Locale {
        zone: chrono_tz::Africa::Nairobi,
        now: "2026-11-20T11:00:00Z".parse().unwrap_or_default(),
        manner: Default::default(),
    }
}

/// A customer with nearly everything.
pub(super) fn amina() -> Record {
    Record {
        kind: &Customers,
        values: vec![
            ("name", "Amina Wanjiru"),
            ("phone", "+254 728 541 394"),
            ("login", "Amina.W-01"),
            ("labels", "gated estate, vip"),
            ("status", "suspended"),
            ("balance", "-12.50"),
            ("devices", "2"),
            ("vip", "yes"),
            ("expires", "2026-11-22 23:59"),
            ("signed", "2026-01-31"),
            ("ip", "10.4.1.7"),
            ("password", "hunter2"),
            ("plan", "PLN-7|Home 100M"),
            ("agent", "|noc1"),
        ],
        conditions: &["overdue"],
        invoices: 1,
    }
}

/// A customer with nothing.
pub(super) fn blank() -> Record {
    Record { kind: &Customers, values: Vec::new(), conditions: &[], invoices: 0 }
}

impl Record {
    fn written(&self, field: &str) -> &'static str {
        self.values.iter().find(|(name, _)| *name == field).map_or("", |(_, written)| written)
    }
}

impl Subject for Record {
    fn value(&self, field: &str) -> Value {
        match self.kind.field(field) {
            Some(Field { reference: true, .. }) if self.written(field).is_empty() => Value::Null,
            Some(Field { reference: true, .. }) => Value::Id(Id::new()),
            Some(Field { kind, .. }) => Value::parse(kind, self.written(field), locale()).unwrap_or_default(),
            None => Value::Null,
        }
    }

    fn reference(&self, field: &str) -> Option<Reference> {
        let (number, name) = self.written(field).split_once('|')?;
        Some(Reference { number: number.into(), name: name.into() })
    }

    fn shown(&self) -> Vec<Reference> {
        self.reference("plan").into_iter().collect()
    }

    fn is_me(&self, field: &str) -> bool {
        self.reference(field).is_some_and(|person| person.name == "noc1")
    }

    fn search_text(&self) -> String {
        text::search_text([self.written("name"), self.written("email")])
    }

    fn is(&self, condition: &str) -> bool {
        self.conditions.contains(&condition)
    }

    fn related(&self, relation: &str) -> Vec<Box<dyn Subject + '_>> {
        let count = if relation == "invoice" { self.invoices } else { 0 };
        let invoice = || Record {
            kind: &Invoices,
            values: vec![("number", "INV-1"), ("total", "60.00")],
            conditions: &["overdue"],
            invoices: 0,
        };
        (0..count).map(|_| Box::new(invoice()) as Box<dyn Subject>).collect()
    }
}
