//! Another language says everything: on no screen is a word left in English but what people and programs wrote, and
//! the names by which filters, files and commands go.

use std::collections::{BTreeMap, BTreeSet};

use headend::domain::words::{self, Words};
use headend::resources;
use regex::Regex;

use crate::hand::Hand;

/// A language of which every letter is another one than in English: what it says is told from what it does not.
fn other_letters(text: &str) -> String {
    let (mut said, mut inside) = (String::new(), false);
    for c in text.chars() {
        inside = (inside || c == '{') && c != '}';
        said.push(match c {
            'a'..='z' if !inside => char::from_u32(0x430 + (c as u32 - 'a' as u32)).unwrap(),
            'A'..='Z' if !inside => char::from_u32(0x410 + (c as u32 - 'A' as u32)).unwrap(),
            c => c,
        });
    }
    said
}

fn in_other_letters() -> Words {
    let said = words::english().iter().map(|(key, text)| (key.clone(), other_letters(text)));
    Words::ENGLISH.with(said)
}

/// Words in English letters that stand on the screens, with where they were seen first.
#[derive(Default)]
struct Left(BTreeMap<String, String>);

impl Left {
    fn look(&mut self, hand: &mut Hand, place: &str) {
        let shown = hand.shown();
        let word = Regex::new(r":?[A-Za-z_][A-Za-z_.:-]*[A-Za-z_]").unwrap();
        for found in word.find_iter(&shown) {
            self.0.entry(found.as_str().to_owned()).or_insert_with(|| place.to_owned());
        }
    }
}

/// Names that are the same in every language.
fn is_name(word: &str, names: &BTreeSet<String>) -> bool {
    // Numbers of records, currencies, keys, terms of filters, and what this organisation and its first user are called.
    let forms = Regex::new(
        r"^(:[a-z_]+|[A-Z]{2,5}|[A-Z]{2,8}-|C-[a-z]|S-Tab|F\d+|[a-z_.]+:[a-z_,.]*|[a-z_]+\.[a-z_.]+|Esc|Tab|Enter|Space|esc|enter|tab|space|del|home|end|pgup|pgdn|bksp|ins|up|down|left|right|shift|ctrl)$",
    )
    .unwrap();
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphabetic());
    forms.is_match(word) || forms.is_match(bare) || names.contains(word) || names.contains(bare)
}

#[test]
fn no_word_is_left_in_english() {
    let mut hand = Hand::new();
    hand.state.theme.words = in_other_letters();
    let mut left = Left::default();
    left.look(&mut hand, "dashboard");
    hand.lab.make("customers.create", &[("name", "1001"), ("phone", "0700000142")]);
    hand.lab.make("devices.create", &[("name", "2002"), ("device_type", "2"), ("management_ip", "127.1.0.1")]);
    hand.lab.make("tickets.create", &[("title", "3003"), ("engineer", "admin"), ("priority", "high")]);
    for key in ["w", "P"] {
        hand.does(key);
        left.look(&mut hand, key);
    }
    for (tab, name) in [("2", "customers"), ("3", "devices"), ("6", "tickets")] {
        hand.does(tab);
        hand.passes(std::time::Duration::from_secs(1));
        hand.settle();
        left.look(&mut hand, &format!("list of {name}"));
        for keys in ["x", "?", "ctrl-o", "c", "V", "y", "x s", "f", "+", "W", tab] {
            for key in keys.split(' ') {
                hand.does(key);
            }
            left.look(&mut hand, &format!("{name}, {keys}"));
            hand.state.overlay = None;
            hand.state.told = None;
        }
        hand.does("enter");
        left.look(&mut hand, &format!("page of {name}"));
        hand.press("t");
        left.look(&mut hand, &format!("history of {name}, being read"));
        hand.settle();
        left.look(&mut hand, &format!("history of {name}"));
        hand.press("esc");
        hand.does("esc");
        hand.does("u");
        left.look(&mut hand, "undo");
        hand.press("n");
        // What is asked before something is done, and one field of several.
        if name == "customers" {
            for keys in ["x p", "space e"] {
                for key in keys.split(' ') {
                    hand.does(key);
                }
                left.look(&mut hand, &format!("{name}, {keys}: a form"));
                hand.does("esc");
            }
        }
    }
    for resource in resources::all().filter(|resource| !WRITTEN.contains(&resource.entity.name)) {
        hand.opens_list(resource.entity.name);
        hand.settle();
        left.look(&mut hand, &format!("{}, a list", resource.entity.name));
        hand.does("x");
        left.look(&mut hand, &format!("{}, actions", resource.entity.name));
        hand.state.overlay = None;
        if resource.create().is_some() {
            hand.does("a");
            hand.does("ctrl-s");
            left.look(&mut hand, &format!("{}, a form", resource.entity.name));
            hand.does("esc");
        }
    }
    hand.press("ctrl-q");
    left.look(&mut hand, "locked");
    let names: BTreeSet<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let english: Vec<(&String, &String)> = left.0.iter().filter(|(word, _)| !is_name(word, &names)).collect();
    assert!(english.is_empty(), "{} words are English still: {english:?}", english.len());
}

/// Lists of what was written once, in English, when the organisation was made or something was done.
const WRITTEN: [&str; 7] = ["audit_log", "operations", "roles", "accounts", "user_sessions", "users", "tenants"];

/// What people and programs are called here, and what is written the same in every language.
/// A check, and the words of a choice that is being typed, go by their names in files, too.
const NAMES: [&str; 9] = ["admin", "super_admin", "headend", "Fibernet", "icmp", "call", "manual", "Africa", "Nairobi"];
