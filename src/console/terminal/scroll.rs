//! Rows that only moved are moved by the terminal: a list that goes on by a row costs that row, not a screen.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Color;

/// Below this many changed cells nothing is gained by it.
const WORTH_IT: usize = 200;
/// Rows that have to be seen elsewhere before it is looked at closely.
const ALIKE: usize = 3;

/// Rows `top..bottom` move by so many: up where that is positive. What comes in is blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    pub top: u16,
    pub bottom: u16,
    pub by: i16,
}

impl Shift {
    /// Whether so many changed cells may be rows that moved.
    pub const fn may_be(changed: usize) -> bool {
        changed >= WORTH_IT
    }

    /// The move that leaves the least to be painted of a frame in which so many cells are others; none where little is gained.
    pub fn between(shown: &Buffer, wanted: &Buffer, changed: usize) -> Option<Self> {
        if !Self::may_be(changed) || shown.area != wanted.area {
            return None;
        }
        let height = wanted.area.height;
        let (shown, wanted) = (Signs::of(shown), Signs::of(wanted));
        let by = by(&shown, &wanted)?;
        let (shift, gain) = best(&shown, &wanted, height, by)?;
        // Where it stands and what it moves by has to be said, too.
        (gain > WORTH_IT.cast_signed() / 2).then_some(shift)
    }

    /// What the terminal shows then.
    pub fn apply(self, shown: &mut Buffer) {
        let rows = self.bottom - self.top;
        for index in 0..rows {
            let y = if self.by > 0 { self.top + index } else { self.bottom - 1 - index };
            let from = y.checked_add_signed(self.by).filter(|from| (self.top..self.bottom).contains(from));
            for x in 0..shown.area.width {
                shown[(x, y)] = from.map_or(Cell::EMPTY, |from| shown[(x, from)].clone());
            }
        }
    }
}

/// The signs of a screen, a number for each: to compare cells themselves takes longer than to paint them.
struct Signs {
    width: usize,
    numbers: Vec<u32>,
}

/// That of a cell in which nothing stands.
const BLANK: u32 = 0;

impl Signs {
    fn of(buffer: &Buffer) -> Self {
        Self { width: buffer.area.width.into(), numbers: buffer.content.iter().map(number).collect() }
    }

    fn row(&self, y: u16) -> &[u32] {
        let start = usize::from(y) * self.width;
        self.numbers.get(start..start + self.width).unwrap_or_default()
    }

    /// What stands in the left half of each row; nothing for those that are empty there.
    fn halves(&self) -> Vec<Option<&[u32]>> {
        let left = |row: &[u32]| row.len() / 2;
        let halves = self.numbers.chunks(self.width.max(1)).map(|row| row.get(..left(row)));
        halves.map(|half| half.filter(|half| half.iter().any(|number| *number != BLANK))).collect()
    }
}

/// What tells one cell from another: the hash of its sign and its style (FNV-1a, by words). Two that are taken for one cost a
/// move that gains less, and no wrong cell: what is painted is found by the cells themselves.
fn number(cell: &Cell) -> u32 {
    if *cell.symbol() == *" " && cell.fg == Color::Reset && cell.bg == Color::Reset && cell.modifier.is_empty() {
        return BLANK;
    }
    let sign = cell.symbol().bytes().fold(0x811c_9dc5, |hash, byte| mixed(hash, byte.into()));
    let style = [colour(cell.fg), colour(cell.bg), cell.modifier.bits().into()];
    style.into_iter().fold(sign, mixed)
}

const fn mixed(hash: u32, word: u32) -> u32 {
    (hash ^ word).wrapping_mul(0x0100_0193)
}

const fn colour(colour: Color) -> u32 {
    match colour {
        Color::Reset => 0,
        Color::Rgb(red, green, blue) => u32::from_be_bytes([1, red, green, blue]),
        Color::Indexed(index) => 0x200 | index as u32,
        Color::Black => 0x300,
        Color::Red => 0x301,
        Color::Green => 0x302,
        Color::Yellow => 0x303,
        Color::Blue => 0x304,
        Color::Magenta => 0x305,
        Color::Cyan => 0x306,
        Color::Gray => 0x307,
        Color::DarkGray => 0x308,
        Color::LightRed => 0x309,
        Color::LightGreen => 0x30a,
        Color::LightYellow => 0x30b,
        Color::LightBlue => 0x30c,
        Color::LightMagenta => 0x30d,
        Color::LightCyan => 0x30e,
        Color::White => 0x30f,
    }
}

/// By how much most rows moved, as far as their left half tells: beside a list stand the details of one of its rows.
fn by(shown: &Signs, wanted: &Signs) -> Option<i16> {
    let (before, after) = (shown.halves(), wanted.halves());
    let mut votes = vec![0_usize; before.len() * 2];
    for (y, row) in after.iter().enumerate().filter(|(y, row)| row.is_some() && **row != before[*y]) {
        for (from, _) in before.iter().enumerate().filter(|(_, other)| *other == row) {
            votes[before.len() + from - y] += 1;
        }
    }
    let (at, most) = votes.iter().enumerate().max_by_key(|(_, votes)| **votes)?;
    let by = i16::try_from(at.cast_signed() - before.len().cast_signed()).ok()?;
    (*most >= ALIKE && by != 0).then_some(by)
}

/// The rows of so many that gain most by moving so, and how many cells fewer are painted.
fn best(shown: &Signs, wanted: &Signs, height: u16, by: i16) -> Option<(Shift, isize)> {
    let others = |y: u16, from: Option<u16>| {
        let wanted = wanted.row(y);
        let count = match from {
            Some(from) => wanted.iter().zip(shown.row(from)).filter(|(wanted, shown)| wanted != shown).count(),
            None => wanted.iter().filter(|number| **number != BLANK).count(),
        };
        count.cast_signed()
    };
    let stays: Vec<isize> = (0..height).map(|y| others(y, Some(y))).collect();
    let comes: Vec<isize> = (0..height).map(|y| others(y, None)).collect();
    let moves = |y: u16| {
        let from = y.checked_add_signed(by).filter(|from| *from < height);
        from.map(|from| stays[usize::from(y)] - others(y, Some(from)))
    };
    // The rows that come in behind those that moved are painted anew.
    let rows = by.unsigned_abs();
    let (mut best, mut from, mut sum) = (None::<(Shift, isize)>, 0, 0);
    for y in 0..height {
        let Some(gain) = moves(y) else {
            (from, sum) = (y + 1, 0);
            continue;
        };
        if sum < 0 {
            (from, sum) = (y, 0);
        }
        sum += gain;
        let (top, bottom) = if by > 0 { (from, y + 1 + rows) } else { (from - rows.min(from), y + 1) };
        let new = if by > 0 { y + 1..bottom } else { top..from };
        let lost: isize = new.map(|y| comes[usize::from(y)] - stays[usize::from(y)]).sum();
        if best.is_none_or(|(_, gain)| sum - lost > gain) && bottom <= height && bottom - top > rows {
            best = Some((Shift { top, bottom, by }, sum - lost));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    /// A list of rows from this one on, under a heading and above a line that says which they are.
    fn list(from: usize, height: u16) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 60, height));
        buffer.set_string(0, 0, "NUMBER      NAME", Style::new());
        for y in 1..height - 1 {
            let row = from + usize::from(y);
            let name = ["Amina Wanjiru", "Brian Otieno and sons", "Chipo", "North POP traders, limited"][row % 4];
            buffer.set_string(0, y, format!("CUS-{row:06}  {name:>30} {}", row * 7919), Style::new());
        }
        buffer.set_string(
            0,
            height - 1,
            format!("{} to {} of 900", from + 1, from + usize::from(height)),
            Style::new(),
        );
        buffer
    }

    fn changed(shown: &Buffer, wanted: &Buffer) -> usize {
        shown.diff(wanted).len()
    }

    #[test]
    fn a_list_that_goes_on_moves() {
        for (by, far) in [(1, 1), (5, 5), (-1, 1), (-9, 9)] {
            let (shown, wanted) = (list(100, 24), list(100_usize.checked_add_signed(by).unwrap(), 24));
            let shift = Shift::between(&shown, &wanted, changed(&shown, &wanted)).expect("it moves");
            assert_eq!(shift, Shift { top: 1, bottom: 23, by: by.try_into().unwrap() });
            let mut moved = shown.clone();
            shift.apply(&mut moved);
            let left = changed(&moved, &wanted);
            assert!(left <= 60 * far + 10, "{by}: {left} cells are left");
        }
    }

    #[test]
    fn what_did_not_move_stays() {
        let shown = list(100, 24);
        for wanted in [list(100, 24), list(500, 24), Buffer::empty(Rect::new(0, 0, 60, 24)), list(101, 20)] {
            let changed = if shown.area == wanted.area { changed(&shown, &wanted) } else { 999 };
            assert_eq!(Shift::between(&shown, &wanted, changed), None);
        }
        assert_eq!(Shift::between(&shown, &list(101, 24), WORTH_IT - 1), None);
    }
}
