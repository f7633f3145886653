//! Whether a candidate is an opening, and which.

use super::border;
use super::raster::Raster;
use super::rectangle::Candidate;
use super::shares::{Frame, Shares, Side};
use super::trim;
use crate::model::{Opening, OpeningKind, Wall};

/// Lower than this a hole begins at the floor, meters.
pub const THRESHOLD: f64 = 0.25;
/// Doors, meters.
const DOOR_WIDTH: [f64; 2] = [0.58, 1.3];
const DOOR_TOP: [f64; 2] = [1.8, 2.45];
/// Windows at least, and where they end at least, meters.
const WINDOW: f64 = 0.35;
const WINDOW_TOP: f64 = 1.1;
/// Wider is the end of the wall rather than a hole in it, meters.
const WIDEST: f64 = 6.0;
/// With less than this part of its cells showing something behind the wall, a hole is told by
/// emptiness alone.
const EMPTY: f64 = 0.12;
/// A hole that ends where the scan does shows at least this.
const SHOWN: f64 = 0.2;
const SHOWN_AT_CORNER: f64 = 0.5;
/// Smallest side of a hole told by emptiness alone, meters: patches that the scanner missed are
/// mostly smaller.
const EMPTY_SIDE: f64 = 0.45;
/// Part of the expected wall that a hole holds at most, and one told by emptiness alone.
const FILLED: f64 = 0.3;
const EMPTY_FILLED: f64 = 0.15;
/// Where the wall was seen worse than by this part of what it was on the whole, something shadows
/// it, and emptiness tells nothing.
const EMPTY_EXPECTED: f64 = 0.3;
/// A window has little glass that gives points: with this part of the wall's density it is covered.
const COVERED: f64 = 0.5;

/// The opening that a candidate is, if it is one.
pub fn opening(
    raster: &Raster,
    scores: &[f32],
    candidate: &Candidate,
    index: usize,
    wall: &Wall,
) -> Option<Opening> {
    let raised = trim::above_shadow(raster, candidate);
    raised
        .and_then(|raised| as_it_is(raster, scores, &raised, index, wall))
        .or_else(|| as_it_is(raster, scores, candidate, index, wall))
}

fn as_it_is(
    raster: &Raster,
    scores: &[f32],
    candidate: &Candidate,
    index: usize,
    wall: &Wall,
) -> Option<Opening> {
    let inside = Shares::new(raster, candidate.from, candidate.to);
    let strays = 0.1 * inside.cells;
    if inside.filled() > FILLED && inside.wall > strays || inside.hidden > 0.35 {
        return None;
    }
    let edges = border::outline(raster, candidate, raster.band);
    let on_floor = edges.bottom.place < THRESHOLD;
    let mut frame = Frame::new(raster, candidate);
    let to_end = reaches_end(raster, candidate, &frame);
    let low = if on_floor { 0.0 } else { edges.bottom.place };
    let high = if to_end && raster.ceiling {
        raster.height
    } else {
        edges.top.place
    };
    let kind = kind(edges.width(), low, high, on_floor)?;
    if to_end {
        frame.above = Side::Unseen;
    }
    if on_floor {
        frame.below = Side::Seen(1.0);
    }
    if !is_bounded(&frame, &inside) || !is_sure(raster, scores, candidate, &frame, &inside) {
        return None;
    }
    let sides = [frame.left, frame.right, frame.below, frame.above];
    let bounded = 0.25 * sides.iter().map(|side| side.value()).sum::<f64>();
    Some(Opening {
        kind,
        wall: index,
        offset: edges.left.place.max(0.0),
        width: edges.width(),
        bottom: low,
        top: high,
        confidence: confidence(kind, bounded, &inside) * covered(raster, candidate, kind),
        uncertainty: edges.left.uncertainty.hypot(edges.right.uncertainty)
            + wall.uncertainty.min(0.1),
    })
}

/// Whether nothing of the wall was seen above a candidate because the scan ends there.
fn reaches_end(raster: &Raster, candidate: &Candidate, frame: &Frame) -> bool {
    let last = raster.rows - 1;
    candidate.to[1] > last
        || candidate.to[1] == last && !matches!(frame.above, Side::Seen(part) if part >= 0.6)
}

/// A window whose recess gives as many points as a wall shows a blind, a curtain or a panel: what
/// is behind it is not known.
fn covered(raster: &Raster, candidate: &Candidate, kind: OpeningKind) -> f64 {
    if kind != OpeningKind::Window {
        return 1.0;
    }
    let wall = raster.cells.iter().filter(|cell| cell.is_wall());
    let (count, points) = wall.fold((0.0, 0.0), |(count, points), cell| {
        (count + 1.0, points + f64::from(cell.on))
    });
    let frame = 2;
    let (mut cells, mut behind) = (0.0, 0.0);
    for row in candidate.from[1] + frame..candidate.to[1].saturating_sub(frame) {
        for column in candidate.from[0] + frame..candidate.to[0].saturating_sub(frame) {
            cells += 1.0;
            behind += f64::from(raster.cells[row * raster.columns + column].recess);
        }
    }
    let density = points / f64::max(count, 1.0) * raster.mean_expected();
    if behind > COVERED * density * f64::max(cells, 1.0) {
        0.65
    } else {
        1.0
    }
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

/// Whether wall was seen around it: a hole has a border.
fn is_bounded(frame: &Frame, inside: &Shares) -> bool {
    let (left, right) = (frame.left.value(), frame.right.value());
    let enough = frame.above.value() >= 0.4
        && frame.below.value() >= 0.35
        && left.min(right) >= 0.3
        && left.max(right) >= 0.55;
    let sides = [frame.left, frame.right, frame.below, frame.above];
    let unknown = sides.iter().filter(|side| !side.is_known()).count();
    enough && unknown <= if inside.behind() < SHOWN { 1 } else { 2 }
}

/// Whether its emptiness can be told from a part of the wall that the scan left out: either
/// something shows behind it, or it lies within wall that was seen well.
fn is_sure(
    raster: &Raster,
    scores: &[f32],
    candidate: &Candidate,
    frame: &Frame,
    inside: &Shares,
) -> bool {
    let behind = inside.behind();
    let is_on_floor = candidate.from[1] as f64 * raster.side + raster.low[1] < THRESHOLD;
    // What reaches up to the ceiling and has a back is a niche.
    let shown = if is_on_floor { inside.through } else { behind };
    if frame.above == Side::Unseen && shown < SHOWN {
        return false;
    }
    // At the very end of a wall what is behind its line is more often a step of the outline.
    let at_corner = candidate.from[0] == 0 || candidate.to[0] == raster.columns;
    if at_corner && behind < SHOWN_AT_CORNER {
        return false;
    }
    if behind >= EMPTY {
        return true;
    }
    let size = |axis: usize| (candidate.to[axis] - candidate.from[axis]) as f64 * raster.side;
    let sides = [frame.left, frame.right, frame.below, frame.above];
    let closed = sides
        .iter()
        .all(|side| *side == Side::Hidden || matches!(side, Side::Seen(part) if *part >= 0.5));
    closed
        && frame.straight
        && !candidate.is_round(scores, raster.columns)
        && size(0).min(size(1)) >= EMPTY_SIDE
        && inside.filled() <= EMPTY_FILLED
        && inside.expected - inside.wall >= 12.0
        && inside.expected
            >= EMPTY_EXPECTED * raster.mean_expected() * (1.0 - inside.hidden) * inside.cells
}

/// Near 1 for a hole with wall all around it and something behind it.
fn confidence(kind: OpeningKind, bounded: f64, inside: &Shares) -> f64 {
    let clean = (1.0 - inside.filled() - 0.7 * inside.hidden).max(0.0);
    let size = (inside.cells / 120.0).min(1.0);
    let told = (2.5 * inside.behind()).min(1.0);
    // Emptiness alone is weaker evidence of a door than of a window, whose glass gives no points.
    let empty = if kind == OpeningKind::Window {
        0.75
    } else {
        0.55
    };
    let evidence = empty + (1.0 - empty) * told;
    (bounded * clean.sqrt() * evidence * (0.8 + 0.2 * size)).clamp(0.05, 0.98)
}
