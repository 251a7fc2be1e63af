//! Every kind of record through its life: made, read back, changed, listed, refused.

use headend::domain::secret::Secret;
use headend::domain::{Id, Kind, Value};
use headend::store::aims::Aim;
use headend::store::amounts::CurrencyFrom;
use headend::store::list::{Effort, ListRequest, parse_filter};
use headend::store::operation::{self, Does, Request};
use headend::store::{Failure, entities};
use headend::store::{Field, FieldAccess};

use crate::common::lab::{entity, find, text};
use crate::common::on_each_database;
use crate::fixtures;

/// The fields at which an error points.
fn fields_of(error: headend::store::StoreError) -> Vec<String> {
    match error.into_failure() {
        Failure::Invalid(problems) => problems.into_iter().map(|problem| problem.field).collect(),
        other => panic!("not about fields: {other}"),
    }
}

on_each_database! {
    fn no_amount_is_finer_than_its_currency_whoever_writes_it(lab) {
        let mut tried = 0;
        for entity in entities::all() {
            let coarse = |field: &&Field| {
                let own = Some(CurrencyFrom::Field("currency"));
                field.access == FieldAccess::Write && field.amount.is_some_and(|amount| !amount.by_the_piece && Some(amount.currency) == own)
            };
            let creates = operation::of(entity).find(|operation| matches!(operation.does, Does::Create));
            for (field, creates) in entity.fields.iter().filter(coarse).filter_map(|field| Some((field, creates?))) {
                tried += 1;
                let mut written = fixtures::values(lab, &lab.admin, entity.name);
                written.retain(|(name, _)| *name != field.name && *name != "currency");
                written.extend([(field.name, "12.5".to_owned()), ("currency", "JPY".to_owned())]);
                let request = fixtures::request(lab, &lab.admin, creates, &written);
                let told = lab.store.perform(&lab.admin, &request).unwrap_err().to_string();
                let wanted = format!("{}: has more than the 0 digits that JPY has", field.name);
                assert!(told.contains(&wanted), "{}: {told}", entity.name);
            }
        }
        assert!(tried > 6, "{tried}");
    }

    fn what_is_written_is_read_back(lab) {
        for operation in operation::all().filter(|operation| matches!(operation.does, Does::Create)) {
            let kind = operation.entity;
            let values = fixtures::values(lab, &lab.admin, kind.name);
            let request = fixtures::request(lab, &lab.admin, operation, &values);
            let id = lab.store.perform(&lab.admin, &request).unwrap_or_else(|e| panic!("{}: {e}", kind.name)).records[0];
            let record = lab.record(kind.name, id);
            assert_eq!(record.version, 1, "{}", kind.name);
            let settable = kind.fields.iter().filter(|f| f.access != FieldAccess::Read).map(|f| f.name);
            for field in settable.filter(|name| !matches!((kind.name, *name), ("devices", "parent") | ("users", "partner" | "distributor" | "password") | ("maintenance_windows", "device" | "tag") | ("booking_policies", "device"))) {
                assert!(values.iter().any(|(name, _)| *name == field), "the fixture of {} says nothing of {field}", kind.name);
            }
            for (name, value) in &request.values {
                let field = kind.field(name).unwrap();
                let kept = record.get(field.id_name().unwrap_or(name));
                match field.kind {
                    Kind::Secret => assert!(matches!(kept, Value::Sealed(_)), "{}.{name}", kind.name),
                    _ => assert!(kept == value || kept.is_empty() && value.is_empty(), "{}.{name}: {kept:?}, not {value:?}", kind.name),
                }
            }
            // Found again by its number or name, listed, counted, and known by its history.
            let named = if kind.number.is_some() { record.get("number") } else { record.get(kind.label) };
            if kind.number.is_none() && matches!(kind.field(kind.label).map(|field| field.kind), None | Some(Kind::Choice(_))) {
                assert_eq!(lab.store.get_named(&lab.admin, kind, &id.to_string()).unwrap(), record, "{}", kind.name);
            } else if !matches!(kind.name, "device_checks" | "maintenance_windows") {
                assert_eq!(lab.store.get_named(&lab.admin, kind, named.as_str()).unwrap(), record, "{}", kind.name);
            }
            let all = parse_filter(kind, "", lab.locale()).unwrap();
            let ids = lab.store.mark(&lab.admin, kind, &all, &mut |_| true).unwrap();
            assert!(ids.iter().any(|aim| aim == Aim { id, version: Some(1) }));
            assert_eq!(lab.store.count(&lab.admin, kind, &all, 1_000, Effort::Whole).unwrap().number, ids.count());
            let listed = lab.store.list(&lab.admin, &ListRequest::all(kind, 1_000)).unwrap();
            assert_eq!(listed.rows.len(), ids.len(), "{}", kind.name);
            let events = lab.store.history(&lab.admin, kind, id, 10).unwrap();
            assert_eq!((events.len(), events[0].action.as_str(), events[0].actor.as_str()), (1, operation.name, "admin"));
        }
    }

    fn what_is_changed_raises_the_version_and_nothing_else_does(lab) {
        for operation in operation::all().filter(|operation| matches!(operation.does, Does::Update)) {
            let kind = operation.entity;
            let request = fixtures::valid(lab, &lab.admin, operation);
            let id = request.aims.first().expect("a record").id;
            let before = lab.record(kind.name, id);
            // What it has already is no change.
            let mut same = Request::new(operation).on(id, Some(1));
            for field in kind.fields.iter().filter(|f| f.access == FieldAccess::Write && f.kind != Kind::Secret) {
                same = same.with(field.name, before.get(field.id_name().unwrap_or(field.name)).clone());
            }
            lab.store.perform(&lab.admin, &same).unwrap_or_else(|e| panic!("{}: {e}", operation.name));
            assert_eq!(lab.record(kind.name, id), before, "{}", operation.name);
            assert_eq!(lab.store.history(&lab.admin, kind, id, 10).unwrap().len(), 1);

            lab.store.perform(&lab.admin, &request).unwrap();
            let after = lab.record(kind.name, id);
            assert_eq!(after.version, 2);
            for (name, value) in after.values().filter(|(name, _)| !matches!(*name, "updated_at")) {
                let wanted = request.values.iter().find(|(field, _)| *field == name).map_or(before.get(name), |(_, value)| value);
                assert_eq!(value, wanted, "{}.{name}", kind.name);
            }
            let again = lab.store.perform(&lab.admin, &Request { id: Id::new(), ..request }).unwrap_err();
            assert!(matches!(again.failure(), Failure::Stale { .. }), "{}: {again}", operation.name);
            assert_eq!(lab.record(kind.name, id).version, 2);
        }
    }

    fn what_is_wrong_is_told_field_by_field(lab) {
        let wrong = |operation: &str, values: &[(&str, &str)]| fields_of(lab.try_make(operation, values).unwrap_err());
        assert_eq!(wrong("customers.create", &[("email", "nobody"), ("phone", "none"), ("currency", "usd")]),
            ["name", "email", "currency", "phone"]);
        assert_eq!(wrong("customers.create", &[("name", &"x".repeat(201))]), ["name"]);
        assert_eq!(wrong("devices.create", &[("name", "a"), ("device_type", "olt"), ("management_ip", "224.0.0.1")]), ["management_ip"]);
        assert_eq!(wrong("devices.create", &[("name", "a"), ("device_type", "olt"), ("check", "ping")]), ["check"]);
        assert_eq!(wrong("devices.create", &[]), ["name", "device_type"]);
        assert_eq!(wrong("plans.create", &[("name", "a"), ("download_mbps", "-1"), ("upload_mbps", "1"), ("price", "-0.01")]),
            ["download_mbps", "price"]);
        assert_eq!(wrong("sites.create", &[("name", "a"), ("latitude", "91"), ("longitude", "1")]), ["latitude"]);
        assert_eq!(wrong("sites.create", &[("name", "a"), ("latitude", "1")]), ["longitude"]);
        assert_eq!(wrong("users.create", &[("username", "a b")]), ["username"]);
        assert_eq!(wrong("users.create", &[("username", "ab"), ("password", "short")]), ["password"]);
        assert_eq!(wrong("users.create", &[("username", "ab"), ("roles", "king")]), ["roles"]);
        for (operation, field) in [("customers.create", "plan"), ("customers.create", "organization")] {
            assert_eq!(wrong(operation, &[("name", "a"), (field, "nowhere")]), [field]);
        }
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        for (field, value) in [("status", text("suspended")), ("wallet_balance", text("1")), ("number", text("C-1")), ("nonsense", text("x"))] {
            let request = Request::new(find("customers.update")).on(customer, None).with(field, value);
            assert_eq!(fields_of(lab.store.perform(&lab.admin, &request).unwrap_err()), [field]);
        }
        let unknown = Request::new(find("customers.update")).on(customer, None).with("plan", Value::Id(Id::new()));
        assert_eq!(fields_of(lab.store.perform(&lab.admin, &unknown).unwrap_err()), ["plan"]);
        let nobody = Request::new(find("customers.update")).on(Id::new(), None).with("notes", text("x"));
        assert!(matches!(lab.store.perform(&lab.admin, &nobody).unwrap_err().failure(), Failure::NotFound { .. }));
        assert_eq!(lab.record("customers", customer).version, 1);
    }

    fn what_must_be_unique_names_its_field(lab) {
        for operation in operation::all().filter(|operation| matches!(operation.does, Does::Create)) {
            let kind = operation.entity;
            let values = fixtures::values(lab, &lab.admin, kind.name);
            lab.store.perform(&lab.admin, &fixtures::request(lab, &lab.admin, operation, &values)).unwrap();
            for field in kind.fields.iter().filter(|field| field.unique.is_some() && field.access != FieldAccess::Read) {
                let taken = values.iter().find(|(name, _)| *name == field.name).unwrap_or_else(|| panic!("{}", field.name));
                // The same to people, though written otherwise.
                let taken = if field.kind == Kind::Ip || field.name == "number" { taken.1.clone() } else { taken.1.to_uppercase() };
                let mut others = fixtures::values(lab, &lab.admin, kind.name);
                others.retain(|(name, _)| *name != field.name);
                others.push((field.name, taken));
                let error = lab.store.perform(&lab.admin, &fixtures::request(lab, &lab.admin, operation, &others)).unwrap_err();
                assert_eq!(fields_of(error), [field.name], "{}", kind.name);
            }
        }
    }

    fn names_that_differ_by_a_mark_are_two_names(lab) {
        for name in ["Süd", "Sud"] {
            lab.make("sites.create", &[("name", name)]);
        }
        assert_eq!(fields_of(lab.try_make("sites.create", &[("name", "SU\u{308}D")]).unwrap_err()), ["name"]);
        assert_eq!(lab.store.get_named(&lab.admin, entity("sites"), "sud").unwrap().get("name"), &text("Sud"));
    }

    fn an_address_is_free_again_once_its_device_is_retired(lab) {
        let device = [("name", "a"), ("device_type", "olt"), ("management_ip", "10.0.0.1")];
        let first = lab.make("devices.create", &device);
        assert_eq!(fields_of(lab.try_make("devices.create", &device).unwrap_err()), ["management_ip"]);
        lab.must("devices.retire", first, &[]);
        lab.make("devices.create", &device);
    }

    fn a_device_with_an_address_is_checked(lab) {
        let check = |values: &[(&str, &str)]| {
            let mut all = vec![("name", "a"), ("device_type", "olt")];
            all.extend_from_slice(values);
            let id = lab.make("devices.create", &all);
            (id, lab.value("devices", id, "check"))
        };
        assert_eq!(check(&[("management_ip", "10.0.0.1")]).1, "icmp");
        // An empty cell of a file says no more than no cell does; whoever wants no check takes it away.
        let (id, written) = check(&[("management_ip", "10.0.0.2"), ("check", "")]);
        assert_eq!(written, "icmp");
        lab.must("devices.update", id, &[("check", "")]);
        assert_eq!(lab.value("devices", id, "check"), "");
        assert_eq!(check(&[]).1, "");
        let (id, written) = check(&[("management_ip", "2001:db8::1"), ("check", "tcp:443;http://10.0.0.3/up;icmp;icmp")]);
        assert_eq!(written, "http://10.0.0.3/up;icmp;tcp:443");
        assert_eq!((lab.value("devices", id, "health"), lab.value("devices", id, "status")), ("unknown".into(), "active".into()));
        // A check that stays keeps its row and what is set on it.
        let mut raw = lab.raw();
        let device = raw.id(id);
        raw.execute(&format!("UPDATE device_checks SET interval_seconds = 30 WHERE device_id = {device} AND kind = 'icmp'"));
        lab.must("devices.update", id, &[("check", "icmp;snmp"), ("tags", "b,  a,b")]);
        assert_eq!((lab.value("devices", id, "check"), lab.value("devices", id, "tags")), ("icmp;snmp".into(), "a, b".into()));
        let intervals = lab.raw().texts("interval_seconds", &format!("FROM device_checks WHERE device_id = {device} ORDER BY kind"));
        assert_eq!(intervals, ["30", "300"]);
    }

    fn a_device_is_not_reached_through_itself(lab) {
        let device = |name: &str| lab.make("devices.create", &[("name", name), ("device_type", "switch")]);
        let [a, b, c] = ["a", "b", "c"].map(device);
        let number = |id| lab.value("devices", id, "number");
        lab.must("devices.update", b, &[("parent", &number(a))]);
        lab.must("devices.update", c, &[("parent", &number(b))]);
        for parent in [a, b, c] {
            let refused = lab.act("devices.update", a, &[("parent", &number(parent))]).unwrap_err();
            assert!(refused.to_string().starts_with("parent:"), "{refused}");
        }
    }

    fn what_others_point_at_stays(lab) {
        let plan = lab.make("plans.create", &[("name", "a"), ("download_mbps", "1"), ("upload_mbps", "1"), ("price", "1")]);
        lab.make("customers.create", &[("name", "Amina"), ("plan", "a")]);
        let refused = lab.act("plans.delete", plan, &[]).unwrap_err();
        assert!(matches!(refused.failure(), Failure::Refused(_)) && refused.to_string().contains(" still point at it") && !refused.to_string().contains("other records"), "{refused}");
        assert!(lab.find_record("plans", plan).is_some());
        let free = lab.make("plans.create", &[("name", "b"), ("download_mbps", "1"), ("upload_mbps", "1"), ("price", "1")]);
        let mut both = Request::new(find("plans.delete")).on(plan, None).on(free, None);
        let refused = lab.store.perform(&lab.admin, &both).unwrap_err();
        assert!(matches!(refused.failure(), Failure::RefusedRows(rows) if rows.len() == 1 && rows[0].0 == plan), "{refused}");
        assert!(lab.find_record("plans", free).is_some());
        both.partly = true;
        both.id = Id::new();
        let done = lab.store.perform(&lab.admin, &both).unwrap();
        assert_eq!((done.records, done.refused.len()), (vec![free], 1));
        assert!(lab.find_record("plans", free).is_none() && lab.find_record("plans", plan).is_some());
    }

    fn the_same_request_takes_effect_once(lab) {
        let request = lab.request("customers.create", &[("name", "Amina"), ("email", "a@example.com")]);
        let first = lab.store.perform(&lab.admin, &request).unwrap();
        assert_eq!(lab.store.perform(&lab.admin, &request).unwrap(), first);
        let move_on = Request::new(find("customers.suspend")).on(first.records[0], Some(1));
        let moved = lab.store.perform(&lab.admin, &move_on).unwrap();
        assert_eq!(lab.store.perform(&lab.admin, &move_on).unwrap(), moved);
        assert_eq!(lab.store.history(&lab.admin, entity("customers"), first.records[0], 10).unwrap().len(), 2);
        assert_eq!(lab.raw().number("count(*)", "FROM customers"), 1);
    }

    fn a_number_that_was_given_is_not_given_out_again(lab) {
        let number = |written: &[(&str, &str)]| {
            let id = lab.make("customers.create", written);
            lab.value("customers", id, "number")
        };
        assert_eq!(number(&[("name", "a")]), "CUS-000001");
        assert_eq!(number(&[("name", "b"), ("number", "CUS-000003")]), "CUS-000003");
        assert_eq!(number(&[("name", "c"), ("number", "any-7")]), "any-7");
        assert_eq!(number(&[("name", "d")]), "CUS-000004");
        let another = lab.another_store();
        let done = another.perform(&lab.admin, &lab.request("customers.create", &[("name", "e")])).unwrap();
        assert_eq!(lab.value("customers", done.records[0], "number"), "CUS-000005");
    }

    fn what_was_done_is_told_by_what_it_is_called_then(lab) {
        let told = |session: &headend::store::Session, request: &Request| {
            lab.store.perform_told(session, request, &mut |_, _| true).unwrap()
        };
        let request = lab.request("customers.create", &[("name", "Amina")]);
        let (done, titles) = told(&lab.admin, &request);
        assert_eq!((titles.meant.as_deref(), titles.made), (Some("CUS-000001 Amina"), None));
        // Once more under the same id it is not done again, and told as it is called now.
        let id = done.records[0];
        lab.must("customers.update", id, &[("name", "Zawadi")]);
        let (again, titles) = told(&lab.admin, &request);
        assert_eq!((again.records, titles.meant.as_deref()), (vec![id], Some("CUS-000001 Zawadi")));
        // What is taken away is called nothing any more; nor what whoever did it does not see.
        let maker = lab.make("manufacturers.create", &[("name", "Nokia")]);
        let (_, titles) = told(&lab.admin, &lab.request("manufacturers.delete", &[]).on(maker, None));
        assert_eq!(titles.meant, None);
        lab.make("roles.create", &[("name", "blind"), ("permissions", r#"["customers.create"]"#)]);
        let (_, titles) = told(&lab.user("bo", "blind"), &lab.request("customers.create", &[("name", "Chipo")]));
        assert_eq!(titles.meant, None);
    }

    fn a_password_is_kept_as_its_hash_alone(lab) {
        let user = lab.make("users.create", &[("username", "amina"), ("password", "seven wet otters sing")]);
        let mut raw = lab.raw();
        let kept = raw.texts("password_hash", "FROM users WHERE username = 'amina'");
        assert!(kept[0].starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{}", kept[0]);
        assert_eq!(*lab.record("users", user).get("password"), Value::Null);
        let request = Request::new(find("users.update")).on(user, None).with("password", Value::Secret(Secret::new("eight wet otters sing".into())));
        lab.store.perform(&lab.admin, &request).unwrap();
        assert_ne!(raw.texts("password_hash", "FROM users WHERE username = 'amina'"), kept);
    }

    fn values_that_begin_with_what_is_typed_come_first(lab) {
        for name in ["Karen North", "Nakuru", "Juja nord", "Ngong", "Senegal"] {
            lab.make("sites.create", &[("name", name)]);
        }
        let (kind, field) = (entity("devices"), entity("devices").field("site").unwrap());
        let values = |typed: &str| lab.store.values_of(&lab.admin, kind, field, typed, 10).unwrap();
        assert_eq!(values("n"), ["Nakuru", "Ngong", "Juja nord", "Karen North"]);
        assert_eq!(values("nor"), ["Juja nord", "Karen North"]);
        // Addresses begin with it.
        for (name, address, mac) in [("a", "10.4.0.9", "02:00:00:00:00:0a"), ("b", "10.4.0.1", "02:00:00:00:00:0b"), ("c", "192.0.2.104", "")] {
            lab.make("devices.create", &[("name", name), ("device_type", "olt"), ("management_ip", address)]);
            lab.make("customers.create", &[("name", name), ("mac_address", mac)]);
        }
        let of = |kind: &str, field: &str, typed: &str| {
            lab.store.values_of(&lab.admin, entity(kind), entity(kind).field(field).unwrap(), typed, 10).unwrap()
        };
        assert_eq!(of("devices", "management_ip", "10.4."), ["10.4.0.1", "10.4.0.9"]);
        assert_eq!(of("devices", "management_ip", "").len(), 3);
        assert_eq!(of("customers", "mac_address", "02:00:00:00:00:0B"), ["02:00:00:00:00:0b"]);
        assert!(of("devices", "management_ip", "10.4.%").is_empty() && of("devices", "management_ip", "north").is_empty());
    }

    fn every_kind_is_listed_and_says_what_it_is(lab) {
        for kind in entities::all() {
            let page = lab.store.list(&lab.admin, &ListRequest::all(kind, 5)).unwrap_or_else(|e| panic!("{}: {e}", kind.name));
            assert!(page.rows.iter().all(|row| !row.title().is_empty()), "{}", kind.name);
            for field in kind.fields.iter().filter(|field| field.kind != Kind::Secret) {
                lab.store.values_of(&lab.admin, kind, field, "a", 5).unwrap_or_else(|e| panic!("{}.{}: {e}", kind.name, field.name));
            }
        }
    }
}
