//! Stock: what moves and what is refused, requests, counts, orders, pieces; never less than nothing and all accounted
//! for, whoever races.

use std::collections::HashMap;

use headend::domain::{Id, Value};
use headend::store::operation::Request;
use headend::store::{Done, Failure};

use crate::common::dice::{Dice, is_full};
use crate::common::lab::{find, text};
use crate::common::{Lab, on_each_database};
use crate::fixtures;
use crate::races::{WRITERS, at_once, stores};

fn item(lab: &Lab, sku: &str, more: &[(&str, &str)]) -> Id {
    let mut values = vec![("sku", sku), ("name", "Terminal")];
    values.extend_from_slice(more);
    lab.make("stock_items.create", &values)
}

fn quantity(lab: &Lab, item: Id) -> (String, String, String) {
    let record = lab.record("stock_items", item);
    let read = |field: &str| record.get(field).written();
    (read("quantity"), read("reserved"), read("levels"))
}

fn is(quantity: &str, reserved: &str, levels: &str) -> (String, String, String) {
    (quantity.into(), reserved.into(), levels.into())
}

/// What is told where a movement cannot be.
fn told(lab: &Lab, operation: &str, id: Id, values: &[(&str, &str)]) -> String {
    lab.act(operation, id, values).unwrap_err().to_string()
}

/// Figures that are not the sum of what they derive from: quantities, levels, pieces, promises.
fn violations(lab: &Lab) -> i64 {
    let mut raw = lab.raw();
    let signed = "CASE WHEN t.transaction_type = 'out' THEN -t.quantity ELSE t.quantity END";
    let of = |of: &str| format!("(SELECT coalesce(sum({signed}), 0) FROM stock_transactions t WHERE {of})");
    let yes = if raw.is_postgres() { "i.is_serialized" } else { "i.is_serialized = 1" };
    let wrong = [
        format!("stock_items i WHERE i.quantity < 0 OR i.quantity <> {}", of("t.item_id = i.id")),
        format!("stock_levels l WHERE l.quantity < 0 OR l.quantity <> {}", of("t.item_id = l.item_id AND t.location_id = l.location_id")),
        "stock_items i WHERE i.quantity < (SELECT coalesce(sum(l.quantity), 0) FROM stock_levels l WHERE l.item_id = i.id)".into(),
        "stock_items i WHERE i.reserved <> (SELECT coalesce(sum(r.quantity), 0) FROM stock_reservations r WHERE r.item_id = i.id AND r.status = 'held')".into(),
        format!("stock_items i WHERE {yes} AND i.quantity <> (SELECT count(*) FROM stock_serials s WHERE s.item_id = i.id AND s.status = 'in_stock')"),
        "stock_transactions t WHERE t.quantity_after < 0".into(),
    ];
    wrong.iter().map(|wrong| raw.number("count(*)", &format!("FROM {wrong}"))).sum()
}

fn transactions(lab: &Lab) -> Vec<String> {
    lab.raw()
        .texts("transaction_type || ' ' || quantity || ' ' || quantity_after", "FROM stock_transactions ORDER BY id")
}

/// The ledger's rows of one kind, the oldest first.
fn rows_of(lab: &Lab, kind: &str) -> Vec<Id> {
    let mut raw = lab.raw();
    let id = raw.hex_of_id("id");
    let ids = raw.texts(&id, &format!("FROM stock_transactions WHERE transaction_type = '{kind}' ORDER BY id"));
    ids.iter().map(|id| id.parse().unwrap()).collect()
}

on_each_database! {
    fn a_piece_that_comes_from_a_file_as_installed_is_not_in_stock(lab) {
        let item = lab.make("stock_items.create", &[("sku", "ONT-S"), ("name", "terminal"), ("is_serialized", "yes")]);
        for (serial, status) in [("A1", "in_stock"), ("A2", "installed"), ("A3", "scrapped")] {
            let request = fixtures::request(lab, &lab.admin, find("stock_serials.import"), &vec![("item", item.to_string()), ("serial", serial.to_owned())]);
            let request = request.with("status", text(status));
            fixtures::perform(lab, &lab.admin, &request).unwrap();
        }
        assert_eq!(lab.value("stock_items", item, "quantity"), "1");
        let wrong: Vec<_> = lab.store.recompute(&lab.admin).unwrap().into_iter().filter(|figure| figure.wrong_count > 0).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    fn what_comes_and_goes_is_in_the_ledger(lab) {
        let ont = item(lab, "ont", &[("min_stock_level", "3")]);
        for name in ["Main", "Van 1"] {
            lab.make("stock_locations.create", &[("name", name)]);
        }
        lab.must("stock_items.receive", ont, &[("quantity", "5"), ("location", "Main"), ("reference", "note 7")]);
        lab.must("stock_items.receive", ont, &[("quantity", "2")]);
        assert_eq!(quantity(lab, ont), is("7", "0", "Main 5"));
        for (values, words) in [
            (&[("quantity", "6"), ("location", "Main")][..], "quantity: there is not so much of ont at Main: only 5"),
            (&[("quantity", "3")], "location: only 2 of 7 of ont lie outside every location: say from which location they are taken"),
            (&[("quantity", "8")], "quantity: there is not so much of ont: only 7"),
            (&[("quantity", "0")], "quantity: is a whole number from 1 to 1000000000"),
            (&[("quantity", "-1")], "quantity: is a whole number from 1 to 1000000000"),
            (&[("quantity", "1"), ("location", "Moon")], "location: there is no stock location ‘Moon’"),
            (&[("quantity", "1"), ("serials", "A1")], "serials: ont is counted by quantity, without serial numbers"),
        ] {
            assert_eq!(told(lab, "stock_items.issue", ont, values), words);
        }
        // Where all of it lies at one place, it is taken from there without being asked.
        let all_at_one = item(lab, "bolt", &[]);
        lab.must("stock_items.receive", all_at_one, &[("quantity", "5"), ("location", "Main")]);
        let taken = lab.must("stock_items.issue", all_at_one, &[("quantity", "2")]);
        assert_eq!(quantity(lab, all_at_one), is("3", "0", "Main 3"));
        lab.store.undo(&lab.admin, taken.operation).unwrap();
        assert_eq!(quantity(lab, all_at_one), is("5", "0", "Main 5"));
        lab.must("stock_items.transfer", all_at_one, &[("quantity", "1"), ("from", "Main"), ("to", "Van 1")]);
        assert_eq!(
            told(lab, "stock_items.issue", all_at_one, &[("quantity", "1")]),
            "location: only 0 of 5 of bolt lie outside every location: say from which location they are taken"
        );
        lab.must("stock_items.transfer", ont, &[("quantity", "4"), ("from", "Main"), ("to", "Van 1")]);
        assert_eq!(quantity(lab, ont), is("7", "0", "Main 1, Van 1 4"));
        assert_eq!(told(lab, "stock_items.transfer", ont, &[("quantity", "1"), ("from", "Main"), ("to", "Main")]), "to: is where it is taken from");
        let issued = lab.must("stock_items.issue", ont, &[("quantity", "4"), ("location", "Van 1"), ("reference", "visit 9")]);
        assert_eq!(lab.value("stock_items", ont, "is_low"), "true");
        lab.store.undo(&lab.admin, issued.operation).unwrap();
        assert_eq!((quantity(lab, ont), lab.value("stock_items", ont, "is_low")), (is("7", "0", "Main 1, Van 1 4"), "false".into()));
        lab.must("stock_items.adjust", ont, &[("quantity", "-1"), ("location", "Main"), ("notes", "broken")]);
        assert_eq!(told(lab, "stock_items.adjust", ont, &[("quantity", "0"), ("notes", "x")]), "quantity: is a difference such as 3 or -2, not 0");
        assert_eq!(transactions(lab), ["in 5 5", "in 2 7", "in 5 5", "out 2 3", "adjust 2 5", "adjust -1 4", "adjust 1 5", "adjust -4 3", "adjust 4 7", "out 4 3", "adjust 4 7", "adjust -1 6"]);
        // What the ledger says is never changed, by nobody.
        assert!(lab.raw().try_execute("UPDATE stock_transactions SET quantity = 1").is_err());
        assert!(told(lab, "stock_items.delete", ont, &[]).contains("still point at it"));
        lab.must("stock_items.update", ont, &[("is_active", "no")]);
        assert_eq!(told(lab, "stock_items.receive", ont, &[("quantity", "1")]), "ont is out of use: nothing of it is taken in");
        assert_eq!(violations(lab), 0);
    }

    fn what_comes_back_names_what_it_comes_back_from(lab) {
        let ont = item(lab, "ont", &[]);
        let other = item(lab, "other", &[]);
        for id in [ont, other] {
            lab.must("stock_items.receive", id, &[("quantity", "10")]);
        }
        let issued = lab.must("stock_items.issue", ont, &[("quantity", "5"), ("reference", "visit 1")]);
        lab.must("stock_items.issue", ont, &[("quantity", "2"), ("reference", "visit 1")]);
        let out = rows_of(lab, "out");
        assert!(told(lab, "stock_items.return", ont, &[("quantity", "1")]).contains("is required, or the reference or job"));
        assert!(told(lab, "stock_items.return", ont, &[("quantity", "1"), ("reference", "visit 2")]).contains("nothing of ont is out"));
        assert!(told(lab, "stock_items.return", ont, &[("quantity", "1"), ("reference", "visit 1")]).contains("2 issues fit, name one"));
        let first = out[0].to_string();
        assert!(told(lab, "stock_items.return", other, &[("quantity", "1"), ("issue", &first)]).contains("is of another item"));
        assert_eq!(told(lab, "stock_items.return", ont, &[("quantity", "6"), ("issue", &first)]), "quantity: only 5 of the 5 are still out");
        let back = lab.must("stock_items.return", ont, &[("quantity", "3"), ("issue", &first)]);
        assert_eq!(told(lab, "stock_transactions.return", out[0], &[("quantity", "3")]), "quantity: only 2 of the 5 are still out");
        lab.must("stock_transactions.return", out[0], &[("quantity", "2")]);
        let refused = lab.store.undo(&lab.admin, issued.operation).unwrap_err().to_string();
        assert_eq!(refused, "some of this issue of ont came back since: take that back first");
        // A return that is taken back is out again.
        let undone = lab.store.undo(&lab.admin, back.operation).unwrap();
        lab.must("stock_transactions.return", out[0], &[("quantity", "3")]);
        let refused = lab.store.undo(&lab.admin, undone.operation);
        assert_eq!(quantity(lab, ont).0, if refused.is_ok() { "11" } else { "8" });
        assert!(refused.is_err(), "more would have come back than went");
        assert_eq!(told(lab, "stock_transactions.return", rows_of(lab, "in")[0], &[("quantity", "1")]), "this is no issue but ‘in’: only what went out comes back");
        assert_eq!(violations(lab), 0);
    }

    fn pieces_are_as_many_as_are_there(lab) {
        let ont = item(lab, "ont", &[("is_serialized", "yes")]);
        for name in ["Main", "Van 1"] {
            lab.make("stock_locations.create", &[("name", name)]);
        }
        assert!(told(lab, "stock_items.receive", ont, &[("quantity", "3")]).contains("serials: is required"));
        assert_eq!(told(lab, "stock_items.receive", ont, &[("quantity", "3"), ("serials", "1-4")]), "quantity: is 3, but 4 serial numbers are given");
        lab.must("stock_items.receive", ont, &[("serials", "007-010, A1"), ("location", "Main")]);
        lab.make("stock_serials.create", &[("serial", "B2"), ("item", "ont"), ("location", "Van 1")]);
        assert_eq!(quantity(lab, ont), is("6", "0", "Main 5, Van 1 1"));
        let again = lab.act("stock_items.receive", ont, &[("serials", "a1")]).unwrap_err();
        assert!(matches!(again.failure(), Failure::Invalid(problems) if problems[0].message.contains("already in use")), "{again}");
        // Pieces that lie at two places are two rows.
        lab.must("stock_items.issue", ont, &[("serials", "008-009, B2"), ("reference", "week 9")]);
        assert_eq!(quantity(lab, ont), is("3", "0", "Main 3"));
        assert_eq!((rows_of(lab, "in").len(), rows_of(lab, "out").len(), violations(lab)), (2, 2, 0));
    }

    fn pieces_go_out_are_installed_and_come_back(lab) {
        let ont = item(lab, "ont", &[("is_serialized", "yes")]);
        lab.make("stock_locations.create", &[("name", "Main")]);
        lab.make("devices.create", &[("name", "home"), ("device_type", "ont")]);
        let received = lab.must("stock_items.receive", ont, &[("serials", "A1-x, A2"), ("location", "Main")]);
        let issued = lab.must("stock_items.issue", ont, &[("serials", "a2"), ("reference", "visit 1")]);
        assert_eq!(quantity(lab, ont), is("1", "0", "Main 1"));
        assert!(told(lab, "stock_items.issue", ont, &[("serials", "A2")]).contains("A2: cannot issue: the piece is issued"));
        assert_eq!(told(lab, "stock_items.issue", ont, &[("serials", "A3")]), "serials: there is no A3 of ont");
        assert!(told(lab, "stock_items.adjust", ont, &[("quantity", "1"), ("notes", "found")]).contains("goes by serial numbers"));
        lab.store.undo(&lab.admin, issued.operation).unwrap();
        assert_eq!(quantity(lab, ont).0, "2");
        lab.must("stock_items.issue", ont, &[("serials", "a2")]);
        let piece = lab.store.get_named(&lab.admin, headend::store::entities::find("stock_serials").unwrap(), "A2").unwrap().id;
        lab.must("stock_serials.install", piece, &[("device", "home")]);
        assert_eq!(lab.value("stock_serials", piece, "device"), "DEV-000001");
        lab.must("stock_serials.return", piece, &[]);
        assert_eq!(quantity(lab, ont).0, "1", "it is back, and not looked at yet");
        let restocked = lab.must("stock_serials.restock", piece, &[("location", "Main")]);
        assert_eq!(quantity(lab, ont), is("2", "0", "Main 2"));
        lab.store.undo(&lab.admin, restocked.operation).unwrap();
        lab.must("stock_serials.restock", piece, &[("location", "Main")]);
        lab.must("stock_serials.scrap", piece, &[("notes", "burnt")]);
        assert_eq!(quantity(lab, ont), is("1", "0", "Main 1"));
        assert!(lab.store.undo(&lab.admin, received.operation).is_err(), "its pieces were used since");
        assert_eq!(violations(lab), 0);
    }

    fn what_is_approved_is_promised_and_what_is_issued_is_dealt_out(lab) {
        let (ont, lead) = (item(lab, "ont", &[]), item(lab, "patch lead", &[]));
        item(lab, "modem", &[]);
        for id in [ont, lead] {
            lab.must("stock_items.receive", id, &[("quantity", "10")]);
        }
        let ask = |lines: &[(&str, &str)]| {
            let request = lab.make("stock_requests.create", &[("job_reference", "tower")]);
            let number = lab.value("stock_requests", request, "number");
            for (item, quantity) in lines {
                lab.make("stock_request_lines.create", &[("request", &number), ("item", item), ("quantity", quantity)]);
            }
            request
        };
        let empty = ask(&[]);
        assert!(told(lab, "stock_requests.approve", empty, &[]).contains("asks for nothing: add a line first"));
        let first = ask(&[("ont", "7"), ("patch lead", "4")]);
        assert_eq!(lab.value("stock_requests", first, "engineer_name"), "admin");
        let second = ask(&[("ont", "4")]);
        let approved = lab.must("stock_requests.approve", first, &[]);
        assert_eq!((quantity(lab, ont), quantity(lab, lead)), (is("10", "7", ""), is("10", "4", "")));
        assert_eq!(told(lab, "stock_requests.approve", second, &[]), "only 3 of 10 of ont are free, 4 are wanted");
        assert_eq!(told(lab, "stock_items.issue", ont, &[("quantity", "4")]), "quantity: only 3 of 10 of ont are free: 7 are promised to requests and jobs");
        let number = lab.value("stock_requests", first, "number");
        let late = lab.try_make("stock_request_lines.create", &[("request", &number), ("item", "modem"), ("quantity", "1")]).unwrap_err();
        assert!(late.to_string().contains("is approved: its lines are settled"), "{late}");
        lab.store.undo(&lab.admin, approved.operation).unwrap();
        assert_eq!((quantity(lab, ont), lab.value("stock_requests", first, "status")), (is("10", "0", ""), "pending".into()));
        lab.must("stock_requests.approve", second, &[]);
        lab.must("stock_requests.cancel", second, &[("reason", "not needed")]);
        lab.must("stock_requests.approve", first, &[]);
        for (lines, words) in [
            ("ont=8", "lines: say 8 where only 7 are left to give"),
            ("router=1", "lines: there is no stock item ‘router’"),
            ("ont=1, modem=1", "lines: no line asks for modem"),
            ("ont", "lines: ‘ont’ is not like ont-4=3"),
            ("ont=0", "lines: give out nothing: cancel the request instead"),
        ] {
            assert_eq!(told(lab, "stock_requests.issue", first, &[("lines", lines)]), words);
        }
        assert_eq!(quantity(lab, ont), is("10", "7", ""));
        // What nothing is given of is no more promised, and was not used.
        let held = |lab: &Lab| lab.raw().texts("status", "FROM stock_reservations WHERE status <> 'released' OR quantity = 4 ORDER BY status");
        let before = held(lab);
        let part = lab.must("stock_requests.issue", first, &[("lines", "ont=5")]);
        assert!(held(lab).contains(&"used".to_owned()) && held(lab).contains(&"released".to_owned()), "{:?}", held(lab));
        assert!(!held(lab).contains(&"held".to_owned()), "{:?}", held(lab));
        lab.store.undo(&lab.admin, part.operation).unwrap();
        assert_eq!(held(lab), before);
        let issued = lab.must("stock_requests.issue", first, &[("lines", "ont=5, patch lead=4")]);
        assert_eq!((quantity(lab, ont), quantity(lab, lead)), (is("5", "0", ""), is("6", "0", "")));
        assert_eq!(lab.raw().texts("quantity || ' ' || issued_quantity", "FROM stock_request_lines ORDER BY id"), ["7 5", "4 4", "4 0"]);
        assert!(told(lab, "stock_requests.issue", first, &[]).contains("the request is issued, which is final"));
        lab.store.undo(&lab.admin, issued.operation).unwrap();
        assert_eq!((quantity(lab, ont), lab.value("stock_requests", first, "status")), (is("10", "7", ""), "approved".into()));
        assert!(told(lab, "stock_requests.reject", empty, &[]).contains("reason: is required"));
        lab.must("stock_requests.reject", empty, &[("reason", "no budget")]);
        assert_eq!(violations(lab), 0);
    }

    fn a_count_puts_the_books_right(lab) {
        let (ont, lead) = (item(lab, "ont", &[]), item(lab, "lead", &[]));
        lab.make("stock_locations.create", &[("name", "Main")]);
        for id in [ont, lead] {
            lab.must("stock_items.receive", id, &[("quantity", "10"), ("location", "Main")]);
        }
        let take = lab.make("stock_takes.create", &[("location", "Main")]);
        assert!(told(lab, "stock_takes.post", take, &[]).contains("counts nothing"));
        for (item, counted) in [("ont", "8"), ("lead", "10")] {
            lab.make("stock_take_lines.create", &[("take", "CNT-000001"), ("item", item), ("counted", counted)]);
        }
        // What moved since the count began is what is expected when it is posted.
        lab.must("stock_items.receive", ont, &[("quantity", "1"), ("location", "Main")]);
        let posted = lab.must("stock_takes.post", take, &[]);
        assert_eq!((quantity(lab, ont), quantity(lab, lead)), (is("8", "0", "Main 8"), is("10", "0", "Main 10")));
        assert_eq!(lab.raw().texts("counted || ' ' || expected", "FROM stock_take_lines ORDER BY id"), ["8 11", "10 10"]);
        lab.store.undo(&lab.admin, posted.operation).unwrap();
        assert_eq!((quantity(lab, ont).0, lab.value("stock_takes", take, "status")), ("11".into(), "open".into()));
        lab.must("stock_takes.cancel", take, &[]);
        assert!(told(lab, "stock_takes.post", take, &[]).contains("the stock take is cancelled, which is final"));
        assert_eq!(violations(lab), 0);
    }

    fn an_order_is_done_when_all_is_there(lab) {
        let (ont, lead) = (item(lab, "ont", &[("is_serialized", "yes")]), item(lab, "lead", &[]));
        let vendor = lab.make("vendors.create", &[("name", "Fibre & Sons")]);
        lab.must("vendors.deactivate", vendor, &[]);
        let refused = lab.try_make("purchase_orders.create", &[("vendor", "Fibre & Sons")]).unwrap_err();
        assert!(refused.to_string().contains("Fibre & Sons is inactive"), "{refused}");
        lab.must("vendors.activate", vendor, &[]);
        let order = lab.make("purchase_orders.create", &[("vendor", "Fibre & Sons")]);
        let number = lab.value("purchase_orders", order, "number");
        assert!(told(lab, "purchase_orders.order", order, &[]).contains("orders nothing"));
        let line = |item: &str, quantity: &str, price: &str| {
            lab.make("purchase_order_lines.create", &[("purchase_order", number.as_str()), ("item", item), ("quantity", quantity), ("unit_price", price)])
        };
        let (first, second) = (line("ont", "3", "20.5"), line("lead", "10", "1.25"));
        assert_eq!(lab.value("purchase_orders", order, "total"), "74.00");
        let removed = lab.must("purchase_order_lines.delete", second, &[]);
        assert_eq!(lab.value("purchase_orders", order, "total"), "61.50");
        lab.store.undo(&lab.admin, removed.operation).unwrap();
        assert_eq!(lab.value("purchase_orders", order, "total"), "74.00");
        assert!(told(lab, "purchase_orders.receive", order, &[]).contains("the purchase order is draft"));
        lab.must("purchase_orders.order", order, &[("expected_on", "2026-12-24")]);
        assert!(told(lab, "purchase_order_lines.update", first, &[("quantity", "4")]).contains("is ordered: its lines are settled"));
        assert!(told(lab, "purchase_orders.receive", order, &[]).contains("ont goes by serial numbers: 3 are wanted, 0 are given"));
        assert!(told(lab, "purchase_orders.receive", order, &[("lines", "lead=1"), ("serials", "A1")]).contains("A1 is no piece of what is dealt out"));
        let part = lab.must("purchase_orders.receive", order, &[("lines", "ont=2, lead=4"), ("serials", "1-2")]);
        assert_eq!((lab.value("purchase_orders", order, "status"), quantity(lab, ont).0, quantity(lab, lead).0), ("ordered".into(), "2".into(), "4".into()));
        let undone = lab.store.undo(&lab.admin, part.operation).unwrap();
        assert_eq!((quantity(lab, ont).0, quantity(lab, lead).0), ("0".into(), "0".into()));
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        lab.must("purchase_orders.receive", order, &[("serials", "3")]);
        let record = lab.record("purchase_orders", order);
        assert_eq!((record.get("status").as_str(), quantity(lab, ont).0, quantity(lab, lead).0), ("received", "3".into(), "10".into()));
        assert!(!record.get("received_at").is_empty());
        assert!(told(lab, "purchase_orders.receive", order, &[]).contains("which is final"));
        assert_eq!(violations(lab), 0);
    }

    fn whoever_races_for_the_last_of_it_none_is_given_twice(lab) {
        let items: Vec<Id> = ["a", "b"].map(|sku| item(lab, sku, &[])).into();
        for name in ["Main", "Van"] {
            lab.make("stock_locations.create", &[("name", name)]);
        }
        for id in &items {
            lab.must("stock_items.receive", *id, &[("quantity", "20"), ("location", "Main")]);
        }
        let stores = stores(lab);
        let rounds = if is_full() { 300 } else { 25 };
        let told = at_once(lab, &stores, |store, writer| {
            let mut dice = Dice::new(writer as u64 + 100);
            let (mut won, mut lost, mut last) = (0, 0, None::<Done>);
            for _ in 0..rounds {
                let (item, place) = (items[dice.below(2)], *dice.one(&["Main", "Van"]));
                let many = (1 + dice.below(6)).to_string();
                let outcome = match dice.below(8) {
                    0 => store.perform(&lab.admin, &lab.request("stock_items.receive", &[("quantity", &many), ("location", place)]).on(item, None)),
                    1 => store.perform(&lab.admin, &lab.request("stock_items.transfer", &[("quantity", &many), ("from", "Main"), ("to", "Van")]).on(item, None)),
                    2 if last.is_some() => store.undo(&lab.admin, last.take().unwrap().operation),
                    3 => store.perform(&lab.admin, &lab.request("stock_reservations.create", &[("item", if item == items[0] { "a" } else { "b" }), ("quantity", "1")])),
                    4 => {
                        // Both at once, in either order.
                        let mut request = lab.request("stock_items.issue", &[("quantity", "1"), ("location", place)]);
                        let order = if dice.chance(50) { [items[0], items[1]] } else { [items[1], items[0]] };
                        for id in order { request = request.on(id, None); }
                        store.perform(&lab.admin, &request)
                    }
                    _ => store.perform(&lab.admin, &lab.request("stock_items.issue", &[("quantity", &many), ("location", place)]).on(item, None)),
                };
                match outcome {
                    Ok(done) => { won += 1; last = Some(done); }
                    Err(error) => {
                        let words = error.to_string();
                        assert!(["there is not so much", "are free", "was changed since"].iter().any(|known| words.contains(known)), "{words}");
                        lost += 1;
                    }
                }
            }
            (won, lost)
        });
        let (won, lost) = told.iter().fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
        let wrong = violations(lab);
        println!("{:?}: {WRITERS} writers, {} operations, {won} done, {lost} conflicts, {wrong} violations", lab.engine, won + lost);
        assert_eq!((won + lost, wrong), (WRITERS * rounds, 0));
        assert!(won > 0 && lost > 0);
        // Whoever does something to both, and whoever takes it back, locks them in one order.
        if lab.engine == crate::common::Engine::Postgres {
            assert_eq!(lab.raw().number("deadlocks", "FROM pg_stat_database WHERE datname = current_database()"), 0);
        }
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    fn a_plain_model_and_the_database_agree(lab) {
        let items: Vec<Id> = ["a", "b"].map(|sku| item(lab, sku, &[])).into();
        let places: Vec<Option<Id>> = vec![
            None,
            Some(lab.make("stock_locations.create", &[("name", "Main")])),
            Some(lab.make("stock_locations.create", &[("name", "Van")])),
        ];
        // What lies where, and of each issue what is still out.
        let mut there: HashMap<(usize, usize), i64> = HashMap::new();
        let mut out: Vec<(Id, usize, i64)> = Vec::new();
        let mut held: Vec<(Id, usize, i64)> = Vec::new();
        let mut dice = Dice::new(9);
        let steps = if is_full() { 4_000 } else { 250 };
        let (mut done, mut refused) = (0, 0);
        for step in 0..steps {
            let (item, place, many) = (dice.below(2), dice.below(3), 1 + dice.below(5) as i64);
            let all = |there: &HashMap<(usize, usize), i64>| (0..3).map(|place| there.get(&(item, place)).copied().unwrap_or(0)).sum::<i64>();
            let here = there.get(&(item, place)).copied().unwrap_or(0);
            let promised: i64 = held.iter().filter(|(_, of, _)| *of == item).map(|(.., many)| many).sum();
            let ask = |name: &str, quantity: i64| {
                let request = Request::new(find(name)).with("quantity", Value::Int(quantity));
                places[place].map_or(request.clone(), |place| request.with("location", Value::Id(place)))
            };
            let (can, outcome) = match dice.below(6) {
                0 => {
                    *there.entry((item, place)).or_default() += many;
                    (true, lab.store.perform(&lab.admin, &ask("stock_items.receive", many).on(items[item], None)))
                }
                1 => {
                    let by = if dice.chance(50) { many } else { -many };
                    let outcome = lab.store.perform(&lab.admin, &ask("stock_items.adjust", by).with("notes", Value::text("count")).on(items[item], None));
                    let can = here + by >= 0;
                    if can { *there.entry((item, place)).or_default() += by; }
                    (can, outcome)
                }
                2 if !out.is_empty() => {
                    let at = dice.below(out.len());
                    let (row, of, left) = out[at];
                    let request = ask("stock_transactions.return", many).on(row, None);
                    let outcome = lab.store.perform(&lab.admin, &request);
                    let can = many <= left;
                    if can {
                        out[at].2 -= many;
                        // Without a place it goes back to where it came from.
                        let to = if places[place].is_some() { place } else { from_of(lab, row, &places) };
                        *there.entry((of, to)).or_default() += many;
                    }
                    (can, outcome)
                }
                3 => {
                    let can = all(&there) - promised >= many;
                    let request = Request::new(find("stock_reservations.create")).with("item", Value::Id(items[item])).with("quantity", Value::Int(many));
                    let outcome = lab.store.perform(&lab.admin, &request);
                    if let Ok(made) = &outcome { held.push((made.records[0], item, many)); }
                    (can, outcome)
                }
                4 if !held.is_empty() => {
                    let (reservation, ..) = held.swap_remove(dice.below(held.len()));
                    (true, lab.store.perform(&lab.admin, &Request::new(find("stock_reservations.release")).on(reservation, None)))
                }
                _ => {
                    let can = here >= many && all(&there) - many >= promised;
                    let outcome = lab.store.perform(&lab.admin, &ask("stock_items.issue", many).on(items[item], None));
                    if can {
                        *there.entry((item, place)).or_default() -= many;
                        if outcome.is_ok() { out.push((*rows_of(lab, "out").last().unwrap(), item, many)); }
                    }
                    (can, outcome)
                }
            };
            assert_eq!(outcome.is_ok(), can, "step {step}: {outcome:?}");
            if can { done += 1 } else { refused += 1 }
        }
        for (index, id) in items.iter().enumerate() {
            let all: i64 = (0..3).map(|place| there.get(&(index, place)).copied().unwrap_or(0)).sum();
            assert_eq!(lab.record("stock_items", *id).get("quantity").as_int(), Some(all));
        }
        println!("{:?}: {steps} steps, {done} done, {refused} refused, 0 differences", lab.engine);
        assert!(done > 0 && refused > 0);
        assert_eq!(violations(lab), 0);
    }

    /// What moves of an item is its history too, with how many, and the lines of an order are that of the order.
    fn a_history_tells_what_belongs_to_its_record(lab) {
        let item = lab.make("stock_items.create", &[("name", "Cable"), ("sku", "cable")]);
        lab.must("stock_items.receive", item, &[("quantity", "10")]);
        lab.must("stock_items.issue", item, &[("quantity", "3")]);
        let told = |kind: &str, id| -> Vec<String> {
            let events = lab.store.history(&lab.admin, crate::common::lab::entity(kind), id, 100).unwrap();
            let change = |event: &headend::store::history::Event, field: &str| {
                let change = event.changes.iter().find(|(name, ..)| name == field);
                change.map_or_else(String::new, |(_, _, after)| after.written())
            };
            events.iter().map(|event| format!("{} {}", event.action, change(event, "quantity"))).collect()
        };
        assert_eq!(told("stock_items", item), ["stock_items.issue 3", "stock_items.receive 10", "stock_items.create "]);
        // Lines that are gone are no less in it.
        let place = lab.make("stock_locations.create", &[("name", "Store")]);
        let take = lab.make("stock_takes.create", &[("location", &lab.value("stock_locations", place, "name"))]);
        let request = lab.make("stock_requests.create", &[]);
        for (whole, kind, own, much) in
            [(take, "stock_take_lines", "take", "counted"), (request, "stock_request_lines", "request", "quantity")]
        {
            let line = lab.make(&format!("{kind}.create"), &[(own, &whole.to_string()), ("item", "cable"), (much, "7")]);
            lab.must(&format!("{kind}.delete"), line, &[]);
            let kind_of_whole = if whole == take { "stock_takes" } else { "stock_requests" };
            let actions: Vec<String> = told(kind_of_whole, whole).iter().map(|told| told.split(' ').next().unwrap().to_owned()).collect();
            assert_eq!(actions, [format!("{kind}.delete"), format!("{kind}.create"), format!("{kind_of_whole}.create")]);
        }
        let vendor = lab.make("vendors.create", &[("name", "Acme")]);
        let order = lab.make("purchase_orders.create", &[("vendor", &lab.value("vendors", vendor, "name"))]);
        let number = lab.value("purchase_orders", order, "number");
        let line = lab.make("purchase_order_lines.create", &[("purchase_order", &number), ("item", "cable"), ("quantity", "4")]);
        lab.must("purchase_order_lines.update", line, &[("quantity", "5")]);
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let done = lab.must("customers.top_up", customer, &[("amount", "40.50")]);
        lab.store.undo(&lab.admin, done.operation).unwrap();
        let amounts: Vec<String> = lab
            .store
            .history(&lab.admin, crate::common::lab::entity("customers"), customer, 100)
            .unwrap()
            .iter()
            .flat_map(|event| &event.changes)
            .filter(|(field, ..)| field == "amount")
            .map(|(_, _, after)| after.written())
            .collect();
        assert_eq!(amounts, ["-40.50", "40.50"], "what was taken back is told with its amount");
        let ticket = lab.make("tickets.create", &[("title", "Slow")]);
        lab.must("tickets.comment", ticket, &[("content", "Called, nobody there")]);
        let events = lab.store.history(&lab.admin, crate::common::lab::entity("tickets"), ticket, 100).unwrap();
        assert!(format!("{events:?}").contains("Called, nobody there"), "{events:?}");
        // What the order says of itself there, that it is another one now, is said by its line.
        assert_eq!(
            told("purchase_orders", order),
            ["purchase_order_lines.update 5", "purchase_order_lines.create 4", "purchase_orders.create "]
        );
    }
}

/// Where an issue took from.
fn from_of(lab: &Lab, row: Id, places: &[Option<Id>]) -> usize {
    let place = lab.record("stock_transactions", row).get("location_id").as_id();
    places.iter().position(|known| *known == place).unwrap()
}
