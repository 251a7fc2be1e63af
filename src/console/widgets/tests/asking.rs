use super::*;
use crate::console::actions::{Action, ActionDef, Scope};
use crate::console::keys::KeyMap;
use crate::console::widgets::confirm::{Answer, Ask, Confirm, message};
use crate::console::widgets::help::{Closed, Help};
use crate::console::widgets::list::{Choices, Entry};
use crate::console::widgets::menu::{Menu, Picked};
use ratatui::layout::Position;

fn question(ask: Ask) -> Confirm {
    Confirm::new("Suspend", vec!["Suspend 3 customers?".into()], ask)
}

#[test]
fn a_yes_counts_only_when_it_was_meant() {
    let start = Instant::now();
    let yes = Some(Action::Yes);
    let answered = |painted: bool, after: u64, press: Press| {
        let mut question = question(Ask::Yes);
        if painted {
            question.shown.painted(start);
        }
        question.press(Press { at: start + ms(after), ..press }, yes)
    };
    let plain = press("y", start);
    assert_eq!(answered(true, 250, plain), Answer::Yes);
    assert_eq!(answered(true, 249, plain), Answer::Open);
    assert_eq!(answered(false, 9000, plain), Answer::Open);
    assert_eq!(answered(true, 300, Press { repeat: true, ..plain }), Answer::Open);
    assert_eq!(answered(true, 300, Press { suspect: true, ..plain }), Answer::Open);
    // Enter alone never confirms, and a key just before takes the yes its weight.
    let mut question = question(Ask::Yes);
    question.shown.painted(start);
    assert_eq!(question.press(press("enter", start + ms(400)), Some(Action::Pick)), Answer::Open);
    assert_eq!(question.press(press("y", start + ms(450)), yes), Answer::Open);
    // Nor does one that came too early and is held down, whatever pauses its keyboard makes.
    for (first, then) in [(250, 33), (500, 33), (660, 92), (92, 92), (33, 33)] {
        let mut question = self::question(Ask::Yes);
        question.shown.painted(start);
        let mut at = 100;
        assert_eq!(question.press(press("y", start + ms(at)), yes), Answer::Open);
        for pause in std::iter::once(first).chain(std::iter::repeat_n(then, 30)) {
            at += pause;
            assert_eq!(question.press(press("y", start + ms(at)), yes), Answer::Open, "{first} {then}: {at}");
        }
        // Let go, and pressed anew.
        assert_eq!(question.press(press("y", start + ms(at + 800)), yes), Answer::Yes);
    }
    // A later painting does not begin the time anew.
    question.shown.painted(start + ms(500));
    assert_eq!(question.press(press("y", start + ms(600)), yes), Answer::Yes);
}

#[test]
fn no_is_always_taken() {
    let start = Instant::now();
    assert_eq!(question(Ask::Yes).press(press("n", start), Some(Action::No)), Answer::No);
    assert_eq!(question(Ask::Yes).press(press("esc", start), Some(Action::Leave)), Answer::No);
    assert_eq!(question(Ask::Type("3".into())).press(press("esc", start), Some(Action::Leave)), Answer::No);
}

#[test]
fn the_count_is_typed_and_then_entered() {
    let start = Instant::now();
    let mut asked = question(Ask::Type("42".into()));
    assert!(asked.is_typing());
    // What was on its way before the question could be read is no answer.
    assert_eq!(asked.press(press("4", start), None), Answer::Open);
    asked.shown.painted(start);
    for (after, name, answer) in [
        (300, "4", Answer::Open),
        (400, "3", Answer::Open),
        (600, "enter", Answer::Open),
        (700, "backspace", Answer::Open),
        (800, "2", Answer::Open),
        // A machine types faster than a person.
        (815, "enter", Answer::Open),
        (850, "enter", Answer::Yes),
    ] {
        assert_eq!(asked.press(press(name, start + ms(after)), None), answer, "{name} after {after}");
    }
}

#[test]
fn a_question_shows_what_it_would_do() {
    for (width, height) in SIZES {
        let mut buffer = screen(width, height);
        let area = Rect::new(0, 0, width, height);
        let cursor = question(Ask::Type("3".into())).paint(&mut buffer, area, &theme());
        let text = rows(&buffer).join("\n");
        assert!(text.contains("Suspend 3 customers?") && text.contains("Type 3 and Enter to go on"), "{text}");
        assert!(cursor.is_some_and(|at| at.x < width));
    }
    let mut buffer = screen(40, 7);
    message(&mut buffer, Rect::new(0, 0, 40, 7), &ascii(), "Saved", &["All 3 rows.".into()], "Esc closes");
    assert_eq!(
        rows(&buffer),
        [
            "",
            "      + Saved -------------------+",
            "      | All 3 rows.              |",
            "      |                          |",
            "      | Esc closes               |",
            "      +--------------------------+",
            "",
        ]
        .map(String::from),
        "{:#?}",
        rows(&buffer)
    );
}

static VERBS: [ActionDef; 4] = [
    ActionDef { letter: Some('s'), ..ActionDef::new("suspend", Scope::List, &[]) },
    ActionDef { letter: Some('r'), ..ActionDef::new("renew", Scope::List, &[]) },
    ActionDef::new("settle", Scope::List, &[]),
    ActionDef::new("query", Scope::List, &[]),
];

fn menu(closed: Option<&str>) -> Menu {
    Menu::new(
        "CUS-000142",
        VERBS.iter().map(|def| (def, String::new(), closed.filter(|_| def.id == "renew").map(String::from))),
    )
}

#[test]
fn letters_of_a_menu_are_fixed_whatever_the_state() {
    let letters = |menu: &Menu| menu.entries().iter().map(|entry| entry.letter).collect::<Vec<_>>();
    assert_eq!(letters(&menu(None)), [Some('s'), Some('r'), Some('e'), Some('u')]);
    assert_eq!(letters(&menu(Some("no contract"))), letters(&menu(None)));
}

#[test]
fn a_closed_action_shows_its_reason_and_runs_nothing() {
    let now = Instant::now();
    let mut menu = menu(Some("no contract"));
    assert_eq!(menu.press(press("r", now), None), Picked::Closed("no contract".into()));
    assert_eq!(menu.press(press("s", now), None), Picked::Run(&VERBS[0]));
    assert_eq!(menu.press(Press { repeat: true, ..press("s", now) }, None), Picked::Open);
    assert_eq!(menu.press(press("j", now), Some(Action::PickDown)), Picked::Open);
    assert_eq!(menu.press(press("enter", now), Some(Action::Pick)), Picked::Closed("no contract".into()));
    assert_eq!(menu.press(press("q", now), Some(Action::Away)), Picked::Away);
    let mut buffer = screen(60, 8);
    menu.paint(&mut buffer, Rect::new(0, 0, 60, 8), &theme());
    let text = rows(&buffer).join("\n");
    assert!(text.contains("▌ r renew") && text.contains("no contract"), "{text}");
}

#[test]
fn a_letter_that_two_open_actions_share_goes_from_one_to_the_other() {
    static SHARED: [ActionDef; 3] = [
        ActionDef { letter: Some('r'), ..ActionDef::new("reactivate", Scope::List, &[]) },
        ActionDef { letter: Some('r'), ..ActionDef::new("renew", Scope::List, &[]) },
        ActionDef { letter: Some('s'), ..ActionDef::new("suspend", Scope::List, &[]) },
    ];
    let now = Instant::now();
    let menu = |closed: &str| {
        let closed = |def: &ActionDef| (def.id == closed).then(|| "not now".to_owned());
        Menu::new("2 customers", SHARED.iter().map(|def| (def, String::new(), closed(def))))
    };
    // One of them alone is what is meant.
    assert_eq!(menu("reactivate").press(press("r", now), None), Picked::Run(&SHARED[1]));
    assert_eq!(menu("renew").press(press("r", now), None), Picked::Run(&SHARED[0]));
    let mut both = menu("suspend");
    assert_eq!(both.press(press("r", now), None), Picked::Open);
    assert_eq!(both.press(press("enter", now), Some(Action::Pick)), Picked::Run(&SHARED[1]));
    assert_eq!(both.press(press("r", now), None), Picked::Open);
    assert_eq!(both.press(press("enter", now), Some(Action::Pick)), Picked::Run(&SHARED[0]));
}

#[test]
fn a_reason_without_room_in_its_row_stands_whole_below() {
    let reason = "cannot renew: the contract is terminated, which is final; open from there: nothing at all";
    for (width, height) in [(60, 11), (80, 20)] {
        let area = Rect::new(0, 0, width, height);
        let mut menu = menu(Some(reason));
        let shown = |menu: &Menu| {
            let mut buffer = screen(width, height);
            menu.paint(&mut buffer, area, &ascii());
            rows(&buffer)
        };
        let text = shown(&menu).join("\n");
        assert!(!text.contains("nothing at all"), "of the entry under the cursor alone: {text}");
        menu.press(press("j", Instant::now()), Some(Action::PickDown));
        let text = shown(&menu).join("\n");
        let flat: Vec<&str> = text.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect();
        assert!(flat.join(" ").contains(reason), "{text}");
        for label in ["suspend", "renew", "settle", "query"] {
            assert!(text.contains(label), "{label} stays in sight: {text}");
        }
    }
}

#[test]
fn a_menu_of_everything_gives_every_action_a_letter_of_its_own() {
    let map = KeyMap::build(&[Action::DEFS], None).unwrap();
    let sections = map.help(Scope::List, |_| true);
    let places = sections.iter().filter(|section| section.scope != Scope::Everywhere);
    let menu = Menu::new("All", places.flat_map(|s| &s.rows).take(46).map(|row| (row.action, String::new(), None)));
    let mut letters: Vec<char> = menu.entries().iter().filter_map(|entry| entry.letter).collect();
    assert!(letters.iter().all(|letter| !"jkxynq".contains(letter.to_ascii_lowercase())));
    let count = letters.len();
    letters.sort_unstable();
    letters.dedup();
    assert_eq!((letters.len(), count), (46, 46));
}

#[test]
fn help_is_the_key_map_narrowed() {
    let map = KeyMap::build(&[Action::DEFS], None).unwrap();
    let sections = map.help(Scope::List, |_| true);
    let mut help = Help::new();
    let mut buffer = screen(80, 24);
    help.paint(&mut buffer, Rect::new(0, 0, 80, 24), &theme(), "Customers", &sections, &Closed::new());
    assert!(rows(&buffer).join("\n").contains("Next row."));
    for c in ["f", "i", "l", "t"] {
        assert!(help.press(key(c), None));
    }
    let mut buffer = screen(80, 24);
    help.paint(&mut buffer, Rect::new(0, 0, 80, 24), &theme(), "Customers", &sections, &Closed::new());
    let text = rows(&buffer).join("\n");
    assert!(text.contains("Filter, live as one types") && !text.contains("Next row."), "{text}");
}

#[test]
fn choices_open_where_there_is_room() {
    let entries: Vec<Entry<'_>> = ["Home 50M", "Home 100M", "漢字"].into_iter().map(Entry::from).collect();
    let choices = Choices { title: "Plan", entries: &entries, cursor: Some(1), empty: "none" };
    let within = Rect::new(0, 0, 60, 15);
    let mut buffer = screen(60, 15);
    let (below, stand) = choices.popup(&mut buffer, within, Position { x: 10, y: 2 }, &theme());
    assert_eq!((below.y, below.height), (3, 5));
    let stand: Vec<(u16, usize)> = stand.into_iter().map(|(row, index)| (row.y, index)).collect();
    assert_eq!(stand, [(4, 0), (5, 1), (6, 2)]);
    assert!(rows(&buffer)[5].contains("▌ Home 100M"));
    let (above, _) = choices.popup(&mut screen(60, 15), within, Position { x: 58, y: 13 }, &theme());
    assert!(above.bottom() == 13 && above.right() <= 60);
}
