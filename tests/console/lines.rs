//! The lines of a record in its form: a small grid whose totals follow as one types, saved with the record as one.

use std::time::Duration;

use headend::console::message::Question;
use headend::console::screens::form::Form;
use headend::console::state::Place;
use headend::domain::Id;
use headend::store::list::ListRequest;

use crate::common::lab::entity;
use crate::hand::Hand;

/// Somebody with a product that costs 2.50 a month, and two durations.
fn shop() -> Hand {
    let mut hand = Hand::new();
    for name in ["Mail", "Line"] {
        let product = hand
            .lab
            .make("products.create", &[("name", name), ("kind", "service"), ("unit", "seat"), ("pricing", "volume")]);
        hand.lab.must("products.price", product, &[("tiers", "0-9 2.50; 10- 2"), ("currency", "USD")]);
    }
    for months in ["1", "12"] {
        hand.lab.make("durations.create", &[("months", months), ("discount_percentage", "0")]);
    }
    hand.opens_list("orders");
    hand.settle();
    hand
}

fn order(hand: &Hand) -> Id {
    let order = hand.lab.make("orders.create", &[("currency", "USD")]);
    let named = order.to_string();
    for (product, quantity) in [("Mail", "4"), ("Line", "2")] {
        hand.lab.make(
            "order_items.create",
            &[("order", named.as_str()), ("product", product), ("duration", "1 month"), ("quantity", quantity)],
        );
    }
    order
}

/// Goes to the field of that name.
fn goes_to(hand: &mut Hand, field: &str) {
    for _ in 0..200 {
        let form = hand.form();
        if form.fields.get(form.focus).is_some_and(|known| known.field.name == field) {
            return;
        }
        hand.does("tab");
    }
    panic!("there is no field {field}: {}", hand.shown());
}

fn items(hand: &Hand) -> Vec<String> {
    let rows = hand.lab.store.list(&hand.lab.admin, &ListRequest::all(entity("order_items"), 100)).unwrap().rows;
    let mut items: Vec<String> = rows
        .iter()
        .map(|item| {
            format!(
                "{} {} {}",
                item.get("quantity").written(),
                item.get("product_name").written(),
                item.get("total").written()
            )
        })
        .collect();
    items.sort();
    items
}

fn here(form: &Form) -> (usize, &'static str) {
    let cell = form.cell(form.focus).unwrap();
    (cell.row, form.lines.as_ref().unwrap().columns[cell.column].name)
}

/// What is typed is tried once nobody types.
fn rests(hand: &mut Hand) {
    hand.passes(Duration::from_millis(400));
    hand.settle();
}

#[test]
fn a_new_order_is_written_with_its_items_and_its_totals_are_seen_before() {
    let mut hand = shop();
    hand.does("a");
    goes_to(&mut hand, "currency");
    hand.press("ctrl-u");
    hand.types("USD");
    goes_to(&mut hand, "product");
    assert_eq!(here(hand.form()), (0, "product"));
    hand.types("Mail");
    hand.does("tab");
    assert_eq!(here(hand.form()), (0, "quantity"));
    // What is typed takes the place of what stood there, and there is a line to go on with.
    hand.types("12");
    hand.does("tab");
    hand.types("1 month");
    assert_eq!(hand.form().lines.as_ref().unwrap().rows.len(), 2);
    rests(&mut hand);
    let shown = hand.shown();
    assert!(shown.contains("24.00") && shown.contains("USD"), "{shown}");
    assert!(items(&hand).is_empty(), "nothing is written yet");
    // Enter goes to the next line, to where Tab began.
    hand.does("enter");
    assert_eq!(here(hand.form()), (1, "product"));
    hand.types("Line");
    hand.does("tab");
    hand.does("tab");
    // An empty cell is filled from above, one in which something stands by a block.
    hand.does("ctrl-d");
    let form = hand.form();
    assert_eq!(form.fields[form.focus].text(), "1 month");
    hand.does("ctrl-s");
    assert!(matches!(hand.state.places.last(), Some(Place::List(_))), "{}", hand.shown());
    assert_eq!(items(&hand), ["1 Line 2.50", "12 Mail 24.00"]);
    // One undo takes back the order with its items.
    hand.does("u");
    hand.says_yes();
    hand.settle();
    assert!(items(&hand).is_empty() && hand.list().rows.is_empty(), "{}", hand.shown());
}

#[test]
fn what_lines_come_to_is_seen_before_the_record_is_whole() {
    let mut hand = shop();
    for currency in ["KES", "USD"] {
        hand.lab.make("customers.create", &[("name", &format!("In {currency}")), ("currency", currency)]);
    }
    hand.opens_list("invoices");
    hand.does("a");
    goes_to(&mut hand, "currency");
    hand.press("ctrl-u");
    hand.types("USD");
    goes_to(&mut hand, "description");
    hand.types("Visit");
    hand.does("tab");
    hand.types("2");
    hand.does("tab");
    hand.types("10");
    rests(&mut hand);
    // Nobody owes it yet.
    let shown = hand.shown();
    assert!(shown.contains("total 20.00  USD"), "{shown}");
    assert!(!shown.contains("In USD"), "{shown}");
    let form = hand.form();
    assert!(form.fields.iter().all(|field| field.problem.is_none()), "{shown}");
    // What is still wrong keeps it from being saved, as ever.
    hand.does("ctrl-s");
    let shown = hand.shown();
    assert!(shown.contains("give the customer or the organization"), "{shown}");
    goes_to(&mut hand, "customer");
    hand.types("In USD");
    hand.does("ctrl-s");
    let invoices = hand.lab.store.list(&hand.lab.admin, &ListRequest::all(entity("invoices"), 10)).unwrap().rows;
    assert_eq!(invoices.len(), 1, "{}", hand.shown());
    assert_eq!(invoices[0].get("total").written(), "20.00");
}

#[test]
fn a_wrong_line_is_marked_and_keeps_all_from_being_saved() {
    let mut hand = shop();
    hand.does("a");
    goes_to(&mut hand, "currency");
    hand.press("ctrl-u");
    hand.types("USD");
    goes_to(&mut hand, "product");
    hand.types("Nothing");
    hand.does("tab");
    hand.types("x");
    hand.does("ctrl-s");
    let form = hand.form();
    let wrong =
        |name: &str| form.fields.iter().find(|field| field.field.name == name && field.problem.is_some()).is_some();
    assert!(wrong("quantity") && wrong("duration"), "{}", hand.shown());
    assert!(items(&hand).is_empty());
    goes_to(&mut hand, "quantity");
    hand.types("1");
    hand.does("tab");
    hand.types("1 month");
    rests(&mut hand);
    let form = hand.form();
    let product = form.fields.iter().find(|field| field.field.name == "product").unwrap();
    assert!(
        product.problem.as_deref().is_some_and(|problem| problem.contains("there is no product ‘Nothing’")),
        "{:?}",
        product.problem
    );
    // The next problem is the cell, wherever the cursor is.
    hand.does("ctrl-g");
    assert_eq!(here(hand.form()), (0, "product"));
    hand.does("ctrl-s");
    assert!(items(&hand).is_empty() && matches!(hand.state.places.last(), Some(Place::Form(_))));
    hand.types("Mail");
    hand.does("ctrl-s");
    assert_eq!(items(&hand), ["1 Mail 2.50"]);
}

#[test]
fn the_lines_of_an_order_are_changed_and_taken_away_in_its_form() {
    let mut hand = shop();
    let order = order(&hand);
    hand.does("r");
    hand.does("e");
    assert_eq!(hand.form().record.as_ref().unwrap().id, order);
    goes_to(&mut hand, "product");
    // What a line is of stays as it was chosen only where its table says so: a product may be another.
    assert_eq!(hand.form().lines.as_ref().unwrap().rows.len(), 3, "two lines and a blank one");
    hand.does("ctrl-k");
    assert!(hand.form().lines.as_ref().unwrap().rows[0].removed);
    hand.types("x");
    assert!(hand.shown().contains("taken away when it is saved"), "{}", hand.shown());
    hand.does("ctrl-k");
    hand.does("down");
    hand.does("right");
    assert_eq!(here(hand.form()), (1, "quantity"));
    hand.types("20");
    hand.does("up");
    hand.does("ctrl-k");
    rests(&mut hand);
    assert!(hand.shown().contains("40.00"), "{}", hand.shown());
    hand.does("ctrl-s");
    assert_eq!(items(&hand), ["20 Line 40.00"]);
    hand.does("u");
    hand.says_yes();
    hand.settle();
    assert_eq!(items(&hand), ["2 Line 5.00", "4 Mail 10.00"]);
}

#[test]
fn a_block_of_a_spreadsheet_fills_lines_and_comes_out_of_them() {
    let mut hand = shop();
    hand.does("a");
    goes_to(&mut hand, "currency");
    hand.press("ctrl-u");
    hand.types("USD");
    goes_to(&mut hand, "product");
    hand.pastes("Mail\t3\t1 month\nLine\t11\t1 month\n");
    assert_eq!(hand.form().lines.as_ref().unwrap().rows.len(), 3);
    hand.does("ctrl-r");
    hand.does("down");
    hand.does("right");
    hand.does("ctrl-c");
    assert_eq!(hand.copied, ["Mail\t3\nLine\t11"]);
    hand.does("down");
    hand.does("left");
    hand.does("ctrl-v");
    let texts: Vec<String> =
        hand.form().fields.iter().filter(|field| field.field.name == "product").map(|field| field.text()).collect();
    assert_eq!(texts, ["Mail", "Line", "Mail", "Line", ""]);
    // What was written there is emptied again, and so is nothing of a record.
    hand.does("ctrl-r");
    hand.does("down");
    hand.does("right");
    hand.does("delete");
    hand.does("ctrl-s");
    assert!(
        hand.state.places.last().is_some_and(|place| matches!(place, Place::Form(_))),
        "an emptied line lacks what it needs"
    );
    hand.does("ctrl-k");
    hand.does("ctrl-k");
    hand.does("ctrl-s");
    assert_eq!(items(&hand), ["11 Line 22.00", "3 Mail 7.50"]);
}

#[test]
fn what_somebody_else_made_of_the_lines_meanwhile_is_merged() {
    let mut hand = shop();
    let order = order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    hand.types("5");
    hand.does("tab");
    // Somebody else changes the same line, and adds another.
    let items_now = hand.lab.store.list(&hand.lab.admin, &ListRequest::all(entity("order_items"), 10)).unwrap().rows;
    let first = hand.form().lines.as_ref().unwrap().rows[0].record.as_ref().unwrap().id;
    assert!(items_now.iter().any(|item| item.id == first));
    hand.lab.must("order_items.update", first, &[("quantity", "9")]);
    hand.lab.make(
        "order_items.create",
        &[("order", order.to_string().as_str()), ("product", "Mail"), ("duration", "1 year"), ("quantity", "1")],
    );
    hand.does("ctrl-s");
    let form = hand.form();
    assert_eq!(form.lines.as_ref().unwrap().rows.len(), 4, "theirs is there too: {}", hand.shown());
    assert_eq!(here(form), (0, "quantity"));
    assert_eq!(form.fields[form.focus].theirs.as_deref(), Some("9"));
    hand.does("ctrl-t");
    hand.types("7");
    hand.does("ctrl-s");
    assert_eq!(items(&hand).iter().filter(|item| item.starts_with('7')).count(), 1, "{:?}", items(&hand));
    assert_eq!(items(&hand).len(), 3);
}

/// What was typed before a merge is taken back behind it, and what somebody else made of the rest stays.
#[test]
fn what_was_typed_is_taken_back_behind_a_merge() {
    let mut hand = shop();
    let order = order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    // Three steps: a 5 and then 58 in the first line, 6 in the second; they change the first, and the second's months.
    hand.types("58");
    hand.does("down");
    hand.types("6");
    let rows = |hand: &Hand| {
        let form = hand.form();
        let lines = form.lines.as_ref().unwrap();
        let column = |name: &str| lines.columns.iter().position(|field| field.name == name).unwrap();
        let (quantity, duration) = (column("quantity"), column("duration"));
        let text = |row: usize, column: usize| form.fields[form.index_of(row, column)].text();
        (0..lines.rows.len() - 1).map(|row| (text(row, quantity), text(row, duration))).collect::<Vec<_>>()
    };
    let month = rows(&hand)[0].1.clone();
    let [first, second] = [0, 1].map(|row| hand.form().lines.as_ref().unwrap().rows[row].record.as_ref().unwrap().id);
    hand.lab.must("order_items.update", first, &[("quantity", "9")]);
    hand.lab.must("order_items.update", second, &[("duration", "1 year")]);
    hand.lab.make(
        "order_items.create",
        &[("order", order.to_string().as_str()), ("product", "Mail"), ("duration", "1 month"), ("quantity", "1")],
    );
    hand.does("ctrl-s");
    let year = rows(&hand)[1].1.clone();
    assert_ne!(month, year, "{}", hand.shown());
    let of = |first: &str, second: &str| {
        [(first, &month), (second, &year), ("1", &month)]
            .map(|(quantity, months)| (quantity.to_owned(), months.clone()))
    };
    let theirs = |hand: &Hand| hand.form().fields.iter().filter_map(|field| field.theirs.clone()).collect::<Vec<_>>();
    assert_eq!((rows(&hand), theirs(&hand)), (of("58", "6").to_vec(), vec!["9".to_owned()]), "{}", hand.shown());
    hand.does("ctrl-z");
    assert_eq!((rows(&hand), theirs(&hand)), (of("58", "2").to_vec(), vec!["9".to_owned()]), "{}", hand.shown());
    hand.does("ctrl-z");
    assert_eq!((rows(&hand), theirs(&hand)), (of("5", "2").to_vec(), vec!["9".to_owned()]), "{}", hand.shown());
    // Where nothing of mine is left, theirs stands, and nothing is to be decided.
    hand.does("ctrl-z");
    assert_eq!((rows(&hand), theirs(&hand)), (of("9", "2").to_vec(), Vec::new()), "{}", hand.shown());
    // Done again, it is as open as it was.
    hand.does("ctrl-y");
    hand.does("ctrl-y");
    assert_eq!((rows(&hand), theirs(&hand)), (of("58", "2").to_vec(), vec!["9".to_owned()]), "{}", hand.shown());
    hand.does("ctrl-s");
    assert!(items(&hand).iter().any(|item| item.starts_with("9 ")), "nothing was overwritten: {:?}", items(&hand));
    hand.does("ctrl-t");
    hand.does("ctrl-s");
    let quantities: Vec<String> = items(&hand).iter().map(|item| item.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(quantities, ["1", "2", "9"]);
}

#[test]
fn a_draft_keeps_what_was_typed_in_lines() {
    let mut hand = shop();
    order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    hand.types("8");
    hand.does("down");
    hand.does("ctrl-k");
    hand.does("down");
    hand.does("left");
    hand.types("Mail");
    hand.does("tab");
    hand.types("6");
    hand.passes(Duration::from_secs(1));
    hand.settle();
    hand.does("esc");
    let kept = hand.drafts[0].clone();
    assert!(kept.fields.keys().any(|name| name.ends_with("/quantity")), "{:?}", kept.fields);
    hand.does("e");
    let form = hand.form();
    let of = |row: usize, name: &str| {
        let column = form.lines.as_ref().unwrap().columns.iter().position(|field| field.name == name).unwrap();
        form.fields[form.index_of(row, column)].text()
    };
    assert_eq!(
        (of(0, "quantity"), of(2, "product"), of(2, "quantity")),
        ("8".into(), "Mail".into(), "6".into()),
        "{}",
        hand.shown()
    );
    assert!(form.lines.as_ref().unwrap().rows[1].removed);
}

#[test]
fn what_was_typed_in_a_cell_is_taken_back_and_done_again() {
    let mut hand = shop();
    hand.does("a");
    goes_to(&mut hand, "quantity");
    hand.types("34");
    hand.does("tab");
    hand.does("ctrl-z");
    let text = |hand: &Hand| hand.form().fields.iter().find(|field| field.field.name == "quantity").unwrap().text();
    assert_eq!(text(&hand), "3", "field by field, letter by letter");
    hand.does("ctrl-y");
    assert_eq!(text(&hand), "34");
}

#[test]
fn an_order_that_was_sent_shows_no_lines_to_change() {
    let mut hand = shop();
    let order = order(&hand);
    hand.lab.must("orders.send", order, &[]);
    hand.does("r");
    hand.does("e");
    assert!(hand.form().lines.is_none());
    // Nobody who may not write its parts is shown any either.
    assert!(hand.next(|question| matches!(question, Question::Foresee(_))).is_none());
}

fn quantities(hand: &Hand) -> Vec<String> {
    hand.form().fields.iter().filter(|field| field.field.name == "quantity").map(|field| field.text()).collect()
}

/// What was done to several cells at once is taken back at once, and so is a line that was taken away.
#[test]
fn blocks_and_lines_are_taken_back_as_they_were_done() {
    let mut hand = shop();
    order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    hand.types("7");
    hand.does("ctrl-r");
    hand.does("down");
    hand.does("ctrl-x");
    let emptied = quantities(&hand);
    assert!(emptied[0].is_empty() && emptied[1].is_empty(), "{emptied:?}");
    hand.does("ctrl-z");
    assert_eq!(quantities(&hand)[0], "7", "all of the block is back");
    assert!(!quantities(&hand)[1].is_empty());
    hand.does("ctrl-y");
    assert_eq!(quantities(&hand)[..2], ["", ""]);
    hand.does("ctrl-z");
    // A new line that was typed is no less kept.
    while hand.form().cell(hand.form().focus).is_some_and(|cell| cell.row < 2) {
        hand.does("down");
    }
    hand.types("3");
    hand.does("ctrl-k");
    assert!(!quantities(&hand).contains(&"3".to_owned()));
    hand.does("ctrl-z");
    assert!(quantities(&hand).contains(&"3".to_owned()), "{:?}", quantities(&hand));
    hand.does("up");
    hand.does("ctrl-k");
    assert!(hand.form().lines.as_ref().unwrap().rows[1].removed);
    hand.does("ctrl-z");
    assert!(!hand.form().lines.as_ref().unwrap().rows[1].removed);
}

/// A pasted line that is of something else than the one it would fall on is left out whole.
#[test]
fn two_lines_never_become_one_by_a_paste() {
    let mut hand = Hand::new();
    for item in ["cable", "plug", "box"] {
        hand.lab.make("stock_items.create", &[("name", item), ("sku", item)]);
    }
    let request = hand.lab.make("stock_requests.create", &[]);
    let number = hand.lab.value("stock_requests", request, "number");
    for item in ["cable", "plug"] {
        hand.lab.make("stock_request_lines.create", &[("request", number.as_str()), ("item", item), ("quantity", "2")]);
    }
    hand.opens_list("stock_requests");
    hand.settle();
    hand.does("e");
    goes_to(&mut hand, "item");
    let (first, second) = (hand.form().fields[hand.form().focus].text(), "box");
    hand.pastes(&format!("{first}\t7\n{second}\t3\n{second}\t1"));
    assert_eq!(quantities(&hand), ["7", "2", "1", ""], "{}", hand.shown());
    assert!(hand.shown().contains("one line stays as it is"), "{}", hand.shown());
}

/// What somebody else saved between a draft and its being taken up again is shown, not overwritten.
#[test]
fn a_draft_of_lines_meets_what_was_saved_meanwhile() {
    let mut hand = shop();
    order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    hand.types("8");
    hand.does("down");
    hand.types("6");
    hand.passes(Duration::from_secs(1));
    hand.settle();
    hand.does("esc");
    let ids: Vec<Id> = {
        let rows = hand.lab.store.list(&hand.lab.admin, &ListRequest::all(entity("order_items"), 10)).unwrap().rows;
        rows.iter().map(|row| row.id).collect()
    };
    hand.lab.must("order_items.update", ids[0], &[("quantity", "77")]);
    hand.lab.must("order_items.delete", ids[1], &[]);
    hand.does("r");
    hand.does("e");
    let shown = hand.shown();
    assert_eq!(hand.form().fields[hand.form().focus].theirs.as_deref(), Some("77"), "{shown}");
    assert!(hand.shown().contains("took away a line that you changed: saved, it is added again"), "{}", hand.shown());
    hand.does("ctrl-s");
    assert!(items(&hand).iter().any(|item| item.starts_with("77 ")), "nothing was overwritten");
    // Left once more, it is asked about once more, and the line is there once more.
    for _ in 0..2 {
        hand.passes(Duration::from_secs(1));
        hand.settle();
        // What was offered goes first.
        while matches!(hand.state.places.last(), Some(Place::Form(_))) {
            hand.does("esc");
        }
        hand.does("e");
        let theirs: Vec<_> = hand.form().fields.iter().filter_map(|field| field.theirs.clone()).collect();
        assert_eq!(theirs, ["77"], "{}", hand.shown());
        hand.does("ctrl-s");
        assert!(items(&hand).iter().any(|item| item.starts_with("77 ")), "nothing was overwritten");
    }
    goes_to(&mut hand, "quantity");
    while hand.form().fields[hand.form().focus].theirs.is_none() {
        hand.does("ctrl-g");
    }
    // What was decided and is taken back is open again, in a cell too.
    hand.does("ctrl-t");
    assert_eq!(hand.form().fields[hand.form().focus].text(), "77");
    hand.does("ctrl-z");
    let here = |hand: &Hand| {
        let cell = &hand.form().fields[hand.form().focus];
        (cell.text(), cell.theirs.clone())
    };
    assert_eq!(here(&hand), ("8".into(), Some("77".into())), "{}", hand.shown());
    hand.does("ctrl-s");
    assert!(items(&hand).iter().any(|item| item.starts_with("77 ")), "nothing was overwritten");
    hand.does("ctrl-y");
    assert_eq!(here(&hand), ("77".into(), None), "{}", hand.shown());
    hand.does("ctrl-s");
    let now = items(&hand);
    assert!(now.len() == 2 && now.iter().any(|item| item.starts_with("6 ")), "{now:?}: {}", hand.shown());
}

/// What is done to a block ends it: what comes next is done to one cell.
#[test]
fn a_block_is_done_with_once_something_was_done_to_it() {
    let mut hand = shop();
    order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "description");
    hand.types("by hand");
    hand.does("ctrl-r");
    hand.does("down");
    hand.does("ctrl-d");
    let described = |hand: &Hand| -> Vec<String> {
        hand.form().fields.iter().filter(|field| field.field.name == "description").map(|field| field.text()).collect()
    };
    assert_eq!(described(&hand), ["by hand", "by hand", ""]);
    hand.does("up");
    hand.does("delete");
    assert_eq!(described(&hand), ["", "by hand", ""], "{}", hand.shown());
    // Typing ends one too.
    hand.does("ctrl-r");
    hand.types("x");
    hand.does("down");
    hand.does("delete");
    assert_eq!(described(&hand), ["x", "", ""], "{}", hand.shown());
}

/// A line that one takes away while somebody else changes it is not gone with their change; a block is no block any more.
#[test]
fn taking_a_line_away_does_not_take_what_somebody_else_made_of_it() {
    let mut hand = shop();
    order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    let (first, second) = {
        let rows = &hand.form().lines.as_ref().unwrap().rows;
        (rows[0].record.as_ref().unwrap().id, rows[1].record.as_ref().unwrap().id)
    };
    hand.does("ctrl-k");
    hand.does("down");
    hand.does("ctrl-r");
    hand.lab.must("order_items.update", first, &[("quantity", "50")]);
    hand.lab.must("order_items.delete", second, &[]);
    hand.does("ctrl-s");
    assert!(hand.shown().contains("a line that you took away: it is kept"), "{}", hand.shown());
    assert!(!hand.form().lines.as_ref().unwrap().rows[0].removed);
    hand.does("ctrl-c");
    assert_eq!(hand.copied.last().map(String::as_str), Some(hand.form().fields[hand.form().focus].text().as_str()));
    // Totals are of what is there now, without a key.
    rests(&mut hand);
    assert!(hand.shown().contains("total amount 100.00") || hand.shown().contains("total 100.00"), "{}", hand.shown());
}

/// A line that is not right yet counts for nothing, and the sum says so.
#[test]
fn a_sum_without_what_is_wrong_says_so() {
    let mut hand = shop();
    order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    hand.types("x");
    hand.does("down");
    rests(&mut hand);
    assert!(hand.shown().contains("without what is not right yet"), "{}", hand.shown());
    // Where it could not be tried, it is tried again, and shown as what it is meanwhile.
    hand.does("up");
    hand.types("20");
    hand.passes(Duration::from_millis(400));
    let (number, question) = hand.next(|question| matches!(question, Question::Foresee(_))).unwrap();
    drop(question);
    let busy = headend::store::StoreError::failed(headend::store::Failure::Busy);
    hand.hears(headend::console::message::Message::Reply(
        number,
        headend::console::message::Reply::Foreseen(Err(busy)),
    ));
    assert!(hand.form().lines.as_ref().unwrap().is_outdated);
    rests(&mut hand);
    assert!(
        !hand.form().lines.as_ref().unwrap().is_outdated && !hand.shown().contains("without what"),
        "{}",
        hand.shown()
    );
}

/// What stands in the form: its own fields, and the lines in which something is written.
fn stands(hand: &Hand) -> Vec<String> {
    let form = hand.form();
    let lines = form.lines.as_ref().unwrap();
    let own = form.fields[..form.head()].iter().map(|field| field.text());
    let rows = lines.rows.iter().enumerate().filter(|(row, line)| line.record.is_some() || form.is_written(*row));
    let texts = |row: usize| {
        (form.index_of(row, 0)..form.index_of(row + 1, 0)).map(|index| form.fields[index].text()).collect::<Vec<_>>()
    };
    let rows: Vec<String> = rows.map(|(row, line)| format!("{} {}", line.removed, texts(row).join("|"))).collect();
    own.chain(rows).collect()
}

/// Whatever was done in whatever order, all of it is taken back, and all of it is done again.
#[test]
fn any_order_of_doings_is_taken_back_and_done_again() {
    let doings = [
        "type",
        "type",
        "type",
        "tab",
        "enter",
        "up",
        "down",
        "left",
        "right",
        "home",
        "ctrl-k",
        "ctrl-d",
        "ctrl-r",
        "ctrl-x",
        "ctrl-c",
        "ctrl-v",
        "delete",
        "paste",
        "shift-tab",
        "ctrl-e",
        "head",
    ];
    for seed in 1..=12_u64 {
        let mut hand = shop();
        order(&hand);
        hand.does("r");
        hand.does("e");
        goes_to(&mut hand, "product");
        let before = stands(&hand);
        let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = |most: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random % most as u64) as usize
        };
        let mut done = Vec::new();
        for _ in 0..40 {
            let doing = doings[next(doings.len())];
            done.push(doing);
            match doing {
                "type" => hand.types(["Mail", "7", "x", "1 month"][next(4)]),
                "paste" => hand.pastes(["Line\t3\nMail\t4\t1 month", "5", "\nLine\t\t\n"][next(3)]),
                "head" => {
                    let form = hand.form_mut();
                    form.picker = None;
                    form.focus_on("notes_internal");
                    hand.types("n");
                    goes_to(&mut hand, "product");
                }
                key => hand.press(key),
            }
            hand.settle();
            // One of the choices adds what is missing, in a form of its own.
            while hand.form().resource.entity.name != "orders" {
                hand.does("esc");
            }
            // Outside the lines some of the keys leave the form.
            if !hand.form().is_in_lines() {
                goes_to(&mut hand, "product");
            }
            assert!(matches!(hand.state.places.last(), Some(Place::Form(_))), "{done:?}");
        }
        let after = stands(&hand);
        let mut steps = 0;
        while hand.form().is_touched() && steps < 400 {
            hand.does("ctrl-z");
            steps += 1;
        }
        assert_eq!(stands(&hand), before, "seed {seed}: {done:?}");
        for _ in 0..steps + 5 {
            hand.does("ctrl-y");
            if hand.state.overlay.is_some() {
                hand.press("esc");
            }
        }
        assert_eq!(stands(&hand), after, "seed {seed}, done again: {done:?}");
    }
}

/// A line that a draft takes away stays where somebody else made another thing of it meanwhile.
#[test]
fn a_draft_takes_no_line_away_that_is_another_by_now() {
    let mut hand = shop();
    order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    let ids: Vec<Id> = {
        let rows = &hand.form().lines.as_ref().unwrap().rows;
        rows.iter().filter_map(|row| row.record.as_ref()).map(|record| record.id).collect()
    };
    hand.does("ctrl-k");
    hand.does("down");
    hand.does("ctrl-k");
    hand.passes(Duration::from_secs(1));
    hand.settle();
    hand.does("esc");
    hand.lab.must("order_items.update", ids[0], &[("quantity", "50")]);
    hand.does("r");
    hand.does("e");
    let removed: Vec<bool> = hand.form().lines.as_ref().unwrap().rows.iter().map(|row| row.removed).collect();
    assert_eq!(removed, [false, true, false], "{}", hand.shown());
    assert!(hand.shown().contains("a line that you took away: it is kept"), "{}", hand.shown());
}

/// An order that somebody else has sent meanwhile takes no lines: what was typed in them is told once more.
#[test]
fn lines_of_an_order_that_was_sent_meanwhile_are_closed() {
    let mut hand = shop();
    let order = order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    hand.types("9");
    hand.lab.must("orders.send", order, &[]);
    hand.does("ctrl-s");
    let shown = hand.shown();
    assert!(
        hand.form().lines.is_none() && shown.contains("are not changed any more. You had typed quantity: 9"),
        "{shown}"
    );
}

/// A plain limit of a cell is told as one leaves it, whatever else is wrong with its line.
#[test]
fn a_cell_is_held_to_its_rules_by_itself() {
    let mut hand = shop();
    hand.does("a");
    goes_to(&mut hand, "product");
    hand.types("nobody sells this");
    hand.does("tab");
    goes_to(&mut hand, "quantity");
    hand.types("-3");
    hand.does("tab");
    let wrong = |hand: &Hand| {
        let cell = hand.form().fields.iter().find(|field| field.field.name == "quantity");
        cell.and_then(|cell| cell.problem.clone()).unwrap_or_default()
    };
    assert!(wrong(&hand).contains("is a whole number from 1"), "{}", hand.shown());
    hand.press("shift-tab");
    hand.types("3");
    hand.does("tab");
    assert_eq!(wrong(&hand), "", "{}", hand.shown());
}

/// Where the record takes no lines any more, what a draft has of them is told, and stays.
#[test]
fn a_draft_of_lines_tells_that_they_are_closed_by_now() {
    let mut hand = shop();
    let order = order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    hand.types("8");
    hand.passes(Duration::from_secs(1));
    hand.settle();
    hand.does("esc");
    hand.lab.must("orders.send", order, &[]);
    hand.does("r");
    for _ in 0..2 {
        hand.does("e");
        assert!(
            hand.shown().contains("is sent by now: its lines are not changed any more. You had typed"),
            "{}",
            hand.shown()
        );
        hand.does("esc");
    }
    assert!(
        hand.drafts.iter().any(|draft| draft.fields.keys().any(|name| name.ends_with("/quantity"))),
        "{:?}",
        hand.drafts
    );
}

/// A line that was to go is not brought back by what was typed in it before.
#[test]
fn a_line_that_was_to_go_stays_gone() {
    let mut hand = shop();
    order(&hand);
    hand.does("r");
    hand.does("e");
    goes_to(&mut hand, "quantity");
    hand.types("8");
    hand.does("down");
    hand.types("6");
    hand.does("ctrl-k");
    let second = hand.form().lines.as_ref().unwrap().rows[1].record.as_ref().unwrap().id;
    hand.passes(Duration::from_secs(1));
    hand.settle();
    hand.does("esc");
    hand.lab.must("order_items.delete", second, &[]);
    hand.does("r");
    hand.does("e");
    let lines = hand.form().lines.as_ref().unwrap().rows.len();
    assert_eq!(lines, 2, "the other one, and one to type into: {}", hand.shown());
    hand.does("ctrl-s");
    assert_eq!(items(&hand).len(), 1, "{:?}", items(&hand));
}
