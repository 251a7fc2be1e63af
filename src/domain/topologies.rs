//! Drawings of what is connected with what: nodes that name a device or are free, edges between their ports, and what of
//! a drawing cannot be built.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::lifecycle::{Lifecycle, Move};
use super::text::clean;

/// submitted → approved | rejected. A drawing that changes is submitted again, by that change alone.
pub const REVIEW: Lifecycle = Lifecycle {
    of: "review",
    states: &["submitted", "approved", "rejected"],
    initial: "submitted",
    moves: &[
        Move { verb: "approve", from: &["submitted"], to: "approved" },
        Move { verb: "reject", from: &["submitted"], to: "rejected" },
    ],
};

/// A drawing as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// A place in the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub id: String,
    /// The number, name or id of a device; none: anything that is free.
    pub device: Option<String>,
}

/// A line between two ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub ends: [End; 2],
}

/// Where a line ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    pub node: String,
    pub port: String,
}

/// Something that cannot be built as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// A node names a device that is not there, or not in service.
    UnknownDevice { node: String, device: String },
    /// An edge, counted from 1, ends at a node that is not drawn.
    Dangling { edge: usize, node: String },
    /// Several edges end at one port.
    PortTwice { at: String, port: String, edges: Vec<usize> },
}

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownDevice { node, device } => {
                write!(f, "node {}: there is no device {} in service", clean(node), clean(device))
            }
            Self::Dangling { edge, node } => write!(f, "edge {edge}: there is no node {}", clean(node)),
            Self::PortTwice { at, port, edges } => {
                let edges: Vec<String> = edges.iter().map(usize::to_string).collect();
                write!(f, "port {} of {} is used by the edges {}", clean(port), clean(at), edges.join(", "))
            }
        }
    }
}

/// Reads the nodes of a drawing: `[{"id": "a", "device": "DEV-000001"}, {"id": "b"}]`. What else a node has, its place on
/// the screen or a label, is kept and not looked at.
///
/// # Errors
/// Which node is wrong, and what would be right.
pub fn read_nodes(json: &Json) -> Result<Vec<Node>, String> {
    let Some(list) = json.as_array() else {
        return Err("is a list such as [{\"id\": \"a\", \"device\": \"DEV-000001\"}]".into());
    };
    let mut known = BTreeSet::new();
    let mut nodes = Vec::with_capacity(list.len());
    for (place, node) in list.iter().enumerate() {
        let id = word(&node["id"]).ok_or_else(|| format!("node {} has no id such as \"a\"", place + 1))?;
        if !known.insert(id.clone()) {
            return Err(format!("two nodes have the id ‘{}’", clean(&id)));
        }
        let device = match &node["device"] {
            Json::Null => None,
            Json::String(named) if !named.trim().is_empty() => Some(named.trim().to_owned()),
            _ => return Err(format!("node {}: device is a number such as \"DEV-000001\"", clean(&id))),
        };
        nodes.push(Node { id, device });
    }
    Ok(nodes)
}

/// Reads the edges of a drawing: `[{"from": {"node": "a", "port": 1}, "to": {"node": "b", "port": "ge-0/0/1"}}]`.
///
/// # Errors
/// Which edge is wrong, and what would be right.
pub fn read_edges(json: &Json) -> Result<Vec<Edge>, String> {
    const LIKE: &str = "{\"from\": {\"node\": \"a\", \"port\": 1}, \"to\": {\"node\": \"b\", \"port\": 1}}";
    let Some(list) = json.as_array() else { return Err(format!("is a list such as [{LIKE}]")) };
    let end = |json: &Json| Some(End { node: word(&json["node"])?, port: word(&json["port"])? });
    let read = |(place, edge): (usize, &Json)| {
        let ends = (|| Some([end(&edge["from"])?, end(&edge["to"])?]))();
        ends.map(|ends| Edge { ends }).ok_or_else(|| format!("edge {} is not like {LIKE}", place + 1))
    };
    list.iter().enumerate().map(read).collect()
}

/// Text or a whole number, as text.
fn word(json: &Json) -> Option<String> {
    match json {
        Json::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl Drawing {
    /// What cannot be built. `device` tells the number of the device in service that goes by a name, where there is
    /// exactly one: two nodes that name the same device share its ports.
    pub fn conflicts(&self, mut device: impl FnMut(&str) -> Option<String>) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        // What each node stands for: its device, else itself.
        let mut places: BTreeMap<&str, String> = BTreeMap::new();
        for node in &self.nodes {
            let number = node.device.as_deref().and_then(&mut device);
            if let (Some(named), None) = (&node.device, &number) {
                conflicts.push(Conflict::UnknownDevice { node: node.id.clone(), device: named.clone() });
            }
            places.insert(&node.id, number.unwrap_or_else(|| format!("node {}", node.id)));
        }
        let mut used: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (edge, number) in self.edges.iter().zip(1..) {
            for end in &edge.ends {
                match places.get(end.node.as_str()) {
                    Some(place) => used.entry((place, &end.port)).or_default().push(number),
                    None => conflicts.push(Conflict::Dangling { edge: number, node: end.node.clone() }),
                }
            }
        }
        let twice = used.into_iter().filter(|(_, edges)| edges.len() > 1);
        conflicts.extend(twice.map(|((at, port), mut edges)| {
            edges.dedup();
            Conflict::PortTwice { at: at.to_owned(), port: port.to_owned(), edges }
        }));
        conflicts
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn drawing(nodes: Json, edges: Json) -> Drawing {
        Drawing { nodes: read_nodes(&nodes).unwrap(), edges: read_edges(&edges).unwrap() }
    }

    fn told(drawing: &Drawing) -> Vec<String> {
        let devices = [("DEV-1", "DEV-1"), ("core", "DEV-1"), ("DEV-2", "DEV-2")];
        let find =
            |named: &str| devices.iter().find(|(name, _)| *name == named).map(|(_, number)| (*number).to_owned());
        drawing.conflicts(find).iter().map(ToString::to_string).collect()
    }

    fn edge(from: &str, port: i64, to: &str, other: i64) -> Json {
        json!({"from": {"node": from, "port": port}, "to": {"node": to, "port": other}})
    }

    #[test]
    fn what_can_be_built_has_no_conflict() {
        let nodes = json!([{"id": "a", "device": "DEV-1", "x": 10}, {"id": "b", "device": "DEV-2"}, {"id": "c"}]);
        assert_eq!(told(&drawing(nodes, json!([edge("a", 1, "b", 1), edge("a", 2, "c", 1)]))), Vec::<String>::new());
        assert_eq!(told(&drawing(json!([]), json!([]))), Vec::<String>::new());
    }

    #[test]
    fn each_conflict_is_told_with_its_place() {
        let nodes = json!([
            {"id": "a", "device": "DEV-1"}, {"id": "b", "device": "DEV-9"}, {"id": "c"}, {"id": "d", "device": "core"}
        ]);
        let edges = json!([edge("a", 1, "c", 1), edge("a", 2, "x", 1), edge("d", 1, "c", 2), edge("b", 3, "b", 3)]);
        assert_eq!(
            told(&drawing(nodes, edges)),
            [
                "node b: there is no device DEV-9 in service",
                "edge 2: there is no node x",
                "port 1 of DEV-1 is used by the edges 1, 3",
                "port 3 of node b is used by the edges 4",
            ]
        );
    }

    #[test]
    fn what_is_no_drawing_says_what_would_be() {
        for (wrong, why) in [
            (json!({}), "is a list such as"),
            (json!([{"device": "DEV-1"}]), "node 1 has no id"),
            (json!([{"id": "a"}, {"id": "a"}]), "two nodes have the id ‘a’"),
            (json!([{"id": "a", "device": 7}]), "node a: device is a number"),
        ] {
            let told = read_nodes(&wrong).unwrap_err();
            assert!(told.starts_with(why), "{told}");
        }
        for wrong in
            [json!({}), json!([{}]), json!([{"from": {"node": "a", "port": 1}}]), json!([{"from": "a", "to": "b"}])]
        {
            assert!(read_edges(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn exactly_the_listed_moves_are_open() {
        for from in REVIEW.states {
            for to in REVIEW.states {
                let open = REVIEW.open_from(from).any(|m| m.to == *to);
                assert_eq!(open, *from == "submitted" && *to != "submitted", "{from} → {to}");
            }
        }
    }
}
