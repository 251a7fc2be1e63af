//! A first day at the console, on the database that the demo makes: everything is found by the hints, done by the keys
//! they name, and taken back.

use headend::exchange::demo::{Scale, fill};

use crate::common::Lab;
use crate::person::{ENTER, ESC, Person, Screen};

const SAVE: &str = "\x13";
const TAB: &str = "\t";

/// Enough for everything that the demo tells of.
const SCALE: Scale = Scale { customers: 120, devices: 120 };

pub fn demo(lab: &Lab) {
    fill(&lab.store, &lab.admin, SCALE).unwrap();
}

/// What was just done is taken back, by the key that the status line names.
fn takes_back(screen: &Screen) {
    screen.sees("u takes it back");
    screen.presses("u", "Take this back?");
    screen.answers("Take this back?", &["y"]);
    screen.sees("taken back: ");
}

fn fills_in(screen: &Screen, text: &str) {
    screen.types(text);
    screen.sees(text);
    screen.types(ENTER);
}

crate::common::on_each_database! {
    fn a_caller_is_found_by_phone_and_gets_a_ticket(lab) {
        demo(lab);
        // Somebody with a device and no ticket yet.
        let called = "FROM customers c JOIN devices d ON d.customer_id = c.id \
                      LEFT JOIN tickets t ON t.customer_id = c.id WHERE t.id IS NULL \
                      GROUP BY c.id, c.number, c.name, c.phone HAVING count(*) = 1 ORDER BY c.number LIMIT 1";
        let of = |what: &str| lab.raw().texts(what, called).remove(0);
        let (number, name, phone) = (of("c.number"), of("c.name"), of("c.phone"));
        let screen = Person::on(lab).logs_in();
        screen.presses("f", "Find anything");
        screen.types(&phone);
        screen.sees(&name);
        screen.presses(ENTER, "wallet (0)");
        screen.sees("tickets (0)");
        screen.sees("devices (1)");
        // The help says how to the lists below, and that is so.
        screen.presses("?", "Help: the keys of this place");
        screen.types(ESC);
        screen.sees_no("Help: the keys of this place");
        screen.presses(TAB, "▸ devices");
        screen.sees("DEV-");
        screen.presses(TAB, "▸ tickets");
        screen.sees("No tickets yet");
        screen.presses("a", "new ticket");
        screen.sees(&number);
        fills_in(&screen, "Slow since Sunday");
        screen.types(SAVE);
        screen.sees("saved:");
        screen.sees("Slow since Sunday");
        let mut raw = lab.raw();
        let tickets = format!("FROM tickets t JOIN customers c ON c.id = t.customer_id WHERE c.number = '{number}'");
        assert_eq!(raw.texts("t.title", &tickets), ["Slow since Sunday"]);
        takes_back(&screen);
        screen.sees("No tickets yet");
        assert!(raw.texts("t.title", &tickets).is_empty());
        screen.presses(ESC, "tickets (0)");
    }

    fn a_form_that_was_only_looked_at_leaves_nothing_behind(lab) {
        demo(lab);
        let person = Person::on(lab);
        let screen = person.logs_in();
        screen.presses("f", "Find anything");
        screen.types("CUS-000004");
        let name = lab.raw().texts("name", "FROM customers WHERE number = 'CUS-000004'").remove(0);
        screen.sees(&name);
        screen.presses(ENTER, "tickets (0)");
        screen.presses(TAB, "▸ devices");
        screen.presses(TAB, "No tickets yet");
        screen.presses("a", "new ticket");
        screen.sees("CUS-000004");
        screen.presses(ESC, "No tickets yet");
        screen.types("qqq");
        screen.sees("Leave?");
        screen.answers("Leave?", &["y"]);
        assert_eq!(screen.ends(), 0);
        let screen = person.logs_in();
        assert!(!screen.text().contains("Go on where you stopped?"), "{}", screen.text());
    }

    fn a_device_is_booked_for_tomorrow(lab) {
        demo(lab);
        let screen = Person::on(lab).logs_in();
        screen.presses("4", "srv1.hq");
        screen.presses("a", "new booking");
        fills_in(&screen, "core1.hq");
        fills_in(&screen, "tomorrow 9");
        fills_in(&screen, "tomorrow 11:30");
        screen.types(SAVE);
        screen.sees("saved:");
        let tomorrow = lab.store.now().with_timezone(&lab.locale().zone).date_naive().succ_opt().unwrap();
        screen.sees(&format!("{tomorrow} 09:00"));
        screen.sees(&format!("{tomorrow} 11:30"));
        let mut raw = lab.raw();
        let booked = "FROM bookings b JOIN devices d ON d.id = b.device_id WHERE d.name = 'core1.hq'";
        assert_eq!(raw.number("count(*)", booked), 1);
        takes_back(&screen);
        screen.sees_no(&format!("{tomorrow} 11:30"));
        assert_eq!(raw.number("count(*)", booked), 0);
    }

    fn stock_is_issued_for_a_job(lab) {
        demo(lab);
        let screen = Person::on(lab).logs_in();
        screen.presses("5", "ONT-G");
        screen.presses("/", "TYPING");
        screen.types("ONT-G");
        screen.presses(ENTER, "KEYS");
        screen.sees(" 1 · sort");
        screen.sees_no("DROP-100");
        screen.presses("x", "issue");
        screen.presses("i", "issue ONT-G");
        fills_in(&screen, "2");
        fills_in(&screen, "Main warehouse");
        screen.types(ENTER);
        fills_in(&screen, "JOB-000002");
        screen.types(SAVE);
        screen.sees("issue: 1 done");
        let mut raw = lab.raw();
        let in_store = "FROM stock_items WHERE sku = 'ONT-G'";
        assert_eq!(raw.number("quantity", in_store), 118);
        screen.sees("118");
        takes_back(&screen);
        screen.sees("120");
        assert_eq!(raw.number("quantity", in_store), 120);
    }

    fn a_contract_is_renewed(lab) {
        demo(lab);
        let screen = Person::on(lab).logs_in();
        screen.presses("7", "CON-000002");
        screen.presses("x", "renew");
        screen.presses("r", "months");
        fills_in(&screen, "12");
        screen.types(SAVE);
        screen.sees("renew: 1 done");
        screen.sees("CON-000005");
        // Of the two records that changed, one was meant.
        screen.presses("u", "renew contract: CON-000002");
        screen.answers("Take this back?", &["y"]);
        screen.sees("taken back: renew contract: CON-000002");
        screen.sees_no("CON-000005");
        screen.presses("U", "renew contract: CON-000002");
        screen.answers("Do again what was taken back?", &["y"]);
        screen.sees("CON-000005");
        screen.sees("done again: renew contract: CON-000002");
        screen.presses("u", "renew contract: CON-000002");
        screen.answers("Take this back?", &["y"]);
        screen.sees_no("CON-000005");
        let mut raw = lab.raw();
        assert_eq!(raw.number("count(*)", "FROM contracts"), 4);
    }
}
