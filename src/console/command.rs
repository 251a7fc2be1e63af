//! What a line behind `:` means, and what could stand in it. A resource or an operation may have a
//! filter behind it; what is wrong is told with the place where it stands.

use super::actions::Action;
use super::overlay::Completion;
use crate::domain::filter::{self, CompletionKind, Mistake};
use crate::domain::text;
use crate::domain::value::Locale;
use crate::resources::{self, Resource};
use crate::store::list::{Filterable, parse_filter};
use crate::store::operation::{self, Does, Operation};
use crate::store::{Entity, Field, Session};

/// What a line behind `:` means.
#[derive(Clone, Debug)]
pub enum Command {
    /// The list of a resource, filtered.
    List(&'static Resource, String),
    /// An operation: on the marked records or this one, or with a filter on all that it matches.
    Operation(&'static Operation, Option<String>),
    /// An action of the console.
    Action(Action),
    Word(Word),
}

/// A word that is neither a resource nor an operation nor an action with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Dashboard,
    Quit,
    Write,
    LogOut,
    Help,
}

impl Word {
    /// What it does, for the page of the keys.
    #[must_use]
    pub const fn does(self) -> &'static str {
        match self {
            Self::Dashboard => "Goes to the dashboard.",
            Self::Quit => "Leaves, after asking.",
            Self::Write => "Saves the form.",
            Self::LogOut => "Logs out; what is typed stays a draft.",
            Self::Help => "Shows the keys of this place.",
        }
    }
}

/// The words and what they are called, the name that completion offers first.
pub(super) const WORDS: [(Word, &[&str]); 5] = [
    (Word::Dashboard, &["dashboard", "dash", "home"]),
    (Word::Quit, &["quit", "q", "exit", "q!", "qa"]),
    (Word::Write, &["write", "w", "wq", "x"]),
    (Word::LogOut, &["logout", "log-out"]),
    (Word::Help, &["help", "h"]),
];

/// What a command is read with: who asks, and what the place shows.
#[derive(Clone, Copy)]
pub struct Standing<'a> {
    pub session: &'a Session,
    pub locale: Locale,
    pub resource: Option<&'static Resource>,
}

impl Standing<'_> {
    /// The operations that records of the place can have done to them.
    fn own_operations(&self) -> impl Iterator<Item = &'static Operation> {
        self.resource.into_iter().flat_map(Resource::actions)
    }

    fn may_see(&self, resource: &Resource) -> bool {
        self.session.may(&resource.entity.permission("read"))
    }
}

impl Command {
    /// Reads a line, with or without its colon.
    ///
    /// # Errors
    /// What is wrong, where it stands in `text`, and what would fit there.
    pub fn read(text: &str, standing: Standing<'_>) -> Result<Self, Mistake> {
        let Split { word, at, rest, rest_at } = Split::of(text);
        let here = at..at + word.len();
        let name = word.to_lowercase();
        if name.is_empty() {
            let message = "name a resource (customers, devices, …), an operation or a word such as quit".into();
            return Err(Mistake { span: here, message, expected: Vec::new() });
        }
        if let Some(resource) = resources::find(&name) {
            check_filter(resource, rest, rest_at, standing)?;
            return Ok(Self::List(resource, rest.to_owned()));
        }
        if let Some((word, _)) = WORDS.iter().find(|(_, names)| names.contains(&name.as_str())) {
            return alone(Self::Word(*word), &name, rest, rest_at);
        }
        // What can be done to the records in sight comes before a key's action of the same name,
        // `suspend` here before another resource's.
        let own = standing.own_operations().find(|operation| operation.verb() == name);
        let operation = match own.or_else(|| operation::find(&name)) {
            Some(operation) => Some(operation),
            None if Action::from_id(&name).is_some() => None,
            None => of_one_resource(&name, &here)?,
        };
        if let Some(operation) = operation {
            let filter = match resources::of(operation.entity) {
                Some(resource) if !rest.is_empty() => {
                    if !operation.takes_records() {
                        return alone(Self::Operation(operation, None), &name, rest, rest_at);
                    }
                    check_filter(resource, rest, rest_at, standing)?;
                    Some(rest.to_owned())
                }
                _ => None,
            };
            return Ok(Self::Operation(operation, filter));
        }
        match Action::from_id(&name) {
            Some(action) => alone(Self::Action(action), &name, rest, rest_at),
            None => Err(unknown(word, here, standing)),
        }
    }

    /// What could stand at the cursor: names that hold what was typed, the likeliest first; behind a
    /// resource or an operation what its filter takes, and the field whose values the database knows.
    #[must_use]
    pub fn complete(text: &str, cursor: usize, standing: Standing<'_>) -> (Completion, Option<Wanted>) {
        let Split { word, at, rest_at, .. } = Split::of(text);
        if cursor < rest_at || text.len() == at + word.len() {
            let end = at + word.len();
            let completion = Completion {
                span: at..end,
                candidates: fitting(word.get(..cursor.saturating_sub(at)).unwrap_or(word), standing),
                ..Completion::default()
            };
            return (completion, None);
        }
        let Some(resource) = filtered(word, standing) else { return (Completion::default(), None) };
        let filter = text.get(rest_at..).unwrap_or("");
        let found = filter::complete(filter, cursor.saturating_sub(rest_at), &Filterable(resource.entity));
        let wanted = match &found.kind {
            CompletionKind::Value { relations, field } if found.candidates.iter().all(|known| known == "me") => {
                let at = Filterable(resource.entity).field_at(relations, field);
                at.map(|(entity, field)| Wanted { entity, field, typed: found.typed.clone() })
            }
            _ => None,
        };
        let span = found.span.start + rest_at..found.span.end + rest_at;
        (Completion { span, candidates: found.candidates, ..Completion::default() }, wanted)
    }
}

/// Values that only the database knows.
pub struct Wanted {
    pub entity: &'static Entity,
    pub field: &'static Field,
    pub typed: String,
}

/// The first word of a line and what is behind it, each with the byte where it begins.
struct Split<'a> {
    word: &'a str,
    at: usize,
    rest: &'a str,
    rest_at: usize,
}

impl<'a> Split<'a> {
    fn of(text: &'a str) -> Self {
        let line = text.trim_start_matches(|c: char| c == ':' || c.is_whitespace());
        let at = text.len() - line.len();
        let end = line.find(char::is_whitespace).unwrap_or(line.len());
        let (word, behind) = line.split_at(end);
        let rest = behind.trim();
        let rest_at = text.len() - behind.trim_start().len();
        Self { word, at, rest, rest_at }
    }
}

/// A command that takes nothing behind it.
fn alone(command: Command, name: &str, rest: &str, rest_at: usize) -> Result<Command, Mistake> {
    if rest.is_empty() {
        return Ok(command);
    }
    let span = rest_at..rest_at + rest.len();
    Err(Mistake { span, message: format!("{name} takes nothing behind it"), expected: Vec::new() })
}

fn check_filter(resource: &Resource, rest: &str, rest_at: usize, standing: Standing<'_>) -> Result<(), Mistake> {
    parse_filter(resource.entity, rest, standing.locale)
        .map(|_| ())
        .map_err(|mistake| Mistake { span: mistake.span.start + rest_at..mistake.span.end + rest_at, ..mistake })
}

/// Names that a mistake tells before the rest is left to completion.
const OFFERED: usize = 5;

/// The operation of a verb that one resource alone has.
fn of_one_resource(verb: &str, here: &std::ops::Range<usize>) -> Result<Option<&'static Operation>, Mistake> {
    let mut named = operation::all().filter(|operation| operation.verb() == verb);
    match (named.next(), named.next()) {
        (Some(only), None) => Ok(Some(only)),
        (None, _) => Ok(None),
        (Some(_), Some(_)) => {
            let names: Vec<String> =
                operation::all().filter(|o| o.verb() == verb).map(|operation| operation.name.to_owned()).collect();
            let more = if names.len() > OFFERED { " …" } else { "" };
            let message = format!("{verb} what? There is {}{more}", names[..names.len().min(OFFERED)].join(", "));
            Err(Mistake { span: here.clone(), message, expected: names })
        }
    }
}

/// The resource whose filter stands behind a word.
fn filtered(word: &str, standing: Standing<'_>) -> Option<&'static Resource> {
    let name = word.to_lowercase();
    let by_operation = || {
        let own = standing.own_operations().find(|operation| operation.verb() == name);
        let operation = own
            .or_else(|| operation::find(&name))
            .or_else(|| of_one_resource(&name, &(0..0)).ok().flatten())
            .filter(|operation| operation.takes_records())?;
        resources::of(operation.entity)
    };
    resources::find(&name).or_else(by_operation)
}

/// Everything that a command can be called, as it is written in full.
fn all_names(standing: Standing<'_>) -> Vec<String> {
    let resources = resources::all().filter(|resource| standing.may_see(resource));
    let mut names: Vec<String> = resources.map(|resource| resource.entity.name.to_owned()).collect();
    names.extend(standing.own_operations().map(|operation| operation.verb().to_owned()));
    names.extend(WORDS.iter().filter_map(|(_, names)| names.first()).map(|name| (*name).to_owned()));
    names.extend(Action::ALL.iter().filter(|action| is_worth_a_name(**action)).map(|action| action.id().to_owned()));
    names.extend(
        operation::all()
            .filter(|operation| !matches!(operation.does, Does::Import) && standing.session.may(operation.name))
            .map(|operation| operation.name.to_owned()),
    );
    names
}

/// Actions that mean something without a key: not those that merely move or edit a line.
fn is_worth_a_name(action: Action) -> bool {
    use super::actions::Scope;
    matches!(action.def().scope, Scope::Places | Scope::List | Scope::Page)
        && !super::screens::moves(action)
        && super::tabs::Tab::of(action).is_none()
        && action != Action::Help
        // A list goes by the same name.
        && resources::find(action.id()).is_none()
        || matches!(action, Action::Lock | Action::Redraw | Action::Menu | Action::Undo | Action::Redo)
}

/// That there is no such command: with the names that are offered while it is typed, else with those nearest to it.
fn unknown(word: &str, here: std::ops::Range<usize>, standing: Standing<'_>) -> Mistake {
    let mut likely = fitting(word, standing);
    if likely.is_empty() {
        return Mistake::unknown(here, "command", word, all_names(standing));
    }
    likely.truncate(HANDFUL);
    let message = format!("no command ‘{}’ here; did you mean {}?", text::clean(word), likely.join(", "));
    Mistake { span: here, message, expected: likely }
}

/// How many names a mistake offers.
const HANDFUL: usize = 5;

/// The names that hold the letters typed, in their order: whole beginnings first, then beginnings of
/// a word, then the letters together, then beginnings of several words, then letters of one word from its first on. An
/// alias finds its resource.
fn fitting(typed: &str, standing: Standing<'_>) -> Vec<String> {
    let typed = typed.to_lowercase();
    let mut ranked: Vec<(usize, String)> = all_names(standing)
        .into_iter()
        .filter(|name| !name.contains('.') || typed.contains('.') || typed.len() > 2)
        .filter_map(|name| {
            let aliases = resources::find(&name).map_or(&[][..], |resource| resource.aliases);
            let rank = std::iter::once(name.as_str()).chain(aliases.iter().copied()).filter_map(|n| rank(&typed, n));
            rank.min().map(|rank| (rank, name))
        })
        .collect();
    // Those of one rank stay in their order: what people work with most first.
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, name)| name).collect()
}

/// How well letters fit a name, 0 best; none where they do not stand in it in their order.
fn rank(letters: &str, name: &str) -> Option<usize> {
    if name == letters {
        return Some(0);
    }
    if name.starts_with(letters) {
        return Some(1);
    }
    if name.split(['_', '-', '.']).any(|word| word.starts_with(letters)) {
        return Some(2);
    }
    if name.contains(letters) {
        return Some(3);
    }
    let words: Vec<&str> = name.split(['_', '-', '.']).collect();
    if begin_words(letters, &words) {
        return Some(4);
    }
    words.iter().any(|word| stand_in(letters, word)).then_some(5)
}

/// Whether letters are the beginnings of some of the words, one after the other: `stre` of `stock_requests`.
fn begin_words(letters: &str, words: &[&str]) -> bool {
    let Some((first, others)) = words.split_first() else { return letters.is_empty() };
    let shared = letters.chars().zip(first.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8());
    let ends = shared.scan(0, |end, length| {
        *end += length;
        Some(*end)
    });
    let goes_on = |end: usize| letters.get(end..).is_some_and(|rest| begin_words(rest, others));
    letters.is_empty() || ends.into_iter().any(goes_on) || begin_words(letters, others)
}

/// Whether letters stand in a word in their order, the first one first: `dvc` in `devices`.
fn stand_in(letters: &str, word: &str) -> bool {
    let mut rest = word.chars();
    word.chars().next() == letters.chars().next() && letters.chars().all(|letter| rest.any(|c| c == letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Id;
    use crate::domain::access::Permissions;
    use crate::store::session::{Actor, Program, Scope, Tenant};

    fn session(permission: &str) -> Session {
        Session {
            actor: Actor::Program(Program::Setup),
            tenant: Tenant {
                id: Id::new(),
                name: "fibernet".into(),
                display_name: "Fibernet".into(),
                currency: "USD".into(),
                zone: chrono_tz::Tz::UTC,
                manner: crate::domain::manner::Manner::default(),
                may_write: true,
            },
            permissions: Permissions::new([permission], [], []),
            scope: Scope::All,
            client: "console".into(),
            source: None,
            read_only: false,
            keyless: false,
        }
    }

    fn with<T>(resource: Option<&str>, run: impl FnOnce(Standing<'_>) -> T) -> T {
        let session = session("*");
        let locale = session.locale("2026-03-01T12:00:00Z".parse().unwrap());
        run(Standing { session: &session, locale, resource: resource.and_then(resources::find) })
    }

    fn read(text: &str) -> Result<Command, Mistake> {
        with(None, |standing| Command::read(text, standing))
    }

    fn candidates(text: &str, resource: Option<&str>) -> Vec<String> {
        with(resource, |standing| Command::complete(text, text.len(), standing).0.candidates)
    }

    #[test]
    fn a_resource_or_alias_takes_a_filter() {
        for (text, name, filter) in [
            (":cus", "customers", ""),
            ("CUSTOMERS", "customers", ""),
            ("devices health:down site:\"North POP\"", "devices", "health:down site:\"North POP\""),
            (":  inc   is:open ", "incidents", "is:open"),
        ] {
            match read(text) {
                Ok(Command::List(resource, rest)) => assert_eq!((resource.entity.name, rest.as_str()), (name, filter)),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn words_actions_and_operations_are_known() {
        assert!(matches!(read("q"), Ok(Command::Word(Word::Quit))));
        assert!(matches!(read(":w"), Ok(Command::Word(Word::Write))));
        assert!(matches!(read("lock"), Ok(Command::Action(Action::Lock))));
        assert!(matches!(read("redraw"), Ok(Command::Action(Action::Redraw))));
        match read("customers.suspend wallet_balance<0") {
            Ok(Command::Operation(operation, Some(filter))) => {
                assert_eq!((operation.name, filter.as_str()), ("customers.suspend", "wallet_balance<0"));
            }
            other => panic!("{other:?}"),
        }
        let own = with(Some("customers"), |standing| Command::read("suspend", standing));
        assert!(matches!(own, Ok(Command::Operation(operation, None)) if operation.name == "customers.suspend"));
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        for (text, wrong, word) in [
            (":custmers", "custmers", "did you mean customers"),
            (":dvc", "dvc", "did you mean devices"),
            (":csutomers", "csutomers", "did you mean customers"),
            ("customers stauts:active", "stauts", "did you mean status"),
            ("  lock now", "now", "takes nothing"),
            ("customers.suspend stauts:active", "stauts", "did you mean status"),
        ] {
            let mistake = read(text).expect_err(text);
            assert_eq!(text.get(mistake.span.clone()), Some(wrong), "{text}");
            assert!(mistake.message.contains(word), "{}", mistake.message);
        }
        assert!(read("").is_err() && read(":").is_err());
        // A verb of several resources is none of them.
        let mistake = read("delete").expect_err("which?");
        assert!(mistake.message.contains("sites.delete"), "{}", mistake.message);
    }

    #[test]
    fn candidates_that_begin_so_come_first_and_an_alias_finds_its_resource() {
        assert_eq!(candidates(":dev", None)[0], "devices");
        assert_eq!(candidates("pop", None)[0], "sites");
        assert!(candidates("cst", None).contains(&"customers".to_owned()));
        assert_eq!(candidates("dvc", None)[0], "devices");
        assert!(candidates("stre", None).contains(&"stock_requests".to_owned()));
        for name in candidates("susp", Some("customers")) {
            assert!(name.contains("susp"), "{name}");
        }
        assert_eq!(candidates("susp", Some("customers"))[0], "suspend");
        assert!(candidates("customers.s", None).contains(&"customers.suspend".to_owned()));
        assert!(candidates("zzz", None).is_empty());
    }

    #[test]
    fn behind_a_resource_its_filter_is_completed() {
        assert!(candidates("customers sta", None).contains(&"status".to_owned()));
        assert!(candidates("customers status:sus", None).contains(&"suspended".to_owned()));
        let text = "customers.suspend status:act";
        let (completion, _) = with(None, |standing| Command::complete(text, text.len(), standing));
        assert_eq!(text.get(completion.span), Some("act"));
        let wanted = with(None, |standing| Command::complete("customers plan:", 15, standing).1);
        assert!(wanted.is_some_and(|wanted| wanted.field.name == "plan"));
        assert!(candidates("quit now", None).is_empty());
        // Through references and relations too.
        assert!(candidates("devices customer.", None).contains(&"customer.plan".to_owned()));
        assert!(candidates("devices customer.st", None).contains(&"customer.status".to_owned()));
        assert!(candidates("customers has:(tickets st", None).contains(&"status".to_owned()));
        for (text, entity, field) in [
            ("devices customer.plan:", "customers", "plan"),
            ("devices parent.site:", "devices", "site"),
            ("customers has:(tickets customer:", "tickets", "customer"),
            ("customers has:(ticket device.site:", "devices", "site"),
            ("tickets engineer:", "tickets", "engineer"),
        ] {
            let wanted = with(None, |standing| Command::complete(text, text.len(), standing).1);
            let wanted = wanted.map(|wanted| (wanted.entity.name, wanted.field.name));
            assert_eq!(wanted, Some((entity, field)), "{text}");
        }
        assert_eq!(candidates("tickets engineer:", None), ["me"]);
    }

    #[test]
    fn who_may_not_see_it_is_not_offered_it() {
        let session = session("devices.read");
        let locale = session.locale("2026-03-01T12:00:00Z".parse().unwrap());
        let standing = Standing { session: &session, locale, resource: None };
        let (completion, _) = Command::complete("cus", 3, standing);
        assert!(!completion.candidates.iter().any(|name| name.starts_with("customers")), "{completion:?}");
    }
}
