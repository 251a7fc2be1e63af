//! Pictures of the screen as text, kept in `snapshots`, and the databases that they are taken of.

use std::fmt::Write as _;
use std::path::Path;

use headend::console::message::{Message, Question};
use headend::console::state::Line;
use ratatui::layout::Size;
use regex::Regex;

use crate::common::{Engine, Lab};
use crate::hand::Hand;

pub const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (60, 15)];

/// The moment at which the clock stands where records are pictured.
pub const NOON: &str = "2026-03-01T12:00:00Z";

/// One place in several states.
pub struct Album {
    name: &'static str,
    text: String,
}

impl Album {
    pub const fn new(name: &'static str) -> Self {
        Self { name, text: String::new() }
    }

    /// Adds the screen at every size.
    pub fn take(&mut self, hand: &mut Hand, what: &str) {
        self.take_each(hand, what, |_| {});
    }

    /// Adds the screen at one size.
    pub fn take_at(&mut self, hand: &mut Hand, what: &str, size: (u16, u16)) {
        self.take_of(hand, what, &[size], |_| {});
    }

    /// Adds the screen at every size, each after something was done there: how far a key goes is a matter of the size.
    pub fn take_each(&mut self, hand: &mut Hand, what: &str, first: impl FnMut(&mut Hand)) {
        hand.state.now = NOON.parse().unwrap();
        self.take_of(hand, what, &SIZES, first);
    }

    fn take_of(&mut self, hand: &mut Hand, what: &str, sizes: &[(u16, u16)], mut first: impl FnMut(&mut Hand)) {
        let before = hand.state.size;
        for (width, height) in sizes.iter().copied() {
            hand.hears(Message::Resized(Size { width, height }));
            first(hand);
            let shown = steady(&hand.shown());
            writeln!(self.text, "== {what}, {width}x{height}\n{shown}").unwrap();
        }
        hand.hears(Message::Resized(before));
    }

    /// Without what is made up anew in each run.
    pub fn hide_what_is_random(&mut self) {
        self.text = without_secrets(&without_ids(&self.text));
    }
}

impl Drop for Album {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/console/snapshots").join(format!("{}.txt", self.name));
        if std::env::var("HEADEND_SNAPSHOTS").is_ok_and(|what| what == "write") {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &self.text).unwrap();
            return;
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let differs = kept.lines().zip(self.text.lines()).find(|(kept, now)| kept != now);
        assert!(
            kept == self.text,
            "{} looks different ({differs:?}). Look at it, and write it anew with HEADEND_SNAPSHOTS=write. It is now:\n{}",
            path.display(),
            self.text
        );
    }
}

/// Without the times of this run.
fn steady(text: &str) -> String {
    let text = Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d").unwrap().replace_all(text, "YYYY-MM-DD hh:mm");
    // One that a narrow column cut short.
    let text = Regex::new(r"(\d{4}-[-\d :]*)…")
        .unwrap()
        .replace_all(&text, |found: &regex::Captures<'_>| format!("{}…", &"YYYY-MM-DD hh:mm"[..found[1].len()]));
    Regex::new(r"\b\d\d:\d\d(:\d\d)?\b")
        .unwrap()
        .replace_all(&text, |found: &regex::Captures<'_>| if found[0].len() > 5 { "hh:mm:ss" } else { "hh:mm" })
        .into_owned()
}

/// Ids are other ones each time.
fn without_ids(text: &str) -> String {
    let id = Regex::new(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b").unwrap();
    id.replace_all(text, "00000000-0000-0000-0000-000000000000").into_owned()
}

/// What is made up at random, by as many signs.
fn without_secrets(text: &str) -> String {
    let made_up = Regex::new(r"[A-Za-z0-9+/_-]{30,}=*").unwrap();
    let whole = made_up.replace_all(text, |found: &regex::Captures<'_>| "x".repeat(found[0].len()));
    // Of a code its groups, of an id that goes over two lines each part, of a hash its lines, the first and the last.
    let parts = [
        r"\b[A-Z0-9]{4}(-[A-Z0-9]{4})+\b",
        r"(?i)[0-9a-f]{4,12}-|-[0-9a-f]{4,12}\b|\b[0-9a-f]{12,}\b",
        r#"\b[0-9a-f]{4,}"\}"#,
        r#"(?m)"[0-9a-f]{4,}$"#,
    ];
    let part = Regex::new(&parts.join("|")).unwrap();
    let crossed = |text: &str| {
        let x = |found: &regex::Captures<'_>| found[0].replace(|c: char| c.is_alphanumeric(), "x");
        part.replace_all(text, x).into_owned()
    };
    crossed(&crossed(&whole))
}

/// Somebody has just come in, to a database whose clock stands still: what is some days old is so on every day.
pub fn at_noon() -> Hand {
    let mut lab = Lab::new(Engine::Sqlite);
    lab.stands_at(NOON.parse().unwrap());
    Hand::of(lab)
}

pub fn full() -> Hand {
    let hand = at_noon();
    let lab = &hand.lab;
    lab.make(
        "plans.create",
        &[("name", "Home 100M"), ("download_mbps", "100"), ("upload_mbps", "50"), ("price", "29.90")],
    );
    for (name, more) in [
        ("Amina Wanjiru", ("plan", "Home 100M")),
        ("Zoë Ångström-Nguyễn", ("phone", "+254 700 000 142")),
        ("漢字株式会社 東京支店", ("email", "tokyo@example.net")),
        ("e\u{301}e\u{302}e\u{308} combining", ("address", "1 High Street\nNairobi")),
    ] {
        lab.make("customers.create", &[("name", name), more]);
    }
    lab.make("sites.create", &[("name", "North POP")]);
    lab.make(
        "devices.create",
        &[("name", "OLT-01"), ("device_type", "olt"), ("site", "North POP"), ("management_ip", "127.1.0.1")],
    );
    hand
}

/// The list of the customers, where there are some.
pub fn customers() -> Hand {
    let mut hand = full();
    hand.does("2");
    hand
}

/// The line is back: the console finds out by itself.
pub fn comes_back(hand: &mut Hand) {
    for _ in 0..20 {
        hand.rests();
        if hand.state.line == Line::Up {
            return;
        }
    }
    panic!("the line is not back: {}", hand.shown());
}

pub const fn is_list(question: &Question) -> bool {
    matches!(question, Question::List(_))
}
