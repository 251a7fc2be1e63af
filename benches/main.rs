//! `headend-bench NAME … [--size N]`: the program's promises of speed, measured beside what they are promised against.
//!
//! ```text
//! cargo bench --bench headend-bench -- P1 --size 50000
//! cargo bench --bench headend-bench -- all
//! ```
//!
//! * `P1`: a round of pings beside fping on the same addresses (`--size`: how many; 10,000 otherwise, 50,000 is promised);
//! * `P6`: pages of a list beside the statements one would write by hand, on SQLite and PostgreSQL (`--size`: how many
//!   customers; 1,000,000 otherwise). PostgreSQL: the server whose URL, of a role that may make databases, stands in
//!   `HEADEND_BENCH_POSTGRES`, or a throwaway cluster where the server's programs are found;
//! * `P7`: the console from its start to its first rows, and its memory (`--size`: how many customers; 1,000,000 otherwise,
//!   10,000,000 are promised), beside csvlens and VisiData on the same rows where they are installed;
//! * `P8`: from a key to the last byte that it paints, at rest and beside the poller and an import (`--size`: how many
//!   customers; 200,000 otherwise), with what a terminal takes that only echoes;
//! * `P9`: the bytes that go to the terminal, beside ratatui's plain comparison of the same frames (`--size`: how many
//!   customers; 300 otherwise).
//!
//! Each ends with lines such as `P1 probes wall: 0.58 (reach 0.60) ok`, the last word `short` where the promise is not kept;
//! then this exits with 1. What cannot be measured here is said to be skipped, and why. Times say nothing apart from
//! what they are set beside: both run in turns, five times, and the median of the ratios counts.

mod p1;
mod p6;
mod p7;
mod p8;
mod p9;
mod rusage;
mod terminal;
mod world;

use std::process::ExitCode;

/// What one benchmark came to.
#[derive(Default)]
pub struct Verdicts {
    lines: Vec<String>,
    short: bool,
}

impl Verdicts {
    /// A figure beside its reach: it may be as much, not more.
    pub fn put(&mut self, what: &str, figure: f64, reach: f64) {
        let is_short = figure > reach;
        self.short |= is_short;
        self.lines.push(format!("{what}: {figure:.2} (reach {reach:.2}) {}", if is_short { "short" } else { "ok" }));
    }

    /// Something that cannot be measured here.
    pub fn skip(&mut self, what: &str, why: &str) {
        self.lines.push(format!("{what}: skipped: {why}"));
    }
}

/// The middle one; of two in the middle the higher.
pub fn median(figures: &[f64]) -> f64 {
    let mut figures = figures.to_vec();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// An error that ends a benchmark, in words.
pub type Failed = Box<dyn std::error::Error>;

type Bench = fn(Option<u64>, &mut Verdicts) -> Result<(), Failed>;
const ALL: &[(&str, Bench)] = &[("P1", p1::run), ("P6", p6::run), ("P7", p7::run), ("P8", p8::run), ("P9", p9::run)];

fn main() -> ExitCode {
    let (mut names, mut size) = (Vec::new(), None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // What `cargo bench` puts there.
            "--bench" => {}
            "--size" => match arguments.next().and_then(|number| number.replace('_', "").parse().ok()) {
                Some(number) => size = Some(number),
                None => return misused("--size takes a number"),
            },
            name => match ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some(bench) => names.push(*bench),
                None if name == "all" => names.extend(ALL),
                None => return misused(&format!("there is no benchmark ‘{name}’")),
            },
        }
    }
    if names.is_empty() {
        return misused("name a benchmark");
    }
    let mut verdicts = Verdicts::default();
    for (name, bench) in names {
        println!("== {name}");
        if let Err(error) = bench(size, &mut verdicts) {
            eprintln!("headend-bench: {name}: {error}");
            return ExitCode::from(3);
        }
    }
    println!();
    verdicts.lines.iter().for_each(|line| println!("{line}"));
    ExitCode::from(u8::from(verdicts.short))
}

fn misused(why: &str) -> ExitCode {
    let names: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
    eprintln!("headend-bench: {why}. headend-bench {}|all [--size N]", names.join("|"));
    ExitCode::from(2)
}
