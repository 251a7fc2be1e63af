//! Tests: all that a screen says stands in the file of texts, and all that stands there is said.
//!
//! What is painted goes by its key. What rules and screens tell (a refusal, a notice, a line of a question) is English
//! in the code and goes by its pattern; those patterns and the words of choices are gathered from the code into the
//! sections `word` and `message`, which `scripts/docs` writes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::actions::Action;
use crate::domain::Kind;
use crate::domain::words::{self, Words};
use crate::resources;
use crate::store::Field;

const FILE: &str = "assets/texts/en.toml";
/// What is written anew stands behind this line.
const GATHERED: &str = "# Gathered from the code by scripts/docs: what is below is not written by hand.\n";

/// Rooms whose messages people see on a screen.
const TELLS: [&str; 3] = ["src/domain", "src/store", "src/console"];
/// Of what paints, the editor of trees tells what is wrong with what is typed.
const TREE: [&str; 2] = ["widgets/tree.rs", "widgets/tree/written.rs"];
/// Files there that tell people nothing: SQL, what is painted by key, what programs and files say to each other, and
/// what is written into the database once, in English.
const SILENT: [&str; 40] = [
    "schema.rs",
    "bench_data.rs",
    "tests",
    "sample.rs",
    "properties.rs",
    "real.rs",
    "said.rs",
    "console/view",
    "/widgets",
    "terminal",
    "overview.rs",
    "store/history.rs",
    "/sql.rs",
    "/types.rs",
    "model.rs",
    "words.rs",
    "migrate.rs",
    "list/compile.rs",
    "list/select.rs",
    "list/scope.rs",
    "list/page.rs",
    "list/plan.rs",
    "list/texts.rs",
    "figures.rs",
    "inspect.rs",
    "vault.rs",
    "rotation.rs",
    "target.rs",
    "connection.rs",
    "/audit",
    "retention.rs",
    "theme/mod.rs",
    "theme/signs.rs",
    "theme/colour.rs",
    "keys/mod.rs",
    "keys/reference.rs",
    "filter/write.rs",
    "filter/complete.rs",
    "health",
    "input/",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(below: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut directories = vec![root().join(below)];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => directories.push(path),
                false if path.extension().is_some_and(|end| end == "rs") => files.push(path),
                false => {}
            }
        }
    }
    files.sort();
    files
}

/// The literals of Rust code.
static TOKEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r##"(?s)//[^\n]*|r#".*?"#|"((?:[^"\\]|\\.)*)"|'(?:[^'\\]|\\.)'|'\w+"##).unwrap());

/// The literals of a file, each with what stands before it on its line; tests and comments aside.
fn literals(file: &Path) -> Vec<(String, String)> {
    static BROKEN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\\\n\s*").unwrap());
    let text = std::fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap();
    let literal = |found: regex::Captures<'_>| {
        let at = found.get(0).unwrap().start();
        let line = code[..at].rsplit('\n').next().unwrap().trim().to_owned();
        let written = BROKEN.replace_all(found.get(1)?.as_str(), "").into_owned();
        let written = written.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\");
        Some((written, line))
    };
    TOKEN.captures_iter(code).filter_map(literal).collect()
}

/// What tells a message from other literals.
struct Reader {
    value: Regex,
    words: Regex,
    sentence: Regex,
    sql: Regex,
    term: Regex,
}

impl Reader {
    fn new() -> Self {
        let sql = r"\b(SELECT|FROM|WHERE|AND|INSERT|UPDATE|DELETE|ORDER|GROUP|JOIN|VALUES|NULL|CREATE|DESC|ASC|LIMIT|UNION|EXISTS|CASE|THEN|ELSE|END|OR|IN|CAST|PRAGMA|BEGIN|COMMIT|ROLLBACK|LOCK|GRANT|AS|DO|SET|ARRAY)\b|(^|[ (,])[a-z]\.[a-z_]+| = '?$|^[,)'\]]+ *'?[a-z(]|::|[a-z_] ?\([a-z_]+[,()]|\||^\$|^/";
        Self {
            value: Regex::new(r"\{[^}]*\}").unwrap(),
            words: Regex::new(r"[a-z]{2}").unwrap(),
            sentence: Regex::new(r"^[A-Z].*[.?!]$").unwrap(),
            sql: Regex::new(sql).unwrap(),
            term: Regex::new(r"^-?[a-z_.]+(:|<|>|=)\S*$").unwrap(),
        }
    }

    /// Whether a literal is something that people read: words with a blank between them, no SQL, no filter, and nothing
    /// that is looked for in what a server says.
    fn is_message(&self, literal: &str, before: &str) -> bool {
        let plain = self.value.replace_all(literal, "");
        let is_filter = literal.split(' ').all(|word| matches!(word, "or" | "and") || self.term.is_match(word));
        let is_looked_for = before.ends_with("has(") || before.ends_with("contains(");
        self.words.is_match(&plain)
            && (literal.contains(' ') || self.sentence.is_match(literal))
            && !self.sql.is_match(literal)
            && !is_filter
            && !is_looked_for
            && !before.ends_with("singular:")
            && !SERVER.iter().any(|said| literal.contains(said))
    }
}

/// What database servers say of a line that is gone: looked for, never told.
const SERVER: [&str; 14] = [
    "server closed",
    "connection to server",
    "terminating connection",
    "connection to the server",
    "receive data",
    "send data",
    "connection not open",
    "SSL ",
    "database system is",
    "connection already",
    "connection is closed",
    "broken pipe",
    "database or disk",
    "database table",
];

fn messages() -> BTreeSet<String> {
    let (reader, mut messages) = (Reader::new(), BTreeSet::new());
    for file in TELLS.iter().flat_map(|room| sources(room)) {
        let name = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        if SILENT.iter().any(|silent| name.contains(silent)) && !TREE.iter().any(|tree| name.ends_with(tree)) {
            continue;
        }
        for (literal, before) in literals(&file) {
            if reader.is_message(&literal, &before) {
                messages.insert(literal.trim().to_owned());
            }
        }
    }
    messages
}

/// The words of choices and states.
fn choices() -> BTreeSet<&'static str> {
    let fields = crate::store::entities::all().flat_map(|entity| entity.fields);
    let asked = crate::store::operation::all().flat_map(|operation| operation.asks);
    let words = fields.chain(asked).filter_map(|field| match field.kind {
        Kind::Choice(words) => Some(words),
        _ => None,
    });
    words
        .flatten()
        .copied()
        .chain(["yes", "no", "now", "empty", "nothing", "yes/no", "number", "text", "list", "group"])
        .collect()
}

fn gathered() -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let section = |name: &str, texts: &mut dyn Iterator<Item = String>| {
        let lines: Vec<String> = texts.map(|text| format!("{} = {0}\n", quoted(&text))).collect();
        format!("[{name}]\n{}", lines.concat())
    };
    let words = section("word", &mut choices().into_iter().map(str::to_owned));
    let messages = section("message", &mut messages().into_iter());
    format!(
        "{GATHERED}\n# The words of choices and states. Filters and files keep the English ones.\n{words}\n\
         # What rules refuse and screens tell, by its English: {{}} and {{name}} are what is named there.\n{messages}"
    )
}

#[test]
fn what_is_told_stands_in_the_file_of_texts() {
    let path = root().join(FILE);
    let kept = std::fs::read_to_string(&path).unwrap();
    let by_hand = kept.split(GATHERED).next().unwrap().trim_end();
    let wanted = format!("{by_hand}\n\n{}", gathered());
    if std::env::var_os("HEADEND_WRITE_TEXTS").is_some() {
        std::fs::write(&path, wanted).unwrap();
        return;
    }
    let differs = kept.lines().zip(wanted.lines()).find(|(kept, now)| kept != now);
    assert!(
        kept == wanted,
        "{FILE} is not what the code tells ({differs:?}): run scripts/docs, and look at what changed"
    );
}

#[test]
fn what_is_a_message_is_told_from_what_is_not() {
    let reader = Reader::new();
    for (text, before) in [
        ("is required", ""),
        ("Leave?", "Confirm::new("),
        ("{} ms", "format!("),
        ("cannot {verb}: the {of} is {state}, which is final", "Err(format!("),
        ("is an object such as {\"hours\": 8}", ""),
    ] {
        assert!(reader.is_message(text, before), "{text}");
    }
    for (text, before) in [
        ("customers.read", ""),
        (" AND id = ", ".push("),
        ("status:active expiration_date<60d", "means: "),
        ("stock item", "singular:"),
        ("deadlock detected", "_ if has("),
        ("server closed the connection", ""),
        ("c.number IN (", ""),
        ("{}{}", "format!("),
    ] {
        assert!(!reader.is_message(text, before), "{text}");
    }
}

// ---- what goes by its key

/// The literals of what paints: a text that people read stands in the file of texts, and each that stands there is said.
#[test]
fn no_text_of_a_screen_bypasses_the_file_of_texts() {
    let painted = ["src/console/view.rs", "src/console/view", "src/console/widgets"];
    let by_key = ["src/console", "src/resources"];
    let mut wrong = Vec::new();
    for file in sources("src/console") {
        let name = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        if !painted.iter().any(|part| name.starts_with(part))
            || name.contains("tests")
            || TREE.iter().any(|tree| name.ends_with(tree))
        {
            continue;
        }
        for (literal, _) in literals(&file) {
            if words::english().contains_key(&literal) {
                continue;
            }
            if is_text(&literal) {
                wrong.push(format!("{name}: {literal:?}"));
            } else if literal.contains('.') && is_key(&literal) {
                wrong.push(format!("{name}: there is no text {literal:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these belong in {FILE}:\n{}", wrong.join("\n"));
    let said: BTreeSet<String> =
        by_key.iter().flat_map(|room| sources(room)).flat_map(|file| literals(&file)).map(|(text, _)| text).collect();
    let own = |key: &str| !BY_NAME.iter().any(|section| key.starts_with(section));
    for key in words::english().keys().filter(|key| own(key)) {
        // The sentence for what does something else here stands beside what it is called.
        let key = key.replacen("line-help.", "line.", 1);
        assert!(said.contains(&key), "{key} is said nowhere");
    }
}

/// Sections whose texts go by the name of what they speak of.
const BY_NAME: [&str; 6] = ["action.", "field.", "resource.", "operation.", "word.", "message."];

fn is_key(literal: &str) -> bool {
    literal.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
}

/// Two letters side by side, what stands in for a value aside, and no name of a field or key.
fn is_text(literal: &str) -> bool {
    static VALUE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{[^}]*\}").unwrap());
    let plain = VALUE.replace_all(literal, "");
    let letters = plain.chars().zip(plain.chars().skip(1)).any(|(a, b)| a.is_alphabetic() && b.is_alphabetic());
    letters && !is_key(&plain)
}

/// What has a name has its text, and each of those texts is of something.
#[test]
fn what_has_a_name_has_its_text() {
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    let mut knows = |key: String, must: bool| {
        known.entry(key).and_modify(|wanted| *wanted |= must).or_insert(must);
    };
    for id in Action::ALL.iter().map(|action| action.id()).chain(["watch", "raise-ticket", "book"]) {
        knows(format!("action.{id}.label"), true);
        knows(format!("action.{id}.help"), true);
    }
    for resource in resources::all() {
        let name = resource.entity.name;
        for (what, must) in [("title", true), ("one", true), ("several", false), ("empty", true), ("begin", false)] {
            knows(format!("resource.{name}.{what}"), must);
        }
        let begins = words::english().get(&format!("resource.{name}.begin"));
        let is_added = resource.create().is_some() || resource.makes().next().is_some();
        assert!(is_added || begins.is_none_or(|text| !text.contains("‹add›")), "{name} is not added by hand");
        let operations: Vec<_> = crate::store::operation::of(resource.entity).collect();
        let asked = operations.iter().flat_map(|operation| operation.asks);
        let fields: Vec<&Field> = resource.entity.fields.iter().chain(asked).collect();
        for field in fields {
            for what in ["field", "column", "help"] {
                knows(format!("resource.{name}.{what}.{}", field.name), false);
            }
            knows(format!("field.{}", field.name), true);
        }
        for relation in crate::store::entities::relations(resource.entity) {
            knows(format!("field.{}", relation.name), true);
        }
        for operation in operations {
            let generic = words::english().contains_key(&format!("operation.any.{}.label", operation.verb()));
            for what in ["label", "help"] {
                knows(format!("operation.{}.{what}", operation.name), !generic);
                knows(format!("operation.any.{}.{what}", operation.verb()), false);
            }
        }
    }
    let missing: Vec<&String> = known
        .iter()
        .filter(|(key, must)| **must && words::english().get(*key).is_none_or(|text| text.trim().is_empty()))
        .map(|(key, _)| key)
        .collect();
    assert!(missing.is_empty(), "these have no text in {FILE}: {missing:#?}");
    let named = ["action.", "field.", "resource.", "operation."];
    let unknown: Vec<&String> = words::english()
        .keys()
        .filter(|key| named.iter().any(|section| key.starts_with(section)) && !known.contains_key(*key))
        .collect();
    assert!(unknown.is_empty(), "these texts in {FILE} are of nothing: {unknown:#?}");
}

#[test]
fn a_resource_is_called_as_its_records_are() {
    for resource in resources::all() {
        assert_eq!(resource.one(Words::ENGLISH), resource.entity.singular, "{}", resource.entity.name);
    }
}
