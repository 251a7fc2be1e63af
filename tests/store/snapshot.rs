//! All rows of a database as text: to show that nothing was written, or nothing of somebody else's.

use std::collections::BTreeMap;

use headend::domain::Id;
use headend::store::schema::TABLES;

use crate::common::Lab;

/// The rows of each table, in an order of their own.
pub type Snapshot = BTreeMap<&'static str, Vec<String>>;

/// Tables in which a refused operation may leave its trace: a number that was taken is a gap, and
/// failed logins are counted.
const MAY_GROW: [&str; 2] = ["sequences", "login_throttles"];

/// All rows.
pub fn of_all(lab: &Lab) -> Snapshot {
    take(lab, None)
}

/// All rows of one tenant.
pub fn of_tenant(lab: &Lab, tenant: Id) -> Snapshot {
    take(lab, Some(tenant))
}

fn take(lab: &Lab, tenant: Option<Id>) -> Snapshot {
    let mut raw = lab.raw();
    let mut snapshot = Snapshot::new();
    for table in TABLES.iter().filter(|table| !MAY_GROW.contains(&table.name)) {
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
        let rest = match tenant {
            Some(tenant) if table.column("tenant_id").is_some() => {
                format!("FROM {} WHERE tenant_id = {}", table.name, raw.id(tenant))
            }
            Some(_) => continue,
            None => format!("FROM {}", table.name),
        };
        let mut rows = raw.texts(&row.join(" || '|' || "), &rest);
        rows.sort_unstable();
        snapshot.insert(table.name, rows);
    }
    snapshot
}

/// The tables in which two snapshots differ, with how many rows each has.
pub fn differences(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    before
        .iter()
        .filter(|(table, rows)| after.get(*table) != Some(rows))
        .map(|(table, rows)| format!("{table}: {} rows, then {}", rows.len(), after.get(table).map_or(0, Vec::len)))
        .collect()
}
