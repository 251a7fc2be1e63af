//! What lists show: the store's statements against the filter language's own measure, and pages
//! that cover every row once, whichever way they are turned.

use std::cmp::Ordering;
use std::net::IpAddr;

use chrono::Datelike as _;
use headend::domain::filter::quoted;
use headend::domain::network::ip_key;
use headend::domain::text::{exact_key, fold, sort_key};
use headend::domain::{Id, Kind, Value};
use headend::store::list::{Effort, From, ListRequest, Sort, is_sorted_by, parse_filter, parse_sort};
use headend::store::read::Few;
use headend::store::{Entity, Options, Record, Session, Store, entities};

use crate::common::dice::{Dice, is_full};
use crate::common::lab::{entity, key};
use crate::common::on_each_database;
use crate::world::{self, NAMES, World};

/// Filters that people write, and those that trip a compiler.
const WRITTEN: &[(&str, &str)] = &[
    ("customers", "wanjiru"),
    ("customers", "WANJIRŨ"),
    ("customers", "wa"),
    ("customers", "j"),
    ("customers", "a"),
    ("customers", "amina wanj"),
    ("customers", "\"amina wanj\""),
    ("customers", "100%"),
    ("customers", "%"),
    ("customers", "_"),
    ("customers", "under_"),
    ("customers", "k\\\\s"),
    ("customers", "*"),
    ("customers", "star*"),
    ("customers", "?"),
    ("customers", "\"[br\""),
    ("customers", "it's"),
    ("customers", "strasse"),
    ("customers", "straße"),
    ("customers", "ﬁbre"),
    ("customers", "fibre"),
    ("customers", "full"),
    ("customers", "会社"),
    ("customers", "漢"),
    ("customers", "字"),
    ("customers", "字 社"),
    ("customers", "name:字"),
    ("customers", "name:\"字 会\""),
    ("customers", "name:社"),
    ("customers", "name:字会"),
    ("customers", "🐙"),
    ("customers", "-amina"),
    ("customers", "amina or asa"),
    ("customers", "-(amina or asa) x"),
    ("customers", "CUS-0000"),
    ("customers", "octopus -🐙"),
    ("customers", "amina süd"),
    ("customers", "100% x jo"),
    ("customers", "-(amina süd)"),
    ("customers", "\"amina wanjiru\" or strasse"),
    ("devices", "amina süd"),
    ("devices", "cus-000007"),
    ("devices", "core CUS-00"),
    ("devices", "-amina sud jo"),
    ("devices", "west"),
    ("devices", "dev-00 sn-1 amina"),
    ("devices", "has:(incidents fibre) amina"),
    ("incidents", "fibre amina"),
    ("customers", "name:süd"),
    ("customers", "name=\"süd 4\""),
    ("customers", "name:\"100%\""),
    ("customers", "name:_"),
    ("customers", "company=sud"),
    ("customers", "company:sud"),
    ("customers", "company=strasse\\ 9"),
    ("customers", "company=\"straße 9\""),
    ("customers", "company:ΟΔΥΣΣΕΥΣ"),
    ("customers", "company:οδυσσευς"),
    ("customers", "company=οδυσσέας"),
    ("customers", "company:istanbul"),
    ("customers", "company:ıspanak"),
    ("customers", "company:café"),
    ("organizations", "name:مرحبا"),
    ("customers", "company~^[A-Z]"),
    ("customers", "company~(?i)^S"),
    ("customers", "company~\"\\\\d\""),
    ("customers", "company~x$"),
    ("customers", "company~\"a|b\""),
    ("customers", "company~\"^.{2}$\""),
    ("customers", "company~\"\\\\bcaf\""),
    ("customers", "company~\"\\\\w+\\\\s\\\\w+\""),
    ("customers", "-company~a"),
    ("customers", "company~\"[\\\\w&&[^a-z]]\""),
    ("customers", "company~\"^\\\\p{Lu}\""),
    ("customers", "company~\\pL"),
    ("customers", "company~\"\\\\x{41}|c\\\\u{61}f\""),
    ("customers", "company~\"(?P<first>a)b?\""),
    ("customers", "company~\"(?-u:\\\\w)$\""),
    ("customers", "company~\"a(?i)C|é\""),
    ("customers", "notes~a.*a"),
    ("customers", "notes~(?s)a.*a"),
    ("customers", "notes~(?m)^w"),
    ("customers", "notes~\"^w\""),
    ("customers", "notes~(?i)SUD$"),
    ("customers", "status:active"),
    ("customers", "status:suspended,expired"),
    ("customers", "-status:active"),
    ("customers", "status:"),
    ("customers", "wallet_balance<0"),
    ("customers", "wallet_balance>=12.5"),
    ("customers", "wallet_balance:0"),
    ("customers", "-wallet_balance<=0"),
    ("customers", "expires_at<7d"),
    ("customers", "expires_at:2026-11-21"),
    ("customers", "expires_at:"),
    ("customers", "-expires_at>now"),
    ("customers", "has:expires_at"),
    ("customers", "no:email"),
    ("customers", "has:email"),
    ("customers", "has:access_password"),
    ("customers", "email:person"),
    ("customers", "email=PERSON.7@example.com"),
    ("customers", "mac_address:00-1B-44-11-3A-07"),
    ("customers", "mac_address:"),
    ("customers", "plan:"),
    ("customers", "has:plan"),
    ("customers", "-plan:\"süd 3\""),
    ("customers", "plan.price>40"),
    ("customers", "-plan.price>40"),
    ("customers", "plan.is_active:no"),
    ("customers", "plan.name:a"),
    ("customers", "no:plan.description"),
    ("customers", "organization:sud"),
    ("customers", "organization=sud"),
    ("customers", "organization:süd"),
    ("customers", "organization=süd"),
    ("customers", "organization=SÜD,asa"),
    ("customers", "organization:x"),
    ("customers", "is:overdue"),
    ("customers", "-is:expiring"),
    ("customers", "is:indebted,overdue"),
    ("customers", "has:devices"),
    ("customers", "no:devices"),
    ("customers", "has:(devices health:down)"),
    ("customers", "no:(devices health:down)"),
    ("customers", "has:(devices site.name:a)"),
    ("customers", "has:(devices has:incidents)"),
    ("customers", "phone:254"),
    ("customers", "phone=254"),
    ("customers", "phone:394"),
    ("customers", "-phone:0394"),
    ("customers", "phone:\"4 7\""),
    ("customers", "phone:+"),
    ("customers", "number:0000"),
    ("customers", "number=cus-000007"),
    ("customers", "number=CUS-000007,cus-000008"),
    ("customers", "-number:000007"),
    ("customers", "email=person.7@example.com"),
    ("customers", "notes:\"100% fibre under_score\""),
    ("customers", "notes=\"100% fibre it's\""),
    ("customers", "name:zzzz"),
    ("customers", "name:zzzz or status:active"),
    ("customers", "-name:wanjiru"),
    ("customers", "balance<0"),
    ("customers", "expires<7d created>2026-01-01 updated>-2h"),
    ("customers", "has:device"),
    ("customers", "has:(device health:down)"),
    ("customers", "no:balance"),
    ("devices", "ip:10.4.0.0/16"),
    ("devices", "latency>5"),
    ("devices", "customer.balance<0"),
    ("devices", "customer.email:person"),
    ("devices", "customer.number=CUS-000007"),
    ("software_versions", "version_number=1.0"),
    ("customers", "username=user_7"),
    ("customers", "username:user_"),
    ("customers", "created_at>-1h"),
    ("devices", "management_ip:10.4.0.0/16"),
    ("devices", "management_ip:10.4.1.0/24,192.168.0.0/16"),
    ("devices", "-management_ip:10.0.0.0/8"),
    ("devices", "management_ip:2001:db8::/32"),
    ("devices", "management_ip:2001:db8:1::/48"),
    ("devices", "management_ip:0.0.0.0/0"),
    ("devices", "management_ip:::/0"),
    ("devices", "management_ip:"),
    ("devices", "10.4"),
    ("devices", "is:problem"),
    ("devices", "-is:problem"),
    ("devices", "is:unchecked"),
    ("devices", "health:down,up"),
    ("devices", "loss_percent>1"),
    ("devices", "loss_percent:"),
    ("devices", "tags:west"),
    ("devices", "tags:"),
    ("devices", "tags=core"),
    ("devices", "tags=CORE"),
    ("devices", "tags=wéstern"),
    ("devices", "tags=west"),
    ("devices", "-tags=west"),
    ("devices", "tags=cor"),
    ("devices", "tags=west,wéstern"),
    ("devices", "tags=west,\"\""),
    ("devices", "tags~^west$"),
    ("devices", "tags~^w.s?t"),
    ("devices", "-tags~core"),
    ("devices", "has:tags"),
    ("devices", "no:tags"),
    ("devices", "parent.tags=west"),
    ("devices", "has:(devices tags=core)"),
    ("devices", "has:(devices has:tags)"),
    ("devices", "tags=west or name:sud"),
    ("devices", "tags=west tags=core -name:a"),
    ("users", "roles=super_admin"),
    ("users", "roles=SUPER_ADMIN"),
    ("users", "roles~^super"),
    ("users", "roles=viewer"),
    ("users", "no:roles"),
    ("devices", "check:icmp"),
    ("devices", "parent:"),
    ("devices", "has:parent"),
    ("devices", "has:devices"),
    ("devices", "no:(devices health:up)"),
    ("devices", "parent.parent.name:a"),
    ("devices", "parent.health:down"),
    ("devices", "customer.plan.price<20"),
    ("devices", "customer.plan:"),
    ("devices", "customer.status:active"),
    ("devices", "device_type=ROUTER"),
    ("devices", "device_type:rout"),
    ("devices", "total_ports>=16"),
    ("devices", "total_ports:99999999999"),
    ("devices", "in_port>2"),
    ("devices", "-in_port>2"),
    ("devices", "has:(incidents severity:critical)"),
    ("devices", "has:checks"),
    ("devices", "site:"),
    ("devices", "customer:CUS-000007"),
    ("devices", "customer=cus-000007"),
    ("devices", "(health:down or health:up) -tags:core"),
    ("devices", "sn-1 -sn-11"),
    ("devices", "wa or tags:core"),
    ("devices", "-(wa tags:core)"),
    ("plans", "is:active"),
    ("plans", "price>10 price<60"),
    ("plans", "has:customers"),
    ("plans", "no:(customers status:active)"),
    ("plans", "download_mbps:50,100"),
    ("sites", "city:sud"),
    ("sites", "city=sud"),
    ("sites", "has:(devices has:(incidents severity:minor))"),
    ("users", "roles:super"),
    ("users", "roles:"),
    ("roles", "admin"),
    ("audit_log", "action:customers"),
    ("audit_log", "actor:admin"),
    ("operations", "kind:plans.create"),
    ("incidents", "is:open"),
    ("incidents", "is:unacknowledged"),
    ("incidents", "is:mine"),
    ("incidents", "-acknowledged_by:me"),
    ("maintenance_windows", "is:mine"),
    ("operations", "user:me"),
    ("operations", "user=me"),
    ("incidents", "device.health:down"),
];

/// A random test of a random field, made from values that occur.
fn random_test(dice: &mut Dice, kind: &'static Entity, world: &World, depth: usize) -> String {
    let records = world.of(kind.name);
    let record: &Record = records[dice.below(records.len())];
    let fields: Vec<_> =
        kind.fields.iter().filter(|field| !matches!(field.kind, Kind::Json | Kind::Secret | Kind::Id)).collect();
    let field = *dice.one(&fields);
    match dice.below(12) {
        0 if kind.digits_of("phone").is_some() && !record.get("phone").is_empty() => {
            [at_home, from_abroad][dice.below(2)](record.get("phone").as_str())
        }
        0 | 1 => {
            let word: Vec<&str> = dice.one(NAMES).split_whitespace().collect();
            let word: Vec<char> = word.first().copied().unwrap_or("a").chars().collect();
            let from = dice.below(word.len());
            phrase(&word[from..(from + 1 + dice.below(4)).min(word.len())].iter().collect::<String>())
        }
        2 => format!("{}:", field.name),
        3 => format!("has:{}", field.name),
        4 if !kind.conditions.is_empty() => format!("is:{}", dice.one(kind.conditions).name),
        5 if !entities::relations(kind).is_empty() && depth < 2 => {
            let relation = dice.one(entities::relations(kind));
            let inner = random_filter(dice, entity(relation.entity), world, depth + 2);
            if inner.is_empty() || world.of(relation.entity).is_empty() {
                format!("has:{}", relation.name)
            } else {
                format!("has:({} {inner})", relation.name)
            }
        }
        6 if depth < 3 => {
            let references: Vec<_> = fields.iter().filter(|field| field.reference.is_some()).collect();
            match references.as_slice() {
                [] => format!("no:{}", field.name),
                some => {
                    let reference = dice.one(some);
                    let target = entity(reference.reference.unwrap());
                    let fields: Vec<_> = target
                        .fields
                        .iter()
                        .filter(|f| f.reference.is_none() && !matches!(f.kind, Kind::Json | Kind::Secret | Kind::Id))
                        .collect();
                    let others = world.of(target.name);
                    if others.is_empty() {
                        return format!("no:{}", reference.name);
                    }
                    let (field, other) = (*dice.one(&fields), *dice.one(&others));
                    format!(
                        "{}.{}",
                        reference.name,
                        comparison(dice, field.name, field.kind, false, other.get(field.name))
                    )
                }
            }
        }
        _ => comparison(dice, field.name, field.kind, field.reference.is_some(), record.get(field.name)),
    }
}

/// A free word in quotes, whatever it holds.
fn phrase(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A pattern that holds letters of a text, in quotes: at its beginning, its end or anywhere, some with their case.
fn pattern(dice: &mut Dice, name: &str, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let from = dice.below(letters.len());
    let piece = &letters[from..(from + 1 + dice.below(4)).min(letters.len())];
    let mut written = String::from(*dice.one(&["", "(?i)"]));
    written += *dice.one(&["", "^", "\\b"]);
    for letter in piece {
        match dice.below(6) {
            0 => written.push('.'),
            1 if letter.is_alphanumeric() => written += "\\w",
            _ if letter.is_alphanumeric() || letter.is_whitespace() || !letter.is_ascii() => written.push(*letter),
            _ => written.extend(['\\', *letter]),
        }
    }
    written += *dice.one(&["", ".*", "$", "+"]);
    format!("{name}~{}", phrase(&written))
}

/// A network that an address is in, as wide as it falls.
fn network(dice: &mut Dice, address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let bits = dice.below(33);
            let mask = u32::MAX.checked_shl(32 - bits as u32).unwrap_or(0);
            format!("{}/{bits}", std::net::Ipv4Addr::from(address.to_bits() & mask))
        }
        IpAddr::V6(address) => {
            let bits = dice.below(129);
            let mask = u128::MAX.checked_shl(128 - bits as u32).unwrap_or(0);
            format!("{}/{bits}", std::net::Ipv6Addr::from(address.to_bits() & mask))
        }
    }
}

fn comparison(dice: &mut Dice, name: &str, kind: Kind, reference: bool, value: &Value) -> String {
    let written = value.written();
    if written.trim().is_empty() || headend::domain::text::fold(&written).is_empty() {
        return format!("{name}:");
    }
    match (kind, value) {
        (Kind::Text | Kind::Lines, Value::Text(text)) if !reference && dice.chance(25) => {
            return pattern(dice, name, text);
        }
        (Kind::Ip, Value::Ip(address)) if dice.chance(60) => {
            return format!("{name}:{}", network(dice, *address));
        }
        (Kind::Instant, _) if dice.chance(40) => {
            let (sign, unit) = (*dice.one(&["<", "<=", ">", ">="]), *dice.one(&["m", "h", "d", "w"]));
            return format!("{name}{sign}{}{}{unit}", ["", "-"][dice.below(2)], dice.below(40));
        }
        _ => {}
    }
    let ordered = matches!(kind, Kind::Int | Kind::Money | Kind::Percent | Kind::Degrees | Kind::Instant);
    let sign = if ordered && !reference { *dice.one(&["<", "<=", ">", ">="]) } else { *dice.one(&[":", "="]) };
    let mut piece = match dice.below(3) {
        0 if name.ends_with("phone") => [at_home, from_abroad][dice.below(2)](&written),
        0 => written.to_uppercase(),
        1 if matches!(kind, Kind::Text | Kind::Lines) && !reference => {
            let letters: Vec<char> = written.chars().collect();
            let from = dice.below(letters.len());
            letters[from..(from + 1 + dice.below(5)).min(letters.len())].iter().collect()
        }
        _ => written.clone(),
    };
    if headend::domain::text::fold(&piece).is_empty() || !matches!(kind, Kind::Text | Kind::Lines) {
        piece = written;
    }
    format!("{name}{sign}{}", quoted(piece.trim()))
}

/// A number of the world's as one dials it in its own country.
fn at_home(phone: &str) -> String {
    format!("0{}", within_the_country(phone))
}

/// The same as one dials it from elsewhere.
fn from_abroad(phone: &str) -> String {
    format!("+254{}", within_the_country(phone))
}

fn within_the_country(phone: &str) -> String {
    let digits = headend::domain::text::digits(phone);
    digits.strip_prefix("254").or(digits.strip_prefix('0')).unwrap_or(&digits).to_owned()
}

fn random_filter(dice: &mut Dice, kind: &'static Entity, world: &World, depth: usize) -> String {
    if world.of(kind.name).is_empty() {
        return String::new();
    }
    let parts: Vec<String> = (0..1 + dice.below(3))
        .map(|_| {
            let test = random_test(dice, kind, world, depth);
            if dice.chance(25) { format!("-{test}") } else { test }
        })
        .collect();
    let joined = parts.join(*dice.one(&[" ", " ", " or "]));
    match dice.below(10) {
        0 | 1 => format!("-({joined})"),
        2 if depth < 2 => {
            let (kind_test, other) = (random_test(dice, kind, world, depth), random_test(dice, kind, world, depth));
            format!("({joined}) {}({kind_test} or {other})", ["", "-"][dice.below(2)])
        }
        _ => joined,
    }
}

/// A key of a sort as the domain orders it: nothing comes last.
fn order(entity: &Entity, sort: &[Sort], a: &Record, b: &Record) -> Ordering {
    for Sort { field, descending } in sort {
        let by_key = field.sort.is_some_and(|(column, _)| column.ends_with("_key"));
        let key = |record: &Record| -> Option<(i64, Vec<u8>)> {
            // A reference goes by the name of what has one, where that is what people know it by.
            let is_named = field.reference.is_some_and(|target| crate::common::lab::entity(target).label == "name");
            let shown = match record.called(field.name) {
                name if is_named && !name.is_empty() => &Value::text(name),
                _ => record.get(field.name),
            };
            match shown {
                Value::Null => None,
                Value::Text(text) if field.sort.is_none() && matches!(field.kind, Kind::Choice(_)) => {
                    let Kind::Choice(words) = field.kind else { unreachable!() };
                    let place = words.iter().position(|word| word == text);
                    Some((place.unwrap().try_into().unwrap(), Vec::new()))
                }
                Value::Text(text) if field.sort.is_none() => {
                    Some((0, fold(text).into_bytes())).filter(|(_, text)| !text.is_empty())
                }
                Value::Bool(yes) => Some((i64::from(*yes), Vec::new())),
                Value::Percent(percent) => Some((percent.hundredths().into(), Vec::new())),
                Value::Degrees(degrees) => Some((degrees.millionths().into(), Vec::new())),
                Value::Date(date) => Some((date.num_days_from_ce().into(), Vec::new())),
                Value::Mac(mac) => Some((0, mac.to_string().into_bytes())),
                Value::Text(text) if by_key => Some((0, sort_key(text).into_bytes())),
                Value::Text(text) => Some((0, text.clone().into_bytes())),
                Value::Ip(ip) => Some((0, ip_key(*ip).to_vec())),
                Value::Int(int) => Some((*int, Vec::new())),
                Value::Money(money) => Some((money.ten_thousandths(), Vec::new())),
                Value::Instant(time) => Some((time.timestamp_micros(), Vec::new())),
                other => panic!("{}.{}: {other:?} is not sorted by", entity.name, field.name),
            }
        };
        let found = match (key(a), key(b)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => a.cmp(&b),
        };
        if found != Ordering::Equal {
            return if *descending { found.reverse() } else { found };
        }
    }
    let ids = a.id.cmp(&b.id);
    if sort.first().is_some_and(|first| first.descending) { ids.reverse() } else { ids }
}

fn page_through(store: &Store, session: &Session, request: &ListRequest, forwards: bool) -> Vec<Id> {
    let mut request = ListRequest { from: if forwards { From::Start } else { From::End }, ..request.clone() };
    let mut ids: Vec<Id> = Vec::new();
    loop {
        let page = store.list(session, &request).unwrap_or_else(|error| panic!("{:?}: {error}", request.sort));
        assert!(page.rows.len() <= request.limit && page.rows.len() == page.cursors.len());
        let shown = page.rows.iter().map(|row| row.id);
        ids.splice(if forwards { ids.len()..ids.len() } else { 0..0 }, shown);
        let more = if forwards { page.more_after } else { page.more_before };
        assert!(page.looked.is_none() || request.effort != Effort::Whole);
        assert!(!more || page.looked.is_some() || page.rows.len() == request.limit);
        if !more {
            return ids;
        }
        request.from = match page.looked {
            Some(cursor) if forwards => From::After(cursor),
            Some(cursor) => From::Before(cursor),
            None if forwards => From::After(page.cursors.last().unwrap().clone()),
            None => From::Before(page.cursors[0].clone()),
        };
    }
}

on_each_database! {
    fn a_filter_takes_what_it_means(lab) {
        let mut dice = Dice::new(1);
        world::populate(lab, &mut dice);
        // By a clock that stands still, so that both sides mean the same now.
        let now = lab.store.now();
        let options = Options { master: Some(key()), clock: Some(Box::new(move || now)), ..Options::default() };
        let store = Store::open(lab.store.target(), options).unwrap();
        let few = Few { rows: 0, documents: 0, taken: 0 };
        let options = Options { master: Some(key()), clock: Some(Box::new(move || now)), few, ..Options::default() };
        let many = Store::open(lab.store.target(), options).unwrap();
        let locale = lab.admin.locale(now);
        let world = World::read(lab, locale);
        let mut filters: Vec<(&'static Entity, String)> = WRITTEN.iter().map(|(kind, filter)| (entity(kind), (*filter).to_owned())).collect();
        let random = if is_full() { 20_000 } else { 1_200 };
        for n in 0..random {
            let kind = entity(["customers", "devices", "customers", "devices", "sites", "plans", "organizations", "incidents"][n % 8]);
            filters.push((kind, random_filter(&mut dice, kind, &world, 0)));
        }
        let (mut wrong, mut taken, mut some) = (Vec::new(), 0, 0);
        for (n, (kind, filter)) in filters.iter().enumerate() {
            let resolved = parse_filter(kind, filter, locale).unwrap_or_else(|mistake| panic!("{filter}: {mistake:?}"));
            let wanted = world.taken(kind, &resolved);
            match store.mark(&lab.admin, kind, &resolved, &mut |_| true) {
                Ok(found) => {
                    let found: Vec<Id> = found.ids().collect();
                    let titles = |of: &[Id], without: &[Id]| -> Vec<String> {
                        world.of(kind.name).iter().filter(|r| of.contains(&r.id) && !without.contains(&r.id)).take(3)
                            .map(|r| format!("{:?}", r.values().filter(|(_, v)| !v.is_empty()).map(|(n, v)| format!("{n}={}", v.written())).collect::<Vec<_>>())).collect()
                    };
                    if found != wanted {
                        wrong.push(format!("{} {filter}\n    too many: {:?}\n    too few: {:?}", kind.name, titles(&found, &wanted), titles(&wanted, &found)));
                    }
                }
                Err(error) => wrong.push(format!("{} {filter}: {error}", kind.name)),
            }
            taken += wanted.len();
            some += usize::from(!wanted.is_empty());
            // The same where all is many, and is looked through a little at a time, from both ends.
            match many.mark(&lab.admin, kind, &resolved, &mut |_| true) {
                Ok(found) if found.ids().eq(wanted.iter().copied()) => {}
                Ok(found) => wrong.push(format!("{} {filter}: {} of {} where all is many", kind.name, found.len(), wanted.len())),
                Err(error) => wrong.push(format!("{} {filter}, where all is many: {error}", kind.name)),
            }
            if n >= WRITTEN.len() && n % 5 > 0 {
                continue;
            }
            let sorts: Vec<&str> = kind.fields.iter().filter(|field| field.sort.is_some_and(|(_, indexed)| indexed)).map(|field| field.name).collect();
            let sort = parse_sort(kind, &format!("{}{}", ["", "-"][dice.below(2)], dice.one(&sorts))).unwrap();
            let effort = Effort::Rows(1 + dice.below(80) as u64);
            let request = ListRequest { filter: resolved.clone(), sort: sort.clone(), effort, limit: 1 + dice.below(30), ..ListRequest::all(kind, 0) };
            let mut in_order: Vec<_> = world.of(kind.name).into_iter().filter(|record| wanted.contains(&record.id)).collect();
            in_order.sort_by(|a, b| order(kind, &sort, a, b));
            let in_order: Vec<Id> = in_order.into_iter().map(|record| record.id).collect();
            for (store, forwards) in [(&many, dice.chance(50)), (&store, dice.chance(50))] {
                let paged = page_through(store, &lab.admin, &request, forwards);
                if paged != in_order {
                    wrong.push(format!("{} {filter} by {sort:?}, {effort:?}, forwards {forwards}: {} of {}", kind.name, paged.len(), in_order.len()));
                }
            }
            let count = many.count(&lab.admin, kind, &resolved, 100_000, effort).unwrap();
            if count.exact && count.number != wanted.len() as u64 || count.number > wanted.len() as u64 {
                wrong.push(format!("{} {filter}: counted {count:?} of {}", kind.name, wanted.len()));
            }
        }
        println!("{:?}: {} filters, {some} that take something, {taken} records taken, {} differences", lab.engine, filters.len(), wrong.len());
        assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n"));
    }

    fn a_reference_to_nothing_is_told_where_nothing_matches(lab) {
        for name in ["Home 100M", "Home 200M"] {
            lab.make("plans.create", &[("name", name), ("download_mbps", "9"), ("upload_mbps", "9"), ("price", "9")]);
        }
        lab.make("customers.create", &[("name", "Amina"), ("plan", "Home 100M")]);
        let page = |filter: &str| {
            let customers = entity("customers");
            let filter = parse_filter(customers, filter, lab.locale()).unwrap();
            let request = ListRequest {
                entity: customers,
                fields: customers.field("name").into_iter().collect(),
                filter,
                sort: Vec::new(),
                limit: 10,
                from: headend::store::list::From::Start,
                effort: Effort::Whole,
            };
            let page = lab.store.list(&lab.admin, &request).unwrap();
            (page.rows.len(), page.misnamed)
        };
        assert_eq!(page("plan:\"home 100m\""), (1, None));
        assert_eq!(page("plan:\"home 200m\""), (0, None), "there is such a plan");
        let nothing = |name: &str| (0, Some(format!("there is no plan ‘{name}’")));
        assert_eq!(page("plan:bogus"), nothing("bogus"));
        // As it was written, not as it is compared.
        assert_eq!(page("status:active plan=Bogus"), nothing("Bogus"));
        assert_eq!(page("plan:\"Hóme  BOGUS\""), nothing("Hóme  BOGUS"));
        assert_eq!(page("name:zzz"), (0, None));
        // Where others match all the same, it is told as well.
        let others = |name: &str| (1, Some(format!("there is no plan ‘{name}’")));
        assert_eq!(page("plan:bogus or amina"), others("bogus"));
        assert_eq!(page("-plan:\"Home 100\""), others("Home 100"), "a part is no name");
        assert_eq!(page("-plan:bogus"), others("bogus"));
        assert_eq!(page("plan:\"home 100m\",bogus"), others("bogus"));
        assert_eq!(page("-plan:\"home 200m\""), (1, None));
    }

    fn latency_is_asked_for_in_the_units_of_the_screen(lab) {
        let reads = |filter: &str| parse_filter(entity("devices"), filter, lab.locale());
        for (typed, meant) in [
            ("latency>5", "latency_us>5000"),
            ("latency>0.3", "latency_us>300"),
            ("latency<=300us", "latency_us<=300"),
            ("latency:1.5ms,2s", "latency_us:1500,2000000"),
            ("latency:", "latency_us:"),
        ] {
            assert_eq!(reads(typed).unwrap(), reads(meant).unwrap(), "{typed}");
        }
        for wrong in ["latency>0.0001", "latency>fast", "latency>-1", "latency>1.2.3"] {
            let told = reads(wrong).unwrap_err().message;
            assert!(told.contains("is no time in milliseconds such as 5, 0.3, 300us or 2s"), "{wrong}: {told}");
        }
    }

    fn a_letter_is_the_same_in_the_database_as_in_the_program(lab) {
        let letters: Vec<char> = ('\u{1f00}'..='\u{1fff}').chain('\u{370}'..='\u{3ff}').filter(|c| c.is_alphabetic()).collect();
        let named: Vec<(Id, String)> = letters
            .iter()
            .map(|letter| format!("q{letter}z"))
            .map(|name| (lab.make("customers.create", &[("name", "Amina"), ("company", &name)]), name))
            .collect();
        let customers = entity("customers");
        let listed = |filter: String| -> Vec<Id> {
            let resolved = parse_filter(customers, &filter, lab.locale()).unwrap_or_else(|mistake| panic!("{filter}: {mistake:?}"));
            lab.store.mark(&lab.admin, customers, &resolved, &mut |_| true).unwrap().ids().collect()
        };
        let of = |takes: &dyn Fn(&str) -> bool| named.iter().filter(|(_, name)| takes(name)).map(|(id, _)| *id).collect::<Vec<_>>();
        let mut wrong = Vec::new();
        for (_, name) in &named {
            if listed(format!("company={name}")) != of(&|other| exact_key(other) == exact_key(name)) {
                wrong.push(format!("={name}"));
            }
            if listed(format!("company:{name}")) != of(&|other| fold(other) == fold(name)) {
                wrong.push(format!(":{name}"));
            }
        }
        assert!(named.len() > 300 && wrong.is_empty(), "{} of {}: {wrong:?}", wrong.len(), named.len());
    }

    fn a_phrase_stands_in_one_text(lab) {
        let amina = lab.make("customers.create", &[("name", "Amina"), ("company", "Wanjiru Ltd")]);
        let other = lab.make("customers.create", &[("name", "Amina Wanjiru")]);
        let few = Few { rows: 0, documents: 0, taken: 0 };
        let many = Store::open(lab.store.target(), Options { master: Some(key()), few, ..Options::default() }).unwrap();
        for store in [&lab.store, &many] {
            for (filter, wanted) in [("\"amina wanjiru\"", vec![other]), ("amina wanjiru", vec![amina, other]), ("\"wanjiru ltd\"", vec![amina])] {
                let resolved = parse_filter(entity("customers"), filter, lab.locale()).unwrap();
                let found: Vec<Id> = store.mark(&lab.admin, entity("customers"), &resolved, &mut |_| true).unwrap().ids().collect();
                assert_eq!(found, wanted, "{filter}");
            }
        }
        let found = lab.store.find(&lab.admin, "wanjiru", 6).unwrap();
        assert!(found.iter().all(|found| !found.more && found.records.len() < 6), "{found:?}");
        let first = lab.store.find(&lab.admin, "wanjiru", 1).unwrap();
        let told = |found: &headend::store::find::Found| (found.entity.name, found.records.len(), found.more);
        let all: Vec<_> = found.iter().map(|found| (found.entity.name, 1, found.records.len() > 1)).collect();
        assert_eq!(first.iter().map(told).collect::<Vec<_>>(), all);
        assert_eq!(found[0].records.len(), 2);
    }

    fn pages_cover_every_row_once(lab) {
        let mut dice = Dice::new(2);
        world::populate(lab, &mut dice);
        let world = World::read(lab, lab.locale());
        let (mut sorts, mut rows) = (0, 0);
        for kind in entities::all() {
            let fields: Vec<&str> = kind.fields.iter().filter(|field| is_sorted_by(field)).map(|field| field.name).collect();
            let mut written: Vec<String> = fields.iter().flat_map(|name| [(*name).to_owned(), format!("-{name}")]).collect();
            // Those that columns give beside each other, and one of these beside one that is worked out.
            let (by_column, worked_out): (Vec<&str>, Vec<&str>) =
                fields.iter().partition(|name| kind.field(name).is_some_and(|field| field.sort.is_some()));
            let mixed: Vec<&str> = worked_out.first().into_iter().chain(by_column.first()).copied().collect();
            for pair in by_column.windows(2).chain(mixed.windows(2)) {
                written.extend([format!("{},-{}", pair[0], pair[1]), format!("-{},{}", pair[1], pair[0])]);
            }
            written.push(String::new());
            for sort in written {
                let filter = parse_filter(kind, "", lab.locale()).unwrap();
                let sort = parse_sort(kind, &sort).unwrap();
                let request = ListRequest { sort: sort.clone(), filter, ..ListRequest::all(kind, 37) };
                let mut wanted = world.of(kind.name);
                wanted.sort_by(|a, b| order(kind, &sort, a, b));
                let wanted: Vec<Id> = wanted.into_iter().map(|record| record.id).collect();
                assert_eq!(page_through(&lab.store, &lab.admin, &request, true), wanted, "{} by {sort:?}, forwards", kind.name);
                assert_eq!(page_through(&lab.store, &lab.admin, &request, false), wanted, "{} by {sort:?}, backwards", kind.name);
                // Looking again at what was shown begins with the same row.
                let first = lab.store.list(&lab.admin, &request).unwrap();
                if let Some(cursor) = first.cursors.get(5) {
                    let again = lab.store.list(&lab.admin, &ListRequest { from: From::At(cursor.clone()), ..request.clone() }).unwrap();
                    assert_eq!(again.rows[0].id, wanted[5], "{} by {sort:?}, again", kind.name);
                }
                sorts += 1;
                rows += wanted.len() * 2;
            }
        }
        println!("{:?}: {sorts} sorts paged forwards and backwards, {rows} rows, each once", lab.engine);
    }

    fn anything_is_found_by_its_words(lab) {
        lab.make("customers.create", &[("name", "Amina Wanjirũ"), ("phone", "+254 712 345 678"), ("mac_address", "00:1b:44:11:3a:b7")]);
        lab.make("customers.create", &[("name", "Brian"), ("notes", "knows Amina")]);
        lab.make("devices.create", &[("name", "amina-onu"), ("device_type", "olt"), ("management_ip", "10.4.0.7"), ("serial_number", "HWTC-9")]);
        lab.make("sites.create", &[("name", "Aminapur")]);
        let found = |words: &str| -> Vec<String> {
            // What is kept about them, the log of what was done, tells of them too: see the next test.
            let found = lab.store.find(&lab.admin, words, 10).unwrap().into_iter().filter(|found| !found.entity.search.is_empty());
            found.flat_map(|found| found.records).map(|record| record.title()).collect()
        };
        assert_eq!(found("AMINA"), ["CUS-000001 Amina Wanjirũ", "CUS-000002 Brian", "DEV-000001 amina-onu", "Aminapur"]);
        assert_eq!(found("wanjiru ami"), ["CUS-000001 Amina Wanjirũ"]);
        assert_eq!(found("10.4.0"), ["DEV-000001 amina-onu"]);
        assert_eq!(found("hwtc-9"), ["DEV-000001 amina-onu"]);
        assert_eq!(found("3a:b7"), ["CUS-000001 Amina Wanjirũ"]);
        for words in ["0712345678", "0712 345 6", "0712 3", "+254 712 345 678", "254712345678"] {
            assert_eq!(found(words), ["CUS-000001 Amina Wanjirũ"], "{words}");
        }
        lab.make("customers.create", &[("name", "Chipo"), ("phone", "0733 111 222")]);
        for words in ["0733111222", "0733 11", "+254733111222", "254733111222", "00254 733 111 222"] {
            assert_eq!(found(words), ["CUS-000003 Chipo"], "{words}");
        }
        assert_eq!(found("br"), ["CUS-000002 Brian"]);
        // What is called just so comes before what merely tells of it, of whatever kind.
        lab.make("customers.create", &[("name", "Naomi"), ("notes", "aminapur is far")]);
        lab.make("customers.create", &[("name", "Zoë of Aminapur")]);
        assert_eq!(found("aminapur").first().map(String::as_str), Some("Aminapur"));
        assert!(found("").is_empty() && found("%").is_empty() && found("_").is_empty() && found("*").is_empty());
        // What is changed or taken away is found as it is now.
        let site = lab.store.get_named(&lab.admin, entity("sites"), "aminapur").unwrap().id;
        lab.must("sites.update", site, &[("name", "Elsewhere")]);
        assert!(!found("amina").contains(&"Aminapur".into()) && found("elsew") == ["Elsewhere"]);
        lab.must("sites.delete", site, &[]);
        assert!(found("elsewhere").is_empty());
    }

    /// Over what a list shows of several other records each word may stand in another, and what the cell leaves out is not
    /// looked into.
    fn words_are_found_in_what_a_cell_puts_together(lab) {
        for name in ["olt-1", "olt-2", "switch-3"] {
            lab.make("devices.create", &[("name", name), ("device_type", "olt")]);
        }
        let when = [("start_time", "2030-05-01 09:00"), ("end_time", "2030-05-01 11:00")];
        let books = |devices: &str, title: &str| {
            lab.make("booking_groups.book", &[&[("devices", devices), ("title", title)][..], &when[..]].concat());
        };
        books("olt-1, olt-2", "Firmware");
        books("switch-3", "Night shift");
        lab.make("stock_locations.create", &[("name", "Main")]);
        lab.make("stock_locations.create", &[("name", "Van 7")]);
        let cable = lab.make("stock_items.create", &[("sku", "CBL"), ("name", "cable")]);
        for location in ["Main", "Van 7"] {
            lab.must("stock_items.receive", cable, &[("quantity", "5"), ("location", location)]);
        }
        let drop = lab.make("stock_items.create", &[("sku", "DRP"), ("name", "drop")]);
        lab.must("stock_items.receive", drop, &[("quantity", "5"), ("location", "Main")]);
        lab.must("stock_items.transfer", drop, &[("quantity", "5"), ("from", "Main"), ("to", "Van 7")]);
        let amina = lab.user("amina", "network");
        let second = lab.make("role_assignments.create", &[("user", "amina"), ("role", "sales")]);
        let world = World::read(lab, lab.locale());
        let taken = |kind: &str, filter: &str| {
            let resolved = parse_filter(entity(kind), filter, lab.locale()).unwrap();
            let found: Vec<Id> = lab.store.mark(&lab.admin, entity(kind), &resolved, &mut |_| true).unwrap().ids().collect();
            (found, resolved)
        };
        for (kind, filter, number) in [
            ("booking_groups", "olt-1", 1),
            ("booking_groups", "olt-1 olt-2", 1),
            ("booking_groups", "olt-2 olt-1 firmware", 1),
            ("booking_groups", "olt-1 switch-3", 0),
            ("booking_groups", "has:bookings (olt-1 olt-2 or night)", 2),
            ("booking_groups", "admin", 2),
            ("bookings", "firmware", 2),
            ("bookings", "firmware olt-2", 1),
            ("bookings", "admin switch", 1),
            ("stock_items", "main", 1),
            ("stock_items", "van", 2),
            ("stock_items", "main van cable", 1),
            ("users", "network", 1),
            ("users", "network sales amina", 1),
            ("stock_levels", "main drop", 1),
        ] {
            let (found, resolved) = taken(kind, filter);
            assert_eq!(found, world.taken(entity(kind), &resolved), "{kind} {filter}");
            assert_eq!(found.len(), number, "{kind} {filter}");
        }
        lab.must("role_assignments.deactivate", second, &[]);
        assert!(taken("users", "sales").0.is_empty() && taken("users", "network").0 == [amina.user().unwrap()]);
    }

    /// Whoever may not look at what is referred to finds it by what the list prints, and learns no more by words.
    fn words_tell_nothing_of_what_one_may_not_see(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina Wanjiru")]);
        lab.make("tickets.create", &[("title", "No light"), ("customer", &customer.to_string())]);
        lab.make("roles.create", &[("name", "triage"), ("permissions", "[\"tickets.read\"]")]);
        let triage = lab.user("tri", "triage");
        let number = |session: &Session, filter: &str| {
            let resolved = parse_filter(entity("tickets"), filter, lab.locale()).unwrap();
            lab.store.mark(session, entity("tickets"), &resolved, &mut |_| true).unwrap().ids().count()
        };
        for (filter, all, some) in [("amina", 1, 0), ("light", 1, 1), ("-amina", 0, 1), ("amina light", 1, 0), ("CUS-000001", 1, 1), ("cus-000001 light", 1, 1)] {
            assert_eq!((number(&lab.admin, filter), number(&triage, filter)), (all, some), "{filter}");
        }
    }

    fn words_that_stand_in_several_records_find_what_shows_them_together(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina Wanjiru")]).to_string();
        let ticket = lab.make("tickets.create", &[("title", "Storm damage"), ("customer", &customer)]);
        lab.make("tickets.create", &[("title", "Storm elsewhere")]);
        let found = |session: &Session, words: &str| -> Vec<(&'static str, Id)> {
            let found = lab.store.find(session, words, 6).unwrap();
            found.iter().flat_map(|found| found.records.iter().map(|record| (found.entity.name, record.id))).collect()
        };
        assert_eq!(found(&lab.admin, "wanjiru storm").first(), Some(&("tickets", ticket)));
        assert_eq!(found(&lab.admin, "damage amina wanjiru").first(), Some(&("tickets", ticket)));
        assert!(found(&lab.admin, "wanjiru elsewhere").is_empty());
        // Who may not look at tickets finds none by them.
        lab.make("roles.create", &[("name", "desk"), ("permissions", "[\"customers.read\"]")]);
        let nobody = lab.user("nobody", "desk");
        assert!(found(&nobody, "wanjiru storm").is_empty());
    }

    fn what_keeps_no_document_is_found_too(lab) {
        lab.make("roles.create", &[("name", "caretaker"), ("description", "Looks after the Höhenweg")]);
        let found = |session: &Session, words: &str| -> Vec<(&'static str, String)> {
            let found = lab.store.find(session, words, 10).unwrap();
            found.iter().flat_map(|found| found.records.iter().map(|record| (found.entity.name, record.title()))).collect()
        };
        let caretaker = ("roles", "caretaker".to_owned());
        for words in ["caretak", "hohenweg", "the HÖHEN after", "er loo"] {
            assert_eq!(found(&lab.admin, words).contains(&caretaker), words != "er loo", "{words}");
        }
        assert_eq!(found(&lab.admin, "caretaker").first(), Some(&caretaker), "what is called just so comes first");
        assert!(found(&lab.admin, "create caretaker").iter().any(|(kind, _)| *kind == "operations"));
        // Nobody finds what they may not see.
        let field = lab.user("eng", "engineer");
        assert!(!field.may("roles.read") && !found(&field, "caretaker").contains(&caretaker));
        assert!(found(&lab.admin, "%").is_empty() && found(&lab.admin, "*").is_empty());
    }
}
