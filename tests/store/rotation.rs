//! New keys for old secrets, while others work, and whoever is killed in the midst of it.

use std::process::{Command, Stdio};

use headend::domain::secret::Secret;
use headend::domain::{Id, Value};
use headend::store::operation::Request;
use headend::store::rotation::rotate_master;
use headend::store::vault::{KeySource, Place, TenantKeys};
use headend::store::{Failure, Options, Store, Target};

use crate::common::dice::{Dice, is_full};
use crate::common::lab::{find, key_text, open};
use crate::common::{Engine, Lab, on_each_database};

fn customers(lab: &Lab, count: usize) -> Vec<Id> {
    (0..count)
        .map(|n| lab.make("customers.create", &[("name", &format!("Customer {n}")), ("access_password", &plain(n))]))
        .collect()
}

fn plain(n: usize) -> String {
    format!("secret number {n}")
}

fn sealed(lab: &Lab, customer: Id) -> Vec<u8> {
    match lab.record("customers", customer).get("access_password") {
        Value::Sealed(sealed) => sealed.clone(),
        other => panic!("{other:?}"),
    }
}

/// The tenant's keys as they stand in the database.
fn keys(lab: &Lab) -> TenantKeys {
    let mut raw = lab.raw();
    let hex = raw.hex("wrapped");
    let rest = "FROM tenant_keys ORDER BY purpose, key_id";
    let rows: Vec<(String, i32, Vec<u8>)> = raw
        .texts(&format!("purpose || ' ' || key_id || ' ' || {hex}"), rest)
        .iter()
        .map(|row| {
            let [purpose, key_id, hex] = row.split(' ').collect::<Vec<_>>().try_into().unwrap();
            let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
            (purpose.to_owned(), key_id.parse().unwrap(), bytes)
        })
        .collect();
    TenantKeys::open(&crate::common::lab::key(), lab.admin.tenant.id, &rows).unwrap()
}

/// How many secrets open, and with which keys they are sealed.
fn open_all(lab: &Lab, customers: &[Id]) -> (usize, Vec<i32>) {
    let keys = keys(lab);
    let (mut opened, mut with) = (0, Vec::new());
    for (n, customer) in customers.iter().enumerate() {
        let value = sealed(lab, *customer);
        let place =
            Place { table: "customers", tenant: lab.admin.tenant.id, row: *customer, column: "access_password" };
        opened += usize::from(keys.unseal(place, &value).is_ok_and(|text| text.as_slice() == plain(n).as_bytes()));
        with.extend(TenantKeys::key_of(&value));
    }
    with.sort_unstable();
    with.dedup();
    (opened, with)
}

fn change(customer: Id, password: &str) -> Request {
    Request::new(find("customers.update"))
        .on(customer, None)
        .with("access_password", Value::Secret(Secret::new(password.into())))
}

on_each_database! {
    fn every_secret_is_sealed_anew_and_others_go_on(lab) {
        let customers = customers(lab, 30);
        let other = lab.another_store();
        other.perform(&lab.admin, &change(customers[0], &plain(0))).unwrap();
        let before = other.perform(&lab.admin, &change(customers[1], "something else")).unwrap();
        let told = lab.store.rotate_keys(&lab.admin, &mut |_| ()).unwrap();
        assert_eq!((told.key_id, told.resumed, told.resealed), (2, false, 30));
        // What the log kept of a secret from before still takes a change back; a program that knew the old key alone
        // seals with the new one.
        other.undo(&lab.admin, before.operation).unwrap();
        other.perform(&lab.admin, &change(customers[2], &plain(2))).unwrap();
        assert_eq!(TenantKeys::key_of(&sealed(lab, customers[2])), Some(2));
        // What was put back came from the log, with the seal of its time: the next rotation takes it along.
        let (opened, with) = open_all(lab, &customers);
        assert_eq!((opened, with), (30, vec![1, 2]));
        let again = lab.store.rotate_keys(&lab.admin, &mut |_| ()).unwrap();
        assert_eq!((again.key_id, again.resumed, again.resealed), (2, true, 1));
        let third = lab.store.rotate_keys(&lab.admin, &mut |_| ()).unwrap();
        assert_eq!((third.key_id, third.resumed, third.resealed), (3, false, 30));
        assert_eq!(open_all(lab, &customers), (30, vec![3]));
        assert_eq!(lab.raw().number("count(*)", "FROM audit_log WHERE action = 'keys.rotate'"), 2);
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    fn rotating_needs_its_permission(lab) {
        let clerk = lab.user("clerk", "manager");
        assert!(matches!(lab.store.rotate_keys(&clerk, &mut |_| ()).unwrap_err().failure(), Failure::NotAllowed { .. }));
    }

    fn the_key_outside_the_database_is_replaced(lab) {
        let customers = customers(lab, 5);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("headend.key");
        let source = KeySource { default_file: Some(path.clone()), ..KeySource::default() };
        write_private(&path, key_text());
        let with = |source: &KeySource| Store::open(lab.store.target(), Options { master: source.read().unwrap(), ..Options::default() }).unwrap();
        rotate_master(&lab.owner, &source).unwrap();
        // The old file's key opens nothing any more; the new one's all.
        assert_ne!(std::fs::read_to_string(&path).unwrap().trim(), key_text());
        let refused = open(lab.store.target()).perform(&lab.admin, &change(customers[0], "x")).unwrap_err();
        assert!(refused.to_string().contains("does not belong to this database"), "{refused}");
        with(&source).perform(&lab.admin, &change(customers[0], &plain(0))).unwrap();
        // Killed between the transaction and the renaming: both files are there, and the next call finds out which.
        let new = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        write_private(&path, key_text());
        write_private(&directory.path().join("headend.key.new"), &new);
        rotate_master(&lab.owner, &source).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), new);
        with(&source).perform(&lab.admin, &change(customers[1], &plain(1))).unwrap();
        // Killed before it: the old file goes on, and a new rotation makes an end of it.
        write_private(&directory.path().join("headend.key.new"), key_text());
        rotate_master(&lab.owner, &source).unwrap();
        with(&source).perform(&lab.admin, &change(customers[2], &plain(2))).unwrap();
        // A key that is not kept in a file is not ours to write.
        let elsewhere = KeySource { value: Some(key_text().into()), ..KeySource::default() };
        assert!(rotate_master(&lab.owner, &elsewhere).unwrap_err().to_string().contains("not kept in a file"));
    }
}

fn write_private(path: &std::path::Path, text: &str) {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// What the child processes run: rotations until they are killed.
#[test]
#[ignore = "the process that the test of this module starts and kills"]
fn rotator() {
    let told = |name: &str| std::env::var(name).unwrap_or_default();
    let store = open(&Target::parse(&told("HEADEND_TEST_WRITES_TO")).unwrap());
    let session = store.resume(&Secret::new(told("HEADEND_TEST_TOKEN")), "rotator").unwrap();
    loop {
        store.rotate_keys(&session, &mut |_| ()).unwrap();
        eprintln!("rotated");
    }
}

fn kill_while_rotating(engine: Engine) {
    let lab = Lab::new(engine);
    let customers = customers(&lab, 120);
    let kills = if is_full() { 200 } else { 12 };
    let mut dice = Dice::new(7);
    let mut lost = 0;
    for _ in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "rotation::rotator", "--ignored", "--nocapture", "--test-threads=1"])
            .env("HEADEND_TEST_WRITES_TO", lab.url())
            .env("HEADEND_TEST_TOKEN", lab.token.reveal())
            .env("HEADEND_TEST_KEY", key_text())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Somewhere in the midst of the second rotation: so many bytes after the first one was told.
        let mut first = [0; 8];
        std::io::Read::read_exact(child.stderr.as_mut().unwrap(), &mut first).unwrap();
        for _ in 0..dice.below(2_000) {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        lost += customers.len() - open_all(&lab, &customers).0;
    }
    let keys_before = keys(&lab).newest();
    let told = lab.store.rotate_keys(&lab.admin, &mut |_| ()).unwrap();
    let (opened, with) = open_all(&lab, &customers);
    println!(
        "{engine:?}: {kills} kills while rotating {} secrets through {keys_before} keys: {lost} lost",
        customers.len()
    );
    assert_eq!((lost, opened, with), (0, 120, vec![told.key_id]));
}

#[test]
fn a_rotation_survives_being_killed_on_sqlite() {
    kill_while_rotating(Engine::Sqlite);
}

#[test]
fn a_rotation_survives_being_killed_on_postgres() {
    kill_while_rotating(Engine::Postgres);
}
