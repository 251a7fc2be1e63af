//! One action, one effect, where the line to the server breaks at COMMIT: before the server hears of it, or before its
//! answer is heard, or while it is still on its way.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};

use headend::store::operation::Request;
use headend::store::{Failure, Options, Store, Target};

use crate::common::dice::{Dice, is_full};
use crate::common::lab::{find, key, text};
use crate::common::{Engine, Lab};

/// What becomes of the next COMMIT.
const WHOLE: u8 = 0;
const LOST_ON_THE_WAY: u8 = 1;
const ANSWER_LOST: u8 = 2;
/// The client is cut off; the server hears the COMMIT once the test lets it.
const HEARD_LATE: u8 = 3;
/// The client is cut off; the server learns of it once the test lets it, and never hears the COMMIT.
const LOST_LATE: u8 = 4;

/// A line to a server that can be told to break at the next COMMIT, once.
struct Line {
    port: u16,
    plan: Arc<AtomicU8>,
    broken: Arc<AtomicU64>,
    /// Where what is late waits for the test.
    late: Arc<Barrier>,
}

/// A simple query as PostgreSQL's protocol has it.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

impl Line {
    fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let line = Self { port, plan: Arc::default(), broken: Arc::default(), late: Arc::new(Barrier::new(2)) };
        let (plan, broken, late) = (Arc::clone(&line.plan), Arc::clone(&line.broken), Arc::clone(&line.late));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&server) else { continue };
                let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || carry(back.0, back.1));
                let (plan, broken, late) = (Arc::clone(&plan), Arc::clone(&broken), Arc::clone(&late));
                std::thread::spawn(move || ask(client, server, &plan, &broken, &late));
            }
        });
        line
    }

    fn break_at_commit(&self, how: u8) {
        self.plan.store(how, Ordering::SeqCst);
    }
}

/// What the client says, watched for its COMMIT.
fn ask(
    mut client: TcpStream,
    mut server: TcpStream,
    plan: &AtomicU8,
    broken: &AtomicU64,
    late: &Barrier,
) -> io::Result<()> {
    let mut bytes = [0; 8192];
    loop {
        let count = client.read(&mut bytes)?;
        if count == 0 {
            return server.shutdown(Shutdown::Both);
        }
        let said = &bytes[..count];
        if said.windows(COMMIT.len()).any(|window| window == COMMIT) {
            let how = plan.swap(WHOLE, Ordering::SeqCst);
            if how != WHOLE {
                broken.fetch_add(1, Ordering::SeqCst);
                let _ = client.shutdown(Shutdown::Both);
                if matches!(how, HEARD_LATE | LOST_LATE) {
                    late.wait();
                }
                if matches!(how, LOST_ON_THE_WAY | LOST_LATE) {
                    return server.shutdown(Shutdown::Both);
                }
                // The server hears it, does it, and finds nobody to tell.
                server.write_all(said)?;
                let mut rest = Vec::new();
                let _ = server.shutdown(Shutdown::Write);
                return server.read_to_end(&mut rest).map(|_| ());
            }
        }
        server.write_all(said)?;
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    let mut bytes = [0; 8192];
    loop {
        let count = from.read(&mut bytes)?;
        if count == 0 {
            return to.shutdown(Shutdown::Write);
        }
        to.write_all(&bytes[..count])?;
    }
}

/// A database, a line to it that can break, and who asks over that line.
fn behind_a_line() -> (Lab, Line, Store) {
    let lab = Lab::new(Engine::Postgres);
    let url = lab.url();
    let place = url.split_once('@').unwrap().1.split('/').next().unwrap();
    let line = Line::to(place.to_owned());
    let target = Target::parse(&url.replace(place, &format!("127.0.0.1:{}", line.port))).unwrap();
    let store = Store::open(&target, Options { master: Some(key()), ..Options::default() }).unwrap();
    // Keys are read and numbers taken before anything breaks, so that it is the action's own COMMIT.
    store.perform(&lab.admin, &Request::new(find("sites.create")).with("name", text("first"))).unwrap();
    (lab, line, store)
}

#[test]
fn a_commit_that_is_still_on_its_way_is_waited_for() {
    let (lab, line, store) = behind_a_line();
    for (how, name) in [(HEARD_LATE, "heard"), (LOST_LATE, "lost")] {
        let request = Request::new(find("sites.create")).with("name", text(name));
        line.break_at_commit(how);
        let outcome = std::thread::scope(|scope| {
            let asked = scope.spawn(|| store.perform(&lab.admin, &request));
            // It is let go once whoever looks it up waits for it, or, wrongly, did not.
            let waiting = || {
                lab.raw().number(
                    "count(*)",
                    "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
                )
            };
            while waiting() == 0 && !asked.is_finished() {
                std::thread::yield_now();
            }
            line.late.wait();
            asked.join().unwrap()
        });
        let there = lab.raw().number("count(*)", &format!("FROM sites WHERE name = '{name}'"));
        match how {
            HEARD_LATE => assert!(outcome.is_ok() && there == 1, "{outcome:?}, {there} there"),
            _ => {
                let why = outcome.unwrap_err().to_string();
                assert!(why.contains("nothing was written") && there == 0, "{why}, {there} there");
            }
        }
    }
}

#[test]
fn one_action_has_one_effect_when_the_line_breaks_at_commit() {
    let (lab, line, store) = behind_a_line();
    let tries = if is_full() { 500 } else { 60 };
    let mut dice = Dice::new(17);
    let (mut saved, mut refused, mut wrong) = (0, 0, Vec::new());
    for n in 0..tries {
        let name = format!("site {n}");
        let request = Request::new(find("sites.create")).with("name", text(&name));
        let how = if dice.chance(50) { LOST_ON_THE_WAY } else { ANSWER_LOST };
        line.break_at_commit(how);
        let outcome = store.perform(&lab.admin, &request);
        let there = lab.raw().number("count(*)", &format!("FROM sites WHERE name = '{name}'"));
        match (&outcome, there) {
            (Ok(_), 1) => saved += 1,
            (Err(error), 0) if matches!(error.failure(), Failure::Refused(why) if why.contains("nothing was written")) => {
                refused += 1
            }
            (outcome, there) => wrong.push(format!("{name}: {outcome:?}, {there} there")),
        }
        // Asked for once more, as one does who does not know: once it is there, and once only.
        store.perform(&lab.admin, &request).unwrap();
        if lab.raw().number("count(*)", &format!("FROM sites WHERE name = '{name}'")) != 1 {
            wrong.push(format!("{name}: done more than once, or not at all"));
        }
    }
    let broken = line.broken.load(Ordering::SeqCst);
    println!(
        "{tries} actions, the line broke at COMMIT {broken} times: {saved} were saved, {refused} told that nothing was, {} wrong",
        wrong.len()
    );
    assert_eq!((broken, wrong), (tries, Vec::<String>::new()));
    assert!(saved > 0 && refused > 0);
    assert_eq!(
        lab.raw().number("count(DISTINCT id)", "FROM operations WHERE kind = 'sites.create'"),
        i64::try_from(tries).unwrap() + 1
    );
}
