//! How it looks: every place at every size in every state, as text beside this file.
//! `HEADEND_SNAPSHOTS=write` writes what is shown as what is right.

use std::fmt::Write as _;
use std::path::Path;

use headend::console::message::Question;
use headend::console::screens::door::Door;
use headend::console::screens::page::Line;
use headend::console::state::Place;
use headend::console::theme::{ColourDepth, Role, Theme};
use headend::domain::Value;
use headend::resources::{self, Group};
use headend::store::{FieldAccess, Request};
use ratatui::layout::Size;
use regex::Regex;

use crate::common::{Engine, Lab};
use crate::fixtures;
use crate::hand::{Hand, text_of};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (60, 15)];

/// One place in several states.
struct Album {
    name: &'static str,
    text: String,
}

impl Album {
    const fn new(name: &'static str) -> Self {
        Self { name, text: String::new() }
    }

    /// Adds the screen at every size.
    fn take(&mut self, hand: &mut Hand, what: &str) {
        let before = hand.state.size;
        hand.state.now = NOON.parse().unwrap();
        for size in SIZES {
            self.take_at(hand, what, size);
        }
        hand.state.size = before;
    }

    /// Adds the screen at one size.
    fn take_at(&mut self, hand: &mut Hand, what: &str, (width, height): (u16, u16)) {
        let before = hand.state.size;
        hand.state.size = Size { width, height };
        let shown = steady(&hand.shown());
        writeln!(self.text, "== {what}, {width}x{height}\n{shown}").unwrap();
        hand.state.size = before;
    }
}

impl Drop for Album {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/console/snapshots").join(format!("{}.txt", self.name));
        if std::env::var("HEADEND_SNAPSHOTS").is_ok_and(|what| what == "write") {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &self.text).unwrap();
            return;
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let differs = kept.lines().zip(self.text.lines()).find(|(kept, now)| kept != now);
        assert!(
            kept == self.text,
            "{} looks different ({differs:?}). Look at it, and write it anew with HEADEND_SNAPSHOTS=write. It is now:\n{}",
            path.display(),
            self.text
        );
    }
}

/// Without the times of this run.
fn steady(text: &str) -> String {
    let text = Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d").unwrap().replace_all(text, "YYYY-MM-DD hh:mm");
    // One that a narrow column cut short.
    let text = Regex::new(r"(\d{4}-[-\d :]*)…")
        .unwrap()
        .replace_all(&text, |found: &regex::Captures<'_>| format!("{}…", &"YYYY-MM-DD hh:mm"[..found[1].len()]));
    Regex::new(r"\b\d\d:\d\d(:\d\d)?\b")
        .unwrap()
        .replace_all(&text, |found: &regex::Captures<'_>| if found[0].len() > 5 { "hh:mm:ss" } else { "hh:mm" })
        .into_owned()
}

/// Somebody has just come in, to a database whose clock stands still: what is some days old is so on every day.
fn at_noon() -> Hand {
    let mut lab = Lab::new(Engine::Sqlite);
    lab.stands_at(NOON.parse().unwrap());
    Hand::of(lab)
}

fn full() -> Hand {
    let hand = at_noon();
    let lab = &hand.lab;
    lab.make(
        "plans.create",
        &[("name", "Home 100M"), ("download_mbps", "100"), ("upload_mbps", "50"), ("price", "29.90")],
    );
    for (name, more) in [
        ("Amina Wanjiru", ("plan", "Home 100M")),
        ("Zoë Ångström-Nguyễn", ("phone", "+254 700 000 142")),
        ("漢字株式会社 東京支店", ("email", "tokyo@example.net")),
        ("e\u{301}e\u{302}e\u{308} combining", ("address", "1 High Street\nNairobi")),
    ] {
        lab.make("customers.create", &[("name", name), more]);
    }
    lab.make("sites.create", &[("name", "North POP")]);
    lab.make(
        "devices.create",
        &[("name", "OLT-01"), ("device_type", "olt"), ("site", "North POP"), ("management_ip", "127.1.0.1")],
    );
    hand
}

#[test]
fn doors() {
    let mut album = Album::new("doors");
    let mut hand = Hand::outside(Door::set_up("/home/noc/.local/share/headend/headend.db"));
    album.take(&mut hand, "set-up");
    let mut hand =
        Hand::outside(Door::log_in(None, "local".into(), "admin", "postgres://db.example.net/headend".into()));
    album.take(&mut hand, "log in");
    hand.types("not this one");
    hand.press("enter");
    hand.settle();
    album.take(&mut hand, "log in refused");
    let mut hand = full();
    hand.press("ctrl-q");
    album.take(&mut hand, "locked");
}

#[test]
fn dashboard() {
    let mut album = Album::new("dashboard");
    let mut hand = at_noon();
    album.take(&mut hand, "empty");
    let mut hand = full();
    hand.passes(std::time::Duration::from_secs(6));
    hand.press("r");
    hand.settle();
    album.take(&mut hand, "full");
    hand.press("r");
    for _ in 0..2 {
        hand.break_line(|question| matches!(question, Question::List(_)));
    }
    album.take(&mut hand, "error");
}

#[test]
fn desk() {
    let mut album = Album::new("desk");
    let mut hand = at_noon();
    for (key, what) in [("w", "what waits, reading"), ("P", "pinned, reading")] {
        hand.press(key);
        album.take(&mut hand, what);
        hand.settle();
        album.take(&mut hand, "nothing");
    }
    let site = hand.lab.make("sites.create", &[("name", "漢字 North POP")]).to_string();
    let customer = hand.lab.make("customers.create", &[("name", "Zoë Ångström-Nguyễn")]).to_string();
    for (kind, id, due, note) in [
        ("sites", &site, "2020-01-01T00:00:00Z", "the fan is loud: listen again, and take the ladder with you"),
        ("customers", &customer, "2021-01-01T00:00:00Z", ""),
    ] {
        let values = [("entity_type", kind), ("record_id", id.as_str()), ("due_at", due), ("note", note)];
        hand.lab.make("reminders.create", &values);
    }
    for n in 1..=14 {
        let title = format!("no light in house {n}");
        hand.lab.make("tickets.create", &[("title", title.as_str()), ("engineer", "admin"), ("customer", &customer)]);
    }
    hand.lab.make(
        "jobs.create",
        &[("customer_name", "Brian"), ("scheduled_at", "2029-01-01T09:00:00Z"), ("engineer", "admin")],
    );
    hand.press("w");
    hand.settle();
    album.take(&mut hand, "what waits");
    hand.press("G");
    album.take(&mut hand, "the last one");
    for (kind, id) in [("sites", &site), ("customers", &customer)] {
        let entity = crate::common::lab::entity(kind);
        hand.lab.store.pin_or_not(&hand.lab.admin, entity, id.parse().unwrap()).unwrap();
    }
    hand.press("P");
    hand.settle();
    album.take(&mut hand, "pinned");
    hand.press("g");
    hand.press("j");
    hand.press("j");
    hand.press("j");
    hand.press("+");
    album.take(&mut hand, "a note");
    hand.types("the gate is locked");
    hand.press("tab");
    album.take(&mut hand, "a note for everybody");
    hand.press("esc");
    hand.press("W");
    hand.types("tom");
    hand.press("enter");
    album.take(&mut hand, "a reminder without a time");
}

#[test]
fn panels() {
    let mut album = Album::new("panels");
    let mut hand = full();
    for n in 1..=5 {
        let title = format!("no light in house {n}");
        hand.lab.make("tickets.create", &[("title", title.as_str()), ("engineer", "admin"), ("priority", "high")]);
        let name = format!("Old customer {n}");
        hand.lab.make("customers.create", &[("name", name.as_str()), ("expires_at", "2020-01-01T00:00:00Z")]);
    }
    hand.lab.make("stock_items.create", &[("sku", "SFP-10"), ("name", "SFP+ 10G"), ("min_stock_level", "5")]);
    hand.press("1");
    hand.press("r");
    hand.settle();
    album.take(&mut hand, "panels");
    album.take_at(&mut hand, "panels", (200, 50));
    for _ in 0..7 {
        hand.press("tab");
    }
    album.take(&mut hand, "in the sixth panel");
    let begun = ("started_at", "2020-01-01T00:00:00Z");
    hand.lab.make("incidents.create", &[("title", "Fibre cut"), ("severity", "critical"), begun]);
    hand.press("r");
    hand.settle();
    album.take(&mut hand, "with an incident");
}

#[test]
fn lists() {
    let mut album = Album::new("lists");
    let mut hand = at_noon();
    hand.press("2");
    album.take(&mut hand, "customers, loading");
    hand.settle();
    album.take(&mut hand, "customers, empty");
    let mut hand = full();
    hand.press("2");
    hand.settle();
    hand.passes(std::time::Duration::from_secs(1));
    hand.settle();
    album.take(&mut hand, "customers");
    hand.press("/");
    hand.types("status:sus");
    hand.settle();
    album.take(&mut hand, "customers, filter");
    hand.types(" nofield:1");
    album.take(&mut hand, "customers, mistaken filter");
    hand.press("esc");
    hand.settle();
    hand.press("esc");
    hand.press("r");
    let mut hand = full();
    hand.press("3");
    hand.settle();
    hand.passes(std::time::Duration::from_secs(1));
    hand.settle();
    album.take(&mut hand, "devices");
    hand.press("r");
    hand.break_line(|question| matches!(question, Question::List(_)));
    album.take(&mut hand, "devices, error");
}

#[test]
fn one_record() {
    let mut album = Album::new("one_record");
    let mut hand = full();
    hand.press("2");
    hand.settle();
    hand.press("enter");
    hand.settle();
    album.take(&mut hand, "page");
    hand.press("t");
    hand.settle();
    album.take(&mut hand, "history");
    hand.press("esc");
    hand.settle();
    hand.press("e");
    hand.settle();
    album.take(&mut hand, "form");
    hand.press("ctrl-u");
    hand.press("tab");
    hand.types("nobody");
    hand.press("ctrl-s");
    album.take(&mut hand, "form, something wrong");
}

#[test]
fn forms() {
    let mut album = Album::new("forms");
    let to = |hand: &mut Hand, name: &str| {
        for _ in 0..30 {
            if hand.form().fields.get(hand.form().focus).is_none_or(|field| field.field.name != name) {
                hand.press("tab");
                hand.settle();
            }
        }
        assert_eq!(hand.form().fields[hand.form().focus].field.name, name);
    };
    let mut hand = full();
    hand.press("3");
    hand.settle();
    hand.press("a");
    hand.settle();
    hand.types("ONU-1");
    to(&mut hand, "tags");
    hand.types("core,west,spare");
    to(&mut hand, "configuration");
    for entry in ["vlan: 12", "uplinks: []", "ge-0/0/1", "ge-0/0/2"] {
        hand.types(entry);
        hand.press("enter");
    }
    hand.types("ge-");
    album.take(&mut hand, "new device, words and JSON");
    to(&mut hand, "site");
    hand.types("nor");
    hand.settle();
    album.take(&mut hand, "new device, a reference");
    let mut hand = full();
    hand.press("2");
    hand.settle();
    hand.press("*");
    hand.settle();
    hand.press("x");
    hand.press("d");
    hand.types("moved away");
    album.take(&mut hand, "an operation that asks");
    hand.press("ctrl-s");
    album.take(&mut hand, "an operation that asks, confirmed");
    hand.press("n");
    hand.press("ctrl-x");
    hand.press("y");
    hand.press("e");
    hand.types("cur");
    album.take(&mut hand, "a field of many");
    let mut hand = full();
    hand.press("2");
    hand.settle();
    hand.press("e");
    hand.settle();
    hand.types(" M.");
    let id = hand.form().record.as_ref().unwrap().id;
    hand.lab.must("customers.update", id, &[("name", "Amina Otieno")]);
    hand.press("ctrl-s");
    hand.settle();
    album.take(&mut hand, "what two changed");
    hand.press("down");
    album.take(&mut hand, "what two changed, its sides");
    let mut hand = full();
    hand.press("2");
    hand.settle();
    let id = hand.list().rows[0].record.id;
    hand.lab.must("customers.update", id, &[("access_password", "hunter2 and more")]);
    hand.press("enter");
    hand.settle();
    let is_there = |hand: &Hand| match hand.state.places.last() {
        Some(Place::Page(page)) => {
            matches!(page.lines()[page.line], Line::Field(field) if field.name == "access_password")
        }
        other => panic!("no page but {other:?}"),
    };
    for _ in 0..30 {
        if !is_there(&hand) {
            hand.press("j");
        }
    }
    assert!(is_there(&hand));
    hand.press("enter");
    album.take(&mut hand, "a secret");
    hand.press("s");
    hand.types("not this one");
    album.take(&mut hand, "a secret, the password");
    hand.press("ctrl-c");
    hand.press("enter");
    hand.press("s");
    hand.types(crate::common::lab::PASSWORD);
    hand.press("enter");
    hand.settle();
    album.take(&mut hand, "a secret, seen");
}

#[test]
fn overlays() {
    let mut album = Album::new("overlays");
    let mut hand = full();
    hand.press("2");
    hand.settle();
    hand.press("?");
    album.take(&mut hand, "help");
    hand.press("esc");
    hand.press("x");
    album.take(&mut hand, "actions");
    hand.press("s");
    album.take(&mut hand, "confirm");
    hand.press("esc");
    hand.press("f");
    hand.types("amina");
    hand.settle();
    album.take(&mut hand, "find");
    hand.press("esc");
    hand.press(":");
    hand.types("dev");
    album.take(&mut hand, "command");
    hand.press("esc");
    hand.press("y");
    album.take(&mut hand, "copy");
    hand.press("esc");
    hand.press("ctrl-o");
    album.take(&mut hand, "all actions");
    hand.press("esc");
    hand.press("3");
    hand.settle();
    hand.press("3");
    album.take(&mut hand, "what else is under a tab");
}

/// What a colour says a word or a sign says too.
#[test]
fn no_state_is_told_by_colour_alone() {
    let mut hand = full();
    let id = {
        hand.press("2");
        hand.settle();
        hand.list().rows[0].record.id
    };
    hand.lab.must("customers.suspend", id, &[]);
    hand.press("r");
    hand.settle();
    let coloured = hand.paint();
    let text = text_of(&coloured);
    assert!(text.contains("suspended"));
    let warn = hand.state.theme[Role::Warn].fg;
    assert!(coloured.content().iter().any(|cell| Some(cell.fg) == warn && cell.symbol() == "s"));
    hand.state.theme = Theme::built_in("mono", ColourDepth::Mono, false).unwrap();
    assert_eq!(text_of(&hand.paint()), text, "the same words without colours");
    hand.state.theme = Theme::built_in("dark", ColourDepth::Sixteen, true).unwrap();
    let others: String = hand
        .shown()
        .chars()
        .filter(|c| !c.is_ascii() && !c.is_alphabetic() && !('\u{300}'..='\u{36f}').contains(c))
        .collect();
    assert_eq!(others, "", "signs beyond ASCII, where only the data may be");
}

/// Whatever stands in the database, no control or bidi character reaches the screen.
#[test]
fn nothing_from_outside_steers_the_terminal() {
    let hostile = "a\u{1b}[2J\u{1b}]52;c;AAAA\u{7}b\u{202e}c\u{2066}d\u{200b}e\u{9b}31m\r\u{0}f";
    let mut hand = at_noon();
    for resource in ["customers", "devices", "sites"] {
        hand.lab.raw().lift_guards();
        let kind =
            if resource == "devices" { vec![("name", "x"), ("device_type", "olt")] } else { vec![("name", "x")] };
        let id = hand.lab.make(&format!("{resource}.create"), &kind);
        let mut raw = hand.lab.raw();
        raw.lift_guards();
        let id = raw.id(id);
        for column in [
            "name",
            "notes",
            "phone",
            "email",
            "address",
            "contact",
            "username",
            "vendor",
            "model",
            "city",
            "description",
            "number",
            "serial_number",
        ] {
            let bytes = raw.bytes(hostile.replace('\0', "").as_bytes());
            // Not every table has every column.
            let _ = raw.try_execute(&format!("UPDATE {resource} SET {column} = CAST({bytes} AS TEXT) WHERE id = {id}"));
        }
    }
    let check = |hand: &mut Hand, what: &str| {
        for (width, height) in SIZES {
            hand.state.size = Size { width, height };
            let buffer = hand.paint();
            for cell in buffer.content() {
                let bad = cell.symbol().chars().find(|c| {
                    c.is_control()
                        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
                });
                assert!(bad.is_none(), "{what}: {bad:?}");
            }
        }
        hand.state.size = Size { width: 120, height: 40 };
    };
    for screen in ["2", "3", "5"] {
        for keys in ["", "enter", "t", "e", "x", "y", "x s"] {
            hand.press(screen);
            hand.settle();
            hand.passes(std::time::Duration::from_secs(1));
            hand.settle();
            for key in keys.split(' ').filter(|key| !key.is_empty()) {
                hand.press(key);
                hand.settle();
            }
            check(&mut hand, &format!("{screen} {keys}"));
            hand.state.overlay = None;
            while hand.state.places.len() > 1 {
                hand.state.places.pop();
            }
        }
    }
    // And what is pasted.
    hand.press("2");
    hand.settle();
    hand.hears(headend::console::message::Message::Event(
        headend::console::input::Event::Paste(hostile.into()),
        hand.clock,
    ));
    hand.settle();
    check(&mut hand, "find");
    hand.press("esc");
    hand.press("/");
    hand.hears(headend::console::message::Message::Event(
        headend::console::input::Event::Paste(hostile.into()),
        hand.clock,
    ));
    hand.settle();
    check(&mut hand, "filter");
    hand.press("esc");
    hand.settle();
    hand.press("a");
    hand.hears(headend::console::message::Message::Event(
        headend::console::input::Event::Paste(hostile.into()),
        hand.clock,
    ));
    check(&mut hand, "form");
    assert!(matches!(hand.state.places.last(), Some(Place::Form(_))));
}

/// Ids are other ones each time.
fn without_ids(text: &str) -> String {
    let id = Regex::new(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b").unwrap();
    id.replace_all(text, "00000000-0000-0000-0000-000000000000").into_owned()
}

/// The moment at which the clock stands where records are pictured.
const NOON: &str = "2026-03-01T12:00:00Z";

/// What is made up at random, by as many signs.
fn without_secrets(text: &str) -> String {
    let made_up = Regex::new(r"[A-Za-z0-9+/_-]{30,}=*").unwrap();
    let whole = made_up.replace_all(text, |found: &regex::Captures<'_>| "x".repeat(found[0].len()));
    // Of a code its groups, and of an id that goes over two lines each part.
    let part =
        Regex::new(r"\b[A-Z0-9]{4}(-[A-Z0-9]{4})+\b|(?i)[0-9a-f]{4,12}-|-[0-9a-f]{4,12}\b|\b[0-9a-f]{12}\b").unwrap();
    let crossed = |text: &str| {
        let x = |found: &regex::Captures<'_>| found[0].replace(|c: char| c != '-', "x");
        part.replace_all(text, x).into_owned()
    };
    crossed(&crossed(&whole))
}

/// A list with a record in it, of a name in wide and combined letters where it has one of its own, and that record's
/// page and form.
fn filled(group: Group) {
    let name = format!("tab_{}_filled", format!("{group:?}").to_lowercase());
    let mut album = Album::new(Box::leak(name.into_boxed_str()));
    for resource in resources::all().filter(|resource| resource.group() == group) {
        let entity = resource.entity;
        // What the log holds is of this run alone.
        if matches!(entity.name, "audit_log" | "operations" | "user_sessions") || !fixtures::can_be_made(entity) {
            continue;
        }
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
        let mut hand = Hand::of(lab);
        hand.press(":");
        hand.types(entity.name);
        hand.press("enter");
        hand.settle();
        hand.passes(std::time::Duration::from_secs(1));
        hand.settle();
        album.take(&mut hand, &format!("{}, a list", entity.name));
        hand.state.places.pop();
        hand.opens(resource, id);
        hand.settle();
        album.take(&mut hand, &format!("{}, a page", entity.name));
        if resource.update().is_some() {
            hand.press("e");
            hand.settle();
            album.take_at(&mut hand, &format!("{}, its form", entity.name), SIZES[0]);
        }
    }
    album.text = without_secrets(&without_ids(&album.text));
}

/// Every list and every form of a tab, where nothing but what an organisation begins with is there.
fn tab(group: Group) {
    let name = format!("tab_{}", format!("{group:?}").to_lowercase());
    let mut album = Album::new(Box::leak(name.into_boxed_str()));
    for resource in resources::all().filter(|resource| resource.group() == group) {
        // What the log holds is of this run alone.
        if matches!(resource.entity.name, "audit_log" | "operations" | "user_sessions") {
            continue;
        }
        let mut hand = at_noon();
        hand.press(":");
        hand.types(resource.entity.name);
        hand.press("enter");
        album.take_at(&mut hand, &format!("{}, being read", resource.entity.name), SIZES[0]);
        hand.break_line(|question| matches!(question, Question::List(_)));
        album.take_at(&mut hand, &format!("{}, the line is gone", resource.entity.name), SIZES[0]);
        let mut hand = at_noon();
        hand.press(":");
        hand.types(resource.entity.name);
        hand.press("enter");
        hand.settle();
        album.take(&mut hand, &format!("{}, a list", resource.entity.name));
        if resource.create().is_some() {
            hand.press("a");
            hand.settle();
            album.take(&mut hand, &format!("{}, a form", resource.entity.name));
        }
    }
    album.text = without_ids(&album.text);
}

#[test]
fn tabs_customers_and_devices() {
    tab(Group::Customers);
    tab(Group::Devices);
}

#[test]
fn filled_customers_and_devices() {
    filled(Group::Customers);
    filled(Group::Devices);
}

#[test]
fn tabs_bookings_and_stock() {
    tab(Group::Bookings);
    tab(Group::Stock);
}

#[test]
fn filled_bookings_and_stock() {
    filled(Group::Bookings);
    filled(Group::Stock);
}

#[test]
fn tabs_tickets_and_contracts() {
    tab(Group::Tickets);
    tab(Group::Contracts);
}

#[test]
fn filled_tickets_and_contracts() {
    filled(Group::Tickets);
    filled(Group::Contracts);
}

#[test]
fn tabs_network_finance_and_admin() {
    tab(Group::Network);
    tab(Group::Finance);
    tab(Group::Admin);
}

#[test]
fn filled_network_finance_and_admin() {
    filled(Group::Network);
    filled(Group::Finance);
    filled(Group::Admin);
}
