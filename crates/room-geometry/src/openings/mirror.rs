//! Mirrors are no windows.
//!
//! What is seen in a mirror lies behind the wall as far as it truly lies before it: thrown back, the
//! points behind fall onto those of the room.

use std::collections::BTreeSet;

use crate::interior::{Interior, WallPoint};
use crate::model::{Opening, Wall};

/// How far behind and before the wall points are compared, meters.
const REACH: [f64; 2] = [0.4, 6.0];
/// Side of the cubes that are compared, meters.
const SIDE: f64 = 0.1;
/// Levels go on behind every window: floor and ceiling say nothing, meters.
const LEVELS: f64 = 0.2;
/// With fewer cubes behind nothing is said.
const LEAST: usize = 12;
/// This part of a mirror's cubes is in the room as well.
const ALIKE: f64 = 0.6;

type Place = [i32; 3];

/// Whether what is behind an opening is the image of the room before it.
pub fn is_mirror(interior: &Interior, wall: &Wall, opening: &Opening, height: Option<f64>) -> bool {
    let ceiling = height.unwrap_or(f64::MAX) - LEVELS;
    let mut behind = BTreeSet::new();
    let mut before = BTreeSet::new();
    let (from, to) = (opening.offset, opening.offset + opening.width);
    for point in interior.near_wall(wall, REACH[1], REACH[1]) {
        if point.height < LEVELS || point.height > ceiling {
            continue;
        }
        let [x, y, z] = cube(&point);
        if point.depth > REACH[0] {
            // A cube's neighbors hold the same thing when both scatter.
            for place in (-1..=1).flat_map(|i| (-1..=1).map(move |j| [x + i, y + j, z])) {
                before.insert(place);
            }
        } else if point.depth < -REACH[0] && point.along > from - 1.0 && point.along < to + 1.0 {
            behind.insert([x, -1 - y, z]);
        }
    }
    let alike = behind.intersection(&before).count();
    behind.len() >= LEAST && alike as f64 > ALIKE * behind.len() as f64
}

fn cube(point: &WallPoint) -> Place {
    [point.along, point.depth, point.height].map(|at| (at / SIDE).floor() as i32)
}
