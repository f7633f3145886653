//! Which way is up.
//!
//! Floors, ceilings and table tops are perpendicular to "up", walls are parallel to it. In a plain
//! box that holds for all three directions, so the candidates are also judged by what else is
//! known of rooms: two storey-high levels that bound everything, furniture that stands on the
//! lower one, and scanners that give y or z upward.

use crate::model::{Axis, Up};
use crate::patches::{Patch, Patches};
use crate::vector::{Vec3, add, dot, norm, scale, sub, unit};

/// Cosine and sine of 10 degrees: how well a patch must match a direction.
const ALONG: f64 = 0.985;
const ACROSS: f64 = 0.174;
/// Cosine of 1.5 degrees: a direction closer than this to another is the same candidate.
const SAME: f64 = 0.99966;
/// Cosine of 5 degrees: what is averaged for a mode at last, lest a slope beside it draws it over.
const NARROW: f64 = 0.9962;
/// Cosine of 2 degrees: closer to an axis than this, the axis is reported.
const ON_AXIS: f64 = 0.99939;
/// How much it counts that a direction is one of the scan's axes: rarely is a wall by chance, and
/// below sloped ceilings little else tells the floor from a gable.
const AXIS_TRUST: f64 = 1.0;
/// How much a patch of a roof counts for its upward direction, against one of floor and walls.
const ROOF: f64 = 0.8;
/// Patches that vote; more add nothing.
const SAMPLE: usize = 3000;
const BIN: f64 = 0.04;

/// The upward direction of a scan, or `None` when no surface gives one.
pub fn direction(patches: &Patches, hint: Option<Axis>) -> Option<Vec3> {
    let all: Vec<&Patch> = patches.items.iter().filter(|patch| patch.solid).collect();
    let planar: Vec<&Patch> = all.iter().copied().filter(|patch| patch.planar).collect();
    if planar.len() < 30 {
        return None;
    }
    let sample: Vec<&Patch> = strided(&planar, SAMPLE);
    let mut best: Option<(f64, Vec3)> = None;
    for candidate in candidates(&sample) {
        let profile = Profile::new(candidate, &all);
        let (sign, asymmetry) = profile.sign(candidate, hint);
        let up = scale(candidate, sign);
        let score = profile.fit * 2.0
            + profile.storey() * 1.5
            + profile.concentration * 0.5
            + profile.share
            + 0.4 * asymmetry
            + prior(up, hint)
            + AXIS_TRUST * profile.on_axis(up);
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, up));
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

/// Every n-th item, so that about `most` remain.
fn strided<'a>(items: &[&'a Patch], most: usize) -> Vec<&'a Patch> {
    let step = items.len().div_ceil(most).max(1);
    items.iter().copied().step_by(step).collect()
}

/// The scan's axes and the directions that most patches face, without doubles.
fn candidates(sample: &[&Patch]) -> Vec<Vec3> {
    let mut found: Vec<Vec3> = Vec::new();
    let mut left: Vec<&Patch> = sample.to_vec();
    for _ in 0..6 {
        let Some(mode) = strongest(&left) else { break };
        if supporters(&left, mode) * 50 < sample.len() {
            break;
        }
        found.push(mode);
        left.retain(|patch| dot(patch.normal, mode).abs() < 0.95);
    }
    for axis in [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]] {
        if found.iter().all(|mode| dot(*mode, axis).abs() < SAME) {
            found.push(axis);
        }
    }
    found
}

fn supporters(patches: &[&Patch], direction: Vec3) -> usize {
    patches
        .iter()
        .filter(|patch| dot(patch.normal, direction).abs() > ALONG)
        .count()
}

/// The normal with the most others near it, refined to their mean.
fn strongest(patches: &[&Patch]) -> Option<Vec3> {
    let mut best = (0, None);
    for seed in strided(patches, 150) {
        let votes = supporters(patches, seed.normal);
        if votes > best.0 {
            best = (votes, Some(seed.normal));
        }
    }
    let mut mode = best.1?;
    for alike in [ALONG, ALONG, NARROW, NARROW] {
        let mut sum = [0.0; 3];
        for patch in patches {
            let cosine = dot(patch.normal, mode);
            if cosine.abs() > alike {
                sum = add(sum, scale(patch.normal, cosine.signum()));
            }
        }
        mode = unit(sum).unwrap_or(mode);
    }
    Some(mode)
}

/// What lies along a candidate.
struct Profile {
    /// Part of the flat patches that are parallel or perpendicular to the candidate.
    fit: f64,
    /// Part of the patches facing the candidate that lie on its two outermost levels.
    concentration: f64,
    /// Part of the flat patches that lie on those levels: they are large in rooms.
    share: f64,
    low: Level,
    high: Level,
    /// Patches between the levels, in the lower and in the upper half.
    between: [f64; 2],
}

#[derive(Clone, Copy)]
struct Level {
    at: f64,
    weight: f64,
}

impl Profile {
    fn new(axis: Vec3, patches: &[&Patch]) -> Self {
        let mut along: Vec<f64> = Vec::new();
        let mut across: Vec<f64> = Vec::new();
        let mut sloped: Vec<f64> = Vec::new();
        let mut flat = 0.0;
        for patch in patches.iter().filter(|patch| patch.planar) {
            flat += 1.0;
            let cosine = dot(patch.normal, axis).abs();
            let height = dot(patch.position, axis);
            if cosine > ALONG {
                along.push(height);
            } else if cosine < ACROSS {
                across.push(height);
            } else {
                sloped.push(height);
            }
        }
        let roof = roof(&along, &across, &sloped);
        let fit = ((along.len() + across.len()) as f64 + ROOF * roof) / f64::max(flat, 1.0);
        let (low, high) = outer_levels(&along).unwrap_or_else(|| {
            let (low, high) = spread(&across);
            let none = |at| Level { at, weight: 0.0 };
            (none(low), none(high))
        });
        let concentration = if high.at - low.at > 0.5 {
            (low.weight + high.weight) / along.len().max(1) as f64
        } else {
            0.0
        };
        let share = (low.weight + high.weight) / f64::max(flat, 1.0);
        let mut profile = Self {
            fit,
            concentration,
            share,
            low,
            high,
            between: [0.0; 2],
        };
        profile.weigh_halves(axis, patches, &across);
        profile
    }

    /// Counts what lies between the levels. Walls have as much in both halves; furniture has its
    /// sides in the lower one. Without a second level the walls' extent stands in.
    fn weigh_halves(&mut self, axis: Vec3, patches: &[&Patch], across: &[f64]) {
        let (bottom, top) = spread(across);
        let low = self.low.at.min(bottom);
        let high = self.high.at.max(top);
        let middle = (low + high) / 2.0;
        for patch in patches {
            let height = dot(patch.position, axis);
            if height > low + 0.15 && height < high - 0.15 {
                self.between[usize::from(height > middle)] += 1.0;
            }
        }
        if self.high.at - self.low.at < 1.0 {
            self.lone_level(bottom, top);
        }
    }

    /// One level only: scans miss the ceiling far more often than the floor.
    fn lone_level(&mut self, bottom: f64, top: f64) {
        let at = self.low.at;
        if (at - bottom).abs() < (top - at).abs() {
            self.high = Level {
                at: top,
                weight: 0.0,
            };
        } else {
            self.low = Level {
                at: bottom,
                weight: 0.0,
            };
        }
    }

    /// How surely a direction is one of the scan's axes and no wall by chance, 0 to 1.
    fn on_axis(&self, up: Vec3) -> f64 {
        if is_axis(up) {
            (2.0 * self.share).min(1.0)
        } else {
            0.0
        }
    }

    /// How much the distance of the levels looks like a storey, 0 to 1.
    fn storey(&self) -> f64 {
        let height = self.high.at - self.low.at;
        match height {
            h if h < 1.2 => 0.0,
            h if h < 2.1 => (h - 1.2) / 0.9,
            h if h < 3.2 => 1.0,
            h if h < 8.0 => 1.0 - (h - 3.2) / 4.8 * 0.9,
            _ => 0.05,
        }
    }

    /// Whether the candidate or its opposite is up, and how clearly furniture says so.
    fn sign(&self, axis: Vec3, hint: Option<Axis>) -> (f64, f64) {
        let [low, high] = self.between;
        let mut lean = (8.0 * (low - high) / (low + high + 20.0)).clamp(-1.0, 1.0);
        let (floor, ceiling) = (self.low.weight, self.high.weight);
        if floor > 5.0 * ceiling {
            lean += 0.5;
        } else if ceiling > 5.0 * floor {
            lean -= 0.5;
        }
        let usual = prior(axis, hint) - prior(scale(axis, -1.0), hint);
        // Furniture also hides the lower parts of walls, so that only much more below than above
        // overrules what scanners usually give.
        let sign = if lean + 0.9 * usual >= 0.0 { 1.0 } else { -1.0 };
        (sign, lean.abs().min(1.0))
    }
}

/// Whether a direction is the scan's y or z, upward, within 2.5 degrees.
fn is_axis(up: Vec3) -> bool {
    up[1].max(up[2]) > 0.99905
}

/// What is known of scanners: nearly all give z or y upward, and never upside down.
fn prior(up: Vec3, hint: Option<Axis>) -> f64 {
    // Phones know gravity to a degree or two; a tripod may stand a little worse.
    let near = |axis: usize| -> f64 {
        match up[axis] {
            cosine if cosine > 0.9976 => 1.0,
            cosine if cosine > 0.985 => 0.4,
            _ => 0.0,
        }
    };
    let hinted = match hint {
        Some(Axis::X) => near(0),
        Some(Axis::Y) => near(1),
        Some(Axis::Z) => near(2),
        None => 0.0,
    };
    let usual = (0.5 * near(2)).max(0.5 * near(1)).max(0.2 * near(0));
    usual + 0.7 * hinted
}

/// How many of the sloped patches more lie in one half of the height than in the other: those of a
/// roof are all in the upper one.
fn roof(along: &[f64], across: &[f64], sloped: &[f64]) -> f64 {
    let mut heights = along.to_vec();
    heights.extend(across);
    heights.extend(sloped);
    let (low, high) = spread(&heights);
    let middle = 0.5 * (low + high);
    let above = sloped.iter().filter(|height| **height > middle).count() as f64;
    (2.0 * above - sloped.len() as f64).abs()
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
fn spread(heights: &[f64]) -> (f64, f64) {
    let mut sorted = heights.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
    (at(last / 50), at(last - last / 50))
}

/// Turns `up` so that it is the normal of the plane `height = slope . (x, y)`.
pub fn refine(up: Vec3, x: Vec3, y: Vec3, slope: [f64; 2]) -> Vec3 {
    let tilted = sub(sub(up, scale(x, slope[0])), scale(y, slope[1]));
    debug_assert!(norm(tilted) > 0.0);
    unit(tilted).unwrap_or(up)
}
