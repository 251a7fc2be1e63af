//! `headend import`: records from a file, all or nothing.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use super::arguments::{FileFormat, Import};
use super::context::{Context, resource};
use super::failure::{Exit, Failed, Outcome};
use super::interrupt;
use super::output::Output;
use crate::domain::text::clean;
use crate::exchange::Format;
use crate::exchange::columns::Map;
use crate::exchange::import::{ImportFile, Unreadable};
use crate::store::bulk::{BulkRules, Phase, RowProblem, Watch, importing};

pub fn format_of(format: FileFormat) -> Format {
    format.into()
}

pub fn run(context: &Context, options: &Import) -> Outcome {
    let work = context.work()?;
    let entity = resource(&options.resource)?.entity;
    let operation =
        importing(entity).ok_or_else(|| Failed::Misuse(format!("{} are not brought in from files", entity.name)))?;
    work.session.require(operation.name)?;
    let map = options.map.as_deref().map(Map::read).transpose().map_err(Failed::Refused)?.unwrap_or_default();
    let locale = work.session.locale(work.store.now());
    let file =
        ImportFile::open(entity, &options.file, options.format.map(Format::from), map, locale).map_err(unreadable)?;
    let left_out: Vec<&str> = file.left_out().filter(|name| !name.is_empty()).collect();
    if !left_out.is_empty() {
        eprintln!("headend: not brought in, because the program keeps them itself: {}.", left_out.join(", "));
    }
    interrupt::cancel_on_interrupt();
    let rules = BulkRules { update: options.update, dry_run: options.dry_run, only_good: options.only_good };
    let mut progress = Progress::new(&file.name);
    let outcome = work.store.import(&work.session, operation, &file, rules, &mut progress);
    progress.clear();
    let told = outcome?;
    if let (Some(rejects), true) = (&options.rejects, told.bad > 0) {
        file.copy_rows(&told.bad_lines, rejects)?;
    }
    let nothing = told.bad > 0 && !options.only_good;
    let (new, changed) = if nothing { (0, 0) } else { (told.new, told.changed) };
    let unchanged = if nothing { 0 } else { told.unchanged };
    let verb = if options.dry_run { "would import" } else { "imported" };
    let mut out = Output::new();
    out.line(&format!("{verb} {new} new, {changed} changed, {unchanged} unchanged, {} bad", told.bad))?;
    out.finish()?;
    match (told.bad, options.only_good) {
        (0, _) => Ok(()),
        (bad, false) => {
            let would = if options.dry_run { "would be" } else { "was" };
            eprintln!(
                "headend: nothing {would} written. Put the {bad} bad rows right, or use --only-good with --rejects FILE."
            );
            Err(Failed::Told(Exit::Refused))
        }
        (_, true) => Err(Failed::Told(Exit::Partly)),
    }
}

fn unreadable(error: Unreadable) -> Failed {
    match error {
        Unreadable::Columns(wrong) => {
            for line in &wrong {
                eprintln!("headend: {line}");
            }
            eprintln!("headend: nothing was written.");
            Failed::Told(Exit::Refused)
        }
        other => Failed::Refused(other.to_string()),
    }
}

/// Bad rows and progress on stderr.
struct Progress<'a> {
    file: &'a str,
    started: Instant,
    phase: Phase,
    shown: Option<Instant>,
    /// Rows that the first pass counted.
    total: u64,
    terminal: bool,
}

/// How often the line is drawn anew.
const EVERY: Duration = Duration::from_millis(200);

impl<'a> Progress<'a> {
    fn new(file: &'a str) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { file, started: Instant::now(), phase: Phase::Checking, shown: None, total: 0, terminal }
    }

    fn clear(&mut self) {
        if self.shown.take().is_some() {
            eprint!("\r\x1b[K");
        }
    }

    fn draw(&mut self, rows: u64) {
        if !self.terminal || self.started.elapsed() < EVERY || self.shown.is_some_and(|shown| shown.elapsed() < EVERY) {
            return;
        }
        let seconds = self.started.elapsed().as_secs_f64();
        #[allow(clippy::cast_precision_loss)] // a figure for people
        let rate = rows as f64 / seconds.max(0.001);
        let what = match self.phase {
            Phase::Checking => format!("checking: {rows} rows, {rate:.0} rows/s"),
            Phase::Writing => {
                #[allow(clippy::cast_precision_loss)]
                let left = self.total.saturating_sub(rows) as f64 / rate.max(1.0);
                format!("writing: {rows} of {} rows, {rate:.0} rows/s, {left:.0} s left", self.total)
            }
        };
        eprint!("\r\x1b[K{what}  (Ctrl-C stops; nothing is written then)");
        let _ = std::io::stderr().flush();
        self.shown = Some(Instant::now());
    }
}

impl Watch for Progress<'_> {
    fn problem(&mut self, line: u64, problem: &RowProblem) {
        self.clear();
        let RowProblem { field, value, why } = problem;
        // Long text is cut: the place says where all of it stands.
        let value: String = clean(value).chars().take(80).collect();
        eprintln!("{}:{line}: {}: {value}: {}", self.file, clean(field), clean(why));
    }

    fn progress(&mut self, phase: Phase, rows: u64) -> bool {
        if phase != self.phase {
            self.phase = phase;
            self.started = Instant::now();
        }
        if phase == Phase::Checking {
            self.total = rows;
        }
        if rows != u64::MAX {
            self.draw(rows);
        }
        !interrupt::is_interrupted()
    }
}
