//! Whether what is seen through a hole is the room itself, in a mirror.
//!
//! A mirror shows points where the scanner believes them: behind the wall, as far as they are
//! before it (Käshammer and Nüchter 2015, "Mirror identification and correction of 3D point
//! clouds"). Laid back over the wall's plane they meet the room's surfaces, and if they are laid
//! back a little aside they do not.
//!
//! Behind a door there is a room, too, and its ceiling and side walls may run on in the planes of
//! this one's: there only what is left tells. What lies behind a window is no room of the same
//! height and width.

use crate::interior::Interior;
use crate::model::{Opening, OpeningKind, RoomGeometry, Wall};
use crate::polygon;

/// Side of the cubes in which the room's surfaces are remembered, meters.
const CUBE: f64 = 0.1;
/// More cubes than this are not: no room is as large.
const MOST_CUBES: f64 = 4e6;
/// Nearer behind the wall than this are reveals and frames, farther is nothing a mirror shows.
const DEPTH: [f64; 2] = [0.3, 6.0];
/// A point at this depth was seen from anywhere up to as much aside of the opening, as its depth.
const ASIDE: f64 = 0.7;
/// Points of floor, ceiling and other walls come as near to them, meters.
const BAND: f64 = 0.15;
/// Fewer points tell nothing.
const LEAST: usize = 30;
/// How far aside the points are laid back to compare: toward the room, along the wall, upward, in
/// meters. For a door only the first counts.
const BESIDE: [[f64; 3]; 4] = [
    [-0.45, 0.45, 0.3],
    [-0.3, -0.3, -0.45],
    [0.3, 0.45, -0.3],
    [0.45, -0.3, 0.45],
];
/// Part of the points of a mirror that meet a surface, at least, and how many more do so than
/// aside. Among them are strays; but the far wall of a room behind may by chance be as far away as
/// this one's.
const MET: f64 = 0.65;
const MET_BEHIND_A_DOOR: f64 = 0.8;
const MORE: f64 = 0.2;

/// The room's surfaces, as cubes that hold points.
pub struct Surfaces {
    low: [f64; 3],
    counts: [usize; 3],
    filled: Vec<bool>,
}

impl Surfaces {
    /// `None` for a room of no sensible size.
    pub fn new(interior: &Interior, geometry: &RoomGeometry) -> Option<Self> {
        let top = geometry
            .dimensions
            .height
            .map_or(4.0, |height| height.value);
        let mut low = [f64::MAX, f64::MAX, -2.0 * CUBE];
        let mut high = [f64::MIN, f64::MIN, top + 2.0 * CUBE];
        for corner in &geometry.outline {
            for axis in 0..2 {
                low[axis] = low[axis].min(corner[axis] - 2.0 * CUBE);
                high[axis] = high[axis].max(corner[axis] + 2.0 * CUBE);
            }
        }
        let sizes = [0, 1, 2].map(|axis| ((high[axis] - low[axis]) / CUBE).ceil());
        let all: f64 = sizes.iter().product();
        if !sizes.iter().all(|size| *size >= 1.0) || all > MOST_CUBES {
            return None;
        }
        let counts = sizes.map(|size| size as usize);
        let mut surfaces = Self {
            low,
            counts,
            filled: vec![false; counts.iter().product()],
        };
        for point in interior.all() {
            if let Some(at) = surfaces.cube(point) {
                let index = surfaces.index(at);
                surfaces.filled[index] = true;
            }
        }
        Some(surfaces)
    }

    fn index(&self, [x, y, z]: [usize; 3]) -> usize {
        (z * self.counts[1] + y) * self.counts[0] + x
    }

    fn cube(&self, point: [f64; 3]) -> Option<[usize; 3]> {
        let at = [0, 1, 2].map(|axis| ((point[axis] - self.low[axis]) / CUBE).floor());
        let inside = (0..3).all(|axis| at[axis] >= 0.0 && at[axis] < self.counts[axis] as f64);
        inside.then(|| at.map(|index| index as usize))
    }

    /// Whether there is a surface in a place's cube or in one that shares a face with it.
    fn meet(&self, point: [f64; 3]) -> bool {
        const AROUND: [[f64; 3]; 7] = [
            [0.0, 0.0, 0.0],
            [CUBE, 0.0, 0.0],
            [-CUBE, 0.0, 0.0],
            [0.0, CUBE, 0.0],
            [0.0, -CUBE, 0.0],
            [0.0, 0.0, CUBE],
            [0.0, 0.0, -CUBE],
        ];
        AROUND.iter().any(|step| {
            let place = [0, 1, 2].map(|axis| point[axis] + step[axis]);
            self.cube(place)
                .is_some_and(|at| self.filled[self.index(at)])
        })
    }
}

/// Whether the points behind an opening are the mirror image of the room before it.
pub fn shows_the_room(
    surfaces: &Surfaces,
    interior: &Interior,
    geometry: &RoomGeometry,
    wall: &Wall,
    opening: &Opening,
) -> bool {
    let view = View::new(wall);
    let top = geometry.dimensions.height.map(|height| height.value);
    let is_window = opening.kind == OpeningKind::Window;
    let others: Vec<&Wall> = geometry
        .walls
        .iter()
        .filter(|other| !is_window && !view.is_parallel(other))
        .collect();
    let top = top.filter(|_| !is_window);
    // Behind a wall of an L lies the other part of the room.
    let is_own = |p: [f64; 2]| {
        polygon::contains(&geometry.outline, p)
            || polygon::edges(&geometry.outline)
                .any(|(a, b)| polygon::distance_to_edge(a, b, p) < BAND)
    };
    let mut met = [0usize; 1 + BESIDE.len()];
    let mut all = 0;
    for [x, y, height] in interior.all() {
        let [along, depth] = view.place([x, y]);
        let behind = -depth;
        let aside = ASIDE * behind;
        let seen = behind > DEPTH[0]
            && behind < DEPTH[1]
            && along > opening.offset - aside
            && along < opening.offset + opening.width + aside
            && height > (opening.bottom - aside).max(BAND)
            && height < (opening.top + aside).min(top.unwrap_or(f64::MAX) - BAND);
        if !seen || is_own([x, y]) {
            continue;
        }
        let back = view.point([along, behind]);
        let inside = polygon::contains(&geometry.outline, back);
        let on_other =
            |other: &&Wall| polygon::distance_to_edge(other.start, other.end, back) < BAND;
        // What runs on behind the wall in its own direction meets itself wherever it is laid.
        if inside && others.iter().any(on_other) {
            continue;
        }
        all += 1;
        for (count, aside) in met.iter_mut().zip([[0.0; 3]].iter().chain(&BESIDE)) {
            let [deep, wide, tall] = *aside;
            let [wide, tall] = if is_window { [wide, tall] } else { [0.0; 2] };
            let [x, y] = view.point([along + wide, behind + deep]);
            *count += usize::from(surfaces.meet([x, y, height + tall]));
        }
    }
    if all < LEAST {
        return false;
    }
    let part = met.map(|count| count as f64 / all as f64);
    let beside = part[1..].iter().sum::<f64>() / BESIDE.len() as f64;
    let least = if is_window { MET } else { MET_BEHIND_A_DOOR };
    part[0] >= least && part[0] >= beside + MORE
}

/// The plan as seen from a wall.
struct View {
    start: [f64; 2],
    along: [f64; 2],
}

impl View {
    fn new(wall: &Wall) -> Self {
        let side = [wall.end[0] - wall.start[0], wall.end[1] - wall.start[1]];
        let length = side[0].hypot(side[1]).max(1e-9);
        Self {
            start: wall.start,
            along: side.map(|v| v / length),
        }
    }

    fn is_parallel(&self, other: &Wall) -> bool {
        let other = Self::new(other);
        (self.along[0] * other.along[0] + self.along[1] * other.along[1]).abs() > 0.9
    }

    /// Along the wall and from it into the room.
    fn place(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [x, y] = [x - self.start[0], y - self.start[1]];
        let [u, v] = self.along;
        [x * u + y * v, y * u - x * v]
    }

    fn point(&self, [along, depth]: [f64; 2]) -> [f64; 2] {
        let [u, v] = self.along;
        [
            self.start[0] + along * u - depth * v,
            self.start[1] + along * v + depth * u,
        ]
    }
}
