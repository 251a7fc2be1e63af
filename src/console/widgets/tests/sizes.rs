use super::*;
use crate::console::actions::{Action, Scope};
use crate::console::keys::KeyMap;
use crate::console::theme::Role;
use crate::console::widgets::confirm::{Ask, Confirm, message};
use crate::console::widgets::form::{self, FieldValue, FieldView};
use crate::console::widgets::frame::{Figure, Header, Parts, Status, Tab, hints, tabs, too_small};
use crate::console::widgets::help::{Closed, Help};
use crate::console::widgets::line::{LineEditor, LineView};
use crate::console::widgets::list::{Choices, Entry};
use crate::console::widgets::menu::Menu;
use crate::console::widgets::table::{CellView, Column, RowView, Table};
use crate::console::widgets::text::TextEditor;
use proptest::prelude::*;
use ratatui::layout::Position;

/// Every widget into one area, with one text everywhere.
fn everything(buffer: &mut Buffer, area: Rect, text: &str, number: usize, theme: &Theme) {
    let columns = [Column::new(text, number as u16 % 30, 20), Column::new("B", 3, 9).right().priority(1)];
    let row = || RowView {
        cells: vec![CellView::new(text, Role::Bad), CellView::from(text)].into(),
        marked: true,
        sign: None,
    };
    let table = Table {
        columns: &columns,
        cursor: Some(number),
        column: Some(number % 3),
        loading: false,
        empty: text,
        place: Some((number, number * 3)),
    };
    table.paint(buffer, area, theme, (0..number).map(|_| row()));
    Table { cursor: None, ..table }.paint(buffer, area, theme, []);

    let mut line = LineEditor::with_text(text);
    line.set_cursor(number);
    LineView { prompt: text, ghost: text, wrong: Some(number..number * 2), ..LineView::new(&line) }
        .paint(buffer, area, theme);
    let mut editor = TextEditor::with_text(text);
    editor.paint(buffer, area, theme, number.is_multiple_of(2));

    let mut field = FieldView::new(text, FieldValue::Line { editor: &line, wrong: None, ghost: text });
    field.problem = Some(text.into());
    field.help = text.into();
    let mut fields = vec![
        field,
        FieldView::new(text, FieldValue::Heading),
        FieldView::new(text, FieldValue::Lines { editor: &mut editor, rows: number as u16 }),
        FieldView::new("x", FieldValue::Toggle(true)),
    ];
    form::paint(buffer, area, theme, &mut fields, number % 5, number as u16, number.is_multiple_of(2));

    Confirm::new(text, vec![text.into()], Ask::Type(text.into())).paint(buffer, area, theme);
    Confirm::new(text, vec![text.into(); number], Ask::Yes).paint(buffer, area, theme);
    message(buffer, area, theme, text, &[text.into()], text);
    let entries = vec![Entry { label: text, detail: text, ticked: Some(true), closed: None }; number];
    let choices = Choices { title: text, entries: &entries, cursor: Some(number), empty: text };
    choices.popup(buffer, area, Position { x: number as u16, y: number as u16 }, theme);
    Menu::new(text, Action::DEFS.iter().map(|def| (def, text.to_owned(), Some(text.to_owned()))))
        .paint(buffer, area, theme);
    let map = KeyMap::build(&[Action::DEFS], None).unwrap();
    let closed = Closed::from([(Action::Add.id(), text.to_owned())]);
    Help::new().paint(buffer, area, theme, text, &map.help(Scope::Page, |_| true), &closed);

    let figures = vec![Figure { text: text.into(), role: Role::Ok }; number];
    Header { path: &[text, text], figures: &figures, who: &[text], clock: text }.paint(buffer, area, theme);
    tabs(
        buffer,
        area,
        theme,
        &vec![Tab { key: "1", title: text, short: text, more: number.is_multiple_of(3) }; number],
        Some(number / 2),
    );
    Status { parts: &[text, text], message: (number.is_multiple_of(2)).then_some((text, Role::Error)), right: text }
        .paint(buffer, area, theme);
    hints(buffer, area, theme, true, &map.hints(Scope::List, |_| true), text);
    too_small(buffer, area, theme);
    let _ = Parts::of(area, true);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_size_and_no_text_breaks_a_widget(
        width in 0u16..70, height in 0u16..20,
        x in 0u16..75, y in 0u16..22, w in 0u16..90, h in 0u16..30,
        text in prop_oneof!["\\PC{0,12}", any::<String>(), Just("漢字e\u{301}\u{202e}\u{1b}[A\n".to_owned())],
        number in 0usize..40,
    ) {
        let mut buffer = screen(width, height);
        // Also areas that are not inside the buffer: a resize in the middle of things.
        everything(&mut buffer, Rect::new(x, y, w, h), &text, number, &theme());
        everything(&mut buffer, Rect::new(0, 0, width, height), &text, number, &ascii());
        for cell in &buffer.content {
            prop_assert!(!cell.symbol().chars().any(crate::domain::text::is_hostile), "{:?}", cell.symbol());
        }
    }
}
