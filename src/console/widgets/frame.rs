//! The frame around every place: header, tabs, filter line, body, status line and hints. Each line
//! gives up what matters least as the screen gets narrower.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use crate::console::actions::ActionDef;
use crate::console::keys::Hint;
use crate::console::measure::{self, Align};
use crate::console::theme::{Role, Theme};

/// The least room the console asks for.
pub const LEAST: (u16, u16) = (60, 15);

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct Parts {
    pub header: Rect,
    pub tabs: Rect,
    pub filter: Rect,
    pub body: Rect,
    pub status: Rect,
    pub hints: Rect,
}

impl Parts {
    /// The parts of a screen, with a line for the filter or without. `None` below 60×15.
    #[must_use]
    pub fn of(area: Rect, filter: bool) -> Option<Self> {
        if area.width < LEAST.0 || area.height < LEAST.1 {
            return None;
        }
        let row = |y: u16, height: u16| Rect { y: area.y + y, height, ..area };
        let above = 2 + u16::from(filter);
        Some(Self {
            header: row(0, 1),
            tabs: row(1, 1),
            filter: row(2, u16::from(filter)),
            body: row(above, area.height - above - 2),
            status: row(area.height - 2, 1),
            hints: row(area.height - 1, 1),
        })
    }
}

/// Says how much room is needed, on a screen that has less.
pub fn too_small(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    let area = area.intersection(buffer.area);
    let sizes: [(&str, &dyn std::fmt::Display); 4] =
        [("width", &LEAST.0), ("height", &LEAST.1), ("is_width", &area.width), ("is_height", &area.height)];
    let told = theme.words.say("frame.too-small", &sizes);
    for (index, line) in measure::wrap(&told, usize::from(area.width)).iter().take(usize::from(area.height)).enumerate()
    {
        paint::text(buffer, area.x, area.y + index as u16, area.width, line, theme[Role::Text]);
    }
}

/// A word of the header with its meaning: `▼ 3` in [`Role::Bad`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The sign and the number.
    pub text: String,
    /// What it means.
    pub role: Role,
}

/// The header line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Header<'a> {
    /// Where one is, from the tenant on: the path is cut at its beginning.
    pub path: &'a [&'a str],
    /// How the network is; the first are kept the longest.
    pub figures: &'a [Figure],
    /// Who one is, the longest first.
    pub who: &'a [&'a str],
    /// The time.
    pub clock: &'a str,
}

impl Header<'_> {
    /// Paints it.
    pub fn paint(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let clock = paint::cells(self.clock) + 1;
        // The path has at least a third of the line, the figures what is left; who one is comes after those, and what time it
        // is last.
        let least_path = area.x + area.width / 3;
        let figures: u16 = self.figures.iter().map(|figure| paint::cells(&figure.text) + 2).sum();
        let fits = |who: &str, right: u16| {
            let who = paint::cells(who) + 1;
            who <= area.width / 4 && who.saturating_add(figures) <= right.saturating_sub(least_path)
        };
        let fitting = |right: u16| self.who.iter().find(|who| fits(who, right));
        let mut right = area.right();
        let beside_clock = fitting(right.saturating_sub(clock));
        // A short name is told in any case: the last figures give way to it.
        let short = || self.who.last().filter(|who| !who.is_empty() && paint::cells(who) < area.width / 6);
        let who = beside_clock.or_else(|| fitting(right)).or_else(short);
        if clock <= area.width / 4 && who.is_some() == beside_clock.is_some() {
            right -= clock;
            paint::text(buffer, right, area.y, clock, self.clock, theme[Role::Header]);
        }
        if let Some(who) = who {
            right -= paint::cells(who) + 1;
            paint::text(buffer, right, area.y, paint::cells(who), who, theme[Role::Header]);
        }
        let mut kept = 0;
        let mut needed = 0;
        for figure in self.figures {
            let wide = paint::cells(&figure.text) + 2;
            if wide.saturating_add(needed) > right.saturating_sub(least_path) {
                break;
            }
            needed += wide;
            kept += 1;
        }
        let mut x = right - needed;
        let path_end = x;
        for figure in &self.figures[..kept] {
            x += paint::text(buffer, x, area.y, right.saturating_sub(x), &figure.text, theme[figure.role]) + 2;
        }
        self.path(buffer, Rect { x: area.x, width: path_end.saturating_sub(area.x + 1), ..area }, theme);
    }

    fn path(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) {
        let product = theme.words.get("frame.product");
        let between = format!(" {} ", theme.signs.crumb);
        let path = self.path.join(&between);
        let path = crate::domain::text::clean(&path);
        let whole = measure::width(product) + measure::width(&path);
        let mut x = area.x;
        if whole <= usize::from(area.width) {
            x += paint::text(buffer, x, area.y, area.width, product, theme[Role::Header]);
        } else {
            x += 1.min(area.width);
        }
        let room = area.right().saturating_sub(x);
        let shown = measure::cut_start(&path, usize::from(room), theme.signs.ellipsis);
        paint::text(buffer, x, area.y, room, &shown, theme[Role::HeaderWhere]);
    }
}

/// A tab: its key and title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tab<'a> {
    /// The key that goes there.
    pub key: &'a str,
    /// The screen.
    pub title: &'a str,
    /// The same in few letters.
    pub short: &'a str,
    /// Its key, again, offers more.
    pub more: bool,
}

/// How much of their titles tabs show.
#[derive(Clone, Copy)]
enum Titles {
    Whole,
    Short,
    None,
}

/// Paints the tabs: whole titles, else short ones, else keys and the title of the current one;
/// where each of them stands.
pub fn tabs<'a>(buffer: &mut Buffer, area: Rect, theme: &Theme, tabs: &[Tab<'a>], current: Option<usize>) -> Vec<Rect> {
    let area = area.intersection(buffer.area);
    let mut painted = Vec::with_capacity(tabs.len());
    if area.is_empty() {
        return painted;
    }
    let room = usize::from(area.width);
    let titled = |index: usize, tab: &Tab<'a>, titles: Titles| match titles {
        _ if Some(index) == current => tab.title,
        Titles::Whole => tab.title,
        Titles::Short => tab.short,
        Titles::None => "",
    };
    let wide = |titles: Titles, gap: usize| {
        let of = |(index, tab): (usize, &Tab<'a>)| {
            let title = measure::width(titled(index, tab, titles));
            let more = 2 * usize::from(tab.more && Some(index) == current);
            measure::width(tab.key) + usize::from(title > 0) + title + more + gap
        };
        tabs.iter().enumerate().map(of).sum::<usize>()
    };
    let (titles, gap) = [(Titles::Whole, 2), (Titles::Whole, 1), (Titles::Short, 1)]
        .into_iter()
        .find(|(titles, gap)| wide(*titles, *gap) < room)
        .unwrap_or((Titles::None, 1));
    let mut x = area.x + 1;
    for (index, tab) in tabs.iter().enumerate() {
        let begins = x;
        let here = Some(index) == current;
        let (key, title) = if here { (Role::TabCurrent, Role::TabCurrent) } else { (Role::Key, Role::Tab) };
        let shown = titled(index, tab, titles);
        let left = |x: u16| area.right().saturating_sub(x);
        x += paint::text(buffer, x, area.y, left(x), tab.key, theme[key]);
        if !shown.is_empty() {
            x += paint::text(buffer, x, area.y, left(x), " ", theme[title]);
            x += paint::text(buffer, x, area.y, left(x), shown, theme[title]);
        }
        if here && tab.more {
            x += 1 + paint::text(buffer, x + 1, area.y, left(x + 1), theme.signs.choice, theme[Role::Tab]);
        }
        painted.push(Rect { x: begins, width: x.saturating_sub(begins), height: 1, ..area });
        x += gap as u16;
    }
    painted
}

/// The status line: what is marked, seen and sorted, or a message instead.
#[derive(Debug, Clone, Copy, Default)]
pub struct Status<'a> {
    /// Parts joined by dots, the first kept the longest.
    pub parts: &'a [&'a str],
    /// A message, with its meaning, in place of the parts.
    pub message: Option<(&'a str, Role)>,
    /// At the right: a spinner, what is on its way.
    pub right: &'a str,
}

impl Status<'_> {
    /// Paints it.
    pub fn paint(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) {
        let area = area.intersection(buffer.area);
        if area.width < 3 || area.height == 0 {
            return;
        }
        let right = paint::cells(self.right).min(area.width / 3);
        let room = (area.width - 1).saturating_sub(if right > 0 { right + 2 } else { 0 });
        if let Some((message, role)) = self.message {
            paint::fitted(buffer, area.x + 1, area.y, room, message, Align::Left, theme[role], theme.signs);
        } else {
            let between = format!(" {} ", theme.signs.dot);
            let mut kept = self.parts.len();
            let wide = |kept: usize| self.parts[..kept].iter().map(|part| measure::width(part) + 3).sum::<usize>();
            while kept > 1 && wide(kept) > usize::from(room) + 3 {
                kept -= 1;
            }
            let text = self.parts[..kept].join(&between);
            paint::fitted(buffer, area.x + 1, area.y, room, &text, Align::Left, theme[Role::Status], theme.signs);
        }
        if right > 0 {
            paint::fitted(
                buffer,
                area.right() - right - 1,
                area.y,
                right,
                self.right,
                Align::Right,
                theme[Role::Status],
                theme.signs,
            );
        }
    }
}

/// From this place in the hint line on it is said how one finds the rest.
const LEADS_ON: u8 = 90;

/// Paints the bottom line: KEYS or TYPING, what the keys do (the first kept the longest), and at the
/// right when something was saved; where each of them stands.
pub fn hints(
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    typing: bool,
    hints: &[Hint],
    right: &str,
) -> Vec<(Rect, &'static ActionDef)> {
    let area = area.intersection(buffer.area);
    let mut painted = Vec::with_capacity(hints.len());
    if area.is_empty() {
        return painted;
    }
    let mode = theme.words.get(if typing { "status.typing" } else { "status.keys" });
    let mut x = area.x + paint::text(buffer, area.x, area.y, area.width, mode, theme[Role::Mode]) + 1;
    let right_width = paint::cells(right) + 1;
    // On a narrow screen the keys go before what stands at the right.
    let end = if right.is_empty() || right_width > area.width / 7 { area.right() } else { area.right() - right_width };
    // The keys that lead on (help, all actions) are last, and kept before those in the middle; so is the first.
    let shown: Vec<(String, &Hint)> = hints.iter().map(|hint| (hint.key.shown(theme.signs.ascii), hint)).collect();
    let wide = |(key, hint): &(String, &Hint)| paint::cells(key) + paint::cells(hint.label(&theme.words)) + 3;
    let room = end.saturating_sub(x);
    let mut kept: Vec<usize> = (0..shown.len()).collect();
    let all = |kept: &[usize]| kept.iter().map(|at| wide(&shown[*at])).sum::<u16>();
    while kept.len() > 1 && all(&kept) > room {
        let in_the_middle = kept.iter().rposition(|at| shown[*at].1.action.hint < LEADS_ON).filter(|at| *at > 0);
        kept.remove(in_the_middle.unwrap_or(kept.len() - if kept.len() > 2 { 2 } else { 1 }));
    }
    // Where a long one had no room, a shorter one behind it may have.
    for (at, hint) in shown.iter().enumerate() {
        if let Err(place) = kept.binary_search(&at)
            && all(&kept) + wide(hint) <= room
        {
            kept.insert(place, at);
        }
    }
    for (key, hint) in kept.into_iter().map(|at| &shown[at]) {
        let begins = x;
        let left = |x: u16| end.saturating_sub(x);
        x += paint::text(buffer, x, area.y, left(x), key, theme[Role::Key]);
        x += 1;
        x += paint::text(buffer, x, area.y, left(x), hint.label(&theme.words), theme[Role::Hint]);
        painted.push((Rect { x: begins, width: x.saturating_sub(begins), height: 1, ..area }, hint.action));
        x += 2;
    }
    if !right.is_empty() && x + right_width <= area.right() {
        paint::text(buffer, area.right() - right_width, area.y, right_width, right, theme[Role::Hint]);
    }
    painted
}
