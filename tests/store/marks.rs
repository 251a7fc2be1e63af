//! Marks: each record by its id, however many; something done to all of them, watched and stopped.

use headend::domain::Id;
use headend::domain::filter::Resolved;
use headend::store::aims::{Aim, Aims};
use headend::store::bench_data;
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

fn mark(lab: &Lab, text: &str) -> Aims {
    lab.store.mark(&lab.admin, entity("customers"), &filter(lab, text), &mut |_| true).unwrap()
}

fn suspend(aims: Aims) -> Request {
    Request { aims, partly: true, ..Request::new(find("customers.suspend")) }
}

fn statuses(lab: &Lab, wanted: &str) -> u64 {
    lab.store
        .count(&lab.admin, entity("customers"), &filter(lab, &format!("status:{wanted}")), 1_000, Effort::Whole)
        .unwrap()
        .number
}

on_each_database! {
    fn a_mark_is_each_record_at_the_version_that_is_seen(lab) {
        let made = customers(lab, 7);
        lab.must("customers.suspend", made[0], &[]);
        let marked = mark(lab, "name:customer");
        let wanted = made.iter().map(|id| Aim { id: *id, version: Some(if *id == made[0] { 2 } else { 1 }) });
        assert!(marked.iter().eq(wanted), "{marked:?}");
        let states = |marked: &Aims| {
            let mut states = lab.store.states_of(&lab.admin, entity("customers"), marked).unwrap();
            states.sort();
            states
        };
        assert_eq!(states(&marked), [("active".to_owned(), 6), ("suspended".to_owned(), 1)]);
        assert_eq!(states(&mark(lab, "status:active")), [("active".to_owned(), 6)]);
        assert_eq!(states(&Aims::default()), []);
    }

    fn what_no_index_knows_is_looked_for_in_all_until_it_is_stopped(lab) {
        bench_data::make_customers(&lab.owner, lab.admin.tenant.id, 45_000).unwrap();
        let customers = entity("customers");
        let sought = filter(lab, "name~[aeiou]$ or -name:a");
        let mut looked = Vec::new();
        let mut mark = |sought: &Resolved, until: u64| {
            lab.store.mark(&lab.admin, customers, sought, &mut |count| {
                looked.push(count);
                count < until
            })
        };
        let found = mark(&sought, 50_000).unwrap();
        let wanted = lab.store.count(&lab.admin, customers, &sought, 45_000, Effort::Whole).unwrap();
        assert!(found.len() > 1_000 && found.len() < 45_000 && found.count() == wanted.number, "{}", found.len());
        assert!(matches!(mark(&sought, 40_000).unwrap_err().failure(), Failure::Cancelled));
        assert_eq!(looked, [20_000, 40_000, 20_000, 40_000]);
    }

    /// What an index finds is read at once where it is not much, else stretch by stretch, none of it twice.
    fn any_number_is_marked_each_by_its_id(lab) {
        bench_data::make_customers(&lab.owner, lab.admin.tenant.id, 65_000).unwrap();
        let customers = entity("customers");
        for (text, least) in [("", 65_000), ("status:active", 30_000), ("status:suspended", 1_000)] {
            let sought = filter(lab, text);
            let mut told = 0;
            let marked = lab.store.mark(&lab.admin, customers, &sought, &mut |_| { told += 1; true }).unwrap();
            let wanted = lab.store.count(&lab.admin, customers, &sought, 100_000, Effort::Whole).unwrap().number;
            assert_eq!(marked.count(), wanted, "{text}");
            assert!(wanted >= least && (told > 0) == (wanted > 20_000), "{text}: {wanted}, told {told} times");
            let states: u64 = lab.store.states_of(&lab.admin, customers, &marked).unwrap().iter().map(|(_, n)| n).sum();
            assert_eq!(states, wanted, "{text}");
        }
        let stopped = lab.store.mark(&lab.admin, customers, &Resolved::All, &mut |_| false);
        assert!(matches!(stopped.map(|_| ()).as_ref().map_err(StoreError::failure), Err(Failure::Cancelled)));
    }

    fn all_that_match_are_done_and_one_undo_takes_them_back(lab) {
        let made = customers(lab, 12);
        lab.must("customers.suspend", made[3], &[]);
        let done = lab.store.perform(&lab.admin, &suspend(mark(lab, "name:customer"))).unwrap();
        assert_eq!((done.records.len(), done.refused.len(), done.refused[0].0), (11, 1, made[3]));
        assert_eq!(statuses(lab, "suspended"), 12);
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!((statuses(lab, "suspended"), statuses(lab, "active")), (1, 11));
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    /// What was marked is what it is done to, whatever matches by then.
    fn what_matches_later_is_not_marked_and_what_changed_is_left(lab) {
        let made = customers(lab, 4);
        let marked = mark(lab, "status:active");
        // As many match as before, and they are others.
        lab.must("customers.suspend", made[1], &[]);
        let late = lab.make("customers.create", &[("name", "Late")]);
        lab.must("customers.update", made[2], &[("name", "Renamed")]);
        let done = lab.store.perform(&lab.admin, &suspend(marked)).unwrap();
        assert_eq!(done.records, [made[0], made[3]]);
        let left: Vec<Id> = done.refused.iter().map(|(id, ..)| *id).collect();
        assert_eq!(left, [made[1], made[2]], "{:?}", done.refused);
        assert_eq!(lab.value("customers", late, "status"), "active");
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
