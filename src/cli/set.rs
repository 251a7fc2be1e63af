//! `headend set`: fields of a record.

use super::arguments::Set;
use super::context::{Context, resource};
use super::failure::{Failed, Outcome};
use super::output::Output;
use super::values;
use crate::store::Request;

pub fn run(context: &Context, options: &Set) -> Outcome {
    let work = context.work()?;
    let resource = resource(&options.resource)?;
    let entity = resource.entity;
    let operation =
        resource.update().ok_or_else(|| Failed::Misuse(format!("{} are not changed by people", entity.name)))?;
    let locale = work.session.locale(work.store.now());
    let record = work.store.get_named(&work.session, entity, &options.record)?;
    let mut request = Request::new(operation).on(record.id, Some(record.version));
    request.values = if values::from_stdin(&options.values) {
        let mut records = values::of_stdin(operation, locale)?;
        match (records.pop(), records.is_empty()) {
            (Some(values), true) => values,
            _ => {
                return Err(Failed::Refused(
                    "one JSON object is wanted. Many records are set with `headend import --update`".into(),
                ));
            }
        }
    } else {
        values::of_words(operation, &options.values, locale)?
    };
    work.store.perform(&work.session, &request)?;
    let after = work.store.get(&work.session, entity, record.id)?;
    let changed = after.as_ref().is_none_or(|after| after.version != record.version);
    let title = after.unwrap_or(record).title();
    let mut out = Output::new();
    out.line(&format!("{} {title}", if changed { "changed" } else { "unchanged" }))?;
    out.finish()
}
