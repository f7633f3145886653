//! What the scan holds beside the shell: the seam for openings and objects.

use crate::model::{RoomGeometry, Wall};
use crate::polygon;

/// The room's points in its floor frame, those on the shell apart from the others.
#[derive(Debug, Clone, Default)]
pub struct Interior {
    /// Side of the cube that each point stands for, meters.
    pub side: f64,
    /// Within the outline and on no surface of the shell: `[x, y, height]`, meters.
    pub points: Vec<[f32; 3]>,
    /// All others: on the shell, or beyond it.
    shell: Vec<[f32; 3]>,
}

/// A point as seen from a wall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WallPoint {
    /// From the wall's start along it, meters.
    pub along: f64,
    /// Above the floor, meters.
    pub height: f64,
    /// From the wall's face into the room, meters; below zero beyond the wall.
    pub depth: f64,
}

/// How far off the shell a point may lie and still be on it, meters.
#[derive(Debug, Clone)]
pub struct Bands {
    /// Of floor and ceilings.
    pub level: f64,
    /// Of each wall.
    pub walls: Vec<f64>,
}

impl Interior {
    /// Parts the points, given in the floor frame.
    pub(crate) fn new(
        geometry: &RoomGeometry,
        bands: &Bands,
        side: f64,
        points: impl Iterator<Item = [f32; 3]>,
    ) -> Self {
        let mut interior = Self {
            side,
            ..Self::default()
        };
        for point in points {
            if is_inside(geometry, bands, point.map(f64::from)) {
                interior.points.push(point);
            } else {
                interior.shell.push(point);
            }
        }
        interior
    }

    /// All points, in no particular order.
    pub fn all(&self) -> impl Iterator<Item = [f64; 3]> {
        self.points
            .iter()
            .chain(&self.shell)
            .map(|point| point.map(f64::from))
    }

    /// The points before and behind a wall, at most `before` into the room and `behind` beyond it:
    /// what a raster of the wall's face is made from.
    pub fn near_wall(
        &self,
        wall: &Wall,
        before: f64,
        behind: f64,
    ) -> impl Iterator<Item = WallPoint> {
        let (start, end) = (wall.start, wall.end);
        let length = (end[0] - start[0]).hypot(end[1] - start[1]).max(1e-9);
        let along = [0, 1].map(|i| (end[i] - start[i]) / length);
        self.all().filter_map(move |[x, y, height]| {
            let (x, y) = (x - start[0], y - start[1]);
            let point = WallPoint {
                along: x * along[0] + y * along[1],
                height,
                depth: y * along[0] - x * along[1],
            };
            let near = point.along >= 0.0
                && point.along <= length
                && point.depth <= before
                && point.depth >= -behind;
            near.then_some(point)
        })
    }
}

fn is_inside(geometry: &RoomGeometry, bands: &Bands, [x, y, h]: [f64; 3]) -> bool {
    let under = |[c, sx, sy]: [f64; 3]| h < c + sx * x + sy * y - bands.level;
    if h < bands.level
        || !geometry.ceilings.iter().all(|plane| under(plane.height))
        || !polygon::contains(&geometry.outline, [x, y])
    {
        return false;
    }
    let p = [x, y];
    let on_level = geometry
        .levels
        .iter()
        .any(|level| h < level.height + bands.level && polygon::contains(&level.outline, p));
    let on_column = geometry.columns.iter().any(|column| {
        polygon::contains(&column.outline, p)
            || polygon::edges(&column.outline)
                .any(|(a, b)| polygon::distance_to_edge(a, b, p) < bands.level)
    });
    let mut walls = geometry.walls.iter().zip(&bands.walls);
    let on_wall = walls.any(|(wall, &band)| {
        !wall.open && polygon::distance_to_edge(wall.start, wall.end, p) < band
    });
    !on_level && !on_column && !on_wall
}
