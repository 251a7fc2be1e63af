//! Versions in their order, installations with all that they carry along, and the way back.

use headend::domain::Id;
use headend::store::Failure;
use headend::store::list::{Effort, ListRequest, parse_filter, parse_sort};

use crate::common::lab::entity;
use crate::common::{Lab, on_each_database};
use crate::fixtures;

struct Depot<'a> {
    lab: &'a Lab,
    software: Id,
}

impl<'a> Depot<'a> {
    fn new(lab: &'a Lab, name: &str) -> Self {
        Self { lab, software: lab.make("software.create", &[("name", name)]) }
    }

    fn version(&self, number: &str, more: &[(&str, &str)]) -> Id {
        let software = self.software.to_string();
        let mut values = vec![("software", software.as_str()), ("version_number", number)];
        values.extend_from_slice(more);
        self.lab.make("software_versions.create", &values)
    }

    fn plan(&self, device: Id, version: Id, action: &str) -> Result<Id, headend::store::StoreError> {
        let (device, version) = (device.to_string(), version.to_string());
        self.lab.try_make(
            "software_installations.create",
            &[("device", &device), ("version", &version), ("action", action)],
        )
    }

    fn put(&self, device: Id, version: Id, action: &str) -> Id {
        let installation = self.plan(device, version, action).unwrap();
        self.lab.must("software_installations.start", installation, &[]);
        self.lab.must("software_installations.complete", installation, &[]);
        installation
    }

    /// What the device runs of this: version, status, and what is newer.
    fn runs(&self, device: Id) -> [String; 3] {
        let devices = entity("device_software");
        let rows = self.lab.store.list(&self.lab.admin, &ListRequest::all(devices, 100)).unwrap().rows;
        let row = rows.iter().find(|row| {
            let of = |field: &str| row.get(field).as_id();
            (of("device_id"), of("software_id")) == (Some(device), Some(self.software))
        });
        let row = row.expect("the device has a row for the software");
        ["installed_version", "installation_status", "newer_version"].map(|field| row.get(field).written())
    }
}

fn device(lab: &Lab, name: &str) -> Id {
    lab.make("devices.create", &[("name", name), ("device_type", "olt")])
}

on_each_database! {
    fn versions_are_listed_in_their_order(lab) {
        let depot = Depot::new(lab, "RouterOS");
        for number in ["2.10", "1.0.0", "2.9", "1.0.0-rc.1", "v2.9.1", "2.9-beta2"] {
            depot.version(number, &[]);
        }
        let versions = entity("software_versions");
        let mut request = ListRequest::all(versions, 100);
        request.sort = parse_sort(versions, "version_number").unwrap();
        let listed = lab.store.list(&lab.admin, &request).unwrap();
        let listed: Vec<String> = listed.rows.iter().map(|row| row.get("version_number").written()).collect();
        assert_eq!(listed, ["1.0.0-rc.1", "1.0.0", "2.9-beta2", "2.9", "v2.9.1", "2.10"]);
    }

    fn a_version_is_stable_or_beta_and_its_checksum_is_one(lab) {
        let depot = Depot::new(lab, "RouterOS");
        let software = depot.software.to_string();
        let wrong = |field: &str, value: &str| {
            let values = [("software", software.as_str()), ("version_number", "1.0"), ("is_stable", "yes"), (field, value)];
            lab.try_make("software_versions.create", &values).unwrap_err().to_string()
        };
        assert!(wrong("is_beta", "yes").contains("never both"));
        assert!(wrong("checksum", "abc").contains("64 hexadecimal digits"));
        assert!(wrong("compatibility", "[]").contains("device_types"));
        assert!(wrong("download_url", "somewhere").contains("is not an address"));
        assert!(wrong("file_size", "-1").contains("from 0 on"));
        let version = depot.version("1.0", &[("checksum", &"AB".repeat(32)), ("is_beta", "yes")]);
        assert_eq!(lab.value("software_versions", version, "checksum"), "ab".repeat(32));
        assert!(lab.act("software_versions.update", version, &[("is_stable", "yes")]).is_err());
        lab.must("software_versions.update", version, &[("is_stable", "yes"), ("is_beta", "no")]);
        let twice = lab.try_make("software_versions.create", &[("software", &software), ("version_number", "1.0")]).unwrap_err();
        assert!(matches!(twice.failure(), Failure::Invalid(problems) if problems[0].field == "version_number"), "{twice}");
        assert!(wrong("version_number", "1.0").contains("version"));
    }

    fn what_is_installed_follows_its_installations(lab) {
        let depot = Depot::new(lab, "RouterOS");
        let olt = device(lab, "olt");
        let [old, new] = ["2.9", "2.10"].map(|number| depot.version(number, &[]));
        let first = depot.plan(olt, old, "install").unwrap();
        let started = lab.must("software_installations.start", first, &[]);
        assert_eq!(depot.runs(olt), ["", "installing", ""]);
        lab.store.undo(&lab.admin, started.operation).unwrap();
        assert!(lab.store.list(&lab.admin, &ListRequest::all(entity("device_software"), 10)).unwrap().rows.is_empty());
        lab.must("software_installations.start", first, &[]);
        let completed = lab.must("software_installations.complete", first, &[]);
        assert_eq!(depot.runs(olt), ["2.9", "installed", ""]);
        lab.store.undo(&lab.admin, completed.operation).unwrap();
        assert_eq!((depot.runs(olt), lab.value("software_installations", first, "status")), (["".into(), "installing".into(), "".into()], "in_progress".into()));
        lab.must("software_installations.complete", first, &[]);

        // What goes wrong leaves what was there.
        let second = depot.plan(olt, new, "update").unwrap();
        assert_eq!(lab.value("software_installations", second, "previous_version"), "2.9");
        lab.must("software_installations.start", second, &[]);
        lab.must("software_installations.fail", second, &[("error_message", "the flash is full")]);
        assert_eq!(depot.runs(olt), ["2.9", "failed", ""]);
        let record = lab.record("software_installations", second);
        assert_eq!((record.get("error_message").as_str(), record.get("completed_at").is_empty()), ("the flash is full", false));
        for name in ["start", "complete", "fail"] {
            let values: &[(&str, &str)] = if name == "fail" { &[("error_message", "x")] } else { &[] };
            let refused = lab.act(&format!("software_installations.{name}"), second, values).unwrap_err();
            assert!(refused.to_string().contains("the installation is failed, which is final"), "{refused}");
        }

        let third = depot.put(olt, new, "update");
        assert_eq!(depot.runs(olt), ["2.10", "installed", ""]);
        let down = depot.plan(olt, old, "update").unwrap_err();
        assert!(down.to_string().contains("2.9 is not newer than 2.10"), "{down}");

        // Back to what was there, with its configuration.
        let back = lab.must("software_installations.roll_back", third, &[]);
        let installations = entity("software_installations");
        let open = parse_filter(installations, "is:open", lab.locale()).unwrap();
        let found = lab.store.mark(&lab.admin, installations, &open, &mut |_| true).unwrap();
        assert_eq!((back.records.as_slice(), found.len()), ([third].as_slice(), 1));
        let rollback = lab.record("software_installations", found.first().expect("an installation").id);
        assert_eq!(["action", "new_version", "previous_version"].map(|field| rollback.get(field).written()), ["rollback", "2.9", "2.10"]);
        assert_eq!(rollback.get("rollback_of_id").as_id(), Some(third));
        lab.must("software_installations.start", rollback.id, &[]);
        lab.must("software_installations.complete", rollback.id, &[]);
        assert_eq!(depot.runs(olt), ["2.9", "installed", ""]);
        let again = lab.act("software_installations.roll_back", third, &[]).unwrap_err();
        assert!(again.to_string().contains("the device runs 2.9 by now"), "{again}");
        let nothing = lab.act("software_installations.roll_back", first, &[]).unwrap_err();
        assert!(nothing.to_string().contains("no known version was there before"), "{nothing}");

        depot.put(olt, old, "uninstall");
        assert_eq!(depot.runs(olt), ["", "not_installed", ""]);
        let gone = depot.plan(olt, old, "uninstall").unwrap_err();
        assert!(gone.to_string().contains("nothing of this is installed there"), "{gone}");
    }

    fn a_device_takes_one_installation_at_a_time_of_what_fits_it(lab) {
        let depot = Depot::new(lab, "RouterOS");
        let olt = device(lab, "olt");
        let version = depot.version("1.0", &[]);
        let first = depot.plan(olt, version, "install").unwrap();
        let refused = depot.plan(olt, version, "install").unwrap_err();
        assert!(refused.to_string().contains("has an installation that is not over"), "{refused}");
        lab.must("software_installations.start", first, &[]);
        assert!(depot.plan(olt, version, "install").is_err());
        lab.must("software_installations.complete", first, &[]);
        depot.plan(olt, version, "install").unwrap();
        let switches = depot.version("1.1", &[("compatibility", r#"{"device_types":["switch"]}"#)]);
        let other = device(lab, "other");
        let refused = depot.plan(other, switches, "install").unwrap_err();
        assert!(refused.to_string().contains("is not for devices of the type olt"), "{refused}");
        lab.must("devices.retire", other, &[]);
        assert!(depot.plan(other, version, "install").unwrap_err().to_string().contains("is retired"));
        let by_hand = depot.plan(olt, version, "rollback").unwrap_err();
        assert!(by_hand.to_string().contains("roll that one back"), "{by_hand}");
    }

    fn of_many_that_install_on_one_device_one_does(lab) {
        let depot = Depot::new(lab, "RouterOS");
        let olt = device(lab, "olt").to_string();
        let version = depot.version("1.0", &[]).to_string();
        let outcomes: Vec<bool> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8)
                .map(|_| {
                    let request = lab.request("software_installations.create", &[("device", &olt), ("version", &version)]);
                    let request = headend::store::Request { values: request.values.into_iter().map(|(field, value)| {
                        (field, value.as_str().parse().map_or(value, headend::domain::Value::Id))
                    }).collect(), ..request };
                    scope.spawn(move || lab.store.perform(&lab.admin, &request).is_ok())
                })
                .collect();
            tries.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let done = outcomes.iter().filter(|done| **done).count();
        let open = lab.raw().number("count(*)", "FROM software_installations WHERE status = 'pending'");
        println!("{:?}: 8 writers, 8 installations on one device: {done} done, {} refused, {} violations", lab.engine, 8 - done, open - 1);
        assert_eq!((done, open), (1, 1));
    }

    fn what_is_newer_is_worked_out_as_it_is_read(lab) {
        let depot = Depot::new(lab, "RouterOS");
        let olt = device(lab, "olt");
        let old = depot.version("2.9", &[("is_stable", "yes")]);
        depot.put(olt, old, "install");
        assert_eq!(depot.runs(olt)[2], "");
        depot.version("2.11-rc.1", &[("is_beta", "yes")]);
        depot.version("3.0", &[("is_stable", "yes"), ("compatibility", r#"{"device_types":["switch"]}"#)]);
        assert_eq!(depot.runs(olt)[2], "");
        let newer = depot.version("2.10", &[("is_stable", "yes"), ("compatibility", r#"{"device_types":["olt","switch"]}"#)]);
        assert_eq!(depot.runs(olt)[2], "2.10");
        let kind = entity("device_software");
        let outdated = |filter: &str| lab.store.count(&lab.admin, kind, &parse_filter(kind, filter, lab.locale()).unwrap(), 10, Effort::Whole).unwrap().number;
        assert_eq!((outdated("is:outdated"), outdated("-is:outdated"), outdated("newer_version:2.10")), (1, 0, 1));
        lab.must("software_versions.delete", newer, &[]);
        assert_eq!((depot.runs(olt)[2].as_str(), outdated("is:outdated")), ("", 0));
    }

    fn what_is_installed_somewhere_is_not_taken_away(lab) {
        let depot = Depot::new(lab, "RouterOS");
        let [used, free] = ["1.0", "1.1"].map(|number| depot.version(number, &[]));
        depot.put(device(lab, "olt"), used, "install");
        for (operation, id) in [("software_versions.delete", used), ("software.delete", depot.software)] {
            let refused = lab.act(operation, id, &[]).unwrap_err();
            assert!(refused.to_string().contains("still point at it"), "{operation}: {refused}");
        }
        assert!(lab.find_record("software_versions", free).is_some());
        lab.must("software_versions.delete", free, &[]);
        // Software goes with its versions, and comes back with them.
        let spare = Depot::new(lab, "SwOS");
        let versions = ["1.0", "2.0"].map(|number| spare.version(number, &[]));
        let done = lab.must("software.delete", spare.software, &[]);
        assert!(versions.iter().all(|version| lab.find_record("software_versions", *version).is_none()));
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert!(versions.iter().all(|version| lab.find_record("software_versions", *version).is_some()));
    }

    fn what_people_find_on_a_device_is_noted(lab) {
        let depot = Depot::new(lab, "RouterOS");
        let (olt, version) = (device(lab, "olt").to_string(), depot.version("1.0", &[]).to_string());
        let found = lab.make("device_software.create", &[("device", &olt), ("software", "RouterOS"), ("version", &version)]);
        let told = || ["installed_version", "version", "installation_status"].map(|field| lab.value("device_software", found, field));
        assert_eq!(told(), ["1.0", "1.0", "installed"]);
        lab.must("device_software.update", found, &[("installed_version", "1.0-custom")]);
        assert_eq!(told(), ["1.0-custom", "", "installed"]);
        lab.must("device_software.update", found, &[("installed_version", "")]);
        assert_eq!(told(), ["", "", "not_installed"]);
        let other = Depot::new(lab, "SwOS").version("9", &[]).to_string();
        assert!(lab.act("device_software.update", found, &[("version", &other)]).unwrap_err().to_string().contains("another software"));
        let twice = lab.try_make("device_software.create", &[("device", &olt), ("software", "RouterOS")]).unwrap_err();
        assert!(matches!(twice.failure(), Failure::Invalid(problems) if problems[0].field == "software"), "{twice}");
        fixtures::make(lab, &lab.admin, "device_software");
    }
}
