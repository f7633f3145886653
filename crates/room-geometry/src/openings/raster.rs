//! A wall's face as cells.

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
/// Beside floor, ceiling and neighboring walls, meters.
const MARGIN: f64 = 0.05;
/// Points that are no part of anything: this part of a hole's cells has some on the plane.
const STRAY: f64 = 0.12;

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
}

impl Cell {
    pub fn is_wall(&self) -> bool {
        self.on > 0 && self.on >= self.recess
    }

    pub fn is_recessed(&self) -> bool {
        !self.is_wall() && self.recess > 0
    }

    /// Hidden by something in the room.
    pub fn is_hidden(&self) -> bool {
        !self.is_wall() && self.recess + self.through == 0 && self.front > 0
    }
}

/// The cells of a wall's face, row by row from the floor.
#[derive(Debug)]
pub struct Raster {
    pub cells: Vec<Cell>,
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
    /// Part of the cells with points where the wall was seen well.
    pub occupancy: f64,
    /// Points within this distance of the plane are on it, meters.
    pub band: f64,
    /// Places of the points on the plane: along the wall, above the floor.
    pub on: Vec<[f32; 2]>,
}

impl Raster {
    /// `None` for a wall of which too little was seen.
    pub fn new(interior: &Interior, wall: &Wall, length: f64, height: Option<f64>) -> Option<Self> {
        let points: Vec<WallPoint> = interior.near_wall(wall, BEFORE, BEHIND).collect();
        let (middle, band) = plane(&points)?;
        let top = height.unwrap_or_else(|| upper_end(&points)).min(20.0);
        let side = CELL.max(2.0 * interior.side);
        let columns = ((length - 2.0 * MARGIN) / side) as usize;
        let rows = ((top - 2.0 * MARGIN) / side) as usize;
        if columns < 4 || rows < 10 {
            return None;
        }
        let mut raster = Self {
            cells: vec![Cell::default(); columns * rows],
            columns,
            rows,
            side,
            low: [MARGIN, MARGIN],
            height: top,
            ceiling: height.is_some(),
            occupancy: 0.0,
            band,
            on: Vec::new(),
        };
        for point in &points {
            raster.add(point, point.depth - middle, band);
        }
        raster.occupancy = raster.well_seen()?;
        Some(raster)
    }

    fn add(&mut self, point: &WallPoint, depth: f64, band: f64) {
        let column = (point.along - self.low[0]) / self.side;
        let row = (point.height - self.low[1]) / self.side;
        if depth.abs() <= band {
            self.on.push([point.along as f32, point.height as f32]);
        }
        let inside =
            column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        if !inside {
            return;
        }
        let cell = &mut self.cells[row as usize * self.columns + column as usize];
        let count = if depth > band {
            &mut cell.front
        } else if depth >= -band {
            &mut cell.on
        } else if depth > -RECESS {
            &mut cell.recess
        } else {
            &mut cell.through
        };
        *count = count.saturating_add(1);
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

    /// For each cell how much more likely it is hole than wall, as a logarithm.
    pub fn scores(&self) -> Vec<f32> {
        let wall = (STRAY / self.occupancy).min(0.9).ln() as f32;
        let empty = ((1.0 - STRAY) / (1.0 - self.occupancy))
            .ln()
            .clamp(0.0, 1.0) as f32;
        self.cells
            .iter()
            .map(|cell| {
                if cell.is_wall() {
                    wall
                } else if cell.recess > 0 {
                    1.2
                } else if cell.through > 0 {
                    0.9
                } else if cell.front > 0 {
                    -0.3
                } else {
                    empty
                }
            })
            .collect()
    }
}

/// Where the wall's points lie and how wide the band is that holds them.
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
    let noise = 1.4826 * median(&mut off);
    Some((middle, (2.5 * noise).clamp(0.02, 0.05)))
}

fn median(values: &mut [f64]) -> f64 {
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
