//! Outside systems: one active of each type, exchanges that are closed, events that are heard once.

use headend::domain::Id;
use headend::store::Failure;

use crate::common::{Lab, on_each_database};

fn provider(lab: &Lab, name: &str, of: &str) -> Id {
    lab.make("provider_configs.create", &[("provider_name", name), ("provider_type", of)])
}

fn is_active(lab: &Lab, providers: &[Id]) -> Vec<String> {
    providers.iter().map(|id| lab.value("provider_configs", *id, "is_active")).collect()
}

on_each_database! {
    fn one_provider_of_a_type_is_active(lab) {
        let providers = [("a", "crm"), ("b", "crm"), ("c", "sms")].map(|(name, of)| provider(lab, name, of));
        lab.must("provider_configs.activate", providers[0], &[]);
        lab.must("provider_configs.activate", providers[2], &[]);
        let refused = lab.act("provider_configs.update", providers[1], &[("is_active", "yes")]).unwrap_err();
        assert!(matches!(refused.failure(), Failure::Invalid(problems) if problems[0].field == "is_active" && problems[0].message.contains("a is the active one")), "{refused}");
        let changed = lab.must("provider_configs.activate", providers[1], &[]);
        assert_eq!(is_active(lab, &providers), ["false", "true", "true"]);
        assert!(lab.act("provider_configs.activate", providers[1], &[]).unwrap_err().to_string().contains("active already"));
        lab.store.undo(&lab.admin, changed.operation).unwrap();
        assert_eq!(is_active(lab, &providers), ["true", "false", "true"]);
        assert!(lab.act("provider_configs.deactivate", providers[1], &[]).unwrap_err().to_string().contains("is not active"));
        lab.must("provider_configs.deactivate", providers[0], &[]);
        lab.must("provider_configs.update", providers[1], &[("is_active", "yes")]);
        assert_eq!(is_active(lab, &providers), ["false", "true", "true"]);
        let same = lab.try_make("provider_configs.create", &[("provider_name", "a"), ("provider_type", "crm")]).unwrap_err();
        assert!(matches!(same.failure(), Failure::Invalid(problems) if problems[0].field == "provider_name"), "{same}");
        provider(lab, "a", "billing");
    }

    fn of_many_that_activate_one_is_active(lab) {
        let providers: Vec<Id> = (0..8).map(|n| provider(lab, &format!("crm {n}"), "crm")).collect();
        let done = std::thread::scope(|scope| {
            let tries: Vec<_> = providers
                .iter()
                .map(|id| scope.spawn(move || lab.act("provider_configs.activate", *id, &[]).is_ok()))
                .collect();
            tries.into_iter().map(|thread| thread.join().unwrap()).filter(|done| *done).count()
        });
        let active = lab.raw().number("count(*)", if lab.is_postgres() { "FROM provider_configs WHERE is_active" } else { "FROM provider_configs WHERE is_active = 1" });
        println!("{:?}: 8 writers, 8 activations: {done} done, {} refused, {} violations", lab.engine, 8 - done, (active - 1).abs());
        assert!(done >= 1);
        assert_eq!(active, 1);
    }

    fn a_closed_log_stays_as_it_is(lab) {
        provider(lab, "a", "crm");
        let log = lab.make("provider_sync_logs.create", &[("provider", "a"), ("entity_type", "customers")]);
        lab.must("provider_sync_logs.update", log, &[("records_synced", "5")]);
        let done = lab.must("provider_sync_logs.complete", log, &[("status", "partial"), ("records_failed", "2")]);
        let told = || ["status", "records_synced", "records_failed"].map(|field| lab.value("provider_sync_logs", log, field));
        assert_eq!(told(), ["partial", "5", "2"]);
        let refused = lab.act("provider_sync_logs.update", log, &[("records_synced", "6")]).unwrap_err();
        assert!(refused.to_string().contains("the log is closed"), "{refused}");
        assert!(lab.act("provider_sync_logs.complete", log, &[]).unwrap_err().to_string().contains("the log is closed"));
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!(told(), ["", "5", "0"]);
        lab.must("provider_sync_logs.complete", log, &[]);
        assert_eq!(told(), ["success", "5", "0"]);
        // What is written down afterwards comes closed, or not at all.
        let past = [("provider", "a"), ("started_at", "2026-11-20T08:00:00Z"), ("status", "failed")];
        assert!(lab.try_make("provider_sync_logs.create", &past).unwrap_err().to_string().contains("give both or neither"));
        let closed = [past.as_slice(), &[("completed_at", "2026-11-20T08:05:00Z")]].concat();
        lab.make("provider_sync_logs.create", &closed);
        let before = [past.as_slice(), &[("completed_at", "2026-11-20T07:05:00Z")]].concat();
        assert!(lab.try_make("provider_sync_logs.create", &before).unwrap_err().to_string().contains("before the beginning"));
    }

    fn an_event_is_heard_once_and_tried_again(lab) {
        let event = [("provider_name", "stripe"), ("provider_type", "payment"), ("event_type", "charge"), ("event_id", "evt_1")];
        let id = lab.make("webhook_events.create", &event);
        let twice = lab.try_make("webhook_events.create", &event).unwrap_err();
        assert!(matches!(twice.failure(), Failure::Invalid(problems) if problems[0].field == "event_id"), "{twice}");
        let mut other = event;
        other[0].1 = "paypal";
        lab.make("webhook_events.create", &other);
        let status = || ["status", "error_message"].map(|field| lab.value("webhook_events", id, field));
        assert_eq!(status(), ["pending", ""]);
        let early = lab.act("webhook_events.complete", id, &[]).unwrap_err();
        assert!(early.to_string().contains("the webhook event is pending; open from there: process"), "{early}");
        lab.must("webhook_events.process", id, &[]);
        assert!(lab.act("webhook_events.fail", id, &[]).unwrap_err().to_string().contains("is required"));
        lab.must("webhook_events.fail", id, &[("error_message", "no such invoice")]);
        assert_eq!(status(), ["failed", "no such invoice"]);
        lab.must("webhook_events.retry", id, &[]);
        assert_eq!(status(), ["pending", ""]);
        lab.must("webhook_events.process", id, &[]);
        lab.must("webhook_events.complete", id, &[]);
        assert!(!lab.record("webhook_events", id).get("processed_at").is_empty());
        assert!(lab.act("webhook_events.retry", id, &[]).unwrap_err().to_string().contains("which is final"));
        let mut from = event.to_vec();
        from[3].1 = "evt_2";
        from.push(("ip_address", "somewhere"));
        assert!(lab.try_make("webhook_events.create", &from).is_err());
    }
}
