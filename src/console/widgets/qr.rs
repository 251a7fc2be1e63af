//! QR codes, two modules to a cell.

use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

/// Light modules around the code. Four are the standard's; readers take two, and small windows have no room for more.
const QUIET: usize = 2;

/// A QR code, its quiet zone with it.
pub struct Picture {
    side: usize,
    /// Row by row; true is dark.
    dark: Vec<bool>,
}

/// What it says is a secret.
impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(crate::domain::secret::HIDDEN)
    }
}

impl Picture {
    /// The smallest code that says this; none where no code holds so much. A screen shows it whole: little is corrected.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        let inner = code.width();
        let side = inner + 2 * QUIET;
        let mut dark = vec![false; side * side];
        for (index, module) in code.to_colors().into_iter().enumerate() {
            let (row, column) = (index / inner + QUIET, index % inner + QUIET);
            if let Some(cell) = dark.get_mut(row * side + column) {
                *cell = module == Module::Dark;
            }
        }
        Some(Self { side, dark })
    }

    /// Columns and rows of cells that it takes.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        let cells = |modules: usize| u16::try_from(modules).unwrap_or(u16::MAX);
        (cells(self.side), cells(self.side.div_ceil(2)))
    }

    /// Below the last row there is nothing to be read: dark, as the ground of most terminals.
    fn is_light(&self, row: usize, column: usize) -> bool {
        row < self.side && self.dark.get(row * self.side + column).is_some_and(|dark| !dark)
    }

    /// Paints it into the upper left corner. Black on white whatever the theme, since cameras want it so; where there are no
    /// colours what is light is ink, as on a dark ground.
    pub fn paint(&self, buffer: &mut Buffer, area: Rect) {
        let style = Style::new().fg(Color::Rgb(255, 255, 255)).bg(Color::Rgb(0, 0, 0));
        let (width, height) = self.size();
        let area = Rect { width: width.min(area.width), height: height.min(area.height), ..area };
        for (row, y) in (area.top()..area.bottom()).enumerate() {
            for (column, x) in (area.left()..area.right()).enumerate() {
                let sign = match (self.is_light(2 * row, column), self.is_light(2 * row + 1, column)) {
                    (true, true) => "█",
                    (true, false) => "▀",
                    (false, true) => "▄",
                    (false, false) => " ",
                };
                if let Some(cell) = buffer.cell_mut((x, y)) {
                    cell.set_symbol(sign).set_style(style);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_finders_and_light_around_it() {
        let picture =
            Picture::of("otpauth://totp/Fiber:amina?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Fiber").unwrap();
        let area = Rect::new(0, 0, picture.size().0, picture.size().1);
        let mut buffer = Buffer::empty(area);
        picture.paint(&mut buffer, area);
        let line = |y: u16| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        assert_eq!(line(0), "█".repeat(usize::from(area.width)), "two light rows");
        assert!(line(1).starts_with("██ ▄▄▄▄▄ █") && line(1).ends_with("█ ▄▄▄▄▄ ██"), "{}", line(1));
        assert!(line(4).starts_with("██▄▄▄▄▄▄▄█"), "{}", line(4));
    }

    #[test]
    fn what_no_code_holds_has_no_picture() {
        assert!(Picture::of(&"x".repeat(4_000)).is_none());
    }
}
