//! A poller that runs on: leases held, targets reloaded when they change, a database that may go away and come back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::health::Id;
use crate::health::cancel::CancellationFlag;
use crate::health::engine::{Engine, Handle, Settings, SystemClock};
use crate::health::probes::Probes;
use crate::health::target::Target;
use crate::store::error::Failure;
use crate::store::health::Revision;
use crate::store::{Session, Store, StoreError};

use super::PollError;
use super::recorder::{Desk, StoreRecorder};
use super::roster::Roster;

/// How often it looks whether anything it watches has changed.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// How often leases are renewed: a third of what they last.
const RENEWS_EVERY: Duration = Duration::from_secs(5);
/// How often everything is read anew though nothing seems to have changed: tenants come and go, names move.
const RELOADS_EVERY: Duration = Duration::from_secs(300);
/// A reload waits until so many times what the last one took has passed: an import must not keep it reading.
const REST: u32 = 10;
const BACKOFF: Duration = Duration::from_secs(1);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Polls the devices of every tenant until cancelled: those of its shares, where other programs poll the same database.
///
/// While the database is away it goes on polling what it knows, keeps what it finds and writes it when the database is
/// back.
///
/// # Errors
/// When the database cannot be used at all (not when it is only away), or what was found last could not be written.
pub async fn run(store: Store, cancel: CancellationFlag) -> Result<(), PollError> {
    let mut watch = Watch::new(store.clone());
    let mut backoff = BACKOFF;
    let (desk, targets) = loop {
        let (opened, result) = blocking(watch, Watch::open).await?;
        watch = opened;
        match result {
            Ok(opened) => break opened,
            Err(error) if is_passing(&error) => {
                tracing::warn!(%error, "the poller waits for the database");
                tokio::select! {
                    () = cancel.cancelled() => return Ok(()),
                    () = tokio::time::sleep(backoff) => {}
                }
                backoff = (backoff * 2).min(LONGEST_BACKOFF);
            }
            Err(error) => return Err(error.into()),
        }
    };
    let recorder = StoreRecorder::new(Arc::clone(&desk));
    let settings = Settings { seed: watch.seed, ..Settings::default() };
    let owner = watch.owner.clone();
    let mut engine = Engine::new(Arc::new(Probes::default()), recorder, SystemClock, settings, targets);
    let watching = tokio::spawn(keep_watch(watch, Arc::clone(&desk), engine.handle(), cancel.clone()));
    let polled = engine.run(&cancel).await;
    // No lease is taken any more once this has ended.
    let _ = watching.await;
    let (store, ended) = blocking(store, move |store| {
        let written = desk.finish();
        let released = store.release_shares(&owner);
        written.and(released)
    })
    .await?;
    drop(store);
    polled?;
    Ok(ended?)
}

/// Whether an error is of the kind that goes away by itself.
fn is_passing(error: &StoreError) -> bool {
    matches!(error.failure(), Failure::Unreachable(_) | Failure::Busy | Failure::Timeout)
}

/// Runs what blocks on a thread that may.
async fn blocking<S: Send + 'static, T: Send + 'static>(
    mut state: S,
    work: impl FnOnce(&mut S) -> T + Send + 'static,
) -> Result<(S, T), PollError> {
    let work = tokio::task::spawn_blocking(move || {
        let result = work(&mut state);
        (state, result)
    });
    work.await.map_err(|error| PollError::NotStarted(std::io::Error::other(error)))
}

/// Looks at the database in turns.
struct Watch {
    store: Store,
    owner: String,
    seed: u64,
    shares: Vec<u32>,
    revisions: Vec<(Session, Revision)>,
    renewed_at: Instant,
    loaded_at: Instant,
    loading_took: Duration,
    /// What is watched has changed and is not read yet.
    is_stale: bool,
    /// Some devices may no longer be polled by anybody.
    was_told: bool,
}

impl Watch {
    fn new(store: Store) -> Self {
        let id = Id::new();
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host: String = crate::domain::text::clean(host.trim()).chars().take(64).collect();
        let tag = format!("{:08x}", id.as_u128() & 0xffff_ffff);
        let owner =
            format!("{} process {} ({tag})", if host.is_empty() { "headend" } else { &host }, std::process::id());
        #[allow(clippy::cast_possible_truncation)]
        let seed = id.as_u128() as u64;
        let now = Instant::now();
        Self {
            store,
            owner,
            seed,
            shares: Vec::new(),
            revisions: Vec::new(),
            renewed_at: now,
            loaded_at: now,
            loading_took: Duration::ZERO,
            is_stale: false,
            was_told: false,
        }
    }

    fn open(&mut self) -> Result<(Arc<Desk>, Vec<Target>), StoreError> {
        self.shares = self.store.hold_shares(&self.owner)?.mine;
        self.renewed_at = Instant::now();
        let (roster, targets) = self.load()?;
        let desk = Desk::new(self.store.clone(), &roster, true);
        desk.forget_unwatched()?;
        Ok((Arc::new(desk), targets))
    }

    fn load(&mut self) -> Result<(Roster, Vec<Target>), StoreError> {
        let begun = Instant::now();
        let roster = Roster::load(&self.store, Some(&self.shares))?;
        self.revisions = roster.sessions.iter().cloned().zip(roster.revisions.iter().copied()).collect();
        (self.loaded_at, self.loading_took, self.is_stale) = (Instant::now(), begun.elapsed(), false);
        Ok(roster.split())
    }

    /// One turn: leases, changes, and what is watched from now on where it is something else.
    fn turn(&mut self, desk: &Desk) -> Result<Option<Vec<Target>>, StoreError> {
        if self.renewed_at.elapsed() >= RENEWS_EVERY {
            let shares = self.store.hold_shares(&self.owner)?;
            self.renewed_at = Instant::now();
            if shares.mine != self.shares {
                tracing::info!(shares = shares.mine.len(), others = shares.others.len(), "the shares were dealt anew");
                self.shares = shares.mine;
                self.is_stale = true;
                self.loading_took = Duration::ZERO;
            }
        }
        for (session, revision) in &mut self.revisions {
            let (changed, now) = self.store.watch_changed(session, *revision)?;
            *revision = now;
            self.is_stale |= changed;
            self.was_told |= changed;
        }
        let is_due = self.is_stale || self.loaded_at.elapsed() >= RELOADS_EVERY;
        if !is_due || self.loaded_at.elapsed() < self.loading_took * REST {
            return Ok(None);
        }
        let (roster, targets) = self.load()?;
        desk.take_in(roster);
        if std::mem::take(&mut self.was_told) {
            desk.forget_unwatched()?;
        }
        Ok(Some(targets))
    }
}

/// Takes turns until cancelled; a turn that fails is tried again, a little later each time.
async fn keep_watch(mut watch: Watch, desk: Arc<Desk>, engine: Handle, cancel: CancellationFlag) {
    let mut pause = LOOKS_EVERY;
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        let desk = Arc::clone(&desk);
        let Ok((back, turned)) = blocking(watch, move |watch| watch.turn(&desk)).await else { return };
        watch = back;
        match turned {
            Ok(targets) => {
                pause = LOOKS_EVERY;
                if let Some(targets) = targets {
                    engine.update_targets(targets);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the poller goes on with what it knows");
                // Leases are renewed as soon as the database answers: waiting much longer would lose them.
                pause = (pause * 2).min(RENEWS_EVERY);
            }
        }
    }
}
