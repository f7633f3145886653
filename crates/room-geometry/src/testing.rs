//! Scans of made-up rooms whose size is known, from a seed.

use room_scan::PointCloud;

use crate::polygon;
use crate::vector::{Vec3, add, cross, scale, unit};

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
    /// Floor to ceiling, meters.
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
        let low = |axis: usize| self.corners.iter().map(|c| c[axis]).fold(f64::MAX, f64::min);
        let high = |axis: usize| self.corners.iter().map(|c| c[axis]).fold(f64::MIN, f64::max);
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

    /// Floor area, square meters.
    pub fn area(&self) -> f64 {
        polygon::area(&self.corners)
    }

    /// The points of the scan.
    pub fn scan(&self) -> PointCloud {
        let mut random = Random(self.seed);
        let surfaces = self.surfaces();
        let total: f64 = surfaces.iter().map(Surface::area).sum();
        let (axis_x, axis_y) = self.axes();
        let up = unit(self.up).unwrap_or([0.0, 0.0, 1.0]);
        let sides = self.sides();
        let mut positions = Vec::with_capacity(self.points);
        let mut tries = 0;
        while positions.len() < self.points && tries < 20 * self.points {
            tries += 1;
            let place = if random.chance(self.outliers) {
                let reach = sides[0] + 1.0;
                Some([
                    random.between(-1.0, reach),
                    random.between(-1.0, reach),
                    random.between(-0.7, self.height + 0.7),
                ])
            } else {
                self.sample(&surfaces, total, &mut random)
            };
            let Some(place) = place else { continue };
            let bent = self.bend(place);
            let [x, y, z] = bent.map(|v| v + random.normal(self.noise));
            let p = add(add(scale(axis_x, x), scale(axis_y, y)), scale(up, z));
            positions.push(add(p, self.shift).map(|v| v as f32));
        }
        PointCloud {
            given: positions.len() as u64,
            positions,
            ..PointCloud::default()
        }
    }

    /// A smooth error of position, as tracking makes it.
    fn bend(&self, p: Vec3) -> Vec3 {
        let phase = 0.7 * p[0] + 0.5 * p[1];
        [
            p[0] + self.drift * phase.sin(),
            p[1] + self.drift * (phase * 0.8 + 1.0).cos(),
            p[2] + 0.3 * self.drift * (phase * 0.6).sin(),
        ]
    }

    /// The scan's coordinates of the room's x and y.
    fn axes(&self) -> (Vec3, Vec3) {
        let up = unit(self.up).unwrap_or([0.0, 0.0, 1.0]);
        let seed = if up[0].abs() < 0.8 { [1.0, 0.0, 0.0] } else { [0.0, 1.0, 0.0] };
        let y = unit(cross(up, seed)).unwrap_or([0.0, 1.0, 0.0]);
        let x = cross(y, up);
        let (s, c) = self.turn.sin_cos();
        let turned_x = add(scale(x, c), scale(y, s));
        (turned_x, cross(up, turned_x))
    }

    fn sample(&self, surfaces: &[Surface], total: f64, random: &mut Random) -> Option<Vec3> {
        let mut left = random.between(0.0, total);
        let surface = surfaces.iter().find(|surface| {
            left -= surface.area();
            left <= 0.0
        })?;
        let p = surface.point(random.between(0.0, 1.0), random.between(0.0, 1.0));
        let level = matches!(surface.kind, Kind::Level);
        if level && !polygon::contains(&self.corners, [p[0], p[1]]) {
            return None;
        }
        let near = |(center, radius): &(Vec3, f64)| {
            (0..3).map(|i| (p[i] - center[i]).powi(2)).sum::<f64>() < radius * radius
        };
        if !matches!(surface.kind, Kind::Beyond) && self.holes.iter().any(near) {
            return None;
        }
        let hidden = if matches!(surface.kind, Kind::Piece) {
            self.is_behind_furniture(p)
        } else {
            self.clutter.iter().any(|piece| piece.hides(p))
        };
        if hidden || self.is_doorway(surface, p) {
            return None;
        }
        if matches!(surface.kind, Kind::Beyond) && !self.seen_through_door(p) {
            return None;
        }
        Some(p)
    }

    /// Whether a point of a piece of furniture is too close to a wall to be seen.
    fn is_behind_furniture(&self, p: Vec3) -> bool {
        polygon::edges(&self.corners).any(|(a, b)| {
            let length = (b[0] - a[0]).hypot(b[1] - a[1]);
            let along = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
            let (x, y) = (p[0] - a[0], p[1] - a[1]);
            let t = x * along[0] + y * along[1];
            let off = y * along[0] - x * along[1];
            t > -0.1 && t < length + 0.1 && off < 0.08
        })
    }

    fn is_doorway(&self, surface: &Surface, p: Vec3) -> bool {
        let (Kind::Wall(wall), Some(door)) = (&surface.kind, &self.doorway) else {
            return false;
        };
        *wall == door.wall && self.in_door(door, p)
    }

    fn in_door(&self, door: &Doorway, p: Vec3) -> bool {
        let Some((a, along, _)) = self.wall(door.wall) else {
            return false;
        };
        let t = (p[0] - a[0]) * along[0] + (p[1] - a[1]) * along[1];
        t > door.offset && t < door.offset + door.size[0] && p[2] < door.size[1]
    }

    /// Start, direction and length of a wall.
    fn wall(&self, index: usize) -> Option<([f64; 2], [f64; 2], f64)> {
        let (a, b) = polygon::edges(&self.corners).nth(index)?;
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        Some((a, [(b[0] - a[0]) / length, (b[1] - a[1]) / length], length))
    }

    /// Whether some place where the phone was sees a point beyond the door.
    fn seen_through_door(&self, p: Vec3) -> bool {
        let Some(door) = &self.doorway else { return false };
        let Some((a, along, _)) = self.wall(door.wall) else {
            return false;
        };
        let inward = [-along[1], along[0]];
        let side = |q: [f64; 2]| (q[0] - a[0]) * inward[0] + (q[1] - a[1]) * inward[1];
        [(-1.0, 1.0), (0.0, 1.5), (1.2, 2.0)].iter().any(|(shift, depth)| {
            let t = door.offset + 0.5 * door.size[0] + shift;
            let eye = [0, 1].map(|i| a[i] + along[i] * t + inward[i] * depth);
            let (near, far) = (side(eye), side([p[0], p[1]]));
            let part = near / (near - far);
            let hit = [
                eye[0] + part * (p[0] - eye[0]),
                eye[1] + part * (p[1] - eye[1]),
                1.5 + part * (p[2] - 1.5),
            ];
            self.in_door(door, hit)
        })
    }

    fn surfaces(&self) -> Vec<Surface> {
        let mut surfaces = Vec::new();
        let bound = |pick: fn(f64, f64) -> f64, axis: usize| {
            self.corners.iter().map(|c| c[axis]).reduce(pick).unwrap_or(0.0)
        };
        let low = [bound(f64::min, 0), bound(f64::min, 1)];
        let high = [bound(f64::max, 0), bound(f64::max, 1)];
        for (wanted, height) in [(self.floor, 0.0), (self.ceiling, self.height)] {
            if wanted {
                surfaces.push(Surface {
                    kind: Kind::Level,
                    start: [low[0], low[1], height],
                    u: [high[0] - low[0], 0.0, 0.0],
                    v: [0.0, high[1] - low[1], 0.0],
                });
            }
        }
        for (index, (a, b)) in polygon::edges(&self.corners).enumerate() {
            if !self.missing_walls.contains(&index) {
                surfaces.push(upright(Kind::Wall(index), a, b, 0.0, self.height));
            }
        }
        for piece in &self.clutter {
            piece.surfaces(&mut surfaces);
        }
        if let Some(door) = &self.doorway {
            self.beyond(door, &mut surfaces);
        }
        surfaces
    }

    /// The room behind the door: as wide as the wall, floor, ceiling, three walls.
    fn beyond(&self, door: &Doorway, surfaces: &mut Vec<Surface>) {
        let Some((a, along, length)) = self.wall(door.wall) else {
            return;
        };
        let outward = [along[1], -along[0]];
        let at = |t: f64, depth: f64| [0, 1].map(|i| a[i] + along[i] * t + outward[i] * depth);
        let thickness = 0.12;
        let (near, far) = (thickness, thickness + door.depth);
        for height in [0.0, self.height] {
            let start = at(0.0, near);
            surfaces.push(Surface {
                kind: Kind::Beyond,
                start: [start[0], start[1], height],
                u: [along[0] * length, along[1] * length, 0.0],
                v: [outward[0] * door.depth, outward[1] * door.depth, 0.0],
            });
        }
        for (from, to) in [
            (at(0.0, near), at(0.0, far)),
            (at(0.0, far), at(length, far)),
            (at(length, far), at(length, near)),
        ] {
            surfaces.push(upright(Kind::Beyond, from, to, 0.0, self.height));
        }
    }
}

impl Clutter {
    fn world(&self, p: [f64; 2]) -> [f64; 2] {
        let (s, c) = self.turn.sin_cos();
        [
            self.center[0] + c * p[0] - s * p[1],
            self.center[1] + s * p[0] + c * p[1],
        ]
    }

    /// Whether the piece stands on a point or so close to it that nothing sees it.
    fn hides(&self, p: Vec3) -> bool {
        const GAP: f64 = 0.08;
        let (s, c) = self.turn.sin_cos();
        let (x, y) = (p[0] - self.center[0], p[1] - self.center[1]);
        let (u, v) = (c * x + s * y, c * y - s * x);
        u.abs() < 0.5 * self.size[0] + 0.01 && v.abs() < 0.5 * self.size[1] + GAP && p[2] < self.size[2]
    }

    fn surfaces(&self, surfaces: &mut Vec<Surface>) {
        let [l, w, h] = self.size;
        let corners = [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]
            .map(|[a, b]| self.world([a * l, b * w]));
        for (a, b) in polygon::edges(&corners) {
            surfaces.push(upright(Kind::Piece, a, b, 0.0, h));
        }
        surfaces.push(Surface {
            kind: Kind::Piece,
            start: [corners[0][0], corners[0][1], h],
            u: [corners[1][0] - corners[0][0], corners[1][1] - corners[0][1], 0.0],
            v: [corners[3][0] - corners[0][0], corners[3][1] - corners[0][1], 0.0],
        });
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Level,
    Wall(usize),
    Piece,
    Beyond,
}

/// A parallelogram.
#[derive(Debug, Clone)]
struct Surface {
    kind: Kind,
    start: Vec3,
    u: Vec3,
    v: Vec3,
}

impl Surface {
    fn area(&self) -> f64 {
        crate::vector::norm(cross(self.u, self.v))
    }

    fn point(&self, a: f64, b: f64) -> Vec3 {
        add(self.start, add(scale(self.u, a), scale(self.v, b)))
    }
}

fn upright(kind: Kind, a: [f64; 2], b: [f64; 2], low: f64, high: f64) -> Surface {
    Surface {
        kind,
        start: [a[0], a[1], low],
        u: [b[0] - a[0], b[1] - a[1], 0.0],
        v: [0.0, 0.0, high - low],
    }
}

/// Kinds of rooms by name, each from a seed: what the accuracy is measured on.
pub const CASES: [(&str, fn(u64) -> Room); 12] = [
    ("clean rectangles", |seed| varied(seed, 0)),
    ("rectangles, furnished", |seed| harder(varied(seed, 0), 6)),
    ("L, furnished", |seed| harder(varied(seed, 1), 6)),
    ("T, furnished", |seed| harder(varied(seed, 2), 6)),
    ("U, furnished", |seed| harder(varied(seed, 3), 6)),
    ("any angle, furnished", |seed| harder(varied(seed, 4), 5)),
    ("10,000 points", |seed| {
        let mut room = harder(varied(seed, seed % 4), 4);
        room.points = 10_000;
        room
    }),
    ("y up", |seed| {
        let mut room = harder(varied(seed, seed % 4), 6);
        room.up = [0.0, 1.0, 0.0];
        room
    }),
    ("tilted", |seed| {
        let mut room = harder(varied(seed, seed % 4), 6);
        let mut random = Random(seed);
        room.up = [0, 1, 2].map(|_: usize| random.normal(1.0));
        room
    }),
    ("no ceiling", |seed| {
        let mut room = harder(varied(seed, seed % 4), 6);
        room.ceiling = false;
        room
    }),
    ("a door into another room", |seed| {
        let mut room = harder(varied(seed, seed % 2), 5);
        room.doorway = Some(Doorway {
            wall: (seed % 4) as usize,
            offset: 0.4,
            size: [0.9, 2.0],
            depth: 3.0,
        });
        room
    }),
    ("holes and drift", |seed| {
        let mut room = harder(varied(seed, seed % 4), 6);
        let mut random = Random(seed);
        room.drift = random.between(0.002, 0.01);
        for _ in 0..6 {
            let place = [
                random.between(0.0, 5.0),
                random.between(0.0, 4.0),
                random.between(0.0, room.height),
            ];
            room.holes.push((place, random.between(0.2, 0.6)));
        }
        room
    }),
];

fn varied(seed: u64, shape: u64) -> Room {
    let mut random = Random(seed.wrapping_mul(77) + shape);
    let height = random.between(2.2, 3.2);
    let (a, b) = (random.between(3.5, 7.5), random.between(2.8, 5.5));
    let mut room = match shape {
        0 => Room::rectangle(a, b, height),
        1 => {
            let notch = [random.between(0.9, a - 1.4), random.between(0.8, b - 1.3)];
            Room::l_shape(a, b, notch, height)
        }
        2 => {
            let stem = [random.between(1.5, a - 2.0), random.between(1.0, 3.0)];
            Room::t_shape([a, random.between(1.8, 3.5)], stem, height)
        }
        3 => {
            let (length, width) = (a + 1.5, b + 0.5);
            let bay = [random.between(0.9, length - 3.0), random.between(0.8, width - 1.5)];
            Room::u_shape(length, width, bay, height)
        }
        _ => {
            let (c, d) = (random.between(0.8, 2.0), random.between(0.8, 1.8));
            let corners = [[0.0, 0.0], [a, 0.0], [a, b - d], [a - c, b], [0.0, b]];
            Room::new(&corners, height)
        }
    };
    room.turn = random.between(0.0, 6.2);
    room.shift = [0, 1, 2].map(|_: usize| random.between(-20.0, 20.0));
    room.seed = seed;
    room
}

fn harder(mut room: Room, clutter: usize) -> Room {
    let mut random = Random(room.seed ^ 0xABCD);
    room.noise = random.between(0.005, 0.02);
    room.outliers = random.between(0.0, 0.1);
    room.furnished(clutter)
}
