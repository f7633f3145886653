//! Walls that stand in the room.

use room_geometry::model::Column;

use crate::build::{Room, SHORTEST_WALL};
use crate::openings::NARROWEST;
use crate::place::{rise, segment};
use crate::plan::{Point, Segment, contains, edges};
use crate::read::Surface;

/// How thick a free-standing wall is taken to be, meters.
const THICKNESS: f64 = 0.1;
/// What begins lower than this above the floor can be walked through, meters.
const WALKED_THROUGH: f64 = 0.3;

/// A wall in the room, with its line in the floor frame.
pub struct Inner<'a> {
    wall: &'a Surface,
    line: Segment,
}

impl Room<'_> {
    /// The walls that are not around the room but in it. One end may meet a wall around it.
    pub fn inner_walls(&self, outline: &[Point]) -> Vec<Inner<'_>> {
        let walls = self.capture.walls.iter().enumerate();
        let inner = walls.filter(|(place, _)| {
            let around = self.edges.iter().any(|edge| edge.wall == Some(*place));
            !around && !self.edges.is_empty()
        });
        let stands_in = |line: &Segment| {
            let is_outside =
                |&end: &Point| !contains(outline, end) && apart(outline, end) > THICKNESS;
            line.length() >= SHORTEST_WALL
                && contains(outline, line.middle())
                && apart(outline, line.middle()) >= THICKNESS
                && ![line.start, line.end].iter().any(is_outside)
        };
        inner
            .filter_map(|(place, wall)| {
                let line = self.place.line(*self.segments.get(place)?);
                stands_in(&line).then_some(Inner { wall, line })
            })
            .collect()
    }

    /// What stands of the inner walls between the doors and openings in them.
    pub fn columns(&self, outline: &[Point]) -> Vec<Column> {
        let inner = self.inner_walls(outline);
        let pieces = inner.iter().flat_map(|inner| {
            let pieces = self.pieces(inner).into_iter();
            pieces.map(|line| (inner.wall, line))
        });
        pieces
            .map(|(wall, line)| Column {
                outline: around(&line, wall.size[2].max(THICKNESS) / 2.0),
                height: Some(rise(wall)[1] - self.place.floor),
                uncertainty: 0.03 / wall.confidence,
            })
            .collect()
    }

    fn pieces(&self, inner: &Inner) -> Vec<Segment> {
        let capture = self.capture;
        let surfaces = capture.doors.iter().chain(&capture.openings);
        let gaps = surfaces.filter_map(|surface| self.gap(inner, surface));
        let mut gaps: Vec<[f64; 2]> = gaps.collect();
        gaps.sort_unstable_by(|a, b| a[0].total_cmp(&b[0]));

        let [x, y] = inner.line.direction();
        let [a, b] = inner.line.start;
        let point = |run: f64| [a + x * run, b + y * run];
        let mut pieces = Vec::new();
        let mut reached = 0.0;
        for [near, far] in gaps.into_iter().chain([[inner.line.length(); 2]]) {
            if near - reached >= NARROWEST.min(inner.line.length()) {
                pieces.push(Segment {
                    start: point(reached),
                    end: point(near),
                });
            }
            reached = far.max(reached);
        }
        pieces
    }

    /// From where to where along an inner wall one walks through it at a door or an opening.
    pub fn gap(&self, inner: &Inner, surface: &Surface) -> Option<[f64; 2]> {
        let line = self.place.line(segment(surface));
        let ends = [line.start, line.end].map(|end| inner.line.locate(end));
        let is_beside = ends.iter().all(|[_, off]| off.abs() < THICKNESS);
        let runs = ends.map(|[run, _]| run.clamp(0.0, inner.line.length()));
        let gap = [runs[0].min(runs[1]), runs[0].max(runs[1])];
        let is_low = rise(surface)[0] - self.place.floor < WALKED_THROUGH;
        (is_beside && is_low && gap[1] - gap[0] >= NARROWEST).then_some(gap)
    }
}

/// How far a point is from the outline.
fn apart(outline: &[Point], point: Point) -> f64 {
    let beside = edges(outline).map(|edge| {
        let [run, off] = edge.locate(point);
        off.hypot((-run).max(run - edge.length()).max(0.0))
    });
    beside.fold(f64::INFINITY, f64::min)
}

/// A rectangle around a line, counter-clockwise.
fn around(line: &Segment, half: f64) -> Vec<Point> {
    let [x, y] = line.direction();
    let beside = |[a, b]: Point, side: f64| [a - y * side, b + x * side];
    vec![
        beside(line.start, -half),
        beside(line.end, -half),
        beside(line.end, half),
        beside(line.start, half),
    ]
}
