//! `headend export`: records to a file that import reads back.

use std::io::{BufWriter, Write as _};

use super::arguments::{Export, FileFormat};
use super::context::{Context, resource};
use super::failure::{Failed, Outcome};
use super::import::format_of;
use super::list::{read_fields, read_filter};
use super::output::Output;
use crate::exchange::Format;
use crate::exchange::csv::Divided;
use crate::exchange::export::{PAGE, Stopped, create, fields, write};
use crate::store::list::ListRequest;

pub fn run(context: &Context, options: &Export) -> Outcome {
    let work = context.work()?;
    let entity = resource(&options.resource)?.entity;
    let mut request = ListRequest::all(entity, PAGE);
    request.fields = match &options.fields {
        Some(names) => read_fields(entity, names)?,
        None => fields(entity),
    };
    if let Some(filter) = &options.filter {
        request.filter = read_filter(&work, entity, filter)?;
    }
    let named = options.file.as_deref().filter(|path| *path != std::path::Path::new("-"));
    let format = options
        .output
        .map(format_of)
        .or_else(|| named.and_then(Format::of_name))
        .unwrap_or(Format::Divided(Divided::Comma));
    let Some(path) = named else {
        let mut out = Output::new();
        write(&work.store, &work.session, request, format, &mut out, |_| {}).map_err(stopped)?;
        return out.finish();
    };
    // Under another name until it is whole: a half file is never taken for an export.
    let mut fresh = path.to_owned().into_os_string();
    fresh.push(".part");
    let fresh = std::path::PathBuf::from(fresh);
    let mut out = BufWriter::with_capacity(1 << 16, create(&fresh)?);
    let outcome = write(&work.store, &work.session, request, format, &mut out, |_| {}).map_err(stopped);
    let count = match outcome.and_then(|count| Ok(out.flush().map(|()| count)?)) {
        Ok(count) => count,
        Err(failed) => {
            let _ = std::fs::remove_file(&fresh);
            return Err(failed);
        }
    };
    std::fs::rename(&fresh, path)?;
    eprintln!("headend: exported {count} {} to {}.", entity.name.replace('_', " "), path.display());
    Ok(())
}

fn stopped(stopped: Stopped) -> Failed {
    match stopped {
        Stopped::Store(error) => error.into(),
        Stopped::Write(error) => error.into(),
    }
}

impl From<FileFormat> for Format {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Csv => Self::Divided(Divided::Comma),
            FileFormat::Semicolon => Self::Divided(Divided::Semicolon),
            FileFormat::Tsv => Self::Divided(Divided::Tab),
            FileFormat::Jsonl => Self::JsonLines,
        }
    }
}
