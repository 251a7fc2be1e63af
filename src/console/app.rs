//! The loop: input, answers and time become messages; what they change is painted once, when
//! something changed, as one write.

use std::time::{Duration, Instant, SystemTime};

use thiserror::Error;
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::drafts::Drafts;
use super::input::{Event, Input};
use super::message::{Effect, Message, Question};
use super::past_lines::PastLinesFile;
use super::personal::{self, PersonalFiles, Watch};
use super::screens::door::Door;
use super::settings::Settings;
use super::state::{Beginning, State};
use super::terminal::{Incoming, Profile, Signal, Source, Terminal, TtyWriter, rescue};
use super::update::{self, update};
use super::view::{self, view};
use super::worker::Worker;
use crate::clockwork;
use crate::health;
use crate::health::cancel::CancellationFlag;

/// Why the console could not run.
#[derive(Debug, Error)]
pub enum Failed {
    #[error("this is no terminal: {0}. Start headend in one, or use its commands (headend --help)")]
    NoTerminal(std::io::Error),
    #[error("the terminal went away: {0}")]
    Terminal(std::io::Error),
    #[error("{0}")]
    Keys(String),
    #[error("{0}")]
    Theme(String),
    #[error("{0}")]
    Texts(String),
    #[error("the console could not start: {0}")]
    Runtime(std::io::Error),
}

/// The pause between two frames that were not caused by a key.
const FRAME: Duration = Duration::from_millis(33);
/// How long the end waits for a draft on its way to the disk.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs the console until somebody leaves it.
///
/// # Errors
/// When there is no terminal, or the key or theme file is wrong.
pub fn run(settings: Settings) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failed::Runtime)?;
    let outcome = runtime.block_on(Console::run(settings));
    // A query that nobody waits for any more must not hold the door open.
    runtime.shutdown_timeout(Duration::from_millis(200));
    outcome
}

struct Console {
    state: State,
    terminal: Terminal<TtyWriter>,
    input: Input,
    worker: Worker,
    replies: mpsc::UnboundedReceiver<Message>,
    dirty: bool,
    by_key: bool,
    /// When a frame was painted last that no key caused.
    own_frame_at: Option<Instant>,
    /// When the state was last told the time of day.
    told_time: SystemTime,
    /// Drafts and lists' looks that are being written.
    unwritten: usize,
    quitting: bool,
}

impl Console {
    async fn run(settings: Settings) -> Result<(), Failed> {
        let profile = Profile::detect(settings.ascii, settings.mouse);
        let files = PersonalFiles {
            key_file: settings.key_file.clone(),
            theme: settings.theme.clone(),
            themes_directory: settings.themes_directory.clone(),
            language: settings.language.clone(),
            texts_directory: settings.texts_directory.clone(),
            depth: profile.depth,
            ascii: profile.ascii,
        };
        let keys = files.keys().map_err(Failed::Keys)?;
        let mut theme = files.theme().map_err(Failed::Theme)?;
        theme.words = theme.words.with(files.texts().map_err(Failed::Texts)?);
        rescue::install(settings.state_directory.clone());
        let terminal = Terminal::open(profile).map_err(Failed::NoTerminal)?;
        let mut source = Source::start().map_err(Failed::Runtime)?;
        let (sender, replies) = mpsc::unbounded_channel();
        let drafts = Drafts::below(&settings.state_directory);
        let past_lines = PastLinesFile::below(&settings.state_directory);
        let target = settings.target.to_string();
        let door = match &settings.first_run {
            Some(_) => Door::set_up(&target),
            None => Door::log_in(
                settings.tenant.clone(),
                settings.source.clone(),
                settings.username.as_deref().unwrap_or_default(),
                target.clone(),
            ),
        };
        let state = State::new(Beginning {
            door,
            keys,
            theme,
            size: terminal.size(),
            target,
            source: settings.source.clone(),
            tenant: settings.tenant.clone(),
            demo: settings.demo,
            demo_password: settings.demo_password.clone(),
            bell: settings.bell,
            no_pings: if settings.poll { why_no_pings() } else { None },
            read_only: settings.read_only,
            first_place: settings.place.clone(),
            now: time_of_day(),
            language: settings.language.clone(),
            manner: settings.manner,
            zone: settings.zone,
        });
        let poll = settings.poll;
        let watching = tokio::spawn(watch(Watch::new(files), sender.clone()));
        let worker = Worker::new(settings.target, settings.store, settings.first_run, drafts, past_lines, sender);
        let mut console = Self {
            state,
            terminal,
            input: Input::new(),
            worker,
            replies,
            dirty: true,
            by_key: false,
            own_frame_at: None,
            told_time: SystemTime::now(),
            unwritten: 0,
            quitting: false,
        };
        // Before anything has happened: what a program types into the door is a text.
        console.input.set_typing(console.state.is_typing());
        if let (Some(token), Some(store)) = (settings.token, console.worker.store()) {
            let resumed = tokio::task::spawn_blocking(move || store.resume(&token, "console")).await;
            if let Ok(Ok(session)) = resumed {
                let effects = update::enter(&mut console.state, update::resumed(session));
                console.carry_out(effects);
            }
        }
        let stop = CancellationFlag::new();
        let poller = poll.then(|| tokio::spawn(poll_in_background(console.worker.clone(), stop.clone())));
        let clock = (!settings.read_only).then(|| tokio::spawn(keep_the_clock(console.worker.clone(), stop.clone())));
        let outcome = console.turn(&mut source).await;
        watching.abort();
        stop.cancel();
        if let Some(clock) = clock {
            let _ = tokio::time::timeout(LAST_WORDS, clock).await;
        }
        if let Some(poller) = poller {
            let _ = tokio::time::timeout(LAST_WORDS, poller).await;
        }
        console.write_last_drafts().await;
        outcome
    }

    async fn turn(&mut self, source: &mut Source) -> Result<(), Failed> {
        while !self.quitting {
            self.paint()?;
            let wake = self.wake();
            tokio::select! {
                biased;
                incoming = source.next() => match incoming {
                    Some(incoming) => self.incoming(incoming)?,
                    None => return Ok(()),
                },
                Some(message) = self.replies.recv() => self.take(message),
                () = sleep_until(wake.into()) => {
                    let now = Instant::now();
                    self.input.tick(now);
                    self.tick(now);
                }
            }
            // Everything that has come is taken before anything is painted.
            while let Some(incoming) = source.try_next() {
                self.incoming(incoming)?;
            }
            while let Ok(message) = self.replies.try_recv() {
                self.take(message);
            }
            self.drain_input();
        }
        Ok(())
    }

    /// When the loop goes on by itself at the latest.
    fn wake(&self) -> Instant {
        let now = Instant::now();
        let mut wake = now + Duration::from_secs(20);
        if let Some(due) = update::next_tick(&self.state) {
            wake = wake.min(due);
        }
        if let Some(due) = self.input.deadline() {
            wake = wake.min(due);
        }
        if self.dirty {
            wake = wake.min(self.next_own_frame().unwrap_or(now));
        }
        wake.max(now)
    }

    fn incoming(&mut self, incoming: Incoming) -> Result<(), Failed> {
        match incoming {
            Incoming::Bytes(bytes, at) => {
                // After a sleep of the machine the time of day comes before the key: it may lock.
                if self.told_time.elapsed().is_ok_and(|since| since > Duration::from_secs(2)) {
                    self.tick(Instant::now());
                }
                self.input.feed(&bytes, at);
                self.drain_input();
            }
            Incoming::Resized(size) => {
                self.terminal.resize(size);
                self.take(Message::Resized(size));
                self.by_key = true;
            }
            Incoming::Signal(signal) => self.take(Message::Signal(signal)),
            Incoming::Closed => self.take(Message::Signal(Signal::HangUp)),
        }
        Ok(())
    }

    fn tick(&mut self, now: Instant) {
        self.told_time = SystemTime::now();
        self.take(Message::Tick(now, time_of_day()));
    }

    fn drain_input(&mut self) {
        while let Some(event) = self.input.pop() {
            if let Event::Report(report) = event {
                // A terminal that cannot be told is seen at the next frame.
                let _ = self.terminal.report(report);
                continue;
            }
            self.by_key = true;
            self.take(Message::Event(event, Instant::now()));
            self.input.set_typing(self.state.is_typing());
        }
    }

    fn take(&mut self, message: Message) {
        if is_kept(&message) {
            self.unwritten = self.unwritten.saturating_sub(1);
        }
        let quiet = match &message {
            Message::Tick(..) => !update::is_moving(&self.state),
            Message::Reply(_, super::message::Reply::Pulse(Ok(_))) => true,
            _ => false,
        };
        let before = update::Glance::of(&self.state);
        let effects = update(&mut self.state, message);
        self.dirty |= !quiet || update::Glance::of(&self.state) != before;
        self.carry_out(effects);
        self.input.set_typing(self.state.is_typing());
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(number, question) => {
                    if matches!(
                        *question,
                        Question::KeepDraft(_)
                            | Question::DropDraft(_)
                            | Question::KeepList(_)
                            | Question::RememberLine(..)
                    ) {
                        self.unwritten += 1;
                    }
                    self.worker.ask(number, *question);
                }
                Effect::Copy(text) => self.copy(&text),
                Effect::CopySecret(secret) => self.copy(secret.reveal()),
                Effect::Stop(number) => self.worker.stop(number),
                Effect::Bell => {
                    let _ = self.terminal.bell();
                }
                Effect::Redraw => {
                    let _ = self.terminal.redraw();
                    self.by_key = true;
                }
                Effect::Enter(logged_in) => self.worker.set_session(Some(logged_in.session)),
                Effect::Rights(session) => self.worker.set_session(Some(*session)),
                Effect::Exit => self.worker.set_session(None),
                Effect::Quit => self.quitting = true,
            }
        }
    }

    fn copy(&mut self, text: &str) {
        if let Err(problem) = self.terminal.copy(text) {
            self.state.told = Some(super::state::Told { text: problem.to_string(), role: super::theme::Role::Error });
        }
    }

    /// When a frame may be painted that no key caused.
    fn next_own_frame(&self) -> Option<Instant> {
        self.own_frame_at.map(|at| at + FRAME)
    }

    /// A frame that a key caused is painted at once, others at most thirty a second: the answer to a key does not wait
    /// because the key had a frame of its own.
    fn paint(&mut self) -> Result<(), Failed> {
        let now = Instant::now();
        if !self.dirty || (!self.by_key && self.next_own_frame().is_some_and(|next| now < next)) {
            return Ok(());
        }
        if !self.by_key {
            self.own_frame_at = Some(now);
        }
        if let Some(report) = rescue::take_report() {
            let text = format!("a part of headend failed; its report is in {}", report.display());
            self.state.told = Some(super::state::Told { text, role: super::theme::Role::Error });
        }
        let state = &mut self.state;
        // With this frame, not behind it: whether one types is seen as soon as one does.
        self.terminal.set_cursor_shape(view::cursor_shape(state));
        self.terminal
            .draw(|frame| {
                view(state, frame);
            })
            .map_err(Failed::Terminal)?;
        view::painted(&mut self.state, Instant::now());
        (self.dirty, self.by_key) = (false, false);
        Ok(())
    }

    /// What was typed last is on disk before the program ends.
    async fn write_last_drafts(&mut self) {
        let until = Instant::now() + LAST_WORDS;
        while self.unwritten > 0 {
            match tokio::time::timeout_at(until.into(), self.replies.recv()).await {
                Ok(Some(message)) if is_kept(&message) => self.unwritten -= 1,
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return,
            }
        }
    }
}

fn time_of_day() -> crate::domain::time::Instant {
    crate::domain::time::to_micros(chrono::Utc::now())
}

/// Tells of the person's files when they were saved.
async fn watch(mut watch: Watch, messages: mpsc::UnboundedSender<Message>) {
    loop {
        tokio::time::sleep(personal::LOOK).await;
        let looked = tokio::task::spawn_blocking(move || {
            let told = watch.look();
            (watch, told)
        });
        let Ok((looked, told)) = looked.await else { return };
        watch = looked;
        for message in told {
            if messages.send(message).is_err() {
                return;
            }
        }
    }
}

/// Whether something that is not to be lost has been written.
const fn is_kept(message: &Message) -> bool {
    use super::message::Reply;
    matches!(message, Message::Reply(_, Reply::DraftKept(_) | Reply::ListKept(_) | Reply::LineRemembered(_)))
}

/// Polls as soon as there is a database to poll for.
async fn poll_in_background(worker: Worker, stop: CancellationFlag) {
    loop {
        if let Some(store) = worker.store() {
            // The poller's own troubles are told in the header: nobody polls.
            if health::service::run(store, stop.clone()).await.is_ok() || stop.is_cancelled() {
                return;
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
        }
    }
}

/// Does what falls due by the clock as soon as there is a database that may be written to.
async fn keep_the_clock(worker: Worker, stop: CancellationFlag) {
    loop {
        if let Some(store) = worker.store().filter(|store| store.has_key() && !store.is_read_only()) {
            return clockwork::run(store, clockwork::Post::default(), stop).await;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
        }
    }
}

/// Why this machine lets the poller not ping, and what to do about it.
fn why_no_pings() -> Option<String> {
    match health::service::permission() {
        health::service::Permission::Denied(denied) => Some(format!("{}: {}", denied.why, denied.what_to_do)),
        _ => None,
    }
}
