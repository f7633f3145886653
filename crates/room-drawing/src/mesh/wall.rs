//! A wall with its openings cut out.
//!
//! The wall's face is divided into a grid at the edges of its openings, and every cell that no
//! opening covers is solid. The grid lines run through, so neighboring cells share their corners
//! and no cracks show. A wall with a known thickness is the solid cells as blocks, closed on all
//! sides, reveals included; any other is the inner face alone.

use super::{Mesh, lift};
use crate::polygon::Point;
use crate::ridge::height_at;
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
        let cell = Cell {
            inner: run.map(|run| wall.inner(run)),
            outer: wall
                .thickness
                .map(|thickness| run.map(|run| wall.outer(run, thickness, span))),
            bottom: rise[0],
            tops: grid.tops(column, row),
        };
        cell.add_to(mesh, grid.open_sides(column, row));
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

/// A solid cell of a wall.
struct Cell {
    /// Where it begins and ends on the inner face.
    inner: [Point; 2],
    /// And on the outer face, if the wall has one.
    outer: Option<[Point; 2]>,
    bottom: f64,
    /// Its upper edge at the start and at the end.
    tops: [f64; 2],
}

impl Cell {
    fn add_to(&self, mesh: &mut Mesh, open: OpenSides) {
        let ([start, end], [top_start, top_end]) = (self.inner, self.tops);
        let low = self.bottom;
        // The room lies to the left of a wall, so the inner face is looked at from there.
        mesh.add_face(&[
            lift(end, low),
            lift(start, low),
            lift(start, top_start),
            lift(end, top_end),
        ]);
        let Some([back_start, back_end]) = self.outer else {
            return;
        };
        mesh.add_face(&[
            lift(back_start, low),
            lift(back_end, low),
            lift(back_end, top_end),
            lift(back_start, top_start),
        ]);
        if open.start {
            mesh.add_upright(start, back_start, [low, top_start]);
        }
        if open.end {
            mesh.add_upright(back_end, end, [low, top_end]);
        }
        if open.bottom {
            mesh.add_face(&[start, end, back_end, back_start].map(|corner| lift(corner, low)));
        }
        if open.top {
            mesh.add_face(&[
                lift(start, top_start),
                lift(back_start, top_start),
                lift(back_end, top_end),
                lift(end, top_end),
            ]);
        }
    }
}

/// A wall's face, divided at the edges of its openings and where its top bends. Below a slope the
/// columns are also divided where the top crosses a row, so that every cell has four corners or
/// three, and neighbors share theirs.
struct Grid {
    /// From and to along the wall, meters.
    columns: Vec<[f64; 2]>,
    /// From and to above the floor, meters.
    rows: Vec<[f64; 2]>,
    /// Row by row, whether the cell is solid.
    solid: Vec<bool>,
    /// The wall's upper edge at the start and the end of each column.
    edges: Vec<[f64; 2]>,
}

impl Grid {
    fn of(wall: &Wall) -> Self {
        let holes = wall.holes.get(..MOST_CUTS).unwrap_or(&wall.holes);
        let steps = wall.top.iter().map(|point| point[1]);
        let steps = steps.filter(|_| !wall.is_level());
        let sills = holes.iter().flat_map(|h| [h.bottom, h.top]);
        let rows = intervals(wall.peak(), sills.chain(steps));
        let jambs = holes.iter().flat_map(|h| [h.from, h.to]);
        let bends = wall.top.iter().map(|point| point[0]);
        let crossings = rows.iter().flat_map(|row| crossings(&wall.top, row[1]));
        let columns = intervals(wall.length, jambs.chain(bends).chain(crossings));
        let edges = columns.iter().map(|&[left, right]| {
            let height = |run, after| height_at(&wall.top, run, after).unwrap_or(0.0);
            [height(left, true), height(right, false)]
        });

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
        let edges = edges.collect();
        Self {
            columns,
            rows,
            solid,
            edges,
        }
    }

    /// The upper edge of a cell at its start and its end.
    fn tops(&self, column: usize, row: usize) -> [f64; 2] {
        let (Some(edges), Some([low, high])) = (self.edges.get(column), self.rows.get(row)) else {
            return [0.0; 2];
        };
        edges.map(|edge| {
            if (edge - low).abs() < SAME_LINE {
                *low
            } else if (edge - high).abs() < SAME_LINE {
                *high
            } else {
                edge.clamp(*low, *high)
            }
        })
    }

    /// Whether a cell is solid at its start or its end.
    fn is_solid(&self, column: usize, row: usize, side: usize) -> bool {
        let place = row * self.columns.len() + column;
        let solid = column < self.columns.len() && self.solid.get(place).copied().unwrap_or(false);
        let low = self.rows.get(row).map_or(0.0, |row| row[0]);
        solid
            && self
                .tops(column, row)
                .get(side)
                .is_some_and(|top| *top > low)
    }

    /// Whether any of a cell is solid.
    fn has_body(&self, column: usize, row: usize) -> bool {
        self.is_solid(column, row, 0) || self.is_solid(column, row, 1)
    }

    fn solid_cells(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let cells = (0..self.rows.len())
            .flat_map(|row| (0..self.columns.len()).map(move |column| (column, row)));
        cells.filter(|&(column, row)| self.has_body(column, row))
    }

    fn open_sides(&self, column: usize, row: usize) -> OpenSides {
        let solid_before =
            |place: usize, cell: &dyn Fn(usize) -> bool| place.checked_sub(1).is_some_and(cell);
        OpenSides {
            start: !solid_before(column, &|before| self.is_solid(before, row, 1)),
            end: !self.is_solid(column + 1, row, 0),
            bottom: !solid_before(row, &|below| self.has_body(column, below)),
            top: !self.has_body(column, row + 1),
        }
    }
}

/// Where the top of a wall crosses a height.
fn crossings(top: &[Point], height: f64) -> impl Iterator<Item = f64> + '_ {
    let pieces = top.iter().zip(top.iter().skip(1));
    pieces.filter_map(move |(a, b)| {
        let share = (height - a[1]) / (b[1] - a[1]);
        (share > 0.0 && share < 1.0).then(|| a[0] + share * (b[0] - a[0]))
    })
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
