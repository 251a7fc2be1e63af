//! A day's work at the console, on each database.

use std::time::Duration;

use rustix::process::Signal;

use crate::common::lab::PASSWORD;
use crate::common::{Engine, Lab};
use crate::person::{ENTER, ESC, Person, Screen};

fn customers(lab: &Lab, count: usize) {
    for number in 1..=count {
        lab.make("customers.create", &[("name", &format!("Customer {number:02}")), ("phone", "+254 700 000 142")]);
    }
}

fn in_customers(screen: &Screen) {
    screen.presses("2", "Customer 01");
}

#[test]
fn an_empty_home_is_set_up_on_the_screen() {
    let person = Person::new();
    let screen = person.starts();
    screen.sees("Welcome to headend");
    screen.types("fibernet\rFibernet Ltd\r\r\r");
    screen.types("chief\ra lamp in every window\ranother lamp altogether");
    screen.types(ENTER);
    screen.sees("is not the same as above");
    // C-u empties the line.
    screen.types("\x15a lamp in every window\r");
    screen.sees("Fibernet Ltd");
    screen.sees("1 Dashboard");
    screen.sees("chief");
    screen.types("q");
    screen.answers("Leave?", &["y"]);
    assert_eq!(screen.ends(), 0);
    screen.is_given_back();
    // The second time it is there.
    let again = person.starts();
    again.sees("Log in");
}

crate::common::on_each_database! {
    fn a_wrong_password_is_refused_and_the_right_one_lets_in(lab) {
        let screen = Person::on(lab).starts();
        screen.sees("Log in");
        screen.types("not this one\r");
        screen.sees("wrong user or password");
        assert!(!screen.text().contains("not this one"));
        screen.enters_password();
        screen.sees("What is not well");
        screen.sees("admin (");
    }

    fn a_filter_narrows_a_customer_is_opened_changed_and_saved(lab) {
        customers(lab, 12);
        let screen = Person::on(lab).logs_in();
        in_customers(&screen);
        screen.presses("/", "TYPING");
        screen.types("\"Customer 07\"");
        screen.sees_no("Customer 01");
        screen.types(ENTER);
        screen.sees("KEYS");
        screen.sees("Customer 07");
        screen.presses(ENTER, "created");
        screen.presses("e", "TYPING");
        screen.types("\x05 the Seventh");
        screen.types("\x13");
        screen.sees("saved:");
        screen.sees("Customer 07 the Seventh");
        let names = lab.raw().texts("name", "FROM customers WHERE name LIKE '%Seventh'");
        assert_eq!(names, ["Customer 07 the Seventh"]);
    }

    fn fifty_are_suspended_taken_back_and_audited(lab) {
        customers(lab, 50);
        let screen = Person::on(lab).logs_in();
        in_customers(&screen);
        screen.presses("*", "50 marked");
        screen.presses("x", "suspend");
        screen.types("s");
        screen.answers("Type 50 and Enter", &["50", ENTER]);
        screen.sees("suspend: 50 done");
        screen.sees_no("50 marked");
        assert_eq!(lab.raw().number("count(*)", "FROM customers WHERE status = 'suspended'"), 50);
        screen.types("u");
        screen.answers("Type 50 and Enter", &["50", ENTER]);
        screen.sees("taken back: suspend 50 customers");
        assert_eq!(lab.raw().number("count(*)", "FROM customers WHERE status = 'suspended'"), 0);
        screen.presses("0", "LAST LOGIN");
        screen.presses("0", ":audit");
        screen.presses("a", "OUTCOME");
        screen.sees("suspend");
        screen.sees("undo");
    }

    fn a_form_survives_a_kill(lab) {
        customers(lab, 2);
        let person = Person::on(lab);
        let screen = person.logs_in();
        in_customers(&screen);
        screen.presses("a", "new customer");
        screen.types("Half a nam");
        screen.sees("kept as a draft");
        screen.gets(Signal::KILL);
        screen.ends();
        let screen = person.logs_in();
        screen.sees("Half a nam");
        screen.answers("Go on where you stopped?", &["y"]);
        screen.sees("Your unfinished form");
        screen.sees("Half a nam");
        screen.types("\x05e\x13");
        screen.sees("saved:");
        assert_eq!(lab.raw().number("count(*)", "FROM customers WHERE name = 'Half a name'"), 1);
    }

    fn a_signal_gives_the_terminal_back_and_keeps_the_draft(lab) {
        let person = Person::on(lab);
        for (signal, name) in [(Signal::TERM, "Ended by a term"), (Signal::HUP, "Ended by a hup")] {
            let screen = person.starts();
            screen.sees("Log in");
            screen.types(PASSWORD);
            screen.types(ENTER);
            if name.ends_with("hup") {
                screen.answers("Go on where you stopped?", &["n"]);
            }
            screen.sees("What is not well");
            screen.presses("2", "KEYS");
            screen.sees("NUMBER");
            screen.types("a");
            screen.sees("TYPING");
            screen.sees("new customer");
            screen.types("\x15");
            screen.types(name);
            screen.sees(name);
            assert!(screen.is_taken_over());
            screen.gets(signal);
            screen.ends();
            screen.is_given_back();
        }
        let screen = person.starts();
        screen.sees("Log in");
        screen.types(PASSWORD);
        screen.types(ENTER);
        screen.sees("Ended by a hup");
    }

    fn a_paste_runs_nothing(lab) {
        customers(lab, 3);
        let screen = Person::on(lab).logs_in();
        in_customers(&screen);
        screen.pastes("x\ns\ny\nq\r\ny\n");
        screen.sees("Find anything");
        screen.answers("Find anything", &[ESC]);
        // Without brackets, as fast as a machine types.
        screen.types("xsyqyq\r");
        screen.sees("Find anything");
        screen.answers("Find anything", &[ESC]);
        screen.sees("Customer 01");
        assert_eq!(lab.raw().number("count(*)", "FROM customers WHERE status = 'suspended'"), 0);
        // In a form the lines of a paste go into one field, and nothing is saved.
        screen.presses("a", "new customer");
        screen.pastes("one\ntwo\nthree");
        screen.sees("one");
        screen.sees("new customer");
        assert_eq!(lab.raw().number("count(*)", "FROM customers"), 3);
    }

    fn any_size_is_borne_in_the_middle_of_a_form(lab) {
        customers(lab, 1);
        let screen = Person::on(lab).logs_in();
        in_customers(&screen);
        screen.presses("e", "TYPING");
        screen.types("\x05 resized");
        for (width, height) in [(80, 24), (60, 15)] {
            screen.resizes(width, height);
            screen.sees("Customer 01 resized");
        }
        screen.resizes(30, 8);
        screen.sees("headend needs");
        screen.resizes(1, 1);
        screen.resizes(200, 60);
        screen.sees("Customer 01 resized");
        screen.types("\x13");
        screen.sees("saved:");
    }

    fn a_read_only_console_refuses_with_a_reason(lab) {
        customers(lab, 1);
        let screen = Person::on(lab).with("--read-only").logs_in();
        screen.sees("read only");
        in_customers(&screen);
        screen.presses("x", "read-only");
        screen.types("s");
        screen.types(ESC);
        screen.sees("Customer 01");
        assert_eq!(lab.raw().number("count(*)", "FROM customers WHERE status = 'suspended'"), 0);
    }

    fn a_lock_opens_by_the_password_alone(lab) {
        customers(lab, 1);
        let screen = Person::on(lab).logs_in();
        in_customers(&screen);
        screen.presses("e", "TYPING");
        screen.types("\x05 and more");
        screen.presses("\x11", "Locked");
        screen.sees_no("and more");
        screen.types("not this one\r");
        screen.sees("wrong");
        screen.types(PASSWORD);
        screen.types(ENTER);
        screen.sees_no("Locked");
        screen.sees("Customer 01 and more");
    }
}

#[test]
fn an_idle_console_writes_nothing() {
    let lab = Lab::new(Engine::Sqlite);
    customers(&lab, 3);
    let screen = Person::on(&lab).logs_in();
    in_customers(&screen);
    screen.sees("created");
    // While nothing is pressed, whole seconds without a byte; the clock's minute may turn once.
    screen.falls_silent(Duration::from_secs(3));
}

#[test]
fn a_database_that_goes_is_told_of_and_waited_for() {
    let lab = Lab::new(Engine::Postgres);
    customers(&lab, 5);
    let url = lab.url();
    let place = url.split('@').nth(1).unwrap().split('/').next().unwrap();
    let proxy = crate::proxy::Proxy::to(place.to_owned());
    let screen = Person::at(&url.replace(place, &format!("127.0.0.1:{}", proxy.port))).logs_in();
    in_customers(&screen);
    screen.presses("e", "TYPING");
    screen.types("\x05 kept");
    proxy.cut();
    screen.sees("database gone");
    // Keys are answered, what is typed stays, and what was sent waits.
    screen.types(" through it all");
    screen.sees("kept through it all");
    screen.types("\x13");
    screen.sees("not saved yet");
    proxy.mend();
    screen.sees_no("database gone");
    screen.sees("saved:");
    screen.sees("Customer 01 kept");
    assert_eq!(
        lab.raw().texts("name", "FROM customers WHERE number = 'CUS-000001'"),
        ["Customer 01 kept through it all"]
    );
    let changes = lab.raw().number("count(*)", "FROM audit_log WHERE action = 'customers.update'");
    assert_eq!(changes, 1, "sent once");
    // The rows stay in a list too, and the cursor moves.
    proxy.cut();
    screen.sees("database gone");
    screen.sees("Customer 03");
    screen.types("j");
    screen.types("j");
    screen.sees("Customer 05");
    proxy.mend();
    screen.sees_no("database gone");
    screen.sees("Customer 03");
}
