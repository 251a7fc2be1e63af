//! Both databases have the same tables, and those that the program believes in.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Barrier;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _};
use headend::store::connection::{APPLICATION_ID, Connection};
use headend::store::model::ColumnKind;
use headend::store::schema::TABLES;
use headend::store::{Failure, Options, Store, migrate};

use crate::common::cluster::{OWNER, cluster};
use crate::common::lab::key;
use crate::common::{Engine, Lab, on_each_database};

/// Table, then column: its type and whether it may be null.
pub type Schema = BTreeMap<String, BTreeMap<String, (String, bool)>>;

fn word(kind: ColumnKind, engine: Engine) -> &'static str {
    use ColumnKind::{Bool, Bytes, Cidr, Date, Degrees, Id, Instant, Int, Ip, Json, Long, Mac, Money, Percent, Secret};
    match (kind, engine) {
        (Id | Secret | Bytes, Engine::Sqlite) => "BLOB",
        (Bool | Int | Long | Money | Percent | Degrees | Instant, Engine::Sqlite) => "INTEGER",
        (ColumnKind::Text | Json | Date | Ip | Cidr | Mac, Engine::Sqlite) | (ColumnKind::Text, Engine::Postgres) => {
            "TEXT"
        }
        (Id, Engine::Postgres) => "UUID",
        (Secret | Bytes, Engine::Postgres) => "BYTEA",
        (Bool, Engine::Postgres) => "BOOLEAN",
        (Int | Percent | Degrees, Engine::Postgres) => "INTEGER",
        (Long | Money, Engine::Postgres) => "BIGINT",
        (Instant, Engine::Postgres) => "TIMESTAMP WITH TIME ZONE",
        (Json, Engine::Postgres) => "JSONB",
        (Date, Engine::Postgres) => "DATE",
        (Ip, Engine::Postgres) => "INET",
        (Cidr, Engine::Postgres) => "CIDR",
        (Mac, Engine::Postgres) => "MACADDR",
    }
}

/// What the program believes.
fn believed(engine: Engine) -> Schema {
    let column = |column: &headend::store::model::Column| {
        (column.name.to_owned(), (word(column.kind, engine).to_owned(), column.nullable))
    };
    TABLES.iter().map(|table| (table.name.to_owned(), table.columns.iter().map(column).collect())).collect()
}

/// What stands in the database, without its own tables, indexes that are tables, and partitions.
pub fn found(lab: &Lab) -> Schema {
    let mut raw = lab.raw();
    let rows = match lab.engine {
        Engine::Sqlite => raw.texts(
            "s.name || '|' || c.name || '|' || upper(c.type) || '|' || (c.\"notnull\" = 0)",
            "FROM sqlite_schema s JOIN pragma_table_info(s.name) c WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%' \
             AND s.name NOT LIKE 'search_index%' AND s.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
        ),
        Engine::Postgres => raw.texts(
            "c.relname || '|' || a.attname || '|' || upper(format_type(a.atttypid, -1)) || '|' || (CASE WHEN a.attnotnull THEN 0 ELSE 1 END)",
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT LIKE '\\_\\_%'",
        ),
    };
    let mut schema = Schema::new();
    for row in rows {
        let [table, column, kind, nullable] = row.split('|').collect::<Vec<_>>().try_into().unwrap();
        schema.entry(table.to_owned()).or_default().insert(column.to_owned(), (kind.to_owned(), nullable == "1"));
    }
    schema
}

fn differences(wanted: &Schema, found: &Schema) -> Vec<String> {
    let tables: BTreeSet<&String> = wanted.keys().chain(found.keys()).collect();
    let mut told = Vec::new();
    for table in tables {
        let (Some(wanted), Some(found)) = (wanted.get(table), found.get(table)) else {
            told.push(format!("{table}: {}", if wanted.contains_key(table) { "is missing" } else { "is not known" }));
            continue;
        };
        let columns: BTreeSet<&String> = wanted.keys().chain(found.keys()).collect();
        told.extend(
            columns
                .into_iter()
                .filter(|column| wanted.get(*column) != found.get(*column))
                .map(|column| format!("{table}.{column}: {:?}, not {:?}", found.get(column), wanted.get(column))),
        );
    }
    told
}

/// The rowid of the search documents, by which SQLite's index finds them.
const SQLITE_ALONE: [&str; 1] = ["search_documents.docid"];

on_each_database! {
    fn the_tables_are_those_that_the_program_believes_in(lab) {
        let told = differences(&believed(lab.engine), &found(lab));
        let told: Vec<String> = told.into_iter().filter(|told| !SQLITE_ALONE.iter().any(|alone| told.starts_with(alone))).collect();
        assert_eq!(told, Vec::<String>::new());
    }

    fn what_is_taken_down_leaves_nothing(lab) {
        let mut raw = lab.raw();
        if raw.is_postgres() {
            raw.execute("SET ROLE headend_owner");
            raw.execute(include_str!("../../migrations/postgres/2026-11-20-000001_initial/down.sql"));
            for (what, rest) in [
                ("relname", "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_%'"),
                ("proname", "FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"),
                ("typname", "FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typname NOT LIKE '\\_\\_%' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e') AND typname NOT IN ('_gtrgm', 'gtrgm') AND typname NOT LIKE '%gbtreekey%' AND typname NOT LIKE '%diesel%'"),
            ] {
                assert_eq!(raw.texts(what, rest), Vec::<String>::new());
            }
        } else {
            raw.execute("PRAGMA foreign_keys = OFF");
            raw.execute(include_str!("../../migrations/sqlite/2026-11-20-000001_initial/down.sql"));
            assert_eq!(raw.texts("name", "FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'"), Vec::<String>::new());
        }
    }

    fn migrating_twice_changes_nothing(lab) {
        assert_eq!(migrate::migrate(&lab.owner).unwrap().run, Vec::<String>::new());
        lab.make("customers.create", &[("name", "Amina")]);
    }

    fn a_database_of_another_time_is_refused(lab) {
        let open = || Store::open(lab.store.target(), Options::default()).err().map(|error| error.to_string());
        let mut raw = lab.raw();
        raw.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')");
        assert!(open().is_some_and(|told| told.contains("newer headend")));
        assert!(matches!(migrate::migrate(&lab.owner).unwrap_err().failure(), Failure::Newer { .. }));
        raw.execute("DELETE FROM __diesel_schema_migrations WHERE version = '20991231000001'");
        assert_eq!(open(), None);
        // Migrated under a running program: it goes on reading and writes no more.
        raw.execute("UPDATE installation SET schema_epoch = schema_epoch + 1");
        let refused = lab.try_make("customers.create", &[("name", "Amina")]).unwrap_err();
        assert!(matches!(refused.failure(), Failure::ReadOnly(why) if why.contains("newer headend")), "{refused}");
        lab.store.overview(&lab.admin).unwrap();
        raw.execute("DELETE FROM __diesel_schema_migrations");
        assert!(open().is_some());
    }

    fn every_connection_is_set_up_alike(lab) {
        // As many as are kept, so that all are out at the same time and none is asked twice.
        let many = if lab.engine == Engine::Sqlite { 4 } else { 8 };
        let all = Barrier::new(many);
        let answers: BTreeSet<String> = std::thread::scope(|scope| {
            let ask = || {
                lab.store.read(&lab.admin, |reading| {
                    all.wait();
                    Ok(settings(reading.connection))
                })
            };
            let asking: Vec<_> = (0..many).map(|_| scope.spawn(ask)).collect();
            asking.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
        });
        let wanted = match lab.engine {
            Engine::Sqlite => "journal_mode=wal synchronous=2 foreign_keys=1 trusted_schema=0 timeout=5000",
            Engine::Postgres => "role=headend_app statement_timeout=15s lock_timeout=3s idle_in_transaction_session_timeout=10s TimeZone=UTC row_security=on",
        };
        assert_eq!(answers, BTreeSet::from([wanted.to_owned()]));
    }
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

fn settings(connection: &mut Connection) -> String {
    let mut told = Vec::new();
    match connection {
        Connection::Sqlite(inner) => {
            for (pragma, column) in [
                ("journal_mode", "journal_mode"),
                ("synchronous", "synchronous"),
                ("foreign_keys", "foreign_keys"),
                ("trusted_schema", "trusted_schema"),
                ("busy_timeout", "timeout"),
            ] {
                let value =
                    diesel::sql_query(format!("SELECT CAST(\"{column}\" AS TEXT) AS value FROM pragma_{pragma}"))
                        .get_result::<Setting>(inner)
                        .unwrap()
                        .value;
                told.push(format!("{column}={value}"));
            }
        }
        Connection::Postgres(inner) => {
            for name in [
                "role",
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "TimeZone",
                "row_security",
            ] {
                let value = diesel::sql_query(format!("SELECT current_setting('{name}') AS value"))
                    .get_result::<Setting>(inner)
                    .unwrap()
                    .value;
                told.push(format!("{name}={value}"));
            }
        }
    }
    told.join(" ")
}

#[test]
fn both_databases_have_the_same_tables() {
    let [sqlite, postgres] = [Engine::Sqlite, Engine::Postgres].map(|engine| found(&Lab::new(engine)));
    let shape = |schema: &Schema| -> BTreeSet<String> {
        let columns = schema.iter().flat_map(|(table, columns)| {
            columns.iter().map(move |(column, (_, nullable))| format!("{table}.{column} {nullable}"))
        });
        columns.filter(|column| !SQLITE_ALONE.iter().any(|alone| column.starts_with(alone))).collect()
    };
    let (sqlite, postgres) = (shape(&sqlite), shape(&postgres));
    assert_eq!(sqlite.symmetric_difference(&postgres).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(sqlite.len() > 400);
}

#[test]
fn the_migrations_are_what_the_model_says() {
    let checked = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/schema"))
        .arg("--check")
        .output()
        .expect("python3 runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn the_linked_sqlite_loses_no_writes() {
    let mut connection = diesel::SqliteConnection::establish(":memory:").unwrap();
    let version =
        diesel::sql_query("SELECT sqlite_version() AS value").get_result::<Setting>(&mut connection).unwrap().value;
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(parts >= vec![3, 51, 3], "{version}");
}

#[test]
fn files_of_others_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        let target = headend::store::Target::parse(&directory.path().join(name).display().to_string()).unwrap();
        (
            Store::open(&target, Options::default()).map(|_| ()).unwrap_err().to_string(),
            migrate::migrate(&target).map(|_| ()).err().map(|error| error.to_string()),
        )
    };
    let make = |name: &str, sql: &str| {
        let path = directory.path().join(name).display().to_string();
        diesel::SqliteConnection::establish(&path).unwrap().batch_execute(sql).unwrap();
    };
    assert!(open("missing.db").0.contains("there is no database at"));
    make("theirs.db", "PRAGMA application_id = 7; CREATE TABLE theirs (id INTEGER)");
    assert!(open("theirs.db").0.contains("another program"));
    make("plain.db", "CREATE TABLE theirs (id INTEGER)");
    let (opened, migrated) = open("plain.db");
    assert!(
        opened.contains("holds no headend yet")
            && migrated.is_some_and(|told| told.contains("another program's tables")),
        "{opened}"
    );
    std::fs::write(directory.path().join("text.db"), "this is no database at all, but a text of some length").unwrap();
    assert!(!open("text.db").0.contains("expected"), "{}", open("text.db").0);
    assert_ne!(APPLICATION_ID, 0);
}

#[test]
fn a_login_that_may_not_be_the_app_is_told_what_to_grant() {
    let lab = Lab::new(Engine::Postgres);
    cluster().execute(
        "DROP ROLE IF EXISTS headend_test_stranger;\nCREATE ROLE headend_test_stranger LOGIN PASSWORD 'not-a-secret'",
    );
    let database = lab.url().rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let target = headend::store::Target::parse(&cluster().url("headend_test_stranger", &database)).unwrap();
    let told = Store::open(&target, Options { master: Some(key()), ..Options::default() })
        .map(|_| ())
        .unwrap_err()
        .to_string();
    assert!(told.contains("GRANT headend_app TO"), "{told}");
    assert!(!told.contains("not-a-secret"));
    let missing = headend::store::Target::parse(&cluster().url(OWNER, "headend_test_nowhere")).unwrap();
    let told = Store::open(&missing, Options::default()).map(|_| ()).unwrap_err().to_string();
    assert!(told.contains("headend_test_nowhere") && !told.contains("not-a-secret"), "{told}");
    let nobody = headend::store::Target::parse("postgres://amina:not-a-secret@127.0.0.1:1/isp").unwrap();
    let told = Store::open(&nobody, Options::default()).map(|_| ()).unwrap_err().to_string();
    assert!(told.contains("cannot be reached") && !told.contains("not-a-secret"), "{told}");
}
