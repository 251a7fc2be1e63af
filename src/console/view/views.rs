//! The chooser of columns, the saved views of a list, and what an operation left alone.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::console::actions::Action;
use crate::console::measure;
use crate::console::overlay::columns::ColumnChooser;
use crate::console::overlay::left::LeftAlone;
use crate::console::overlay::views::{SavedView, Views};
use crate::console::state::State;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::line::LineView;
use crate::console::widgets::list::{Choices, Entry, Rows};
use crate::console::widgets::paint;
use crate::domain::Id;
use crate::domain::manner::Manner;
use crate::domain::text::clean;

/// The width of these popups, where there is room.
const WIDTH: u16 = 72;

pub(super) fn paint_columns(
    chooser: &ColumnChooser,
    buffer: &mut Buffer,
    body: Rect,
    theme: &Theme,
    offers: &Offers,
) -> (Rect, Rows) {
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
    let width = 60.min(body.width);
    let offered = offers.rows(None, width, theme);
    let height = u16::try_from(entries.len() + offered.len() + 3).unwrap_or(body.height).min(body.height);
    let popup = Rect { x: body.right() - width, y: body.y, width, height };
    let inside = paint::popup(buffer, popup, theme.words.get("views.columns"), theme);
    let list = offer(&offered, buffer, inside, theme);
    let rows = Choices { title: "", entries: &entries, cursor: Some(chooser.cursor), empty: "" };
    (popup, rows.paint(buffer, list, theme))
}

pub(super) fn paint_views(
    views: &Views,
    buffer: &mut Buffer,
    body: Rect,
    theme: &Theme,
    offers: &Offers,
) -> (Option<Position>, Rect, Rows) {
    let besides = match (views.acting, views.more) {
        (false, true) => Some("views.there-are-more"),
        (false, false) if !views.is_empty() => Some("views.shown-by"),
        _ => None,
    };
    let offered = offers.rows(besides, WIDTH.min(body.width), theme);
    let rows = u16::try_from(views.len().max(1) + offered.len()).unwrap_or(body.height);
    let popup = paint::centred(body, WIDTH, (rows + 4).min(body.height));
    let title = theme.words.say("views.title", &[("resource", &views.resource.several(&theme.words))]);
    let inside = paint::popup(buffer, popup, &title, theme);
    let shown: Vec<(String, String)> = views.views.iter().flatten().map(|view| told(view, views, theme)).collect();
    let entries: Vec<Entry<'_>> =
        shown.iter().map(|(label, detail)| Entry { label, detail, ..Entry::default() }).collect();
    let empty = match (&views.error, &views.views) {
        (Some(error), _) => format!("{} {}", theme.signs.wrong, theme.told(error)),
        (None, None) => theme.words.get("list.reading").to_owned(),
        (None, Some(_)) => match offers.key_of(Action::ViewKeep) {
            Some(key) => theme.words.say("views.none", &[("key", &key)]),
            None => theme.words.get("views.nothing").to_owned(),
        },
    };
    let naming = [String::new()];
    let list = offer(if views.naming.is_some() { &naming } else { &offered }, buffer, inside, theme);
    let list = Rect { height: list.height.saturating_sub(1), ..list };
    let cursor = (!entries.is_empty()).then_some(views.cursor);
    let rows = Choices { title: "", entries: &entries, cursor, empty: &empty }.paint(buffer, list, theme);
    if let Some(naming) = &views.naming {
        let prompt = theme.words.get(if naming.of.is_some() { "views.new-name" } else { "views.name" });
        let line = LineView {
            prompt,
            placeholder: theme.words.get("views.example"),
            focused: true,
            ..LineView::new(&naming.line)
        };
        let area = Rect { y: inside.bottom().saturating_sub(1), height: 1.min(inside.height), ..inside };
        // While one writes, nothing is chosen.
        return (line.paint(buffer, area, theme), popup, Rows::new());
    }
    (None, popup, if views.acting { Rows::new() } else { rows })
}

/// As what to copy.
pub(super) fn paint_copy(
    cursor: usize,
    buffer: &mut Buffer,
    body: Rect,
    theme: &Theme,
    offers: &Offers,
) -> (Rect, Rows) {
    let shown = offers.entries();
    let entries: Vec<Entry<'_>> = shown.iter().map(|text| Entry::from(text.as_str())).collect();
    let title = theme.words.get("copy.title");
    let widest = shown.iter().map(|text| measure::width(text)).max().unwrap_or(0).max(measure::width(title));
    let width = u16::try_from(widest + 5).unwrap_or(body.width);
    let popup = paint::centred(body, width, u16::try_from(entries.len() + 2).unwrap_or(body.height));
    let inside = paint::popup(buffer, popup, title, theme);
    let rows = Choices { title: "", entries: &entries, cursor: Some(cursor), empty: "" };
    (popup, rows.paint(buffer, inside, theme))
}

/// Rows of a reason at most.
const REASON: usize = 4;

pub(super) fn paint_left(
    alone: &LeftAlone,
    buffer: &mut Buffer,
    body: Rect,
    theme: &Theme,
    offers: &Offers,
    manner: Manner,
) -> (Rect, Rows) {
    let rows = u16::try_from(alone.rows.len()).unwrap_or(body.height);
    let mut offered = offers.rows(Some("left.opened-by"), 100.min(body.width), theme);
    // A reason that has no room in its row stands whole below the rows.
    let room = usize::from(100.min(body.width).saturating_sub(4));
    let whole = |(_, name, why): &(Id, String, String)| match theme.told(why) {
        told if measure::width(&clean(name)) + measure::width(&told) + 4 <= room => Vec::new(),
        told => measure::wrap(&told, room),
    };
    let most = alone.rows.iter().map(|row| whole(row).len()).max().unwrap_or(0).min(REASON);
    let mut reason = alone.rows.get(alone.cursor).map(whole).unwrap_or_default();
    reason.resize(most, String::new());
    offered.splice(..0, reason);
    let popup = paint::centred(body, 100, rows.saturating_add(3 + offered.len() as u16).min(body.height));
    let title = theme.words.say(
        "left.title",
        &[
            ("verb", &crate::resources::operation_label(&theme.words, alone.operation)),
            ("done", &manner.count(alone.done)),
            ("left", &manner.count(alone.rows.len())),
        ],
    );
    let inside = paint::popup(buffer, popup, &title, theme);
    let shown: Vec<(String, String)> =
        alone.rows.iter().map(|(_, name, why)| (clean(name).into_owned(), theme.told(why))).collect();
    let entries: Vec<Entry<'_>> =
        shown.iter().map(|(label, detail)| Entry { label, detail, ..Entry::default() }).collect();
    let list = offer(&offered, buffer, inside, theme);
    let rows = Choices { title: "", entries: &entries, cursor: Some(alone.cursor), empty: "" };
    (popup, rows.paint(buffer, list, theme))
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

/// The keys that the dialog on the screen adds to those of all dialogs, which do something for whoever is here.
pub(super) struct Offers {
    /// The action, its key and what it does.
    own: Vec<(&'static str, String, String)>,
    /// What leaves it.
    leave: Option<String>,
}

impl Offers {
    pub(super) fn of(state: &State) -> Self {
        let (words, ascii) = (&state.theme.words, state.theme.signs.ascii);
        let own = state.keys.offered(state.scope(), |def| state.offers(def));
        let own = own.into_iter().map(|hint| (hint.action.id, hint.key.shown(ascii), hint.label(words).to_owned()));
        let leave = state.keys.keys_of(Action::Leave.id()).first().map(|key| key.shown(ascii));
        Self { own: own.collect(), leave }
    }

    /// The key of an action, if it is among them.
    fn key_of(&self, action: Action) -> Option<&str> {
        self.own.iter().find(|(id, ..)| *id == action.id()).map(|(_, key, _)| key.as_str())
    }

    /// In as many rows as they take in a dialog of this width: `a keep as a new one  x more on this one  …  Esc`.
    pub(super) fn rows(&self, besides: Option<&'static str>, width: u16, theme: &Theme) -> Vec<String> {
        let own = self.own.iter().map(|(_, key, does)| format!("{key} {does}"));
        let all = own.chain(besides.map(|besides| theme.words.get(besides).to_owned())).chain(self.leave.clone());
        let room = usize::from(width.saturating_sub(4));
        let mut rows: Vec<String> = Vec::new();
        for one in all {
            match rows.last_mut() {
                Some(row) if measure::width(row) + 2 + measure::width(&one) <= room => *row = format!("{row}  {one}"),
                _ => rows.push(one),
            }
        }
        rows
    }

    /// Each on a row of its own, for a dialog of nothing else.
    pub(super) fn entries(&self) -> Vec<String> {
        self.own.iter().map(|(_, key, does)| format!("{key}  {does}")).collect()
    }
}

/// Paints them on the last rows of a dialog; what is left above them.
fn offer(rows: &[String], buffer: &mut Buffer, inside: Rect, theme: &Theme) -> Rect {
    let count = u16::try_from(rows.len()).unwrap_or(inside.height).min(inside.height.saturating_sub(1));
    let list = Rect { height: inside.height - count, ..inside };
    for (y, row) in (list.bottom()..inside.bottom()).zip(rows) {
        paint::text(buffer, inside.x + 1, y, inside.width.saturating_sub(1), row, theme[Role::Dim]);
    }
    list
}
