//! Every list and every form of a tab, with nothing in them and with a record of each kind.

use headend::domain::Value;
use headend::resources::{self, Group, Resource};
use headend::store::{FieldAccess, Request};

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

/// A list with a record in it, of a name in wide and combined letters where it has one of its own, and that record's
/// page and form.
fn filled(group: Group) {
    let name = format!("tab_{}_filled", format!("{group:?}").to_lowercase());
    let mut album = Album::new(Box::leak(name.into_boxed_str()));
    for resource in resources::all().filter(|resource| resource.group() == group) {
        let entity = resource.entity;
        let mut lab = Lab::new(Engine::Sqlite);
        lab.stands_at(NOON.parse().unwrap());
        fixtures::count_anew();
        let id = fixtures::make(&lab, &lab.admin, entity.name);
        let label =
            entity.field(entity.label).filter(|field| field.access == FieldAccess::Write && field.reference.is_none());
        if let (Some(update), Some(label)) = (resource.update(), label) {
            let request = Request::new(update).on(id, None).with(label.name, Value::text("漢字 Zoë e\u{301}"));
            // Not every name may be any text.
            let _ = lab.store.perform(&lab.admin, &request);
        }
        if is_a_log(resource) {
            logged_at_noon(&lab);
        }
        let mut hand = Hand::of(lab);
        hand.opens_list(entity.name);
        hand.settle();
        hand.rests();
        album.take(&mut hand, &format!("{}, a list", entity.name));
        hand.state.places.pop();
        hand.opens(resource, id);
        hand.settle();
        album.take(&mut hand, &format!("{}, a page", entity.name));
        if resource.update().is_some() {
            hand.does("e");
            album.take(&mut hand, &format!("{}, its form", entity.name));
        }
    }
    album.hide_what_is_random();
}

/// Whether the founding of the organisation stands in it.
fn is_a_log(resource: &Resource) -> bool {
    matches!(resource.entity.name, "audit_log" | "operations")
}

/// Every list and every form of a tab, where nothing but what an organisation begins with is there.
fn tab(group: Group) {
    let name = format!("tab_{}", format!("{group:?}").to_lowercase());
    let mut album = Album::new(Box::leak(name.into_boxed_str()));
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
        }
    }
    album.hide_what_is_random();
}

/// Some tabs a test: they are taken side by side.
macro_rules! pictures {
    ($($empty:ident $filled:ident: $($group:ident)+;)*) => {$(
        #[test]
        fn $empty() {
            $(tab(Group::$group);)+
        }

        #[test]
        fn $filled() {
            $(filled(Group::$group);)+
        }
    )*};
}

pictures! {
    tabs_customers_and_devices filled_customers_and_devices: Customers Devices;
    tabs_bookings_and_stock filled_bookings_and_stock: Bookings Stock;
    tabs_tickets_and_contracts filled_tickets_and_contracts: Tickets Contracts;
    tabs_network_finance_and_admin filled_network_finance_and_admin: Network Finance Admin;
}
