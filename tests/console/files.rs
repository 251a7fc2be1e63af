//! The person's own files beside the program that runs, and what it sends to their clipboard.

use crate::common::Lab;
use crate::common::lab::Engine;
use crate::person::{ESC, Person};

const THEME: &str = include_str!("../../themes/light.toml");

#[test]
fn what_is_saved_in_the_persons_files_is_taken_at_once() {
    let lab = Lab::new(Engine::Sqlite);
    lab.make("customers.create", &[("name", "Amina")]);
    let person = Person::on(&lab);
    person.saves("config.toml", "theme = \"mine\"\nlanguage = \"sw\"\n");
    person.saves("themes/mine.toml", &THEME.replace("\"light\"", "\"mine\""));
    person.saves("texts/sw.toml", "[group]\ncustomers = \"Wateja\"\n");
    let screen = person.logs_in();
    screen.sees("2 Wateja");
    screen.presses("2", "Amina");
    screen.sees("a add");
    person.saves("keys.toml", "[keys]\nadd = \"T\"\n");
    screen.sees("your keys were read again");
    screen.sees("T add");
    // What is wrong is told with its place, and what was right stays.
    person.saves("keys.toml", "[keys]\nadd = \"T\"\nbanana = \"b\"\n");
    screen.sees("keys.toml:3: ");
    screen.sees("T add");
    // What is done to records goes by the person's own letters.
    person.saves("keys.toml", "[letters]\nsuspend = \"z\"\nreactivate = \"s\"\n");
    screen.sees("a add");
    screen.presses("x", "z suspend");
    screen.sees("s reactivate");
    screen.types("z");
    screen.answers("Suspend 1 customer?", &["n"]);
    person.saves("keys.toml", "[letters]\nsuspend = \"w\"\n");
    screen.sees("`w` would call both `suspend`");
    person.saves("themes/mine.toml", "name = \"mine\"\n[styles]\nbad = \"redd\"\n");
    screen.sees("mine.toml:3: ");
    person.saves("themes/mine.toml", &THEME.replace("\"light\"", "\"mine\""));
    screen.sees("the theme mine was read again");
    person.saves("texts/sw.toml", "[group]\ncustomers = \"Wateja wetu\"\n");
    screen.sees("2 Wateja wetu");
    // What is copied goes to the terminal's clipboard, as base64 of `Amina`.
    screen.presses("y", "JSON");
    screen.types("v");
    screen.is_sent("\x1b]52;c;QW1pbmE=");
    screen.types(ESC);
}
