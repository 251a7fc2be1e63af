//! A clock that runs on: one program of a database has the lease, the others wait for it.

use std::time::{Duration, Instant};

use super::{Pass, Post, pass, sweep};
use crate::cancel::CancellationFlag;
use crate::domain::Id;
use crate::store::{Store, StoreError};

/// How often what is due is looked for.
pub const EVERY: Duration = Duration::from_secs(10);
/// How often room is made.
const SWEEPS_EVERY: Duration = Duration::from_secs(3_600);
/// How often the lease is renewed during a long pass.
const RENEWS_EVERY: Duration = Duration::from_secs(5);

/// Does what falls due until cancelled. While the database is away, or another program has the lease, it waits.
pub async fn run(store: Store, post: Post, cancel: CancellationFlag) {
    let mut runner = Runner { store, post, owner: owner(), swept_at: None, cancel: cancel.clone() };
    loop {
        let turn = tokio::task::spawn_blocking(move || {
            runner.turn();
            runner
        });
        runner = match turn.await {
            Ok(runner) => runner,
            Err(error) => {
                tracing::error!(%error, "the clock broke");
                return;
            }
        };
        tokio::select! {
            () = cancel.cancelled() => break,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
    let release = tokio::task::spawn_blocking(move || runner.store.release_clock(&runner.owner));
    if let Ok(Err(error)) = release.await {
        tracing::info!(%error, "the clock's lease runs out by itself");
    }
}

struct Runner {
    store: Store,
    post: Post,
    owner: String,
    swept_at: Option<Instant>,
    cancel: CancellationFlag,
}

impl Runner {
    fn turn(&mut self) {
        match self.once() {
            Ok(Some(told)) => {
                for (operation, count) in &told.done {
                    tracing::info!(operation, count, "done by the clock");
                }
                for (operation, record, why) in &told.refused {
                    tracing::warn!(operation, record, why, "due and not done");
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the clock waits for the database"),
        }
    }

    /// One pass, where the lease is this program's.
    fn once(&mut self) -> Result<Option<Pass>, StoreError> {
        if !self.store.hold_clock(&self.owner)? {
            return Ok(None);
        }
        let mut renewed = Instant::now();
        let (store, owner, cancel) = (self.store.clone(), self.owner.clone(), self.cancel.clone());
        let mut still = move || {
            if renewed.elapsed() >= RENEWS_EVERY {
                renewed = Instant::now();
                if !store.hold_clock(&owner).unwrap_or(false) {
                    return false;
                }
            }
            !cancel.is_cancelled()
        };
        let mut told = pass(&self.store, &self.post, &mut still)?;
        if self.swept_at.is_none_or(|at| at.elapsed() >= SWEEPS_EVERY) {
            self.swept_at = Some(Instant::now());
            sweep(&self.store, &mut told, &mut still)?;
        }
        Ok(Some(told))
    }
}

/// This program, as others see who has the lease.
fn owner() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host: String = crate::domain::text::clean(host.trim()).chars().take(64).collect();
    let tag = Id::new().uuid().as_u128() & 0xffff_ffff;
    format!("{} process {} ({tag:08x})", if host.is_empty() { "headend" } else { &host }, std::process::id())
}
