//! What a record looks like to people and files: names, columns of its list, fields of its form,
//! what can be done to it. Lists, forms, import, export, the command line and the docs read this;
//! one file a domain. What is said of it stands with the texts of the screens, by its name.

mod addresses;
mod booking_plans;
mod bookings;
mod contracts;
mod customers;
mod device_care;
mod devices;
mod expenses;
mod group;
mod integrations;
mod invoices;
mod jobs;
mod leads;
mod ledger;
mod licenses;
mod messages;
mod notes;
mod orders;
mod organisation;
mod payments;
mod people;
mod products;
mod purchasing;
pub mod reference;
mod sessions;
mod settings;
mod shifts;
mod sla;
mod software;
mod stock;
mod stock_requests;
mod stock_takes;
mod templates;
mod tenancy;
mod testing;
mod texts;
mod tickets;
mod tokens;
mod topologies;
mod tunnels;
mod upkeep;
mod views;
mod vouchers;
mod wallets;

pub use group::Group;
pub use texts::{deed_label, is_told_by_distance, label, operation_help, operation_label, what_was_done};

use crate::domain::Kind;
use crate::domain::words::Words;
use crate::store::entities;
use crate::store::entity::{Entity, Field, FieldAccess, Relation};
use crate::store::operation::{self, Does, Operation};

/// One kind of record, as people meet it.
pub struct Resource {
    pub entity: &'static Entity,
    /// Other names for `:` and the command line.
    pub aliases: &'static [&'static str],
    /// The columns of its list, those that matter most first.
    pub columns: &'static [Column],
    /// The fields of its form in their order. What is not listed is not asked for.
    pub form: &'static [&'static str],
    /// The letters that start its actions, by verb, where it is not the verb's usual one.
    pub letters: &'static [(&'static str, char)],
}

static NOTHING: Entity = Entity::PLAIN;

/// One column of a list.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub field: &'static str,
    /// Cells: the fewest that are of use, and the most that are wanted.
    pub width: (u16, u16),
    pub right: bool,
}

/// A column of text.
#[must_use]
pub const fn column(field: &'static str, least: u16, most: u16) -> Column {
    Column { field, width: (least, most), right: false }
}

/// A column of numbers.
#[must_use]
pub const fn number(field: &'static str, least: u16, most: u16) -> Column {
    Column { field, width: (least, most), right: true }
}

/// The resources of each trade and the tab they stand in, those first that people work with most.
static DOMAINS: &[(Group, &[&Resource])] = &[
    (Group::Customers, customers::RESOURCES),
    (Group::Customers, leads::RESOURCES),
    (Group::Customers, vouchers::RESOURCES),
    (Group::Customers, notes::RESOURCES),
    (Group::Customers, messages::RESOURCES),
    (Group::Devices, devices::RESOURCES),
    (Group::Admin, people::RESOURCES),
    (Group::Finance, invoices::RESOURCES),
    (Group::Finance, payments::RESOURCES),
    (Group::Finance, wallets::RESOURCES),
    (Group::Finance, expenses::RESOURCES),
    (Group::Finance, licenses::RESOURCES),
    (Group::Finance, ledger::RESOURCES),
    (Group::Contracts, contracts::RESOURCES),
    (Group::Contracts, orders::RESOURCES),
    (Group::Contracts, products::RESOURCES),
    (Group::Bookings, bookings::RESOURCES),
    (Group::Bookings, booking_plans::RESOURCES),
    (Group::Stock, stock::RESOURCES),
    (Group::Stock, stock_requests::RESOURCES),
    (Group::Stock, stock_takes::RESOURCES),
    (Group::Stock, purchasing::RESOURCES),
    (Group::Tickets, tickets::RESOURCES),
    (Group::Tickets, jobs::RESOURCES),
    (Group::Tickets, sla::RESOURCES),
    (Group::Tickets, shifts::RESOURCES),
    (Group::Network, addresses::RESOURCES),
    (Group::Network, sessions::RESOURCES),
    (Group::Network, tunnels::RESOURCES),
    (Group::Network, topologies::RESOURCES),
    (Group::Devices, software::RESOURCES),
    (Group::Devices, templates::RESOURCES),
    (Group::Devices, testing::RESOURCES),
    (Group::Admin, integrations::RESOURCES),
    (Group::Admin, tenancy::RESOURCES),
    (Group::Devices, device_care::RESOURCES),
    (Group::Admin, organisation::RESOURCES),
    (Group::Admin, upkeep::RESOURCES),
    (Group::Admin, settings::RESOURCES),
    (Group::Admin, tokens::RESOURCES),
    (Group::Admin, views::RESOURCES),
];

/// Resources that stand in another tab than their trade.
static ELSEWHERE: &[(&str, Group)] = &[
    ("device_health_snapshots", Group::Devices),
    ("device_health_rollups", Group::Devices),
    ("organizations", Group::Contracts),
    ("incidents", Group::Network),
];

/// All resources.
pub fn all() -> impl Iterator<Item = &'static Resource> {
    DOMAINS.iter().flat_map(|(_, resources)| resources.iter().copied())
}

/// A resource by its name, its singular or one of its aliases.
#[must_use]
pub fn find(name: &str) -> Option<&'static Resource> {
    // Asked for every name that is completed, at every letter: nothing is written anew for it.
    let letter = |byte: u8| if matches!(byte, b'-' | b' ') { b'_' } else { byte };
    let is_it = |known: &str| known.len() == name.len() && known.bytes().map(letter).eq(name.bytes().map(letter));
    all().find(|resource| {
        is_it(resource.entity.name)
            || is_it(resource.entity.singular)
            || resource.aliases.iter().any(|alias| is_it(alias))
    })
}

/// What to whose records is done keeps this one's, where nobody adds them by hand: stock moves by what is done to an item.
#[must_use]
pub fn kept_by(resource: &'static Resource) -> Option<&'static Resource> {
    let entity = resource.entity;
    let whose = entity.field(entity.belongs_to?)?.reference?;
    of(crate::store::entities::find(whose)?).filter(|other| other.actions().next().is_some())
}

/// That no record is added below another one that it points at, and where one is.
#[must_use]
pub fn not_added_below(resource: &'static Resource) -> String {
    let title = resource.title(Words::ENGLISH);
    let command = resource.aliases.first().copied().unwrap_or(resource.entity.name);
    format!("{title}: what makes one stand here comes by itself; :{command} has all of them, and adds one")
}

/// That records are not added by hand, and where they come from.
#[must_use]
pub fn not_by_hand(resource: &'static Resource) -> String {
    let title = resource.title(Words::ENGLISH);
    match kept_by(resource) {
        Some(other) => {
            let others = other.several(Words::ENGLISH);
            let command = other.aliases.first().copied().unwrap_or(other.entity.name);
            format!("{title}: not added by hand, but by what is done to {others} (:{command}, then ‹actions›)")
        }
        None => match Words::ENGLISH.find(&format!("resource.{}.begin", resource.entity.name)) {
            Some(begins) if resource.creation().is_some() => format!("{title}: not added here. {begins}"),
            _ => format!("{title}: not added by hand"),
        },
    }
}

/// The resource of an entity.
#[must_use]
pub fn of(entity: &'static Entity) -> Option<&'static Resource> {
    all().find(|resource| resource.entity == entity)
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.entity.name)
    }
}

impl Resource {
    /// A resource of nothing: each says what it is beyond this.
    const PLAIN: Self = Self { entity: &NOTHING, aliases: &[], columns: &[], form: &[], letters: &[] };

    /// The tab it stands in.
    #[must_use]
    pub fn group(&self) -> Group {
        let elsewhere = ELSEWHERE.iter().find(|(name, _)| *name == self.entity.name);
        let trade = || DOMAINS.iter().find(|(_, all)| all.iter().any(|resource| resource.entity == self.entity));
        elsewhere.map(|(_, group)| *group).or_else(|| trade().map(|(group, _)| *group)).unwrap_or(Group::Admin)
    }

    /// Terms of a filter that mean something in this list: by a state, by time, and a named condition.
    #[must_use]
    pub fn filter_examples(&self) -> Vec<String> {
        let entity = self.entity;
        let state = entity.field("status").and_then(|field| match field.kind {
            Kind::Choice(words) => words.first().map(|word| format!("status:{word}")),
            _ => None,
        });
        let moment = || entity.fields.iter().find(|field| field.kind == Kind::Instant);
        let moment = entity.field("created_at").or_else(moment);
        let time = moment.map(|field| format!("{}>-7d", field.name));
        let condition = entity.conditions.first().map(|condition| format!("is:{}", condition.name));
        state.into_iter().chain(time).chain(condition).collect()
    }

    /// The letter that starts an action in the action menu.
    #[must_use]
    pub fn letter(&self, verb: &str) -> char {
        self.letters.iter().find(|(name, _)| *name == verb).map_or_else(|| letter(verb), |(_, letter)| *letter)
    }

    /// The operation that makes a record from fields.
    #[must_use]
    pub fn creation(&self) -> Option<&'static Operation> {
        operation::of(self.entity).find(|operation| matches!(operation.does, Does::Create))
    }

    /// The same, where a form has all that it takes: what else a record needs stands where one makes it from, as the list
    /// whose view is kept.
    #[must_use]
    pub fn create(&self) -> Option<&'static Operation> {
        let is_asked = |field: &Field| self.form_fields(true).any(|known| known.name == field.name);
        let wants = |field: &&Field| field.required && field.access != FieldAccess::Read && field.default.is_none();
        self.creation().filter(|_| self.entity.fields.iter().filter(wants).all(is_asked))
    }

    /// The operation that sets fields.
    #[must_use]
    pub fn update(&self) -> Option<&'static Operation> {
        operation::of(self.entity).find(|operation| matches!(operation.does, Does::Update))
    }

    /// The workflows that make a record from what they ask.
    pub fn makes(&self) -> impl Iterator<Item = &'static Operation> {
        operation::of(self.entity).filter(|operation| matches!(operation.does, Does::Make(_)))
    }

    /// What adds a record: its own operation, else the only one that makes such records.
    #[must_use]
    pub fn adds(&self) -> Option<&'static Operation> {
        let mut makes = self.makes();
        let only = makes.next().filter(|_| makes.next().is_none());
        self.create().or(only)
    }

    /// What adds a record that points at another one by this field, where that is filled in; none where it comes by itself.
    #[must_use]
    pub fn adds_by(&self, field: &str) -> Option<&'static Operation> {
        self.adds().filter(|operation| match operation.does {
            Does::Make(_) => operation.asks.iter().any(|asked| asked.name == field),
            _ => self.form_fields(true).any(|known| known.name == field),
        })
    }

    /// What writes a record below the one that it points at by this field: an operation on that one.
    #[must_use]
    pub fn written_below(&self, field: &str) -> Option<&'static Operation> {
        operation::find(self.entity.written_by?).filter(|_| self.entity.belongs_to == Some(field))
    }

    /// What can be done to a record besides setting its fields.
    pub fn actions(&self) -> impl Iterator<Item = &'static Operation> {
        operation::of(self.entity)
            .filter(|operation| !matches!(operation.does, Does::Create | Does::Update | Does::Import))
    }

    /// The action by its verb.
    #[must_use]
    pub fn action(&self, verb: &str) -> Option<&'static Operation> {
        self.actions().find(|operation| operation.verb() == verb)
    }

    /// What points at a record of this kind, as lists: each relation with the other resource and the field over there.
    pub fn relations(&self) -> impl Iterator<Item = (&'static Relation, &'static Resource, &'static Field)> {
        entities::relations(self.entity).iter().filter_map(|relation| {
            let other = find(relation.entity)?;
            let field = other.entity.fields.iter().find(|field| field.column() == Some(relation.column))?;
            Some((relation, other, field))
        })
    }

    /// The fields of the form.
    pub fn form_fields(&self, creating: bool) -> impl Iterator<Item = &'static Field> {
        self.form.iter().filter_map(|name| self.entity.field(name)).filter(move |field| match field.access {
            FieldAccess::Write => true,
            FieldAccess::Create => creating,
            FieldAccess::Read => false,
        })
    }

    /// The fields that a file carries in and out, secrets and the hashes of tokens aside.
    pub fn file_fields(&self) -> impl Iterator<Item = &'static Field> {
        use crate::domain::Kind;
        self.entity.fields.iter().filter(|field| !matches!(field.kind, Kind::Secret | Kind::Bytes))
    }
}

/// The letter that starts an action in the action menu: fixed by verb, never moving with state, and
/// never a key that means something else there (j k x y n q or a digit).
#[must_use]
pub fn letter(verb: &str) -> char {
    match verb {
        "suspend" => 's',
        "reactivate" | "renew" | "reopen" => 'r',
        "acknowledge" => 'a',
        "terminate" | "retire" | "delete" => 'd',
        "expire" => 'e',
        "maintain" => 'm',
        "deactivate" => 'o',
        "investigate" => 'i',
        "resolve" => 'v',
        "lock" => 'l',
        "unlock" => 'u',
        "enable" => 'b',
        "adjust_wallet" => 'a',
        "top_up" => 'p',
        "downgrade" | "win" => 'o',
        "wait" => 'h',
        "refund_wallet" | "end" => 'f',
        "complete" => 'o',
        "install" | "revoke" => 'v',
        "contact" => 'h',
        other => other.chars().next().unwrap_or('z'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_of_a_filter_is_one() {
        let locale = crate::domain::value::Locale {
            zone: chrono_tz::UTC,
            now: chrono::DateTime::UNIX_EPOCH,
            manner: Default::default(),
        };
        for resource in all() {
            for example in resource.filter_examples() {
                let read = crate::store::list::parse_filter(resource.entity, &example, locale);
                assert!(read.is_ok(), "{}: {example}: {read:?}", resource.entity.name);
            }
        }
        let of = |name: &str| find(name).unwrap().filter_examples();
        assert_eq!(of("customers"), ["status:active", "created_at>-7d", "is:overdue"]);
    }

    /// What words are not looked for in though a list shows it: what is counted or worked out, and what the last check said,
    /// which is another with every round.
    const NO_TEXTS: &[(&str, &str)] = &[
        ("devices", "message"),
        ("ip_pools", "used_ips"),
        ("ip_pools", "total_ips"),
        ("device_software", "newer_version"),
    ];
    /// Texts that the database puts together from other records, and these.
    const PUT_TOGETHER: &[(&str, &str, &str)] = &[
        ("bookings", "title", "group"),
        ("bookings", "user", "group.user"),
        ("booking_groups", "devices", "bookings"),
        ("booking_groups", "people", "people"),
        ("users", "roles", "role_assignments[active].role"),
        ("stock_items", "levels", "levels[there].location"),
    ];

    /// Words are looked for in what one sees: texts, and the names and numbers of what is referred to.
    #[test]
    fn free_words_look_into_what_a_list_shows() {
        for Resource { entity, columns, .. } in all() {
            let fields = || columns.iter().filter_map(|column| entity.field(column.field));
            let refers = |field: &&Field| field.reference.is_some() && field.column().is_some();
            let together = |field: &Field| {
                let it = PUT_TOGETHER.iter().find(|(of, name, _)| *of == entity.name && *name == field.name);
                it.map(|(.., path)| *path)
            };
            let mut shown: Vec<&str> = fields().filter(refers).map(|field| field.name).collect();
            shown.extend(fields().filter_map(together));
            let mut known = entity.shows.to_vec();
            shown.sort_unstable();
            known.sort_unstable();
            assert_eq!(known, shown, "what {} show", entity.name);
            let is_text = |field: &&Field| {
                let text = matches!(field.kind, Kind::Text | Kind::Lines) && field.reference.is_none();
                text && together(field).is_none() && !NO_TEXTS.contains(&(entity.name, field.name))
            };
            let texts: Vec<&str> = entity.texts().into_iter().map(|field| field.name).collect();
            let not_found = |field: &&Field| !texts.contains(&field.name);
            let missing: Vec<&str> = fields().filter(is_text).filter(not_found).map(|field| field.name).collect();
            assert!(missing.is_empty(), "{}: no word finds {missing:?} of {texts:?}", entity.name);
        }
    }

    /// What stands in a column is sorted by, but for what has no order.
    #[test]
    fn a_list_is_sorted_by_each_of_its_columns() {
        for Resource { entity, columns, .. } in all() {
            for field in columns.iter().filter_map(|column| entity.field(column.field)) {
                let has_order = !matches!(field.kind, Kind::Json | Kind::Secret | Kind::Id);
                let is_sorted = crate::store::list::is_sorted_by(field);
                assert_eq!(is_sorted, has_order, "{}.{}: {:?}", entity.name, field.name, field.kind);
            }
        }
    }

    /// Whoever has learned a letter in one list has learned it in all.
    #[test]
    fn a_verb_has_one_letter_wherever_it_stands() {
        let mut known: std::collections::BTreeMap<&str, (char, &str)> = Default::default();
        for resource in all() {
            // A token is made for somebody by a form, as other records are by `a`.
            for operation in resource.actions().filter(|operation| operation.verb() != "create") {
                let letter = resource.letter(operation.verb());
                let (other, of) = *known.entry(operation.verb()).or_insert((letter, resource.entity.name));
                assert_eq!(letter, other, "{} of {} and of {of}", operation.verb(), resource.entity.name);
            }
        }
    }

    #[test]
    fn every_entity_has_its_resource_and_every_name_is_its_own() {
        let mut names = std::collections::HashSet::new();
        for entity in crate::store::entities::all() {
            let resource = of(entity).unwrap_or_else(|| panic!("{} has no resource", entity.name));
            for column in resource.columns {
                assert!(entity.field(column.field).is_some(), "{}.{}", entity.name, column.field);
            }
            for field in resource.form {
                assert!(entity.field(field).is_some(), "{}.{field}", entity.name);
            }
            for name in resource.aliases.iter().copied().chain([entity.name]) {
                assert!(names.insert(name), "{name} names two resources");
            }
        }
    }

    #[test]
    fn what_stands_elsewhere_is_there_and_really_elsewhere() {
        for (name, group) in ELSEWHERE {
            let resource = find(name).unwrap_or_else(|| panic!("{name} is no resource"));
            let trade = DOMAINS.iter().find(|(_, all)| all.iter().any(|known| known.entity == resource.entity));
            assert_eq!(resource.group(), *group);
            assert!(trade.is_some_and(|(of_trade, _)| of_trade != group), "{name}");
        }
    }

    #[test]
    fn what_points_at_a_record_can_be_opened_as_a_list() {
        for resource in all() {
            let all = crate::store::entities::relations(resource.entity).len();
            assert_eq!(resource.relations().count(), all, "{}", resource.entity.name);
        }
    }

    #[test]
    fn no_menu_has_a_letter_twice_or_one_that_means_something_else() {
        for resource in all() {
            let mut letters = std::collections::HashMap::new();
            for action in resource.actions() {
                let letter = resource.letter(action.verb());
                assert!(!"jkxynq".contains(letter), "{}", action.name);
                if let Some(other) = letters.insert(letter, action.name) {
                    // Two verbs may share a letter where never both are open: renew and reactivate.
                    let lifecycle = resource
                        .entity
                        .lifecycle
                        .unwrap_or_else(|| panic!("{} and {other} share {letter}", action.name));
                    let open = |verb: &str| -> Vec<&str> {
                        lifecycle.moves.iter().filter(|m| m.verb == verb).flat_map(|m| m.from).copied().collect()
                    };
                    let (a, b) = (open(action.verb()), open(other.rsplit('.').next().unwrap()));
                    assert!(a.iter().all(|state| !b.contains(state)), "{} and {other} share {letter}", action.name);
                }
            }
        }
    }
}
