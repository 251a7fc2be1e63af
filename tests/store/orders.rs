//! Orders: prices worked out when an item is added, totals that follow, and nothing that changes once it was sent.

use headend::domain::{Id, Value};
use headend::store::{Failure, Request, StoreError};

use crate::common::lab::find;
use crate::common::{Lab, on_each_database};
use crate::races::{at_once, stores};

/// Products with tiers, durations, and an order in US dollars.
pub(crate) fn shop(lab: &Lab) -> Id {
    for (name, pricing) in [("Mail", "volume"), ("Line", "graduated")] {
        let product =
            lab.make("products.create", &[("name", name), ("kind", "service"), ("unit", "seat"), ("pricing", pricing)]);
        lab.must(
            "products.price",
            product,
            &[("tiers", "0-1000 0.10; 1001-10000 0.05; 10001- 0.01"), ("currency", "USD")],
        );
        lab.must("products.price", product, &[("tiers", "1- 100"), ("currency", "USD"), ("period", "year")]);
    }
    for (months, discount) in [("1", "0"), ("7", "0"), ("12", "10"), ("24", "12.5")] {
        lab.make("durations.create", &[("months", months), ("discount_percentage", discount)]);
    }
    lab.make("orders.create", &[("currency", "USD")])
}

fn item(lab: &Lab, order: Id, written: &[(&str, &str)]) -> Result<Id, StoreError> {
    let order = order.to_string();
    let mut all = vec![("order", order.as_str())];
    all.extend_from_slice(written);
    lab.try_make("order_items.create", &all)
}

fn figures(lab: &Lab, kind: &str, id: Id, fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| lab.value(kind, id, field)).collect()
}

const LINE: &[&str] = &["unit_price", "subtotal", "discount_amount", "total"];
const TOTALS: &[&str] = &["subtotal", "discount_amount", "tax_amount", "total_amount"];

on_each_database! {
    fn an_item_is_priced_when_it_is_added(lab) {
        let order = shop(lab);
        let volume = item(lab, order, &[("product", "Mail"), ("duration", "1 month"), ("quantity", "15000")]).unwrap();
        assert_eq!(figures(lab, "order_items", volume, LINE), ["0.01", "150.00", "0.00", "150.00"]);
        let graduated = item(lab, order, &[("product", "Line"), ("duration", "1 year"), ("quantity", "15000")]).unwrap();
        assert_eq!(figures(lab, "order_items", graduated, LINE), ["0.04", "7200.00", "720.00", "6480.00"]);
        let yearly = item(lab, order, &[("product", "Mail"), ("duration", "7 months"), ("quantity", "1"), ("period", "year")]).unwrap();
        assert_eq!(figures(lab, "order_items", yearly, LINE), ["100.00", "58.33", "0.00", "58.33"]);
        assert_eq!(
            figures(lab, "order_items", yearly, &["product_name", "product_type", "product_unit", "duration_months"]),
            ["Mail", "service", "seat", "7"]
        );
        assert_eq!(figures(lab, "orders", order, TOTALS), ["7408.33", "720.00", "0.00", "6688.33"]);
        // Another quantity, another price; another word is no reason to price it anew.
        lab.must("order_items.update", volume, &[("quantity", "1000")]);
        assert_eq!(figures(lab, "order_items", volume, LINE), ["0.10", "100.00", "0.00", "100.00"]);
        let product = lab.record("order_items", volume).get("product_id").as_id().unwrap();
        lab.must("products.price", product, &[("tiers", "1- 9"), ("currency", "USD")]);
        lab.must("order_items.update", volume, &[("description", "for the lodge")]);
        assert_eq!(figures(lab, "order_items", volume, LINE)[1], "100.00");
        let deleted = lab.must("order_items.delete", graduated, &[]);
        assert_eq!(figures(lab, "orders", order, TOTALS), ["158.33", "0.00", "0.00", "158.33"]);
        lab.store.undo(&lab.admin, deleted.operation).unwrap();
        assert_eq!(figures(lab, "orders", order, TOTALS), ["7358.33", "720.00", "0.00", "6638.33"]);
    }

    fn what_cannot_be_priced_is_told(lab) {
        let order = shop(lab);
        let wrong = |written: &[(&str, &str)]| item(lab, order, written).unwrap_err().to_string();
        assert_eq!(wrong(&[("product", "Mail"), ("duration", "1 month"), ("quantity", "0")]), "quantity: is a whole number from 1 to 2147483647");
        assert_eq!(wrong(&[("product", "Nothing"), ("duration", "1 month")]), "product: there is no product ‘Nothing’");
        let kenyan = lab.make("orders.create", &[]);
        assert_eq!(
            item(lab, kenyan, &[("product", "Mail"), ("duration", "1 month")]).unwrap_err().to_string(),
            "quantity: there are no prices for it (in KES a month): see the product's price tiers"
        );
        item(lab, order, &[("product", "Mail"), ("duration", "1 month")]).unwrap();
        assert_eq!(
            lab.act("orders.update", order, &[("currency", "KES")]).unwrap_err().to_string(),
            "currency: stays as it is while the order has items: they are priced in it"
        );
        let product = lab.store.get_named(&lab.admin, find("products.update").entity, "Line").unwrap().id;
        lab.must("products.update", product, &[("is_active", "no")]);
        assert_eq!(wrong(&[("product", "Line"), ("duration", "1 month")]), "product: is not sold any more");
    }

    fn tiers_leave_no_gap_whatever_is_done_to_one(lab) {
        lab.make("products.create", &[("name", "Mail"), ("kind", "service"), ("unit", "seat")]);
        let tier = |min: &str, max: &str| {
            lab.try_make("price_tiers.create", &[("product", "Mail"), ("min_quantity", min), ("max_quantity", max), ("price_per_unit", "1"), ("currency", "USD")])
        };
        let told = |outcome: Result<Id, StoreError>| outcome.unwrap_err().to_string();
        assert_eq!(told(tier("2", "10")), "min_quantity: no tier covers the quantities from 1 to 1: the first one begins at 0 or 1");
        let first = tier("1", "10").unwrap();
        assert_eq!(lab.value("price_tiers", first, "name"), "1–10");
        assert_eq!(told(tier("12", "")), "min_quantity: no tier covers the quantities from 11 to 11");
        let overlap = told(tier("10", ""));
        assert!(overlap.contains("overlaps") || overlap.contains("covers a part of these quantities"), "{overlap}");
        assert_eq!(told(tier("11", "11")), "max_quantity: is more than 11, or empty where the tier has no end");
        let last = tier("11", "").unwrap();
        assert_eq!(lab.value("price_tiers", last, "name"), "from 11");
        assert!(told(tier("20", "30")).len() > 10);
        let error = lab.act("price_tiers.update", first, &[("max_quantity", "9")]).unwrap_err();
        assert_eq!(error.to_string(), "min_quantity: no tier covers the quantities from 10 to 10");
        let error = lab.act("price_tiers.delete", first, &[]).unwrap_err();
        assert!(error.to_string().contains("no tier covers the quantities from 1 to 10"), "{error}");
        let deleted = lab.must("price_tiers.delete", last, &[]);
        lab.must("price_tiers.update", first, &[("max_quantity", "20")]);
        assert_eq!(lab.value("price_tiers", first, "name"), "1–20");
        // What would overlap now does not come back.
        assert!(lab.store.undo(&lab.admin, deleted.operation).is_err());
        // A product goes with its prices, and comes back with them.
        let product = lab.record("price_tiers", first).get("product_id").as_id().unwrap();
        let gone = lab.must("products.delete", product, &[]);
        assert!(lab.find_record("price_tiers", first).is_none());
        lab.store.undo(&lab.admin, gone.operation).unwrap();
        assert_eq!(lab.value("price_tiers", first, "product"), "Mail");
    }

    fn a_sent_order_never_changes(lab) {
        let order = shop(lab);
        assert_eq!(lab.act("orders.send", order, &[]).unwrap_err().to_string(), "cannot send: the order has no items yet");
        let request = lab.request("order_items.create", &[("order", &order.to_string()), ("product", "Mail"), ("duration", "1 month")]);
        let added = lab.store.perform(&lab.admin, &request).unwrap();
        let number = lab.value("orders", order, "number");
        let sent = lab.must("orders.send", order, &[]);
        assert!(!lab.record("orders", order).get("sent_at").is_empty());
        let never = format!("{number} is sent: the items of an order that was sent never change");
        let told = |outcome: Result<headend::store::Done, StoreError>| outcome.unwrap_err().to_string();
        assert_eq!(item(lab, order, &[("product", "Mail"), ("duration", "1 month")]).unwrap_err().to_string(), format!("order: {never}"));
        assert_eq!(told(lab.act("order_items.update", added.records[0], &[("quantity", "2")])), format!("order: {never}"));
        assert_eq!(told(lab.act("order_items.update", added.records[0], &[("description", "x")])), never);
        assert_eq!(told(lab.act("order_items.delete", added.records[0], &[])), never);
        assert_eq!(told(lab.store.undo(&lab.admin, added.operation)), never);
        lab.store.undo(&lab.admin, sent.operation).unwrap();
        lab.must("order_items.update", added.records[0], &[("quantity", "2")]);
        lab.must("orders.cancel", order, &[]);
        assert_eq!(told(lab.act("orders.send", order, &[])), "cannot send: the order is cancelled, which is final");
    }

    fn fulfilling_makes_the_contract(lab) {
        let order = shop(lab);
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let number = lab.value("customers", customer, "number");
        lab.must("orders.update", order, &[("customer", &number)]);
        for duration in ["1 year", "2 years"] {
            item(lab, order, &[("product", "Line"), ("duration", duration), ("quantity", "100")]).unwrap();
        }
        lab.must("orders.send", order, &[]);
        assert_eq!(
            lab.act("orders.fulfill", order, &[]).unwrap_err().to_string(),
            "cannot fulfill: the order is sent; open from there: start fulfillment, cancel"
        );
        lab.must("orders.start_fulfillment", order, &[]);
        let fulfilled = lab.must("orders.fulfill", order, &[("activation_date", "2027-02-28")]);
        let rest = "FROM contracts";
        let mut raw = lab.raw();
        let contract: Id = raw.texts(&raw.hex_of_id("id"), rest)[0].parse().unwrap();
        assert_eq!(
            figures(lab, "contracts", contract, &["order", "customer", "activation_date", "expiration_date", "total_value", "currency", "status", "user"]),
            [lab.value("orders", order, "number").as_str(), &number, "2027-02-28", "2029-02-28", "318.00", "USD", "active", "admin"]
        );
        assert_eq!(lab.value("orders", order, "status"), "fulfilled");
        lab.store.undo(&lab.admin, fulfilled.operation).unwrap();
        assert_eq!((lab.value("orders", order, "status").as_str(), lab.raw().number("count(*)", rest)), ("in_fulfillment", 0));
    }

    fn totals_hold_while_many_write(lab) {
        let order = shop(lab);
        let (stores, each) = (stores(lab), 6);
        let outcomes: Vec<_> = at_once(lab, &stores, |store, writer| {
            (0..each).map(|n| {
                let quantity = (writer * each + n + 1).to_string();
                let request = lab.request("order_items.create", &[("order", &order.to_string()), ("product", "Mail"), ("duration", "1 month"), ("quantity", &quantity)]);
                store.perform(&lab.admin, &request)
            }).collect::<Vec<_>>()
        }).into_iter().flatten().collect();
        let stale = outcomes.iter().filter(|outcome| matches!(outcome, Err(error) if matches!(error.failure(), Failure::Stale { .. } | Failure::Busy))).count();
        let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(made + stale, outcomes.len());
        let rest = format!("FROM order_items WHERE order_id = {}", lab.raw().id(order));
        let sum = lab.raw().number("sum(total)", &rest);
        let Value::Money(total) = *lab.record("orders", order).get("total_amount") else { panic!() };
        println!("{:?}: {} writers, {} items, {stale} conflicts, {} off", lab.engine, stores.len(), made, total.ten_thousandths() - sum);
        assert_eq!((total.ten_thousandths(), lab.raw().number("count(*)", &rest)), (sum, made as i64));
        // Whoever sends it and whoever adds to it: one after the other.
        let send = Request::new(find("orders.send")).on(order, None);
        lab.store.perform(&lab.admin, &send).unwrap();
    }
}
