//! What was written: to show that nothing was, or nothing of somebody else's. Every table is watched by triggers, so that
//! each row that is put in, changed or taken away is seen, whatever it held before, and nothing has to be read twice.

use std::cell::RefCell;
use std::collections::BTreeMap;

use headend::domain::Id;
use headend::store::schema::TABLES;

use crate::common::Lab;
use crate::common::raw::Raw;

/// Tables in which a refused operation may leave its trace: a number that was taken is a gap, and
/// failed logins are counted.
const MAY_GROW: [&str; 2] = ["sequences", "login_throttles"];

/// Whoever looks at what is written into a database, by a line of their own.
pub struct Watch(RefCell<Raw>);

/// A point in what was written.
#[derive(Clone, Copy)]
pub struct Mark(i64);

impl Watch {
    /// Sets triggers on every table, where none are yet.
    pub fn over(lab: &Lab) -> Self {
        let mut raw = lab.raw();
        let (expression, rest) = match raw {
            Raw::Sqlite(_) => ("count(*)", "FROM sqlite_schema WHERE name = 'watched'"),
            Raw::Postgres(_) => ("count(*)", "FROM pg_tables WHERE tablename = 'watched'"),
        };
        if raw.number(expression, rest) == 0 {
            plant(&mut raw);
        }
        Self(RefCell::new(raw))
    }

    /// Now.
    pub fn mark(&self) -> Mark {
        Mark(self.0.borrow_mut().number("coalesce(max(id), 0)", "FROM watched"))
    }

    /// The tables that were written since, with how many rows each.
    pub fn since(&self, mark: Mark) -> Vec<String> {
        self.told(mark, "")
    }

    /// The same of one tenant's rows.
    pub fn since_of(&self, mark: Mark, tenant: Id) -> Vec<String> {
        let tenant = self.0.borrow().id(tenant);
        self.told(mark, &format!(" AND tenant = {tenant}"))
    }

    fn told(&self, Mark(mark): Mark, which: &str) -> Vec<String> {
        let rest = format!("FROM watched WHERE id > {mark}{which} GROUP BY name ORDER BY name");
        self.0.borrow_mut().texts("name || ': ' || count(*) || ' rows written'", &rest)
    }

    /// The tables that are watched, each by how many triggers.
    pub fn watched(&self) -> Vec<String> {
        let rest = match *self.0.borrow() {
            Raw::Sqlite(_) => {
                "FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'watch\\_%' ESCAPE '\\' GROUP BY tbl_name"
            }
            Raw::Postgres(_) => {
                "FROM (SELECT DISTINCT event_object_table AS tbl_name, event_manipulation \
                 FROM information_schema.triggers WHERE trigger_name = 'watch') w \
                 WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(w.tbl_name) AND c.relispartition) \
                 GROUP BY tbl_name"
            }
        };
        self.0.borrow_mut().texts("tbl_name || ' ' || count(*)", rest)
    }
}

fn plant(raw: &mut Raw) {
    let mut sql = String::from(match raw {
        Raw::Sqlite(_) => "CREATE TABLE watched (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, tenant BLOB) STRICT;",
        // The program's role may not write here: the triggers do, with the rights of whoever set them.
        Raw::Postgres(_) => {
            "CREATE TABLE watched (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, tenant uuid);
             CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
             BEGIN
                 INSERT INTO watched (name, tenant)
                 VALUES (TG_ARGV[0], (to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[1])::uuid);
                 RETURN NULL;
             END $$;"
        }
    });
    for table in watched_tables() {
        let name = table.name;
        let tenant = if table.column("tenant_id").is_some() { "tenant_id" } else { "id" };
        if raw.is_postgres() {
            sql += &format!(
                "CREATE TRIGGER watch AFTER INSERT OR UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION watch('{name}', '{tenant}');"
            );
            continue;
        }
        let tenant = if matches!((tenant, name), ("tenant_id", _) | (_, "tenants")) { tenant } else { "" };
        for (event, row) in [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")] {
            let of = if tenant.is_empty() { "NULL".to_owned() } else { format!("{row}.{tenant}") };
            sql += &format!(
                "CREATE TRIGGER watch_{name}_{event} AFTER {event} ON {name} BEGIN INSERT INTO watched (name, tenant) VALUES ('{name}', {of}); END;"
            );
        }
    }
    raw.execute(&sql);
}

fn watched_tables() -> impl Iterator<Item = &'static headend::store::model::Table> {
    TABLES.iter().filter(|table| !MAY_GROW.contains(&table.name))
}

/// The rows of each table, in an order of their own.
pub type Snapshot = BTreeMap<&'static str, Vec<String>>;

/// All rows as text: for what they hold, and where something is tried once. What is tried often is watched.
pub fn of_all(lab: &Lab) -> Snapshot {
    let mut raw = lab.raw();
    let mut all = Snapshot::new();
    for table in watched_tables() {
        let row: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                if raw.is_postgres() {
                    format!("coalesce({}::text, '~')", column.name)
                } else {
                    format!("quote({})", column.name)
                }
            })
            .collect();
        let mut rows = raw.texts(&row.join(" || '|' || "), &format!("FROM {}", table.name));
        rows.sort_unstable();
        all.insert(table.name, rows);
    }
    all
}

/// The tables in which two snapshots differ, with how many rows each has.
pub fn differences(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    before
        .iter()
        .filter(|(table, rows)| after.get(*table) != Some(rows))
        .map(|(table, rows)| format!("{table}: {} rows, then {}", rows.len(), after.get(table).map_or(0, Vec::len)))
        .collect()
}

crate::common::on_each_database! {
    fn every_table_is_watched(lab) {
        let watch = Watch::over(lab);
        let mut wanted: Vec<String> = watched_tables().map(|table| format!("{} 3", table.name)).collect();
        wanted.sort();
        let mut found = watch.watched();
        found.sort();
        assert_eq!(found, wanted);
    }

    fn what_is_written_is_seen_and_whose_it_is(lab) {
        let watch = Watch::over(lab);
        let mark = watch.mark();
        assert_eq!(watch.since(mark), Vec::<String>::new());
        let site = lab.make("sites.create", &[("name", "West")]);
        let made = watch.since(mark);
        assert!(["sites: 1 rows written", "audit_log: 1", "operations: 1"].iter().all(|told| made.iter().any(|line| line.starts_with(told))), "{made:?}");
        assert_eq!(watch.since_of(mark, Id::new()), Vec::<String>::new());
        assert!(watch.since_of(mark, lab.admin.tenant.id).contains(&"sites: 1 rows written".to_owned()));
        // What is put back is seen too, though all is as it was.
        let mark = watch.mark();
        let mut raw = lab.raw();
        let id = raw.id(site);
        for name in ["East", "West"] {
            raw.execute(&format!("UPDATE sites SET name = '{name}' WHERE id = {id}"));
        }
        assert_eq!(watch.since(mark), ["sites: 2 rows written"]);
        let mark = watch.mark();
        assert!(lab.try_make("sites.create", &[("name", "West")]).is_err());
        assert_eq!(watch.since(mark), Vec::<String>::new());
    }
}
