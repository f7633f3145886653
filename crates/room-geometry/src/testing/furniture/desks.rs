//! Desks.

use super::tables::board;
use super::{Design, Maker, legs};
use crate::testing::Random;

/// Desks.
pub const DESKS: &[Maker] = &[
    super::desk,
    desk_with_drawers,
    standing_desk,
    corner_desk,
    writing_desk,
    hutch,
    two_pedestals,
    trestle_desk,
];

fn desk_with_drawers(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.0, 1.7),
        random.between(0.55, 0.8),
        random.between(0.71, 0.77),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let side = if random.chance(0.5) { 1.0 } else { -1.0 };
    let wide = random.between(0.35, 0.48);
    let x = side * (a - 0.5 * wide - 0.02);
    let post = -side * (a - 0.05);
    board(Design::new("desk", [l, w, h]), [l, w], [h - 0.03, h])
        .with(
            [x - 0.5 * wide, -b + 0.03, 0.05],
            [x + 0.5 * wide, b - 0.03, h - 0.03],
        )
        .with(
            [post - 0.025, -b + 0.02, 0.0],
            [post + 0.025, -b + 0.07, h - 0.03],
        )
        .with(
            [post - 0.025, b - 0.07, 0.0],
            [post + 0.025, b - 0.02, h - 0.03],
        )
}

fn standing_desk(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.2, 1.8),
        random.between(0.65, 0.85),
        random.between(0.7, 1.2),
    ];
    let at = 0.5 * l - random.between(0.15, 0.3);
    let mut design = board(Design::new("desk", [l, w, h]), [l, w], [h - 0.03, h]);
    for x in [-at, at] {
        design = design
            .with([x - 0.04, -0.04, 0.03], [x + 0.04, 0.04, h - 0.03])
            .with([x - 0.04, -0.45 * w, 0.0], [x + 0.04, 0.45 * w, 0.03]);
    }
    design
}

fn corner_desk(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.4, 2.0),
        random.between(1.2, 1.6),
        random.between(0.71, 0.76),
    ];
    let (a, b, deep) = (0.5 * l, 0.5 * w, random.between(0.55, 0.7));
    let side = if random.chance(0.5) { 1.0 } else { -1.0 };
    let (from, to) = (side * a, side * (a - deep));
    let mut design = Design::new("desk", [l, w, h])
        .with([-a, b - deep, h - 0.03], [a, b, h])
        .with([from.min(to), -b, h - 0.03], [from.max(to), b - deep, h]);
    let posts = [
        [-a + 0.05, b - 0.05],
        [a - 0.05, b - 0.05],
        [-side * (a - 0.05), b - deep + 0.05],
        [from - side * 0.05, -b + 0.05],
        [to + side * 0.05, -b + 0.05],
    ];
    for [x, y] in posts {
        design = design.with([x - 0.03, y - 0.03, 0.0], [x + 0.03, y + 0.03, h - 0.03]);
    }
    design
}

fn writing_desk(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.9, 1.4),
        random.between(0.5, 0.7),
        random.between(0.72, 0.78),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let deep = random.between(0.1, 0.16);
    let design = board(Design::new("desk", [l, w, h]), [l, w], [h - deep, h]);
    let screen = random.between(0.2, 0.4);
    legs(design, [l, w], h - deep).with(
        [-a + 0.05, b - 0.03, h - deep - screen],
        [a - 0.05, b - 0.01, h - deep],
    )
}

fn hutch(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.9, 1.4),
        random.between(0.55, 0.7),
        random.between(1.1, 1.5),
    ];
    let (a, b, top) = (0.5 * l, 0.5 * w, random.between(0.72, 0.77));
    let deep = random.between(0.2, 0.28);
    board(Design::new("desk", [l, w, h]), [l, w], [top - 0.03, top])
        .with([-a, -b, 0.0], [-a + 0.03, b, top - 0.03])
        .with([a - 0.03, -b, 0.0], [a, b, top - 0.03])
        .with([-a, b - deep, top], [-a + 0.02, b, h])
        .with([a - 0.02, b - deep, top], [a, b, h])
        .with([-a, b - deep, h - 0.02], [a, b, h])
        .with([-a, b - 0.01, top], [a, b, h])
}

fn two_pedestals(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.3, 1.8),
        random.between(0.65, 0.9),
        random.between(0.72, 0.78),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    let wide = random.between(0.35, 0.45);
    board(Design::new("desk", [l, w, h]), [l, w], [h - 0.04, h])
        .with([-a + 0.02, -b + 0.03, 0.0], [-a + wide, b - 0.02, h - 0.04])
        .with([a - wide, -b + 0.03, 0.0], [a - 0.02, b - 0.02, h - 0.04])
        .with([-a + wide, b - 0.05, 0.2], [a - wide, b - 0.03, h - 0.04])
}

fn trestle_desk(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(1.2, 1.7),
        random.between(0.6, 0.8),
        random.between(0.71, 0.75),
    ];
    let at = 0.5 * l - random.between(0.2, 0.35);
    let mut design = board(Design::new("desk", [l, w, h]), [l, w], [h - 0.03, h]);
    for x in [-at, at] {
        for y in [-0.4 * w, 0.4 * w] {
            design = design
                .with([x - 0.18, y - 0.02, 0.0], [x - 0.14, y + 0.02, h - 0.03])
                .with([x + 0.14, y - 0.02, 0.0], [x + 0.18, y + 0.02, h - 0.03]);
        }
        design = design.with([x - 0.16, -0.4 * w, 0.25], [x + 0.16, 0.4 * w, 0.28]);
    }
    design
}
