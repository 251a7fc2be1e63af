//! The lines of a record are written with it, all or nothing, and taken back with it.

use headend::domain::Id;
use headend::store::aims::Aim;
use headend::store::list::ListRequest;
use headend::store::operation::parts::Part;
use headend::store::{Failure, Record, Request};

use crate::common::lab::entity;
use crate::common::{Lab, on_each_database};
use crate::orders::shop;

fn all(lab: &Lab, kind: &str) -> Vec<Record> {
    lab.store.list(&lab.admin, &ListRequest::all(entity(kind), 100)).unwrap().rows
}

fn part(lab: &Lab, operation: &str, aim: Option<Id>, written: &[(&str, &str)]) -> Part {
    let request = lab.request(operation, written);
    let kind = request.operation.entity.name;
    let aim = aim.map(|id| Aim { id, version: Some(lab.record(kind, id).version) });
    Part { operation: request.operation, aim, values: request.values }
}

fn line(lab: &Lab, product: &str, quantity: &str) -> Part {
    part(lab, "order_items.create", None, &[("product", product), ("duration", "1 month"), ("quantity", quantity)])
}

fn order_with(lab: &Lab, parts: Vec<Part>) -> Request {
    Request { parts, ..lab.request("orders.create", &[("currency", "USD")]) }
}

fn total(lab: &Lab, order: Id) -> String {
    lab.value("orders", order, "total_amount")
}

fn items_of(lab: &Lab, order: Id) -> Vec<String> {
    let mut items: Vec<String> = all(lab, "order_items")
        .iter()
        .filter(|item| item.get("order_id").as_id() == Some(order))
        .map(|item| format!("{} {}", item.get("quantity").written(), item.get("product_name").written()))
        .collect();
    items.sort();
    items
}

on_each_database! {
    fn a_new_order_comes_with_its_items_and_goes_with_them(lab) {
        shop(lab);
        let request = order_with(lab, vec![line(lab, "Mail", "1000"), line(lab, "Line", "10")]);
        let done = lab.store.perform(&lab.admin, &request).unwrap();
        let order = done.records[0];
        assert_eq!(done.records.len(), 1, "the order was meant");
        assert_eq!((total(lab, order), items_of(lab, order)), ("101.00".into(), vec!["10 Line".into(), "1000 Mail".into()]));
        let undone = lab.store.undo(&lab.admin, done.operation).unwrap();
        assert!(lab.store.get(&lab.admin, entity("orders"), order).unwrap().is_none() && all(lab, "order_items").is_empty());
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!((total(lab, order), items_of(lab, order).len()), ("101.00".into(), 2));
    }

    fn lines_are_added_changed_and_taken_away_with_their_record(lab) {
        shop(lab);
        let made = lab.store.perform(&lab.admin, &order_with(lab, vec![line(lab, "Mail", "1000"), line(lab, "Line", "10")])).unwrap();
        let order = made.records[0];
        let id = |name: &str| all(lab, "order_items").iter().find(|item| item.get("product_name").as_str() == name).unwrap().id;
        let version = lab.record("orders", order).version;
        let request = Request {
            parts: vec![
                line(lab, "Mail", "5"),
                part(lab, "order_items.update", Some(id("Line")), &[("quantity", "20")]),
                part(lab, "order_items.delete", Some(id("Mail")), &[]),
            ],
            ..lab.request("orders.update", &[("notes_internal", "by hand")]).on(order, Some(version))
        };
        let done = lab.store.perform(&lab.admin, &request).unwrap();
        assert_eq!((total(lab, order), items_of(lab, order)), ("2.50".into(), vec!["20 Line".into(), "5 Mail".into()]));
        assert_eq!(lab.value("orders", order, "notes_internal"), "by hand");
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!((total(lab, order), items_of(lab, order)), ("101.00".into(), vec!["10 Line".into(), "1000 Mail".into()]));
        assert_eq!(lab.value("orders", order, "notes_internal"), "");
        // Lines alone are a change of the record too, and of one that somebody else changed meanwhile they are none.
        let parts = vec![line(lab, "Mail", "7")];
        let alone = Request { parts, ..Request::new(request.operation).on(order, Some(version)) };
        let error = lab.store.perform(&lab.admin, &alone).unwrap_err();
        assert!(matches!(error.failure(), Failure::Stale { id, .. } if *id == order), "{error}");
        let version = lab.record("orders", order).version;
        let alone = Request { id: Id::new(), ..alone };
        let alone = Request { aims: [(order, version)].into_iter().collect(), ..alone };
        lab.store.perform(&lab.admin, &alone).unwrap();
        assert_eq!(items_of(lab, order).len(), 3);
        // A line that another has changed since it was read makes the record another one.
        let mut stale = part(lab, "order_items.update", Some(id("Line")), &[("quantity", "1")]);
        stale.aim = stale.aim.map(|aim| Aim { version: Some(99), ..aim });
        let request = Request { parts: vec![stale], ..Request::new(request.operation).on(order, None) };
        let error = lab.store.perform(&lab.admin, &request).unwrap_err();
        assert!(matches!(error.failure(), Failure::Stale { id, .. } if *id == order), "{error}");
    }

    fn the_history_of_a_record_tells_of_each_of_its_lines_also_of_those_that_are_gone(lab) {
        shop(lab);
        let made = lab.store.perform(&lab.admin, &order_with(lab, vec![line(lab, "Mail", "1000"), line(lab, "Line", "10")])).unwrap();
        let order = made.records[0];
        let id = |name: &str| all(lab, "order_items").iter().find(|item| item.get("product_name").as_str() == name).unwrap().id;
        let version = || Some(lab.record("orders", order).version);
        let update = |parts: Vec<Part>| {
            let request = Request { parts, ..Request::new(crate::common::lab::find("orders.update")).on(order, version()) };
            lab.store.perform(&lab.admin, &request).unwrap()
        };
        // Another order's lines are none of this one's.
        lab.store.perform(&lab.admin, &order_with(lab, vec![line(lab, "Mail", "3")])).unwrap();
        update(vec![part(lab, "order_items.update", Some(id("Line")), &[("quantity", "20")])]);
        let gone = id("Line");
        let taken = update(vec![part(lab, "order_items.delete", Some(gone), &[])]);
        let told = || -> Vec<(String, String, String)> {
            let events = lab.store.history(&lab.admin, entity("orders"), order, 50).unwrap();
            let said = |event: &headend::store::history::Event| {
                let changes: Vec<String> =
                    event.changes.iter().filter(|(name, ..)| name == "quantity").map(|(_, before, after)| format!("{} {}", before.written(), after.written())).collect();
                (event.action.clone(), event.part.clone().unwrap_or_default(), changes.join(","))
            };
            let of_lines = events.iter().filter(|event| event.entity.name == "order_items");
            of_lines.map(said).filter(|(action, ..)| action != "order_items.create").collect()
        };
        let events = told();
        assert_eq!(events.len(), 2, "{events:?}");
        assert_eq!((events[0].1.as_str(), events[1].1.as_str()), ("Line", "Line"), "{events:?}");
        assert_eq!(events[1].2, "10 20", "{events:?}");
        let made = lab.store.history(&lab.admin, entity("orders"), order, 50).unwrap();
        let made: Vec<_> = made.iter().filter(|event| event.action.ends_with(".create") && event.entity.name == "order_items").collect();
        assert!(made.iter().any(|event| event.part.as_deref() == Some("Line")), "{made:?}");
        // It is taken back from there, and is there again.
        lab.store.undo(&lab.admin, taken.operation).unwrap();
        assert_eq!(items_of(lab, order), ["1000 Mail", "20 Line"]);
        assert!(told().len() >= 3);
    }

    fn one_wrong_line_keeps_all_from_being_written_and_is_named(lab) {
        shop(lab);
        let before = all(lab, "orders").len();
        let request = order_with(lab, vec![line(lab, "Mail", "1"), line(lab, "Mail", "0")]);
        let error = lab.store.perform(&lab.admin, &request).unwrap_err();
        assert_eq!(error.to_string(), "order_items.2.quantity: is a whole number from 1 to 2147483647");
        assert_eq!((all(lab, "orders").len(), all(lab, "order_items").len()), (before, 0));
        // Tried, all that is wrong is told, and what is right is worked out.
        let request = order_with(lab, vec![line(lab, "Nothing", "1"), line(lab, "Mail", "1000"), line(lab, "Mail", "0")]);
        let foreseen = lab.store.foresee(&lab.admin, &request).unwrap();
        let told: Vec<String> = foreseen.problems.iter().map(|problem| problem.field.clone()).collect();
        assert_eq!(told, ["order_items.1.product", "order_items.3.quantity"]);
        assert_eq!(foreseen.record.unwrap().get("total_amount").written(), "100.00");
        assert_eq!(foreseen.parts[1].as_ref().unwrap().get("unit_price").written(), "0.10");
        assert!(foreseen.parts[0].is_none() && foreseen.parts[2].is_none());
        assert_eq!((all(lab, "orders").len(), all(lab, "order_items").len()), (before, 0), "nothing of it was done");
    }

    fn lines_come_to_what_they_do_whatever_is_missing_above_them(lab) {
        let item = lab.make("stock_items.create", &[("name", "Cable"), ("sku", "Cable")]);
        let gone = lab.make("vendors.create", &[("name", "Gone")]);
        lab.must("vendors.deactivate", gone, &[]);
        let bill = [("description", "Visit"), ("unit_price", "10"), ("quantity", "2"), ("tax_percentage", "16")];
        let buy = [("item", "Cable"), ("quantity", "4"), ("unit_price", "2.5")];
        let tried = |whole: &str, values: &[(&str, &str)], kind: &str, line: &[(&str, &str)]| {
            let wrong = part(lab, &format!("{kind}.create"), None, &[line, &[("quantity", "-1")]].concat());
            let parts = vec![part(lab, &format!("{kind}.create"), None, line), wrong];
            let request = Request { parts, ..lab.request(&format!("{whole}.create"), values) };
            let foreseen = lab.store.foresee(&lab.admin, &request).unwrap();
            assert!(foreseen.refused.is_some() && all(lab, whole).is_empty() && all(lab, kind).is_empty(), "{whole}");
            foreseen
        };
        // There is nobody who could stand in for who is missing.
        assert!(tried("invoices", &[], "invoice_lines", &bill).record.is_none());
        assert!(tried("purchase_orders", &[], "purchase_order_lines", &buy).record.is_none());
        lab.make("vendors.create", &[("name", "Acme")]);
        lab.make("customers.create", &[("name", "Brian"), ("currency", "KES")]);
        lab.make("customers.create", &[("name", "Amina"), ("currency", "USD")]);
        for (whole, values, kind, line, sum) in [
            ("invoices", vec![("currency", "USD")], "invoice_lines", &bill[..], "23.20"),
            ("invoices", vec![("currency", "KES")], "invoice_lines", &bill, "23.20"),
            ("invoices", vec![("currency", "USD"), ("period_start", "2026-12-02"), ("period_end", "2026-12-01")], "invoice_lines", &bill, "23.20"),
            ("purchase_orders", vec![], "purchase_order_lines", &buy, "10.00"),
            ("purchase_orders", vec![("vendor", "Gone")], "purchase_order_lines", &buy, "10.00"),
            ("purchase_orders", vec![("vendor", "Nobody")], "purchase_order_lines", &buy, "10.00"),
        ] {
            let foreseen = tried(whole, &values, kind, line);
            let record = foreseen.record.unwrap_or_else(|| panic!("{whole} {values:?}: {:?}", foreseen.problems));
            assert_eq!(record.get("total").written(), sum, "{whole} {values:?}");
            assert!(foreseen.parts[0].is_some() && foreseen.parts[1].is_none(), "{whole} {values:?}");
            let told: Vec<&str> = foreseen.problems.iter().map(|problem| problem.field.as_str()).collect();
            assert!(told.contains(&format!("{kind}.2.quantity").as_str()) && told.len() > 1, "{whole} {values:?}: {told:?}");
            // Nobody is told who stood in.
            for field in ["customer", "customer_id", "vendor", "vendor_id"] {
                assert!(record.get(field).is_empty() && record.called(field).is_empty(), "{whole} {field}");
            }
        }
        // An amount is in the currency that it was typed in, or is not told.
        let euros = [("customer", "Amina"), ("currency", "EUR")];
        assert!(tried("invoices", &euros, "invoice_lines", &bill).record.is_none());
        // What is wrong in a record that is there leaves the rest of it as it is.
        let order = lab.make("purchase_orders.create", &[("vendor", "Acme")]);
        let lines = vec![part(lab, "purchase_order_lines.create", None, &buy)];
        let request = Request { parts: lines, ..lab.request("purchase_orders.update", &[("vendor", "")]).on(order, None) };
        let foreseen = lab.store.foresee(&lab.admin, &request).unwrap();
        assert_eq!(foreseen.record.unwrap().get("total").written(), "10.00");
        assert!(lab.store.get(&lab.admin, entity("stock_items"), item).unwrap().is_some());
    }

    fn parts_need_their_own_permission_and_their_own_record(lab) {
        shop(lab);
        let customer = Request { parts: vec![line(lab, "Mail", "1")], ..lab.request("customers.create", &[("name", "Amina")]) };
        let error = lab.store.perform(&lab.admin, &customer).unwrap_err();
        assert!(error.to_string().contains("order item is no part of customers"), "{error}");
        let may = r#"["orders.create","orders.read","products.read","durations.read"]"#;
        lab.make("roles.create", &[("name", "quoting"), ("permissions", may)]);
        let clerk = lab.user("clerk", "quoting");
        let error = lab.store.perform(&clerk, &order_with(lab, vec![line(lab, "Mail", "1")])).unwrap_err();
        assert!(matches!(error.failure(), Failure::NotAllowed { permission, .. } if permission == "order_items.create"), "{error}");
        assert!(lab.store.perform(&clerk, &order_with(lab, Vec::new())).is_ok());
    }

    fn each_kind_of_record_with_lines_takes_them(lab) {
        let item = |name: &str| lab.make("stock_items.create", &[("name", name), ("sku", name)]);
        item("Cable");
        lab.make("vendors.create", &[("name", "Acme")]);
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let customer = lab.value("customers", customer, "number");
        for (whole, values, kind, of_line, sum) in [
            ("invoices", vec![("customer", customer.as_str())], "invoice_lines", vec![("description", "Visit"), ("unit_price", "10"), ("quantity", "2"), ("tax_percentage", "16")], Some(("total", "23.20"))),
            ("purchase_orders", vec![("vendor", "Acme")], "purchase_order_lines", vec![("item", "Cable"), ("quantity", "4"), ("unit_price", "2.5")], Some(("total", "10.00"))),
            ("stock_requests", vec![], "stock_request_lines", vec![("item", "Cable"), ("quantity", "4")], None),
            ("stock_takes", vec![], "stock_take_lines", vec![("item", "Cable"), ("counted", "4")], None),
            ("jobs", vec![("customer", customer.as_str()), ("job_type", "repair"), ("scheduled_at", "2026-12-01 09:00")], "job_devices", vec![("item", "Cable"), ("quantity", "3")], None),
        ] {
            let line = part(lab, &format!("{kind}.create"), None, &of_line);
            let request = Request { parts: vec![line], ..lab.request(&format!("{whole}.create"), &values) };
            let done = lab.store.perform(&lab.admin, &request).unwrap_or_else(|error| panic!("{whole}: {error}"));
            assert_eq!(all(lab, kind).len(), 1, "{kind}");
            if let Some((field, amount)) = sum {
                assert_eq!(lab.value(whole, done.records[0], field), amount, "{whole}");
            }
            lab.store.undo(&lab.admin, done.operation).unwrap_or_else(|error| panic!("{whole}: {error}"));
            assert!(all(lab, kind).is_empty() && all(lab, whole).is_empty(), "{whole}");
        }
    }
}

#[test]
fn what_a_record_is_made_of_is_known() {
    let part = headend::store::operation::parts::parts_of(entity("orders")).unwrap();
    assert_eq!((part.0.name, part.1), ("order_items", "order"));
    assert!(headend::store::operation::parts::parts_of(entity("customers")).is_none());
}
