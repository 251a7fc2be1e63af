//! Forms: amounts, in the currency that another field or record says.

use crate::forms::{field, go_to};
use crate::hand::Hand;

fn open(hand: &mut Hand, resource: &str) {
    hand.opens_list(resource);
    hand.settle();
}

pub fn add(hand: &mut Hand, resource: &str) {
    open(hand, resource);
    hand.does("a");
}

pub fn put(hand: &mut Hand, name: &str, text: &str) {
    go_to(hand, name);
    hand.press("ctrl-u");
    hand.types(text);
}

#[test]
fn an_amount_stands_in_the_currency_beside_it_and_is_no_finer() {
    let mut hand = Hand::new();
    add(&mut hand, "licenses");
    let home = hand.lab.admin.tenant.currency.clone();
    put(&mut hand, "annual_cost", "49.9");
    assert!(hand.shown().contains(&format!("49.9 {home}")), "{}", hand.shown());
    put(&mut hand, "currency", "JPY");
    hand.press("tab");
    let shown = hand.shown();
    assert!(shown.contains("49.90 JPY"), "it follows what is typed: {shown}");
    let problem = |hand: &Hand| field(hand, "annual_cost").problem.clone();
    assert_eq!(problem(&hand).as_deref(), Some("has more than the 0 digits that JPY has"));
    put(&mut hand, "currency", "KWD");
    hand.press("tab");
    assert_eq!(problem(&hand), None);
    put(&mut hand, "annual_cost", "1.2345");
    hand.press("tab");
    assert_eq!(problem(&hand).as_deref(), Some("has more than the 3 digits that KWD has"));
    hand.press("ctrl-s");
    assert!(hand.performed().is_none());
    put(&mut hand, "annual_cost", "1.234");
    hand.press("tab");
    assert_eq!(problem(&hand), None);
}

#[test]
fn an_amount_is_in_the_currency_of_what_it_belongs_to() {
    let mut hand = Hand::new();
    hand.lab.make("customers.create", &[("name", "Amina"), ("currency", "JPY")]);
    hand.lab.make("invoices.create", &[("customer", "Amina"), ("currency", "JPY")]);
    // Of the record that an operation is done to.
    open(&mut hand, "customers");
    hand.press("x");
    hand.does("p");
    assert!(hand.shown().contains("a decimal number such as 49.90, in JPY"), "{}", hand.shown());
    hand.types("4.5");
    hand.press("tab");
    assert_eq!(field(&hand, "amount").problem.as_deref(), Some("has more than the 0 digits that JPY has"));
    hand.press("ctrl-x");
    hand.does("y");
    // Of the record that a reference leads to; a price by the piece may be finer.
    add(&mut hand, "invoice_lines");
    put(&mut hand, "unit_price", "4.5");
    let home = hand.lab.admin.tenant.currency.clone();
    assert!(hand.shown().contains(&format!("4.5 {home}")), "nothing is known of its invoice yet: {}", hand.shown());
    go_to(&mut hand, "invoice");
    hand.types("DRAFT-000001");
    hand.does("tab");
    assert!(hand.shown().contains("4.50 JPY"), "{}", hand.shown());
    assert_eq!(field(&hand, "unit_price").problem, None);
}
