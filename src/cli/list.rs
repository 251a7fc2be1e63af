//! `headend list`: rows of a resource.

use super::arguments::{Format, List};
use super::context::{Context, Work, resource};
use super::failure::{Failed, Outcome};
use super::format;
use super::output::Output;
use super::table::{Column, Table};
use crate::domain::Kind;
use crate::domain::filter::Resolved;
use crate::domain::words::Words;
use crate::exchange::csv::{Divided, Writer};
use crate::resources::Resource;
use crate::store::list::{COUNT_CAP, From, ListRequest, parse_filter, parse_sort};
use crate::store::{Entity, Field, Record, Session};

/// Rows asked for at a time where all are wanted.
const PAGE: usize = 500;

pub fn run(context: &Context, options: &List) -> Outcome {
    let work = context.work()?;
    let resource = resource(&options.resource)?;
    let entity = resource.entity;
    let mut request = ListRequest::all(entity, if options.all { PAGE } else { options.limit });
    if let Some(filter) = &options.filter {
        request.filter = read_filter(&work, entity, filter)?;
    }
    if let Some(sort) = &options.sort {
        request.sort = parse_sort(entity, sort)?;
    }
    let chosen = options.fields.as_deref().map(|names| read_fields(entity, names)).transpose()?;
    request.fields = match (&chosen, options.output) {
        (Some(fields), _) => fields.clone(),
        (None, Format::Table) => resource.columns.iter().filter_map(|column| entity.field(column.field)).collect(),
        (None, _) => request.fields,
    };
    let mut out = Output::new();
    let mut rows = Rows::new(resource, &request.fields, chosen.is_some(), options.output, &work.session);
    let mut shown = 0;
    loop {
        let page = work.store.list(&work.session, &request)?;
        if let Some(why) = page.misnamed.as_ref().filter(|_| !page.rows.is_empty()) {
            eprintln!("headend: {why}, which the filter names.");
        }
        rows.print(&mut out, &page.rows)?;
        shown += page.rows.len();
        match page.cursors.last() {
            Some(last) if options.all && page.more_after => request.from = From::After(last.clone()),
            _ => {
                rows.end(&mut out)?;
                out.finish()?;
                if page.more_after {
                    let count = work.store.count(&work.session, entity, &request.filter, COUNT_CAP, request.effort)?;
                    let of = if count.exact { count.number.to_string() } else { format!("more than {}", count.number) };
                    eprintln!("headend: {shown} of {of} {}. More with --limit N or --all.", entity.name);
                } else if let Some(why) = page.misnamed {
                    eprintln!("headend: no {}: {why}.", entity.name.replace('_', " "));
                } else if shown == 0 && options.output == Format::Table {
                    let what = if request.filter == Resolved::All { "There are none" } else { "None match" };
                    eprintln!("headend: no {}. {what}.", entity.name.replace('_', " "));
                }
                return Ok(());
            }
        }
    }
}

/// Reads a filter; a mistake is shown under its place.
pub fn read_filter(work: &Work, entity: &'static Entity, text: &str) -> Outcome<Resolved> {
    let locale = work.session.locale(work.store.now());
    parse_filter(entity, text, locale).map_err(|mistake| Failed::Filter { text: text.to_owned(), mistake })
}

/// Fields by their names, joined by commas. `plan_id` is the field `plan`; secrets are not shown.
pub fn read_fields(entity: &'static Entity, names: &str) -> Outcome<Vec<&'static Field>> {
    let mut fields: Vec<&'static Field> = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "id") {
        let found = entity.fields.iter().find(|field| {
            field.kind != Kind::Secret
                && (field.name == name || field.reference.is_some() && field.column() == Some(name))
        });
        let Some(field) = found else {
            let known: Vec<&str> = entity.fields.iter().filter(|f| f.kind != Kind::Secret).map(|f| f.name).collect();
            let shown = crate::domain::text::clean(name);
            return Err(Failed::Misuse(format!(
                "{} have no field ‘{shown}’. There are: {}",
                entity.name,
                known.join(", ")
            )));
        };
        if !fields.iter().any(|known| known.name == field.name) {
            fields.push(field);
        }
    }
    Ok(fields)
}

/// Rows on their way out, in one of the formats.
pub struct Rows<'a> {
    fields: Vec<&'static Field>,
    format: Format,
    session: &'a Session,
    table: Table,
    divided: Option<Writer>,
    printed: usize,
}

impl<'a> Rows<'a> {
    #[must_use]
    pub fn new(
        resource: &'static Resource,
        fields: &[&'static Field],
        chosen: bool,
        format: Format,
        session: &'a Session,
    ) -> Self {
        let columns = fields.iter().map(|field| {
            let known = resource.columns.iter().find(|column| column.field == field.name);
            Column {
                title: known.map_or_else(
                    || field.name.to_uppercase(),
                    |column| resource.column_title(Words::ENGLISH, column.field),
                ),
                right: known
                    .map_or(matches!(field.kind, Kind::Int | Kind::Money | Kind::Percent), |column| column.right),
                // Fields that somebody named are wanted whole, as far as the terminal goes.
                most: if chosen { usize::MAX } else { known.map_or(40, |column| usize::from(column.width.1)) },
            }
        });
        let divided = match format {
            Format::Csv => Some(Writer::new(Divided::Comma)),
            Format::Tsv => Some(Writer::new(Divided::Tab)),
            _ => None,
        };
        Self { table: Table::new(columns.collect()), fields: fields.to_vec(), format, session, divided, printed: 0 }
    }

    /// Prints some rows.
    pub fn print(&mut self, out: &mut Output, rows: &[Record]) -> Outcome {
        let locale = self.session.locale(chrono::Utc::now());
        if self.format == Format::Table {
            let cells: Vec<Vec<String>> = rows
                .iter()
                .map(|row| self.fields.iter().map(|field| format::shown(row, field.name, locale)).collect())
                .collect();
            if !cells.is_empty() {
                self.table.print(out, &cells)?;
            }
            return Ok(());
        }
        for row in rows {
            match self.format {
                Format::Json => {
                    out.line(if self.printed == 0 { "[" } else { "," })?;
                    std::io::Write::write_all(out, format::json_text(&format::json(row), true).as_bytes())?;
                }
                Format::Jsonl => out.line(&format::json_text(&format::json(row), false))?,
                _ => self.print_divided(out, row)?,
            }
            self.printed += 1;
        }
        Ok(())
    }

    fn print_divided(&mut self, out: &mut Output, row: &Record) -> Outcome {
        let Some(writer) = &mut self.divided else { return Ok(()) };
        if self.printed == 0 {
            writer.row(out, self.fields.iter().map(|field| field.name))?;
        }
        let cells: Vec<String> =
            self.fields.iter().map(|field| crate::exchange::csv::cell(row.get(field.name))).collect();
        writer.row(out, cells.iter().map(String::as_str))?;
        Ok(())
    }

    /// What comes behind the last row.
    pub fn end(&mut self, out: &mut Output) -> Outcome {
        match (self.format, self.printed, &mut self.divided) {
            (Format::Json, 0, _) => out.line("[]"),
            (Format::Json, ..) => out.line("\n]"),
            (_, 0, Some(writer)) => Ok(writer.row(out, self.fields.iter().map(|field| field.name))?),
            _ => Ok(()),
        }
    }
}
