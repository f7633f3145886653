//! Ceilings, levels and columns as they can be drawn: polygons of the plan, checked once.

use room_geometry::model::RoomGeometry;

use crate::polygon::{Point, depth_inside, signed_area};
use crate::shell::{FARTHEST, HIGHEST};

/// More planes, levels or columns than this are left out, so that a drawing stays bounded.
const MOST: usize = 64;
/// A region of more corners is an error of the measurement.
const MOST_CORNERS: usize = 256;
/// Regions smaller than this do not show, square meters.
const SMALLEST: f64 = 0.000_5;
/// Corners nearer to each other than this are one, meters.
const SAME_CORNER: f64 = 0.000_5;
/// Ceilings flatter than this count as level, degrees.
const LEVEL: f64 = 1.0;
/// Floors that differ by less than this are one, meters.
const LEAST_STEP: f64 = 0.005;

/// A plane of the ceiling.
#[derive(Debug, Clone)]
pub struct Plane {
    /// The part of the plan below it, counter-clockwise.
    pub outline: Vec<Point>,
    /// Its height at the origin of the plan, and its rise along x and y.
    pub height: [f64; 3],
    /// How far it may be off, meters.
    pub uncertainty: f64,
}

impl Plane {
    /// Its height above a point of the plan.
    pub fn at(&self, [x, y]: Point) -> f64 {
        self.height[0] + self.height[1] * x + self.height[2] * y
    }

    /// Whether it is flat.
    pub fn is_level(&self) -> bool {
        self.rise() < LEVEL.to_radians().tan()
    }

    /// How much it rises over a meter of its steepest run.
    pub fn rise(&self) -> f64 {
        self.height[1].hypot(self.height[2])
    }

    /// Whether a point of the plan is below it.
    fn covers(&self, point: Point) -> bool {
        depth_inside(point, &self.outline) >= 0.0
    }
}

/// A part of the floor at another height.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its index in `geometry.levels`.
    pub index: usize,
    /// Its part of the plan, counter-clockwise.
    pub outline: Vec<Point>,
    /// Above the main floor, meters.
    pub height: f64,
    /// How far the height may be off, meters.
    pub uncertainty: f64,
}

/// A column or a free-standing wall.
#[derive(Debug, Clone)]
pub struct Pillar {
    /// Its index in `geometry.columns`.
    pub index: usize,
    /// Its section, counter-clockwise.
    pub outline: Vec<Point>,
    /// Above the floor, where its top was seen.
    pub height: Option<f64>,
    /// How far its faces may be off, meters.
    pub uncertainty: f64,
}

/// The ceiling's planes. A plane that runs into the floor is an error of the measurement.
pub fn planes(room: &RoomGeometry) -> Vec<Plane> {
    let planes = room.ceilings.iter().filter_map(|ceiling| {
        let plane = Plane {
            outline: region(&ceiling.outline)?,
            height: ceiling.height,
            uncertainty: ceiling.uncertainty,
        };
        let fits = |&corner: &Point| (0.01..=HIGHEST).contains(&plane.at(corner));
        plane.outline.iter().all(fits).then_some(plane)
    });
    planes.take(MOST).collect()
}

/// The parts of the floor at another height.
pub fn steps(room: &RoomGeometry) -> Vec<Step> {
    let steps = room.levels.iter().enumerate();
    let steps = steps.filter_map(|(index, level)| {
        let height = level.height;
        Some(Step {
            index,
            outline: region(&level.outline)?,
            height: (LEAST_STEP..=HIGHEST)
                .contains(&height.abs())
                .then_some(height)?,
            uncertainty: level.uncertainty,
        })
    });
    steps.take(MOST).collect()
}

/// The columns.
pub fn pillars(room: &RoomGeometry) -> Vec<Pillar> {
    let pillars = room.columns.iter().enumerate();
    let pillars = pillars.filter_map(|(index, column)| {
        Some(Pillar {
            index,
            outline: region(&column.outline)?,
            height: column.height.filter(|h| (0.01..=HIGHEST).contains(h)),
            uncertainty: column.uncertainty,
        })
    });
    pillars.take(MOST).collect()
}

/// The lowest plane above a point.
pub fn plane_above(planes: &[Plane], point: Point) -> Option<&Plane> {
    planes
        .iter()
        .filter(|plane| plane.covers(point))
        .min_by(|a, b| a.at(point).total_cmp(&b.at(point)))
}

/// A polygon without doubled corners, counter-clockwise; `None` when it is none.
fn region(outline: &[Point]) -> Option<Vec<Point>> {
    let far = |corner: &Point| corner.iter().any(|v| !v.is_finite() || v.abs() > FARTHEST);
    if outline.len() > MOST_CORNERS || outline.iter().any(far) {
        return None;
    }
    let same = |a: Point, b: Point| (a[0] - b[0]).hypot(a[1] - b[1]) < SAME_CORNER;
    let mut kept: Vec<Point> = Vec::with_capacity(outline.len());
    for &corner in outline {
        if kept.last().is_none_or(|&last| !same(last, corner)) {
            kept.push(corner);
        }
    }
    while let (Some(&first), Some(&last)) = (kept.first(), kept.last())
        && kept.len() > 1
        && same(first, last)
    {
        kept.pop();
    }
    let area = signed_area(&kept);
    if area < 0.0 {
        kept.reverse();
    }
    (kept.len() > 2 && area.abs() >= SMALLEST).then_some(kept)
}
