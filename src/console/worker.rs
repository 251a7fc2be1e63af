//! Answers questions in the background: each on a blocking thread, in the session of who is logged
//! in, its answer sent back with its number.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::drafts::Drafts;
use super::list_memory::LeftList;
use super::message::{Message, Number, Question, Reply};
use super::past_lines::PastLinesFile;
use super::performed;
use super::related::related;
use super::screens::history::MOST_EVENTS;
use super::settings::FirstRun;
use crate::health;
use crate::store::list::Effort;
use crate::store::saved_views::SAVED_VIEWS;
use crate::store::{Failure, Options, Session, Store, StoreError, Target, setup};

/// How often something that runs says how far it is.
const PROGRESS: Duration = Duration::from_millis(150);
/// Hits of each kind that find shows.
const HITS_OF_EACH: usize = 6;
/// Records of each group that waits.
pub const WAITING_OF_EACH: usize = 20;
/// Rows of a panel of the dashboard.
pub const PANEL_ROWS: usize = 12;

/// What every answer is made from.
#[derive(Clone)]
pub struct Worker {
    target: Target,
    store: Arc<RwLock<Option<Store>>>,
    session: Arc<RwLock<Option<Session>>>,
    first_run: Arc<Option<FirstRun>>,
    drafts: Drafts,
    past_lines: PastLinesFile,
    replies: UnboundedSender<Message>,
    /// What runs and can be stopped.
    running: Arc<Mutex<HashMap<Number, Arc<AtomicBool>>>>,
}

impl Worker {
    pub fn new(
        target: Target,
        store: Option<Store>,
        first_run: Option<FirstRun>,
        drafts: Drafts,
        past_lines: PastLinesFile,
        replies: UnboundedSender<Message>,
    ) -> Self {
        Self {
            target,
            store: Arc::new(RwLock::new(store)),
            session: Arc::new(RwLock::new(None)),
            first_run: Arc::new(first_run),
            drafts,
            past_lines,
            replies,
            running: Arc::default(),
        }
    }

    /// Questions are asked in this session from now on.
    pub fn set_session(&self, session: Option<Session>) {
        *self.session.write().unwrap_or_else(std::sync::PoisonError::into_inner) = session;
    }

    #[must_use]
    pub fn store(&self) -> Option<Store> {
        self.store.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn need_store(&self) -> Result<Store, StoreError> {
        self.store().ok_or_else(|| StoreError::failed(Failure::Missing(self.target.to_string())))
    }

    fn need(&self) -> Result<(Store, Session), StoreError> {
        let session = self.session.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let session = session.ok_or_else(|| StoreError::failed(Failure::NotLoggedIn("log in first".into())))?;
        Ok((self.need_store()?, session))
    }

    /// Answers a question, later.
    pub fn ask(&self, number: Number, question: Question) {
        let worker = self.clone();
        tokio::task::spawn_blocking(move || {
            let reply = worker.answer(number, question);
            // Nobody is there to hear it when the console has ended.
            let _ = worker.replies.send(Message::Reply(number, reply));
        });
    }

    /// What this question began is to stop, if it can.
    pub fn stop(&self, number: Number) {
        let running = self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(stop) = running.get(&number) {
            stop.store(true, Ordering::Relaxed);
        }
    }

    fn begin(&self, number: Number) -> Arc<AtomicBool> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut running = self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        running.insert(number, Arc::clone(&stop));
        stop
    }

    fn end(&self, number: Number) {
        self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&number);
    }

    /// Runs what takes long: it says how far it is, and is told whether to go on.
    fn stoppable<T>(
        &self,
        number: Number,
        run: impl FnOnce(&Store, &Session, &mut dyn FnMut(u64, u64) -> bool) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let stop = self.begin(number);
        let mut told = Instant::now();
        let outcome = self.need().and_then(|(store, session)| {
            run(&store, &session, &mut |done, total| {
                if told.elapsed() >= PROGRESS {
                    told = Instant::now();
                    let _ = self.replies.send(Message::Reply(number, Reply::Progress(done, total)));
                }
                !stop.load(Ordering::Relaxed)
            })
        });
        self.end(number);
        outcome
    }

    fn answer(&self, number: Number, question: Question) -> Reply {
        match question {
            Question::Found(founding) => Reply::Founded(self.found(&founding)),
            Question::LogIn(credentials) => {
                Reply::LoggedIn(self.need_store().and_then(|store| store.log_in(&credentials)).map(Box::new))
            }
            Question::Unlock(password) => {
                Reply::Unlocked(self.need().and_then(|(store, session)| store.check_own_password(&session, &password)))
            }
            Question::ChangePassword { old, new } => Reply::PasswordChanged(
                self.need().and_then(|(store, session)| store.change_own_password(&session, &old, &new)),
            ),
            Question::LogOut => {
                // A login that cannot be ended now ends by itself.
                let _ = self.need().and_then(|(store, session)| store.log_out(&session));
                Reply::LoggedOut
            }
            Question::List(request) => {
                Reply::Page(self.need().and_then(|(store, session)| store.list(&session, &request)))
            }
            Question::Count { entity, filter, cap } => Reply::Count(
                self.need().and_then(|(store, session)| store.count(&session, entity, &filter, cap, Effort::GLANCE)),
            ),
            Question::Mark { entity, filter } => {
                let outcome = self.stoppable(number, |store, session, going| {
                    store.mark(session, entity, &filter, &mut |looked| going(looked, 0))
                });
                Reply::Marked(outcome)
            }
            Question::States { entity, marked } => {
                Reply::States(self.need().and_then(|(store, session)| store.states_of(&session, entity, &marked)))
            }
            Question::ForeseeUndo(operation) => {
                Reply::Foreseen(self.need().and_then(|(store, session)| store.foresee_undo(&session, operation)))
            }
            Question::Foresee(request) => {
                Reply::Foreseen(self.need().and_then(|(store, session)| store.foresee(&session, &request)))
            }
            Question::Rehearse { operations, aims } => {
                Reply::Rehearsed(self.need().and_then(|(store, session)| store.rehearse(&session, &operations, &aims)))
            }
            Question::Get { entity, id } => {
                Reply::Record(self.need().and_then(|(store, session)| store.get(&session, entity, id)))
            }
            Question::Related { entity, id } => {
                Reply::Related(self.need().and_then(|(store, session)| related(&store, &session, entity, id)))
            }
            Question::History { entity, id } => Reply::History(
                self.need().and_then(|(store, session)| store.history(&session, entity, id, MOST_EVENTS)),
            ),
            Question::Find(text) => {
                Reply::Found(self.need().and_then(|(store, session)| store.find(&session, &text, HITS_OF_EACH)))
            }
            Question::Values { entity, field, typed } => {
                Reply::Values(self.need().and_then(|(store, session)| match entity.field(field) {
                    Some(field) => store.values_of(&session, entity, field, &typed, 12),
                    None => Ok(Vec::new()),
                }))
            }
            Question::Perform(request) => Reply::Done(self.stoppable(number, |store, session, going| {
                performed::perform(store, session, &request, &mut |done, total| going(done, total))
            })),
            Question::CheckField { entity, field, value, own } => Reply::FieldChecked(
                self.need().and_then(|(store, session)| store.check_field(&session, entity, field, &value, own)),
            ),
            Question::Reveal { entity, id, field, password } => Reply::Revealed(
                self.need().and_then(|(store, session)| store.reveal(&session, entity, id, field, &password)),
            ),
            Question::LastOperation { redo } => Reply::LastOperation(self.need().and_then(|(store, session)| {
                if redo { store.last_redoable(&session) } else { store.last_undoable(&session) }
            })),
            Question::Operation(id) => {
                Reply::LastOperation(self.need().and_then(|(store, session)| store.undoable(&session, id).map(Some)))
            }
            Question::Watch { entity, id, title } => Reply::Watched(
                self.need().and_then(|(store, session)| store.watch_or_not(&session, entity, id, &title)),
            ),
            Question::WatchedChanges(since) => {
                Reply::WatchedChanges(self.need().and_then(|(store, session)| store.watched_changes(&session, since)))
            }
            Question::Seen { entity, id } => {
                Reply::Seen(self.need().and_then(|(store, session)| store.seen(&session, entity, id)))
            }
            Question::TakeBack(operation) => Reply::TakenBack(self.stoppable(number, |store, session, going| {
                store.undo_watched(session, operation, &mut |done, total| going(done, total))
            })),
            Question::Waiting => {
                Reply::Waiting(self.need().and_then(|(store, session)| store.waiting(&session, WAITING_OF_EACH)))
            }
            Question::Pinned => Reply::Pinned(self.need().and_then(|(store, session)| store.pinned(&session))),
            Question::Pin { entity, id } => {
                Reply::Pin(self.need().and_then(|(store, session)| store.pin_or_not(&session, entity, id)))
            }
            Question::Panels => {
                Reply::Panels(self.need().and_then(|(store, session)| store.panels(&session, PANEL_ROWS)))
            }
            Question::Overview => Reply::Overview(self.need().and_then(|(store, session)| store.overview(&session))),
            Question::Rights => Reply::Rights(
                self.need().and_then(|(store, session)| Ok(store.with_new_rights(&session)?.map(Box::new))),
            ),
            Question::Pulse => Reply::Pulse(self.need().and_then(|(store, session)| store.pulse(&session))),
            Question::CheckNow(device) => Reply::Checked(
                self.need().and_then(|(store, session)| health::service::check_device(&store, &session, device)),
            ),
            Question::Drafts => {
                Reply::Drafts(self.need().and_then(|(store, session)| self.drafts.all(&store, &session)))
            }
            Question::KeepDraft(draft) => {
                Reply::DraftKept(self.need().and_then(|(store, session)| self.drafts.keep(&store, &session, &draft)))
            }
            Question::PastLines => {
                Reply::PastLines(self.need().and_then(|(store, session)| self.past_lines.read(&store, &session)))
            }
            Question::RememberLine(kind, line) => Reply::LineRemembered(
                self.need().and_then(|(store, session)| self.past_lines.add(&store, &session, kind, &line)),
            ),
            Question::Words(language) => {
                Reply::Words(self.need().and_then(|(store, session)| store.translations(&session, &language)))
            }
            Question::AtWork => Reply::AtWork(self.need().and_then(|(store, session)| store.note_seen(&session))),
            Question::LeftLists => Reply::LeftLists(self.left_lists()),
            Question::KeepList(state) => {
                Reply::ListKept(self.need().and_then(|(store, session)| store.keep_list_state(&session, &state)))
            }
            Question::DropDraft(id) => Reply::DraftKept(self.need().map(|(_, session)| self.drafts.drop(&session, id))),
        }
    }

    /// How the person left each list; the views that lists open with are read along.
    fn left_lists(&self) -> Result<Vec<LeftList>, StoreError> {
        let (store, session) = self.need()?;
        let may = session.may(&SAVED_VIEWS.permission("read"));
        store
            .list_states(&session)?
            .into_iter()
            .map(|state| {
                let view = match state.opens_with.filter(|_| may) {
                    Some(id) => store.get(&session, &SAVED_VIEWS, id)?,
                    None => None,
                };
                Ok(LeftList { state, view })
            })
            .collect()
    }

    /// Makes the database on the first run and opens it.
    fn found(&self, founding: &setup::Founding) -> Result<(), StoreError> {
        let Some(first_run) = self.first_run.as_ref() else {
            return Err(StoreError::refused("this database is there already"));
        };
        founding.check()?;
        let master = (first_run.master)()?;
        setup::found(&self.target, &first_run.owner, founding, master)?;
        let options = Options { master: Some((first_run.master)()?), ..Options::default() };
        let store = Store::open(&self.target, options)?;
        *self.store.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(store);
        Ok(())
    }
}
