//! What speaks for a direction being upward.
//!
//! The weights are those of a conditional logit (McFadden 1974, "Conditional logit analysis of
//! qualitative choice behavior"), fitted over made-up rooms of two kinds of generators and over
//! phone, headset and laser scans, and rounded: a difference of one is a factor of e between the
//! odds of two directions.

use super::{ACROSS, ALONG};
use crate::patches::Patch;
use crate::vector::{Vec3, dot};

/// Part of the flat patches that are parallel or perpendicular to the direction.
const FIT: f64 = 5.0;
/// The slopes of a roof, which is above.
const ROOF: f64 = 9.5;
/// Floor and ceiling, and that they are a storey apart.
const BOTH_LEVELS: f64 = -3.0;
const STOREY: f64 = 9.7;
/// Only one of them. Scans miss the ceiling far more often than the floor.
const FLOOR_ALONE: f64 = 8.0;
const CEILING_ALONE: f64 = 5.5;
/// Part of the flat patches that lie on those levels: they are large in rooms.
const LEVELS: f64 = 5.0;
/// How much more lies in the lower half than in the upper: all that is between the levels, and
/// that without flat walls, which furniture hides below.
const LOWER_HALF: f64 = 4.0;
const LOWER_CLUTTER: f64 = 3.0;
/// Scanners know gravity, so that y or z is the vertical, nearly always upward. A level there is no
/// wall by chance.
const AXIS: f64 = 1.0;
const AXIS_WITH_LEVEL: f64 = 2.0;
const AXIS_UPWARD: f64 = 3.0;
/// How much of that holds for x, which no scanner is known to give.
const AXIS_X: f64 = 0.6;
/// Farther from the axes than this, gravity was not known, degrees.
const FARTHEST: f64 = 5.0;
/// Part of the flat patches that a level holds at least.
const LEAST_LEVEL: f64 = 0.02;
/// Height of the bins in which levels are looked for, meters.
const BIN: f64 = 0.04;
/// What is nearer to a level than this belongs to it, meters.
const NEAR: f64 = 0.15;
/// Patches in one half that make its weight certain.
const CERTAIN: f64 = 20.0;

/// What lies along a direction: its levels and its lower and upper end.
pub struct Extent {
    /// Part of the flat patches that are parallel or perpendicular to the direction.
    fit: f64,
    /// Of the flat patches the part that slopes in the upper half, less that in the lower one.
    roof: f64,
    /// Part of the flat patches that lie on floor and ceiling.
    share: f64,
    floor: bool,
    ceiling: bool,
    bottom: f64,
    top: f64,
}

struct Level {
    at: f64,
    weight: f64,
}

impl Extent {
    /// Finds the levels along `up`.
    pub fn new(up: Vec3, solid: &[&Patch]) -> Self {
        let mut along: Vec<f64> = Vec::new();
        let mut across: Vec<f64> = Vec::new();
        let mut sloped: Vec<f64> = Vec::new();
        for patch in solid.iter().filter(|patch| patch.planar) {
            let cosine = dot(patch.normal, up).abs();
            let height = dot(patch.position, up);
            if cosine > ALONG {
                along.push(height);
            } else if cosine < ACROSS {
                across.push(height);
            } else {
                sloped.push(height);
            }
        }
        let flat = (along.len() + across.len() + sloped.len()).max(1) as f64;
        let roof = roof(&along, &across, &sloped) / flat;
        let fit = (along.len() + across.len()) as f64 / flat;
        let (bottom, top) = spread(solid.iter().map(|patch| dot(patch.position, up)).collect());
        let mut extent = Self {
            fit,
            roof,
            share: 0.0,
            floor: false,
            ceiling: false,
            bottom,
            top,
        };
        if let Some((low, high)) = outer_levels(&along) {
            let middle = 0.5 * (bottom + top);
            if low.at < middle && low.weight >= LEAST_LEVEL * flat {
                extent.floor = true;
                extent.bottom = low.at;
                extent.share += low.weight / flat;
            }
            if high.at >= middle && high.weight >= LEAST_LEVEL * flat {
                extent.ceiling = true;
                extent.top = high.at;
                extent.share += high.weight / flat;
            }
        }
        extent
    }

    /// How likely it is that `up` is upward: the logarithm of odds.
    pub fn likelihood(&self, up: Vec3, solid: &[&Patch]) -> f64 {
        let level = match (self.floor, self.ceiling) {
            (true, true) => BOTH_LEVELS + STOREY * storey(self.top - self.bottom),
            (true, false) => FLOOR_ALONE * lone(self.top - self.bottom),
            (false, true) => CEILING_ALONE * lone(self.top - self.bottom),
            (false, false) => 0.0,
        };
        let (all, clutter) = self.lower_halves(up, solid);
        FIT * self.fit
            + ROOF * self.roof
            + level
            + LEVELS * self.share
            + LOWER_HALF * all
            + LOWER_CLUTTER * clutter
            + self.gravity(up)
    }

    /// What it counts that `up` is one of the scan's axes.
    fn gravity(&self, up: Vec3) -> f64 {
        let [x, y, z] = up;
        let (axis, trust) =
            [(z, 1.0), (y, 1.0), (x, AXIS_X)]
                .into_iter()
                .fold((0.0f64, 0.0), |best, axis| {
                    if axis.0.abs() > best.0.abs() {
                        axis
                    } else {
                        best
                    }
                });
        let degrees = axis.abs().min(1.0).acos().to_degrees();
        let near = 1.0 - (degrees / FARTHEST).powi(2);
        if near <= 0.0 {
            return 0.0;
        }
        let upward = if axis > 0.0 { AXIS_UPWARD } else { 0.0 };
        let level = (5.0 * self.share).min(1.0);
        trust * (upward + near * (AXIS + AXIS_WITH_LEVEL * level))
    }

    /// How much more lies in the lower half between the levels than in the upper, of all patches
    /// and of those that are no flat wall; each from -1 to 1.
    fn lower_halves(&self, up: Vec3, solid: &[&Patch]) -> (f64, f64) {
        let middle = 0.5 * (self.bottom + self.top);
        let mut all = [0.0; 2];
        let mut clutter = [0.0; 2];
        for patch in solid {
            let height = dot(patch.position, up);
            if height < self.bottom + NEAR || height > self.top - NEAR {
                continue;
            }
            let half = usize::from(height > middle);
            all[half] += 1.0;
            if !patch.planar || dot(patch.normal, up).abs() >= ACROSS {
                clutter[half] += 1.0;
            }
        }
        let lean = |[low, high]: [f64; 2]| (low - high) / (low + high + CERTAIN);
        (lean(all), lean(clutter))
    }
}

/// How much the distance of floor and ceiling looks like a storey, 0 to 1.
fn storey(height: f64) -> f64 {
    match height {
        h if h < 1.2 => 0.0,
        h if h < 2.1 => (h - 1.2) / 0.9,
        h if h < 2.9 => 1.0,
        h if h < 4.0 => 1.0 - 0.5 * (h - 2.9) / 1.1,
        h if h < 8.0 => 0.5 - 0.45 * (h - 4.0) / 4.0,
        _ => 0.05,
    }
}

/// How much the height of walls of which one end is open looks like a room's, 0 to 1: some were
/// scanned to the height of a person's chest only.
fn lone(height: f64) -> f64 {
    match height {
        h if h < 0.8 => 0.0,
        h if h < 3.5 => 1.0,
        h => (1.0 - (h - 3.5) / 3.0).max(0.0),
    }
}

/// How many more of the sloped patches lie in the upper half of the height than in the lower one:
/// those of a roof are all above.
fn roof(along: &[f64], across: &[f64], sloped: &[f64]) -> f64 {
    let heights = [along, across, sloped].concat();
    let (low, high) = spread(heights);
    let middle = 0.5 * (low + high);
    let above = sloped.iter().filter(|height| **height > middle).count() as f64;
    2.0 * above - sloped.len() as f64
}

/// The lowest and the highest height at which many of the patches lie.
fn outer_levels(heights: &[f64]) -> Option<(Level, Level)> {
    let lowest = heights.iter().copied().reduce(f64::min)?;
    let highest = heights.iter().copied().reduce(f64::max)?;
    let bins = ((highest - lowest) / BIN).min(20_000.0) as usize + 1;
    let mut counts = vec![0.0f64; bins + 2];
    for height in heights {
        let bin = ((height - lowest) / BIN) as usize;
        counts[bin.min(bins - 1) + 1] += 1.0;
    }
    let peaks: Vec<f64> = counts.windows(3).map(|three| three.iter().sum()).collect();
    let most = peaks.iter().copied().fold(0.0, f64::max);
    let strong = |weight: &f64| *weight >= 0.3 * most;
    let level = |bin: usize| {
        // Of a peak that spans bins, take the top of it.
        let around = bin.saturating_sub(1)..(bin + 2).min(peaks.len());
        let top = around.fold(bin, |best, i| if peaks[i] > peaks[best] { i } else { best });
        Level {
            at: lowest + (top as f64 + 0.5) * BIN,
            weight: peaks[top],
        }
    };
    let low = peaks.iter().position(strong)?;
    let high = peaks.iter().rposition(strong)?;
    Some((level(low), level(high)))
}

/// The heights between which the middle 96 % lie.
fn spread(mut heights: Vec<f64>) -> (f64, f64) {
    heights.sort_unstable_by(f64::total_cmp);
    let last = heights.len().saturating_sub(1);
    let at = |index: usize| heights.get(index).copied().unwrap_or(0.0);
    (at(last / 50), at(last - last / 50))
}
