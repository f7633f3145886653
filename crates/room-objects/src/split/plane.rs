//! Things beside each other, parted by an upright plane.
//!
//! Of all planes along and across the cluster's box the one counts that leaves the two smallest
//! boxes: a low thing beside a high one, or a gap between two, leaves much less than the whole.

use super::sizable;
use crate::clusters::Point;
use crate::fit::{percentile, turned};

/// Steps in which planes are tried, meters.
const STEP: f64 = 0.04;
/// Both boxes together may have this part of the whole's volume.
const MOST: f64 = 0.9;
/// Neither part is thinner than this, meters.
const THINNEST: f64 = 0.12;
/// Cells with fewer points are strays.
const LEAST_IN_BIN: usize = 3;
/// More planes than this are not tried.
const MOST_BINS: usize = 400;

/// Lowest and highest place across and over the height.
#[derive(Clone, Copy)]
struct Span {
    across: [f64; 2],
    height: [f64; 2],
}

impl Span {
    fn with(self, other: Self) -> Self {
        let join = |a: [f64; 2], b: [f64; 2]| [a[0].min(b[0]), a[1].max(b[1])];
        Self {
            across: join(self.across, other.across),
            height: join(self.height, other.height),
        }
    }

    fn area(&self) -> f64 {
        // What begins near the floor stands on it.
        let low = if self.height[0] < 0.35 {
            0.0
        } else {
            self.height[0]
        };
        (self.across[1] - self.across[0]).max(0.03) * (self.height[1] - low).max(0.03)
    }
}

/// The best two parts, along either axis of the box.
pub fn parts(points: &[Point], turn: f64) -> Vec<Vec<Vec<Point>>> {
    [0, 1]
        .into_iter()
        .filter_map(|axis| {
            let at = cut(points, turn, axis)?;
            let (left, right) = points
                .iter()
                .copied()
                .partition(|point| along(point, turn)[axis] < at);
            sizable(vec![left, right])
        })
        .collect()
}

fn along(point: &Point, turn: f64) -> [f64; 2] {
    turned([f64::from(point[0]), f64::from(point[1])], turn)
}

fn cut(points: &[Point], turn: f64, axis: usize) -> Option<f64> {
    let mut places: Vec<f64> = points
        .iter()
        .map(|point| along(point, turn)[axis])
        .collect();
    let (low, high) = (
        percentile(&mut places, 0.005),
        percentile(&mut places, 0.995),
    );
    let count = ((high - low) / STEP) as usize + 1;
    if !(high - low > 2.0 * THINNEST && count <= MOST_BINS) {
        return None;
    }
    let mut bins: Vec<[Vec<f64>; 2]> = vec![[Vec::new(), Vec::new()]; count];
    for point in points {
        let place = along(point, turn);
        let bin = ((place[axis] - low) / STEP).max(0.0) as usize;
        let [across, height] = &mut bins[bin.min(count - 1)];
        across.push(place[1 - axis]);
        height.push(f64::from(point[2]));
    }
    let spans: Vec<Option<Span>> = bins.iter_mut().map(span).collect();
    let left = volumes(spans.iter());
    let mut right = volumes(spans.iter().rev());
    right.reverse();
    let whole = left.last().copied()?;
    let thin = (THINNEST / STEP) as usize;
    let best = (thin..count.saturating_sub(thin))
        .map(|at| (left[at - 1] + right[at], at))
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 < MOST * whole).then_some(low + best.1 as f64 * STEP)
}

fn span([across, height]: &mut [Vec<f64>; 2]) -> Option<Span> {
    (across.len() >= LEAST_IN_BIN).then(|| Span {
        across: [percentile(across, 0.03), percentile(across, 0.97)],
        height: [percentile(height, 0.03), percentile(height, 0.97)],
    })
}

/// The volume of the box of all bins up to each, from the first to the last that holds something.
fn volumes<'a>(spans: impl Iterator<Item = &'a Option<Span>>) -> Vec<f64> {
    let mut held: Option<(Span, usize)> = None;
    let mut volume = 0.0;
    spans
        .enumerate()
        .map(|(index, span)| {
            if let Some(span) = span {
                let (whole, first) =
                    held.map_or((*span, index), |(whole, first)| (whole.with(*span), first));
                held = Some((whole, first));
                volume = whole.area() * (index + 1 - first) as f64 * STEP;
            }
            volume
        })
        .collect()
}
