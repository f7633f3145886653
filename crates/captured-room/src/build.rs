//! The captured room as a measured one.

use room_geometry::RoomGeometry;
use room_geometry::model::{
    Agreement, Axis, Ceiling, Coverage, Dimensions, Measure, PointCount, Source, Up, Wall,
};

use crate::join::Edge;
use crate::place::{Place, floor_height, floor_polygon, rise, segment};
use crate::plan::{Point, Segment, signed_area};
use crate::read::Capture;
use crate::{Captured, floor, join};

/// How far off a length is assumed to be: this part of it, and at least so many meters.
const PART: f64 = 0.02;
pub const LEAST: f64 = 0.05;
/// Walls that end less than this apart end at one ceiling, meters.
const LEVEL: f64 = 0.1;
/// A ring of walls around less than this part of the floor is a compartment of the room.
const WHOLE: f64 = 0.8;
/// Walls are at least this long, meters.
pub const SHORTEST_WALL: f64 = 0.05;

/// Makes the room.
pub fn captured(capture: &Capture) -> Captured {
    let mut notes = vec![
        "The figures are the phone's (Apple RoomPlan). It states no uncertainty; 2 % of a length, \
         at least 5 cm, is assumed."
            .to_owned(),
        "How much of the surfaces was seen is not known: walls that the phone states count as seen."
            .to_owned(),
    ];
    let segments: Vec<Segment> = capture.walls.iter().map(segment).collect();
    let edges = outline(capture, &segments, &mut notes);
    let floor_height = floor_height(capture);
    let place = Place::of(&edges, floor_height);
    let room = Room {
        capture,
        segments: &segments,
        edges: &edges,
        place,
    };
    let geometry = room.geometry(notes);
    Captured {
        geometry,
        sections: capture.sections.clone(),
    }
}

/// The outline by the walls, or by the floor.
fn outline(capture: &Capture, segments: &[Segment], notes: &mut Vec<String>) -> Vec<Edge> {
    let long: Vec<usize> = (0..segments.len())
        .filter(|&wall| {
            segments
                .get(wall)
                .is_some_and(|s| s.length() > SHORTEST_WALL)
        })
        .collect();
    let usable: Vec<Segment> = long
        .iter()
        .filter_map(|&wall| segments.get(wall).copied())
        .collect();
    let by_walls = join::outline(&usable);
    let is_whole = |edges: &Vec<Edge>| edges.iter().all(|edge| edge.wall.is_some());
    let floor = largest_floor(capture);
    let by_floor = || floor::outline(&floor.corners, &usable);
    let is_part = |edges: &[Edge]| {
        let corners: Vec<Point> = edges.iter().map(|edge| edge.line.start).collect();
        floor.is_drawn && signed_area(&corners).abs() < WHOLE * signed_area(&floor.corners).abs()
    };

    let found = match by_walls {
        Some(edges) if is_whole(&edges) && !is_part(&edges) => Some(edges),
        by_walls => match by_floor() {
            Some(edges) => {
                notes.push(match by_walls.as_ref().is_some_and(is_whole) {
                    true => {
                        "The walls close around a part of the phone's floor only; the outline is \
                             the floor."
                            .to_owned()
                    }
                    false => "The walls do not close; the outline is the phone's floor.".to_owned(),
                });
                Some(edges)
            }
            None => by_walls,
        },
    };
    let Some(mut edges) = found else {
        notes.push("The walls enclose no floor, so there is no outline.".to_owned());
        return Vec::new();
    };
    for edge in &mut edges {
        edge.wall = edge.wall.and_then(|wall| long.get(wall).copied());
    }
    if !is_whole(&edges) {
        notes.push("Where the phone has no wall, the outline is closed by a line.".to_owned());
    }
    edges
}

/// A floor in the plan.
#[derive(Default)]
struct Floor {
    corners: Vec<Point>,
    /// Whether the phone drew it; the box of one that it did not says nothing of its shape.
    is_drawn: bool,
}

fn largest_floor(capture: &Capture) -> Floor {
    let floors = capture.floors.iter().map(|floor| Floor {
        corners: floor_polygon(floor),
        is_drawn: floor.corners.len() > 2,
    });
    let area = |floor: &Floor| signed_area(&floor.corners).abs();
    let largest = floors.max_by(|a, b| area(a).total_cmp(&area(b)));
    largest.unwrap_or_default()
}

/// What a room is made from.
pub struct Room<'a> {
    pub capture: &'a Capture,
    pub segments: &'a [Segment],
    pub edges: &'a [Edge],
    pub place: Place,
}

impl Room<'_> {
    fn geometry(&self, mut notes: Vec<String>) -> RoomGeometry {
        let lines = self.edges.iter().map(|edge| self.place.line(edge.line));
        let lines: Vec<Segment> = lines.collect();
        let outline: Vec<Point> = lines.iter().map(|line| line.start).collect();
        let heights = self.heights();
        let height = heights.map(|[_, high]| high);
        let is_level = heights.is_some_and(|[low, high]| high - low < LEVEL);
        if height.is_some() && !is_level {
            notes.push(
                "The walls differ in height, so the ceiling may be sloped; the height is the \
                 highest wall's, and the volume an upper bound."
                    .to_owned(),
            );
        }
        if self.capture.walls.iter().any(|wall| wall.curved) {
            notes.push("Curved walls are taken as straight from end to end.".to_owned());
        }
        let openings = self.openings(&lines, &mut notes);
        let ceiling = height.filter(|_| is_level && !outline.is_empty());
        RoomGeometry {
            source: Source::CapturedRoom,
            up: Up::Axis(Axis::Y),
            floor_height: Some(self.place.floor),
            ceiling_height: height.map(|height| self.place.floor + height),
            dimensions: self.dimensions(&outline, height),
            frame: self.place.frame(),
            walls: self.walls(&lines),
            openings,
            objects: self.objects(&outline),
            ceilings: ceiling
                .map(|height| Ceiling {
                    outline: outline.clone(),
                    height: [height, 0.0, 0.0],
                    slope: 0.0,
                    uncertainty: uncertainty(height),
                })
                .into_iter()
                .collect(),
            levels: Vec::new(),
            columns: self.columns(&outline),
            outline,
            coverage: Coverage::default(),
            points: PointCount::default(),
            agreement: Agreement {
                agrees: true,
                ..Agreement::default()
            },
            notes,
        }
    }

    /// The least and the greatest height of the walls around the room, or of all walls.
    fn heights(&self) -> Option<[f64; 2]> {
        let around = self
            .edges
            .iter()
            .filter_map(|edge| self.capture.walls.get(edge.wall?));
        let all = self.capture.walls.iter().filter(|_| self.edges.is_empty());
        let heights = around
            .chain(all)
            .map(|wall| rise(wall)[1] - self.place.floor);
        let heights = heights.filter(|height| *height > 0.1);
        heights.fold(None, |known: Option<[f64; 2]>, height| match known {
            None => Some([height; 2]),
            Some([low, high]) => Some([low.min(height), high.max(height)]),
        })
    }

    fn dimensions(&self, outline: &[Point], height: Option<f64>) -> Dimensions {
        let length = |value: f64| Measure {
            value,
            uncertainty: uncertainty(value),
        };
        let height = height.map(length);
        if outline.is_empty() {
            return Dimensions {
                height,
                ..Dimensions::default()
            };
        }
        let [long, wide] = self.place.sides.map(length);
        let relative = |measure: Measure| measure.uncertainty / measure.value.max(1e-6);
        let flat = relative(long).hypot(relative(wide));
        let columns = self.columns(outline);
        let taken: f64 = columns
            .iter()
            .map(|column| signed_area(&column.outline))
            .sum();
        let area = (signed_area(outline) - taken).max(0.0);
        let perimeter: f64 = crate::plan::edges(outline).map(|edge| edge.length()).sum();
        Dimensions {
            length: Some(long),
            width: Some(wide),
            height,
            floor_area: Some(Measure {
                value: area,
                uncertainty: area * flat,
            }),
            perimeter: Some(Measure {
                value: perimeter,
                uncertainty: 2.0 * long.uncertainty.hypot(wide.uncertainty),
            }),
            volume: height.map(|height| Measure {
                value: area * height.value,
                uncertainty: area * height.value * flat.hypot(relative(height)),
            }),
        }
    }

    fn walls(&self, lines: &[Segment]) -> Vec<Wall> {
        let edges = self.edges.iter().zip(lines);
        let wall = |(edge, line): (&Edge, &Segment)| {
            let stated = edge.wall.and_then(|wall| self.capture.walls.get(wall));
            Wall {
                start: line.start,
                end: line.end,
                height: stated.map(|wall| rise(wall)[1] - self.place.floor),
                // RoomPlan's walls are faces: their depth is zero unless an app sets it.
                thickness: stated
                    .map(|wall| wall.size[2])
                    .filter(|depth| *depth > 0.01),
                coverage: f64::from(u8::from(stated.is_some())),
                // Better than 0.03 m it is not; a wall that the phone doubts may be off by more.
                uncertainty: 0.03 / stated.map_or(0.1, |wall| wall.confidence),
                open: stated.is_none(),
            }
        };
        edges.map(wall).collect()
    }
}

/// How far off a length of the phone's is assumed to be.
fn uncertainty(length: f64) -> f64 {
    (length.abs() * PART).max(LEAST)
}
