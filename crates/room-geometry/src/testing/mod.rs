//! Scans of made-up rooms whose size is known, from a seed.

mod cases;
mod features;
pub mod furniture;
pub mod openings;
pub mod rays;
mod scan;
pub mod scene;

pub use cases::{CASES, Case};
pub use features::{Echo, Mirror, Podium};

use crate::polygon;
use crate::vector::Vec3;

/// Random numbers from a seed (SplitMix64, Steele et al. 2014).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// Any number.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, evenly.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True in `part` of cases.
    pub fn chance(&mut self, part: f64) -> bool {
        self.between(0.0, 1.0) < part
    }

    /// Normally distributed around zero, near enough: the sum of twelve even numbers.
    pub fn normal(&mut self, sigma: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.between(0.0, 1.0)).sum();
        (sum - 6.0) * sigma
    }
}

/// A box that stands on the floor: `x, y` of its middle, length, width, height, turn.
#[derive(Debug, Clone, Copy)]
pub struct Clutter {
    /// Middle on the plan, meters.
    pub center: [f64; 2],
    /// Length, width, height, meters.
    pub size: [f64; 3],
    /// Counter-clockwise, radians.
    pub turn: f64,
}

/// A door through which a neighboring room is seen.
#[derive(Debug, Clone, Copy)]
pub struct Doorway {
    /// Which wall: from corner `wall` to the next.
    pub wall: usize,
    /// From the wall's start to the door, meters.
    pub offset: f64,
    /// Width and height, meters.
    pub size: [f64; 2],
    /// How far the room behind reaches, meters.
    pub depth: f64,
}

/// A room and how it is scanned.
#[derive(Debug, Clone)]
pub struct Room {
    /// Counter-clockwise, meters.
    pub corners: Vec<[f64; 2]>,
    /// Floor to ceiling, meters; below a sloped ceiling to its highest point.
    pub height: f64,
    /// What stands in it.
    pub clutter: Vec<Clutter>,
    /// A door that stands open.
    pub doorway: Option<Doorway>,
    /// Circles on surfaces from which no point came: middle in room coordinates, radius.
    pub holes: Vec<(Vec3, f64)>,
    /// Walls that were not scanned.
    pub missing_walls: Vec<usize>,
    /// Whether floor and ceiling were scanned.
    pub floor: bool,
    /// See `floor`.
    pub ceiling: bool,
    /// Number of points.
    pub points: usize,
    /// Standard deviation of the scanner's error, meters.
    pub noise: f64,
    /// Part of the points that lie anywhere.
    pub outliers: f64,
    /// Amplitude of a slow bend of the whole scan, meters.
    pub drift: f64,
    /// Where the bend begins and how fast it runs along x and y: radians, radians per meter.
    pub wave: [f64; 3],
    /// Factor by which the scanner gets lengths wrong.
    pub scale: f64,
    /// Standard deviation of the displacement of each surface as a whole, meters.
    pub bias: f64,
    /// A second pass over part of the room.
    pub echo: Option<Echo>,
    /// Sloped planes of the ceiling: height at the origin and its growth along x and y; the lowest
    /// one at a place counts, and `height` above all.
    pub roof: Vec<Vec3>,
    /// Parts of the floor at another height.
    pub podiums: Vec<Podium>,
    /// Outlines of what stands free in the room up to the ceiling.
    pub columns: Vec<Vec<[f64; 2]>>,
    /// Walls whose outer face was seen as well, and their thickness.
    pub outer_faces: Vec<(usize, f64)>,
    /// Mirrors on walls.
    pub mirrors: Vec<Mirror>,
    /// Turn around the vertical, radians.
    pub turn: f64,
    /// The scan's coordinates of the upward direction; turned there by the shortest way from z.
    pub up: Vec3,
    /// Added to every point.
    pub shift: Vec3,
    /// Seed of everything random.
    pub seed: u64,
}

impl Room {
    /// A clean scan of a room with the given outline: 60,000 points with 5 mm noise, z up.
    pub fn new(corners: &[[f64; 2]], height: f64) -> Self {
        Self {
            corners: corners.to_vec(),
            height,
            clutter: Vec::new(),
            doorway: None,
            holes: Vec::new(),
            missing_walls: Vec::new(),
            floor: true,
            ceiling: true,
            points: 60_000,
            noise: 0.005,
            outliers: 0.0,
            drift: 0.0,
            wave: [0.0, 0.7, 0.5],
            scale: 1.0,
            bias: 0.0,
            echo: None,
            roof: Vec::new(),
            podiums: Vec::new(),
            columns: Vec::new(),
            outer_faces: Vec::new(),
            mirrors: Vec::new(),
            turn: 0.0,
            up: [0.0, 0.0, 1.0],
            shift: [0.0; 3],
            seed: 1,
        }
    }

    /// A rectangle.
    pub fn rectangle(length: f64, width: f64, height: f64) -> Self {
        Self::new(
            &[[0.0, 0.0], [length, 0.0], [length, width], [0.0, width]],
            height,
        )
    }

    /// An L: the rectangle without a corner of the given size.
    pub fn l_shape(length: f64, width: f64, notch: [f64; 2], height: f64) -> Self {
        let [a, b] = notch;
        Self::new(
            &[
                [0.0, 0.0],
                [length, 0.0],
                [length, width - b],
                [length - a, width - b],
                [length - a, width],
                [0.0, width],
            ],
            height,
        )
    }

    /// A T: a bar with a stem in its middle.
    pub fn t_shape(bar: [f64; 2], stem: [f64; 2], height: f64) -> Self {
        let ([length, depth], [width, reach]) = (bar, stem);
        let (a, b) = ((length - width) / 2.0, (length + width) / 2.0);
        Self::new(
            &[
                [0.0, 0.0],
                [length, 0.0],
                [length, depth],
                [b, depth],
                [b, depth + reach],
                [a, depth + reach],
                [a, depth],
                [0.0, depth],
            ],
            height,
        )
    }

    /// A U: the rectangle without a bay in the middle of one side.
    pub fn u_shape(length: f64, width: f64, bay: [f64; 2], height: f64) -> Self {
        let [a, b] = bay;
        let (from, to) = ((length - a) / 2.0, (length + a) / 2.0);
        Self::new(
            &[
                [0.0, 0.0],
                [length, 0.0],
                [length, width],
                [to, width],
                [to, width - b],
                [from, width - b],
                [from, width],
                [0.0, width],
            ],
            height,
        )
    }

    /// Furniture at random along the walls and in the middle, `count` pieces.
    pub fn furnished(mut self, count: usize) -> Self {
        let mut random = Random(self.seed ^ 0xF00D);
        for i in 0..count {
            let piece = if i % 3 == 2 {
                self.table(&mut random)
            } else {
                self.cupboard(&mut random)
            };
            self.clutter.extend(piece);
        }
        self
    }

    fn cupboard(&self, random: &mut Random) -> Option<Clutter> {
        let walls: Vec<_> = polygon::edges(&self.corners).collect();
        let (a, b) = *walls.get((random.bits() as usize) % walls.len())?;
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        let size = [
            random.between(0.5, 1.8f64.min(length * 0.6).max(0.6)),
            random.between(0.3, 0.7),
            random.between(0.5, (self.height - 0.3).min(2.2)),
        ];
        if size[0] + 0.2 > length {
            return None;
        }
        let at = random.between(0.5 * size[0] + 0.05, length - 0.5 * size[0] - 0.05);
        let along = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
        let inward = [-along[1], along[0]];
        let off = 0.5 * size[1] + random.between(0.01, 0.06);
        let center = [0, 1].map(|i| a[i] + along[i] * at + inward[i] * off);
        let piece = Clutter {
            center,
            size,
            turn: along[1].atan2(along[0]),
        };
        self.holds(&piece).then_some(piece)
    }

    fn table(&self, random: &mut Random) -> Option<Clutter> {
        let low = |axis: usize| {
            self.corners
                .iter()
                .map(|c| c[axis])
                .fold(f64::MAX, f64::min)
        };
        let high = |axis: usize| {
            self.corners
                .iter()
                .map(|c| c[axis])
                .fold(f64::MIN, f64::max)
        };
        (0..20).find_map(|_| {
            let piece = Clutter {
                center: [0, 1].map(|axis| random.between(low(axis), high(axis))),
                size: [
                    random.between(0.4, 1.6),
                    random.between(0.4, 1.0),
                    random.between(0.4, 1.0),
                ],
                turn: random.between(0.0, 3.0),
            };
            self.holds(&piece).then_some(piece)
        })
    }

    fn holds(&self, piece: &Clutter) -> bool {
        [[0.5, 0.5], [-0.5, 0.5], [0.5, -0.5], [-0.5, -0.5]]
            .iter()
            .all(|corner| {
                let p = piece.world([corner[0] * piece.size[0], corner[1] * piece.size[1]]);
                polygon::contains(&self.corners, p)
            })
    }

    /// Longer and shorter side of the smallest rectangle, meters.
    pub fn sides(&self) -> [f64; 2] {
        polygon::smallest_rectangle(&self.corners).map_or([0.0; 2], |r| [r.length(), r.width()])
    }

    /// Floor area without columns, square meters.
    pub fn area(&self) -> f64 {
        let columns = self.columns.iter().map(|column| polygon::area(column));
        polygon::area(&self.corners) - columns.sum::<f64>()
    }
}
