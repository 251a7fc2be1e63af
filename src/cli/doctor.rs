//! `headend doctor`: what works here, and what to do about the rest.

use std::io::IsTerminal as _;
use std::path::Path;

use super::arguments::Doctor;
use super::context::Context;
use super::failure::{Exit, Failed, Outcome};
use super::output::Output;
use crate::config::environment;
use crate::domain::text::clean;
use crate::health::probes::icmp::{self, Permission};
use crate::store::audit::Verdict;
use crate::store::{Store, Target};

/// How something stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Ok,
    Warn,
    Fail,
}

struct Report {
    out: Output,
    failed: bool,
}

impl Report {
    fn tell(&mut self, state: State, what: &str, how: &str) -> Outcome {
        self.failed |= state == State::Fail;
        let word = match state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "fail",
        };
        self.out.line(&format!("{word:4}  {what:12}  {}", clean(how)))
    }
}

pub fn run(context: &Context, options: &Doctor) -> Outcome {
    let mut report = Report { out: Output::new(), failed: false };
    directories(context, &mut report)?;
    key(context, &mut report)?;
    let store = database(context, &mut report)?;
    ping(&mut report)?;
    terminal(&mut report)?;
    if let (true, Some(_)) = (options.data, &store) {
        data(context, &mut report)?;
    }
    report.out.finish()?;
    if report.failed { Err(Failed::Told(Exit::Refused)) } else { Ok(()) }
}

fn database(context: &Context, report: &mut Report) -> Outcome<Option<Store>> {
    let target = context.target()?;
    let options = crate::store::Options {
        read_only: true,
        master: context.config.key_source().read().ok().flatten(),
        ..crate::store::Options::default()
    };
    let store = match Store::open(&target, options) {
        Ok(store) => store,
        Err(error) => {
            report.tell(State::Fail, "database", &Failed::from(error).to_string())?;
            return Ok(None);
        }
    };
    let facts = store.facts()?;
    report.tell(
        State::Ok,
        "database",
        &format!("{target} ({}) answers; the schema is of this program", facts.version),
    )?;
    match &target {
        Target::Sqlite(path) => {
            let fine = facts.journal.eq_ignore_ascii_case("wal");
            let how =
                format!("journal mode {}{}", facts.journal, if fine { "" } else { ": keep the file on a local disk" });
            report.tell(if fine { State::Ok } else { State::Warn }, "journal", &how)?;
            disk(path, report)?;
        }
        Target::Postgres(_) => {
            let fine = facts.role == "headend_app";
            report.tell(if fine { State::Ok } else { State::Fail }, "role", &format!("acts as {}", facts.role))?;
        }
    }
    if let Some(clock) = facts.clock {
        let skew = (clock - store.now()).num_milliseconds().abs();
        let state = if skew < 2_000 { State::Ok } else { State::Warn };
        let todo = if skew < 2_000 { "" } else { ": run a time service (NTP) on both" };
        report.tell(state, "clock", &format!("{skew} ms away from the database's{todo}"))?;
    } else {
        report.tell(State::Ok, "clock", "the database has this machine's")?;
    }
    match store.somebody_polls() {
        Ok(true) => report.tell(State::Ok, "poller", "a poller is at work")?,
        Ok(false) => {
            report.tell(
                State::Warn,
                "poller",
                "nobody polls just now: start `headend poll`, or the console on SQLite",
            )?;
        }
        Err(error) => report.tell(State::Warn, "poller", &error.to_string())?,
    }
    Ok(Some(store))
}

fn disk(path: &Path, report: &mut Report) -> Outcome {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match rustix::fs::statvfs(directory) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize) >> 20;
            let state = match free {
                0..=99 => State::Fail,
                100..=1_023 => State::Warn,
                _ => State::Ok,
            };
            let todo = if state == State::Ok { "" } else { ": make room" };
            report.tell(state, "disk", &format!("{free} MiB free beside the database{todo}"))
        }
        Err(error) => {
            report.tell(State::Warn, "disk", &format!("{} cannot be looked at: {error}", directory.display()))
        }
    }
}

fn key(context: &Context, report: &mut Report) -> Outcome {
    let source = context.config.key_source();
    match source.read() {
        Ok(Some(_)) => report.tell(State::Ok, "key", "the key that opens secrets and signs the audit log is here"),
        Ok(None) => report.tell(
            State::Fail,
            "key",
            "there is no key file: nothing can be changed without it. Name it with HEADEND_KEY_FILE; `headend init` makes one",
        ),
        Err(error) => report.tell(State::Fail, "key", &error.to_string()),
    }
}

fn ping(report: &mut Report) -> Outcome {
    match icmp::permission() {
        Permission::Dgram => report.tell(State::Ok, "ping", "allowed, through ping sockets"),
        Permission::Raw => report.tell(State::Ok, "ping", "allowed, through raw sockets"),
        Permission::Denied(denied) => {
            report.tell(State::Warn, "ping", &format!("{}; TCP checks go on. {}", denied.why, denied.what_to_do))
        }
    }
}

fn terminal(report: &mut Report) -> Outcome {
    let term = environment("TERM").unwrap_or_default();
    if !std::io::stdin().is_terminal() {
        return report.tell(State::Ok, "terminal", "none here: this is a script or a pipe");
    }
    if term.is_empty() || term == "dumb" {
        report.tell(
            State::Warn,
            "terminal",
            "TERM says that it can do nothing: set TERM, such as TERM=xterm-256color",
        )?;
    } else {
        let colours = match environment("COLORTERM") {
            Some(_) => "16 million colours",
            None if term.contains("256") => "256 colours",
            None => "16 colours",
        };
        let colours = if environment("NO_COLOR").is_some() { "no colours (NO_COLOR)" } else { colours };
        report.tell(State::Ok, "terminal", &format!("{term}, {colours}"))?;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(environment).unwrap_or_default();
    let utf8 = locale.to_ascii_lowercase().replace('-', "").contains("utf8");
    if utf8 {
        report.tell(State::Ok, "locale", &locale)
    } else {
        report.tell(State::Warn, "locale", &format!("‘{locale}’ is not UTF-8: set LANG=C.UTF-8, or use --ascii"))
    }
}

fn directories(context: &Context, report: &mut Report) -> Outcome {
    let known = &context.config.directories;
    for (what, directory) in
        [("config", &known.config), ("data", &known.data), ("state", &known.state), ("cache", &known.cache)]
    {
        match directory {
            None => report.tell(State::Warn, what, "there is no home directory: name files with flags")?,
            Some(path) => match writable(path) {
                Ok(()) => report.tell(State::Ok, what, &path.display().to_string())?,
                Err(error) => report.tell(
                    State::Fail,
                    what,
                    &format!("{} cannot be written: {error}. Make it yours, or free the disk", path.display()),
                )?,
            },
        }
    }
    Ok(())
}

/// Whether a directory, or the nearest one above it that exists, takes a file.
fn writable(path: &Path) -> std::io::Result<()> {
    let existing = path.ancestors().find(|path| path.exists()).unwrap_or(path);
    let probe = existing.join(format!(".headend-doctor-{}", std::process::id()));
    std::fs::OpenOptions::new().write(true).create_new(true).open(&probe)?;
    std::fs::remove_file(&probe)
}

fn data(context: &Context, report: &mut Report) -> Outcome {
    let work = context.work()?;
    for figure in work.store.recompute(&work.session)? {
        if figure.wrong_count == 0 {
            report.tell(State::Ok, "data", &format!("{}: {} right", figure.what, figure.looked_at))?;
            continue;
        }
        let named = figure.wrong.join("; ");
        let told = format!("{}: {} of {} wrong: {named}", figure.what, figure.wrong_count, figure.looked_at);
        report.tell(State::Fail, "data", &format!("{told}. Restore a backup, or write those records anew"))?;
    }
    match work.store.verify_audit(&work.session)? {
        Verdict::Sound { entries } => {
            report.tell(State::Ok, "audit", &format!("{entries} entries as they were written"))
        }
        Verdict::Broken { chain, sequence, why } => {
            report.tell(State::Fail, "audit", &format!("chain {chain}, entry {sequence}: {why}"))
        }
    }
}
