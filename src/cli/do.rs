//! `headend do`: a named action on one record or all that match.

use super::arguments::Do;
use super::context::{Context, Work, resource};
use super::failure::{Exit, Failed, Outcome};
use super::list::read_filter;
use super::output::Output;
use super::{prompt, values};
use crate::domain::Value;
use crate::domain::secret::Secret;
use crate::domain::text::clean;
use crate::resources::Resource;
use crate::store::aims::Aims;
use crate::store::list::ListRequest;
use crate::store::{Done, Failure, Field, Made, Operation, Record, Request, StoreError, entities};

/// Records that are named one by one before the rest is only counted.
const NAMED: usize = 20;

pub fn run(context: &Context, options: &Do) -> Outcome {
    let work = context.work()?;
    let resource = resource(&options.resource)?;
    let operation = resource.action(&options.action).ok_or_else(|| unknown(resource, &options.action))?;
    let (words, named): (Vec<String>, Vec<String>) =
        options.rest.iter().cloned().partition(|word| is_value(operation, word));
    let locale = work.session.locale(work.store.now());
    let mut request = Request::new(operation);
    request.values = values::of_words(operation, &words, locale)?;
    request.reason.clone_from(&options.reason);
    work.session.require(operation.name)?;
    if !operation.takes_records() {
        return make(&work, resource, request, &named, options.yes);
    }
    request.aims = aims(&work, resource, operation, options, &named)?;
    if request.aims.is_empty() {
        return Err(Failed::Refused(format!("no {} match. Nothing was done", resource.entity.name)));
    }
    if !options.yes {
        return show(&work, resource, operation, &request.aims);
    }
    request.partly = request.aims.len() > 1;
    let (done, made) = perform(&work, request)?;
    let mut out = Output::new();
    out.line(&format!("{}: {} {}", operation.verb(), done.records.len(), counted(resource, done.records.len())))?;
    tell_besides(&work, &mut out, operation, &done)?;
    tell_made(&work, &mut out, &made)?;
    out.finish()?;
    if done.refused.is_empty() {
        return Ok(());
    }
    for (_, title, why) in &done.refused {
        eprintln!("headend: {}: {}.", clean(title), clean(why));
    }
    Err(Failed::Told(Exit::Partly))
}

/// An action that makes records from what it asks for.
fn make(work: &Work, resource: &Resource, request: Request, named: &[String], yes: bool) -> Outcome {
    let verb = request.operation.verb();
    if let Some(word) = named.first() {
        let asked: Vec<&str> = request.operation.asks.iter().map(|field| field.name).collect();
        let known = asked.join(", ");
        return Err(Failed::Misuse(format!("{verb} takes no record: ‘{}’. It asks for: {known}", clean(word))));
    }
    if !yes {
        eprintln!("headend: would {verb} {}. Add --yes to do it.", resource.entity.name.replace('_', " "));
        return Err(Failed::Told(Exit::Refused));
    }
    let (done, secrets) = perform(work, request)?;
    let mut out = Output::new();
    for id in done.records {
        let made = work.store.get(&work.session, resource.entity, id)?;
        out.line(&made.map_or_else(|| id.to_string(), |record| record.title()))?;
    }
    tell_made(work, &mut out, &secrets)?;
    out.finish()
}

/// What was made besides, a line each.
fn tell_besides(work: &Work, out: &mut Output, operation: &Operation, done: &Done) -> Outcome {
    let Some(entity) = operation.makes.and_then(entities::find) else { return Ok(()) };
    for id in &done.made {
        if let Some(record) = work.store.get(&work.session, entity, *id)? {
            out.line(&format!("made {}", record.title()))?;
        }
    }
    Ok(())
}

/// A secret that was made for whoever asked.
pub(super) type ShownOnce = (&'static Field, Made, Secret);

/// Has it done, with the password that it wants once more and the secrets that nobody has to think up.
pub(super) fn perform(work: &Work, mut request: Request) -> Outcome<(Done, Vec<ShownOnce>)> {
    request = prove(request)?;
    let given: Vec<&str> = request.made_secrets().map(|(field, ..)| field.name).collect();
    let request = request.with_made_secrets();
    let done = perform_proven(work, &request)?;
    let made = request.made_secrets().filter(|(field, ..)| !given.contains(&field.name));
    Ok((done, made.map(|(field, made, secret)| (field, made, secret.clone())).collect()))
}

/// The password of whoever acts, where it is wanted once more and was not given.
fn prove(request: Request) -> Outcome<Request> {
    let field = Field::OWN_PASSWORD.name;
    if !request.operation.wants_proof() || !request.value(field).is_empty() {
        return Ok(request);
    }
    let password = match prompt::password_in_environment()? {
        Some(password) => password,
        None if prompt::can_ask() => prompt::secret("Your own password, once more")?,
        None => return Err(Failed::NotLoggedIn("your own password is needed. Set HEADEND_PASSWORD".into())),
    };
    Ok(request.with(field, Value::Secret(password)))
}

/// Has it done; where the code of a second factor is wanted too, with that.
fn perform_proven(work: &Work, request: &Request) -> Outcome<Done> {
    let code = Field::OWN_CODE.name;
    match work.store.perform(&work.session, request) {
        Err(error) if wants(&error, code) && request.value(code).is_empty() => {
            let Some(given) = prompt::code()? else {
                return Err(Failed::NotLoggedIn(format!("{error}. Set HEADEND_CODE")));
            };
            Ok(work.store.perform(&work.session, &request.clone().with(code, Value::text(given.reveal())))?)
        }
        done => Ok(done?),
    }
}

fn wants(error: &StoreError, field: &str) -> bool {
    matches!(error.failure(), Failure::Invalid(problems) if problems.iter().any(|problem| problem.field == field))
}

/// Prints what is shown once, where a script can take it from.
fn tell_made(work: &Work, out: &mut Output, secrets: &[ShownOnce]) -> Outcome {
    for (field, made, secret) in secrets {
        eprintln!("headend: the {} below {} shown once.", field.name.replace('_', " "), are(field.name));
        out.line(secret.reveal())?;
        if let Some(link) = made.link {
            out.line(link(&work.session, secret).reveal())?;
        }
    }
    Ok(())
}

fn are(name: &str) -> &'static str {
    if name.ends_with('s') { "are" } else { "is" }
}

fn unknown(resource: &Resource, action: &str) -> Failed {
    let known: Vec<&str> = resource.actions().map(Operation::verb).collect();
    let entity = resource.entity.name;
    let hint = if known.is_empty() { "There are none".into() } else { format!("There are: {}", known.join(", ")) };
    Failed::Misuse(format!("{entity} have no action ‘{}’. {hint}", clean(action)))
}

/// `key=value` where the key is a field, or something that the action asks for; a name may hold `=` too.
fn is_value(operation: &Operation, word: &str) -> bool {
    let is_asked = |key: &str| operation.asks.iter().any(|field| field.name == key || field.column() == Some(key));
    word.split_once('=').is_some_and(|(key, _)| is_asked(key) || operation.entity.field(key).is_some())
}

fn aims(
    work: &Work,
    resource: &'static Resource,
    operation: &'static Operation,
    options: &Do,
    named: &[String],
) -> Outcome<Aims> {
    let mut aims = match &options.filter {
        Some(filter) => {
            let filter = read_filter(work, resource.entity, filter)?;
            // A name that nothing bears must not mean all the others.
            let first = ListRequest { filter: filter.clone(), ..ListRequest::all(resource.entity, 1) };
            if let Some(why) = work.store.list(&work.session, &first)?.misnamed {
                return Err(Failed::Refused(format!("{why}, which the filter names: nothing was done")));
            }
            work.store.mark(&work.session, resource.entity, &filter, &mut |_| true)?
        }
        None if named.is_empty() => {
            return Err(Failed::Misuse("on which ones? Name them, or give --filter".into()));
        }
        None => Aims::default(),
    };
    for name in named {
        let record =
            work.store.get_named(&work.session, resource.entity, name).map_err(|error| match name.split_once('=') {
                Some((key, _)) if matches!(error.failure(), Failure::NotFound { .. }) => {
                    let known: Vec<&str> = operation.asks.iter().map(|field| field.name).collect();
                    let takes = if known.is_empty() { "nothing".into() } else { known.join(", ") };
                    let (verb, key) = (operation.verb(), clean(key));
                    Failed::Misuse(format!("{error} If ‘{key}’ is a value: {verb} asks for {takes}"))
                }
                _ => error.into(),
            })?;
        aims.insert(record.id, Some(record.version));
    }
    Ok(aims)
}

/// What would happen: how many, which, and which ones would be refused and why.
fn show(work: &Work, resource: &'static Resource, operation: &'static Operation, aims: &Aims) -> Outcome {
    let (mut open, mut refused) = (Vec::new(), Vec::new());
    let mut count = 0;
    for aim in aims.iter() {
        let Some(record) = work.store.get(&work.session, resource.entity, aim.id)? else { continue };
        match operation.open_to(&record) {
            Ok(()) => {
                count += 1;
                if open.len() < NAMED {
                    open.push(title(&record));
                }
            }
            Err(why) => refused.push((title(&record), why)),
        }
    }
    let mut out = Output::new();
    out.line(&format!("would {} {count} {}:", operation.verb(), counted(resource, count)))?;
    for title in &open {
        out.line(&format!("  {title}"))?;
    }
    if count > open.len() {
        out.line(&format!("  … and {} more", count - open.len()))?;
    }
    if !refused.is_empty() {
        out.line(&format!("would refuse {}:", refused.len()))?;
        for (title, why) in refused.iter().take(NAMED) {
            out.line(&format!("  {title}: {why}"))?;
        }
        if refused.len() > NAMED {
            out.line(&format!("  … and {} more", refused.len() - NAMED))?;
        }
    }
    out.finish()?;
    eprintln!("headend: nothing was done. Add --yes to do it.");
    Err(Failed::Told(Exit::Refused))
}

fn title(record: &Record) -> String {
    record.title()
}

fn counted(resource: &Resource, count: usize) -> String {
    if count == 1 { resource.entity.singular.to_owned() } else { resource.entity.name.replace('_', " ") }
}
