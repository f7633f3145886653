//! The room as triangles: the one mesh from which every 3D export is written.
//!
//! Coordinates are meters, y-up and right-handed, rounded to 0.1 mm. Faces run counter-clockwise
//! seen from where they are to be looked at: floor, ceiling and walls from inside the room, solid
//! bodies from outside. Each flat surface has its own vertices, since a vertex has one normal.

mod inlay;
mod paint;
mod wall;

use std::collections::BTreeMap;
use std::ops::Range;

use room_geometry::model::RoomGeometry;

use crate::furniture::{self, Piece};
use crate::polygon::{Point, edges};
use crate::regions::{Pillar, Plane, Step, plane_above};
use crate::shell::{NOMINAL_HEIGHT, Shell, Wall};
use crate::triangulate::{triangulate, triangulate_around};

pub use paint::Paint;

/// Triangles whose normals have a larger cosine than this are flat together.
const FLAT: f64 = 0.999_9;

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
    /// What fills an opening, by the opening's index.
    Opening(usize),
    /// A part of the floor at another height, by its index.
    Level(usize),
    /// A column, by its index.
    Column(usize),
    /// An object, by its index.
    Object(usize),
}

impl Mesh {
    /// The mesh of a room: its shell, if it has one, and the furniture.
    pub fn of(room: &RoomGeometry) -> Self {
        let mut mesh = Self::default();
        if let Ok(shell) = Shell::of(room) {
            mesh.add_floor(&shell);
            mesh.add_ceiling(&shell);
            mesh.add_walls(&shell);
            mesh.add_columns(&shell);
        }
        mesh.add_furniture(&furniture::pieces(room));
        mesh
    }

    fn add_floor(&mut self, shell: &Shell) {
        let pits = shell.levels.iter().filter(|level| level.height < 0.0);
        let pits: Vec<&[Point]> = pits.map(|level| level.outline.as_slice()).collect();
        let (corners, faces) = triangulate_around(&shell.outline, &pits);
        self.add_part("floor".to_owned(), Subject::Floor, Paint::floor(), |mesh| {
            let points = corners.iter().map(|&corner| lift(corner, 0.0));
            mesh.add_surface(points, [0.0, 1.0, 0.0], &faces);
        });
        for level in &shell.levels {
            self.add_level(level);
        }
    }

    /// A podium with its sides, or a pit with its own.
    fn add_level(&mut self, level: &Step) {
        let name = format!("level {}", level.index + 1);
        let subject = Subject::Level(level.index);
        self.add_part(name, subject, Paint::floor(), |mesh| {
            let faces = triangulate(&level.outline);
            let points = level
                .outline
                .iter()
                .map(|&corner| lift(corner, level.height));
            mesh.add_surface(points, [0.0, 1.0, 0.0], &faces);
            for (from, to) in edges(&level.outline) {
                // The sides of a podium are looked at from outside, those of a pit from inside.
                if level.height > 0.0 {
                    mesh.add_upright(from, to, [0.0, level.height]);
                } else {
                    mesh.add_upright(to, from, [level.height, 0.0]);
                }
            }
        });
    }

    fn add_ceiling(&mut self, shell: &Shell) {
        let flat = shell.height.filter(|_| shell.ceilings.is_empty());
        let flat = flat.map(|height| Plane {
            outline: shell.outline.clone(),
            height: [height, 0.0, 0.0],
            uncertainty: 0.0,
        });
        for (place, plane) in shell.ceilings.iter().chain(&flat).enumerate() {
            let name = match place {
                0 => "ceiling".to_owned(),
                place => format!("ceiling {}", place + 1),
            };
            self.add_part(name, Subject::Ceiling, Paint::ceiling(), |mesh| {
                mesh.add_plane(plane);
            });
        }
    }

    /// Adds a plane of the ceiling, looked at from below.
    fn add_plane(&mut self, plane: &Plane) {
        let faces = triangulate(&plane.outline);
        let downward: Vec<_> = faces.iter().map(|&[a, b, c]| [a, c, b]).collect();
        let points = plane.outline.iter().map(|&at| lift(at, plane.at(at)));
        // The gradient in the plan's x and y; plan y runs against z.
        let [_, along_x, along_y] = plane.height;
        if let Some(normal) = unit([along_x, -1.0, -along_y]) {
            self.add_surface(points, normal.map(|v| v + 0.0), &downward);
        }
    }

    fn add_columns(&mut self, shell: &Shell) {
        for column in &shell.columns {
            let name = format!("column {}", column.index + 1);
            let subject = Subject::Column(column.index);
            let top = column_top(column, shell);
            self.add_part(name, subject, Paint::wall(true), |mesh| {
                mesh.add_prism(&column.outline, [0.0, top]);
            });
        }
    }

    /// Walls; there is none where the room is open.
    fn add_walls(&mut self, shell: &Shell) {
        let thickness = |wall: &Wall| wall.thickness.unwrap_or(0.0);
        let spans = shell.outer_spans(thickness);
        for (wall, span) in shell.walls.iter().zip(spans).filter(|(wall, _)| !wall.open) {
            let name = format!("wall {}", wall.index + 1);
            let subject = Subject::Wall(wall.index);
            self.add_part(name, subject, Paint::wall(wall.seen), |mesh| {
                wall::build(mesh, wall, span);
            });
        }
        inlay::add_all(self, shell);
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

    /// Adds a convex polygon of three or four corners, which faces the side from which it runs
    /// counter-clockwise. What has no area adds nothing; what is not flat is two triangles.
    fn add_face(&mut self, corners: &[Point3]) {
        let mut around: Vec<Point3> = Vec::with_capacity(corners.len());
        for corner in corners.iter().map(|corner| corner.map(rounded)) {
            if around.last() != Some(&corner) && around.first() != Some(&corner) {
                around.push(corner);
            }
        }
        match *around.as_slice() {
            [a, b, c, d] => {
                let [first, second] = [normal_of([a, b, c]), normal_of([a, c, d])];
                match (first, second) {
                    (Some(one), Some(other)) if dot3(one, other) > FLAT => {
                        let corners = around.into_iter();
                        self.add_surface(corners, one, &[[0, 1, 2], [0, 2, 3]]);
                    }
                    _ => {
                        self.add_triangle([a, b, c]);
                        self.add_triangle([a, c, d]);
                    }
                }
            }
            [a, b, c] => self.add_triangle([a, b, c]),
            _ => {}
        }
    }

    fn add_triangle(&mut self, corners: [Point3; 3]) {
        if let Some(normal) = normal_of(corners) {
            self.add_surface(corners.into_iter(), normal, &[[0, 1, 2]]);
        }
    }

    /// Adds the six sides of a piece of furniture.
    fn add_box(&mut self, piece: &Piece) {
        self.add_prism(&piece.footprint, [piece.bottom, piece.top]);
    }

    /// Adds an upright body over a polygon of the plan.
    fn add_prism(&mut self, outline: &[Point], [bottom, top]: [f64; 2]) {
        for (from, to) in edges(outline) {
            self.add_upright(from, to, [bottom, top]);
        }
        let faces = triangulate(outline);
        let lid = |height: f64| outline.iter().map(move |&corner| lift(corner, height));
        let downward: Vec<_> = faces.iter().map(|&[a, b, c]| [a, c, b]).collect();
        self.add_surface(lid(top), [0.0, 1.0, 0.0], &faces);
        self.add_surface(lid(bottom), [0.0, -1.0, 0.0], &downward);
    }

    /// Adds an upright rectangle over a segment of the plan, facing to the segment's right.
    fn add_upright(&mut self, from: Point, to: Point, [bottom, top]: [f64; 2]) {
        self.add_face(&[
            lift(from, bottom),
            lift(to, bottom),
            lift(to, top),
            lift(from, top),
        ]);
    }
}

/// How high a column is drawn: as seen, or up to the ceiling.
pub fn column_top(column: &Pillar, shell: &Shell) -> f64 {
    let above = |at: Point| plane_above(&shell.ceilings, at).map(|plane| plane.at(at));
    let first = column.outline.first().copied();
    column
        .height
        .or_else(|| first.and_then(above))
        .or(shell.height)
        .unwrap_or(NOMINAL_HEIGHT)
}

/// A point of the plan at a height above the floor: x, height, -y.
fn lift([x, y]: Point, height: f64) -> Point3 {
    [x, height, -y]
}

/// To 0.1 mm, and never a negative zero, which readers of the JSON would stumble over.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4 + 0.0
}

/// The direction from which a triangle runs counter-clockwise.
fn normal_of([a, b, c]: [Point3; 3]) -> Option<Point3> {
    unit(cross3(subtract(b, a), subtract(c, a)))
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
