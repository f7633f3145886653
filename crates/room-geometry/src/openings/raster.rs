//! A wall's face as cells.

use super::density;
use crate::interior::{Interior, WallPoint};
use crate::model::Wall;

/// Narrowest cell, meters.
const CELL: f64 = 0.06;
/// What stands nearer before the wall than this hides it, meters.
const BEFORE: f64 = 0.8;
/// As far behind the wall are its reveals, leaves and frames, meters.
const RECESS: f64 = 0.4;
/// As far are the points looked at that were seen through a hole, meters.
const BEHIND: f64 = 1.5;
/// Points as far off the plane are kept one by one, meters.
const NEAR: f64 = 0.25;
/// Beside floor, ceiling and neighboring walls, meters.
const MARGIN: f64 = 0.05;
/// Points that are no part of anything: a hole's cells hold some on the plane, at most so many,
/// or this part of what the wall's cells do.
const STRAY: f64 = 0.12;
const STRAY_PART: f64 = 0.15;
/// A cell without points is hidden where this part of those around it has points before the wall.
const HIDING: f64 = 0.45;

/// What was seen in a cell: numbers of points.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cell {
    /// On the wall's plane.
    pub on: u16,
    /// Close behind it.
    pub recess: u16,
    /// Farther behind it.
    pub through: u16,
    /// Before it.
    pub front: u16,
    /// Hidden by something in the room.
    pub hidden: bool,
}

impl Cell {
    pub fn is_wall(&self) -> bool {
        self.on > 0 && self.on >= self.recess
    }

    pub fn is_recessed(&self) -> bool {
        !self.is_wall() && self.recess > 0
    }

    pub fn is_through(&self) -> bool {
        self.through > 0 && self.on + self.recess == 0
    }
}

/// The cells of a wall's face, row by row from the floor.
#[derive(Debug)]
pub struct Raster {
    pub cells: Vec<Cell>,
    /// For each cell the part of cells like it with points, were all of it wall.
    pub expected: Vec<f32>,
    pub columns: usize,
    pub rows: usize,
    /// Side of a cell, meters.
    pub side: f64,
    /// Where the first column begins along the wall, and the first row above the floor.
    pub low: [f64; 2],
    /// Where the wall ends above the floor.
    pub height: f64,
    /// Whether that is a ceiling.
    pub ceiling: bool,
    /// Standard deviation of the wall's points around its plane, meters.
    pub noise: f64,
    /// Points within this distance of the plane are on it, meters.
    pub band: f64,
    /// Part of the wall's own cells that has points close behind it, and farther: strays, and
    /// what was seen from the other side.
    pub behind_wall: [f64; 2],
    /// Points near the plane: along the wall, above the floor, before the plane.
    pub near: Vec<[f32; 3]>,
}

impl Raster {
    /// `None` for a wall of which too little was seen.
    pub fn new(interior: &Interior, wall: &Wall, length: f64, height: Option<f64>) -> Option<Self> {
        let points: Vec<WallPoint> = interior.near_wall(wall, BEFORE, BEHIND).collect();
        let (middle, noise) = plane(&points)?;
        let top = height.unwrap_or_else(|| upper_end(&points)).min(20.0);
        let side = CELL.max(2.0 * interior.side);
        let columns = ((length - 2.0 * MARGIN) / side) as usize;
        let rows = ((top - 2.0 * MARGIN) / side) as usize;
        if columns < 4 || rows < 10 {
            return None;
        }
        let mut raster = Self {
            cells: vec![Cell::default(); columns * rows],
            expected: Vec::new(),
            columns,
            rows,
            side,
            low: [MARGIN, MARGIN],
            height: top,
            ceiling: height.is_some(),
            noise,
            band: (2.5 * noise).clamp(0.02, 0.05),
            behind_wall: [0.0; 2],
            near: Vec::new(),
        };
        for point in &points {
            raster.add(point, point.depth - middle);
        }
        raster.hide();
        let most = raster.well_seen()?;
        raster.expected = density::expected(&raster.cells, columns, side, most);
        raster.behind_wall = raster.strays();
        Some(raster)
    }

    /// Part of the cells that would hold points, were there no hole in the wall.
    pub fn mean_expected(&self) -> f64 {
        let sum: f64 = self.expected.iter().map(|part| f64::from(*part)).sum();
        sum / self.expected.len() as f64
    }

    /// The cell of a place, as column and row.
    pub fn cell(&self, along: f64, height: f64) -> Option<[usize; 2]> {
        let column = (along - self.low[0]) / self.side;
        let row = (height - self.low[1]) / self.side;
        let inside =
            column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        inside.then_some([column as usize, row as usize])
    }

    fn add(&mut self, point: &WallPoint, depth: f64) {
        if depth.abs() <= NEAR {
            self.near
                .push([point.along as f32, point.height as f32, depth as f32]);
        }
        let Some([column, row]) = self.cell(point.along, point.height) else {
            return;
        };
        let cell = &mut self.cells[row * self.columns + column];
        let count = if depth > self.band {
            &mut cell.front
        } else if depth >= -self.band {
            &mut cell.on
        } else if depth > -RECESS {
            &mut cell.recess
        } else {
            &mut cell.through
        };
        *count = count.saturating_add(1);
    }

    /// Marks what is hidden. Single points before the wall hide nothing: strays are everywhere.
    fn hide(&mut self) {
        let hidden: Vec<bool> = (0..self.cells.len())
            .map(|at| {
                let cell = &self.cells[at];
                if cell.is_wall() || cell.recess + cell.through > 0 {
                    return false;
                }
                let (column, row) = (at % self.columns, at / self.columns);
                let (mut all, mut before) = (0.0, 0.0);
                for y in row.saturating_sub(1)..(row + 2).min(self.rows) {
                    for x in column.saturating_sub(1)..(column + 2).min(self.columns) {
                        all += 1.0;
                        before += f64::from(u8::from(self.cells[y * self.columns + x].front > 0));
                    }
                }
                before >= HIDING * all
            })
            .collect();
        for (cell, hidden) in self.cells.iter_mut().zip(hidden) {
            cell.hidden = hidden;
        }
    }

    /// Part of cells on the wall among those with most of their neighbors on it.
    fn well_seen(&self) -> Option<f64> {
        let (mut all, mut on) = (0u32, 0u32);
        for row in 1..self.rows - 1 {
            for column in 1..self.columns - 1 {
                let at = row * self.columns + column;
                let around = [
                    at - self.columns - 1,
                    at - self.columns + 1,
                    at - 1,
                    at + 1,
                    at + self.columns - 1,
                    at + self.columns + 1,
                ];
                let seen = around
                    .iter()
                    .filter(|&&index| self.cells[index].is_wall())
                    .count();
                if seen >= 3 {
                    all += 1;
                    on += u32::from(self.cells[at].is_wall());
                }
            }
        }
        (all >= 30).then(|| (f64::from(on) / f64::from(all)).clamp(0.0, 0.97))
    }

    fn strays(&self) -> [f64; 2] {
        let mut counts = [0.0; 2];
        let mut all = 0.0;
        for cell in self.cells.iter().filter(|cell| cell.is_wall()) {
            all += 1.0;
            counts[0] += f64::from(u8::from(cell.recess > 0));
            counts[1] += f64::from(u8::from(cell.through > 0));
        }
        counts.map(|count| (count + 1.0) / (all + 2.0))
    }

    /// For each cell how much more likely it is hole than wall, as a logarithm.
    pub fn scores(&self) -> Vec<f32> {
        // What is behind the wall's own cells as well says nothing of a hole.
        let told = |most: f64, strays: f64| (0.3 * (0.3 / strays).ln()).clamp(0.0, most) as f32;
        let recess = told(1.2, self.behind_wall[0]);
        let through = told(0.9, self.behind_wall[1]);
        self.cells
            .iter()
            .zip(&self.expected)
            .map(|(cell, &expected)| {
                let stray = (STRAY_PART * f64::from(expected)).clamp(0.02, STRAY);
                let expected = f64::from(expected).max(stray);
                if cell.is_wall() {
                    return (stray / expected).min(0.9).ln() as f32;
                }
                if cell.hidden {
                    return -0.3;
                }
                let empty = ((1.0 - stray) / (1.0 - expected)).ln().clamp(0.0, 1.0) as f32;
                if cell.recess > 0 {
                    empty.max(recess)
                } else if cell.through > 0 {
                    empty.max(through)
                } else {
                    empty
                }
            })
            .collect()
    }
}

/// Where the wall's points lie and how far they scatter.
fn plane(points: &[WallPoint]) -> Option<(f64, f64)> {
    let mut depths: Vec<f64> = points
        .iter()
        .map(|point| point.depth)
        .filter(|depth| depth.abs() < 0.08)
        .collect();
    if depths.len() < 60 {
        return None;
    }
    let middle = median(&mut depths);
    let mut off: Vec<f64> = depths.iter().map(|depth| (depth - middle).abs()).collect();
    Some((middle, 1.4826 * median(&mut off)))
}

pub fn median(values: &mut [f64]) -> f64 {
    let half = values.len() / 2;
    *values.select_nth_unstable_by(half, f64::total_cmp).1
}

/// The height below which nearly all points on the wall lie.
fn upper_end(points: &[WallPoint]) -> f64 {
    let mut heights: Vec<f64> = points
        .iter()
        .filter(|point| point.depth.abs() < 0.05)
        .map(|point| point.height)
        .collect();
    if heights.is_empty() {
        return 0.0;
    }
    let index = heights.len() - 1 - heights.len() / 200;
    *heights.select_nth_unstable_by(index, f64::total_cmp).1
}
