//! Forms: what can be chosen and edited in them, what they ask and tell.

use super::album::{Album, customers, full};
use crate::forms::{go_to, go_to_line};

#[test]
fn forms() {
    let mut album = Album::new("forms");
    let mut hand = full();
    hand.does("3");
    hand.does("a");
    hand.types("ONU-1");
    go_to(&mut hand, "tags");
    hand.types("core,west,spare");
    go_to(&mut hand, "configuration");
    for entry in ["vlan: 12", "uplinks: []", "ge-0/0/1", "ge-0/0/2"] {
        hand.types(entry);
        hand.press("enter");
    }
    hand.types("ge-");
    album.take(&mut hand, "new device, words and JSON");
    go_to(&mut hand, "site");
    hand.types("nor");
    hand.settle();
    album.take(&mut hand, "new device, a reference");
    let mut hand = customers();
    hand.does("*");
    hand.press("x");
    hand.press("d");
    hand.types("moved away");
    album.take(&mut hand, "an operation that asks");
    hand.press("ctrl-s");
    album.take(&mut hand, "an operation that asks, confirmed");
    hand.press("n");
    hand.press("ctrl-x");
    hand.press("y");
    hand.press("e");
    hand.types("cur");
    album.take(&mut hand, "a field of many");
    let mut hand = customers();
    hand.does("e");
    hand.types(" M.");
    let id = hand.form().record.as_ref().unwrap().id;
    hand.lab.must("customers.update", id, &[("name", "Amina Otieno")]);
    hand.does("ctrl-s");
    album.take(&mut hand, "what two changed");
    hand.press("down");
    album.take(&mut hand, "what two changed, its sides");
    let mut hand = customers();
    let id = hand.list().rows[0].record.id;
    hand.lab.must("customers.update", id, &[("access_password", "hunter2 and more")]);
    hand.does("enter");
    go_to_line(&mut hand, "access_password");
    hand.press("enter");
    album.take(&mut hand, "a secret");
    hand.press("s");
    hand.types("not this one");
    album.take(&mut hand, "a secret, the password");
    hand.press("ctrl-c");
    hand.press("enter");
    hand.press("s");
    hand.types(crate::common::lab::PASSWORD);
    hand.does("enter");
    album.take(&mut hand, "a secret, seen");
}
