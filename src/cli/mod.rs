//! The command line: one file a command; no rule lives here.

mod add;
mod arguments;
mod audit;
mod check;
mod completions;
mod console;
mod context;
mod demo;
mod r#do;
mod doctor;
mod export;
mod failure;
mod format;
mod get;
mod history;
mod import;
mod init;
mod interrupt;
mod keys;
mod list;
mod login;
mod migrate;
mod output;
mod poll;
mod prompt;
mod reference;
mod sessions;
mod set;
mod table;
mod tenant;
mod tokens;
mod undo;
mod user;
mod values;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use context::Context;
use failure::{Exit, Failed, Outcome, hide_passwords};

pub use arguments::command;

/// Runs the program and tells how it ended.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misused(&error),
    };
    start_log(arguments.global.verbose);
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => failed.tell(),
    }
}

/// Help and version go to stdout; a mistake is told without any password that stood in it.
fn misused(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::SUCCESS, // whoever reads has gone
        };
    }
    let told = hide_passwords(&error.render().to_string());
    let told: Vec<&str> = told.lines().filter(|line| !line.trim().is_empty()).collect();
    let what = told.first().map_or("", |line| line.trim_start_matches("error: "));
    // The rest says what would be right.
    let rest: Vec<&str> = told.iter().skip(1).map(|line| line.trim()).collect();
    eprintln!("headend: {what}. {}", rest.join(" "));
    ExitCode::from(Exit::Misuse as u8)
}

/// Details go to stderr, only where they were asked for.
fn start_log(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => "headend=info",
        2 => "headend=debug",
        _ => "headend=trace",
    };
    let filter = tracing_subscriber::EnvFilter::new(level);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    let _ = log.try_init();
}

fn run(arguments: Arguments) -> Outcome {
    let flags = arguments.console;
    let command = match arguments.command {
        None => Command::Console(arguments::Console { place: None, flags }),
        Some(Command::Console(options)) => {
            Command::Console(arguments::Console { flags: options.flags.and(flags), ..options })
        }
        Some(Command::Demo(options)) => {
            Command::Demo(arguments::Demo { ascii: options.ascii || flags.ascii, ..options })
        }
        Some(_) if flags != arguments::ConsoleFlags::default() => {
            return Err(Failed::Misuse("--ascii, --poll and --no-poll are for the console and the demo alone".into()));
        }
        Some(command) => command,
    };
    let context = Context::new(arguments.global)?;
    if !matches!(command, Command::Console(_) | Command::Demo(_) | Command::Poll(_)) {
        interrupt::end_on_interrupt();
    }
    match command {
        Command::Console(options) => console::run(&context, &options),
        Command::Demo(options) => demo::run(&context, &options),
        Command::Init(options) => init::run(&context, options),
        Command::Migrate(options) => migrate::run(&context, &options),
        Command::List(options) => list::run(&context, &options),
        Command::Get(options) => get::run(&context, &options),
        Command::History(options) => history::run(&context, &options),
        Command::Add(options) => add::run(&context, &options),
        Command::Set(options) => set::run(&context, &options),
        Command::Do(options) => r#do::run(&context, &options),
        Command::Undo(options) => undo::run(&context, &options),
        Command::Import(options) => import::run(&context, &options),
        Command::Export(options) => export::run(&context, &options),
        Command::Keys(options) => keys::run(&context, &options),
        Command::Poll(options) => poll::run(&context, &options),
        Command::Check(options) => check::run(&context, &options),
        Command::Audit(options) => audit::run(&context, &options),
        Command::User(options) => user::run(&context, &options),
        Command::Tenant(options) => tenant::run(&context, &options),
        Command::Sessions(options) => sessions::run(&context, &options),
        Command::Login(options) => login::run(&context, options),
        Command::Logout => login::log_out(&context),
        Command::Doctor(options) => doctor::run(&context, &options),
        Command::Reference(options) => reference::run(&context, &options),
        Command::Man => completions::man(),
        Command::Completions { shell } => completions::of_shell(shell),
    }
}
