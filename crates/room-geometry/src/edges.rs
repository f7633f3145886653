//! Straight edges of the seen ceiling or floor along which no wall line was found: of a wall that
//! furniture hides but for a strip, or that was not scanned.

use crate::levels::Levels;
use crate::lines::Line;
use crate::plan::{CEILING, FLOOR, Plan};
use crate::upright::Upright;

/// An edge shorter than this is a shadow, meters.
const MIN_LENGTH: f64 = 0.7;
/// A wall line this close to an edge explains it, meters.
const EXPLAINED: f64 = 0.25;
/// Edges taken, the longest first.
const MOST: usize = 8;
/// How far the wall's points may lie from the edge, in cells of the plan: the edge is known to a
/// cell, and what stands before a wall is mostly further from it.
const REACH: f64 = 1.3;
/// The step of the search for them, meters.
const STEP: f64 = 0.02;
/// How far below the ceiling the wall's points are looked for, meters: furniture that hides a wall
/// ends below, but for what reaches up to the ceiling.
const STRIP: f64 = 0.45;
/// Without a ceiling, walls were seen to any height: the part above which they are looked for.
const UPPER: f64 = 0.55;

/// Lines along the edges that none of `walls` explains and that have some of a wall's points.
pub fn find(
    scan: &Upright,
    levels: &Levels,
    plan: &Plan,
    axis: [f64; 2],
    walls: &[Line],
) -> Vec<Line> {
    let [ax, ay] = axis;
    let mut found: Vec<(f64, Line)> = Vec::new();
    for direction in [[ax, ay], [-ax, -ay], [-ay, ax], [ay, -ax]] {
        for (length, offset) in straight_edges(plan, direction) {
            let line = Line {
                normal: direction,
                offset,
                seen: false,
            };
            if !walls.iter().any(|wall| explains(wall, &line)) {
                found.push((length, line));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(MOST);
    found
        .into_iter()
        .filter_map(|(length, line)| onto_points(scan, levels, line, length, REACH * plan.side))
        .collect()
}

fn explains(wall: &Line, edge: &Line) -> bool {
    let cosine = wall.normal[0] * edge.normal[0] + wall.normal[1] * edge.normal[1];
    cosine.abs() > 0.99 && (wall.offset * cosine.signum() - edge.offset).abs() < EXPLAINED
}

/// Length and offset of the places where the level ends in a direction, over a long line.
fn straight_edges(plan: &Plan, direction: [f64; 2]) -> Vec<(f64, f64)> {
    // The ceiling shows the outline best: nothing stands on it.
    let flag = if plan.cells.iter().any(|cell| cell & CEILING != 0) {
        CEILING
    } else {
        FLOOR
    };
    let is_set = |p: [f64; 2], steps: f64| {
        let [x, y] = [0, 1].map(|i| p[i] + direction[i] * steps * plan.side);
        plan.cell(x, y)
            .is_some_and(|cell| plan.cells[cell] & flag != 0)
    };
    let offset = |p: [f64; 2]| (p[0] * direction[0] + p[1] * direction[1]) / plan.side;
    let centers = (0..plan.cells.len()).map(|index| plan.center(index));
    let ends: Vec<f64> = centers
        .filter(|&p| is_set(p, 0.0) && is_set(p, -1.5) && !is_set(p, 1.5) && !is_set(p, 3.0))
        .map(offset)
        .collect();
    let Some(lowest) = ends.iter().copied().reduce(f64::min) else {
        return Vec::new();
    };
    let highest = ends.iter().copied().fold(lowest, f64::max);
    let mut counts = vec![0.0; (highest - lowest) as usize + 3];
    for end in ends {
        counts[(end - lowest) as usize + 1] += 1.0;
    }
    (1..counts.len() - 1)
        .filter(|&i| counts[i] > counts[i - 1] && counts[i] >= counts[i + 1])
        .map(|i| {
            let sum = counts[i - 1] + counts[i] + counts[i + 1];
            (sum * plan.side, (lowest + i as f64) * plan.side)
        })
        .filter(|(length, _)| *length >= MIN_LENGTH)
        .collect()
}

/// Moves an edge onto the densest sheet of points beside it, if there is one.
fn onto_points(
    scan: &Upright,
    levels: &Levels,
    edge: Line,
    length: f64,
    reach: f64,
) -> Option<Line> {
    let bins = (2.0 * reach / STEP) as usize;
    let mut counts = vec![0.0f64; bins + 2];
    for point in &scan.points {
        let [x, y, h] = point.at.map(f64::from);
        let distance = edge.distance([x, y]);
        if distance.abs() >= reach {
            continue;
        }
        let top = levels.top_at(x, y);
        let from = if levels.has_ceiling() {
            top - STRIP
        } else {
            levels.bottom + UPPER * (top - levels.bottom)
        };
        if h > from && h < top - 0.08 {
            counts[((distance + reach) / STEP) as usize + 1] += 1.0;
        }
    }
    let sheet = |i: usize| counts[i - 1] + counts[i] + counts[i + 1];
    let best = (1..=bins).fold(1, |best, i| if sheet(i) > sheet(best) { i } else { best });
    let total: f64 = counts.iter().sum();
    // A voxel for every 10 cm of the edge, and most of them on the sheet.
    if sheet(best) < (10.0 * length).max(8.0) || sheet(best) < 0.5 * total {
        return None;
    }
    Some(Line {
        offset: edge.offset + (best as f64 - 0.5) * STEP - reach,
        seen: true,
        ..edge
    })
}
