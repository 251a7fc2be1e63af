//! Several items in one go, as a request is handed out or a delivery comes in: how many of each line, which pieces.

use super::{Movement, STOCK_ITEMS, enter_plain, serials};
use crate::domain::stock::{quantities, serials as read_serials};
use crate::domain::text::sort_key;
use crate::domain::{Id, Value};
use crate::store::StoreError;
use crate::store::entity::Field;
use crate::store::operation::Request;
use crate::store::record::Record;
use crate::store::sql::Statement;
use crate::store::write::Writing;

/// What is asked: how many of which line (all, where nothing is said), which pieces, where.
pub(in crate::store) const DEAL: &[Field] = &[
    Field::lines("lines"),
    Field::lines("serials"),
    Field::reference("location", "location_id", "stock_locations"),
    Field::text("reference", 255),
    Field::lines("notes"),
];

/// What somebody said about the lines, as far as it was not dealt out yet.
pub(in crate::store) struct Deal {
    /// Nothing was said: all of each line.
    all: bool,
    quantities: Vec<(Id, i64)>,
    serials: Vec<String>,
    reference: Option<String>,
    notes: String,
}

impl Deal {
    pub(in crate::store) fn read(writing: &mut Writing<'_>, request: &Request) -> Result<Self, StoreError> {
        let wrong = |field: &'static str| move |why: String| StoreError::invalid(field, why);
        let named = quantities(request.value("lines").as_str()).map_err(wrong("lines"))?;
        let mut quantities = Vec::with_capacity(named.len());
        for (sku, quantity) in &named {
            match writing.named(&STOCK_ITEMS, sku)?.as_slice() {
                [id] => quantities.push((*id, *quantity)),
                _ => return Err(StoreError::invalid("lines", format!("there is no stock item ‘{sku}’"))),
            }
        }
        Ok(Self {
            all: named.is_empty(),
            quantities,
            serials: read_serials(request.value("serials").as_str()).map_err(wrong("serials"))?,
            reference: Some(request.value("reference").as_str().to_owned()).filter(|reference| !reference.is_empty()),
            notes: request.value("notes").as_str().to_owned(),
        })
    }

    /// How many of a line's item are dealt out: at most what the line has left.
    pub(in crate::store) fn take(&mut self, item: Id, most: i64) -> Result<i64, StoreError> {
        if self.all {
            return Ok(most);
        }
        let Some(at) = self.quantities.iter().position(|(of, _)| *of == item) else { return Ok(0) };
        let (_, quantity) = self.quantities.remove(at);
        if quantity > most {
            return Err(StoreError::invalid("lines", format!("say {quantity} where only {most} are left to give")));
        }
        Ok(quantity)
    }

    /// What moves of a line.
    pub(in crate::store) fn movement(
        &self,
        kind: &'static str,
        item: Id,
        quantity: i64,
        location: Option<Id>,
        of: &Record,
    ) -> Movement {
        let reference = self.reference.clone().or_else(|| Some(of.get("number").as_str().to_owned()));
        Movement { location, reference, notes: self.notes.clone(), ..Movement::new(item, kind, quantity) }
    }

    pub(in crate::store) fn issue(&mut self, writing: &mut Writing<'_>, movement: Movement) -> Result<(), StoreError> {
        let item = writing.take(&STOCK_ITEMS, movement.item)?;
        if !item.get("is_serialized").is_true() {
            return enter_plain(writing, &item, &movement);
        }
        let pieces = self.pieces_of(writing, &item)?;
        require_as_many(&item, pieces.len(), movement.quantity)?;
        serials::issue_named(writing, &item, &pieces, &movement)
    }

    /// New pieces have the serial numbers that are left, in their order.
    pub(in crate::store) fn receive(
        &mut self,
        writing: &mut Writing<'_>,
        movement: Movement,
    ) -> Result<(), StoreError> {
        let item = writing.take(&STOCK_ITEMS, movement.item)?;
        if !item.get("is_serialized").is_true() {
            return enter_plain(writing, &item, &movement);
        }
        let wanted = usize::try_from(movement.quantity).unwrap_or(usize::MAX).min(self.serials.len());
        let pieces: Vec<String> = self.serials.drain(..wanted).collect();
        require_as_many(&item, pieces.len(), movement.quantity)?;
        serials::receive(writing, &item, &pieces, &movement)
    }

    /// The serial numbers that are pieces of an item.
    fn pieces_of(&mut self, writing: &mut Writing<'_>, item: &Record) -> Result<Vec<String>, StoreError> {
        let (mut of_it, mut others) = (Vec::new(), Vec::new());
        for serial in std::mem::take(&mut self.serials) {
            let mut statement = Statement::fixed();
            statement
                .push("SELECT id AS i0 FROM stock_serials WHERE tenant_id = ")
                .bind_id(writing.session.tenant.id)
                .push(" AND item_id = ")
                .bind_id(item.id)
                .push(" AND serial_key = ")
                .bind_text(sort_key(&serial));
            if statement.load(writing.connection)?.is_empty() { others.push(serial) } else { of_it.push(serial) }
        }
        self.serials = others;
        Ok(of_it)
    }

    /// Whatever was said must have been about one of the lines.
    pub(in crate::store) fn require_spent(&self, writing: &mut Writing<'_>) -> Result<(), StoreError> {
        if let Some((item, _)) = self.quantities.first() {
            let told = format!("no line asks for {}", writing.look(&STOCK_ITEMS, *item)?.title());
            return Err(StoreError::invalid("lines", told));
        }
        if let Some(serial) = self.serials.first() {
            let told = format!("{} is no piece of what is dealt out", Value::text(serial).written());
            return Err(StoreError::invalid("serials", told));
        }
        Ok(())
    }
}

fn require_as_many(item: &Record, pieces: usize, quantity: i64) -> Result<(), StoreError> {
    if i64::try_from(pieces).is_ok_and(|pieces| pieces == quantity) {
        return Ok(());
    }
    let told = format!("{} goes by serial numbers: {quantity} are wanted, {pieces} are given", item.title());
    Err(StoreError::invalid("serials", told))
}
