//! The menu of actions: every one of the place or of the marked rows, with a letter. One that
//! cannot be done shows why, and runs nothing.

use std::time::Instant;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use super::shown::{AFTER_PAINT, Shown};
use crate::console::actions::{Action, ActionDef};
use crate::console::input::Press;
use crate::console::measure::{self, Align};
use crate::console::theme::{Role, Theme};
use crate::domain::words::Words;

/// Letters that mean something in every menu.
pub const TAKEN: &str = "jkxynq";
/// Lines that what is said of the entry under the cursor takes at most, where its row has no room for it.
const FOOT: usize = 3;
/// Entries that stay in sight above it.
const IN_SIGHT: usize = 4;
/// What stands in for letters where those run out: never what a broken sequence can write.
const SIGNS: &str = "!\"#$%&'()*+,-./:;<=>?@^_{|}";

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuEntry {
    /// What it runs.
    pub action: &'static ActionDef,
    /// Its letter, if one was left.
    pub letter: Option<char>,
    /// Its key outside the menu, as shown.
    pub key: String,
    /// Why it cannot be done now.
    pub closed: Option<String>,
    /// What is said of it instead of its help: to how many it can be done.
    pub note: String,
    /// What it is called where it does something else than elsewhere.
    pub called: Option<String>,
}

impl MenuEntry {
    fn label<'w>(&'w self, words: &'w Words) -> &'w str {
        self.called.as_deref().unwrap_or_else(|| self.action.label(words))
    }
}

/// What became of a key in a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// Nothing yet.
    Open,
    /// Nothing, and the menu stays: it came before the menu can have been read.
    TooSoon,
    /// Run this.
    Run(&'static ActionDef),
    /// This cannot be done, for this reason.
    Closed(String),
    /// Away from the menu.
    Away,
}

/// A menu of actions.
#[derive(Debug, Clone, Default)]
pub struct Menu {
    /// What the actions are for: "3 customers", "CUS-000142".
    pub title: String,
    /// What is done at once waits until the menu can have been seen.
    pub shown: Shown,
    /// When a letter came last that did nothing because it came before that: what follows it in one go does nothing either.
    hurried: Option<Instant>,
    entries: Vec<MenuEntry>,
    cursor: usize,
}

impl Menu {
    /// A menu of these actions, with why one cannot be done and its key outside. Letters depend on
    /// which actions there are, never on their state.
    #[must_use]
    pub fn new(
        title: impl Into<String>,
        actions: impl IntoIterator<Item = (&'static ActionDef, String, Option<String>)>,
    ) -> Self {
        Self::lettered(title, actions, |action| action.letter)
    }

    /// The same, each under the letter that it has by a person's own wish.
    #[must_use]
    pub fn lettered(
        title: impl Into<String>,
        actions: impl IntoIterator<Item = (&'static ActionDef, String, Option<String>)>,
        letter: impl Fn(&ActionDef) -> Option<char>,
    ) -> Self {
        let mut entries: Vec<MenuEntry> = actions
            .into_iter()
            .map(|(action, key, closed)| MenuEntry {
                action,
                letter: letter(action).filter(|letter| !TAKEN.contains(*letter)),
                key,
                closed,
                note: String::new(),
                called: None,
            })
            .collect();
        give_letters(&mut entries);
        Self { title: title.into(), entries, ..Self::default() }
    }

    /// Puts the cursor on an entry.
    pub fn stand_at(&mut self, index: usize) {
        self.cursor = index.min(self.entries.len().saturating_sub(1));
    }

    /// To the next entry, after the last one the first.
    pub fn go_round(&mut self) {
        self.cursor = (self.cursor + 1) % self.entries.len().max(1);
    }

    /// Keeps these entries alone, each under the letter that it has.
    pub fn keep(&mut self, wanted: impl Fn(&ActionDef) -> bool) {
        self.entries.retain(|entry| wanted(entry.action));
    }

    /// Calls an action by what it does here; its help is of what it does elsewhere.
    pub fn call(&mut self, id: &str, called: String) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.action.id == id) {
            entry.called = Some(called);
        }
    }

    /// Says of an action to how many it can be done.
    pub fn note(&mut self, id: &str, note: String) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.action.id == id) {
            entry.note = note;
        }
    }

    /// The same, and why it cannot be done to any; or that it can by now.
    pub fn tell(&mut self, id: &str, note: String, closed: Option<String>) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.action.id == id) {
            (entry.note, entry.closed) = (note, closed);
        }
    }

    /// Where its cursor stands.
    #[must_use]
    pub const fn cursor(&self) -> usize {
        self.cursor
    }

    /// Its entries.
    #[must_use]
    pub fn entries(&self) -> &[MenuEntry] {
        &self.entries
    }

    /// Takes a key, with the action it calls in a dialog, if any.
    pub fn press(&mut self, press: Press, action: Option<Action>) -> Picked {
        let is_hurried = self.hurried.is_some_and(|at| press.at.saturating_duration_since(at) < AFTER_PAINT);
        if is_hurried && !matches!(action, Some(Action::Leave | Action::Stop)) {
            self.hurried = Some(press.at);
            return Picked::TooSoon;
        }
        let picked = self.take(press, action);
        self.hurried = matches!(picked, Picked::TooSoon).then_some(press.at);
        picked
    }

    fn take(&mut self, press: Press, action: Option<Action>) -> Picked {
        match action {
            Some(Action::PickDown | Action::Down) => {
                self.cursor = (self.cursor + 1).min(self.entries.len().saturating_sub(1))
            }
            Some(Action::PickUp | Action::Up) => self.cursor = self.cursor.saturating_sub(1),
            Some(Action::PageDown) => self.cursor = (self.cursor + 10).min(self.entries.len().saturating_sub(1)),
            Some(Action::PageUp) => self.cursor = self.cursor.saturating_sub(10),
            Some(Action::Home) => self.cursor = 0,
            Some(Action::End) => self.cursor = self.entries.len().saturating_sub(1),
            Some(Action::Leave | Action::Stop | Action::No | Action::Away) => return Picked::Away,
            Some(Action::Pick) => return self.pick(self.cursor, press),
            _ => {
                let letter = press.key.text();
                let has = |entry: &MenuEntry| letter.is_some() && entry.letter == letter;
                let with = self.entries.iter().enumerate().filter(|(_, entry)| has(entry));
                let open: Vec<usize> = with.filter(|(_, entry)| entry.closed.is_none()).map(|(at, _)| at).collect();
                // Of two that share a letter, such as renew and reactivate, one alone is open to a record. Of many records
                // in several states both may be: then the letter goes from one to the other, and Enter picks.
                let next = open.iter().copied().find(|index| *index > self.cursor).or(open.first().copied());
                if let Some(index) = next.or_else(|| self.entries.iter().position(has)) {
                    self.cursor = index;
                    return if open.len() > 1 { Picked::Open } else { self.pick(index, press) };
                }
            }
        }
        Picked::Open
    }

    fn pick(&self, index: usize, press: Press) -> Picked {
        match self.entries.get(index) {
            // Held down, or the tail of a paste: nobody chose this.
            _ if press.repeat || press.suspect => Picked::Open,
            Some(MenuEntry { closed: Some(reason), .. }) => Picked::Closed(reason.clone()),
            Some(entry) if entry.action.at_once && !self.shown.was_seen(press.at) => Picked::TooSoon,
            Some(entry) => Picked::Run(entry.action),
            None => Picked::Open,
        }
    }

    /// Paints the menu in the middle of `area`; all that it covers, and where its entries stand.
    pub fn paint(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) -> (Rect, Vec<(Rect, usize)>) {
        let area = area.intersection(buffer.area);
        let title = theme.told(&self.title);
        let widest = |width: &dyn Fn(&MenuEntry) -> usize| self.entries.iter().map(width).max().unwrap_or(0);
        let labels = widest(&|entry| measure::width(entry.label(&theme.words))).min(24);
        let keys = widest(&|entry| measure::width(&entry.key)).min(24);
        let beside = labels + keys + 10;
        let width = (beside + widest(&|entry| measure::width(&told(entry, theme)).max(measure::width(&entry.note))))
            .max(measure::width(&title) + 6)
            .min(usize::from(area.width));
        // What has no room in its row stands whole below the rows, as long as enough of them stay in sight.
        let whole = |entry: &MenuEntry| match told(entry, theme) {
            text if measure::width(&text) <= width.saturating_sub(beside) => Vec::new(),
            text => measure::wrap(&text, width.saturating_sub(4)),
        };
        let most = usize::from(area.height).saturating_sub(2 + self.entries.len().min(IN_SIGHT)).min(FOOT);
        let foot = widest(&|entry| whole(entry).len()).min(most);
        let height = (self.entries.len() + foot + 2).min(usize::from(area.height));
        let popup = paint::centred(area, width as u16, height as u16);
        let inside = paint::popup(buffer, popup, &title, theme);
        let rows = Rect { height: inside.height.saturating_sub(foot as u16), ..inside };
        if let Some(entry) = self.entries.get(self.cursor) {
            let below = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
            for (y, line) in (rows.bottom()..inside.bottom()).zip(whole(entry)) {
                paint::text(buffer, below.x, y, below.width, &line, theme[role_of(entry)]);
            }
        }
        let fits = usize::from(rows.height);
        let first =
            paint::scrolled((self.cursor + 1).saturating_sub(fits / 2 + 1), self.cursor, fits, self.entries.len());
        let mut painted = Vec::new();
        for (offset, entry) in self.entries.iter().skip(first).take(fits).enumerate() {
            let row = Rect { y: rows.y + offset as u16, height: 1, width: rows.width.saturating_sub(1), ..rows };
            paint_entry(buffer, row, theme, entry, first + offset == self.cursor, (labels as u16, keys as u16));
            painted.push((row, first + offset));
        }
        paint::scroll_thumb(buffer, rows, first, fits, self.entries.len(), theme);
        (popup, painted)
    }
}

fn paint_entry(
    buffer: &mut Buffer,
    row: Rect,
    theme: &Theme,
    entry: &MenuEntry,
    selected: bool,
    (labels, keys): (u16, u16),
) {
    let at = |x: u16| (row.x + x.min(row.width), row.width.saturating_sub(x));
    let label_role = match (selected, entry.closed.is_some()) {
        (true, _) => Role::Selected,
        (false, true) => Role::Disabled,
        (false, false) => Role::Text,
    };
    if selected {
        paint::text(buffer, row.x, row.y, row.width, theme.signs.cursor, theme[Role::Selected]);
    }
    if let Some(letter) = entry.letter {
        let (x, room) = at(2);
        let role = if entry.closed.is_some() { Role::Disabled } else { Role::Key };
        paint::text(buffer, x, row.y, room, letter.encode_utf8(&mut [0; 4]), theme[role]);
    }
    let (x, room) = at(4);
    paint::fitted(
        buffer,
        x,
        row.y,
        labels.min(room),
        entry.label(&theme.words),
        Align::Left,
        theme[label_role],
        theme.signs,
    );
    let (x, room) = at(6 + labels);
    let keys = keys.min(room);
    let text = told(entry, theme);
    // A blank stands between what is said and the key.
    let said = room.saturating_sub(if keys > 0 { keys + 1 } else { 0 });
    paint::fitted(buffer, x, row.y, said, &text, Align::Left, theme[role_of(entry)], theme.signs);
    paint::fitted(buffer, x + room - keys, row.y, keys, &entry.key, Align::Right, theme[Role::Dim], theme.signs);
}

/// The role of what is said of an entry.
const fn role_of(entry: &MenuEntry) -> Role {
    match &entry.closed {
        Some(_) => Role::Dim,
        None if !entry.note.is_empty() => Role::Warn,
        None => Role::Hint,
    }
}

/// Why an entry cannot be done, else to how many it can, else what it does.
fn told(entry: &MenuEntry, theme: &Theme) -> String {
    match &entry.closed {
        Some(reason) => theme.told(reason),
        None if !entry.note.is_empty() => theme.told(&entry.note),
        None if entry.called.is_some() => String::new(),
        None => entry.action.help(&theme.words).to_owned(),
    }
}

/// First the fixed letters of the verbs, then the entry's own key where one types it as it stands, then a letter of its
/// own name, then any letter or sign that is left.
fn give_letters(entries: &mut [MenuEntry]) {
    let mut free: Vec<char> = ('a'..='z').chain('A'..='Z').chain(SIGNS.chars()).chain('0'..='9').collect();
    free.retain(|c| !TAKEN.contains(c.to_ascii_lowercase()));
    free.retain(|c| entries.iter().all(|entry| entry.letter != Some(*c)));
    let own_key = |entry: &MenuEntry| {
        let mut key = entry.key.chars();
        key.next().filter(|_| key.next().is_none())
    };
    let by_name = |entry: &MenuEntry| entry.action.label(Words::ENGLISH).to_lowercase();
    let wishes: [&dyn Fn(&MenuEntry) -> String; 3] =
        [&|entry| own_key(entry).map(String::from).unwrap_or_default(), &by_name, &|_| {
            ('a'..='z').chain('A'..='Z').chain(SIGNS.chars()).collect()
        }];
    for wish in wishes {
        for entry in entries.iter_mut().filter(|entry| entry.letter.is_none()) {
            entry.letter = take(&mut free, wish(entry).chars());
        }
    }
}

/// Takes the first of the wanted letters that is free.
fn take(free: &mut Vec<char>, wanted: impl IntoIterator<Item = char>) -> Option<char> {
    let found = wanted.into_iter().find(|c| free.contains(c))?;
    free.retain(|c| *c != found);
    Some(found)
}
