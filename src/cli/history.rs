//! `headend history`: what was done to a record, the newest first.

use serde_json::json;

use super::arguments::{Format, History};
use super::context::{Context, resource};
use super::failure::{Failed, Outcome};
use super::format::json_text;
use super::output::Output;
use super::table::{Column, Table};
use crate::domain::text::clean;
use crate::domain::time;
use crate::store::history::Event;

pub fn run(context: &Context, options: &History) -> Outcome {
    let work = context.work()?;
    let entity = resource(&options.resource)?.entity;
    let record = work.store.get_named(&work.session, entity, &options.record)?;
    let events = work.store.history(&work.session, entity, record.id, options.limit)?;
    let mut out = Output::new();
    match options.output {
        Format::Table => {
            let titles = [("TIME", 16), ("WHO", 16), ("ACTION", 26), ("CHANGES", 200), ("OPERATION", 36)];
            let columns = titles.map(|(title, most)| Column { title: title.into(), right: false, most });
            let zone = work.session.tenant.zone;
            let rows: Vec<Vec<String>> = events
                .iter()
                .map(|event| {
                    vec![
                        time::show(event.at, zone),
                        clean(&event.actor).into_owned(),
                        clean(&event.action).into_owned(),
                        changes(event),
                        event.operation.map(|id| id.to_string()).unwrap_or_default(),
                    ]
                })
                .collect();
            Table::new(columns.into()).print(&mut out, &rows)?;
        }
        Format::Json => out.line(&json_text(&events.iter().map(event_json).collect(), true))?,
        Format::Jsonl => {
            for event in &events {
                out.line(&json_text(&event_json(event), false))?;
            }
        }
        Format::Csv | Format::Tsv => {
            return Err(Failed::Misuse("a history is a table, json or jsonl".into()));
        }
    }
    out.finish()
}

fn event_json(event: &Event) -> serde_json::Value {
    let changes: serde_json::Map<String, serde_json::Value> = event
        .changes
        .iter()
        .map(|(field, before, after)| (field.clone(), json!({"before": before.to_json(), "after": after.to_json()})))
        .collect();
    json!({
        "at": time::write(event.at),
        "actor": event.actor,
        "action": event.action,
        "part": event.part,
        "changes": changes,
        "operation_id": event.operation.map(|id| id.to_string()),
        "reason": event.reason,
    })
}

/// `status: active → suspended, notes: … (reason: debts)`
fn changes(event: &Event) -> String {
    let side = |value: &crate::domain::Value| {
        let text = value.written();
        if text.is_empty() { "–".to_owned() } else { clean(&text).into_owned() }
    };
    let parts: Vec<String> = event
        .changes
        .iter()
        .map(|(field, before, after)| {
            if before.is_empty() {
                format!("{}: {}", clean(field), side(after))
            } else {
                format!("{}: {} → {}", clean(field), side(before), side(after))
            }
        })
        .collect();
    let reason = event.reason.as_ref().map(|reason| format!(" (reason: {})", clean(reason))).unwrap_or_default();
    let part = event.part.as_ref().map(|part| format!("{}: ", clean(part))).unwrap_or_default();
    format!("{part}{}{reason}", parts.join(", "))
}
