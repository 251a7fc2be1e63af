//! Marks: one by one, or a filter and its count; something done to all of them, watched and stopped.

use headend::domain::Id;
use headend::domain::filter::Resolved;
use headend::store::bench_data;
use headend::store::list::marks::{Marked, Matching};
use headend::store::list::{Effort, parse_filter};
use headend::store::operation::Request;
use headend::store::{Failure, StoreError};

use crate::common::lab::{entity, find};
use crate::common::{Lab, on_each_database};
use crate::snapshot;

fn customers(lab: &Lab, count: usize) -> Vec<Id> {
    (0..count).map(|index| lab.make("customers.create", &[("name", &format!("Customer {index:03}"))])).collect()
}

fn filter(lab: &Lab, text: &str) -> Resolved {
    parse_filter(entity("customers"), text, lab.locale()).unwrap()
}

fn mark(lab: &Lab, text: &str, most: usize) -> Marked {
    lab.store.mark(&lab.admin, entity("customers"), &filter(lab, text), most, &mut |_| true).unwrap()
}

fn suspend(matching: Matching) -> Request {
    Request { matching: Some(matching), partly: true, ..Request::new(find("customers.suspend")) }
}

fn statuses(lab: &Lab, wanted: &str) -> u64 {
    lab.store
        .count(&lab.admin, entity("customers"), &filter(lab, &format!("status:{wanted}")), 1_000, Effort::Whole)
        .unwrap()
        .number
}

on_each_database! {
    fn a_mark_is_ids_or_a_filter_and_its_count(lab) {
        let made = customers(lab, 7);
        match mark(lab, "name:customer", 7) {
            Marked::Each(ids) => assert_eq!(ids, made.iter().map(|id| (*id, 1)).collect::<Vec<_>>()),
            other => panic!("{other:?}"),
        }
        let Marked::Matching(all) = mark(lab, "name:customer", 6) else { panic!("named one by one") };
        assert_eq!(all.count, 7);
        lab.must("customers.suspend", made[0], &[]);
        for marked in [mark(lab, "name:customer", 7), Marked::Matching(all)] {
            let mut states = lab.store.states_of(&lab.admin, entity("customers"), &marked).unwrap();
            states.sort();
            assert_eq!(states, [("active".to_owned(), 6), ("suspended".to_owned(), 1)]);
        }
    }

    fn what_no_index_knows_is_looked_for_in_all_until_it_is_stopped(lab) {
        bench_data::make_customers(&lab.owner, lab.admin.tenant.id, 45_000).unwrap();
        let customers = entity("customers");
        let sought = filter(lab, "name~[aeiou]$ or -name:a");
        let wanted = lab.store.ids(&lab.admin, customers, &sought, 45_000).unwrap();
        assert!(wanted.len() > 1_000 && wanted.len() < 45_000, "{}", wanted.len());
        let mut looked = Vec::new();
        let mut mark = |most: usize, until: u64| {
            lab.store.mark(&lab.admin, customers, &sought, most, &mut |count| {
                looked.push(count);
                count < until
            })
        };
        assert_eq!(mark(45_000, 50_000).unwrap(), Marked::Each(wanted.clone()));
        let Marked::Matching(matching) = mark(100, 50_000).unwrap() else { panic!("named one by one") };
        assert_eq!(matching.count, wanted.len() as u64);
        assert!(matches!(mark(45_000, 40_000).unwrap_err().failure(), Failure::Cancelled));
        assert_eq!(looked, [20_000, 40_000, 20_000, 40_000, 20_000, 40_000]);
    }

    fn all_that_match_are_done_and_one_undo_takes_them_back(lab) {
        let made = customers(lab, 12);
        lab.must("customers.suspend", made[3], &[]);
        let Marked::Matching(all) = mark(lab, "name:customer", 5) else { panic!("named one by one") };
        let done = lab.store.perform(&lab.admin, &suspend(all)).unwrap();
        assert_eq!((done.records.len(), done.refused.len(), done.refused[0].0), (11, 1, made[3]));
        assert_eq!(statuses(lab, "suspended"), 12);
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!((statuses(lab, "suspended"), statuses(lab, "active")), (1, 11));
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    fn nothing_is_done_when_others_match_by_then(lab) {
        customers(lab, 3);
        let Marked::Matching(all) = mark(lab, "status:active", 2) else { panic!("named one by one") };
        customers(lab, 1);
        let before = snapshot::of_all(lab);
        let refused = lab.store.perform(&lab.admin, &suspend(all)).unwrap_err();
        assert!(refused.to_string().contains("3 customers matched when they were marked, 4 do now"), "{refused}");
        assert_eq!(snapshot::differences(&before, &snapshot::of_all(lab)), Vec::<String>::new());
    }

    fn what_is_stopped_has_written_nothing(lab) {
        // More than are told of at a time, and more than one block of the log.
        let made = customers(lab, 620);
        let mut request = Request::new(find("customers.suspend"));
        for id in &made {
            request = request.on(*id, Some(1));
        }
        let before = snapshot::of_all(lab);
        let mut told: Vec<(u64, u64)> = Vec::new();
        let stopped = lab.store.perform_watched(&lab.admin, &request, &mut |done, total| {
            told.push((done, total));
            done < 600
        });
        assert!(matches!(stopped.map(|_| ()).as_ref().map_err(StoreError::failure), Err(Failure::Cancelled)));
        assert_eq!((told.first(), told.last()), (Some(&(0, 620)), Some(&(600, 620))));
        assert_eq!(snapshot::differences(&before, &snapshot::of_all(lab)), Vec::<String>::new());
        // The same request once more, watched to its end.
        let done = lab.store.perform_watched(&lab.admin, &request, &mut |_, _| true).unwrap();
        assert_eq!((done.records.len(), statuses(lab, "suspended")), (620, 620));
        // To take it back is watched and stopped in the same way.
        let before = snapshot::of_all(lab);
        told.clear();
        let stopped = lab.store.undo_watched(&lab.admin, done.operation, &mut |done, total| {
            told.push((done, total));
            done < 600
        });
        assert!(matches!(stopped.map(|_| ()).as_ref().map_err(StoreError::failure), Err(Failure::Cancelled)));
        assert_eq!((told.first(), told.last()), (Some(&(0, 620)), Some(&(600, 620))));
        assert_eq!(snapshot::differences(&before, &snapshot::of_all(lab)), Vec::<String>::new());
        lab.store.undo_watched(&lab.admin, done.operation, &mut |_, _| true).unwrap();
        assert_eq!(statuses(lab, "suspended"), 0);
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }
}
