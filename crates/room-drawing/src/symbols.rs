//! Furniture symbols: the strokes inside a footprint that say what stands there.
//!
//! A box does not say where its back is. What has one stands with it to the nearest wall, and a
//! chair turns it away from the nearest table; where neither is near, no back is drawn.

use crate::furniture::Piece;
use crate::polygon::{Point, between, distance_to_segment, edges, length, middle};

/// A wall farther away than this says nothing about a piece's back, meters.
const NEAR_WALL: f64 = 0.6;
/// A table farther away than this says nothing about a chair's back, meters.
const NEAR_TABLE: f64 = 1.6;
/// At most so many strokes repeat in a symbol, as the treads of stairs.
const MOST_REPEATS: f64 = 40.0;

/// A stroke of a symbol, in the plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Stroke {
    /// A line through some points.
    Line(Vec<Point>),
    /// A circle around a point.
    Circle(Point, f64),
}

/// A footprint seen from the front: `u` runs along the back from 0 to 1, `v` from front to back.
struct Face {
    corners: [Point; 4],
    width: f64,
    depth: f64,
    strokes: Vec<Stroke>,
}

impl Face {
    fn at(&self, [u, v]: Point) -> Point {
        let [back_start, back_end, front_end, front_start] = self.corners;
        let mix = |a: Point, b: Point, part: f64| {
            [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part]
        };
        mix(
            mix(front_start, front_end, u),
            mix(back_start, back_end, u),
            v,
        )
    }

    fn line(&mut self, points: &[Point]) {
        let points = points.iter().map(|&point| self.at(point)).collect();
        self.strokes.push(Stroke::Line(points));
    }

    fn rectangle(&mut self, [a, b]: [Point; 2]) {
        self.line(&[a, [b[0], a[1]], b, [a[0], b[1]], a]);
    }

    fn circle(&mut self, at: Point, radius: f64) {
        let center = self.at(at);
        self.strokes.push(Stroke::Circle(center, radius));
    }

    /// A length as a part of the depth, at most a given one.
    fn deep(&self, meters: f64, most: f64) -> f64 {
        (meters / self.depth).min(most)
    }

    fn wide(&self, meters: f64, most: f64) -> f64 {
        (meters / self.width).min(most)
    }
}

/// The symbol of a piece in a room.
pub fn symbol(piece: &Piece, pieces: &[Piece], outline: &[Point]) -> Vec<Stroke> {
    let name = piece.name.to_ascii_lowercase();
    let kind = name.rsplit(' ').next().unwrap_or(&name);
    let back = back_of(kind, piece, pieces, outline);
    let side = back.unwrap_or(0);
    let mut corners = piece.footprint;
    corners.rotate_left(side);
    let [a, b, c, _] = corners;
    let mut face = Face {
        corners,
        width: length(between(a, b)).max(1e-3),
        depth: length(between(b, c)).max(1e-3),
        strokes: Vec::new(),
    };
    draw(kind, back.is_some(), &mut face);
    face.strokes
}

fn draw(kind: &str, has_back: bool, face: &mut Face) {
    let least = face.width.min(face.depth);
    match kind {
        "sofa" | "armchair" | "couch" if has_back => draw_sofa(face),
        "chair" if has_back => {
            let back = 1.0 - face.deep(0.08, 0.3);
            face.line(&[[0.0, back], [1.0, back]]);
        }
        "bed" if has_back => draw_bed(face),
        "cabinet" | "wardrobe" | "shelf" | "storage" | "bookcase" => {
            face.line(&[[0.0, 0.0], [1.0, 1.0]]);
            if kind != "shelf" && kind != "bookcase" {
                face.line(&[[0.0, 1.0], [1.0, 0.0]]);
            }
        }
        "screen" | "television" | "tv" | "monitor" => face.line(&[[0.0, 0.5], [1.0, 0.5]]),
        "lamp" | "light" => {
            face.circle([0.5, 0.5], least * 0.42);
            face.line(&[[0.5, 0.2], [0.5, 0.8]]);
            face.line(&[[0.2, 0.5], [0.8, 0.5]]);
        }
        "plant" => {
            face.circle([0.5, 0.5], least * 0.46);
            for end in [
                [0.5, 0.88],
                [0.85, 0.35],
                [0.15, 0.35],
                [0.8, 0.75],
                [0.2, 0.75],
            ] {
                face.line(&[[0.5, 0.5], end]);
            }
        }
        "stove" | "oven" | "hob" => {
            for at in [[0.27, 0.27], [0.73, 0.27], [0.27, 0.73], [0.73, 0.73]] {
                face.circle(at, least * 0.16);
            }
        }
        "appliance" | "refrigerator" | "dishwasher" | "fridge" => {
            let door = face.deep(0.06, 0.3);
            face.line(&[[0.0, door], [1.0, door]]);
            face.line(&[[0.0, door], [1.0, 1.0]]);
        }
        "washer" | "dryer" => face.circle([0.5, 0.5], least * 0.36),
        "sink" | "washbasin" => {
            face.rectangle([[0.12, 0.1], [0.88, 0.8]]);
            face.circle([0.5, 0.45], least * 0.06);
        }
        "toilet" => {
            let tank = 1.0 - face.deep(0.18, 0.35);
            face.line(&[[0.0, tank], [1.0, tank]]);
            face.circle(
                [0.5, tank * 0.52],
                (face.width * 0.42).min(face.depth * 0.3),
            );
        }
        "bathtub" | "bath" => {
            face.rectangle([[0.06, 0.1], [0.94, 0.9]]);
            face.circle([0.85, 0.5], least * 0.05);
        }
        "fireplace" => face.line(&[[0.1, 0.0], [0.25, 0.7], [0.75, 0.7], [0.9, 0.0]]),
        "stairs" => draw_treads(face),
        _ => {}
    }
}

fn draw_sofa(face: &mut Face) {
    let (back, arm) = (1.0 - face.deep(0.22, 0.3), face.wide(0.16, 0.2));
    face.line(&[[arm, 0.0], [arm, back], [1.0 - arm, back], [1.0 - arm, 0.0]]);
    let seats = (face.width / 0.75).round().clamp(1.0, 6.0);
    let mut seat = 1.0;
    while seat < seats {
        let u = arm + (1.0 - 2.0 * arm) * seat / seats;
        face.line(&[[u, 0.0], [u, back]]);
        seat += 1.0;
    }
}

fn draw_bed(face: &mut Face) {
    let pillow = face.deep(0.4, 0.25);
    let [low, high] = [0.97 - pillow, 0.97];
    if face.width > 1.2 {
        face.rectangle([[0.06, low], [0.46, high]]);
        face.rectangle([[0.54, low], [0.94, high]]);
    } else {
        face.rectangle([[0.12, low], [0.88, high]]);
    }
    let sheet = low - 0.04;
    face.line(&[[0.0, sheet], [1.0, sheet]]);
    face.line(&[
        [0.7, sheet],
        [1.0, sheet - face.deep(0.3 * face.width, 0.3)],
    ]);
}

fn draw_treads(face: &mut Face) {
    let along_width = face.width > face.depth;
    let run = face.width.max(face.depth);
    let treads = (run / 0.28).floor().clamp(1.0, MOST_REPEATS);
    let mut tread = 1.0;
    while tread < treads {
        let part = tread / treads;
        if along_width {
            face.line(&[[part, 0.0], [part, 1.0]]);
        } else {
            face.line(&[[0.0, part], [1.0, part]]);
        }
        tread += 1.0;
    }
}

/// The side of a footprint that is a piece's back: 0 from its first corner to its second, and so
/// on around.
fn back_of(kind: &str, piece: &Piece, pieces: &[Piece], outline: &[Point]) -> Option<usize> {
    let [a, b, c, d] = piece.footprint;
    let sides = [(a, b), (b, c), (c, d), (d, a)];
    let (long, wide) = (length(between(a, b)), length(between(b, c)));
    let may_be = |side: usize| match kind {
        // A sofa's back is a long side, the head of a bed a short one.
        "sofa" | "couch" => side.is_multiple_of(2) == (long >= wide),
        "bed" => side.is_multiple_of(2) == (long < wide),
        _ => true,
    };
    if kind == "chair" {
        let table = pieces
            .iter()
            .filter(|other| other.name.ends_with("able") || other.name.ends_with("esk"))
            .map(|other| (length(between(other.center, piece.center)), other.center))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|&(distance, _)| distance < NEAR_TABLE);
        return table.and_then(|(_, center)| {
            let from = |side: &(Point, Point)| length(between(middle(side.0, side.1), center));
            let farthest = sides.iter().enumerate();
            farthest
                .max_by(|a, b| from(a.1).total_cmp(&from(b.1)))
                .map(|(side, _)| side)
        });
    }
    let distance = |(start, end): (Point, Point)| {
        let at = middle(start, end);
        let walls = edges(outline).map(|(a, b)| distance_to_segment(at, a, b));
        walls.fold(f64::INFINITY, f64::min)
    };
    let candidates = sides.into_iter().enumerate();
    candidates
        .filter(|&(side, _)| may_be(side))
        .map(|(side, ends)| (side, distance(ends)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|&(_, distance)| distance < NEAR_WALL)
        .map(|(side, _)| side)
}
