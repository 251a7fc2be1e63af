//! The settings that there are, what each may be, and what it is where nobody set it.

use super::schema::{Schema, Type};
use super::text::{clean, nearest};

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// A whole number from one to another.
    Whole(i64, i64),
    YesNo,
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    pub key: &'static str,
    pub allowed: Allowed,
    /// What holds where nobody set it, as JSON writes it.
    pub default: &'static str,
    pub help: &'static str,
}

const fn days(key: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { key, allowed: Allowed::Whole(30, 36_500), default, help }
}

/// All of them.
pub const KNOWN: &[Setting] = &[
    Setting {
        key: "licenses.expiring_days",
        allowed: Allowed::Whole(1, 365),
        default: "30",
        help: "days before its end from which a licence is expiring",
    },
    Setting {
        key: "invoices.due_days",
        allowed: Allowed::Whole(0, 365),
        default: "14",
        help: "days that people have to pay an invoice where nothing else is said",
    },
    Setting {
        key: "invitations.days",
        allowed: Allowed::Whole(1, 90),
        default: "7",
        help: "days that an invitation holds where nothing else is said",
    },
    days("retention.health_days", "90", "days that the figures of checks are kept"),
    days("retention.hours_days", "400", "days that hourly figures are kept; daily ones stay"),
    days("retention.device_logs_days", "365", "days that the logs of devices are kept"),
    days("retention.notifications_days", "365", "days that it is kept who was told of what"),
    days("retention.messages_days", "730", "days that messages to customers are kept"),
    days("retention.sessions_days", "730", "days that ended access sessions are kept"),
    days("retention.logins_days", "90", "days that ended logins are kept"),
];

/// The keys of all settings.
#[must_use]
pub fn keys() -> Vec<&'static str> {
    KNOWN.iter().map(|setting| setting.key).collect()
}

/// A setting by its key.
///
/// # Errors
/// That there is none such, and the nearest.
pub fn known(key: &str) -> Result<&'static Setting, String> {
    if let Some(setting) = KNOWN.iter().find(|setting| setting.key == key) {
        return Ok(setting);
    }
    let keys = || KNOWN.iter().map(|setting| setting.key);
    Err(match nearest(key, keys()) {
        Some(near) => format!("there is no setting ‘{}’. Did you mean {near}?", clean(key)),
        None => format!("there is no setting ‘{}’. There are: {}", clean(key), keys().collect::<Vec<_>>().join(", ")),
    })
}

impl Setting {
    /// Whether it may be set to this.
    ///
    /// # Errors
    /// What it may be.
    pub fn check(&self, value: &serde_json::Value) -> Result<(), String> {
        self.schema().check(value)
    }

    /// What it may be, as a schema.
    #[must_use]
    pub fn schema(&self) -> Schema {
        let (kind, told) = match self.allowed {
            Allowed::Whole(least, most) => {
                (Type::Integer, format!("is a whole number from {least} to {most}: {}", self.help))
            }
            Allowed::YesNo => (Type::Boolean, format!("is true or false: {}", self.help)),
        };
        let mut schema = Schema::default();
        schema.types = vec![kind];
        if let Allowed::Whole(least, most) = self.allowed {
            (schema.minimum, schema.maximum) = (Some(least), Some(most));
        }
        schema.description = self.help.to_owned();
        schema.told = Some(told);
        schema
    }

    /// The default as a value.
    #[must_use]
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(self.default).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn every_default_may_be_set() {
        for setting in KNOWN {
            assert_eq!(setting.check(&setting.value()), Ok(()), "{}", setting.key);
            assert!(!setting.help.is_empty() && KNOWN.iter().filter(|other| other.key == setting.key).count() == 1);
        }
    }

    #[test]
    fn what_is_not_known_is_told_with_what_is_near() {
        assert_eq!(
            known("licences.expiring_days").unwrap_err(),
            "there is no setting ‘licences.expiring_days’. Did you mean licenses.expiring_days?"
        );
        assert!(known("zebra").unwrap_err().contains("There are: licenses.expiring_days, "));
        let days = known("retention.health_days").unwrap();
        assert_eq!(
            days.check(&json!(7)),
            Err("is a whole number from 30 to 36500: days that the figures of checks are kept".into())
        );
        assert!(days.check(&json!("90")).is_err() && days.check(&json!(90)).is_ok());
    }
}
