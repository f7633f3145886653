//! What lies below a place.

use crate::clusters::Point;
use crate::fit::Boxed;

/// Sides of the columns, and of their layers; meters.
const SIDE: f64 = 0.1;
const LAYER: f64 = 0.06;
const LAYERS: usize = 64;
/// More columns are not kept.
const MOST: f64 = 1e6;
/// What carries a piece ends this far below it at most, meters,
const BELOW: f64 = 0.16;
/// and this close, which may be the piece itself, does not count, meters,
const OWN: f64 = 0.06;
/// and lies below this part of it.
const CARRIED: f64 = 0.3;

/// Which layers of each column of the room hold points of clusters.
#[derive(Debug, Default)]
pub struct Columns {
    low: [f64; 2],
    size: [usize; 2],
    layers: Vec<u64>,
}

impl Columns {
    pub fn new(clusters: &[Vec<Point>]) -> Self {
        let points = || clusters.iter().flatten();
        let range = |axis: usize| {
            points().fold([f64::MAX, f64::MIN], |[low, high], point| {
                let at = f64::from(point[axis]);
                [low.min(at), high.max(at)]
            })
        };
        let ranges = [range(0), range(1)];
        let counts = ranges.map(|[low, high]| ((high - low) / SIDE).max(0.0) + 1.0);
        if counts[0] * counts[1] > MOST {
            return Self::default();
        }
        let size = counts.map(|count| count as usize);
        let mut columns = Self {
            low: [ranges[0][0], ranges[1][0]],
            size,
            layers: vec![0; size[0] * size[1]],
        };
        for point in points() {
            let [x, y, h] = point.map(f64::from);
            if let Some(index) = columns.index([x, y]) {
                columns.layers[index] |= 1 << layer(h);
            }
        }
        columns
    }

    fn index(&self, place: [f64; 2]) -> Option<usize> {
        let at = [0, 1].map(|axis| (place[axis] - self.low[axis]) / SIDE);
        let inside = at[0] >= 0.0 && at[1] >= 0.0;
        let [x, y] = at.map(|at| at as usize);
        (inside && x < self.size[0] && y < self.size[1]).then(|| x * self.size[1] + y)
    }

    /// Whether something ends right below a piece, under much of it.
    pub fn carries(&self, piece: &Boxed) -> bool {
        let from = layer(piece.low - BELOW);
        let to = layer(piece.low - OWN).max(from);
        let mask = (u64::MAX >> (LAYERS - 1 - (to - from))) << from;
        let sides = [piece.along, piece.across].map(|[low, high]| (low, high - low));
        let steps = sides.map(|(_, side)| ((side / SIDE) as usize).clamp(1, 40));
        let (mut all, mut any) = (0u32, 0u32);
        for i in 0..steps[0] {
            for j in 0..steps[1] {
                let part = [(i, 0), (j, 1)].map(|(step, axis)| {
                    let (low, side) = sides[axis];
                    low + side * (step as f64 + 0.5) / steps[axis] as f64
                });
                all += 1;
                let index = self.index(crate::fit::turned(part, -piece.turn));
                any += u32::from(index.is_some_and(|index| self.layers[index] & mask != 0));
            }
        }
        f64::from(any) >= CARRIED * f64::from(all)
    }
}

fn layer(height: f64) -> usize {
    ((height / LAYER).max(0.0) as usize).min(LAYERS - 1)
}
