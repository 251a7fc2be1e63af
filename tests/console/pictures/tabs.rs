//! Every list and every form of a tab, with nothing in them and with a record of each kind.

use headend::console::message::Question;
use headend::domain::{Id, Kind, Value};
use headend::resources::{self, Group, Resource};
use headend::store::{Field, FieldAccess, Request};

use super::album::{Album, NOON, at_noon, is_list};
use crate::common::{Engine, Lab};
use crate::fixtures;
use crate::hand::Hand;

/// What is of the day on which this runs, the founding that every database begins with, is of the day that is pictured.
fn logged_at_noon(lab: &Lab) {
    let mut raw = lab.raw();
    // Nothing is done any more behind these.
    raw.lift_guards();
    let noon = raw.time(NOON.parse().unwrap());
    raw.execute(&format!("UPDATE audit_log SET created_at = {noon}; UPDATE operations SET started_at = {noon}"));
}

/// Letters that are two columns wide, that are two bytes long, and that are put together.
const WIDE: &str = "漢字 Zoë e\u{301}";

/// Kinds whose pages show no text but what the program or a machine wrote.
const NAMELESS: [&str; 13] = [
    "audit_log",
    "operations",
    "webhook_events",
    "outbox",
    "retention_runs",
    "imported_ids",
    "settings",
    "api_tokens",
    "user_sessions",
    "user_factors",
    "watches",
    "booking_waitlist",
    "journal_entries",
];

/// Writes wide and combined letters into the texts of a record that take them; those that did, of which the next record
/// of the kind need not be asked.
fn widen_own(lab: &Lab, resource: &Resource, id: Id, n: u32, known: Option<&[&'static str]>) -> Vec<&'static str> {
    let Some(update) = resource.update() else { return Vec::new() };
    let text = || Value::text(format!("{WIDE} {n}"));
    let write = |fields: &[&'static str]| {
        let request =
            fields.iter().fold(Request::new(update).on(id, None), |request, field| request.with(field, text()));
        lab.store.perform(&lab.admin, &request)
    };
    if let Some(known) = known {
        write(known).unwrap();
        return known.to_vec();
    }
    let is_text = |field: &&Field| {
        matches!(field.kind, Kind::Text | Kind::Lines)
            && field.access == FieldAccess::Write
            && field.reference.is_none()
    };
    let texts = resource.entity.fields.iter().filter(is_text).map(|field| field.name);
    // Not every text may be any.
    texts.filter(|text| write(&[text]).is_ok()).collect()
}

/// Lets a record show wide and combined letters: its own, or those of what it points at.
fn widen(lab: &Lab, resource: &Resource, id: Id, n: u32, known: &mut Option<Vec<&'static str>>) {
    let own = known.insert(widen_own(lab, resource, id, n, known.as_deref()));
    if !own.is_empty() {
        return;
    }
    let record = lab.store.get(&lab.admin, resource.entity, id).unwrap().unwrap();
    for field in resource.entity.fields {
        let at = field.column().and_then(|column| record.get(column).as_id());
        if let (Some(other), Some(id)) = (field.reference.and_then(resources::find), at) {
            widen_own(lab, other, id, n, None);
        }
    }
}

/// Some records of a kind, in wide letters, and the first of them.
fn make(resource: &Resource, count: u32) -> (Hand, Id) {
    let mut lab = Lab::new(Engine::Sqlite);
    lab.stands_at(NOON.parse().unwrap());
    fixtures::count_anew();
    let mut texts = None;
    let ids: Vec<Id> = (1..=count)
        .map(|n| {
            let id = fixtures::make(&lab, &lab.admin, resource.entity.name);
            widen(&lab, resource, id, n, &mut texts);
            id
        })
        .collect();
    if is_a_log(resource) {
        logged_at_noon(&lab);
    }
    (Hand::of(lab), ids[0])
}

fn album(group: Group, states: &str) -> Album {
    let name = format!("tab_{}{states}", format!("{group:?}").to_lowercase());
    Album::new(Box::leak(name.into_boxed_str()))
}

const fn is_get(question: &Question) -> bool {
    matches!(question, Question::Get { .. })
}

/// A list with a record in it, of a name in wide and combined letters where it has one of its own, and that record's
/// page and form: being read, not read as the line is gone, and read.
fn filled(group: Group) {
    let mut album = album(group, "_filled");
    for resource in resources::all().filter(|resource| resource.group() == group) {
        let name = resource.entity.name;
        let (mut hand, id) = make(resource, 1);
        hand.opens_list(name);
        hand.settle();
        hand.rests();
        album.take(&mut hand, &format!("{name}, a list"));
        hand.state.places.pop();
        hand.opens(resource, id);
        album.take(&mut hand, &format!("{name}, a page, being read"));
        hand.break_line(is_get);
        album.take(&mut hand, &format!("{name}, a page, the line is gone"));
        hand.state.places.pop();
        hand = Hand::of(hand.lab);
        hand.opens(resource, id);
        hand.settle();
        album.take(&mut hand, &format!("{name}, a page"));
        let is_wide = hand.shown().contains(WIDE);
        assert_ne!(is_wide, NAMELESS.contains(&name), "{name}, whether wide letters are pictured:\n{}", hand.shown());
        if resource.update().is_some() {
            hand.press("e");
            album.take(&mut hand, &format!("{name}, its form, being read"));
            hand.break_line(is_get);
            album.take(&mut hand, &format!("{name}, its form, the line is gone"));
            hand = Hand::of(hand.lab);
            hand.opens(resource, id);
            hand.settle();
            hand.does("e");
            album.take(&mut hand, &format!("{name}, its form"));
        }
    }
    album.hide_what_is_random();
}

/// Rows of a list that is full on the tallest of the screens.
const FULL: u32 = 40;

/// A list of more records than there is room for.
fn full(group: Group) {
    let mut album = album(group, "_full");
    for resource in resources::all().filter(|resource| resource.group() == group) {
        let (mut hand, _) = make(resource, FULL);
        hand.opens_list(resource.entity.name);
        hand.settle();
        hand.rests();
        album.take(&mut hand, &format!("{}, a full list", resource.entity.name));
    }
    album.hide_what_is_random();
}

/// Whether the founding of the organisation stands in it.
fn is_a_log(resource: &Resource) -> bool {
    matches!(resource.entity.name, "audit_log" | "operations")
}

/// Every list and every form of a tab, where nothing but what an organisation begins with is there.
fn tab(group: Group) {
    let mut album = album(group, "");
    let mut hand = at_noon();
    let all = || resources::all().filter(|resource| resource.group() == group);
    if all().any(is_a_log) {
        logged_at_noon(&hand.lab);
    }
    for resource in all() {
        // Somebody has just come in, to each.
        hand = Hand::of(hand.lab);
        hand.opens_list(resource.entity.name);
        album.take(&mut hand, &format!("{}, being read", resource.entity.name));
        hand.break_line(is_list);
        album.take(&mut hand, &format!("{}, the line is gone", resource.entity.name));
        hand = Hand::of(hand.lab);
        hand.opens_list(resource.entity.name);
        hand.settle();
        album.take(&mut hand, &format!("{}, a list", resource.entity.name));
        if resource.create().is_some() {
            hand.does("a");
            album.take(&mut hand, &format!("{}, a form", resource.entity.name));
            hand.does("ctrl-s");
            album.take(&mut hand, &format!("{}, a form with nothing written, to be saved", resource.entity.name));
        }
    }
    album.hide_what_is_random();
}

/// Some tabs a test: they are taken side by side.
macro_rules! pictures {
    ($($empty:ident $filled:ident $full:ident: $($group:ident)+;)*) => {$(
        #[test]
        fn $empty() {
            $(tab(Group::$group);)+
        }

        #[test]
        fn $filled() {
            $(filled(Group::$group);)+
        }

        #[test]
        fn $full() {
            $(full(Group::$group);)+
        }
    )*};
}

pictures! {
    tabs_customers_and_devices filled_customers_and_devices full_customers_and_devices: Customers Devices;
    tabs_bookings_and_stock filled_bookings_and_stock full_bookings_and_stock: Bookings Stock;
    tabs_tickets_and_contracts filled_tickets_and_contracts full_tickets_and_contracts: Tickets Contracts;
    tabs_network_finance_and_admin filled_network_finance_and_admin full_network_finance_and_admin: Network Finance Admin;
}
