//! A wall with its openings cut out.
//!
//! The wall's face is divided into a grid at the edges of its openings, and every cell that no
//! opening covers is solid. The grid lines run through, so neighboring cells share their corners
//! and no cracks show. A wall with a known thickness is the solid cells as blocks, closed on all
//! sides, reveals included; any other is the inner face alone.

use super::{Mesh, NOMINAL_HEIGHT, Point3, lift};
use crate::polygon::Point;
use crate::shell::Wall;

/// Grid lines nearer to each other than this are one, meters.
const SAME_LINE: f64 = 0.000_5;
/// More openings than this in one wall are left uncut, so that the grid stays bounded.
const MOST_CUTS: usize = 24;

/// Adds a wall whose outer face runs over `span`, in meters from the start of the inner face.
pub fn build(mesh: &mut Mesh, wall: &Wall, span: [f64; 2]) {
    let grid = Grid::of(wall);
    for (column, row) in grid.solid_cells() {
        let (Some(run), Some(rise)) = (grid.columns.get(column), grid.rows.get(row)) else {
            continue;
        };
        let [start, end] = [wall.inner(run[0]), wall.inner(run[1])];
        // The room lies to the left of a wall, so the inner face is looked at from there.
        mesh.add_upright(end, start, *rise);
        if let Some(thickness) = wall.thickness {
            let back = run.map(|run| wall.outer(run, thickness, span));
            let sides = grid.open_sides(column, row);
            add_block(mesh, [start, end], back, *rise, sides);
        }
    }
}

/// Which sides of a cell have no solid cell beside them.
#[derive(Debug, Clone, Copy)]
struct OpenSides {
    start: bool,
    end: bool,
    bottom: bool,
    top: bool,
}

/// Adds the outer face of a solid cell, and its sides where they are open.
fn add_block(
    mesh: &mut Mesh,
    [start, end]: [Point; 2],
    [back_start, back_end]: [Point; 2],
    [bottom, top]: [f64; 2],
    open: OpenSides,
) {
    mesh.add_upright(back_start, back_end, [bottom, top]);
    if open.start {
        mesh.add_upright(start, back_start, [bottom, top]);
    }
    if open.end {
        mesh.add_upright(back_end, end, [bottom, top]);
    }
    let lid = |height: f64| [start, end, back_end, back_start].map(|corner| lift(corner, height));
    let (up, down): (Point3, Point3) = ([0.0, 1.0, 0.0], [0.0, -1.0, 0.0]);
    if open.bottom {
        mesh.add_quad(lid(bottom), down);
    }
    if open.top {
        mesh.add_quad(lid(top), up);
    }
}

/// A wall's face, divided at the edges of its openings.
struct Grid {
    /// From and to along the wall, meters.
    columns: Vec<[f64; 2]>,
    /// From and to above the floor, meters.
    rows: Vec<[f64; 2]>,
    /// Row by row, whether the cell is solid.
    solid: Vec<bool>,
}

impl Grid {
    fn of(wall: &Wall) -> Self {
        let height = wall.height.unwrap_or(NOMINAL_HEIGHT);
        let holes = wall.holes.get(..MOST_CUTS).unwrap_or(&wall.holes);
        let columns = intervals(wall.length, holes.iter().flat_map(|h| [h.from, h.to]));
        let rows = intervals(height, holes.iter().flat_map(|h| [h.bottom, h.top]));

        let is_solid = |[left, right]: &[f64; 2], [low, high]: &[f64; 2]| {
            let (along, up) = ((left + right) / 2.0, (low + high) / 2.0);
            let open = |h: &crate::openings::Hole| {
                (h.from..h.to).contains(&along) && (h.bottom..h.top).contains(&up)
            };
            !holes.iter().any(open)
        };
        let cells = rows
            .iter()
            .flat_map(|row| columns.iter().map(move |column| is_solid(column, row)));
        let solid = cells.collect();
        Self {
            columns,
            rows,
            solid,
        }
    }

    fn is_solid(&self, column: usize, row: usize) -> bool {
        let place = row * self.columns.len() + column;
        column < self.columns.len() && self.solid.get(place).copied().unwrap_or(false)
    }

    fn solid_cells(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let cells = (0..self.rows.len())
            .flat_map(|row| (0..self.columns.len()).map(move |column| (column, row)));
        cells.filter(|&(column, row)| self.is_solid(column, row))
    }

    fn open_sides(&self, column: usize, row: usize) -> OpenSides {
        let solid_before =
            |place: usize, cell: &dyn Fn(usize) -> bool| place.checked_sub(1).is_some_and(cell);
        OpenSides {
            start: !solid_before(column, &|before| self.is_solid(before, row)),
            end: !self.is_solid(column + 1, row),
            bottom: !solid_before(row, &|below| self.is_solid(column, below)),
            top: !self.is_solid(column, row + 1),
        }
    }
}

/// `[0, end]`, divided at the given places.
fn intervals(end: f64, places: impl Iterator<Item = f64>) -> Vec<[f64; 2]> {
    let mut lines: Vec<f64> = places
        .filter(|place| (SAME_LINE..=end - SAME_LINE).contains(place))
        .chain([0.0, end])
        .collect();
    lines.sort_unstable_by(f64::total_cmp);
    lines.dedup_by(|next, kept| *next - *kept < SAME_LINE);
    lines
        .iter()
        .zip(lines.iter().skip(1))
        .map(|(&from, &to)| [from, to])
        .collect()
}
