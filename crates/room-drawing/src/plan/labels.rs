//! Labels that keep clear of each other.

use super::style::Type;
use super::svg::Place;
use crate::polygon::{Point, along, between, dot, edges, length};

/// A convex quadrilateral on the sheet that a label must keep clear of.
pub type Quad = [Point; 4];

/// What is already on the sheet.
#[derive(Debug, Default)]
pub struct Taken {
    quads: Vec<Quad>,
}

impl Taken {
    /// Marks a place as taken.
    pub fn add(&mut self, quad: Quad) {
        self.quads.push(quad);
    }

    /// Whether nothing else is in a place.
    pub fn is_free(&self, quad: &Quad) -> bool {
        !self.quads.iter().any(|other| overlap(quad, other))
    }
}

/// The place that a text takes up.
pub fn text_box(kind: Type, place: Place, text: &str) -> Quad {
    let (sine, cosine) = place.turn.to_radians().sin_cos();
    let (half_width, half_height) = (kind.width(text) / 2.0 + 1.0, kind.size * 0.55);
    let corner = |right: f64, down: f64| {
        let side = along(place.at, [cosine, sine], right * half_width);
        along(side, [-sine, cosine], down * half_height)
    };
    [
        corner(-1.0, -1.0),
        corner(1.0, -1.0),
        corner(1.0, 1.0),
        corner(-1.0, 1.0),
    ]
}

/// Whether two convex quadrilaterals have a point in common: they do unless the direction of one
/// of their edges separates them (separating axis theorem).
pub fn overlap(a: &Quad, b: &Quad) -> bool {
    let reach = |quad: &Quad, axis: Point| {
        quad.iter()
            .map(|&corner| dot(corner, axis))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            })
    };
    let parted_along = |axis: Point| {
        let ((a_low, a_high), (b_low, b_high)) = (reach(a, axis), reach(b, axis));
        a_high <= b_low || b_high <= a_low
    };
    // The axes of the sheet part most pairs, and cheaply.
    let parted = parted_along([1.0, 0.0]) || parted_along([0.0, 1.0]);
    let mut across = edges(a)
        .chain(edges(b))
        .map(|(start, end)| between(start, end))
        .filter(|&edge| length(edge) > 0.0)
        .map(|[x, y]| [-y, x]);
    !parted && !across.any(parted_along)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, half: f64, degrees: f64) -> Quad {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(a, b): (f64, f64)| {
            [
                x + half * (a * cosine - b * sine),
                y + half * (a * sine + b * cosine),
            ]
        })
    }

    #[test]
    fn overlap_of_turned_squares() {
        let middle = square(0.0, 0.0, 1.0, 0.0);
        assert!(overlap(&middle, &square(1.5, 0.0, 1.0, 0.0)));
        assert!(!overlap(&middle, &square(2.5, 0.0, 1.0, 0.0)));
        // Their bounding boxes meet, but the corner of the one passes the corner of the other.
        assert!(!overlap(&middle, &square(2.0, 2.0, 1.0, 45.0)));
        assert!(overlap(&middle, &square(1.6, 1.6, 1.0, 45.0)));
        assert!(overlap(&middle, &square(0.0, 0.0, 0.2, 30.0)));
    }
}
