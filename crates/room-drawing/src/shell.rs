//! The room's shell as it can be drawn: a closed outline and its walls, checked once.

use room_geometry::model::{RoomGeometry, Wall as MeasuredWall};

use crate::openings::Hole;
use crate::polygon::{Point, along, between, cross, dot, length, signed_area};
use crate::regions::{Pillar, Plane, Step, pillars, planes, steps};
use crate::ridge::top_of;

/// Corners farther from the frame's origin than this are an error of the measurement, meters.
pub const FARTHEST: f64 = 100_000.0;
/// An outline of more corners is no room, and its drawing would have no bound.
const MOST_CORNERS: usize = 4_096;
/// More openings than this are left out, so that a drawing stays bounded.
const MOST_OPENINGS: usize = 512;
/// Walls shorter than this have no direction to speak of, meters.
const SHORTEST_WALL: f64 = 0.001;
/// An outline around less than this is no room, square meters.
const SMALLEST_AREA: f64 = 0.01;
/// A wall seen less than this part of its face is drawn as one that the scan did not see.
const SEEN_FROM: f64 = 0.15;
/// Rooms and walls higher than this are an error of the measurement, meters.
pub const HIGHEST: f64 = 1_000.0;
/// A wall that ends this near the ceiling is drawn up to it, so that the shell closes, meters.
const CEILING_REACH: f64 = 0.1;
/// How thick a wall is drawn whose thickness is unknown, meters.
pub const NOMINAL_THICKNESS: f64 = 0.1;
/// Walls are drawn this high where neither they nor the room have a known height, meters.
pub const NOMINAL_HEIGHT: f64 = 2.4;
/// How far a mitered corner may run out beyond its wall, in thicknesses.
const MITER_LIMIT: f64 = 4.0;

/// Why there is no shell to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoShell {
    /// The geometry has no outline.
    Unknown,
    /// The outline cannot be a room's: no numbers, no area, or far too large.
    Unusable,
}

/// The outline and the walls of a room.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Corners of the floor, counter-clockwise.
    pub outline: Vec<Point>,
    /// One wall for each edge of the outline that has a length, in the outline's order.
    pub walls: Vec<Wall>,
    /// Floor to ceiling, meters.
    pub height: Option<f64>,
    /// The planes of the ceiling; empty where it is flat or unknown.
    pub ceilings: Vec<Plane>,
    /// Parts of the floor at another height.
    pub levels: Vec<Step>,
    /// Free-standing columns and walls.
    pub columns: Vec<Pillar>,
}

/// A straight wall, lengths in meters.
#[derive(Debug, Clone)]
pub struct Wall {
    /// Its index in `geometry.walls`.
    pub index: usize,
    /// Where its inner face begins.
    pub start: Point,
    /// Where its inner face ends.
    pub end: Point,
    /// Unit vector from start to end.
    pub direction: Point,
    /// Unit vector away from the room.
    pub outward: Point,
    /// From start to end.
    pub length: f64,
    /// Where both faces were seen.
    pub thickness: Option<f64>,
    /// Above the floor.
    pub height: Option<f64>,
    /// Its upper edge as points `[run, height]`; never empty.
    pub top: Vec<Point>,
    /// Whether the scan saw enough of it.
    pub seen: bool,
    /// Whether there is no wall but an open boundary.
    pub open: bool,
    /// What is cut out of it.
    pub holes: Vec<Hole>,
}

impl Shell {
    /// Reads the shell out of a measured room.
    pub fn of(room: &RoomGeometry) -> Result<Self, NoShell> {
        if room.outline.is_empty() {
            return Err(NoShell::Unknown);
        }
        let far = |corner: &Point| corner.iter().any(|v| !v.is_finite() || v.abs() > FARTHEST);
        if room.outline.len() > MOST_CORNERS || room.outline.iter().any(far) {
            return Err(NoShell::Unusable);
        }
        let area = signed_area(&room.outline);
        if area.abs() < SMALLEST_AREA {
            return Err(NoShell::Unusable);
        }
        let height = room_height(room);
        let mut walls = walls(room, height, area < 0.0);
        let ceilings = planes(room);
        for wall in &mut walls {
            wall.reach(&ceilings);
        }
        let outline = walls.iter().map(|wall| wall.start).collect();
        Ok(Self {
            outline,
            walls,
            height,
            ceilings,
            levels: steps(room),
            columns: pillars(room),
        })
    }

    /// Each wall between the one before it and the one after it.
    pub fn with_neighbors(&self) -> impl Iterator<Item = [&Wall; 3]> {
        let last = self.walls.len().saturating_sub(1);
        let before = self.walls.iter().cycle().skip(last);
        let after = self.walls.iter().cycle().skip(1);
        let walls = self.walls.iter().zip(before.zip(after));
        walls.map(|(wall, (before, after))| [before, wall, after])
    }

    /// Where the outer face of each wall begins and ends, in meters from the start of its inner
    /// face, when the walls have the given thicknesses: neighboring faces meet in a miter.
    pub fn outer_spans(&self, thickness: impl Fn(&Wall) -> f64) -> Vec<[f64; 2]> {
        let span = |[before, wall, after]: [&Wall; 3]| {
            let own = thickness(wall);
            let from = miter(wall, own, before, thickness(before));
            let to = wall.length + miter(wall, own, after, thickness(after));
            // A wall between two niches may be shorter than the miters take; it then ends square.
            if from < to {
                [from, to]
            } else {
                [0.0, wall.length]
            }
        };
        self.with_neighbors().map(span).collect()
    }
}

impl Wall {
    /// Lets the wall end at the ceiling, unless it is known to end below it.
    fn reach(&mut self, ceilings: &[Plane]) {
        let top = top_of(self, ceilings);
        let lowest = top
            .iter()
            .map(|point| point[1])
            .fold(f64::INFINITY, f64::min);
        let ends_below = self.height.is_some_and(|own| own < lowest - CEILING_REACH);
        self.top = if top.is_empty() || ends_below {
            let height = self.height.unwrap_or(NOMINAL_HEIGHT);
            vec![[0.0, height], [self.length, height]]
        } else {
            top
        };
    }

    /// The highest point of the wall.
    pub fn peak(&self) -> f64 {
        self.top.iter().map(|point| point[1]).fold(0.0, f64::max)
    }

    /// Whether the wall is as high everywhere.
    pub fn is_level(&self) -> bool {
        let peak = self.peak();
        self.top.iter().all(|point| peak - point[1] < 0.001)
    }

    /// How thick the wall is drawn in meters.
    pub fn drawn_thickness(&self) -> f64 {
        self.thickness.unwrap_or(NOMINAL_THICKNESS)
    }

    /// The point of the inner face at `run` meters from the start.
    pub fn inner(&self, run: f64) -> Point {
        // The ends are taken as they are, so that neighboring walls share them to the last bit.
        if run >= self.length {
            self.end
        } else {
            along(self.start, self.direction, run)
        }
    }

    /// The point of the outer face behind the point of the inner face at `run`, in a wall of some
    /// thickness. The ends lie on the miters, given as the `span` of the outer face.
    pub fn outer(&self, run: f64, thickness: f64, [from, to]: [f64; 2]) -> Point {
        let place = if run <= 0.0 {
            from
        } else if run >= self.length {
            to
        } else {
            run.clamp(from, to)
        };
        self.behind(place, thickness)
    }

    /// The point `outward` meters behind the inner face at `run` meters from the start.
    pub fn behind(&self, run: f64, outward: f64) -> Point {
        along(
            along(self.start, self.direction, run),
            self.outward,
            outward,
        )
    }
}

/// The walls along the outline, turned counter-clockwise if they are not.
fn walls(room: &RoomGeometry, height: Option<f64>, clockwise: bool) -> Vec<Wall> {
    let following = room.outline.iter().cycle().skip(1);
    let edges = room.outline.iter().zip(following).enumerate();
    let mut walls: Vec<Wall> = edges
        .filter_map(|(index, (&start, &end))| {
            let (start, end) = if clockwise {
                (end, start)
            } else {
                (start, end)
            };
            wall(index, start, end, room.walls.get(index), height)
        })
        .collect();
    cut_openings(room, &mut walls, clockwise);
    if clockwise {
        walls.reverse();
    }
    close_up(&mut walls);
    walls
}

/// The wall of one edge; `None` when the edge has no length.
fn wall(
    index: usize,
    start: Point,
    end: Point,
    measured: Option<&MeasuredWall>,
    room_height: Option<f64>,
) -> Option<Wall> {
    let run = between(start, end);
    let length = length(run);
    if length < SHORTEST_WALL {
        return None;
    }
    let direction = [run[0] / length, run[1] / length];
    let own_height = measured.and_then(|wall| wall.height).filter(is_height);
    Some(Wall {
        index,
        start,
        end,
        direction,
        outward: [direction[1], -direction[0]],
        length,
        thickness: measured
            .and_then(|wall| wall.thickness)
            .filter(|thickness| (0.005..=5.0).contains(thickness)),
        height: wall_height(own_height, room_height),
        top: Vec::new(),
        // A geometry without walls says nothing about what was seen.
        seen: measured.is_none_or(|wall| wall.coverage >= SEEN_FROM),
        open: measured.is_some_and(|wall| wall.open),
        holes: Vec::new(),
    })
}

/// Gives each wall its openings.
fn cut_openings(room: &RoomGeometry, walls: &mut [Wall], clockwise: bool) {
    for (index, opening) in room.openings.iter().take(MOST_OPENINGS).enumerate() {
        // The walls are still in the order of their indices.
        let Ok(place) = walls.binary_search_by_key(&opening.wall, |wall| wall.index) else {
            continue;
        };
        if let Some(wall) = walls.get_mut(place)
            && let Some(hole) = Hole::of(index, opening, wall.length, clockwise)
        {
            wall.holes.push(hole);
        }
    }
}

/// Lets each wall end exactly where the next begins, also where an edge without length between
/// them was dropped.
fn close_up(walls: &mut [Wall]) {
    let starts: Vec<Point> = walls.iter().map(|wall| wall.start).collect();
    let following = starts.iter().cycle().skip(1);
    for (wall, &next) in walls.iter_mut().zip(following) {
        wall.end = next;
    }
}

fn is_height(height: &f64) -> bool {
    (0.01..=HIGHEST).contains(height)
}

/// Floor to ceiling, as measured or as the difference of the two.
fn room_height(room: &RoomGeometry) -> Option<f64> {
    let measured = room.dimensions.height.map(|height| height.value);
    let difference = || Some(room.ceiling_height? - room.floor_height?);
    measured
        .filter(is_height)
        .or_else(|| difference().filter(is_height))
}

/// A wall's own height, or the room's.
fn wall_height(own: Option<f64>, room: Option<f64>) -> Option<f64> {
    match (own, room) {
        (Some(own), Some(room)) if (own - room).abs() <= CEILING_REACH => Some(room),
        (own, room) => own.or(room),
    }
}

/// How far along `wall`, from the corner that it shares with `other`, their outer faces meet.
fn miter(wall: &Wall, own: f64, other: &Wall, others: f64) -> f64 {
    let closing = dot(wall.direction, other.outward);
    // Walls that run on in (nearly) the same line meet at a butt joint.
    if cross(wall.direction, other.direction).abs() < 0.05 {
        return 0.0;
    }
    let limit = MITER_LIMIT * own.max(others);
    let reach = (others - own * dot(wall.outward, other.outward)) / closing;
    reach.clamp(-limit, limit)
}
