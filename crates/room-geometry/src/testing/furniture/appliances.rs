//! Household machines.

use super::{Design, Maker, closed};
use crate::testing::Random;

/// Machines on the floor.
pub const APPLIANCES: &[Maker] = &[
    refrigerator,
    washing_machine,
    oven,
    dishwasher,
    two_door_refrigerator,
    freezer,
    dryer_tower,
    stove_with_rail,
    low_refrigerator,
    top_loader,
];

/// Machines on a worktop.
pub const SMALL_APPLIANCES: &[Maker] = &[microwave, coffee_machine, mini_oven, bread_maker];

fn machine(random: &mut Random, l: [f64; 2], w: [f64; 2], h: [f64; 2]) -> Design {
    let size = [l, w, h].map(|[low, high]| random.between(low, high));
    closed("appliance", size)
}

fn refrigerator(random: &mut Random) -> Design {
    machine(random, [0.54, 0.76], [0.58, 0.74], [1.4, 2.05])
}

fn washing_machine(random: &mut Random) -> Design {
    let design = machine(random, [0.59, 0.61], [0.5, 0.65], [0.82, 0.87]);
    let front = -0.5 * design.size[1];
    // Its round door.
    design.ball([0.0, front, 0.45], [0.18, 0.03, 0.18]).fitted()
}

fn oven(random: &mut Random) -> Design {
    let design = machine(random, [0.5, 0.62], [0.58, 0.65], [0.84, 0.93]);
    let [_, w, h] = design.size;
    design
        .with(
            [-0.22, -0.5 * w - 0.04, h - 0.2],
            [0.22, -0.5 * w - 0.02, h - 0.18],
        )
        .fitted()
}

fn dishwasher(random: &mut Random) -> Design {
    machine(random, [0.44, 0.61], [0.55, 0.62], [0.8, 0.88])
}

fn two_door_refrigerator(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.8, 0.95),
        random.between(0.65, 0.8),
        random.between(1.7, 1.95),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("appliance", [l, w, h])
        .with([-a, -b + 0.06, 0.0], [a, b, h])
        .with([-a, -b, 0.05], [-0.01, -b + 0.06, h])
        .with([0.01, -b, 0.05], [a, -b + 0.06, h])
}

fn freezer(random: &mut Random) -> Design {
    machine(random, [0.7, 1.3], [0.55, 0.75], [0.83, 0.92])
}

/// A dryer on a washing machine.
fn dryer_tower(random: &mut Random) -> Design {
    let design = machine(random, [0.59, 0.61], [0.58, 0.66], [1.68, 1.74]);
    let front = -0.5 * design.size[1];
    design
        .ball([0.0, front, 0.45], [0.18, 0.03, 0.18])
        .ball([0.0, front, 1.3], [0.18, 0.03, 0.18])
        .fitted()
}

fn stove_with_rail(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.5, 0.92),
        random.between(0.6, 0.68),
        random.between(0.9, 1.1),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("appliance", [l, w, h])
        .with([-a, -b, 0.0], [a, b, 0.88])
        .with([-a, b - 0.06, 0.88], [a, b, h])
}

fn low_refrigerator(random: &mut Random) -> Design {
    machine(random, [0.45, 0.6], [0.45, 0.62], [0.5, 0.86])
}

fn top_loader(random: &mut Random) -> Design {
    machine(random, [0.4, 0.7], [0.58, 0.72], [0.85, 1.1])
}

fn microwave(random: &mut Random) -> Design {
    machine(random, [0.44, 0.56], [0.32, 0.42], [0.26, 0.33])
}

fn coffee_machine(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.24, 0.34),
        random.between(0.3, 0.45),
        random.between(0.32, 0.42),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("appliance", [l, w, h])
        .with([-a, -b, 0.0], [a, b, 0.08])
        .with([-a, 0.0, 0.08], [a, b, h])
        .with([-a, -b, 0.65 * h], [a, 0.0, h])
}

fn mini_oven(random: &mut Random) -> Design {
    machine(random, [0.42, 0.55], [0.32, 0.45], [0.24, 0.36])
}

fn bread_maker(random: &mut Random) -> Design {
    machine(random, [0.3, 0.42], [0.24, 0.34], [0.28, 0.38])
}
