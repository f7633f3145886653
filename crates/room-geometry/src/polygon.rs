//! Polygons of the plan.

/// The area inside a polygon, positive when its corners run counter-clockwise.
pub fn area(corners: &[[f64; 2]]) -> f64 {
    0.5 * edges(corners)
        .map(|(a, b)| a[0] * b[1] - a[1] * b[0])
        .sum::<f64>()
}

/// The length of the polygon's outline.
pub fn perimeter(corners: &[[f64; 2]]) -> f64 {
    edges(corners)
        .map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1]))
        .sum()
}

/// The edges as pairs of corners.
pub fn edges(corners: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
    let next = corners.iter().skip(1).chain(corners.first());
    corners.iter().copied().zip(next.copied())
}

/// Whether a point lies inside (ray casting).
pub fn contains(corners: &[[f64; 2]], p: [f64; 2]) -> bool {
    edges(corners)
        .filter(|(a, b)| {
            (a[1] > p[1]) != (b[1] > p[1])
                && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0]
        })
        .count()
        % 2
        == 1
}

/// The distance of a point from the stretch between two corners.
pub fn distance_to_edge(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> f64 {
    let step = [b[0] - a[0], b[1] - a[1]];
    let square = step[0] * step[0] + step[1] * step[1];
    let part = ((p[0] - a[0]) * step[0] + (p[1] - a[1]) * step[1]) / square.max(1e-18);
    let part = part.clamp(0.0, 1.0);
    (p[0] - a[0] - part * step[0]).hypot(p[1] - a[1] - part * step[1])
}

/// Whether two edges of the polygon that are no neighbors cross.
pub fn crosses_itself(corners: &[[f64; 2]]) -> bool {
    let all: Vec<_> = edges(corners).collect();
    let turn = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| {
        (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0.0
    };
    (0..all.len()).any(|i| {
        (i + 2..all.len()).any(|j| {
            let ((a, b), (c, d)) = (all[i], all[j]);
            let neighbors = i == 0 && j + 1 == all.len();
            !neighbors && turn(a, b, c) != turn(a, b, d) && turn(c, d, a) != turn(c, d, b)
        })
    })
}

/// The part of a polygon where `inside`, which grows evenly over the plan, is not below zero
/// (Sutherland and Hodgman 1974).
pub fn clip(corners: &[[f64; 2]], inside: impl Fn([f64; 2]) -> f64) -> Vec<[f64; 2]> {
    let mut kept = Vec::with_capacity(corners.len() + 2);
    for (a, b) in edges(corners) {
        let (from, to) = (inside(a), inside(b));
        if from >= 0.0 {
            kept.push(a);
        }
        if (from >= 0.0) != (to >= 0.0) {
            let part = from / (from - to);
            kept.push([0, 1].map(|i| a[i] + part * (b[i] - a[i])));
        }
    }
    kept
}

/// The center of a polygon's area.
pub fn centroid(corners: &[[f64; 2]]) -> [f64; 2] {
    let Some(&[x0, y0]) = corners.first() else {
        return [0.0; 2];
    };
    let [mut sum_x, mut sum_y, mut total] = [0.0; 3];
    for (a, b) in edges(corners) {
        // Relative to a corner, so that far from zero nothing is lost.
        let (ax, ay, bx, by) = (a[0] - x0, a[1] - y0, b[0] - x0, b[1] - y0);
        let cross = ax * by - ay * bx;
        sum_x += cross * (ax + bx);
        sum_y += cross * (ay + by);
        total += 3.0 * cross;
    }
    if total == 0.0 {
        return [x0, y0];
    }
    [x0 + sum_x / total, y0 + sum_y / total]
}

/// A rectangle around a polygon, as intervals along a direction and across it.
#[derive(Debug, Clone, Copy)]
pub struct Rectangle {
    /// Unit vector along the longer side.
    pub axis: [f64; 2],
    /// Along `axis`: from, to.
    pub along: [f64; 2],
    /// Along `axis` turned left by a right angle: from, to.
    pub across: [f64; 2],
}

impl Rectangle {
    /// Coordinates of a point along and across.
    pub fn coordinates(&self, p: [f64; 2]) -> [f64; 2] {
        let [ax, ay] = self.axis;
        [p[0] * ax + p[1] * ay, p[1] * ax - p[0] * ay]
    }

    /// The inverse of [`Rectangle::coordinates`].
    pub fn point(&self, [u, v]: [f64; 2]) -> [f64; 2] {
        let [ax, ay] = self.axis;
        [u * ax - v * ay, u * ay + v * ax]
    }

    pub fn center(&self) -> [f64; 2] {
        let middle = |range: [f64; 2]| 0.5 * (range[0] + range[1]);
        self.point([middle(self.along), middle(self.across)])
    }

    pub fn length(&self) -> f64 {
        self.along[1] - self.along[0]
    }

    pub fn width(&self) -> f64 {
        self.across[1] - self.across[0]
    }
}

/// The smallest rectangle around a polygon; one of its sides lies on a side of the convex hull
/// (Freeman and Shapira 1975).
pub fn smallest_rectangle(corners: &[[f64; 2]]) -> Option<Rectangle> {
    let hull = hull(corners);
    let mut best: Option<Rectangle> = None;
    for (a, b) in edges(&hull) {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        if length < 1e-9 {
            continue;
        }
        let axis = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
        let found = around(&hull, axis);
        let size = |r: &Rectangle| r.length() * r.width();
        // Sides that give the same rectangle must not take turns by rounding.
        if best
            .as_ref()
            .is_none_or(|held| size(&found) < size(held) * (1.0 - 1e-9))
        {
            best = Some(found);
        }
    }
    best
}

fn around(corners: &[[f64; 2]], axis: [f64; 2]) -> Rectangle {
    let range = |direction: [f64; 2]| {
        corners
            .iter()
            .map(|c| c[0] * direction[0] + c[1] * direction[1])
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| {
                [low.min(v), high.max(v)]
            })
    };
    let left = [-axis[1], axis[0]];
    let (along, across) = (range(axis), range(left));
    if along[1] - along[0] >= across[1] - across[0] {
        return Rectangle {
            axis,
            along,
            across,
        };
    }
    Rectangle {
        axis: left,
        along: across,
        across: [-along[1], -along[0]],
    }
}

/// The convex hull, counter-clockwise (Andrew's monotone chain, 1979).
fn hull(corners: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut sorted = corners.to_vec();
    sorted.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let half = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut chain: Vec<[f64; 2]> = Vec::new();
        for p in points {
            while let [.., a, b] = chain[..]
                && (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) <= 0.0
            {
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut ring = half(&mut sorted.iter().copied());
    ring.extend(half(&mut sorted.iter().rev().copied()));
    ring
}

#[cfg(test)]
mod tests {
    use super::*;

    const L_SHAPE: [[f64; 2]; 6] = [
        [0.0, 0.0],
        [4.0, 0.0],
        [4.0, 2.0],
        [2.0, 2.0],
        [2.0, 5.0],
        [0.0, 5.0],
    ];

    #[test]
    fn an_l_shape_has_its_area_and_rectangle() {
        assert!((area(&L_SHAPE) - 14.0).abs() < 1e-12);
        assert!((perimeter(&L_SHAPE) - 18.0).abs() < 1e-12);
        let rectangle = smallest_rectangle(&L_SHAPE).unwrap();
        assert!((rectangle.length() - 5.0).abs() < 1e-12);
        assert!((rectangle.width() - 4.0).abs() < 1e-12);
        assert!(contains(&L_SHAPE, [1.0, 4.0]) && !contains(&L_SHAPE, [3.0, 4.0]));
        assert!(!crosses_itself(&L_SHAPE));
    }

    #[test]
    fn the_rectangle_around_a_turned_square_is_turned() {
        let diamond = [[1.0, 0.0], [2.0, 1.0], [1.0, 2.0], [0.0, 1.0]];
        let rectangle = smallest_rectangle(&diamond).unwrap();
        assert!((rectangle.length() - 2f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_bow_tie_crosses_itself() {
        assert!(crosses_itself(&[
            [0.0, 0.0],
            [1.0, 1.0],
            [1.0, 0.0],
            [0.0, 1.0]
        ]));
    }
}
