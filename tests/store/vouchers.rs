//! Vouchers: codes that nobody guesses, each good once, whoever races for it.

use std::collections::HashSet;

use chrono::TimeDelta;
use headend::domain::vouchers::{ALPHABET, code_key};
use headend::domain::{Id, Value};
use headend::store::session::Program;
use headend::store::{Failure, Request};

use crate::clock::{Moved, pass};
use crate::common::lab::{entity, find};
use crate::common::{Lab, on_each_database};
use crate::races::{at_once, stores, winners};

fn plan(lab: &Lab) -> Id {
    lab.make(
        "plans.create",
        &[
            ("name", "Day"),
            ("kind", "hotspot"),
            ("download_mbps", "5"),
            ("upload_mbps", "5"),
            ("price", "1"),
            ("validity_days", "7"),
        ],
    )
}

fn batch(lab: &Lab, written: &[(&str, &str)]) -> Id {
    let mut all = vec![("name", "Kiosk"), ("plan", "Day")];
    all.extend_from_slice(written);
    lab.make("voucher_batches.generate", &all)
}

/// Ids and codes of a batch.
fn codes(lab: &Lab, batch: Id) -> Vec<(Id, String)> {
    let mut raw = lab.raw();
    let rest = format!("FROM vouchers WHERE batch_id = {} ORDER BY id", raw.id(batch));
    let ids = raw.texts(&raw.hex_of_id("id"), &rest);
    let codes = raw.texts("code", &rest);
    ids.iter().map(|id| id.parse().unwrap()).zip(codes).collect()
}

on_each_database! {
    fn a_batch_of_codes_that_differ(lab) {
        plan(lab);
        let request = lab.request("voucher_batches.generate", &[("name", "Kiosk"), ("plan", "Day"), ("quantity", "1203"), ("prefix", "shop")]);
        let made = lab.store.perform(&lab.admin, &request).unwrap();
        let codes = codes(lab, made.records[0]);
        let different: HashSet<String> = codes.iter().map(|(_, code)| code_key(code)).collect();
        assert_eq!((codes.len(), different.len()), (1_203, 1_203));
        for (_, code) in &codes {
            let drawn = code.strip_prefix("SHOP-").unwrap().replace('-', "");
            assert!(drawn.len() == 10 && drawn.bytes().all(|letter| ALPHABET.contains(&letter)), "{code}");
        }
        // Found however it is written.
        let (id, code) = &codes[700];
        for written in [code.clone(), code.to_lowercase(), code.replace('-', " ")] {
            assert_eq!(lab.store.get_named(&lab.admin, entity("vouchers"), &written).unwrap().id, *id, "{written}");
        }
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
        let undone = lab.store.undo(&lab.admin, made.operation).unwrap();
        assert_eq!(lab.raw().number("count(*)", "FROM vouchers") + lab.raw().number("count(*)", "FROM voucher_batches"), 0);
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!(lab.value("vouchers", *id, "code"), *code);
    }

    fn a_batch_says_what_is_wrong(lab) {
        plan(lab);
        let wrong = |written: &[(&str, &str)]| {
            let mut all = vec![("name", "Kiosk"), ("plan", "Day")];
            all.extend_from_slice(written);
            lab.try_make("voucher_batches.generate", &all).unwrap_err().to_string()
        };
        assert_eq!(wrong(&[]), "quantity: is required");
        assert_eq!(wrong(&[("quantity", "0")]), "quantity: is a whole number from 1 to 100000");
        assert_eq!(wrong(&[("quantity", "100001")]), "quantity: is a whole number from 1 to 100000");
        assert_eq!(
            wrong(&[("quantity", "1000"), ("code_length", "6")]),
            "code_length: is 8 at least for 1000 codes: shorter ones would be found by trying"
        );
        assert_eq!(wrong(&[("quantity", "1"), ("prefix", "a b")]), "prefix: has letters, digits and dashes alone");
        assert_eq!(wrong(&[("quantity", "1"), ("valid_until", "-1h")]), "valid_until: is over already");
        assert_eq!(lab.raw().number("count(*)", "FROM vouchers"), 0);
    }

    fn a_code_gives_the_plan_once(lab) {
        let plan = plan(lab);
        let vouchers = codes(lab, batch(lab, &[("quantity", "4"), ("valid_until", "+30d")]));
        let customer = lab.make("customers.create", &[("name", "Amina"), ("expires_at", "+2d")]);
        let number = lab.value("customers", customer, "number");
        let before = lab.record("customers", customer).get("expires_at").as_instant().unwrap();
        let redeemed = lab.must("vouchers.redeem", vouchers[0].0, &[("customer", &number), ("mac_address", "00:1b:44:11:3a:b7")]);
        let after = lab.record("customers", customer);
        assert_eq!(after.get("expires_at").as_instant().unwrap() - before, TimeDelta::days(7));
        assert_eq!((after.get("plan_id").as_id(), after.get("mac_address").written().as_str()), (Some(plan), "00:1b:44:11:3a:b7"));
        let voucher = lab.record("vouchers", vouchers[0].0);
        assert_eq!((voucher.get("status").as_str(), voucher.get("customer").as_str()), ("used", number.as_str()));
        let error = lab.act("vouchers.redeem", vouchers[0].0, &[("customer", &number)]).unwrap_err();
        assert_eq!(error.to_string(), "cannot redeem: the voucher is used, which is final");
        assert_eq!(
            lab.act("vouchers.redeem", vouchers[1].0, &[]).unwrap_err().to_string(),
            "customer: is required, or the address of a device that signs in by it"
        );
        lab.must("customers.suspend", customer, &[]);
        let error = lab.act("vouchers.redeem", vouchers[1].0, &[("customer", &number)]).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot redeem: {number} Amina is suspended"));
        assert_eq!(lab.value("vouchers", vouchers[1].0, "status"), "available");
        lab.must("customers.reactivate", customer, &[]);
        lab.store.undo(&lab.admin, redeemed.operation).unwrap();
        assert_eq!(lab.record("customers", customer).get("expires_at").as_instant(), Some(before));
        assert_eq!(lab.value("vouchers", vouchers[0].0, "status"), "available");
        // A device that nobody has a name for.
        lab.must("vouchers.redeem", vouchers[0].0, &[("mac_address", "00:1b:44:11:3a:b8")]);
        let batch = lab.record("vouchers", vouchers[0].0).get("batch_id").as_id().unwrap();
        lab.must("voucher_batches.revoke", batch, &[]);
        let states: Vec<String> = vouchers.iter().map(|(id, _)| lab.value("vouchers", *id, "status")).collect();
        assert_eq!(states, ["used", "revoked", "revoked", "revoked"]);
        assert!(lab.act("voucher_batches.revoke", batch, &[]).unwrap_err().to_string().contains("none of the batch's vouchers is available"));
    }

    fn of_those_who_race_for_a_code_one_gets_it(lab) {
        plan(lab);
        let (stores, rounds) = (stores(lab), 10);
        let customers: Vec<Id> = (0..stores.len()).map(|n| lab.make("customers.create", &[("name", &format!("Customer {n}"))])).collect();
        let vouchers = codes(lab, batch(lab, &[("quantity", "10")]));
        let mut conflicts = 0;
        for (voucher, _) in &vouchers {
            let outcomes = at_once(lab, &stores, |store, writer| {
                let request = Request::new(find("vouchers.redeem")).on(*voucher, None).with("customer", Value::Id(customers[writer]));
                store.perform(&lab.admin, &request)
            });
            let won = winners(outcomes, |failure| matches!(failure, Failure::Refused(why) if why.contains("is used")));
            assert_eq!(won, 1);
            conflicts += stores.len() - won;
        }
        let given = lab.raw().number("count(DISTINCT id)", "FROM vouchers WHERE status = 'used' AND customer_id IS NOT NULL");
        let extensions = lab.raw().number("count(*)", "FROM audit_log WHERE action = 'vouchers.redeem' AND entity_type = 'customers'");
        println!("{:?}: {} writers, {rounds} codes, {conflicts} conflicts, {} plans given twice", lab.engine, stores.len(), extensions - given);
        assert_eq!((given, extensions), (rounds, rounds));
    }

    fn codes_end_by_the_clock(lab) {
        plan(lab);
        let clock = Moved::at("2026-11-20T12:00:00Z");
        let store = clock.store(lab);
        let request = lab.request("voucher_batches.generate", &[("name", "a"), ("plan", "Day"), ("quantity", "3"), ("valid_until", "2026-12-24T12:00:00Z")]);
        let made = store.perform(&lab.admin, &request).unwrap().records[0];
        let vouchers = codes(lab, made);
        clock.by(TimeDelta::days(34));
        // Its time is over before the clock has come by.
        let redeem = Request::new(find("vouchers.redeem")).on(vouchers[0].0, None).with("mac_address", Value::Mac("00:1b:44:11:3a:b8".parse().unwrap()));
        let session = store.program_sessions(Program::Clock).unwrap().remove(0);
        assert_eq!(store.perform(&session, &redeem).unwrap_err().to_string(), "cannot redeem: the voucher's time is over");
        assert_eq!(pass(&store).done, [("vouchers.expire", 3)]);
        assert_eq!(pass(&store).done, []);
        assert_eq!(lab.value("vouchers", vouchers[2].0, "status"), "expired");
    }
}
