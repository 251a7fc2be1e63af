//! What JSON is made of, where another field of its record chooses that: checked as it is written, told as it is typed.

use super::entity::Change;
use crate::domain::Value;
use crate::domain::schema::Schema;

/// What JSON must be made of, where another field of its record chooses that.
#[derive(Clone, Copy)]
pub struct ShapedBy {
    /// The field that chooses.
    pub field: &'static str,
    /// The schema for what stands in that field; none where it leaves all open. What is wrong is wrong with that
    /// field.
    pub schema: fn(&Value) -> Result<Option<Schema>, String>,
}

/// JSON is made as the field says that chooses its shape.
pub(super) fn check(change: &mut Change<'_>) {
    for field in change.entity.fields {
        let Some(shaped) = field.shaped_by else { continue };
        if !change.changes(field.name) && !change.changes(shaped.field) {
            continue;
        }
        match (shaped.schema)(change.after(shaped.field)) {
            Err(why) => change.problem(shaped.field, why),
            Ok(None) => {}
            Ok(Some(schema)) => {
                if let Value::Json(json) = change.after(field.name)
                    && let Err(why) = schema.check(json)
                {
                    change.problem(field.name, why);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::domain::Kind;
    use crate::store::entities;

    #[test]
    fn what_chooses_a_shape_stands_in_the_same_record() {
        for entity in entities::all() {
            for field in entity.fields.iter().filter(|field| field.shaped_by.is_some()) {
                let shaped = field.shaped_by.unwrap();
                assert_eq!(field.kind, Kind::Json, "{}.{}", entity.name, field.name);
                assert!(entity.field(shaped.field).is_some(), "{}.{}", entity.name, field.name);
            }
        }
    }
}
