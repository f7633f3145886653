//! Doors, windows and openings, on the walls around the room.

use room_geometry::model::{Opening, OpeningKind};

use crate::build::{LEAST, Room};
use crate::join::Edge;
use crate::place::{rise, segment};
use crate::plan::{Point, Segment};
use crate::read::Surface;

/// A door nearer than this to a wall is in it, meters.
const IN_WALL: f64 = 0.6;
/// Cosine of the angle up to which a door runs along its wall.
const ALONG: f64 = 0.9;
/// Doors and windows narrower than this are none, meters.
pub const NARROWEST: f64 = 0.1;

impl Room<'_> {
    pub fn openings(&self, lines: &[Segment], notes: &mut Vec<String>) -> Vec<Opening> {
        let capture = self.capture;
        let kinds = [
            (&capture.doors, OpeningKind::Door),
            (&capture.windows, OpeningKind::Window),
            (&capture.openings, OpeningKind::Opening),
        ];
        let outline: Vec<Point> = lines.iter().map(|line| line.start).collect();
        let inner = self.inner_walls(&outline);
        let mut openings = Vec::new();
        let (mut elsewhere, mut narrow, mut gaps) = (0, 0, 0);
        for (surfaces, kind) in kinds {
            for surface in surfaces {
                match self.opening(surface, kind, lines) {
                    Some(opening) => openings.push(opening),
                    None if surface.size[0] < NARROWEST => narrow += 1,
                    None if inner.iter().any(|wall| self.gap(wall, surface).is_some()) => gaps += 1,
                    None => elsewhere += 1,
                }
            }
        }
        if elsewhere > 0 {
            notes.push(format!(
                "Doors, windows or openings that are on no wall around the room and were left out: \
                 {elsewhere}."
            ));
        }
        if gaps > 0 {
            notes.push(format!(
                "Doors or openings of walls that stand in the room, where those have gaps: {gaps}."
            ));
        }
        if narrow > 0 {
            notes.push(format!(
                "Doors, windows or openings narrower than 10 cm that were left out: {narrow}."
            ));
        }
        openings
    }

    fn opening(&self, surface: &Surface, kind: OpeningKind, lines: &[Segment]) -> Option<Opening> {
        let wall = self.wall_of(surface, lines)?;
        let line = lines.get(wall)?;
        let opening = self.place.line(segment(surface));
        let [a, b] = [opening.start, opening.end].map(|end| line.locate(end)[0]);
        let near = a.min(b).max(0.0);
        let far = a.max(b).min(line.length());
        let [bottom, top] = rise(surface).map(|height| height - self.place.floor);
        (far - near >= NARROWEST && top > bottom).then_some(Opening {
            kind,
            wall,
            offset: near,
            width: far - near,
            bottom: bottom.max(0.0),
            top,
            confidence: surface.confidence,
            uncertainty: LEAST,
        })
    }

    /// The wall that an opening names as its own, else the nearest that it runs along.
    fn wall_of(&self, surface: &Surface, lines: &[Segment]) -> Option<usize> {
        let opening = self.place.line(segment(surface));
        let middle = opening.middle();
        let beside = |line: &Segment| {
            let [run, off] = line.locate(middle);
            let past = (-run).max(run - line.length()).max(0.0);
            off.abs().hypot(past)
        };
        let is_named = |edge: &Edge| {
            let wall = edge.wall.and_then(|wall| self.capture.walls.get(wall));
            let parent = surface.parent.as_deref();
            parent.is_some() && wall.is_some_and(|wall| Some(wall.identifier.as_str()) == parent)
        };
        let nearest = |wanted: &dyn Fn(usize, &Segment) -> bool| {
            let candidates = lines.iter().enumerate();
            candidates
                .filter(|(place, line)| wanted(*place, line))
                .min_by(|a, b| beside(a.1).total_cmp(&beside(b.1)))
                .map(|(place, line)| (place, beside(line)))
        };
        let named = nearest(&|place, _| self.edges.get(place).is_some_and(is_named));
        let runs_along = |_: usize, line: &Segment| {
            let (a, b) = (line.direction(), opening.direction());
            (a[0] * b[0] + a[1] * b[1]).abs() > ALONG
        };
        let near = || nearest(&runs_along).filter(|(_, beside)| *beside < IN_WALL);
        named.or_else(near).map(|(place, _)| place)
    }
}
