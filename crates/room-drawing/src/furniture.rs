//! Furniture as boxes that can be drawn.

use room_geometry::model::{Object, RoomGeometry};

use crate::polygon::{Point, along};
use crate::text::class_name;

/// The class of what is a thing, but no telling which.
const UNKNOWN: &str = "unknown";
/// More objects than this are left out, so that a drawing stays bounded.
const MOST_OBJECTS: usize = 512;
/// Sizes and distances beyond this are an error of the measurement, meters.
const FARTHEST: f64 = 100_000.0;

/// A piece of furniture, lengths in meters.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its index in `geometry.objects`.
    pub index: usize,
    /// Its class as people write it.
    pub name: String,
    /// Whether its class is known, so that the name says something.
    pub named: bool,
    /// Length, width and height.
    pub size: [f64; 3],
    /// Its four corners in the plan, counter-clockwise.
    pub footprint: [Point; 4],
    /// The middle of the footprint.
    pub center: Point,
    /// Lower side above the floor.
    pub bottom: f64,
    /// Upper side above the floor.
    pub top: f64,
}

/// The furniture of a room, without boxes that have no size.
pub fn pieces(room: &RoomGeometry) -> Vec<Piece> {
    let objects = room.objects.iter().take(MOST_OBJECTS).enumerate();
    objects
        .filter_map(|(index, object)| piece(index, object))
        .collect()
}

fn piece(index: usize, object: &Object) -> Option<Piece> {
    let [x, y, height] = object.center;
    let size = object.size;
    let placed = object.center.iter().all(|v| v.abs() <= FARTHEST);
    let sized = size.iter().all(|v| (0.001..=FARTHEST).contains(v));
    if !placed || !sized || !object.rotation.is_finite() {
        return None;
    }
    let (sine, cosine) = object.rotation.to_radians().sin_cos();
    let corner = |along_length: f64, along_width: f64| {
        let halfway = along([x, y], [cosine, sine], along_length * size[0] / 2.0);
        along(halfway, [-sine, cosine], along_width * size[1] / 2.0)
    };
    Some(Piece {
        index,
        name: class_name(&object.class),
        named: object.class != UNKNOWN,
        size,
        footprint: [
            corner(-1.0, -1.0),
            corner(1.0, -1.0),
            corner(1.0, 1.0),
            corner(-1.0, 1.0),
        ],
        center: [x, y],
        bottom: height - size[2] / 2.0,
        top: height + size[2] / 2.0,
    })
}
