//! Cabinets.

use super::{Design, Maker, closed, legs};
use crate::testing::Random;

/// Cabinets that stand on the floor.
pub const CABINETS: &[Maker] = &[
    wardrobe,
    chest,
    long_sideboard,
    nightstand,
    tall_cabinet,
    cabinet_on_legs,
    glass_cabinet,
    stepped_cabinet,
    sliding_wardrobe,
    shoe_cabinet,
    drawers_with_gaps,
    buffet,
];

/// Low and long ones, to put a television on.
pub const LOWBOARDS: &[Maker] = &[super::sideboard, lowboard_on_legs, open_lowboard, plinth];

/// Cabinets that hang.
pub const HANGING: &[Maker] = &[
    super::wall_cabinet,
    single_hanging,
    bathroom_mirror,
    corner_hanging,
];

fn wardrobe(random: &mut Random) -> Design {
    let size = [
        random.between(0.75, 2.4),
        random.between(0.5, 0.68),
        random.between(1.75, 2.35),
    ];
    closed("cabinet", size)
}

fn chest(random: &mut Random) -> Design {
    let size = [
        random.between(0.6, 1.6),
        random.between(0.38, 0.55),
        random.between(0.7, 1.2),
    ];
    closed("cabinet", size)
}

fn long_sideboard(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.3, 2.3),
        random.between(0.38, 0.52),
        random.between(0.62, 0.95),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let clear = random.between(0.05, 0.15);
    Design::new("cabinet", [l, w, h])
        .with([-a, -b, clear], [a, b, h - 0.03])
        .with([-a, -b - 0.0, h - 0.03], [a, b, h])
        .with([-a + 0.05, -b + 0.05, 0.0], [a - 0.05, b, clear])
}

fn nightstand(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.36, 0.6),
        random.between(0.32, 0.46),
        random.between(0.4, 0.68),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    if random.chance(0.5) {
        return closed("cabinet", [l, w, h]);
    }
    let clear = random.between(0.1, 0.2);
    let design = Design::new("cabinet", [l, w, h]).with([-a, -b, clear], [a, b, h]);
    legs(design, [l, w], clear)
}

fn tall_cabinet(random: &mut Random) -> Design {
    let size = [
        random.between(0.35, 0.7),
        random.between(0.3, 0.5),
        random.between(1.4, 2.1),
    ];
    closed("cabinet", size)
}

fn cabinet_on_legs(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.7, 1.6),
        random.between(0.35, 0.5),
        random.between(0.75, 1.35),
    ];
    let clear = random.between(0.12, 0.28);
    let design =
        Design::new("cabinet", [l, w, h]).with([-0.5 * l, -0.5 * w, clear], [0.5 * l, 0.5 * w, h]);
    legs(design, [l, w], clear)
}

/// Its upper part has doors of glass: boards are seen behind.
fn glass_cabinet(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.7, 1.3),
        random.between(0.35, 0.48),
        random.between(1.5, 2.05),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let closed = random.between(0.4, 0.6) * h;
    let mut design = Design::new("cabinet", [l, w, h])
        .with([-a, -b, 0.0], [a, b, closed])
        .with([-a, b - 0.02, closed], [a, b, h])
        .with([-a, -b, closed], [-a + 0.04, b, h])
        .with([a - 0.04, -b, closed], [a, b, h])
        .with([-a, -b, h - 0.05], [a, b, h])
        .with([-0.03, -b, closed], [0.03, -b + 0.02, h]);
    let middle = 0.5 * (closed + h);
    design = design.with([-a, -b + 0.04, middle], [a, b, middle + 0.02]);
    design
}

fn stepped_cabinet(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.0, 1.8),
        random.between(0.4, 0.55),
        random.between(1.3, 2.0),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let lower = random.between(0.75, 0.95);
    let deep = random.between(0.28, 0.36);
    Design::new("cabinet", [l, w, h])
        .with([-a, -b, 0.0], [a, b, lower])
        .with([-a, b - deep, lower], [a, b, h])
}

fn sliding_wardrobe(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.6, 2.8),
        random.between(0.58, 0.7),
        random.between(1.95, 2.3),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("cabinet", [l, w, h])
        .with([-a, -b + 0.04, 0.0], [a, b, h])
        .with([-a, -b, 0.03], [0.05, -b + 0.03, h - 0.03])
}

fn shoe_cabinet(random: &mut Random) -> Design {
    let size = [
        random.between(0.5, 1.1),
        random.between(0.17, 0.3),
        random.between(0.8, 1.4),
    ];
    closed("cabinet", size)
}

fn drawers_with_gaps(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.4, 1.2),
        random.between(0.38, 0.52),
        random.between(0.55, 1.25),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let count = (h / 0.2).floor().max(2.0);
    let mut design = Design::new("cabinet", [l, w, h]).with([-a, -b + 0.02, 0.0], [a, b, h]);
    for i in 0..count as u32 {
        let (low, high) = (h * f64::from(i) / count, h * f64::from(i + 1) / count);
        design = design.with(
            [-a + 0.01, -b, low + 0.01],
            [a - 0.01, -b + 0.02, high - 0.01],
        );
    }
    design
}

fn buffet(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.9, 1.7),
        random.between(0.4, 0.55),
        random.between(0.82, 1.05),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("cabinet", [l, w, h])
        .with([-a + 0.02, -b + 0.03, 0.08], [a - 0.02, b, h - 0.04])
        .with([-a + 0.05, -b + 0.07, 0.0], [a - 0.05, b, 0.08])
        .with([-a, -b, h - 0.04], [a, b, h])
}

fn lowboard_on_legs(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.2, 2.2),
        random.between(0.36, 0.48),
        random.between(0.42, 0.62),
    ];
    let clear = random.between(0.1, 0.18);
    let design =
        Design::new("cabinet", [l, w, h]).with([-0.5 * l, -0.5 * w, clear], [0.5 * l, 0.5 * w, h]);
    legs(design, [l - 0.1, w], clear)
}

/// Doors at the ends, devices open in the middle.
fn open_lowboard(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.3, 2.2),
        random.between(0.36, 0.48),
        random.between(0.38, 0.58),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("cabinet", [l, w, h])
        .with([-a, -b, 0.0], [-0.35 * a, b, h])
        .with([0.35 * a, -b, 0.0], [a, b, h])
        .with([-a, -b, h - 0.03], [a, b, h])
        .with([-a, b - 0.02, 0.0], [a, b, h])
        .with([-a, -b, 0.5 * h], [a, b, 0.5 * h + 0.02])
}

fn plinth(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.0, 1.8),
        random.between(0.38, 0.5),
        random.between(0.3, 0.5),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("cabinet", [l, w, h])
        .with([-a + 0.04, -b + 0.04, 0.0], [a - 0.04, b, 0.1])
        .with([-a, -b, 0.1], [a, b, h])
}

fn single_hanging(random: &mut Random) -> Design {
    let size = [
        random.between(0.35, 0.9),
        random.between(0.28, 0.38),
        random.between(0.35, 0.95),
    ];
    closed("cabinet", size)
}

fn bathroom_mirror(random: &mut Random) -> Design {
    let size = [
        random.between(0.5, 1.2),
        random.between(0.14, 0.22),
        random.between(0.5, 0.8),
    ];
    closed("cabinet", size)
}

fn corner_hanging(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.9, 2.0),
        random.between(0.3, 0.4),
        random.between(0.55, 0.75),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("cabinet", [l, w, h])
        .with([-a, -b, 0.0], [0.3 * a, b, h])
        .with([0.3 * a, -b, 0.3 * h], [a, b, h])
}
