//! Everything that can be done is done by its form and its menu, as a person does it: every kind of record is added from
//! its list, and every operation is carried out from its letter on the record's page.

use headend::console::overlay::Overlay;
use headend::console::state::Place;
use headend::domain::Kind;
use headend::resources;
use headend::store::operation::Does;
use headend::store::{Field, Operation, entities};

use crate::common::{Engine, Lab};
use crate::fixtures;
use crate::forms::go_to;
use crate::hand::Hand;

/// What a person writes for a value of a fixture: a reference by what the record is called.
fn as_written(lab: &Lab, field: &Field, text: &str) -> String {
    let referred = field.reference.and_then(entities::find).zip(text.parse().ok());
    let Some((other, id)) = referred else { return text.to_owned() };
    let record = lab.store.get(&lab.admin, other, id).unwrap().unwrap();
    // By its number, else its name, as one does over the telephone.
    let names = ["number", other.label].map(|name| record.get(name).as_str().to_owned());
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| record.title())
}

/// Fills in the form that is open.
fn fill_in(hand: &mut Hand, what: &str, written: &fixtures::Written) {
    for (name, text) in written {
        let form = hand.form();
        let Some(field) = form.fields.iter().find(|field| field.field.name == *name).map(|field| field.field) else {
            continue;
        };
        let text = as_written(&hand.lab, field, text);
        go_to(hand, name);
        if !matches!(field.kind, Kind::Json) {
            hand.press("ctrl-u");
        }
        hand.pastes(&text);
        hand.settle();
    }
    hand.does("ctrl-s");
    // What is tried and asked meanwhile is answered by now; a question is read before it is answered.
    hand.rests();
    answer(hand, what);
}

/// Says yes to what is asked, in the way that it is asked.
fn answer(hand: &mut Hand, what: &str) {
    for _ in 0..3 {
        let Some(Overlay::Confirm(confirm, _)) = &hand.state.overlay else { return };
        match confirm.expected() {
            Some(text) => hand.confirms(&text),
            None => hand.says_yes(),
        }
        hand.settle();
        hand.rests();
    }
    panic!("{what}: it asks and asks: {}", hand.shown());
}

/// The operation was the last that was done.
fn was_done(hand: &mut Hand, operation: &Operation) -> Result<(), String> {
    let last = hand.lab.raw().texts("kind", "FROM operations ORDER BY started_at DESC, id DESC LIMIT 1");
    if last == [operation.name] {
        return Ok(());
    }
    Err(format!("{}: not done: {}\n{}", operation.name, hand.told(), hand.shown()))
}

fn adds(hand: &mut Hand, operation: &'static Operation) -> Result<(), String> {
    let written = fixtures::answers(&hand.lab, &hand.lab.admin, operation);
    hand.opens_list(operation.entity.name);
    hand.settle();
    hand.does("a");
    if !matches!(hand.state.places.last(), Some(Place::Form(_))) {
        return Err(format!("{}: no form: {}", operation.name, hand.shown()));
    }
    fill_in(hand, operation.name, &written);
    was_done(hand, operation)
}

/// An operation that goes well, from its letter on the page of a record that it is open to.
fn acts(hand: &mut Hand, operation: &'static Operation) -> Result<(), String> {
    let resource = resources::of(operation.entity).unwrap();
    let record = fixtures::record_for(&hand.lab, &hand.lab.admin, operation);
    let written = fixtures::answers(&hand.lab, &hand.lab.admin, operation);
    match record {
        Some(id) => hand.opens(resource, id),
        None => hand.opens_list(operation.entity.name),
    }
    hand.settle();
    if matches!(operation.does, Does::Update) {
        hand.does("e");
        fill_in(hand, operation.name, &written);
        return was_done(hand, operation);
    }
    hand.does("x");
    let Some(Overlay::Actions(deeds)) = &hand.state.overlay else {
        return Err(format!("{}: no menu: {}\n{}", operation.name, hand.told(), hand.shown()));
    };
    let entry = deeds.menu.entries().iter().find(|entry| entry.action.id == operation.name);
    let letter = entry.and_then(|entry| entry.letter).map(String::from);
    hand.passes(std::time::Duration::from_secs(1));
    hand.does(&letter.ok_or_else(|| format!("{}: no letter", operation.name))?);
    if matches!(hand.state.places.last(), Some(Place::Form(_))) {
        fill_in(hand, operation.name, &written);
    } else {
        hand.rests();
        answer(hand, operation.name);
    }
    was_done(hand, operation)
}

fn every_operation_is_done(engine: Engine, share: usize) {
    let mut hand = Hand::of(Lab::new(engine));
    let (mut wrong, mut done) = (Vec::new(), 0);
    for operation in fixtures::share(share).filter(|operation| !matches!(operation.does, Does::Create | Does::Import)) {
        match acts(&mut hand, operation) {
            Ok(()) => done += 1,
            Err(why) => wrong.push(why),
        }
        hand = Hand::of(hand.lab);
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    assert!(done > 20, "{done}");
}

fn every_kind_is_added(engine: Engine) {
    let mut hand = Hand::of(Lab::new(engine));
    let mut wrong = Vec::new();
    for resource in resources::all() {
        match resource.create() {
            Some(operation) => wrong.extend(adds(&mut hand, operation).err()),
            // No form has all that it takes: it is told where it is made.
            None if resource.creation().is_some() => {
                hand.opens_list(resource.entity.name);
                hand.settle();
                hand.does("a");
                assert!(hand.told().contains(": not added here. ") && hand.told().ends_with('.'), "{}", hand.told());
            }
            None => continue,
        }
        hand = Hand::of(hand.lab);
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

macro_rules! on_both {
    ($($name:ident($share:expr))*) => {
        mod sqlite {
            #[test]
            fn every_kind_of_record_is_added_by_its_form() {
                super::every_kind_is_added(super::Engine::Sqlite);
            }
            $(#[test] fn $name() { super::every_operation_is_done(super::Engine::Sqlite, $share); })*
        }

        mod postgres {
            #[test]
            fn every_kind_of_record_is_added_by_its_form() {
                super::every_kind_is_added(super::Engine::Postgres);
            }
            $(#[test] fn $name() { super::every_operation_is_done(super::Engine::Postgres, $share); })*
        }
    };
}

on_both! {
    every_operation_is_carried_out_1_of_4(0)
    every_operation_is_carried_out_2_of_4(1)
    every_operation_is_carried_out_3_of_4(2)
    every_operation_is_carried_out_4_of_4(3)
}
