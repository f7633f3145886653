//! Drawings of a stored result.

use room_drawing::{floor_plan_svg, scene_glb};
use room_geometry::RoomGeometry;
use serde::Deserialize;

/// The drawings that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// Walls, dimensions, scale: SVG.
    FloorPlan,
    /// glTF 2.0, binary.
    Scene,
}

impl Drawing {
    /// All of them; the Worker names one by its place.
    pub const ALL: [Self; 2] = [Self::FloorPlan, Self::Scene];
}

/// What a drawing takes of a result.
#[derive(Deserialize)]
struct Stored {
    name: Option<String>,
    result: Measured,
}

#[derive(Deserialize)]
struct Measured {
    geometry: RoomGeometry,
}

/// Draws what a result (JSON, as it is stored) says of the room.
///
/// # Errors
/// When it cannot be read.
pub fn draw(drawing: Drawing, result: &[u8]) -> Result<Vec<u8>, String> {
    let stored: Stored = serde_json::from_slice(result).map_err(|error| error.to_string())?;
    let title = stored.name.as_deref().unwrap_or("Room");
    let room = &stored.result.geometry;
    Ok(match drawing {
        Drawing::FloorPlan => floor_plan_svg(room, title).into_bytes(),
        Drawing::Scene => scene_glb(room, title),
    })
}
