//! Where in a polygon is most room for a label: the pole of inaccessibility.
//!
//! The point of the polygon that is farthest from its border and from everything that stands in it,
//! found by dividing squares and following those that can still hold a better point (Garcia-Castellanos
//! and Lombardo, "Poles of inaccessibility", 2007, as a best-first search).

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::polygon::{Point, bounds, depth_inside, signed_area};

/// How much better a spot must be to be worth a further search, as a part of the polygon's size.
const PRECISION: f64 = 0.01;
/// Distances of points from edges that a search may cost.
const BUDGET: usize = 2_000_000;
/// The longer side of the polygon is divided into at most this many squares to begin with.
const MOST_STRIPS: f64 = 24.0;

/// A point and the radius of the free circle around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    pub at: Point,
    pub radius: f64,
}

/// The spot with the most room in a polygon beside some obstacles; `None` when nothing is free.
pub fn freest_spot(polygon: &[Point], obstacles: &[[Point; 4]]) -> Option<Spot> {
    let [low, high] = bounds(polygon.iter().copied())?;
    let (width, height) = (high[0] - low[0], high[1] - low[1]);
    let size = width.min(height).max(width.max(height) / MOST_STRIPS);
    if !size.is_finite() || size <= 0.0 {
        return None;
    }
    let room_at = |at: Point| {
        let clearance = obstacles.iter().map(|obstacle| -depth_inside(at, obstacle));
        clearance.fold(depth_inside(at, polygon), f64::min)
    };
    let square = |at: Point, half: f64| Square {
        spot: Spot {
            at,
            radius: room_at(at),
        },
        half,
    };

    let mut queue = BinaryHeap::new();
    let columns = (width / size).ceil() as usize;
    let rows = (height / size).ceil() as usize;
    for (column, row) in (0..columns).flat_map(|c| (0..rows).map(move |r| (c, r))) {
        let middle = |start: f64, place: usize| start + (place as f64 + 0.5) * size;
        queue.push(square(
            [middle(low[0], column), middle(low[1], row)],
            size / 2.0,
        ));
    }
    // Where many spots are equally good, as in a long room, the middle looks best.
    let middle = centroid(polygon);
    let mut best = Spot {
        at: middle,
        radius: room_at(middle),
    };
    let cost = polygon.len() + 4 * obstacles.len();
    for _ in 0..(BUDGET / cost.max(1)).clamp(50, 1_000) {
        let Some(next) = queue.pop() else { break };
        if next.promise() <= best.radius + PRECISION * size {
            break;
        }
        if next.spot.radius > best.radius + PRECISION * size {
            best = next.spot;
        }
        let half = next.half / 2.0;
        for (x, y) in [(-half, -half), (half, -half), (half, half), (-half, half)] {
            let [center_x, center_y] = next.spot.at;
            queue.push(square([center_x + x, center_y + y], half));
        }
    }
    (best.radius > 0.0).then_some(best)
}

/// A square that may hold the best spot.
#[derive(Debug, Clone, Copy)]
struct Square {
    /// Its middle.
    spot: Spot,
    /// Half its side.
    half: f64,
}

impl Square {
    /// No point of the square has more room than this.
    fn promise(&self) -> f64 {
        self.spot.radius + self.half * std::f64::consts::SQRT_2
    }
}

impl Ord for Square {
    fn cmp(&self, other: &Self) -> Ordering {
        self.promise().total_cmp(&other.promise())
    }
}

impl PartialOrd for Square {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Square {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Square {}

/// The center of a polygon's area, which lies outside of some concave ones.
fn centroid(polygon: &[Point]) -> Point {
    let Some(&origin) = polygon.first() else {
        return [0.0, 0.0];
    };
    let area = signed_area(polygon);
    if area == 0.0 {
        return origin;
    }
    let [x, y] = crate::polygon::edges(polygon).fold([0.0, 0.0], |[x, y], (a, b)| {
        let (a, b) = (
            crate::polygon::between(origin, a),
            crate::polygon::between(origin, b),
        );
        let weight = crate::polygon::cross(a, b);
        [x + (a[0] + b[0]) * weight, y + (a[1] + b[1]) * weight]
    });
    [origin[0] + x / (6.0 * area), origin[1] + y / (6.0 * area)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_rectangle() {
        let rectangle = [[0.0, 0.0], [6.0, 0.0], [6.0, 2.0], [0.0, 2.0]];
        let spot = freest_spot(&rectangle, &[]).unwrap();
        assert!((spot.at[0] - 3.0).abs() < 1e-9 && (spot.at[1] - 1.0).abs() < 1e-9);
        assert!((spot.radius - 1.0).abs() < 1e-9);
    }

    #[test]
    fn inside_a_thin_u() {
        let u = [
            [0.0, 0.0],
            [9.0, 0.0],
            [9.0, 6.0],
            [8.0, 6.0],
            [8.0, 1.0],
            [1.0, 1.0],
            [1.0, 6.0],
            [0.0, 6.0],
        ];
        let spot = freest_spot(&u, &[]).unwrap();
        assert!(depth_inside(spot.at, &u) > 0.45);
    }

    #[test]
    fn beside_an_obstacle() {
        let room = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]];
        let table = [[1.0, 1.0], [3.9, 1.0], [3.9, 3.9], [1.0, 3.9]];
        let spot = freest_spot(&room, &[table]).unwrap();
        assert!(spot.radius > 0.45 && depth_inside(spot.at, &table) < 0.0);
        assert_eq!(freest_spot(&room, &[room]), None);
    }

    #[test]
    fn nothing_without_numbers() {
        assert_eq!(freest_spot(&[], &[]), None);
        assert_eq!(freest_spot(&[[1.0, 1.0]; 4], &[]), None);
        assert_eq!(freest_spot(&[[f64::NAN; 2]; 4], &[]), None);
    }
}
