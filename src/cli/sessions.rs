//! `headend sessions`: logins that are open.

use serde_json::json;

use super::arguments::{Format, Sessions, SessionsCommand};
use super::context::{Context, Work};
use super::failure::{Failed, Outcome};
use super::format::json_text;
use super::output::Output;
use super::table::{Column, Table};
use crate::domain::text::clean;
use crate::domain::time;

pub fn run(context: &Context, options: &Sessions) -> Outcome {
    let work = context.work()?;
    match &options.command {
        SessionsCommand::List { output } => list(&work, *output),
        SessionsCommand::Revoke { session } => {
            let id =
                session.parse().map_err(|_| Failed::Misuse(format!("‘{}’ is not a session's id", clean(session))))?;
            work.store.revoke_login(&work.session, id)?;
            eprintln!("headend: the session was ended.");
            Ok(())
        }
    }
}

fn list(work: &Work, format: Format) -> Outcome {
    let logins = work.store.logins(&work.session)?;
    let mut out = Output::new();
    let zone = work.session.tenant.zone;
    match format {
        Format::Table => {
            let titles = [
                ("ID", 36),
                ("USER", 20),
                ("CLIENT", 12),
                ("FROM", 24),
                ("SINCE", 16),
                ("LAST SEEN", 16),
                ("ENDS", 16),
            ];
            let columns = titles.map(|(title, most)| Column { title: title.into(), right: false, most });
            let rows: Vec<Vec<String>> = logins
                .iter()
                .map(|login| {
                    vec![
                        login.id.to_string(),
                        clean(&login.username).into_owned(),
                        clean(&login.client).into_owned(),
                        clean(&login.source).into_owned(),
                        time::show(login.since, zone),
                        time::show(login.last_seen, zone),
                        time::show(login.ends, zone),
                    ]
                })
                .collect();
            Table::new(columns.into()).print(&mut out, &rows)?;
        }
        Format::Json | Format::Jsonl => {
            let rows: Vec<serde_json::Value> = logins
                .iter()
                .map(|login| {
                    json!({
                        "id": login.id.to_string(), "user": login.username, "client": login.client,
                        "ip_address": login.source, "created_at": time::write(login.since),
                        "last_seen_at": time::write(login.last_seen), "expires_at": time::write(login.ends),
                    })
                })
                .collect();
            if format == Format::Json {
                out.line(&json_text(&rows.into(), true))?;
            } else {
                rows.iter().try_for_each(|row| out.line(&json_text(row, false)))?;
            }
        }
        Format::Csv | Format::Tsv => return Err(Failed::Misuse("sessions are a table, json or jsonl".into())),
    }
    out.finish()
}
