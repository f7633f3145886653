//! The findings as clients read them (CONTRACT R6, 5.4). Every key is always present.

use room_drawing::{Scene, scene};
use room_geometry::RoomGeometry;
use serde::Serialize;
use utoipa::ToSchema;

/// What is said of a figure that the engine does not compute yet.
const UNKNOWN: &str = "unknown";

/// What was found out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Analysis {
    /// In words.
    pub room_analysis: RoomAnalysis,
    /// What would fit.
    pub product_recommendations: Vec<ProductRecommendation>,
    /// The room as triangles.
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
    /// What is remarkable about it.
    pub features: Vec<String>,
    /// Classes of the objects, one for each.
    pub furniture_detected: Vec<String>,
    /// `unknown` without light or color data.
    pub lighting_conditions: String,
    /// Where colors or intensities tell.
    pub wall_materials: Vec<String>,
}

/// A product that fits.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductRecommendation {
    /// `furniture`, ...
    pub category: String,
    /// What it is.
    pub item: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Where it fits.
    pub placement_suggestion: Placement,
}

/// Where it fits: scene coordinates in meters, degrees.
#[derive(Debug, Serialize, ToSchema)]
pub struct Placement {
    /// Across the plan.
    pub x: f64,
    /// Above the floor.
    pub y: f64,
    /// Against the plan's y.
    pub z: f64,
    /// About the vertical.
    pub rotation: i64,
}

impl Analysis {
    /// What the measured room says.
    pub fn of(geometry: RoomGeometry) -> Self {
        let furniture = geometry.objects.iter().map(|object| object.class.clone());
        let room_analysis = RoomAnalysis {
            room_type: UNKNOWN.into(),
            features: Vec::new(),
            furniture_detected: furniture.collect(),
            lighting_conditions: UNKNOWN.into(),
            wall_materials: Vec::new(),
        };
        Self {
            room_analysis,
            product_recommendations: Vec::new(),
            scene_data: scene(&geometry),
            geometry,
        }
    }
}
