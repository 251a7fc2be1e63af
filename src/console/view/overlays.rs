//! What lies over a place.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::views::{self, Offers};
use crate::console::measure::{self, Align};
use crate::console::overlay::deeds::Deeds;
use crate::console::overlay::note::{Becomes, NoteLine};
use crate::console::overlay::{CommandLine, Completion, FindLine, Overlay};
use crate::console::spots::{Spot, Spots};
use crate::console::state::{Place, State};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::frame::Parts;
use crate::console::widgets::groups;
use crate::console::widgets::line::LineView;
use crate::console::widgets::list::{Choices, Entry, Rows};
use crate::console::widgets::paint;
use crate::domain::text::{clean, fold};
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::store::find::Found;
use crate::store::notes::has_audience;

/// Candidates of a command that are shown at a time.
const SHOWN: u16 = 9;

/// The line above a list: the filter that holds, or the one being typed.
pub(super) fn filter_line(state: &State, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let Some(Place::List(list)) = state.places.last() else { return None };
    let theme = &state.theme;
    let wrong = list.mistake.as_ref().map(|mistake| mistake.span.clone());
    if let Some(Overlay::Filter(filter)) = &state.overlay {
        let examples = list.resource.filter_examples().join("   ");
        let example = theme.words.say("list.filter-example", &[("examples", &examples)]);
        let line =
            LineView { prompt: " / ", placeholder: &example, wrong, focused: true, ..LineView::new(&filter.line) };
        return line.paint(buffer, area, theme);
    }
    if list.filter_text.is_empty() {
        paint::text(buffer, area.x, area.y, area.width, theme.words.get("list.all"), theme[Role::Dim]);
    } else {
        let shown = format!(" / {}", clean(&list.filter_text));
        paint::text(buffer, area.x, area.y, area.width, &shown, theme[Role::Accent]);
    }
    None
}

pub(super) fn paint(state: &mut State, buffer: &mut Buffer, parts: Parts) -> Option<Position> {
    let locale = super::body::locale(state);
    let theme = &state.theme;
    let body = parts.body;
    let sections = match (&state.overlay, state.places.last()) {
        (Some(Overlay::Help(_)), Some(_)) => state.help_here(),
        _ => Vec::new(),
    };
    let rows = sections.iter().flat_map(|section| &section.rows);
    let closed = rows.filter_map(|row| Some((row.action.id, theme.told(&state.why_closed(row.action)?)))).collect();
    let offers = Offers::of(state);
    match state.overlay.as_mut()? {
        Overlay::Filter(filter) => {
            let anchor = Position { x: body.x + 3, y: parts.filter.y };
            for (area, index) in candidates(&filter.completion, buffer, body, anchor, theme) {
                state.spots.add(area, Spot::Candidate(index));
            }
            None
        }
        Overlay::Command(command) => {
            let (cursor, rows) = command_line(command, buffer, parts, theme);
            for (area, index) in rows {
                state.spots.add(area, Spot::Candidate(index));
            }
            cursor
        }
        Overlay::Find(find) => {
            let (cursor, popup, rows) = find_anything(find, buffer, body, theme, locale);
            point_at(&mut state.spots, popup, rows);
            cursor
        }
        Overlay::Menu(menu) | Overlay::Actions(Deeds { menu, .. }) | Overlay::Chooser(menu) => {
            let (popup, entries) = menu.paint(buffer, body, theme);
            point_at(&mut state.spots, popup, entries);
            None
        }
        Overlay::Help(help) => help.paint(buffer, body, theme, theme.words.get("keys.title"), &sections, &closed),
        Overlay::Confirm(confirm, _) => confirm.paint(buffer, body, theme),
        Overlay::Left(alone) => {
            let (popup, rows) = views::paint_left(alone, buffer, body, theme, &offers, locale.manner);
            point_at(&mut state.spots, popup, rows);
            None
        }
        Overlay::Columns(chooser) => {
            let (popup, rows) = views::paint_columns(chooser, buffer, body, theme, &offers);
            point_at(&mut state.spots, popup, rows);
            None
        }
        Overlay::Views(shown) => {
            let (cursor, popup, rows) = views::paint_views(shown, buffer, body, theme, &offers);
            point_at(&mut state.spots, popup, rows);
            cursor
        }
        Overlay::Secret(look) => super::secret::paint_look(look, buffer, body, theme, &offers),
        Overlay::Made(made) => {
            // The whole window: a picture has its size.
            super::made::paint_made(made, buffer, buffer.area, theme, &offers);
            None
        }
        Overlay::Note(note) => note_line(note, buffer, parts, theme, locale),
        Overlay::Copy(cursor) => {
            let (popup, rows) = views::paint_copy(*cursor, buffer, body, theme, &offers);
            point_at(&mut state.spots, popup, rows);
            None
        }
    }
}

/// The entries of a popup are what a click means there, and nothing that lies under it.
fn point_at(spots: &mut Spots, popup: Rect, entries: Rows) {
    spots.cover(popup);
    for (area, index) in entries {
        spots.add(area, Spot::Entry(index));
    }
}

/// A line about a record, where the status line is: what is asked above it, what is wrong with it below.
fn note_line(note: &NoteLine, buffer: &mut Buffer, parts: Parts, theme: &Theme, locale: Locale) -> Option<Position> {
    let above = Rect { y: parts.status.y.saturating_sub(1), ..parts.status };
    for area in [above, parts.status] {
        paint::clear(buffer, area, theme[Role::Text]);
    }
    // What matters comes first: a name may be long.
    let title = clean(&note.title);
    let named = |key: &'static str| theme.words.say(key, &[("title", &title)]);
    let asked = match note.becomes {
        Becomes::Reminder => match note.due(locale) {
            Some(at) => {
                let due = format!("{}, {}", locale.manner.moment(at, locale.zone), theme.relative(at, locale.now));
                theme.words.say("note.remind-at", &[("title", &title), ("when", &due)])
            }
            None => named("note.remind"),
        },
        Becomes::Note { .. } if !has_audience(note.resource.entity) => named("note.on"),
        Becomes::Note { internal: true } => named("note.for-us"),
        Becomes::Note { internal: false } => named("note.for-all"),
    };
    let (told, role) = match (&note.problem, note.sending) {
        (Some(problem), _) => (format!(" {} {}", theme.signs.wrong, theme.told(problem)), Role::Error),
        (None, Some(_)) => (format!(" {}", theme.words.get("note.writing")), Role::Dim),
        (None, None) => (format!(" {asked}"), Role::Title),
    };
    paint::fitted(buffer, above.x, above.y, above.width, &told, Align::Left, theme[role], theme.signs);
    let (prompt, placeholder) = match note.becomes {
        Becomes::Reminder => (theme.words.get("note.when"), theme.words.get("note.example-reminder")),
        Becomes::Note { .. } => (" + ", theme.words.get("note.example")),
    };
    let line = LineView { prompt, placeholder, focused: true, ..LineView::new(&note.line) };
    line.paint(buffer, parts.status, theme)
}

/// The command line in place of the status line; above it what is wrong, else what would fit.
fn command_line(command: &CommandLine, buffer: &mut Buffer, parts: Parts, theme: &Theme) -> (Option<Position>, Rows) {
    let (area, body) = (parts.status, parts.body);
    let line = LineView {
        prompt: " : ",
        placeholder: theme.words.get("command.example"),
        wrong: command.mistake.as_ref().map(|mistake| mistake.span.clone()),
        focused: true,
        ..LineView::new(&command.line)
    };
    paint::clear(buffer, area, theme[Role::Text]);
    let cursor = line.paint(buffer, area, theme);
    let mut above = body.bottom();
    if let Some(mistake) = &command.mistake {
        let lines = measure::wrap(&theme.told(&mistake.message), usize::from(body.width.saturating_sub(5)));
        let lines = lines.get(..lines.len().min(usize::from(body.height))).unwrap_or(&lines);
        above = above.saturating_sub(u16::try_from(lines.len()).unwrap_or(0));
        paint::clear(buffer, Rect { y: above, height: body.bottom() - above, ..body }, theme[Role::Text]);
        for (y, text) in (above..).zip(lines) {
            let sign = if y == above { theme.signs.wrong } else { " " };
            let text = format!("{sign} {text}");
            paint::text(buffer, body.x + 1, y, body.width.saturating_sub(1), &text, theme[Role::Error]);
        }
    }
    let count = u16::try_from(command.completion.candidates.len()).unwrap_or(u16::MAX).min(SHOWN);
    let top = above.saturating_sub(count + 2).max(body.y);
    let room = Rect { y: top, height: above - top, ..body };
    let anchor = Position { x: area.x + 3, y: top.saturating_sub(1) };
    (cursor, candidates(&command.completion, buffer, room, anchor, theme))
}

/// Find anything: the line, and the hits grouped by what they are, scrolled with the cursor.
fn find_anything(
    find: &FindLine,
    buffer: &mut Buffer,
    body: Rect,
    theme: &Theme,
    locale: Locale,
) -> (Option<Position>, Rect, Rows) {
    let popup = paint::centred(body, 90, body.height.min(24));
    let inside = paint::popup(buffer, popup, theme.words.get("find.title"), theme);
    let line = LineView {
        prompt: theme.words.get("find.prompt"),
        placeholder: theme.words.get("find.example"),
        focused: true,
        ..LineView::new(&find.line)
    };
    let cursor = line.paint(buffer, Rect { height: 1, ..inside }, theme);
    let (mut lines, mut hit, mut here, mut hits) = (Vec::new(), 0, None, BTreeMap::new());
    for found in &find.found {
        lines.push(groups::Line::Heading(heading(found, find.line.text(), theme, locale)));
        for record in &found.records {
            here = here.or((hit == find.cursor).then_some(lines.len()));
            hits.insert(lines.len(), hit);
            lines.push(groups::Line::named(found_line(record, find.line.text(), locale)));
            hit += 1;
        }
    }
    let below = Rect { y: inside.y + 2, height: inside.height.saturating_sub(2), ..inside };
    let rows = groups::paint(buffer, below, theme, &lines, here);
    let rows = rows.into_iter().filter_map(|(area, line)| Some((area, *hits.get(&line)?))).collect();
    let nothing = match (&find.error, &find.answered, find.found.is_empty()) {
        (Some(error), ..) => Some((theme.told(error), Role::Error)),
        (None, answered, true) if !find.line.text().trim().is_empty() => {
            let is_answered = answered.as_deref() == Some(find.line.text());
            Some((theme.words.get(if is_answered { "find.nothing" } else { "list.reading" }).to_owned(), Role::Dim))
        }
        _ => None,
    };
    if let Some((text, role)) = nothing {
        paint::text(buffer, inside.x + 1, inside.y + 2, inside.width, &text, theme[role]);
    }
    (cursor, popup, rows)
}

/// What a group of hits is called; where there are more, how to see all of them.
fn heading(found: &Found, typed: &str, theme: &Theme, locale: Locale) -> String {
    let kind = title(found.entity, &theme.words);
    if !found.more {
        return kind.to_owned();
    }
    let name = crate::resources::of(found.entity).and_then(|resource| resource.aliases.first().copied());
    let command = format!(":{} {}", name.unwrap_or(found.entity.name), typed.trim());
    let count = locale.manner.count(found.records.len());
    theme.words.say("find.more", &[("kind", &kind), ("count", &count), ("command", &command)])
}

/// What records of a kind are called.
fn title<'w>(entity: &'static crate::store::Entity, words: &'w Words) -> &'w str {
    crate::resources::of(entity).map_or(entity.name, |resource| resource.title(words))
}

/// Letters of a text that are told of it, and of those how many before what was typed.
const TOLD: (usize, usize) = (60, 20);

/// A hit: what it is called, and what tells it from others of the same name. Of what keeps no document, which is known by
/// little else, what holds the word that was typed, and when it was made.
fn found_line(record: &crate::store::Record, typed: &str, locale: Locale) -> String {
    let mut parts = vec![record.title()];
    if record.entity.search.is_empty() {
        let title = fold(&parts[0]);
        let unsaid: Vec<String> =
            fold(typed).split(' ').filter(|word| !title.contains(word)).map(str::to_owned).collect();
        let holds = |text: &str| unsaid.iter().any(|word| fold(text).contains(word.as_str()));
        let texts: Vec<&str> = record.entity.texts().iter().map(|field| record.get(field.name).as_str()).collect();
        parts.extend(texts.into_iter().find(|text| holds(text)).map(|text| around(text, &unsaid)));
        let made = record.get("created_at");
        if !made.is_empty() {
            parts.push(made.shown(locale));
        }
    }
    for field in ["status", "health", "phone", "email", "management_ip", "city"] {
        let value = record.get(field);
        if !value.is_empty() {
            parts.push(clean(&value.written()).into_owned());
        }
    }
    parts.join("  ")
}

/// The part of a text in which one of the words stands.
fn around(text: &str, words: &[String]) -> String {
    let letters: Vec<char> = clean(text).chars().collect();
    let holds = |from: usize| {
        let rest: String = letters[from..].iter().take(TOLD.0).collect();
        words.iter().any(|word| fold(&rest).starts_with(word.as_str()))
    };
    let at = (0..letters.len()).find(|from| holds(*from)).unwrap_or(0);
    let from = if letters.len() <= TOLD.0 { 0 } else { at.saturating_sub(TOLD.1) };
    let part: String = letters[from..].iter().take(TOLD.0).collect();
    let before = if from > 0 { "…" } else { "" };
    let after = if from + TOLD.0 < letters.len() { "…" } else { "" };
    format!("{before}{}{after}", part.trim())
}

fn candidates(completion: &Completion, buffer: &mut Buffer, within: Rect, anchor: Position, theme: &Theme) -> Rows {
    if completion.candidates.is_empty() {
        return Rows::new();
    }
    let shown: Vec<String> = completion.candidates.iter().map(|candidate| clean(candidate).into_owned()).collect();
    let entries: Vec<Entry<'_>> = shown.iter().map(|text| Entry::from(text.as_str())).collect();
    Choices { title: "", entries: &entries, cursor: completion.cursor, empty: "" }
        .popup(buffer, within, anchor, theme)
        .1
}
