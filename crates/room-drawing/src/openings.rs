//! Openings, cut to the wall that they are in.

use room_geometry::model::{Opening, OpeningKind};

use crate::polygon::Point;
use crate::shell::Wall;

/// Narrower than this is no opening but an error of the measurement, meters.
const NARROWEST: f64 = 0.05;
/// Doors wider than this are drawn with two leaves, meters.
const WIDEST_LEAF: f64 = 1.25;
/// A door or a passage that begins lower than this begins at the floor, meters.
const THRESHOLD: f64 = 0.05;

/// A hole in a wall, lengths in meters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hole {
    /// Its index in `geometry.openings`.
    pub index: usize,
    /// What it is.
    pub kind: OpeningKind,
    /// Nearer edge, from the wall's start.
    pub from: f64,
    /// Farther edge, from the wall's start; at most the wall's length.
    pub to: f64,
    /// Lower edge above the floor.
    pub bottom: f64,
    /// Upper edge above the floor.
    pub top: f64,
}

impl Hole {
    /// The opening within a wall of the given length; `None` when nothing of it is.
    ///
    /// `reversed` says that the wall is drawn from its end to its start.
    pub fn of(index: usize, opening: &Opening, wall_length: f64, reversed: bool) -> Option<Self> {
        let figures = [opening.offset, opening.width, opening.bottom, opening.top];
        if figures.iter().any(|figure| !figure.is_finite()) {
            return None;
        }
        let near = opening.offset.clamp(0.0, wall_length);
        let far = (opening.offset + opening.width).clamp(0.0, wall_length);
        let (from, to) = if reversed {
            (wall_length - far, wall_length - near)
        } else {
            (near, far)
        };
        let stands_on_floor = opening.kind != OpeningKind::Window && opening.bottom < THRESHOLD;
        let bottom = if stands_on_floor {
            0.0
        } else {
            opening.bottom.max(0.0)
        };

        let open = to - from >= NARROWEST && opening.top - bottom >= NARROWEST;
        open.then_some(Self {
            index,
            kind: opening.kind,
            from,
            to,
            bottom,
            top: opening.top,
        })
    }
}

/// What is left of `[0, length]` between the holes, as intervals in order.
pub fn solid_runs(holes: &[Hole], length: f64) -> Vec<[f64; 2]> {
    let mut spans: Vec<[f64; 2]> = holes.iter().map(|hole| [hole.from, hole.to]).collect();
    spans.sort_by(|a, b| a[0].total_cmp(&b[0]));

    let mut runs = Vec::with_capacity(spans.len() + 1);
    let mut reached = 0.0;
    for [from, to] in spans {
        if from > reached {
            runs.push([reached, from]);
        }
        reached = f64::max(reached, to);
    }
    if length > reached {
        runs.push([reached, length]);
    }
    runs
}

/// The leaves of a door: hinge, edge when open, edge when closed.
pub fn leaves(wall: &Wall, hole: &Hole) -> Vec<[Point; 3]> {
    let width = hole.to - hole.from;
    let leaf = |hinge: f64, closed: f64| {
        let reach = (closed - hinge).abs();
        [
            wall.inner(hinge),
            wall.behind(hinge, -reach),
            wall.inner(closed),
        ]
    };
    if width > WIDEST_LEAF {
        let middle = hole.from + width / 2.0;
        vec![leaf(hole.from, middle), leaf(hole.to, middle)]
    } else {
        vec![leaf(hole.from, hole.to)]
    }
}
