//! Dimension lines: the length of each wall, outside of it.
//!
//! A wall whose corners both stick out is measured just outside of it. A wall beside a niche is
//! measured where architects do it, in a chain outside of the whole room, so that the niche stays
//! free of crossing lines; where the chain is full, in the niche, and at last inside the room.

use super::figures::AT_LEAST;
use super::furniture::readable_turn;
use super::labels::{Quad, Taken, overlap, text_box};
use super::sheet::Sheet;
use super::style::DIMENSION;
use super::svg::{Drawing, Place};
use super::walls::DrawnWall;
use crate::polygon::{Point, along, between, dot, length, middle};

/// Walls shorter than this get no dimension, meters.
const SHORTEST: f64 = 0.4;
/// Nor do walls shorter than this on the sheet.
const SHORTEST_DRAWN: f64 = 12.0;
/// At most so many walls get a dimension, the longest.
const MOST: usize = 64;
/// From a face to the dimension line outside of it; the nearer is tried first.
const GAPS: [f64; 2] = [17.0, 30.0];
/// From the inner face to a line inside the room.
const INSIDE: f64 = 13.0;
/// From a face to where the extension lines begin.
const FOOT: f64 = 5.0;
/// Extension lines are at most this long.
const LONGEST_EXTENSION: f64 = 13.0;
/// From a dimension line to a text that is too long to stand on it.
const BESIDE: f64 = 9.0;
/// Cosine of the angle between walls that count as parallel.
const PARALLEL: f64 = 0.9998;
/// Half the length of the slanted tick at each end.
const TICK: f64 = 3.2;
/// Half the width of the strip that a line keeps free of other lines and texts.
const STRIP: f64 = 2.0;

/// Draws the dimensions of the walls that are long enough, longest first, as far as they find
/// place.
pub fn draw_all(
    walls: &[DrawnWall],
    footprints: &[Quad],
    drawing: &mut Drawing,
    sheet: &Sheet,
    taken: &mut Taken,
) {
    let mut measured: Vec<&DrawnWall> = walls
        .iter()
        .filter(|drawn| drawn.wall.length >= SHORTEST)
        .filter(|drawn| drawn.wall.length * sheet.scale >= SHORTEST_DRAWN)
        .collect();
    measured.sort_by(|a, b| b.wall.length.total_cmp(&a.wall.length));
    measured.truncate(MOST);

    for drawn in measured {
        let candidates = candidates(drawn, walls, sheet);
        let text_fits = |dimension: &&Dimension| {
            let quad = dimension.text_box();
            quad.iter().all(|&corner| sheet.holds(corner))
                && taken.is_free(&quad)
                && !footprints.iter().any(|other| overlap(&quad, other))
        };
        let clean =
            |dimension: &&Dimension| text_fits(dimension) && taken.is_free(&dimension.strip());
        // Rather a line that crosses another than a wall without its length.
        let found = candidates
            .iter()
            .find(clean)
            .or_else(|| candidates.iter().find(text_fits));
        if let Some(dimension) = found {
            taken.add(dimension.text_box());
            taken.add(dimension.strip());
            dimension.draw(drawing);
        }
    }
}

/// A wall's length at one of the places where it may be drawn.
struct Dimension {
    /// The line, from the wall's start to its end.
    line: [Point; 2],
    /// Where the extension lines begin.
    feet: [Point; 2],
    place: Place,
    text: String,
    /// How much of the line's ends may lie over the walls beside it.
    ends: f64,
    inside: bool,
}

/// Where a wall's dimension may be, best first.
fn candidates(drawn: &DrawnWall, walls: &[DrawnWall], sheet: &Sheet) -> Vec<Dimension> {
    let wall = drawn.wall;
    let face = drawn.thickness * sheet.scale;
    // A chain is of parallel lines: only walls that face the same way make it.
    let reach = |other: &DrawnWall| {
        let beyond = dot(between(wall.start, other.wall.start), wall.outward);
        (beyond + other.thickness) * sheet.scale
    };
    let envelope = walls
        .iter()
        .filter(|other| dot(wall.outward, other.wall.outward) > PARALLEL)
        .map(reach)
        .fold(face, f64::max);

    let near = GAPS.map(|gap| (face, gap));
    let far = GAPS.map(|gap| (envelope, gap));
    let outside = if drawn.beside_niche {
        [far, near]
    } else {
        [near, far]
    };
    outside
        .into_iter()
        .flatten()
        .map(|(face, gap)| Dimension::at(drawn, sheet, face + gap, face + FOOT))
        .chain([Dimension::at(drawn, sheet, -INSIDE, -FOOT / 2.0)])
        .collect()
}

impl Dimension {
    /// The dimension at an offset from the inner face, with extension lines from `foot`.
    fn at(drawn: &DrawnWall, sheet: &Sheet, offset: f64, foot: f64) -> Self {
        let wall = drawn.wall;
        let corners = [wall.start, wall.end].map(|corner| sheet.place(corner));
        // The sheet's y runs down, the plan's up.
        let outward = [wall.outward[0], -wall.outward[1]];
        let shifted = |by: f64| corners.map(|corner| along(corner, outward, by));
        let line = shifted(offset);
        let run = between(line[0], line[1]);

        let at_least = if drawn.open_ended { AT_LEAST } else { "" };
        let short = format!("{at_least}{:.2}", wall.length);
        let long = format!("{short} m");
        let fits = |text: &str| DIMENSION.width(text) + 12.0 <= length(run);
        let text = if fits(&long) { long } else { short };
        let beside = if fits(&text) {
            0.0
        } else {
            BESIDE.copysign(offset)
        };
        Self {
            line,
            // Short, so that those of the outer line do not run through the inner one.
            feet: shifted(if foot < 0.0 {
                foot
            } else {
                foot.max(offset - LONGEST_EXTENSION)
            }),
            place: Place {
                at: along(middle(line[0], line[1]), outward, beside),
                turn: readable_turn(run),
            },
            text,
            ends: drawn.thickness * sheet.scale + 1.0,
            inside: offset < 0.0,
        }
    }

    fn text_box(&self) -> Quad {
        text_box(DIMENSION, self.place, &self.text)
    }

    /// The strip along the line, without its ends, where chained dimensions touch.
    fn strip(&self) -> Quad {
        let [start, end] = self.line;
        let run = between(start, end);
        let long = length(run).max(f64::MIN_POSITIVE);
        let end_share = (self.ends / long).min(0.45);
        let across = [-run[1] * STRIP / long, run[0] * STRIP / long];
        let [a, b] = [along(start, run, end_share), along(end, run, -end_share)];
        [
            along(a, across, -1.0),
            along(b, across, -1.0),
            along(b, across, 1.0),
            along(a, across, 1.0),
        ]
    }

    fn draw(&self, drawing: &mut Drawing) {
        self.draw_line(drawing);
        for (foot, tip) in self.feet.iter().zip(self.line) {
            let extension = between(*foot, tip);
            let over = 3.0 / length(extension).max(f64::MIN_POSITIVE);
            drawing.line("measure", *foot, along(tip, extension, over));
            self.draw_tick(tip, drawing);
        }
        let halo = if self.inside { "halo inside" } else { "halo" };
        drawing.text(DIMENSION, halo, self.place, &self.text);
    }

    /// The line, with a gap where the text stands on it.
    fn draw_line(&self, drawing: &mut Drawing) {
        let [start, end] = self.line;
        let center = middle(start, end);
        if self.place.at != center {
            drawing.line("measure", start, end);
            return;
        }
        let run = between(start, end);
        let half = DIMENSION.width(&self.text) / 2.0 + 3.0;
        let share = half / length(run).max(f64::MIN_POSITIVE);
        drawing.line("measure", start, along(center, run, -share));
        drawing.line("measure", along(center, run, share), end);
    }

    /// A stroke at half a right angle across the line, the architect's arrowhead.
    fn draw_tick(&self, tip: Point, drawing: &mut Drawing) {
        let [start, end] = self.line;
        let run = between(start, end);
        let size = TICK / length(run).max(f64::MIN_POSITIVE);
        let slant = [run[0] + run[1], run[1] - run[0]];
        drawing.line("tick", along(tip, slant, -size), along(tip, slant, size));
    }
}
