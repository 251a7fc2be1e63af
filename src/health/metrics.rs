//! The poller's figures for a collector, in the text that Prometheus reads.

use std::fmt::Write as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::store::overview::Overview;
use crate::store::session::Program;
use crate::store::{Store, StoreError};

/// Who asks has so long to say what for.
const PATIENCE: Duration = Duration::from_secs(5);
/// No request of a collector is longer.
const LONGEST: usize = 8 * 1024;

/// Answers whoever asks for `/metrics`, until it is dropped.
pub async fn serve(listener: TcpListener, store: Store) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // One that stalls or breaks off holds nobody up.
                tokio::spawn(tokio::time::timeout(PATIENCE, answer(stream, store.clone())));
            }
            Err(error) => {
                tracing::warn!(%error, "a collector could not be let in");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn answer(mut stream: TcpStream, store: Store) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < LONGEST {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let (status, body) = if request.starts_with(b"GET /metrics ") {
        match tokio::task::spawn_blocking(move || collect(&store)).await {
            Ok(Ok(text)) => ("200 OK", text),
            // What the database says may name hosts: it goes to the log.
            Ok(Err(error)) => {
                tracing::warn!(%error, "no figures");
                ("503 Service Unavailable", "the database does not answer\n".to_owned())
            }
            Err(_) => ("500 Internal Server Error", String::new()),
        }
    } else {
        ("404 Not Found", "ask for /metrics\n".to_owned())
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

fn collect(store: &Store) -> Result<String, StoreError> {
    let mut tenants = Vec::new();
    for session in store.program_sessions(Program::Poller)? {
        tenants.push((session.tenant.name.clone(), store.overview(&session)?));
    }
    Ok(text(&tenants))
}

/// A tenant's name is a slug of letters, digits and dashes: it needs no escaping.
fn text(tenants: &[(String, Overview)]) -> String {
    let mut out =
        String::from("# HELP headend_devices Devices that are not retired, by health.\n# TYPE headend_devices gauge\n");
    for (tenant, overview) in tenants {
        for (health, count) in overview.devices.iter().flatten() {
            let _ = writeln!(out, "headend_devices{{tenant=\"{tenant}\",health=\"{health}\"}} {count}");
        }
    }
    out.push_str(
        "# HELP headend_incidents_open Incidents that are not resolved.\n# TYPE headend_incidents_open gauge\n",
    );
    for (tenant, overview) in tenants {
        let _ = writeln!(out, "headend_incidents_open{{tenant=\"{tenant}\"}} {}", overview.open_incidents);
    }
    out.push_str(
        "# HELP headend_last_change_seconds When something observed was last written, in seconds since 1970.\n\
         # TYPE headend_last_change_seconds gauge\n",
    );
    for (tenant, overview) in tenants {
        if let Some(at) = overview.last_result {
            let _ = writeln!(out, "headend_last_change_seconds{{tenant=\"{tenant}\"}} {}", at.timestamp());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_by_tenant_and_health() {
        let overview = Overview {
            devices: Some(vec![("down".into(), 3), ("up".into(), 292)]),
            open_incidents: 2,
            last_result: chrono::DateTime::from_timestamp(1_795_000_000, 0),
            ..Overview::default()
        };
        let told = text(&[("fibernet".into(), overview)]);
        for line in [
            "headend_devices{tenant=\"fibernet\",health=\"up\"} 292",
            "headend_devices{tenant=\"fibernet\",health=\"down\"} 3",
            "headend_incidents_open{tenant=\"fibernet\"} 2",
            "headend_last_change_seconds{tenant=\"fibernet\"} 1795000000",
        ] {
            assert!(told.lines().any(|known| known == line), "{line}\n{told}");
        }
    }
}
