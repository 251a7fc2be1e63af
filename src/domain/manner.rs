//! How a place writes numbers and dates: for what people read, never for files or what they type.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::time::Instant;

/// The order of a date's parts, and what stands between them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Dates {
    /// `2026-11-20`
    #[default]
    YearFirst,
    /// `20.11.2026`
    Dots,
    /// `20/11/2026`
    Slashes,
    /// `20-11-2026`
    Dashes,
    /// `11/20/2026`
    MonthFirst,
}

/// How a place writes numbers and dates. Where nothing is said: a point, no groups, the year first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    decimal: char,
    group: Option<char>,
    dates: Dates,
}

impl Default for Manner {
    fn default() -> Self {
        Self { decimal: '.', group: None, dates: Dates::YearFirst }
    }
}

/// Between groups of digits that must stay on one line.
const BLANK: char = '\u{a0}';

impl Manner {
    /// The manner of a locale: `de`, `en-GB`, `pt_BR.UTF-8`. One that is not known has none of its own.
    #[must_use]
    pub fn of(locale: &str) -> Self {
        Self::known(locale).unwrap_or_default()
    }

    /// The same where somebody chose it.
    ///
    /// # Errors
    /// That nothing is known of its language.
    pub fn chosen(locale: &str) -> Result<Self, String> {
        Self::known(locale).ok_or_else(|| {
            let shown = super::text::clean(locale);
            format!("how numbers and dates are written in ‘{shown}’ is not known: write it as de, en-GB or pt-BR")
        })
    }

    fn known(locale: &str) -> Option<Self> {
        let tag = locale.split(['.', '@']).next().unwrap_or("").replace('_', "-").to_lowercase();
        let mut parts = tag.split('-');
        let (language, region) = (parts.next().unwrap_or(""), parts.next_back().unwrap_or(""));
        let manner = |decimal, group, dates| Self { decimal, group: Some(group), dates };
        Some(match (language, region) {
            ("de", "ch" | "li") => manner('.', '’', Dates::Dots),
            ("de" | "da" | "tr" | "hr" | "sl" | "sr" | "ro" | "is", _) => manner(',', '.', Dates::Dots),
            ("fi" | "nb" | "nn" | "no" | "pl" | "cs" | "sk" | "ru" | "uk" | "bg" | "et" | "lv", _) => {
                manner(',', BLANK, Dates::Dots)
            }
            ("fr", _) => manner(',', BLANK, Dates::Slashes),
            ("es", "mx" | "us" | "pr" | "gt" | "hn" | "ni" | "sv" | "do" | "pa") => manner('.', ',', Dates::Slashes),
            ("es" | "it" | "pt" | "el" | "id" | "vi", _) => manner(',', '.', Dates::Slashes),
            ("nl", _) => manner(',', '.', Dates::Dashes),
            ("sv" | "lt" | "hu", _) => manner(',', BLANK, Dates::YearFirst),
            ("en", "us" | "ph") => manner('.', ',', Dates::MonthFirst),
            ("en", "ca" | "za") => manner('.', ',', Dates::YearFirst),
            // English of nowhere in particular is what the program itself writes.
            ("en", "") => Self::default(),
            ("en" | "sw" | "ar" | "he" | "th" | "hi" | "ms" | "am" | "ha" | "yo" | "ig" | "zu" | "so", _) => {
                manner('.', ',', Dates::Slashes)
            }
            ("ja" | "zh" | "ko", _) => manner('.', ',', Dates::YearFirst),
            _ => return None,
        })
    }

    /// A decimal number that stands in the program's own writing (`-1234.50`), in this one.
    #[must_use]
    pub fn number(self, written: &str) -> String {
        let (sign, digits) = written.strip_prefix('-').map_or(("", written), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
        if whole.is_empty() || !whole.bytes().chain(fraction.unwrap_or("").bytes()).all(|byte| byte.is_ascii_digit()) {
            return written.to_owned();
        }
        let mut text = sign.to_owned();
        for (index, digit) in whole.chars().enumerate() {
            if let Some(group) = self.group.filter(|_| index > 0 && (whole.len() - index).is_multiple_of(3)) {
                text.push(group);
            }
            text.push(digit);
        }
        if let Some(fraction) = fraction {
            text.push(self.decimal);
            text.push_str(fraction);
        }
        text
    }

    /// A whole number that is looked at, not copied: in groups, by blanks where nothing else is said.
    #[must_use]
    pub fn count(self, number: impl std::fmt::Display) -> String {
        Self { group: self.group.or(Some(' ')), ..self }.number(&number.to_string())
    }

    /// A whole number that a person typed, in groups or without.
    #[must_use]
    pub fn read_count(self, typed: &str) -> Option<u64> {
        let is_group = |c: char| c == ' ' || c == BLANK || self.group == Some(c);
        typed.trim().replace(is_group, "").parse().ok()
    }

    #[must_use]
    pub fn date(self, date: NaiveDate) -> String {
        let format = match self.dates {
            Dates::YearFirst => "%Y-%m-%d",
            Dates::Dots => "%d.%m.%Y",
            Dates::Slashes => "%d/%m/%Y",
            Dates::Dashes => "%d-%m-%Y",
            Dates::MonthFirst => "%m/%d/%Y",
        };
        date.format(format).to_string()
    }

    /// A moment to the minute, in a zone.
    #[must_use]
    pub fn moment(self, time: Instant, zone: Tz) -> String {
        let local = time.with_timezone(&zone);
        format!("{} {}", self.date(local.date_naive()), local.format("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_writes_in_its_manner() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 5).unwrap();
        for (locale, number, shown) in [
            ("en", "-1234567.50", "2026-11-05"),
            ("", "-1234567.50", "2026-11-05"),
            ("xx-YY", "-1234567.50", "2026-11-05"),
            ("de", "-1.234.567,50", "05.11.2026"),
            ("de-CH", "-1’234’567.50", "05.11.2026"),
            ("fr_FR.UTF-8", "-1\u{a0}234\u{a0}567,50", "05/11/2026"),
            ("en-US", "-1,234,567.50", "11/05/2026"),
            ("en-GB", "-1,234,567.50", "05/11/2026"),
            ("sw-KE", "-1,234,567.50", "05/11/2026"),
            ("pt_BR", "-1.234.567,50", "05/11/2026"),
            ("nl", "-1.234.567,50", "05-11-2026"),
            ("sv", "-1\u{a0}234\u{a0}567,50", "2026-11-05"),
            ("es-MX", "-1,234,567.50", "05/11/2026"),
            ("zh-Hant-TW", "-1,234,567.50", "2026-11-05"),
        ] {
            let manner = Manner::of(locale);
            assert_eq!(
                Manner::chosen(locale).is_ok(),
                manner != Manner::default() || locale.starts_with("en"),
                "{locale}"
            );
            assert_eq!((manner.number("-1234567.50"), manner.date(date)), (number.into(), shown.into()), "{locale}");
        }
    }

    #[test]
    fn what_is_no_number_stays_as_it_is() {
        let german = Manner::of("de");
        for (written, shown) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1.000"),
            ("0.05", "0,05"),
            ("", ""),
            ("12 %", "12 %"),
            ("n/a", "n/a"),
        ] {
            assert_eq!(german.number(written), shown);
        }
    }

    #[test]
    fn a_count_is_read_in_groups() {
        assert_eq!(Manner::default().count(1_234_567), "1 234 567");
        assert_eq!(Manner::of("de").count(-4_812), "-4.812");
        assert_eq!(Manner::of("en-US").count(999), "999");
        for (locale, typed, read) in [
            ("", "1234567", Some(1_234_567)),
            ("", " 1 234 567 ", Some(1_234_567)),
            ("de", "1.234", Some(1_234)),
            ("de", "1 234", Some(1_234)),
            ("en-US", "1,234", Some(1_234)),
            ("", "1,234", None),
            ("", "", None),
            ("", "-1", None),
        ] {
            assert_eq!(Manner::of(locale).read_count(typed), read, "{locale} {typed}");
        }
    }

    #[test]
    fn a_moment_is_of_its_zone() {
        let time = "2026-11-20T22:30:00Z".parse().unwrap();
        assert_eq!(Manner::of("de").moment(time, chrono_tz::Africa::Nairobi), "21.11.2026 01:30");
    }
}
