//! An outline from the floor's polygon, where the walls make none.

use crate::join::{Edge, finish};
use crate::plan::{Point, Segment, edges};

/// A wall this near to an edge of the floor is that edge's, meters.
const NEAR: f64 = 0.3;
/// Cosine of the angle up to which a wall runs along an edge.
const ALONG: f64 = 0.98;
/// A wall must cover this part of an edge to be its wall.
const COVERED: f64 = 0.3;

/// The floor's polygon as an outline. An edge with a wall along it is that wall; any other is open.
pub fn outline(floor: &[Point], walls: &[Segment]) -> Option<Vec<Edge>> {
    let corners = edges(floor).map(|line| Edge {
        line,
        wall: wall_along(&line, walls),
    });
    finish(corners.filter(|edge| edge.line.length() > 0.005).collect())
}

/// The wall that covers most of an edge.
fn wall_along(edge: &Segment, walls: &[Segment]) -> Option<usize> {
    let length = edge.length();
    let covered = |wall: &Segment| {
        let (a, b) = (edge.direction(), wall.direction());
        let [start, end] = [wall.start, wall.end].map(|point| edge.locate(point));
        let beside = start[1].abs().max(end[1].abs());
        if (a[0] * b[0] + a[1] * b[1]).abs() < ALONG || beside > NEAR {
            return 0.0;
        }
        let (low, high) = (start[0].min(end[0]), start[0].max(end[0]));
        (high.min(length) - low.max(0.0)) / length.max(1e-9)
    };
    let candidates = walls
        .iter()
        .enumerate()
        .map(|(place, wall)| (covered(wall), place));
    candidates
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(part, _)| *part >= COVERED)
        .map(|(_, place)| place)
}
