//! What stands around a level surface, parted from it.
//!
//! Chairs around a table touch its rim with their backs. Without the surface itself, what is left
//! falls apart: what lies within its outline carries it or stands on it, what reaches out of its
//! outline is something else.

use std::collections::BTreeMap;

use super::sizable;
use crate::clusters::{Point, finer};
use crate::fit::percentile;

/// Sides of the columns over the plan and of the layers over the height, meters.
const COLUMN: f64 = 0.06;
const LAYER: f64 = 0.035;
/// A surface to stand things on or sit around has at least this area, square meters.
const LEAST_AREA: f64 = 0.16;
/// And is this high, meters.
const HEIGHTS: [f64; 2] = [0.25, 1.2];
/// Points this far from the surface's middle belong to it, meters.
const THICK: f64 = 0.05;
/// With more of its points within the outline a part carries the surface.
const WITHIN: f64 = 0.6;
/// What reaches this far above the surface stands on it, meters.
const ABOVE: f64 = 0.12;

/// Seats are no wider than this, turned anyhow, meters.
const SEAT: f64 = 0.95;

type Place = (i32, i32);

/// The surface with what carries it, and each thing around it and on it.
pub fn parts(points: &[Point], side: f64, cell: f64) -> Option<Vec<Vec<Point>>> {
    let column = COLUMN.max(2.2 * side).max(0.8 * cell);
    let (plan, height) = surface(points, column)?;
    let place = |point: &Point| columns(point, column);
    let is_surface = |point: &Point| {
        (f64::from(point[2]) - height).abs() < THICK && plan.contains_key(&place(point))
    };
    let (mut own, rest): (Vec<Point>, Vec<Point>) =
        points.iter().copied().partition(|point| is_surface(point));
    let mut others = Vec::new();
    for part in finer(&rest, cell) {
        let within = part
            .iter()
            .filter(|point| plan.contains_key(&place(point)))
            .count() as f64
            / part.len() as f64;
        let mut heights: Vec<f64> = part.iter().map(|point| f64::from(point[2])).collect();
        let low = percentile(&mut heights, 0.1);
        let high = percentile(&mut heights, 0.95);
        let carries = within > WITHIN && high < height + ABOVE;
        if carries || (within > WITHIN && low < height - THICK) {
            own.extend(part);
        } else {
            others.push(part);
        }
    }
    let mut others = stacked(others);
    others.push(own);
    sizable(others)
}

/// Joins parts that lie one above the other: the surface's points were taken from between a seat and
/// its back.
fn stacked(parts: Vec<Vec<Point>>) -> Vec<Vec<Point>> {
    let mut joined: Vec<(Vec<Point>, [[f64; 2]; 2])> = Vec::new();
    for part in parts {
        let reach = reach(&part);
        let is_above = |other: &[[f64; 2]; 2]| {
            let [x, y] = [0, 1].map(|axis| {
                let both = reach[axis][1].min(other[axis][1]) - reach[axis][0].max(other[axis][0]);
                let width = |reach: &[f64; 2]| reach[1] - reach[0];
                let least = width(&reach[axis]).min(width(&other[axis])).max(0.02);
                let most = width(&reach[axis]).max(width(&other[axis]));
                both > 0.5 * least && most < SEAT
            });
            x && y
        };
        match joined.iter_mut().find(|(_, other)| is_above(other)) {
            Some((points, whole)) => {
                points.extend(part);
                for (whole, own) in whole.iter_mut().zip(reach) {
                    *whole = [whole[0].min(own[0]), whole[1].max(own[1])];
                }
            }
            None => joined.push((part, reach)),
        }
    }
    joined.into_iter().map(|(points, _)| points).collect()
}

/// The extent of a part along both axes of the plan.
fn reach(part: &[Point]) -> [[f64; 2]; 2] {
    [0, 1].map(|axis| {
        let mut places: Vec<f64> = part.iter().map(|point| f64::from(point[axis])).collect();
        [percentile(&mut places, 0.03), percentile(&mut places, 0.97)]
    })
}

fn columns(point: &Point, column: f64) -> Place {
    let at = |axis: usize| (f64::from(point[axis]) / column).floor() as i32;
    (at(0), at(1))
}

/// The largest level surface: its columns and its height.
fn surface(points: &[Point], column: f64) -> Option<(BTreeMap<Place, bool>, f64)> {
    let mut layers: BTreeMap<i32, BTreeMap<Place, bool>> = BTreeMap::new();
    for point in points {
        let height = f64::from(point[2]);
        if !(HEIGHTS[0]..=HEIGHTS[1]).contains(&height) {
            continue;
        }
        let layer = (height / LAYER).floor() as i32;
        // A surface may lie on the border of two layers.
        for layer in [layer, layer - 1] {
            let cells = layers.entry(layer).or_default();
            cells.insert(columns(point, column), false);
        }
    }
    let least = (LEAST_AREA / (column * column)).ceil() as usize;
    let mut best: Option<(i32, BTreeMap<Place, bool>)> = None;
    for (layer, cells) in layers {
        let largest = largest(cells);
        // Of two pairs of layers that hold a surface the upper one.
        let most = best.as_ref().map_or(least, |(_, held)| held.len());
        if largest.len() >= most {
            best = Some((layer, largest));
        }
    }
    let (layer, plan) = best?;
    let (low, high) = (f64::from(layer) * LAYER, f64::from(layer + 2) * LAYER);
    let mut heights: Vec<f64> = points
        .iter()
        .filter(|point| plan.contains_key(&columns(point, column)))
        .map(|point| f64::from(point[2]))
        .filter(|height| *height >= low && *height < high)
        .collect();
    Some((plan, percentile(&mut heights, 0.5)))
}

/// The largest part of cells that hang together, without what hangs on by less than two cells.
fn largest(mut cells: BTreeMap<Place, bool>) -> BTreeMap<Place, bool> {
    let all: Vec<Place> = cells.keys().copied().collect();
    let is_inner = |cells: &BTreeMap<Place, bool>, (x, y): Place| {
        // In some square of two by two cells.
        [(0, 0), (-1, 0), (0, -1), (-1, -1)].iter().any(|(dx, dy)| {
            [(0, 0), (1, 0), (0, 1), (1, 1)]
                .iter()
                .all(|(ex, ey)| cells.contains_key(&(x + dx + ex, y + dy + ey)))
        })
    };
    let kept: Vec<Place> = all.into_iter().filter(|at| is_inner(&cells, *at)).collect();
    cells = kept.iter().map(|at| (*at, false)).collect();
    let mut best = Vec::new();
    for start in kept {
        let mut open = vec![start];
        let mut part = Vec::new();
        while let Some((x, y)) = open.pop() {
            let Some(seen) = cells.get_mut(&(x, y)) else {
                continue;
            };
            if std::mem::replace(seen, true) {
                continue;
            }
            part.push((x, y));
            open.extend([(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]);
        }
        if part.len() > best.len() {
            best = part;
        }
    }
    best.into_iter().map(|at| (at, true)).collect()
}
