//! What the class of a piece follows from.

use room_geometry::model::{RoomGeometry, Support};

use crate::fit::Boxed;
use crate::grain;
use crate::shape::Shape;

/// The number of the feature that is the height of the main level surface, meters.
pub const SURFACE: usize = 5;
/// Number of features.
pub const FEATURES: usize = 38;

/// The features of a piece.
pub(crate) fn of(piece: &Boxed, geometry: &RoomGeometry, side: f64) -> [f64; FEATURES] {
    let shape = Shape::new(piece, side);
    let [length, width] = piece.sides();
    let height = (piece.high - piece.low).max(0.02);
    let layers = shape.layers();
    let (surface, cover) = main_surface(&layers);
    let (second, second_cover) = second_surface(&layers, surface);
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
    let sides = shape.sides();
    let upper = upper(piece, height);
    let grain = grain::of(&piece.points, side);
    let seen = piece.points.len().max(1) as f64 * side * side;
    [
        length.max(0.02).ln(),
        width.max(0.02).ln(),
        height.ln(),
        piece.high.min(ceiling),
        piece.low,
        piece.low + surface * height,
        cover,
        shape.plan_fill(),
        share(-9.0, 0.33),
        share(0.67, 9.0),
        levels(&layers),
        shape.column_fill(),
        upper.reach[0].min(upper.reach[1]),
        core(piece, height),
        f64::from(u8::from(piece.at_wall)),
        is(Support::Wall),
        is(Support::Object),
        is(Support::Ceiling),
        (seen / (2.0 * (length + width) * height + length * width)).min(4.0),
        mean(&layers, 0.85, 1.0),
        mean(&layers, 0.0, 0.15),
        mean(&layers, 0.15, 0.5),
        mean(&layers, 0.5, 0.85),
        piece.low + second * height,
        second_cover,
        sides[0],
        sides[1],
        sides[3],
        upper.reach[0].max(upper.reach[1]),
        upper.aside,
        shape.tops(height),
        shape.corners(),
        grain.flat,
        grain.level,
        grain.upright,
        from_wall(piece, geometry),
        width / length.max(0.02),
        height / length.max(0.02),
    ]
}

/// The highest surface besides the main one: its place and cover.
fn second_surface(layers: &[f64], main: f64) -> (f64, f64) {
    let count = layers.len() as f64;
    let mut best = (0.0, 0.0);
    for (layer, cover) in layers.iter().enumerate() {
        let at = (layer as f64 + 1.0) / count;
        let apart = (at - main).abs() * count > 3.0;
        if apart && *cover >= best.1 {
            best = (at, *cover);
        }
    }
    best
}

/// The mean cover of some part of the layers.
fn mean(layers: &[f64], from: f64, to: f64) -> f64 {
    let count = layers.len() as f64;
    let low = (from * count).floor() as usize;
    let high = ((to * count).ceil() as usize).clamp(low + 1, layers.len().max(low + 1));
    let part = layers.get(low.min(layers.len())..high.min(layers.len()));
    part.map_or(0.0, |part| {
        part.iter().sum::<f64>() / part.len().max(1) as f64
    })
}

/// From the nearest wall to the nearest side, meters, at most one.
fn from_wall(piece: &Boxed, geometry: &RoomGeometry) -> f64 {
    let half = 0.5 * piece.sides()[1];
    (crate::fit::to_walls(piece.center(), geometry) - half).clamp(-0.2, 1.0)
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

/// The upper part of a piece: how far it reaches along and across as parts of the whole, and how
/// far its middle lies aside. A back is narrow and aside, a box is neither.
struct Upper {
    reach: [f64; 2],
    aside: f64,
}

fn upper(piece: &Boxed, height: f64) -> Upper {
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
    let mut upper = Upper {
        reach: [1.0; 2],
        aside: 0.0,
    };
    for (axis, values) in places.iter_mut().enumerate() {
        let [from, to] = ranges[axis];
        let wide = (to - from).max(0.02);
        let low = crate::fit::percentile(values, 0.05);
        let high = crate::fit::percentile(values, 0.95);
        if values.is_empty() {
            continue;
        }
        upper.reach[axis] = ((high - low) / wide).min(1.0);
        let aside = (0.5 * (low + high) - 0.5 * (from + to)).abs() / wide;
        upper.aside = upper.aside.max(aside.min(0.5));
    }
    upper
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
