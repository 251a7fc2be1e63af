//! What was acknowledged is there after a kill -9, and a commit is on the disk before it is
//! acknowledged.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use headend::domain::secret::Secret;
use headend::domain::{Id, Value};
use headend::store::Target;
use headend::store::audit::Verdict;
use headend::store::operation::Request;

use crate::common::dice::{Dice, is_full};
use crate::common::lab::{find, key_text, open, text};
use crate::common::{Engine, Lab};

const WRITERS: usize = 8;
/// Kills on one database before a fresh one is taken: what is checked grows with it.
const KILLS_EACH: usize = 25;

/// What the child processes run: writes until it is killed, or as often as it is told, and says so
/// after each write, one write(2) a line.
#[test]
#[ignore = "the writer process that the tests of this module start and kill"]
fn writer() {
    let told = |name: &str| std::env::var(name).unwrap_or_default();
    let store = open(&Target::parse(&told("HEADEND_TEST_WRITES_TO")).unwrap());
    let session = store.resume(&Secret::new(told("HEADEND_TEST_TOKEN")), "writer").unwrap();
    let most: usize = told("HEADEND_TEST_WRITES").parse().unwrap();
    let mut out = std::fs::OpenOptions::new().write(true).open("/dev/stderr").unwrap();
    let mut acknowledge = |id: Id, version: i64| out.write_all(format!("ack {id} {version}\n").as_bytes()).unwrap();
    let mut writes = 0;
    while writes < most {
        let make = Request::new(find("customers.create")).with("name", text("Amina")).with("notes", text("1"));
        let id = store.perform(&session, &make).unwrap().records[0];
        acknowledge(id, 1);
        writes += 1;
        for version in 1..=2 {
            if writes < most {
                let change = Request::new(find("customers.update"))
                    .on(id, Some(version))
                    .with("notes", Value::text((version + 1).to_string()));
                store.perform(&session, &change).unwrap();
                acknowledge(id, version + 1);
                writes += 1;
            }
        }
    }
}

fn writer_of(lab: &Lab, writes: usize, under: &[&str]) -> Command {
    let own = std::env::current_exe().unwrap();
    let mut command = match under {
        [] => Command::new(&own),
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments).arg(&own);
            command
        }
    };
    command
        .args(["--exact", "crash::writer", "--ignored", "--nocapture", "--test-threads=1"])
        .env("HEADEND_TEST_WRITES_TO", lab.url())
        .env("HEADEND_TEST_TOKEN", lab.token.reveal())
        .env("HEADEND_TEST_KEY", key_text())
        .env("HEADEND_TEST_WRITES", writes.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// `ack ID VERSION`, whole: a line that a kill tore is none.
fn acknowledgement(line: &[u8]) -> Option<(Id, i64)> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let [word, id, version] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
    (word == "ack").then_some(())?;
    Some((id.parse().ok()?, version.parse().ok()?))
}

/// Lets writers run until together they have acknowledged so many writes, kills them in the midst of
/// it, and answers all that they acknowledged.
fn run_and_kill(lab: &Lab, after: usize, dice: &mut Dice) -> Vec<(Id, i64)> {
    let (sender, receiver) = mpsc::channel();
    let mut children: Vec<Child> = (0..WRITERS).map(|_| writer_of(lab, usize::MAX, &[]).spawn().unwrap()).collect();
    let readers: Vec<_> = children
        .iter_mut()
        .map(|child| {
            let (sender, mut lines) = (sender.clone(), BufReader::new(child.stderr.take().unwrap()));
            std::thread::spawn(move || {
                let mut line = Vec::new();
                while lines.read_until(b'\n', &mut line).unwrap_or(0) > 0 {
                    // What is no acknowledgement is a writer's own trouble, which nobody may overlook.
                    let told = acknowledgement(&line).ok_or_else(|| String::from_utf8_lossy(&line).into_owned());
                    if sender.send(told).is_err() {
                        break;
                    }
                    line.clear();
                }
            })
        })
        .collect();
    drop(sender);
    let mut acknowledged = Vec::new();
    let mut trouble = Vec::new();
    let mut take = |told: Result<(Id, i64), String>, acknowledged: &mut Vec<(Id, i64)>| match told {
        Ok(ack) => acknowledged.push(ack),
        Err(line) => trouble.push(line),
    };
    while acknowledged.len() < after {
        match receiver.recv() {
            Ok(told) => take(told, &mut acknowledged),
            Err(_) => break,
        }
    }
    while !children.is_empty() {
        let mut child = children.swap_remove(dice.below(children.len()));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    for told in receiver {
        take(told, &mut acknowledged);
    }
    for reader in readers {
        reader.join().unwrap();
    }
    assert!(acknowledged.len() >= after, "the writers stopped by themselves: {trouble:?}");
    acknowledged
}

/// What is wrong with a database after a kill.
fn wrong(lab: &Lab, acknowledged: &[(Id, i64)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut raw = lab.raw();
    if !raw.is_postgres() {
        for check in ["integrity_check", "foreign_key_check"] {
            let told = raw.texts(
                "1",
                &format!(
                    "FROM pragma_{check} {}",
                    if check == "integrity_check" { "WHERE integrity_check <> 'ok'" } else { "" }
                ),
            );
            wrong.extend((!told.is_empty()).then(|| format!("{check}: {told:?}")));
        }
    }
    // The server may still finish what a killed writer sent it last: all is read as it was at one moment.
    if raw.is_postgres() {
        raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
    }
    let row = format!("{} || ' ' || version || ' ' || notes", raw.hex_of_id("id"));
    let kept: HashMap<Id, i64> = raw
        .texts(&row, "FROM customers")
        .iter()
        .map(|row| {
            let [id, version, notes] = row.split(' ').collect::<Vec<_>>().try_into().unwrap();
            if version != notes {
                wrong.push(format!("{id}: half a write: version {version}, notes {notes}"));
            }
            (id.parse().unwrap(), version.parse().unwrap())
        })
        .collect();
    for (id, version) in acknowledged {
        if kept.get(id).is_none_or(|kept| kept < version) {
            wrong.push(format!("{id} version {version} was acknowledged and is lost"));
        }
    }
    // Whole or not at all: as many operations and audit rows as writes, a document for each record.
    let writes: i64 = kept.values().sum();
    for (what, wanted, found) in [
        ("operations", writes, raw.number("count(*)", "FROM operations WHERE entity_type = 'customers'")),
        ("audit rows", writes, raw.number("count(*)", "FROM audit_log WHERE entity_type = 'customers'")),
        ("numbers", kept.len() as i64, raw.number("count(DISTINCT number)", "FROM customers")),
        ("documents", kept.len() as i64, raw.number("count(*)", "FROM search_documents WHERE kind = 'customers'")),
    ] {
        if wanted != found {
            wrong.push(format!("{found} {what} of {wanted}"));
        }
    }
    if raw.is_postgres() {
        raw.execute("COMMIT");
    }
    match lab.another_store().verify_audit(&lab.admin) {
        Ok(Verdict::Sound { .. }) => {}
        other => wrong.push(format!("the audit log: {other:?}")),
    }
    wrong
}

fn kill_and_look(engine: Engine) {
    let mut dice = Dice::new(9);
    let kills = if is_full() { 5_000 } else { 25 };
    let (mut acknowledged, mut lost) = (0, Vec::new());
    let mut lab = Lab::new(engine);
    let mut on_this = Vec::new();
    for kill in 0..kills {
        if kill % KILLS_EACH == 0 && kill > 0 {
            lab = Lab::new(engine);
            on_this.clear();
        }
        let after = 4 + dice.below(60);
        let told = run_and_kill(&lab, after, &mut dice);
        acknowledged += told.len();
        on_this.extend(told);
        lost.extend(wrong(&lab, &on_this));
    }
    println!(
        "{engine:?}: {kills} kills of {WRITERS} writers, {acknowledged} writes acknowledged, {} violations",
        lost.len()
    );
    assert_eq!(lost, Vec::<String>::new());
}

#[test]
fn a_kill_loses_nothing_that_was_acknowledged_on_sqlite() {
    kill_and_look(Engine::Sqlite);
}

#[test]
fn a_kill_loses_nothing_that_was_acknowledged_on_postgres() {
    kill_and_look(Engine::Postgres);
}

#[test]
fn a_lost_and_a_half_write_would_be_seen() {
    let lab = Lab::new(Engine::Sqlite);
    let told = run_and_kill(&lab, 30, &mut Dice::new(3));
    assert_eq!(wrong(&lab, &told), Vec::<String>::new());
    let mut raw = lab.raw();
    raw.lift_guards();
    raw.execute("UPDATE customers SET version = 9 WHERE version = 3");
    assert!(wrong(&lab, &told).iter().any(|told| told.contains("half a write")));
    raw.execute("DELETE FROM customers");
    assert!(wrong(&lab, &told).iter().any(|told| told.contains("is lost")));
}

#[test]
fn every_commit_is_synced() {
    const WRITES: usize = 120;
    let lab = Lab::new(Engine::Sqlite);
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace").display().to_string();
    let output = writer_of(&lab, WRITES, &["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", &trace])
        .output()
        .expect("strace, which scripts/test installs");
    let told = String::from_utf8_lossy(&output.stderr);
    let acknowledged = told.lines().filter(|line| line.starts_with("ack ")).count();
    assert_eq!(acknowledged, WRITES, "{told}");
    let syncs = std::fs::read_to_string(&trace)
        .unwrap()
        .lines()
        .filter(|line| line.contains("sync(") && line.ends_with("= 0"))
        .count();
    println!("{acknowledged} commits acknowledged, {syncs} syncs");
    assert!(syncs >= acknowledged, "{syncs} syncs of {acknowledged} commits");
}
