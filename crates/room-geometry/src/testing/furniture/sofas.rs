//! Sofas and armchairs.

use super::{Design, Maker, legs};
use crate::testing::Random;

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
