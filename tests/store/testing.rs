//! Tests on devices and their verdicts; templates and what they fill in.

use headend::domain::Id;
use headend::store::Failure;

use crate::common::{Lab, on_each_database};

fn report(lab: &Lab, scenario: Id) -> Id {
    let device = lab.make("devices.create", &[("name", "olt"), ("device_type", "olt")]);
    let report =
        lab.make("test_reports.create", &[("scenario", &scenario.to_string()), ("device", &device.to_string())]);
    lab.must("test_reports.start", report, &[]);
    report
}

fn told(lab: &Lab, report: Id) -> [String; 2] {
    ["status", "verdict"].map(|field| lab.value("test_reports", report, field))
}

const FLOW: &str = r#"{"steps":[{"name":"Power","criteria":{"power_dbm":{"min":"-27.5","max":"-8"}}}]}"#;

on_each_database! {
    fn a_report_is_judged_when_it_completes(lab) {
        let scenario = lab.make("test_scenarios.create", &[("name", "Acceptance"), ("test_flow", FLOW)]);
        for (results, verdict) in [
            (r#"{"1":{"values":{"power_dbm":"-27.5"}}}"#, "pass"),
            (r#"{"1":{"values":{"power_dbm":"-27.51"}}}"#, "fail"),
            (r#"{"1":{"values":{}}}"#, "inconclusive"),
            (r#"{"1":{"values":{"power_dbm":"-20"},"verdict":"aborted"}}"#, "aborted"),
        ] {
            let report = report(lab, scenario);
            lab.must("test_reports.complete", report, &[("results", results)]);
            assert_eq!(told(lab, report), ["completed", verdict], "{results}");
        }
        // What was entered before counts where nothing is said at the end.
        let entered = report(lab, scenario);
        lab.must("test_reports.update", entered, &[("results", r#"{"1":{"values":{"power_dbm":0}}}"#)]);
        let done = lab.must("test_reports.complete", entered, &[]);
        assert_eq!(told(lab, entered), ["completed", "fail"]);
        let late = lab.act("test_reports.update", entered, &[("results", "{}")]).unwrap_err();
        assert!(late.to_string().contains("the test is over"), "{late}");
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!(told(lab, entered), ["in_progress", ""]);
        let unknown = lab.act("test_reports.complete", entered, &[("results", r#"{"2":{"verdict":"pass"}}"#)]).unwrap_err();
        assert!(unknown.to_string().contains("the scenario has no step 2"), "{unknown}");
        let wrong = lab.act("test_reports.complete", entered, &[("results", r#"{"1":{"verdict":"good"}}"#)]).unwrap_err();
        assert!(matches!(wrong.failure(), Failure::Invalid(problems) if problems[0].field == "results"), "{wrong}");
        lab.must("test_reports.fail", entered, &[("verdict", "aborted")]);
        assert_eq!(told(lab, entered), ["failed", "aborted"]);
        let refused = lab.act("test_reports.start", entered, &[]).unwrap_err();
        assert!(refused.to_string().contains("the test report is failed, which is final"), "{refused}");
    }

    fn steps_of_their_own_stand_before_the_flow(lab) {
        let scenario = lab.make("test_scenarios.create", &[("name", "Acceptance"), ("test_flow", FLOW)]);
        let step = |order: &str, criteria: &str| lab.make("test_steps.create", &[
            ("scenario", "Acceptance"), ("step_order", order), ("step_name", "a step"), ("criteria", criteria),
        ]);
        let steps = [step("1", "{}"), step("2", r#"{"link":{"equals":"up"}}"#)];
        let up = report(lab, scenario);
        lab.must("test_reports.complete", up, &[("results", r#"{"2":{"values":{"link":"up"}}}"#)]);
        assert_eq!(told(lab, up), ["completed", "pass"]);
        let down = report(lab, scenario);
        lab.must("test_reports.complete", down, &[("results", r#"{"2":{"values":{"link":"down"}}}"#)]);
        assert_eq!(told(lab, down), ["completed", "fail"]);
        let twice = lab.try_make("test_steps.create", &[("scenario", "Acceptance"), ("step_order", "2"), ("step_name", "b")]).unwrap_err();
        assert!(matches!(twice.failure(), Failure::Invalid(problems) if problems[0].field == "step_order"), "{twice}");
        // A scenario with reports stays; one without goes with its steps and comes back with them.
        assert!(lab.act("test_scenarios.delete", scenario, &[]).unwrap_err().to_string().contains("still point at it"));
        assert!(steps.iter().all(|step| lab.find_record("test_steps", *step).is_some()));
        let spare = lab.make("test_scenarios.create", &[("name", "Spare")]);
        let own = lab.make("test_steps.create", &[("scenario", "Spare"), ("step_order", "1"), ("step_name", "a")]);
        let done = lab.must("test_scenarios.delete", spare, &[]);
        assert!(lab.find_record("test_steps", own).is_none());
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert!(lab.find_record("test_steps", own).is_some());
    }

    fn a_template_fills_in_what_it_allows(lab) {
        let values = |schema: &str, values: &str| {
            let written = [("name", "OLT"), ("template_type", "device_config"), ("schema", schema), ("default_values", values)];
            lab.try_make("config_templates.create", &written)
        };
        const VLAN: &str = r#"{"type":"object","required":["vlan"],"properties":{"vlan":{"type":"integer","minimum":1,"maximum":4094}}}"#;
        for (schema, defaults, field, why) in [
            (VLAN, r#"{"vlan":4095}"#, "default_values", "/vlan: is at most 4094"),
            (VLAN, "{}", "default_values", "/vlan: is required"),
            (r#"{"type":"text"}"#, "{}", "schema", "/type"),
        ] {
            let refused = values(schema, defaults).unwrap_err();
            assert!(matches!(refused.failure(), Failure::Invalid(problems) if problems[0].field == field && problems[0].message.starts_with(why)), "{refused}");
        }
        let template = values(VLAN, r#"{"vlan":12}"#).unwrap();
        let narrowed = VLAN.replace("4094", "10");
        assert!(lab.act("config_templates.update", template, &[("schema", &narrowed)]).is_err());
        lab.must("config_templates.update", template, &[("schema", &narrowed), ("default_values", r#"{"vlan":7}"#)]);
        values("{}", r#"{"anything":["goes"]}"#).unwrap();
    }
}
