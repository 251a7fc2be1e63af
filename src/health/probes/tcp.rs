//! TCP connects: is somebody listening?
//!
//! Connections are opened by tasks on one thread (spreading them over cores costs a third more and gains nothing: nearly
//! all of the work is the kernel's) and closed by a reset, so that none lingers on either side. As many are in flight as
//! the limit on open files allows, so that silent hosts hold nobody up.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};

use super::{Answer, Answers};
use crate::domain::health::ProbeResult;

/// Files that the rest of the program may have open beside the connections.
const KEPT_FREE: u64 = 256;
/// Connections in flight at most: below the ports that a machine has for outgoing ones.
const MOST_IN_FLIGHT: u64 = 16_384;

/// Connections that have just been begun, at most, and how long one counts as such: hosts that answer are asked no faster
/// than they and this machine keep up with (else the kernel drops what it cannot queue and a connection takes a second),
/// while silent ones hold up nobody.
const MOST_YOUNG: usize = 256;
const YOUNG_FOR: Duration = Duration::from_millis(10);

/// One connection to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The asker's own mark, given back with the answer.
    pub key: u64,
    /// Where to connect.
    pub address: SocketAddr,
    /// How long to wait.
    pub timeout: Duration,
}

/// The thread that connects. It ends when the last handle is dropped, and with it what it had not answered.
#[derive(Debug, Clone)]
pub struct TcpProber {
    jobs: mpsc::UnboundedSender<(Vec<Ask>, Answers)>,
}

impl TcpProber {
    /// Raises this process's limit on open files as far as it may and starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread or no event queue.
    pub fn start() -> io::Result<Self> {
        let in_flight = Arc::new(Semaphore::new(in_flight(raise_open_files())));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let (jobs, incoming) = mpsc::unbounded_channel();
        thread::Builder::new().name("tcp".to_owned()).spawn(move || runtime.block_on(serve(incoming, in_flight)))?;
        Ok(Self { jobs })
    }

    /// Tries each; each is answered once, in the order the answers come, and the channel closed after the last. Closing
    /// the receiver stops what has not been tried.
    pub fn submit(&self, asks: Vec<Ask>, answers: Answers) {
        // A thread that has ended drops the answers' channel with the job, which the asker sees.
        let _ = self.jobs.send((asks, answers));
    }
}

/// Raises the soft limit on open files to the hard one and gives what it is then.
pub fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let now = if limit.current != limit.maximum && setrlimit(Resource::Nofile, raised).is_ok() {
        limit.maximum
    } else {
        limit.current
    };
    now.unwrap_or(u64::MAX)
}

/// Connections that may be in flight under a limit on open files.
fn in_flight(open_files: u64) -> usize {
    let most = open_files.saturating_sub(KEPT_FREE).max(open_files / 2).clamp(1, MOST_IN_FLIGHT);
    usize::try_from(most).unwrap_or(1)
}

async fn serve(mut jobs: mpsc::UnboundedReceiver<(Vec<Ask>, Answers)>, in_flight: Arc<Semaphore>) {
    let young = Arc::new(Semaphore::new(MOST_YOUNG));
    while let Some((asks, answers)) = jobs.recv().await {
        for ask in asks {
            let Ok(permit) = Arc::clone(&in_flight).acquire_owned().await else { return };
            let Ok(young) = Arc::clone(&young).acquire_owned().await else { return };
            if answers.is_closed() {
                break;
            }
            let answers = answers.clone();
            tokio::spawn(async move {
                let mut connecting = pin!(connect(ask.address, ask.timeout));
                let soon = tokio::time::timeout(YOUNG_FOR, &mut connecting).await;
                drop(young);
                let result = match soon {
                    Ok(result) => result,
                    Err(_) => connecting.await,
                };
                drop(permit);
                let _ = answers.send(vec![Answer { key: ask.key, result }]);
            });
        }
    }
}

/// One connection, and what became of it.
async fn connect(address: SocketAddr, timeout: Duration) -> ProbeResult {
    let begun = Instant::now();
    let stream = match begin(address) {
        Ok(stream) => stream,
        Err(error) => return refused_here(&error),
    };
    match tokio::time::timeout(timeout, stream.writable()).await {
        Err(_) => ProbeResult::down("no answer"),
        Ok(Err(error)) => refused_there(&error),
        Ok(Ok(())) => match stream.take_error() {
            Ok(None) => ProbeResult::up(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX)),
            Ok(Some(error)) | Err(error) => refused_there(&error),
        },
    }
}

/// Sends the first packet. What fails here failed on this machine: the error of the other side comes later.
fn begin(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM.nonblocking().cloexec(), Some(Protocol::TCP))?;
    socket.set_linger(Some(Duration::ZERO))?;
    match socket.connect(&SockAddr::from(address)) {
        Err(error) if Errno::from_io_error(&error) != Some(Errno::INPROGRESS) => Err(error),
        _ => TcpStream::from_std(socket.into()),
    }
}

/// What it means that this machine would not try.
fn refused_here(error: &io::Error) -> ProbeResult {
    match Errno::from_io_error(error) {
        Some(Errno::HOSTUNREACH) => ProbeResult::down("host unreachable"),
        Some(Errno::CONNREFUSED) => ProbeResult::down("connection refused"),
        Some(Errno::NETUNREACH) => ProbeResult::unsent("this machine has no route to it"),
        Some(Errno::PERM | Errno::ACCESS) => {
            ProbeResult::unsent("this machine's firewall does not let the connection out")
        }
        Some(Errno::ADDRNOTAVAIL) => ProbeResult::unsent("this machine has no free port or no address of that family"),
        Some(Errno::MFILE | Errno::NFILE) => ProbeResult::unsent("too many files are open on this machine"),
        _ => ProbeResult::unsent(format!("could not be tried: {error}")),
    }
}

/// What it means that the connection failed on its way.
fn refused_there(error: &io::Error) -> ProbeResult {
    match Errno::from_io_error(error) {
        Some(Errno::CONNREFUSED) => ProbeResult::down("connection refused"),
        Some(Errno::HOSTUNREACH | Errno::NETUNREACH) => ProbeResult::down("host unreachable"),
        Some(Errno::TIMEDOUT) => ProbeResult::down("no answer"),
        _ => ProbeResult::down(format!("connection failed: {error}")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::domain::health::Outcome;

    const TIMEOUT: Duration = Duration::from_secs(5);

    async fn asked(addresses: &[SocketAddr]) -> Vec<ProbeResult> {
        let (answers, mut incoming) = mpsc::unbounded_channel();
        let asks =
            (0..).zip(addresses).map(|(key, address)| Ask { key, address: *address, timeout: TIMEOUT }).collect();
        let prober = TcpProber::start().unwrap();
        prober.submit(asks, answers);
        let mut results = Vec::new();
        while let Some(batch) = incoming.recv().await {
            results.extend(batch);
        }
        results.sort_by_key(|answer| answer.key);
        results.into_iter().map(|answer| answer.result).collect()
    }

    #[tokio::test]
    async fn listening_and_not() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let results = asked(&[listener.local_addr().unwrap(), closed]).await;
        assert_eq!(results[0].outcome, Outcome::Up, "{}", results[0].message);
        assert!(results[0].latency_us.unwrap() >= 1);
        assert_eq!((results[1].outcome, results[1].message.as_ref()), (Outcome::Down, "connection refused"));
    }

    #[tokio::test]
    async fn many_at_once() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        // It is not waited for: a connection that was closed in the queue is never handed out.
        thread::spawn(move || listener.incoming().for_each(drop));
        let results = asked(&vec![address; 2_000]).await;
        assert_eq!(results.iter().filter(|result| result.outcome == Outcome::Up).count(), 2_000);
    }

    #[test]
    fn below_the_limit_on_files() {
        for (open_files, expected) in [(1_024, 768), (256, 128), (1, 1), (0, 1), (20_000, 16_384), (u64::MAX, 16_384)] {
            assert_eq!(in_flight(open_files), expected);
        }
    }

    #[test]
    fn refusals_in_words() {
        for (errno, here, there) in [
            (Errno::CONNREFUSED, Outcome::Down, Outcome::Down),
            (Errno::NETUNREACH, Outcome::Unsent, Outcome::Down),
            (Errno::MFILE, Outcome::Unsent, Outcome::Down),
        ] {
            let error = errno.into();
            assert_eq!((refused_here(&error).outcome, refused_there(&error).outcome), (here, there));
        }
    }
}
