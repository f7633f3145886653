//! Ways to part a cluster of several things that touch.
//!
//! Each gives parts that hold the cluster's points, but for crumbs. Whether they are better than the whole is
//! decided in `tree`.

mod plane;
mod rim;
mod stand;

use crate::clusters::{Point, finer};

/// Fewer points are not parted.
const LEAST_POINTS: usize = 60;
/// A part has at least so many points.
const LEAST_PART: usize = 20;
/// Of cells this much finer parts come apart that only nearly touch.
const FINER: f64 = 0.6;

/// All ways to part a cluster, found with cells of the given side.
pub fn ways(points: &[Point], turn: f64, side: f64, cell: f64) -> Vec<Vec<Vec<Point>>> {
    if points.len() < LEAST_POINTS {
        return Vec::new();
    }
    let mut ways = Vec::new();
    ways.extend(sizable(finer(points, cell)));
    ways.extend(stand::parts(points, side));
    ways.extend(rim::parts(points, side, cell));
    ways.extend(plane::parts(points, turn));
    let narrow = (FINER * cell).max(1.8 * side);
    if narrow < 0.9 * cell {
        ways.extend(sizable(finer(points, narrow)));
    }
    ways
}

/// Parts with enough points; none if that is only one. The rest goes to none of them: it is noise.
fn sizable(mut parts: Vec<Vec<Point>>) -> Option<Vec<Vec<Point>>> {
    parts.retain(|part| part.len() >= LEAST_PART);
    (parts.len() > 1).then_some(parts)
}
