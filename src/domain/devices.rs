//! Devices: their states as people decide them, and the checks they begin with.

use super::lifecycle::{Lifecycle, Move};

/// pending → active ⇄ maintenance; active ⇄ inactive; any → retired, which is final.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "device",
    states: &["pending", "active", "inactive", "maintenance", "retired"],
    initial: "active",
    moves: &[
        Move { verb: "activate", from: &["pending", "inactive", "maintenance"], to: "active" },
        Move { verb: "maintain", from: &["active"], to: "maintenance" },
        Move { verb: "deactivate", from: &["active"], to: "inactive" },
        Move { verb: "retire", from: &["pending", "active", "inactive", "maintenance"], to: "retired" },
    ],
};

/// The types that come built in; the vocabulary is open.
pub const DEVICE_TYPES: &[&str] = &[
    "olt",
    "switch",
    "router",
    "nas",
    "optical_switch",
    "server",
    "mask_tester",
    "pressure_sensor",
    "flow_meter",
    "temperature_sensor",
    "humidity_sensor",
];

/// The same, as what a field offers.
#[must_use]
pub fn device_types() -> Vec<&'static str> {
    DEVICE_TYPES.to_vec()
}

/// What the poller is to do for one check, as a device file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSpec {
    pub kind: &'static str,
    pub port: Option<u16>,
    /// The address or URL where it is not the device's own management address.
    pub target: Option<String>,
}

/// The kinds of check that the model knows.
pub const CHECK_KINDS: &[&str] = &["icmp", "tcp", "http", "snmp"];

/// Reads `icmp`, `tcp:PORT`, `http(s)://…` and `snmp`, several joined by `;`.
///
/// # Errors
/// Which part is no check, and what would be one.
pub fn parse_checks(text: &str) -> Result<Vec<CheckSpec>, String> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(parse_check).collect()
}

fn parse_check(text: &str) -> Result<CheckSpec, String> {
    let plain = |kind| Ok(CheckSpec { kind, port: None, target: None });
    match text {
        "icmp" => return plain("icmp"),
        "snmp" => return plain("snmp"),
        _ => {}
    }
    if let Some(port) = text.strip_prefix("tcp:") {
        return match port.parse() {
            _ if text.contains(',') => Err(format!("‘{text}’: several checks are joined by ;")),
            Ok(0) | Err(_) => Err(format!("‘{text}’: the port is a number from 1 to 65535")),
            Ok(port) => Ok(CheckSpec { kind: "tcp", port: Some(port), target: None }),
        };
    }
    let address = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if address.is_some_and(|address| address.starts_with(['/', ':', '?', '#']) || address.is_empty()) {
        return Err(format!("‘{text}’: an address names its host, as http://10.4.0.1/status does"));
    }
    if address.is_some() {
        return Ok(CheckSpec { kind: "http", port: None, target: Some(text.to_owned()) });
    }
    Err(format!("‘{text}’ is no check: icmp, tcp:PORT, http(s)://… or snmp, several joined by ;"))
}

/// How somebody is told of an incident.
pub const HOOK_KINDS: &[&str] = &["command", "webhook", "mail", "sms"];

/// Whether a hook of this kind can reach that target.
///
/// # Errors
/// What such a target looks like.
pub fn check_hook(kind: &str, target: &str) -> Result<(), String> {
    let (fits, like) = match kind {
        "command" => (target.starts_with('/'), "the whole path of a program such as /usr/local/bin/page-noc"),
        "webhook" => (target.starts_with("https://") || target.starts_with("http://"), "an address such as https://…"),
        "mail" => (super::customers::is_email(target), "an e-mail address such as noc@example.com"),
        _ => (
            target.strip_prefix('+').is_some_and(|rest| super::text::digits(rest).len() >= 7),
            "a number with its country such as +254 700 000 001",
        ),
    };
    if fits { Ok(()) } else { Err(format!("is {like}")) }
}

/// Steps of a runbook: texts, in their order.
///
/// # Errors
/// What is no step.
pub fn check_steps(steps: &serde_json::Value) -> Result<(), String> {
    let wrong = || "is a list of texts such as [\"look at the power\", \"call the site\"]".to_owned();
    let steps = steps.as_array().ok_or_else(wrong)?;
    let is_step = |step: &serde_json::Value| step.as_str().is_some_and(|text| !text.trim().is_empty());
    if steps.iter().all(is_step) { Ok(()) } else { Err(wrong()) }
}

impl std::fmt::Display for CheckSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.kind, self.port, &self.target) {
            ("tcp", Some(port), _) => write!(f, "tcp:{port}"),
            ("http", _, Some(url)) => f.write_str(url),
            (kind, ..) => f.write_str(kind),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn exactly_the_listed_moves_are_open() {
        let listed = [
            ("pending", "active"),
            ("active", "maintenance"),
            ("maintenance", "active"),
            ("active", "inactive"),
            ("inactive", "active"),
            ("pending", "retired"),
            ("active", "retired"),
            ("inactive", "retired"),
            ("maintenance", "retired"),
        ];
        for from in LIFECYCLE.states {
            for to in LIFECYCLE.states {
                let open = LIFECYCLE.moves.iter().any(|m| m.to == *to && LIFECYCLE.follow(m.verb, from) == Ok(*to));
                assert_eq!(open, listed.contains(&(*from, *to)), "{from} → {to}");
            }
        }
    }

    #[test]
    fn hooks_reach_what_they_can() {
        for (kind, good, bad) in [
            ("command", "/usr/bin/page", "page"),
            ("webhook", "https://example.com/x", "example.com"),
            ("mail", "noc@example.com", "noc"),
            ("sms", "+254 700 000 001", "0700 000 001"),
        ] {
            assert_eq!(check_hook(kind, good), Ok(()), "{kind}");
            assert!(check_hook(kind, bad).is_err_and(|why| why.starts_with("is ")), "{kind}");
        }
        assert_eq!(check_steps(&serde_json::json!(["look at the power"])), Ok(()));
        for bad in [serde_json::json!({}), serde_json::json!([1]), serde_json::json!([" "])] {
            assert!(check_steps(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn checks_are_read_and_written() {
        let checks = parse_checks("icmp; tcp:443;https://a.example/x").unwrap();
        let written: Vec<String> = checks.iter().map(ToString::to_string).collect();
        assert_eq!(written, ["icmp", "tcp:443", "https://a.example/x"]);
        assert_eq!(parse_checks("").unwrap(), []);
        for bad in ["tcp", "tcp:0", "tcp:70000", "ping", "icmp,tcp:1"] {
            assert!(parse_checks(bad).is_err(), "{bad}");
        }
    }
}
