//! Invoices, payments and wallets: what moves together, what is refused, what is taken back, and many at once.

use std::sync::Barrier;

use chrono::TimeDelta;
use headend::clockwork::{self, Post};
use headend::domain::{Id, Money};
use headend::store::{Failure, Store, StoreError};

use crate::clock::Moved;
use crate::common::lab::find;
use crate::common::{Lab, on_each_database};
use crate::ledger::{balances, difference};

const WRITERS: usize = 8;

fn customer(lab: &Lab) -> Id {
    lab.make("customers.create", &[("name", "Amina"), ("currency", "USD")])
}

/// An invoice of 100.00 and 16.00 tax, issued.
fn issued(lab: &Lab, customer: Id) -> Id {
    let invoice = lab.make("invoices.create", &[("customer", &customer.to_string()), ("currency", "USD")]);
    line(lab, invoice, "100", "16");
    lab.must("invoices.issue", invoice, &[]);
    invoice
}

fn line(lab: &Lab, invoice: Id, price: &str, tax: &str) -> Id {
    let values =
        [("invoice", &*invoice.to_string()), ("description", "Fibre"), ("unit_price", price), ("tax_percentage", tax)];
    lab.make("invoice_lines.create", &values)
}

fn record(lab: &Lab, values: &[(&str, &str)]) -> Result<Id, StoreError> {
    lab.try_make("payments.record", values)
}

/// What an invoice says of being paid, and what its customer's wallet holds.
fn standing(lab: &Lab, invoice: Id, customer: Id) -> String {
    let value = |field: &str| lab.value("invoices", invoice, field);
    format!("{} {} of {}, wallet {}", value("status"), value("amount_paid"), value("total"), wallet(lab, customer))
}

fn wallet(lab: &Lab, customer: Id) -> String {
    lab.value("customers", customer, "wallet_balance")
}

fn refusal(outcome: Result<impl std::fmt::Debug, StoreError>) -> String {
    outcome.unwrap_err().to_string()
}

/// Customers whose balance is not what their entries add up to, and entries that say another balance than there was.
fn wallets_off(lab: &Lab) -> i64 {
    lab.raw().number(
        "count(*)",
        "FROM customers c WHERE wallet_balance <> (SELECT coalesce(sum(amount), 0) FROM wallet_entries w WHERE w.customer_id = c.id)",
    )
}

/// Runs the same thing in eight writers at once, each with a store of its own.
fn at_once<T: Send>(lab: &Lab, run: impl Fn(&Store, usize) -> T + Sync) -> Vec<T> {
    let stores: Vec<Store> = (0..WRITERS).map(|_| lab.another_store()).collect();
    let start = Barrier::new(WRITERS);
    std::thread::scope(|scope| {
        let (start, run) = (&start, &run);
        let writers: Vec<_> = stores
            .iter()
            .enumerate()
            .map(|(writer, store)| {
                scope.spawn(move || {
                    start.wait();
                    run(store, writer)
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    })
}

on_each_database! {
    fn an_invoice_is_issued_with_number_day_and_entry(lab) {
        let customer = customer(lab);
        let invoice = lab.make("invoices.create", &[("customer", &customer.to_string()), ("currency", "USD")]);
        assert_eq!(lab.value("invoices", invoice, "number"), "DRAFT-000001");
        assert!(refusal(lab.act("invoices.issue", invoice, &[])).contains("it has no lines yet"));
        line(lab, invoice, "100", "16");
        let extra = line(lab, invoice, "20.005", "0");
        assert_eq!(lab.value("invoices", invoice, "total"), "136.00");
        lab.must("invoice_lines.update", extra, &[("quantity", "3")]);
        assert_eq!((lab.value("invoice_lines", extra, "total"), lab.value("invoices", invoice, "total")), ("60.02".into(), "176.02".into()));
        let gone = lab.must("invoice_lines.delete", extra, &[]);
        assert_eq!(lab.value("invoices", invoice, "total"), "116.00");
        lab.store.undo(&lab.admin, gone.operation).unwrap();
        assert_eq!(lab.value("invoices", invoice, "total"), "176.02");
        lab.must("invoice_lines.delete", extra, &[]);

        let done = lab.must("invoices.issue", invoice, &[]);
        let year = lab.store.now().with_timezone(&lab.admin.tenant.zone).format("%Y").to_string();
        let record = lab.record("invoices", invoice);
        assert_eq!(record.get("number").as_str(), format!("INV-{year}-000001"));
        let day = |field: &str| record.get(field).written().parse::<chrono::NaiveDate>().unwrap();
        assert_eq!(day("due_on") - day("issued_on"), TimeDelta::days(14));
        assert_eq!(balances(lab), ["1200 USD 116.00", "2200 USD -16.00", "4000 USD -100.00"]);
        // By hand as by the clock: once the day has passed.
        let early = refusal(lab.act("invoices.mark_overdue", invoice, &[]));
        assert_eq!(early, "cannot mark overdue: the day on which it is due has not passed yet");
        assert!(refusal(lab.act("invoices.issue", invoice, &[])).contains("cannot issue: the invoice is pending"));
        // A history tells what was taken back as well as what was done.
        let paid = lab.must("invoices.pay", invoice, &[("method", "cash")]);
        lab.store.undo(&lab.admin, paid.operation).unwrap();
        let history = lab.store.history(&lab.admin, crate::common::lab::entity("invoices"), invoice, 10).unwrap();
        let told: Vec<&str> = history.iter().take(2).map(|event| event.action.as_str()).collect();
        assert_eq!(told, ["invoices.pay.undo", "invoices.pay"], "{history:?}");
        assert!(refusal(lab.act("invoices.update", invoice, &[("currency", "KES")])).contains("an issued invoice keeps what it says"));
        let late = lab.try_make("invoice_lines.create", &[("invoice", &invoice.to_string()), ("description", "x"), ("unit_price", "1")]);
        assert!(refusal(late).contains("is pending: only a draft's lines change"));

        let undone = lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!((balances(lab), lab.value("invoices", invoice, "number")), (Vec::<String>::new(), "DRAFT-000001".into()));
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!(balances(lab), ["1200 USD 116.00", "2200 USD -16.00", "4000 USD -100.00"]);
        // What was posted, taken back and done again is reversed as one.
        lab.must("invoices.cancel", invoice, &[]);
        assert_eq!((balances(lab), difference(lab)), (Vec::<String>::new(), Vec::<String>::new()));
        assert!(refusal(lab.act("invoices.cancel", invoice, &[])).contains("which is final"));
    }

    fn a_setting_says_when_it_is_due_and_the_clock_when_it_is_late(lab) {
        let mut raw = lab.raw();
        let [id, tenant, now] = [raw.id(Id::new()), raw.id(lab.admin.tenant.id), raw.time(lab.store.now())];
        raw.execute(&format!("INSERT INTO settings (id, tenant_id, key, value, created_at, updated_at) VALUES ({id}, {tenant}, 'invoices.due_days', '3', {now}, {now})"));
        let customer = customer(lab);
        let invoice = issued(lab, customer);
        let clock = Moved::at(&lab.store.now().to_rfc3339());
        let pass = || clockwork::pass(&clock.store(lab), &Post::default(), &mut || true).unwrap().done;
        clock.by(TimeDelta::days(3));
        assert_eq!(pass(), []);
        clock.by(TimeDelta::days(1));
        assert_eq!(pass(), [("invoices.mark_overdue", 1)]);
        assert_eq!((standing(lab, invoice, customer), pass()), ("overdue 0.00 of 116.00, wallet 0.00".into(), vec![]));
        lab.must("invoices.pay", invoice, &[("method", "cash")]);
        assert_eq!(standing(lab, invoice, customer), "paid 116.00 of 116.00, wallet 0.00");
    }

    fn payments_pay_in_parts_and_what_is_too_much_goes_to_the_wallet(lab) {
        let customer = customer(lab);
        let invoice = issued(lab, customer);
        let of = invoice.to_string();
        record(lab, &[("invoice", &of), ("amount", "50"), ("currency", "USD"), ("method", "mpesa"), ("transaction_id", "QK1")]).unwrap();
        assert_eq!(standing(lab, invoice, customer), "pending 50.00 of 116.00, wallet 0.00");
        assert!(refusal(lab.act("invoices.cancel", invoice, &[])).contains("50.00 USD were paid on it: refund its payments first"));
        let payment = record(lab, &[("invoice", &of), ("amount", "100"), ("currency", "USD"), ("method", "bank")]).unwrap();
        assert_eq!(standing(lab, invoice, customer), "paid 116.00 of 116.00, wallet 34.00");
        assert_eq!(lab.value("payments", payment, "applied_amount"), "66.00");
        assert!(!lab.record("invoices", invoice).get("paid_at").is_empty());
        assert_eq!(balances(lab), ["1010 USD 100.00", "1020 USD 50.00", "2100 USD -34.00", "2200 USD -16.00", "4000 USD -100.00"]);
        // What went to the wallet pays the next one.
        let next = issued(lab, customer);
        assert!(refusal(lab.act("invoices.pay", next, &[])).contains("the wallet holds 34.00 USD, not 116.00"));
        lab.must("invoices.pay", next, &[("amount", "34")]);
        assert_eq!(standing(lab, next, customer), "pending 34.00 of 116.00, wallet 0.00");
        assert!(refusal(lab.act("invoices.pay", next, &[("amount", "90")])).contains("only 82.00 USD are owed"));
        // Spent money does not go back; once it is there again it does, and the invoice is owed once more.
        assert!(refusal(lab.act("payments.refund", payment, &[])).contains("the wallet holds 0.00 USD, not 34.00"));
        lab.must("customers.top_up", customer, &[("amount", "40")]);
        let refunded = lab.must("payments.refund", payment, &[]);
        assert_eq!(standing(lab, invoice, customer), "pending 50.00 of 116.00, wallet 6.00");
        assert!(refusal(lab.act("payments.refund", payment, &[])).contains("cannot refund: the payment is refunded, which is final"));
        lab.store.undo(&lab.admin, refunded.operation).unwrap();
        assert_eq!(standing(lab, invoice, customer), "paid 116.00 of 116.00, wallet 40.00");
        assert_eq!((wallets_off(lab), difference(lab)), (0, Vec::new()));
    }

    fn a_recorded_payment_is_taken_back_as_a_refund_and_comes_again(lab) {
        let customer = customer(lab);
        let invoice = issued(lab, customer);
        let before = balances(lab);
        let values = [("invoice", &*invoice.to_string()), ("amount", "200"), ("currency", "USD"), ("transaction_id", "T-1")];
        let done = lab.store.perform(&lab.admin, &lab.request("payments.record", &values)).unwrap();
        let after = balances(lab);
        assert_eq!(standing(lab, invoice, customer), "paid 116.00 of 116.00, wallet 84.00");
        let undone = lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!((standing(lab, invoice, customer), balances(lab)), ("pending 0.00 of 116.00, wallet 0.00".into(), before));
        let stands = |lab: &Lab| ["status", "transaction_id"].map(|field| lab.value("payments", done.records[0], field));
        assert_eq!(stands(lab), ["refunded", ""], "its number is free for what is entered in its place");
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!(stands(lab), ["completed", "T-1"]);
        assert_eq!((standing(lab, invoice, customer), balances(lab)), ("paid 116.00 of 116.00, wallet 84.00".into(), after));
        // A payment that nothing came of simply goes.
        let request = lab.request("payments.create", &[("customer", &customer.to_string()), ("amount", "5"), ("currency", "USD")]);
        let waiting = lab.store.perform(&lab.admin, &request).unwrap();
        lab.store.undo(&lab.admin, waiting.operation).unwrap();
        assert!(lab.find_record("payments", waiting.records[0]).is_none());
    }

    fn what_is_wrong_with_a_payment_is_told_by_field(lab) {
        let (customer, other) = (customer(lab).to_string(), customer(lab).to_string());
        let invoice = issued(lab, customer.parse().unwrap()).to_string();
        for (values, told) in [
            (&[("customer", &*customer), ("amount", "5"), ("currency", "KES")][..], "currency: the customer's is USD"),
            (&[("customer", &other), ("invoice", &invoice), ("amount", "5"), ("currency", "USD")], "is another customer's"),
            (&[("customer", &customer), ("amount", "5.005"), ("currency", "USD")], "more than the 2 digits that USD has"),
            (&[("customer", &customer), ("amount", "-5"), ("currency", "USD")], "amount: must be more than nothing"),
        ] {
            let refused = refusal(record(lab, values));
            assert!(refused.contains(told), "{refused}");
        }
        let no_invoice = lab.try_make("payments.create", &[("customer", &customer), ("method", "wallet"), ("amount", "5"), ("currency", "USD")]);
        assert!(refusal(no_invoice).contains("invoice: is required"));
        assert_eq!(lab.raw().number("count(*)", "FROM payments"), 0);
    }

    fn a_wallet_is_put_right_and_paid_out(lab) {
        let customer = customer(lab);
        lab.must("customers.adjust_wallet", customer, &[("amount", "10"), ("note", "an outage")]);
        lab.must("customers.top_up", customer, &[("amount", "5"), ("method", "mpesa"), ("transaction_id", "Q1")]);
        assert!(refusal(lab.act("customers.refund_wallet", customer, &[("amount", "15.01")])).contains("the wallet holds 15.00 USD, not 15.01"));
        let out = lab.must("customers.refund_wallet", customer, &[("amount", "15"), ("method", "bank")]);
        assert_eq!(balances(lab), ["1010 USD -15.00", "1020 USD 5.00", "4000 USD 10.00"]);
        lab.store.undo(&lab.admin, out.operation).unwrap();
        assert_eq!((wallet(lab, customer), balances(lab)), ("15.00".into(), vec!["1020 USD 5.00".to_owned(), "2100 USD -15.00".into(), "4000 USD 10.00".into()]));
        assert!(refusal(lab.act("customers.adjust_wallet", customer, &[("amount", "0.001"), ("note", "x")])).contains("with 2 digits"));
        assert_eq!(wallets_off(lab), 0);
    }

    fn one_period_is_billed_once(lab) {
        let customer = customer(lab).to_string();
        let bill = [("customer", &*customer), ("period_start", "2026-11-01"), ("period_end", "2026-12-01"), ("description", "November"), ("amount", "50"), ("tax_percentage", "16")];
        let first = lab.make("invoices.bill", &bill);
        assert_eq!(lab.make("invoices.bill", &bill), first);
        assert_eq!((lab.value("invoices", first, "status"), lab.value("invoices", first, "total")), ("pending".into(), "58.00".into()));
        let by_hand = lab.try_make("invoices.create", &[("customer", &customer), ("currency", "USD"), ("period_start", "2026-11-01")]);
        assert!(refusal(by_hand).contains("bills this customer and contract for this period already"));
        lab.must("invoices.cancel", first, &[]);
        assert_ne!(lab.make("invoices.bill", &bill), first);
        let done = at_once(lab, |store, _| {
            let next = [("customer", &*customer), ("period_start", "2026-12-01"), ("period_end", "2027-01-01"), ("description", "December"), ("amount", "50")];
            store.perform(&lab.admin, &lab.request("invoices.bill", &next)).unwrap().records[0]
        });
        assert!(done.iter().all(|id| *id == done[0]), "{done:?}");
        println!("{:?}: {WRITERS} writers bill one period: {} invoice", lab.engine, lab.raw().number("count(*)", "FROM invoices WHERE period_start = '2026-12-01'"));
        assert_eq!(lab.raw().number("count(*)", "FROM invoices WHERE period_start = '2026-12-01'"), 1);
    }

    fn a_credit_goes_to_the_wallet_and_nothing_is_paid_at_once(lab) {
        let customer = customer(lab);
        let draft = |price: &str| {
            let invoice = lab.make("invoices.create", &[("customer", &customer.to_string()), ("currency", "USD")]);
            line(lab, invoice, price, "16");
            lab.must("invoices.issue", invoice, &[]);
            invoice
        };
        let credit = draft("-25");
        assert_eq!(standing(lab, credit, customer), "paid 0.00 of -29.00, wallet 29.00");
        assert_eq!(balances(lab), ["2100 USD -29.00", "2200 USD 4.00", "4000 USD 25.00"]);
        assert_eq!(standing(lab, draft("0"), customer), "paid 0.00 of 0.00, wallet 29.00");
    }

    fn an_answer_from_a_phone_pays_once_and_late_money_counts(lab) {
        let customer = customer(lab);
        let gateway = lab.make("payment_gateways.create", &[("name", "M-Pesa"), ("provider", "mpesa"), ("is_default", "yes")]).to_string();
        let ask = |request: &str, of: Option<Id>| {
            let of = of.map(|id| id.to_string()).unwrap_or_default();
            lab.make("pending_payments.create", &[("checkout_request_id", request), ("gateway", &gateway), ("customer", &of), ("amount", "50"), ("currency", "USD"), ("expires_at", "+1h")])
        };
        let first = ask("ws_1", Some(customer));
        lab.must("pending_payments.complete", first, &[("transaction_id", "QK1")]);
        assert_eq!(wallet(lab, customer), "50.00");
        assert!(refusal(lab.act("pending_payments.complete", first, &[("transaction_id", "QK2")])).contains("is completed, which is final"));
        assert!(refusal(lab.act("pending_payments.complete", ask("ws_2", Some(customer)), &[("transaction_id", "QK1")])).contains("transaction_id: is already in use"));
        // Each has a transaction of its own.
        let mut several = lab.request("pending_payments.complete", &[("transaction_id", "QK9")]);
        several.aims = [ask("ws_8", None), ask("ws_9", None)].map(|id| (id, 1)).into_iter().collect();
        assert!(refusal(lab.store.perform(&lab.admin, &several)).contains("one by one"));
        // What could never be booked is not asked for.
        let wrong = |written: &[(&str, &str)]| {
            let mut values = vec![("checkout_request_id", "ws_7"), ("gateway", gateway.as_str()), ("amount", "50")];
            values.extend(written);
            lab.try_make("pending_payments.create", &values).unwrap_err().to_string()
        };
        let of = customer.to_string();
        assert!(wrong(&[("customer", &of), ("currency", "KES")]).contains("currency: the customer's is USD"));
        assert!(wrong(&[("expires_at", "-1h")]).contains("expires_at: is a moment to come"));
        // The time runs out, then the money comes.
        let late = ask("ws_3", Some(customer));
        let clock = Moved::at(&lab.store.now().to_rfc3339());
        clock.by(TimeDelta::hours(2));
        let done = clockwork::pass(&clock.store(lab), &Post::default(), &mut || true).unwrap().done;
        assert_eq!(done, [("pending_payments.expire", 4)]);
        lab.must("pending_payments.complete", late, &[("transaction_id", "QK3")]);
        assert_eq!((wallet(lab, customer), lab.value("pending_payments", late, "status")), ("100.00".into(), "completed".into()));
        // Another amount than was asked for is nobody's until it is cleared up.
        lab.must("pending_payments.complete", ask("ws_4", Some(customer)), &[("transaction_id", "QK4"), ("amount", "30")]);
        lab.must("pending_payments.complete", ask("ws_5", None), &[("transaction_id", "QK5")]);
        assert_eq!((wallet(lab, customer), balances(lab)), ("100.00".into(), vec!["1020 USD 180.00".to_owned(), "2100 USD -100.00".into(), "2900 USD -80.00".into()]));
        let out_of_use = lab.act("payment_gateways.update", gateway.parse().unwrap(), &[("is_active", "no")]).unwrap_err();
        assert!(out_of_use.to_string().contains("make another one the default first"), "{out_of_use}");
        let another = lab.make("payment_gateways.create", &[("name", "Another"), ("provider", "stripe"), ("is_default", "yes")]);
        assert_eq!((lab.value("payment_gateways", another, "is_default"), lab.value("payment_gateways", gateway.parse().unwrap(), "is_default")), ("true".into(), "false".into()));
    }

    fn a_callback_from_many_pays_once(lab) {
        let customer = customer(lab);
        let gateway = lab.make("payment_gateways.create", &[("name", "M-Pesa"), ("provider", "mpesa")]).to_string();
        let (rounds, mut paid, mut conflicts) = (6, 0, 0);
        for round in 0..rounds {
            let pending = lab.make("pending_payments.create", &[("checkout_request_id", &format!("ws_{round}")), ("gateway", &gateway), ("customer", &customer.to_string()), ("amount", "10"), ("currency", "USD")]);
            let transaction = format!("QK{round}");
            let outcomes = at_once(lab, |store, writer| {
                // Half of them as the answer to the request, half as the same money told once more.
                let request = if writer % 2 == 0 {
                    lab.request("pending_payments.complete", &[("transaction_id", &transaction)]).on(pending, None)
                } else {
                    lab.request("payments.record", &[("customer", &customer.to_string()), ("method", "mpesa"), ("amount", "10"), ("currency", "USD"), ("transaction_id", &transaction)])
                };
                store.perform(&lab.admin, &request)
            });
            for outcome in outcomes {
                match outcome.as_ref().map_err(StoreError::failure) {
                    Ok(_) => paid += 1,
                    Err(Failure::Refused(_) | Failure::Invalid(_)) => conflicts += 1,
                    Err(other) => panic!("{other}"),
                }
            }
        }
        let kept = lab.raw().number("count(*)", "FROM payments");
        println!("{:?}: {WRITERS} writers, {rounds} callbacks, {paid} paid, {conflicts} conflicts, {} paid twice", lab.engine, kept - rounds);
        assert_eq!((paid, kept, wallet(lab, customer)), (rounds, rounds, "60.00".into()));
        assert_eq!((wallets_off(lab), difference(lab)), (0, Vec::new()));
    }

    fn many_move_wallets_at_once_and_nothing_is_lost(lab) {
        let customers = [customer(lab), customer(lab), customer(lab)];
        let invoices: Vec<Id> = customers.iter().map(|customer| issued(lab, *customer)).collect();
        let turns = 10;
        let moved: Vec<(i64, i64)> = at_once(lab, |store, writer| {
            let (mut sum, mut refused) = (0, 0);
            for turn in 0..turns {
                let which = (writer + turn) % customers.len();
                let (name, amount, by): (&str, String, i64) = match (writer + 2 * turn) % 4 {
                    0 => ("customers.top_up", format!("{}.25", turn + 1), (turn as i64 + 1) * 10_000 + 2_500),
                    1 => ("customers.adjust_wallet", "-3.10".into(), -31_000),
                    2 => ("customers.refund_wallet", "1.05".into(), -10_500),
                    _ => ("invoices.pay", "2.00".into(), -20_000),
                };
                let mut written = vec![("amount", amount.as_str())];
                if name == "customers.adjust_wallet" {
                    written.push(("note", "x"));
                }
                let aim = if name == "invoices.pay" { invoices[which] } else { customers[which] };
                let request = lab.request(name, &written).on(aim, None);
                match store.perform(&lab.admin, &request).as_ref().map_err(StoreError::failure) {
                    Ok(_) => sum += by,
                    // The wallet does not hold as much, which is told of the amount.
                    Err(Failure::Invalid(problems)) if problems.iter().all(|problem| problem.field == "amount") => refused += 1,
                    Err(Failure::Refused(_)) => refused += 1,
                    Err(other) => panic!("{name}: {other}"),
                }
            }
            (sum, refused)
        });
        let mut raw = lab.raw();
        let balance = raw.number("sum(wallet_balance)", "FROM customers");
        let wanted: i64 = moved.iter().map(|(sum, _)| sum).sum();
        let refused: i64 = moved.iter().map(|(_, refused)| refused).sum();
        let entries = raw.number("count(*)", "FROM wallet_entries");
        println!("{:?}: {WRITERS} writers, {} operations, {entries} done, {refused} refused, {} lost, {} wallets off, {} currencies that do not balance",
            lab.engine, WRITERS * turns, wanted - balance, wallets_off(lab), difference(lab).len());
        assert_eq!((balance, wallets_off(lab), difference(lab)), (wanted, 0, Vec::new()));
        assert_eq!(entries + refused, (WRITERS * turns) as i64);
        let paid = raw.number("coalesce(sum(amount_paid), 0) - (SELECT coalesce(sum(applied_amount), 0) FROM payments)", "FROM invoices");
        assert_eq!((paid, Money::from_ten_thousandths(balance)), (0, Money::from_ten_thousandths(wanted)));
        assert!(find("customers.top_up").takes_records());
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }
}
