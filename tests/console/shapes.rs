//! Forms: JSON that is made as another field says.

use crate::amounts::{add, put};
use crate::forms::{field, go_to};
use crate::hand::Hand;

#[test]
fn a_setting_is_made_as_its_key_says() {
    let mut hand = Hand::new();
    add(&mut hand, "settings");
    put(&mut hand, "key", "invoices.due_days");
    go_to(&mut hand, "value");
    hand.types("400");
    hand.press("tab");
    let told = "is a whole number from 0 to 365: days that people have to pay an invoice where nothing else is said";
    assert_eq!(field(&hand, "value").problem.as_deref(), Some(told));
    // Nothing else is said of it where no screen is between.
    let refused = hand
        .lab
        .try_make("settings.create", &[("key", "invoices.due_days"), ("value", "400")])
        .unwrap_err()
        .to_string();
    assert!(refused.contains(told), "{refused}");
    hand.press("shift-tab");
    hand.press("enter");
    hand.press("ctrl-u");
    hand.types("30");
    hand.does("ctrl-s");
    assert!(hand.told().starts_with("saved: invoices.due_days"), "{}", hand.told());
}

#[test]
fn a_templates_values_are_made_as_its_schema_says_while_that_is_written() {
    let mut hand = Hand::new();
    add(&mut hand, "config_templates");
    put(&mut hand, "name", "Access port");
    go_to(&mut hand, "default_values");
    hand.types("vlan: 5000");
    hand.press("enter");
    hand.press("ctrl-s");
    assert_eq!(field(&hand, "default_values").problem, None);
    go_to(&mut hand, "schema");
    let schema = r#"{"type": "object", "required": ["mode"], "properties": {
        "vlan": {"type": "integer", "maximum": 4094}, "mode": {"enum": ["access", "trunk"]}}}"#;
    hand.pastes(schema);
    let told = field(&hand, "default_values").problem.clone();
    assert_eq!(told.as_deref(), Some("/mode: is required (and 1 more)"), "it is told at once");
    go_to(&mut hand, "default_values");
    let shown = hand.shown();
    assert!(shown.contains("/mode: is required"), "{shown}");
    assert!(shown.contains("(mode)"), "what may be added is offered: {shown}");
    hand.types("mo");
    let shown = hand.shown();
    assert!(shown.contains("mode: "), "{shown}");
    hand.press("right");
    assert!(hand.shown().contains("access, trunk"), "{}", hand.shown());
    hand.types("trunk");
    hand.press("enter");
    hand.press("tab");
    let told = field(&hand, "default_values").problem.clone();
    assert_eq!(told.as_deref(), Some("/vlan: is at most 4094, not 5000"));
    let values = [
        ("name", "Access port"),
        ("template_type", "device_config"),
        ("schema", schema),
        ("default_values", r#"{"vlan": 5000, "mode": "trunk"}"#),
    ];
    let refused = hand.lab.try_make("config_templates.create", &values).unwrap_err().to_string();
    assert!(refused.contains("/vlan: is at most 4094, not 5000"), "{refused}");
}
