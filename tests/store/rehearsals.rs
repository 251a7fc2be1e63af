//! What would be refused, and what would come of something, is known before it is done, and leaves no trace.

use headend::domain::Id;
use headend::store::aims::Aims;
use headend::store::operation::{self, Operation, rehearsal::Foreseen};

use crate::common::lab::entity;
use crate::common::{Lab, on_each_database};

fn only(id: Id) -> Aims {
    [(id, 1)].into_iter().collect()
}

/// Why each of the operations on a record would be refused; nothing where it would be done.
fn refused(lab: &Lab, kind: &str, id: Id) -> Vec<(&'static str, Option<String>)> {
    let operations: Vec<&'static Operation> = operation::of(entity(kind)).collect();
    let rehearsed = lab.store.rehearse(&lab.admin, &operations, &only(id)).unwrap();
    rehearsed.into_iter().map(|one| (one.operation, one.refused.into_iter().next().map(|(_, why)| why))).collect()
}

fn why(lab: &Lab, operation: &str, id: Id) -> Option<String> {
    let kind = operation.split('.').next().unwrap();
    let all = refused(lab, kind, id);
    all.into_iter().find(|(name, _)| *name == operation).unwrap_or_else(|| panic!("{operation} was not tried")).1
}

/// All that could have been written, as it stands.
fn everything(lab: &Lab) -> Vec<String> {
    [
        "audit_log",
        "operations",
        "shift_logs",
        "contracts",
        "wallet_entries",
        "journal_entries",
        "customers",
        "roles",
        "role_assignments",
    ]
    .iter()
    .map(|table| lab.raw().texts("CAST(count(*) AS text)", &format!("FROM {table}")).concat())
    .collect()
}

on_each_database! {
    fn what_a_note_does_not_change_is_known_beforehand(lab) {
        let none_starts = |lab: &Lab| {
            let start = operation::find("shift_logs.start").unwrap();
            let before = everything(lab);
            let [tried] = lab.store.rehearse(&lab.admin, &[start], &Aims::default()).unwrap().try_into().unwrap();
            assert_eq!((everything(lab), tried.refused), (before, Vec::new()));
            tried.closed
        };
        assert_eq!(none_starts(lab), None);
        let shift = lab.make("shift_logs.start", &[]);
        assert!(none_starts(lab).unwrap().contains("still runs: hand it over first"));
        assert_eq!(why(lab, "shift_logs.hand_over", shift), None);
        lab.must("shift_logs.hand_over", shift, &[("notes", "quiet")]);
        assert_eq!(none_starts(lab), None);
        assert_eq!(why(lab, "shift_logs.hand_over", shift).unwrap(), "cannot hand over: the shift has ended already");
        let drawing = lab.make("topologies.create", &[("name", "ring")]);
        assert_eq!(why(lab, "topologies.submit", drawing), None);
        lab.must("topologies.submit", drawing, &[]);
        assert!(why(lab, "topologies.submit", drawing).unwrap().contains("it is submitted already"));
    }

    fn what_other_records_decide_is_known_beforehand(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let number = lab.value("customers", customer, "number");
        let contract = lab.make(
            "contracts.create",
            &[("customer", number.as_str()), ("activation_date", "2026-01-01"), ("expiration_date", "2027-01-01"), ("total_value", "120")],
        );
        let role = lab.make("roles.create", &[("name", "readers"), ("permissions", r#"["customers.read"]"#)]);
        let before = everything(lab);
        assert_eq!(why(lab, "contracts.renew", contract), None);
        assert_eq!(
            why(lab, "contracts.hand_over", contract).unwrap(),
            "cannot hand over: no upgrade or downgrade of the contract has begun"
        );
        assert_eq!(why(lab, "roles.delete", role), None);
        assert_eq!(everything(lab), before, "nothing of it was done");
        let done = lab.must("contracts.renew", contract, &[]);
        assert_eq!(done.made.len(), 1, "the successor is told of");
        let next = lab.record("contracts", done.made[0]).title();
        let history = lab.store.history(&lab.admin, entity("contracts"), contract, 10).unwrap();
        let told = history[0].changes.iter().map(|(field, _, after)| format!("{field}: {}", after.written()));
        assert_eq!(told.collect::<Vec<_>>(), [format!("contract: {next}")], "and so its history says");
        assert_eq!(why(lab, "contracts.renew", contract).unwrap(), format!("{next} follows it already: cancel that one first"));
        let user = lab.make("users.create", &[("username", "reader"), ("roles", "readers")]);
        let before = everything(lab);
        let told = why(lab, "roles.delete", role).unwrap();
        assert!(told.contains("point at it") && !told.contains("archive"), "{told}");
        assert_eq!(everything(lab), before);
        lab.must("users.update", user, &[("roles", "")]);
        assert_eq!(why(lab, "roles.delete", role), None);
    }

    fn what_a_wallet_would_move_by_is_known_beforehand(lab) {
        for (name, price) in [("Home 20M", "30"), ("Home 50M", "60")] {
            lab.make("plans.create", &[("name", name), ("download_mbps", "20"), ("upload_mbps", "20"), ("price", price), ("validity_days", "30")]);
        }
        let customer = lab.make("customers.create", &[("name", "Amina"), ("plan", "Home 20M"), ("expires_at", "+10d")]);
        let version = lab.record("customers", customer).version;
        let change = |prorate: &str| {
            lab.request("customers.change_plan", &[("plan", "Home 50M"), ("prorate", prorate)]).on(customer, Some(version))
        };
        let before = everything(lab);
        let foreseen = lab.store.foresee(&lab.admin, &change("yes")).unwrap();
        let moved: Vec<(String, String, String)> =
            foreseen.moved.iter().map(|moved| (moved.amount.plain(), moved.balance_after.plain(), moved.note.clone())).collect();
        assert_eq!(moved, [("-10.00".into(), "-10.00".into(), "Home 50M in place of Home 20M for 10 days".into())]);
        assert_eq!(everything(lab), before, "nothing of it was done");
        assert!(lab.store.foresee(&lab.admin, &change("no")).unwrap().moved.is_empty());
        let same = lab.request("customers.change_plan", &[("plan", "Home 20M")]).on(customer, Some(version));
        let Foreseen { refused, problems, .. } = lab.store.foresee(&lab.admin, &same).unwrap();
        assert_eq!(refused.as_deref(), Some("plan: is the one that the customer has"));
        assert_eq!(problems[0].field, "plan");
        // What was foreseen is what comes of it.
        lab.must("customers.change_plan", customer, &[("plan", "Home 50M")]);
        assert_eq!(lab.value("customers", customer, "wallet_balance"), "-10.00");
    }

    /// What somebody holds is not waited for: a look is worth no more. Nothing is closed by it.
    fn a_rehearsal_waits_for_nobody(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let mut raw = lab.raw();
        raw.execute(if lab.is_postgres() { "BEGIN" } else { "BEGIN IMMEDIATE" });
        let id = raw.id(customer);
        raw.execute(&format!("UPDATE customers SET notes = 'held' WHERE id = {id}"));
        let operations: Vec<&'static Operation> = operation::of(entity("customers")).collect();
        match lab.store.rehearse(&lab.admin, &operations, &only(customer)) {
            Ok(rehearsed) => assert!(rehearsed.iter().all(|one| one.refused.is_empty()), "{rehearsed:?}"),
            Err(error) => assert!(matches!(error.failure(), headend::store::Failure::Busy), "{error}"),
        }
        raw.execute("ROLLBACK");
        assert_eq!(why(lab, "customers.suspend", customer), None);
        // Whoever writes in earnest is as patient as before.
        lab.must("customers.suspend", customer, &[]);
    }

    /// Of several, a row that fails when a part of it was written leaves nothing of it behind, in the log neither.
    fn a_row_that_is_left_is_not_in_the_log(lab) {
        for (name, currency) in [("Home 20M", "KES"), ("Home 50M", "KES"), ("World", "USD")] {
            lab.make("plans.create", &[("name", name), ("download_mbps", "9"), ("upload_mbps", "9"), ("price", "30"), ("currency", currency)]);
        }
        let of = |name: &str, plan: &str| {
            lab.make("customers.create", &[("name", name), ("plan", plan), ("expires_at", "+10d"), ("currency", "KES")])
        };
        // What is left of a plan in another currency cannot be settled: that is known once the plan is set.
        let (settled, left) = (of("Amina", "Home 20M"), of("Brian", "World"));
        let mut request = lab.request("customers.change_plan", &[("plan", "Home 50M")]);
        for customer in [settled, left] {
            request.aims.insert(customer, Some(lab.record("customers", customer).version));
        }
        request.partly = true;
        let done = lab.store.perform(&lab.admin, &request).unwrap();
        assert_eq!((done.records.as_slice(), done.refused.len()), ([settled].as_slice(), 1), "{done:?}");
        let changes = |customer| {
            let events = lab.store.history(&lab.admin, entity("customers"), customer, 20).unwrap();
            events.iter().filter(|event| event.action == "customers.change_plan").count()
        };
        assert_eq!((changes(settled), changes(left)), (1, 0), "only what came to be is told");
        assert_eq!(lab.value("customers", left, "plan"), "World");
    }
}
