//! Test scenarios, their steps and reports.

use super::StoreError;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Visibility, sort_key};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use crate::domain::testing::{REPORT, Results, Step, Verdict, judge, read_criteria, read_flow, read_results};
use crate::domain::{Id, Kind, Value};

pub static TEST_SCENARIOS: Entity = Entity {
    name: "test_scenarios",
    singular: "test scenario",
    table: &table(TABLES, "test_scenarios"),
    label: "name",
    fields: &[
        Field::text("name", 255).required().sorted_by("name_key"),
        Field::text("device_type", 100).often(crate::domain::devices::device_types),
        Field::lines("description"),
        Field::of("test_flow", Kind::Json).default("{}"),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "device_type", "description"],
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    relations: &[
        Relation { name: "steps", entity: "test_steps", column: "scenario_id" },
        Relation { name: "reports", entity: "test_reports", column: "scenario_id" },
    ],
    default_sort: "name",
    rules: scenario_rules,
    ..Entity::PLAIN
};

fn scenario_rules(change: &mut Change<'_>) {
    if change.changes("test_flow")
        && let Value::Json(flow) = change.after("test_flow")
        && let Err(why) = read_flow(flow)
    {
        change.problem("test_flow", why);
    }
}

pub static TEST_STEPS: Entity = Entity {
    name: "test_steps",
    singular: "test step",
    table: &table(TABLES, "test_steps"),
    label: "step_name",
    title: &["scenario", "step_name"],
    fields: &[
        Field::reference("scenario", "scenario_id", "test_scenarios").required().at_creation(),
        Field::of("step_order", Kind::Int).required().slowly_sorted_by("step_order"),
        Field::text("step_name", 255).required(),
        Field::lines("description"),
        Field::of("parameters", Kind::Json).default("{}"),
        Field::of("criteria", Kind::Json).default("{}"),
        Field::of("auto_test", Kind::Bool).default("true"),
        Field::of("operator_participation", Kind::Bool).default("false"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["step_name", "description"],
    shows: &["scenario"],
    default_sort: "created_at",
    rules: step_rules,
    ..Entity::PLAIN
};

fn step_rules(change: &mut Change<'_>) {
    change.check_whole("step_order", 1);
    if change.changes("criteria")
        && let Value::Json(criteria) = change.after("criteria")
        && let Err(why) = read_criteria(criteria)
    {
        change.problem("criteria", why);
    }
}

pub static TEST_REPORTS: Entity = Entity {
    name: "test_reports",
    singular: "test report",
    table: &table(TABLES, "test_reports"),
    label: "status",
    title: &["scenario", "device"],
    fields: &[
        Field::reference("scenario", "scenario_id", "test_scenarios").required().at_creation(),
        Field::reference("device", "device_id", "devices").required().at_creation(),
        Field::reference("customer", "customer_id", "customers"),
        Field::reference("operator", "operator_id", "users"),
        Field::of("start_time", Kind::Instant).sorted_by("start_time"),
        Field::of("end_time", Kind::Instant).read_only(),
        Field::of("status", Kind::Choice(REPORT.states)).read_only(),
        Field::of("verdict", Kind::Choice(Verdict::WORDS)).read_only(),
        Field::of("results", Kind::Json).default("{}"),
        Field::of("pressure_data", Kind::Json).default("{}"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    lifecycle: Some(&REPORT),
    visibility: Visibility::Through("device_id", "devices"),
    conditions: &[
        Condition { name: "open", means: "status:pending,in_progress" },
        Condition { name: "passed", means: "verdict:pass" },
        Condition { name: "bad", means: "verdict:fail,aborted,error" },
        Condition { name: "mine", means: "operator:me" },
    ],
    shows: &["scenario", "device", "operator", "customer"],
    default_sort: "-start_time",
    rules: report_rules,
    prepare: Some(before_report),
    ..Entity::PLAIN
};

fn report_rules(change: &mut Change<'_>) {
    if change.changes("results")
        && let Value::Json(results) = change.after("results")
        && let Err(why) = read_results(results)
    {
        change.problem("results", why);
    }
    // What a test has shown is not written anew once it is over, unless that it is over is itself taken back.
    let over = change.before.is_some_and(|report| matches!(report.get("status").as_str(), "completed" | "failed"));
    if over && !change.changes("status") {
        for field in ["results", "pressure_data", "start_time"] {
            if change.changes(field) {
                change.problem(field, "stays as it is: the test is over. Test again with a new report");
            }
        }
    }
}

/// A report begins when it is made, by whoever makes it, where nothing else is said.
fn before_report(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.after("start_time").is_empty() {
        change.set("start_time", Value::Instant(writing.now));
    }
    if change.before.is_none() && change.after("operator").is_empty() {
        change.set("operator", writing.person());
    }
    Ok(())
}

fn start(writing: &mut Writing<'_>, report: &Record, request: &Request) -> Result<(), StoreError> {
    let values = vec![("start_time", Value::Instant(writing.now))];
    writing.follow(report, "start", values, request.reason.as_deref())
}

/// The test is over: what was found is judged by what the scenario asks for.
fn complete(writing: &mut Writing<'_>, report: &Record, request: &Request) -> Result<(), StoreError> {
    let given = request.value("results");
    let results = if given.is_empty() { report.get("results").clone() } else { given.clone() };
    let found = findings(&results)?;
    let steps = steps_of(writing, report.get("scenario_id").as_id())?;
    let verdict = judge(&steps, &found).map_err(|why| StoreError::invalid("results", why))?;
    let values = vec![("results", results), ("verdict", word(verdict)), ("end_time", Value::Instant(writing.now))];
    writing.follow(report, "complete", values, request.reason.as_deref())
}

/// The test could not be brought to its end: whatever was found, its verdict is no better than that.
fn fail(writing: &mut Writing<'_>, report: &Record, request: &Request) -> Result<(), StoreError> {
    let found = findings(report.get("results"))?;
    let said = Verdict::of(request.value("verdict").as_str()).unwrap_or(Verdict::Error);
    let verdict = Verdict::worst(found.values().map(|finding| finding.verdict).chain([said]));
    let values = vec![("verdict", word(verdict)), ("end_time", Value::Instant(writing.now))];
    writing.follow(report, "fail", values, request.reason.as_deref())
}

fn word(verdict: Verdict) -> Value {
    verdict.word().map_or(Value::Null, Value::text)
}

fn findings(results: &Value) -> Result<Results, StoreError> {
    match results {
        Value::Json(results) => read_results(results).map_err(|why| StoreError::invalid("results", why)),
        _ => Ok(Results::new()),
    }
}

/// The steps of a scenario: records of their own where it has any, else those of its flow.
fn steps_of(writing: &mut Writing<'_>, scenario: Option<Id>) -> Result<Vec<Step>, StoreError> {
    let Some(scenario) = scenario else { return Ok(Vec::new()) };
    let unreadable = |why: String| StoreError::refused(format!("the scenario cannot be read: {why}"));
    let mut steps = Vec::new();
    for step in writing.look_all(&TEST_STEPS, "scenario_id", scenario)? {
        let (Some(number), Value::Json(criteria)) = (step.get("step_order").as_int(), step.get("criteria")) else {
            continue;
        };
        let criteria = read_criteria(criteria).map_err(|why| unreadable(format!("step {number}: criteria: {why}")))?;
        steps.push(Step { number, criteria });
    }
    if !steps.is_empty() {
        return Ok(steps);
    }
    match writing.look(&TEST_SCENARIOS, scenario)?.get("test_flow") {
        Value::Json(flow) => read_flow(flow).map_err(unreadable),
        _ => Ok(steps),
    }
}

/// Takes a scenario away, its steps with it.
fn delete(writing: &mut Writing<'_>, scenario: &Record, _: &Request) -> Result<(), StoreError> {
    for step in writing.take_all(&TEST_STEPS, "scenario_id", scenario.id)? {
        writing.remove(&step)?;
    }
    writing.remove(scenario)
}

pub(super) static ENTITIES: &[&Entity] = &[&TEST_SCENARIOS, &TEST_STEPS, &TEST_REPORTS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("test_scenarios.create", &TEST_SCENARIOS),
    Operation::import("test_scenarios.import", &TEST_SCENARIOS),
    Operation::update("test_scenarios.update", &TEST_SCENARIOS),
    Operation::new("test_scenarios.delete", &TEST_SCENARIOS, Does::Custom(delete)),
    Operation::create("test_steps.create", &TEST_STEPS),
    Operation::import("test_steps.import", &TEST_STEPS),
    Operation::update("test_steps.update", &TEST_STEPS),
    Operation::delete("test_steps.delete", &TEST_STEPS),
    Operation::create("test_reports.create", &TEST_REPORTS),
    Operation::import("test_reports.import", &TEST_REPORTS),
    Operation::update("test_reports.update", &TEST_REPORTS),
    Operation::new("test_reports.start", &TEST_REPORTS, Does::Custom(start)),
    Operation::new("test_reports.complete", &TEST_REPORTS, Does::Custom(complete))
        .asking(&[Field::of("results", Kind::Json)]),
    Operation::new("test_reports.fail", &TEST_REPORTS, Does::Custom(fail)).asking(&[Field::of(
        "verdict",
        Kind::Choice(&["aborted", "error"]),
    )
    .default("error")]),
];
