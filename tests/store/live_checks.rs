//! What is told of a field while it is being typed.

use std::collections::BTreeMap;

use headend::domain::Value;
use headend::store::Failure;
use headend::store::entity::told_by_rules;
use headend::store::live_check::Finding;
use headend::store::operation::{self, Does};

use crate::common::lab::{entity, text};
use crate::common::{Engine, Lab, on_each_database};
use crate::fixtures;
use crate::tenants::found_another;

/// A form asks the rules without what its references lead to: what is right then must not be called wrong.
#[test]
fn no_rule_is_against_what_is_right_without_its_references() {
    let lab = Lab::new(Engine::Sqlite);
    for operation in operation::all().filter(|operation| matches!(operation.does, Does::Create)) {
        let kind = operation.entity;
        let request = fixtures::request(&lab, &lab.admin, operation, &fixtures::values(&lab, &lab.admin, kind.name));
        let is_plain = |name: &str| kind.field(name).is_some_and(|field| field.reference.is_none());
        let values = request.values.into_iter().filter(|(name, value)| is_plain(name) && !value.is_empty());
        let values: BTreeMap<_, _> = values.collect();
        let problems = told_by_rules(kind, None, values.clone());
        let told: Vec<_> = problems.iter().filter(|problem| values.contains_key(&*problem.field)).collect();
        assert!(told.is_empty(), "{}: {told:?}", kind.name);
    }
}

on_each_database! {
    fn what_is_taken_is_told_with_its_holder(lab) {
        let amina = lab.make("customers.create", &[("name", "Amina"), ("email", "amina@example.com")]);
        let customers = entity("customers");
        let email = customers.field("email").unwrap();
        let look = |value: &str, own| lab.store.check_field(&lab.admin, customers, email, &text(value), own).unwrap();
        assert_eq!(look("AMINA@example.com", None), Finding::Taken(Some("CUS-000001 Amina".into())));
        assert_eq!(look("amina@example.com", Some(amina)), Finding::Fits, "their own");
        assert_eq!(look("brian@example.com", None), Finding::Fits);
        assert_eq!(look("", None), Finding::Fits);
        let theirs = found_another(lab);
        let there = lab.store.check_field(&theirs, customers, email, &text("amina@example.com"), None).unwrap();
        assert_eq!(there, Finding::Fits, "another organisation's are its own");
    }

    fn a_retired_device_lets_go_of_its_address(lab) {
        let device = lab.make("devices.create", &[("name", "OLT"), ("device_type", "olt"), ("management_ip", "10.4.0.1")]);
        let devices = entity("devices");
        let field = devices.field("management_ip").unwrap();
        let look = || lab.store.check_field(&lab.admin, devices, field, &Value::Ip("10.4.0.1".parse().unwrap()), None).unwrap();
        assert!(matches!(look(), Finding::Taken(Some(_))));
        lab.must("devices.retire", device, &[]);
        assert_eq!(look(), Finding::Fits);
        // The database says the same.
        lab.make("devices.create", &[("name", "OLT 2"), ("device_type", "olt"), ("management_ip", "10.4.0.1")]);
    }

    fn a_word_means_the_one_called_so_else_the_only_one_it_finds(lab) {
        for name in ["Home", "Home 100M", "Office 1G"] {
            lab.make("plans.create", &[("name", name), ("download_mbps", "100"), ("upload_mbps", "50"), ("price", "29.90")]);
        }
        let customers = entity("customers");
        let plan = customers.field("plan").unwrap();
        let look = |value: &str| lab.store.check_field(&lab.admin, customers, plan, &text(value), None).unwrap();
        let named = |value: &str| match look(value) {
            Finding::Means(record) => record.get("name").as_str().to_owned(),
            other => panic!("{value}: {other:?}"),
        };
        assert_eq!((named("home"), named("home 100m"), named("office")), ("Home".into(), "Home 100M".into(), "Office 1G".into()));
        assert_eq!(look("hom"), Finding::Several("hom".into(), 2));
        assert_eq!(look("satellite"), Finding::Nothing("satellite".into()));
        let nobody = lab.user("nobody", "");
        let refused = lab.store.check_field(&nobody, customers, plan, &text("home"), None).unwrap_err();
        assert!(matches!(refused.failure(), Failure::NotAllowed { permission, .. } if permission == "plans.read"));
    }
}
