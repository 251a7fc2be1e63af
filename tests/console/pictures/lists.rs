//! Lists: being read, empty, full, wrong.

use super::album::{Album, at_noon, customers, full, is_list};
use crate::hand::Hand;

#[test]
fn lists() {
    let mut album = Album::new("lists");
    let mut hand = at_noon();
    hand.press("2");
    album.take(&mut hand, "customers, loading");
    hand.settle();
    album.take(&mut hand, "customers, empty");
    let mut hand = customers();
    hand.rests();
    album.take(&mut hand, "customers");
    hand.press("/");
    hand.types("status:sus");
    hand.settle();
    album.take(&mut hand, "customers, filter");
    hand.types(" nofield:1");
    album.take(&mut hand, "customers, mistaken filter");
    hand.does("esc");
    hand.press("esc");
    hand.press("r");
    let mut hand = full();
    hand.does("3");
    hand.rests();
    album.take(&mut hand, "devices");
    hand.press("r");
    hand.break_line(is_list);
    album.take(&mut hand, "devices, error");
}

/// Goes to where one of these lists is looked at: its beginning, further down than a screen, its end.
fn along(album: &mut Album, hand: &mut Hand, what: &str) {
    hand.rests();
    let mut at = |what: &str, keys: &[&str]| {
        album.take_each(hand, what, |hand| {
            hand.settle();
            for key in keys {
                hand.does(key);
            }
            // The details follow the cursor.
            hand.rests();
            hand.state.now = super::album::NOON.parse().unwrap();
        });
    };
    at(&format!("{what}, the first of many"), &["g"]);
    at(&format!("{what}, in the middle"), &["g", "pagedown", "pagedown", "k"]);
    at(&format!("{what}, the last"), &["G"]);
}

/// More customers than fit on any screen, some of them in wide and combined letters, each with a state of its own.
fn many_customers(hand: &Hand) {
    for n in 1..=130_i64 {
        let name = match n % 5 {
            0 => format!("漢字株式会社 {n} 号店"),
            1 => format!("Zoë Ångström-Nguyễn {n}"),
            2 => format!("e\u{301}e\u{302}e\u{308} of a name that is longer than its column, and then some {n}"),
            _ => format!("Amina Wanjiru {n}"),
        };
        let phone = format!("+254 700 {n:06}");
        let id = hand.lab.make("customers.create", &[("name", name.as_str()), ("phone", phone.as_str())]);
        if n % 9 == 0 {
            hand.lab.must("customers.suspend", id, &[]);
        }
    }
}

#[test]
fn long_lists() {
    let mut album = Album::new("lists_long");
    let mut hand = at_noon();
    many_customers(&hand);
    hand.does("2");
    along(&mut album, &mut hand, "customers");
    for key in ["g", "space", "space", "pagedown", "v", "j", "j", "l"] {
        hand.does(key);
    }
    album.take(&mut hand, "customers, some marked");
    hand.press("esc");
    hand.press("-");
    hand.does("*");
    album.take(&mut hand, "customers, all marked");
    hand.press("z");
    hand.press("S");
    album.take(&mut hand, "customers, frozen and being sorted");
    hand.settle();
    album.take(&mut hand, "customers, sorted the other way");
    let mut hand = at_noon();
    hand.lab.make("sites.create", &[("name", "North POP")]);
    let health = ["up", "down", "degraded", "unreachable", "flapping", "maintenance", "unknown"];
    for (n, state) in (1..=70).zip(health.iter().cycle()) {
        let (name, address) = (format!("ONU-{n:03}.north"), format!("127.1.{}.{}", n / 60, n));
        let values =
            [("name", name.as_str()), ("device_type", "onu"), ("site", "North POP"), ("management_ip", &address)];
        let id = hand.lab.make("devices.create", &values);
        let mut raw = hand.lab.at_hand();
        let id = raw.id(id);
        raw.execute(&format!("UPDATE device_health SET health = '{state}' WHERE device_id = {id}"));
    }
    hand.does("3");
    along(&mut album, &mut hand, "devices");
    let mut hand = at_noon();
    let customer = hand.lab.make("customers.create", &[("name", "Savanna Lodge")]).to_string();
    for n in 1..=70 {
        let title = format!("no light in house {n}, the third time this month, and nobody came");
        let priority = ["low", "medium", "high"][n % 3];
        let values = [("title", title.as_str()), ("customer", customer.as_str()), ("priority", priority)];
        hand.lab.make("tickets.create", &values);
    }
    hand.does("6");
    along(&mut album, &mut hand, "tickets");
    // The same ones below their customer.
    hand.does("2");
    hand.does("enter");
    for _ in 0..20 {
        if !hand.shown().contains("▸ tickets") {
            hand.does("tab");
        }
    }
    along(&mut album, &mut hand, "tickets below their customer");
}
