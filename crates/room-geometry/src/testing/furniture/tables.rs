//! Tables.

use super::{Design, Maker, legs};
use crate::testing::Random;

/// Tables to sit at.
pub const DINING: &[Maker] = &[
    super::table,
    pedestal,
    trestle,
    panels,
    bistro,
    framed,
    oval,
    bar_table,
];

/// Low tables.
pub const LOW: &[Maker] = &[super::coffee_table, drum, two_tiers, low_block, side_table];

/// A board, centered, between two heights.
pub(super) fn board(design: Design, [l, w]: [f64; 2], [low, high]: [f64; 2]) -> Design {
    design.with([-0.5 * l, -0.5 * w, low], [0.5 * l, 0.5 * w, high])
}

fn pedestal(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.85, 1.45), random.between(0.7, 0.77));
    let thick = random.between(0.02, 0.05);
    Design::new("table", [d, d, h])
        .disk([0.0; 2], 0.5 * d, [h - thick, h])
        .disk([0.0; 2], random.between(0.03, 0.08), [0.03, h - thick])
        .disk([0.0; 2], random.between(0.2, 0.32), [0.0, 0.03])
}

fn trestle(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.3, 2.4),
        random.between(0.75, 1.0),
        random.between(0.72, 0.78),
    ];
    let at = 0.5 * l - random.between(0.15, 0.35);
    let mut design = board(Design::new("table", [l, w, h]), [l, w], [h - 0.04, h]);
    for x in [-at, at] {
        design = design
            .with([x - 0.05, -0.05, 0.06], [x + 0.05, 0.05, h - 0.04])
            .with([x - 0.05, -0.35 * w, 0.0], [x + 0.05, 0.35 * w, 0.07]);
    }
    design.with([-at, -0.02, 0.2], [at, 0.02, 0.3])
}

fn panels(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.2, 2.0),
        random.between(0.7, 0.95),
        random.between(0.71, 0.78),
    ];
    let (a, b) = (0.5 * l, 0.45 * w);
    board(Design::new("table", [l, w, h]), [l, w], [h - 0.05, h])
        .with([-a + 0.1, -b, 0.0], [-a + 0.16, b, h - 0.05])
        .with([a - 0.16, -b, 0.0], [a - 0.1, b, h - 0.05])
}

fn bistro(random: &mut Random) -> Design {
    let (l, h) = (random.between(0.6, 0.8), random.between(0.7, 0.77));
    board(Design::new("table", [l, l, h]), [l, l], [h - 0.025, h])
        .disk([0.0; 2], 0.03, [0.02, h - 0.025])
        .with([-0.28, -0.03, 0.0], [0.28, 0.03, 0.03])
        .with([-0.03, -0.28, 0.0], [0.03, 0.28, 0.03])
}

fn framed(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.0, 1.9),
        random.between(0.7, 1.05),
        random.between(0.72, 0.78),
    ];
    let frame = random.between(0.07, 0.12);
    let design = board(Design::new("table", [l, w, h]), [l, w], [h - 0.03, h]);
    let inner = [l - 0.12, w - 0.12];
    legs(
        board(design, inner, [h - frame, h - 0.03]),
        inner,
        h - frame,
    )
}

fn oval(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.5, 2.2),
        random.between(0.9, 1.1),
        random.between(0.72, 0.77),
    ];
    let reach = 0.5 * (l - w);
    board(
        Design::new("table", [l, w, h]),
        [2.0 * reach, w],
        [h - 0.04, h],
    )
    .disk([-reach, 0.0], 0.5 * w, [h - 0.04, h])
    .disk([reach, 0.0], 0.5 * w, [h - 0.04, h])
    .disk([-0.6 * reach, 0.0], 0.07, [0.0, h - 0.04])
    .disk([0.6 * reach, 0.0], 0.07, [0.0, h - 0.04])
}

fn bar_table(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.6, 1.4),
        random.between(0.45, 0.7),
        random.between(0.9, 1.1),
    ];
    let design = board(Design::new("table", [l, w, h]), [l, w], [h - 0.03, h]);
    let design = legs(design, [l - 0.04, w - 0.04], h - 0.03);
    board(design, [l - 0.1, w - 0.1], [0.2, 0.23])
}

fn drum(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.5, 1.0), random.between(0.3, 0.5));
    let design = Design::new("table", [d, d, h]).disk([0.0; 2], 0.5 * d, [h - 0.03, h]);
    if random.chance(0.5) {
        return design.disk([0.0; 2], 0.42 * d, [0.0, h - 0.03]);
    }
    legs(design, [0.6 * d, 0.6 * d], h - 0.03)
}

fn two_tiers(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.8, 1.3),
        random.between(0.5, 0.8),
        random.between(0.38, 0.5),
    ];
    let design = board(Design::new("table", [l, w, h]), [l, w], [h - 0.03, h]);
    legs(board(design, [l, w], [0.12, 0.14]), [l, w], h - 0.03)
}

fn low_block(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.7, 1.2),
        random.between(0.55, 0.9),
        random.between(0.3, 0.45),
    ];
    let drawer = random.between(0.1, 0.2);
    let design = board(Design::new("table", [l, w, h]), [l, w], [h - drawer, h]);
    legs(design, [l, w], h - drawer)
}

fn side_table(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.38, 0.6),
        random.between(0.35, 0.5),
        random.between(0.42, 0.65),
    ];
    let design = board(Design::new("table", [l, w, h]), [l, w], [h - 0.025, h]);
    legs(design, [l, w], h - 0.025)
}
