//! The findings as clients read them (CONTRACT R6, 5.4). Every key is always present.

use std::collections::BTreeSet;

use room_drawing::{Scene, scene};
use room_geometry::RoomGeometry;
use room_meaning::{
    Finding, Meaning, Recommendation, SurfaceColors, UNKNOWN, recommend, understand,
};
use room_scan::summary::Light;
use serde::Serialize;
use utoipa::ToSchema;

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
    /// `living_room`, ...; `unknown` unless something in the room tells.
    pub room_type: String,
    /// What is remarkable about it: `high_ceiling`, `large_windows`, ...
    pub features: Vec<String>,
    /// Classes of the objects, each once; those that are `unknown` are left out.
    pub furniture_detected: Vec<String>,
    /// `natural_bright`, ...; `unknown` without light or color data.
    pub lighting_conditions: String,
    /// Where colors tell.
    pub wall_materials: Vec<String>,
    /// The same with what each rests on.
    pub findings: Findings,
}

/// What is said of a room, each with its confidence and reasons.
#[derive(Debug, Serialize, ToSchema)]
pub struct Findings {
    /// What kind of room it is.
    pub room_type: Finding,
    /// What is remarkable about it.
    pub features: Vec<Finding>,
    /// How it is lit.
    pub lighting: Finding,
    /// What its walls are made of.
    pub wall_materials: Vec<Finding>,
    /// What its floor is made of.
    pub floor_materials: Vec<Finding>,
}

/// A product that fits.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductRecommendation {
    /// `furniture`, `lighting`, ...
    pub category: &'static str,
    /// What it is.
    pub item: &'static str,
    /// From the fit and from how well it suits the room, 0 to 1.
    pub confidence: f64,
    /// Where it fits.
    pub placement_suggestion: Placement,
    /// Why it fits there.
    pub reason: String,
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
    /// About the vertical, counter-clockwise seen from above.
    pub rotation: i64,
}

impl Analysis {
    /// What the measured room says, beside the app's light readings and the colors of its surfaces.
    pub fn of(geometry: RoomGeometry, light: Light, colors: SurfaceColors) -> Self {
        let meaning = understand(&geometry, &light, &colors);
        let products = recommend(&geometry, &meaning.room_type);
        Self {
            room_analysis: RoomAnalysis::of(&geometry, meaning),
            product_recommendations: products.into_iter().map(Into::into).collect(),
            scene_data: scene(&geometry),
            geometry,
        }
    }
}

/// How sure a phone is taken to be of what it calls a room; it does not say.
const TOLD: f64 = 0.7;

impl Analysis {
    /// The same, told what the phone calls the parts of the room (`livingRoom`, ...): if that is one
    /// thing, it counts where less is known from what stands there.
    pub fn told(mut self, sections: &[String]) -> Self {
        let kind = match sections {
            [one] => match one.as_str() {
                "livingRoom" => "living_room",
                "diningRoom" => "dining_room",
                other => other,
            },
            _ => return self,
        };
        let reason = "what the phone calls the room".to_owned();
        let known = &mut self.room_analysis.findings.room_type;
        if known.value == kind {
            // Wrong only if both are.
            known.confidence = 1.0 - (1.0 - known.confidence) * (1.0 - TOLD);
            known.derived_from.push(reason);
        } else if known.confidence < TOLD {
            *known = Finding::new(kind, TOLD, vec![reason]);
            self.room_analysis.room_type = kind.to_owned();
            let products = recommend(&self.geometry, known);
            self.product_recommendations = products.into_iter().map(Into::into).collect();
        }
        self
    }
}

impl RoomAnalysis {
    fn of(room: &RoomGeometry, meaning: Meaning) -> Self {
        let words = |findings: &[Finding]| findings.iter().map(|one| one.value.clone()).collect();
        Self {
            room_type: meaning.room_type.value.clone(),
            features: words(&meaning.features),
            furniture_detected: kinds(room),
            lighting_conditions: meaning.lighting.value.clone(),
            wall_materials: words(&meaning.wall_materials),
            findings: Findings {
                room_type: meaning.room_type,
                features: meaning.features,
                lighting: meaning.lighting,
                wall_materials: meaning.wall_materials,
                floor_materials: meaning.floor_materials,
            },
        }
    }
}

/// Each class that stands in the room, once. Things without one are in the geometry only.
fn kinds(room: &RoomGeometry) -> Vec<String> {
    let classes = room.objects.iter().map(|object| &object.class);
    let known: BTreeSet<&String> = classes.filter(|class| *class != UNKNOWN).collect();
    known.into_iter().cloned().collect()
}

impl From<Recommendation> for ProductRecommendation {
    fn from(product: Recommendation) -> Self {
        let [x, y, z] = product.position;
        Self {
            category: product.category,
            item: product.item,
            confidence: product.confidence,
            placement_suggestion: Placement {
                x,
                y,
                z,
                rotation: product.rotation,
            },
            reason: product.reason,
        }
    }
}
