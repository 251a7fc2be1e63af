//! `headend add`: a record from fields, or records from JSON.

use super::arguments::Add;
use super::context::{Context, resource};
use super::failure::{Exit, Failed, Outcome};
use super::output::Output;
use super::values;
use crate::store::Request;

pub fn run(context: &Context, options: &Add) -> Outcome {
    let work = context.work()?;
    let resource = resource(&options.resource)?;
    let entity = resource.entity;
    let operation = resource
        .creation()
        .ok_or_else(|| Failed::Misuse(format!("{} are made by the program, not by people", entity.name)))?;
    let locale = work.session.locale(work.store.now());
    let records = if values::from_stdin(&options.values) {
        values::of_stdin(operation, locale)?
    } else {
        vec![values::of_words(operation, &options.values, locale)?]
    };
    let (several, mut out) = (records.len() > 1, Output::new());
    for (index, values) in records.into_iter().enumerate() {
        let mut request = Request::new(operation);
        request.values = values;
        match work.store.perform(&work.session, &request) {
            Ok(done) => {
                for id in done.records {
                    let made = work.store.get(&work.session, entity, id)?;
                    out.line(&made.map_or_else(|| id.to_string(), |record| record.title()))?;
                }
            }
            Err(error) if several && index > 0 => {
                out.finish()?;
                eprintln!("headend: record {}: {}. The {index} before it were added.", index + 1, error);
                return Err(Failed::Told(Exit::Partly));
            }
            Err(error) => return Err(error.into()),
        }
    }
    out.finish()
}
