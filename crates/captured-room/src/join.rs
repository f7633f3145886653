//! Walls into an outline: ends that meet are joined, and what stays open is closed by a line.

use crate::plan::{Point, Segment, cross, crosses_itself, distance, signed_area};

/// Ends nearer to each other than this are a corner, meters.
const CORNER: f64 = 0.35;
/// Walls are lengthened or cut by at most this to meet in a corner, meters.
const REACH: f64 = 0.5;
/// Sine of the angle below which walls run on in one line.
const STRAIGHT: f64 = 0.1;
/// An outline around less than this is no room, square meters.
const SMALLEST: f64 = 0.3;
/// Corners nearer to each other than this are one, meters.
const SAME: f64 = 0.005;

/// One edge of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    pub line: Segment,
    /// The wall that it is; `None` where the outline is closed by reasoning.
    pub wall: Option<usize>,
}

/// The end of a wall: its index, and whether it is the wall's end or its start.
type End = (usize, bool);

/// The outline that the walls make, counter-clockwise: the largest of those that close by
/// themselves, or else all walls in a row, the gaps closed. `None` when they make none.
pub fn outline(walls: &[Segment]) -> Option<Vec<Edge>> {
    let partners = partners(walls, CORNER);
    let closed = loops(walls, &partners);
    let best = closed
        .into_iter()
        .filter_map(|walk| corners(walls, &walk))
        .max_by(|a, b| area(a).total_cmp(&area(b)));
    best.or_else(|| {
        let partners = self::partners(walls, f64::INFINITY);
        let closed = loops(walls, &partners).into_iter();
        closed
            .filter_map(|walk| corners(walls, &walk))
            .max_by(|a, b| area(a).total_cmp(&area(b)))
    })
}

fn area(edges: &[Edge]) -> f64 {
    let corners: Vec<Point> = edges.iter().map(|edge| edge.line.start).collect();
    signed_area(&corners)
}

fn end_point(walls: &[Segment], (wall, at_end): End) -> Point {
    walls.get(wall).map_or(
        [0.0; 2],
        |segment| {
            if at_end { segment.end } else { segment.start }
        },
    )
}

/// The place of a wall's end in a list of all ends.
fn slot((wall, at_end): End) -> usize {
    wall * 2 + usize::from(at_end)
}

/// Which end meets which: the nearest pairs first, each end once. Two ends of one wall meet only
/// through others: joining them would leave the wall alone.
fn partners(walls: &[Segment], within: f64) -> Vec<Option<End>> {
    let ends = || (0..walls.len()).flat_map(|wall| [(wall, false), (wall, true)]);
    let mut pairs: Vec<(f64, End, End)> = Vec::new();
    for a in ends() {
        for b in ends().filter(|b| b.0 > a.0) {
            let apart = distance(end_point(walls, a), end_point(walls, b));
            if apart <= within {
                pairs.push((apart, a, b));
            }
        }
    }
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));

    let mut partners: Vec<Option<End>> = vec![None; walls.len() * 2];
    for (_, a, b) in pairs {
        let is_free = |end: End| partners.get(slot(end)).is_some_and(Option::is_none);
        if is_free(a) && is_free(b) {
            for (end, other) in [(a, b), (b, a)] {
                if let Some(partner) = partners.get_mut(slot(end)) {
                    *partner = Some(other);
                }
            }
        }
    }
    partners
}

/// The closed walks along the walls: each wall with whether it is passed from start to end.
fn loops(walls: &[Segment], partners: &[Option<End>]) -> Vec<Vec<End>> {
    let mut used = vec![false; walls.len()];
    let mut closed = Vec::new();
    for first in 0..walls.len() {
        let mut walk: Vec<End> = Vec::new();
        let mut next = (first, true);
        let closes = loop {
            let (wall, forward) = next;
            if used.get(wall).copied().unwrap_or(true) {
                break wall == first && !walk.is_empty();
            }
            if let Some(used) = used.get_mut(wall) {
                *used = true;
            }
            walk.push((wall, forward));
            match partners.get(slot((wall, forward))).copied().flatten() {
                // Entered at its end, a wall is passed from end to start.
                Some((other, at_end)) => next = (other, !at_end),
                None => break false,
            }
        };
        if closes && walk.len() > 1 {
            closed.push(walk);
        }
    }
    closed
}

/// The edges along a closed walk, with corners where the walls meet.
fn corners(walls: &[Segment], walk: &[End]) -> Option<Vec<Edge>> {
    let line = |&(wall, forward): &End| {
        let segment = walls.get(wall).copied()?;
        let line = if forward { segment } else { segment.reversed() };
        Some(Edge {
            line,
            wall: Some(wall),
        })
    };
    let lines: Vec<Edge> = walk.iter().filter_map(line).collect();
    let mut edges: Vec<Edge> = Vec::new();
    for (place, &edge) in lines.iter().enumerate() {
        let next = lines.get((place + 1) % lines.len()).copied()?;
        match meet(&edge.line, &next.line) {
            Some(corner) => edges.push(Edge {
                line: Segment {
                    start: edge.line.start,
                    end: corner,
                },
                ..edge
            }),
            None => {
                edges.push(edge);
                edges.push(Edge {
                    line: Segment {
                        start: edge.line.end,
                        end: next.line.start,
                    },
                    wall: None,
                });
            }
        }
    }
    close(&mut edges);
    edges.retain(|edge| edge.line.length() > SAME);
    close(&mut edges);
    finish(edges)
}

/// Lets each edge begin where the one before it ends.
fn close(edges: &mut [Edge]) {
    let mut before = edges.last().map_or([0.0; 2], |edge| edge.line.end);
    for edge in edges {
        edge.line.start = before;
        before = edge.line.end;
    }
}

/// The edges counter-clockwise; `None` when they enclose no room.
pub fn finish(mut edges: Vec<Edge>) -> Option<Vec<Edge>> {
    let corners: Vec<Point> = edges.iter().map(|edge| edge.line.start).collect();
    let area = signed_area(&corners);
    if area < 0.0 {
        edges.reverse();
        for edge in &mut edges {
            edge.line = edge.line.reversed();
        }
    }
    let usable = edges.len() > 2 && area.abs() >= SMALLEST && !crosses_itself(&corners);
    usable.then_some(edges)
}

/// The corner of two walls that follow one another: where their lines cross if that is near, else
/// halfway between their ends. `None` when there is a gap.
fn meet(wall: &Segment, next: &Segment) -> Option<Point> {
    let (along, across) = (wall.direction(), next.direction());
    let sine = cross(along, across);
    let gap = distance(wall.end, next.start);
    if sine.abs() > STRAIGHT {
        let to = crate::plan::between(wall.end, next.start);
        let run = cross(to, across) / sine;
        let corner = [wall.end[0] + run * along[0], wall.end[1] + run * along[1]];
        let near = |end: Point| distance(corner, end) <= REACH;
        if near(wall.end) && near(next.start) {
            return Some(corner);
        }
    }
    (gap <= CORNER).then(|| {
        [
            (wall.end[0] + next.start[0]) / 2.0,
            (wall.end[1] + next.start[1]) / 2.0,
        ]
    })
}
