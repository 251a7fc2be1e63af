//! Databases for benchmarks.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};

use headend::domain::secret::Secret;
use headend::store::session::Program;
use headend::store::setup::{Founding, found};
use headend::store::vault::KeySource;
use headend::store::{Options, Session, Store, Target, bench_data};

use crate::Failed;

/// Who may do everything in them.
pub const USER: &str = "amina";
pub const PASSWORD: &str = "a long walk by the canal";

/// Founds a database and opens it, with a session that may do everything in it.
pub fn open(target: &Target, directory: &Path) -> Result<(Store, Session), Failed> {
    let key = KeySource { default_file: Some(directory.join("key")), ..KeySource::default() };
    let founding = Founding {
        tenant: "bench".into(),
        display_name: "Bench".into(),
        currency: "EUR".into(),
        timezone: "UTC".into(),
        admin: USER.into(),
        password: Secret::new(PASSWORD.into()),
    };
    found(target, target, &founding, key.read_or_make()?)?;
    let store = Store::open(target, Options { master: key.read()?, ..Options::default() })?;
    let session = store.program_sessions(Program::Setup)?.pop().ok_or("no tenant")?;
    Ok((store, session))
}

/// A PostgreSQL server to make databases on.
pub struct Server {
    /// Its URL without a database.
    base: String,
    /// A throwaway cluster lives as long as this pipe.
    _life: Option<ChildStdin>,
}

impl Server {
    /// The one that is named, or a throwaway cluster.
    pub fn find() -> Result<Self, String> {
        if let Some(url) = std::env::var("HEADEND_BENCH_POSTGRES").ok().filter(|url| !url.is_empty()) {
            let base = url.split_once("//").and_then(|(scheme, rest)| {
                let authority = rest.split(['/', '?']).next()?;
                Some(format!("{scheme}//{authority}"))
            });
            return base.map(|base| Self { base, _life: None }).ok_or_else(|| format!("{url} is no URL"));
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/cluster.sh");
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = port.map_err(|error| error.to_string())?.port();
        let started = Command::new("bash")
            .arg(script)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = started.map_err(|error| format!("no cluster could be started: {error}"))?;
        let (Some(life), Some(told)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("no cluster could be started".to_owned());
        };
        let mut line = String::new();
        BufReader::new(told).read_line(&mut line).map_err(|error| error.to_string())?;
        match line.trim() {
            "ready" => Ok(Self { base: format!("postgres://postgres@127.0.0.1:{port}"), _life: Some(life) }),
            "" => Err("no PostgreSQL server: name one with HEADEND_BENCH_POSTGRES".to_owned()),
            why => Err(why.to_owned()),
        }
    }

    /// A new database, empty.
    pub fn database(&self) -> Result<Target, Failed> {
        let name = "headend_bench";
        bench_data::make_database(&format!("{}/postgres", self.base), name)?;
        Ok(Target::parse(&format!("{}/{name}", self.base))?)
    }
}
