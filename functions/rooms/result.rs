//! The result of an analysis as clients read it (CONTRACT R6, 5.4). Every key is always present.

use room_drawing::Scene;
use room_geometry::RoomGeometry;
use serde::Serialize;
use utoipa::ToSchema;

use crate::jobs::State;

/// The name of our own engine, as `provider_used` says it.
pub const BUILTIN: &str = "builtin";

/// What is said of a figure that the engine does not compute yet.
const UNKNOWN: &str = "unknown";

/// A finished analysis. Stored as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomResult {
    pub processing_id: String,
    /// Always `completed`.
    pub status: State,
    /// The scan's display name.
    pub name: Option<String>,
    pub result: Analysis,
    pub metadata: Metadata,
}

/// What was found out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Analysis {
    pub room_analysis: RoomAnalysis,
    pub product_recommendations: Vec<ProductRecommendation>,
    #[serde(rename = "3d_scene_data")]
    pub scene_data: Scene,
    /// The measured figures.
    pub geometry: RoomGeometry,
}

/// The room in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomAnalysis {
    /// `unknown` unless something in the room tells.
    pub room_type: String,
    pub features: Vec<String>,
    pub furniture_detected: Vec<String>,
    /// `unknown` without light or color data.
    pub lighting_conditions: String,
    pub wall_materials: Vec<String>,
}

/// A product that fits.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductRecommendation {
    pub category: String,
    pub item: String,
    /// 0 to 1.
    pub confidence: f64,
    pub placement_suggestion: Placement,
}

/// Where it fits: scene coordinates in meters, degrees.
#[derive(Debug, Serialize, ToSchema)]
pub struct Placement {
    pub x: f64,
    pub y: f64,
    pub z: f64,
    pub rotation: i64,
}

/// How the result came about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Metadata {
    /// From the first consumer's start to the result.
    pub processing_time_ms: i64,
    pub provider_used: String,
    /// US dollars.
    pub cost_actual: f64,
    pub quota_consumed: i64,
    /// Size of the Worker's memory after the analysis; not in production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_memory_bytes: Option<u64>,
}

impl RoomResult {
    /// Puts the parts together.
    pub fn new(
        processing_id: &str,
        name: Option<&str>,
        geometry: RoomGeometry,
        scene_data: Scene,
        metadata: Metadata,
    ) -> Self {
        let furniture = geometry.objects.iter().map(|object| object.class.clone());
        let room_analysis = RoomAnalysis {
            room_type: UNKNOWN.into(),
            features: Vec::new(),
            furniture_detected: furniture.collect(),
            lighting_conditions: UNKNOWN.into(),
            wall_materials: Vec::new(),
        };
        Self {
            processing_id: processing_id.into(),
            status: State::Completed,
            name: name.map(str::to_owned),
            result: Analysis {
                room_analysis,
                product_recommendations: Vec::new(),
                scene_data,
                geometry,
            },
            metadata,
        }
    }
}
