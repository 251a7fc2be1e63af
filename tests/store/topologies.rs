//! Drawings, what of them cannot be built, and their review.

use headend::domain::Id;
use headend::store::Failure;

use crate::common::{Lab, on_each_database};

fn device(lab: &Lab, name: &str) -> (Id, String) {
    let id = lab.make("devices.create", &[("name", name), ("device_type", "olt")]);
    (id, lab.value("devices", id, "number"))
}

fn nodes(of: &[(&str, &str)]) -> String {
    let nodes: Vec<String> = of
        .iter()
        .map(|(id, device)| match *device {
            "" => format!(r#"{{"id":"{id}"}}"#),
            device => format!(r#"{{"id":"{id}","device":"{device}"}}"#),
        })
        .collect();
    format!("[{}]", nodes.join(","))
}

fn edges(of: &[(&str, i64, &str, i64)]) -> String {
    let edge = |(from, port, to, other): &(&str, i64, &str, i64)| {
        format!(r#"{{"from":{{"node":"{from}","port":{port}}},"to":{{"node":"{to}","port":{other}}}}}"#)
    };
    format!("[{}]", of.iter().map(edge).collect::<Vec<_>>().join(","))
}

fn review(lab: &Lab, review: Id) -> [String; 3] {
    ["status", "conflict_count", "conflicts"].map(|field| lab.value("topology_reviews", review, field))
}

on_each_database! {
    fn a_drawing_is_reviewed_and_again_when_it_changes(lab) {
        let (_, olt) = device(lab, "olt");
        let (switch_id, switch) = device(lab, "switch");
        let topology = lab.make("topologies.create", &[
            ("name", "Ring"),
            ("nodes", &nodes(&[("a", &olt), ("b", &switch), ("c", "")])),
            ("edges", &edges(&[("a", 1, "b", 1), ("b", 2, "c", 1)])),
        ]);
        assert_eq!(lab.value("topologies", topology, "user"), "admin");
        lab.must("topologies.submit", topology, &[("notes", "before the summer")]);
        assert!(lab.act("topologies.submit", topology, &[]).unwrap_err().to_string().contains("submitted already"));
        let id: Id = lab.raw().texts(&lab.raw().hex_of_id("id"), "FROM topology_reviews")[0].parse().unwrap();
        assert_eq!(review(lab, id), ["submitted", "0", ""]);
        let approved = lab.must("topology_reviews.approve", id, &[("notes", "go")]);
        let record = lab.record("topology_reviews", id);
        assert_eq!((record.get("resolved_by").written(), record.get("notes").written()), ("admin".into(), "go".into()));
        let refused = lab.act("topology_reviews.reject", id, &[]).unwrap_err();
        assert!(refused.to_string().contains("the review is approved, which is final"), "{refused}");
        lab.store.undo(&lab.admin, approved.operation).unwrap();
        assert_eq!((review(lab, id)[0].as_str(), lab.value("topology_reviews", id, "notes").as_str()), ("submitted", "before the summer"));
        lab.must("topology_reviews.approve", id, &[]);

        // Another name is no other drawing; another edge is.
        lab.must("topologies.update", topology, &[("name", "Ring west")]);
        assert_eq!(review(lab, id)[0], "approved");
        let changed = lab.must("topologies.update", topology, &[("edges", &edges(&[("a", 1, "b", 1), ("b", 1, "d", 1)]))]);
        let conflicts = format!("edge 2: there is no node d\nport 1 of {switch} is used by the edges 1, 2");
        assert_eq!(review(lab, id), ["submitted".to_owned(), "2".into(), conflicts.clone()]);
        assert!(lab.record("topology_reviews", id).get("resolved_at").is_empty());
        let refused = lab.act("topology_reviews.approve", id, &[]).unwrap_err();
        assert!(refused.to_string().contains("cannot be built as it is drawn: edge 2: there is no node d; port 1"), "{refused}");
        lab.store.undo(&lab.admin, changed.operation).unwrap();
        assert_eq!(review(lab, id), ["approved", "0", ""]);

        // A device that goes out of service is found when it is looked at again.
        lab.must("devices.retire", switch_id, &[]);
        lab.must("topology_reviews.check", id, &[]);
        assert_eq!(review(lab, id), ["approved".to_owned(), "1".into(), format!("node b: there is no device {switch} in service")]);

        let gone = lab.must("topologies.delete", topology, &[]);
        assert!(lab.find_record("topology_reviews", id).is_none());
        lab.store.undo(&lab.admin, gone.operation).unwrap();
        assert_eq!((review(lab, id)[0].as_str(), lab.value("topologies", topology, "name").as_str()), ("approved", "Ring west"));
    }

    fn what_is_no_drawing_is_refused_where_it_is_wrong(lab) {
        for (field, value, told) in [
            ("nodes", r#"[{"device":"DEV-1"}]"#, "node 1 has no id"),
            ("nodes", "{}", "is a list such as"),
            ("edges", r#"[{"from":"a","to":"b"}]"#, "edge 1 is not like"),
        ] {
            let refused = lab.try_make("topologies.create", &[("name", "a"), (field, value)]).unwrap_err();
            assert!(matches!(refused.failure(), Failure::Invalid(problems) if problems[0].field == field && problems[0].message.starts_with(told)), "{refused}");
        }
    }
}
