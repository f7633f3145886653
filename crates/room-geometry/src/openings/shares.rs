//! What the cells of a part of a wall's face are.

use super::raster::Raster;
use super::rectangle::Candidate;

/// Cells looked at beside a candidate.
const STRIP: usize = 3;
/// Where fewer cells of wall can be expected, nothing is known.
const LEAST_EXPECTED: f64 = 2.5;
/// Where more than this part is hidden, neither.
const HIDDEN: f64 = 0.7;
/// The middles of the sides are wall with this part of what can be expected, but for a chance of as much
/// as one standard deviation.
const STRAIGHT: f64 = 0.75;

/// Cells of each kind, as parts of all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shares {
    /// Number of cells.
    pub cells: f64,
    /// How many of the visible ones would hold points of the wall, were it there, and how many do.
    pub expected: f64,
    pub wall: f64,
    /// Parts with points behind the wall, beyond what the wall's own cells have.
    pub recessed: f64,
    pub through: f64,
    pub hidden: f64,
}

impl Shares {
    pub fn new(raster: &Raster, from: [usize; 2], to: [usize; 2]) -> Self {
        let mut shares = Self::default();
        for row in from[1]..to[1].min(raster.rows) {
            for column in from[0]..to[0].min(raster.columns) {
                let at = row * raster.columns + column;
                let cell = &raster.cells[at];
                let one = |is: bool| f64::from(u8::from(is));
                shares.cells += 1.0;
                shares.wall += one(cell.is_wall());
                shares.recessed += one(cell.is_recessed());
                shares.through += one(cell.is_through());
                shares.hidden += one(cell.hidden);
                if !cell.hidden {
                    shares.expected += f64::from(raster.expected[at]);
                }
            }
        }
        let cells = shares.cells.max(1.0);
        let beyond = |count: f64, strays: f64| ((count / cells - strays) / (1.0 - strays)).max(0.0);
        shares.recessed = beyond(shares.recessed, raster.behind_wall[0]);
        shares.through = beyond(shares.through, raster.behind_wall[1]);
        shares.hidden /= cells;
        shares
    }

    /// Part of the expected wall that was seen, 0 to 1.
    pub fn filled(&self) -> f64 {
        (self.wall / self.expected.max(1.0)).min(1.0)
    }

    /// Part with something behind the wall.
    pub fn behind(&self) -> f64 {
        (self.recessed + self.through).min(1.0)
    }
}

/// How much wall was seen beyond a side of a candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Side {
    /// The part of what could be expected, 0 to 1.
    Seen(f64),
    /// Something stands before it.
    Hidden,
    /// Not enough of the scan is there to tell.
    Unseen,
}

impl Side {
    /// As far as anything is known; a half else.
    pub fn value(self) -> f64 {
        match self {
            Self::Seen(part) => part,
            Self::Hidden | Self::Unseen => 0.5,
        }
    }

    pub fn is_known(self) -> bool {
        matches!(self, Self::Seen(_))
    }
}

/// What is seen around a candidate.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub left: Side,
    pub right: Side,
    pub below: Side,
    pub above: Side,
    /// Whether wall begins at the middle of the sides as it does at the corners: patches that the
    /// scanner missed bulge there.
    pub straight: bool,
}

impl Frame {
    pub fn new(raster: &Raster, candidate: &Candidate) -> Self {
        let ([x0, y0], [x1, y1]) = (candidate.from, candidate.to);
        let seen = |from: [usize; 2], to: [usize; 2]| {
            let beside = Shares::new(raster, from, to);
            if beside.cells >= 4.0 && beside.hidden > HIDDEN {
                Side::Hidden
            } else if beside.expected < LEAST_EXPECTED {
                Side::Unseen
            } else {
                Side::Seen(beside.filled())
            }
        };
        let strips = [
            ([x0.saturating_sub(STRIP), y0], [x0, y1]),
            ([x1, y0], [x1 + STRIP, y1]),
            ([x0, y0.saturating_sub(STRIP)], [x1, y0]),
            ([x0, y1], [x1, y1 + STRIP]),
        ];
        let [left, right, below, above] = strips.map(|(from, to)| seen(from, to));
        let mut middles = [0.0; 2];
        for (axis, (mut from, mut to)) in [1, 1, 0, 0].into_iter().zip(strips) {
            let third = (to[axis] - from[axis]) / 3;
            from[axis] += third;
            to[axis] -= third;
            let middle = Shares::new(raster, from, to);
            middles[0] += middle.wall;
            middles[1] += middle.expected;
        }
        let straight = middles[0] + f64::sqrt(middles[1]) >= STRAIGHT * middles[1];
        Self {
            left,
            right,
            below,
            above,
            straight,
        }
    }
}
