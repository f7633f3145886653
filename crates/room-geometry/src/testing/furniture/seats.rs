//! Chairs, sofas and beds.

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

/// What one leans back in.
pub const SOFAS: &[Maker] = &[
    super::sofa,
    armchair,
    l_sofa,
    armless_sofa,
    raised_sofa,
    loveseat,
    cushioned_sofa,
    wing_chair,
];

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

/// What the parts of a sofa measure.
struct Upholstery {
    seat: f64,
    back: f64,
    arm: f64,
    side: f64,
    clear: f64,
}

impl Upholstery {
    fn random(random: &mut Random) -> Self {
        Self {
            seat: random.between(0.38, 0.48),
            back: random.between(0.15, 0.3),
            arm: random.between(0.52, 0.68),
            side: random.between(0.1, 0.28),
            clear: if random.chance(0.4) {
                random.between(0.08, 0.18)
            } else {
                0.02
            },
        }
    }

    fn built(&self, [l, w, h]: [f64; 3]) -> Design {
        let (a, b) = (0.5 * l, 0.5 * w);
        let design = Design::new("sofa", [l, w, h])
            .with(
                [-a + self.side, -b, self.clear],
                [a - self.side, b - self.back, self.seat],
            )
            .with([-a, b - self.back, self.clear], [a, b, h])
            .with(
                [-a, -b, self.clear],
                [-a + self.side, b - self.back, self.arm],
            )
            .with(
                [a - self.side, -b, self.clear],
                [a, b - self.back, self.arm],
            );
        if self.clear > 0.05 {
            legs(design, [l - 0.1, w - 0.1], self.clear)
        } else {
            design
        }
    }
}

fn armchair(random: &mut Random) -> Design {
    let size = [
        random.between(0.72, 1.05),
        random.between(0.72, 0.95),
        random.between(0.72, 1.0),
    ];
    Upholstery::random(random).built(size)
}

fn loveseat(random: &mut Random) -> Design {
    let size = [
        random.between(1.25, 1.7),
        random.between(0.75, 0.95),
        random.between(0.7, 0.95),
    ];
    Upholstery::random(random).built(size)
}

fn raised_sofa(random: &mut Random) -> Design {
    let size = [
        random.between(1.6, 2.3),
        random.between(0.78, 0.95),
        random.between(0.75, 0.9),
    ];
    let mut parts = Upholstery::random(random);
    parts.clear = random.between(0.13, 0.2);
    parts.side = random.between(0.05, 0.1);
    parts.built(size)
}

fn l_sofa(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(2.2, 3.1),
        random.between(1.4, 2.1),
        random.between(0.7, 0.92),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let (seat, back) = (random.between(0.38, 0.46), random.between(0.18, 0.28));
    let (deep, wide) = (random.between(0.85, 1.0), random.between(0.75, 1.0));
    let arm = random.between(0.5, 0.65);
    let design = Design::new("sofa", [l, w, h])
        .with([-a, b - deep, 0.05], [a - 0.15, b - back, seat])
        .with([-a, -b, 0.05], [-a + wide, b - deep, seat])
        .with([-a, b - back, 0.05], [a, b, h])
        .with([a - 0.18, b - deep, 0.05], [a, b - back, arm]);
    if random.chance(0.5) {
        return design.with([-a, -0.6 * b, 0.05], [-a + 0.2, b - back, h]);
    }
    design
}

fn armless_sofa(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.5, 2.2),
        random.between(0.8, 1.05),
        random.between(0.68, 0.88),
    ];
    let (a, b, seat) = (0.5 * l, 0.5 * w, random.between(0.36, 0.45));
    let back = random.between(0.14, 0.25);
    let design = Design::new("sofa", [l, w, h])
        .with([-a, -b, 0.12], [a, b - back, seat])
        .with([-a, b - back, 0.25], [a, b, h]);
    legs(design, [l - 0.2, w - 0.2], 0.12)
}

fn cushioned_sofa(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.7, 2.5),
        random.between(0.85, 1.05),
        random.between(0.75, 0.95),
    ];
    let parts = Upholstery::random(random);
    let mut design = parts.built([l, w, h]);
    let seats = if l > 2.0 { 3 } else { 2 };
    let wide = (l - 2.0 * parts.side) / f64::from(seats);
    for i in 0..seats {
        let x = -0.5 * l + parts.side + (f64::from(i) + 0.5) * wide;
        let y = 0.5 * w - parts.back - 0.09;
        let z = parts.seat + 0.2;
        design = design.ball([x, y, z], [0.46 * wide, 0.09, 0.2]);
    }
    design
}

fn wing_chair(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.7, 0.88),
        random.between(0.75, 0.92),
        random.between(0.98, 1.12),
    ];
    let mut parts = Upholstery::random(random);
    parts.side = random.between(0.1, 0.16);
    let (a, b) = (0.5 * l, 0.5 * w);
    let wing = b - parts.back - 0.22;
    parts
        .built([l, w, h])
        .with([-a, wing, parts.arm], [-a + 0.08, b, h - 0.05])
        .with([a - 0.08, wing, parts.arm], [a, b, h - 0.05])
}

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
