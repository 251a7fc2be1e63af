//! Software: the order of versions, what a version fits, and the way of an installation.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::lifecycle::{Lifecycle, Move};

/// pending → in_progress → completed | failed. What has ended stays: trying again is a new one.
pub const INSTALLATION: Lifecycle = Lifecycle {
    of: "installation",
    states: &["pending", "in_progress", "completed", "failed"],
    initial: "pending",
    moves: &[
        Move { verb: "start", from: &["pending"], to: "in_progress" },
        Move { verb: "complete", from: &["in_progress"], to: "completed" },
        Move { verb: "fail", from: &["in_progress"], to: "failed" },
    ],
};

/// What an installation does.
pub const ACTIONS: &[&str] = &["install", "update", "uninstall", "rollback"];

/// How a piece of software stands on a device.
pub const STANDINGS: &[&str] = &["not_installed", "installing", "installed", "failed", "outdated"];

/// Words that begin a pre-release even without a hyphen before them, as vendors write them: `7.16rc1`.
const BEFORE_RELEASE: &[&str] = &["alpha", "beta", "dev", "pre", "preview", "rc"];

/// A version's place in the order of versions, as text that compares byte by byte.
///
/// Numbers compare as numbers (2.10 after 2.9), a pre-release comes before its release (1.0.0-rc.1 before 1.0.0), of two
/// pre-releases the one with fewer parts first, a number before a word; zeros at the end say nothing (2.1 is 2.1.0), nor
/// does what stands behind a `+`. Any text has a place, for vendors number as they like.
#[must_use]
pub fn version_key(version: &str) -> String {
    let version = version.trim();
    let version = version.split_once('+').map_or(version, |(version, _)| version);
    let version = match version.strip_prefix(['v', 'V']) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => version,
    };
    let (core, named) = version.split_once('-').map_or((version, None), |(core, rest)| (core, Some(parts(rest))));
    let mut core = parts(core);
    let begins = |part: &Part| matches!(part, Part::Word(word) if BEFORE_RELEASE.contains(&word.as_str()));
    let mut before_release = core.iter().skip(1).position(begins).map(|place| core.split_off(place + 1));
    if let Some(named) = named {
        before_release.get_or_insert_default().extend(named);
    }
    while core.last().is_some_and(|part| *part == Part::Number("0".into())) {
        core.pop();
    }
    let mut key: String = core.iter().map(Part::key).collect();
    // Both marks stand before any part's first character: what goes on is later than what ends here.
    match before_release {
        Some(parts) => {
            key.push('-');
            key.extend(parts.iter().map(Part::key));
        }
        None => key.push('/'),
    }
    key
}

/// Which of two versions comes first.
#[must_use]
pub fn compare_versions(a: &str, b: &str) -> Ordering {
    version_key(a).cmp(&version_key(b))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Digits without leading zeros.
    Number(String),
    /// Letters, in lower case.
    Word(String),
}

impl Part {
    fn key(&self) -> String {
        match self {
            Self::Number(digits) => format!("1{:03}{digits}", digits.len()),
            Self::Word(letters) => format!("2{letters}!"),
        }
    }
}

/// Runs of digits and runs of letters; whatever else stands between them only parts them.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_ascii_digit();
        let same = |c: char| if is_digit { c.is_ascii_digit() } else { c.is_alphabetic() };
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end.max(first.len_utf8()));
        if is_digit {
            let digits = run.trim_start_matches('0');
            parts.push(Part::Number(if digits.is_empty() { "0" } else { digits }.to_owned()));
        } else if first.is_alphabetic() {
            parts.push(Part::Word(run.to_lowercase()));
        }
        rest = after;
    }
    parts
}

/// Whether the text is a SHA-256 checksum as tools print it.
#[must_use]
pub fn is_checksum(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a version fits: `{"device_types": ["olt"]}`; without the word, every device.
///
/// # Errors
/// What is wrong with it.
pub fn check_compatibility(json: &Json) -> Result<(), String> {
    let Some(entries) = json.as_object() else {
        return Err("is an object such as {\"device_types\": [\"olt\"]}".into());
    };
    let words = |json: &Json| json.as_array().is_some_and(|list| list.iter().all(Json::is_string));
    match entries.get("device_types") {
        Some(types) if !words(types) => Err("device_types is a list of words such as [\"olt\", \"switch\"]".into()),
        _ => Ok(()),
    }
}

/// Whether a version fits a type of device.
#[must_use]
pub fn fits(compatibility: &Json, device_type: &str) -> bool {
    let types = compatibility.get("device_types").and_then(Json::as_array);
    types.is_none_or(|types| types.iter().any(|fitting| fitting.as_str() == Some(device_type)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn versions_come_in_their_order() {
        let order = [
            "0.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1-rc.1",
            "1.0.1",
            "2.9",
            "2.10",
            "6.49.10",
            "7.16beta3",
            "7.16rc1",
            "7.16rc12",
            "v7.16",
            "7.16.1",
            "12.4(3)",
            "12.4(3a)",
            "12.4(21)",
            "V800R018C10SPC100",
            "V800R018C10SPC200",
        ];
        for pair in order.windows(2) {
            assert_eq!(compare_versions(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
        for (a, b) in
            [("1", "1.0.0"), ("v1.2", "1.2"), ("1.2+build.7", "1.2"), ("1.02", "1.2"), ("1.0-RC.1", "1.0-rc.1")]
        {
            assert_eq!(compare_versions(a, b), Ordering::Equal, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn numbers_compare_as_numbers(a in prop::collection::vec(0_u64.., 1..5), b in prop::collection::vec(0_u64.., 1..5)) {
            let written = |parts: &[u64]| parts.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
            let filled = |parts: &[u64]| (0..5).map(|place| parts.get(place).copied().unwrap_or(0)).collect::<Vec<_>>();
            prop_assert_eq!(compare_versions(&written(&a), &written(&b)), filled(&a).cmp(&filled(&b)));
            let candidate = format!("{}-rc.1", written(&a));
            prop_assert_eq!(compare_versions(&candidate, &written(&a)), Ordering::Less);
            if filled(&b) < filled(&a) {
                prop_assert_eq!(compare_versions(&written(&b), &candidate), Ordering::Less);
            }
        }

        #[test]
        fn any_text_has_a_place(text in "\\PC{0,100}") {
            prop_assert!(!version_key(&text).is_empty());
        }
    }

    #[test]
    fn a_checksum_is_64_hexadecimal_digits() {
        assert!(is_checksum(&"0aF9".repeat(16)));
        for wrong in ["", "0", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(32)] {
            assert!(!is_checksum(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_version_fits_what_it_names() {
        for (compatibility, fitting) in [
            (json!({}), true),
            (json!({"device_types": ["olt", "switch"]}), true),
            (json!({"device_types": ["switch"]}), false),
            (json!({"device_types": []}), false),
        ] {
            assert_eq!(check_compatibility(&compatibility), Ok(()));
            assert_eq!(fits(&compatibility, "olt"), fitting, "{compatibility}");
        }
        for wrong in [json!([]), json!({"device_types": "olt"}), json!({"device_types": [1]})] {
            assert!(check_compatibility(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn exactly_the_listed_moves_are_open() {
        let listed = [("pending", "in_progress"), ("in_progress", "completed"), ("in_progress", "failed")];
        for from in INSTALLATION.states {
            for to in INSTALLATION.states {
                let open = INSTALLATION.open_from(from).any(|m| m.to == *to);
                assert_eq!(open, listed.contains(&(*from, *to)), "{from} → {to}");
            }
        }
    }
}
