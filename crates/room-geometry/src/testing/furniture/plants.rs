//! Plants of several growths.

use super::{Design, Maker, unit};
use crate::testing::Random;
use crate::testing::rays::Face;
use crate::vector::Vec3;

/// Plants that stand on the floor.
pub const PLANTS: &[Maker] = &[
    super::plant,
    palm,
    blades,
    small_tree,
    dense_bush,
    box_of_grass,
    climbing,
    cactus,
];

/// Plants for tables and cabinets.
pub const SMALL_PLANTS: &[Maker] = &[pot_plant, bouquet, succulent, hanging_leaves];

impl Design {
    fn pot(self, radius: f64, tall: f64) -> Self {
        self.disk([0.0; 2], radius, [0.0, tall])
    }

    /// Leaves in an ellipsoid, nearer to its surface than to its middle.
    fn leaves(mut self, random: &mut Random, count: u32, center: Vec3, radii: Vec3) -> Self {
        for _ in 0..count {
            let leaf = random.between(0.05, 0.15);
            let (direction, reach) = (unit(random), random.between(0.5, 1.0));
            let at = [0, 1, 2].map(|i| center[i] + reach * direction[i] * radii[i]);
            let (u, v) = (unit(random), unit(random));
            let start = [0, 1, 2].map(|i| at[i] - 0.35 * leaf * (u[i] + v[i]));
            let side = |w: Vec3| w.map(|x| 0.7 * leaf * x);
            self.faces.push(Face::new(start, side(u), side(v)));
        }
        self
    }
}

/// Long leaves from the top of a stem.
fn palm(random: &mut Random) -> Design {
    let (h, radius) = (random.between(1.2, 2.1), random.between(0.12, 0.2));
    let pot = random.between(0.22, 0.38);
    let stem = random.between(0.35, 0.6) * h;
    let mut design =
        Design::new("plant", [0.6, 0.6, h])
            .pot(radius, pot)
            .disk([0.0; 2], 0.03, [pot, stem]);
    let reach = random.between(0.3, 0.55);
    for i in 0..14 {
        let angle = f64::from(i) * 2.4;
        let rise = random.between(0.2, 1.0) * (h - stem);
        let far = reach * random.between(0.6, 1.0);
        for k in 0..4 {
            let (a, b) = (f64::from(k) / 4.0, f64::from(k + 1) / 4.0);
            let arch = |t: f64| stem + rise * (2.0 * t - t * t) - 0.25 * reach * t * t;
            let step = [
                far * (b - a) * angle.cos(),
                far * (b - a) * angle.sin(),
                arch(b) - arch(a),
            ];
            let start = [far * a * angle.cos(), far * a * angle.sin(), arch(a)];
            let across = [-0.08 * angle.sin(), 0.08 * angle.cos(), 0.0];
            design.faces.push(Face::new(start, step, across));
        }
    }
    design.fitted()
}

/// Upright leaves, as bow hemp has them.
fn blades(random: &mut Random) -> Design {
    let (h, radius) = (random.between(0.6, 1.2), random.between(0.12, 0.2));
    let pot = random.between(0.2, 0.35);
    let mut design = Design::new("plant", [0.4, 0.4, h]).pot(radius, pot);
    for _ in 0..16 {
        let (angle, off) = (random.between(0.0, 6.2), random.between(0.0, 0.8) * radius);
        let lean = random.between(0.0, 0.15);
        let tall = random.between(0.6, 1.0) * (h - pot);
        let at = [off * angle.cos(), off * angle.sin(), pot];
        let up = [lean * angle.cos(), lean * angle.sin(), tall];
        let across = [-0.06 * angle.sin(), 0.06 * angle.cos(), 0.0];
        design.faces.push(Face::new(at, up, across));
    }
    design.fitted()
}

/// A crown on a stem.
fn small_tree(random: &mut Random) -> Design {
    let (h, wide) = (random.between(1.3, 2.1), random.between(0.28, 0.5));
    let pot = random.between(0.25, 0.4);
    let crown = random.between(0.25, 0.4) * h;
    Design::new("plant", [2.0 * wide, 2.0 * wide, h])
        .pot(random.between(0.14, 0.24), pot)
        .disk([0.0; 2], 0.025, [pot, h - crown])
        .leaves(random, 200, [0.0, 0.0, h - crown], [wide, wide, crown])
        .fitted()
}

fn dense_bush(random: &mut Random) -> Design {
    let (h, wide) = (random.between(0.6, 1.2), random.between(0.25, 0.5));
    let pot = random.between(0.18, 0.35);
    let tall = 0.5 * (h - pot);
    Design::new("plant", [2.0 * wide, 2.0 * wide, h])
        .pot(random.between(0.14, 0.25), pot)
        .leaves(random, 350, [0.0, 0.0, pot + tall], [wide, wide, tall])
        .fitted()
}

fn box_of_grass(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.5, 1.1),
        random.between(0.22, 0.35),
        random.between(0.7, 1.3),
    ];
    let pot = random.between(0.3, 0.5);
    let tall = 0.5 * (h - pot);
    Design::new("plant", [l, w, h])
        .with([-0.5 * l, -0.5 * w, 0.0], [0.5 * l, 0.5 * w, pot])
        .leaves(
            random,
            260,
            [0.0, 0.0, pot + tall],
            [0.48 * l, 0.6 * w, tall],
        )
        .fitted()
}

/// Along a stick.
fn climbing(random: &mut Random) -> Design {
    let (h, wide) = (random.between(1.0, 1.9), random.between(0.15, 0.28));
    let pot = random.between(0.2, 0.32);
    let tall = 0.5 * (h - pot);
    Design::new("plant", [2.0 * wide, 2.0 * wide, h])
        .pot(random.between(0.11, 0.18), pot)
        .disk([0.0; 2], 0.025, [pot, h - 0.05])
        .leaves(random, 160, [0.0, 0.0, pot + tall], [wide, wide, tall])
        .fitted()
}

fn cactus(random: &mut Random) -> Design {
    let (h, pot) = (random.between(0.6, 1.5), random.between(0.18, 0.3));
    let radius = random.between(0.06, 0.1);
    let middle = 0.5 * (h + pot);
    Design::new("plant", [0.3, 0.3, h])
        .pot(random.between(0.13, 0.2), pot)
        .ball([0.0, 0.0, middle], [radius, radius, 0.5 * (h - pot)])
        .ball([0.14, 0.0, middle], [0.05, 0.05, 0.25 * (h - pot)])
        .fitted()
}

fn pot_plant(random: &mut Random) -> Design {
    let (h, wide) = (random.between(0.3, 0.6), random.between(0.12, 0.24));
    let pot = random.between(0.1, 0.18);
    let tall = 0.5 * (h - pot);
    Design::new("plant", [2.0 * wide, 2.0 * wide, h])
        .pot(random.between(0.06, 0.1), pot)
        .leaves(random, 90, [0.0, 0.0, pot + tall], [wide, wide, tall])
        .fitted()
}

fn bouquet(random: &mut Random) -> Design {
    let (h, wide) = (random.between(0.35, 0.6), random.between(0.12, 0.22));
    Design::new("plant", [2.0 * wide, 2.0 * wide, h])
        .pot(random.between(0.05, 0.08), 0.5 * h)
        .leaves(random, 100, [0.0, 0.0, 0.72 * h], [wide, wide, 0.28 * h])
        .fitted()
}

fn succulent(random: &mut Random) -> Design {
    let (h, wide) = (random.between(0.25, 0.4), random.between(0.12, 0.2));
    Design::new("plant", [2.0 * wide, 2.0 * wide, h])
        .pot(random.between(0.08, 0.14), 0.4 * h)
        .leaves(random, 70, [0.0, 0.0, 0.65 * h], [wide, wide, 0.3 * h])
        .fitted()
}

fn hanging_leaves(random: &mut Random) -> Design {
    let (h, wide) = (random.between(0.3, 0.5), random.between(0.16, 0.28));
    Design::new("plant", [2.0 * wide, 2.0 * wide, h])
        .pot(random.between(0.08, 0.12), 0.5 * h)
        .leaves(random, 120, [0.0, 0.0, 0.55 * h], [wide, wide, 0.42 * h])
        .fitted()
}
