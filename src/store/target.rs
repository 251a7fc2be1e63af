//! Which database: a local SQLite file or a PostgreSQL by URL.

use std::fmt;
use std::path::{Path, PathBuf};

use super::error::{Failure, StoreError};

/// A database by name. `Display` and `Debug` never show a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    Sqlite(PathBuf),
    Postgres(PostgresUrl),
}

/// A PostgreSQL URL, its password kept out of sight.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

impl Target {
    /// A path or `sqlite:PATH` is a SQLite file, `postgres://…` a PostgreSQL server.
    ///
    /// # Errors
    /// Any other scheme, by name.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let misuse = |message: String| Err(StoreError::failed(Failure::Misuse(message)));
        if text.trim().is_empty() {
            return misuse("the database is empty text. Give a path or a postgres:// URL".into());
        }
        match text.split_once(':') {
            Some(("sqlite", path)) => Ok(Self::Sqlite(path.trim_start_matches("//").into())),
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Ok(Self::Postgres(PostgresUrl(text.into())))
            }
            Some((scheme, rest))
                if scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+')
                    && (rest.starts_with("//") || scheme == "file") =>
            {
                misuse(format!(
                    "databases of the kind ‘{scheme}:’ are not known. Give a path, sqlite:PATH or postgres://…"
                ))
            }
            _ => Ok(Self::Sqlite(text.into())),
        }
    }

    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PostgresUrl {
    /// What libpq is given: the URL with the settings that a console needs where it names none
    /// itself: a name, limits on how long a dead server is waited for, the writable one of several
    /// hosts, and for hosts other than this machine a verified certificate.
    #[must_use]
    pub fn connection_string(&self) -> String {
        let mut url = self.0.clone();
        let query = url.split_once('?').map_or(String::new(), |(_, query)| query.to_owned());
        let names = |setting: &str| query.split('&').any(|part| part.split('=').next() == Some(setting));
        let mut settings = vec![
            ("application_name", "headend".to_owned()),
            ("connect_timeout", "5".to_owned()),
            ("keepalives_idle", "10".to_owned()),
            ("keepalives_interval", "5".to_owned()),
            ("keepalives_count", "3".to_owned()),
            ("tcp_user_timeout", "10000".to_owned()),
            ("target_session_attrs", "read-write".to_owned()),
        ];
        if !self.is_local() {
            settings.push(("sslmode", "verify-full".to_owned()));
            if let Some(bundle) = system_roots().filter(|_| !names("sslmode") || query.contains("sslmode=verify")) {
                settings.push(("sslrootcert", bundle.to_owned()));
            }
        }
        for (setting, value) in settings {
            if !names(setting) {
                url.push(if url.contains('?') { '&' } else { '?' });
                url.push_str(&format!("{setting}={value}"));
            }
        }
        url
    }

    /// Host part of the URL: `HOST[:PORT][,HOST…]`, empty for the local socket.
    fn hosts(&self) -> &str {
        let rest = self.0.split_once("//").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?']).next().unwrap_or("");
        authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts)
    }

    /// Whether every host is this machine: a socket or a loopback address.
    fn is_local(&self) -> bool {
        let in_query =
            self.0.split_once('?').map(|(_, query)| query.split('&').filter_map(|part| part.strip_prefix("host=")));
        let query_hosts = in_query.into_iter().flatten().map(|host| host.replace("%2F", "/").replace("%2f", "/"));
        let hosts = self.hosts().split(',').map(str::to_owned).chain(query_hosts);
        hosts.filter(|host| !host.is_empty()).all(|host| {
            let name = host.trim_start_matches('[').split(']').next().unwrap_or("").to_owned();
            let name = if host.starts_with('[') { name } else { host.split(':').next().unwrap_or("").to_owned() };
            name.starts_with('/')
                || name.starts_with("%2")
                || name == "localhost"
                || name == "::1"
                || name.starts_with("127.")
        })
    }
}

/// Where distributions keep the certificate authorities that a machine trusts: our own OpenSSL is
/// built in and knows none of these places.
fn system_roots() -> Option<&'static str> {
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]
    .into_iter()
    .find(|path| Path::new(path).exists())
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("//").unwrap_or(("postgres:", ""));
        let without_query = rest.split('?').next().unwrap_or("");
        let end_of_authority = without_query.find('/').unwrap_or(without_query.len());
        let (authority, path) = without_query.split_at(end_of_authority);
        let authority = match authority.rsplit_once('@') {
            Some((user, hosts)) => format!("{}@{hosts}", user.split(':').next().unwrap_or("")),
            None => authority.to_owned(),
        };
        write!(f, "{scheme}//{authority}{path}")
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a SQLite file could not be opened, in words that say what to do.
pub(super) fn sqlite_refused(path: &Path, error: &str) -> StoreError {
    let shown = path.display();
    let failure = match std::fs::metadata(path) {
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => Failure::Missing(format!("{shown}")),
        Err(problem) => Failure::Unreachable(format!("{shown} cannot be opened: {problem}")),
        Ok(data) if data.is_dir() => Failure::Unreachable(format!("{shown} is a directory, not a database")),
        Ok(_) => Failure::Unreachable(format!("{shown} cannot be opened: {}", error.trim())),
    };
    StoreError::failed(failure)
}

/// Why a PostgreSQL could not be reached, without the password that libpq may repeat.
pub(super) fn postgres_refused(url: &PostgresUrl, error: &str) -> StoreError {
    let first_line = error.lines().find(|line| !line.trim().is_empty()).unwrap_or("no answer").trim();
    let password = url.0.split_once("//").and_then(|(_, rest)| {
        let authority = rest.split(['/', '?']).next()?;
        authority.rsplit_once('@')?.0.split_once(':').map(|(_, password)| password.to_owned())
    });
    let told = match password {
        Some(password) if !password.is_empty() => first_line.replace(&password, "***"),
        _ => first_line.to_owned(),
    };
    StoreError::failed(Failure::Unreachable(format!("{url} cannot be reached: {told}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postgres(text: &str) -> PostgresUrl {
        match Target::parse(text) {
            Ok(Target::Postgres(url)) => url,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn paths_and_urls_are_told_apart() {
        assert_eq!(Target::parse("a/b.db").unwrap(), Target::Sqlite("a/b.db".into()));
        assert_eq!(Target::parse("sqlite:/x/b.db").unwrap(), Target::Sqlite("/x/b.db".into()));
        assert_eq!(Target::parse("sqlite:///x/b.db").unwrap(), Target::Sqlite("/x/b.db".into()));
        assert!(Target::parse("postgresql://h/db").unwrap().is_postgres());
        for (wrong, named) in [("mysql://h/db", "mysql"), ("http://x", "http"), ("file:x.db", "file"), (" ", "empty")] {
            assert!(Target::parse(wrong).unwrap_err().to_string().contains(named), "{wrong}");
        }
    }

    #[test]
    fn passwords_stay_out_of_sight() {
        let url = postgres("postgres://amina:s3cret@db.example:5433/isp?sslmode=require");
        assert_eq!(
            format!("{url} {url:?}"),
            "postgres://amina@db.example:5433/isp postgres://amina@db.example:5433/isp"
        );
        let told = postgres_refused(&url, "FATAL: password s3cret refused").to_string();
        assert!(!told.contains("s3cret"), "{told}");
    }

    #[test]
    fn other_machines_must_show_a_certificate() {
        assert!(postgres("postgres://db.example/isp").connection_string().contains("sslmode=verify-full"));
        assert!(postgres("postgres://127.0.0.1,db.example/isp").connection_string().contains("sslmode=verify-full"));
        for local in [
            "postgres://127.0.0.1/isp",
            "postgres://[::1]:5433/isp",
            "postgres:///isp?host=/run/postgresql",
            "postgres://localhost/isp",
        ] {
            assert!(!postgres(local).connection_string().contains("sslmode"), "{local}");
        }
        let chosen = postgres("postgres://db.example/isp?sslmode=require").connection_string();
        assert!(chosen.contains("sslmode=require") && !chosen.contains("verify-full"));
    }
}
