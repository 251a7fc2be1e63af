//! A form, with what can be chosen under its field.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::console::measure;
use crate::console::screens::form::{Editor, Form};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::form::{self as form_widget, FieldValue, FieldView};
use crate::console::widgets::list::{Choices, Entry};
use crate::console::widgets::paint;
use crate::domain::text::clean;
use crate::resources::{self, label};

pub(super) fn paint_form(form: &mut Form, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Option<Position> {
    let mut top = area.y;
    if let Some(notice) = &form.notice {
        for line in measure::wrap(&clean(notice), usize::from(area.width.saturating_sub(2))).iter().take(3) {
            paint::text(buffer, area.x + 1, top, area.width, line, theme[Role::Notice]);
            top += 1;
        }
    }
    let below = Rect { y: top, height: area.bottom().saturating_sub(top), ..area };
    let entity = form.resource.entity;
    let focus = form.focus;
    let creating = form.record.is_none();
    let mut views: Vec<FieldView<'_>> = Vec::with_capacity(form.fields.len());
    for (index, field) in form.fields.iter_mut().enumerate() {
        let changed = field.is_changed();
        let text = field.text();
        let is_secret = field.is_secret();
        let has_secret = field.has_secret;
        let value = match &mut field.editor {
            Editor::Line(editor) if index == focus => FieldValue::Line { editor, wrong: None, ghost: "" },
            Editor::Line(_) if is_secret => FieldValue::Secret(has_secret || !text.is_empty()),
            Editor::Line(_) => FieldValue::Text(clean(&text).into_owned().into()),
            Editor::Lines(editor) => FieldValue::Lines { editor, rows: 3 },
        };
        let mut view = FieldView::new(label(field.field.name), value);
        view.problem = match (&field.theirs, &field.problem) {
            (Some(theirs), _) => Some(format!("changed meanwhile to ‘{}’: C-t takes it", clean(theirs)).into()),
            (None, Some(problem)) => Some(clean(problem).into_owned().into()),
            (None, None) => None,
        };
        view.help = if is_secret && has_secret {
            "there is one; empty leaves it as it is".into()
        } else {
            resources::help(entity, field.field).into()
        };
        view.required = field.field.required && (creating || !is_secret);
        view.changed = changed;
        views.push(view);
    }
    let painted = form_widget::paint(buffer, below, theme, &mut views, focus, form.first, true);
    drop(views);
    form.first = painted.first;
    if let (Some(picker), Some(anchor)) = (&form.picker, painted.anchor) {
        let entries: Vec<Entry<'_>> = picker.choices.iter().map(|(shown, _)| Entry::from(shown.as_str())).collect();
        let choices = Choices { title: "", entries: &entries, cursor: Some(picker.cursor), empty: &picker.empty };
        choices.popup(buffer, area, anchor, theme);
    }
    painted.cursor
}
