//! The kinds of rooms on which the accuracy is measured.

use std::f64::consts::TAU;

use crate::polygon;
use crate::vector::Vec3;

use super::{Clutter, Doorway, Echo, Mirror, Podium, Random, Room};

/// A name, and the room that a seed gives.
pub type Case = (&'static str, fn(u64) -> Room);

/// Kinds of rooms by name, each from a seed: what the accuracy is measured on.
pub const CASES: [Case; 27] = [
    ("clean rectangles", |seed| varied(seed, 0)),
    ("rectangles, furnished", |seed| harder(varied(seed, 0), 6)),
    ("L, furnished", |seed| harder(varied(seed, 1), 6)),
    ("T, furnished", |seed| harder(varied(seed, 2), 6)),
    ("U, furnished", |seed| harder(varied(seed, 3), 6)),
    ("any angle, furnished", |seed| harder(varied(seed, 4), 5)),
    ("10,000 points", |seed| {
        let mut room = harder(varied(seed, seed % 4), 4);
        room.points = 10_000;
        room
    }),
    ("y up", |seed| {
        let mut room = harder(varied(seed, seed % 4), 6);
        room.up = [0.0, 1.0, 0.0];
        room
    }),
    ("tilted", |seed| {
        let mut room = harder(varied(seed, seed % 4), 6);
        let mut random = Random(seed);
        room.up = [0, 1, 2].map(|_: usize| random.normal(1.0));
        room
    }),
    ("no ceiling", |seed| {
        let mut room = harder(varied(seed, seed % 4), 6);
        room.ceiling = false;
        room
    }),
    ("a door into another room", |seed| {
        let mut room = harder(varied(seed, seed % 2), 5);
        room.doorway = Some(Doorway {
            wall: (seed % 4) as usize,
            offset: 0.4,
            size: [0.9, 2.0],
            depth: 3.0,
        });
        room
    }),
    ("holes and drift", |seed| {
        let mut room = harder(varied(seed, seed % 4), 6);
        let mut random = Random(seed);
        room.drift = random.between(0.002, 0.01);
        for _ in 0..6 {
            let place = [
                random.between(0.0, 5.0),
                random.between(0.0, 4.0),
                random.between(0.0, room.height),
            ];
            room.holes.push((place, random.between(0.2, 0.6)));
        }
        room
    }),
    ("drift", |seed| {
        let mut room = harder(varied(seed, seed % 4), 5);
        let mut random = Random(seed ^ 0xD41F);
        room.drift = random.between(0.003, 0.012);
        let (length, heading) = (random.between(5.0, 14.0), random.between(0.0, TAU));
        room.wave = [
            random.between(0.0, TAU),
            TAU / length * heading.cos(),
            TAU / length * heading.sin(),
        ];
        room
    }),
    ("seen twice", |seed| {
        let mut room = harder(varied(seed, seed % 2), 4);
        let mut random = Random(seed ^ 0xEC40);
        let mut off = || random.between(0.015, 0.04) * if random.chance(0.5) { 1.0 } else { -1.0 };
        let shift = [off(), off(), 0.0];
        room.echo = Some(Echo {
            part: random.between(0.3, 0.6),
            from: random.between(0.2, 0.5) * room.sides()[0],
            shift,
            turn: random.normal(0.002),
        });
        room
    }),
    ("gable", |seed| under_a_roof(seed, gable)),
    ("one slope", |seed| under_a_roof(seed, lean_to)),
    ("slope beside a flat ceiling", |seed| {
        under_a_roof(seed, half_slope)
    }),
    ("podium", |seed| {
        let mut room = varied(seed, 0);
        let mut random = Random(seed ^ 0x90D1);
        let [a, b] = [room.corners[2][0], room.corners[2][1]];
        let part = random.between(0.2, 0.42) * a;
        room.podiums.push(Podium {
            outline: vec![[a - part, 0.0], [a, 0.0], [a, b], [a - part, b]],
            height: random.between(0.12, 0.42),
        });
        let whole = std::mem::replace(
            &mut room.corners,
            vec![[0.0, 0.0], [a - part, 0.0], [a - part, b], [0.0, b]],
        );
        room = harder(room, 4);
        room.corners = whole;
        room
    }),
    ("columns", |seed| {
        let mut room = varied(seed, 0);
        let mut random = Random(seed ^ 0xC01A);
        let [a, b] = [room.corners[2][0], room.corners[2][1]];
        let side = random.between(0.25, 0.5);
        let places = if seed.is_multiple_of(2) {
            &[0.5][..]
        } else {
            &[0.33, 0.68][..]
        };
        for part in places {
            let center = [part * a, random.between(0.42, 0.58) * b];
            room.columns
                .push(around(center, [side, side * random.between(0.8, 1.3)]));
        }
        free(harder(room, 4))
    }),
    ("a thin wall", |seed| {
        let mut room = varied(seed, 0);
        let mut random = Random(seed ^ 0x7417);
        let [a, b] = [room.corners[2][0], room.corners[2][1]];
        let size = [random.between(0.09, 0.16), random.between(0.4, 0.55) * b];
        room.columns
            .push(around([random.between(0.4, 0.6) * a, 0.5 * b], size));
        free(harder(room, 4))
    }),
    ("niche", |seed| {
        let mut room = varied(seed, 0);
        let mut random = Random(seed ^ 0x41C4);
        let [a, b] = [room.corners[2][0], room.corners[2][1]];
        let (wide, deep) = (random.between(0.8, 1.8), random.between(0.3, 0.7));
        let from = random.between(0.4, a - wide - 0.4);
        room.corners = vec![
            [0.0, 0.0],
            [a, 0.0],
            [a, b],
            [from + wide, b],
            [from + wide, b + deep],
            [from, b + deep],
            [from, b],
            [0.0, b],
        ];
        harder(room, 5)
    }),
    ("bay", |seed| {
        let mut room = varied(seed, 0);
        let mut random = Random(seed ^ 0xBA11);
        let [a, b] = [room.corners[2][0], room.corners[2][1]];
        let (wide, deep) = (random.between(1.8, a - 1.2), random.between(0.5, 0.8));
        let from = 0.5 * (a - wide);
        room.corners = vec![
            [0.0, 0.0],
            [a, 0.0],
            [a, b],
            [from + wide, b],
            [from + wide - deep, b + deep],
            [from + deep, b + deep],
            [from, b],
            [0.0, b],
        ];
        harder(room, 4)
    }),
    ("wardrobes", |seed| {
        let mut room = harder(varied(seed, 0), 3);
        let mut random = Random(seed ^ 0x3A4D);
        for wall in [0, 2] {
            let (a, along, length) = room.wall(wall).unwrap_or_default();
            let long = random.between(1.0, 2.2);
            let at = random.between(0.5 * long + 0.05, length - 0.5 * long - 0.05);
            let off = 0.32;
            room.clutter.push(Clutter {
                center: [
                    a[0] + along[0] * at - along[1] * off,
                    a[1] + along[1] * at + along[0] * off,
                ],
                size: [long, 0.6, room.height - random.between(0.05, 0.2)],
                turn: along[1].atan2(along[0]),
            });
        }
        room
    }),
    ("mirror", |seed| {
        let mut room = harder(varied(seed, seed % 2), 4);
        let mut random = Random(seed ^ 0x3144);
        let wide = random.between(0.6, 1.6);
        room.mirrors.push(Mirror {
            wall: (seed % 4) as usize,
            along: [0.6, 0.6 + wide],
            up: [random.between(0.05, 0.9), random.between(1.8, 2.1)],
        });
        room
    }),
    ("outer faces", |seed| {
        let mut room = harder(varied(seed, seed % 2), 4);
        let mut random = Random(seed ^ 0x0FAC);
        room.outer_faces = vec![
            (0, random.between(0.08, 0.3)),
            (3, random.between(0.08, 0.3)),
        ];
        room
    }),
    ("a wide passage", |seed| {
        let mut room = harder(varied(seed, seed % 2), 5);
        let mut random = Random(seed ^ 0xFA55);
        room.doorway = Some(Doorway {
            wall: (seed % 2) as usize,
            offset: 0.5,
            size: [random.between(1.4, 2.2), 2.05],
            depth: 3.0,
        });
        room.height = room.height.max(2.4);
        room
    }),
    ("half the walls", |seed| {
        let mut room = harder(varied(seed, 0), 4);
        room.missing_walls = vec![(seed % 4) as usize, ((seed + 1) % 4) as usize];
        room
    }),
];

/// A rectangle of the given size around a place.
fn around(center: [f64; 2], size: [f64; 2]) -> Vec<[f64; 2]> {
    [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]
        .iter()
        .map(|p| [center[0] + p[0] * size[0], center[1] + p[1] * size[1]])
        .collect()
}

/// Without the furniture that stands in or at a column.
fn free(mut room: Room) -> Room {
    let columns = room.columns.clone();
    room.clutter.retain(|piece| {
        let reach = 0.5 * piece.size[0].hypot(piece.size[1]) + 0.15;
        columns.iter().all(|column| {
            !polygon::contains(column, piece.center)
                && polygon::edges(column)
                    .all(|(a, b)| polygon::distance_to_edge(a, b, piece.center) > reach)
        })
    });
    room
}

/// A rectangle under sloped planes, with furniture below the knee walls.
fn under_a_roof(seed: u64, planes: fn(&mut Random, [f64; 2]) -> (f64, Vec<Vec3>)) -> Room {
    let mut room = varied(seed, 0);
    let mut random = Random(seed ^ 0x400F);
    let [a, b] = [room.corners[2][0], room.corners[2][1]];
    let (height, roof) = planes(&mut random, [a, b]);
    room.height = 1.2;
    room = harder(room, 4);
    room.height = height;
    room.roof = roof;
    room
}

/// Two slopes that meet above the middle.
fn gable(random: &mut Random, [_, b]: [f64; 2]) -> (f64, Vec<Vec3>) {
    let knee = random.between(0.8, 1.4);
    let rise = (random.between(0.45, 0.9) * 0.5 * b).max(1.0);
    let slope = rise / (0.5 * b);
    let planes = vec![[knee, 0.0, slope], [knee + slope * b, 0.0, -slope]];
    (knee + rise, planes)
}

fn lean_to(random: &mut Random, [_, b]: [f64; 2]) -> (f64, Vec<Vec3>) {
    let low = random.between(1.8, 2.2);
    let slope = random.between(0.15, 0.5);
    (low + slope * b, vec![[low, 0.0, slope]])
}

fn half_slope(random: &mut Random, [_, b]: [f64; 2]) -> (f64, Vec<Vec3>) {
    let knee = random.between(1.0, 1.5);
    let high = random.between(2.2, 2.7);
    let slope = (high - knee) / (random.between(0.3, 0.55) * b);
    (high, vec![[knee, 0.0, slope]])
}

fn varied(seed: u64, shape: u64) -> Room {
    let mut random = Random(seed.wrapping_mul(77) + shape);
    let height = random.between(2.2, 3.2);
    let (a, b) = (random.between(3.5, 7.5), random.between(2.8, 5.5));
    let mut room = match shape {
        0 => Room::rectangle(a, b, height),
        1 => {
            let notch = [random.between(0.9, a - 1.4), random.between(0.8, b - 1.3)];
            Room::l_shape(a, b, notch, height)
        }
        2 => {
            let stem = [random.between(1.5, a - 2.0), random.between(1.0, 3.0)];
            Room::t_shape([a, random.between(1.8, 3.5)], stem, height)
        }
        3 => {
            let (length, width) = (a + 1.5, b + 0.5);
            let bay = [
                random.between(0.9, length - 3.0),
                random.between(0.8, width - 1.5),
            ];
            Room::u_shape(length, width, bay, height)
        }
        _ => {
            let (c, d) = (random.between(0.8, 2.0), random.between(0.8, 1.8));
            let corners = [[0.0, 0.0], [a, 0.0], [a, b - d], [a - c, b], [0.0, b]];
            Room::new(&corners, height)
        }
    };
    room.turn = random.between(0.0, 6.2);
    room.shift = [0, 1, 2].map(|_: usize| random.between(-20.0, 20.0));
    room.seed = seed;
    as_scanned(room)
}

fn harder(mut room: Room, clutter: usize) -> Room {
    let mut random = Random(room.seed ^ 0xABCD);
    room.noise = random.between(0.005, 0.02);
    room.outliers = random.between(0.0, 0.1);
    as_scanned(room.furnished(clutter))
}

/// What no scanner is free of, however little its points scatter: a scale of its own, and surfaces
/// that lie a little off as a whole, by their material and by the angle at which they were seen.
fn as_scanned(mut room: Room) -> Room {
    let mut random = Random(room.seed ^ 0x5CA1E);
    room.scale = 1.0 + random.normal(0.0005);
    room.bias = (0.12 * room.noise).hypot(0.002);
    room
}
