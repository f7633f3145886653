//! The border of a candidate, edge by edge.

use super::edges::{self, Edge};
use super::raster::Raster;
use super::rectangle::Candidate;

/// Points of the reveal look like wall as far into the opening, as a part of the wall's band.
const BLUR: f64 = 0.6;

/// Left, right, lower and upper edge.
pub struct Outline {
    pub left: Edge,
    pub right: Edge,
    pub bottom: Edge,
    pub top: Edge,
}

impl Outline {
    pub fn width(&self) -> f64 {
        self.right.place - self.left.place
    }
}

/// Where exactly the wall ends around a candidate; points deeper than `deepest` are none of it.
pub fn outline(raster: &Raster, candidate: &Candidate, deepest: f64) -> Outline {
    let place = |axis: usize, index: usize| raster.low[axis] + index as f64 * raster.side;
    let low = [0, 1].map(|axis| place(axis, candidate.from[axis]));
    let high = [0, 1].map(|axis| place(axis, candidate.to[axis]));
    let blur = BLUR * raster.band.min(deepest);
    let on = |depth: f64| depth <= raster.band && depth >= -deepest;
    let across = |axis: usize| {
        let other = 1 - axis;
        let inset = 0.1 * (high[other] - low[other]);
        let (from, to) = (low[other] + inset, high[other] - inset);
        let places: Vec<f64> = raster
            .near
            .iter()
            .map(|point| point.map(f64::from))
            .filter(|point| on(point[2]) && point[other] > from && point[other] < to)
            .map(|point| point[axis])
            .collect();
        let inner = 0.15f64.min(0.3 * (high[axis] - low[axis]));
        let stray = places
            .iter()
            .filter(|at| **at > low[axis] + inner && **at < high[axis] - inner)
            .count();
        let density = stray as f64 / (high[axis] - low[axis] - 2.0 * inner).max(0.05);
        [
            edges::change(&places, low[axis], false, density, blur),
            edges::change(&places, high[axis], true, density, blur),
        ]
    };
    let [left, right] = across(0);
    let [bottom, top] = across(1);
    Outline {
        left,
        right,
        bottom,
        top,
    }
}
