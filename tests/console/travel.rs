//! Getting about: tabs, the command line, the find line.

use headend::console::input::Event;
use headend::console::message::{Effect, Message, Question};
use headend::console::overlay::{CommandLine, FilterLine, Overlay};
use headend::console::past_lines::Kind;
use headend::console::state::Place;
use headend::console::tabs::Tab;
use headend::console::update::{enter, resumed};
use headend::domain::words::Words;
use headend::resources::Group;

use crate::common::{Engine, Lab};
use crate::hand::Hand;

#[test]
fn a_tab_opens_its_first_list_and_its_key_again_offers_the_others() {
    let mut hand = Hand::with_customers(&["Amina"]);
    assert!(hand.state.overlay.is_none() && hand.list().resource.title(Words::ENGLISH) == "Customers");
    hand.press("2");
    assert!(matches!(&hand.state.overlay, Some(Overlay::Chooser(menu)) if menu.title == "Customers"));
    // Again and again it goes round, and comes by where it began.
    for _ in hand.list().resource.group().resources() {
        hand.press("2");
    }
    hand.does("enter");
    assert_ne!(hand.list().resource.title(Words::ENGLISH), "Customers");
    hand.press("2");
    hand.does("c");
    assert_eq!(hand.list().resource.title(Words::ENGLISH), "Customers");
    // A digit goes on from there, and the last place is the only one above the dashboard.
    hand.press("2");
    hand.does("0");
    assert_eq!((hand.list().resource.title(Words::ENGLISH), hand.state.places.len()), ("Users", 2));
    // From a record the key leads to the list at once.
    hand.does("enter");
    assert_eq!(hand.state.places.len(), 3);
    hand.press("0");
    assert!(hand.state.overlay.is_none() && hand.list().resource.title(Words::ENGLISH) == "Users");
}

/// A list that is asked for where it is open already is the same place, with what it is asked for now.
#[test]
fn a_list_by_its_name_is_not_opened_over_itself() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    let depth = hand.state.places.len();
    hand.press("space");
    hand.opens_list("customers chipo");
    hand.settle();
    assert_eq!((hand.names(), hand.state.places.len()), (vec!["Chipo".to_owned()], depth));
    hand.opens_list("cus");
    hand.settle();
    assert_eq!((hand.names().len(), hand.list().marks.len(), hand.state.places.len()), (3, 1, depth));
    // Another one lies on top, and Esc comes back.
    hand.opens_list("tickets");
    hand.settle();
    assert_eq!(hand.state.places.len(), depth + 1);
    hand.does("esc");
    assert_eq!((hand.names().len(), hand.list().marks.len()), (3, 1));
}

#[test]
fn a_list_that_one_goes_to_by_name_stands_under_its_own_tab() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let tab = |hand: &Hand| Tab::current(&hand.state);
    hand.opens_list("jobs");
    hand.settle();
    assert_eq!(tab(&hand), Tab::Group(Group::Tickets));
    assert!(hand.shown().contains("Customers ▸ Jobs"), "where one came from stays: {}", hand.shown());
    // Its key goes to the first list of the tab, and back is where one came from.
    hand.does("esc");
    assert_eq!(tab(&hand), Tab::Group(Group::Customers));
    // What belongs to a record stands where the record does.
    hand.does("enter");
    hand.does("tab");
    assert_eq!(tab(&hand), Tab::Group(Group::Customers));
}

#[test]
fn esc_comes_back_to_where_one_was_in_another_tab() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    let title = |hand: &Hand| hand.list().resource.title(Words::ENGLISH).to_owned();
    hand.press("space");
    hand.does("enter");
    assert!(
        matches!(hand.state.places.last(), Some(Place::Page(page)) if page.record.as_ref().unwrap().title().contains("Brian"))
    );
    hand.does("3");
    assert_eq!((title(&hand), hand.state.places.len()), ("Devices".into(), 2));
    // What another console changes there is seen when one comes back.
    let brian = hand.state.left[0]
        .iter()
        .find_map(|place| if let Place::Page(page) = place { Some(page.id) } else { None })
        .unwrap();
    hand.lab.must("customers.update", brian, &[("name", "Brian Otieno")]);
    hand.does("esc");
    assert!(hand.shown().contains("Brian Otieno"), "{}", hand.shown());
    hand.does("esc");
    assert_eq!((hand.at(), hand.list().marks.len(), title(&hand)), ("Brian Otieno".into(), 1, "Customers".into()));
    // A tab comes back as it was left, as far as its list, and lies on top of the one before.
    hand.does("enter");
    hand.does("3");
    hand.does("8");
    hand.does("2");
    assert_eq!((hand.at(), hand.list().marks.len(), hand.state.places.len()), ("Brian Otieno".into(), 1, 2));
    let mut came_by = Vec::new();
    while hand.state.places.len() > 1 {
        came_by.push(title(&hand));
        hand.does("esc");
    }
    assert_eq!(came_by, ["Customers", "Incidents", "Devices"]);
    // Two lists of one tab are two places.
    hand.does("0");
    hand.does("0");
    hand.does("enter");
    let other = title(&hand);
    assert_ne!(other, "Users");
    hand.does("1");
    assert!(matches!(hand.state.places.as_slice(), [Place::Dashboard(_)]));
    // The dashboard is the root, by its key as well: `q` asks there, Esc goes back.
    hand.press("q");
    assert!(matches!(&hand.state.overlay, Some(Overlay::Confirm(..))));
    hand.press("esc");
    hand.does("esc");
    assert_eq!(title(&hand), other);
    hand.does("esc");
    assert_eq!(title(&hand), "Users");
    hand.does("esc");
    hand.press("esc");
    assert!(matches!(&hand.state.overlay, Some(Overlay::Confirm(..))), "nothing lies below");
}

/// Who comes in at a list waits for its rows alone; the dashboard behind it is read as well.
#[test]
fn the_place_that_one_comes_in_at_is_read_first() {
    let lab = Lab::new(Engine::Sqlite);
    lab.make("customers.create", &[("name", "Amina")]);
    let mut hand = Hand::at_first(lab, "customers");
    assert_eq!(hand.lists_asked(), ["customers"]);
    let (number, question) = hand.next(|question| matches!(question, Question::List(_))).unwrap();
    hand.reply((number, question));
    assert_eq!(hand.lists_asked(), ["devices", "incidents"]);
    hand.settle();
    assert_eq!(hand.names(), ["Amina"]);
    hand.does("esc");
    assert!(hand.shown().contains("Nothing is down."), "{}", hand.shown());
    // Nothing waits for rows that are long in coming.
    let mut hand = Hand::at_first(Lab::new(Engine::Sqlite), "customers");
    hand.passes(std::time::Duration::from_millis(600));
    assert_eq!(hand.lists_asked(), ["customers", "devices", "incidents"]);
    // What there is not is told on the dashboard.
    let mut hand = Hand::at_first(Lab::new(Engine::Sqlite), "customrs");
    hand.settle();
    assert!(hand.told().contains("customers") && hand.shown().contains("Nothing is down."), "{}", hand.shown());
}

#[test]
fn esc_comes_back_to_the_dashboard_that_one_went_on_from() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let is_dashboard = |hand: &Hand| matches!(hand.state.places.as_slice(), [Place::Dashboard(_)]);
    for key in ["w", "3", "!"] {
        hand.does("1");
        assert!(is_dashboard(&hand));
        hand.does("1");
        hand.does(key);
        assert_eq!(hand.state.places.len(), 2, "{key}");
        while !is_dashboard(&hand) {
            hand.does("esc");
        }
        hand.does("esc");
        assert_eq!(hand.list().resource.title(Words::ENGLISH), "Customers", "{key}");
    }
    hand.does("esc");
    assert!(is_dashboard(&hand) && hand.state.left.is_empty());
    // However often one goes round, Esc is never pressed in vain.
    for _ in 0..5 {
        for key in ["1", "3", "1", "2", "6", "1", "3"] {
            hand.does(key);
        }
    }
    let mut came_by = Vec::new();
    while !hand.state.left.is_empty() || !is_dashboard(&hand) {
        let here =
            hand.state.places.last().map_or("", |place| {
                if let Place::List(list) = place { list.resource.title(Words::ENGLISH) } else { "" }
            });
        assert_ne!(came_by.last(), Some(&here), "{came_by:?}");
        came_by.push(here);
        hand.does("esc");
    }
    assert!(came_by.len() <= 7, "{came_by:?}");
    hand.press("esc");
    assert!(matches!(&hand.state.overlay, Some(Overlay::Confirm(..))));
}

#[test]
fn the_worst_incident_that_nobody_took_comes_first() {
    let mut hand = Hand::new();
    for (title, severity) in [("old and bad", "critical"), ("a trifle", "minor"), ("newer", "major")] {
        hand.lab.make("incidents.create", &[("title", title), ("severity", severity)]);
    }
    hand.does("!");
    assert_eq!(hand.list().current().unwrap().get("title").as_str(), "old and bad");
    assert_eq!(hand.list().rows.len(), 3);
}

#[test]
fn what_was_asked_for_in_a_tab_that_was_left_is_done_nowhere_else() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("enter");
    hand.press("e");
    // A digit behind it is for the form that it opens; what one points at is meant now.
    crate::pointing::click(&mut hand, "3 Devices");
    hand.settle();
    assert!(
        matches!(hand.state.places.as_slice(), [Place::Dashboard(_), Place::List(_)]),
        "{:?}",
        hand.state.places.len()
    );
    hand.does("esc");
    assert!(matches!(hand.state.places.last(), Some(Place::Page(_))), "and not when one comes back");
}

#[test]
fn tabs_of_which_one_may_see_nothing_are_left_out() {
    let mut hand = Hand::new();
    let clerk = hand.lab.user("clerk", "sales");
    let seen: Vec<&str> = Group::ALL
        .iter()
        .filter(|group| group.seen_by(&clerk).next().is_some())
        .map(|group| group.title(Words::ENGLISH))
        .collect();
    let left_out = Group::ALL
        .iter()
        .position(|group| !seen.contains(&group.title(Words::ENGLISH)))
        .expect("one that sales may not see");
    assert!(seen.contains(&"Customers"), "{seen:?}");
    hand.state.session = Some(clerk);
    let shown = hand.shown();
    let tabs = shown.lines().nth(1).unwrap();
    for group in Group::ALL {
        assert_eq!(tabs.contains(group.title(Words::ENGLISH)), seen.contains(&group.title(Words::ENGLISH)), "{tabs}");
    }
    // The dashboard has the first key.
    hand.press(&(left_out + 2).to_string());
    assert!(hand.told().contains("there is nothing under"), "{}", hand.told());
    assert!(matches!(hand.state.places.as_slice(), [Place::Dashboard(_)]));
}

const fn is_ids(question: &Question) -> bool {
    matches!(question, Question::Mark { .. })
}

fn command(hand: &Hand) -> &CommandLine {
    match &hand.state.overlay {
        Some(Overlay::Command(command)) => command,
        other => panic!("no command line but {other:?}"),
    }
}

#[test]
fn a_command_is_an_operation_on_all_that_its_filter_matches() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("1");
    hand.press(":");
    hand.types("customers.suspend name~i");
    hand.press("enter");
    assert!(hand.state.overlay.is_none(), "they are counted first");
    let counted = hand.next(is_ids).expect("which they are");
    hand.reply(counted);
    hand.settle();
    assert_eq!(hand.list().marks.len(), 3);
    assert!(matches!(&hand.state.overlay, Some(Overlay::Confirm(..))));
    assert!(hand.performed().is_none());
    hand.press("esc");
    hand.press(":");
    hand.types("suspend name:chipo");
    hand.does("enter");
    hand.paint();
    hand.press("y");
    assert_eq!(hand.performed().expect("a request").aims.len(), 1);
    // What matches nothing asks nothing.
    hand.press(":");
    hand.types("suspend name:nobody");
    hand.does("enter");
    assert!(hand.state.overlay.is_none() && hand.told().contains("nothing matches"), "{}", hand.told());
}

#[test]
fn an_operation_is_not_asked_for_when_one_has_gone_elsewhere() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press(":");
    hand.types("suspend name:amina");
    hand.press("enter");
    let counted = hand.next(is_ids).expect("which they are");
    hand.press("3");
    hand.reply(counted);
    assert!(hand.state.overlay.is_none());
}

#[test]
fn a_mistake_in_a_command_is_marked_where_it_stands() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press(":");
    hand.types("customers stauts:active");
    assert!(command(&hand).mistake.is_none() || command(&hand).mistake.as_ref().unwrap().span == (10..16));
    hand.press("enter");
    assert_eq!(command(&hand).mistake.as_ref().expect("a mistake").span, 10..16);
    assert!(hand.shown().contains("did you mean status"), "{}", hand.shown());
    // The line stays as it was typed, and goes on.
    assert_eq!(command(&hand).line.text(), "customers stauts:active");
    hand.press("ctrl-u");
    assert!(command(&hand).mistake.is_none());
    hand.press("ctrl-k");
    hand.types("nonsense");
    assert!(command(&hand).mistake.is_none(), "it may be going on");
    hand.press("enter");
    assert_eq!(command(&hand).mistake.as_ref().expect("a mistake").span, 0..8);
}

#[test]
fn only_a_highlighted_candidate_is_run_and_up_is_the_history() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press(":");
    hand.types("dev");
    assert_eq!(command(&hand).completion.candidates[0], "devices");
    hand.press("tab");
    assert_eq!(command(&hand).line.text(), "devices ");
    hand.types("health:down");
    hand.does("enter");
    assert_eq!((hand.list().resource.entity.name, hand.list().filter_text.as_str()), ("devices", "health:down"));
    hand.press(":");
    hand.types("sit");
    hand.press("down");
    hand.does("enter");
    assert_eq!(hand.list().resource.entity.name, "sites");
    assert_eq!(hand.lines.commands, ["devices health:down", "sites"]);
    hand.press(":");
    hand.press("up");
    assert_eq!(command(&hand).line.text(), "sites");
    hand.press("up");
    assert_eq!(command(&hand).line.text(), "devices health:down");
    hand.press("down");
    hand.press("down");
    assert_eq!(command(&hand).line.text(), "");
}

#[test]
fn the_lines_of_another_day_are_there_and_nobody_elses() {
    let mut hand = Hand::new();
    hand.lines.add(Kind::Command, "devices is:problem");
    hand.press("ctrl-q");
    let again = resumed(hand.lab.admin.clone());
    for effect in enter(&mut hand.state, again) {
        if let Effect::Ask(number, question) = effect {
            hand.asked.push((number, *question));
        }
    }
    hand.settle();
    assert_eq!(hand.state.past_lines.commands, ["devices is:problem"]);
    let other = resumed(hand.lab.user("other", "sales"));
    enter(&mut hand.state, other);
    assert!(hand.state.past_lines.commands.is_empty());
}

#[test]
fn a_colon_in_the_find_line_makes_it_a_command() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("f");
    hand.types("ami");
    hand.settle();
    // One customer, and behind it what was done to it.
    let first = match &hand.state.overlay {
        Some(Overlay::Find(find)) => find.found.first().map(|found| (found.entity.name, found.records.len())),
        _ => None,
    };
    assert_eq!(first, Some(("customers", 1)));
    hand.press("ctrl-u");
    hand.types(":devices is:problem");
    assert_eq!(command(&hand).line.text(), "devices is:problem");
    hand.press("esc");
    // A scan or a paste fills the line and runs nothing.
    hand.hears(Message::Event(Event::Scan(":suspend name:amina".into()), hand.clock));
    assert_eq!(command(&hand).line.text(), "suspend name:amina");
    assert!(hand.performed().is_none());
}

#[test]
fn what_is_found_is_opened_once_it_is_for_what_was_typed() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("f");
    hand.types("a");
    hand.settle();
    hand.press("ctrl-u");
    hand.types("brian");
    hand.press("enter");
    assert!(matches!(&hand.state.overlay, Some(Overlay::Find(_))), "the hits on the screen are of another text");
    hand.settle();
    assert!(hand.state.overlay.is_none());
    let Some(Place::Page(page)) = hand.state.places.last() else { panic!("no page") };
    assert_eq!(page.record.as_ref().map(|record| record.title()), Some("CUS-000002 Brian".into()));
}

#[test]
fn what_is_everywhere_is_in_lines_and_dialogs_too() {
    for opened in ["/", ":", "f", "x", "c", "V", "y", "?"] {
        let mut hand = Hand::with_customers(&["Amina", "Brian"]);
        hand.does(opened);
        if opened != "f" {
            hand.press("ctrl-f");
            assert!(matches!(&hand.state.overlay, Some(Overlay::Find(_))), "{opened}: {:?}", hand.state.overlay);
            hand.press("esc");
            hand.does(opened);
        }
        hand.press("ctrl-o");
        assert!(matches!(&hand.state.overlay, Some(Overlay::Menu(_))), "{opened}: {:?}", hand.state.overlay);
        hand.press("esc");
        hand.press(opened);
        hand.press("ctrl-q");
        assert!(hand.state.door.is_some() && hand.state.overlay.is_none(), "{opened}");
    }
}

#[test]
fn filters_of_a_list_come_back_in_its_line() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    for typed in ["name:amina", "status:suspended"] {
        hand.press("/");
        hand.press("ctrl-u");
        hand.types(typed);
        hand.does("enter");
    }
    hand.does("esc");
    hand.press("/");
    hand.press("up");
    assert_eq!(filter(&hand).line.text(), "status:suspended");
    hand.does("up");
    assert_eq!((filter(&hand).line.text(), hand.names()), ("name:amina", vec!["Amina".to_owned()]));
    hand.press("down");
    hand.press("down");
    assert_eq!(filter(&hand).line.text(), "");
    hand.press("esc");
    // Those of customers are none of devices.
    hand.does("3");
    hand.press("/");
    hand.press("up");
    assert_ne!(filter(&hand).line.text(), "status:suspended");
}

fn filter(hand: &Hand) -> &FilterLine {
    match &hand.state.overlay {
        Some(Overlay::Filter(filter)) => filter,
        other => panic!("no filter line but {other:?}"),
    }
}

#[test]
fn a_mistaken_filter_shows_what_stands_in_front_of_the_mistake() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("/");
    for (text, names) in [
        ("stauts:active", &["Amina", "Brian"][..]),
        ("amina stauts:active", &["Amina"]),
        ("(amina stauts:active", &["Amina", "Brian"]),
        ("brian or stauts:active", &["Brian"]),
        ("nobody stauts:active", &[]),
        // A bracket too many is no part of what it stands behind.
        ("name:amina)", &["Amina"]),
        ("(brian) name:bri)", &["Brian"]),
    ] {
        hand.types(text);
        hand.settle();
        assert!(hand.list().mistake.is_some() && hand.names() == names, "{text}: {:?}", hand.names());
        assert!(!hand.shown().contains("Nothing matches"), "{text}: {}", hand.shown());
        hand.press("ctrl-u");
    }
    // Amid what was right it leaves the answer as it was.
    hand.types("status:active amina");
    hand.settle();
    hand.press("home");
    for wrong in ["z", "nobody:1 "] {
        hand.types(wrong);
        hand.settle();
        assert!(hand.list().mistake.is_some() && hand.names() == ["Amina"], "{wrong}: {:?}", hand.names());
    }
    hand.press("end");
    hand.press("ctrl-u");
    // As soon as it is right, it is what is shown.
    hand.types("status:suspended");
    hand.settle();
    assert!(hand.list().mistake.is_none() && hand.names().is_empty());
    hand.press("esc");
    hand.settle();
    hand.press("/");
    hand.types("status:suspended");
    hand.does("enter");
    assert!(hand.shown().contains("the filter. Esc clears it."), "{}", hand.shown());
}

#[test]
fn what_is_still_being_written_leaves_the_answer_as_it_was() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    let amina = hand.list().rows[0].record.id;
    hand.lab.must("customers.suspend", amina, &[]);
    hand.press("/");
    hand.types("status:suspended");
    hand.settle();
    assert_eq!(hand.names(), ["Amina"]);
    // Only the value is wrong by now.
    hand.types("x");
    hand.settle();
    assert!(hand.list().mistake.is_some() && hand.names() == ["Amina"], "{:?}", hand.names());
    hand.press("ctrl-u");
    hand.types("amina");
    hand.settle();
    assert_eq!(hand.names(), ["Amina"]);
    // A condition without a value asks for nothing yet; run as it is, it asks for what is empty.
    hand.types(" email:");
    hand.settle();
    assert_eq!(hand.names(), ["Amina"]);
    hand.press("ctrl-u");
    hand.types("status:");
    hand.settle();
    assert_eq!(hand.names(), ["Amina", "Brian"]);
    hand.does("enter");
    assert!(hand.names().is_empty(), "{:?}", hand.names());
}

#[test]
fn what_occurs_behind_references_and_in_relations_is_offered() {
    let mut hand = Hand::new();
    hand.lab.make(
        "plans.create",
        &[("name", "Home 100M"), ("download_mbps", "100"), ("upload_mbps", "10"), ("price", "40")],
    );
    hand.lab.make("sites.create", &[("name", "North POP")]);
    let customer = hand.lab.make("customers.create", &[("name", "Amina"), ("plan", "Home 100M")]).to_string();
    hand.lab.make(
        "devices.create",
        &[("name", "onu-1"), ("device_type", "onu"), ("site", "North POP"), ("customer", &customer)],
    );
    hand.does("3");
    hand.press("/");
    for (text, offered) in [
        ("customer.pl", "customer.plan"),
        ("customer.plan:", "\"Home 100M\""),
        ("customer.balance", "customer.wallet_balance<"),
        ("parent.site:", "\"North POP\""),
        ("has:(device site:", "\"North POP\""),
    ] {
        hand.types(text);
        hand.settle();
        let candidates = &filter(&hand).completion.candidates;
        assert!(candidates.iter().any(|candidate| candidate == offered), "{text}: {candidates:?}");
        hand.press("ctrl-u");
    }
    // Oneself, and who else there is.
    hand.press("esc");
    hand.press(":");
    hand.types("tickets engineer:");
    hand.settle();
    assert_eq!(command(&hand).completion.candidates, ["me", "admin"]);
}

/// A filter is left by other keys than Enter and Esc too: what it says by then is what it asks for.
#[test]
fn a_filter_that_is_left_half_written_says_what_its_rows_are() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    for (typed, says, rows) in [("status:", "", 2), ("brian status:", "brian", 1)] {
        hand.press("/");
        hand.press("ctrl-u");
        hand.types(typed);
        hand.settle();
        hand.does("ctrl-f");
        hand.does("esc");
        assert_eq!((hand.list().filter_text.as_str(), hand.names().len()), (says, rows), "{typed}");
        hand.does("*");
        assert_eq!(hand.list().marks.len(), rows, "{typed}");
        hand.does("-");
    }
}

/// The menu of everything lists what can be done where one is, and leaves that as it is.
#[test]
fn the_menu_of_everything_waits_on_what_lies_there() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    let entries = |hand: &Hand| -> Vec<&str> {
        match &hand.state.overlay {
            Some(Overlay::Menu(menu)) => menu.entries().iter().map(|entry| entry.action.id).collect(),
            other => panic!("no menu but {other:?}"),
        }
    };
    // A line is there again, with what was typed, and goes on.
    for (opens, typed) in [(":", "suspend stat"), ("f", "brian"), ("/", "ami")] {
        hand.press(opens);
        hand.types(typed);
        hand.settle();
        hand.does("ctrl-o");
        assert!(
            entries(&hand).contains(&"line-clear") && !entries(&hand).contains(&"add"),
            "{opens}: {:?}",
            entries(&hand)
        );
        hand.does("esc");
        let text = match &hand.state.overlay {
            Some(Overlay::Command(command)) => command.line.text().to_owned(),
            Some(Overlay::Find(find)) => find.line.text().to_owned(),
            Some(Overlay::Filter(filter)) => filter.line.text().to_owned(),
            other => panic!("{opens}: no line but {other:?}"),
        };
        assert_eq!(text, typed);
        // What is picked is done in the line.
        hand.does("ctrl-o");
        let clear = match &hand.state.overlay {
            Some(Overlay::Menu(menu)) => {
                menu.entries().iter().find(|entry| entry.action.id == "line-clear").and_then(|entry| entry.letter)
            }
            _ => None,
        };
        hand.does(&clear.unwrap().to_string());
        assert!(hand.state.overlay.is_some() && !hand.shown().contains(typed), "{opens}");
        hand.does("esc");
    }
    // Dialogs: their own actions, and no others.
    for (opens, id) in [("c", "column-wider"), ("V", "view-keep"), ("y", "copy-row"), ("x", "pick")] {
        hand.does(opens);
        hand.does("ctrl-o");
        assert!(entries(&hand).contains(&id) && !entries(&hand).contains(&"add"), "{opens}: {:?}", entries(&hand));
        hand.does("esc");
        assert!(hand.state.overlay.is_some() && !matches!(hand.state.overlay, Some(Overlay::Menu(_))), "{opens}");
        hand.does("esc");
    }
    // A question waits as well, and is answered from the menu too.
    hand.does("x");
    hand.does("s");
    hand.does("ctrl-o");
    assert!(entries(&hand).contains(&"yes"), "{:?}", entries(&hand));
    hand.does("esc");
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))));
    // The lock puts all of it away.
    hand.does("ctrl-o");
    hand.press("ctrl-q");
    assert!(hand.state.door.is_some() && hand.state.overlay.is_none());
}

/// The letters of menus are found on another layout, too.
#[test]
fn letters_of_menus_go_by_the_language_map() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let file = headend::console::keys::KeyFile::parse("[langmap]\n\"ч\" = \"x\"\n\"ы\" = \"s\"\n").unwrap();
    let map = headend::console::keys::KeyMap::build(&[headend::console::actions::Action::DEFS], Some(&file)).unwrap();
    hand.hears(Message::Keys(Ok(Box::new(map))));
    hand.does("ч");
    assert!(matches!(hand.state.overlay, Some(Overlay::Actions(_))));
    hand.does("ы");
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))), "{}", hand.shown());
}

/// Who gives a filter up stands where they stood, and finds what they typed again.
#[test]
fn a_filter_that_is_given_up_leaves_the_cursor_and_is_not_lost() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("j");
    assert_eq!(hand.at(), "Brian");
    hand.press("/");
    hand.types("status:active chip");
    hand.settle();
    assert_eq!(hand.at(), "Chipo");
    hand.does("esc");
    assert_eq!((hand.at().as_str(), hand.names().len()), ("Brian", 3));
    hand.press("/");
    hand.press("up");
    assert_eq!(filter(&hand).line.text(), "status:active chip");
    // What is highlighted goes before the line.
    hand.press("ctrl-u");
    hand.types("stat");
    hand.settle();
    hand.press("down");
    hand.press("esc");
    assert_eq!(filter(&hand).line.text(), "stat");
    hand.does("esc");
    assert!(hand.state.overlay.is_none());
    for (opens, typed) in [(":", "devices hea"), ("f", "zawadi rot")] {
        hand.press(opens);
        hand.types(typed);
        hand.settle();
        hand.does("esc");
        hand.press(opens);
        hand.press("up");
        assert!(hand.shown().contains(typed), "{opens}: {}", hand.shown());
        hand.does("esc");
    }
    // One with a mistake is none to come back to.
    hand.press("/");
    hand.press("ctrl-u");
    hand.types("status:bar");
    hand.settle();
    assert!(hand.list().mistake.is_some());
    assert_eq!(hand.list().look().filter, "");
}

/// Among what points at a record, the keys of a page go to the same of the record before and after it.
#[test]
fn the_next_record_is_looked_at_from_the_same_side() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    for (customer, title) in [("Amina", "slow"), ("Brian", "no line"), ("Brian", "a bill")] {
        hand.lab.make("tickets.create", &[("customer", customer), ("title", title)]);
    }
    hand.does("r");
    hand.does("enter");
    hand.does("tab");
    let about = |hand: &Hand| {
        let below = hand.list().below.clone().unwrap();
        (below.title, below.name, hand.list().rows.len())
    };
    while about(&hand).1 != "tickets" {
        hand.does("tab");
    }
    assert_eq!(about(&hand), ("CUS-000001 Amina".into(), "tickets", 1));
    let depth = hand.state.places.len();
    hand.does(">");
    assert_eq!((about(&hand), hand.state.places.len()), (("CUS-000002 Brian".into(), "tickets", 2), depth));
    // At the end of the list one stays.
    hand.does(">");
    assert!(hand.told().contains("no further record"), "{}", hand.told());
    assert_eq!(about(&hand).0, "CUS-000002 Brian");
    // However fast: what is not read yet goes on to it too.
    hand.press("<");
    hand.press(">");
    hand.press("<");
    hand.settle();
    assert_eq!((about(&hand), hand.state.places.len()), (("CUS-000001 Amina".into(), "tickets", 1), depth));
    // Its page, and its list, lie below as ever.
    hand.does("esc");
    assert!(matches!(hand.state.places.last(), Some(Place::Page(page)) if page.record.is_some()), "{}", hand.shown());
    hand.does("esc");
    assert_eq!(hand.at(), "Amina");
}

/// What stands in a filter line without a value yet says what it would be taken for.
#[test]
fn a_condition_without_a_value_says_what_it_stands_for() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    let says = |hand: &mut Hand| hand.shown().contains("asks for what is empty");
    hand.press("/");
    hand.types("email:");
    hand.settle();
    assert!(says(&mut hand) && hand.names().len() == 2, "{}", hand.shown());
    hand.types("amina");
    hand.settle();
    assert!(!says(&mut hand));
    for _ in 0.."amina".len() {
        hand.press("backspace");
    }
    hand.settle();
    assert!(says(&mut hand));
    hand.does("enter");
    assert!(!says(&mut hand) && hand.names().len() == 2, "nobody has one");
}
