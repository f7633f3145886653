//! The outline of the room as a ring of lines.

use std::collections::BTreeMap;

use crate::arrangement::{Arrangement, Corner, Edge};
use crate::lines::Line;

/// A wall shorter than this between two parallel ones is a step in the data, not in the room.
const STEP: f64 = 0.14;
/// A wall shorter than this, meters, between two square ones is turned by corners and noise by up to
/// `SLANT`.
const SHORT: f64 = 0.8;
/// A wall shorter than this across a corner is what a scan makes of the corner, if leaving it out
/// changes the area by less than `BLUNT` square meters.
const CHAMFER: f64 = 0.36;
const BLUNT: f64 = 0.035;
/// The same for a wall within 12 degrees (the sine) of a neighbor: the same wall, seen twice.
const KINK: f64 = 1.5;
const SLANT: f64 = 0.21;

/// Tangent of the angle, 13 degrees, below which a corner is a spike.
const SPIKE: f64 = 0.23;

/// A closed ring of lines: corner `i` is where line `i - 1` meets line `i`.
#[derive(Debug, Clone)]
pub struct Ring {
    pub lines: Vec<Line>,
    /// The line of the arrangement that each line came from.
    pub origins: Vec<usize>,
    /// How long each side was when the ring was traced, meters.
    lengths: Vec<f64>,
}

impl Ring {
    /// The corners, counter-clockwise; edge `i` runs from corner `i` to the next.
    pub fn corners(&self) -> Option<Vec<[f64; 2]>> {
        let count = self.lines.len();
        (0..count)
            .map(|i| self.lines[(i + count - 1) % count].meet(&self.lines[i]))
            .collect()
    }

    /// Puts short walls between two that are parallel on the perpendicular of those, about their
    /// middles.
    pub fn square_short(&mut self) {
        let Some(corners) = self.corners() else {
            return;
        };
        let count = corners.len();
        for i in 0..count {
            let (a, b) = (corners[i], corners[(i + 1) % count]);
            let (before, after) = (
                self.lines[(i + count - 1) % count],
                self.lines[(i + 1) % count],
            );
            let parallel = before.sine(&after).abs() < 1e-6;
            let along = before.direction();
            let turn = self.lines[i].normal[0] * along[0] + self.lines[i].normal[1] * along[1];
            let slant = (1.0 - turn * turn).max(0.0).sqrt();
            if parallel && slant < SLANT && (b[0] - a[0]).hypot(b[1] - a[1]) < SHORT {
                let normal = along.map(|v| v * turn.signum());
                let middle = [0, 1].map(|k| 0.5 * (a[k] + b[k]));
                self.lines[i].normal = normal;
                self.lines[i].offset = normal[0] * middle[0] + normal[1] * middle[1];
            }
        }
    }

    fn remove(&mut self, index: usize) {
        self.lines.remove(index);
        self.origins.remove(index);
        self.lengths.remove(index);
    }

    /// Keeps the longer of neighbors that are too close to parallel to have a corner.
    fn join_parallel(&mut self) {
        loop {
            let count = self.lines.len();
            let parallel = |&i: &usize| self.lines[i].meet(&self.lines[(i + 1) % count]).is_none();
            let Some(i) = (0..count).find(parallel).filter(|_| count > 3) else {
                return;
            };
            let next = (i + 1) % count;
            let (keep, drop) = if self.lengths[i] >= self.lengths[next] {
                (i, next)
            } else {
                (next, i)
            };
            self.lengths[keep] += self.lengths[drop];
            self.remove(drop);
        }
    }
}

/// Walks around the chosen faces.
pub fn trace(arrangement: &Arrangement, chosen: &[bool]) -> Option<Ring> {
    let mut from: BTreeMap<Corner, Vec<Edge>> = BTreeMap::new();
    for (index, face) in arrangement.faces.iter().enumerate() {
        if !chosen[index] {
            continue;
        }
        for edge in &face.edges {
            let inner = arrangement
                .across(index, edge)
                .is_some_and(|other| chosen[other]);
            if !inner {
                from.entry(edge.from).or_default().push(*edge);
            }
        }
    }
    let mut best: Option<(f64, Vec<Edge>)> = None;
    while let Some(ring) = next_ring(&mut from) {
        let area = ring_area(&ring);
        if best.as_ref().is_none_or(|(most, _)| area > *most) {
            best = Some((area, ring));
        }
    }
    let (_, edges) = best?;
    let mut ring = Ring {
        lines: Vec::new(),
        origins: Vec::new(),
        lengths: Vec::new(),
    };
    for (origin, step) in sides(&edges) {
        ring.lines.push(outward(arrangement.lines[origin], step));
        ring.origins.push(origin);
        ring.lengths.push(step[0].hypot(step[1]));
    }
    ring.join_parallel();
    (ring.lines.len() >= 3).then_some(ring)
}

/// Joins successive edges on the same line: the line's number, and from start to end.
fn sides(edges: &[Edge]) -> Vec<(usize, [f64; 2])> {
    let mut sides: Vec<(usize, [f64; 2])> = Vec::new();
    let mut put = |line: usize, step: [f64; 2]| match sides.last_mut() {
        Some((last, sum)) if *last == line => {
            sum[0] += step[0];
            sum[1] += step[1];
        }
        _ => sides.push((line, step)),
    };
    for edge in edges {
        put(
            edge.line,
            [edge.end[0] - edge.start[0], edge.end[1] - edge.start[1]],
        );
    }
    // The walk may have begun in the middle of a side.
    if sides.len() > 1
        && let (Some(first), Some(last)) = (sides.first().copied(), sides.last().copied())
        && first.0 == last.0
    {
        sides.pop();
        sides[0].1 = [first.1[0] + last.1[0], first.1[1] + last.1[1]];
    }
    sides
}

/// The line with its normal to the outside, so that opposite walls tell apart.
fn outward(line: Line, step: [f64; 2]) -> Line {
    // Counter-clockwise, the outside is to the right.
    if step[1] * line.normal[0] - step[0] * line.normal[1] >= 0.0 {
        return line;
    }
    Line {
        normal: line.normal.map(|v| -v),
        offset: -line.offset,
        ..line
    }
}

/// Takes one closed ring of edges out of the collection.
fn next_ring(from: &mut BTreeMap<Corner, Vec<Edge>>) -> Option<Vec<Edge>> {
    let (&start, _) = from.first_key_value()?;
    let mut ring: Vec<Edge> = Vec::new();
    let mut at = start;
    while let Some(edges) = from.get_mut(&at) {
        let pick = ring.last().map_or(0, |last| sharpest_left(last, edges));
        let edge = edges.swap_remove(pick);
        if edges.is_empty() {
            from.remove(&at);
        }
        ring.push(edge);
        at = edge.to;
        if at == start {
            return Some(ring);
        }
    }
    Some(ring)
}

/// At a corner where two parts of the room touch, turn left: the parts stay apart.
fn sharpest_left(last: &Edge, edges: &[Edge]) -> usize {
    let heading = |edge: &Edge| {
        let length = edge.length().max(1e-12);
        [
            (edge.end[0] - edge.start[0]) / length,
            (edge.end[1] - edge.start[1]) / length,
        ]
    };
    let a = heading(last);
    let left = |edge: &Edge| {
        let b = heading(edge);
        (a[0] * b[1] - a[1] * b[0]).atan2(a[0] * b[0] + a[1] * b[1])
    };
    (0..edges.len()).fold(0, |best, i| {
        if left(&edges[i]) > left(&edges[best]) {
            i
        } else {
            best
        }
    })
}

fn ring_area(ring: &[Edge]) -> f64 {
    0.5 * ring
        .iter()
        .map(|edge| edge.start[0] * edge.end[1] - edge.start[1] * edge.end[0])
        .sum::<f64>()
}

/// Whether the outline turns back on itself at a corner: two lines of one wall that nearly cover
/// each other meet far outside of the room.
fn is_spike(corners: &[[f64; 2]], tip: usize) -> bool {
    let count = corners.len();
    let (a, b, c) = (
        corners[(tip + count - 1) % count],
        corners[tip],
        corners[(tip + 1) % count],
    );
    let (to, from) = ([b[0] - a[0], b[1] - a[1]], [c[0] - b[0], c[1] - b[1]]);
    let along = to[0] * from[0] + to[1] * from[1];
    let across = to[0] * from[1] - to[1] * from[0];
    along < 0.0 && across.abs() < SPIKE * along.abs()
}

/// Takes small steps and blunted corners out of the ring, the shortest first.
pub fn simplify(ring: &mut Ring) {
    while ring.lines.len() > 3 {
        let Some(corners) = ring.corners() else {
            return;
        };
        let count = corners.len();
        let length = |i: usize| {
            let (a, b) = (corners[i], corners[(i + 1) % count]);
            (b[0] - a[0]).hypot(b[1] - a[1])
        };
        if let Some(tip) = (0..count).find(|&i| is_spike(&corners, i)) {
            let before = (tip + count - 1) % count;
            let drop = if length(before) < length(tip) {
                before
            } else {
                tip
            };
            ring.remove(drop);
            ring.join_parallel();
            continue;
        }
        let blunt = |i: usize| {
            let (before, after) = (
                ring.lines[(i + count - 1) % count],
                ring.lines[(i + 1) % count],
            );
            before.meet(&after).is_some_and(|tip| {
                let (a, b) = (corners[i], corners[(i + 1) % count]);
                let twice = (a[0] - tip[0]) * (b[1] - tip[1]) - (a[1] - tip[1]) * (b[0] - tip[0]);
                0.5 * twice.abs() < BLUNT
            })
        };
        let slanted = |i: usize| {
            let (before, after) = ((i + count - 1) % count, (i + 1) % count);
            let sine = |other: usize| ring.lines[i].sine(&ring.lines[other]).abs();
            sine(before).min(sine(after)) < SLANT
        };
        let limit = |i: usize| match (blunt(i), slanted(i)) {
            (true, true) => KINK,
            (true, false) => CHAMFER,
            (false, _) => STEP,
        };
        let Some(shortest) = (0..count)
            .filter(|&i| length(i) < limit(i))
            .min_by(|&a, &b| length(a).total_cmp(&length(b)))
        else {
            return;
        };
        let (before, after) = ((shortest + count - 1) % count, (shortest + 1) % count);
        if ring.lines[before].sine(&ring.lines[after]).abs() > 0.1 {
            ring.remove(shortest);
            ring.join_parallel();
            continue;
        }
        // Two parallel walls with a step between: the longer one stands for both.
        let drop = if length(before) < length(after) {
            before
        } else {
            after
        };
        let (first, second) = (shortest.max(drop), shortest.min(drop));
        ring.remove(first);
        ring.remove(second);
        ring.join_parallel();
    }
}
