//! The room as triangles: the one mesh from which every 3D export is written.
//!
//! Coordinates are meters, y-up and right-handed, rounded to 0.1 mm. Faces run counter-clockwise
//! seen from where they are to be looked at: floor, ceiling and walls from inside the room, solid
//! bodies from outside. Each flat surface has its own vertices, since a vertex has one normal.

mod paint;
mod wall;

use std::collections::BTreeMap;
use std::ops::Range;

use room_geometry::model::RoomGeometry;

use crate::furniture::{self, Piece};
use crate::polygon::Point;
use crate::shell::{Shell, Wall};
use crate::triangulate::triangulate;

pub use paint::Paint;

/// Walls are drawn this high where neither they nor the room have a known height, meters.
pub const NOMINAL_HEIGHT: f64 = 2.4;

/// A point or a vector in space.
pub type Point3 = [f64; 3];

/// A room as triangles.
#[derive(Debug, Clone, Default)]
pub struct Mesh {
    /// Points, meters.
    pub vertices: Vec<Point3>,
    /// The unit normal at each vertex.
    pub normals: Vec<Point3>,
    /// Triangles as indices of three vertices.
    pub faces: Vec<[u32; 3]>,
    /// The things that the mesh is made of; their ranges follow one another.
    pub parts: Vec<Part>,
}

/// One thing in the room.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// What it stands for in the geometry.
    pub subject: Subject,
    /// How it is painted.
    pub paint: Paint,
    /// Its vertices.
    pub vertices: Range<usize>,
    /// Its faces, which use only those vertices.
    pub faces: Range<usize>,
}

/// What a part stands for in the geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The floor.
    Floor,
    /// The ceiling.
    Ceiling,
    /// A wall, by its index.
    Wall(usize),
    /// An object, by its index.
    Object(usize),
}

impl Mesh {
    /// The mesh of a room: its shell, if it has one, and the furniture.
    pub fn of(room: &RoomGeometry) -> Self {
        let mut mesh = Self::default();
        if let Ok(shell) = Shell::of(room) {
            mesh.add_floor_and_ceiling(&shell);
            mesh.add_walls(&shell);
        }
        mesh.add_furniture(&furniture::pieces(room));
        mesh
    }

    fn add_floor_and_ceiling(&mut self, shell: &Shell) {
        let faces = triangulate(&shell.outline);
        self.add_part("floor".to_owned(), Subject::Floor, Paint::floor(), |mesh| {
            let points = shell.outline.iter().map(|&corner| lift(corner, 0.0));
            mesh.add_surface(points, [0.0, 1.0, 0.0], &faces);
        });
        let Some(height) = shell.height else {
            return;
        };
        let (name, paint) = ("ceiling".to_owned(), Paint::ceiling());
        self.add_part(name, Subject::Ceiling, paint, |mesh| {
            let points = shell.outline.iter().map(|&corner| lift(corner, height));
            let downward: Vec<_> = faces.iter().map(|&[a, b, c]| [a, c, b]).collect();
            mesh.add_surface(points, [0.0, -1.0, 0.0], &downward);
        });
    }

    fn add_walls(&mut self, shell: &Shell) {
        let thickness = |wall: &Wall| wall.thickness.unwrap_or(0.0);
        let spans = shell.outer_spans(thickness);
        for (wall, span) in shell.walls.iter().zip(spans) {
            let name = format!("wall {}", wall.index + 1);
            let subject = Subject::Wall(wall.index);
            self.add_part(name, subject, Paint::wall(wall.seen), |mesh| {
                wall::build(mesh, wall, span);
            });
        }
    }

    fn add_furniture(&mut self, pieces: &[Piece]) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for piece in pieces {
            let class = piece.name.to_ascii_lowercase();
            let count = seen.entry(class.clone()).or_default();
            *count += 1;
            let name = match *count {
                1 => class.clone(),
                number => format!("{class} {number}"),
            };
            let subject = Subject::Object(piece.index);
            self.add_part(name, subject, Paint::object(&class), |mesh| {
                mesh.add_box(piece);
            });
        }
    }

    /// Adds what `build` adds as one part; a part without faces is none.
    fn add_part(
        &mut self,
        name: String,
        subject: Subject,
        paint: Paint,
        build: impl FnOnce(&mut Self),
    ) {
        let (vertices, faces) = (self.vertices.len(), self.faces.len());
        build(self);
        if self.faces.len() > faces {
            self.parts.push(Part {
                name,
                subject,
                paint,
                vertices: vertices..self.vertices.len(),
                faces: faces..self.faces.len(),
            });
        }
    }

    /// Adds a flat surface; `faces` are indices into its points.
    fn add_surface(
        &mut self,
        points: impl Iterator<Item = Point3>,
        normal: Point3,
        faces: &[[u32; 3]],
    ) {
        // The bounds on corners, openings and objects keep the count far below 2^32.
        let base = self.vertices.len() as u32;
        self.vertices.extend(points.map(|point| point.map(rounded)));
        self.normals.resize(self.vertices.len(), normal);
        let placed = faces.iter().map(|face| face.map(|corner| base + corner));
        self.faces.extend(placed);
    }

    /// Adds a rectangle or another flat quadrilateral, which faces along its normal whichever way
    /// its corners run.
    fn add_quad(&mut self, corners: [Point3; 4], normal: Point3) {
        let [a, b, _, d] = corners;
        let faces_along = dot3(cross3(subtract(b, a), subtract(d, a)), normal) >= 0.0;
        let faces = if faces_along {
            [[0, 1, 2], [0, 2, 3]]
        } else {
            [[0, 2, 1], [0, 3, 2]]
        };
        self.add_surface(corners.into_iter(), normal, &faces);
    }

    /// Adds the six sides of a piece of furniture.
    fn add_box(&mut self, piece: &Piece) {
        let [a, b, c, d] = piece.footprint;
        for (from, to) in [(a, b), (b, c), (c, d), (d, a)] {
            self.add_upright(from, to, [piece.bottom, piece.top]);
        }
        let lid = |height: f64| piece.footprint.map(|corner| lift(corner, height));
        self.add_quad(lid(piece.top), [0.0, 1.0, 0.0]);
        self.add_quad(lid(piece.bottom), [0.0, -1.0, 0.0]);
    }

    /// Adds an upright rectangle over a segment of the plan, facing to the segment's right.
    fn add_upright(&mut self, from: Point, to: Point, [bottom, top]: [f64; 2]) {
        let run = subtract(lift(to, 0.0), lift(from, 0.0));
        let Some(normal) = unit(cross3(run, [0.0, 1.0, 0.0])) else {
            return;
        };
        let corners = [
            lift(from, bottom),
            lift(to, bottom),
            lift(to, top),
            lift(from, top),
        ];
        self.add_quad(corners, normal);
    }
}

/// A point of the plan at a height above the floor: x, height, -y.
fn lift([x, y]: Point, height: f64) -> Point3 {
    [x, height, -y]
}

/// To 0.1 mm, and never a negative zero, which readers of the JSON would stumble over.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4 + 0.0
}

fn subtract(a: Point3, b: Point3) -> Point3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot3(a: Point3, b: Point3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross3(a: Point3, b: Point3) -> Point3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// The vector at length 1; `None` for one without a direction.
fn unit(vector: Point3) -> Option<Point3> {
    let length = dot3(vector, vector).sqrt();
    (length > 1e-9).then(|| vector.map(|v| v / length))
}
