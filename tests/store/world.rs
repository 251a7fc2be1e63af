//! A few hundred random records, and what a filter means for each of them by the domain's own
//! measure.

use std::collections::HashMap;

use headend::domain::filter::{Reference, Resolved, Subject, matches};
use headend::domain::value::Locale;
use headend::domain::{Id, Value, text};
use headend::store::list::{ListRequest, parse_filter};
use headend::store::{Entity, Record, entities};

use crate::common::Lab;
use crate::common::dice::Dice;
use crate::common::lab::entity;
use crate::fixtures::put_into_state;

pub const NAMES: &[&str] = &[
    "Amina Wanjirũ",
    "amina wanjiru",
    "Åsa Ångström",
    "Asa",
    "Straße 9",
    "STRASSE 9",
    "Οδυσσέας",
    "ΟΔΥΣΣΕΥΣ",
    "Süd",
    "Sud",
    "Su\u{308}d",
    "100% fibre",
    "under_score",
    "back\\slash",
    "star*dust",
    "what?",
    "[bracket]",
    "it's",
    "semi;colon",
    "ﬁbre ﬂow",
    "Ｆｕｌｌ",
    "漢字 会社",
    "Jo",
    "J",
    "WA",
    "wa wa",
    "O'Brien-Ng",
    "a.b+c@d",
    "İstanbul",
    "ıspanak",
    "Ǆungla",
    "naïve café",
    "  ",
    "x y  z",
    "Ελλάδα",
    "мир",
    "Ёлка",
    "שלום",
    "مَرحَبًا",
    "🐙 octopus",
    "e\u{301}e\u{301}",
    "ĳ",
    "½ price",
    "№ 5",
    "Łódź",
    "Øre",
    "Đak",
    "ß",
    "\"quoted\"",
    "50 %",
];

/// Everything there is, as the store reads it.
pub struct World {
    records: HashMap<(&'static str, Id), Record>,
    locale: Locale,
    /// Who asks.
    me: Id,
}

/// Makes some records of every kind that lists are tried on.
pub fn populate(lab: &Lab, dice: &mut Dice) {
    let name = |dice: &mut Dice, n: usize| format!("{} {n}", dice.one(NAMES).trim());
    for n in 0..25 {
        lab.make(
            "plans.create",
            &[
                ("name", &name(dice, n)),
                ("download_mbps", &(dice.below(5) * 50).to_string()),
                ("upload_mbps", "10"),
                ("price", &format!("{}.{:02}", dice.below(80), dice.below(4) * 25)),
                ("is_active", if dice.chance(70) { "yes" } else { "no" }),
                ("description", if dice.chance(50) { *dice.one(NAMES) } else { "" }),
            ],
        );
        lab.make("sites.create", &[("name", &name(dice, n)), ("city", *dice.one(NAMES))]);
        lab.make(
            "organizations.create",
            &[("name", dice.one(NAMES).trim()), ("kind", "partner")]
                .map(|(field, value)| (field, if value.is_empty() { "x" } else { value })),
        );
    }
    let pick = |lab: &Lab, kind: &str| -> Vec<Id> {
        let rows = lab.store.list(&lab.admin, &ListRequest::all(entity(kind), 1_000)).unwrap().rows;
        rows.iter().map(|row| row.id).collect()
    };
    let (plans, sites, organizations) = (pick(lab, "plans"), pick(lab, "sites"), pick(lab, "organizations"));
    let maybe = |dice: &mut Dice, ids: &[Id]| {
        if dice.chance(60) && !ids.is_empty() { dice.one(ids).to_string() } else { String::new() }
    };
    let mut customers = Vec::new();
    for n in 0..220 {
        let full = if dice.chance(60) { name(dice, n) } else { format!("{}x", dice.one(NAMES).trim()) };
        let expires = ["", "2026-11-21T00:00:00Z", "2025-01-01T00:00:00Z", "2027-06-01T12:30:00Z"][dice.below(4)];
        let values = [
            ("name", full),
            ("plan", maybe(dice, &plans)),
            ("organization", maybe(dice, &organizations)),
            ("email", if dice.chance(50) { format!("Person.{n}@Example.com") } else { String::new() }),
            (
                "phone",
                if dice.chance(50) {
                    let country = ["+254 ", "0"][dice.below(2)];
                    format!("{country}7{:02} {:03} 394", dice.below(100), dice.below(1000))
                } else {
                    String::new()
                },
            ),
            ("company", if dice.chance(50) { (*dice.one(NAMES)).to_owned() } else { String::new() }),
            (
                "notes",
                if dice.chance(50) { format!("{}\n{}", dice.one(NAMES), dice.one(NAMES)) } else { String::new() },
            ),
            ("expires_at", expires.to_owned()),
            ("connection_type", ["", "pppoe", "static"][dice.below(3)].to_owned()),
            (
                "mac_address",
                if dice.chance(40) { format!("00:1b:44:11:3a:{:02x}", dice.below(16)) } else { String::new() },
            ),
            ("username", if dice.chance(40) { format!("User_{n}") } else { String::new() }),
        ];
        let written: Vec<(&str, &str)> = values.iter().map(|(field, value)| (*field, value.as_str())).collect();
        let id = lab.make("customers.create", &written);
        customers.push(id);
        put_into_state(
            lab,
            entity("customers"),
            id,
            ["active", "active", "suspended", "expired", "terminated"][dice.below(5)],
        );
    }
    let mut raw = lab.raw();
    for id in &customers {
        let balance = i64::try_from(dice.below(9)).unwrap() * 125_000 - 500_000;
        let id = raw.id(*id);
        raw.execute(&format!("UPDATE customers SET wallet_balance = {balance} WHERE id = {id}"));
    }
    let mut devices: Vec<Id> = Vec::new();
    for n in 0..160 {
        let address = match dice.below(4) {
            0 => String::new(),
            1 => format!("2001:db8:{:x}::{n:x}", dice.below(4)),
            2 => format!("10.4.{}.{n}", dice.below(3)),
            _ => format!("192.168.{}.{n}", dice.below(3)),
        };
        let values = [
            ("name", name(dice, n / 3)),
            ("device_type", (*dice.one(&["olt", "switch", "router", "Router"])).to_owned()),
            ("site", maybe(dice, &sites)),
            ("customer", maybe(dice, &customers)),
            ("parent", maybe(dice, &devices)),
            ("management_ip", address),
            ("tags", ["", "core", "core, west", "wéstern"][dice.below(4)].to_owned()),
            ("serial_number", if dice.chance(50) { format!("SN-{n}") } else { String::new() }),
            ("total_ports", (dice.below(4) * 8).to_string()),
            ("in_port", ["", "1", "7"][dice.below(3)].to_owned()),
            ("notes", if dice.chance(50) { (*dice.one(NAMES)).to_owned() } else { String::new() }),
        ];
        let written: Vec<(&str, &str)> = values.iter().map(|(field, value)| (*field, value.as_str())).collect();
        let id = lab.make("devices.create", &written);
        devices.push(id);
        let row = raw.id(id);
        let health = *dice.one(&["unknown", "up", "up", "down", "unreachable", "degraded", "flapping", "maintenance"]);
        let loss = ["NULL", "0", "150", "10000"][dice.below(4)];
        raw.execute(&format!(
            "UPDATE device_health SET health = '{health}', loss_percent = {loss} WHERE device_id = {row}"
        ));
        if dice.chance(20) {
            let incident = lab.make(
                "incidents.create",
                &[
                    ("title", *dice.one(&["Fibre cut", "Power"])),
                    ("device", &id.to_string()),
                    ("severity", *dice.one(&["critical", "minor"])),
                ],
            );
            if dice.chance(50) {
                lab.must("incidents.acknowledge", incident, &[]);
            }
        }
    }
}

impl World {
    pub fn read(lab: &Lab, locale: Locale) -> Self {
        let mut records = HashMap::new();
        for kind in entities::all() {
            for record in lab.store.list(&lab.admin, &ListRequest::all(kind, 10_000)).unwrap().rows {
                records.insert((kind.name, record.id), record);
            }
        }
        Self { records, locale, me: lab.admin.user().expect("a person") }
    }

    pub fn of(&self, kind: &str) -> Vec<&Record> {
        let mut records: Vec<&Record> =
            self.records.iter().filter(|((name, _), _)| *name == kind).map(|(_, record)| record).collect();
        records.sort_by_key(|record| record.id);
        records
    }

    /// The records that a filter takes, in the order of their ids.
    pub fn taken(&self, kind: &'static Entity, filter: &Resolved) -> Vec<Id> {
        self.of(kind.name)
            .into_iter()
            .filter(|record| matches(filter, &Seen { world: self, record }))
            .map(|record| record.id)
            .collect()
    }
}

/// A record as a filter sees it.
struct Seen<'a> {
    world: &'a World,
    record: &'a Record,
}

impl<'a> Seen<'a> {
    /// The record that a reference points at.
    fn follow(&self, field: &str) -> Option<Seen<'a>> {
        let field = self.record.entity.field(field)?;
        let id = self.record.get(field.id_name()?).as_id()?;
        Some(Seen { world: self.world, record: self.world.records.get(&(field.reference?, id))? })
    }
}

impl Seen<'_> {
    /// How those are called that a path through references and relations leads to.
    fn at_the_end_of(&self, path: &str) -> Vec<Reference> {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let called = |record: &Record| {
            let text = |field: &str| match record.entity.called_by().iter().any(|known| known.name == field) {
                true => record.get(field).as_str().to_owned(),
                false => String::new(),
            };
            Reference { number: text("number"), name: text(record.entity.label) }
        };
        let (first, condition) = match first.split_once('[') {
            Some((first, condition)) => (first, condition.strip_suffix(']')),
            None => (first, None),
        };
        let is_reference = self.record.entity.field(first).is_some_and(|field| field.reference.is_some());
        let next: Vec<Seen<'_>> =
            if is_reference { self.follow(first).into_iter().collect() } else { self.pointing_here(first) };
        let next = next.iter().filter(|seen| condition.is_none_or(|condition| seen.is(condition)));
        match rest {
            None => next.map(|seen| called(seen.record)).collect(),
            Some(rest) => next.flat_map(|seen| seen.at_the_end_of(rest)).collect(),
        }
    }

    /// The records of a relation.
    fn pointing_here(&self, relation: &str) -> Vec<Seen<'_>> {
        let relation = entities::relations(self.record.entity)
            .iter()
            .find(|known| known.name == relation)
            .expect("a known relation");
        let other = entity(relation.entity);
        let field =
            other.fields.iter().find(|field| field.column() == Some(relation.column)).expect("a field of that column");
        let points_here =
            |record: &&Record| record.get(field.id_name().expect("a reference")).as_id() == Some(self.record.id);
        let records = self.world.of(relation.entity).into_iter().filter(points_here);
        records.map(|record| Seen { world: self.world, record }).collect()
    }
}

impl Subject for Seen<'_> {
    fn value(&self, field: &str) -> Value {
        if let Some((reference, rest)) = field.split_once('.') {
            return self.follow(reference).map_or(Value::Null, |seen| seen.value(rest));
        }
        let known = self.record.entity.field(field).expect("a known field");
        self.record.get(known.id_name().unwrap_or(field)).clone()
    }

    fn reference(&self, field: &str) -> Option<Reference> {
        if let Some((reference, rest)) = field.split_once('.') {
            return self.follow(reference)?.reference(rest);
        }
        let record = self.follow(field)?.record;
        Some(Reference {
            number: record.get("number").as_str().to_owned(),
            name: record.get(record.entity.label).as_str().to_owned(),
        })
    }

    fn shown(&self) -> Vec<Reference> {
        self.record.entity.shows.iter().flat_map(|path| self.at_the_end_of(path)).collect()
    }

    fn is_me(&self, field: &str) -> bool {
        match field.split_once('.') {
            Some((reference, rest)) => self.follow(reference).is_some_and(|seen| seen.is_me(rest)),
            None => self.value(field).as_id() == Some(self.world.me),
        }
    }

    fn search_text(&self) -> String {
        let kind = self.record.entity;
        let fields: Vec<&str> = kind.texts().into_iter().map(|field| field.name).collect();
        let mut parts: Vec<String> = fields.iter().map(|field| self.record.get(field).written()).collect();
        // A phone number is also found in one piece.
        parts.extend(
            fields
                .iter()
                .filter(|field| kind.digits_of(field).is_some())
                .map(|field| text::digits(self.record.get(field).as_str())),
        );
        text::search_text(parts.iter().map(String::as_str))
    }

    fn is(&self, condition: &str) -> bool {
        let condition =
            self.record.entity.conditions.iter().find(|known| known.name == condition).expect("a known condition");
        matches(
            &parse_filter(self.record.entity, condition.means, self.world.locale)
                .expect("a condition that is a filter"),
            self,
        )
    }

    fn related(&self, relation: &str) -> Vec<Box<dyn Subject + '_>> {
        self.pointing_here(relation).into_iter().map(|seen| Box::new(seen) as Box<dyn Subject + '_>).collect()
    }
}
