#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use super::*;
use crate::domain::health::{CheckPolicy, CheckState, Health, ProbeResult};
use crate::health::probes::{Answers, Probe, ProbeKind, Probes};
use crate::health::target::Check;

/// A clock that stands still until somebody sleeps: then the time slept has passed.
#[derive(Clone, Default)]
struct HandClock {
    millis: Arc<AtomicI64>,
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + self.millis.load(Ordering::SeqCst)).unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        // Let whatever can run without time passing run first.
        for _ in 0..50 {
            task::yield_now().await;
        }
        self.millis.fetch_add(i64::try_from(duration.as_millis()).unwrap().max(1), Ordering::SeqCst);
    }
}

/// Answers at once for all that are not silent.
#[derive(Default)]
struct FakeProber {
    silent: Mutex<HashSet<IpAddr>>,
    /// Loses the answers of its first batches.
    loses: AtomicUsize,
    batches: Mutex<Vec<usize>>,
}

impl Prober for FakeProber {
    async fn probe(&self, batch: Vec<Probe>, answers: Answers) {
        self.batches.lock().unwrap().push(batch.len());
        if self.loses.load(Ordering::SeqCst) > 0 {
            self.loses.fetch_sub(1, Ordering::SeqCst);
            panic!("a prober that fails");
        }
        let silent = self.silent.lock().unwrap().clone();
        let result = |probe: &Probe| {
            if silent.contains(&probe.address) { ProbeResult::down("no answer") } else { ProbeResult::up(500) }
        };
        let _ = answers.send(batch.iter().map(|probe| Answer { key: probe.key, result: result(probe) }).collect());
    }
}

/// Keeps what it is given; fails the first times.
#[derive(Clone, Default)]
struct Kept {
    batches: Arc<Mutex<Vec<Batch>>>,
    fails: Arc<AtomicUsize>,
}

impl Recorder for Kept {
    fn record(&mut self, batch: &Batch) -> Result<(), NotRecorded> {
        if self.fails.load(Ordering::SeqCst) > 0 {
            self.fails.fetch_sub(1, Ordering::SeqCst);
            return Err(NotRecorded("the database is away".to_owned()));
        }
        self.batches.lock().unwrap().push(batch.clone());
        Ok(())
    }
}

impl Kept {
    fn changes(&self) -> Vec<(u128, Health)> {
        let batches = self.batches.lock().unwrap();
        let devices = batches.iter().flat_map(|batch| &batch.devices).filter(|record| record.is_change());
        devices.map(|record| (record.device.as_u128(), record.to)).collect()
    }

    fn figures(&self) -> usize {
        self.batches.lock().unwrap().iter().map(|batch| batch.figures.len()).sum()
    }
}

fn target(number: u32, parent: Option<u32>, kind: ProbeKind, address: IpAddr) -> Target {
    let check = Check {
        id: Id::from_u128(u128::from(number) + 1_000_000),
        kind,
        address,
        timeout: Duration::from_secs(1),
        packets: 1,
        policy: CheckPolicy::default(),
        state: CheckState::default(),
        recorded_at: None,
    };
    Target {
        device: Id::from_u128(u128::from(number)),
        parents: parent.into_iter().map(|parent| Id::from_u128(u128::from(parent))).collect(),
        windows: Vec::new(),
        health: Health::Unknown,
        since: DateTime::UNIX_EPOCH,
        recorded_at: None,
        checks: vec![check],
    }
}

fn address(number: u32) -> IpAddr {
    IpAddr::from((0x0a00_0000 + number).to_be_bytes())
}

fn icmp(number: u32, parent: Option<u32>) -> Target {
    target(number, parent, ProbeKind::Icmp, address(number))
}

fn engine(targets: Vec<Target>) -> (Engine<FakeProber, Kept, HandClock>, Kept, HandClock) {
    let (kept, clock) = (Kept::default(), HandClock::default());
    let engine =
        Engine::new(Arc::new(FakeProber::default()), kept.clone(), clock.clone(), Settings::default(), targets);
    (engine, kept, clock)
}

#[tokio::test]
async fn a_round() {
    let mut targets = vec![icmp(0, None)];
    targets.extend((1..10_000).map(|number| icmp(number, Some(0))));
    let (mut engine, kept, clock) = engine(targets);
    engine.prober.silent.lock().unwrap().extend((9_000..10_000).map(address));
    let cancel = CancellationFlag::new();
    let summary = engine.once(&cancel).await.unwrap();
    let tally = summary.tally;
    assert_eq!(
        (tally.checks, tally.devices, tally.up, tally.down, tally.unreachable),
        (10_000, 10_000, 9_000, 1_000, 0)
    );
    assert!(!summary.cancelled);
    assert_eq!(engine.prober.batches.lock().unwrap()[0], 10_000, "all due at once go as one batch");
    assert_eq!((kept.changes().len(), kept.figures()), (10_000, 12_000 + parents_asked(&engine)));
    assert!(clock.millis.load(Ordering::SeqCst) < 10_000, "a timeout apart, not a retry interval");
    // The parent is silent now, and everything below it.
    engine.prober.silent.lock().unwrap().extend((0..10_000).map(address));
    let summary = engine.once(&cancel).await.unwrap();
    assert_eq!((summary.tally.down, summary.tally.unreachable), (1, 9_999));
}

/// Probes beyond each check's own three: parents asked before their children are called down.
fn parents_asked(engine: &Engine<FakeProber, Kept, HandClock>) -> usize {
    engine.prober.batches.lock().unwrap().iter().sum::<usize>() - 12_000
}

#[tokio::test]
async fn watching_until_cancelled() {
    let (mut engine, kept, clock) = engine((0..100).map(|number| icmp(number, None)).collect());
    let (handle, cancel) = (engine.handle(), CancellationFlag::new());
    let prober = Arc::clone(&engine.prober);
    let watched = cancel.clone();
    let running = tokio::spawn(async move { engine.run(&watched).await.map(|()| engine) });
    let until = async |minutes: i64| {
        while clock.millis.load(Ordering::SeqCst) < minutes * 60_000 {
            task::yield_now().await;
        }
    };
    until(6).await;
    prober.silent.lock().unwrap().insert(address(7));
    until(16).await;
    let look = handle.look(vec![Id::from_u128(7), Id::from_u128(8)]).await;
    assert_eq!((look[0].health, look[1].health), (Health::Down, Health::Up));
    prober.silent.lock().unwrap().clear();
    handle.check_now(Id::from_u128(7));
    assert_eq!(handle.look(vec![Id::from_u128(7)]).await.len(), 1);
    let now = clock.millis.load(Ordering::SeqCst) / 60_000;
    until(now + 1).await;
    assert_eq!(handle.look(vec![Id::from_u128(7)]).await[0].health, Health::Up);
    handle.update_targets(vec![icmp(8, None)]);
    assert!(handle.look(vec![Id::from_u128(7)]).await.is_empty());
    cancel.cancel();
    let engine = running.await.unwrap().unwrap();
    assert_eq!(engine.tally().devices, 1);
    let of_seven: Vec<_> = kept.changes().into_iter().filter(|(device, _)| *device == 7).map(|(_, to)| to).collect();
    assert_eq!(of_seven, [Health::Up, Health::Down, Health::Up]);
    assert_eq!(kept.batches.lock().unwrap().iter().filter(|batch| batch.is_empty()).count(), 0);
}

#[tokio::test]
async fn a_recorder_that_is_away_for_a_while_loses_nothing() {
    let (mut engine, kept, _) = engine((0..50).map(|number| icmp(number, None)).collect());
    kept.fails.store(2, Ordering::SeqCst);
    engine.once(&CancellationFlag::new()).await.unwrap();
    assert_eq!((kept.changes().len(), kept.figures()), (50, 50));
    assert_eq!(engine.failed(), None);
    // Away for good: said, and kept for the next try.
    engine.prober.silent.lock().unwrap().extend((0..50).map(address));
    kept.fails.store(usize::MAX, Ordering::SeqCst);
    let error = engine.once(&CancellationFlag::new()).await.unwrap_err();
    assert_eq!(error.to_string(), "the poller's results could not be written: the database is away");
    kept.fails.store(0, Ordering::SeqCst);
    engine.once(&CancellationFlag::new()).await.unwrap();
    assert_eq!(kept.changes().len(), 100);
}

#[tokio::test]
async fn a_prober_that_fails_is_not_a_device_that_is_down() {
    let (mut engine, kept, _) = engine((0..50).map(|number| icmp(number, None)).collect());
    engine.prober.loses.store(1, Ordering::SeqCst);
    let summary = engine.once(&CancellationFlag::new()).await.unwrap();
    assert_eq!((summary.tally.unknown, summary.tally.down, kept.changes().len()), (50, 0, 0));
}

#[tokio::test]
async fn cancelled_before_it_began() {
    let (mut engine, _, _) = engine(vec![icmp(1, None)]);
    let cancel = CancellationFlag::new();
    cancel.cancel();
    let summary = engine.once(&cancel).await.unwrap();
    assert!(summary.cancelled);
    assert_eq!(summary.tally.unknown, 1);
}

/// The real thing: loopback, one listener, one closed port, and a kind that is not run.
#[tokio::test]
async fn a_real_round() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let here = IpAddr::from([127, 0, 0, 1]);
    let targets = vec![
        target(1, None, ProbeKind::Tcp { port: listener.local_addr().unwrap().port() }, here),
        target(2, Some(1), ProbeKind::Tcp { port: closed }, here),
        target(3, None, ProbeKind::Snmp, here),
    ];
    let targets = targets.into_iter().map(|mut target| {
        target.checks[0].timeout = Duration::from_millis(200);
        target
    });
    let targets = targets.collect();
    let kept = Kept::default();
    let mut engine = Engine::new(Arc::new(Probes::default()), kept.clone(), SystemClock, Settings::default(), targets);
    let tally = engine.once(&CancellationFlag::new()).await.unwrap().tally;
    assert_eq!((tally.up, tally.down, tally.unknown), (1, 1, 1));
    let look = engine.fleet.look(&[Id::from_u128(2), Id::from_u128(3)]);
    assert_eq!(look[0].verdict.message, "connection refused");
    assert_eq!(look[1].checks[0].1.message, "this version does not run snmp checks");
}
