//! The captured room as a measured one.

use room_geometry::RoomGeometry;
use room_geometry::model::{
    Agreement, Axis, Ceiling, Column, Coverage, Dimensions, Frame, Measure, Object, Opening,
    OpeningKind, PointCount, Source, Support, Up, Wall,
};

use crate::join::Edge;
use crate::plan::{Point, Segment, contains, rectangle, signed_area};
use crate::read::{Capture, Surface};
use crate::{Captured, floor, join};

/// How far off a length is assumed to be: this part of it, and at least so many meters.
const PART: f64 = 0.02;
const LEAST: f64 = 0.05;
/// Walls that end less than this apart end at one ceiling, meters.
const LEVEL: f64 = 0.1;
/// A door nearer than this to a wall is in it, meters.
const IN_WALL: f64 = 0.6;
/// Cosine of the angle up to which a door runs along its wall.
const ALONG: f64 = 0.9;
/// Doors and windows narrower than this are none, meters.
const NARROWEST: f64 = 0.1;
/// What stands lower than this stands on the floor, meters.
const ON_FLOOR: f64 = 0.2;
/// What is nearer to a wall than this hangs on it, meters.
const ON_WALL: f64 = 0.2;
/// How thick a free-standing wall is taken to be, meters.
const THICKNESS: f64 = 0.1;
/// A ring of walls around less than this part of the floor is a compartment of the room.
const WHOLE: f64 = 0.8;
/// Walls are at least this long, meters.
const SHORTEST_WALL: f64 = 0.05;

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

/// A point of space in the phone's own plan: x as it is, y against its z.
fn plan_point([x, _, z]: [f64; 3]) -> Point {
    [x, -z]
}

/// A wall, a door or a window as a line of the plan.
fn segment(surface: &Surface) -> Segment {
    let half = surface.size[0] / 2.0;
    let end = |along: f64| plan_point(surface.place([along, 0.0, 0.0]));
    Segment {
        start: end(-half),
        end: end(half),
    }
}

/// The corners of a floor, or those of its box.
fn floor_polygon(floor: &Surface) -> Vec<Point> {
    if floor.corners.len() > 2 {
        let corners = floor.corners.iter();
        return corners
            .map(|&corner| plan_point(floor.place(corner)))
            .collect();
    }
    let [width, depth] = [floor.size[0] / 2.0, floor.size[1] / 2.0];
    [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]
        .map(|[x, y]: Point| plan_point(floor.place([x * width, y * depth, 0.0])))
        .to_vec()
}

/// Lower and upper end of an upright surface, in the phone's height.
fn rise(surface: &Surface) -> [f64; 2] {
    let middle = surface.center[1];
    if surface.corners.len() > 2 {
        let heights = surface
            .corners
            .iter()
            .map(|&corner| surface.place(corner)[1]);
        return heights.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], height| {
            [low.min(height), high.max(height)]
        });
    }
    let half = surface.size[1] / 2.0;
    [middle - half, middle + half]
}

/// The floor's height: that of the lowest end of most walls.
fn floor_height(capture: &Capture) -> f64 {
    let mut bottoms: Vec<f64> = capture.walls.iter().map(|wall| rise(wall)[0]).collect();
    bottoms.sort_unstable_by(f64::total_cmp);
    let walls = bottoms.get(bottoms.len() / 2).copied();
    let floor = || capture.floors.first().map(|floor| floor.center[1]);
    walls.or_else(floor).unwrap_or(0.0)
}

/// Where the floor frame lies in the phone's plan.
#[derive(Clone, Copy)]
struct Place {
    /// Along the longer side of the room.
    axis: Point,
    /// The frame's origin, along the axis and across it.
    low: Point,
    sides: [f64; 2],
    floor: f64,
}

impl Place {
    fn of(edges: &[Edge], floor: f64) -> Self {
        let corners: Vec<Point> = edges.iter().map(|edge| edge.line.start).collect();
        let (axis, low, sides) = rectangle(&corners).unwrap_or(([1.0, 0.0], [0.0; 2], [0.0; 2]));
        Self {
            axis,
            low,
            sides,
            floor,
        }
    }

    /// A point of the phone's plan in the floor frame.
    fn point(&self, [a, b]: Point) -> Point {
        let [x, y] = self.axis;
        [a * x + b * y - self.low[0], b * x - a * y - self.low[1]]
    }

    fn line(&self, line: Segment) -> Segment {
        Segment {
            start: self.point(line.start),
            end: self.point(line.end),
        }
    }

    fn frame(&self) -> Frame {
        let [x, y] = self.axis;
        let [a, b] = self.low;
        // From the phone's plan back to its space: y of the plan is against z.
        let space = |[x, y]: Point, height: f64| [x, height, -y + 0.0];
        Frame {
            origin: space([a * x - b * y, a * y + b * x], self.floor),
            axis_x: space([x, y], 0.0),
            axis_y: space([-y, x], 0.0),
            up: [0.0, 1.0, 0.0],
        }
    }

    /// The turn of a direction of the phone's plan, degrees.
    fn turn(&self, [a, b]: Point) -> f64 {
        let [x, y] = self.axis;
        (b * x - a * y).atan2(a * x + b * y).to_degrees()
    }
}

/// What a room is made from.
struct Room<'a> {
    capture: &'a Capture,
    segments: &'a [Segment],
    edges: &'a [Edge],
    place: Place,
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

    fn openings(&self, lines: &[Segment], notes: &mut Vec<String>) -> Vec<Opening> {
        let capture = self.capture;
        let kinds = [
            (&capture.doors, OpeningKind::Door),
            (&capture.windows, OpeningKind::Window),
            (&capture.openings, OpeningKind::Opening),
        ];
        let mut openings = Vec::new();
        let (mut elsewhere, mut narrow) = (0, 0);
        for (surfaces, kind) in kinds {
            for surface in surfaces {
                match self.opening(surface, kind, lines) {
                    Some(opening) => openings.push(opening),
                    None if surface.size[0] < NARROWEST => narrow += 1,
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

    fn objects(&self, outline: &[Point]) -> Vec<Object> {
        let objects = self.capture.objects.iter();
        let objects = objects.filter(|object| object.size.iter().all(|side| *side > 0.0));
        objects.map(|object| self.object(object, outline)).collect()
    }

    fn object(&self, surface: &Surface, outline: &[Point]) -> Object {
        let [width, height, depth] = surface.size;
        let [x, _, z] = surface.axes[0];
        let turn = self.place.turn([x, -z]);
        // The length is the longer side.
        let (length, width, turn) = if width >= depth {
            (width, depth, turn)
        } else {
            (depth, width, turn + 90.0)
        };
        let [x, y] = self.place.point(plan_point(surface.center));
        let middle = surface.center[1] - self.place.floor;
        let bottom = middle - height / 2.0;
        let to_wall = crate::plan::edges(outline).map(|line| {
            let [run, off] = line.locate([x, y]);
            let past = (-run).max(run - line.length()).max(0.0);
            off.abs().hypot(past) - length.min(width) / 2.0
        });
        let support = match to_wall.fold(f64::INFINITY, f64::min) {
            _ if bottom < ON_FLOOR => Support::Floor,
            to_wall if to_wall < ON_WALL => Support::Wall,
            _ => Support::Object,
        };
        Object {
            class: class(surface),
            center: [x, y, middle],
            size: [length, width, height],
            rotation: if turn > 180.0 { turn - 360.0 } else { turn },
            confidence: surface.confidence,
            support,
        }
    }

    /// Walls that stand in the room.
    fn columns(&self, outline: &[Point]) -> Vec<Column> {
        let walls = self.capture.walls.iter().enumerate();
        let inner = walls.filter(|(place, _)| {
            let around = self.edges.iter().any(|edge| edge.wall == Some(*place));
            !around && !self.edges.is_empty()
        });
        inner
            .filter_map(|(place, wall)| {
                let line = self.place.line(*self.segments.get(place)?);
                // One end may meet a wall around the room, but not its whole length.
                let is_inside = contains(outline, line.middle());
                let beside_edge = crate::plan::edges(outline).any(|edge| {
                    let [run, off] = edge.locate(line.middle());
                    off.abs() < THICKNESS && (0.0..=edge.length()).contains(&run)
                });
                let leaves = [line.start, line.end]
                    .iter()
                    .any(|&end| !contains(outline, end) && apart(outline, end) > THICKNESS);
                if !is_inside || beside_edge || leaves || line.length() < SHORTEST_WALL {
                    return None;
                }
                let thickness = wall.size[2].max(THICKNESS);
                Some(Column {
                    outline: around(&line, thickness / 2.0),
                    height: Some(rise(wall)[1] - self.place.floor),
                    uncertainty: 0.03 / wall.confidence,
                })
            })
            .collect()
    }
}

/// How far a point is from the outline.
fn apart(outline: &[Point], point: Point) -> f64 {
    let beside = crate::plan::edges(outline).map(|edge| {
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

/// How far off a length of the phone's is assumed to be.
fn uncertainty(length: f64) -> f64 {
    (length.abs() * PART).max(LEAST)
}

/// Our own class of one of the phone's categories; what has none keeps its name.
fn class(surface: &Surface) -> String {
    let own = match surface.category.as_str() {
        "storage" if surface.storage == "shelf" => "shelf",
        "storage" => "cabinet",
        "refrigerator" | "stove" | "oven" | "dishwasher" | "washerDryer" => "appliance",
        "television" => "screen",
        "" => "unknown",
        other => {
            let mut name = String::with_capacity(other.len() + 4);
            for letter in other.chars() {
                if letter.is_ascii_uppercase() && !name.is_empty() {
                    name.push('_');
                }
                name.push(letter.to_ascii_lowercase());
            }
            return name;
        }
    };
    own.to_owned()
}
