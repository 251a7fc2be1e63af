//! Messages to customers' phones, and the gateways that carry them.

use super::customers::CUSTOMERS;
use super::entity::{Condition, Derived, Entity, Field, Relation, Visibility, sort_key};
use super::model::{ColumnKind, table};
use super::operation::{Does, Operation, Request, Undo};
use super::payments::{PURPOSES, one_default};
use super::schema::TABLES;
use super::session::Session;
use super::sql::Statement;
use super::write::Writing;
use super::{Failure, Problem, Store, StoreError, read};
use crate::domain::messages::DELIVERY;
use crate::domain::phone::is_phone;
use crate::domain::{Id, Kind, Value};

pub static SMS_GATEWAYS: Entity = Entity {
    name: "sms_gateways",
    singular: "SMS gateway",
    table: &table(TABLES, "sms_gateways"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::text("provider", 100).required(),
        Field::of("purpose", Kind::Choice(PURPOSES)).required().default("all"),
        Field::of("configuration", Kind::Json).default("{}"),
        Field::of("credentials", Kind::Secret),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::of("is_default", Kind::Bool).default("false"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "provider"],
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    relations: &[Relation { name: "messages", entity: "sms_log", column: "gateway_id" }],
    default_sort: "name",
    prepare: Some(one_default),
    ..Entity::PLAIN
};

pub static SMS_LOG: Entity = Entity {
    name: "sms_log",
    singular: "message",
    table: &table(TABLES, "sms_log"),
    label: "recipient",
    fields: &[
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::text("recipient", 50).required().read_only(),
        Field::reference("customer", "customer_id", "customers").read_only(),
        Field::of("status", Kind::Choice(DELIVERY.states)).read_only(),
        Field::lines("body").read_only(),
        Field::reference("gateway", "gateway_id", "sms_gateways").read_only(),
        Field::text("provider", 100).read_only(),
        Field::text("provider_message_id", 255).verbatim().read_only(),
        Field::text("error", 10_000).read_only(),
        Field::of("cost", Kind::Money).read_only(),
        Field::text("currency", 3).read_only(),
        Field::of("updated_at", Kind::Instant).read_only(),
    ],
    visibility: Visibility::Through("customer_id", "customers"),
    conditions: &[
        Condition { name: "open", means: "status:queued,sent" },
        Condition { name: "failed", means: "status:failed" },
    ],
    shows: &["customer"],
    default_sort: "-created_at",
    observed: true,
    ..Entity::PLAIN
};

/// The active gateway that carries messages by default: the one for all, else any.
fn gateway(writing: &mut Writing<'_>) -> Result<Option<(Id, String)>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT c.id AS i0, c.provider AS t1 FROM sms_gateways c WHERE c.is_active AND c.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" ORDER BY c.is_default DESC, CASE WHEN c.purpose = 'all' THEN 0 ELSE 1 END, c.name_key LIMIT 1");
    let rows = statement.load(writing.connection)?;
    Ok(rows.first().and_then(|row| Some((row.0[0].as_id()?, row.0[1].as_str().to_owned()))))
}

/// Puts a message to a customer, or to any phone, into the queue.
pub(super) fn queue(
    writing: &mut Writing<'_>,
    customer: Option<Id>,
    recipient: &str,
    body: &str,
) -> Result<Id, StoreError> {
    let Some((gateway, provider)) = gateway(writing)? else {
        return Err(StoreError::refused("no SMS gateway is active: add one that carries messages"));
    };
    let values = vec![
        ("recipient", Value::text(recipient)),
        ("customer", customer.map_or(Value::Null, Value::Id)),
        ("body", Value::text(body)),
        ("status", Value::text(DELIVERY.initial)),
        ("gateway", Value::Id(gateway)),
        ("provider", Value::text(provider)),
    ];
    let id = writing.make(&SMS_LOG, values)?;
    writing.send("sms", Some((&SMS_LOG, id)), serde_json::json!({"message": id.to_string()}), writing.now)?;
    Ok(id)
}

fn queue_asked(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    let customer = request.value("customer").as_id();
    let mut recipient = request.value("recipient").as_str().to_owned();
    if let (Some(customer), true) = (customer, recipient.is_empty()) {
        recipient = writing.look(&CUSTOMERS, customer)?.get("phone").as_str().to_owned();
    }
    if recipient.is_empty() || !is_phone(&recipient) {
        let told = match recipient.is_empty() {
            true => "give a phone number, or a customer who has one",
            false => "is a number such as +254 712 345 678",
        };
        return Err(StoreError::failed(Failure::Invalid(vec![Problem::new("recipient", told)])));
    }
    queue(writing, customer, &recipient, request.value("body").as_str()).map(|id| vec![id])
}

/// What a provider says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// It was taken, under a number of the provider's own.
    Sent(&'a str),
    Delivered,
    Failed(&'a str),
}

impl Store {
    /// Keeps what a provider says of a message. Told twice it is kept once: `false` the second time.
    ///
    /// # Errors
    /// When the message is in a state that this does not follow on, with the words, or there is none.
    pub fn keep_delivery(&self, session: &Session, message: Id, delivery: Delivery<'_>) -> Result<bool, StoreError> {
        session.require_writing()?;
        let (verb, note) = match delivery {
            Delivery::Sent(number) => ("send", Some(("provider_message_id", number))),
            Delivery::Delivered => ("deliver", None),
            Delivery::Failed(why) => ("fail", Some(("error", why))),
        };
        let _queue = if self.is_postgres() { None } else { self.0.writer.lock().ok() };
        let now = self.now();
        self.with_connection(|connection| {
            read::begin(connection, session, read::Mode::Write)?;
            let outcome = (|| {
                let record = super::list::select::by_id(connection, session, &SMS_LOG, message, true)?
                    .ok_or_else(|| StoreError::not_found(SMS_LOG.singular, message.to_string()))?;
                let before = record.get("status").as_str();
                if DELIVERY.moves.iter().any(|m| m.verb == verb && m.to == before) {
                    return Ok(false);
                }
                let status = DELIVERY.follow(verb, before).map_err(StoreError::refused)?;
                let mut statement = Statement::new();
                statement.push("UPDATE sms_log SET status = ").bind_text(status);
                if let Some((column, note)) = note {
                    let note: String = crate::domain::text::clean(note).chars().take(255).collect();
                    statement.push(format!(", {column} = ")).bind(ColumnKind::Text, Value::Text(note))?;
                }
                statement
                    .push(", updated_at = ")
                    .bind_instant(now)
                    .push(" WHERE tenant_id = ")
                    .bind_id(session.tenant.id)
                    .push(" AND id = ")
                    .bind_id(message);
                statement.execute(connection).map(|rows| rows == 1)
            })();
            read::finish(connection, outcome)
        })
    }
}

pub(super) static ENTITIES: &[&Entity] = &[&SMS_GATEWAYS, &SMS_LOG];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("sms_gateways.create", &SMS_GATEWAYS),
    Operation::import("sms_gateways.import", &SMS_GATEWAYS),
    Operation::update("sms_gateways.update", &SMS_GATEWAYS),
    Operation::delete("sms_gateways.delete", &SMS_GATEWAYS),
    Operation::new("sms_log.queue", &SMS_LOG, Does::Make(queue_asked))
        .asking(&[
            Field::reference("customer", "customer_id", "customers"),
            Field::text("recipient", 50),
            Field::lines("body").required(),
        ])
        .undone_by(Undo::None("a message may have left already")),
];
