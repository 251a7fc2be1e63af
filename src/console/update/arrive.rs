//! Answers: each goes to who asked; one that nobody waits for is dropped.

use super::super::message::{Effect, Number, Question, Reply};
use super::super::overlay::{Overlay, Then};
use super::super::past_lines::PastLines;
use super::super::screens::Turn;
use super::super::screens::door::{Door, Passed};
use super::super::screens::form::Outcome;
use super::super::state::{Aiming, Place, State};
use super::super::theme::Role;
use super::super::widgets::confirm::{Ask, Confirm};
use super::{
    acting, commands, deeds, desk, forms, line_seen, log_out, put_away, quit, refresh, resend, secrets, shown_views,
    tell, travel, undoing, views, watching, with_places,
};
use crate::domain::secret::Secret;
use crate::domain::words::Words;
use crate::resources;
use crate::store::access::LoggedIn;
use crate::store::{Failure, Session, StoreError};

pub(super) fn reply(state: &mut State, number: Number, reply: Reply) {
    take(state, number, reply);
    look_behind(state);
    deeds::look_again(state);
    commands::go_on(state);
}

/// What is not looked at yet is asked for once the rows that somebody came for are there, or are long in coming.
pub(super) fn look_behind(state: &mut State) {
    let is_reading = matches!(state.places.last(), Some(Place::List(list)) if list.loading_since().is_some());
    if state.behind.is_some_and(|until| !is_reading || state.tick >= until) {
        state.behind = None;
        travel::read_dashboard(state);
        look_around(state);
    }
}

/// Asks for what no place shows: forms that were left, lines that were typed, what is watched, how all of it is.
fn look_around(state: &mut State) {
    state.pulse_due = state.tick;
    state.overview_due = state.tick;
    state.waiting_due = state.tick;
    state.awaited.drafts = Some(state.asks.ask(Question::Drafts));
    state.awaited.past_lines = Some(state.asks.ask(Question::PastLines));
    watching::ask(state);
}

fn take(state: &mut State, number: Number, reply: Reply) {
    watch_line(state, &reply);
    if watch_login(state, &reply) {
        return;
    }
    if let Some(door) = state.door.as_mut().filter(|door| door.awaits(number)) {
        let passed = door.reply(number, reply);
        return at_door(state, passed);
    }
    if let Reply::LineRemembered(outcome) = reply {
        if let Err(error) = outcome
            && !std::mem::replace(&mut state.told_unkept, true)
        {
            tell(state, error.to_string(), Role::Warn);
        }
        return;
    }
    let mut reply = Some(reply);
    if own(state, number, &mut reply)
        || acting::weighed(state, number, &mut reply)
        || undoing::reply(state, number, &mut reply)
        || super::lines::reply(state, number, &mut reply)
        || secrets::reply(state, number, &mut reply)
        || super::copying::reply(state, number, &mut reply)
        || desk::reply(state, number, &mut reply)
        || views::reply(state, number, &mut reply)
        || shown_views::reply(state, number, &mut reply)
        || watching::reply(state, number, &mut reply)
    {
        return;
    }
    let mut turn = None;
    let mut saved = None;
    let mut performed = None;
    let (present, mut seen) = (state.places.len(), 0);
    with_places(state, |place, context| {
        seen += 1;
        match place {
            Place::Dashboard(dashboard) => turn = dashboard.reply(number, &mut reply),
            Place::List(list) => turn = list.reply(number, &mut reply, context),
            Place::Page(page) => turn = page.reply(number, &mut reply),
            Place::History(history) => turn = history.reply(number, &mut reply),
            Place::Desk(desk) => turn = desk.reply(number, &mut reply),
            Place::Form(form) => match form.reply(number, &mut reply, context) {
                Some(Outcome::Turn(next)) => turn = Some(next),
                Some(Outcome::Saved(id, title)) => {
                    saved = Some((form.draft, id, title));
                    return true;
                }
                Some(Outcome::Performed(done, request)) => {
                    performed = Some((form.draft, form.verb(Words::ENGLISH), done, request));
                    return true;
                }
                Some(Outcome::Discard | Outcome::Ask(_) | Outcome::Add(..) | Outcome::Operations { .. }) | None => {}
            },
        }
        // What lies in another tab takes note of its answer: nothing is opened or told of it here, but that something was
        // not saved.
        let is_alarm = matches!((&turn, &*place), (Some(Turn::Alarm(_)), Place::Form(_)));
        if seen > present && turn.is_some() && !is_alarm {
            turn = Some(Turn::Stay);
        }
        turn.is_some()
    });
    if let Some((draft, id, title)) = saved {
        return forms::saved(state, draft, id, &title);
    }
    if let Some((draft, verb, done, request)) = performed {
        forms::take_away(state, draft);
        return acting::performed(state, &verb, done, &request);
    }
    if let Some(turn) = turn {
        travel::turn(state, turn);
    }
}

/// What a door let through.
pub(super) fn at_door(state: &mut State, passed: Passed) {
    match passed {
        Passed::Not => {}
        Passed::Quit => quit(state),
        Passed::SignOut => log_out(state),
        Passed::SetUp { admin, password, tenant } => {
            let welcome = format!("{tenant} is made. Logging in …");
            let mut door = Door::log_in(None, state.source.clone(), &admin, welcome);
            door.submit_as(&password, &mut state.asks);
            state.door = Some(door);
        }
        Passed::In(logged_in) => come_in(state, logged_in),
        Passed::Unlocked => {
            state.door = None;
            state.last_key = state.tick;
            state.last_key_at = state.now;
            state.asks.want(Effect::Redraw);
            if state.places.is_empty() {
                travel::begin(state);
            }
            refresh(state);
        }
    }
}

fn come_in(state: &mut State, logged_in: Box<LoggedIn>) {
    // The session of somebody else leaves nothing of theirs behind.
    let same = state.session.as_ref().is_some_and(|session| session.user() == logged_in.session.user());
    if !same {
        state.close_places();
        state.ahead.take();
        state.saved_at = None;
        state.waiting = 0;
        state.past_lines = PastLines::default();
    }
    let mut session = logged_in.session.clone();
    session.tenant.manner = state.manner.unwrap_or(session.tenant.manner);
    session.tenant.zone = state.zone.unwrap_or(session.tenant.zone);
    state.session = Some(session);
    let must_change = logged_in.must_change_password;
    // A secret that is shown once waits for whoever it was made for.
    let mut made = std::mem::take(&mut state.awaited.made);
    made.retain(|made| made.owner == logged_in.session.user());
    state.asks.want(Effect::Enter(logged_in));
    state.last_key = state.tick;
    state.last_key_at = state.now;
    state.awaited = super::super::state::Awaited { made, ..Default::default() };
    state.behind = None;
    if !must_change {
        state.door = None;
        state.asks.want(Effect::Redraw);
        travel::begin(state);
    }
    if let Some(language) = state.language.clone() {
        state.awaited.words = Some(state.asks.ask(Question::Words(language)));
    }
    // A new login is this console now.
    let login = state.session.as_ref().and_then(Session::login);
    with_places(state, |place, _| {
        if let Place::List(list) = place {
            list.own_login = login;
        }
        false
    });
    if !same {
        state.lists = super::super::list_memory::ListMemory::default();
        (state.unseen, state.watched_until) = (Vec::new(), None);
    }
    views::ask_left_lists(state);
    match state.behind {
        Some(later) => (state.pulse_due, state.overview_due, state.waiting_due) = (later, later, later),
        None => look_around(state),
    }
}

/// Somebody changed what the person may do: what they may not see any more is closed, and everything is asked for anew.
fn rights_changed(state: &mut State, now: Box<Session>) {
    let Some(session) = &mut state.session else { return };
    let may_be_changed = now.tenant.may_write;
    let is_as_before = session.tenant.may_write == may_be_changed;
    let may_as_before = session.permissions == now.permissions;
    (session.permissions, session.actor) = (now.permissions.clone(), now.actor.clone());
    session.tenant.may_write = may_be_changed;
    let session = session.clone();
    state.asks.want(Effect::Rights(now));
    travel::keep_drafts(state);
    if may_as_before {
        // What writes is not gone on with, or by its new reasons; what is being looked for is.
        let writes = |overlay: &mut Overlay| match overlay {
            Overlay::Actions(_) => true,
            Overlay::Confirm(_, then) => matches!(then, Then::Perform(_) | Then::Send(_) | Then::TakeBack { .. }),
            _ => false,
        };
        if !is_as_before {
            state.overlay.take_if(writes);
        }
    } else {
        put_away(state);
    }
    if !is_as_before {
        tell(
            state,
            match may_be_changed {
                true => "the organisation can be changed again",
                false => "the organisation was suspended or has expired: it can be looked at, not changed",
            },
            Role::Warn,
        );
    }
    if may_as_before {
        return;
    }
    let may_see =
        |place: &Place| place.resource().is_none_or(|resource| session.may(&resource.entity.permission("read")));
    for places in std::iter::once(&mut state.places).chain(&mut state.left) {
        // What lies above a place that is closed goes with it.
        let first = places.iter().position(|place| !may_see(place)).unwrap_or(places.len());
        places.truncate(first);
    }
    state.left.retain(|places| !places.is_empty());
    (state.overview, state.overview_due) = (None, state.tick);
    travel::begin(state);
    desk::changed(state);
    tell(state, "what you may do was changed: you see what you may see now", Role::Warn);
    state.asks.want(Effect::Redraw);
}

/// Every answer tells whether the database is there.
fn watch_line(state: &mut State, reply: &Reply) {
    match reply {
        Reply::Pulse(answer) => line_seen(state, answer.as_ref().err()),
        _ => {
            if let Some(error) = error_of(reply)
                && error.is_lost_line()
            {
                line_seen(state, Some(error));
            }
        }
    }
}

/// A login that ended is seen at the next answer: the door closes, what is open stays.
fn watch_login(state: &mut State, reply: &Reply) -> bool {
    let ended = error_of(reply).is_some_and(|error| matches!(error.failure(), Failure::NotLoggedIn(_)));
    if !ended || state.door.is_some() || state.session.is_none() {
        return false;
    }
    put_away(state);
    state.told = None;
    let name = state.session.as_ref().map(|session| session.actor_name().to_owned()).unwrap_or_default();
    let door = Door::log_in(
        state.tenant.clone(),
        state.source.clone(),
        &name,
        "The login has ended. What was typed is kept.".into(),
    );
    state.door = Some(door);
    false
}

fn error_of(reply: &Reply) -> Option<&StoreError> {
    match reply {
        Reply::Page(answer) => answer.as_ref().err(),
        Reply::Count(answer) => answer.as_ref().err(),
        Reply::Marked(answer) => answer.as_ref().err(),
        Reply::States(answer) => answer.as_ref().err(),
        Reply::Foreseen(answer) => answer.as_ref().err(),
        Reply::Rehearsed(answer) => answer.as_ref().err(),
        Reply::Record(answer) => answer.as_ref().err(),
        Reply::Related(answer) => answer.as_ref().err(),
        Reply::History(answer) => answer.as_ref().err(),
        Reply::Found(answer) => answer.as_ref().err(),
        Reply::Values(answer) => answer.as_ref().err(),
        Reply::Done(answer) => answer.as_ref().err(),
        Reply::TakenBack(answer) => answer.as_ref().err(),
        Reply::FieldChecked(answer) => answer.as_ref().err(),
        Reply::LastOperation(answer) => answer.as_ref().err(),
        Reply::Waiting(answer) => answer.as_ref().err(),
        Reply::Pinned(answer) => answer.as_ref().err(),
        Reply::Pin(answer) => answer.as_ref().err(),
        Reply::Panels(answer) => answer.as_ref().err(),
        Reply::Overview(answer) => answer.as_ref().err(),
        Reply::Pulse(answer) => answer.as_ref().err(),
        Reply::Rights(answer) => answer.as_ref().err(),
        Reply::Seen(answer) => answer.as_ref().err(),
        Reply::Checked(answer) => answer.as_ref().err(),
        Reply::Watched(answer) => answer.as_ref().err(),
        Reply::WatchedChanges(answer) => answer.as_ref().err(),
        Reply::AtWork(answer) => answer.as_ref().err(),
        Reply::LeftLists(answer) => answer.as_ref().err(),
        Reply::ListKept(answer) => answer.as_ref().err(),
        _ => None,
    }
}

/// Answers to the console's own questions.
fn own(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    let awaited = &mut state.awaited;
    if awaited.pulse == Some(number) {
        awaited.pulse = None;
        if let Some(Reply::Pulse(Ok(pulse))) = reply.take() {
            resend(state);
            let before = state.pulse.replace(pulse);
            if before.is_some_and(|before| before.changes != pulse.changes) {
                watching::ask(state);
                desk::changed(state);
                deeds::changed(state);
                shown_views::changed(state);
                views::look_again(state);
            }
            let is_as_known = state.session.as_ref().is_none_or(|session| session.tenant.may_write == pulse.may_write);
            if (before.is_some_and(|before| before.changes != pulse.changes) || !is_as_known)
                && state.awaited.rights.is_none()
            {
                state.awaited.rights = Some(state.asks.ask(Question::Rights));
            }
            if before.is_some_and(|before| before != pulse) {
                state.overview_due = state.tick;
                refresh(state);
            }
        }
    } else if awaited.rights == Some(number) {
        awaited.rights = None;
        if let Some(Reply::Rights(Ok(Some(session)))) = reply.take() {
            rights_changed(state, session);
        }
    } else if awaited.overview == Some(number) {
        awaited.overview = None;
        if let Some(Reply::Overview(Ok(overview))) = reply.take() {
            let more_is_down =
                state.overview.as_ref().is_some_and(|before| overview.devices_in("down") > before.devices_in("down"));
            if more_is_down && state.bell {
                state.asks.want(Effect::Bell);
            }
            state.overview = Some(overview);
        }
    } else if awaited.drafts == Some(number) {
        awaited.drafts = None;
        if let Some(Reply::Drafts(Ok(drafts))) = reply.take() {
            offer_drafts(state, drafts);
        }
    } else if awaited.past_lines == Some(number) {
        awaited.past_lines = None;
        match reply.take() {
            Some(Reply::PastLines(Ok(lines))) => state.past_lines = lines,
            Some(Reply::PastLines(Err(error))) => tell(state, error.to_string(), Role::Warn),
            _ => {}
        }
    } else if awaited.words == Some(number) {
        awaited.words = None;
        match reply.take() {
            Some(Reply::Words(Ok(texts))) => {
                state.theme.words = state.theme.words.with(texts);
                let asked = state.language.clone().filter(|language| !language.starts_with("en"));
                if let Some(language) = asked.filter(|_| !state.theme.words.is_translated()) {
                    let told = format!("nothing is said in ‘{language}’ yet: the screens stay English");
                    tell(state, told, Role::Notice);
                }
            }
            Some(Reply::Words(Err(error))) => tell(state, error.to_string(), Role::Warn),
            _ => {}
        }
    } else if awaited.aiming.as_ref().is_some_and(|aiming| aiming.number == number) {
        if let Some(Reply::Progress(looked, _)) = reply {
            let told = format!("{looked} looked through for what matches; ‹stop› stops it");
            tell(state, told, Role::Notice);
            return true;
        }
        let aiming = awaited.aiming.take();
        match (aiming, reply.take()) {
            (Some(aiming), Some(Reply::Marked(Ok(marked)))) => {
                awaited.aiming = Some(Aiming { marked: Some(marked), ..aiming });
            }
            (Some(_), Some(Reply::Marked(Err(error)))) => tell(state, error.to_string(), Role::Error),
            _ => {}
        }
    } else if awaited.performing.as_ref().is_some_and(|performing| performing.number == number) {
        let of_a_form = state.open_places().any(|place| matches!(place, Place::Form(form) if form.awaits(number)));
        if of_a_form && !matches!(reply, Some(Reply::Progress(..))) {
            // How it ended is the form's to know.
            state.awaited.performing = None;
            return false;
        }
        acting::reply(state, reply);
    } else if awaited.logging_out == Some(number) {
        awaited.logging_out = None;
        if state.door.is_some() {
            state.session = None;
            state.asks.want(Effect::Exit);
        }
    } else {
        return false;
    }
    true
}

/// Unfinished forms are offered, the newest first.
fn offer_drafts(state: &mut State, drafts: Vec<crate::console::drafts::Draft>) {
    state.drafts = drafts;
    let Some(draft) = state.drafts.first() else { return };
    // What cannot be saved is not gone on with.
    let only_reads = state.session.as_ref().is_none_or(|session| session.require_writing().is_err());
    let is_busy = state.door.is_some() || state.overlay.is_some();
    if only_reads || is_busy || matches!(state.places.last(), Some(Place::Form(_))) {
        return;
    }
    let mut lines = vec![format!("A form was left unfinished: {}", crate::domain::text::clean(&draft.title))];
    let resource = crate::resources::find(&draft.resource);
    for (field, text) in draft.fields.iter().take(4) {
        let text: String = text.chars().take(50).collect();
        // Of a line of the record: the field of it, or that it is taken away.
        let name = field.rsplit('/').next().unwrap_or(field);
        if name == super::super::screens::form::REMOVED {
            lines.push("  a line is taken away".into());
            continue;
        }
        let part = field.split_once('/').and_then(|(part, _)| resources::find(part));
        let label = part.or(resource).map_or(name, |resource| resource.label(Words::ENGLISH, name));
        lines.push(format!("  {label}: {}", crate::domain::text::clean(&text)));
    }
    if state.drafts.len() > 1 {
        lines.push(format!("and {} more, each offered where it was begun", state.drafts.len() - 1));
    }
    let confirm = Confirm::new("Go on where you stopped?", lines, Ask::Yes).with_keys("question.go-on");
    state.overlay = Some(Overlay::Confirm(confirm, Then::Restore(0)));
}

/// For the demo and kept logins: somebody is in without the door.
pub fn enter(state: &mut State, logged_in: LoggedIn) -> Vec<Effect> {
    come_in(state, Box::new(logged_in));
    state.asks.take()
}

/// A session that a kept token opened.
#[must_use]
pub fn resumed(session: crate::store::Session) -> LoggedIn {
    LoggedIn { session, token: Secret::new(String::new()), must_change_password: false }
}
