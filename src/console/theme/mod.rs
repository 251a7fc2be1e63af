//! Themes by meaning: a screen asks for `Role::Bad`, never for red.
//!
//! A theme is a TOML file; the built-in ones are compiled in. When it is loaded every style is
//! worked out for what the terminal can show, so that painting looks it up and nothing more.

mod colour;
mod file;
mod signs;

pub use colour::{ColourDepth, degrade};
pub use file::ThemeProblem;
pub use signs::Signs;

use std::ops::Index;

use ratatui::style::{Modifier, Style};

use crate::domain::text::clean;
use crate::domain::time::{Instant, relative};
use crate::domain::words::Words;

macro_rules! roles {
    ($($variant:ident $name:literal $help:literal $plain:expr;)*) => {
        /// What a piece of the screen means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Role {
            $(#[doc = $help] $variant,)*
        }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in a theme file.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it is for.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)* }
            }

            /// How it is told apart where there are no colours.
            const fn without_colour(self) -> Modifier {
                match self { $(Self::$variant => $plain,)* }
            }
        }
    };
}

const NOTHING: Modifier = Modifier::empty();
const BOLD: Modifier = Modifier::BOLD;
const REVERSED: Modifier = Modifier::REVERSED;
const UNDERLINED: Modifier = Modifier::UNDERLINED;
const DIM: Modifier = Modifier::DIM;

roles! {
    Text "text" "Ordinary text." NOTHING;
    Dim "dim" "What matters less: old rows, units, ages." DIM;
    Accent "accent" "What should be seen first in a line." BOLD;
    Header "header" "The header line." NOTHING;
    HeaderWhere "header-where" "Where one is, in the header." BOLD;
    Tab "tab" "A tab." NOTHING;
    TabCurrent "tab-current" "The tab one is in." REVERSED;
    Column "column" "The titles of columns." UNDERLINED;
    Selected "selected" "The row or entry under the cursor." REVERSED;
    Marked "marked" "A marked row's sign and first column." BOLD;
    Ok "ok" "Up, paid, in order." NOTHING;
    Warn "warn" "Needs a look soon." UNDERLINED;
    Bad "bad" "Down, overdue, failed." BOLD;
    Unknown "unknown" "Not known." DIM;
    Maintenance "maintenance" "In planned maintenance." NOTHING;
    Pending "pending" "Changed here and not saved, or on its way." UNDERLINED;
    Error "error" "An error message." BOLD;
    Notice "notice" "A message that all is well." NOTHING;
    Border "border" "Lines between panes and around popups." NOTHING;
    Title "title" "The title of a pane, popup or section." BOLD;
    Key "key" "A key in the hint line, help and menus." BOLD;
    Hint "hint" "What a key does." NOTHING;
    Status "status" "The status line." NOTHING;
    Mode "mode" "KEYS or TYPING." REVERSED;
    Label "label" "The label of a field." NOTHING;
    Input "input" "A field one types in." UNDERLINED;
    InputFocused "input-focused" "The field one is in." REVERSED;
    InputWrong "input-wrong" "The part of an input that is wrong." UNDERLINED;
    Ghost "ghost" "A completion not accepted yet, a placeholder." DIM;
    Popup "popup" "The ground of popups and dialogs." NOTHING;
    Disabled "disabled" "An action that cannot be done now." DIM;
    Match "match" "The part that a filter or find matched." UNDERLINED;
    Link "link" "A reference that can be opened." NOTHING;
    Money "money" "An amount owed." NOTHING;
    Loading "loading" "Old rows while new ones load." DIM;
}

impl Role {
    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }
}

/// The themes that come with the program, by name.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("high-contrast", include_str!("../../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../../themes/colour-blind.toml")),
    ("mono", include_str!("../../../themes/mono.toml")),
];

/// A style for every role, and the signs, as this terminal can show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// The signs to draw with.
    pub signs: &'static Signs,
    /// What is said with it.
    pub words: Words,
    styles: Vec<Style>,
}

impl Theme {
    /// The built-in theme of that name; `mono` is the one without colours on any terminal.
    #[must_use]
    pub fn built_in(name: &str, depth: ColourDepth, ascii: bool) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Self::parse(text, depth, ascii).ok()
    }

    /// The theme of a file's text.
    ///
    /// # Errors
    /// Everything wrong in it, each with its line.
    pub fn parse(text: &str, depth: ColourDepth, ascii: bool) -> Result<Self, Vec<ThemeProblem>> {
        let file = file::read(text)?;
        let styles = Role::ALL
            .iter()
            .map(|role| {
                let style = file.styles.get(role.name()).copied().unwrap_or_default();
                if depth == ColourDepth::Mono {
                    Style::new().add_modifier(style.add_modifier | role.without_colour())
                } else {
                    Style { fg: style.fg.map(|c| degrade(c, depth)), bg: style.bg.map(|c| degrade(c, depth)), ..style }
                }
            })
            .collect();
        Ok(Self { name: file.name, signs: Signs::of(ascii), words: Words::default(), styles })
    }

    /// Whatever happens to files: no colours at all, bold, reverse and underline only.
    #[must_use]
    pub fn plain(ascii: bool) -> Self {
        let styles = Role::ALL.iter().map(|role| Style::new().add_modifier(role.without_colour())).collect();
        Self { name: "plain".into(), signs: Signs::of(ascii), words: Words::default(), styles }
    }

    /// What a rule, the database or a screen tells, cleaned, in the person's language.
    #[must_use]
    pub fn told(&self, message: &str) -> String {
        clean(&self.words.told(message)).into_owned()
    }

    /// How far a moment is away, in the person's language.
    #[must_use]
    pub fn relative(&self, at: Instant, now: Instant) -> String {
        self.words.told(&relative(at, now)).into_owned()
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }
}

impl Index<Role> for Theme {
    type Output = Style;

    fn index(&self, role: Role) -> &Style {
        const PLAIN: &Style = &Style::new();
        self.styles.get(role as usize).unwrap_or(PLAIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Color;

    #[test]
    fn an_empty_file_is_no_theme() {
        for text in ["", "# nothing\n"] {
            assert!(
                file::read(text).is_err_and(|problems| problems[0].what.contains("there is nothing in it")),
                "{text}"
            );
        }
    }

    #[test]
    fn the_built_in_themes_name_every_role() {
        for (name, text) in BUILT_IN {
            let file = file::read(text).unwrap();
            assert_eq!(file.name, *name);
            for role in Role::ALL {
                assert!(file.styles.contains_key(role.name()), "{name}: {}", role.name());
            }
        }
    }

    #[test]
    fn the_theme_without_colours_is_what_stands_without_any() {
        let (mono, plain) = (Theme::built_in("mono", ColourDepth::True, true).unwrap(), Theme::plain(true));
        let seen = |style: Style| (style.fg.unwrap_or_default(), style.bg.unwrap_or_default(), style.add_modifier);
        for role in Role::ALL {
            assert_eq!(seen(mono[*role]), seen(plain[*role]), "{}", role.name());
        }
    }

    #[test]
    fn without_colours_what_matters_still_stands_out() {
        for (name, _) in BUILT_IN {
            let theme = Theme::built_in(name, ColourDepth::Mono, true).unwrap();
            for role in Role::ALL {
                assert_eq!((theme[*role].fg, theme[*role].bg), (None, None));
            }
            assert!(theme[Role::Selected].add_modifier.contains(Modifier::REVERSED));
            assert!(theme[Role::Bad].add_modifier.contains(Modifier::BOLD));
            assert_ne!(theme[Role::Warn], theme[Role::Bad]);
        }
    }

    #[test]
    fn colours_come_down_to_what_the_terminal_has() {
        for (name, _) in BUILT_IN {
            let theme = Theme::built_in(name, ColourDepth::Sixteen, false).unwrap();
            for role in Role::ALL {
                for colour in [theme[*role].fg, theme[*role].bg].into_iter().flatten() {
                    assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{}: {colour:?}", role.name());
                }
            }
            if *name == "mono" {
                continue;
            }
            let told_apart = [Role::Ok, Role::Warn, Role::Bad].map(|role| theme[role].fg);
            assert!(
                told_apart[0] != told_apart[1] && told_apart[1] != told_apart[2] && told_apart[0] != told_apart[2],
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_wrong_in_a_theme_is_said_with_its_line() {
        for (text, line, word) in [
            ("name = \"x\"\n[styles]\nbda = { fg = \"red\" }\n", 3, "bda"),
            ("name = \"x\"\n[styles]\nbad = { fg = \"redd\" }\n", 3, "redd"),
            ("name = \"x\"\n[styles]\nbad = { fgg = \"red\" }\n", 3, "fgg"),
            ("name = \"x\"\n[styles]\nbad = \"$nope\"\n", 3, "nope"),
            ("nme = \"x\"\n", 1, "nme"),
            ("name = \"x\"\n[styles]\nbad = { bold = 3 }\n", 3, "bold"),
        ] {
            let problems = Theme::parse(text, ColourDepth::True, false).unwrap_err();
            assert_eq!(problems[0].line, Some(line), "{text}");
            assert!(problems[0].what.contains(word), "{}", problems[0]);
        }
    }
}
