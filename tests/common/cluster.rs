//! The PostgreSQL that tests run on: the one that `HEADEND_TEST_POSTGRES` names (the URL of a
//! superuser), or a throwaway cluster that lives as long as this process.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};

/// The login roles of the tests: one that owns its databases and makes the program's roles, one
/// that is no more than a member of `headend_app`.
pub const OWNER: &str = "headend_test_owner";
pub const APP: &str = "headend_test_app";
const PASSWORD: &str = "not-a-secret";

pub struct Cluster {
    superuser: String,
    /// It lives by the pipe to its standard input, which is closed when this process ends.
    _life: Option<Mutex<Child>>,
}

/// The cluster of this process, started when it is first asked for.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let cluster = match std::env::var("HEADEND_TEST_POSTGRES") {
            Ok(url) if !url.is_empty() => Cluster { superuser: url, _life: None },
            _ => start(),
        };
        cluster.make_logins();
        cluster
    })
}

fn start() -> Cluster {
    let mut told = Vec::new();
    // Between choosing a free port and listening on it somebody else may take it.
    for _ in 0..5 {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let mut child = Command::new("bash")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/cluster.sh"))
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its standard output")).read_line(&mut line).expect("its answer");
        if line.trim() == "ready" {
            let superuser = format!("postgres://postgres@127.0.0.1:{port}/postgres");
            return Cluster { superuser, _life: Some(Mutex::new(child)) };
        }
        told.push(line);
        child.wait().expect("it has ended");
    }
    panic!("no PostgreSQL for the tests: {told:?}");
}

impl Cluster {
    /// Host and port of the URL, and its query.
    fn place(&self) -> (&str, &str) {
        let rest = self.superuser.split_once("//").expect("a URL").1;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let authority = rest.split('/').next().unwrap_or("");
        (authority.rsplit_once('@').map_or(authority, |(_, place)| place), query)
    }

    /// The URL by which a login role of the tests reaches a database.
    pub fn url(&self, login: &str, database: &str) -> String {
        let (place, query) = self.place();
        format!("postgres://{login}:{PASSWORD}@{place}/{database}?{query}").trim_end_matches('?').to_owned()
    }

    /// A connection as the superuser, who sees all rows.
    pub fn superuser(&self, database: &str) -> PgConnection {
        let (head, rest) = self.superuser.split_once("//").expect("a URL");
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let authority = rest.split('/').next().unwrap_or("");
        let url = format!("{head}//{authority}/{database}?{query}");
        PgConnection::establish(url.trim_end_matches('?')).expect("the superuser's connection")
    }

    pub fn execute(&self, sql: &str) {
        // Databases are made and taken away outside transactions, one statement each.
        let mut connection = self.superuser("postgres");
        for statement in sql.split(";\n") {
            connection.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }

    fn make_logins(&self) {
        // Under a lock: several test programs may share a server.
        self.superuser("postgres")
            .batch_execute(&format!(
                "SELECT pg_advisory_lock(712); DO $$ DECLARE login text; BEGIN
                   FOREACH login IN ARRAY ARRAY['{OWNER}', '{APP}'] LOOP
                     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
                       EXECUTE format('CREATE ROLE %I LOGIN PASSWORD ''{PASSWORD}''', login);
                     END IF;
                   END LOOP;
                 END $$; ALTER ROLE {OWNER} CREATEDB CREATEROLE;"
            ))
            .expect("the tests' login roles");
    }

    /// What an administrator does once the program's roles are there.
    pub fn grant_app(&self) {
        self.execute(&format!("GRANT headend_app TO {APP}"));
    }
}
