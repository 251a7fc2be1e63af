//! `headend audit`: verify, list, export.

use std::io::Write as _;

use super::arguments::{Audit, AuditCommand, List};
use super::context::{Context, Work};
use super::failure::{Exit, Failed, Outcome};
use super::list::read_filter;
use super::output::Output;
use super::{format, list};
use crate::store::audit::Verdict;
use crate::store::list::{From, ListRequest};
use crate::store::users::AUDIT_LOG;

pub fn run(context: &Context, options: &Audit) -> Outcome {
    match &options.command {
        AuditCommand::Verify => verify(&context.work()?),
        AuditCommand::List { filter, limit, all, output } => list::run(
            context,
            &List {
                resource: AUDIT_LOG.name.into(),
                filter: filter.clone(),
                sort: None,
                fields: None,
                limit: *limit,
                all: *all,
                output: *output,
            },
        ),
        AuditCommand::Export { file, filter } => export(&context.work()?, file.as_deref(), filter.as_deref()),
    }
}

fn verify(work: &Work) -> Outcome {
    match work.store.verify_audit(&work.session)? {
        Verdict::Sound { entries } => {
            let mut out = Output::new();
            out.line(&format!("audit ok: {entries} entries"))?;
            out.finish()
        }
        Verdict::Broken { chain, sequence, why } => {
            eprintln!("headend: the audit log is not what was written: chain {chain}, entry {sequence}: {why}.");
            Err(Failed::Told(Exit::Refused))
        }
    }
}

/// The oldest first, as they were written.
fn export(work: &Work, file: Option<&std::path::Path>, filter: Option<&str>) -> Outcome {
    let mut request = ListRequest::all(&AUDIT_LOG, 500);
    request.sort.clear();
    if let Some(filter) = filter {
        request.filter = read_filter(work, &AUDIT_LOG, filter)?;
    }
    let mut out: Box<dyn std::io::Write> = match file {
        Some(path) => Box::new(std::io::BufWriter::new(crate::exchange::export::create(path)?)),
        None => Box::new(Output::new()),
    };
    loop {
        let page = work.store.list(&work.session, &request)?;
        for row in &page.rows {
            writeln!(out, "{}", format::json_text(&format::json(row), false))?;
        }
        match page.cursors.last() {
            Some(last) if page.more_after => request.from = From::After(last.clone()),
            _ => break,
        }
    }
    Ok(out.flush()?)
}
