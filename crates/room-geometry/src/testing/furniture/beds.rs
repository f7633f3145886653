//! Beds.

use super::{Design, Maker, legs};
use crate::testing::Random;

/// Beds; their head is at -x.
pub const BEDS: &[Maker] = &[
    super::bed,
    platform_bed,
    single_bed,
    box_spring,
    bunk_bed,
    bed_with_ends,
    cot,
    slatted_bed,
];

/// Pillows at the head.
fn pillows(mut design: Design, w: f64, head: f64, on: f64) -> Design {
    let two = w > 1.25;
    for y in if two {
        vec![-0.25 * w, 0.25 * w]
    } else {
        vec![0.0]
    } {
        let wide = if two { 0.2 * w } else { 0.33 * w };
        design = design.ball([head + 0.25, y, on + 0.05], [0.2, wide, 0.07]);
    }
    design
}

fn platform_bed(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.95, 2.2),
        random.between(0.9, 1.9),
        random.between(0.28, 0.5),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let design = Design::new("bed", [l, w, h])
        .with([-a, -b, 0.0], [a, b, 0.4 * h])
        .with([-a + 0.05, -b + 0.05, 0.4 * h], [a - 0.05, b - 0.05, h]);
    if random.chance(0.6) {
        pillows(design, w, -a, h).fitted()
    } else {
        design
    }
}

fn single_bed(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.9, 2.1),
        random.between(0.8, 1.05),
        random.between(0.6, 0.9),
    ];
    let (a, b, top) = (0.5 * l, 0.5 * w, random.between(0.4, 0.55));
    let design = Design::new("bed", [l, w, h])
        .with([-a, -b, 0.2], [a, b, top])
        .with([-a, -b, 0.0], [-a + 0.04, b, h]);
    let design = legs(design, [l, w], 0.2);
    if random.chance(0.5) {
        // A blanket thrown back.
        return design.ball(
            [0.3 * a, 0.0, top],
            [0.5, 0.45 * w, random.between(0.06, 0.15)],
        );
    }
    pillows(design, w, -a, top)
}

fn box_spring(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(2.05, 2.3),
        random.between(1.2, 2.0),
        random.between(1.0, 1.35),
    ];
    let (a, b, top) = (0.5 * l, 0.5 * w, random.between(0.52, 0.7));
    let design = Design::new("bed", [l, w, h])
        .with([-a + 0.1, -b, 0.05], [a, b, top])
        .with([-a, -b, 0.0], [-a + 0.1, b, h]);
    pillows(design, w, -a + 0.1, top)
}

fn bunk_bed(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.95, 2.1),
        random.between(0.85, 1.05),
        random.between(1.5, 1.9),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let upper = h - random.between(0.28, 0.4);
    let low = random.between(0.3, 0.45);
    let design = Design::new("bed", [l, w, h])
        .with([-a, -b, low - 0.18], [a, b, low])
        .with([-a, -b, upper - 0.2], [a, b, upper])
        .with([-a, b - 0.03, upper], [a, b, h])
        .with([-a, -b, h - 0.08], [a - 0.5, -b + 0.03, h]);
    legs(design, [l, w], h)
}

fn bed_with_ends(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(2.0, 2.2),
        random.between(0.95, 1.9),
        random.between(0.85, 1.2),
    ];
    let (a, b, top) = (0.5 * l, 0.5 * w, random.between(0.42, 0.58));
    let foot = random.between(0.5, 0.75);
    let design = Design::new("bed", [l, w, h])
        .with([-a + 0.05, -b + 0.03, 0.15], [a - 0.05, b - 0.03, top])
        .with([-a, -b, 0.0], [-a + 0.05, b, h])
        .with([a - 0.05, -b, 0.0], [a, b, foot]);
    pillows(design, w, -a + 0.05, top)
}

/// A child's bed with bars around it.
fn cot(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.2, 1.45),
        random.between(0.62, 0.78),
        random.between(0.75, 0.95),
    ];
    let (a, b, top) = (0.5 * l, 0.5 * w, random.between(0.3, 0.5));
    let mut design = Design::new("bed", [l, w, h])
        .with([-a, -b, top - 0.12], [a, b, top])
        .with([-a, -b, h - 0.03], [a, -b + 0.03, h])
        .with([-a, b - 0.03, h - 0.03], [a, b, h])
        .with([-a, -b, 0.0], [-a + 0.03, b, h])
        .with([a - 0.03, -b, 0.0], [a, b, h]);
    let bars = 10;
    for i in 1..bars {
        let x = -a + l * f64::from(i) / f64::from(bars);
        for y in [-b, b - 0.02] {
            design = design.with([x - 0.01, y, top - 0.12], [x + 0.01, y + 0.02, h - 0.03]);
        }
    }
    design
}

fn slatted_bed(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(2.0, 2.15),
        random.between(1.2, 1.85),
        random.between(0.8, 1.1),
    ];
    let (a, b, top) = (0.5 * l, 0.5 * w, random.between(0.4, 0.55));
    let mut design = Design::new("bed", [l, w, h])
        .with([-a, -b, 0.22], [a, b, 0.3])
        .with([-a + 0.04, -b + 0.02, 0.3], [a, b - 0.02, top])
        .with([-a, -b, h - 0.08], [-a + 0.04, b, h]);
    for i in 0..6 {
        let y = -b + 0.02 + (w - 0.08) * f64::from(i) / 5.0;
        design = design.with([-a, y, top], [-a + 0.03, y + 0.04, h]);
    }
    pillows(legs(design, [l, w], 0.22), w, -a, top)
}
