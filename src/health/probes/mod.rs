//! Probes: what is asked of a device, and by whom.
//!
//! A [`Prober`] takes a batch and answers as the answers come, so that one silent device delays nobody. [`Probes`] is the
//! real one: ICMP through one socket for each address family on a thread of its own, TCP connects on another. HTTP and
//! SNMP checks are known and not run: they are answered [`Outcome::Unsupported`](crate::domain::health::Outcome), which
//! shows as unknown, never as down.

pub mod icmp;
mod mmsg;
pub mod tcp;

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::domain::health::{Outcome, ProbeResult};

/// What a check asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ProbeKind {
    /// An ICMP echo.
    Icmp,
    /// A TCP connection that is closed at once.
    Tcp {
        /// 1 to 65,535.
        port: u16,
    },
    /// An HTTP request. Not run by this version.
    Http {
        /// What to get.
        url: String,
    },
    /// An SNMP get. Not run by this version.
    Snmp,
    /// Nothing can be asked, and why: it has no address, or a name that nothing answers for.
    Nothing {
        /// In words for people.
        why: String,
    },
}

impl fmt::Display for ProbeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Icmp => f.write_str("icmp"),
            Self::Tcp { port } => write!(f, "tcp:{port}"),
            Self::Http { url } => f.write_str(url),
            Self::Snmp => f.write_str("snmp"),
            Self::Nothing { .. } => f.write_str("nothing"),
        }
    }
}

/// One thing to ask now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The asker's own mark, given back with the answer.
    pub key: u64,
    /// What to ask.
    pub kind: ProbeKind,
    /// Whom.
    pub address: IpAddr,
    /// How long to wait for each answer.
    pub timeout: Duration,
    /// Echoes to send, 1 to [`MOST_PACKETS`], where the kind has packets: their loss and median are the result.
    pub packets: u8,
}

/// Echoes that one check sends at most.
pub const MOST_PACKETS: u8 = 20;
/// Time between the echoes of one check, as `ping -i 0.2`: closer ones are lost together and say little about loss.
const PACKET_SPACING: Duration = Duration::from_millis(200);

/// The answer to a [`Probe`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The mark of the probe.
    pub key: u64,
    /// What came back.
    pub result: ProbeResult,
}

/// Where a prober puts its answers, in batches, in whatever order they come. Closed when nobody waits any more.
pub type Answers = mpsc::UnboundedSender<Vec<Answer>>;

/// Asks what it is given.
pub trait Prober: Send + Sync + 'static {
    /// Asks every probe of the batch and sends one answer for each as it comes; done when all are sent. One that stays
    /// without an answer counts as unsent. Dropping the future, or closing `answers`, stops what has not been sent yet.
    fn probe(&self, batch: Vec<Probe>, answers: Answers) -> impl Future<Output = ()> + Send;
}

/// The real probes. Threads and sockets are made when the first check of a kind is run, and end with this.
#[derive(Debug, Default)]
pub struct Probes {
    icmp: OnceLock<Result<icmp::IcmpProber, icmp::Denied>>,
    tcp: OnceLock<Result<tcp::TcpProber, String>>,
    settings: icmp::Settings,
}

impl Probes {
    /// Probes that send ICMP at the given pace.
    #[must_use]
    pub fn new(settings: icmp::Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    async fn echoes(&self, batch: Vec<Probe>, answers: &Answers) {
        if batch.is_empty() {
            return;
        }
        let prober = match self.icmp.get_or_init(|| icmp::IcmpProber::start(&self.settings)) {
            Ok(prober) => prober,
            Err(denied) => return refuse(batch, answers, &denied.to_string()),
        };
        let (once, several): (Vec<_>, Vec<_>) = batch.into_iter().partition(|probe| probe.packets <= 1);
        tokio::join!(relay(prober, once, answers), series(prober, several, answers));
    }

    async fn connects(&self, batch: Vec<(u16, Probe)>, answers: &Answers) {
        if batch.is_empty() {
            return;
        }
        match self.tcp.get_or_init(|| tcp::TcpProber::start().map_err(|error| error.to_string())) {
            Ok(prober) => {
                let (replies, mut incoming) = mpsc::unbounded_channel();
                let asks = batch
                    .into_iter()
                    .map(|(port, probe)| tcp::Ask {
                        key: probe.key,
                        address: SocketAddr::new(probe.address, port),
                        timeout: probe.timeout,
                    })
                    .collect();
                prober.submit(asks, replies);
                forward(&mut incoming, answers).await;
            }
            Err(why) => refuse(batch.into_iter().map(|(_, probe)| probe).collect(), answers, why),
        }
    }
}

impl Prober for Probes {
    async fn probe(&self, batch: Vec<Probe>, answers: Answers) {
        let (mut echoes, mut connects, mut not_run) = (Vec::new(), Vec::new(), Vec::new());
        for probe in batch {
            match &probe.kind {
                ProbeKind::Icmp => echoes.push(probe),
                ProbeKind::Tcp { port } => connects.push((*port, probe)),
                ProbeKind::Http { .. } => not_run.push((probe.key, Cow::from("this version does not run http checks"))),
                ProbeKind::Snmp => not_run.push((probe.key, Cow::from("this version does not run snmp checks"))),
                ProbeKind::Nothing { why } => not_run.push((probe.key, Cow::from(why.clone()))),
            }
        }
        if !not_run.is_empty() {
            let told = not_run.into_iter().map(|(key, why)| Answer { key, result: ProbeResult::unsupported(why) });
            let _ = answers.send(told.collect());
        }
        tokio::join!(self.echoes(echoes, &answers), self.connects(connects, &answers));
    }
}

/// Answers a whole batch that cannot be sent.
fn refuse(batch: Vec<Probe>, answers: &Answers, why: &str) {
    let told = batch.into_iter().map(|probe| Answer { key: probe.key, result: ProbeResult::unsent(why.to_owned()) });
    let _ = answers.send(told.collect());
}

/// Passes answers on until there are no more to come, or nobody waits for them.
async fn forward(incoming: &mut mpsc::UnboundedReceiver<Vec<Answer>>, answers: &Answers) {
    while let Some(batch) = incoming.recv().await {
        if answers.send(batch).is_err() {
            return;
        }
    }
}

/// One echo each.
async fn relay(prober: &icmp::IcmpProber, batch: Vec<Probe>, answers: &Answers) {
    if batch.is_empty() {
        return;
    }
    let (replies, mut incoming) = mpsc::unbounded_channel();
    prober.submit(
        batch
            .iter()
            .map(|probe| icmp::Ask { key: probe.key, address: probe.address, timeout: probe.timeout })
            .collect(),
        replies,
    );
    forward(&mut incoming, answers).await;
}

/// Several echoes each, a little apart: up when one is answered, with the median of the answers and the loss.
async fn series(prober: &icmp::IcmpProber, batch: Vec<Probe>, answers: &Answers) {
    let mut heard: Vec<Vec<ProbeResult>> = batch.iter().map(|_| Vec::new()).collect();
    for round in 0..batch.iter().map(|probe| probe.packets.min(MOST_PACKETS)).max().unwrap_or(0) {
        if round > 0 {
            tokio::time::sleep(PACKET_SPACING).await;
        }
        let asks = (0u64..)
            .zip(&batch)
            .filter(|(_, probe)| probe.packets > round)
            .map(|(key, probe)| icmp::Ask { key, address: probe.address, timeout: probe.timeout })
            .collect();
        let (replies, mut incoming) = mpsc::unbounded_channel();
        prober.submit(asks, replies);
        while let Some(several) = incoming.recv().await {
            for answer in several {
                if let Some(heard) = usize::try_from(answer.key).ok().and_then(|index| heard.get_mut(index)) {
                    heard.push(answer.result);
                }
            }
        }
    }
    if !batch.is_empty() {
        let told = batch.iter().zip(heard).map(|(probe, heard)| Answer { key: probe.key, result: summed_up(heard) });
        let _ = answers.send(told.collect());
    }
}

/// The result of a series. What could not be sent counts as neither answered nor lost.
fn summed_up(mut heard: Vec<ProbeResult>) -> ProbeResult {
    if heard.iter().any(|result| result.outcome != Outcome::Unsent) {
        heard.retain(|result| result.outcome != Outcome::Unsent);
    }
    let mut latencies: Vec<u32> = heard.iter().filter_map(|result| result.latency_us).collect();
    latencies.sort_unstable();
    let lost = heard.len() - latencies.len();
    let percent = u8::try_from((lost * 100).checked_div(heard.len()).unwrap_or(100)).unwrap_or(100);
    match latencies.get(latencies.len() / 2) {
        Some(median) => ProbeResult::up(*median).with_loss(percent),
        None => heard.pop().unwrap_or_else(|| ProbeResult::unsent("nothing was sent")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_series_summed_up() {
        let (up, down, unsent) =
            (ProbeResult::up, || ProbeResult::down("no answer").with_loss(100), || ProbeResult::unsent("no route"));
        for (heard, expected) in [
            (vec![up(30), up(10), up(20)], up(20).with_loss(0)),
            (vec![up(30), down(), down()], up(30).with_loss(66)),
            (vec![down(), down()], down()),
            (vec![unsent(), unsent()], unsent()),
            (vec![up(5), unsent()], up(5).with_loss(0)),
            (vec![], ProbeResult::unsent("nothing was sent")),
        ] {
            assert_eq!(summed_up(heard), expected);
        }
    }

    #[tokio::test]
    async fn kinds_that_are_not_run_say_so() {
        let (answers, mut incoming) = mpsc::unbounded_channel();
        let probe = |key, kind| Probe {
            key,
            kind,
            address: IpAddr::from([127, 0, 0, 1]),
            timeout: Duration::from_secs(1),
            packets: 1,
        };
        let batch = vec![probe(1, ProbeKind::Http { url: "http://127.0.0.1/".to_owned() }), probe(2, ProbeKind::Snmp)];
        Probes::default().probe(batch, answers).await;
        let told = incoming.recv().await.unwrap();
        assert!(told.iter().all(|answer| answer.result.outcome == Outcome::Unsupported));
        assert_eq!(told[0].result.message, "this version does not run http checks");
        assert!(incoming.recv().await.is_none());
    }
}
