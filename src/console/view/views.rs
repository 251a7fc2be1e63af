//! The chooser of columns, the saved views of a list, and what an operation left alone.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::console::overlay::columns::ColumnChooser;
use crate::console::overlay::left::LeftAlone;
use crate::console::overlay::views::{SavedView, Views};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::line::LineView;
use crate::console::widgets::list::{Choices, Entry};
use crate::console::widgets::paint;
use crate::domain::text::clean;

/// The width of these popups, where there is room.
const WIDTH: u16 = 72;

pub(super) fn paint_columns(chooser: &ColumnChooser, buffer: &mut Buffer, body: Rect, theme: &Theme) {
    let labels: Vec<(&str, String)> = chooser
        .choices
        .iter()
        .map(|choice| {
            let width = choice
                .column
                .width
                .map_or_else(String::new, |width| theme.words.say("list.cells", &[("width", &width)]));
            (chooser.resource.label(&theme.words, choice.column.field.name), width)
        })
        .collect();
    let entries: Vec<Entry<'_>> = labels
        .iter()
        .zip(&chooser.choices)
        .map(|((label, detail), choice)| Entry { label, detail, ticked: Some(choice.shown), closed: None })
        .collect();
    // At the right, so that what changes is seen.
    let height = u16::try_from(entries.len() + 4).unwrap_or(body.height).min(body.height);
    let width = 60.min(body.width);
    let popup = Rect { x: body.right() - width, y: body.y, width, height };
    let inside = paint::popup(buffer, popup, theme.words.get("views.columns"), theme);
    let list = Rect { height: inside.height.saturating_sub(1), ..inside };
    Choices { title: "", entries: &entries, cursor: Some(chooser.cursor), empty: "" }.paint(buffer, list, theme);
    hint(theme.words.get("views.keys-of-columns"), buffer, inside, theme);
}

pub(super) fn paint_views(views: &Views, buffer: &mut Buffer, body: Rect, theme: &Theme) -> Option<Position> {
    let rows = u16::try_from(views.len().max(1)).unwrap_or(body.height);
    let popup = paint::centred(body, WIDTH, (rows + 5).min(body.height));
    let title = theme.words.say("views.title", &[("resource", &views.resource.several(&theme.words))]);
    let inside = paint::popup(buffer, popup, &title, theme);
    let shown: Vec<(String, String)> = views.views.iter().flatten().map(|view| told(view, views, theme)).collect();
    let entries: Vec<Entry<'_>> =
        shown.iter().map(|(label, detail)| Entry { label, detail, ..Entry::default() }).collect();
    let empty = match (&views.error, &views.views) {
        (Some(error), _) => format!("{} {}", theme.signs.wrong, theme.told(error)),
        (None, None) => theme.words.get("list.reading").to_owned(),
        (None, Some(_)) => theme.words.get("views.none").to_owned(),
    };
    let list = Rect { height: inside.height.saturating_sub(2), ..inside };
    let cursor = (!entries.is_empty()).then_some(views.cursor);
    Choices { title: "", entries: &entries, cursor, empty: &empty }.paint(buffer, list, theme);
    if let Some(naming) = &views.naming {
        let prompt = theme.words.get(if naming.of.is_some() { "views.new-name" } else { "views.name" });
        let line = LineView {
            prompt,
            placeholder: theme.words.get("views.example"),
            focused: true,
            ..LineView::new(&naming.line)
        };
        let area = Rect { y: inside.bottom().saturating_sub(1), height: 1.min(inside.height), ..inside };
        return line.paint(buffer, area, theme);
    }
    let keys = match (views.acting, views.more) {
        (true, _) => "views.keys-of-one",
        (false, true) => "views.keys-with-more",
        (false, false) => "views.keys",
    };
    hint(theme.words.get(keys), buffer, inside, theme);
    None
}

pub(super) fn paint_left(alone: &LeftAlone, buffer: &mut Buffer, body: Rect, theme: &Theme) {
    let rows = u16::try_from(alone.rows.len()).unwrap_or(body.height);
    let popup = paint::centred(body, 100, rows.saturating_add(4).min(body.height));
    let title = theme.words.say(
        "left.title",
        &[
            ("verb", &crate::resources::operation_label(&theme.words, alone.operation)),
            ("done", &alone.done),
            ("left", &alone.rows.len()),
        ],
    );
    let inside = paint::popup(buffer, popup, &title, theme);
    let shown: Vec<(String, String)> =
        alone.rows.iter().map(|(_, name, why)| (clean(name).into_owned(), theme.told(why))).collect();
    let entries: Vec<Entry<'_>> =
        shown.iter().map(|(label, detail)| Entry { label, detail, ..Entry::default() }).collect();
    let list = Rect { height: inside.height.saturating_sub(1), ..inside };
    Choices { title: "", entries: &entries, cursor: Some(alone.cursor), empty: "" }.paint(buffer, list, theme);
    hint(theme.words.get("left.keys"), buffer, inside, theme);
}

/// `d  Late payers` and what it is.
fn told(view: &SavedView, views: &Views, theme: &Theme) -> (String, String) {
    let letter = view.letter.unwrap_or(' ');
    let mut about = Vec::new();
    if views.opens_with == Some(view.record.id) {
        about.push(theme.words.get("views.opens").to_owned());
    }
    if view.is_shared() {
        about.push(theme.words.get("views.shared").to_owned());
    }
    about.push(clean(view.record.get("filter").as_str()).into_owned());
    about.retain(|part| !part.is_empty());
    (format!("{letter}  {}", clean(view.record.get("name").as_str())), about.join(" · "))
}

fn hint(text: &str, buffer: &mut Buffer, inside: Rect, theme: &Theme) {
    if inside.height > 1 {
        paint::text(buffer, inside.x + 1, inside.bottom() - 1, inside.width.saturating_sub(1), text, theme[Role::Dim]);
    }
}
