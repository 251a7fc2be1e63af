//! Many writers at once: numbers that nobody else has, and of those that want the same, one wins.

use std::collections::HashSet;
use std::sync::Barrier;

use headend::domain::Id;
use headend::store::operation::Request;
use headend::store::{Done, Failure, Store, StoreError};

use crate::common::lab::{find, text};
use crate::common::{Lab, on_each_database};

pub const WRITERS: usize = 8;

/// Runs the same thing in all writers at once, each with a store of its own, as programs have.
pub fn at_once<T: Send>(lab: &Lab, stores: &[Store], run: impl Fn(&Store, usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(stores.len());
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
        let _ = lab;
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    })
}

pub fn stores(lab: &Lab) -> Vec<Store> {
    (0..WRITERS).map(|_| lab.another_store()).collect()
}

/// How many won; all others must have failed as `lost` says.
pub fn winners(outcomes: Vec<Result<Done, StoreError>>, lost: impl Fn(&Failure) -> bool) -> usize {
    let mut won = 0;
    for outcome in outcomes {
        match outcome {
            Ok(_) => won += 1,
            Err(error) => assert!(lost(error.failure()), "{error}"),
        }
    }
    won
}

on_each_database! {
    fn numbers_are_given_out_once(lab) {
        let stores = stores(lab);
        let made: Vec<Id> = at_once(lab, &stores, |store, writer| {
            (0..12).map(|n| {
                let request = lab.request("customers.create", &[("name", &format!("Customer {writer} {n}"))]);
                store.perform(&lab.admin, &request).unwrap().records[0]
            }).collect::<Vec<_>>()
        }).concat();
        let numbers: HashSet<String> = made.iter().map(|id| lab.value("customers", *id, "number")).collect();
        println!("{:?}: {WRITERS} writers, {} records, {} numbers", lab.engine, made.len(), numbers.len());
        assert_eq!(numbers.len(), WRITERS * 12);
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    fn of_those_who_want_one_address_one_gets_it(lab) {
        let stores = stores(lab);
        let (rounds, mut conflicts) = (15, 0);
        for round in 0..rounds {
            let address = format!("10.0.0.{round}");
            let outcomes = at_once(lab, &stores, |store, writer| {
                let name = format!("box {writer}");
                store.perform(&lab.admin, &lab.request("devices.create", &[("name", &name), ("device_type", "olt"), ("management_ip", &address)]))
            });
            let won = winners(outcomes, |failure| matches!(failure, Failure::Invalid(problems) if problems[0].field == "management_ip"));
            assert_eq!(won, 1, "{address}");
            conflicts += WRITERS - won;
        }
        let kept = lab.raw().number("count(*)", "FROM devices");
        println!("{:?}: {WRITERS} writers, {rounds} addresses, {conflicts} conflicts, {} given twice", lab.engine, kept - rounds);
        assert_eq!(kept, rounds);
    }

    fn of_those_who_change_one_record_one_is_not_stale(lab) {
        let stores = stores(lab);
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        for version in 1..=10 {
            let outcomes = at_once(lab, &stores, |store, writer| {
                let request = Request::new(find("customers.update")).on(customer, Some(version)).with("notes", text(&format!("{version} by {writer}")));
                store.perform(&lab.admin, &request)
            });
            assert_eq!(winners(outcomes, |failure| matches!(failure, Failure::Stale { .. })), 1);
            assert_eq!(lab.record("customers", customer).version, version + 1);
        }
    }

    fn of_those_who_take_back_one_does(lab) {
        let stores = stores(lab);
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let done = lab.must("customers.suspend", customer, &[]);
        let outcomes = at_once(lab, &stores, |store, _| store.undo(&lab.admin, done.operation));
        assert_eq!(winners(outcomes, |failure| matches!(failure, Failure::Refused(_))), 1);
        assert_eq!(lab.value("customers", customer, "status"), "active");
    }

    fn the_same_request_from_many_takes_effect_once(lab) {
        let stores = stores(lab);
        let request = lab.request("customers.create", &[("name", "Amina"), ("email", "amina@example.com")]);
        let outcomes = at_once(lab, &stores, |store, _| store.perform(&lab.admin, &request).map(|done| done.records));
        let made: HashSet<Vec<Id>> = outcomes.into_iter().map(Result::unwrap).collect();
        assert_eq!((made.len(), lab.raw().number("count(*)", "FROM customers")), (1, 1));
    }

    fn many_at_once_in_any_order_wait_for_each_other(lab) {
        let customers: Vec<Id> = (0..40).map(|n| lab.make("customers.create", &[("name", &format!("Customer {n}"))])).collect();
        let stores = stores(lab);
        let outcomes = at_once(lab, &stores, |store, writer| {
            let mut request = Request::new(find("customers.update")).with("notes", text(&format!("by {writer}")));
            let ids: Vec<Id> = if writer % 2 == 0 { customers.clone() } else { customers.iter().rev().copied().collect() };
            for id in ids {
                request = request.on(id, None);
            }
            store.perform(&lab.admin, &request)
        });
        assert_eq!(winners(outcomes, |_| false), WRITERS);
        assert_eq!(lab.raw().number("count(DISTINCT notes)", "FROM customers"), 1);
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }
}
