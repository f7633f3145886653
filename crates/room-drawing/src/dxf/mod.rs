//! The floor plan as a drawing for CAD: DXF of AutoCAD 2000 (AC1015), in meters.
//!
//! Layers are named as the National CAD Standard's layer guidelines have it: discipline `A`,
//! then the major group. The floor frame is the drawing's world coordinates, so every figure that
//! is measured in the drawing is a figure of the room. Dimensions are real `DIMENSION` entities,
//! each with the block that shows it.

mod document;
mod entities;

use room_geometry::model::{OpeningKind, RoomGeometry};

use crate::furniture::{Piece, pieces};
use crate::openings::{Hole, leaves, solid_runs};
use crate::plan::figures;
use crate::pole::freest_spot;
use crate::polygon::{Point, along, between, bounds, length, middle};
use crate::regions::Plane;
use crate::shell::{Shell, Wall};
use crate::symbols::{Stroke, symbol};
use crate::text::clean;
use document::{DASH_DOT, DASHED, Layer};
use entities::{Entities, Pen, Text};

/// Walls shorter than this get no dimension, meters.
const SHORTEST: f64 = 0.3;
/// At most so many walls get a dimension.
const MOST_DIMENSIONS: usize = 256;
/// The height of letters, as a part of the room's size, and its limits in meters.
const LETTERS: f64 = 1.0 / 50.0;
const SMALLEST_LETTERS: f64 = 0.05;
const LARGEST_LETTERS: f64 = 2.0;
/// Color of what is drawn by a stated default instead of a measurement: gray.
const GRAY: u16 = 8;

/// Writes the floor plan of a room. Without a usable outline the drawing holds a text that says so.
pub fn write(room: &RoomGeometry, title: &str) -> Vec<u8> {
    let title = clean(title, 80);
    let mut entities = Entities::default();
    let field = match Shell::of(room) {
        Ok(shell) => {
            draw(room, &shell, &title, &mut entities);
            bounds(shell.outline.iter().copied())
        }
        Err(_) => {
            let text = "The outline of this room is not known.";
            entities.text(Layer::Text, &Text::centered([0.0, 0.0], 0.2), text);
            None
        }
    };
    let file = document::assemble(entities, field.unwrap_or([[0.0; 2], [5.0; 2]]));
    // The header says the code page is Windows 1252, which has these characters in one byte.
    file.chars()
        .map(|c| u8::try_from(c).unwrap_or(b'?'))
        .collect()
}

fn draw(room: &RoomGeometry, shell: &Shell, title: &str, out: &mut Entities) {
    let [low, high] = bounds(shell.outline.iter().copied()).unwrap_or([[0.0; 2], [1.0; 2]]);
    let size = (high[0] - low[0]).max(high[1] - low[1]);
    let letters = (size * LETTERS).clamp(SMALLEST_LETTERS, LARGEST_LETTERS);

    out.letters = letters;

    out.polygon(Pen::of(Layer::Floor), &shell.outline);
    for level in &shell.levels {
        out.polygon(Pen::of(Layer::Floor), &level.outline);
        let text = signed(level.height);
        label(&level.outline, &[], letters, &text, Layer::Text, out);
    }
    for plane in shell.ceilings.iter().filter(|plane| !plane.is_level()) {
        draw_plane(plane, letters, out);
    }
    draw_walls(shell, out);
    for column in &shell.columns {
        out.polygon(Pen::of(Layer::Columns), &column.outline);
    }
    let pieces = pieces(room);
    for piece in &pieces {
        draw_piece(piece, &pieces, shell, letters, out);
    }
    draw_dimensions(shell, letters, out);

    let footprints: Vec<[Point; 4]> = pieces.iter().map(|piece| piece.footprint).collect();
    let area = figures::area(room, shell);
    label(
        &shell.outline,
        &footprints,
        letters * 1.3,
        &area,
        Layer::Text,
        out,
    );
    let walls = shell.walls.iter().map(Wall::drawn_thickness);
    let above = walls.fold(10.0 * letters, |above, wall| {
        above.max(wall + 10.0 * letters)
    });
    let head = [(low[0] + high[0]) / 2.0, high[1] + above];
    out.text(Layer::Text, &Text::centered(head, letters * 1.8), title);
    if let Some(size) = figures::size(&room.dimensions) {
        let below = [head[0], head[1] - 2.4 * letters];
        out.text(Layer::Text, &Text::centered(below, letters * 1.2), &size);
    }
}

/// A text where a region has most room.
fn label(
    region: &[Point],
    obstacles: &[[Point; 4]],
    letters: f64,
    text: &str,
    layer: Layer,
    out: &mut Entities,
) {
    let free = freest_spot(region, obstacles).or_else(|| freest_spot(region, &[]));
    if let Some(spot) = free {
        out.text(layer, &Text::centered(spot.at, letters), text);
    }
}

/// The edges of a sloped ceiling, with the height at each corner.
fn draw_plane(plane: &Plane, letters: f64, out: &mut Entities) {
    let pen = Pen::of(Layer::Ceiling).dashed(DASH_DOT);
    out.polygon(pen, &plane.outline);
    let count = plane.outline.len() as f64;
    let sum = plane
        .outline
        .iter()
        .fold([0.0; 2], |sum, &at| along(sum, at, 1.0));
    let center = [sum[0] / count, sum[1] / count];
    for &corner in &plane.outline {
        let inward = between(corner, center);
        let share = 3.0 * letters / length(inward).max(1e-9);
        let at = along(corner, inward, share.min(0.5));
        let text = format!("{:.2}", plane.at(corner));
        out.text(Layer::Ceiling, &Text::centered(at, letters), &text);
    }
}

fn draw_walls(shell: &Shell, out: &mut Entities) {
    let spans = shell.outer_spans(Wall::drawn_thickness);
    for (wall, span) in shell.walls.iter().zip(spans) {
        if wall.open {
            out.line(Pen::of(Layer::Floor).dashed(DASHED), wall.start, wall.end);
            continue;
        }
        let thickness = wall.drawn_thickness();
        let mut pen = Pen::of(Layer::Wall);
        if wall.thickness.is_none() {
            pen = pen.colored(GRAY);
        }
        if !wall.seen {
            pen = pen.dashed(DASHED);
        }
        let section = |[from, to]: [f64; 2]| {
            let outer = |run: f64| wall.outer(run, thickness, span);
            [wall.inner(from), wall.inner(to), outer(to), outer(from)]
        };
        for run in solid_runs(&wall.holes, wall.length) {
            out.polygon(pen, &section(run));
        }
        for hole in &wall.holes {
            draw_opening(wall, hole, section([hole.from, hole.to]), out);
        }
    }
}

fn draw_opening(wall: &Wall, hole: &Hole, section: [Point; 4], out: &mut Entities) {
    let [from, to, back_to, back_from] = section;
    match hole.kind {
        OpeningKind::Window => {
            out.polygon(Pen::of(Layer::Glazing), &section);
            let [a, b] = [middle(from, back_from), middle(to, back_to)];
            out.line(Pen::of(Layer::Glazing), a, b);
        }
        OpeningKind::Door => {
            for [hinge, tip, closed] in leaves(wall, hole) {
                out.line(Pen::of(Layer::Door), hinge, tip);
                out.arc(Pen::of(Layer::Door), hinge, [tip, closed]);
            }
            out.line(Pen::of(Layer::Door).dashed(DASHED), back_from, back_to);
        }
        OpeningKind::Opening => {
            let pen = Pen::of(Layer::Floor).dashed(DASHED);
            out.line(pen, from, to);
            out.line(pen, back_from, back_to);
        }
    }
}

fn draw_piece(piece: &Piece, pieces: &[Piece], shell: &Shell, letters: f64, out: &mut Entities) {
    let pen = Pen::of(Layer::Furniture);
    out.polygon(pen, &piece.footprint);
    for stroke in symbol(piece, pieces, &shell.outline) {
        match stroke {
            Stroke::Circle(center, radius) => out.circle(pen, center, radius),
            Stroke::Line(points) => {
                for (&a, &b) in points.iter().zip(points.iter().skip(1)) {
                    out.line(pen, a, b);
                }
            }
        }
    }
    let text = Text::centered(piece.center, letters * 0.8);
    out.text(Layer::Furniture, &text, &piece.name);
}

/// The length of each wall, outside of it.
fn draw_dimensions(shell: &Shell, letters: f64, out: &mut Entities) {
    let measured = shell.walls.iter().filter(|wall| wall.length >= SHORTEST);
    for wall in measured.take(MOST_DIMENSIONS) {
        let offset = wall.drawn_thickness() + 4.0 * letters;
        let line = [wall.behind(0.0, offset), wall.behind(wall.length, offset)];
        let feet = [
            wall.behind(0.0, wall.drawn_thickness()),
            wall.behind(wall.length, wall.drawn_thickness()),
        ];
        out.dimension([wall.start, wall.end], feet, line, letters);
    }
}

/// A height with its sign.
fn signed(height: f64) -> String {
    let sign = if height > 0.0 { "+" } else { "" };
    format!("{sign}{height:.2}")
}
