//! What makes a room more than a box, and a scan worse than its noise.

use super::Room;
use crate::polygon;
use crate::vector::Vec3;

/// A part of the floor at another height.
#[derive(Debug, Clone)]
pub struct Podium {
    /// Counter-clockwise, meters.
    pub outline: Vec<[f64; 2]>,
    /// Above the main floor, meters.
    pub height: f64,
}

/// A mirror on a wall: the scanner takes what it shows for real.
#[derive(Debug, Clone, Copy)]
pub struct Mirror {
    /// Which wall: from corner `wall` to the next.
    pub wall: usize,
    /// From the wall's start: from, to, meters.
    pub along: [f64; 2],
    /// Above the floor: from, to, meters.
    pub up: [f64; 2],
}

/// A second pass over part of a room, after the scanner lost its place: the same surfaces again,
/// a little off.
#[derive(Debug, Clone, Copy)]
pub struct Echo {
    /// Part of the points beyond `from` that come from the second pass.
    pub part: f64,
    /// It saw the room beyond this place along x, meters.
    pub from: f64,
    /// How far its points are off, meters.
    pub shift: Vec3,
    /// How far they are turned around the vertical, radians.
    pub turn: f64,
}

impl Echo {
    /// Where the second pass puts a point.
    pub fn place(&self, p: Vec3) -> Vec3 {
        let (s, c) = self.turn.sin_cos();
        let (x, y) = (p[0] - self.from, p[1]);
        [
            self.from + c * x - s * y + self.shift[0],
            s * x + c * y + self.shift[1],
            p[2] + self.shift[2],
        ]
    }
}

impl Room {
    /// Height of the ceiling above a place of the plan.
    pub fn ceiling_at(&self, x: f64, y: f64) -> f64 {
        self.roof
            .iter()
            .map(|[c, sx, sy]| c + sx * x + sy * y)
            .fold(self.height, f64::min)
    }

    /// Height of the floor at a place of the plan.
    pub fn floor_at(&self, x: f64, y: f64) -> f64 {
        self.podiums
            .iter()
            .find(|podium| polygon::contains(&podium.outline, [x, y]))
            .map_or(0.0, |podium| podium.height)
    }

    /// Whether a column or a thin wall stands at a place of the plan.
    pub fn is_column(&self, x: f64, y: f64) -> bool {
        self.columns
            .iter()
            .any(|column| polygon::contains(column, [x, y]))
    }

    /// Where a mirror shows a point of the room, if it is seen there from the room's middle.
    pub fn mirrored(&self, mirror: &Mirror, p: Vec3) -> Option<Vec3> {
        let (a, along, _) = self.wall(mirror.wall)?;
        let inward = [-along[1], along[0]];
        let depth = |x: f64, y: f64| (x - a[0]) * inward[0] + (y - a[1]) * inward[1];
        let d = depth(p[0], p[1]);
        let image = [p[0] - 2.0 * d * inward[0], p[1] - 2.0 * d * inward[1], p[2]];
        let eye_at = 0.5 * (mirror.along[0] + mirror.along[1]);
        let eye = [0, 1].map(|i| a[i] + along[i] * eye_at + inward[i] * 1.8);
        let part = 1.8 / (1.8 + d);
        let hit = [0, 1].map(|i| eye[i] + part * (image[i] - eye[i]));
        let t = (hit[0] - a[0]) * along[0] + (hit[1] - a[1]) * along[1];
        let h = 1.5 + part * (p[2] - 1.5);
        let seen = t > mirror.along[0]
            && t < mirror.along[1]
            && h > mirror.up[0]
            && h < mirror.up[1]
            && d > 0.1;
        seen.then_some(image)
    }

    /// Whether a point of a wall lies behind the glass of a mirror.
    pub(super) fn is_mirror(&self, wall: usize, p: Vec3) -> bool {
        self.mirrors.iter().any(|mirror| {
            let Some((a, along, _)) = self.wall(wall).filter(|_| mirror.wall == wall) else {
                return false;
            };
            let t = (p[0] - a[0]) * along[0] + (p[1] - a[1]) * along[1];
            t > mirror.along[0] && t < mirror.along[1] && p[2] > mirror.up[0] && p[2] < mirror.up[1]
        })
    }
}
