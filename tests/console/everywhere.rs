//! Every screen as every built-in role: what a role may see and do is offered, opens and shows its rows; what it may not
//! is not offered, or says so.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use headend::domain::filter::Resolved;
use headend::domain::words::Words;
use headend::domain::{Id, Kind};
use headend::resources::{self, Group, Resource, label, operation_label};
use headend::store::list::Effort;
use headend::store::operation::Undo;
use headend::store::{Operation, Session, notes};

use crate::common::Lab;
use crate::fixtures;
use crate::journey::demo;
use crate::person::{ENTER, ESC, Person, Screen};

/// People who walk at once: each waits for their screen most of the time.
const AT_ONCE: usize = 8;

const TAB: &str = "\t";
const CLEAR: &str = "\x15";
const SAVE: &str = "\x13";

/// The sign of an error, whatever it says.
const WRONG: char = '✗';

/// Somebody of a role at the console.
struct Walk<'a> {
    world: &'a World<'a>,
    screen: Screen,
    session: &'a Session,
    role: &'a str,
}

/// The database, and everybody who walks through it.
struct World<'a> {
    lab: &'a Lab,
    /// The roles, and somebody of each.
    people: Vec<(String, Session)>,
    /// Whoever changes something is alone in that until it is taken back.
    changes: Mutex<()>,
    /// Forms that were saved, actions that were carried out, and lists below records that were seen.
    saved: AtomicUsize,
    acted: AtomicUsize,
    entered: AtomicUsize,
}

impl<'a> World<'a> {
    fn new(lab: &'a Lab) -> Self {
        let roles = lab.raw().texts("name", "FROM roles ORDER BY name");
        assert!(roles.len() > 10, "{roles:?}");
        let people = roles.into_iter().map(|role| {
            let session = somebody(lab, &role);
            (role, session)
        });
        let [saved, acted, entered] = [const { AtomicUsize::new(0) }; 3];
        Self { lab, people: people.collect(), changes: Mutex::new(()), saved, acted, entered }
    }

    /// Whether it is for this role to do something with a kind of record that takes its time: each kind is for one of
    /// those who may, another one from kind to kind.
    fn falls_to(&self, role: &str, resource: &Resource, may: impl Fn(&Session) -> bool) -> bool {
        let place = resources::all().position(|other| other.entity == resource.entity).unwrap();
        let able: Vec<&str> = self.people.iter().filter(|(_, of)| may(of)).map(|(name, _)| name.as_str()).collect();
        !able.is_empty() && able[place % able.len()] == role
    }
}

/// Somebody new of a role, with the password that everybody here has.
fn somebody(lab: &Lab, role: &str) -> Session {
    let name = format!("the_{role}");
    let session = match role {
        // They belong to somebody whose rows they see.
        "partner" | "distributor" => {
            let whose = lab.raw().texts("name", &format!("FROM organizations WHERE kind = '{role}' ORDER BY name"));
            let whose = whose.first().unwrap_or_else(|| panic!("no {role} in the demo"));
            let user = lab.make("users.create", &[("username", &name), ("roles", role), (role, whose)]);
            lab.session_of(&lab.admin, user)
        }
        role => lab.user(&name, role),
    };
    let hash = lab.raw().texts("password_hash", "FROM users WHERE username = 'admin'").remove(0);
    lab.raw().execute(&format!(
        "UPDATE users SET password_hash = '{hash}', must_change_password = false WHERE username = '{name}'"
    ));
    session
}

/// What stands in the line of the keys.
fn keys<'a>(lines: &[&'a str]) -> &'a str {
    lines.last().copied().unwrap_or_default()
}

fn is_read(lines: &[&str]) -> bool {
    !lines.iter().any(|line| line.contains(Words::ENGLISH.get("list.reading")))
}

fn is_list(lines: &[&str], resource: &Resource) -> bool {
    lines[0].contains(&format!("▸ {}", resource.title(Words::ENGLISH))) && keys(lines).contains("filter")
}

fn is_page(lines: &[&str]) -> bool {
    // The title of the record stands in the path as soon as it is read, and the cursor on its first line.
    let is_shown = lines.get(3).is_some_and(|line| line.starts_with('▌')) && !lines[0].contains(" ▸ … ");
    keys(lines).contains("KEYS") && !keys(lines).contains("filter") && !keys(lines).contains("pick") && is_shown
}

fn is_typing(lines: &[&str]) -> bool {
    keys(lines).contains("TYPING")
}

/// What is said of a record that is another one by now than the one on the screen.
const TOO_LATE: &str = "was changed by someone else meanwhile";

/// What came of something that was to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Acted {
    Done,
    /// It is not open, or refused.
    Closed,
    TooLate,
}

/// A question is answered by yes or no.
fn is_asked(lines: &[&str]) -> bool {
    keys(lines).contains("y yes")
}

/// The line that says how it went.
fn status<'a>(lines: &[&'a str]) -> &'a str {
    lines.iter().rev().nth(1).copied().unwrap_or_default()
}

/// The letter of a list in the menu of its tab: `│▌ s Sites    :pop │`.
fn letter_of(menu: &str, resource: &Resource) -> Option<char> {
    menu.lines().flat_map(|line| line.split('│')).find_map(|row| {
        let mut row = row.trim_start_matches(['▌', ' ']).chars();
        let letter = row.next()?;
        let title = row.as_str().strip_prefix(' ')?.strip_prefix(resource.title(Words::ENGLISH))?;
        title.trim_start().starts_with(':').then_some(letter)
    })
}

impl<'a> Walk<'a> {
    /// Somebody of this role logs in.
    fn begins(world: &'a World<'a>, role: &'a str, session: &'a Session) -> Self {
        let screen = Person::on(world.lab).called(&format!("the_{role}")).starts();
        screen.sees("Log in");
        screen.enters_password();
        screen.sees("1 Dashboard");
        screen.sees_no("TYPING");
        let walk = Self { world, screen, session, role };
        walk.sees_nothing_wrong();
        walk
    }

    fn until(&self, what: &str, holds: impl Fn(&[&str]) -> bool) {
        self.screen.until_lines(&format!("{}: {what}", self.role), holds);
    }

    /// Whether the screen is so now.
    fn shows(&self, holds: impl Fn(&[&str]) -> bool) -> bool {
        holds(&self.screen.text().lines().collect::<Vec<_>>())
    }

    /// A key, and what is to be seen then.
    fn press(&self, key: &str, what: &str, holds: impl Fn(&[&str]) -> bool) {
        self.screen.types(key);
        self.until(what, holds);
    }

    fn sees_nothing_wrong(&self) {
        let text = self.screen.text();
        assert!(!text.contains(WRONG), "{}:\n{text}", self.role);
    }

    fn may(&self, operation: &Operation) -> bool {
        self.session.may(operation.name)
    }

    /// Each tab is there exactly where something is in it, opens, and offers its lists: those that this role may see.
    /// Into each of them, and through what is around its first record.
    fn goes_through_its_tabs(&self) {
        let mut lain_over = false;
        for (index, group) in Group::ALL.into_iter().enumerate() {
            let title = group.title(Words::ENGLISH);
            let offered = self.screen.text().lines().nth(1).unwrap().contains(title);
            let seen: Vec<&Resource> = group.seen_by(self.session).collect();
            assert_eq!(offered, !seen.is_empty(), "{}, {title}:\n{}", self.role, self.screen.text());
            let Some(first) = seen.first() else { continue };
            let key = ((index + 2) % 10).to_string();
            self.press(&key, title, |lines| is_list(lines, first) && is_read(lines));
            for resource in &seen {
                if seen.len() > 1 {
                    self.press(&key, &format!("the lists of {title}"), |lines| keys(lines).contains("pick"));
                    let lists = self.screen.text();
                    for other in resources::all().filter(|other| other.group() == group) {
                        let is_there = letter_of(&lists, other).is_some();
                        let is_seen = seen.iter().any(|seen| seen.entity == other.entity);
                        assert_eq!(is_there, is_seen, "{}, {}:\n{lists}", self.role, other.entity.name);
                    }
                    self.screen.types(&letter_of(&lists, resource).unwrap().to_string());
                }
                let count = self.sees_the_list(resource);
                if count > 0 && !std::mem::replace(&mut lain_over, true) {
                    self.sees_what_lies_over(resource);
                }
                self.goes_through(resource, count > 0);
            }
        }
    }

    /// The list of a resource, with rows where it has some; how many.
    fn sees_the_list(&self, resource: &'static Resource) -> u64 {
        let entity = resource.entity;
        let count =
            self.world.lab.store.count(self.session, entity, &Resolved::All, 100_000, Effort::Whole).unwrap().number;
        self.until(&format!("{} opens", entity.name), |lines| {
            is_list(lines, resource) && is_read(lines) && lines.iter().any(|line| line.contains(" · sort "))
        });
        self.sees_nothing_wrong();
        let text = self.screen.text();
        let has_rows = text.lines().any(|line| line.starts_with('▌'));
        assert_eq!(has_rows, count > 0, "{}, {}: {count} records, and this:\n{text}", self.role, entity.name);
        count
    }

    /// The dialogs and lines over a list and its first record.
    fn sees_what_lies_over(&self, resource: &'static Resource) {
        let note = notes::quick(resource.entity, Id::new(), "x", true).map(|request| request.operation.name);
        for (key, said, needs) in [
            ("c", "views.columns", None),
            ("V", "views.title", None),
            ("y", "copy.title", None),
            ("+", "note.example", note),
            ("W", "note.remind", Some("reminders.create")),
        ] {
            let title = Words::ENGLISH.get(said).split(" {").next().unwrap_or_default();
            let is_over = |lines: &[&str]| lines.iter().any(|line| line.contains(title));
            if needs.is_some_and(|needs| !self.session.may(needs)) {
                self.press(key, title, |lines| status(lines).contains("you may not"));
            } else if key == "+" && note.is_none() {
                self.press(key, title, |lines| status(lines).contains("take no notes"));
            } else {
                self.press(key, title, |lines| is_over(lines) && is_read(lines));
                self.sees_nothing_wrong();
                self.press(ESC, "back", |lines| is_list(lines, resource) && !is_over(lines));
            }
        }
    }

    /// What is done from a list, its first record with its history, menu and form, and back.
    fn goes_through(&self, resource: &'static Resource, has_rows: bool) {
        let name = resource.entity.name;
        self.adds(resource);
        if has_rows {
            self.press(ENTER, &format!("a page of {name}"), is_page);
            self.sees_nothing_wrong();
            self.sees_what_points_here(resource);
            self.sees_the_history(resource);
            self.sees_what_can_be_done(resource);
            self.acts(resource);
            self.changes(resource);
            self.press("q", &format!("back to {name}"), |lines| is_list(lines, resource));
        }
    }

    /// The form of a new record, where this role may make one: else it is told why not.
    fn adds(&self, resource: &'static Resource) {
        let several: Vec<_> = resource.makes().collect();
        // What is added by hand has one way: a form of its own, or the only workflow that makes one.
        let way = resource.create().or(if let [only] = several.as_slice() { Some(*only) } else { None });
        let name = resource.entity.name;
        let told = |text: &'static str| move |lines: &[&str]| status(lines).contains(text);
        match way {
            Some(operation) if self.may(operation) => {
                self.press("a", &format!("a form of {name}"), |lines| is_typing(lines) && is_read(lines));
                self.sees_nothing_wrong();
                self.press(ESC, &format!("back to {name}"), |lines| is_list(lines, resource));
            }
            Some(_) => self.press("a", &format!("no new one of {name}"), told("you may not")),
            None if several.is_empty() => self.press("a", &format!("no new one of {name}"), told("not added ")),
            None => self.press("a", &format!("several ways to {name}"), told("are added in several ways")),
        }
    }

    /// What was done to the record, and back to its page.
    fn sees_the_history(&self, resource: &Resource) {
        let title = Words::ENGLISH.get("history.last-change");
        let is_history = |lines: &[&str]| lines.iter().any(|line| line.contains(title));
        self.press("t", &format!("a history of {}", resource.entity.name), |lines| is_history(lines) && is_read(lines));
        self.sees_nothing_wrong();
        self.press("q", "back from the history", |lines| is_page(lines) && !is_history(lines));
    }

    /// The menu of what can be done to the record: all of it, and what this role may not do says what it takes.
    fn sees_what_can_be_done(&self, resource: &'static Resource) {
        self.press("x", &format!("what can be done to {}", resource.entity.name), |lines| keys(lines).contains("pick"));
        let text = self.screen.text();
        for operation in resource.actions() {
            let needs = |line: &str| {
                let needed = line.split("it needs ").nth(1).and_then(|rest| rest.split_whitespace().next());
                needed.is_some_and(|needed| needed == operation.name)
            };
            let label = operation_label(Words::ENGLISH, operation);
            let role = self.role;
            assert!(text.contains(label), "{role}, {}: it is in the menu:\n{text}", operation.name);
            let is_closed = text.lines().any(needs);
            assert_eq!(is_closed, !self.may(operation), "{role}, {}: whether it is closed:\n{text}", operation.name);
        }
        self.press("q", "back from the menu", is_page);
    }

    /// The form of the record, where this role may change it: else it is told why not.
    fn changes(&self, resource: &'static Resource) {
        let name = resource.entity.name;
        match resource.update() {
            Some(operation) if self.may(operation) => {
                self.press("e", &format!("the form of one of {name}"), |lines| is_typing(lines) && is_read(lines));
                self.sees_nothing_wrong();
                if self.world.falls_to(self.role, resource, |session| session.may(operation.name))
                    && self.saves(resource)
                {
                    return;
                }
                self.press(ESC, &format!("back to the page of {name}"), is_page);
            }
            Some(_) => self.press("e", &format!("no change of {name}"), |lines| status(lines).contains("you may not")),
            None => {
                self.press("e", &format!("no change of {name}"), |lines| status(lines).contains("not changed by hand"))
            }
        }
    }

    /// Writes something else into a field of the form that is open, saves it and takes it back; false where what the
    /// records of the kind can be told is no line of text.
    fn saves(&self, resource: &'static Resource) -> bool {
        let name = resource.entity.name;
        let (field, value) = fixtures::another_value(name);
        let field = resource.entity.field(field).unwrap();
        if !matches!(field.kind, Kind::Text | Kind::Lines | Kind::Int | Kind::Money) || field.reference.is_some() {
            return false;
        }
        let alone = self.world.changes.lock().unwrap();
        let label = resource.label(Words::ENGLISH, field.name);
        let is_there = |lines: &[&str]| {
            lines.iter().any(|line| {
                line.starts_with('▌') && line.contains(&format!(" {label}")) || line.starts_with(&format!("▌·{label}"))
            })
        };
        let all = resource.form_fields(false).count();
        for _ in 0..all {
            let before = self.screen.text();
            if self.shows(is_there) {
                break;
            }
            self.screen.types(TAB);
            self.until("the next field", |lines| lines.join("\n") != before);
        }
        self.until(&format!("{label} of {name}"), is_there);
        self.press(CLEAR, "nothing in it", is_there);
        self.screen.types(&value);
        self.until(&format!("{value} in {label} of {name}"), |lines| lines.iter().any(|line| line.contains(&value)));
        let is_saved = |lines: &[&str]| is_page(lines) && status(lines).contains("saved:");
        // Another record may stand in the way, as the invoice whose lines stay as they were sent; or it is so already.
        let is_refused = |lines: &[&str]| {
            ["why stands above the form", "nothing was changed"].iter().any(|told| status(lines).contains(told))
        };
        self.press(SAVE, &format!("{name} saved"), |lines| is_saved(lines) || is_refused(lines));
        if self.shows(is_refused) {
            drop(alone);
            return false;
        }
        if !matches!(resource.update().unwrap().undo, Undo::None(_)) {
            self.takes_back(name);
        }
        self.world.saved.fetch_add(1, Ordering::Relaxed);
        drop(alone);
        true
    }

    /// Something of what asks nothing and can be taken back is done to the record, where it is open to it.
    fn acts(&self, resource: &'static Resource) {
        let name = resource.entity.name;
        let plain = |operation: &&Operation| {
            let small = operation.takes_records() && operation.asks.is_empty() && !operation.is_dangerous();
            small && !operation.moves_money && matches!(operation.undo, Undo::Values)
        };
        for operation in resource.actions().filter(plain) {
            if !self.world.falls_to(self.role, resource, |session| session.may(operation.name)) {
                continue;
            }
            let alone = self.world.changes.lock().unwrap();
            // What somebody else did just before may not be on this screen yet: that is told, and read.
            let mut acted = self.acts_once(resource, operation);
            while acted == Acted::TooLate {
                self.press("r", &format!("{name} is read again"), |lines| {
                    is_page(lines) && !status(lines).contains(TOO_LATE)
                });
                acted = self.acts_once(resource, operation);
            }
            drop(alone);
            if acted == Acted::Done {
                return;
            }
        }
    }

    /// Does it to the record of the page, and takes it back, where it is open.
    fn acts_once(&self, resource: &'static Resource, operation: &'static Operation) -> Acted {
        let name = resource.entity.name;
        self.press("x", &format!("what can be done to {name}"), |lines| keys(lines).contains("pick"));
        let label = operation_label(Words::ENGLISH, operation);
        let letter = resource.letter(operation.verb());
        let text = self.screen.text();
        let is_open = text.lines().any(|line| {
            line.contains(&format!(" {letter} {label}"))
                && line.contains(resources::operation_help(Words::ENGLISH, operation))
        });
        if !is_open {
            self.press("q", "back from the menu", is_page);
            return Acted::Closed;
        }
        self.screen.types(&letter.to_string());
        // What other records have to say is found while the menu is open, or as it is done.
        let is_refused =
            |lines: &[&str]| status(lines).trim_start().starts_with("cannot ") || status(lines).contains(TOO_LATE);
        let is_done = |lines: &[&str]| status(lines).contains("takes it back");
        self.until(&format!("{} asked or done", operation.name), |lines| {
            is_asked(lines) || is_done(lines) || is_refused(lines)
        });
        if self.shows(is_asked) {
            self.says_yes();
            self.until(&format!("{} done", operation.name), |lines| {
                is_page(lines) && (is_done(lines) || is_refused(lines))
            });
        }
        if self.shows(is_refused) {
            let is_late = self.shows(|lines| status(lines).contains(TOO_LATE));
            if self.shows(|lines| keys(lines).contains("pick")) {
                self.press(ESC, "the page without its menu", is_page);
            }
            return if is_late { Acted::TooLate } else { Acted::Closed };
        }
        self.until(&format!("{} done", operation.name), |lines| is_page(lines) && is_done(lines));
        self.takes_back(name);
        self.world.acted.fetch_add(1, Ordering::Relaxed);
        Acted::Done
    }

    /// A yes counts when the question can have been read.
    fn says_yes(&self) {
        self.screen.waits_until_it_can_be_read();
        self.screen.types("y");
    }

    /// What was just done is taken back.
    fn takes_back(&self, name: &str) {
        self.press("u", &format!("whether {name} is taken back"), is_asked);
        self.says_yes();
        self.until(&format!("{name} taken back"), |lines| is_page(lines) && status(lines).contains("taken back: "));
    }

    /// Each relation of the page is a list of its own, and behind the last one stands the page again.
    fn sees_what_points_here(&self, resource: &'static Resource) {
        let seen_by = |session: &Session| -> Vec<&'static str> {
            let seen = resource.relations().filter(|(_, other, _)| session.may(&other.entity.permission("read")));
            seen.map(|(relation, ..)| relation.name).collect()
        };
        let most = self
            .world
            .people
            .iter()
            .filter(|(_, of)| of.may(&resource.entity.permission("read")))
            .map(|(_, session)| seen_by(session).len())
            .max()
            .unwrap();
        let sees_most =
            |session: &Session| session.may(&resource.entity.permission("read")) && seen_by(session).len() == most;
        if most == 0 || !self.world.falls_to(self.role, resource, sees_most) {
            return;
        }
        for name in seen_by(self.session) {
            let title = format!("▸ {} ", label(Words::ENGLISH, name));
            self.press(TAB, &format!("{name} of {}", resource.entity.name), |lines| {
                lines[0].contains(&title) && keys(lines).contains("filter") && is_read(lines)
            });
            self.sees_nothing_wrong();
            self.world.entered.fetch_add(1, Ordering::Relaxed);
        }
        self.press(TAB, &format!("the page of {} again", resource.entity.name), is_page);
    }

    /// What belongs to no list: what waits, what is pinned, incidents, the line that finds, help and menus.
    fn sees_what_is_its_own(&self) {
        self.press("1", "the dashboard", |lines| lines[0].contains("Dashboard"));
        for (key, title, needs) in [("w", "desk.waiting", None), ("P", "desk.pinned", Some("pins.read"))] {
            let title = Words::ENGLISH.get(title);
            if needs.is_none_or(|needs| self.session.may(needs)) {
                self.press(key, title, |lines| lines[0].contains(title) && is_read(lines));
                // What is late has the same sign: what went wrong stands at the beginning of its line.
                let text = self.screen.text();
                let is_wrong = text.lines().any(|line| line.trim_start().starts_with(WRONG));
                assert!(!is_wrong, "{}:\n{text}", self.role);
                self.press("q", "back from the desk", |lines| !lines[0].contains(title));
            } else {
                self.press(key, title, |lines| status(lines).contains("you may not"));
            }
        }
        let incidents = resources::find("incidents").unwrap();
        if self.session.may("incidents.read") {
            self.press("!", "incidents", |lines| is_list(lines, incidents) && is_read(lines));
            self.press("1", "the dashboard", |lines| lines[0].contains("Dashboard"));
        } else {
            self.press("!", "no incidents", |lines| status(lines).contains("you may not"));
        }
        for (key, title, text) in [("f", "find.title", "e"), ("?", "keys.title", ""), ("\x0f", "", "")] {
            let title = if title.is_empty() { "Everything here" } else { Words::ENGLISH.get(title) };
            self.press(key, title, |lines| lines.iter().any(|line| line.contains(title)));
            if !text.is_empty() {
                self.screen.types(text);
            }
            self.sees_nothing_wrong();
            self.press(ESC, "back", |lines| !lines.iter().any(|line| line.contains(title)));
        }
    }

    /// What this role may not see does not open by any of its names either: the shortest is tried.
    fn is_kept_out(&self) {
        let closed = |resource: &&Resource| !self.session.may(&resource.entity.permission("read"));
        for resource in resources::all().filter(closed) {
            let names = resource.aliases.iter().copied().chain([resource.entity.name]);
            let name = names.min_by_key(|name| name.len()).unwrap();
            self.press(":", "a command line", is_typing);
            self.press(name, name, |lines| status(lines).trim() == format!(": {name}"));
            let told = format!("you may not see {}", resource.several(Words::ENGLISH));
            self.press(ENTER, &format!("{name} stays closed"), |lines| status(lines).contains(&told));
        }
    }
}

crate::common::on_each_database! {
    fn every_role_goes_everywhere_it_may(lab) {
        demo(lab);
        let world = World::new(lab);
        let next = Mutex::new(world.people.iter());
        let next = || next.lock().unwrap().next();
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let Some((role, session)) = next() {
                        let walk = Walk::begins(&world, role, session);
                        walk.sees_what_is_its_own();
                        walk.is_kept_out();
                        walk.goes_through_its_tabs();
                    }
                });
            }
        });
        let counts = [&world.saved, &world.acted, &world.entered].map(|count| count.load(Ordering::Relaxed));
        println!("{:?}: forms saved, actions carried out, lists below records: {counts:?}", lab.engine);
        assert!(counts[0] > 25 && counts[1] > 5 && counts[2] > 100, "{counts:?}");
    }
}
