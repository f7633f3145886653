//! What stands in rooms and has no class.

use super::{Design, Maker, closed, legs};
use crate::testing::Random;

/// The class of what is no furniture: it may be found or not.
pub const OPTIONAL: &str = "";

/// Things on the floor.
pub const THINGS: &[Maker] = &[
    super::thing,
    parcel,
    bag,
    bin,
    suitcase,
    person,
    basket,
    pile,
    ladder,
    drying_rack,
    sack,
    pet_bed,
];

/// Things at walls.
pub const FIXTURES: &[Maker] = &[radiator, curtain, picture, coat_rack];

/// Things on tables.
pub const SMALL_THINGS: &[Maker] = &[laptop, stack_of_books, bowl, small_box, bottles, tray];

fn parcel(random: &mut Random) -> Design {
    let size = [
        random.between(0.3, 0.8),
        random.between(0.25, 0.6),
        random.between(0.25, 0.6),
    ];
    closed("unknown", size)
}

fn bag(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.3, 0.55),
        random.between(0.18, 0.32),
        random.between(0.28, 0.5),
    ];
    Design::new("unknown", [l, w, h]).ball([0.0, 0.0, 0.5 * h], [0.5 * l, 0.5 * w, 0.5 * h])
}

fn bin(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.25, 0.42), random.between(0.3, 0.7));
    Design::new("unknown", [d, d, h]).disk([0.0; 2], 0.5 * d, [0.0, h])
}

fn suitcase(random: &mut Random) -> Design {
    let size = [
        random.between(0.38, 0.55),
        random.between(0.2, 0.32),
        random.between(0.55, 0.8),
    ];
    closed("unknown", size)
}

/// Somebody who stands still, or a dummy.
fn person(random: &mut Random) -> Design {
    let (h, wide) = (random.between(1.5, 1.9), random.between(0.4, 0.52));
    Design::new("unknown", [wide, 0.3, h])
        .ball([0.0, 0.0, h - 0.13], [0.09, 0.1, 0.13])
        .ball([0.0, 0.0, 0.66 * h], [0.5 * wide, 0.13, 0.19 * h])
        .disk([-0.1, 0.0], 0.08, [0.0, 0.5 * h])
        .disk([0.1, 0.0], 0.08, [0.0, 0.5 * h])
        .fitted()
}

fn basket(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.35, 0.55), random.between(0.35, 0.65));
    Design::new("unknown", [d, d, h])
        .disk([0.0; 2], 0.5 * d, [0.0, 0.8 * h])
        .ball([0.0, 0.0, 0.8 * h], [0.4 * d, 0.4 * d, 0.2 * h])
}

/// Boxes on boxes, none above another.
fn pile(random: &mut Random) -> Design {
    let mut design = Design::new("unknown", [0.5; 3]);
    let mut low = 0.0;
    for _ in 0..3 {
        let [l, w, h] = [
            random.between(0.3, 0.6),
            random.between(0.25, 0.5),
            random.between(0.15, 0.4),
        ];
        let [x, y] = [0, 1].map(|_: usize| random.between(-0.1, 0.1));
        design = design.with(
            [x - 0.5 * l, y - 0.5 * w, low],
            [x + 0.5 * l, y + 0.5 * w, low + h],
        );
        low += h;
    }
    design.fitted()
}

fn ladder(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.4, 0.55),
        random.between(0.5, 0.9),
        random.between(0.9, 1.7),
    ];
    let steps = (h / 0.25) as u32;
    let mut design = Design::new("unknown", [l, w, h]);
    for i in 0..=steps {
        let part = f64::from(i) / f64::from(steps.max(1));
        let (y, z) = (0.5 * w * (1.0 - part), part * (h - 0.03));
        design = design
            .with([-0.5 * l, -y - 0.04, z], [0.5 * l, -y + 0.04, z + 0.03])
            .with([-0.5 * l, y, z], [-0.5 * l + 0.03, y + 0.03, z + 0.2])
            .with([0.5 * l - 0.03, y, z], [0.5 * l, y + 0.03, z + 0.2]);
    }
    design.fitted()
}

fn drying_rack(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.0, 1.7),
        random.between(0.5, 0.6),
        random.between(0.85, 1.05),
    ];
    let mut design = legs(Design::new("unknown", [l, w, h]), [l, w], h);
    for i in 0..6 {
        let y = -0.5 * w + w * f64::from(i) / 5.0;
        design = design.with([-0.5 * l, y - 0.01, h - 0.02], [0.5 * l, y + 0.01, h]);
        if random.chance(0.5) {
            let x = random.between(-0.4, 0.1) * l;
            let low = h - random.between(0.3, 0.7);
            design = design.with([x, y - 0.01, low], [x + 0.4, y + 0.01, h]);
        }
    }
    design
}

/// Seats without a shape.
fn sack(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.3, 0.48), random.between(0.4, 0.8));
    Design::new("unknown", [2.0 * r, 2.0 * r, h])
        .ball([0.0, 0.0, 0.35 * h], [r, r, 0.35 * h])
        .ball([0.0, 0.1, 0.6 * h], [0.6 * r, 0.6 * r, 0.4 * h])
        .fitted()
}

fn pet_bed(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.5, 0.9),
        random.between(0.4, 0.7),
        random.between(0.15, 0.3),
    ];
    closed("unknown", [l, w, h])
}

fn radiator(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.6, 1.6),
        random.between(0.07, 0.14),
        random.between(0.4, 0.75),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let low = random.between(0.08, 0.15);
    Design::new(OPTIONAL, [l, w, h + low]).with([-a, -b, low], [a, b, h + low])
}

/// Folds from near the ceiling to near the floor.
fn curtain(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.35, 1.2),
        random.between(0.08, 0.16),
        random.between(1.9, 2.3),
    ];
    let folds = (l / 0.12) as u32;
    let wide = l / f64::from(folds.max(1));
    let mut design = Design::new(OPTIONAL, [l, w, h]);
    for i in 0..folds {
        let x = -0.5 * l + f64::from(i) * wide;
        let y = if i % 2 == 0 { -0.5 * w } else { 0.0 };
        design = design.with([x, y, 0.03], [x + wide, y + 0.5 * w, h]);
    }
    design
}

fn picture(random: &mut Random) -> Design {
    let [l, h] = [random.between(0.4, 1.2), random.between(0.4, 0.9)];
    closed(OPTIONAL, [l, 0.03, h])
}

fn coat_rack(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.5, 1.0),
        random.between(0.15, 0.3),
        random.between(0.7, 1.1),
    ];
    Design::new(OPTIONAL, [l, w, h])
        .with([-0.5 * l, 0.5 * w - 0.03, h - 0.1], [0.5 * l, 0.5 * w, h])
        .ball([-0.2 * l, 0.0, 0.5 * h], [0.2 * l, 0.5 * w, 0.5 * h])
        .ball([0.25 * l, 0.0, 0.55 * h], [0.2 * l, 0.45 * w, 0.45 * h])
}

fn laptop(random: &mut Random) -> Design {
    let (l, w) = (random.between(0.3, 0.38), random.between(0.22, 0.26));
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new(OPTIONAL, [l, w, 0.23])
        .with([-a, -b, 0.0], [a, b, 0.02])
        .with([-a, b - 0.02, 0.02], [a, b, 0.23])
}

fn stack_of_books(random: &mut Random) -> Design {
    let size = [
        random.between(0.2, 0.35),
        random.between(0.15, 0.25),
        random.between(0.05, 0.3),
    ];
    closed(OPTIONAL, size)
}

fn bowl(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.15, 0.35), random.between(0.06, 0.15));
    Design::new(OPTIONAL, [d, d, h]).disk([0.0; 2], 0.5 * d, [0.0, h])
}

fn small_box(random: &mut Random) -> Design {
    let size = [0, 1, 2].map(|_: usize| random.between(0.12, 0.35));
    closed(OPTIONAL, size)
}

fn bottles(random: &mut Random) -> Design {
    let h = random.between(0.2, 0.35);
    Design::new(OPTIONAL, [0.3, 0.1, h])
        .disk([-0.1, 0.0], 0.04, [0.0, h])
        .disk([0.02, 0.02], 0.04, [0.0, 0.8 * h])
        .disk([0.11, -0.02], 0.035, [0.0, 0.6 * h])
        .fitted()
}

fn tray(random: &mut Random) -> Design {
    let size = [
        random.between(0.3, 0.5),
        random.between(0.2, 0.35),
        random.between(0.02, 0.05),
    ];
    closed(OPTIONAL, size)
}
