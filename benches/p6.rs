//! P6: pages of a list beside the statements that one would write by hand.

use std::time::Instant;

use headend::store::bench_data::{self, Ask};
use headend::store::list::{COUNT_CAP, Effort, From, ListRequest, Page, parse_filter};
use headend::store::{Session, Store, Target, entities};

use crate::{Failed, Verdicts, median, world};

const ROWS: usize = 50;
const TURNS: usize = 41;

pub fn run(size: Option<u64>, verdicts: &mut Verdicts) -> Result<(), Failed> {
    let size = size.unwrap_or(1_000_000);
    let directory = tempfile::tempdir()?;
    on(&Target::Sqlite(directory.path().join("headend.db")), "SQLite", directory.path(), size, verdicts)?;
    match world::Server::find() {
        Ok(server) => {
            let directory = tempfile::tempdir()?;
            on(&server.database()?, "PostgreSQL", directory.path(), size, verdicts)
        }
        Err(why) => {
            verdicts.skip("P6 PostgreSQL", &why);
            Ok(())
        }
    }
}

/// A page by our list and by hand.
struct Case {
    name: &'static str,
    request: ListRequest,
    ask: Ask,
}

fn on(
    target: &Target,
    engine: &str,
    directory: &std::path::Path,
    size: u64,
    verdicts: &mut Verdicts,
) -> Result<(), Failed> {
    let (store, session) = world::open(target, directory)?;
    let begun = Instant::now();
    bench_data::make_customers(target, session.tenant.id, size)?;
    println!("{engine}: {size} customers made in {:.0} s", begun.elapsed().as_secs_f64());
    for case in cases(&store, &session, size)? {
        let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for turn in 0..TURNS {
            let list = || timed(|| store.list(&session, &case.request));
            let hand = || timed(|| store.by_hand(&session, &case.ask, ROWS as i64 + 1));
            let ((page, our), (rows, their)) = if turn % 2 == 0 {
                (list(), hand())
            } else {
                let hand = hand();
                (list(), hand)
            };
            if turn == 0 {
                check(&case, &page?, &rows?)?;
                continue;
            }
            let _ = (page?, rows?);
            ours.push(our);
            theirs.push(their);
            ratios.push(our / their);
        }
        let (ours, theirs, ratio) = (median(&ours), median(&theirs), median(&ratios));
        println!("{:<24} list {ours:.3} ms, by hand {theirs:.3} ms", case.name);
        verdicts.put(&format!("P6 {engine}, {}, ratio", case.name), ratio, 2.0);
        verdicts.put(&format!("P6 {engine}, {}, ms", case.name), ours, 10.0);
    }
    look_through(&store, &session, engine, "customers", &LOOKED_THROUGH, verdicts)?;
    let begun = Instant::now();
    bench_data::make_tickets(target)?;
    println!("{engine}: a ticket of each made in {:.0} s", begun.elapsed().as_secs_f64());
    look_through(&store, &session, engine, "tickets", &BEHIND, verdicts)?;
    find(&store, &session, engine, verdicts)
}

/// Words of tickets, which stand in their customers' numbers and names, in their own texts, or in both.
const BEHIND: [&str; 8] = [
    "zeppelin",
    "cus-00500017",
    "fischer",
    "fischer 4711",
    "fischer 4711 canal",
    "-fischer canal",
    "nobody light",
    "fischer or status:resolved",
];

/// What is looked for everywhere.
const FOUND: [&str; 4] = ["zeppelin", "fischer", "fischer 4711", "cus-00500017"];
/// Find-anything answers while one types, in milliseconds.
const FOUND_MS: f64 = 10.0;

fn find(store: &Store, session: &Session, engine: &str, verdicts: &mut Verdicts) -> Result<(), Failed> {
    for words in FOUND {
        let mut times = Vec::new();
        for _ in 0..15 {
            let (found, time) = timed(|| store.find(session, words, 5));
            let found: usize = found?.iter().map(|found| found.records.len()).sum();
            times.push(time);
            if times.len() == 1 {
                println!("find {words:<20} {found} records, first in {time:.1} ms");
            }
        }
        verdicts.put(&format!("P6 {engine}, find {words}, ms"), median(&times), FOUND_MS);
    }
    Ok(())
}

/// Filters that no index answers, and such beside what one knows: how long a person waits for what the console shows.
const LOOKED_THROUGH: [&str; 9] = [
    r"name~^\d{9}$",
    "-name:a",
    "-name:zeppelin",
    r"status:suspended name~\d{9}",
    "zeppelin or -status:active,suspended",
    "fischer name~^Z",
    "has:ticket",
    "no:ticket name~^Z",
    "plan.name~zz or email:zz",
];
/// They are given so long, in milliseconds.
const GLANCE_MS: f64 = 1_000.0;

/// The first page and the count of each, as a list asks for them.
fn look_through(
    store: &Store,
    session: &Session,
    engine: &str,
    kind: &str,
    filters: &[&str],
    verdicts: &mut Verdicts,
) -> Result<(), Failed> {
    let entity = entities::find(kind).ok_or("no such kind")?;
    for filter in filters {
        let resolved = parse_filter(entity, filter, session.locale(store.now())).map_err(|mistake| mistake.message)?;
        let request =
            ListRequest { filter: resolved.clone(), effort: Effort::GLANCE, ..ListRequest::all(entity, ROWS) };
        let (page, first) = timed(|| store.list(session, &request));
        let page = page?;
        let (count, counted) = timed(|| store.count(session, entity, &resolved, COUNT_CAP, Effort::GLANCE));
        let count = count?;
        let end = if page.looked.is_some() { ", looked no further" } else { "" };
        println!("{filter:<40} {} rows in {first:.1} ms{end}; {count:?} in {counted:.1} ms", page.rows.len());
        verdicts.put(&format!("P6 {engine}, {kind} {filter}, ms"), first.max(counted), GLANCE_MS);
    }
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = Instant::now();
    let result = work();
    (result, begun.elapsed().as_secs_f64() * 1e3)
}

fn cases(store: &Store, session: &Session, size: u64) -> Result<Vec<Case>, Failed> {
    let entity = entities::find("customers").ok_or("no customers")?;
    let all = ListRequest { effort: Effort::GLANCE, ..ListRequest::all(entity, ROWS) };
    let filtered = |filter: &str| -> Result<ListRequest, Failed> {
        let filter = parse_filter(entity, filter, session.locale(store.now())).map_err(|mistake| mistake.message)?;
        Ok(ListRequest { filter, ..all.clone() })
    };
    // The row that the page at nine tenths begins after, and the cursor that our list gives for it.
    let place = i64::try_from(size / 10 * 9)?;
    let before = store.by_hand(session, &Ask::At(place), 1)?.pop().ok_or("too few customers")?;
    let (key, id) = before.place();
    let named = parse_filter(entity, &format!("name=\"{}\"", before.name), session.locale(store.now()));
    let named = ListRequest { filter: named.map_err(|mistake| mistake.message)?, ..ListRequest::all(entity, 10_000) };
    let page = store.list(session, &named)?;
    let cursor = page.rows.iter().position(|row| row.id == id).and_then(|place| page.cursors.get(place).cloned());
    let after = ListRequest { from: From::After(cursor.ok_or("the row was not found")?), ..all.clone() };
    Ok(vec![
        Case { name: "first page", request: all.clone(), ask: Ask::First },
        Case { name: "next page at 90 %", request: after, ask: Ask::After(key, id) },
        Case { name: "last page", request: ListRequest { from: From::End, ..all.clone() }, ask: Ask::Last },
        Case { name: "status filter", request: filtered("status:suspended")?, ask: Ask::Status("suspended") },
        Case { name: "rare word", request: filtered("zeppelin")?, ask: Ask::Rare("zeppelin") },
        Case { name: "common word", request: filtered("fischer")?, ask: Ask::Common("fischer") },
    ])
}

/// Both must say the same, or they are not worth comparing.
fn check(case: &Case, page: &Page, rows: &[bench_data::ByHand]) -> Result<(), Failed> {
    let ours: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    let mut theirs: Vec<_> = rows.iter().take(ROWS).map(|row| row.place().1).collect();
    if case.ask == Ask::Last {
        theirs.reverse();
    }
    if ours != theirs || ours.is_empty() {
        return Err(format!("{}: the list and the statement by hand do not give the same rows", case.name).into());
    }
    Ok(())
}
