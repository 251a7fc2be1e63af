//! Contracts: terms that keep to their day, one successor each, and what the clock does to them.

use chrono::TimeDelta;
use headend::domain::{Id, Value};
use headend::store::session::Program;
use headend::store::{Failure, Request};

use crate::clock::{Moved, pass};
use crate::common::lab::find;
use crate::common::{Lab, on_each_database};
use crate::races::{at_once, stores, winners};

fn contract(lab: &Lab, written: &[(&str, &str)]) -> Id {
    let mut all = vec![
        ("activation_date", "2026-10-31"),
        ("expiration_date", "2026-11-30"),
        ("total_value", "100"),
        ("currency", "USD"),
    ];
    all.retain(|(name, _)| !written.iter().any(|(field, _)| field == name));
    all.extend_from_slice(written);
    lab.make("contracts.create", &all)
}

/// The contract that follows and was not cancelled.
fn successor(lab: &Lab, contract: Id) -> Id {
    let mut raw = lab.raw();
    let rest = format!("FROM contracts WHERE status <> 'cancelled' AND renewed_from_id = {}", raw.id(contract));
    raw.texts(&raw.hex_of_id("id"), &rest)[0].parse().unwrap()
}

fn told(lab: &Lab, contract: Id, fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| lab.value("contracts", contract, field)).collect()
}

const TERM: &[&str] = &["activation_date", "expiration_date", "total_value", "status"];

on_each_database! {
    fn renewals_keep_to_the_day_of_the_first(lab) {
        let first = contract(lab, &[("activation_date", "2026-12-31"), ("expiration_date", "2027-01-31")]);
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        lab.must("contracts.update", first, &[("customer", &lab.value("customers", customer, "number"))]);
        lab.must("contracts.renew", first, &[("months", "1")]);
        let second = successor(lab, first);
        assert_eq!(told(lab, second, TERM), ["2027-01-31", "2027-02-28", "100.00", "active"]);
        assert_eq!(told(lab, second, &["renewed_from", "follows_as", "customer", "anchor_day"]),
            [lab.value("contracts", first, "number").as_str(), "renewal", &lab.value("customers", customer, "number"), "31"]);
        lab.must("contracts.renew", second, &[("months", "2")]);
        let third = successor(lab, second);
        assert_eq!(told(lab, third, TERM), ["2027-02-28", "2027-04-30", "200.00", "active"]);
        lab.must("contracts.renew", third, &[("months", "1"), ("total_value", "90")]);
        let fourth = successor(lab, third);
        assert_eq!(told(lab, fourth, TERM), ["2027-04-30", "2027-05-31", "90.00", "active"]);
        // Where no length is given it is the one that ends; a term of no whole months has none.
        lab.must("contracts.renew", fourth, &[]);
        assert_eq!(told(lab, successor(lab, fourth), TERM), ["2027-05-31", "2027-06-30", "90.00", "active"]);
        let odd = contract(lab, &[("activation_date", "2026-12-31"), ("expiration_date", "2027-02-11")]);
        assert_eq!(
            lab.act("contracts.renew", odd, &[]).unwrap_err().to_string(),
            "months: is required: the contract's own term is no whole number of months"
        );
        assert_eq!(lab.value("contracts", first, "status"), "active");
    }

    fn a_contract_has_one_successor_that_is_not_cancelled(lab) {
        let first = contract(lab, &[("expiration_date", "2026-12-31")]);
        let renewed = lab.must("contracts.renew", first, &[("months", "1")]);
        let second = successor(lab, first);
        // Two records were written for one that was meant.
        let last = lab.store.last_undoable(&lab.admin).unwrap().unwrap();
        assert_eq!((last.records, last.summary), (2, format!("renew {}", lab.record("contracts", first).title())));
        let number = lab.value("contracts", second, "number");
        for name in ["contracts.renew", "contracts.upgrade", "contracts.downgrade"] {
            let error = lab.act(name, first, &[("months", "1")]).unwrap_err();
            assert_eq!(error.to_string(), format!("{number} follows it already: cancel that one first"));
        }
        lab.must("contracts.cancel", second, &[]);
        assert!(!lab.record("contracts", second).get("cancelled_at").is_empty());
        lab.must("contracts.renew", first, &[("months", "1")]);
        // The first renewal is not unmade: its contract was changed since.
        assert!(lab.store.undo(&lab.admin, renewed.operation).is_err());
        lab.must("contracts.lose", first, &[]);
        assert_eq!(
            lab.act("contracts.renew", first, &[("months", "1")]).unwrap_err().to_string(),
            "cannot renew: the contract is lost; only an active or expired one is"
        );
        let wrong = |written: &[(&str, &str)]| lab.act("contracts.renew", contract(lab, &[]), written).unwrap_err().to_string();
        assert_eq!(wrong(&[("months", "0")]), "months: is a whole number from 1 to 1200");
        assert_eq!(wrong(&[("months", "1"), ("activation_date", "2026-10-30")]), "activation_date: is before 2026-10-31, when this one began");
    }

    fn of_those_who_renew_one_does(lab) {
        let stores = stores(lab);
        let (rounds, mut conflicts) = (8, 0);
        for _ in 0..rounds {
            let contract = contract(lab, &[("expiration_date", "2026-12-31")]);
            let outcomes = at_once(lab, &stores, |store, _| {
                let request = Request::new(find("contracts.renew")).on(contract, None).with("months", Value::Int(12));
                store.perform(&lab.admin, &request)
            });
            let won = winners(outcomes, |failure| matches!(failure, Failure::Refused(why) if why.contains("follows it already")));
            assert_eq!(won, 1);
            conflicts += stores.len() - won;
        }
        let twice = lab.raw().number("count(*)", "FROM contracts WHERE renewed_from_id IS NOT NULL") - rounds;
        println!("{:?}: {} writers, {rounds} contracts, {conflicts} conflicts, {twice} renewed twice", lab.engine, stores.len());
        assert_eq!(twice, 0);
    }

    fn an_upgrade_takes_the_place_at_once_or_when_its_day_comes(lab) {
        let clock = Moved::at("2026-11-20T12:00:00Z");
        let store = clock.store(lab);
        let at_once = contract(lab, &[("expiration_date", "2027-10-31")]);
        let act = |name: &str, id: Id, written: &[(&str, &str)]| store.perform(&lab.admin, &lab.request(name, written).on(id, None));
        let upgraded = act("contracts.upgrade", at_once, &[("months", "12"), ("total_value", "500"), ("activation_date", "2026-11-20")]).unwrap();
        assert_eq!(lab.value("contracts", at_once, "status"), "upgraded");
        assert_eq!(told(lab, successor(lab, at_once), TERM), ["2026-11-20", "2027-11-20", "500.00", "active"]);
        assert!(act("contracts.upgrade", at_once, &[("months", "12")]).unwrap_err().to_string().starts_with("cannot upgrade: the contract is upgraded"));
        store.undo(&lab.admin, upgraded.operation).unwrap();
        assert_eq!((lab.value("contracts", at_once, "status").as_str(), lab.raw().number("count(*)", "FROM contracts")), ("active", 1));

        let later = contract(lab, &[("expiration_date", "2027-10-31")]);
        act("contracts.downgrade", later, &[("months", "6"), ("activation_date", "2026-12-24")]).unwrap();
        assert_eq!(lab.value("contracts", later, "status"), "active");
        assert!(act("contracts.hand_over", later, &[]).unwrap_err().to_string().starts_with("cannot hand over"));
        assert_eq!(pass(&store).done, []);
        clock.by(TimeDelta::days(34));
        assert_eq!(pass(&store).done, [("contracts.hand_over", 1)]);
        assert_eq!(lab.value("contracts", later, "status"), "downgraded");
        assert_eq!(pass(&store).done, []);
    }

    fn contracts_end_the_day_after_their_last(lab) {
        // In Nairobi it is three hours later.
        let clock = Moved::at("2026-11-30T20:59:00Z");
        let store = clock.store(lab);
        let ends = contract(lab, &[]);
        let goes_on = contract(lab, &[("expiration_date", "2026-12-31")]);
        assert_eq!(pass(&store).done, []);
        clock.by(TimeDelta::minutes(2));
        assert_eq!(pass(&store).done, [("contracts.expire", 1)]);
        assert_eq!((lab.value("contracts", ends, "status").as_str(), lab.value("contracts", goes_on, "status").as_str()), ("expired", "active"));
        // One that ended long ago goes on from today, by the day of today.
        clock.by(TimeDelta::days(14));
        let renew = lab.request("contracts.renew", &[("months", "1")]).on(ends, None);
        let session = store.program_sessions(Program::Clock).unwrap().remove(0);
        store.perform(&session, &renew).unwrap();
        assert_eq!(told(lab, successor(lab, ends), TERM), ["2026-12-15", "2027-01-15", "100.00", "active"]);
    }
}
