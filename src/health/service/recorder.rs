//! What was found goes to the store: rows for programs, lines for people, incidents for what is down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono_tz::Tz;

use super::figures::{About, Figures};
use super::roster::{Entry, Roster};
use crate::domain::health::{Health, spell};
use crate::health::Id;
use crate::health::record::{Batch, DeviceRecord, NotRecorded, Recorder};
use crate::store::health::{CheckRow, DeviceRow, Findings, Level, LogRow};
use crate::store::{Session, Store, StoreError};

/// Rows of figures that are written in one transaction, so that nobody who saves waits long.
const FIGURES_AT_ONCE: usize = 1_000;
/// Transactions of figures that one batch brings along.
const HELPINGS: usize = 5;

/// Where the poller's findings are written up: shared by the recorder and by those who change what is watched.
pub(super) struct Desk {
    store: Store,
    /// Whether figures are gathered: in a poller that runs on, not in a round.
    gathers: bool,
    book: Mutex<Book>,
}

/// What is known of the devices.
struct Book {
    sessions: Vec<Session>,
    entries: HashMap<Id, Entry>,
    figures: Figures,
    /// Incidents are to be opened or resolved.
    unsettled: bool,
}

impl Desk {
    pub(super) fn new(store: Store, roster: &Roster, gathers: bool) -> Self {
        let (sessions, entries) = (roster.sessions.clone(), roster.entries.clone());
        // What an earlier program left undone is found by looking, once.
        let book = Book { sessions, entries, figures: Figures::default(), unsettled: true };
        Self { store, gathers, book: Mutex::new(book) }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> Vec<Session> {
        self.book().sessions.clone()
    }

    /// Other devices are watched now. What is known of those that stay is kept.
    pub(super) fn take_in(&self, roster: Roster) {
        let mut book = self.book();
        let book = &mut *book;
        let tenants: Vec<Id> = book.sessions.iter().map(|session| session.tenant.id).collect();
        let place_now = |id: Id| roster.sessions.iter().position(|session| session.tenant.id == id);
        book.figures.finish(
            |device| !roster.entries.contains_key(&device),
            |device| whose(&book.entries, &book.sessions, device),
        );
        book.figures.renumber(|tenant| place_now(*tenants.get(tenant)?));
        let mut entries = roster.entries;
        for (device, entry) in &mut entries {
            if let Some(known) = book.entries.get(device) {
                (entry.health, entry.since) = (known.health, known.since);
            }
        }
        (book.entries, book.sessions) = (entries, roster.sessions);
    }

    /// Says of devices that are no longer polled that nothing is known of them.
    pub(super) fn forget_unwatched(&self) -> Result<(), StoreError> {
        self.sessions().iter().try_for_each(|session| self.store.forget_unwatched(session).map(|_| ()))
    }

    /// Opens and resolves incidents where that may be needed.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        if !self.book().unsettled {
            return Ok(());
        }
        for session in self.sessions() {
            self.store.settle_incidents(&session)?;
        }
        self.book().unsettled = false;
        Ok(())
    }

    /// Writes figures that are ready, a helping at a time.
    fn write_figures(&self, most: usize) -> Result<(), StoreError> {
        for _ in 0..most {
            let mut book = self.book();
            let Some((tenant, packs, rollups)) = book.figures.ready(FIGURES_AT_ONCE) else { return Ok(()) };
            let Some(session) = book.sessions.get(tenant).cloned() else { continue };
            drop(book);
            if let Err(error) = self.store.record_figures(&session, &packs, &rollups) {
                self.book().figures.put_back(tenant, packs, rollups);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Writes all that is gathered: the poller stops.
    pub(super) fn finish(&self) -> Result<(), StoreError> {
        let mut book = self.book();
        let open = &mut *book;
        open.figures.finish(|_| true, |device| whose(&open.entries, &open.sessions, device));
        drop(book);
        self.write_figures(usize::MAX)?;
        self.settle()
    }
}

fn whose(entries: &HashMap<Id, Entry>, sessions: &[Session], device: Id) -> Option<(usize, Tz)> {
    let tenant = entries.get(&device)?.tenant;
    Some((tenant, sessions.get(tenant)?.tenant.zone))
}

/// Writes what the engine found.
pub(super) struct StoreRecorder {
    desk: Arc<Desk>,
}

impl StoreRecorder {
    pub(super) const fn new(desk: Arc<Desk>) -> Self {
        Self { desk }
    }
}

impl Recorder for StoreRecorder {
    fn record(&mut self, batch: &Batch) -> Result<(), NotRecorded> {
        let desk = &self.desk;
        let book = desk.book();
        let (findings, news) = book.findings(batch);
        let sessions = book.sessions.clone();
        drop(book);
        for (session, findings) in sessions.iter().zip(&findings) {
            desk.store.record_findings(session, findings).map_err(|error| NotRecorded(error.to_string()))?;
        }
        let mut book = desk.book();
        book.learn(&news);
        if desk.gathers {
            book.gather(batch);
        }
        drop(book);
        // What follows is made up for with the next batch where it fails: the states themselves are safe.
        if let Err(error) = desk.settle() {
            tracing::warn!(%error, "incidents are not up to date");
        }
        if let Err(error) = desk.write_figures(HELPINGS) {
            tracing::warn!(%error, "figures are kept to be written again");
        }
        Ok(())
    }
}

/// Changes of health in a batch, in their order.
type News = Vec<(Id, Health, crate::domain::time::Instant)>;

impl Book {
    /// A batch as rows, by tenant. Devices that are no longer watched are left out.
    fn findings(&self, batch: &Batch) -> (Vec<Findings>, News) {
        let mut all: Vec<Findings> = self.sessions.iter().map(|_| Findings::default()).collect();
        let whose = |device: Id| self.entries.get(&device).map(|entry| entry.tenant);
        for record in &batch.checks {
            if let Some(findings) = whose(record.device).and_then(|tenant| all.get_mut(tenant)) {
                findings.checks.push(CheckRow { check: record.check, state: record.state.clone(), at: record.at });
            }
        }
        // Later lines of a batch build on what the earlier ones say.
        let mut news = News::new();
        let mut latest: HashMap<Id, (Health, crate::domain::time::Instant)> = HashMap::new();
        for record in batch.devices.iter().filter(|record| record.is_change()) {
            latest.insert(record.device, (record.to, record.since));
        }
        let mut before: HashMap<Id, crate::domain::time::Instant> = HashMap::new();
        for record in &batch.devices {
            let Some(entry) = self.entries.get(&record.device) else { continue };
            let Some(findings) = all.get_mut(entry.tenant) else { continue };
            let changed = record.is_change();
            findings.devices.push(DeviceRow {
                device: record.device,
                changed,
                since: record.since,
                verdict: record.verdict.clone(),
                at: record.at,
            });
            if changed {
                let since = before.insert(record.device, record.since).unwrap_or(entry.since);
                let lasted = record.since - since;
                let (level, message) = self.line(record, entry, lasted, &latest);
                findings.logs.push(LogRow { device: record.device, level, message, at: record.at });
                news.push((record.device, record.to, record.since));
            }
        }
        (all, news)
    }

    /// What became of a device, in words. `lasted`: how long what was before has lasted.
    fn line(
        &self,
        record: &DeviceRecord,
        entry: &Entry,
        lasted: chrono::TimeDelta,
        latest: &HashMap<Id, (Health, crate::domain::time::Instant)>,
    ) -> (Level, String) {
        let verdict = &record.verdict;
        let because = |what: &str| {
            if verdict.message.is_empty() { what.to_owned() } else { format!("{what}: {}", verdict.message) }
        };
        match record.to {
            Health::Up | Health::Degraded => {
                let level = if record.to == Health::Up { Level::Info } else { Level::Warning };
                let what = match record.from {
                    Health::Down | Health::Unreachable | Health::Degraded | Health::Flapping => {
                        format!("{} after {}", record.to, spell(lasted))
                    }
                    Health::Maintenance => format!("{} after maintenance", record.to),
                    Health::Unknown | Health::Up => record.to.to_string(),
                };
                (level, because(&what))
            }
            Health::Down => match entry.pings {
                Some(1) if verdict.message == "no answer" => (Level::Error, "down: no answer to a ping".to_owned()),
                Some(pings) if verdict.message == "no answer" => {
                    (Level::Error, format!("down: no answer to {pings} pings"))
                }
                _ => (Level::Error, because("down")),
            },
            Health::Unreachable => {
                let parent = self.root_of(record.device, latest).unwrap_or("what it is reached through");
                (Level::Warning, format!("unreachable because of {parent}"))
            }
            Health::Flapping => {
                (Level::Warning, format!("flapping: {:.0} % of its latest results changed", verdict.flap_percent))
            }
            Health::Maintenance => (Level::System, "maintenance begins".to_owned()),
            Health::Unknown => (Level::System, because("unknown")),
        }
    }

    /// The device that an unreachable one is cut off by: the nearest above it that is down itself.
    fn root_of(&self, device: Id, latest: &HashMap<Id, (Health, crate::domain::time::Instant)>) -> Option<&str> {
        let mut nearest = None;
        let mut at = self.entries.get(&device)?.parent;
        for _ in 0..64 {
            let Some(parent) = at else { break };
            let Some(entry) = self.entries.get(&parent) else { break };
            nearest = nearest.or(Some(&*entry.name));
            if latest.get(&parent).map_or(entry.health, |(health, _)| *health) == Health::Down {
                return Some(&entry.name);
            }
            at = entry.parent;
        }
        nearest
    }

    fn learn(&mut self, news: &News) {
        for (device, health, since) in news {
            if let Some(entry) = self.entries.get_mut(device) {
                let matters = |health| matches!(health, Health::Down | Health::Up | Health::Degraded);
                self.unsettled |= matters(*health) && entry.health != Health::Unknown || *health == Health::Down;
                (entry.health, entry.since) = (*health, *since);
            }
        }
    }

    fn gather(&mut self, batch: &Batch) {
        for figure in &batch.figures {
            let Some(entry) = self.entries.get(&figure.device) else { continue };
            let Some(session) = self.sessions.get(entry.tenant) else { continue };
            let about = About {
                tenant: entry.tenant,
                zone: session.tenant.zone,
                health: entry.health,
                patience: entry.patience,
            };
            self.figures.take_in(figure, about);
        }
    }
}
