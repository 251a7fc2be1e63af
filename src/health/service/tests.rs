//! Rounds and pollers on a real file, with real probes on loopback addresses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::TcpListener;

use tempfile::TempDir;

use super::*;
use crate::domain::Value;
use crate::domain::filter::Resolved;
use crate::domain::secret::Secret;
use crate::store::entities;
use crate::store::list::{Effort, ListRequest};
use crate::store::operation::{Request, find};
use crate::store::session::Program;
use crate::store::setup::{Founding, found};
use crate::store::vault::KeySource;
use crate::store::{Options, Record, Target};

/// The URL of a PostgreSQL server to run these tests on, as a role that may make databases; SQLite otherwise.
const SERVER: &str = "HEADEND_TEST_POSTGRES";

fn database_of(directory: &TempDir) -> String {
    let name: String = directory.path().to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("poll_{}", name.to_lowercase())
}

/// A database of its own, with one tenant.
struct World {
    store: Store,
    session: Session,
    directory: TempDir,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let key = KeySource { default_file: Some(directory.path().join("key")), ..KeySource::default() };
        let target = Self::target(&directory);
        if let Target::Postgres(_) = target {
            let maker = std::env::var(SERVER).unwrap();
            let mut server = <diesel::PgConnection as diesel::Connection>::establish(&maker).unwrap();
            let sql = format!("CREATE DATABASE {}", database_of(&directory));
            diesel::connection::SimpleConnection::batch_execute(&mut server, &sql).unwrap();
        }
        let founding = Founding {
            tenant: "fibernet".into(),
            display_name: "FiberNet".into(),
            currency: "EUR".into(),
            timezone: "Europe/Berlin".into(),
            admin: "amina".into(),
            password: Secret::new("a long walk by the canal".into()),
        };
        found(&target, &target, &founding, key.read_or_make().unwrap()).unwrap();
        let store = Self::open(&directory);
        let session = store.program_sessions(Program::Setup).unwrap().remove(0);
        Self { store, session, directory }
    }

    /// A file, or a database on the server that [`SERVER`] names.
    fn target(directory: &TempDir) -> Target {
        match std::env::var(SERVER) {
            Ok(server) => {
                Target::parse(&format!("{}/{}", server.rsplit_once('/').unwrap().0, database_of(directory))).unwrap()
            }
            Err(_) => Target::Sqlite(directory.path().join("headend.db")),
        }
    }

    fn open(directory: &TempDir) -> Store {
        let key = KeySource { default_file: Some(directory.path().join("key")), ..KeySource::default() };
        let target = Self::target(directory);
        Store::open(&target, Options { master: key.read().unwrap(), ..Options::default() }).unwrap()
    }

    fn make(&self, kind: &str, values: &[(&'static str, &str)]) -> Id {
        let mut request = Request::new(find(&format!("{kind}.create")).unwrap());
        let entity = entities::find(kind).unwrap();
        let locale = self.session.locale(self.store.now());
        for (field, value) in values {
            let known = entity.field(field).unwrap();
            // A reference may be given by its name.
            let value = match known.reference {
                Some(_) => Value::text(*value),
                None => Value::parse(known.kind, value, locale).unwrap(),
            };
            request = request.with(field, value);
        }
        self.store.perform(&self.session, &request).unwrap().records[0]
    }

    fn device(&self, name: &str, address: &str, more: &[(&'static str, &str)]) -> Id {
        let mut values = vec![("name", name), ("device_type", "switch"), ("management_ip", address)];
        values.extend(more);
        let id = self.make("devices", &values);
        self.hurry(id);
        id
    }

    /// Makes the checks of a device impatient, so that a round ends within a test's time.
    fn hurry(&self, device: Id) {
        for check in self.all("device_checks").iter().filter(|check| check.get("device_id").as_id() == Some(device)) {
            let request = Request::new(find("device_checks.update").unwrap())
                .on(check.id, None)
                .with("timeout_ms", Value::Int(60))
                .with("interval_seconds", Value::Int(5))
                .with("retry_interval_seconds", Value::Int(1));
            self.store.perform(&self.session, &request).unwrap();
        }
    }

    fn set(&self, device: Id, field: &'static str, value: &str) {
        let request = Request::new(find("devices.update").unwrap()).on(device, None).with(field, Value::text(value));
        self.store.perform(&self.session, &request).unwrap();
        self.hurry(device);
    }

    fn all(&self, kind: &str) -> Vec<Record> {
        let request = ListRequest::all(entities::find(kind).unwrap(), 1_000);
        self.store.list(&self.session, &request).unwrap().rows
    }

    fn health(&self, device: Id) -> String {
        let record = self.store.get(&self.session, entities::find("devices").unwrap(), device).unwrap().unwrap();
        record.get("health").as_str().to_owned()
    }

    /// The lines of a device's log, the oldest first.
    fn log(&self, device: Id) -> Vec<String> {
        let mut lines: Vec<_> =
            self.all("device_logs").into_iter().filter(|line| line.get("device_id").as_id() == Some(device)).collect();
        lines.reverse();
        lines.iter().map(|line| format!("{} {}", line.get("level").as_str(), line.get("message").as_str())).collect()
    }

    fn once(&self) -> RoundSummary {
        once(&self.store, &CancellationFlag::new()).unwrap()
    }
}

/// A port that nothing listens on.
fn closed_port() -> u16 {
    TcpListener::bind("0.0.0.0:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn an_outage_from_first_probe_to_resolved_incident() {
    let world = World::new();
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let open = format!("tcp:{}", listener.local_addr().unwrap().port());
    let closed = format!("tcp:{}", closed_port());
    world.make("customers", &[("name", "Ada"), ("phone", "+49 30 1")]);
    let ada = world.all("customers")[0].get("number").as_str().to_owned();
    let healthy = world.device("edge-1", "127.0.7.1", &[("check", &open)]);
    let core = world.device("core-1", "127.0.7.2", &[("check", &closed)]);
    let behind = world.device("access-1", "127.0.7.3", &[("check", &closed), ("parent", "core-1")]);
    let home = world.device("cpe-1", "127.0.7.4", &[("check", &closed), ("parent", "access-1"), ("customer", &ada)]);
    let web = world.device("web-1", "127.0.7.5", &[("check", "https://127.0.0.1/")]);
    let nowhere = world.make("devices", &[("name", "shelf"), ("device_type", "switch"), ("check", "icmp")]);

    let first = world.once();
    assert_eq!((first.tally.checks, first.tally.devices), (6, 6));
    assert!(first.to_string().starts_with("polled 6 checks on 6 devices in "), "{first}");
    assert!(first.to_string().ends_with(" s: 1 up, 0 degraded, 1 down, 2 unreachable, 2 unknown"), "{first}");
    let healths: Vec<String> = [healthy, core, behind, home, web, nowhere].map(|device| world.health(device)).into();
    assert_eq!(healths, ["up", "down", "unreachable", "unreachable", "unknown", "unknown"]);
    assert_eq!(world.log(healthy), ["info up"]);
    assert_eq!(world.log(core), ["error down: connection refused"]);
    assert_eq!(world.log(home), ["warning unreachable because of core-1"]);
    assert_eq!(world.log(nowhere), [""; 0]);

    let incidents = world.all("incidents");
    assert_eq!(incidents.len(), 1);
    let incident = &incidents[0];
    assert_eq!((incident.get("title").as_str(), incident.get("status").as_str()), ("core-1 is down", "active"));
    assert_eq!((incident.get("affected_count").as_int(), incident.get("origin").as_str()), (Some(1), "poller"));
    assert_eq!(incident.get("severity").as_str(), "critical");
    assert!(incident.get("number").as_str().starts_with("INC-"), "{:?}", incident.get("number"));
    let description = incident.get("description");
    assert_eq!(description.as_str(), "connection refused; 2 devices are reached through it");

    // The same once more: nothing is new, and next to nothing is written.
    let pulse = world.store.pulse(&world.session).unwrap();
    let again = world.once();
    assert_eq!(again.tally, first.tally);
    assert_eq!(world.store.pulse(&world.session).unwrap(), pulse);
    assert_eq!((world.all("incidents").len(), world.all("device_logs").len()), (1, 4));

    // Back again: the checks now ask a port that is open, and all of it is reached.
    for device in [core, behind, home] {
        world.set(device, "check", &open);
    }
    let back = world.once();
    assert_eq!((back.tally.up, back.tally.down, back.tally.unreachable), (4, 0, 0));
    let incidents = world.all("incidents");
    assert_eq!((incidents.len(), incidents[0].get("status").as_str()), (1, "resolved"));
    assert!(incidents[0].get("resolved_at").as_instant().is_some());
    assert!(world.log(core)[1].starts_with("info up after "), "{:?}", world.log(core));
    let history =
        world.store.history(&world.session, entities::find("incidents").unwrap(), incidents[0].id, 10).unwrap();
    let told: Vec<_> = history.iter().map(|event| (event.action.as_str(), event.actor.as_str())).collect();
    assert_eq!(told.iter().map(|(action, _)| *action).collect::<Vec<_>>(), ["incidents.resolve", "incidents.create"]);
    assert!(history[0].reason.as_deref().is_some_and(|reason| reason.starts_with("up again after ")));
}

#[test]
fn nothing_is_opened_under_maintenance() {
    let world = World::new();
    let closed = format!("tcp:{}", closed_port());
    let device = world.device("core-1", "127.0.7.2", &[("check", &closed)]);
    let maintain = Request::new(find("devices.maintain").unwrap()).on(device, None);
    world.store.perform(&world.session, &maintain).unwrap();
    let round = world.once();
    assert!(round.to_string().ends_with("0 unknown, 1 under maintenance"), "{round}");
    assert_eq!((world.health(device), world.all("incidents").len()), ("maintenance".to_owned(), 0));
    let activate = Request::new(find("devices.activate").unwrap()).on(device, None);
    world.store.perform(&world.session, &activate).unwrap();
    world.once();
    assert_eq!((world.health(device), world.all("incidents").len()), ("down".to_owned(), 1));
    // People say that it is dealt with: it is not opened again while it stays as it is.
    let incident = world.all("incidents")[0].id;
    let resolve = Request::new(find("incidents.resolve").unwrap()).on(incident, None);
    world.store.perform(&world.session, &resolve).unwrap();
    world.once();
    assert_eq!(world.all("incidents").len(), 1);
    // A device that nobody polls any more is not known to be anything.
    let retire = Request::new(find("devices.retire").unwrap()).on(device, None);
    world.store.perform(&world.session, &retire).unwrap();
    assert_eq!((world.once().tally.devices, world.health(device)), (0, "unknown".to_owned()));
}

#[test]
fn a_device_checked_now() {
    let world = World::new();
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let (open, closed) = (listener.local_addr().unwrap().port(), closed_port());
    let checks = format!("tcp:{open};tcp:{closed};snmp");
    let device = world.device("core-1", "127.0.7.2", &[("check", &checks)]);
    let told = check_device(&world.store, &world.session, device).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 3, "{told}");
    assert!(lines.iter().any(|line| line.starts_with(&format!("tcp 127.0.7.2:{open}: connected in "))), "{told}");
    assert!(lines.contains(&format!("tcp 127.0.7.2:{closed}: connection refused").as_str()), "{told}");
    assert!(lines.contains(&"snmp 127.0.7.2: this version does not run snmp checks"), "{told}");
    assert_eq!(world.health(device), "unknown", "nothing is recorded");
    let bare = world.make("devices", &[("name", "shelf"), ("device_type", "switch")]);
    assert!(check_device(&world.store, &world.session, bare).unwrap().contains("no checks"));
    assert!(check_device(&world.store, &world.session, Id::new()).is_err());
}

#[test]
fn programs_share_the_devices() {
    let world = World::new();
    let other = World::open(&world.directory);
    let all: Vec<u32> = (0..crate::store::health::SHARDS).collect();
    let first = world.store.hold_shares("one").unwrap();
    assert_eq!((first.mine, first.others.len()), (all.clone(), 0));
    // The second one finds everything taken, is seen, and has its part a turn later.
    assert_eq!(other.hold_shares("two").unwrap().mine, Vec::<u32>::new());
    let left = world.store.hold_shares("one").unwrap();
    assert_eq!((left.mine.len(), left.others), (8, vec!["two".to_owned()]));
    let taken = other.hold_shares("two").unwrap().mine;
    assert!(taken.len() == 8 && taken.iter().all(|share| !left.mine.contains(share)));
    assert_eq!(world.store.hold_shares("one").unwrap().mine, left.mine, "nothing moves any more");
    assert!(world.store.overview(&world.session).unwrap().polled);
    other.release_shares("two").unwrap();
    assert_eq!(world.store.hold_shares("one").unwrap().mine, all);
    world.store.release_shares("one").unwrap();
    assert!(world.store.pollers().unwrap().is_empty());
    assert!(!world.store.overview(&world.session).unwrap().polled);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pollers_on_one_file_ask_once_and_see_edits() {
    let world = World::new();
    let listener = std::sync::Arc::new(TcpListener::bind("0.0.0.0:0").unwrap());
    let check = format!("tcp:{}", listener.local_addr().unwrap().port());
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    std::thread::spawn({
        let (listener, asked) = (std::sync::Arc::clone(&listener), std::sync::Arc::clone(&asked));
        move || {
            for _ in listener.incoming() {
                asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            }
        }
    });
    let first = world.device("core-1", "127.0.0.1", &[("check", &check)]);
    let cancel = CancellationFlag::new();
    let other = World::open(&world.directory);
    let runs = [tokio::spawn(run(world.store.clone(), cancel.clone())), tokio::spawn(run(other, cancel.clone()))];
    let up = async |device| {
        for _ in 0..150 {
            if world.health(device) == "up" {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    };
    assert!(up(first).await);
    let before = asked.load(std::sync::atomic::Ordering::SeqCst);
    // A new device is polled within seconds; its interval is five.
    let closed = format!("tcp:{}", closed_port());
    let second = world.device("core-2", "127.0.0.2", &[("check", &closed)]);
    for _ in 0..200 {
        if world.health(second) == "down" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(world.health(second), "down");
    let asked_once = asked.load(std::sync::atomic::Ordering::SeqCst) - before;
    assert!(asked_once <= 4, "{asked_once} in under 20 s at one in five");
    // Its incident follows in a transaction of its own.
    for _ in 0..100 {
        if !world.all("incidents").is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(world.all("incidents").len(), 1);
    cancel.cancel();
    for run in runs {
        run.await.unwrap().unwrap();
    }
    assert!(world.store.pollers().unwrap().is_empty());
    // What was gathered is written when it stops.
    let filter = Resolved::All;
    assert!(
        world
            .store
            .count(&world.session, entities::find("device_logs").unwrap(), &filter, 10, Effort::Whole)
            .unwrap()
            .number
            >= 2
    );
}
