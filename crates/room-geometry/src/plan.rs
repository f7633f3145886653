//! The plan as an image: which cells have floor, ceiling, or anything between.

use crate::levels::{Level, Levels};
use crate::upright::Upright;

/// Cells along one side, at most.
const MAX_CELLS: usize = 420;

pub const FLOOR: u8 = 1;
pub const CEILING: u8 = 2;
/// Something between floor and ceiling: furniture, walls.
pub const BETWEEN: u8 = 4;
/// Filled from the floor to the ceiling, as a wall is: its own lowest and highest points look like
/// floor and ceiling.
pub const UPRIGHT: u8 = 8;
/// Nothing was seen here, but floor or ceiling on both sides: the gap between two lines of a
/// scanner that looks along the surface.
pub const GAP: u8 = 16;
/// A flat patch of floor or ceiling, however few points around it: no stray point.
pub const FLAT: u8 = 32;
/// A flat patch of something upright.
pub const STANDING: u8 = 64;
/// The widest gap, meters: a scanner 1.3 m before a surface that turns by half a degree leaves 0.7 m
/// between its lines at a distance of 10 m.
pub const WIDEST_GAP: f64 = 0.8;
/// Steps of height by which the last is told, and how many of them must be filled: of all, and of
/// the upper half.
const STEPS: f64 = 20.0;
const FILLED: u32 = 8;
const FILLED_ABOVE: u32 = 4;

/// A raster over the plan.
#[derive(Debug, Clone)]
pub struct Plan {
    pub low: [f64; 2],
    /// Side of a cell, meters.
    pub side: f64,
    pub columns: usize,
    pub rows: usize,
    /// What was seen in each cell: [`FLOOR`], [`CEILING`], [`BETWEEN`], [`UPRIGHT`], [`GAP`].
    pub cells: Vec<u8>,
    /// Points in each cell.
    pub counts: Vec<u32>,
}

impl Plan {
    pub fn new(scan: &Upright, levels: &Levels) -> Option<Self> {
        let (low, high) = bounds(scan)?;
        let extent = (high[0] - low[0]).max(high[1] - low[1]);
        let side = scan.side.max(0.06).max(extent / (MAX_CELLS - 2) as f64);
        let columns = ((high[0] - low[0]) / side) as usize + 1;
        let rows = ((high[1] - low[1]) / side) as usize + 1;
        let mut plan = Self {
            low,
            side,
            columns,
            rows,
            cells: vec![0; columns * rows],
            counts: vec![0; columns * rows],
        };
        plan.paint(scan, levels);
        plan.mark_gaps();
        for flag in [FLOOR, CEILING] {
            plan.fill_pinholes(flag);
        }
        Some(plan)
    }

    /// The center of a cell.
    pub fn center(&self, index: usize) -> [f64; 2] {
        let (column, row) = (index % self.columns, index / self.columns);
        [
            self.low[0] + (column as f64 + 0.5) * self.side,
            self.low[1] + (row as f64 + 0.5) * self.side,
        ]
    }

    /// The cell of a point of the plan.
    pub fn cell(&self, x: f64, y: f64) -> Option<usize> {
        let column = (x - self.low[0]) / self.side;
        let row = (y - self.low[1]) / self.side;
        let inside =
            column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        inside.then(|| row as usize * self.columns + column as usize)
    }

    fn paint(&mut self, scan: &Upright, levels: &Levels) {
        let mut masks = vec![0u32; self.cells.len()];
        let least = scan.least_count();
        let band = |noise: f64| (3.0 * noise).clamp(0.05, 0.12);
        for point in &scan.points {
            let [x, y, h] = point.at.map(f64::from);
            let Some(cell) = self.cell(x, y) else {
                continue;
            };
            self.counts[cell] = self.counts[cell].saturating_add(point.count);
            let height = (levels.top_at(x, y) - levels.bottom).max(0.3);
            let step = (h - levels.bottom) / height * STEPS;
            if point.count > least && (0.0..STEPS).contains(&step) {
                masks[cell] |= 1 << step as u32;
            }
            let on = |level: &Level| (h - level.height_at(x, y)).abs() < band(level.noise);
            if levels.floor.as_ref().is_some_and(on) {
                self.cells[cell] |= FLOOR;
            }
            let roof = levels.ceiling.iter().chain(&levels.roof);
            if roof.into_iter().any(on) && h < levels.top_at(x, y) + 0.15 {
                self.cells[cell] |= CEILING;
            }
        }
        for (cell, mask) in self.cells.iter_mut().zip(masks) {
            let above = mask >> (STEPS as u32 / 2);
            if mask.count_ones() >= FILLED && above.count_ones() >= FILLED_ABOVE {
                *cell |= UPRIGHT;
            }
        }
        let roof = levels.ceiling.iter().chain(&levels.roof);
        let level: Vec<&Level> = levels.floor.iter().chain(roof).collect();
        let planar = scan.facets.iter().filter(|facet| facet.planar);
        for facet in planar.chain(&scan.sparse) {
            let [x, y, h] = facet.at;
            let on = |level: &&Level| (h - level.height_at(x, y)).abs() < band(level.noise);
            let flag = match (level.iter().any(on), facet.is_upright()) {
                (true, _) => FLAT,
                (false, true) => STANDING,
                (false, false) => continue,
            };
            if let Some(cell) = self.cell(x, y) {
                self.cells[cell] |= flag;
            }
        }
        for facet in scan.facets.iter().filter(|facet| facet.solid) {
            let [x, y, h] = facet.at;
            if h > levels.bottom + 0.15
                && h < levels.top_at(x, y) - 0.1
                && let Some(cell) = self.cell(x, y)
            {
                self.cells[cell] |= BETWEEN;
            }
        }
    }

    /// Sets cells that most of their neighbors are set around: gaps between sparse points.
    fn fill_pinholes(&mut self, flag: u8) {
        let before = self.cells.clone();
        for row in 1..self.rows.saturating_sub(1) {
            for column in 1..self.columns.saturating_sub(1) {
                let index = row * self.columns + column;
                let mut around = 0;
                for r in row - 1..=row + 1 {
                    let line =
                        &before[r * self.columns + column - 1..=r * self.columns + column + 1];
                    // What a wall shows of floor and ceiling says nothing of its neighbors.
                    let counts = |cell: &&u8| **cell & (flag | UPRIGHT) == flag;
                    around += line.iter().filter(counts).count();
                }
                let own = before[index] & flag != 0;
                let stray = before[index] & (UPRIGHT | FLAT) == 0;
                if !own && around >= 5 {
                    self.cells[index] |= flag;
                } else if own && stray && around <= 2 {
                    self.cells[index] &= !flag;
                }
            }
        }
    }

    /// Marks the empty cells between two that show the same level, or between a level and something
    /// upright.
    fn mark_gaps(&mut self) {
        const WAYS: [[isize; 2]; 8] = [
            [1, 0],
            [0, 1],
            [1, 1],
            [-1, 1],
            [-1, 0],
            [0, -1],
            [-1, -1],
            [1, -1],
        ];
        let reach = (WIDEST_GAP / self.side) as usize;
        let level = |cell: u8| match cell & (UPRIGHT | FLAT) {
            FLAT => cell & (FLOOR | CEILING),
            _ => 0,
        };
        let mut gaps: Vec<usize> = Vec::new();
        for start in (0..self.cells.len()).filter(|&index| level(self.cells[index]) != 0) {
            for way in WAYS {
                let empty: Vec<usize> = self
                    .walk(start, way)
                    .take(reach)
                    .take_while(|&index| self.cells[index] & (FLAT | STANDING | UPRIGHT) == 0)
                    .collect();
                let behind = self.walk(start, way).nth(empty.len());
                let bounds = |index: usize| {
                    let cell = self.cells[index];
                    level(cell) & level(self.cells[start]) != 0 || cell & STANDING != 0
                };
                if behind.is_some_and(bounds) {
                    gaps.extend(empty);
                }
            }
        }
        for index in gaps {
            self.cells[index] |= GAP;
        }
    }

    /// The cells that follow one in a direction.
    fn walk(&self, from: usize, way: [isize; 2]) -> impl Iterator<Item = usize> {
        let (column, row) = (from % self.columns, from / self.columns);
        (1..).map_while(move |step| {
            let column = column.checked_add_signed(step * way[0])?;
            let row = row.checked_add_signed(step * way[1])?;
            let inside = column < self.columns && row < self.rows;
            inside.then_some(row * self.columns + column)
        })
    }
}

/// The box around the flat facets without the outermost half percent, with a margin.
fn bounds(scan: &Upright) -> Option<([f64; 2], [f64; 2])> {
    let mut low = [0.0; 2];
    let mut high = [0.0; 2];
    for axis in 0..2 {
        let mut values: Vec<f64> = scan
            .facets
            .iter()
            .chain(&scan.sparse)
            .filter(|facet| facet.is_level() || facet.is_upright())
            .map(|facet| facet.at[axis])
            .collect();
        let last = values.len().checked_sub(1)?;
        values.sort_unstable_by(f64::total_cmp);
        let tail = last / 400;
        low[axis] = values[tail] - 0.4;
        high[axis] = values[last - tail] + 0.4;
    }
    Some((low, high))
}
