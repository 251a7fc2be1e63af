//! What a filter may call a field or a relation besides its own name. A field goes by what the screens call it in
//! English, by its name without what only says that it is a time or a yes, and by first or last words of its name; a
//! relation by the singular of what it lists. What two could be called is the name of neither; own names go before all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::domain::words::english;
use crate::store::entities;
use crate::store::entity::Entity;

/// Words of the language itself.
const KEPT: [&str; 5] = ["is", "has", "no", "and", "or"];
/// Endings that only say that a field is a time or a day.
const TIMES: [&str; 3] = ["_at", "_on", "_date"];

/// By other names: the proper ones.
#[derive(Debug, Default)]
pub struct Names {
    fields: BTreeMap<String, &'static str>,
    relations: BTreeMap<String, &'static str>,
}

impl Names {
    /// Those of one kind of record.
    #[must_use]
    pub fn of(entity: &'static Entity) -> &'static Self {
        static ALL: OnceLock<BTreeMap<&'static str, Names>> = OnceLock::new();
        static NONE: Names = Names { fields: BTreeMap::new(), relations: BTreeMap::new() };
        let all = ALL.get_or_init(|| entities::all().map(|entity| (entity.name, Self::gather(entity))).collect());
        all.get(entity.name).unwrap_or(&NONE)
    }

    /// The field that another name, in small letters, stands for.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static str> {
        self.fields.get(&name.replace('-', "_")).copied()
    }

    /// The relation that lists what a singular names.
    #[must_use]
    pub fn relation(&self, name: &str) -> Option<&'static str> {
        self.relations.get(&name.replace('-', "_")).copied()
    }

    /// Every other name of a field with the field.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.fields.iter().map(|(name, field)| (name.as_str(), *field))
    }

    fn gather(entity: &'static Entity) -> Self {
        let mut fields = BTreeMap::new();
        for called in [called_on_screens, without_kind, by_some_words] {
            let new = of_one_alone(entity.fields.iter().map(|field| (field.name, called(entity, field.name))));
            for (name, field) in new {
                if entity.field(&name).is_none() {
                    fields.entry(name).or_insert(field);
                }
            }
        }
        let relations = entities::relations(entity);
        let listed = |of: &str| entities::find(of).map(|other| as_one_word(other.singular)).unwrap_or_default();
        let mut singulars = of_one_alone(relations.iter().map(|known| (known.name, vec![listed(known.entity)])));
        singulars.retain(|name, _| relations.iter().all(|known| known.name != name));
        Self { fields, relations: singulars }
    }
}

/// The names that one thing alone has.
fn of_one_alone(called: impl Iterator<Item = (&'static str, Vec<String>)>) -> BTreeMap<String, &'static str> {
    let mut all: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for (proper, names) in called {
        for name in names.into_iter().filter(|name| !name.is_empty() && !KEPT.contains(&name.as_str())) {
            all.entry(name).or_default().insert(proper);
        }
    }
    let alone = |(name, those): (String, BTreeSet<&'static str>)| match (those.len(), those.first()) {
        (1, Some(only)) => Some((name, *only)),
        _ => None,
    };
    all.into_iter().filter_map(alone).collect()
}

/// `MAC address` as one would type it: `mac_address`.
fn as_one_word(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

fn called_on_screens(entity: &'static Entity, field: &'static str) -> Vec<String> {
    let of_resource = |what: &str| english().get(&format!("resource.{}.{what}.{field}", entity.name));
    let label = of_resource("field").or_else(|| english().get(&format!("field.{field}")));
    label.into_iter().chain(of_resource("column")).map(|text| as_one_word(text)).collect()
}

fn without_kind(_: &'static Entity, field: &'static str) -> Vec<String> {
    let ending = TIMES.iter().find_map(|ending| field.strip_suffix(ending));
    ending.or_else(|| field.strip_prefix("is_")).into_iter().map(str::to_owned).collect()
}

fn by_some_words(_: &'static Entity, field: &'static str) -> Vec<String> {
    let joints = field.match_indices('_').map(|(at, _)| at);
    joints.flat_map(|at| [field.get(..at), field.get(at + 1..)]).flatten().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::filter::Fields as _;
    use crate::store::list::Filterable;

    #[test]
    fn people_call_fields_and_relations_as_they_see_them() {
        for (kind, name, proper) in [
            ("customers", "expires", "expires_at"),
            ("customers", "balance", "wallet_balance"),
            ("customers", "wallet-balance", "wallet_balance"),
            ("customers", "created", "created_at"),
            ("customers", "updated", "updated_at"),
            ("customers", "changed", "updated_at"),
            ("customers", "mac", "mac_address"),
            ("customers", "address", "address"),
            ("devices", "ip", "management_ip"),
            ("devices", "latency", "latency_us"),
            ("devices", "customer.expires", "customer.expires_at"),
            ("tickets", "created", "created_at"),
            ("plans", "active", "is_active"),
        ] {
            let fields = entities::find(kind).map(Filterable);
            let found = fields.as_ref().and_then(|fields| fields.proper(name));
            assert_eq!(found.as_deref(), Some(proper), "{kind} {name}");
        }
        for (kind, name, proper) in [
            ("customers", "ticket", Some("tickets")),
            ("customers", "invoice", Some("invoices")),
            ("customers", "tickets", Some("tickets")),
            ("customers", "customer_merge", None),
        ] {
            let fields = entities::find(kind).map(Filterable);
            let found = fields.as_ref().and_then(|fields| fields.proper_relation(name));
            assert_eq!(found.as_deref(), proper, "{kind} {name}");
        }
    }

    #[test]
    fn what_is_kept_in_smaller_units_is_typed_as_it_is_shown() {
        let locale = crate::domain::value::Locale {
            zone: chrono_tz::Tz::UTC,
            now: "2026-11-20T11:00:00Z".parse().unwrap_or_default(),
            manner: crate::domain::manner::Manner::default(),
        };
        let read =
            |text| entities::find("devices").map(|devices| crate::store::list::parse_filter(devices, text, locale));
        assert_eq!(read("latency>5"), read("latency_us>5000"));
        assert_eq!(read("parent.latency<=20"), read("parent.latency_us<=20000"));
        assert_ne!(read("latency>5"), read("latency_us>5"));
    }

    #[test]
    fn no_other_name_hides_a_name_and_each_means_one_field() {
        for entity in entities::all() {
            for (name, field) in Names::of(entity).fields() {
                assert!(entity.field(name).is_none(), "{}: {name}", entity.name);
                assert!(entity.field(field).is_some(), "{}: {field}", entity.name);
                assert!(!KEPT.contains(&name) && name.chars().all(|c| c.is_alphanumeric() || c == '_'), "{name}");
            }
            let relations = entities::relations(entity);
            for (name, relation) in &Names::of(entity).relations {
                assert!(relations.iter().any(|known| known.name == *relation), "{}: {relation}", entity.name);
                assert!(relations.iter().all(|known| known.name != name), "{}: {name}", entity.name);
            }
        }
    }

    /// What the screens call a field is one of its names, but where they call two so or another is named so.
    #[test]
    fn what_a_screen_calls_a_field_finds_it() {
        for entity in entities::all() {
            let called = |field: &'static str| called_on_screens(entity, field);
            for field in entity.fields {
                for name in called(field.name) {
                    let others = entity.fields.iter().filter(|other| other.name != field.name);
                    let is_taken = others.into_iter().any(|o| o.name == name || called(o.name).contains(&name));
                    let is_named = name == field.name || Names::of(entity).field(&name) == Some(field.name);
                    let is_kept = KEPT.contains(&name.as_str()) || name.is_empty();
                    assert!(is_named || is_taken || is_kept, "{}.{} is not {name}", entity.name, field.name);
                }
            }
        }
    }
}
