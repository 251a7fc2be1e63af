//! Tests on devices: what is measured, within which limits, and what comes of it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::lifecycle::{Lifecycle, Move};
use super::text::clean;

/// pending → in_progress → completed | failed.
pub const REPORT: Lifecycle = Lifecycle {
    of: "test report",
    states: &["pending", "in_progress", "completed", "failed"],
    initial: "pending",
    moves: &[
        Move { verb: "start", from: &["pending"], to: "in_progress" },
        Move { verb: "complete", from: &["in_progress"], to: "completed" },
        Move { verb: "fail", from: &["in_progress"], to: "failed" },
    ],
};

/// What came of a test, the worse the greater: of several, the worst counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    #[default]
    NotSet,
    Pass,
    Inconclusive,
    Fail,
    Aborted,
    Error,
}

impl Verdict {
    /// The words of those that are set, the best first.
    pub const WORDS: &[&str] = &["pass", "inconclusive", "fail", "aborted", "error"];

    const SET: [Self; 5] = [Self::Pass, Self::Inconclusive, Self::Fail, Self::Aborted, Self::Error];

    /// Its word; none where nothing was decided.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        Self::SET.iter().zip(Self::WORDS).find(|(verdict, _)| **verdict == self).map(|(_, word)| *word)
    }

    /// The verdict of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::SET.into_iter().zip(Self::WORDS).find(|(_, known)| **known == word).map(|(verdict, _)| verdict)
    }

    /// That of a whole from those of its parts.
    pub fn worst(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().max().unwrap_or_default()
    }
}

/// A measured number, exact to a thousand millionth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Figure(i128);

const PLACES: usize = 9;

impl Figure {
    /// From a whole number or a decimal in quotes: `-12` or `"-12.5"`.
    fn read(json: &Json) -> Option<Self> {
        let text = match json {
            Json::Number(number) => number.to_string(),
            Json::String(text) => text.trim().to_owned(),
            _ => return None,
        };
        let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |digits| (true, digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 20 || fraction.len() > PLACES || !plain(whole) || !plain(fraction) {
            return None;
        }
        let units: i128 = format!("{whole}{fraction:0<PLACES$}").parse().ok()?;
        Some(Self(if negative { -units } else { units }))
    }
}

/// What a measurement must be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    least: Option<Figure>,
    most: Option<Figure>,
    equals: Option<Json>,
}

impl Limits {
    fn judge(&self, measured: Option<&Json>) -> Verdict {
        let Some(measured) = measured.filter(|value| !value.is_null()) else { return Verdict::Inconclusive };
        let figure = Figure::read(measured);
        if self.least.is_some() || self.most.is_some() {
            let Some(figure) = figure else { return Verdict::Inconclusive };
            if self.least.is_some_and(|least| figure < least) || self.most.is_some_and(|most| figure > most) {
                return Verdict::Fail;
            }
        }
        match &self.equals {
            Some(wanted) if wanted != measured && (figure.is_none() || figure != Figure::read(wanted)) => Verdict::Fail,
            _ => Verdict::Pass,
        }
    }
}

/// Measurements of a step and their limits.
pub type Criteria = BTreeMap<String, Limits>;

/// Reads criteria: `{"power_dbm": {"min": "-27.5", "max": "-8", "unit": "dBm"}, "link": {"equals": "up"}}`.
///
/// # Errors
/// Which one is wrong, and what would be right.
pub fn read_criteria(json: &Json) -> Result<Criteria, String> {
    let Some(entries) = json.as_object() else {
        return Err("is an object such as {\"power_dbm\": {\"min\": \"-27.5\", \"max\": \"-8\"}}".into());
    };
    let mut criteria = Criteria::new();
    for (name, limits) in entries {
        let shown = clean(name);
        let Some(words) = limits.as_object() else {
            return Err(format!("{shown} has no limits such as {{\"min\": 1, \"max\": 5}}"));
        };
        let mut read = Limits::default();
        for (word, value) in words {
            let figure = || Figure::read(value).ok_or_else(|| format!("{shown}: {word} is a number such as \"-12.5\""));
            match word.as_str() {
                "min" => read.least = Some(figure()?),
                "max" => read.most = Some(figure()?),
                "equals" => read.equals = Some(value.clone()),
                "unit" if value.is_string() => {}
                "unit" => return Err(format!("{shown}: unit is a word such as \"dBm\"")),
                _ => return Err(format!("{shown}: ‘{}’ is none of min, max, equals, unit", clean(word))),
            }
        }
        if let (Some(least), Some(most)) = (read.least, read.most)
            && least > most
        {
            return Err(format!("{shown}: min is more than max"));
        }
        if read == Limits::default() {
            return Err(format!("{shown}: give min, max or equals"));
        }
        criteria.insert(name.clone(), read);
    }
    Ok(criteria)
}

/// A step of a test: its number, and what must be measured in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub number: i64,
    pub criteria: Criteria,
}

/// Reads the steps of a test flow, numbered from 1: `{"steps": [{"name": "Power", "criteria": {…}}]}`. A flow without
/// steps has them as records of their own.
///
/// # Errors
/// Which step is wrong, and what would be right.
pub fn read_flow(json: &Json) -> Result<Vec<Step>, String> {
    const LIKE: &str = "{\"steps\": [{\"name\": \"Power\", \"criteria\": {}}]}";
    let Some(flow) = json.as_object() else { return Err(format!("is an object such as {LIKE}")) };
    let Some(steps) = flow.get("steps") else { return Ok(Vec::new()) };
    let Some(steps) = steps.as_array() else { return Err(format!("steps is a list, as in {LIKE}")) };
    let read = |(number, step): (i64, &Json)| {
        if step["name"].as_str().is_none_or(|name| name.trim().is_empty()) {
            return Err(format!("step {number} has no name, as in {LIKE}"));
        }
        let criteria = match &step["criteria"] {
            Json::Null => Criteria::new(),
            criteria => read_criteria(criteria).map_err(|why| format!("step {number}: criteria: {why}"))?,
        };
        Ok(Step { number, criteria })
    };
    (1..).zip(steps).map(read).collect()
}

/// What was found in a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    pub measured: BTreeMap<String, Json>,
    /// What whoever tested says of it.
    pub verdict: Verdict,
}

/// Findings by the number of their step.
pub type Results = BTreeMap<i64, Finding>;

/// Reads results: `{"1": {"values": {"power_dbm": "-19.2"}}, "2": {"verdict": "aborted"}}`.
///
/// # Errors
/// Which one is wrong, and what would be right.
pub fn read_results(json: &Json) -> Result<Results, String> {
    let Some(entries) = json.as_object() else {
        return Err("is an object such as {\"1\": {\"values\": {\"power_dbm\": \"-19.2\"}}}".into());
    };
    let mut results = Results::new();
    for (number, found) in entries {
        let step = number.parse().ok().filter(|step| *step >= 1);
        let Some(step) = step else { return Err(format!("‘{}’ is not the number of a step", clean(number))) };
        let Some(found) = found.as_object() else {
            return Err(format!("step {step} is an object such as {{\"values\": {{\"power_dbm\": \"-19.2\"}}}}"));
        };
        let mut finding = Finding::default();
        match found.get("values") {
            None | Some(Json::Null) => {}
            Some(Json::Object(values)) => finding.measured = values.clone().into_iter().collect(),
            Some(_) => return Err(format!("step {step}: values is an object such as {{\"power_dbm\": \"-19.2\"}}")),
        }
        if let Some(verdict) = found.get("verdict").filter(|verdict| !verdict.is_null()) {
            finding.verdict = verdict
                .as_str()
                .and_then(Verdict::of)
                .ok_or_else(|| format!("step {step}: verdict is one of {}", Verdict::WORDS.join(", ")))?;
        }
        if results.insert(step, finding).is_some() {
            return Err(format!("step {step} is there twice"));
        }
    }
    Ok(results)
}

/// What comes of a whole test: the worst of its steps, each the worst of its measurements and of what is said of it. What
/// should have been measured and was not decides nothing.
///
/// # Errors
/// The first finding of a step that the test does not have.
pub fn judge(steps: &[Step], results: &Results) -> Result<Verdict, String> {
    if let Some(number) = results.keys().find(|number| steps.iter().all(|step| step.number != **number)) {
        return Err(format!("the scenario has no step {number}"));
    }
    let nothing = Finding::default();
    Ok(Verdict::worst(steps.iter().map(|step| {
        let found = results.get(&step.number).unwrap_or(&nothing);
        let measured = step.criteria.iter().map(|(name, limits)| limits.judge(found.measured.get(name)));
        Verdict::worst(measured.chain([found.verdict]))
    })))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn steps() -> Vec<Step> {
        read_flow(&json!({"steps": [
            {"name": "Power", "criteria": {"power_dbm": {"min": "-27.5", "max": -8, "unit": "dBm"}}},
            {"name": "Link", "criteria": {"link": {"equals": "up"}, "mbps": {"equals": "100.0"}}},
            {"name": "Look at it"},
        ]}))
        .unwrap()
    }

    #[test]
    fn the_worst_part_decides() {
        let good =
            |power: &str| json!({"1": {"values": {"power_dbm": power}}, "2": {"values": {"link": "up", "mbps": 100}}});
        for (results, wanted) in [
            (good("-19.2"), Verdict::Pass),
            (good("-27.5"), Verdict::Pass),
            (good("-8"), Verdict::Pass),
            (good("-27.500000001"), Verdict::Fail),
            (good("-7.9"), Verdict::Fail),
            (good("none"), Verdict::Inconclusive),
            (json!({"1": {"values": {"power_dbm": -10}}}), Verdict::Inconclusive),
            (json!({}), Verdict::Inconclusive),
            (json!({"1": {"values": {"power_dbm": 0}}, "2": {"verdict": "aborted"}}), Verdict::Aborted),
            (json!({"2": {"verdict": "aborted"}, "3": {"verdict": "error"}}), Verdict::Error),
        ] {
            assert_eq!(judge(&steps(), &read_results(&results).unwrap()), Ok(wanted), "{results}");
        }
        let unknown = read_results(&json!({"4": {}})).unwrap();
        assert_eq!(judge(&steps(), &unknown), Err("the scenario has no step 4".into()));
        assert_eq!(judge(&[], &Results::new()), Ok(Verdict::NotSet));
        let looked = [Step { number: 1, criteria: Criteria::new() }];
        assert_eq!(judge(&looked, &read_results(&json!({"1": {"verdict": "pass"}})).unwrap()), Ok(Verdict::Pass));
    }

    #[test]
    fn verdicts_stand_in_their_order() {
        assert!(Verdict::NotSet < Verdict::Pass);
        assert!(Verdict::Pass < Verdict::Inconclusive);
        assert!(Verdict::Inconclusive < Verdict::Fail);
        assert!(Verdict::Fail < Verdict::Aborted);
        assert!(Verdict::Aborted < Verdict::Error);
        for word in Verdict::WORDS {
            assert_eq!(Verdict::of(word).and_then(Verdict::word), Some(*word));
        }
        assert_eq!((Verdict::NotSet.word(), Verdict::of("")), (None, None));
    }

    proptest! {
        #[test]
        fn limits_hold_to_the_last_place(least in -1_000_000_i64..1_000_000, span in 0_i64..1_000_000, at in -3_000_000_i64..3_000_000) {
            let decimal = |thousandths: i64| {
                let sign = if thousandths < 0 { "-" } else { "" };
                format!("{sign}{}.{:03}", thousandths.abs() / 1000, thousandths.abs() % 1000)
            };
            let criteria = json!({"x": {"min": decimal(least), "max": decimal(least + span)}});
            let limits = &read_criteria(&criteria).unwrap()["x"];
            let wanted = if (least..=least + span).contains(&at) { Verdict::Pass } else { Verdict::Fail };
            prop_assert_eq!(limits.judge(Some(&json!(decimal(at)))), wanted);
        }
    }

    #[test]
    fn what_is_wrong_says_what_would_be_right() {
        for (wrong, why) in [
            (json!([]), "is an object such as"),
            (json!({"power": 5}), "power has no limits"),
            (json!({"power": {"min": "low"}}), "power: min is a number"),
            (json!({"power": {"least": 1}}), "power: ‘least’ is none of min, max, equals, unit"),
            (json!({"power": {"min": 2, "max": 1}}), "power: min is more than max"),
            (json!({"power": {"unit": "dBm"}}), "power: give min, max or equals"),
            (json!({"power": {"min": 1, "unit": 1}}), "power: unit is a word"),
        ] {
            let told = read_criteria(&wrong).unwrap_err();
            assert!(told.starts_with(why), "{told}");
        }
        for (wrong, why) in [
            (json!([]), "is an object such as"),
            (json!({"steps": {}}), "steps is a list"),
            (json!({"steps": [{"criteria": {}}]}), "step 1 has no name"),
            (json!({"steps": [{"name": "a", "criteria": []}]}), "step 1: criteria: is an object"),
        ] {
            let told = read_flow(&wrong).unwrap_err();
            assert!(told.starts_with(why), "{told}");
        }
        for (wrong, why) in [
            (json!([]), "is an object such as"),
            (json!({"a": {}}), "‘a’ is not the number of a step"),
            (json!({"0": {}}), "‘0’ is not the number of a step"),
            (json!({"1": 5}), "step 1 is an object"),
            (json!({"1": {"values": []}}), "step 1: values is an object"),
            (json!({"1": {"verdict": "good"}}), "step 1: verdict is one of pass, inconclusive"),
            (json!({"1": {}, "01": {}}), "step 1 is there twice"),
        ] {
            let told = read_results(&wrong).unwrap_err();
            assert!(told.starts_with(why), "{told}");
        }
    }

    #[test]
    fn exactly_the_listed_moves_are_open() {
        let listed = [("pending", "in_progress"), ("in_progress", "completed"), ("in_progress", "failed")];
        for from in REPORT.states {
            for to in REPORT.states {
                let open = REPORT.open_from(from).any(|m| m.to == *to);
                assert_eq!(open, listed.contains(&(*from, *to)), "{from} → {to}");
            }
        }
    }
}
