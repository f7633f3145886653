//! Lamps.

use super::{Design, Maker};
use crate::testing::Random;

/// Lamps that stand on the floor.
pub const FLOOR_LAMPS: &[Maker] = &[
    super::floor_lamp,
    torchiere,
    arc_lamp,
    globe_lamp,
    tripod_lamp,
    reading_lamp,
    column_lamp,
    low_shade,
];

/// Lamps that stand on things.
pub const TABLE_LAMPS: &[Maker] = &[table_lamp, desk_lamp, mushroom_lamp, vase_lamp];

/// Lamps under the ceiling.
pub const CEILING_LAMPS: &[Maker] = &[
    super::ceiling_lamp,
    flush_lamp,
    bowl_lamp,
    globe_pendant,
    spots,
    linear_lamp,
    chandelier,
    cone_pendant,
];

fn torchiere(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.24, 0.4), random.between(1.6, 1.95));
    Design::new("lamp", [d, d, h])
        .disk([0.0; 2], 0.4 * d, [0.0, 0.03])
        .disk([0.0; 2], 0.015, [0.03, h - 0.1])
        .disk([0.0; 2], 0.5 * d, [h - random.between(0.06, 0.14), h])
}

fn arc_lamp(random: &mut Random) -> Design {
    let (reach, h) = (random.between(0.5, 1.0), random.between(1.6, 2.0));
    let shade = random.between(0.13, 0.22);
    let hang = h - random.between(0.2, 0.4);
    Design::new("lamp", [reach + 0.3, 0.4, h])
        .disk([-0.5 * reach, 0.0], 0.16, [0.0, 0.05])
        .with(
            [-0.5 * reach - 0.015, -0.015, 0.0],
            [-0.5 * reach + 0.015, 0.015, h],
        )
        .with([-0.5 * reach, -0.015, h - 0.03], [0.5 * reach, 0.015, h])
        .disk([0.5 * reach, 0.0], shade, [hang - 0.2, hang])
        .with(
            [0.5 * reach - 0.01, -0.01, hang],
            [0.5 * reach + 0.01, 0.01, h],
        )
        .fitted()
}

fn globe_lamp(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.12, 0.22), random.between(0.9, 1.6));
    Design::new("lamp", [2.0 * r, 2.0 * r, h])
        .disk([0.0; 2], random.between(0.1, 0.15).min(r), [0.0, 0.02])
        .disk([0.0; 2], 0.015, [0.02, h - 2.0 * r])
        .ball([0.0, 0.0, h - r], [r, r, r])
}

fn tripod_lamp(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.17, 0.26), random.between(1.3, 1.65));
    let (shade, spread) = (random.between(0.22, 0.35), random.between(0.2, 0.3));
    let mut design = Design::new("lamp", [2.0 * r, 2.0 * r, h]).disk([0.0; 2], r, [h - shade, h]);
    for i in 0..3 {
        let angle = f64::from(i) * std::f64::consts::TAU / 3.0;
        for k in 0..6 {
            let part = f64::from(k) / 6.0;
            let off = spread * (1.0 - part);
            let [x, y] = [off * angle.cos(), off * angle.sin()];
            let rise = (h - shade) / 6.0;
            let low = f64::from(k) * rise;
            design = design.with(
                [x - 0.015, y - 0.015, low],
                [x + 0.015, y + 0.015, low + rise],
            );
        }
    }
    design.fitted()
}

fn reading_lamp(random: &mut Random) -> Design {
    let (h, reach) = (random.between(1.2, 1.6), random.between(0.2, 0.4));
    Design::new("lamp", [reach + 0.2, 0.26, h])
        .disk([-0.5 * reach, 0.0], 0.13, [0.0, 0.025])
        .with(
            [-0.5 * reach - 0.012, -0.012, 0.0],
            [-0.5 * reach + 0.012, 0.012, h],
        )
        .with([-0.5 * reach, -0.012, h - 0.03], [0.5 * reach, 0.012, h])
        .disk([0.5 * reach, 0.0], 0.09, [h - 0.15, h])
        .fitted()
}

/// Shines over its whole height.
fn column_lamp(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.18, 0.35), random.between(0.9, 1.5));
    Design::new("lamp", [d, d, h])
        .disk([0.0; 2], 0.5 * d, [0.05, h])
        .disk([0.0; 2], 0.4 * d, [0.0, 0.05])
}

fn low_shade(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.4, 0.55), random.between(1.4, 1.7));
    let shade = random.between(0.3, 0.45);
    Design::new("lamp", [d, d, h])
        .disk([0.0; 2], 0.15, [0.0, 0.02])
        .disk([0.0; 2], 0.02, [0.02, h - shade])
        .disk([0.0; 2], 0.36 * d, [h - 0.5 * shade, h])
        .disk([0.0; 2], 0.5 * d, [h - shade, h - 0.5 * shade])
}

fn table_lamp(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.2, 0.36), random.between(0.35, 0.65));
    let shade = random.between(0.35, 0.5) * h;
    Design::new("lamp", [d, d, h])
        .disk([0.0; 2], 0.35 * d, [0.0, 0.03])
        .disk([0.0; 2], 0.02, [0.03, h - shade])
        .disk([0.0; 2], 0.5 * d, [h - shade, h])
}

fn desk_lamp(random: &mut Random) -> Design {
    let (h, reach) = (random.between(0.35, 0.55), random.between(0.2, 0.4));
    Design::new("lamp", [reach + 0.1, 0.16, h])
        .disk([-0.5 * reach, 0.0], 0.08, [0.0, 0.03])
        .with(
            [-0.5 * reach - 0.01, -0.01, 0.0],
            [-0.5 * reach + 0.01, 0.01, h],
        )
        .with(
            [-0.5 * reach, -0.01, h - 0.04],
            [0.5 * reach, 0.01, h - 0.02],
        )
        .disk([0.5 * reach, 0.0], 0.07, [h - 0.12, h])
        .fitted()
}

fn mushroom_lamp(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.13, 0.2), random.between(0.3, 0.5));
    Design::new("lamp", [2.0 * r, 2.0 * r, h])
        .disk([0.0; 2], 0.5 * r, [0.0, 0.5 * h])
        .ball([0.0, 0.0, 0.7 * h], [r, r, 0.3 * h])
}

fn vase_lamp(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.25, 0.4), random.between(0.45, 0.7));
    Design::new("lamp", [d, d, h])
        .ball([0.0, 0.0, 0.25 * h], [0.3 * d, 0.3 * d, 0.25 * h])
        .disk([0.0; 2], 0.5 * d, [0.6 * h, h])
}

/// A disk under the ceiling.
fn flush_lamp(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.3, 0.6), random.between(0.1, 0.18));
    Design::new("lamp", [d, d, h]).disk([0.0; 2], 0.5 * d, [0.0, h])
}

fn bowl_lamp(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.18, 0.3), random.between(0.3, 0.6));
    Design::new("lamp", [2.0 * r, 2.0 * r, h])
        .ball([0.0, 0.0, 0.1], [r, r, 0.1])
        .disk([0.0; 2], 0.015, [0.1, h])
}

fn globe_pendant(random: &mut Random) -> Design {
    let r = random.between(0.14, 0.28);
    let h = 2.0 * r + random.between(0.2, 0.9);
    Design::new("lamp", [2.0 * r, 2.0 * r, h])
        .ball([0.0, 0.0, r], [r, r, r])
        .disk([0.0; 2], 0.008, [2.0 * r, h])
}

/// A bar with spots.
fn spots(random: &mut Random) -> Design {
    let (l, h) = (random.between(0.6, 1.3), random.between(0.15, 0.25));
    let a = 0.5 * l;
    let mut design = Design::new("lamp", [l, 0.12, h]).with([-a, -0.03, h - 0.04], [a, 0.03, h]);
    for x in [-0.8 * a, 0.0, 0.8 * a] {
        design = design.disk([x, 0.0], 0.05, [0.0, h - 0.04]);
    }
    design.fitted()
}

/// A long one, as over dining tables and in offices.
fn linear_lamp(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.9, 1.6),
        random.between(0.08, 0.25),
        random.between(0.25, 0.9),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("lamp", [l, w, h])
        .with([-a, -b, 0.0], [a, b, random.between(0.05, 0.1)])
        .with([-0.7 * a, -0.005, 0.05], [-0.7 * a + 0.01, 0.005, h])
        .with([0.7 * a, -0.005, 0.05], [0.7 * a + 0.01, 0.005, h])
}

fn chandelier(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.25, 0.42), random.between(0.4, 0.9));
    let mut design = Design::new("lamp", [2.0 * r, 2.0 * r, h]).disk([0.0; 2], 0.02, [0.1, h]);
    for i in 0..6 {
        let angle = f64::from(i) * std::f64::consts::TAU / 6.0;
        let [x, y] = [0.8 * r * angle.cos(), 0.8 * r * angle.sin()];
        design = design
            .bar([0.0; 2], angle, 0.8 * r, 0.02, [0.1, 0.12])
            .disk([x, y], 0.05, [0.1, 0.25]);
    }
    design.fitted()
}

fn cone_pendant(random: &mut Random) -> Design {
    let (r, shade) = (random.between(0.15, 0.3), random.between(0.18, 0.35));
    let h = shade + random.between(0.3, 1.0);
    Design::new("lamp", [2.0 * r, 2.0 * r, h])
        .disk([0.0; 2], r, [0.0, 0.3 * shade])
        .disk([0.0; 2], 0.75 * r, [0.3 * shade, 0.65 * shade])
        .disk([0.0; 2], 0.4 * r, [0.65 * shade, shade])
        .disk([0.0; 2], 0.007, [shade, h])
}
