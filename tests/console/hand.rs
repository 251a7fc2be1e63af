//! The console without a terminal and without waiting: messages are handed in, and what it asks is
//! answered when the test says so.

use std::time::{Duration, Instant};

use headend::console::actions::Action;
use headend::console::drafts::Draft;
use headend::console::input::{Event, Press};
use headend::console::keys::{Key, KeyMap};
use headend::console::list_memory::LeftList;
use headend::console::message::{Effect, Message, Number, Question, Reply};
use headend::console::past_lines::PastLines;
use headend::console::performed::perform;
use headend::console::related::related;
use headend::console::screens::Context;
use headend::console::screens::desk::Desk;
use headend::console::screens::door::Door;
use headend::console::screens::form::Form;
use headend::console::screens::list::List;
use headend::console::screens::page::Page;
use headend::console::state::{Beginning, Place, State};
use headend::console::theme::{ColourDepth, Theme};
use headend::console::update::{enter, resumed, update};
use headend::console::view;
use headend::domain::Id;
use headend::domain::words::Words;
use headend::resources::Resource;
use headend::store::list::Effort;
use headend::store::list_states::ListState;
use headend::store::{Request, StoreError};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Size};

use crate::common::{Engine, Lab};

pub struct Hand {
    pub lab: Lab,
    pub state: State,
    /// What was asked and not answered yet, the oldest first.
    pub asked: Vec<(Number, Question)>,
    pub clock: Instant,
    pub drafts: Vec<Draft>,
    pub lines: PastLines,
    pub quit: bool,
    /// Where the terminal's cursor was painted last.
    pub cursor: Option<Position>,
    /// What was told to stop.
    pub stopped: Vec<Number>,
    /// What went to the clipboard.
    pub copied: Vec<String>,
    /// Rows that are looked through at a time, where no index finds them.
    pub glance: Option<u64>,
}

impl Hand {
    /// Somebody has just come in.
    pub fn new() -> Self {
        Self::of(Lab::new(Engine::Sqlite))
    }

    /// Somebody has just come in, to this database.
    pub fn of(lab: Lab) -> Self {
        Self::with_lines(lab, PastLines::default())
    }

    /// Somebody has just come in whose lines were kept.
    pub fn with_lines(lab: Lab, lines: PastLines) -> Self {
        let door = Door::log_in(None, "local".into(), "admin", String::new());
        let mut hand = Self { lines, ..Self::before(door, lab) };
        let effects = enter(&mut hand.state, resumed(hand.lab.admin.clone()));
        hand.collect(effects);
        hand.settle();
        hand
    }

    /// Somebody who comes in at a place, before anything is answered.
    pub fn at_first(lab: Lab, place: &str) -> Self {
        let door = Door::log_in(None, "local".into(), "admin", String::new());
        let mut hand = Self::before(door, lab);
        hand.state.first_place = Some(place.to_owned());
        let effects = enter(&mut hand.state, resumed(hand.lab.admin.clone()));
        hand.collect(effects);
        hand
    }

    /// The lists that are asked for and not answered yet, in their order.
    pub fn lists_asked(&self) -> Vec<&'static str> {
        let list = |(_, question): &(Number, Question)| match question {
            Question::List(request) => Some(request.entity.name),
            _ => None,
        };
        self.asked.iter().filter_map(list).collect()
    }

    pub fn outside(door: Door) -> Self {
        Self::before(door, Lab::new(Engine::Sqlite))
    }

    /// Somebody before a door of the console of this database.
    fn before(door: Door, lab: Lab) -> Self {
        let state = State::new(Beginning {
            door,
            keys: KeyMap::build(&[Action::DEFS], None).unwrap(),
            theme: Theme::built_in("dark", ColourDepth::Sixteen, false).unwrap(),
            size: Size { width: 120, height: 40 },
            target: "a database".into(),
            source: "local".into(),
            tenant: None,
            demo: false,
            demo_password: None,
            no_pings: None,
            bell: false,
            read_only: false,
            first_place: None,
            language: None,
            manner: None,
            zone: None,
            now: headend::domain::time::to_micros(chrono::Utc::now()),
        });
        let clock = Instant::now();
        Self {
            lab,
            state,
            asked: Vec::new(),
            clock,
            drafts: Vec::new(),
            lines: PastLines::default(),
            quit: false,
            cursor: None,
            stopped: Vec::new(),
            copied: Vec::new(),
            glance: None,
        }
    }

    fn collect(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(number, question) => self.asked.push((number, *question)),
                Effect::Quit => self.quit = true,
                Effect::Stop(number) => self.stopped.push(number),
                Effect::Copy(text) => self.copied.push(text),
                Effect::CopySecret(secret) => self.copied.push(secret.reveal().to_owned()),
                _ => {}
            }
        }
    }

    /// Opens the page of a record, as from a reference to it.
    pub fn opens(&mut self, resource: &'static Resource, id: Id) {
        let session = self.state.session.clone().expect("somebody is in");
        let mut context = Context {
            session: &session,
            now: self.state.now,
            tick: self.state.tick,
            asks: &mut self.state.asks,
            rows: 30,
            lost: false,
            words: Words::ENGLISH,
        };
        let page = Page::open(resource, id, &mut context);
        self.state.places.push(Place::Page(Box::new(page)));
        let effects = self.state.asks.take();
        self.collect(effects);
    }

    pub fn hears(&mut self, message: Message) {
        let effects = update(&mut self.state, message);
        self.collect(effects);
    }

    fn answer(&mut self, question: Question) -> Reply {
        let (store, session) = (&self.lab.store, &self.lab.admin);
        match question {
            Question::List(mut request) => {
                if let (Effort::Rows(rows), Some(glance)) = (&mut request.effort, self.glance) {
                    *rows = glance;
                }
                Reply::Page(store.list(session, &request))
            }
            Question::Count { entity, filter, cap } => {
                Reply::Count(store.count(session, entity, &filter, cap, Effort::GLANCE))
            }
            Question::Mark { entity, filter } => Reply::Marked(store.mark(session, entity, &filter, &mut |_| true)),
            Question::States { entity, marked } => Reply::States(store.states_of(session, entity, &marked)),
            Question::ForeseeUndo(operation) => Reply::Foreseen(store.foresee_undo(session, operation)),
            Question::Foresee(request) => Reply::Foreseen(store.foresee(session, &request)),
            Question::Rehearse { operations, aims } => Reply::Rehearsed(store.rehearse(session, &operations, &aims)),
            Question::Get { entity, id } => Reply::Record(store.get(session, entity, id)),
            Question::Related { entity, id } => Reply::Related(related(store, session, entity, id)),
            Question::History { entity, id } => Reply::History(store.history(session, entity, id, 100)),
            Question::Find(text) => Reply::Found(store.find(session, &text, 6)),
            Question::Values { entity, field, typed } => {
                Reply::Values(store.values_of(session, entity, entity.field(field).unwrap(), &typed, 12))
            }
            Question::Perform(request) => Reply::Done(perform(store, session, &request, &mut |_, _| true)),
            Question::CheckField { entity, field, value, own } => {
                Reply::FieldChecked(store.check_field(session, entity, field, &value, own))
            }
            Question::Reveal { entity, id, field, password } => {
                Reply::Revealed(store.reveal(session, entity, id, field, &password))
            }
            Question::LastOperation { redo: true } => Reply::LastOperation(store.last_redoable(session)),
            Question::LastOperation { redo: false } => Reply::LastOperation(store.last_undoable(session)),
            Question::Operation(id) => Reply::LastOperation(store.undoable(session, id).map(Some)),
            Question::Watch { entity, id, title } => Reply::Watched(store.watch_or_not(session, entity, id, &title)),
            Question::WatchedChanges(since) => Reply::WatchedChanges(store.watched_changes(session, since)),
            Question::Seen { entity, id } => Reply::Seen(store.seen(session, entity, id)),
            Question::TakeBack(operation) => Reply::TakenBack(store.undo(session, operation)),
            Question::Waiting => Reply::Waiting(store.waiting(session, 20)),
            Question::Pinned => Reply::Pinned(store.pinned(session)),
            Question::Pin { entity, id } => Reply::Pin(store.pin_or_not(session, entity, id)),
            Question::Panels => Reply::Panels(store.panels(session, 12)),
            Question::Overview => Reply::Overview(store.overview(session)),
            Question::Pulse => Reply::Pulse(store.pulse(session)),
            // Of whoever sits here, not of who answers.
            Question::Rights => {
                let who = self.state.session.as_ref().unwrap_or(session);
                Reply::Rights(store.with_new_rights(who).map(|session| session.map(Box::new)))
            }
            Question::CheckNow(_) => Reply::Checked(Ok("up".into())),
            Question::Drafts => Reply::Drafts(Ok(self.drafts.clone())),
            Question::KeepDraft(draft) => {
                self.drafts.retain(|known| known.id != draft.id);
                self.drafts.push(draft);
                Reply::DraftKept(Ok(()))
            }
            Question::LeftLists => Reply::LeftLists(store.list_states(session).map(|states| {
                let of = |id| store.get(session, &headend::store::saved_views::SAVED_VIEWS, id).unwrap();
                let left = |state: ListState| LeftList { view: state.opens_with.and_then(of), state };
                states.into_iter().map(left).collect()
            })),
            Question::KeepList(state) => Reply::ListKept(store.keep_list_state(session, &state)),
            Question::DropDraft(id) => {
                self.drafts.retain(|known| known.id != id);
                Reply::DraftKept(Ok(()))
            }
            Question::Unlock(password) => Reply::Unlocked(store.check_own_password(session, &password)),
            Question::LogIn(credentials) => Reply::LoggedIn(store.log_in(&credentials).map(Box::new)),
            Question::ChangePassword { old, new } => {
                Reply::PasswordChanged(store.change_own_password(session, &old, &new))
            }
            Question::Found(_) => Reply::Founded(Ok(())),
            Question::LogOut => Reply::LoggedOut,
            Question::Words(language) => Reply::Words(store.translations(session, &language)),
            Question::AtWork => Reply::AtWork(store.note_seen(session)),
            Question::PastLines => Reply::PastLines(Ok(self.lines.clone())),
            Question::RememberLine(kind, line) => {
                self.lines.add(kind, &line);
                Reply::LineRemembered(Ok(()))
            }
        }
    }

    /// Takes the oldest question of a kind out of those that wait.
    pub fn next(&mut self, wanted: impl Fn(&Question) -> bool) -> Option<(Number, Question)> {
        let index = self.asked.iter().position(|(_, question)| wanted(question))?;
        Some(self.asked.remove(index))
    }

    pub fn reply(&mut self, (number, question): (Number, Question)) {
        let reply = self.answer(question);
        self.hears(Message::Reply(number, reply));
    }

    /// The line breaks before the answer comes.
    pub fn break_line(&mut self, wanted: impl Fn(&Question) -> bool) -> Question {
        let (number, question) = self.next(wanted).expect("such a question");
        let error = || StoreError::unreachable("the line to the database is gone");
        let reply = match &question {
            Question::List(_) => Reply::Page(Err(error())),
            Question::Get { .. } => Reply::Record(Err(error())),
            Question::Related { .. } => Reply::Related(Err(error())),
            Question::History { .. } => Reply::History(Err(error())),
            Question::Perform(_) => Reply::Done(Err(error())),
            Question::Pulse => Reply::Pulse(Err(error())),
            Question::Waiting => Reply::Waiting(Err(error())),
            Question::Pinned => Reply::Pinned(Err(error())),
            Question::Panels => Reply::Panels(Err(error())),
            Question::Find(_) => Reply::Found(Err(error())),
            Question::LastOperation { .. } => Reply::LastOperation(Err(error())),
            other => panic!("no broken answer to {other:?}"),
        };
        self.hears(Message::Reply(number, reply));
        question
    }

    /// Everything that was asked is answered, and what that asks, and it stands on the screen.
    pub fn settle(&mut self) {
        for _ in 0..100 {
            if self.asked.is_empty() {
                self.paint();
                return;
            }
            let first = self.asked.remove(0);
            self.reply(first);
        }
        panic!("it never stops asking");
    }

    pub fn passes(&mut self, time: Duration) {
        self.clock += time;
        let now = self.state.now + chrono::TimeDelta::from_std(time).unwrap();
        self.hears(Message::Tick(self.clock, now));
    }

    /// Nobody does anything for a second: what follows the cursor has caught up.
    pub fn rests(&mut self) {
        self.passes(Duration::from_secs(1));
        self.settle();
    }

    /// The machine sleeps: its clock stands still, the time of day goes on.
    pub fn sleeps(&mut self, time: Duration) {
        let now = self.state.now + chrono::TimeDelta::from_std(time).unwrap();
        self.hears(Message::Tick(self.clock, now));
    }

    /// Presses a key, by its name, a while after the last one.
    pub fn press(&mut self, name: &str) {
        self.press_after(name, Duration::from_millis(400), false);
    }

    /// Presses a key, and all that it asks is answered.
    pub fn does(&mut self, name: &str) {
        self.press(name);
        self.settle();
    }

    pub fn press_after(&mut self, name: &str, pause: Duration, suspect: bool) {
        self.clock += pause;
        let key = Key::parse(name).unwrap();
        let press = Press { key, at: self.clock, repeat: false, suspect };
        self.hears(Message::Event(Event::Key(press), self.clock));
        self.paint();
    }

    /// A key as it is pressed now.
    pub fn press_of(&self, name: &str) -> Press {
        Press { key: Key::parse(name).unwrap(), at: self.clock, repeat: false, suspect: false }
    }

    pub fn types(&mut self, text: &str) {
        for letter in text.chars() {
            let press = Press { key: Key::char(letter), at: self.clock, repeat: false, suspect: false };
            self.hears(Message::Event(Event::Key(press), self.clock));
        }
        self.paint();
    }

    /// A yes, as somebody says it who has read the question.
    pub fn says_yes(&mut self) {
        self.passes(Duration::from_secs(1));
        self.press("y");
    }

    /// A yes to what is confirmed by how many it is done to.
    pub fn confirms(&mut self, number: &str) {
        self.passes(Duration::from_secs(1));
        self.types(number);
        self.passes(Duration::from_secs(1));
        self.press("enter");
    }

    /// Opens a list by its name, from the command line; what it asks is not answered yet.
    pub fn opens_list(&mut self, name: &str) {
        self.press(":");
        self.types(name);
        self.press("enter");
    }

    /// A bracketed paste.
    pub fn pastes(&mut self, text: &str) {
        self.hears(Message::Event(Event::Paste(text.into()), self.clock));
    }

    /// Paints as the loop does.
    pub fn paint(&mut self) -> Buffer {
        let Size { width, height } = self.state.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let (state, cursor) = (&mut self.state, &mut self.cursor);
        terminal
            .draw(|frame| {
                *cursor = view::view(state, frame).cursor;
            })
            .unwrap();
        view::painted(&mut self.state, self.clock);
        terminal.backend().buffer().clone()
    }

    pub fn shown(&mut self) -> String {
        let shown = text_of(&self.paint());
        assert!(!shown.contains('‹'), "a key goes by the name of its action: {shown}");
        shown
    }

    /// What is told, as a person reads it.
    pub fn told(&self) -> String {
        self.state.told.as_ref().map_or_else(String::new, |told| self.state.theme.told(&told.text))
    }

    pub fn list(&self) -> &List {
        match self.state.places.last() {
            Some(Place::List(list)) => list,
            other => panic!("no list but {other:?}"),
        }
    }

    pub fn desk(&self) -> &Desk {
        match self.state.places.last() {
            Some(Place::Desk(desk)) => desk,
            other => panic!("no desk but {other:?}"),
        }
    }

    pub fn form(&self) -> &Form {
        match self.state.places.last() {
            Some(Place::Form(form)) => form,
            other => panic!("no form but {other:?}"),
        }
    }

    pub fn form_mut(&mut self) -> &mut Form {
        match self.state.places.last_mut() {
            Some(Place::Form(form)) => form,
            other => panic!("no form but {other:?}"),
        }
    }

    pub fn names(&self) -> Vec<String> {
        self.list().rows.iter().map(|row| row.record.get("name").as_str().to_owned()).collect()
    }

    pub fn at(&self) -> String {
        self.list().current().map_or_else(String::new, |record| record.get("name").as_str().to_owned())
    }

    /// The customers' list, with these customers.
    pub fn with_customers(names: &[&str]) -> Self {
        let mut hand = Self::new();
        for name in names {
            hand.lab.make("customers.create", &[("name", name)]);
        }
        hand.press("2");
        hand.settle();
        hand
    }

    pub fn performed(&mut self) -> Option<Request> {
        match self.next(|question| matches!(question, Question::Perform(_)))? {
            (_, Question::Perform(request)) => Some(request),
            _ => None,
        }
    }
}

/// The characters of a painted screen, line by line.
pub fn text_of(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut x = 0;
        let mut line = String::new();
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(unicode_width::UnicodeWidthStr::width(symbol).max(1)).unwrap();
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
