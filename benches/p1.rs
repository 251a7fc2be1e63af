//! P1: a round of pings beside fping.

use std::io::Write as _;
use std::net::IpAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use headend::health::cancel::CancellationFlag;
use headend::health::probes::icmp;
use headend::health::service::{Rounds, permission};
use headend::store::{Target, bench_data};
use tokio::runtime::Runtime;

use crate::rusage::{Cost, measured, run as run_program};
use crate::{Failed, Verdicts, median, world};

const PAIRS: usize = 5;
const TIMEOUT: Duration = Duration::from_millis(500);

/// One of each, run one after the other.
struct Turn {
    fping: Cost,
    probes: Cost,
    round: Cost,
    lost: usize,
}

pub fn run(size: Option<u64>, verdicts: &mut Verdicts) -> Result<(), Failed> {
    if let icmp::Permission::Denied(denied) = permission() {
        verdicts.skip("P1", &format!("this machine may not ping: {denied}"));
        return Ok(());
    }
    let found = Command::new("fping").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        verdicts.skip("P1", "fping is not installed");
        return Ok(());
    }
    let size = u32::try_from(size.unwrap_or(10_000))?.min(60_000);
    let directory = tempfile::tempdir()?;
    let addresses: Vec<IpAddr> = (1..=size).map(bench_data::address).collect();
    let list = directory.path().join("addresses");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&list)?);
    addresses.iter().try_for_each(|address| writeln!(file, "{address}"))?;
    file.flush()?;

    let (store, session) = world::open(&Target::Sqlite(directory.path().join("headend.db")), directory.path())?;
    bench_data::make_devices(&store, &session, size, i64::try_from(TIMEOUT.as_millis())?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut rounds = Rounds::open(&store, icmp::Settings::default())?;
    let cancel = CancellationFlag::new();
    let (first, cost) = measured(|| runtime.block_on(rounds.round(&cancel)));
    println!("{size} addresses; the first round, which writes every device: {:.2} s", cost.wall.as_secs_f64());
    println!("{}", first?);

    let mut turns = Vec::new();
    for turn in 0..PAIRS {
        let fping = || {
            run_program(
                Command::new("fping")
                    .args(["-q", "-r", "0", "-i", "0", "-t", "500", "-f"])
                    .arg(&list)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null()),
            )
        };
        // In turns, so that neither is always the one that runs on a warm or a busy machine.
        let (fping, (probes, lost), round) = if turn % 2 == 0 {
            (fping()?, probe(&runtime, &addresses)?, round(&runtime, &mut rounds)?)
        } else {
            let ours = (probe(&runtime, &addresses)?, round(&runtime, &mut rounds)?);
            (fping()?, ours.0, ours.1)
        };
        turns.push(Turn { fping, probes, round, lost });
        if let Some(Turn { fping, probes, round, lost }) = turns.last() {
            println!(
                "fping {}; probes {}, {lost} lost; whole round {}",
                told(*fping, size),
                told(*probes, size),
                told(*round, size)
            );
        }
    }
    let ratio = |ours: fn(&Turn) -> Cost, part: fn(Cost) -> Duration| {
        let ratios: Vec<f64> =
            turns.iter().map(|turn| part(ours(turn)).as_secs_f64() / part(turn.fping).as_secs_f64()).collect();
        median(&ratios)
    };
    verdicts.put("P1 probes wall", ratio(|turn| turn.probes, |cost| cost.wall), 0.60);
    verdicts.put("P1 probes CPU", ratio(|turn| turn.probes, |cost| cost.cpu), 0.60);
    verdicts.put("P1 whole round wall", ratio(|turn| turn.round, |cost| cost.wall), 1.00);
    verdicts.put("P1 replies lost", turns.iter().map(|turn| turn.lost).sum::<usize>() as f64, 0.0);
    Ok(())
}

fn probe(runtime: &Runtime, addresses: &[IpAddr]) -> Result<(Cost, usize), Failed> {
    let cancel = CancellationFlag::new();
    let (results, cost) =
        measured(|| runtime.block_on(icmp::sweep(addresses, TIMEOUT, &icmp::Settings::default(), &cancel)));
    let results = results.map_err(|denied| denied.to_string())?;
    Ok((cost, results.iter().filter(|result| result.latency_us.is_none()).count()))
}

fn round(runtime: &Runtime, rounds: &mut Rounds) -> Result<Cost, Failed> {
    let cancel = CancellationFlag::new();
    let (summary, cost) = measured(|| runtime.block_on(rounds.round(&cancel)));
    let summary = summary?;
    if summary.tally.up != summary.tally.devices {
        println!("not all are up: {summary}");
    }
    Ok(cost)
}

fn told(cost: Cost, size: u32) -> String {
    let each = cost.cpu.as_secs_f64() * 1e6 / f64::from(size);
    format!("{:.3} s, {each:.1} µs CPU each", cost.wall.as_secs_f64())
}
