//! A form, with what can be chosen under its field.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::console::measure;
use crate::console::screens::form::{Editor, Form, FormField, Offer};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::form::{self as form_widget, FieldValue, FieldView};
use crate::console::widgets::list::{Choices, Entry};
use crate::console::widgets::paint;
use crate::domain::Kind;
use crate::domain::text::clean;
use crate::domain::value::Locale;

/// Rows that JSON takes at most while one is in it.
const TREE: usize = 10;
/// A problem as long as this is seen beside its field.
const SHORT: usize = 24;
/// Rows of a text of several lines.
const LINES: u16 = 3;

pub(super) fn paint_form(
    form: &mut Form,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
) -> Option<Position> {
    let mut top = area.y;
    let room = usize::from(area.width.saturating_sub(2));
    let about = form.task.about().map(|about| (theme.told(&about), Role::Dim));
    let notice = form.notice.as_ref().map(|notice| (theme.told(notice), Role::Notice));
    for (text, role) in about.into_iter().chain(notice) {
        for line in measure::wrap(&text, room).iter().take(3) {
            paint::text(buffer, area.x + 1, top, area.width, line, theme[role]);
            top += 1;
        }
    }
    // A problem that may not fit beside its field stands below in full while one is there.
    let told = form.fields.get(form.focus).and_then(|field| problem(field, true, theme));
    let told =
        told.filter(|told| measure::width(told) > SHORT).map_or_else(Vec::new, |told| measure::wrap(&told, room));
    let told = &told[..told.len().min(3)];
    let height = area.bottom().saturating_sub(top).saturating_sub(u16::try_from(told.len()).unwrap_or(0));
    let below = Rect { y: top, height, ..area };
    for (row, line) in told.iter().enumerate() {
        paint::text(buffer, area.x + 1, below.bottom() + row as u16, area.width, line, theme[Role::Error]);
    }
    let resource = form.resource;
    let focus = form.focus;
    let creating = form.record.is_none();
    let ghost = form.fields.get(focus).map_or_else(String::new, |field| field.ghost(locale));
    let mut views: Vec<FieldView<'_>> = Vec::with_capacity(form.fields.len());
    for (index, field) in form.fields.iter_mut().enumerate() {
        let changed = field.is_changed();
        let is_secret = field.is_secret();
        let has_secret = field.has_secret;
        let name = field.field;
        let problem = problem(field, index == focus, theme);
        let mut view = FieldView::new(resource.label(&theme.words, name.name), value(field, index == focus, &ghost));
        view.problem = problem.map(Into::into);
        view.help = if is_secret && has_secret {
            theme.words.get("form.secret-kept").into()
        } else {
            resource.help(&theme.words, name).into()
        };
        view.required = name.required && (creating || !is_secret);
        view.changed = changed;
        views.push(view);
    }
    let painted = form_widget::paint(buffer, below, theme, &mut views, focus, form.first, true);
    drop(views);
    form.first = painted.first;
    if let (Some(picker), Some(anchor)) = (&form.picker, painted.anchor) {
        let shown: Vec<String> = picker.choices.iter().map(|(shown, offer)| offered(shown, offer, theme)).collect();
        let entries: Vec<Entry<'_>> = shown.iter().map(|shown| Entry::from(shown.as_str())).collect();
        let empty = if entries.is_empty() { theme.told(&picker.empty) } else { String::new() };
        let choices = Choices { title: "", entries: &entries, cursor: picker.cursor, empty: &empty };
        choices.popup(buffer, area, anchor, theme);
    }
    painted.cursor
}

/// A choice as it reads: what a record is called stays as it is.
fn offered(shown: &str, offer: &Offer, theme: &Theme) -> String {
    match offer {
        Offer::Text(_) => clean(shown).into_owned(),
        Offer::Add | Offer::Mine | Offer::Theirs | Offer::Before => theme.told(shown),
    }
}

/// What stands in a field, as it is edited or merely seen.
fn value<'a>(field: &'a mut FormField, focused: bool, ghost: &'a str) -> FieldValue<'a> {
    let text = field.text();
    let is_choice = matches!(field.field.kind, Kind::Choice(_));
    let is_toggle = field.field.kind == Kind::Bool && matches!(text.as_str(), "yes" | "no");
    let seen = match &field.means {
        Some(means) if means.starts_with(&text) => clean(means).into_owned(),
        Some(means) => format!("{}  {}", clean(&text), clean(means)),
        None => clean(&text).into_owned(),
    };
    let (is_secret, has_secret) = (field.is_secret(), field.has_secret);
    match &mut field.editor {
        Editor::Line(editor) if focused => FieldValue::Line { editor, wrong: None, ghost },
        Editor::Line(_) if is_secret => FieldValue::Secret(has_secret || !text.is_empty()),
        Editor::Line(_) if is_toggle && !text.is_empty() => FieldValue::Toggle(text == "yes"),
        Editor::Line(_) if is_choice && !text.is_empty() => FieldValue::Choice(seen.into()),
        Editor::Line(_) => FieldValue::Text(seen.into()),
        Editor::Lines(editor) => FieldValue::Lines { editor, rows: LINES },
        Editor::Tags(editor) => FieldValue::Tags(editor),
        Editor::Tree(editor) => {
            let rows = if focused { editor.height().min(TREE) } else { 1 };
            FieldValue::Tree { editor, rows: u16::try_from(rows).unwrap_or(1) }
        }
    }
}

/// What is wrong with a field, what both changed before all.
fn problem(field: &FormField, focused: bool, theme: &Theme) -> Option<String> {
    let shown = |text: &str| clean(text).chars().take(60).collect::<String>();
    if let Some(theirs) = &field.theirs {
        let (was, theirs) = (shown(&field.was), shown(theirs));
        return Some(if field.is_secret() {
            theme.words.say("form.secret-changed-meanwhile", &[("theirs", &theirs)])
        } else {
            theme.words.say("form.changed-meanwhile", &[("was", &was), ("theirs", &theirs)])
        });
    }
    if let Editor::Tree(tree) = &field.editor
        && focused
    {
        let fault = || tree.faults().first().map(ToString::to_string);
        let told = tree.problem().map(str::to_owned).or_else(fault).or_else(|| field.problem.clone());
        return told.map(|told| theme.told(&told));
    }
    field.problem.as_deref().map(|problem| theme.told(problem))
}
