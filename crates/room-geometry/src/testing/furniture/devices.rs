//! Screens, lamps and household machines.

use super::{Design, Maker, closed};
use crate::testing::Random;

/// What stands on a low cabinet.
pub const TELEVISIONS: &[Maker] = &[television, central_foot, wide_feet, thick_set];

/// What hangs on a wall.
pub const WALL_SCREENS: &[Maker] = &[flat_on_wall, large_on_wall, arm_on_wall, whiteboard_screen];

/// What stands on a desk.
pub const MONITORS: &[Maker] = &[monitor, wide_monitor, all_in_one, monitor_on_post];

/// Lamps that stand on the floor.
pub const FLOOR_LAMPS: &[Maker] = &[
    super::floor_lamp,
    torchiere,
    arc_lamp,
    globe_lamp,
    tripod_lamp,
    reading_lamp,
    column_lamp,
    low_shade,
];

/// Lamps that stand on things.
pub const TABLE_LAMPS: &[Maker] = &[table_lamp, desk_lamp, mushroom_lamp, vase_lamp];

/// Lamps under the ceiling.
pub const CEILING_LAMPS: &[Maker] = &[
    super::ceiling_lamp,
    flush_lamp,
    bowl_lamp,
    globe_pendant,
    spots,
    linear_lamp,
    chandelier,
    cone_pendant,
];

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

fn torchiere(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.24, 0.4), random.between(1.6, 1.95));
    Design::new("lamp", [d, d, h])
        .disk([0.0; 2], 0.4 * d, [0.0, 0.03])
        .disk([0.0; 2], 0.015, [0.03, h - 0.1])
        .disk([0.0; 2], 0.5 * d, [h - random.between(0.06, 0.14), h])
}

fn arc_lamp(random: &mut Random) -> Design {
    let (reach, h) = (random.between(0.5, 1.0), random.between(1.6, 2.0));
    let shade = random.between(0.13, 0.22);
    let hang = h - random.between(0.2, 0.4);
    Design::new("lamp", [reach + 0.3, 0.4, h])
        .disk([-0.5 * reach, 0.0], 0.16, [0.0, 0.05])
        .with(
            [-0.5 * reach - 0.015, -0.015, 0.0],
            [-0.5 * reach + 0.015, 0.015, h],
        )
        .with([-0.5 * reach, -0.015, h - 0.03], [0.5 * reach, 0.015, h])
        .disk([0.5 * reach, 0.0], shade, [hang - 0.2, hang])
        .with(
            [0.5 * reach - 0.01, -0.01, hang],
            [0.5 * reach + 0.01, 0.01, h],
        )
        .fitted()
}

fn globe_lamp(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.12, 0.22), random.between(0.9, 1.6));
    Design::new("lamp", [2.0 * r, 2.0 * r, h])
        .disk([0.0; 2], random.between(0.1, 0.15).min(r), [0.0, 0.02])
        .disk([0.0; 2], 0.015, [0.02, h - 2.0 * r])
        .ball([0.0, 0.0, h - r], [r, r, r])
}

fn tripod_lamp(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.17, 0.26), random.between(1.3, 1.65));
    let (shade, spread) = (random.between(0.22, 0.35), random.between(0.2, 0.3));
    let mut design = Design::new("lamp", [2.0 * r, 2.0 * r, h]).disk([0.0; 2], r, [h - shade, h]);
    for i in 0..3 {
        let angle = f64::from(i) * std::f64::consts::TAU / 3.0;
        for k in 0..6 {
            let part = f64::from(k) / 6.0;
            let off = spread * (1.0 - part);
            let [x, y] = [off * angle.cos(), off * angle.sin()];
            let rise = (h - shade) / 6.0;
            let low = f64::from(k) * rise;
            design = design.with(
                [x - 0.015, y - 0.015, low],
                [x + 0.015, y + 0.015, low + rise],
            );
        }
    }
    design.fitted()
}

fn reading_lamp(random: &mut Random) -> Design {
    let (h, reach) = (random.between(1.2, 1.6), random.between(0.2, 0.4));
    Design::new("lamp", [reach + 0.2, 0.26, h])
        .disk([-0.5 * reach, 0.0], 0.13, [0.0, 0.025])
        .with(
            [-0.5 * reach - 0.012, -0.012, 0.0],
            [-0.5 * reach + 0.012, 0.012, h],
        )
        .with([-0.5 * reach, -0.012, h - 0.03], [0.5 * reach, 0.012, h])
        .disk([0.5 * reach, 0.0], 0.09, [h - 0.15, h])
        .fitted()
}

/// Shines over its whole height.
fn column_lamp(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.18, 0.35), random.between(0.9, 1.5));
    Design::new("lamp", [d, d, h])
        .disk([0.0; 2], 0.5 * d, [0.05, h])
        .disk([0.0; 2], 0.4 * d, [0.0, 0.05])
}

fn low_shade(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.4, 0.55), random.between(1.4, 1.7));
    let shade = random.between(0.3, 0.45);
    Design::new("lamp", [d, d, h])
        .disk([0.0; 2], 0.15, [0.0, 0.02])
        .disk([0.0; 2], 0.02, [0.02, h - shade])
        .disk([0.0; 2], 0.36 * d, [h - 0.5 * shade, h])
        .disk([0.0; 2], 0.5 * d, [h - shade, h - 0.5 * shade])
}

fn table_lamp(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.2, 0.36), random.between(0.35, 0.65));
    let shade = random.between(0.35, 0.5) * h;
    Design::new("lamp", [d, d, h])
        .disk([0.0; 2], 0.35 * d, [0.0, 0.03])
        .disk([0.0; 2], 0.02, [0.03, h - shade])
        .disk([0.0; 2], 0.5 * d, [h - shade, h])
}

fn desk_lamp(random: &mut Random) -> Design {
    let (h, reach) = (random.between(0.35, 0.55), random.between(0.2, 0.4));
    Design::new("lamp", [reach + 0.1, 0.16, h])
        .disk([-0.5 * reach, 0.0], 0.08, [0.0, 0.03])
        .with(
            [-0.5 * reach - 0.01, -0.01, 0.0],
            [-0.5 * reach + 0.01, 0.01, h],
        )
        .with(
            [-0.5 * reach, -0.01, h - 0.04],
            [0.5 * reach, 0.01, h - 0.02],
        )
        .disk([0.5 * reach, 0.0], 0.07, [h - 0.12, h])
        .fitted()
}

fn mushroom_lamp(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.13, 0.2), random.between(0.3, 0.5));
    Design::new("lamp", [2.0 * r, 2.0 * r, h])
        .disk([0.0; 2], 0.5 * r, [0.0, 0.5 * h])
        .ball([0.0, 0.0, 0.7 * h], [r, r, 0.3 * h])
}

fn vase_lamp(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.25, 0.4), random.between(0.45, 0.7));
    Design::new("lamp", [d, d, h])
        .ball([0.0, 0.0, 0.25 * h], [0.3 * d, 0.3 * d, 0.25 * h])
        .disk([0.0; 2], 0.5 * d, [0.6 * h, h])
}

/// A disk under the ceiling.
fn flush_lamp(random: &mut Random) -> Design {
    let (d, h) = (random.between(0.3, 0.6), random.between(0.1, 0.18));
    Design::new("lamp", [d, d, h]).disk([0.0; 2], 0.5 * d, [0.0, h])
}

fn bowl_lamp(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.18, 0.3), random.between(0.3, 0.6));
    Design::new("lamp", [2.0 * r, 2.0 * r, h])
        .ball([0.0, 0.0, 0.1], [r, r, 0.1])
        .disk([0.0; 2], 0.015, [0.1, h])
}

fn globe_pendant(random: &mut Random) -> Design {
    let r = random.between(0.14, 0.28);
    let h = 2.0 * r + random.between(0.2, 0.9);
    Design::new("lamp", [2.0 * r, 2.0 * r, h])
        .ball([0.0, 0.0, r], [r, r, r])
        .disk([0.0; 2], 0.008, [2.0 * r, h])
}

/// A bar with spots.
fn spots(random: &mut Random) -> Design {
    let (l, h) = (random.between(0.6, 1.3), random.between(0.15, 0.25));
    let a = 0.5 * l;
    let mut design = Design::new("lamp", [l, 0.12, h]).with([-a, -0.03, h - 0.04], [a, 0.03, h]);
    for x in [-0.8 * a, 0.0, 0.8 * a] {
        design = design.disk([x, 0.0], 0.05, [0.0, h - 0.04]);
    }
    design.fitted()
}

/// A long one, as over dining tables and in offices.
fn linear_lamp(random: &mut Random) -> Design {
    let [l, w, h] = [
        random.between(0.9, 1.6),
        random.between(0.08, 0.25),
        random.between(0.25, 0.9),
    ];
    let (a, b) = (0.5 * l, 0.5 * w);
    Design::new("lamp", [l, w, h])
        .with([-a, -b, 0.0], [a, b, random.between(0.05, 0.1)])
        .with([-0.7 * a, -0.005, 0.05], [-0.7 * a + 0.01, 0.005, h])
        .with([0.7 * a, -0.005, 0.05], [0.7 * a + 0.01, 0.005, h])
}

fn chandelier(random: &mut Random) -> Design {
    let (r, h) = (random.between(0.25, 0.42), random.between(0.4, 0.9));
    let mut design = Design::new("lamp", [2.0 * r, 2.0 * r, h]).disk([0.0; 2], 0.02, [0.1, h]);
    for i in 0..6 {
        let angle = f64::from(i) * std::f64::consts::TAU / 6.0;
        let [x, y] = [0.8 * r * angle.cos(), 0.8 * r * angle.sin()];
        design = design
            .bar([0.0; 2], angle, 0.8 * r, 0.02, [0.1, 0.12])
            .disk([x, y], 0.05, [0.1, 0.25]);
    }
    design.fitted()
}

fn cone_pendant(random: &mut Random) -> Design {
    let (r, shade) = (random.between(0.15, 0.3), random.between(0.18, 0.35));
    let h = shade + random.between(0.3, 1.0);
    Design::new("lamp", [2.0 * r, 2.0 * r, h])
        .disk([0.0; 2], r, [0.0, 0.3 * shade])
        .disk([0.0; 2], 0.75 * r, [0.3 * shade, 0.65 * shade])
        .disk([0.0; 2], 0.4 * r, [0.65 * shade, shade])
        .disk([0.0; 2], 0.007, [shade, h])
}

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
