//! Reading a theme file.
//!
//! ```toml
//! name = "dark"
//! [colours]
//! red = "#f07178"
//! [styles]
//! bad = { fg = "$red", bold = true }
//! ok  = "green"
//! ```
//! A colour is `#rrggbb`, one of the sixteen names of a terminal, a number 0–255, `default`, or
//! `$name` of the table of colours.

use std::collections::HashMap;
use std::fmt;

use ratatui::style::{Color, Modifier, Style};
use toml::de::{DeTable, DeValue};

use super::Role;
use crate::domain::text::line_of;

/// What is wrong in a theme file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ThemeProblem {
    /// The line it stands in, from 1.
    pub line: Option<usize>,
    /// What is wrong and what would be right.
    pub what: String,
}

impl fmt::Display for ThemeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// A theme file as read.
#[derive(Debug, Default)]
pub(super) struct ThemeFile {
    pub(super) name: String,
    pub(super) styles: HashMap<String, Style>,
}

/// Reads a theme file, or tells everything wrong in it.
pub(super) fn read(text: &str) -> Result<ThemeFile, Vec<ThemeProblem>> {
    let root = DeTable::parse(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        vec![ThemeProblem { line, what: error.message().to_owned() }]
    })?;
    let mut file = ThemeFile::default();
    let mut colours = HashMap::new();
    let mut problems = Vec::new();
    let mut say = |at: usize, what: String| {
        problems.push(ThemeProblem { line: Some(line_of(text, at)), what });
    };
    let root = root.get_ref();
    if let Some(DeValue::Table(table)) = root.get("colours").map(|value| value.get_ref()) {
        for (name, value) in table {
            match colour(value.get_ref(), &HashMap::new()) {
                Ok(colour) => {
                    colours.insert(name.get_ref().to_string(), colour);
                }
                Err(why) => say(name.span().start, format!("{}: {why}", name.get_ref())),
            }
        }
    }
    for (name, value) in root {
        match (name.get_ref().as_ref(), value.get_ref()) {
            ("name", DeValue::String(text)) => file.name = text.to_string(),
            ("colours", DeValue::Table(_)) => {}
            ("styles", DeValue::Table(table)) => {
                for (role, value) in table {
                    let at = role.span().start;
                    if Role::from_name(role.get_ref()).is_none() {
                        say(at, format!("there is nothing called `{}` to style; {}", role.get_ref(), known_roles()));
                        continue;
                    }
                    match style(value.get_ref(), &colours) {
                        Ok(style) => {
                            file.styles.insert(role.get_ref().to_string(), style);
                        }
                        Err(why) => say(at, format!("{}: {why}", role.get_ref())),
                    }
                }
            }
            (other, _) => say(
                name.span().start,
                format!("`{other}` is not known here: a theme has a name, [colours] and [styles]"),
            ),
        }
    }
    if root.is_empty() {
        let what = "there is nothing in it: a theme has a name, [colours] and [styles]".to_owned();
        problems.push(ThemeProblem { line: None, what });
    }
    if problems.is_empty() { Ok(file) } else { Err(problems) }
}

fn known_roles() -> String {
    let names: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
    format!("there are {}", names.join(", "))
}

fn style(value: &DeValue<'_>, colours: &HashMap<String, Color>) -> Result<Style, String> {
    let DeValue::Table(table) = value else {
        return Ok(Style::new().fg(colour(value, colours)?));
    };
    let mut style = Style::new();
    for (name, value) in table {
        let value = value.get_ref();
        let modifier = match name.get_ref().as_ref() {
            "fg" => {
                style = style.fg(colour(value, colours)?);
                continue;
            }
            "bg" => {
                style = style.bg(colour(value, colours)?);
                continue;
            }
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            other => {
                return Err(format!("`{other}` is not known: fg, bg, bold, dim, italic, underline, reverse are"));
            }
        };
        match value.as_bool() {
            Some(true) => style = style.add_modifier(modifier),
            Some(false) => {}
            None => return Err(format!("`{}` is true or false", name.get_ref())),
        }
    }
    Ok(style)
}

fn colour(value: &DeValue<'_>, colours: &HashMap<String, Color>) -> Result<Color, String> {
    const SAY: &str = "a colour is #rrggbb, a name as red or bright-red, 0–255, default, or $name of [colours]";
    if let Some(number) = value.as_integer() {
        return u8::from_str_radix(number.as_str(), number.radix()).map(Color::Indexed).map_err(|_| SAY.into());
    }
    let name = value.as_str().ok_or(SAY)?;
    if let Some(own) = name.strip_prefix('$') {
        return colours.get(own).copied().ok_or_else(|| format!("there is no colour `{own}` in [colours]"));
    }
    if let Some(hex) = name.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii()) {
        let part = |range: std::ops::Range<usize>| u8::from_str_radix(&hex[range], 16);
        if let (Ok(red), Ok(green), Ok(blue)) = (part(0..2), part(2..4), part(4..6)) {
            return Ok(Color::Rgb(red, green, blue));
        }
    }
    Ok(match name {
        "default" => Color::Reset,
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "white" => Color::Gray,
        "bright-black" | "grey" => Color::DarkGray,
        "bright-red" => Color::LightRed,
        "bright-green" => Color::LightGreen,
        "bright-yellow" => Color::LightYellow,
        "bright-blue" => Color::LightBlue,
        "bright-magenta" => Color::LightMagenta,
        "bright-cyan" => Color::LightCyan,
        "bright-white" => Color::White,
        other => return Err(format!("`{other}` is no colour: {SAY}")),
    })
}
