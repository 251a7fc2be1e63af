use super::*;
use crate::console::keys::Code;
use proptest::prelude::*;

/// A terminal with a clock moved by hand.
struct Line {
    input: Input,
    now: Instant,
}

impl Line {
    fn new() -> Self {
        Self { input: Input::new(), now: Instant::now() }
    }

    fn typing() -> Self {
        let mut line = Self::new();
        line.input.set_typing(true);
        line
    }

    /// Time passes; deadlines are kept on the way.
    fn wait(&mut self, ms: u64) -> &mut Self {
        let until = self.now + Duration::from_millis(ms);
        while let Some(at) = self.input.deadline().filter(|at| *at <= until) {
            self.now = at.max(self.now);
            self.input.tick(self.now);
        }
        self.now = until;
        self
    }

    fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.input.feed(bytes.as_ref(), self.now);
        self
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.input.pop()).collect()
    }

    /// The events in short: names of keys, `!` suspect, `*` repeated.
    fn told(&mut self) -> String {
        let shorten = |event| match event {
            Event::Key(press) => {
                let marks = [(press.suspect, "!"), (press.repeat, "*")];
                let marks: String = marks.iter().filter(|m| m.0).map(|m| m.1).collect();
                format!("{}{marks}", press.key)
            }
            Event::Paste(text) => format!("paste({text:?})"),
            Event::Scan(text) => format!("scan({text:?})"),
            Event::PasteTooLarge { bytes } => format!("large({bytes})"),
            other => format!("{other:?}"),
        };
        self.events().into_iter().map(shorten).collect::<Vec<_>>().join(" ")
    }
}

fn told(bytes: impl AsRef<[u8]>) -> String {
    Line::typing().send(bytes).wait(5000).told()
}

#[test]
fn an_ordinary_key_is_told_at_once() {
    let mut line = Line::new();
    assert_eq!(line.send("j").told(), "j");
    assert_eq!(line.input.deadline(), None);
    assert_eq!(line.wait(200).send("\x06").told(), "ctrl-f");
}

#[test]
fn keys_of_all_terminals_are_known() {
    for (bytes, keys) in [
        ("\x1b[A\x1b[B\x1bOC\x1bOD", "up down right left"),
        ("\x1b[1;5A\x1b[1;2B\x1b[1;3C", "ctrl-up shift-down alt-right"),
        ("\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "home end home end home end"),
        ("\x1b[2~\x1b[3~\x1b[5~\x1b[6~", "insert delete pageup pagedown"),
        ("\x1bOP\x1b[12~\x1b[[C\x1b[1;2S\x1b[21~\x1b[24~", "f1 f2 f3 shift-f4 f10 f12"),
        ("\x1b[Z\t\x7f\x08\r", "shift-tab tab backspace backspace* enter"),
        ("\x1b[a\x1bOa\x1b[3^", "shift-up ctrl-up ctrl-delete"),
        ("\x1b[27u\x1b[102;5u\x1b[106;2u\x1b[105;5u", "esc ctrl-f J tab"),
        ("\x1b[97;1:2u\x1b[97;1:3u\x1b[57441;2u\x1b[97;9u", "a*"),
        ("\x1b[27;5;102~", "ctrl-f"),
        ("\x00\x1c\x1d\x1f", "ctrl-space ctrl-\\ ctrl-] ctrl-_"),
        ("é漢\u{1F600}", "é 漢 \u{1F600}"),
        ("\x1bk\x1b\r\x1bé", "alt-k alt-enter alt-é"),
        ("\x1b\x1b[A", "esc up"),
        ("\x1b[12;40R\x1b[?62;4c\x1b[?2026;2$y", ""),
        ("\x1b[I\x1b[O", "FocusGained FocusLost"),
        ("\x1b[?5u", "Report(Kitty(5))"),
    ] {
        assert_eq!(told(bytes), keys, "{bytes:?}");
    }
}

#[test]
fn one_enter_for_one_line_end() {
    assert_eq!(told("\r\n"), "enter");
    assert_eq!(told("\n"), "enter");
    assert_eq!(told("a\nb\r\nc"), "a enter b enter c");
    let mut line = Line::typing();
    assert_eq!(line.send("\r").wait(10).send("\n").told(), "enter");
}

#[test]
fn a_lone_esc_waits_only_to_see_whether_it_begins_something() {
    let mut line = Line::new();
    assert_eq!(line.send("\x1b").wait(40).told(), "");
    assert_eq!(line.wait(20).told(), "esc");
    // Through tmux it comes late and glued to the next key.
    assert_eq!(line.wait(900).send("\x1bk").told(), "alt-k");
}

#[test]
fn a_sequence_split_by_a_slow_line_is_joined() {
    for bytes in ["\x1b[1;5A", "\x1bOA", "\x1b[15~", "\x1b[200~x\x1b[201~", "漢", "\x1b[<0;3;4M"] {
        let whole = told(bytes);
        for gap in [1, 20, 45] {
            let mut line = Line::typing();
            for byte in bytes.bytes() {
                line.send([byte]).wait(gap);
            }
            assert_eq!(line.wait(5000).told(), whole, "{bytes:?} every {gap} ms");
        }
    }
}

#[test]
fn the_late_rest_of_a_sequence_is_no_key() {
    // Esc is told after 50 ms; what comes 200 ms later still is the arrow it began.
    assert_eq!(Line::new().send("\x1b").wait(200).send("[A").wait(100).told(), "esc up");
    assert_eq!(Line::new().send("\x1b").wait(200).send("[").wait(200).send("1;5u").wait(900).told(), "esc");
    assert_eq!(Line::new().send("\x1b[").wait(200).send("A").wait(900).told(), "");
    assert_eq!(Line::new().send("\x1b[1;").wait(300).send("5u").wait(900).told(), "");
    // A bracket that a person types into a field later is a bracket.
    assert_eq!(Line::typing().send("\x1b").wait(2000).send("[").wait(100).told(), "esc [");
    assert_eq!(Line::typing().send("\x1b").wait(300).send("[").wait(100).told(), "esc [");
}

#[test]
fn what_is_not_known_is_swallowed_whole() {
    for bytes in [
        "\x1b[>1;2;3c",
        "\x1b]11;rgb:1e1e/2e2e/3e3e\x07",
        "\x1b]11;rgb:1e1e/2e2e/3e3e\x1b\\",
        "\x1bP1$r0m\x1b\\",
        "\x1b_Gi=1;OK\x1b\\",
        "\x1b[M !!",
        "\x1b[999~",
        "\x1b[1;2;3;4;5x",
        "\x1b[?1;2$y",
    ] {
        assert_eq!(told(bytes), "", "{bytes:?}");
    }
    let long = format!("\x1b[{}u", "1;".repeat(200));
    assert_eq!(told(long), "");
    assert_eq!(told(b"\xff\xfe\xc3a\xe6\xbc"), "a");
}

#[test]
fn a_paste_is_text_without_controls() {
    assert_eq!(told("\x1b[200~a\tb\r\nc\x1b[31md\x07\x1b[201~"), "paste(\"a\\tb\\ncd\")");
    assert_eq!(told("\x1b[200~漢字\x1b[201~"), "paste(\"漢字\")");
    // Its end never comes: it is taken, and nothing of it runs.
    assert_eq!(Line::new().send("\x1b[200~dd").wait(4000).told(), "paste(\"dd\")");
    // Nor does somebody who goes on meanwhile wait for ever: a key that no paste keeps ends it, after a pause.
    for (key, name) in [("\x11", "ctrl-q!"), ("\x03", "ctrl-c!")] {
        let mut line = Line::new();
        assert_eq!(line.send("\x1b[200~dd").wait(600).send(key).told(), format!("paste(\"dd\") {name}"));
        assert_eq!(line.wait(200).send(key).told(), name.trim_end_matches('!'));
        let mut line = Line::new();
        assert_eq!(line.send("\x1b[200~dd").wait(400).send(key).wait(4000).told(), "paste(\"dd\")");
        let mut line = Line::new();
        assert_eq!(line.send("\x1b[200~dd").wait(600).send("\n").send("e\x1b[201~").told(), "paste(\"dd\\ne\")");
    }
}

#[test]
fn what_follows_a_hostile_end_of_a_paste_is_suspect() {
    let mut line = Line::new();
    assert_eq!(line.send("\x1b[200~x\x1b[201~dy\r").wait(100).told(), "paste(\"x\") d! y! enter!");
    // It lasts while pieces keep coming, and no longer.
    assert_eq!(line.send("qy").wait(120).send("qy").wait(100).told(), "q! y! q! y!");
    assert_eq!(line.wait(200).send("j").told(), "j");
    let mut line = Line::new();
    assert_eq!(line.send("\x1b[200~x\x1b[201~:suspend all\r").wait(50).told(), "paste(\"x\") scan(\":suspend all\")");
}

#[test]
fn a_paste_too_large_is_told_and_not_cut() {
    let mut line = Line::typing();
    line.input.set_paste_limit(10);
    assert_eq!(line.send("\x1b[200~0123456789\x1b[201~").told(), "paste(\"0123456789\")");
    let long = format!("\x1b[200~{}\x1b[201~", "x".repeat(1000));
    assert_eq!(line.send(&long).told(), "large(1000)");
    for piece in long.as_bytes().chunks(7) {
        line.send(piece);
    }
    assert_eq!(line.wait(200).send("a").told(), "large(1000) a");
}

#[test]
fn a_scanner_runs_nothing() {
    // All in one read.
    assert_eq!(Line::new().send("CUS-000142\r").wait(20).told(), "scan(\"CUS-000142\")");
    assert_eq!(Line::new().send("0195012345\x1d21ABC").wait(20).told(), "scan(\"0195012345\\u{1d}21ABC\")");
    assert_eq!(Line::new().send("one\ntwo\r\nthree\n").wait(20).told(), "scan(\"one\\ntwo\\nthree\")");
    // Key by key: `a` would add a record, `x` offer actions; neither is told.
    for scanned in ["a4711xz", "x000142", "1234567", "n4711xz", ">000142", "N99871"] {
        let mut line = Line::new();
        for byte in scanned.bytes().chain(*b"\r") {
            line.send([byte]).wait(4);
        }
        assert_eq!(line.wait(20).told(), format!("scan({scanned:?})"));
    }
    // What begins with a key that moves has moved the cursor by one.
    let mut line = Line::new();
    for byte in b"j4711xz\r" {
        line.send([*byte]).wait(4);
    }
    assert_eq!(line.wait(20).told(), "j scan(\"j4711xz\")");
    // A control character in the middle or at the end makes no keys of it, and is none itself.
    assert_eq!(Line::new().send("2345678\x0c").wait(20).told(), "scan(\"2345678\") ctrl-l!");
    assert_eq!(
        Line::new().send("CUS-0001\x7fCUS-0002").wait(20).told(),
        "scan(\"CUS-0001\") backspace! scan(\"CUS-0002\")"
    );
    // In a field it is typing.
    assert_eq!(Line::typing().send("CUS-01\r").told(), "C U S - 0 1 enter");
}

#[test]
fn what_a_person_does_fast_is_no_scan() {
    let mut line = Line::new();
    line.send("j").wait(10).send("k");
    assert_eq!(line.told(), "j");
    assert_eq!(line.wait(15).told(), "k");
    // What comes so together was held down, from the first on: it moves, and answers nothing.
    assert_eq!(line.wait(100).send("jjjjjjjjkk").wait(15).told(), "j* j* j* j* j* j* j* j* k k*");
    assert_eq!(line.wait(100).send("dddddddd").wait(15).told(), "d* d* d* d* d* d* d* d*");
    assert_eq!(line.wait(100).send("xs").wait(15).told(), "x s");
    // With Enter behind it, it was scanned.
    assert_eq!(line.wait(100).send("0000000\r").wait(15).told(), "scan(\"0000000\")");
    // A key that acts waits for what only a machine would type after it, and no longer.
    let mut line = Line::new();
    line.send("f").wait(14);
    assert_eq!(line.told(), "");
    assert_eq!(line.wait(1).told(), "f");
    // Where typing begins, what is held is let go.
    let mut line = Line::new();
    line.send("f").wait(5).send("ab");
    line.input.set_typing(true);
    assert_eq!(line.told(), "f a b");
    // Order is kept when another key comes between.
    assert_eq!(Line::new().send("xs\x1b[A").told(), "x s up");
}

#[test]
fn keys_after_a_scan_are_suspect() {
    let mut line = Line::new();
    line.send("abcdefg").wait(20).told();
    assert_eq!(line.wait(50).send("\r").wait(20).told(), "enter!");
    assert_eq!(line.wait(150).send("j").told(), "j");
}

#[test]
fn held_keys_are_marked() {
    let mut line = Line::new();
    line.send("y");
    for _ in 0..3 {
        line.wait(33).send("y");
    }
    line.wait(200).send("y").wait(20);
    assert_eq!(line.told(), "y y* y* y* y");
}

#[test]
fn the_mouse_is_told_with_its_place() {
    let mut line = Line::new();
    line.send("\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<64;1;1M\x1b[<35;2;2M\x1b[<99;1;1M");
    let kinds: Vec<_> = line
        .events()
        .into_iter()
        .filter_map(|e| if let Event::Mouse(m) = e { Some((m.kind, m.x, m.y)) } else { None })
        .collect();
    assert_eq!(
        kinds,
        [
            (MouseKind::Press(Button::Left), 9, 4),
            (MouseKind::Release(Button::Left), 9, 4),
            (MouseKind::ScrollUp, 0, 0),
            (MouseKind::Move, 1, 1)
        ]
    );
}

/// Every sequence that a terminal may send without a letter having been typed.
const SEQUENCES: &[&str] = &[
    "\x1b[A",
    "\x1b[D",
    "\x1bOB",
    "\x1b[1;5C",
    "\x1b[15~",
    "\x1b[24~",
    "\x1b[3;2~",
    "\x1b[Z",
    "\x1b[I",
    "\x1b[H",
    "\x1b[97;5u",
    "\x1b[<0;10;5M",
    "\x1b[<0;10;5m",
    "\x1b[?62;4c",
    "\x1b[?2026;2$y",
    "\x1b[12;40R",
    "\x1b[27;5;102~",
    "\x1bOP",
    "\x1bOF",
    "\x1b[1;2S",
    "\x1b[[B",
    "\x1b[23;2~",
    "\x1b[?1u",
];

fn harmless(key: Key) -> bool {
    match key.text() {
        Some(c) => matches!(c, 'A'..='H' | 'M' | 'O'..='S' | 'Z' | '[' | ']' | '~' | '0'..='9' | ';' | '<' | '?' | 'I'),
        None => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn anything_split_anywhere_never_breaks(pieces in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..20), 0u64..1200), 0..12), typing in any::<bool>()) {
        let mut line = Line::new();
        line.input.set_typing(typing);
        for (bytes, gap) in &pieces {
            line.send(bytes).wait(*gap);
            for event in line.events() {
                if let Event::Key(press) = event {
                    prop_assert!(press.key.text().is_none_or(|c| !c.is_control()));
                    prop_assert_eq!(press.key, press.key.normal());
                }
            }
        }
        line.wait(10_000);
        prop_assert_eq!(line.input.deadline(), None);
        // Whatever came, the console answers again.
        line.events();
        prop_assert_eq!(line.send("\x06").told(), "ctrl-f");
    }

    #[test]
    fn a_torn_sequence_never_writes_a_letter(
        picks in proptest::collection::vec((0..SEQUENCES.len(), proptest::collection::vec(0u64..1000, 12)), 1..6),
        cuts in proptest::collection::vec(any::<bool>(), 80),
    ) {
        let mut line = Line::new();
        let mut cuts = cuts.into_iter().cycle();
        for (index, gaps) in picks {
            let mut gaps = gaps.into_iter().cycle();
            // One stall a sequence: a line that stalls between all bytes is no line.
            let mut stalls = 1;
            for byte in SEQUENCES[index].bytes() {
                line.send([byte]);
                if cuts.next() == Some(true) && stalls > 0 {
                    stalls -= 1;
                    line.wait(gaps.next().unwrap_or(0));
                }
            }
            line.wait(1500);
            for event in line.events() {
                if let Event::Key(press) = event {
                    prop_assert!(harmless(press.key), "{} wrote {}", SEQUENCES[index].escape_debug(), press.key);
                }
            }
        }
    }

    #[test]
    fn typed_text_arrives_as_typed_however_it_is_split(text in "[a-zé漢 ]{1,40}", size in 1usize..6) {
        let mut line = Line::typing();
        for piece in text.as_bytes().chunks(size) {
            line.send(piece).wait(3);
        }
        let written: String = line.events().into_iter().filter_map(|event| match event {
            Event::Key(press) => press.key.text(),
            _ => None,
        }).collect();
        prop_assert_eq!(written, text);
    }
}

#[test]
fn keys_have_the_time_their_bytes_came() {
    let mut line = Line::new();
    let start = line.now;
    line.wait(30).send("j");
    let Some(Event::Key(press)) = line.input.pop() else { panic!("no key") };
    assert_eq!(press.at, start + Duration::from_millis(30));
    assert_eq!(press.key, Key::plain(Code::Char('j')));
}

/// What came over a real terminal, at the times at which it came.
fn recorded(line: &mut Line, recording: &str) -> String {
    let mut before = 0;
    for row in recording.lines().filter(|row| !row.starts_with('#')) {
        let (at, bytes) = row.split_once(' ').unwrap();
        let at: u64 = at.parse().unwrap();
        let bytes: Vec<u8> =
            (0..bytes.len()).step_by(2).map(|i| u8::from_str_radix(&bytes[i..i + 2], 16).unwrap()).collect();
        line.wait(at - before).send(bytes);
        before = at;
    }
    line.wait(5_000).told()
}

#[test]
fn what_a_terminal_sent_is_what_was_pressed() {
    let keys = recorded(&mut Line::new(), include_str!("recorded/keys.txt"));
    let pressed = "j esc x up alt-k f10 shift-tab pageup ctrl-up é 漢 enter enter backspace";
    assert_eq!(keys, pressed);
    assert_eq!(recorded(&mut Line::typing(), include_str!("recorded/keys.txt")), pressed);
    assert_eq!(recorded(&mut Line::new(), include_str!("recorded/split.txt")), "up down j");
    let paste = recorded(&mut Line::typing(), include_str!("recorded/paste.txt"));
    let (text, mouse) = paste.split_once(" Mouse").unwrap();
    // A key 120 ms behind a paste may be part of it.
    assert_eq!(text, "a paste(\"one\\ntwo 漢\\tthree\") y!");
    assert!(mouse.contains("x: 9, y: 4") && mouse.contains("Press(Left)") && mouse.contains("ScrollDown"), "{mouse}");
    let scans = recorded(&mut Line::new(), include_str!("recorded/scan.txt"));
    assert_eq!(scans, "scan(\"x0195012345\\u{1d}21ABC\") scan(\"a4711xz\") j* j* j* j* j* j* j* j*");
    assert_eq!(
        recorded(&mut Line::typing(), include_str!("recorded/scan.txt")),
        "x 0 1 9 5 0 1 2 3 4 5 ctrl-] 2 1 A B C enter a 4 7 1 1* x z enter j* j* j* j* j* j* j* j*"
    );
}
