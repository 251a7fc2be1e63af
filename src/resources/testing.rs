//! Test scenarios, their steps and reports.

use super::{Resource, column, number};

pub(super) static TEST_SCENARIOS: Resource = Resource {
    entity: &crate::store::testing::TEST_SCENARIOS,
    title: "Test scenarios",
    aliases: &["scenarios"],
    columns: &[
        column("name", "NAME", 16, 36),
        column("device_type", "DEVICE TYPE", 11, 18),
        column("is_active", "ACTIVE", 6, 6),
        column("updated_at", "CHANGED", 9, 16),
        column("description", "DESCRIPTION", 12, 40),
    ],
    form: &["name", "device_type", "description", "test_flow", "is_active"],
    empty: "No test scenarios yet. Press a to write down what is tried on a device.",
    help: &[(
        "test_flow",
        r#"{"steps": [{"name": "Power", "criteria": {"power_dbm": {"min": "-27.5", "max": "-8"}}}]}, or {} with steps of their own"#,
    )],
    ..Resource::PLAIN
};

pub(super) static TEST_STEPS: Resource = Resource {
    entity: &crate::store::testing::TEST_STEPS,
    title: "Test steps",
    aliases: &["steps"],
    columns: &[
        column("scenario", "SCENARIO", 14, 30),
        number("step_order", "STEP", 4, 5),
        column("step_name", "NAME", 14, 30),
        column("auto_test", "AUTO", 4, 5),
        column("operator_participation", "OPERATOR", 8, 8),
        column("criteria", "CRITERIA", 14, 50),
    ],
    form: &[
        "scenario",
        "step_order",
        "step_name",
        "description",
        "parameters",
        "criteria",
        "auto_test",
        "operator_participation",
    ],
    empty: "No steps. A scenario has its steps here or in its flow.",
    labels: &[
        ("step_order", "step"),
        ("step_name", "name"),
        ("auto_test", "by itself"),
        ("operator_participation", "operator takes part"),
    ],
    help: &[("criteria", r#"{"power_dbm": {"min": "-27.5", "max": "-8", "unit": "dBm"}, "link": {"equals": "up"}}"#)],
    ..Resource::PLAIN
};

pub(super) static TEST_REPORTS: Resource = Resource {
    entity: &crate::store::testing::TEST_REPORTS,
    title: "Test reports",
    aliases: &["tests", "reports"],
    columns: &[
        column("start_time", "STARTED", 16, 16),
        column("scenario", "SCENARIO", 14, 30),
        column("device", "DEVICE", 10, 12),
        column("status", "STATUS", 11, 11),
        column("verdict", "VERDICT", 12, 12),
        column("operator", "OPERATOR", 8, 16),
        column("customer", "CUSTOMER", 10, 12),
        column("end_time", "ENDED", 9, 16),
    ],
    form: &["scenario", "device", "customer", "operator", "start_time", "results", "pressure_data"],
    empty: "Nothing was tested yet. Press a to begin a report.",
    labels: &[("start_time", "started"), ("end_time", "ended")],
    help: &[
        ("results", r#"by step: {"1": {"values": {"power_dbm": "-19.2"}}, "2": {"verdict": "pass"}}"#),
        ("operator", "who tests; empty: you"),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&TEST_SCENARIOS, &TEST_STEPS, &TEST_REPORTS];
