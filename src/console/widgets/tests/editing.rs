use super::*;
use crate::console::actions::Action;
use crate::console::theme::Role;
use crate::console::widgets::form::{self, FieldValue, FieldView};
use crate::console::widgets::line::{LineEditor, LineView};
use crate::console::widgets::text::TextEditor;
use ratatui::layout::Position;

fn typed(line: &mut LineEditor, keys: &str) {
    for name in keys.split_whitespace() {
        let key = key(name);
        let action = match name {
            "ctrl-a" => Some(Action::LineStart),
            "ctrl-e" => Some(Action::LineEnd),
            "ctrl-u" => Some(Action::LineClear),
            "ctrl-w" => Some(Action::LineCutWord),
            "ctrl-k" => Some(Action::LineCutEnd),
            "ctrl-z" => Some(Action::Undo),
            "ctrl-y" => Some(Action::Redo),
            "up" => Some(Action::LineOlder),
            "down" => Some(Action::LineNewer),
            _ => None,
        };
        match action {
            Some(action) => {
                line.act(action);
            }
            None => assert!(line.press(key), "{name}"),
        }
    }
}

/// All that somebody typed is taken back, letter by letter, and what stood there before stands there again.
#[test]
fn a_long_line_is_taken_back_whole() {
    let mut line = LineEditor::with_text("Mission Road 206");
    line.act(Action::LineClear);
    let typed: String = "Jäger ".repeat(100);
    typed.chars().for_each(|letter| _ = line.press(Key::char(letter)));
    line.act(Action::LineCutWord);
    assert!(line.undo());
    assert_eq!(line.text(), typed);
    while line.undo() {}
    assert_eq!((line.text(), line.cursor()), ("Mission Road 206", 16));
    while line.redo() {}
    assert_eq!(line.text(), "Jäger ".repeat(99));
    let mut text = TextEditor::with_text("before");
    (0..200).for_each(|_| _ = text.press(Key::char('x')));
    while text.act(Action::Undo) {}
    assert_eq!(text.text(), "before");
}

#[test]
fn a_line_is_edited_as_in_readline() {
    for (keys, text, cursor) in [
        ("a b c", "abc", 3),
        ("a b left x", "axb", 2),
        ("a b c ctrl-a x", "xabc", 1),
        ("a b c left left ctrl-u", "bc", 0),
        ("a b c left left ctrl-k", "a", 1),
        ("a b space c d ctrl-w", "ab ", 3),
        ("a b space c d space ctrl-w ctrl-w", "", 0),
        ("a 漢 é backspace backspace", "a", 1),
        ("a 漢 home delete", "漢", 0),
        ("a b space c ctrl-left x", "ab xc", 4),
        ("a b ctrl-z", "a", 1),
        ("a b ctrl-z ctrl-z ctrl-y", "a", 1),
    ] {
        let mut line = LineEditor::new();
        typed(&mut line, keys);
        assert_eq!((line.text(), line.cursor()), (text, cursor), "{keys}");
    }
    let mut line = LineEditor::new();
    line.insert("a\r\nb\tc\u{7}");
    assert_eq!(line.text(), "a b c");
    // A combining mark belongs to its letter.
    let mut line = LineEditor::with_text("xe\u{301}");
    typed(&mut line, "left");
    assert_eq!(line.cursor(), 1);
    line.set_cursor(2);
    assert_eq!(line.cursor(), 1);
}

#[test]
fn lines_are_remembered_and_the_draft_comes_back() {
    let mut line = LineEditor::new();
    for text in ["one", "two", "two", "  "] {
        line.set_text(text);
        line.remember();
        line.take();
    }
    assert_eq!(line.history(), ["one", "two"]);
    typed(&mut line, "d r up up up");
    assert_eq!(line.text(), "one");
    typed(&mut line, "down down");
    assert_eq!(line.text(), "dr");
}

#[test]
fn a_secret_is_dots_and_never_remembered() {
    let mut line = LineEditor::secret();
    line.insert("hunter2");
    line.remember();
    assert!(line.history().is_empty() && !line.undo());
    let mut buffer = screen(20, 1);
    LineView::new(&line).paint(&mut buffer, Rect::new(0, 0, 20, 1), &theme());
    assert_eq!(rows(&buffer), ["•••••••"]);
}

#[test]
fn a_line_scrolls_with_its_cursor() {
    let mut line = LineEditor::with_text("abcdefghij漢字");
    let shown = |line: &LineEditor| {
        let mut buffer = screen(8, 1);
        let cursor =
            LineView { prompt: "/", ..LineView::new(line) }.paint(&mut buffer, Rect::new(0, 0, 8, 1), &theme());
        (rows(&buffer).remove(0), cursor.unwrap().x)
    };
    assert_eq!(shown(&line), ("/…j漢字".into(), 7));
    typed(&mut line, "home");
    assert_eq!(shown(&line), ("/abcdef…".into(), 1));
    line.set_cursor(7);
    assert_eq!(shown(&line), ("/…cdefgh".into(), 7));
    // A letter of two cells gives way whole.
    let mut line = LineEditor::with_text("abcde漢字");
    typed(&mut line, "home");
    assert_eq!(shown(&line), ("/abcde …".into(), 1));
}

#[test]
fn a_line_shows_what_is_wrong_and_what_would_complete_it() {
    let line = LineEditor::with_text("status:supended");
    let mut buffer = screen(40, 1);
    LineView { wrong: Some(7..15), ghost: " plan:", ..LineView::new(&line) }.paint(
        &mut buffer,
        Rect::new(0, 0, 40, 1),
        &theme(),
    );
    assert_eq!(rows(&buffer), ["status:supended plan:"]);
    assert_eq!(Some(buffer[(7, 0)].fg), theme()[Role::InputWrong].fg);
    assert_ne!(buffer[(6, 0)].fg, buffer[(7, 0)].fg);
    assert_eq!(Some(buffer[(16, 0)].fg), theme()[Role::Ghost].fg);
    // Hostile text is shown as marks, the cursor behind them.
    let line = LineEditor::with_text("a\u{202e}b");
    let mut buffer = screen(40, 1);
    let cursor = LineView::new(&line).paint(&mut buffer, Rect::new(0, 0, 40, 1), &theme());
    assert_eq!((rows(&buffer).remove(0).as_str(), cursor), ("a<U+202E>b", Some(Position { x: 10, y: 0 })));
}

#[test]
fn several_lines_are_edited_and_painted() {
    let mut text = TextEditor::with_text("one\ntwo");
    text.insert("x\ny");
    assert_eq!(text.text(), "one\ntwox\ny", "the cursor stands behind what is written");
    assert!(text.press(key("enter")) && text.press(key("漢")) && text.act(Action::Undo));
    let mut text = TextEditor::with_text("a\u{202e}b long line that wraps somewhere");
    let mut buffer = screen(12, 5);
    text.paint(&mut buffer, Rect::new(0, 0, 12, 5), &theme(), true);
    assert!(buffer.content.iter().all(|cell| !cell.symbol().chars().any(crate::domain::text::is_hostile)));
    assert!(rows(&buffer)[1].contains("wraps"), "{:?}", rows(&buffer));
}

fn fields<'a>(name: &'a LineEditor, notes: &'a mut TextEditor) -> Vec<FieldView<'a>> {
    let mut wrong = FieldView::new("Name", FieldValue::Line { editor: name, wrong: None, ghost: "" });
    wrong.problem = Some("too long: at most 40 letters".into());
    wrong.required = true;
    let mut changed = FieldView::new("Active", FieldValue::Toggle(true));
    changed.changed = true;
    vec![
        FieldView::new("Customer", FieldValue::Heading),
        wrong,
        FieldView::new("Plan", FieldValue::Choice("Home 100M".into())),
        changed,
        FieldView::new("Password", FieldValue::Secret(true)),
        FieldView::new("Notes", FieldValue::Lines { editor: notes, rows: 4 }),
        FieldView::new("Number", FieldValue::Text("CUS-000142".into())),
    ]
}

#[test]
fn a_form_shows_problems_beside_or_below_their_fields() {
    let name = LineEditor::with_text("Amina 漢字");
    let mut buffer = screen(120, 12);
    let mut notes = TextEditor::with_text("line one\nline two");
    let painted =
        form::paint(&mut buffer, Rect::new(0, 0, 120, 12), &theme(), &mut fields(&name, &mut notes), 1, 0, false);
    let wide = rows(&buffer);
    assert!(wide[0].starts_with("Customer"));
    assert!(
        wide[1].starts_with("▌✗Name*") && wide[1].contains("Amina 漢字") && wide[1].contains("too long"),
        "{}",
        wide[1]
    );
    assert!(wide[2].contains("Home 100M ▾") && wide[3].contains("[x] yes") && wide[4].contains("••••••••"));
    assert_eq!(painted.cursor, Some(Position { x: 22, y: 1 }));
    let mut buffer = screen(60, 15);
    form::paint(&mut buffer, Rect::new(0, 0, 60, 15), &theme(), &mut fields(&name, &mut notes), 1, 0, false);
    let narrow = rows(&buffer);
    assert!(narrow[2].contains("too long") && narrow[3].contains("Plan"), "{narrow:#?}");
}

#[test]
fn a_form_taller_than_its_area_follows_the_focus() {
    let name = LineEditor::with_text("x");
    let mut notes = TextEditor::default();
    let mut first = 0;
    for focus in [1, 2, 3, 4, 5, 6, 5, 1] {
        let mut buffer = screen(60, 5);
        let painted = form::paint(
            &mut buffer,
            Rect::new(0, 0, 60, 5),
            &theme(),
            &mut fields(&name, &mut notes),
            focus,
            first,
            false,
        );
        first = painted.first;
        let label = ["Customer", "Name", "Plan", "Active", "Password", "Notes", "Number"][focus];
        assert!(rows(&buffer).iter().any(|row| row.contains(label)), "{label}: {:#?}", rows(&buffer));
    }
    assert_eq!(first, 0);
}
