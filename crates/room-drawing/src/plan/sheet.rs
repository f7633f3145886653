//! The sheet of paper: how large the room is drawn on it, and where.
//!
//! The sheet is 420 units wide, about what a phone shows at full width, so that text of 10 units is
//! legible there; on anything larger the drawing scales with it.

use crate::polygon::{Point, bounds};
use crate::shell::{NOMINAL_THICKNESS, Shell, Wall};

/// Width of the sheet.
pub const WIDTH: f64 = 420.0;
/// Between the edge of the sheet and any text.
pub const MARGIN: f64 = 20.0;
/// Around the room, where its dimension lines are.
const DIMENSION_MARGIN: f64 = 40.0;
/// Height of the tallest room.
const TALLEST: f64 = 420.0;
/// Height of the field for the flattest room.
const FLATTEST: f64 = 90.0;
/// No wall is drawn thinner than this, or a large room's would not show.
const THINNEST_LINE: f64 = 2.0;
/// No wall of unknown thickness is drawn thicker than this, or it would swallow a small room.
const THICKEST_NOMINAL: f64 = 14.0;

/// Where the plan lies on the sheet.
#[derive(Debug, Clone, Copy)]
pub struct Sheet {
    /// Sheet units for a meter.
    pub scale: f64,
    /// Upper edge of the field with the room and its dimensions.
    pub top: f64,
    /// Lower edge of that field.
    pub bottom: f64,
    /// The plan's point in the middle of the field.
    center: Point,
}

impl Sheet {
    /// Fits a room into the sheet below `top`.
    pub fn fit(shell: &Shell, top: f64) -> Self {
        let thickest = shell
            .walls
            .iter()
            .map(|wall| wall.thickness.unwrap_or(NOMINAL_THICKNESS))
            .fold(NOMINAL_THICKNESS, f64::max);
        let [low, high] = bounds(shell.outline.iter().copied()).unwrap_or([[0.0, 0.0], [1.0, 1.0]]);
        let width = high[0] - low[0] + 2.0 * thickest;
        let height = high[1] - low[1] + 2.0 * thickest;
        let scale = ((WIDTH - 2.0 * DIMENSION_MARGIN) / width).min(TALLEST / height);
        let field = (height * scale).max(FLATTEST) + 2.0 * DIMENSION_MARGIN;
        Self {
            scale,
            top,
            bottom: top + field,
            center: [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0],
        }
    }

    /// Where a point of the plan lies on the sheet, whose y runs down.
    pub fn place(&self, [x, y]: Point) -> Point {
        [
            WIDTH / 2.0 + (x - self.center[0]) * self.scale,
            (self.top + self.bottom) / 2.0 - (y - self.center[1]) * self.scale,
        ]
    }

    /// Whether a place of the sheet is in the field of the room, with some air.
    pub fn holds(&self, [x, y]: Point) -> bool {
        (3.0..=WIDTH - 3.0).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// How thick a wall is drawn, in meters; an open boundary is but a line.
    pub fn thickness(&self, wall: &Wall) -> f64 {
        if wall.open {
            return 0.0;
        }
        let nominal = NOMINAL_THICKNESS.min(THICKEST_NOMINAL / self.scale);
        wall.thickness
            .unwrap_or(nominal)
            .max(THINNEST_LINE / self.scale)
    }
}
