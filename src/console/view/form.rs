//! A form, with what can be chosen under its field.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::lines;
use crate::console::measure;
use crate::console::screens::form::{Editor, Form, FormField, Offer, Task};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::form::{self as form_widget, FieldValue, FieldView, FormPainted};
use crate::console::widgets::list::{Choices, Entry, Rows};
use crate::console::widgets::paint;
use crate::domain::Kind;
use crate::domain::sides::differing;
use crate::domain::text::{capital, clean};
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::resources::operation_label;

/// Rows that JSON takes at most while one is in it.
const TREE: usize = 10;
/// Rows that a problem, and what belongs in a field, take below the form at most.
const MOST: usize = 5;
/// Rows of fields that stay, whatever is told below them.
const LEAST: u16 = 4;
/// Letters of what somebody else made of a field, and of what it was.
const SHOWN: usize = 100;
/// Rows of a text of several lines.
const LINES: u16 = 3;

/// Where a form was painted, with the choices that lie over it.
pub(super) struct Painted {
    pub(super) form: FormPainted,
    /// What the choices cover, and where each stands.
    pub(super) choices: Option<(Rect, Rows)>,
}

pub(super) fn paint_form(form: &mut Form, buffer: &mut Buffer, area: Rect, theme: &Theme, locale: Locale) -> Painted {
    let mut top = area.y;
    let about = form.task.about(locale.manner).map(|about| (theme.told(&about), Role::Dim));
    let notice = form.notice.as_ref().map(|notice| (theme.told(notice), Role::Notice));
    let wrong = theme.signs.wrong;
    let refusal = form.refusal.as_ref().map(|why| (format!("{wrong} {}", theme.told(why)), Role::Error));
    for (text, role) in about.into_iter().chain(notice).chain(refusal) {
        let lines = Rect { x: area.x + 1, y: top, width: area.width.saturating_sub(2), height: 3 };
        top += paint::wrapped(buffer, lines.intersection(area), &text, theme[role]);
    }
    let fields = Rect { y: top, height: area.bottom().saturating_sub(top), ..area };
    let painted = paint_fields(form, buffer, fields, theme, locale);
    let choices = form.picker.as_ref().zip(painted.anchor).map(|(picker, anchor)| {
        let shown: Vec<String> = picker.choices.iter().map(|(shown, offer)| offered(shown, offer, theme)).collect();
        let mut entries: Vec<Entry<'_>> = shown.iter().map(|shown| Entry::from(shown.as_str())).collect();
        let (empty, mut cursor) = (theme.told(&picker.empty), picker.cursor);
        // Nobody adds what is there already because it is still being read, or could not be.
        let tells = picker.choices.iter().all(|(_, offer)| *offer == Offer::Add);
        if tells {
            entries.insert(0, Entry { label: &empty, closed: Some(""), ..Entry::default() });
            cursor = cursor.map(|cursor| cursor + 1);
        }
        let choices = Choices { title: "", entries: &entries, cursor, empty: "" };
        let (covered, mut rows) = choices.popup(buffer, area, anchor, theme);
        if tells {
            rows = rows.into_iter().filter_map(|(row, index)| Some((row, index.checked_sub(1)?))).collect();
        }
        (covered, rows)
    });
    Painted { form: painted, choices }
}

fn paint_fields(form: &mut Form, buffer: &mut Buffer, area: Rect, theme: &Theme, locale: Locale) -> FormPainted {
    let (resource, focus, first, head) = (form.resource, form.focus, form.first, form.head());
    let creating = form.record.is_none();
    let save_at = form.fields.len();
    let has_lines = form.lines.is_some();
    let ghost = form.fields.get(focus).map_or_else(String::new, |field| match form.currency_of(field) {
        Some(currency) if !field.text().is_empty() => format!(" {currency}"),
        _ => field.ghost(locale),
    });
    let told_of_cell = told_of_cell(form, &ghost, area, theme);
    let beside: Vec<(String, Option<String>)> =
        form.fields.iter().take(head).map(|field| (help(form, field, theme), form.currency_of(field))).collect();
    let save = button(form, theme);
    // What saves stands below all that it saves.
    let (below_all, in_lines) = (u16::from(has_lines), u16::try_from(told_of_cell.len()).unwrap_or(0));
    let room = area.height.saturating_sub(below_all + in_lines);
    let grid_height = lines::height(form, room);
    let mut views: Vec<FieldView<'_>> = Vec::with_capacity(head + 1);
    for (index, (field, (help, currency))) in form.fields.iter_mut().take(head).zip(beside).enumerate() {
        let (name, changed, is_secret) = (field.field, field.is_changed(), field.is_secret());
        let problem = problem(field, index == focus, theme);
        let label = resource.label(&theme.words, name.name);
        let mut view = FieldView::new(label, value(field, index == focus, &ghost, (currency.as_deref(), &theme.words)));
        view.help = help.into();
        view.problem = problem.map(Into::into);
        view.required = name.required && (creating || !is_secret);
        view.changed = changed;
        views.push(view);
    }
    if !has_lines {
        views.push(FieldView::new("", FieldValue::Button(save.clone().into())));
    }
    let own = Rect { height: room - grid_height, ..area };
    let mut told = below(&mut views, focus, own);
    // The field itself is seen before all.
    told.truncate(usize::from(own.height.saturating_sub(LEAST)));
    let height = own.height.saturating_sub(u16::try_from(told.len()).unwrap_or(0));
    let fields = Rect { height, ..own };
    // Whoever is behind the fields sees the last of them.
    let seen = if has_lines { focus.min(head) } else { focus };
    let mut painted = form_widget::paint(buffer, fields, theme, &mut views, seen, first, true);
    drop(views);
    // A line apart from the fields, where there is room for one.
    let under = (fields.y + painted.height + 1).min(fields.bottom());
    for (y, (line, role)) in (under..).zip(&told) {
        paint::text(buffer, area.x + 1, y, area.width, line, theme[*role]);
    }
    form.first = painted.first;
    if has_lines {
        // The lines follow what is above them, rather than stand at the bottom of the screen.
        let told_rows = u16::try_from(told.len()).unwrap_or(0);
        let top = (fields.y + painted.height + told_rows + 1 + u16::from(told_rows > 0)).min(own.bottom());
        let grid = Rect { y: top, height: grid_height, ..area };
        let in_grid = lines::paint_lines(form, buffer, grid, theme, locale);
        painted.fields.extend(in_grid.cells);
        painted.cursor = in_grid.cursor.or(painted.cursor);
        painted.anchor = in_grid.anchor.or(painted.anchor);
        for (y, (line, role)) in (grid.bottom()..).zip(&told_of_cell) {
            paint::text(buffer, area.x + 2, y, area.width.saturating_sub(2), line, theme[*role]);
        }
        let last = Rect { y: grid.bottom() + in_lines, height: below_all, ..area };
        let mut views = [FieldView::new("", FieldValue::Button(save.into()))];
        let on_save = if focus == save_at { 0 } else { 1 };
        let button = form_widget::paint(buffer, last, theme, &mut views, on_save, 0, false);
        painted.fields.extend(button.fields.into_iter().map(|(area, _)| (area, save_at)));
    }
    painted
}

/// What the cell under the cursor has to say: what is wrong with it, else what stands in it, else what belongs there.
fn told_of_cell(form: &Form, ghost: &str, area: Rect, theme: &Theme) -> Vec<(String, Role)> {
    let (Some(_), Some(field), Some(of)) = (form.cell(form.focus), form.fields.get(form.focus), &form.lines) else {
        return Vec::new();
    };
    let locked = form.why_locked(form.focus).map(|why| theme.told(&why));
    let (told, role) = match problem(field, true, theme).or_else(|| elsewhere(form, theme)) {
        Some(problem) => (problem, Role::Error),
        None if locked.is_some() => (locked.unwrap_or_default(), Role::Dim),
        None if !ghost.trim().is_empty() => (format!("{}{ghost}", clean(&field.text())), Role::Dim),
        None => (of.resource.help(&theme.words, field.field), Role::Dim),
    };
    let lines = measure::wrap(&told, usize::from(area.width.saturating_sub(4)));
    lines.into_iter().take(2).map(|line| (line, role)).collect()
}

/// What is wrong in the lines beyond the cell under the cursor, in its own line before the others:
/// `line 2, unit price: …`.
fn elsewhere(form: &Form, theme: &Theme) -> Option<String> {
    let (own, lines) = (form.cell(form.focus)?.row, form.lines.as_ref()?);
    let wrong = (form.head()..form.fields.len()).filter(|index| form.fields[*index].problem.is_some());
    let of_row = |index: &usize| form.cell(*index).map_or(usize::MAX, |cell| cell.row);
    let index = wrong.min_by_key(|index| (of_row(index) != own, of_row(index)))?;
    let field = &form.fields[index];
    let label = lines.resource.label(&theme.words, field.field.name);
    let problem = theme.told(field.problem.as_deref()?);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("line", &(of_row(&index) + 1)), ("field", &label), ("problem", &problem)];
    Some(theme.words.say("form.wrong-in-line", &values))
}

/// What the field under the cursor has to say below the form: what is wrong with it where that may not fit beside it, and
/// what belongs there where that is not read in its place.
fn below(views: &mut [FieldView<'_>], focus: usize, area: Rect) -> Vec<(String, Role)> {
    let width = form_widget::value_width(area, views, true);
    let Some(view) = views.get_mut(focus) else { return Vec::new() };
    let room = usize::from(area.width.saturating_sub(2));
    let mut lines = Vec::new();
    if let Some(problem) = view.problem.as_deref().filter(|_| !view.tells_all(width)) {
        lines.extend(measure::wrap(problem, room).into_iter().take(MOST).map(|line| (line, Role::Error)));
    }
    if !view.help.is_empty() && (view.problem.is_some() || !view.shows_help(width)) {
        let help = std::mem::take(&mut view.help);
        lines.extend(measure::wrap(&help, room).into_iter().take(MOST).map(|line| (line, Role::Dim)));
    }
    lines
}

/// What saves, behind the last field: it says what it does.
fn button(form: &Form, theme: &Theme) -> String {
    let does = match &form.task {
        Task::Record => theme.words.get("form.save").to_owned(),
        Task::SetField { .. } => theme.words.get("form.set").to_owned(),
        Task::Operation { operation, .. } => capital(operation_label(&theme.words, operation)),
    };
    format!("[{does}]")
}

/// What belongs in a field.
fn help(form: &Form, field: &FormField, theme: &Theme) -> String {
    if field.is_secret() && field.has_secret {
        return theme.words.get("form.secret-kept").to_owned();
    }
    let help = form.resource.help(&theme.words, field.field);
    match form.currency_of(field) {
        Some(currency) => theme.words.say("form.amount-in", &[("help", &help), ("currency", &currency)]),
        None => help,
    }
}

/// A choice as it reads: what a record is called stays as it is.
fn offered(shown: &str, offer: &Offer, theme: &Theme) -> String {
    match offer {
        // A word of a choice is told with what it is called in the language; what is written is the word.
        Offer::Text(word) if word == shown && theme.words.word(word) != word => {
            format!("{}  {}", clean(word), theme.words.word(word))
        }
        Offer::Text(_) => clean(shown).into_owned(),
        Offer::Add | Offer::More | Offer::Mine | Offer::Theirs | Offer::Before | Offer::Both => theme.told(shown),
    }
}

/// What stands in a field, as it is edited or merely seen.
fn value<'a>(
    field: &'a mut FormField,
    focused: bool,
    ghost: &'a str,
    (currency, words): (Option<&str>, &Words),
) -> FieldValue<'a> {
    let text = field.text();
    let is_choice = matches!(field.field.kind, Kind::Choice(_));
    let is_toggle = field.field.kind == Kind::Bool && matches!(text.as_str(), "yes" | "no");
    let seen = match field.means_beyond() {
        Some(means) => format!("{}  {}", clean(&text), clean(means)),
        None => clean(&text).into_owned(),
    };
    let seen = match currency {
        Some(currency) if !seen.is_empty() => format!("{seen} {currency}"),
        _ => seen,
    };
    let (is_secret, has_secret) = (field.is_secret(), field.has_secret);
    match &mut field.editor {
        Editor::Line(editor) if focused => FieldValue::Line { editor, wrong: None, ghost },
        Editor::Line(_) if is_secret => FieldValue::Secret(has_secret || !text.is_empty()),
        Editor::Line(_) if is_toggle && !text.is_empty() => FieldValue::Toggle(text == "yes"),
        Editor::Line(_) if is_choice && !text.is_empty() => FieldValue::Choice(words.word(&seen).to_owned().into()),
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
    if let Some(theirs) = &field.theirs {
        let shown = |text: &str, other: &str| differing(&clean(text), &clean(other), SHOWN);
        let (was, theirs) = (shown(&field.was, theirs), shown(theirs, &field.was));
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
