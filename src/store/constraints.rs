//! What the database's own constraints say, in words. Their names are the same on both databases:
//! `TABLE_COLUMNS_unique`, `TABLE_COLUMN_check`, `TABLE_COLUMN_fkey`.

use super::entity::Entity;
use super::error::Problem;
use super::operation;

/// A unique key that is taken already: the field and what to do. SQLite names the columns in its
/// message (`UNIQUE constraint failed: customers.tenant_id, customers.email_key`) or the index.
pub(super) fn unique(constraint: Option<&str>, message: &str) -> Problem {
    let field = constraint
        .map(str::to_owned)
        .or_else(|| message.split("index '").nth(1).and_then(|rest| rest.split('\'').next()).map(str::to_owned))
        .and_then(|name| field_of_index(&name))
        .or_else(|| last_column(message))
        .unwrap_or_else(|| "record".into());
    Problem::new(field, "is already in use: it must be unique")
}

/// The field that must not be empty. SQLite names it in its message alone.
pub(super) fn not_null(column: Option<&str>, message: &str) -> String {
    column.map(without_key).or_else(|| last_column(message)).unwrap_or_else(|| "record".into())
}

fn field_of_index(name: &str) -> Option<String> {
    let middle = name.strip_suffix("_unique")?;
    // Table names have no field that begins like the rest of another table's name, so the longest
    // table that fits is the one.
    let table =
        super::schema::TABLES.iter().map(|t| t.name).filter(|t| middle.starts_with(t)).max_by_key(|t| t.len())?;
    let column = middle[table.len()..].trim_start_matches('_');
    (!column.is_empty()).then(|| field_of(table, column))
}

fn last_column(message: &str) -> Option<String> {
    let columns = message.split("constraint failed: ").nth(1)?;
    let (table, column) = columns.split(", ").last()?.trim().rsplit_once('.')?;
    Some(field_of(table, column))
}

/// The field of a column, or of the key that is kept for it.
fn field_of(table: &str, column: &str) -> String {
    let entity = super::entities::all().find(|entity| entity.table.name == table);
    let own = entity.and_then(|entity| entity.fields.iter().find(|field| field.column() == Some(column)));
    own.map_or_else(|| without_key(column), |field| field.name.to_owned())
}

/// `email_key` is kept for `email`.
fn without_key(column: &str) -> String {
    let bare = column.strip_suffix("_key").unwrap_or(column);
    bare.strip_suffix("_id").unwrap_or(bare).to_owned()
}

/// Why a record is not taken away that others point at, those of a kind where it is known which; and what is done instead,
/// where something takes it out of use.
pub(super) fn still_in_use(entity: &'static Entity, by: Option<&'static Entity>) -> String {
    let instead = ["archive", "retire", "terminate", "deactivate"];
    let verb = instead.into_iter().find(|verb| operation::of(entity).any(|operation| operation.verb() == *verb));
    let instead = match verb {
        Some(verb) => Some(format!("{verb} it")),
        None => entity.field("is_active").map(|_| "put it out of use".to_owned()),
    };
    let others = others(by);
    let can_go = by.is_none_or(|by| operation::of(by).any(|operation| operation.verb() == "delete"));
    match (can_go, instead) {
        (true, None) => format!("{others} still point at it: take those away first"),
        (true, Some(instead)) => format!("{others} still point at it: take those away first, or {instead}"),
        (false, None) => format!("{others} still point at it, and stay: so does it"),
        (false, Some(instead)) => format!("{others} still point at it, and stay: {instead} instead"),
    }
}

fn others(by: Option<&Entity>) -> String {
    by.map_or_else(|| "other records".to_owned(), |by| by.name.replace('_', " "))
}

/// The kind of those that are said to point at a record still.
pub(super) fn pointing(told: &str) -> Option<&'static Entity> {
    super::entities::all().find(|entity| told.starts_with(&format!("{} still ", others(Some(entity)))))
}

/// The kind whose rows hold a record, as PostgreSQL says it: the last table that it names.
fn holding(message: &str) -> Option<&'static Entity> {
    let table = message.rsplit("on table \"").next()?.split('"').next()?;
    super::entities::all().find(|entity| entity.table.name == table)
}

/// A reference that holds: what points where.
pub(super) fn foreign_key(constraint: Option<&str>, message: &str) -> String {
    let deleting = message.contains("update or delete") || message.contains("still referenced");
    match (deleting, constraint) {
        (true, _) => format!("{} still point at it: take those away first", others(holding(message))),
        (false, Some(name)) => format!("it points at a record that does not exist ({name})"),
        // SQLite says no more than that a reference does not hold.
        (false, None) => "a record that this one points at, or that points at it, stands in the way".into(),
    }
}

/// A check that failed, by its name.
pub(super) fn check(constraint: Option<&str>, message: &str) -> String {
    let named = constraint.or_else(|| message.split("constraint failed: ").nth(1)).unwrap_or(message);
    format!("the database refuses it: {}", named.trim().replace('_', " "))
}

/// What our own triggers raise.
pub(super) fn raised(message: &str) -> Option<String> {
    if message.contains("devices_parent_cycle") {
        return Some("parent: a device cannot be reached through itself or one that hangs below it".into());
    }
    const RAISED: &[(&str, &str)] = &[
        ("bookings_overlap", "the device is booked already for a part of that time"),
        ("price_tiers_overlap", "another tier of this product, period and currency covers a part of these quantities"),
        ("stock_transactions_quantity", "the quantity that this leaves is not what is there"),
        ("wallet_entries_balance", "the balance that this leaves is not what is there"),
        ("journal_lines_closed", "an entry in the journal is never added to: write one that corrects it"),
        (
            "journal_entries_balance",
            "debit and credit of an entry must be equal in each currency, over two lines at least",
        ),
        ("ip_allocations_inside", "the address is not one of its pool"),
        ("ip_pools_shrink", "addresses that are in use would stand outside the pool: release them first"),
        ("stock_items_quantity_check", "there is not so much in stock"),
        ("stock_levels_quantity_check", "there is not so much at that location"),
    ];
    if let Some((_, told)) = RAISED.iter().find(|(name, _)| message.contains(name)) {
        return Some((*told).into());
    }
    let table = message.split("append-only: ").nth(1)?;
    Some(format!("{} can only grow: its rows are never changed", table.split_whitespace().next().unwrap_or("it")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_named_on_both_databases() {
        let sqlite = unique(None, "UNIQUE constraint failed: customers.tenant_id, customers.email_key");
        let postgres = unique(Some("customers_email_unique"), "duplicate key value violates unique constraint");
        let index = unique(None, "UNIQUE constraint failed: index 'customers_email_unique'");
        assert_eq!((sqlite.field.as_str(), postgres.field.as_str(), index.field.as_str()), ("email", "email", "email"));
        let of_two_words = unique(Some("devices_management_ip_unique"), "");
        assert_eq!(of_two_words.field, "management_ip");
    }

    #[test]
    fn triggers_speak_plainly() {
        assert!(raised("append-only: audit_log").is_some_and(|text| text.starts_with("audit_log can only grow")));
        assert!(raised("devices_parent_cycle").is_some_and(|text| text.starts_with("parent:")));
        assert_eq!(raised("anything else"), None);
    }
}
