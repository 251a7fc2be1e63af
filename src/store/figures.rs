//! Figures that are kept beside what they derive from, and references from one record to another: each computed or
//! followed anew, and what differs told.

use super::inspect::Recomputed;
use super::session::Session;
use super::sql::Statement;
use super::{Store, StoreError, entities};

/// A figure that is kept.
struct Figure {
    what: &'static str,
    /// The table `c` that keeps it.
    table: &'static str,
    /// What its row is called.
    called: &'static str,
    kept: &'static str,
    /// The same from the rows that it derives from.
    computed: &'static str,
}

/// Something that must never be.
struct Never {
    what: &'static str,
    /// Rows that are looked at, of the table `c`.
    table: &'static str,
    called: &'static str,
    /// The condition that none of them may meet.
    when: &'static str,
}

macro_rules! sum {
    ($what:literal of $from:literal) => {
        concat!("coalesce((SELECT sum(", $what, ") FROM ", $from, "), 0)")
    };
}

static FIGURES: &[Figure] = &[
    Figure {
        what: "stock_items: quantity",
        table: "stock_items",
        called: "c.sku",
        kept: "c.quantity",
        computed: sum!("CASE t.transaction_type WHEN 'out' THEN -t.quantity ELSE t.quantity END" of
            "stock_transactions t WHERE t.tenant_id = c.tenant_id AND t.item_id = c.id"),
    },
    Figure {
        what: "stock_items: reserved",
        table: "stock_items",
        called: "c.sku",
        kept: "c.reserved",
        computed: sum!("r.quantity" of
            "stock_reservations r WHERE r.tenant_id = c.tenant_id AND r.item_id = c.id AND r.status = 'held'"),
    },
    Figure {
        what: "stock_levels: quantity",
        table: "stock_levels",
        called: "(SELECT i.sku || ' at ' || l.name FROM stock_items i, stock_locations l WHERE i.tenant_id = c.tenant_id \
                 AND i.id = c.item_id AND l.tenant_id = c.tenant_id AND l.id = c.location_id)",
        kept: "c.quantity",
        computed: sum!("CASE t.transaction_type WHEN 'out' THEN -t.quantity ELSE t.quantity END" of
            "stock_transactions t WHERE t.tenant_id = c.tenant_id AND t.item_id = c.item_id AND t.location_id = c.location_id"),
    },
    Figure {
        what: "customers: wallet_balance",
        table: "customers",
        called: "c.number",
        kept: "c.wallet_balance",
        computed: sum!("w.amount" of "wallet_entries w WHERE w.tenant_id = c.tenant_id AND w.customer_id = c.id"),
    },
    Figure {
        what: "orders: subtotal",
        table: "orders",
        called: "c.number",
        kept: "c.subtotal",
        computed: sum!("i.subtotal" of "order_items i WHERE i.tenant_id = c.tenant_id AND i.order_id = c.id"),
    },
    Figure {
        what: "orders: discount_amount",
        table: "orders",
        called: "c.number",
        kept: "c.discount_amount",
        computed: sum!("i.discount_amount" of "order_items i WHERE i.tenant_id = c.tenant_id AND i.order_id = c.id"),
    },
    Figure {
        what: "orders: total_amount",
        table: "orders",
        called: "c.number",
        kept: "c.total_amount - c.tax_amount",
        computed: sum!("i.total" of "order_items i WHERE i.tenant_id = c.tenant_id AND i.order_id = c.id"),
    },
    Figure {
        what: "invoices: total",
        table: "invoices",
        called: "c.number",
        kept: "c.total - c.tax_amount",
        computed: sum!("l.total" of "invoice_lines l WHERE l.tenant_id = c.tenant_id AND l.invoice_id = c.id"),
    },
    Figure {
        what: "invoices: amount_paid",
        table: "invoices",
        called: "c.number",
        kept: "c.amount_paid",
        computed: sum!("p.applied_amount" of "payments p WHERE p.tenant_id = c.tenant_id AND p.invoice_id = c.id AND p.status = 'completed'"),
    },
    Figure {
        what: "purchase_orders: total",
        table: "purchase_orders",
        called: "c.number",
        kept: "c.total",
        computed: sum!("l.quantity * l.unit_price" of
            "purchase_order_lines l WHERE l.tenant_id = c.tenant_id AND l.purchase_order_id = c.id"),
    },
];

static NEVER: &[Never] = &[
    Never {
        what: "bookings: one device, one time",
        table: "bookings",
        called: "(SELECT d.number FROM devices d WHERE d.tenant_id = c.tenant_id AND d.id = c.device_id)",
        when: "c.status IN ('pending', 'confirmed', 'active') AND EXISTS (SELECT 1 FROM bookings o WHERE o.tenant_id = c.tenant_id \
               AND o.device_id = c.device_id AND o.id <> c.id AND o.status IN ('pending', 'confirmed', 'active') \
               AND o.start_time < c.end_time AND o.end_time > c.start_time)",
    },
    Never {
        what: "stock_items: low when they are few",
        table: "stock_items",
        called: "c.sku",
        when: "c.is_low <> (c.quantity <= c.min_stock_level)",
    },
    Never {
        what: "stock_items: as many as pieces",
        table: "stock_items",
        called: "c.sku",
        when: "c.is_serialized AND c.quantity <> (SELECT count(*) FROM stock_serials s WHERE s.tenant_id = c.tenant_id \
               AND s.item_id = c.id AND s.status = 'in_stock')",
    },
    Never {
        what: "stock_items: no more at locations than in all",
        table: "stock_items",
        called: "c.sku",
        when: "c.quantity < (SELECT coalesce(sum(l.quantity), 0) FROM stock_levels l WHERE l.tenant_id = c.tenant_id \
               AND l.item_id = c.id)",
    },
    Never {
        what: "journal_entries: debit and credit",
        table: "journal_entries",
        called: "c.number",
        when: "EXISTS (SELECT 1 FROM journal_lines l WHERE l.tenant_id = c.tenant_id AND l.entry_id = c.id \
               GROUP BY l.currency HAVING sum(l.debit) <> sum(l.credit)) \
               OR (SELECT count(*) FROM journal_lines l WHERE l.tenant_id = c.tenant_id AND l.entry_id = c.id) < 2",
    },
    Never {
        what: "ip_allocations: inside their pool",
        table: "ip_allocations",
        called: "(SELECT p.name FROM ip_pools p WHERE p.tenant_id = c.tenant_id AND p.id = c.pool_id)",
        when: "NOT EXISTS (SELECT 1 FROM ip_pools p WHERE p.tenant_id = c.tenant_id AND p.id = c.pool_id \
               AND p.first_key <= c.ip_address_key AND p.last_key >= c.ip_address_key)",
    },
    Never {
        what: "vouchers: redeemed by somebody or something",
        table: "vouchers",
        called: "c.code",
        when: "c.status = 'used' AND c.customer_id IS NULL AND c.mac_address IS NULL",
    },
];

/// Rows that differ and are told, of one figure.
const TOLD: usize = 1_000;

impl Store {
    /// Computes every kept figure of the tenant anew, and looks for what must never be.
    ///
    /// # Errors
    /// What the database says.
    pub(super) fn recompute_figures(&self, session: &Session) -> Result<Vec<Recomputed>, StoreError> {
        let mut found = Vec::new();
        for figure in FIGURES {
            let Figure { table, called, kept, computed, .. } = figure;
            let wrong = format!(
                "SELECT coalesce({called}, '') AS t0, CAST({kept} AS bigint) AS l1, CAST({computed} AS bigint) AS l2 FROM {table} c \
                 WHERE {kept} <> {computed} AND c.tenant_id = "
            );
            found.push(self.look(session, figure.what, table, wrong, |row| {
                format!("{} keeps {} and derives from {}", row[0].as_str(), row[1].written(), row[2].written())
            })?);
        }
        for never in NEVER {
            let Never { table, called, when, .. } = never;
            let wrong = format!("SELECT coalesce({called}, '') AS t0 FROM {table} c WHERE ({when}) AND c.tenant_id = ");
            found.push(self.look(session, never.what, table, wrong, |row| row[0].as_str().to_owned())?);
        }
        Ok(found)
    }

    /// Follows every reference of the tenant's records: each leads to a record of the same tenant; to a person of it, or
    /// of the installation.
    ///
    /// # Errors
    /// What the database says.
    pub(super) fn follow_references(&self, session: &Session) -> Result<Vec<Recomputed>, StoreError> {
        let mut found = Vec::new();
        for entity in entities::all() {
            let mut told = Recomputed::new(format!("{}: references", entity.name));
            for field in entity.fields {
                let (Some(column), Some(target)) = (field.column(), field.reference.and_then(entities::find)) else {
                    continue;
                };
                // History outlives what it tells of.
                if entity.observed && entity.table.column("version").is_none() {
                    continue;
                }
                let table = entity.table.name;
                let wrong = format!(
                    "SELECT c.id AS i0 FROM {table} c LEFT JOIN {} r ON r.id = c.{column} WHERE c.{column} IS NOT NULL \
                     AND (r.id IS NULL OR r.tenant_id <> c.tenant_id) AND c.tenant_id = ",
                    target.table.name
                );
                let one = self.look(session, "", table, wrong, |row| {
                    format!(
                        "{} points at a {} that is not there or not this organisation's",
                        row[0].written(),
                        field.name
                    )
                })?;
                told.looked_at = told.looked_at.max(one.looked_at);
                told.add(one);
            }
            if entity.fields.iter().any(|field| field.reference.is_some()) {
                found.push(told);
            }
        }
        Ok(found)
    }

    fn look(
        &self,
        session: &Session,
        what: &str,
        table: &str,
        wrong: String,
        how: impl Fn(&[crate::domain::Value]) -> String,
    ) -> Result<Recomputed, StoreError> {
        let mut told = Recomputed::new(what);
        self.read(session, |reading| {
            let mut all = Statement::new();
            all.push(format!("SELECT count(*) AS l0 FROM {table} WHERE tenant_id = ")).bind_id(session.tenant.id);
            let count = all.number(reading.connection)?;
            let mut statement = Statement::new();
            statement.push(wrong.clone()).bind_id(session.tenant.id).push(format!(" LIMIT {TOLD}"));
            let rows = statement.load(reading.connection)?;
            told = Recomputed::new(what);
            told.looked_at = count.unsigned_abs();
            for row in &rows {
                told.wrong(|| how(&row.0));
            }
            Ok(())
        })?;
        Ok(told)
    }
}
