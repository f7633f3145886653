//! What stands on a table or a sideboard, parted from it.

use super::sizable;
use crate::clusters::Point;
use crate::fit::percentile;

/// Sides of the columns over the plan and of the layers over the height, meters.
const COLUMN: f64 = 0.07;
const LAYER: f64 = 0.04;
/// What ends less than this above a surface belongs to it, meters.
const CLEAR: f64 = 0.08;
/// A thing that stands on another is at least so high, meters.
const LEAST_HEIGHT: f64 = 0.14;
/// What stands on the cluster's surface, and the rest.
pub fn parts(points: &[Point], side: f64) -> Option<Vec<Vec<Point>>> {
    let plan = Plan::new(points, COLUMN.max(2.0 * side))?;
    let cut = plan.cut(points)?;
    let (above, below) = points
        .iter()
        .copied()
        .partition(|point| f64::from(point[2]) > cut);
    sizable(vec![below, above])
}

/// A cluster's columns.
struct Plan {
    side: f64,
    low: [f64; 2],
    size: [usize; 2],
    bottom: f64,
    layers: usize,
}

/// What a column holds.
#[derive(Clone, Copy)]
struct Column {
    any: bool,
    highest: f64,
}

impl Plan {
    fn new(points: &[[f32; 3]], side: f64) -> Option<Self> {
        let range = |axis: usize| {
            points
                .iter()
                .map(|point| f64::from(point[axis]))
                .fold([f64::MAX, f64::MIN], |[low, high], v| {
                    [low.min(v), high.max(v)]
                })
        };
        let [x, y, z] = [range(0), range(1), range(2)];
        let count = |[low, high]: [f64; 2], side: f64| ((high - low) / side) as usize + 1;
        let plan = Self {
            side,
            low: [x[0], y[0]],
            size: [count(x, side), count(y, side)],
            bottom: z[0],
            layers: count(z, LAYER),
        };
        let cells = plan.size[0] as f64 * plan.size[1] as f64 * plan.layers as f64;
        (cells < 8e6).then_some(plan)
    }

    fn column(&self, point: [f32; 3]) -> usize {
        let [x, y] = [0, 1].map(|axis| {
            let at = (f64::from(point[axis]) - self.low[axis]) / self.side;
            (at as usize).min(self.size[axis] - 1)
        });
        x * self.size[1] + y
    }

    /// The height between a surface and what stands on it.
    fn cut(&self, points: &[[f32; 3]]) -> Option<f64> {
        let surface = self.surface(points)?;
        let empty = Column {
            any: false,
            highest: f64::NEG_INFINITY,
        };
        let mut columns = vec![empty; self.size[0] * self.size[1]];
        for point in points {
            let column = &mut columns[self.column(*point)];
            let height = f64::from(point[2]);
            column.any = true;
            column.highest = column.highest.max(height);
        }
        let all = columns.iter().filter(|column| column.any).count() as f64;
        let is_above = |column: &&Column| column.highest > surface + CLEAR;
        let mut heights: Vec<f64> = columns
            .iter()
            .filter(is_above)
            .map(|column| column.highest)
            .collect();
        let part = heights.len() as f64 / all;
        if heights.is_empty() || part > 0.5 {
            return None;
        }
        let height = percentile(&mut heights, 0.9) - surface;
        if height < LEAST_HEIGHT {
            return None;
        }
        Some(surface + 0.035)
    }

    /// The height of the surface that covers most of the plan, if one covers enough of it.
    fn surface(&self, points: &[[f32; 3]]) -> Option<f64> {
        let columns = self.size[0] * self.size[1];
        let mut filled = vec![false; columns * self.layers];
        let mut any = vec![false; columns];
        for point in points {
            let layer = ((f64::from(point[2]) - self.bottom) / LAYER) as usize;
            let column = self.column(*point);
            filled[layer.min(self.layers - 1) * columns + column] = true;
            any[column] = true;
        }
        let all = any.iter().filter(|any| **any).count();
        // Two layers together, as a surface may lie on the border of them.
        let covered = |layer: usize| {
            let next = (layer + 1).min(self.layers - 1);
            (0..columns)
                .filter(|column| {
                    filled[layer * columns + column] || filled[next * columns + column]
                })
                .count()
        };
        let mut best = (0, 0);
        for layer in 0..self.layers {
            let cells = covered(layer);
            // Of the two pairs that hold a surface the upper one.
            if cells > 0 && cells >= best.1 {
                best = (layer, cells);
            }
        }
        if (best.1 as f64) < 0.55 * all as f64 {
            return None;
        }
        let (from, to) = (best.0 as f64 * LAYER, (best.0 + 2) as f64 * LAYER);
        let mut heights: Vec<f64> = points
            .iter()
            .map(|point| f64::from(point[2]) - self.bottom)
            .filter(|height| *height >= from && *height < to)
            .collect();
        (!heights.is_empty()).then(|| self.bottom + percentile(&mut heights, 0.5))
    }
}
