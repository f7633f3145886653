//! What the class of a piece follows from.

use room_geometry::model::{RoomGeometry, Support};

use crate::fit::Boxed;

/// Number of features.
pub const FEATURES: usize = 18;
/// Sides of columns and layers, meters.
const COLUMN: f64 = 0.08;
const LAYER: f64 = 0.05;
/// Most columns along a side, and most layers.
const MOST: usize = 80;

/// The piece in columns and layers.
struct Shape {
    size: [usize; 3],
    filled: Vec<bool>,
}

impl Shape {
    fn new(piece: &Boxed, side: f64) -> Self {
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
    fn layers(&self) -> Vec<f64> {
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

/// The features of a piece.
pub(crate) fn of(piece: &Boxed, geometry: &RoomGeometry, side: f64) -> [f64; FEATURES] {
    let shape = Shape::new(piece, side);
    let [length, width] = piece.sides();
    let height = (piece.high - piece.low).max(0.02);
    let layers = shape.layers();
    let (surface, cover) = main_surface(&layers);
    let share = |from: f64, to: f64| {
        let inside = piece.points.iter().filter(|point| {
            let part = (f64::from(point[2]) - piece.low) / height;
            part >= from && part < to
        });
        inside.count() as f64 / piece.points.len().max(1) as f64
    };
    let ceiling = geometry
        .dimensions
        .height
        .map_or(2.5, |height| height.value);
    let is = |support: Support| f64::from(u8::from(piece.support == Some(support)));
    [
        length.max(0.02).ln(),
        width.max(0.02).ln(),
        height.ln(),
        piece.high.min(ceiling),
        piece.low,
        piece.low + surface * height,
        cover,
        plan_fill(&shape),
        share(-9.0, 0.33),
        share(0.67, 9.0),
        levels(&layers),
        column_fill(&shape),
        one_sided(piece, height),
        core(piece, height),
        f64::from(u8::from(piece.at_wall)),
        is(Support::Wall),
        is(Support::Object),
        is(Support::Ceiling),
    ]
}

/// The place of the layers with the most columns, as a part of the height, and their part.
fn main_surface(layers: &[f64]) -> (f64, f64) {
    let mut best = (0, 0.0);
    for (layer, cover) in layers.iter().enumerate() {
        if *cover >= best.1 {
            best = (layer, *cover);
        }
    }
    ((best.0 as f64 + 1.0) / layers.len() as f64, best.1)
}

/// Number of horizontal surfaces, at most six.
fn levels(layers: &[f64]) -> f64 {
    let mut sorted = layers.to_vec();
    let usual = crate::fit::percentile(&mut sorted, 0.4);
    let mut count = 0.0f64;
    let mut was_level = false;
    for cover in layers {
        let is_level = *cover > usual + 0.2;
        count += f64::from(u8::from(is_level && !was_level));
        was_level = is_level;
    }
    count.min(6.0)
}

/// Part of the box's plan with points.
fn plan_fill(shape: &Shape) -> f64 {
    let columns = shape.columns();
    let any = (0..columns).filter(|index| shape.column(*index).contains(&true));
    any.count() as f64 / columns as f64
}

/// How much of the height the columns with points have points in.
fn column_fill(shape: &Shape) -> f64 {
    let (mut columns, mut filled) = (0.0f64, 0.0);
    for index in 0..shape.columns() {
        let layers = shape.column(index).iter().filter(|set| **set).count();
        if layers > 0 {
            columns += 1.0;
            filled += layers as f64 / shape.size[2] as f64;
        }
    }
    filled / columns.max(1.0)
}

/// How narrow the upper part is compared with the whole: small for a back, 1 for a box.
fn one_sided(piece: &Boxed, height: f64) -> f64 {
    let mut places: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for point in &piece.points {
        let [x, y, h] = point.map(f64::from);
        if h > piece.low + 0.7 * height {
            let [u, v] = piece.coordinates([x, y]);
            places[0].push(u);
            places[1].push(v);
        }
    }
    let ranges = [piece.along, piece.across];
    let part = |axis: usize, values: &mut [f64]| {
        let reach = crate::fit::percentile(values, 0.95) - crate::fit::percentile(values, 0.05);
        (reach / (ranges[axis][1] - ranges[axis][0]).max(0.02)).min(1.0)
    };
    let [along, across] = &mut places;
    part(0, along).min(part(1, across))
}

/// Part of the points in the middle of the box: many in plants and shelves, none in closed boxes.
fn core(piece: &Boxed, height: f64) -> f64 {
    let inner = |[from, to]: [f64; 2], at: f64| {
        let part = (at - from) / (to - from).max(0.02);
        part > 0.22 && part < 0.78
    };
    let inside = piece.points.iter().filter(|point| {
        let [x, y, h] = point.map(f64::from);
        let [u, v] = piece.coordinates([x, y]);
        inner(piece.along, u) && inner(piece.across, v) && inner([piece.low, piece.low + height], h)
    });
    inside.count() as f64 / piece.points.len().max(1) as f64
}
