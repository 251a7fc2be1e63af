//! The poller on a database: one round, a poller that runs until it is stopped, one device checked now.
//!
//! * [`roster`]: the devices of every tenant as targets, and what the log needs to know of them;
//! * [`recorder`]: what was found goes to the store, in words where people read it;
//! * [`figures`]: results gathered until there is a row's worth of them;
//! * [`watch`]: a poller that runs on, with leases, reloads and a database that may go away.

mod figures;
mod recorder;
mod roster;
mod watch;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::Id;
use super::cancel::CancellationFlag;
use super::engine::{Engine, Settings, SystemClock};
use super::fleet::Tally;
use super::probes::{Probe, ProbeKind, Prober as _, Probes, icmp};
use super::record::NotRecorded;
use crate::domain::health::{Outcome, ProbeResult};
use crate::store::{Session, Store, StoreError};

pub use super::probes::icmp::{Denied, Permission, permission};
pub use watch::run;

use recorder::{Desk, StoreRecorder};
use roster::Roster;

/// What ends a poller.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    /// The database says so.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// What was found could not be written.
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
    /// The poller itself could not be started.
    #[error("the poller could not be started: {0}")]
    NotStarted(#[from] std::io::Error),
}

/// How a round over all tenants ended. As text: `polled 3 checks on 2 devices in 0.4 s: 1 up, 0 degraded, 1 down,
/// 0 unreachable, 0 unknown`, and behind it those that flap or are under maintenance where there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoundSummary {
    /// Devices by health.
    pub tally: Tally,
    /// From the first probe to the last verdict and its record.
    pub wall: Duration,
    /// Whether it was stopped before every verdict was hard.
    pub cancelled: bool,
    /// Programs that poll the same database at this time: the round was made all the same.
    pub other_pollers: Vec<String>,
}

impl fmt::Display for RoundSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { checks, devices, up, degraded, down, unreachable, unknown, flapping, maintenance } = self.tally;
        write!(
            f,
            "polled {checks} checks on {devices} devices in {:.1} s: {up} up, {degraded} degraded, {down} down, \
             {unreachable} unreachable, {unknown} unknown",
            self.wall.as_secs_f64()
        )?;
        if flapping > 0 {
            write!(f, ", {flapping} flapping")?;
        }
        if maintenance > 0 {
            write!(f, ", {maintenance} under maintenance")?;
        }
        Ok(())
    }
}

/// Rounds over all tenants, one when asked for. What one round saw is known to the next.
///
/// A round writes states, changes and what follows from them. Its figures are not summed up: a look now and then covers
/// no stretch of time.
pub struct Rounds {
    engine: Engine<Probes, StoreRecorder>,
    desk: Arc<Desk>,
    store: Store,
}

impl Rounds {
    /// Reads what is to be watched.
    ///
    /// # Errors
    /// What the database says.
    pub fn open(store: &Store, pace: icmp::Settings) -> Result<Self, StoreError> {
        let roster = Roster::load(store, None)?;
        let desk = Arc::new(Desk::new(store.clone(), &roster, false));
        let recorder = StoreRecorder::new(Arc::clone(&desk));
        let settings = Settings::default();
        let engine = Engine::new(Arc::new(Probes::new(pace)), recorder, SystemClock, settings, roster.into_targets());
        desk.forget_unwatched()?;
        Ok(Self { engine, desk, store: store.clone() })
    }

    /// Carries every enabled check to a hard verdict and writes what was found. Runs inside a tokio runtime.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn round(&mut self, cancel: &CancellationFlag) -> Result<RoundSummary, PollError> {
        let round = self.engine.once(cancel).await?;
        // Incidents that could not be settled at once are tried once more, and what stands in their way is told.
        let desk = Arc::clone(&self.desk);
        let store = self.store.clone();
        let work = move || desk.settle().and_then(|()| store.pollers());
        let other_pollers = match tokio::task::spawn_blocking(work).await {
            Ok(outcome) => outcome?,
            Err(error) => return Err(NotRecorded(format!("the recorder ended: {error}")).into()),
        };
        Ok(RoundSummary { tally: round.tally, wall: round.wall, cancelled: round.cancelled, other_pollers })
    }
}

/// One round over all tenants: every enabled check to a hard verdict, its retries a timeout apart.
///
/// # Errors
/// What the database says, or that what was found could not be written.
pub fn once(store: &Store, cancel: &CancellationFlag) -> Result<RoundSummary, PollError> {
    let mut rounds = Rounds::open(store, icmp::Settings::default())?;
    on_a_runtime(async { rounds.round(cancel).await })?
}

/// Runs a future on a runtime of its own, on a thread of its own: whoever calls may be inside one already.
fn on_a_runtime<T: Send>(work: impl Future<Output = T> + Send) -> Result<T, std::io::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::scope(|scope| scope.spawn(|| runtime.block_on(work)).join())
        .map_err(|_| std::io::Error::other("it ended before it was done"))
}

/// Probes every enabled check of a device now, whatever its status, and tells what was sent and what came, a line a
/// check. Nothing is recorded.
///
/// # Errors
/// When the session may not read devices, does not see this one, or the database says so.
pub fn check_device(store: &Store, session: &Session, device: Id) -> Result<String, StoreError> {
    session.require("devices.read")?;
    let watched =
        store.watched_device(session, device)?.ok_or_else(|| StoreError::not_found("device", device.to_string()))?;
    let checks = roster::checks_of(&watched);
    if checks.is_empty() {
        return Ok(format!("{} has no checks: nothing was sent", watched.name));
    }
    let probes: Vec<Probe> = (0u64..)
        .zip(&checks)
        .map(|(key, check)| Probe {
            key,
            kind: check.kind.clone(),
            address: check.address,
            timeout: check.timeout,
            packets: check.packets,
        })
        .collect();
    let (answers, mut incoming) = mpsc::unbounded_channel();
    let asked = probes.clone();
    let heard = on_a_runtime(async move {
        let prober = Probes::default();
        prober.probe(asked, answers).await;
        let mut heard = Vec::new();
        while let Some(batch) = incoming.recv().await {
            heard.extend(batch);
        }
        heard
    })
    .map_err(|error| StoreError::refused(format!("the checks could not be run: {error}")))?;
    let lines = probes.iter().map(|probe| {
        let result = heard.iter().find(|answer| answer.key == probe.key).map(|answer| &answer.result);
        told(probe, result.unwrap_or(&ProbeResult::unsent("the probe brought nothing back")))
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// `icmp 127.0.1.7: answered in 0.21 ms`
fn told(probe: &Probe, result: &ProbeResult) -> String {
    let asked = match &probe.kind {
        ProbeKind::Icmp if probe.packets > 1 => format!("icmp {} ({} echoes)", probe.address, probe.packets),
        ProbeKind::Icmp => format!("icmp {}", probe.address),
        ProbeKind::Tcp { port } => format!("tcp {}", std::net::SocketAddr::new(probe.address, *port)),
        ProbeKind::Snmp => format!("snmp {}", probe.address),
        ProbeKind::Http { url } => url.clone(),
        ProbeKind::Nothing { why } => return format!("nothing was sent: {why}"),
    };
    let verb = if matches!(probe.kind, ProbeKind::Tcp { .. }) { "connected" } else { "answered" };
    let came = match (result.outcome, result.latency_us) {
        (Outcome::Up, Some(latency)) => {
            let lost = result
                .loss_percent
                .filter(|loss| *loss > 0)
                .map_or_else(String::new, |loss| format!(", {loss} % lost"));
            format!("{verb} in {:.2} ms{lost}", f64::from(latency) / 1_000.0)
        }
        (Outcome::Up, None) => verb.to_owned(),
        (Outcome::Down, _) if result.message == "no answer" => format!("no answer within {:?}", probe.timeout),
        (Outcome::Unsent, _) => format!("not sent: {}", result.message),
        _ => result.message.to_string(),
    };
    format!("{asked}: {came}")
}

#[cfg(test)]
mod tests;
