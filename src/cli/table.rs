//! Tables aligned by what each character takes on the screen.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::failure::Outcome;
use super::output::Output;

/// One column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    pub title: String,
    pub right: bool,
    /// The most cells it takes on a terminal.
    pub most: usize,
}

/// Columns and how wide each has become.
pub struct Table {
    columns: Vec<Column>,
    widths: Option<Vec<usize>>,
}

const GAP: &str = "  ";

impl Table {
    #[must_use]
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, widths: None }
    }

    /// Prints rows; the first ones decide how wide the columns are, and print the titles.
    pub fn print(&mut self, out: &mut Output, rows: &[Vec<String>]) -> Outcome {
        if self.widths.is_none() {
            let widths = self.measure(rows, out.width());
            let titles: Vec<String> = self.columns.iter().map(|column| column.title.clone()).collect();
            self.print_row(out, &titles, &widths)?;
            self.widths = Some(widths);
        }
        let widths = self.widths.clone().unwrap_or_default();
        rows.iter().try_for_each(|row| self.print_row(out, row, &widths))
    }

    /// In a pipe as wide as needed; on a terminal what fits, the last columns left out first.
    fn measure(&self, rows: &[Vec<String>], room: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let cells = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.width());
                cells.chain([column.title.width()]).max().unwrap_or(0)
            })
            .collect();
        let Some(room) = room else { return widths };
        for (width, column) in widths.iter_mut().zip(&self.columns) {
            *width = (*width).min(column.most.max(column.title.width()));
        }
        let mut taken = 0;
        let fitting = widths
            .iter()
            .take_while(|width| {
                taken += **width + GAP.len();
                taken <= room + GAP.len()
            })
            .count();
        widths.truncate(fitting.max(1));
        if let [only] = widths.as_mut_slice() {
            *only = (*only).min(room);
        }
        widths
    }

    fn print_row(&self, out: &mut Output, cells: &[String], widths: &[usize]) -> Outcome {
        let mut line = String::new();
        for (index, width) in widths.iter().enumerate() {
            let cell = cells.get(index).map_or("", String::as_str);
            let cell = if out.width().is_some() { cut(cell, *width) } else { cell.to_owned() };
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            if index > 0 {
                line.push_str(GAP);
            }
            if self.columns[index].right {
                line.push_str(&blanks);
                line.push_str(&cell);
            } else {
                line.push_str(&cell);
                line.push_str(&blanks);
            }
        }
        out.line(line.trim_end())
    }
}

/// Text cut to a width, with `…` where something is missing.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = 1;
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken > width {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_cells_not_letters() {
        assert_eq!(cut("Amina", 5), "Amina");
        assert_eq!(cut("Amina", 4), "Ami…");
        assert_eq!(cut("漢字漢字", 5), "漢字…");
        assert_eq!(cut("漢字漢字", 4), "漢…");
    }

    #[test]
    fn what_does_not_fit_a_terminal_is_left_out() {
        let column = |title: &str| Column { title: title.into(), right: false, most: 10 };
        let table = Table::new(vec![column("A"), column("B"), column("C")]);
        let rows = vec![vec!["x".repeat(30), "y".repeat(4), "z".into()]];
        assert_eq!(table.measure(&rows, None), [30, 4, 1]);
        assert_eq!(table.measure(&rows, Some(80)), [10, 4, 1]);
        assert_eq!(table.measure(&rows, Some(16)), [10, 4]);
        assert_eq!(table.measure(&rows, Some(5)), [5]);
    }
}
