//! Televisions and monitors.

use super::{Design, Maker};
use crate::testing::Random;

/// What stands on a low cabinet.
pub const TELEVISIONS: &[Maker] = &[television, central_foot, wide_feet, thick_set];

/// What hangs on a wall.
pub const WALL_SCREENS: &[Maker] = &[flat_on_wall, large_on_wall, arm_on_wall, whiteboard_screen];

/// What stands on a desk.
pub const MONITORS: &[Maker] = &[monitor, wide_monitor, all_in_one, monitor_on_post];

fn panel(l: f64, tall: f64, thick: f64, lift: f64, deep: f64) -> Design {
    Design::new("screen", [l, deep, tall + lift]).with(
        [-0.5 * l, -0.5 * thick, lift],
        [0.5 * l, 0.5 * thick, lift + tall],
    )
}

fn television(random: &mut Random) -> Design {
    let l = random.between(0.85, 1.5);
    let lift = random.between(0.04, 0.1);
    let mut design = panel(l, 0.57 * l, random.between(0.03, 0.08), lift, 0.24);
    for x in [-0.35 * l, 0.35 * l] {
        design = design.with([x - 0.02, -0.12, 0.0], [x + 0.02, 0.12, lift]);
    }
    design
}

fn central_foot(random: &mut Random) -> Design {
    let l = random.between(0.7, 1.25);
    let lift = random.between(0.06, 0.14);
    panel(l, 0.58 * l, random.between(0.04, 0.1), lift, 0.26)
        .with([-0.2 * l, -0.13, 0.0], [0.2 * l, 0.13, 0.02])
        .with([-0.04, -0.02, 0.0], [0.04, 0.03, lift])
}

fn wide_feet(random: &mut Random) -> Design {
    let l = random.between(1.0, 1.75);
    let lift = random.between(0.03, 0.08);
    let mut design = panel(l, 0.56 * l, random.between(0.02, 0.06), lift, 0.3);
    for x in [-0.45 * l, 0.45 * l] {
        design = design.with([x - 0.015, -0.15, 0.0], [x + 0.015, 0.15, 0.02]);
        design = design.with([x - 0.015, -0.02, 0.0], [x + 0.015, 0.02, lift]);
    }
    design
}

fn thick_set(random: &mut Random) -> Design {
    let l = random.between(0.6, 1.1);
    let deep = random.between(0.12, 0.2);
    panel(l, 0.62 * l, deep, 0.02, deep)
}

fn flat_on_wall(random: &mut Random) -> Design {
    let (l, thick) = (random.between(0.8, 1.3), random.between(0.04, 0.09));
    panel(l, 0.57 * l, thick, 0.0, thick)
}

fn large_on_wall(random: &mut Random) -> Design {
    let (l, thick) = (random.between(1.3, 1.9), random.between(0.03, 0.08));
    panel(l, 0.56 * l, thick, 0.0, thick)
}

/// Stands off the wall by its arm.
fn arm_on_wall(random: &mut Random) -> Design {
    let (l, deep) = (random.between(0.6, 1.2), random.between(0.1, 0.18));
    let (a, tall) = (0.5 * l, 0.58 * l);
    Design::new("screen", [l, deep, tall])
        .with([-a, -0.5 * deep, 0.0], [a, -0.5 * deep + 0.05, tall])
        .with(
            [-0.1, -0.5 * deep + 0.05, 0.4 * tall],
            [0.1, 0.5 * deep, 0.6 * tall],
        )
}

fn whiteboard_screen(random: &mut Random) -> Design {
    let (l, thick) = (random.between(1.1, 1.7), random.between(0.07, 0.12));
    let tall = random.between(0.6, 0.75) * l;
    panel(l, tall, thick, 0.0, thick)
}

fn monitor(random: &mut Random) -> Design {
    let l = random.between(0.48, 0.65);
    let lift = random.between(0.06, 0.16);
    panel(l, 0.6 * l, random.between(0.03, 0.06), lift, 0.22)
        .with([-0.13, -0.11, 0.0], [0.13, 0.11, 0.015])
        .with([-0.03, -0.01, 0.0], [0.03, 0.03, lift + 0.1])
}

fn wide_monitor(random: &mut Random) -> Design {
    let l = random.between(0.7, 0.92);
    let lift = random.between(0.08, 0.16);
    panel(l, 0.45 * l, random.between(0.04, 0.08), lift, 0.26)
        .with([-0.18, -0.13, 0.0], [0.18, 0.13, 0.02])
        .with([-0.04, 0.0, 0.0], [0.04, 0.05, lift + 0.12])
}

fn all_in_one(random: &mut Random) -> Design {
    let l = random.between(0.5, 0.66);
    let tall = random.between(0.7, 0.82) * l;
    panel(l, tall, random.between(0.03, 0.07), 0.03, 0.2)
        .with([-0.1, -0.02, 0.0], [0.1, 0.1, 0.02])
        .with([-0.08, 0.04, 0.0], [0.08, 0.06, 0.5 * tall])
}

fn monitor_on_post(random: &mut Random) -> Design {
    let l = random.between(0.5, 0.72);
    let lift = random.between(0.14, 0.24);
    panel(l, 0.57 * l, random.between(0.03, 0.05), lift, 0.2)
        .with([-0.06, -0.1, 0.0], [0.06, 0.1, 0.02])
        .with([-0.02, 0.02, 0.0], [0.02, 0.06, lift + 0.2])
}
