//! The kinds of rooms on which the accuracy is measured.

use super::{Doorway, Random, Room};

/// A name, and the room that a seed gives.
pub type Case = (&'static str, fn(u64) -> Room);

/// Kinds of rooms by name, each from a seed: what the accuracy is measured on.
pub const CASES: [Case; 12] = [
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
];

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
    room
}

fn harder(mut room: Room, clutter: usize) -> Room {
    let mut random = Random(room.seed ^ 0xABCD);
    room.noise = random.between(0.005, 0.02);
    room.outliers = random.between(0.0, 0.1);
    room.furnished(clutter)
}
