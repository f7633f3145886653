//! Closed doors: a leaf that lies a little behind the wall's plane.
//!
//! Its points are no emptiness, and as long as the leaf is hardly deeper than the noise, no single
//! one of them says that it is not on the wall. All of them together do: each cell is scored by how
//! much more likely its depths are a leaf's than the wall's. Walls bend as well, but gently, so that
//! a leaf has to be a step: to its left, to its right and up to the lintel.

use super::border;
use super::raster::{Raster, median};
use super::rectangle::{self, Candidate};
use crate::model::{Opening, OpeningKind, Wall};

/// Depths that are tried, meters; deeper leaves are beyond the noise of any wall.
const DEPTHS: [f64; 4] = [0.03, 0.045, 0.07, 0.11];
/// No wall is smoother than this, meters: drift and joints.
const SMOOTH: f64 = 0.006;
/// What one point may say, as a logarithm, and what a cell may: errors of neighbors are alike.
const POINT: f64 = 1.0;
const CELL: f64 = 2.0;
/// Leaves: width and height, meters.
const WIDTH: [f64; 2] = [0.55, 1.35];
const TOP: [f64; 2] = [1.8, 2.45];
/// Part of the expected cells that hold points of a leaf.
const FILLED: f64 = 0.6;
/// Steps of the border are taken over strips as wide, meters, so far off the border.
const STRIP: f64 = 0.22;
const OFF: f64 = 0.04;
/// Fewer points in a strip tell no depth.
const LEAST: usize = 6;
/// A border is one where the depth changes at least by this part of the leaf's, and by as many of
/// its own uncertainties.
const STEP: f64 = 0.55;
const CERTAIN: f64 = 3.0;
/// Shallower than this nothing is told from paint, paper and plaster, meters.
const SHALLOWEST: f64 = 0.018;

/// The door with the clearest leaf among the cells not yet taken.
pub fn door(
    raster: &Raster,
    taken: &[bool],
    index: usize,
    wall: &Wall,
) -> Option<(Candidate, Opening)> {
    let mut best: Option<Candidate> = None;
    let widest = ((WIDTH[1] + 0.1) / raster.side).ceil() as usize;
    for depth in DEPTHS {
        let scores = scores(raster, taken, depth);
        let found =
            rectangle::best(&scores, raster.columns, widest).filter(|found| is_door(raster, found));
        if let Some(found) = found
            && best.is_none_or(|held| found.score > held.score)
        {
            best = Some(found);
        }
    }
    let candidate = best?;
    Some((candidate, judged(raster, &candidate, index, wall)?))
}

/// For each cell how much more likely its points are on a leaf of this depth than on the wall.
fn scores(raster: &Raster, taken: &[bool], depth: f64) -> Vec<f32> {
    let noise = raster.noise.max(SMOOTH);
    let mut sums = vec![0.0f64; raster.cells.len()];
    for point in &raster.near {
        let [along, height, at] = point.map(f64::from);
        if at > 3.0 * noise || at < -depth - 3.0 * noise {
            continue;
        }
        if let Some([column, row]) = raster.cell(along, height) {
            let told = (-2.0 * at * depth - depth * depth) / (2.0 * noise * noise);
            sums[row * raster.columns + column] += told.clamp(-POINT, POINT);
        }
    }
    sums.iter()
        .zip(taken)
        .map(|(sum, taken)| {
            if *taken {
                -3.0
            } else {
                sum.clamp(-CELL, CELL) as f32
            }
        })
        .collect()
}

fn is_door(raster: &Raster, candidate: &Candidate) -> bool {
    let size = |axis: usize| (candidate.to[axis] - candidate.from[axis]) as f64 * raster.side;
    let low = candidate.from[1] as f64 * raster.side + raster.low[1];
    low < 0.35
        && (WIDTH[0] - 0.1..WIDTH[1] + 0.1).contains(&size(0))
        && (TOP[0] - 0.2..TOP[1] + 0.1).contains(&(low + size(1)))
}

/// A part of the face: along the wall, above the floor.
struct Part([f64; 2], [f64; 2]);

/// Middle depth of a part of the face and how well it is known.
fn depth_of(raster: &Raster, part: &Part, deepest: f64) -> Option<[f64; 2]> {
    let within = |range: [f64; 2], value: f64| value >= range[0] && value <= range[1];
    let mut depths: Vec<f64> = raster
        .near
        .iter()
        .map(|point| point.map(f64::from))
        .filter(|[along, height, _]| within(part.0, *along) && within(part.1, *height))
        .map(|[_, _, depth]| depth)
        .filter(|depth| within([deepest, 0.1], *depth))
        .collect();
    if depths.len() < LEAST {
        return None;
    }
    let count = depths.len() as f64;
    let middle = median(&mut depths);
    Some([middle, 1.25 * raster.noise.max(SMOOTH) / count.sqrt()])
}

/// The step from `outside` into `inside`, if enough of both was seen: how deep, how uncertain.
fn step(raster: &Raster, inside: &Part, outside: &Part, deepest: f64) -> Option<[f64; 2]> {
    let [inner, a] = depth_of(raster, inside, deepest)?;
    let [outer, b] = depth_of(raster, outside, deepest)?;
    Some([outer - inner, a.hypot(b)])
}

fn judged(raster: &Raster, candidate: &Candidate, index: usize, wall: &Wall) -> Option<Opening> {
    let place = |axis: usize, at: usize| raster.low[axis] + at as f64 * raster.side;
    let rough = Part(
        [place(0, candidate.from[0]), place(0, candidate.to[0])],
        [place(1, candidate.from[1]), place(1, candidate.to[1])],
    );
    let deepest = -DEPTHS[DEPTHS.len() - 1] - 3.0 * raster.noise.max(SMOOTH);
    let [leaf, _] = depth_of(raster, &rough, deepest)?;
    let depth = -leaf;
    if depth < SHALLOWEST {
        return None;
    }
    let edges = border::outline(raster, candidate, 0.5 * depth);
    let (left, right) = (edges.left.place, edges.right.place);
    let top = edges.top.place;
    let within = |range: [f64; 2], value: f64| value >= range[0] && value <= range[1];
    let end = place(0, raster.columns);
    let in_wall = left >= place(0, 0) + OFF && right <= end - OFF;
    if !within(WIDTH, right - left) || !within(TOP, top) || !in_wall {
        return None;
    }
    let rise = [0.2, top - 0.1];
    let span = [left + 0.1, right - 0.1];
    let steps = [
        step(
            raster,
            &Part([left + OFF, left + STRIP], rise),
            &Part([left - STRIP, left - OFF], rise),
            deepest,
        ),
        step(
            raster,
            &Part([right - STRIP, right - OFF], rise),
            &Part([right + OFF, right + STRIP], rise),
            deepest,
        ),
        step(
            raster,
            &Part(span, [top - STRIP, top - OFF]),
            &Part(span, [top + OFF, top + STRIP]),
            deepest,
        ),
    ];
    let known: Vec<[f64; 2]> = steps.iter().copied().flatten().collect();
    let clear = |[deep, error]: &[f64; 2]| *deep >= STEP * depth && *deep >= CERTAIN * error;
    // The lintel tells a door from a recess of the wall, one side alone tells nothing.
    if steps[2].is_none() || known.len() < 2 || !known.iter().all(clear) {
        return None;
    }
    if filled(raster, &rough, leaf) < FILLED {
        return None;
    }
    let weakest = known
        .iter()
        .map(|[deep, _]| deep / depth)
        .fold(1.0, f64::min);
    let sides = if known.len() == 3 { 1.0 } else { 0.8 };
    let sharp = (depth / 0.03).min(1.0);
    Some(Opening {
        kind: OpeningKind::Door,
        wall: index,
        offset: left.max(0.0),
        width: right - left,
        bottom: 0.0,
        top,
        confidence: (0.85 * sides * weakest.sqrt() * sharp.sqrt()).clamp(0.05, 0.85),
        uncertainty: edges.left.uncertainty.hypot(edges.right.uncertainty)
            + wall.uncertainty.min(0.1),
    })
}

/// Part of the cells of a leaf, of those in which wall could be expected, with points at its depth.
fn filled(raster: &Raster, part: &Part, leaf: f64) -> f64 {
    let mut cells = vec![false; raster.cells.len()];
    for point in &raster.near {
        let [along, height, depth] = point.map(f64::from);
        if (depth - leaf).abs() < 2.5 * raster.noise.max(SMOOTH)
            && let Some([column, row]) = raster.cell(along, height)
        {
            cells[row * raster.columns + column] = true;
        }
    }
    let (mut expected, mut seen) = (0.0, 0.0);
    for (at, found) in cells.iter().enumerate() {
        let along = raster.low[0] + (at % raster.columns) as f64 * raster.side;
        let height = raster.low[1] + (at / raster.columns) as f64 * raster.side;
        let inside = along >= part.0[0]
            && along < part.0[1] - 0.5 * raster.side
            && height >= part.1[0]
            && height < part.1[1] - 0.5 * raster.side;
        if inside && !raster.cells[at].hidden {
            expected += f64::from(raster.expected[at]);
            seen += f64::from(u8::from(*found));
        }
    }
    if expected < 8.0 { 0.0 } else { seen / expected }
}
