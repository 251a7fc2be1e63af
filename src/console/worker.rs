//! Answers questions in the background: each on a blocking thread, in the session of who is logged
//! in, its answer sent back with its number.

use std::sync::{Arc, RwLock};

use tokio::sync::mpsc::UnboundedSender;

use super::drafts::Drafts;
use super::message::{Message, Number, Question, Related, Reply};
use super::settings::FirstRun;
use crate::domain::Value;
use crate::domain::filter::{Resolved, Test};
use crate::health;
use crate::store::list::{COUNT_CAP, Count, From, ListRequest, parse_sort};
use crate::store::{Entity, Failure, Options, Session, Store, StoreError, Target, entities, setup};

/// Records that a page shows of each relation.
const RELATED: usize = 8;
/// Marks that are kept by id.
const MOST_MARKS: usize = 100_000;
/// Events of a history that are shown.
const MOST_EVENTS: usize = 500;
/// Hits of each kind that find shows.
const HITS_OF_EACH: usize = 6;

/// What every answer is made from.
#[derive(Clone)]
pub struct Worker {
    target: Target,
    store: Arc<RwLock<Option<Store>>>,
    session: Arc<RwLock<Option<Session>>>,
    first_run: Arc<Option<FirstRun>>,
    drafts: Drafts,
    replies: UnboundedSender<Message>,
}

impl Worker {
    pub fn new(
        target: Target,
        store: Option<Store>,
        first_run: Option<FirstRun>,
        drafts: Drafts,
        replies: UnboundedSender<Message>,
    ) -> Self {
        Self {
            target,
            store: Arc::new(RwLock::new(store)),
            session: Arc::new(RwLock::new(None)),
            first_run: Arc::new(first_run),
            drafts,
            replies,
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
            let reply = worker.answer(question);
            // Nobody is there to hear it when the console has ended.
            let _ = worker.replies.send(Message::Reply(number, reply));
        });
    }

    fn answer(&self, question: Question) -> Reply {
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
            Question::Count { entity, filter, cap } => {
                Reply::Count(self.need().and_then(|(store, session)| store.count(&session, entity, &filter, cap)))
            }
            Question::Ids { entity, filter } => {
                Reply::Ids(self.need().and_then(|(store, session)| store.ids(&session, entity, &filter, MOST_MARKS)))
            }
            Question::Get { entity, id } => {
                Reply::Record(self.need().and_then(|(store, session)| store.get(&session, entity, id)))
            }
            Question::Related { entity, id } => Reply::Related(self.related(entity, id)),
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
            Question::Perform(request) => {
                Reply::Done(self.need().and_then(|(store, session)| store.perform(&session, &request)))
            }
            Question::CheckField { entity, field, value, own } => Reply::FieldChecked(
                self.need().and_then(|(store, session)| store.check_field(&session, entity, field, &value, own)),
            ),
            Question::Reveal { entity, id, field, password } => Reply::Revealed(
                self.need().and_then(|(store, session)| store.reveal(&session, entity, id, field, &password)),
            ),
            Question::LastOperation { redo } => Reply::LastOperation(self.need().and_then(|(store, session)| {
                if redo { store.last_redoable(&session) } else { store.last_undoable(&session) }
            })),
            Question::TakeBack(operation) => {
                Reply::TakenBack(self.need().and_then(|(store, session)| store.undo(&session, operation)))
            }
            Question::Overview => Reply::Overview(self.need().and_then(|(store, session)| store.overview(&session))),
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
            Question::DropDraft(id) => Reply::DraftKept(self.need().map(|(_, session)| self.drafts.drop(&session, id))),
        }
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

    fn related(&self, entity: &'static Entity, id: crate::domain::Id) -> Result<Vec<Related>, StoreError> {
        let (store, session) = self.need()?;
        let mut all = Vec::new();
        for relation in entity.relations {
            let Some(other) = entities::find(relation.entity) else { continue };
            if !session.may(&other.permission("read")) {
                continue;
            }
            let Some(field) = other.fields.iter().find(|field| field.column() == Some(relation.column)) else {
                continue;
            };
            let filter = Resolved::Compare { field: field.name.to_owned(), test: Test::Equals(Value::Id(id)) };
            let request = ListRequest {
                entity: other,
                fields: crate::resources::of(other)
                    .into_iter()
                    .flat_map(|resource| resource.columns)
                    .filter_map(|column| other.field(column.field))
                    .collect(),
                filter: filter.clone(),
                sort: parse_sort(other, other.default_sort)?,
                limit: RELATED,
                from: From::Start,
            };
            let page = store.list(&session, &request)?;
            let count = if page.more_after {
                store.count(&session, other, &filter, COUNT_CAP)?
            } else {
                Count { number: u64::try_from(page.rows.len()).unwrap_or(0), exact: true }
            };
            all.push(Related { name: relation.name, entity: other, records: page.rows, count });
        }
        Ok(all)
    }
}
