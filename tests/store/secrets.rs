//! Sealed values: bound to their place, refused when altered, and worth nothing without the key.

use headend::domain::secret::Secret;
use headend::domain::{Id, Value};
use headend::store::operation::Request;
use headend::store::vault::{Place, TenantKeys};

use crate::common::lab::{find, key};
use crate::common::{Lab, on_each_database};
use crate::tenants::found_another;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn keys(lab: &Lab, tenant: Id) -> TenantKeys {
    let mut raw = lab.raw();
    let (hex, rest) =
        (raw.hex("wrapped"), format!("FROM tenant_keys WHERE tenant_id = {} ORDER BY purpose", raw.id(tenant)));
    let rows: Vec<(String, i32, Vec<u8>)> = raw
        .texts("purpose", &rest)
        .into_iter()
        .zip(raw.texts(&hex, &rest))
        .map(|(purpose, wrapped)| (purpose, 1, bytes(&wrapped)))
        .collect();
    TenantKeys::open(&key(), tenant, &rows).expect("the tenant's keys open")
}

fn sealed(lab: &Lab, customer: Id) -> Vec<u8> {
    match lab.record("customers", customer).get("access_password") {
        Value::Sealed(sealed) => sealed.clone(),
        other => panic!("{other:?}"),
    }
}

on_each_database! {
    fn what_was_altered_or_moved_does_not_open(lab) {
        let tenant = lab.admin.tenant.id;
        let ours = keys(lab, tenant);
        let theirs = found_another(lab);
        let foreign = keys(lab, theirs.tenant.id);
        let (mut opened, mut tries) = (0, 0);
        let mut refused = |keys: &TenantKeys, place: Place<'_>, value: &[u8]| {
            tries += 1;
            opened += usize::from(keys.unseal(place, value).is_ok());
        };
        let mut rows = Vec::new();
        for n in 0..20 {
            let plain = format!("secret number {n}");
            let customer = lab.make("customers.create", &[("name", &format!("Customer {n}")), ("access_password", &plain)]);
            let value = sealed(lab, customer);
            let place = Place { table: "customers", tenant, row: customer, column: "access_password" };
            assert_eq!(ours.unseal(place, &value).unwrap().as_slice(), plain.as_bytes());
            for bit in 0..value.len() * 8 {
                let mut altered = value.clone();
                altered[bit / 8] ^= 1 << (bit % 8);
                refused(&ours, place, &altered);
            }
            for elsewhere in [
                Place { row: Id::new(), ..place },
                Place { column: "notes", ..place },
                Place { table: "access_servers", ..place },
                Place { tenant: theirs.tenant.id, ..place },
            ] {
                refused(&ours, elsewhere, &value);
                refused(&foreign, elsewhere, &value);
            }
            refused(&foreign, place, &value);
            rows.push((place, value));
        }
        for (place, value) in rows.iter().map(|(place, _)| *place).zip(rows.iter().skip(1).map(|(_, value)| value)) {
            refused(&ours, place, value);
        }
        println!("{:?}: {tries} sealed values altered or moved, {opened} opened", lab.engine);
        assert_eq!(opened, 0);
    }

    fn an_undo_refuses_secrets_that_were_tampered_with(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina"), ("access_password", "hunter2")]);
        let change = Request::new(find("customers.update")).on(customer, None).with("access_password", Value::Secret(Secret::new("hunter3".into())));
        let [first, second] = [change.clone(), Request { id: Id::new(), ..change }].map(|request| lab.store.perform(&lab.admin, &request).unwrap());
        let mut raw = lab.raw();
        raw.lift_guards();
        let (from, to) = (raw.id(first.operation), raw.id(second.operation));
        // The ciphertext of another row's secrets.
        raw.execute(&format!(
            "UPDATE audit_log SET sealed_changes = (SELECT sealed_changes FROM audit_log b WHERE b.operation_id = {from}) WHERE operation_id = {to}"
        ));
        let before = sealed(lab, customer);
        assert!(lab.store.undo(&lab.admin, second.operation).unwrap_err().to_string().contains("altered or moved"));
        raw.execute(&format!("UPDATE audit_log SET sealed_changes = NULL WHERE operation_id = {to}"));
        assert!(lab.store.undo(&lab.admin, second.operation).unwrap_err().to_string().contains("not kept any more"));
        assert_eq!(sealed(lab, customer), before);
    }

    fn the_database_alone_holds_no_secret(lab) {
        let planted = ["zebra-over-kilimanjaro", "seven wet otters sing", "otter-and-heron-tango"];
        let customer = lab.make("customers.create", &[("name", "Amina"), ("access_password", planted[0])]);
        lab.make("users.create", &[("username", "brian"), ("password", planted[1])]);
        let change = Request::new(find("customers.update")).on(customer, None).with("access_password", Value::Secret(Secret::new(planted[2].into())));
        let done = lab.store.perform(&lab.admin, &change).unwrap();
        lab.store.undo(&lab.admin, done.operation).unwrap();
        let kept = format!("{:?}", crate::snapshot::of_all(lab)).to_lowercase();
        for secret in planted {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!kept.contains(secret) && !kept.contains(&hex), "{secret}");
        }
        if !lab.is_postgres() {
            for suffix in ["", "-wal"] {
                let file = std::fs::read(format!("{}{suffix}", lab.url())).unwrap();
                for secret in planted {
                    assert!(!file.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} in the file{suffix}");
                }
            }
        }
    }
}
