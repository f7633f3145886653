//! Apple RoomPlan's `CapturedRoom` as a measured room.
//!
//! RoomPlan measures on the phone and gives a parametric room: walls, doors, windows, openings and
//! objects, each a box with a transform. An app writes it with `JSONEncoder`, so its members are
//! those of the Swift structures. Here it becomes a [`RoomGeometry`] of the same kind as one that
//! was measured from points: an outline with joined corners, openings on their walls, furniture by
//! our own classes.
//!
//! The figures are the phone's. It states no uncertainty, so one is assumed, and the notes say so.

mod build;
mod floor;
mod inner;
mod join;
mod objects;
mod openings;
mod parse;
mod place;
mod plan;
mod read;

use std::fmt;

use room_geometry::RoomGeometry;
use serde_json::Value;

pub use parse::parse;

/// A room that the phone captured.
#[derive(Debug, Clone, PartialEq)]
pub struct Captured {
    /// The room.
    pub geometry: RoomGeometry,
    /// What the phone takes its parts for, each once: `livingRoom`, `kitchen`, ...
    pub sections: Vec<String>,
}

/// What is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The member, as `walls[3].transform`; empty for the document itself.
    pub path: String,
    /// What was expected of it.
    pub problem: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str("it")?;
        } else {
            f.write_str(&self.path)?;
            f.write_str(":")?;
        }
        f.write_str(" ")?;
        f.write_str(self.problem)
    }
}

impl std::error::Error for Fault {}

/// Documents larger than this are no captured room: a large house has some hundred kilobytes.
pub const MOST_BYTES: usize = 8 << 20;

/// Whether a document is a `CapturedRoom` or a `CapturedStructure`, or holds one.
pub fn is_captured_room(document: &Value) -> bool {
    find(document).is_some()
}

/// The captured room of a document: the document itself, or its member `captured_room`, also below
/// `room_scan`, where an app sends it beside the scan's name and identifier.
pub fn find(document: &Value) -> Option<&Value> {
    let names = ["captured_room", "capturedRoom"];
    let scan = either(document, ["room_scan", "roomScan"]);
    let held = either(document, names).or_else(|| either(scan?, names));
    [Some(document), held]
        .into_iter()
        .flatten()
        .find(|value| is_capture(value))
}

/// A member by its name in either spelling.
fn either<'a>(value: &'a Value, [snake, camel]: [&str; 2]) -> Option<&'a Value> {
    value.get(snake).or_else(|| value.get(camel))
}

/// Whether a value has what a captured room or structure has, and other uploads have not: lists of
/// walls and of what is in them.
fn is_capture(value: &Value) -> bool {
    let is_room = |value: &Value| {
        let has = |key: &str| value.get(key).is_some_and(Value::is_array);
        let parts = ["doors", "windows", "openings", "objects", "floors"];
        has("walls") && parts.into_iter().any(has)
    };
    let rooms = value.get("rooms").and_then(Value::as_array);
    is_room(value) || rooms.is_some_and(|rooms| rooms.first().is_some_and(is_room))
}

/// Reads a room, as [`find`] found it. Of a structure of several rooms it is the one with the largest floor, and a note
/// says that there are others.
pub fn read(document: &Value) -> Result<Captured, Fault> {
    let mut rooms = read_all(document)?;
    let count = rooms.len();
    let area = |captured: &Captured| {
        let area = captured.geometry.dimensions.floor_area;
        area.map_or(0.0, |area| area.value)
    };
    let largest = rooms
        .iter()
        .enumerate()
        .max_by(|(a, first), (b, second)| area(first).total_cmp(&area(second)).then(b.cmp(a)))
        .map(|(place, _)| place);
    let mut captured = match largest {
        Some(place) => rooms.swap_remove(place),
        None => return Err(read::fault("rooms", "has no room")),
    };
    if count > 1 {
        captured.geometry.notes.push(format!(
            "The captured structure has {count} rooms; this is the one with the largest floor."
        ));
    }
    Ok(captured)
}

/// Reads all rooms of a structure, or the one room.
pub fn read_all(document: &Value) -> Result<Vec<Captured>, Fault> {
    if document.get("rooms").is_some_and(|rooms| !rooms.is_null()) {
        return read::list(document, "rooms", &|room| {
            read::capture(room).map(|capture| build::captured(&capture))
        });
    }
    let capture = read::capture(document)?;
    Ok(vec![build::captured(&capture)])
}
