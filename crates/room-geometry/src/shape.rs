//! From wall lines to the room's outline: the steps in their order.

use crate::arrangement::Arrangement;
use crate::ceilings::{self, Part};
use crate::columns::{self, Footprint};
use crate::levels::Levels;
use crate::lines::{Line, WallLines};
use crate::outline::{self, Ring};
use crate::plan::{CEILING, FLOOR, GAP, Plan, WIDEST_GAP};
use crate::podiums::{self, Podium};
use crate::polygon::{self, Rectangle};
use crate::support::{self, Support};
use crate::upright::Upright;
use crate::walls::{self, Fit};
use crate::{edges, heights, jambs, region};

/// A line with less wall than this on it, meters, is furniture.
const MIN_WALL: f64 = 0.2;

/// The room's outline and what was found with it, in the upright frame.
pub struct Shape {
    pub corners: Vec<[f64; 2]>,
    pub ring: Ring,
    pub fits: Vec<Fit>,
    pub supports: Vec<Support>,
    pub rectangle: Rectangle,
    pub parts: Vec<Part>,
    pub podiums: Vec<Podium>,
    pub columns: Vec<Footprint>,
}

/// Finds the outline; a lone floor is leveled to its middle.
pub fn find(scan: &Upright, levels: &mut Levels, plan: &Plan, found: &WallLines) -> Option<Shape> {
    let mut supports = support::measure(scan, levels, &found.lines);
    // Furniture does not divide a room.
    supports.retain(|support| support.total() >= MIN_WALL);
    let mut lines: Vec<Line> = supports.iter().map(|support| support.line).collect();
    let hidden = edges::find(scan, levels, plan, found.axis, &lines);
    let sides = jambs::find(scan, levels, plan, &supports);
    lines.extend(&hidden);
    lines.extend(&sides);
    for found in [hidden, sides] {
        supports.extend(support::measure(scan, levels, &found));
    }
    lines.extend(bounds(plan, found.axis, &lines));
    let arrangement = Arrangement::new(&lines, frame(plan, found.axis));
    let chosen = region::room(&arrangement, plan, &supports)?;
    let mut ring = outline::trace(&arrangement, &chosen)?;
    outline::simplify(&mut ring);
    ring.square_short();
    let heights = heights::refine(scan, levels, &ring.corners()?);
    let fits = walls::refit(scan, levels, &mut ring, heights.quiet());
    let corners = ring.corners()?;
    if polygon::area(&corners) < 0.5 || polygon::crosses_itself(&corners) {
        return None;
    }
    let rectangle = polygon::smallest_rectangle(&corners)?;
    if let Some(floor) = &levels.floor {
        let [x, y] = rectangle.center();
        levels.bottom = floor.height_at(x, y);
    }
    Some(Shape {
        parts: ceilings::parts(&corners, levels, &heights),
        podiums: podiums::find(scan, levels, &corners, &rectangle),
        columns: columns::find(scan, levels, &corners, found.axis),
        corners,
        ring,
        fits,
        supports,
        rectangle,
    })
}

/// Lines where the seen floor and ceiling end though no wall was seen there.
fn bounds(plan: &Plan, axis: [f64; 2], walls: &[Line]) -> Vec<Line> {
    let mut lines = Vec::new();
    let left = [-axis[1], axis[0]];
    for direction in [axis, left] {
        let mut places: Vec<f64> = (0..plan.cells.len())
            .filter(|&index| plan.cells[index] & (FLOOR | CEILING | GAP) != 0)
            .map(|index| {
                let center = plan.center(index);
                center[0] * direction[0] + center[1] * direction[1]
            })
            .collect();
        places.sort_unstable_by(f64::total_cmp);
        let Some(last) = places.len().checked_sub(1) else {
            continue;
        };
        let tail = last / 200;
        for (at, sign) in [(places[tail], -1.0), (places[last - tail], 1.0)] {
            let line = Line {
                normal: direction.map(|v| v * sign),
                offset: at * sign,
                seen: false,
            };
            let near = |wall: &Line| {
                let cosine = wall.normal[0] * line.normal[0] + wall.normal[1] * line.normal[1];
                let behind = wall.offset * cosine.signum() - line.offset;
                cosine.abs() > 0.99 && behind > -0.3 && behind < WIDEST_GAP
            };
            if !walls.iter().any(near) {
                lines.push(line);
            }
        }
    }
    lines
}

/// A frame around the whole plan along the room's axis, counter-clockwise.
fn frame(plan: &Plan, axis: [f64; 2]) -> [Line; 4] {
    let reach = (plan.columns.max(plan.rows) as f64) * plan.side;
    let center = [
        plan.low[0] + 0.5 * plan.columns as f64 * plan.side,
        plan.low[1] + 0.5 * plan.rows as f64 * plan.side,
    ];
    let left = [-axis[1], axis[0]];
    let line = |normal: [f64; 2]| Line {
        normal,
        offset: normal[0] * center[0] + normal[1] * center[1] + reach,
        seen: false,
    };
    [
        line(left.map(|v| -v)),
        line(axis),
        line(left),
        line(axis.map(|v| -v)),
    ]
}
