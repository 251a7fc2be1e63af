//! Stock: what a movement does to a quantity, serial numbers as people write them, the states of pieces, requests,
//! counts and orders.

use super::lifecycle::{Lifecycle, Move};

/// What moves stock: it comes, goes, comes back, or is put right.
pub const MOVEMENTS: &[&str] = &["in", "out", "return", "adjust"];

/// The most of one item that there can be, and that can be moved at once.
pub const MOST: i64 = 1_000_000_000;

/// Serial numbers that one text may stand for.
const MOST_SERIALS: usize = 10_000;

/// in_stock → issued → installed → returned → in_stock; an issued piece may come back uninstalled; any → scrapped.
pub const PIECE: Lifecycle = Lifecycle {
    of: "piece",
    states: &["in_stock", "issued", "installed", "returned", "scrapped"],
    initial: "in_stock",
    moves: &[
        Move { verb: "issue", from: &["in_stock"], to: "issued" },
        Move { verb: "install", from: &["issued"], to: "installed" },
        Move { verb: "return", from: &["issued", "installed"], to: "returned" },
        Move { verb: "restock", from: &["returned"], to: "in_stock" },
        Move { verb: "scrap", from: &["in_stock", "issued", "installed", "returned"], to: "scrapped" },
    ],
};

/// pending → approved → issued; pending → rejected; pending, approved → cancelled.
pub const REQUEST: Lifecycle = Lifecycle {
    of: "request",
    states: &["pending", "approved", "rejected", "issued", "cancelled"],
    initial: "pending",
    moves: &[
        Move { verb: "approve", from: &["pending"], to: "approved" },
        Move { verb: "reject", from: &["pending"], to: "rejected" },
        Move { verb: "issue", from: &["approved"], to: "issued" },
        Move { verb: "cancel", from: &["pending", "approved"], to: "cancelled" },
    ],
};

/// held → used | released.
pub const RESERVATION: Lifecycle = Lifecycle {
    of: "reservation",
    states: &["held", "used", "released"],
    initial: "held",
    moves: &[
        Move { verb: "use", from: &["held"], to: "used" },
        Move { verb: "release", from: &["held"], to: "released" },
    ],
};

/// open → posted | cancelled.
pub const TAKE: Lifecycle = Lifecycle {
    of: "stock take",
    states: &["open", "posted", "cancelled"],
    initial: "open",
    moves: &[
        Move { verb: "post", from: &["open"], to: "posted" },
        Move { verb: "cancel", from: &["open"], to: "cancelled" },
    ],
};

/// draft → ordered → received; draft, ordered → cancelled. Receiving goes on until all is there.
pub const PURCHASE: Lifecycle = Lifecycle {
    of: "purchase order",
    states: &["draft", "ordered", "received", "cancelled"],
    initial: "draft",
    moves: &[
        Move { verb: "order", from: &["draft"], to: "ordered" },
        Move { verb: "receive", from: &["ordered"], to: "received" },
        Move { verb: "cancel", from: &["draft", "ordered"], to: "cancelled" },
    ],
};

/// active ⇄ inactive; active ⇄ pending_payment.
pub const VENDOR: Lifecycle = Lifecycle {
    of: "vendor",
    states: &["active", "inactive", "pending_payment"],
    initial: "active",
    moves: &[
        Move { verb: "activate", from: &["inactive", "pending_payment"], to: "active" },
        Move { verb: "deactivate", from: &["active", "pending_payment"], to: "inactive" },
        Move { verb: "hold", from: &["active"], to: "pending_payment" },
    ],
};

/// What a movement of so many does to the quantity that is there.
///
/// # Errors
/// What is wrong with the number.
pub fn effect(kind: &str, quantity: i64) -> Result<i64, String> {
    if kind == "adjust" {
        return match quantity {
            0 => Err("is a difference such as 3 or -2, not 0".into()),
            _ if quantity.abs() > MOST => Err(format!("is at most {MOST} either way")),
            _ => Ok(quantity),
        };
    }
    if !(1..=MOST).contains(&quantity) {
        return Err(format!("is a whole number from 1 to {MOST}"));
    }
    Ok(if kind == "out" { -quantity } else { quantity })
}

/// The serial numbers that a text stands for: `A7, A9`, `10-15` (10 to 15), `10+3` (10 and the three after it), in any
/// mixture. Zeros in front stay. Each must be there once.
///
/// # Errors
/// Which part is wrong, and what would be right.
pub fn serials(text: &str) -> Result<Vec<String>, String> {
    let mut serials = Vec::new();
    for part in text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        match range(part)? {
            Some((first, last, width)) => serials.extend((first..=last).map(|number| format!("{number:0width$}"))),
            None => serials.push(part.to_owned()),
        }
        if serials.len() > MOST_SERIALS {
            return Err(format!("names more than {MOST_SERIALS} serial numbers: give them in parts"));
        }
    }
    let mut sorted: Vec<String> = serials.iter().map(|serial| super::text::sort_key(serial)).collect();
    sorted.sort_unstable();
    if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        let named = serials.iter().find(|serial| super::text::sort_key(serial) == twice[0]);
        return Err(format!("names {} twice", super::text::clean(named.map_or("one", String::as_str))));
    }
    if let Some(long) = serials.iter().find(|serial| serial.chars().count() > 100) {
        return Err(format!("‘{}…’ is too long for a serial number", long.chars().take(20).collect::<String>()));
    }
    Ok(serials)
}

/// How many of each item a text says: `ont-4=3, patch lead=10`.
///
/// # Errors
/// Which part is wrong, and what would be right.
pub fn quantities(text: &str) -> Result<Vec<(String, i64)>, String> {
    let mut named: Vec<(String, i64)> = Vec::new();
    for part in text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let shown = super::text::clean(part);
        let (sku, count) = part.rsplit_once('=').ok_or_else(|| format!("‘{shown}’ is not like ont-4=3"))?;
        let (sku, count) = (sku.trim(), count.trim());
        let count = count.parse().ok().filter(|count| (0..=MOST).contains(count));
        let count = count.ok_or_else(|| format!("‘{shown}’ does not say how many, like ont-4=3"))?;
        let key = super::text::sort_key(sku);
        if named.iter().any(|(other, _)| super::text::sort_key(other) == key) {
            return Err(format!("names {} twice", super::text::clean(sku)));
        }
        named.push((sku.to_owned(), count));
    }
    Ok(named)
}

/// `10-15` or `10+3`: the first, the last and how many digits at least. Anything else is one serial number.
fn range(part: &str) -> Result<Option<(u64, u64, usize)>, String> {
    let digits = |text: &str| !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit());
    let Some((from, to)) = part.split_once(['-', '+']) else { return Ok(None) };
    if !digits(from) || !digits(to) {
        return Ok(None);
    }
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("‘{part}’ is no range"));
    let (first, second) = (number(from)?, number(to)?);
    let last = if part.contains('+') { first + second } else { second };
    if last < first {
        return Err(format!("‘{part}’ ends before it begins"));
    }
    if last - first >= MOST_SERIALS as u64 {
        return Err(format!("‘{part}’ names more than {MOST_SERIALS} serial numbers: give them in parts"));
    }
    Ok(Some((first, last, from.len())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_a_movement_does() {
        for (kind, quantity, wanted) in [
            ("in", 5, Ok(5)),
            ("out", 5, Ok(-5)),
            ("return", 2, Ok(2)),
            ("adjust", -3, Ok(-3)),
            ("adjust", 3, Ok(3)),
            ("in", 0, Err("is a whole number from 1 to 1000000000".into())),
            ("out", -1, Err("is a whole number from 1 to 1000000000".into())),
            ("in", MOST + 1, Err("is a whole number from 1 to 1000000000".into())),
            ("adjust", 0, Err("is a difference such as 3 or -2, not 0".into())),
            ("adjust", -MOST - 1, Err("is at most 1000000000 either way".into())),
        ] {
            assert_eq!(effect(kind, quantity), wanted, "{kind} {quantity}");
        }
    }

    #[test]
    fn how_many_of_each() {
        let read = |text| quantities(text).unwrap();
        assert_eq!(read("ont-4=3, patch lead = 10"), [("ont-4".into(), 3), ("patch lead".into(), 10)]);
        assert_eq!(read("a=b=2"), [("a=b".into(), 2)]);
        assert_eq!(read(""), []);
        for (text, told) in [
            ("ont", "‘ont’ is not like ont-4=3"),
            ("ont=x", "‘ont=x’ does not say how many, like ont-4=3"),
            ("ont=-1", "‘ont=-1’ does not say how many, like ont-4=3"),
            ("ont=1,ONT=2", "names ONT twice"),
        ] {
            assert_eq!(quantities(text), Err(told.into()), "{text}");
        }
    }

    #[test]
    fn serial_numbers_as_people_write_them() {
        for (text, wanted) in [
            ("1,3-5,9+2", &["1", "3", "4", "5", "9", "10", "11"][..]),
            ("007-010", &["007", "008", "009", "010"]),
            ("ZTEG-C0FFEE12, 10+0", &["ZTEG-C0FFEE12", "10"]),
            ("A-1", &["A-1"]),
            ("a\nb,,", &["a", "b"]),
            ("", &[]),
        ] {
            assert_eq!(serials(text).unwrap(), wanted, "{text}");
        }
        for (text, told) in [
            ("5-3", "‘5-3’ ends before it begins"),
            ("1-99999999", "‘1-99999999’ names more than 10000 serial numbers: give them in parts"),
            ("a, b, A", "names a twice"),
            ("3-5,4", "names 4 twice"),
        ] {
            assert_eq!(serials(text), Err(told.into()), "{text}");
        }
        assert!(serials("1-10000").is_ok_and(|serials| serials.len() == 10_000));
        assert!(serials("1-10000, 20000").is_err());
        assert!(serials("999999999999999999+9").is_ok_and(|serials| serials.len() == 10));
    }
}
