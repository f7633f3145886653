//! The ceiling over the outline: its planes, the highest point, and what lies below them.

use crate::heights::Heights;
use crate::levels::{Level, Levels};
use crate::model::Measure;
use crate::polygon;
use crate::walls::NINETY_FIVE;

/// A smaller part than this is the rounding of a ridge, square meters.
const LEAST_PART: f64 = 0.05;
/// How far off walls are where a slope meets them (one standard deviation), meters.
const WALL: f64 = 0.003;

/// The part of the plan over which one plane is the ceiling.
#[derive(Debug, Clone)]
pub struct Part {
    pub corners: Vec<[f64; 2]>,
    pub plane: Level,
    /// How far off its height above the floor may be, meters.
    pub uncertainty: f64,
}

/// Cuts the outline where the planes of the ceiling meet.
pub fn parts(corners: &[[f64; 2]], levels: &Levels, heights: &Heights) -> Vec<Part> {
    let planes: Vec<Level> = if levels.roof.is_empty() {
        levels.ceiling.into_iter().collect()
    } else {
        levels.roof.clone()
    };
    let mut parts = Vec::new();
    for (index, plane) in planes.iter().enumerate() {
        let mut own = corners.to_vec();
        for (other, above) in planes.iter().enumerate() {
            if other != index {
                let room = |p: [f64; 2]| above.height_at(p[0], p[1]) - plane.height_at(p[0], p[1]);
                own = polygon::clip(&own, room);
            }
        }
        if polygon::area(&own) > LEAST_PART {
            let rise = plane.slope[0].hypot(plane.slope[1]);
            let sigma = heights.deviation(index) * (1.0 + rise * rise).sqrt();
            parts.push(Part {
                corners: own,
                plane: *plane,
                uncertainty: NINETY_FIVE * sigma.hypot(WALL * rise),
            });
        }
    }
    parts
}

/// The height of the highest point above the floor below it.
pub fn height(parts: &[Part], floor: &Level, middle: [f64; 2]) -> Option<Measure> {
    let above = |plane: &Level, [x, y]: [f64; 2]| plane.height_at(x, y) - floor.height_at(x, y);
    if let [flat] = parts
        && flat.plane.slope[0].hypot(flat.plane.slope[1]) < 0.02
    {
        return Some(Measure {
            value: above(&flat.plane, middle),
            uncertainty: flat.uncertainty,
        });
    }
    let places = parts
        .iter()
        .flat_map(|part| part.corners.iter().map(move |corner| (part, *corner)));
    places
        .map(|(part, corner)| Measure {
            value: above(&part.plane, corner),
            uncertainty: part.uncertainty,
        })
        .max_by(|a, b| a.value.total_cmp(&b.value))
}

/// The space between the floor and the ceiling's planes, cubic meters.
pub fn volume(parts: &[Part], floor: &Level) -> f64 {
    parts
        .iter()
        .map(|part| {
            let [x, y] = polygon::centroid(&part.corners);
            let height = part.plane.height_at(x, y) - floor.height_at(x, y);
            polygon::area(&part.corners) * height
        })
        .sum()
}
