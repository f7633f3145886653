//! Columns and thin walls that stand free in the room.
//!
//! What is no wall of the outline and yet filled from below the middle up to the ceiling is
//! neither furniture nor noise.

use std::collections::BTreeSet;

use crate::levels::Levels;
use crate::polygon;
use crate::upright::Upright;

/// Side of a cell of the plan, meters.
const CELL: f64 = 0.08;
/// Steps of height from floor to ceiling.
const STEPS: f64 = 24.0;
/// The part of the height that must be filled: from here up to below the ceiling.
const FROM: f64 = 0.45;
const GAP: f64 = 0.12;
const FILLED: f64 = 0.8;
/// Of the uppermost steps so many, but for one: what ends below them is a cupboard.
const UPPER: u32 = 3;
/// Points closer to the outline than this are of its walls, meters.
const EDGE: f64 = 0.15;
/// What comes closer to a wall than this stands at it, meters: along a longer side than
/// `NARROW` it is a cupboard.
const AT_WALL: f64 = 0.32;
const NARROW: f64 = 0.4;
/// The least and the greatest thickness, meters.
const THINNEST: f64 = 0.05;
const THICKEST: f64 = 1.3;
/// Directions tried besides the room's own.
const TURNS: usize = 18;
/// How far a side may be off, meters.
pub const UNCERTAINTY: f64 = 0.03;

/// A rectangle on the plan, counter-clockwise.
pub type Footprint = Vec<[f64; 2]>;

/// Finds what stands free inside the outline.
pub fn find(
    scan: &Upright,
    levels: &Levels,
    corners: &[[f64; 2]],
    axis: [f64; 2],
) -> Vec<Footprint> {
    if levels.floor.is_none() || !levels.has_ceiling() {
        return Vec::new();
    }
    let Some(grid) = Grid::new(scan, levels, corners) else {
        return Vec::new();
    };
    grid.clusters()
        .iter()
        .filter_map(|cells| {
            let points = grid.points_of(scan, levels, cells);
            footprint(&points, axis)
        })
        .filter(|rectangle| stands_free(rectangle, corners))
        .collect()
}

/// The inner part of the plan with the heights at which points lie in each cell.
struct Grid {
    low: [f64; 2],
    columns: usize,
    rows: usize,
    masks: Vec<u32>,
    /// The heights that a column fills.
    wanted: Vec<u32>,
}

impl Grid {
    fn new(scan: &Upright, levels: &Levels, corners: &[[f64; 2]]) -> Option<Self> {
        let range = |axis: usize| {
            corners
                .iter()
                .map(|c| c[axis])
                .fold([f64::MAX, f64::MIN], |[a, b], v| [a.min(v), b.max(v)])
        };
        let (x, y) = (range(0), range(1));
        let count = |range: [f64; 2]| ((range[1] - range[0]) / CELL) as usize + 3;
        let (columns, rows) = (count(x), count(y));
        if columns.checked_mul(rows)? > 400_000 {
            return None;
        }
        let mut grid = Self {
            low: [x[0] - CELL, y[0] - CELL],
            columns,
            rows,
            masks: vec![0; columns * rows],
            wanted: vec![0; columns * rows],
        };
        let height = (levels.top - levels.bottom).max(0.5);
        let step = |h: f64| ((h - levels.bottom) / height * STEPS).clamp(0.0, STEPS - 1.0) as u32;
        for index in 0..grid.masks.len() {
            let center = grid.center(index);
            let inner = polygon::contains(corners, center)
                && polygon::edges(corners)
                    .all(|(a, b)| polygon::distance_to_edge(a, b, center) > EDGE);
            let top = levels.top_at(center[0], center[1]);
            let from = levels.bottom + FROM * (top - levels.bottom);
            if inner && top - GAP > from + 0.3 {
                grid.wanted[index] = (step(from)..=step(top - GAP)).fold(0, |m, b| m | 1 << b);
            }
        }
        let least = scan.least_count();
        for point in scan.points.iter().filter(|point| point.count > least) {
            let [x, y, h] = point.at.map(f64::from);
            if h > levels.bottom
                && h < levels.top_at(x, y) - 0.05
                && let Some(cell) = grid.cell([x, y])
                // A wall beside a cupboard makes no column of it.
                && grid.wanted[cell] != 0
            {
                grid.masks[cell] |= 1 << step(h);
            }
        }
        Some(grid)
    }

    fn center(&self, index: usize) -> [f64; 2] {
        let place = [index % self.columns, index / self.columns];
        [0, 1].map(|i| self.low[i] + (place[i] as f64 + 0.5) * CELL)
    }

    fn cell(&self, p: [f64; 2]) -> Option<usize> {
        let [column, row] = [0, 1].map(|i| (p[i] - self.low[i]) / CELL);
        let inside =
            column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        inside.then(|| row as usize * self.columns + column as usize)
    }

    fn around(&self, index: usize) -> impl Iterator<Item = usize> {
        let (column, row) = (index % self.columns, index / self.columns);
        let rows = row.saturating_sub(1)..(row + 2).min(self.rows);
        let columns = column.saturating_sub(1)..(column + 2).min(self.columns);
        rows.flat_map(move |r| columns.clone().map(move |c| r * self.columns + c))
    }

    /// Whether the cell and its neighbors are filled up to the ceiling.
    fn is_filled(&self, index: usize) -> bool {
        let wanted = self.wanted[index];
        if wanted == 0 || self.masks[index] & wanted == 0 {
            return false;
        }
        let union = self.around(index).fold(0, |union, i| union | self.masks[i]);
        let below = u32::MAX.checked_shr(wanted.leading_zeros() + UPPER);
        let upper = wanted & !below.unwrap_or(0);
        f64::from((union & wanted).count_ones()) >= FILLED * f64::from(wanted.count_ones())
            && (union & upper).count_ones() + 1 >= UPPER
    }

    /// Connected filled cells.
    fn clusters(&self) -> Vec<BTreeSet<usize>> {
        let mut left: BTreeSet<usize> = (0..self.masks.len())
            .filter(|&index| self.is_filled(index))
            .collect();
        let mut clusters = Vec::new();
        while let Some(seed) = left.pop_first() {
            let mut cells = BTreeSet::from([seed]);
            let mut open = vec![seed];
            while let Some(index) = open.pop() {
                for next in self.around(index) {
                    if left.remove(&next) {
                        cells.insert(next);
                        open.push(next);
                    }
                }
            }
            if cells.len() >= 3 {
                clusters.push(cells);
            }
        }
        clusters
    }

    /// The points of a cluster above furniture.
    fn points_of(&self, scan: &Upright, levels: &Levels, cells: &BTreeSet<usize>) -> Vec<[f64; 2]> {
        scan.points
            .iter()
            .map(|point| point.at.map(f64::from))
            .filter(|[x, y, h]| {
                let top = levels.top_at(*x, *y);
                *h > levels.bottom + FROM * (top - levels.bottom) && *h < top - GAP
            })
            .map(|[x, y, _]| [x, y])
            .filter(|p| self.cell(*p).is_some_and(|cell| cells.contains(&cell)))
            .collect()
    }
}

/// The rectangle around the points, along the room's axis unless another is clearly smaller.
fn footprint(points: &[[f64; 2]], axis: [f64; 2]) -> Option<Footprint> {
    if points.len() < 12 {
        return None;
    }
    let start = axis[1].atan2(axis[0]);
    let mut best: Option<(f64, [f64; 2], [[f64; 2]; 2])> = None;
    for turn in 0..TURNS {
        let angle = start + std::f64::consts::FRAC_PI_2 * turn as f64 / TURNS as f64;
        let u = [angle.cos(), angle.sin()];
        let sides = [sides(points, u), sides(points, [-u[1], u[0]])];
        let area = (sides[0][1] - sides[0][0]) * (sides[1][1] - sides[1][0]);
        // The room's own direction comes first and wins unless it is much worse.
        if best.is_none_or(|(least, ..)| area < if turn == 0 { least } else { 0.8 * least }) {
            best = Some((area, u, sides));
        }
    }
    let (_, u, [along, across]) = best?;
    let (length, width) = (along[1] - along[0], across[1] - across[0]);
    let thickness = length.min(width);
    if !(THINNEST..=THICKEST).contains(&thickness) {
        return None;
    }
    let corner = |a: f64, b: f64| [a * u[0] - b * u[1], a * u[1] + b * u[0]];
    Some(vec![
        corner(along[0], across[0]),
        corner(along[1], across[0]),
        corner(along[1], across[1]),
        corner(along[0], across[1]),
    ])
}

/// Where the outermost faces across a direction lie.
fn sides(points: &[[f64; 2]], u: [f64; 2]) -> [f64; 2] {
    const FACE: f64 = 0.035;
    let mut values: Vec<f64> = points.iter().map(|p| p[0] * u[0] + p[1] * u[1]).collect();
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len() - 1;
    let tail = last / 33;
    let face = |edge: f64, sign: f64| {
        let near = values.iter().filter(|v| (*v - edge) * sign < FACE);
        let (sum, count) = near.fold((0.0, 0.0f64), |(s, n), v| (s + v, n + 1.0));
        sum / count.max(1.0)
    };
    [face(values[tail], 1.0), face(values[last - tail], -1.0)]
}

/// Whether a rectangle stands away from the walls, or meets them with a narrow end only.
fn stands_free(rectangle: &[[f64; 2]], corners: &[[f64; 2]]) -> bool {
    let near = |p: [f64; 2]| {
        polygon::edges(corners).any(|(a, b)| polygon::distance_to_edge(a, b, p) < AT_WALL)
    };
    let sides: Vec<_> = polygon::edges(rectangle).collect();
    let length = |(a, b): &([f64; 2], [f64; 2])| (b[0] - a[0]).hypot(b[1] - a[1]);
    let longest = sides.iter().map(length).fold(0.0, f64::max);
    sides.iter().all(|side| {
        // The narrow end of a thin wall is much shorter than its face.
        let end = length(side) < NARROW && 2.0 * length(side) < longest;
        end || !(near(side.0) && near(side.1))
    })
}
