//! Test scenarios, their steps and reports.

use super::{Resource, column, number};

pub(super) static TEST_SCENARIOS: Resource = Resource {
    entity: &crate::store::testing::TEST_SCENARIOS,
    aliases: &["scenarios"],
    columns: &[
        column("name", 16, 36),
        column("device_type", 11, 18),
        column("is_active", 6, 6),
        column("updated_at", 9, 16),
        column("description", 12, 40),
    ],
    form: &["name", "device_type", "description", "test_flow", "is_active"],
    ..Resource::PLAIN
};

pub(super) static TEST_STEPS: Resource = Resource {
    entity: &crate::store::testing::TEST_STEPS,
    aliases: &["steps"],
    columns: &[
        column("scenario", 14, 30),
        number("step_order", 4, 5),
        column("step_name", 14, 30),
        column("auto_test", 4, 5),
        column("operator_participation", 8, 8),
        column("criteria", 14, 50),
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
    ..Resource::PLAIN
};

pub(super) static TEST_REPORTS: Resource = Resource {
    entity: &crate::store::testing::TEST_REPORTS,
    aliases: &["tests", "reports"],
    columns: &[
        column("start_time", 16, 16),
        column("scenario", 14, 30),
        column("device", 10, 12),
        column("status", 11, 11),
        column("verdict", 12, 12),
        column("operator", 8, 16),
        column("customer", 10, 12),
        column("end_time", 9, 16),
    ],
    form: &["scenario", "device", "customer", "operator", "start_time", "results", "pressure_data"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&TEST_SCENARIOS, &TEST_STEPS, &TEST_REPORTS];
