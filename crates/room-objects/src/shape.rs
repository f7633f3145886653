//! A piece in columns and layers.

use crate::fit::Boxed;

/// Sides of columns and layers, meters.
const COLUMN: f64 = 0.08;
const LAYER: f64 = 0.05;
/// Most columns along a side, and most layers.
const MOST: usize = 80;

/// The piece in columns and layers.
pub struct Shape {
    size: [usize; 3],
    filled: Vec<bool>,
}

impl Shape {
    /// Of a piece whose points stand for cubes of the given side.
    pub fn new(piece: &Boxed, side: f64) -> Self {
        let column = COLUMN.max(2.0 * side);
        let layer = LAYER.max(1.5 * side);
        let ranges = [piece.along, piece.across, [piece.low, piece.high]];
        let steps = [column, column, layer];
        let size = [0, 1, 2].map(|axis| {
            let [from, to] = ranges[axis];
            (((to - from) / steps[axis]).round() as usize).clamp(1, MOST)
        });
        let mut filled = vec![false; size.iter().product()];
        for point in &piece.points {
            let [x, y, h] = point.map(f64::from);
            let [u, v] = piece.coordinates([x, y]);
            let place = [u, v, h];
            let at = [0, 1, 2].map(|axis| {
                let [from, to] = ranges[axis];
                let part = (place[axis] - from) / (to - from).max(1e-6);
                ((part * size[axis] as f64).max(0.0) as usize).min(size[axis] - 1)
            });
            filled[(at[0] * size[1] + at[1]) * size[2] + at[2]] = true;
        }
        Self { size, filled }
    }

    fn columns(&self) -> usize {
        self.size[0] * self.size[1]
    }

    fn column(&self, index: usize) -> &[bool] {
        &self.filled[index * self.size[2]..(index + 1) * self.size[2]]
    }

    /// For each pair of layers that touch, the part of all columns with a point in them.
    pub fn layers(&self) -> Vec<f64> {
        let mut counts = vec![0u32; self.size[2]];
        for index in 0..self.columns() {
            let column = self.column(index);
            for (layer, count) in counts.iter_mut().enumerate() {
                let next = (layer + 1).min(column.len() - 1);
                *count += u32::from(column[layer] || column[next]);
            }
        }
        let all = self.columns() as f64;
        counts.into_iter().map(|n| f64::from(n) / all).collect()
    }
}

impl Shape {
    /// Part of the box's plan with points.
    pub fn plan_fill(&self) -> f64 {
        let columns = self.columns();
        let any = (0..columns).filter(|index| self.column(*index).contains(&true));
        any.count() as f64 / columns as f64
    }

    /// How much of the height the columns with points have points in.
    pub fn column_fill(&self) -> f64 {
        let (mut columns, mut filled) = (0.0f64, 0.0);
        for index in 0..self.columns() {
            let layers = self.column(index).iter().filter(|set| **set).count();
            if layers > 0 {
                columns += 1.0;
                filled += layers as f64 / self.size[2] as f64;
            }
        }
        filled / columns.max(1.0)
    }

    /// How much of each of the four upright sides has points, the most first.
    pub fn sides(&self) -> [f64; 4] {
        let [rows, columns, layers] = self.size;
        let part = |along: usize, place: &dyn Fn(usize, usize) -> usize| {
            let mut filled = 0u32;
            for step in 0..along {
                // Within two columns of the side.
                let outer = self.column(place(step, 0));
                let inner = self.column(place(step, 1));
                let both = outer.iter().zip(inner).filter(|(a, b)| **a || **b);
                filled += both.count() as u32;
            }
            f64::from(filled) / (along * layers) as f64
        };
        let (row, column) = (1.min(rows - 1), 1.min(columns - 1));
        let mut sides = [
            part(rows, &|i, deep| i * columns + deep * column),
            part(rows, &|i, deep| i * columns + columns - 1 - deep * column),
            part(columns, &|i, deep| deep * row * columns + i),
            part(columns, &|i, deep| (rows - 1 - deep * row) * columns + i),
        ];
        sides.sort_unstable_by(|a, b| b.total_cmp(a));
        sides
    }

    /// How much the columns' upper ends differ, meters: little for a box or a table.
    pub fn tops(&self, height: f64) -> f64 {
        let tops: Vec<f64> = (0..self.columns())
            .filter_map(|index| self.column(index).iter().rposition(|set| *set))
            .map(|layer| (layer as f64 + 1.0) / self.size[2] as f64 * height)
            .collect();
        let count = tops.len().max(1) as f64;
        let middle = tops.iter().sum::<f64>() / count;
        let square = tops.iter().map(|top| (top - middle).powi(2)).sum::<f64>() / count;
        square.sqrt()
    }

    /// Part of the plan's four corners with points: few of a round thing.
    pub fn corners(&self) -> f64 {
        let [rows, columns, _] = self.size;
        let (wide, deep) = (rows.div_ceil(6), columns.div_ceil(6));
        let (mut all, mut any) = (0u32, 0u32);
        for row in 0..rows {
            for column in 0..columns {
                let at_row = row < wide || row + wide >= rows;
                let at_column = column < deep || column + deep >= columns;
                if at_row && at_column {
                    all += 1;
                    any += u32::from(self.column(row * columns + column).contains(&true));
                }
            }
        }
        f64::from(any) / f64::from(all.max(1))
    }
}
