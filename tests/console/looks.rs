//! Columns, saved views, lists as they were left, and the lists of what points at a record.

use std::time::Duration;

use headend::console::message::{Message, Question, Reply};
use headend::console::overlay::Overlay;
use headend::console::state::Place;
use headend::domain::Id;
use headend::store::aims::Aims;
use headend::store::list::ListRequest;
use ratatui::layout::Size;

use crate::common::lab::entity;
use crate::common::{Engine, Lab};
use crate::hand::Hand;

fn columns(hand: &Hand) -> Vec<&'static str> {
    hand.list().columns.iter().map(|column| column.field.name).collect()
}

/// Somebody else's console, or this one started again: nothing is remembered but what the database has.
fn again(hand: Hand) -> Hand {
    let mut next = Hand::of(hand.lab);
    next.press("2");
    next.settle();
    next
}

#[test]
fn columns_are_shown_hidden_moved_and_made_wider() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    let before = columns(&hand);
    assert_eq!(before[..3], ["number", "name", "status"]);
    hand.press("c");
    hand.press("space");
    hand.press("j");
    hand.press("J");
    hand.press(">");
    hand.does("esc");
    assert_eq!(columns(&hand)[..3], ["status", "name", before[3]]);
    assert_eq!(hand.list().columns[1].width, Some(hand.list().columns[1].wants.1 + 1));
    assert!(!columns(&hand).contains(&"number"));
    // A field that the rows did not carry is read.
    hand.press("c");
    hand.press("end");
    hand.press("space");
    assert!(hand.next(|question| matches!(question, Question::List(_))).is_some());
    assert_eq!(columns(&hand).last(), Some(&"updated_at"));
    assert!(!columns(&hand).contains(&"access_password"));
    // One column stays, and all come back.
    hand.press("home");
    for _ in 0..40 {
        hand.press("space");
        hand.press("j");
    }
    assert!(!columns(&hand).is_empty());
    hand.press("r");
    assert_eq!(columns(&hand), before);
}

#[test]
fn a_list_comes_back_as_it_was_left() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("c");
    hand.press("space");
    hand.press("esc");
    hand.press("S");
    hand.press("/");
    hand.types("bri");
    hand.does("enter");
    hand.does("q");
    hand.does("2");
    assert_eq!((hand.list().filter_text.as_str(), hand.names()), ("bri", vec!["Brian".to_owned()]));
    let mut hand = again(hand);
    assert_eq!((hand.list().filter_text.as_str(), hand.names()), ("bri", vec!["Brian".to_owned()]));
    assert!(hand.list().sort[0].descending && !columns(&hand).contains(&"number"));
    // A list that is asked for with a filter has that one, and leaves the remembered one as it is.
    hand.press(":");
    hand.types("customers amina");
    hand.does("enter");
    assert_eq!(hand.names(), ["Amina"]);
    assert!(!columns(&hand).contains(&"number"));
    let mut hand = again(hand);
    assert_eq!(hand.list().filter_text, "bri");
    hand.press("esc");
    hand.passes(Duration::from_secs(3));
    hand.settle();
    assert_eq!(again(hand).list().filter_text, "");
}

#[test]
fn a_view_is_kept_shown_renamed_opened_with_and_deleted() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("/");
    hand.types("bri");
    hand.does("enter");
    hand.does("V");
    assert!(hand.shown().contains("none yet"));
    hand.press("a");
    hand.types("Just Brian");
    hand.does("enter");
    assert!(hand.told().contains("u takes it back"), "{}", hand.told());
    hand.does("esc");
    assert_eq!(hand.names().len(), 2);
    hand.does("V");
    assert!(hand.shown().contains("u  Just Brian"), "j means down here: the next letter of its name");
    hand.press("esc");
    hand.does("V");
    hand.press_after("u", Duration::from_millis(60), false);
    assert_eq!(hand.names().len(), 2, "on its way before the views could be seen");
    assert!(matches!(hand.state.overlay, Some(Overlay::Views(_))));
    hand.does("u");
    assert_eq!(hand.names(), ["Brian"]);
    assert!(hand.shown().contains("view Just Brian"));
    hand.does("S");
    assert!(hand.shown().contains("view Just Brian, changed"));
    // Renamed, and the one that the list opens with.
    hand.does("V");
    hand.press("x");
    hand.press("r");
    hand.press("ctrl-u");
    hand.types("Only Brian");
    hand.does("enter");
    assert_eq!(hand.list().view.as_ref().map(|view| view.name.as_str()), Some("Only Brian"));
    // A name is one view's: what was typed stays to be put right.
    hand.does("V");
    hand.press("a");
    hand.types("only brian");
    hand.does("enter");
    assert!(hand.told().contains("is called ‘only brian’ already") && hand.shown().contains("only brian"));
    hand.press("esc");
    hand.does("esc");
    hand.does("V");
    hand.press("x");
    // It is done at once: on its way before the question could be read, it was meant for something else.
    hand.press_after("o", Duration::from_millis(60), false);
    assert!(hand.told().is_empty() && matches!(&hand.state.overlay, Some(Overlay::Views(views)) if views.acting));
    hand.press("o");
    hand.does("esc");
    hand.press("/");
    hand.press("ctrl-u");
    hand.does("enter");
    let mut hand = again(hand);
    assert_eq!(hand.names(), ["Brian"], "not as it was left, but as its view has it");
    assert!(hand.shown().contains("view Only Brian"));
    hand.does("V");
    assert!(hand.shown().contains("opens the list"));
    hand.press("x");
    hand.press("d");
    hand.says_yes();
    hand.settle();
    let left = hand.lab.store.list(&hand.lab.admin, &ListRequest::all(entity("saved_views"), 10)).unwrap();
    assert!(left.rows.is_empty());
    assert_eq!(again(hand).names().len(), 2, "the view is gone: as it was left");
}

#[test]
fn a_view_is_shared_only_by_who_may() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("V");
    hand.press("a");
    hand.types("Everybody");
    hand.does("enter");
    hand.does("V");
    hand.press("x");
    hand.press("s");
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))));
    hand.says_yes();
    hand.settle();
    let clerk = hand.lab.user("clerk", "staff");
    let seen = hand.lab.store.list(&clerk, &ListRequest::all(entity("saved_views"), 10)).unwrap();
    assert_eq!(seen.rows[0].get("name").as_str(), "Everybody");
    assert!(seen.rows[0].get("user_id").is_empty());
    // And no longer.
    hand.does("V");
    hand.press("x");
    hand.press("s");
    assert!(hand.shown().contains("Keep this view for yourself alone?"), "{}", hand.shown());
    hand.says_yes();
    hand.settle();
    let seen = hand.lab.store.list(&clerk, &ListRequest::all(entity("saved_views"), 10)).unwrap();
    assert!(seen.rows.is_empty());
}

/// What is written anew is the view that is shown, and one of everybody's is asked for.
#[test]
fn the_view_that_is_shown_is_the_one_that_is_written_anew() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    let everybody = hand.lab.make("saved_views.create", &[("screen", "customers"), ("name", "All of them")]);
    hand.lab.must("saved_views.share", everybody, &[]);
    let own = hand.lab.make("saved_views.create", &[("screen", "customers"), ("name", "Some"), ("filter", "amina")]);
    hand.does("V");
    let shown = hand.shown();
    let letter =
        shown.lines().find_map(|line| line.split("  Some").next().filter(|before| *before != line)?.chars().last());
    hand.does(&letter.expect("a letter").to_string());
    assert_eq!(hand.names(), ["Amina"]);
    hand.does("/");
    hand.press("ctrl-u");
    hand.types("brian");
    hand.does("enter");
    hand.does("V");
    hand.press("x");
    hand.does("w");
    assert_eq!(hand.lab.value("saved_views", own, "filter"), "brian", "{}", hand.told());
    let stands = |hand: &Hand, name: &str| {
        hand.list().view.as_ref().is_some_and(|view| view.name == name && view.look == hand.list().look())
    };
    assert!(stands(&hand, "Some"), "{:?}", hand.list().view);
    assert_eq!(hand.lab.value("saved_views", everybody, "filter"), "");
    hand.does("V");
    hand.press("k");
    hand.press("k");
    hand.press("x");
    hand.does("w");
    assert!(hand.shown().contains("Write this view anew for everybody?"), "{}", hand.shown());
    assert_eq!(hand.lab.value("saved_views", everybody, "filter"), "");
    hand.says_yes();
    hand.settle();
    assert_eq!(hand.lab.value("saved_views", everybody, "filter"), "brian");
    assert!(stands(&hand, "All of them"), "{:?}", hand.list().view);
}

/// What others make of the view that a list shows, or opens with, is seen with the next look.
#[test]
fn a_view_is_called_as_others_call_it_now() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    let view = hand.lab.make("saved_views.create", &[("screen", "customers"), ("name", "Some"), ("filter", "amina")]);
    hand.lab.must("saved_views.share", view, &[]);
    hand.does("V");
    hand.does("enter");
    assert!(hand.shown().contains("Some"), "{}", hand.shown());
    // It opens with it, too.
    hand.does("V");
    hand.press("x");
    hand.does("o");
    hand.does("esc");
    hand.rests();
    let name = |hand: &Hand| hand.list().view.as_ref().map(|view| view.name.clone());
    hand.lab.must("saved_views.update", view, &[("name", "Only Amina")]);
    hand.rests();
    assert_eq!(name(&hand).as_deref(), Some("Only Amina"));
    let is_as_kept = |hand: &Hand| hand.list().view.as_ref().is_some_and(|view| view.look == hand.list().look());
    assert!(is_as_kept(&hand));
    // The open menu of views as well, the cursor where it was.
    let other = hand.lab.make("saved_views.create", &[("screen", "customers"), ("name", "Another")]);
    hand.does("V");
    assert!(hand.shown().contains("Another"), "{}", hand.shown());
    hand.lab.must("saved_views.delete", other, &[]);
    hand.lab.must("saved_views.update", view, &[("filter", "brian"), ("name", "Only Brian")]);
    hand.rests();
    let shown = hand.shown();
    assert!(!shown.contains("Another") && shown.contains("Only Brian"), "{shown}");
    hand.does("esc");
    // A name that is being typed for one that is gone goes with it.
    let other = hand.lab.make("saved_views.create", &[("screen", "customers"), ("name", "Another")]);
    hand.does("V");
    for _ in 0..4 {
        if hand.shown().lines().any(|line| line.contains('▌') && line.contains("Another")) {
            break;
        }
        hand.press("k");
    }
    hand.press("x");
    hand.press("r");
    hand.types("zz");
    hand.lab.must("saved_views.delete", other, &[]);
    hand.rests();
    assert!(!hand.shown().contains("zz") && hand.told().contains("not there any more"), "{}", hand.shown());
    hand.does("esc");
    assert_eq!((name(&hand).as_deref(), is_as_kept(&hand)), (Some("Only Brian"), false), "the list stays as it is");
    assert_eq!(hand.names(), ["Amina"]);
    hand.opens_list("plans");
    hand.settle();
    hand.opens_list("customers");
    hand.settle();
    assert_eq!(hand.names(), ["Brian"], "it opens with the view as that is now");
    hand.lab.must("saved_views.delete", view, &[]);
    hand.rests();
    assert_eq!(name(&hand), None);
    assert!(hand.told().contains("‘Only Brian’ is not there any more"), "{}", hand.told());
    assert_eq!(hand.names(), ["Brian"]);
}

/// A name that nothing bears is told as long as its filter stands, and nothing is done to all the others.
#[test]
fn a_name_that_nothing_bears_is_told_wherever_one_is_in_the_list() {
    let names: Vec<String> = (0..200).map(|n| format!("Amina {n:03}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let told = "there is no plan ‘bogus’";
    hand.does("/");
    hand.types("-plan:bogus");
    hand.does("enter");
    for key in ["G", "K", "K", "g", "J", "J", "J", "J"] {
        hand.does(key);
        assert!(hand.shown().contains(told), "{key}: {}", hand.shown());
    }
    hand.does("/");
    hand.press("ctrl-u");
    hand.types("no:(device site:bogus)");
    hand.does("enter");
    assert!(hand.shown().contains("there is no site ‘bogus’"), "{}", hand.shown());
    hand.does("/");
    hand.press("ctrl-u");
    hand.does("enter");
    assert!(!hand.shown().contains("there is no"), "{}", hand.shown());
    hand.does(":");
    hand.types("suspend -plan:bogus");
    hand.does("enter");
    hand.settle();
    assert_eq!(hand.told(), format!("suspend: {told}, which the filter names: nothing was done"));
    assert!(hand.state.overlay.is_none() && hand.list().marks.is_empty());
}

/// A list below a page is as one left it for another.
#[test]
fn the_lists_of_a_page_keep_their_places() {
    let mut hand = Hand::with_customers(&["Amina"]);
    for name in ["olt-1", "olt-2", "olt-3"] {
        hand.lab.make("devices.create", &[("name", name), ("device_type", "olt"), ("customer", "CUS-000001")]);
    }
    hand.does("enter");
    hand.does("tab");
    hand.press("/");
    hand.types("name:2 or name:3");
    hand.does("enter");
    hand.press("j");
    hand.press("space");
    hand.press("y");
    hand.press("l");
    let copied = "headend list devices --filter 'number:DEV-000003'";
    assert_eq!(hand.copied.last().map(String::as_str), Some(copied));
    hand.does("tab");
    assert_ne!(hand.list().resource.entity.name, "devices");
    hand.does("shift-tab");
    assert_eq!(hand.names(), ["olt-2", "olt-3"]);
    assert_eq!((hand.at().as_str(), hand.list().marks.len()), ("olt-3", 1));
    hand.press("-");
    hand.press("y");
    hand.press("l");
    let copied = "headend list devices --filter 'customer=CUS-000001 (name:2 or name:3)'";
    assert_eq!(hand.copied.last().map(String::as_str), Some(copied));
    hand.does("S");
    hand.press("y");
    hand.press("l");
    assert!(hand.copied.last().is_some_and(|copied| copied.ends_with(")' --sort=-name")), "{:?}", hand.copied);
}

/// A list that is left before its rows come asks for them again: it does not show those of another filter.
#[test]
fn a_list_that_is_left_while_it_is_read_is_read_when_one_comes_back() {
    let mut hand = Hand::with_customers(&["Amina"]);
    for name in ["olt-1", "olt-2"] {
        hand.lab.make("devices.create", &[("name", name), ("device_type", "olt"), ("customer", "CUS-000001")]);
    }
    hand.does("enter");
    hand.does("tab");
    // Nothing is answered meanwhile.
    for key in ["tab", "shift-tab", "tab", "shift-tab"] {
        hand.press(key);
    }
    hand.press("/");
    hand.types("name:2");
    hand.press("enter");
    for key in ["tab", "shift-tab"] {
        hand.press(key);
    }
    hand.settle();
    assert_eq!(hand.names(), ["olt-2"]);
    hand.does("/");
    hand.press("ctrl-u");
    hand.types("name:1");
    hand.does("enter");
    assert_eq!(hand.names(), ["olt-1"]);
}

/// Esc in the line goes back, so that the empty list does not promise that it clears.
#[test]
fn nothing_is_promised_of_keys_that_are_letters() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("/");
    hand.types("zzzz");
    hand.passes(Duration::from_secs(1));
    hand.settle();
    assert!(hand.shown().contains("Nothing matches what is written.") && !hand.shown().contains("clears it"));
    hand.does("enter");
    assert!(hand.shown().contains("Nothing matches the filter. Esc clears it."), "{}", hand.shown());
}

#[test]
fn what_points_at_a_record_is_a_list_of_its_own() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    for (name, of) in [("olt-1", 0), ("olt-2", 0), ("olt-3", 1)] {
        let number = hand.list().rows[of].record.get("number").as_str().to_owned();
        hand.lab.make("devices.create", &[("name", name), ("device_type", "olt"), ("customer", &number)]);
    }
    hand.does("enter");
    hand.does("tab");
    assert_eq!(hand.names(), ["olt-1", "olt-2"]);
    let shown = hand.shown();
    assert!(shown.contains("devices 2"), "{shown}");
    hand.press("/");
    hand.types("olt-2");
    hand.does("enter");
    assert_eq!(hand.names(), ["olt-2"], "its own, filtered");
    // What is added is of this record.
    hand.press("a");
    let given = hand.form().fields.iter().find(|field| field.field.name == "customer").map(|field| field.text());
    assert!(given.is_some_and(|given| given.starts_with("CUS-")));
    hand.does("esc");
    hand.does("shift-tab");
    assert!(matches!(hand.state.places.last(), Some(Place::Page(_))), "before the first one is the page");
    // Nothing of it is remembered as the devices' own list.
    hand.does("3");
    assert_eq!(hand.names().len(), 3);
}

#[test]
fn what_no_index_finds_is_looked_for_as_one_moves_on() {
    let names: Vec<String> = (1..=12).map(|n| format!("Amina {n:02}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    hand.glance = Some(4);
    hand.press("/");
    hand.types("name~(03|09|11)$");
    hand.does("enter");
    // Nothing is looked through that nobody asked for.
    assert_eq!(hand.names(), ["Amina 03"]);
    assert!(hand.shown().contains("At least 50 000 looked through so far: j goes on"), "{}", hand.shown());
    hand.does("j");
    assert_eq!(hand.names(), ["Amina 03"]);
    assert_eq!(hand.list().looked_no_further(), Some((100_000, true)));
    hand.does("pagedown");
    assert_eq!(
        (hand.names(), hand.at()),
        (vec!["Amina 03".into(), "Amina 09".into(), "Amina 11".into()], "Amina 03".into())
    );
    // Another console's change is seen in what was found, and nothing else is looked through for it.
    let id = hand.list().rows[1].record.id;
    hand.lab.must("customers.update", id, &[("name", "Amina 10")]);
    hand.does("r");
    assert_eq!(hand.names(), ["Amina 03", "Amina 11"]);
    // From the end it goes the other way.
    hand.press("esc");
    hand.press("/");
    hand.types("name~(03|04)$");
    hand.does("enter");
    hand.press("/");
    hand.press("ctrl-u");
    hand.types("name~(01|11)$");
    hand.does("enter");
    hand.does("G");
    assert_eq!(hand.names(), ["Amina 11"]);
    assert!(
        hand.shown().contains("At least 50 000 looked through so far, from the end: k goes on"),
        "{}",
        hand.shown()
    );
    hand.does("k");
    hand.does("k");
    assert_eq!(hand.names(), ["Amina 01", "Amina 11"]);
    // Where there is none, the list says how to go on.
    hand.press("/");
    hand.press("ctrl-u");
    hand.types("name~99$");
    hand.does("enter");
    assert!(hand.shown().contains("were looked through one by one. j goes on"), "{}", hand.shown());
    for _ in 0..3 {
        hand.does("j");
    }
    assert!(hand.shown().contains("Nothing matches the filter"), "{}", hand.shown());
}

#[test]
fn what_is_copied_is_all_that_is_marked_and_all_of_it() {
    let names: Vec<String> = (1..=130).map(|n| format!("Amina {n:03}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(hand.list().rows.len() < 130, "not all are loaded");
    // What is on the screen is copied at once, also while the database is away.
    hand.press("y");
    hand.press("v");
    assert!(hand.asked.is_empty());
    assert_eq!(hand.copied.pop().as_deref(), Some("Amina 001"));
    hand.does("*");
    hand.press("y");
    hand.does("v");
    assert_eq!(hand.copied.pop().unwrap().lines().collect::<Vec<_>>(), names, "in the order of the list");
    assert!(hand.told().contains("130"), "{}", hand.told());
    // JSON has every field, whatever columns are shown, and no secret.
    hand.press("y");
    hand.does("j");
    let json: Vec<serde_json::Value> = serde_json::from_str(&hand.copied.pop().unwrap()).unwrap();
    assert_eq!((json.len(), json[129]["name"].as_str()), (130, Some("Amina 130")));
    assert!(
        json[0].get("address").is_some() && json[0].get("id").is_some() && json[0].get("access_password").is_none()
    );
    // More than a clipboard is for is said, and how to have them.
    hand.press("-");
    hand.press("*");
    let (number, _) = hand.next(|question| matches!(question, Question::Mark { .. })).expect("which they are");
    let many: Aims = (0..5_001).map(|_| (Id::new(), 1)).collect();
    hand.hears(Message::Reply(number, Reply::Marked(Ok(many))));
    hand.press("y");
    hand.does("r");
    assert!(hand.copied.is_empty() && hand.told().contains("copied at most, and 5 001 are marked"), "{}", hand.told());
}

/// What stands in a column may be a state, or what a record refers to, and is then asked for by its field.
#[test]
fn a_word_that_finds_nothing_is_offered_as_a_condition() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("/");
    hand.types("suspended");
    hand.does("enter");
    let shown = hand.shown();
    assert!(shown.contains("Nothing matches the filter") && shown.contains("status:suspended"), "{shown}");
    hand.does("esc");
    for words in ["business", "suspended business"] {
        hand.press("/");
        hand.types(words);
        hand.does("enter");
        let shown = hand.shown();
        assert!(shown.contains("Nothing matches the filter") && !shown.contains("asks by a field"), "{shown}");
        hand.does("esc");
    }
}

/// What a list shows of other records is found by words as its own texts are.
#[test]
fn a_word_finds_what_the_list_shows_of_other_records() {
    let mut hand = Hand::with_customers(&["Amina Wanjiru", "Brian Otieno"]);
    for (title, customer) in [("No light", "CUS-000001"), ("Slow", "CUS-000002"), ("Amina has asked", "CUS-000002")] {
        hand.lab.make("tickets.create", &[("title", title), ("customer", customer)]);
    }
    hand.opens_list("tickets");
    for (words, titles) in [
        ("amina", vec!["No light", "Amina has asked"]),
        ("amina light", vec!["No light"]),
        ("cus-000002 slow", vec!["Slow"]),
        ("amina otieno", vec!["Amina has asked"]),
        ("-amina", vec!["Slow"]),
        ("light or slow", vec!["No light", "Slow"]),
    ] {
        hand.press("/");
        hand.types(words);
        hand.does("enter");
        let shown = hand.shown();
        for title in ["No light", "Slow", "Amina has asked"] {
            assert_eq!(shown.contains(title), titles.contains(&title), "{words}: {title}\n{shown}");
        }
        hand.does("esc");
    }
}

/// Every column that has an order sorts its list, without an index too.
#[test]
fn a_list_is_sorted_by_a_column_that_no_index_serves() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chidi"]);
    for (plan, price) in [("Slow", "5"), ("fast", "50")] {
        hand.lab
            .make("plans.create", &[("name", plan), ("download_mbps", "1"), ("upload_mbps", "1"), ("price", price)]);
    }
    for (customer, plan) in [(0, "Slow"), (2, "fast")] {
        let id = hand
            .lab
            .store
            .get_named(&hand.lab.admin, entity("customers"), &format!("CUS-00000{}", customer + 1))
            .unwrap()
            .id;
        hand.lab.must("customers.update", id, &[("plan", plan)]);
    }
    hand.opens_list("customers");
    let order = |hand: &mut Hand| -> Vec<String> {
        let shown = hand.shown();
        let names =
            shown.lines().filter_map(|line| ["Amina", "Brian", "Chidi"].into_iter().find(|name| line.contains(name)));
        names.map(str::to_owned).collect()
    };
    while !hand.shown().contains("sort plan") {
        hand.does("l");
        hand.does("s");
        assert!(!hand.shown().contains("not sorted by this column"), "{}", hand.shown());
    }
    assert_eq!(order(&mut hand), ["Chidi", "Amina", "Brian"]);
    hand.does("S");
    assert_eq!(order(&mut hand), ["Brian", "Amina", "Chidi"]);
}

/// In a narrow list it is the name that says who it is, not the beginning of it behind a number.
#[test]
fn a_narrow_column_shows_whom_it_refers_to() {
    let mut hand = Hand::with_customers(&["Amina Wanjiru"]);
    hand.lab.make("orders.create", &[("customer", "CUS-000001")]);
    for (width, told) in [(60, "Amina Wan"), (80, "Amina Wan"), (260, "CUS-000001 Amina Wanjiru")] {
        hand.state.size = Size { width, height: 24 };
        hand.opens_list("orders");
        hand.settle();
        let shown = hand.shown();
        assert!(shown.contains(told), "{width}: {shown}");
        assert_eq!(shown.contains("CUS-"), width == 260, "{width}: {shown}");
    }
}

#[test]
fn marking_what_no_index_finds_says_how_far_it_is_and_stops() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("*");
    let (number, question) = hand.next(|question| matches!(question, Question::Mark { .. })).expect("which they are");
    hand.hears(Message::Reply(number, Reply::Progress(20_000, 0)));
    assert!(hand.shown().contains("marking: 20 000 looked through, C-c stops it"), "{}", hand.shown());
    hand.press("ctrl-c");
    assert_eq!(hand.stopped, [number]);
    hand.reply((number, question));
    assert_eq!((hand.list().marks.len(), hand.told()), (2, "2 marked".to_owned()));
    assert!(!hand.shown().contains("looked through"));
    // So it is with a command on all that a filter matches.
    hand.press(":");
    hand.types("suspend name~i");
    hand.press("enter");
    let (number, question) = hand.next(|question| matches!(question, Question::Mark { .. })).expect("which they are");
    hand.hears(Message::Reply(number, Reply::Progress(20_000, 0)));
    assert!(hand.told().contains("C-c stops it"), "{}", hand.told());
    hand.press("ctrl-c");
    assert_eq!(hand.stopped.last(), Some(&number));
    hand.reply((number, question));
    hand.settle();
    assert!(matches!(&hand.state.overlay, Some(Overlay::Confirm(..))));
}

#[test]
fn looking_again_keeps_what_took_several_looks_to_find() {
    let names: Vec<String> = (1..=300).map(|n| format!("Amina {n:03}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    hand.glance = Some(150);
    hand.press("/");
    hand.types("name~[0-9]$");
    hand.does("enter");
    // Each page is full before a look ends.
    for _ in 0..6 {
        hand.does("pagedown");
    }
    let (at, rows) = (hand.at(), hand.list().rows.len());
    assert!(rows > 150 && *at > *"Amina 150", "{rows} rows, at {at}");
    hand.does("r");
    assert_eq!((hand.at(), hand.list().rows.len()), (at, rows));
    // When all of them go, the list begins anew.
    let ids: Vec<_> = hand.list().rows.iter().map(|row| row.record.id).collect();
    for id in ids {
        hand.lab.must("customers.update", id, &[("name", "Zawadi")]);
    }
    hand.does("r");
    assert!(hand.names().iter().all(|name| name.starts_with("Amina")), "{:?}", hand.names());
    assert_eq!(hand.names().len(), 300 - rows);
}

#[test]
fn a_relative_time_is_that_of_the_moment_at_which_one_looks() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("/");
    hand.types("created>-5min");
    hand.does("enter");
    assert_eq!(hand.names(), ["Amina"]);
    // A while later the same words are about another while.
    hand.passes(Duration::from_secs(8 * 60));
    hand.does("r");
    assert!(hand.names().is_empty(), "{:?}", hand.names());
    assert_eq!(hand.list().filter_text, "created>-5min");
}

/// What stands far down in the list does so when the filter that showed it is taken away.
#[test]
fn the_cursor_stays_on_its_record_when_the_filter_goes() {
    let names: Vec<String> = (1..=250).map(|number| format!("Customer {number:03}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    hand.press("/");
    hand.types("22");
    hand.does("enter");
    hand.does("j");
    hand.does("j");
    hand.does("j");
    assert_eq!(hand.at(), "Customer 223");
    // What is pressed right behind it goes on from there, and not from the rows that were on the screen.
    hand.press_after("esc", Duration::from_millis(100), false);
    hand.press_after("j", Duration::from_millis(5), false);
    hand.settle();
    assert_eq!(hand.at(), "Customer 224");
    hand.does("k");
    hand.does("k");
    assert_eq!(hand.at(), "Customer 222");
}

/// The cursor stands on what was saved, wherever the order puts it.
#[test]
fn what_was_added_far_down_is_under_the_cursor() {
    let names: Vec<String> = (1..=250).map(|number| format!("Customer {number:03}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    hand.does("a");
    hand.types("Customer 199b");
    hand.does("ctrl-s");
    assert_eq!(hand.at(), "Customer 199b");
    hand.does("j");
    assert_eq!(hand.at(), "Customer 200");
    hand.does("k");
    hand.does("k");
    assert_eq!(hand.at(), "Customer 199");
    // What the filter does not show leaves the cursor where it was.
    hand.press("/");
    hand.types("22");
    hand.does("enter");
    hand.does("j");
    let at = hand.at();
    hand.does("a");
    hand.types("Elsewhere");
    hand.does("ctrl-s");
    assert_eq!(hand.at(), at);
}

/// The command that lists the same lists the marked ones, and a device under the cursor is checked as the list is read again.
#[test]
fn what_is_marked_is_what_a_copied_command_lists() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("space");
    hand.press("space");
    hand.press("y");
    hand.press("l");
    assert_eq!(hand.copied.last().unwrap(), "headend list customers --filter 'number:CUS-000001,CUS-000002'");
    hand.press("-");
    hand.press("y");
    hand.press("l");
    assert!(hand.copied.last().unwrap().starts_with("headend get customers "), "{:?}", hand.copied);
    hand.lab.make("devices.create", &[("name", "OLT-1"), ("device_type", "olt")]);
    hand.does("3");
    hand.press("r");
    assert_eq!(hand.told(), "checking DEV-000001 OLT-1 now …");
    hand.settle();
    assert_eq!(hand.told(), "DEV-000001 OLT-1: up");
}

/// On the page of every kind each relation is a list of its own, below the record, and what is added there points at it.
#[test]
fn every_relation_of_every_page_is_a_list() {
    let mut lab = Lab::new(Engine::Sqlite);
    let (mut relations, mut added) = (0, 0);
    for resource in headend::resources::all() {
        let shown: Vec<_> = resource.relations().collect();
        if shown.is_empty() {
            continue;
        }
        let id = crate::fixtures::make(&lab, &lab.admin, resource.entity.name);
        let mut hand = Hand::of(lab);
        hand.opens(resource, id);
        hand.settle();
        for (relation, other, field) in shown {
            relations += 1;
            let what = format!("{}.{}", resource.entity.name, relation.name);
            hand.does("tab");
            let list = hand.list();
            assert_eq!((list.resource.entity.name, list.error.as_deref()), (other.entity.name, None), "{what}");
            let below = list.below.as_ref().map(|below| (below.id, below.field.name));
            assert_eq!(below, Some((id, field.name)), "{what}");
            hand.press("a");
            if let Some(Place::Form(form)) = hand.state.places.last() {
                added += 1;
                let given = form.fields.iter().find(|known| known.field.name == field.name);
                // What is done to the record itself writes some of them.
                let is_about_it = other.written_below(field.name).is_some() && form.resource.entity == resource.entity;
                let is_filled_in = given.is_some_and(|given| !given.text().is_empty());
                assert!(is_about_it || is_filled_in, "{what}: {:?}", hand.told());
                hand.settle();
                hand.does("esc");
            } else {
                let shown = hand.shown();
                assert!(!hand.told().is_empty(), "{what}: why nothing is added is told: {shown}");
            }
        }
        // Behind the last one stands the page again.
        hand.does("tab");
        assert!(matches!(hand.state.places.last(), Some(Place::Page(page)) if page.id == id), "{}", hand.shown());
        lab = hand.lab;
    }
    assert!(relations > 150 && added > 80, "{relations} relations, {added} of them to add to");
}
