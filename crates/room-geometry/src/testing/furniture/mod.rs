//! Furniture of made-up rooms, built from the surfaces that it has.
//!
//! Each builder works in the piece's own frame: x along its length, its rear at +y, z above its
//! base, the origin in the middle of the base.

pub mod appliances;
pub mod beds;
pub mod cabinets;
pub mod chairs;
pub mod desks;
pub mod lamps;
pub mod plants;
pub mod screens;
pub mod shelves;
pub mod sofas;
pub mod tables;
pub mod things;

use super::Random;
use super::rays::{Face, cuboid, ellipsoid, prism};
use crate::vector::Vec3;

/// Makes a piece, its sizes at random.
pub type Maker = fn(&mut Random) -> Design;

/// A piece of furniture and the box that holds it.
#[derive(Debug, Clone)]
pub struct Piece {
    /// As in results: `table`, `chair`, ...
    pub class: &'static str,
    /// Middle of the box: plan x, plan y, height.
    pub center: Vec3,
    /// Length, width, height.
    pub size: Vec3,
    /// Counter-clockwise, radians.
    pub turn: f64,
    /// In room coordinates.
    pub faces: Vec<Face>,
}

/// A piece in its own frame.
#[derive(Debug, Clone)]
pub struct Design {
    /// As in results.
    pub class: &'static str,
    /// Length, width, height.
    pub size: Vec3,
    faces: Vec<Face>,
}

impl Design {
    fn new(class: &'static str, size: Vec3) -> Self {
        Self {
            class,
            size,
            faces: Vec::new(),
        }
    }

    fn with(mut self, low: Vec3, high: Vec3) -> Self {
        cuboid(&mut self.faces, low, high);
        self
    }

    /// An upright round prism.
    fn disk(mut self, center: [f64; 2], radius: f64, [low, high]: [f64; 2]) -> Self {
        prism(&mut self.faces, center, radius, low, high);
        self
    }

    /// An ellipsoid.
    fn ball(mut self, center: Vec3, radii: Vec3) -> Self {
        ellipsoid(&mut self.faces, center, radii);
        self
    }

    /// A bar from a place, at an angle, with so much height.
    fn bar(
        mut self,
        [x, y]: [f64; 2],
        angle: f64,
        length: f64,
        thick: f64,
        [low, high]: [f64; 2],
    ) -> Self {
        let (s, c) = angle.sin_cos();
        let (u, v) = ([length * c, length * s, 0.0], [-thick * s, thick * c, 0.0]);
        let tall = [0.0, 0.0, high - low];
        let start = [x + 0.5 * thick * s, y - 0.5 * thick * c, low];
        let upper = [start[0], start[1], high];
        let beside = [start[0] + v[0], start[1] + v[1], low];
        for (start, u, v) in [
            (start, u, v),
            (upper, u, v),
            (start, u, tall),
            (beside, u, tall),
        ] {
            self.faces.push(Face::new(start, u, v));
        }
        self
    }

    /// With the size that its faces have, its middle in the origin.
    fn fitted(mut self) -> Self {
        let [low, high] = self.extent();
        for face in &mut self.faces {
            for axis in 0..2 {
                face.start[axis] -= 0.5 * (low[axis] + high[axis]);
            }
        }
        self.size = [high[0] - low[0], high[1] - low[1], high[2]];
        self
    }

    fn extent(&self) -> [Vec3; 2] {
        let mut extent = [[f64::MAX; 3], [f64::MIN; 3]];
        for face in &self.faces {
            for (a, b) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
                let at = [0, 1, 2].map(|i| face.start[i] + a * face.u[i] + b * face.v[i]);
                extent[0] = [0, 1, 2].map(|i| extent[0][i].min(at[i]));
                extent[1] = [0, 1, 2].map(|i| extent[1][i].max(at[i]));
            }
        }
        extent
    }

    /// A box of its size: all that some generators of scans know of furniture.
    pub fn bare(self) -> Self {
        closed(self.class, self.size)
    }

    /// As high as a room lets it be.
    pub fn lower_than(mut self, most: f64) -> Self {
        let part = (most / self.size[2]).min(1.0);
        for face in &mut self.faces {
            for vector in [&mut face.start, &mut face.u, &mut face.v] {
                vector[2] *= part;
            }
        }
        self.size[2] *= part;
        self
    }

    /// The box around the origin that holds all faces.
    fn reach(&self) -> Vec3 {
        let mut reach = [0.0f64; 3];
        for face in &self.faces {
            for (a, b) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
                for (axis, reach) in reach.iter_mut().enumerate() {
                    let at = face.start[axis] + a * face.u[axis] + b * face.v[axis];
                    let twice = if axis < 2 { 2.0 } else { 1.0 };
                    *reach = reach.max(twice * at.abs());
                }
            }
        }
        reach
    }

    /// Puts it up with the middle of its base at a place.
    pub fn placed(self, at: [f64; 2], base: f64, turn: f64) -> Piece {
        let (s, c) = turn.sin_cos();
        let spin = |[x, y, z]: Vec3| [c * x - s * y, s * x + c * y, z];
        let faces = self
            .faces
            .into_iter()
            .map(|face| {
                let [x, y, z] = spin(face.start);
                Face {
                    start: [x + at[0], y + at[1], z + base],
                    u: spin(face.u),
                    v: spin(face.v),
                    ..face
                }
            })
            .collect();
        Piece {
            class: self.class,
            center: [at[0], at[1], base + 0.5 * self.size[2]],
            size: self.size,
            turn,
            faces,
        }
    }
}

impl Piece {
    /// The corners of its footprint, widened by a margin.
    pub fn footprint(&self, margin: f64) -> [[f64; 2]; 4] {
        let (s, c) = self.turn.sin_cos();
        let [l, w] = [0, 1].map(|i| 0.5 * self.size[i] + margin);
        [[-l, -w], [l, -w], [l, w], [-l, w]].map(|[x, y]| {
            [
                self.center[0] + c * x - s * y,
                self.center[1] + s * x + c * y,
            ]
        })
    }

    /// Lowest and highest place.
    pub fn span(&self) -> [f64; 2] {
        [-0.5, 0.5].map(|part| self.center[2] + part * self.size[2])
    }
}

fn legs(mut design: Design, [l, w]: [f64; 2], height: f64) -> Design {
    const THICK: f64 = 0.05;
    for (sx, sy) in [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)] {
        let (x, y) = (sx * 0.5 * (l - THICK), sy * 0.5 * (w - THICK));
        let half = 0.5 * THICK;
        design = design.with([x - half, y - half, 0.0], [x + half, y + half, height]);
    }
    design
}

/// A table to eat at.
pub fn table(random: &mut Random) -> Design {
    let size = [
        random.between(0.8, 2.0),
        random.between(0.7, 1.0),
        random.between(0.71, 0.78),
    ];
    top_on_legs("table", size)
}

/// A low table before a sofa.
pub fn coffee_table(random: &mut Random) -> Design {
    let size = [
        random.between(0.7, 1.2),
        random.between(0.5, 0.7),
        random.between(0.36, 0.5),
    ];
    top_on_legs("table", size)
}

fn top_on_legs(class: &'static str, [l, w, h]: Vec3) -> Design {
    let design =
        Design::new(class, [l, w, h]).with([-0.5 * l, -0.5 * w, h - 0.035], [0.5 * l, 0.5 * w, h]);
    legs(design, [l - 0.06, w - 0.06], h - 0.035)
}

/// A desk: a top with a panel at each end, sometimes drawers below.
pub fn desk(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.1, 1.8),
        random.between(0.6, 0.8),
        random.between(0.71, 0.76),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let mut design = Design::new("desk", [l, w, h])
        .with([-a, -b, h - 0.035], [a, b, h])
        .with([-a, -b, 0.0], [-a + 0.03, b, h - 0.035])
        .with([a - 0.03, -b, 0.0], [a, b, h - 0.035]);
    if random.chance(0.5) {
        design = design.with([a - 0.45, -b + 0.03, 0.0], [a - 0.03, b - 0.03, h - 0.06]);
    }
    design
}

/// A chair with a back.
pub fn chair(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.4, 0.52),
        random.between(0.42, 0.55),
        random.between(0.8, 1.0),
    ];
    let seat = random.between(0.43, 0.48);
    let (a, b) = (0.5 * l, 0.5 * w);
    let design = Design::new("chair", [l, w, h])
        .with([-a, -b, seat - 0.04], [a, b, seat])
        .with([-a, b - 0.04, seat], [a, b, h]);
    legs(design, [l, w], seat - 0.04)
}

/// A sofa with back and arms.
pub fn sofa(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.4, 2.6),
        random.between(0.8, 1.0),
        random.between(0.7, 0.95),
    ];
    let (seat, arm) = (random.between(0.4, 0.48), random.between(0.54, 0.66));
    let (thick, side) = (random.between(0.15, 0.25), random.between(0.12, 0.22));
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("sofa", [l, w, h])
        .with([-a + side, -b, 0.05], [a - side, b - thick, seat])
        .with([-a, b - thick, 0.05], [a, b, h])
        .with([-a, -b, 0.05], [-a + side, b - thick, arm])
        .with([a - side, -b, 0.05], [a, b - thick, arm])
}

/// A bed, mostly with a headboard; its head at -x.
pub fn bed(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.95, 2.15),
        random.between(0.9, 1.9),
        random.between(0.42, 0.6),
    ];
    let head = if random.chance(0.7) {
        random.between(0.8, 1.15)
    } else {
        h
    };
    let (a, b) = (0.5 * l, 0.5 * w);
    let mut design = Design::new("bed", [l, w, head]).with([-a, -b, 0.1], [a, b, h]);
    if head > h {
        design = design.with([-a, -b, 0.1], [-a + 0.06, b, head]);
    }
    for y in [-0.25 * w, 0.25 * w] {
        if w > 1.3 || y < 0.0 {
            let y = if w > 1.3 { y } else { 0.0 };
            design = design.with([-a + 0.1, y - 0.3, h], [-a + 0.5, y + 0.3, h + 0.1]);
        }
    }
    design.size[2] = head.max(h + 0.1);
    design
}

/// A closed cabinet: from a nightstand to a wardrobe.
pub fn cabinet(random: &mut Random, most: f64) -> Design {
    let size = match random.bits() % 3 {
        0 => [
            random.between(0.4, 0.6),
            random.between(0.35, 0.45),
            random.between(0.45, 0.65),
        ],
        1 => [
            random.between(0.8, 2.0),
            random.between(0.38, 0.5),
            random.between(0.6, 1.2),
        ],
        _ => [
            random.between(0.8, 2.0),
            random.between(0.5, 0.65),
            random.between(1.8, 2.3).min(most),
        ],
    };
    closed("cabinet", size)
}

/// A cabinet on which a television stands.
pub fn sideboard(random: &mut Random) -> Design {
    let size = [
        random.between(1.2, 2.0),
        random.between(0.38, 0.5),
        random.between(0.4, 0.6),
    ];
    closed("cabinet", size)
}

/// A kitchen cabinet that hangs.
pub fn wall_cabinet(random: &mut Random) -> Design {
    let size = [
        random.between(0.6, 1.8),
        random.between(0.3, 0.4),
        random.between(0.55, 0.8),
    ];
    closed("cabinet", size)
}

fn closed(class: &'static str, [l, w, h]: Vec3) -> Design {
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new(class, [l, w, h]).with([-a, -b, 0.0], [a, b, h])
}

/// A shelf with boards and things on them.
pub fn shelf(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.6, 1.6),
        random.between(0.24, 0.4),
        random.between(1.0, 2.2),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let boards = (h / random.between(0.28, 0.4)).round().max(2.0);
    let mut design = Design::new("shelf", [l, w, h])
        .with([-a, -b, 0.0], [-a + 0.025, b, h])
        .with([a - 0.025, -b, 0.0], [a, b, h]);
    if random.chance(0.5) {
        design = design.with([-a, b - 0.01, 0.0], [a, b, h]);
    }
    let step = (h - 0.05) / boards;
    for i in 0..=boards as u32 {
        let at = 0.025 + f64::from(i) * step;
        design = design.with([-a, -b, at - 0.025], [a, b, at]);
        if f64::from(i) < boards && random.chance(0.7) {
            let from = random.between(-a + 0.03, 0.0);
            let to = random.between(from + 0.1, a - 0.03);
            let front = -b + random.between(0.02, 0.12);
            let high = at + step * random.between(0.5, 0.85);
            design = design.with([from, front, at], [to, b - 0.02, high]);
        }
    }
    design
}

/// A television, or a computer's screen on its foot.
pub fn screen(random: &mut Random, large: bool, foot: bool) -> Design {
    let l = if large {
        random.between(0.9, 1.45)
    } else {
        random.between(0.5, 0.75)
    };
    let tall = l * 0.58;
    let lift = if foot {
        random.between(0.05, 0.12)
    } else {
        0.0
    };
    let thick = random.between(0.04, 0.07);
    let deep = if foot { 0.2 } else { thick };
    let a = 0.5 * l;
    let mut design = Design::new("screen", [l, deep, tall + lift])
        .with([-a, -0.5 * thick, lift], [a, 0.5 * thick, tall + lift]);
    if foot {
        design = design
            .with([-0.12, -0.1, 0.0], [0.12, 0.1, 0.015])
            .with([-0.03, -0.02, 0.0], [0.03, 0.02, lift]);
    }
    design
}

/// A lamp that stands on the floor.
pub fn floor_lamp(random: &mut Random) -> Design {
    let h = random.between(1.35, 1.8);
    let (radius, tall) = (random.between(0.15, 0.24), random.between(0.22, 0.35));
    let mut design = Design::new("lamp", [2.0 * radius, 2.0 * radius, h])
        .with([-0.015, -0.015, 0.0], [0.015, 0.015, h - tall]);
    prism(&mut design.faces, [0.0; 2], radius.min(0.16), 0.0, 0.03);
    prism(&mut design.faces, [0.0; 2], radius, h - tall, h);
    design
}

/// A lamp that hangs; its base is the shade's lower edge.
pub fn ceiling_lamp(random: &mut Random) -> Design {
    let (radius, tall) = (random.between(0.15, 0.3), random.between(0.15, 0.35));
    let h = tall + random.between(0.25, 0.7);
    let mut design = Design::new("lamp", [2.0 * radius, 2.0 * radius, h])
        .with([-0.01, -0.01, tall], [0.01, 0.01, h]);
    prism(&mut design.faces, [0.0; 2], radius, 0.0, tall);
    design
}

/// A refrigerator, or a machine to wash with.
pub fn appliance(random: &mut Random) -> Design {
    let size = if random.chance(0.65) {
        [
            random.between(0.56, 0.75),
            random.between(0.6, 0.72),
            random.between(1.45, 2.0),
        ]
    } else {
        [
            random.between(0.58, 0.62),
            random.between(0.56, 0.62),
            random.between(0.82, 0.88),
        ]
    };
    closed("appliance", size)
}

/// A pot with leaves.
pub fn plant(random: &mut Random) -> Design {
    let (radius, pot) = (random.between(0.11, 0.2), random.between(0.2, 0.35));
    let h = random.between(0.7, 1.7);
    let wide = random.between(0.2, 0.4).min(0.45 * h);
    let mut design = Design::new("plant", [2.0 * wide, 2.0 * wide, h]);
    prism(&mut design.faces, [0.0; 2], radius, 0.0, pot);
    let middle = 0.5 * (pot + h);
    for _ in 0..130 {
        let leaf = random.between(0.07, 0.14);
        let direction = unit(random);
        let reach = random.between(0.8, 1.0);
        let (flat, tall) = (
            (wide - 0.5 * leaf) * reach,
            (0.5 * (h - pot) - 0.5 * leaf) * reach,
        );
        let at = [
            direction[0] * flat,
            direction[1] * flat,
            middle + direction[2] * tall,
        ];
        let (u, v) = (unit(random), unit(random));
        let start = [0, 1, 2].map(|i| at[i] - 0.35 * leaf * (u[i] + v[i]));
        design.faces.push(Face::new(
            start,
            u.map(|x| 0.7 * leaf * x),
            v.map(|x| 0.7 * leaf * x),
        ));
    }
    design.size = design.reach();
    design
}

fn unit(random: &mut Random) -> Vec3 {
    let p = [0; 3].map(|_: i32| random.normal(1.0));
    let length = p.iter().map(|v| v * v).sum::<f64>().sqrt().max(1e-6);
    p.map(|v| v / length)
}

/// Something that has no class: a parcel, a stack of two, a stool.
pub fn thing(random: &mut Random) -> Design {
    let [l, w, h] = [0, 1, 2].map(|_: usize| random.between(0.3, 0.7));
    let (a, b) = (0.5 * l, 0.5 * w);
    let design = Design::new("unknown", [l, w, h]).with([-a, -b, 0.0], [a, b, 0.6 * h]);
    let shift = random.between(0.0, 0.2 * l);
    design.with([-a + shift, -0.8 * b, 0.6 * h], [0.6 * a, 0.8 * b, h])
}
