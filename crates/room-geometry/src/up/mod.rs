//! Which way is up.
//!
//! Floors, ceilings and table tops are perpendicular to "up", walls are parallel to it. In a plain
//! box that holds for all three directions, so each candidate, either way around, is judged by
//! what else is known of rooms (`evidence`), and the likeliest is taken.

mod candidates;
mod evidence;

use crate::model::{Axis, Up};
use crate::patches::{Patch, Patches};
use crate::vector::{Vec3, norm, scale, sub, unit};
use evidence::Extent;

/// Cosine and sine of 10 degrees: how well a patch must match a direction.
const ALONG: f64 = 0.985;
const ACROSS: f64 = 0.174;
/// Cosine of 2 degrees: closer to an axis than this, the axis is reported.
const ON_AXIS: f64 = 0.99939;
/// Fewer flat patches than this say nothing.
const FEWEST: usize = 30;

/// The upward direction of a scan, or `None` when no surface gives one.
pub fn direction(patches: &Patches) -> Option<Vec3> {
    let solid: Vec<&Patch> = patches.items.iter().filter(|patch| patch.solid).collect();
    let flat: Vec<&Patch> = solid.iter().copied().filter(|patch| patch.planar).collect();
    if flat.len() < FEWEST {
        return None;
    }
    let mut best: Option<(f64, Vec3)> = None;
    for candidate in candidates::find(&flat) {
        for up in [candidate, scale(candidate, -1.0)] {
            let likelihood = Extent::new(up, &solid).likelihood(up, &solid);
            if best.is_none_or(|(most, _)| likelihood > most) {
                best = Some((likelihood, up));
            }
        }
    }
    best.map(|(_, up)| up)
}

/// What `up` is called in a result.
pub fn name(up: Vec3) -> Up {
    if up[0] >= ON_AXIS {
        Up::Axis(Axis::X)
    } else if up[1] >= ON_AXIS {
        Up::Axis(Axis::Y)
    } else if up[2] >= ON_AXIS {
        Up::Axis(Axis::Z)
    } else {
        Up::Direction(up)
    }
}

/// The unit vector that a name stands for.
pub fn vector(up: &Up) -> Vec3 {
    match up {
        Up::Axis(Axis::X) => [1.0, 0.0, 0.0],
        Up::Axis(Axis::Y) => [0.0, 1.0, 0.0],
        Up::Axis(Axis::Z) => [0.0, 0.0, 1.0],
        Up::Direction(direction) => *direction,
    }
}

/// Turns `up` so that it is the normal of the plane `height = slope . (x, y)`.
pub fn refine(up: Vec3, x: Vec3, y: Vec3, slope: [f64; 2]) -> Vec3 {
    let tilted = sub(sub(up, scale(x, slope[0])), scale(y, slope[1]));
    debug_assert!(norm(tilted) > 0.0);
    unit(tilted).unwrap_or(up)
}
