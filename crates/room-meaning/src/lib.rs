//! What a measured room is, and what would fit into it.
//!
//! [`understand`] says what kind of room it is, what is special about it, how it is lit and what
//! it is made of; each [`Finding`] with its confidence and with what it was derived from. What
//! nothing tells is `unknown` or absent: a room without furniture has no type, one without light
//! readings no lighting, one without colors no materials.
//!
//! [`recommend`] places products of a small catalogue where they fit.

mod catalogue;
mod colors;
mod features;
mod finding;
mod footprint;
mod kind;
mod light;
mod materials;
mod place;
mod recommend;

use room_geometry::RoomGeometry;
use room_scan::summary::Light;

pub use colors::SurfaceColors;
pub use finding::{Finding, UNKNOWN};
pub use footprint::{CLEARANCE, Footprint};
pub use recommend::{Recommendation, recommend};

/// What a room is, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    /// `living_room`, `bedroom`, ... or `unknown`.
    pub room_type: Finding,
    /// `high_ceiling`, `large_windows`, ...
    pub features: Vec<Finding>,
    /// `natural_bright`, `dim`, ... or `unknown`.
    pub lighting: Finding,
    /// `painted`, `brick`, ...; none without colors that tell.
    pub wall_materials: Vec<Finding>,
    /// `wood`, ...; none without colors that tell.
    pub floor_materials: Vec<Finding>,
}

/// Says what a room is, from its geometry with openings and objects, the app's light readings and
/// the colors of its surfaces.
pub fn understand(room: &RoomGeometry, light: &Light, colors: &SurfaceColors) -> Meaning {
    Meaning {
        room_type: kind::of(room),
        features: features::of(room),
        lighting: light::of(room, light),
        wall_materials: materials::of_walls(colors).into_iter().collect(),
        floor_materials: materials::of_floor(colors).into_iter().collect(),
    }
}
