//! Whether a candidate is an opening, and which.

use super::edges::{self, Edge};
use super::raster::{Cell, Raster};
use super::rectangle::Candidate;
use crate::model::{Opening, OpeningKind, Wall};

/// Cells looked at beside a candidate.
const STRIP: usize = 3;
/// Lower than this a hole begins at the floor, meters.
const THRESHOLD: f64 = 0.25;
/// Doors, meters.
const DOOR_WIDTH: [f64; 2] = [0.58, 1.3];
const DOOR_TOP: [f64; 2] = [1.8, 2.45];
/// Windows at least, and where they end at least, meters.
const WINDOW: f64 = 0.35;
const WINDOW_TOP: f64 = 1.1;
/// Points of the reveal look like wall as far into the opening, as a part of the wall's band.
const BLUR: f64 = 0.6;
/// Wider is the end of the wall rather than a hole in it, meters.
const WIDEST: f64 = 6.0;

/// What the cells of a part of the face are, as parts of all.
#[derive(Debug, Clone, Copy, Default)]
struct Shares {
    cells: f64,
    wall: f64,
    recessed: f64,
    through: f64,
    hidden: f64,
}

/// How much wall was seen beyond each side of a candidate, 0 to 1; a half where nothing tells.
#[derive(Debug, Clone, Copy)]
struct Frame {
    left: f64,
    right: f64,
    below: f64,
    above: f64,
}

/// The opening that a candidate is, if it is one.
pub fn opening(
    raster: &Raster,
    candidate: &Candidate,
    index: usize,
    wall: &Wall,
) -> Option<Opening> {
    let inside = shares(raster, candidate.from, candidate.to);
    if inside.wall > 0.3 * raster.occupancy || inside.hidden > 0.35 {
        return None;
    }
    let [left, right, bottom, top] = outline(raster, candidate);
    let width = right.place - left.place;
    let on_floor = bottom.place < THRESHOLD;
    let to_ceiling = raster.ceiling && candidate.to[1] + 1 >= raster.rows;
    let low = if on_floor { 0.0 } else { bottom.place };
    let high = if to_ceiling { raster.height } else { top.place };
    let kind = kind(width, low, high, on_floor)?;
    let frame = frame(raster, candidate);
    let upper = if to_ceiling { 0.5 } else { frame.above };
    let lower = if on_floor { 1.0 } else { frame.below };
    let (weak, strong) = (frame.left.min(frame.right), frame.left.max(frame.right));
    if upper < 0.4 || lower < 0.35 || weak < 0.3 || strong < 0.55 {
        return None;
    }
    let bounded = 0.25 * (weak + strong + upper + lower);
    let behind = (inside.recessed + inside.through).min(1.0);
    let uncertainty = left.uncertainty.hypot(right.uncertainty) + wall.uncertainty.min(0.1);
    Some(Opening {
        kind,
        wall: index,
        offset: left.place.max(0.0),
        width,
        bottom: low,
        top: high,
        confidence: confidence(kind, bounded, behind, &inside, raster.occupancy),
        uncertainty,
    })
}

fn kind(width: f64, low: f64, high: f64, on_floor: bool) -> Option<OpeningKind> {
    let within = |range: [f64; 2], value: f64| value >= range[0] && value <= range[1];
    if on_floor {
        if high < DOOR_TOP[0] || !(DOOR_WIDTH[0]..=WIDEST).contains(&width) {
            return None;
        }
        let door = within(DOOR_WIDTH, width) && high <= DOOR_TOP[1];
        return Some(if door {
            OpeningKind::Door
        } else {
            OpeningKind::Opening
        });
    }
    let sized = (WINDOW..=WIDEST).contains(&width) && high - low >= WINDOW;
    (sized && low < 2.0 && high > WINDOW_TOP).then_some(OpeningKind::Window)
}

/// Near 1 for a hole with wall all around it and something behind it.
fn confidence(
    kind: OpeningKind,
    bounded: f64,
    behind: f64,
    inside: &Shares,
    occupancy: f64,
) -> f64 {
    let clean = (1.0 - inside.wall / occupancy.max(0.1) - 0.7 * inside.hidden).max(0.0);
    let size = (inside.cells / 120.0).min(1.0);
    let told = (2.5 * behind).min(1.0);
    // Emptiness alone is weaker evidence of a door than of a window, whose glass gives no points.
    let empty = if kind == OpeningKind::Window {
        0.75
    } else {
        0.55
    };
    let evidence = empty + (1.0 - empty) * told;
    (bounded * clean.sqrt() * evidence * (0.8 + 0.2 * size)).clamp(0.05, 0.98)
}

fn shares(raster: &Raster, from: [usize; 2], to: [usize; 2]) -> Shares {
    let mut shares = Shares::default();
    for row in from[1]..to[1].min(raster.rows) {
        for column in from[0]..to[0].min(raster.columns) {
            let cell: &Cell = &raster.cells[row * raster.columns + column];
            shares.cells += 1.0;
            shares.wall += f64::from(u8::from(cell.is_wall()));
            shares.recessed += f64::from(u8::from(cell.is_recessed()));
            shares.through += f64::from(u8::from(cell.through > 0 && cell.on + cell.recess == 0));
            shares.hidden += f64::from(u8::from(cell.is_hidden()));
        }
    }
    let cells = shares.cells.max(1.0);
    shares.wall /= cells;
    shares.recessed /= cells;
    shares.through /= cells;
    shares.hidden /= cells;
    shares
}

fn frame(raster: &Raster, candidate: &Candidate) -> Frame {
    let ([x0, y0], [x1, y1]) = (candidate.from, candidate.to);
    let seen = |from: [usize; 2], to: [usize; 2]| {
        let beside = shares(raster, from, to);
        let visible = 1.0 - beside.hidden;
        // A strip outside the wall, or behind furniture, says nothing.
        if beside.cells < 4.0 || visible < 0.3 {
            return 0.5;
        }
        (beside.wall / visible / raster.occupancy).min(1.0)
    };
    Frame {
        left: seen([x0.saturating_sub(STRIP), y0], [x0, y1]),
        right: seen([x1, y0], [x1 + STRIP, y1]),
        below: seen([x0, y0.saturating_sub(STRIP)], [x1, y0]),
        above: seen([x0, y1], [x1, y1 + STRIP]),
    }
}

/// Left, right, lower and upper edge.
fn outline(raster: &Raster, candidate: &Candidate) -> [Edge; 4] {
    let place = |axis: usize, index: usize| raster.low[axis] + index as f64 * raster.side;
    let low = [0, 1].map(|axis| place(axis, candidate.from[axis]));
    let high = [0, 1].map(|axis| place(axis, candidate.to[axis]));
    let blur = BLUR * raster.band;
    let across = |axis: usize| {
        let other = 1 - axis;
        let inset = 0.1 * (high[other] - low[other]);
        let (from, to) = (low[other] + inset, high[other] - inset);
        let places: Vec<f64> = raster
            .on
            .iter()
            .map(|point| point.map(f64::from))
            .filter(|point| point[other] > from && point[other] < to)
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
    [left, right, bottom, top]
}
