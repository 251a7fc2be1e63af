#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::Ipv6Addr;

use super::*;
use crate::domain::health::Outcome;

const TIMEOUT: Duration = Duration::from_secs(2);

/// Whether pings may be sent here; says so loudly when not.
fn may_ping() -> bool {
    match permission() {
        Permission::Denied(denied) => {
            eprintln!("SKIPPED: no test has sent an ICMP packet: {denied}");
            false
        }
        _ => true,
    }
}

async fn swept(targets: &[IpAddr]) -> Vec<ProbeResult> {
    sweep(targets, TIMEOUT, &Settings::default(), &CancellationFlag::new()).await.unwrap()
}

#[tokio::test]
async fn loopback_answers() {
    if !may_ping() {
        return;
    }
    let targets = [IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 1, 2, 3]), "::ffff:127.0.0.2".parse().unwrap()];
    for (result, target) in swept(&targets).await.iter().zip(targets) {
        assert_eq!(result.outcome, Outcome::Up, "{target}: {}", result.message);
        assert!(result.latency_us.unwrap() >= 1);
        assert_eq!(result.loss_percent, Some(0));
    }
    if std::net::UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        eprintln!("SKIPPED: this machine has no IPv6, [::1] was not pinged");
        return;
    }
    assert_eq!(swept(&[IpAddr::V6(Ipv6Addr::LOCALHOST)]).await[0].outcome, Outcome::Up);
}

#[tokio::test]
async fn none_is_lost_and_order_is_kept() {
    if !may_ping() {
        return;
    }
    let targets: Vec<IpAddr> = (0..5_000u32).map(|n| IpAddr::from((0x7f01_0001 + n).to_be_bytes())).collect();
    let results = swept(&targets).await;
    assert_eq!(results.iter().filter(|result| result.outcome != Outcome::Up).count(), 0);
    assert!(swept(&[]).await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_sent_does_not_fail_the_round() {
    if !may_ping() {
        return;
    }
    let targets = [IpAddr::from([127, 0, 0, 1]), IpAddr::from([255, 255, 255, 255]), IpAddr::from([127, 0, 0, 2])];
    let outcomes: Vec<Outcome> = swept(&targets).await.iter().map(|result| result.outcome).collect();
    assert_eq!(outcomes, [Outcome::Up, Outcome::Unsent, Outcome::Up]);
}

#[tokio::test]
async fn a_cancelled_sweep_ends() {
    if !may_ping() {
        return;
    }
    let cancel = CancellationFlag::new();
    cancel.cancel();
    let forever = Duration::from_secs(3_600);
    let results = sweep(&[IpAddr::from([240, 0, 0, 1])], forever, &Settings::default(), &cancel).await.unwrap();
    assert_eq!(results[0].outcome, Outcome::Unsent);
}

#[tokio::test]
async fn jobs_do_not_mix() {
    if !may_ping() {
        return;
    }
    let prober = IcmpProber::start(&Settings { rate: 50_000 }).unwrap();
    let mut waiting = Vec::new();
    for job in 0..20u64 {
        let (answers, incoming) = mpsc::unbounded_channel();
        let asks = (0..100)
            .map(|n| Ask { key: job * 1_000 + n, address: IpAddr::from([127, 0, 1, 1]), timeout: TIMEOUT })
            .collect();
        prober.submit(asks, answers);
        waiting.push((job, incoming));
    }
    // One whose asker has gone does not hold up the others.
    let (answers, gone) = mpsc::unbounded_channel();
    drop(gone);
    prober.submit(vec![Ask { key: 0, address: IpAddr::from([127, 0, 0, 1]), timeout: TIMEOUT }], answers);
    for (job, mut incoming) in waiting {
        let mut keys = Vec::new();
        while let Some(batch) = incoming.recv().await {
            keys.extend(batch.into_iter().map(|answer| answer.key));
        }
        keys.sort_unstable();
        assert_eq!(keys, (0..100).map(|n| job * 1_000 + n).collect::<Vec<_>>());
    }
}
