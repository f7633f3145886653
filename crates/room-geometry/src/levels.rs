//! Floor and ceiling.

use crate::roof;
use crate::upright::{Facet, Upright};

const BIN: f64 = 0.02;
/// Nobody stands upright in less; a surface this close to the floor is a table.
const MIN_STOREY: f64 = 1.6;
/// A level has at least this part of the largest level's area.
const STRONG: f64 = 0.22;
/// Half of the band around a level in which its points lie, meters.
const BAND: f64 = 0.10;

/// More points than this in a facet say no more of its place.
const MANY: f64 = 6.0;

/// A horizontal plane, nearly: `height = offset + slope . (x, y)`.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    pub offset: f64,
    pub slope: [f64; 2],
    /// Root mean square distance of the facets from it, meters.
    pub noise: f64,
    /// Number of facets on it.
    pub facets: usize,
}

impl Level {
    pub fn height_at(&self, x: f64, y: f64) -> f64 {
        self.offset + self.slope[0] * x + self.slope[1] * y
    }
}

/// The levels that bound a room.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    pub floor: Option<Level>,
    pub ceiling: Option<Level>,
    /// Heights between which the room's surfaces lie, with or without floor and ceiling.
    pub bottom: f64,
    pub top: f64,
    /// The planes of a ceiling of which parts slope; empty for a flat one.
    pub roof: Vec<Level>,
}

impl Levels {
    /// Where walls end at a place of the plan.
    pub fn top_at(&self, x: f64, y: f64) -> f64 {
        self.roof
            .iter()
            .map(|plane| plane.height_at(x, y))
            .fold(self.top, f64::min)
    }

    /// Whether anything of a ceiling was seen.
    pub fn has_ceiling(&self) -> bool {
        self.ceiling.is_some() || !self.roof.is_empty()
    }

    /// Looks for sloped parts of the ceiling.
    pub fn raise_roof(&mut self, scan: &Upright) {
        self.roof = roof::find(scan, self);
        if self.roof.is_empty() {
            return;
        }
        let is_flat = |plane: &&Level| plane.slope[0].hypot(plane.slope[1]) < 0.02;
        self.ceiling = self.roof.iter().find(is_flat).copied();
        let mut heights: Vec<f64> = scan
            .facets
            .iter()
            .filter(|facet| facet.planar)
            .map(|facet| facet.at)
            .filter(|[x, y, h]| {
                let near = |plane: &Level| (h - plane.height_at(*x, *y)).abs() < BAND;
                self.roof.iter().any(near)
            })
            .map(|at| at[2])
            .collect();
        heights.sort_unstable_by(f64::total_cmp);
        let last = heights.len().saturating_sub(1);
        if let Some(top) = heights.get(last - last / 200) {
            self.top = *top;
        }
    }
}

/// How well the scan stands upright already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// To some degrees.
    Roughly,
    /// So well that a level spans little height: a step of a hand's breadth is no part of it.
    Upright,
}

/// Finds floor and ceiling among the horizontal surfaces.
pub fn find(scan: &Upright, stand: Stand) -> Levels {
    let heights: Vec<(f64, f64)> = scan
        .facets
        .iter()
        .chain(&scan.sparse)
        .filter(|facet| facet.is_level())
        .map(|facet| (facet.at[2], facet.share))
        .collect();
    let (bottom, top) = extent(scan);
    let peaks = peaks(&heights);
    let most = peaks.iter().map(|peak| peak.1).fold(0.0, f64::max);
    let strong: Vec<f64> = peaks
        .iter()
        .filter(|peak| peak.1 >= STRONG * most && peak.1 >= 12.0)
        .map(|peak| peak.0)
        .collect();
    let (floor, ceiling) = match (strong.first(), strong.last()) {
        (Some(&low), Some(&high)) if high - low >= MIN_STOREY => (Some(low), Some(high)),
        // A single level is the floor unless nearly everything hangs below it.
        (Some(&low), Some(&high)) => {
            if (high - bottom) > (top - low) && top - high < 0.4 {
                (None, Some(high))
            } else {
                (Some(low), None)
            }
        }
        _ => (None, None),
    };
    let floor = floor.and_then(|at| fit(scan, at, stand));
    let ceiling = ceiling.and_then(|at| fit(scan, at, stand));
    let center = center(scan);
    let level_height = |level: &Level| level.height_at(center[0], center[1]);
    Levels {
        floor,
        ceiling,
        bottom: floor.as_ref().map_or(bottom, level_height),
        top: ceiling.as_ref().map_or(top, level_height),
        roof: Vec::new(),
    }
}

fn center(scan: &Upright) -> [f64; 2] {
    let mut sum = [0.0; 2];
    let mut count = 0.0f64;
    for facet in scan.facets.iter().filter(|facet| facet.planar) {
        sum[0] += facet.at[0];
        sum[1] += facet.at[1];
        count += 1.0;
    }
    sum.map(|v| v / count.max(1.0))
}

/// Where the walls begin and end: the middle 98 % of the upright facets.
fn extent(scan: &Upright) -> (f64, f64) {
    let mut heights: Vec<f64> = scan
        .facets
        .iter()
        .filter(|facet| facet.is_upright())
        .map(|facet| facet.at[2])
        .collect();
    heights.sort_unstable_by(f64::total_cmp);
    let last = heights.len().saturating_sub(1);
    let at = |index: usize| heights.get(index).copied().unwrap_or(0.0);
    (at(last / 100), at(last - last / 100))
}

/// Height and weight of the local maxima of the histogram of heights, from low to high.
fn peaks(heights: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let Some(lowest) = heights.iter().map(|height| height.0).reduce(f64::min) else {
        return Vec::new();
    };
    let highest = heights.iter().map(|height| height.0).fold(lowest, f64::max);
    let bins = ((highest - lowest) / BIN).min(50_000.0) as usize + 1;
    let mut counts = vec![0.0f64; bins];
    for (height, weight) in heights {
        counts[(((height - lowest) / BIN) as usize).min(bins - 1)] += weight;
    }
    let reach = (BAND / BIN) as usize / 2;
    let window = |bin: usize| -> f64 {
        let from = bin.saturating_sub(reach);
        counts[from..(bin + reach + 1).min(bins)].iter().sum()
    };
    let sums: Vec<f64> = (0..bins).map(window).collect();
    let is_peak = |bin: usize| {
        let from = bin.saturating_sub(2 * reach);
        let to = (bin + 2 * reach + 1).min(bins);
        sums[bin] > 0.0
            && sums[from..bin].iter().all(|&sum| sum < sums[bin])
            && sums[bin + 1..to].iter().all(|&sum| sum <= sums[bin])
    };
    (0..bins)
        .filter(|&bin| is_peak(bin))
        .map(|bin| (lowest + (bin as f64 + 0.5) * BIN, sums[bin]))
        .collect()
}

/// Fits the plane near the height `at` by least squares, three times with a narrower band.
fn fit(scan: &Upright, at: f64, stand: Stand) -> Option<Level> {
    let mut level = Level {
        offset: at,
        slope: [0.0; 2],
        noise: 0.0,
        facets: 0,
    };
    let bands = match stand {
        Stand::Roughly => [1.5, 1.0, 0.7],
        Stand::Upright => [0.8, 0.6, 0.5],
    };
    for band in bands.map(|part| part * BAND) {
        level = fit_once(scan, &level, band)?;
    }
    Some(level)
}

fn fit_once(scan: &Upright, level: &Level, band: f64) -> Option<Level> {
    let near: Vec<&Facet> = scan
        .facets
        .iter()
        .chain(&scan.sparse)
        .filter(|facet| {
            facet.is_level()
                && (facet.at[2] - level.height_at(facet.at[0], facet.at[1])).abs() < band
        })
        .collect();
    if near.len() < 6 {
        return None;
    }
    // By area: a scanner's points crowd below it.
    let weight = |facet: &Facet| facet.count.min(MANY) * facet.share;
    let mut mean = [0.0; 3];
    let mut total = 0.0;
    for facet in &near {
        let w = weight(facet);
        total += w;
        for (sum, value) in mean.iter_mut().zip(facet.at) {
            *sum += w * value;
        }
    }
    let mean = mean.map(|sum| sum / total);
    let [mut xx, mut yy, mut xy, mut xh, mut yh] = [0.0; 5];
    for facet in &near {
        let w = weight(facet);
        let [x, y, h] = [0, 1, 2].map(|i| facet.at[i] - mean[i]);
        xx += w * x * x;
        yy += w * y * y;
        xy += w * x * y;
        xh += w * x * h;
        yh += w * y * h;
    }
    let determinant = xx * yy - xy * xy;
    // A strip of floor says nothing of the slope across it.
    let slope = if determinant > 0.02 * xx * yy && xx.min(yy) > 0.04 * total {
        [
            (xh * yy - yh * xy) / determinant,
            (yh * xx - xh * xy) / determinant,
        ]
    } else {
        level.slope
    };
    let fitted = Level {
        offset: mean[2] - slope[0] * mean[0] - slope[1] * mean[1],
        slope,
        noise: 0.0,
        facets: near.len(),
    };
    let squares: f64 = near
        .iter()
        .map(|facet| {
            let d = facet.at[2] - fitted.height_at(facet.at[0], facet.at[1]);
            weight(facet) * d * d
        })
        .sum();
    Some(Level {
        noise: (squares / total).sqrt(),
        ..fitted
    })
}

/// The slope by which the upward direction is off, from floor and ceiling.
///
/// Where the two disagree by more than a degree one of them slopes in truth, and the floor counts,
/// unless it is uneven: then it was fitted over a step.
pub fn slope(levels: &Levels) -> Option<[f64; 2]> {
    match (&levels.floor, &levels.ceiling) {
        (Some(floor), Some(ceiling)) => {
            let apart = [0, 1].map(|i| (floor.slope[i] - ceiling.slope[i]).abs());
            if apart.iter().any(|&a| a > 0.018) {
                let uneven = floor.noise > 2.0 * ceiling.noise + 0.005;
                return Some(if uneven { ceiling.slope } else { floor.slope });
            }
            let (f, c) = (floor.facets as f64, ceiling.facets as f64);
            Some([0, 1].map(|i| (floor.slope[i] * f + ceiling.slope[i] * c) / (f + c)))
        }
        (Some(level), None) | (None, Some(level)) => Some(level.slope),
        (None, None) => None,
    }
}
