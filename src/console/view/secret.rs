//! A look at a secret, in the middle of the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::views::Offers;
use crate::console::measure;
use crate::console::screens::secret::{Look, Stage};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::line::LineView;
use crate::console::widgets::paint;
use crate::domain::text::clean;

/// The width that it takes where there is room.
const WIDTH: u16 = 64;

pub(super) fn paint_look(
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    offers: &Offers,
) -> Option<Position> {
    let width = WIDTH.min(area.width);
    let room = usize::from(width.saturating_sub(6)).max(1);
    let (text, role, hint) = match &look.stage {
        Stage::Choosing => {
            let terms = match &look.closed {
                Some(closed) => theme.words.say("secret.closed", &[("why", &theme.told(closed))]),
                None => theme.words.get("secret.terms").to_owned(),
            };
            (format!("{}\n\n{}", offers.entries().join("\n"), clean(&terms)), Role::Text, "secret.nothing")
        }
        Stage::Password(_) => {
            let asked = match &look.demo_password {
                Some(password) => theme.words.say("secret.demo-password", &[("password", &password.reveal())]),
                None => theme.words.get("secret.password").to_owned(),
            };
            (asked, Role::Text, "secret.goes-on")
        }
        Stage::Waiting(_) => (theme.words.get("secret.looking").to_owned(), Role::Dim, "secret.nothing"),
        Stage::Seen(secret, _) => (clean(secret.reveal()).into_owned(), Role::Accent, "secret.hidden"),
    };
    let mut lines: Vec<(String, Role)> = measure::wrap(&text, room).into_iter().map(|line| (line, role)).collect();
    let password_row = lines.len().saturating_sub(1);
    if let Some(problem) = &look.problem {
        lines.extend(measure::wrap(&theme.told(problem), room).into_iter().map(|line| (line, Role::Error)));
    }
    let height = u16::try_from(lines.len() + 4).unwrap_or(u16::MAX);
    let title = theme.words.say(
        "secret.title",
        &[("field", &look.resource.label(&theme.words, look.field.name)), ("record", &look.title)],
    );
    let inside = paint::popup(buffer, paint::centred(area, width, height), &title, theme);
    let inside = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside };
    let ground = theme[Role::Popup];
    let mut cursor = None;
    for (row, (line, role)) in lines.iter().enumerate().take(usize::from(inside.height.saturating_sub(1))) {
        let place = Rect { y: inside.y + row as u16, height: 1, ..inside };
        match &look.stage {
            Stage::Password(editor) if row == password_row => {
                cursor = LineView { role: Role::InputFocused, ..LineView::new(editor) }.paint(buffer, place, theme);
            }
            _ => {
                paint::text(buffer, place.x, place.y, place.width, line, ground.patch(theme[*role]));
            }
        }
    }
    if inside.height > 0 {
        paint::text(
            buffer,
            inside.x,
            inside.bottom() - 1,
            inside.width,
            theme.words.get(hint),
            ground.patch(theme[Role::Key]),
        );
    }
    cursor
}
