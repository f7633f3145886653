//! Drawings and exports of a stored result.

use room_drawing::{
    Origin, floor_plan_dxf, floor_plan_geojson, floor_plan_svg, model_ifc, scene_glb,
};
use room_geometry::RoomGeometry;
use serde::Deserialize;

/// The drawings that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// The floor plan to look at: SVG.
    PlanSvg,
    /// The floor plan to work on: DXF of AutoCAD 2000.
    PlanDxf,
    /// The floor plan as features: GeoJSON.
    PlanGeoJson,
    /// The room in 3D: glTF 2.0, binary.
    SceneGlb,
    /// The building model: IFC4.
    ModelIfc,
}

impl Drawing {
    /// All of them; the Worker names one by its place.
    pub const ALL: [Self; 5] = [
        Self::PlanSvg,
        Self::PlanDxf,
        Self::PlanGeoJson,
        Self::SceneGlb,
        Self::ModelIfc,
    ];
}

/// What a drawing takes of a result.
#[derive(Deserialize)]
struct Stored {
    processing_id: String,
    name: Option<String>,
    result: Measured,
    #[serde(default)]
    metadata: Times,
}

#[derive(Deserialize)]
struct Measured {
    geometry: RoomGeometry,
}

#[derive(Default, Deserialize)]
struct Times {
    /// When it was measured, as the building model tells it.
    completed_at: Option<String>,
}

/// What a building model says of a result that does not tell when it was made.
const LONG_AGO: &str = "2024-01-01T00:00:00";

/// Draws what a result (JSON, as it is stored) says of the room.
///
/// # Errors
/// When it cannot be read.
pub fn draw(drawing: Drawing, result: &[u8]) -> Result<Vec<u8>, String> {
    let stored: Stored = serde_json::from_slice(result).map_err(|error| error.to_string())?;
    let name = stored.name.as_deref().unwrap_or("Room");
    let room = &stored.result.geometry;
    Ok(match drawing {
        Drawing::PlanSvg => floor_plan_svg(room, name).into_bytes(),
        Drawing::PlanDxf => floor_plan_dxf(room, name),
        Drawing::PlanGeoJson => floor_plan_geojson(room, name).into_bytes(),
        Drawing::SceneGlb => scene_glb(room, name),
        Drawing::ModelIfc => {
            let origin = Origin {
                id: &stored.processing_id,
                name,
                time: stored
                    .metadata
                    .completed_at
                    .as_deref()
                    .and_then(|time| time.get(..LONG_AGO.len()))
                    .unwrap_or(LONG_AGO),
            };
            model_ifc(room, &origin).into_bytes()
        }
    })
}
