//! Rows that only moved are moved by the terminal: a list that goes on by a row costs that row, not a screen.

use ratatui::buffer::Cell;
use ratatui::layout::Size;
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

    /// The move that leaves the least to be painted; none where little is gained.
    pub fn between(shown: &Signs, wanted: &Signs) -> Option<Self> {
        let by = by(shown, wanted)?;
        let (shift, gain) = best(shown, wanted, by)?;
        // Where it stands and what it moves by has to be said, too.
        (gain > WORTH_IT.cast_signed() / 2).then_some(shift)
    }
}

/// The cells of a screen, a number for each: to compare cells themselves takes longer than to paint them.
#[derive(Clone, Debug)]
pub struct Signs {
    width: u16,
    height: u16,
    numbers: Vec<u64>,
}

/// The number of a cell in which nothing stands.
const BLANK: u64 = 1;

/// The bits of a number that say how many columns the sign takes.
const COLUMNS: u64 = 3;

impl Signs {
    /// A screen on which nothing stands.
    pub fn blank(size: Size) -> Self {
        let cells = usize::from(size.width) * usize::from(size.height);
        Self { width: size.width, height: size.height, numbers: vec![BLANK; cells] }
    }

    /// A cell with a sign over so many columns; what these cover is blank.
    pub fn put(&mut self, x: u16, y: u16, cell: &Cell, columns: u16) {
        let number = number(cell, columns);
        for covered in 0..columns.max(1) {
            if let Some(known) = self.row_mut(y).get_mut(usize::from(x + covered)) {
                *known = if covered == 0 { number } else { BLANK };
            }
        }
    }

    /// What the terminal shows once rows have moved.
    pub fn shift(&mut self, shift: Shift) {
        let (width, rows) = (usize::from(self.width), usize::from(shift.by.unsigned_abs()));
        let (top, bottom) = (usize::from(shift.top) * width, usize::from(shift.bottom) * width);
        let Some(moved) = self.numbers.get_mut(top..bottom) else { return };
        let gone = (rows * width).min(moved.len());
        if shift.by > 0 {
            moved.rotate_left(gone);
            let kept = moved.len() - gone;
            moved.iter_mut().skip(kept).for_each(|number| *number = BLANK);
        } else {
            moved.rotate_right(gone);
            moved.iter_mut().take(gone).for_each(|number| *number = BLANK);
        }
    }

    /// Where something else is to be painted than is shown. A sign of several columns covers those behind it, and what is
    /// painted over one leaves nothing of it.
    pub fn others(&self, shown: &Self) -> Vec<(u16, u16)> {
        let mut others = Vec::new();
        for y in (0..self.height).filter(|y| self.row(*y) != shown.row(*y)) {
            let (wanted, shown) = (self.row(y), shown.row(y));
            let columns =
                |row: &[u64], x: usize| row.get(x).map_or(1, |number| usize::try_from(number & COLUMNS).unwrap_or(1));
            let (mut x, mut torn) = (0, 0);
            while x < wanted.len() {
                let takes = columns(wanted, x).max(1);
                if wanted[x] != shown[x] || x < torn {
                    others.push((u16::try_from(x).unwrap_or(u16::MAX), y));
                    let covered = (x..x + takes).map(|at| at + columns(shown, at));
                    torn = covered.fold(torn, usize::max);
                }
                x += takes;
            }
        }
        others
    }

    fn row(&self, y: u16) -> &[u64] {
        let start = usize::from(y) * usize::from(self.width);
        self.numbers.get(start..start + usize::from(self.width)).unwrap_or_default()
    }

    fn row_mut(&mut self, y: u16) -> &mut [u64] {
        let start = usize::from(y) * usize::from(self.width);
        self.numbers.get_mut(start..start + usize::from(self.width)).unwrap_or_default()
    }

    /// What stands in the left half of each row; nothing for those that are empty there.
    fn halves(&self) -> Vec<Option<&[u64]>> {
        let half = |y| self.row(y).get(..usize::from(self.width) / 2);
        let stands = |half: &&[u64]| half.iter().any(|number| *number != BLANK);
        (0..self.height).map(|y| half(y).filter(stands)).collect()
    }
}

/// What tells one cell from another: the hash of its sign and its style (after FNV-1a, 62 bits), and its columns. That two
/// which differ are taken for one is as likely as one in 10^18.
fn number(cell: &Cell, columns: u16) -> u64 {
    if *cell.symbol() == *" " && cell.fg == Color::Reset && cell.bg == Color::Reset && cell.modifier.is_empty() {
        return BLANK;
    }
    let sign = cell.symbol().bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| mixed(hash, byte.into()));
    let style = [colour(cell.fg), colour(cell.bg), cell.modifier.bits().into()];
    let hash = style.into_iter().fold(sign, mixed);
    hash & !COLUMNS | u64::from(columns) & COLUMNS
}

const fn mixed(hash: u64, word: u64) -> u64 {
    let hash = (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3);
    // The lowest bits are those of the word alone otherwise.
    hash ^ hash >> 32
}

const fn colour(colour: Color) -> u64 {
    match colour {
        Color::Reset => 0,
        Color::Rgb(red, green, blue) => 0x0100_0000 | (red as u64) << 16 | (green as u64) << 8 | blue as u64,
        Color::Indexed(index) => 0x200 | index as u64,
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

/// The rows that gain most by moving so, and how many cells fewer are painted.
fn best(shown: &Signs, wanted: &Signs, by: i16) -> Option<(Shift, isize)> {
    let height = wanted.height;
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
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    /// A list of rows from this one on, under a heading and above a line that says which they are.
    fn list(from: usize, height: u16) -> Signs {
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
        signs_of(&buffer)
    }

    fn signs_of(buffer: &Buffer) -> Signs {
        let mut signs = Signs::blank(buffer.area.as_size());
        let (mut x, width) = (0, buffer.area.width);
        for (index, cell) in buffer.content.iter().enumerate() {
            let at = u16::try_from(index).unwrap();
            let columns = u16::try_from(crate::console::measure::width(cell.symbol())).unwrap();
            if x <= at {
                signs.put(at % width, at / width, cell, columns);
                x = at + columns;
            }
        }
        signs
    }

    #[test]
    fn a_list_that_goes_on_moves() {
        for (by, far) in [(1, 1), (5, 5), (-1, 1), (-9, 9)] {
            let (mut shown, wanted) = (list(100, 24), list(100_usize.checked_add_signed(by).unwrap(), 24));
            let shift = Shift::between(&shown, &wanted).expect("it moves");
            assert_eq!(shift, Shift { top: 1, bottom: 23, by: by.try_into().unwrap() });
            shown.shift(shift);
            let left = wanted.others(&shown).len();
            assert!(left <= 60 * far + 10, "{by}: {left} cells are left");
        }
    }

    #[test]
    fn what_did_not_move_stays() {
        let shown = list(100, 24);
        for wanted in [list(100, 24), list(500, 24), Signs::blank(Size::new(60, 24))] {
            assert_eq!(Shift::between(&shown, &wanted), None);
        }
        assert!(!Shift::may_be(WORTH_IT - 1) && Shift::may_be(WORTH_IT));
    }

    /// A sign of two columns that is painted over is painted over whole, whatever stands at its ends.
    #[test]
    fn what_is_torn_is_painted_anew() {
        let line = |text: &str| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
            buffer.set_string(0, 0, text, Style::new());
            signs_of(&buffer)
        };
        for (shown, wanted, others) in [
            ("abcd", "abcd", &[][..]),
            ("abcd", "abxd", &[2]),
            ("漢字", "漢字", &[]),
            ("漢字", "a 字", &[0, 1]),
            ("a漢b", "漢cb", &[0, 2]),
            ("漢a字", "x漢字", &[0, 1]),
            ("ab", "漢", &[0]),
        ] {
            let found: Vec<u16> = line(wanted).others(&line(shown)).into_iter().map(|(x, _)| x).collect();
            assert_eq!(found, others, "{shown} {wanted}");
        }
    }
}
