//! Furniture: footprints, and the names that find a place.

use super::labels::{Quad, Taken, overlap, text_box};
use super::sheet::Sheet;
use super::style::OBJECT;
use super::svg::{Drawing, Place, open_path};
use crate::furniture::Piece;
use crate::polygon::{Point, between, length, middle};
use crate::symbols::{Stroke, symbol};

/// What hangs higher than this is above the section and drawn dashed, meters.
const SECTION_HEIGHT: f64 = 1.5;
/// A piece smaller than this on the sheet has no name beside it, which could be another's.
const SMALLEST_NAMED: f64 = 9.0;
/// Between a footprint and a name beside it.
const GAP: f64 = 8.0;

/// Draws the footprints: what hangs on the ceiling over what stands on the floor.
pub fn draw_all(pieces: &[Piece], outline: &[Point], drawing: &mut Drawing, sheet: &Sheet) {
    let mut stacked: Vec<&Piece> = pieces.iter().collect();
    stacked.sort_by(|a, b| a.top.total_cmp(&b.top));
    for piece in stacked {
        let strokes = symbol(piece, pieces, outline);
        draw(piece, &strokes, drawing, sheet);
    }
}

/// The footprints on the sheet.
pub fn footprints(pieces: &[Piece], sheet: &Sheet) -> Vec<Quad> {
    let footprint = |piece: &Piece| piece.footprint.map(|corner| sheet.place(corner));
    pieces.iter().map(footprint).collect()
}

/// Draws the footprint of a piece and its symbol.
fn draw(piece: &Piece, strokes: &[Stroke], drawing: &mut Drawing, sheet: &Sheet) {
    let [length, width, height] = piece.size;
    let title = format!("{}, {length:.2} × {width:.2} × {height:.2} m", piece.name);
    let class = if piece.bottom > SECTION_HEIGHT {
        "object high"
    } else {
        "object"
    };
    drawing.group(&title, |drawing| {
        let corners = piece.footprint.map(|corner| sheet.place(corner));
        drawing.polygon(class, &corners);
        for stroke in strokes {
            match stroke {
                Stroke::Line(points) => {
                    let points: Vec<Point> = points.iter().map(|&at| sheet.place(at)).collect();
                    drawing.path("symbol", &open_path(&points));
                }
                Stroke::Circle(center, radius) => {
                    drawing.circle("symbol", sheet.place(*center), radius * sheet.scale);
                }
            }
        }
    });
}

/// Writes the name of each piece of a known class on it or beside it, where nothing else is. A name
/// for which there is no place is left to the footprint's title.
pub fn label_all(pieces: &[Piece], drawing: &mut Drawing, sheet: &Sheet, taken: &mut Taken) {
    for piece in pieces.iter().filter(|piece| piece.named) {
        let others = pieces.iter().filter(|other| other.index != piece.index);
        let hearts: Vec<Quad> = others.map(|other| heart(other, sheet)).collect();
        let free = candidates(piece, sheet).into_iter().find(|&place| {
            let quad = text_box(OBJECT, place, &piece.name);
            quad.iter().all(|&corner| sheet.holds(corner))
                && taken.is_free(&quad)
                && !hearts.iter().any(|heart| overlap(&quad, heart))
        });
        if let Some(place) = free {
            taken.add(text_box(OBJECT, place, &piece.name));
            let on_it = place.at == sheet.place(piece.center);
            let halo = if on_it { "halo on" } else { "halo inside" };
            drawing.text(OBJECT, halo, place, &piece.name);
        }
    }
}

/// Places for a name, best first: on the piece if it fits there, upright or along its longer side,
/// else below, above and beside it.
fn candidates(piece: &Piece, sheet: &Sheet) -> Vec<Place> {
    let [a, b, c, d] = piece.footprint.map(|corner| sheet.place(corner));
    let center = sheet.place(piece.center);
    let text = OBJECT.width(&piece.name) + 4.0;
    let level = |at| Place { at, turn: 0.0 };
    let mut places = Vec::new();

    let (long, wide) = (between(a, b), between(b, c));
    for (run, across) in [(long, wide), (wide, long)] {
        if length(run) >= text && length(across) >= OBJECT.size {
            places.push(Place {
                at: center,
                turn: readable_turn(run),
            });
        }
    }
    places.sort_by(|p, q| p.turn.abs().total_cmp(&q.turn.abs()));
    if length(long).max(length(wide)) < SMALLEST_NAMED {
        return places;
    }

    let reach = |axis: usize| {
        let values = [a, b, c, d].map(|corner| (corner[axis] - center[axis]).abs());
        values.into_iter().fold(0.0, f64::max) + GAP
    };
    let (right, down) = (reach(0) + text / 2.0 - 4.0, reach(1));
    let [x, y] = center;
    let beside = [[x, y + down], [x, y - down], [x - right, y], [x + right, y]];
    places.extend(beside.map(level));
    places
}

/// The turn of a text along a line, so that it can be read from below or from the right, degrees.
pub fn readable_turn([x, y]: [f64; 2]) -> f64 {
    let degrees = y.atan2(x).to_degrees();
    // A vertical line comes out a hair to either side of 90 degrees and must not flip.
    if degrees > 89.9 {
        degrees - 180.0
    } else if degrees <= -90.1 {
        degrees + 180.0
    } else {
        degrees
    }
}

/// The footprint on the sheet, shrunk to its middle half: a name may touch the rim of another piece
/// but not cover it.
fn heart(piece: &Piece, sheet: &Sheet) -> Quad {
    let center = sheet.place(piece.center);
    piece
        .footprint
        .map(|corner| middle(center, sheet.place(corner)))
}
