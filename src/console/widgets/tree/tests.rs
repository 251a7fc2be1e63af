#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;
use crate::console::keys::Code;

fn tree(root: Json) -> TreeEditor {
    TreeEditor::new(root, json!({}), None)
}

fn types(tree: &mut TreeEditor, text: &str) {
    for letter in text.chars() {
        tree.press(Key::char(letter));
    }
}

fn line(tree: &mut TreeEditor, text: &str) {
    types(tree, text);
    tree.act(Action::FieldNext);
}

#[test]
fn entries_are_typed_one_after_the_other() {
    let mut tree = tree(json!({}));
    for entry in ["vlan: 12", "name: core", "code: \"12\"", "on: true", "note: a: b", "\"odd: one\": x"] {
        line(&mut tree, entry);
    }
    let expected = json!({"vlan": 12, "name": "core", "code": "12", "on": true, "note": "a: b", "odd: one": "x"});
    assert_eq!(tree.value(), Ok(expected.clone()));
    // Every row is written so that it is read back as it was.
    for _ in 0..tree.height() {
        tree.act(Action::FieldNext);
        assert!(tree.finish());
        tree.act(Action::Down);
    }
    assert_eq!(tree.value(), Ok(expected));
}

/// Enter goes on, from the head of the tree too, which is not closed.
#[test]
fn enter_goes_on_from_the_first_row() {
    let mut tree = tree(json!({"a": 1}));
    tree.act(Action::FieldNext);
    line(&mut tree, "7");
    assert_eq!(tree.text(), r#"{"a":7}"#);
}

#[test]
fn groups_and_lists_are_opened_filled_and_closed() {
    let mut tree = tree(json!({}));
    line(&mut tree, "floors: []");
    line(&mut tree, "1");
    line(&mut tree, "two");
    assert_eq!(tree.text(), r#"{"floors":[1,"two"]}"#);
    assert_eq!(tree.height(), 6, "whole, list, two items and a row to add in each");
    tree.act(Action::Left);
    tree.act(Action::Left);
    assert_eq!(tree.height(), 3);
    tree.act(Action::FieldNext);
    assert_eq!(tree.height(), 6, "Enter opens it again");
    // Typing on a list adds to it and replaces nothing.
    line(&mut tree, "3");
    assert_eq!(tree.text(), r#"{"floors":[1,"two",3]}"#);
}

/// What is written whole is one entry; the next one stands beside it.
#[test]
fn what_is_written_whole_is_followed_by_the_next() {
    let mut list = TreeEditor::new(json!([]), json!([]), None);
    for item in [r#"{"id":"a"}"#, r#"{"id":"b"}"#, r#"["x"]"#] {
        line(&mut list, item);
    }
    assert_eq!(list.text(), r#"[{"id":"a"},{"id":"b"},["x"]]"#);
    let mut group = tree(json!({}));
    line(&mut group, r#"properties: {"vlan": {"type": "integer"}}"#);
    line(&mut group, r#"required: ["vlan"]"#);
    line(&mut group, "inside: {}");
    line(&mut group, "vlan: 12");
    let expected = json!({"properties": {"vlan": {"type": "integer"}}, "required": ["vlan"], "inside": {"vlan": 12}});
    assert_eq!(group.value(), Ok(expected));
}

#[test]
fn an_entry_is_changed_renamed_taken_away_and_brought_back() {
    let mut tree = tree(json!({"a": 1, "b": 2}));
    tree.act(Action::Down);
    tree.act(Action::FieldNext);
    for _ in 0.."a: 1".len() {
        tree.press(Key::plain(Code::Backspace));
    }
    line(&mut tree, "c: 7");
    assert_eq!(tree.text(), r#"{"b":2,"c":7}"#);
    tree.act(Action::RemoveEntry);
    assert_eq!(tree.act(Action::Undo), Went::Stay);
    assert_eq!(tree.text(), r#"{"b":2,"c":7}"#);
    assert_eq!(tree.act(Action::Undo), Went::Stay);
    assert_eq!(tree.text(), r#"{"a":1,"b":2}"#);
    assert_eq!((tree.act(Action::Redo), tree.text()), (Went::Stay, r#"{"b":2,"c":7}"#.into()));
}

#[test]
fn typing_on_a_value_replaces_it_and_keeps_its_name() {
    let mut tree = tree(json!({"vlan": 12}));
    tree.act(Action::Down);
    line(&mut tree, "40");
    assert_eq!(tree.text(), r#"{"vlan":40}"#);
}

#[test]
fn items_move_and_entries_of_a_group_do_not() {
    let mut tree = TreeEditor::new(json!(["a", "b", "c"]), json!([]), None);
    tree.act(Action::Down);
    tree.act(Action::EntryDown);
    tree.act(Action::EntryDown);
    tree.act(Action::EntryDown);
    assert_eq!(tree.text(), r#"["b","c","a"]"#);
    tree.act(Action::EntryUp);
    assert_eq!(tree.text(), r#"["b","a","c"]"#);
    let mut group = super::tests::tree(json!({"a": 1, "b": 2}));
    group.act(Action::Down);
    group.act(Action::EntryDown);
    assert!(group.problem().is_some_and(|problem| problem.contains("only the items of a list")));
}

#[test]
fn what_cannot_be_read_stays_and_says_why() {
    let mut tree = tree(json!({"a": 1}));
    for (wrong, told) in [
        ("vlan", "write the name, a colon and the value"),
        (": 4", "write the name, a colon and the value"),
        ("a: 2", "there is an entry ‘a’ already"),
        ("b: 1.5", "1.5 is not a whole number"),
        ("b: [1, 2", "not valid JSON"),
    ] {
        while tree.act(Action::Down) == Went::Stay {}
        line(&mut tree, wrong);
        assert!(tree.problem().is_some_and(|problem| problem.contains(told)), "{wrong}: {:?}", tree.problem());
        assert!(tree.value().is_err() && tree.is_writing());
        assert_eq!(tree.text(), r#"{"a":1}"#, "what stood there is still there");
        assert_eq!(tree.act(Action::Down), Went::Stay, "one does not leave it by an arrow");
        assert!(tree.cancel());
    }
}

#[test]
fn the_schema_says_how_a_value_is_read_and_where_it_is_wrong() {
    let schema = Schema::from_json(&json!({
        "properties": {"code": {"type": "string"}, "on": {"type": "boolean"}, "vlan": {"type": "integer", "maximum": 4094}}
    }));
    let mut tree = TreeEditor::new(json!({}), json!({}), schema.ok());
    for entry in ["code: 0012", "on: yes", "vlan: 5000"] {
        line(&mut tree, entry);
    }
    assert_eq!(tree.value(), Ok(json!({"code": "0012", "on": true, "vlan": 5000})));
    assert_eq!(tree.faults().iter().map(ToString::to_string).collect::<Vec<_>>(), ["/vlan: is at most 4094, not 5000"]);
}

#[test]
fn pasted_json_replaces_what_is_under_the_cursor() {
    let mut tree = tree(json!({"a": 1}));
    tree.insert("{\"b\": [1, 2]}\n");
    assert_eq!(tree.text(), r#"{"b":[1,2]}"#);
    assert_eq!(tree.act(Action::Up), Went::Out(-1));
    tree.insert("not json");
    assert!(tree.is_writing(), "anything else is written");
}

#[test]
fn a_row_being_written_is_part_of_what_is_kept() {
    let mut tree = tree(json!({}));
    types(&mut tree, "vlan: 12");
    assert_eq!(tree.text(), r#"{"vlan":12}"#);
    assert!(tree.set_text("{").is_err());
    assert_eq!(tree.set_text(""), Ok(()));
    assert_eq!(tree.text(), "");
}
