//! Questions before something happens that matters, and messages.
//!
//! Enter alone never confirms. A confirming key counts only when the question has been on the screen
//! for a while and nothing was pressed just before, so that no key meant for something else says yes.

use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::line::{LineEditor, LineView};
use super::paint;
use super::shown::Shown;
use crate::console::actions::Action;
use crate::console::input::Press;
use crate::console::keys::{Code, Key};
use crate::console::measure;
use crate::console::theme::{Role, Theme};
use crate::domain::manner::Manner;
use crate::domain::text::clean_lines;

/// Nothing may have been pressed this long before a yes.
const AFTER_INPUT: Duration = Duration::from_millis(100);

/// A key that is held comes again after one of these pauses: the first time the longer, then the shorter. Keyboards wait 225 to
/// 660 ms, and repeat every 30 to 100 ms.
const HELD: [std::ops::Range<Duration>; 2] =
    [Duration::ZERO..Duration::from_millis(110), Duration::from_millis(200)..Duration::from_millis(700)];

/// No letter that answers nothing may have been typed this long before a yes: a `y` that comes sooner is one of a word.
const AFTER_LETTERS: Duration = Duration::from_millis(600);

/// Nothing may have been typed this long before Enter, where something is typed: a machine is faster.
const AFTER_TYPED: Duration = Duration::from_millis(20);

/// How a question is answered with yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// By `y`: small and can be taken back.
    Yes,
    /// By typing this (an amount), then Enter: money.
    Type(String),
    /// By typing how many, in groups or without, then Enter: many, deleting.
    Number(u64, Manner),
}

impl Ask {
    /// What has to be typed, as it is shown.
    fn expected(&self) -> Option<String> {
        match self {
            Self::Yes => None,
            Self::Type(expected) => Some(expected.clone()),
            Self::Number(number, manner) => Some(manner.count(number)),
        }
    }

    /// Whether what was typed is what is asked for.
    fn is_met_by(&self, typed: &str) -> bool {
        match self {
            Self::Yes => false,
            // An amount is the same however many noughts stand behind it.
            Self::Type(expected) => {
                let amount = |text: &str| crate::domain::Money::parse(text).ok();
                typed.trim() == expected || amount(typed.trim()).is_some_and(|typed| amount(expected) == Some(typed))
            }
            Self::Number(number, manner) => manner.read_count(typed) == Some(*number),
        }
    }
}

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Open,
    /// Yes: do it.
    Yes,
    /// No, or away from it.
    No,
}

/// A question.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// What it is about.
    pub title: String,
    /// What would happen, and to how many.
    pub lines: Vec<String>,
    ask: Ask,
    /// The text that names its keys, where it has others than yes and no.
    keys: &'static str,
    typed: LineEditor,
    /// Something else than what is asked for was typed.
    wrong: bool,
    /// What is asked for was entered faster than a person does.
    hurried: bool,
    /// A yes counts only once it can have been read.
    pub shown: Shown,
    /// What is still to be said of it: nothing is answered before, and what was added then is to be seen as well.
    adding: Adding,
    last_input: Option<Instant>,
    last_yes: Option<Instant>,
    last_letter: Option<Instant>,
}

/// What is said of a question later than it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Adding {
    /// Nothing.
    None,
    /// It is being worked out: this line says so.
    Awaited(usize),
    /// It was added, and is on the screen since then.
    Said(Shown),
    /// It says that there is nothing to answer.
    Closed,
}

impl Confirm {
    /// What has to be typed for a yes, as it is shown; none where `y` is enough.
    #[must_use]
    pub fn expected(&self) -> Option<String> {
        self.ask.expected()
    }

    /// A question not shown yet.
    #[must_use]
    pub fn new(title: impl Into<String>, lines: Vec<String>, ask: Ask) -> Self {
        Self {
            title: title.into(),
            lines,
            ask,
            keys: "question.yes-or-no",
            typed: LineEditor::new(),
            wrong: false,
            hurried: false,
            shown: Shown::default(),
            adding: Adding::None,
            last_input: None,
            last_yes: None,
            last_letter: None,
        }
    }

    /// It is answered by other keys besides, which this text names.
    #[must_use]
    pub const fn with_keys(mut self, keys: &'static str) -> Self {
        self.keys = keys;
        self
    }

    /// Nothing is answered before it is said what this line stands for, which stands before the last one: whether it is
    /// taken back is read last.
    #[must_use]
    pub fn awaiting(self, line: &str) -> Self {
        let at = self.lines.len().saturating_sub(1);
        self.awaiting_at(at, line)
    }

    /// The same, where it stands last itself.
    #[must_use]
    pub fn awaiting_last(self, line: &str) -> Self {
        let at = self.lines.len();
        self.awaiting_at(at, line)
    }

    fn awaiting_at(mut self, at: usize, line: &str) -> Self {
        self.lines.insert(at, line.to_owned());
        self.adding = Adding::Awaited(at);
        self
    }

    /// A line is another one after all.
    pub fn say_instead(&mut self, line: &str, other: String) {
        if let Some(said) = self.lines.iter_mut().find(|said| *said == line) {
            *said = other;
        }
    }

    /// What was awaited.
    pub fn add(&mut self, lines: Vec<String>) {
        if let Adding::Awaited(at) = self.adding {
            self.lines.splice(at..=at, lines);
            self.adding = Adding::Said(Shown::default());
        }
    }

    /// How many it is by now that a yes is given for, where their number is typed.
    pub fn asks_for(&mut self, count: u64) {
        if let Ask::Number(number, _) = &mut self.ask {
            *number = count;
        }
    }

    /// It weighs less than it seemed: where a number was to be typed, a key is enough.
    pub fn asks_yes(&mut self) {
        if matches!(self.ask, Ask::Number(..)) {
            (self.ask, self.wrong, self.hurried) = (Ask::Yes, false, false);
            self.typed = LineEditor::new();
        }
    }

    /// What was awaited, and that nothing is to be answered after all.
    pub fn close(&mut self, lines: Vec<String>) {
        // That it is taken back is said of what is done.
        if let Adding::Awaited(at) = self.adding {
            self.lines.truncate(at + 1);
        }
        self.add(lines);
        self.adding = Adding::Closed;
    }

    /// Whether it still waits for what is to be said of it.
    #[must_use]
    pub const fn is_awaiting(&self) -> bool {
        matches!(self.adding, Adding::Awaited(_))
    }

    /// Whether there is nothing to answer after all.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.adding, Adding::Closed)
    }

    /// What is typed as its answer.
    #[must_use]
    pub const fn typed(&self) -> &LineEditor {
        &self.typed
    }

    /// It was on the screen at this moment.
    pub fn painted(&mut self, at: Instant) {
        self.shown.painted(at);
        if let Adding::Said(shown) = &mut self.adding {
            shown.painted(at);
        }
    }

    /// Whether all that is said of it can have been read.
    fn is_told(&self, by: Instant) -> bool {
        match self.adding {
            Adding::None => true,
            Adding::Awaited(_) | Adding::Closed => false,
            Adding::Said(shown) => shown.was_seen(by),
        }
    }

    /// Whether every printable key is text here.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        !matches!(self.ask, Ask::Yes) && !self.is_closed()
    }

    /// Whether a key can be an answer: it is one that somebody pressed, after the question could be read.
    #[must_use]
    pub fn takes(&self, press: Press) -> bool {
        self.shown.was_seen(press.at) && !press.repeat && !press.suspect
    }

    /// Takes a key, with the action it calls in a dialog, if any.
    pub fn press(&mut self, press: Press, action: Option<Action>) -> Answer {
        let is_one_key = self.takes(press);
        let is_told = self.is_told(press.at);
        let last = self.last_input;
        let quiet = |time| last.is_none_or(|at| press.at.saturating_duration_since(at) >= time);
        self.last_input = Some(press.at);
        let says_no = matches!(action, Some(Action::Leave | Action::Stop | Action::No));
        if says_no || press.key.code == Code::Esc {
            return Answer::No;
        }
        // A key that came too early to count and is held down goes on to come, after the pause of a keyboard.
        let held = action == Some(Action::Yes)
            && self.last_yes.replace(press.at).is_some_and(|at| {
                let pause = press.at.saturating_duration_since(at);
                HELD.iter().any(|held| held.contains(&pause))
            });
        let is_answer = matches!(action, Some(Action::Yes | Action::No));
        let is_of_a_word = self.last_letter.is_some_and(|at| press.at.saturating_duration_since(at) < AFTER_LETTERS);
        if press.key.text().is_some() && !is_answer {
            self.last_letter = Some(press.at);
        }
        match &self.ask {
            Ask::Yes => match action {
                Some(Action::Yes) if is_one_key && is_told && !held && !is_of_a_word && quiet(AFTER_INPUT) => {
                    Answer::Yes
                }
                _ => Answer::Open,
            },
            ask => {
                if press.key == Key::plain(Code::Enter) || action == Some(Action::LineRun) {
                    // Whoever typed what is asked for has read it: Enter may follow as fast as a person types.
                    let right = ask.is_met_by(self.typed.text());
                    self.wrong = is_one_key && !right;
                    self.hurried = right && is_one_key && is_told && !quiet(AFTER_TYPED);
                    return if right && is_one_key && is_told && quiet(AFTER_TYPED) {
                        Answer::Yes
                    } else {
                        Answer::Open
                    };
                }
                if action.is_some_and(|action| self.typed.act(action)) {
                    self.wrong = false;
                    return Answer::Open;
                }
                // What was on its way when the question came up is not an answer to it.
                if self.shown.was_seen(press.at) && !press.suspect {
                    // It is typed anew, not behind what was wrong.
                    if std::mem::take(&mut self.wrong) && press.key.text().is_some() {
                        self.typed.take();
                    }
                    self.typed.press(press.key);
                }
                Answer::Open
            }
        }
    }

    /// Paints the question in the middle of `area`; where the cursor is.
    pub fn paint(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Option<Position> {
        let expected = self.ask.expected();
        let expected = expected.filter(|_| self.adding != Adding::Closed);
        let prompt = match &expected {
            None if self.adding == Adding::Closed => theme.words.get("question.nothing-to-answer").to_owned(),
            None => theme.words.get(self.keys).to_owned(),
            Some(expected) if self.hurried => theme.words.say("question.once-more", &[("expected", expected)]),
            Some(expected) if self.wrong => theme.words.say("question.not-that", &[("expected", expected)]),
            Some(expected) => theme.words.say("question.type-it", &[("expected", expected)]),
        };
        let extra = expected.as_ref().map_or(0, |expected| measure::width(expected) + 2);
        let inside = window(buffer, area, theme, &self.title, &self.lines, measure::width(&prompt) + extra);
        if inside.is_empty() {
            return None;
        }
        let y = inside.bottom() - 1;
        let row = Rect { y, height: 1, ..inside };
        paint::clear(buffer, row, theme[Role::Popup]);
        // What is typed has its room, however long that is which asks for it.
        let room = row.width.saturating_sub(u16::try_from(extra).unwrap_or(row.width));
        let prompt = measure::cut(&prompt, usize::from(room), theme.signs.ellipsis);
        let used = paint::text(buffer, row.x, y, row.width, &prompt, theme[Role::Key]);
        expected?;
        let rest = Rect { x: row.x + used, width: row.width - used, ..row };
        LineView { role: Role::InputFocused, ..LineView::new(&self.typed) }.paint(buffer, rest, theme)
    }
}

/// Paints a message in the middle of `area`, with what closes it.
pub fn message(buffer: &mut Buffer, area: Rect, theme: &Theme, title: &str, lines: &[String], hint: &str) {
    let inside = window(buffer, area, theme, title, lines, measure::width(hint));
    if !inside.is_empty() {
        let row = Rect { y: inside.bottom() - 1, height: 1, ..inside };
        paint::clear(buffer, row, theme[Role::Popup]);
        paint::text(buffer, row.x, row.y, row.width, hint, theme[Role::Key]);
    }
}

/// A popup as large as its text needs, with an empty row and one for the answer below it; the area inside.
fn window(buffer: &mut Buffer, area: Rect, theme: &Theme, title: &str, lines: &[String], answer: usize) -> Rect {
    let area = area.intersection(buffer.area);
    let room = usize::from(area.width.saturating_sub(6)).min(76);
    let wrapped: Vec<String> =
        lines.iter().flat_map(|line| measure::wrap(&clean_lines(&theme.words.told(line)), room)).collect();
    let title = &theme.told(title);
    let widest = wrapped.iter().map(|line| measure::width(line)).max().unwrap_or(0);
    let width = widest.max(answer).max(measure::width(title) + 4).max(24) + 4;
    let height = wrapped.len() + 4;
    let place = paint::centred(area, width.min(usize::from(u16::MAX)) as u16, height.min(usize::from(u16::MAX)) as u16);
    let inside = paint::popup(buffer, place, title, theme);
    let inside = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside };
    let fits = usize::from(inside.height.saturating_sub(1));
    for (index, line) in wrapped.iter().take(fits).enumerate() {
        paint::text(
            buffer,
            inside.x,
            inside.y + index as u16,
            inside.width,
            line,
            theme[Role::Popup].patch(theme[Role::Text]),
        );
    }
    if inside.width == 0 { Rect::ZERO } else { inside }
}
