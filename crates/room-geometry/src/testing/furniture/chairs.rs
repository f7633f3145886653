//! Chairs.

use super::{Design, Maker, legs};
use crate::testing::Random;

/// What one person sits on upright.
pub const CHAIRS: &[Maker] = &[
    super::chair,
    chair_with_arms,
    office_chair,
    stool,
    shell_chair,
    bar_chair,
    visitor_chair,
    cushioned_chair,
];

fn chair_with_arms(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.52, 0.64),
        random.between(0.5, 0.6),
        random.between(0.78, 0.95),
    ];
    let (a, b, seat) = (0.5 * l, 0.5 * w, random.between(0.42, 0.48));
    let arm = seat + random.between(0.18, 0.24);
    let mut design = Design::new("chair", [l, w, h])
        .with([-a + 0.05, -b, seat - 0.06], [a - 0.05, b, seat])
        .with([-a + 0.05, b - 0.06, seat], [a - 0.05, b, h]);
    for x in [-a, a - 0.05] {
        design = design
            .with([x, -b + 0.05, arm - 0.03], [x + 0.05, b, arm])
            .with([x, -b + 0.05, 0.0], [x + 0.05, -b + 0.1, arm]);
    }
    legs(design, [l, w], seat - 0.06)
}

/// Turns on a foot with five arms.
fn office_chair(random: &mut Random) -> Design {
    let (foot, h) = (random.between(0.55, 0.68), random.between(0.88, 1.25));
    let (seat, half) = (random.between(0.43, 0.55), random.between(0.22, 0.26));
    let mut design = Design::new("chair", [foot, foot, h])
        .with([-half, -half, seat - 0.08], [half, half, seat])
        .with([-half, half - 0.02, seat + 0.08], [half, half + 0.05, h])
        .disk([0.0; 2], 0.03, [0.08, seat - 0.08]);
    if random.chance(0.6) {
        let arm = seat + random.between(0.17, 0.26);
        for x in [-half - 0.06, half] {
            design = design
                .with([x, -0.15, arm - 0.03], [x + 0.06, 0.12, arm])
                .with([x + 0.02, -0.03, seat - 0.05], [x + 0.04, 0.03, arm - 0.03]);
        }
    }
    let turn = random.between(0.0, 1.2);
    for i in 0..5 {
        let angle = turn + f64::from(i) * std::f64::consts::TAU / 5.0;
        design = design.bar([0.0; 2], angle, 0.5 * foot, 0.05, [0.04, 0.1]);
    }
    design.fitted()
}

/// No back: sat on, or stood on.
fn stool(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.3, 0.42), random.between(0.42, 0.75));
    let design = Design::new("chair", [d, d, h]);
    let design = if random.chance(0.5) {
        design.disk([0.0; 2], 0.5 * d, [h - 0.04, h])
    } else {
        design.with([-0.5 * d, -0.5 * d, h - 0.05], [0.5 * d, 0.5 * d, h])
    };
    let design = legs(design, [0.8 * d, 0.8 * d], h - 0.04);
    let bar = 0.4 * d;
    design.with([-bar, -0.02, 0.15], [bar, 0.02, 0.18])
}

/// Seat and back are one bent shell.
fn shell_chair(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.44, 0.56),
        random.between(0.48, 0.58),
        random.between(0.76, 0.86),
    ];
    let (a, b, seat) = (0.5 * l, 0.5 * w, random.between(0.42, 0.46));
    let design = Design::new("chair", [l, w, h])
        .with([-a, -b, seat - 0.02], [a, b - 0.12, seat])
        .with([-a, b - 0.14, seat], [a, b - 0.1, seat + 0.15])
        .with([-0.9 * a, b - 0.08, seat + 0.13], [0.9 * a, b - 0.04, h])
        .with([-a, -0.1, seat], [-a + 0.03, b - 0.1, seat + 0.12])
        .with([a - 0.03, -0.1, seat], [a, b - 0.1, seat + 0.12]);
    legs(design, [0.85 * l, 0.8 * w], seat - 0.02)
}

fn bar_chair(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.38, 0.48),
        random.between(0.38, 0.5),
        random.between(0.9, 1.15),
    ];
    let (a, b, seat) = (0.5 * l, 0.5 * w, random.between(0.62, 0.78));
    let design = Design::new("chair", [l, w, h])
        .with([-a, -b, seat - 0.04], [a, b, seat])
        .with([-a, b - 0.03, seat + 0.1], [a, b, h])
        .with([-a, -b, 0.25], [a, -b + 0.02, 0.28]);
    legs(design, [l, w], h - 0.02)
}

/// On two runners, its back open below.
fn visitor_chair(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.5, 0.6),
        random.between(0.52, 0.62),
        random.between(0.8, 0.92),
    ];
    let (a, b, seat) = (0.5 * l, 0.5 * w, random.between(0.42, 0.47));
    let mut design = Design::new("chair", [l, w, h])
        .with([-a + 0.04, -b, seat - 0.05], [a - 0.04, b - 0.06, seat])
        .with([-a + 0.04, b - 0.05, seat + 0.12], [a - 0.04, b, h]);
    for x in [-a, a - 0.03] {
        design = design
            .with([x, -b, 0.0], [x + 0.03, b, 0.03])
            .with([x, -b, 0.0], [x + 0.03, -b + 0.03, seat + 0.2])
            .with([x, -b, seat + 0.17], [x + 0.03, b, seat + 0.2])
            .with([x, b - 0.04, seat - 0.1], [x + 0.03, b, h]);
    }
    design
}

fn cushioned_chair(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.45, 0.55),
        random.between(0.5, 0.62),
        random.between(0.9, 1.1),
    ];
    let (a, b, seat) = (0.5 * l, 0.5 * w, random.between(0.44, 0.5));
    let design = Design::new("chair", [l, w, h])
        .with([-a, -b, seat - 0.14], [a, b, seat])
        .with([-a, b - 0.1, seat], [a, b, h]);
    legs(design, [0.9 * l, 0.9 * w], seat - 0.14)
}
