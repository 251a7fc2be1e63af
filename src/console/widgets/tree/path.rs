//! Where a value stands inside another.

use std::fmt;

use serde_json::Value as Json;

use crate::domain::schema::below;

/// One step down: into a group by name, or into a list by number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Name(String),
    Item(usize),
}

/// The way down from the whole.
pub(super) type Path = Vec<Step>;

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Item(index) => write!(f, "{index}"),
        }
    }
}

/// A path as a JSON pointer.
pub(super) fn pointer(path: &[Step]) -> String {
    path.iter().fold(String::new(), |pointer, step| below(&pointer, &step.to_string()))
}

/// The steps into a group or list, with what is there.
pub(super) fn steps(node: &Json) -> Vec<(Step, &Json)> {
    match node {
        Json::Object(entries) => entries.iter().map(|(name, value)| (Step::Name(name.clone()), value)).collect(),
        Json::Array(items) => items.iter().enumerate().map(|(index, value)| (Step::Item(index), value)).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn at<'a>(root: &'a Json, path: &[Step]) -> Option<&'a Json> {
    path.iter().try_fold(root, |node, step| match step {
        Step::Name(name) => node.as_object()?.get(name),
        Step::Item(index) => node.as_array()?.get(*index),
    })
}

pub(super) fn at_mut<'a>(root: &'a mut Json, path: &[Step]) -> Option<&'a mut Json> {
    path.iter().try_fold(root, |node, step| match step {
        Step::Name(name) => node.as_object_mut()?.get_mut(name),
        Step::Item(index) => node.as_array_mut()?.get_mut(*index),
    })
}

/// Puts a value in its place, at the end of a list where the place is one behind it.
pub(super) fn put(root: &mut Json, path: &[Step], value: Json) {
    let Some((last, above)) = path.split_last() else {
        *root = value;
        return;
    };
    match (at_mut(root, above), last) {
        (Some(Json::Object(entries)), Step::Name(name)) => {
            entries.insert(name.clone(), value);
        }
        (Some(Json::Array(items)), Step::Item(index)) => match items.get_mut(*index) {
            Some(item) => *item = value,
            None => items.push(value),
        },
        _ => {}
    }
}

/// Takes a value out of its group or list.
pub(super) fn remove(root: &mut Json, path: &[Step]) {
    let Some((last, above)) = path.split_last() else { return };
    match (at_mut(root, above), last) {
        (Some(Json::Object(entries)), Step::Name(name)) => {
            entries.remove(name);
        }
        (Some(Json::Array(items)), Step::Item(index)) if *index < items.len() => {
            items.remove(*index);
        }
        _ => {}
    }
}
