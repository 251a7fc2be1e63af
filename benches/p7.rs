//! P7: from the start of the program to its first frame with rows, and what it keeps in memory while one browses.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use headend::store::bench_data;
use portable_pty::CommandBuilder;

use crate::terminal::{Desk, Screen};
use crate::{Failed, Verdicts, median};

const TURNS: usize = 9;
const SIZE: (u16, u16) = (120, 40);
/// Screens that are leafed through before the memory is looked at.
const SCREENS: usize = 200;

pub fn run(size: Option<u64>, verdicts: &mut Verdicts) -> Result<(), Failed> {
    let size = size.unwrap_or(1_000_000);
    let directory = tempfile::tempdir()?;
    let desk = Desk::found(directory.path())?;
    bench_data::make_customers(&desk.target, desk.session.tenant.id, size)?;
    let mut starts = Vec::new();
    for _ in 0..TURNS {
        let mut screen = desk.opens("customers", SIZE)?;
        let shown = screen.until("▌ CUS-")?;
        starts.push(shown.saturating_duration_since(screen.begun).as_secs_f64() * 1_000.0);
    }
    let start = median(&starts);
    println!("headend: {size} customers, first rows after {start:.0} ms ({starts:.0?})");
    verdicts.put("P7 first frame with rows, ms", start, 60.0);
    let mut screen = desk.opens("customers", SIZE)?;
    screen.until("▌ CUS-")?;
    for _ in 0..SCREENS {
        screen.press("\x1b[6~")?;
        screen.falls_silent(Duration::from_millis(20))?;
    }
    let resident = screen.resident()?;
    println!("headend: {resident:.0} MB resident after {SCREENS} screens");
    verdicts.put("P7 resident while browsing, MB", resident, 40.0);
    drop(screen);
    let csv = directory.path().join("customers.csv");
    let mut export = Command::new(env!("CARGO_BIN_EXE_headend"));
    export.args(["export", "customers"]).arg(&csv).env_clear().envs(desk.environment());
    let exported = export.stdout(Stdio::null()).status()?;
    if !exported.success() {
        return Err("the rows were not exported".into());
    }
    for (program, arguments) in [("csvlens", &[][..]), ("vd", &["--nothing"])] {
        peer(program, arguments, &csv, verdicts)?;
    }
    Ok(())
}

/// The same rows in a viewer of files, where it is installed.
fn peer(program: &str, arguments: &[&str], csv: &Path, verdicts: &mut Verdicts) -> Result<(), Failed> {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        verdicts.skip(&format!("P7 beside {program}"), "it is not installed");
        return Ok(());
    }
    let mut command = CommandBuilder::new(program);
    command.args(arguments);
    command.arg(csv);
    command.env("TERM", "xterm-256color");
    command.env("HOME", csv.with_file_name(""));
    let mut screen = Screen::start(command, SIZE)?;
    let shown = screen.until("CUS-")?;
    let start = shown.saturating_duration_since(screen.begun).as_secs_f64() * 1_000.0;
    screen.falls_silent(Duration::from_secs(2))?;
    println!("{program}: first rows after {start:.0} ms, {:.0} MB resident", screen.resident()?);
    Ok(())
}
