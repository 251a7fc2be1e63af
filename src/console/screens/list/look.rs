//! How a list looks: its columns, its sort and its filter. It is what a person changes of a list, what
//! a saved view keeps, and what is remembered when they leave.

use serde_json::{Value as Json, json};

use crate::domain::{Id, Kind};
use crate::resources::{Resource, is_told_by_distance};
use crate::store::list::{Sort, parse_sort};
use crate::store::{Entity, Field, Record, entities};

/// The widest that a column is made, in cells.
pub const WIDEST: u16 = 200;
/// What a column without a width of its own takes at least and at most.
const OTHER: (u16, u16) = (8, 24);
/// `2026-11-29 14:00`
const MOMENT: u16 = 16;
/// `CUS-000142 Amina Wanjiru`
const NAMED: u16 = 28;

/// One column of a list.
#[derive(Clone, Debug)]
pub struct Shown {
    pub field: &'static Field,
    /// Cells: the fewest that are of use, and the most that are wanted.
    pub wants: (u16, u16),
    pub right: bool,
    /// What somebody made it.
    pub width: Option<u16>,
}

/// A moment that is cut says nothing of the hour: it is shown whole or not at all.
fn least_to_be_whole(field: &Field) -> u16 {
    if field.kind == Kind::Instant && !is_told_by_distance(field.name) { MOMENT } else { 0 }
}

/// Whether a cell tells number and name of another record.
fn names_another(field: &Field) -> bool {
    field.reference.and_then(entities::find).is_some_and(|target| target.number.is_some())
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.field.name == other.field.name && self.width == other.width
    }
}

impl Shown {
    /// A field as a column: as its resource has it, else by its kind.
    #[must_use]
    pub fn of(resource: &'static Resource, field: &'static Field) -> Self {
        let whole = least_to_be_whole(field);
        if let Some(column) = resource.columns.iter().find(|column| column.field == field.name) {
            let (least, most) = column.width;
            // A number is read whole also where its name has no room.
            let (least, most) = if names_another(field) { (least + 2, most.max(NAMED)) } else { (least, most) };
            return Self { field, wants: (least.max(whole), most.max(whole)), right: column.right, width: None };
        }
        let right = matches!(field.kind, Kind::Int | Kind::Money | Kind::Percent);
        Self { field, wants: (OTHER.0.max(whole), OTHER.1.max(whole)), right, width: None }
    }

    /// The cells that it takes at least and at most.
    #[must_use]
    pub fn cells(&self) -> (u16, u16) {
        // What somebody made it goes before what others want.
        self.width.map_or(self.wants, |width| (width, width))
    }

    /// Wider or narrower by so many cells.
    pub fn widen(&mut self, by: i16) {
        let width = self.width.unwrap_or(self.wants.1).saturating_add_signed(by);
        self.width = Some(width.clamp(2, WIDEST));
    }
}

/// How a list looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub columns: Vec<Shown>,
    pub sort: Vec<Sort>,
    pub filter: String,
}

/// The saved view that a list shows, and what it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownView {
    pub id: Id,
    pub name: String,
    pub look: Look,
}

impl ShownView {
    #[must_use]
    pub fn of(resource: &'static Resource, view: &Record) -> Self {
        Self { id: view.id, name: view.get("name").as_str().to_owned(), look: Look::of_view(resource, view) }
    }
}

impl Look {
    /// A list as its resource has it.
    #[must_use]
    pub fn of(resource: &'static Resource) -> Self {
        Self { columns: own_columns(resource), sort: sort_or_own(resource.entity, ""), filter: String::new() }
    }

    /// What was remembered. What is no longer there, a column or a sort, is left out.
    #[must_use]
    pub fn recalled(resource: &'static Resource, kept: &Json) -> Self {
        Self {
            columns: columns_of(resource, &kept["columns"]),
            sort: sort_or_own(resource.entity, kept["sort"].as_str().unwrap_or_default()),
            filter: kept["filter"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// To be remembered.
    #[must_use]
    pub fn kept(&self) -> Json {
        json!({"columns": self.columns_json(), "sort": self.sort_text(), "filter": self.filter})
    }

    /// What a saved view holds.
    #[must_use]
    pub fn of_view(resource: &'static Resource, view: &Record) -> Self {
        let columns = match view.get("shown_columns") {
            crate::domain::Value::Json(columns) => columns_of(resource, columns),
            _ => own_columns(resource),
        };
        Self {
            columns,
            sort: sort_or_own(resource.entity, view.get("sort").as_str()),
            filter: view.get("filter").as_str().to_owned(),
        }
    }

    /// `[{"field": "name", "width": 20}, …]`
    #[must_use]
    pub fn columns_json(&self) -> Json {
        self.columns
            .iter()
            .map(|column| match column.width {
                Some(width) => json!({"field": column.field.name, "width": width}),
                None => json!({"field": column.field.name}),
            })
            .collect()
    }

    /// `name,-expires_at`
    #[must_use]
    pub fn sort_text(&self) -> String {
        let key = |key: &Sort| format!("{}{}", if key.descending { "-" } else { "" }, key.field.name);
        self.sort.iter().map(key).collect::<Vec<_>>().join(",")
    }
}

fn sort_or_own(entity: &'static Entity, text: &str) -> Vec<Sort> {
    let sort = parse_sort(entity, text).unwrap_or_default();
    if sort.is_empty() { parse_sort(entity, entity.default_sort).unwrap_or_default() } else { sort }
}

/// The columns that a resource's list has by itself.
#[must_use]
pub fn own_columns(resource: &'static Resource) -> Vec<Shown> {
    let fields = resource.columns.iter().filter_map(|column| resource.entity.field(column.field));
    fields.map(|field| Shown::of(resource, field)).collect()
}

/// Every field that a column can show.
pub fn showable(resource: &'static Resource) -> impl Iterator<Item = &'static Field> {
    resource.entity.fields.iter().filter(|field| field.kind != Kind::Secret)
}

fn columns_of(resource: &'static Resource, kept: &Json) -> Vec<Shown> {
    let mut columns: Vec<Shown> = Vec::new();
    for column in kept.as_array().into_iter().flatten() {
        let name = column["field"].as_str().unwrap_or_default();
        let Some(field) = showable(resource).find(|field| field.name == name) else { continue };
        if columns.iter().any(|known| known.field.name == name) {
            continue;
        }
        let width = column["width"].as_u64().and_then(|cells| u16::try_from(cells).ok());
        columns.push(Shown { width: width.map(|cells| cells.clamp(2, WIDEST)), ..Shown::of(resource, field) });
    }
    if columns.is_empty() { own_columns(resource) } else { columns }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources;

    /// What is told of a width is what one gets, whatever others want.
    #[test]
    fn a_column_is_as_wide_as_somebody_made_it() {
        let resource = resources::find("customers").unwrap();
        let mut look = Look::of(resource);
        let wide = look.columns[1].wants.1;
        look.columns[1].widen(5);
        assert_eq!(look.columns[1].cells(), (wide + 5, wide + 5));
        look.columns[1].widen(-30);
        assert_eq!(look.columns[1].cells(), (wide - 25, wide - 25));
    }

    #[test]
    fn what_is_kept_comes_back_and_what_is_gone_is_left_out() {
        let resource = resources::find("customers").unwrap();
        let mut look = Look::of(resource);
        assert_eq!(Look::recalled(resource, &look.kept()), look);
        look.columns.truncate(2);
        look.columns.swap(0, 1);
        look.columns[0].widen(5);
        look.sort = parse_sort(resource.entity, "-expires_at").unwrap();
        look.filter = "status:active".into();
        assert_eq!(Look::recalled(resource, &look.kept()), look);
        let gone = json!({"columns": [{"field": "banana"}, {"field": "name"}, {"field": "name"}], "sort": "banana"});
        let recalled = Look::recalled(resource, &gone);
        assert_eq!(recalled.columns.iter().map(|column| column.field.name).collect::<Vec<_>>(), ["name"]);
        assert_eq!(recalled.sort, Look::of(resource).sort);
        assert_eq!(Look::recalled(resource, &Json::Null), Look::of(resource));
        assert!(columns_of(resource, &json!([{"field": "access_password"}])) == own_columns(resource), "no secrets");
    }

    #[test]
    fn every_list_shows_every_field_that_is_no_secret() {
        for resource in resources::all() {
            for field in showable(resource) {
                let (least, most) = Shown::of(resource, field).cells();
                assert!(least > 0 && least <= most, "{}.{}", resource.entity.name, field.name);
            }
        }
    }
}
