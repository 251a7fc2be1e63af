//! The trades' part of the dashboard: short lists of what runs out, each as bounded as any other list.

use super::desk::{Group, Queue, load};
use super::session::Session;
use super::{Store, StoreError};

/// What the dashboard shows besides the network, what matters most first.
pub(super) static PANELS: &[Queue] = &[
    Queue {
        title: "tickets by time left",
        entity: "tickets",
        needs: "tickets.read",
        filter: "is:open waiting:no",
        sort: "resolve_by",
        until: Some("resolve_by"),
        tells: &["priority", "engineer"],
    },
    Queue {
        title: "jobs of today",
        entity: "jobs",
        needs: "jobs.read",
        filter: "is:open scheduled_at:today",
        sort: "scheduled_at",
        until: Some("scheduled_at"),
        tells: &["engineer", "city"],
    },
    Queue {
        title: "booked now",
        entity: "bookings",
        needs: "bookings.read",
        filter: "is:running",
        sort: "end_time",
        until: Some("end_time"),
        tells: &["user"],
    },
    Queue {
        title: "booked next",
        entity: "bookings",
        needs: "bookings.read",
        filter: "status:confirmed start_time>now",
        sort: "start_time",
        until: Some("start_time"),
        tells: &["user"],
    },
    Queue {
        title: "stock that is low",
        entity: "stock_items",
        needs: "stock_items.read",
        filter: "is:low",
        sort: "name",
        until: None,
        tells: &["quantity"],
    },
    Queue {
        title: "invoices overdue",
        entity: "invoices",
        needs: "invoices.read",
        filter: "status:overdue",
        sort: "due_on",
        until: Some("due_on"),
        tells: &["customer", "total"],
    },
    Queue {
        title: "customers that expire",
        entity: "customers",
        needs: "customers.read",
        filter: "status:active expires_at<30d",
        sort: "expires_at",
        until: Some("expires_at"),
        tells: &["plan"],
    },
    Queue {
        title: "contracts that expire",
        entity: "contracts",
        needs: "contracts.read",
        filter: "status:active expiration_date<30d",
        sort: "expiration_date",
        until: Some("expiration_date"),
        tells: &["customer"],
    },
    Queue {
        title: "licences that expire",
        entity: "licenses",
        needs: "licenses.read",
        filter: "expiry_date<30d",
        sort: "expiry_date",
        until: Some("expiry_date"),
        tells: &["vendor"],
    },
];

impl Store {
    /// The panels that a person may read, empty ones among them, the first `of_each` rows.
    ///
    /// # Errors
    /// What the database says.
    pub fn panels(&self, session: &Session, of_each: usize) -> Result<Vec<Group>, StoreError> {
        self.read(session, |reading| {
            let mut panels = Vec::new();
            for queue in PANELS {
                panels.extend(load(reading, queue, of_each)?);
            }
            Ok(panels)
        })
    }
}
