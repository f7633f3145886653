//! The floor area, written where there is most room for it.

use room_geometry::model::RoomGeometry;

use super::figures::{area, uncertainty};
use super::furniture::readable_turn;
use super::labels::{Quad, Taken, overlap, text_box};
use super::sheet::Sheet;
use super::style::{AREA, REMARK, Type};
use super::svg::{Drawing, Place};
use crate::furniture::Piece;
use crate::pole::{Spot, freest_spot};
use crate::polygon::{Point, along, between};
use crate::shell::Shell;

/// Between the lines of the label.
const LINE_HEIGHT: f64 = 16.0;
/// A free circle of this radius holds the label among the furniture, sheet units.
const RADIUS: f64 = 30.0;

/// The label with its lines, the area itself first.
#[derive(Debug, Clone)]
pub struct AreaLabel {
    at: Point,
    turn: f64,
    lines: Vec<(Type, String)>,
}

impl AreaLabel {
    /// The label at the spot farthest from walls, furniture and opening doors, or, in a room that
    /// is full, from the walls alone. In a narrow room it is cut down to the area, and turned along
    /// the longest wall.
    pub fn find(
        room: &RoomGeometry,
        shell: &Shell,
        pieces: &[Piece],
        swept: &[Quad],
        taken: &Taken,
        sheet: &Sheet,
    ) -> Option<Self> {
        let at = spot(shell, pieces, swept, sheet)?.at;
        let whole = Self {
            at: sheet.place(at),
            turn: 0.0,
            lines: lines(room, shell),
        };
        let short = Self {
            lines: whole.lines.iter().take(1).cloned().collect(),
            ..whole.clone()
        };
        let turned = Self {
            turn: longest_direction(shell),
            ..short.clone()
        };
        let on_furniture = |label: &Self| {
            let footprints = pieces.iter().map(|piece| piece.footprint);
            let mut placed = footprints.map(|corners| corners.map(|corner| sheet.place(corner)));
            placed.any(|footprint| overlap(&footprint, &label.quad()))
        };
        // Where all is full, rather over furniture than over a wall.
        let fitting = [whole, short, turned.clone()];
        let mut free = fitting
            .into_iter()
            .filter(|label| taken.is_free(&label.quad()));
        let first = free.next();
        let beside = first
            .iter()
            .cloned()
            .chain(free)
            .find(|label| !on_furniture(label));
        beside.or(first).or(Some(turned))
    }

    /// The place that all lines together take up.
    pub fn quad(&self) -> Quad {
        let widest = self
            .lines
            .iter()
            .max_by(|(a, first), (b, second)| a.width(first).total_cmp(&b.width(second)));
        let Some((kind, text)) = widest else {
            return [self.at; 4];
        };
        let place = Place {
            at: self.at,
            turn: self.turn,
        };
        let [a, b, c, d] = text_box(*kind, place, text);
        // Each further line adds half its height above the first box and half below it.
        let more = self.lines.len().saturating_sub(1) as f64 * LINE_HEIGHT / 2.0;
        let height = (d[0] - a[0]).hypot(d[1] - a[1]).max(f64::MIN_POSITIVE);
        let down = between(a, d);
        let grow = |corner: Point, sign: f64| along(corner, down, sign * more / height);
        [grow(a, -1.0), grow(b, -1.0), grow(c, 1.0), grow(d, 1.0)]
    }

    /// Writes the lines below one another.
    pub fn draw(&self, drawing: &mut Drawing) {
        let [x, y] = self.at;
        let middle = self.lines.len().saturating_sub(1) as f64 / 2.0;
        for (row, (kind, text)) in self.lines.iter().enumerate() {
            let place = Place {
                at: [x, y + (row as f64 - middle) * LINE_HEIGHT],
                turn: self.turn,
            };
            drawing.text(*kind, "halo inside", place, text);
        }
    }
}

/// The place with the most room.
fn spot(shell: &Shell, pieces: &[Piece], swept: &[Quad], sheet: &Sheet) -> Option<Spot> {
    let footprints = pieces.iter().map(|piece| piece.footprint);
    let obstacles: Vec<Quad> = footprints.chain(swept.iter().copied()).collect();
    let alone = freest_spot(&shell.outline, &[])?;
    // In a narrow room no spot is better than this one, and none needs to be.
    let enough = RADIUS.min(alone.radius * sheet.scale * 0.8);
    freest_spot(&shell.outline, &obstacles)
        .filter(|spot| spot.radius * sheet.scale >= enough)
        .or(Some(alone))
}

/// The area, and how far it may be off.
fn lines(room: &RoomGeometry, shell: &Shell) -> Vec<(Type, String)> {
    let range = room
        .dimensions
        .floor_area
        .filter(|area| area.value.is_finite());
    let range = range
        .and_then(uncertainty)
        .map(|range| (REMARK, format!("{range} m²")));
    [(AREA, area(room, shell))]
        .into_iter()
        .chain(range)
        .collect()
}

/// The turn of a text along the longest wall, degrees.
fn longest_direction(shell: &Shell) -> f64 {
    let longest = shell
        .walls
        .iter()
        .max_by(|a, b| a.length.total_cmp(&b.length));
    longest.map_or(0.0, |wall| {
        readable_turn([wall.direction[0], -wall.direction[1]])
    })
}
