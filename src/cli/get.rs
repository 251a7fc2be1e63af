//! `headend get`: one record.

use super::arguments::{Format, Get};
use super::context::{Context, resource};
use super::failure::Outcome;
use super::format;
use super::list::Rows;
use super::output::Output;
use crate::domain::text::clean_lines;
use crate::domain::{Kind, Value};

pub fn run(context: &Context, options: &Get) -> Outcome {
    let work = context.work()?;
    let resource = resource(&options.resource)?;
    let record = work.store.get_named(&work.session, resource.entity, &options.record)?;
    let mut out = Output::new();
    match options.output {
        Format::Table => {
            let locale = work.session.locale(work.store.now());
            let width = resource.entity.fields.iter().map(|field| field.name.len()).max().unwrap_or(0).max("id".len());
            out.line(&format!("{:width$}  {}", "id", record.id))?;
            for field in resource.entity.fields {
                let value = record.get(field.name);
                let shown = match value {
                    value if format::is_hidden(value) => "(kept)".to_owned(),
                    Value::Text(text) if field.kind == Kind::Lines => {
                        clean_lines(text).replace('\n', &format!("\n{:width$}  ", ""))
                    }
                    _ => format::shown(&record, field.name, locale),
                };
                if !shown.is_empty() {
                    out.line(&format!("{:width$}  {shown}", field.name))?;
                }
            }
        }
        Format::Json => out.line(&format::json_text(&format::json(&record), true))?,
        other => {
            let fields: Vec<_> = resource.entity.fields.iter().filter(|field| field.kind != Kind::Secret).collect();
            let mut rows = Rows::new(resource, &fields, true, other, &work.session);
            rows.print(&mut out, std::slice::from_ref(&record))?;
            rows.end(&mut out)?;
        }
    }
    out.finish()
}
