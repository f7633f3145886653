//! Plane geometry on points, segments and polygons; lengths in meters or any other unit.

/// A point or a vector of the plane.
pub type Point = [f64; 2];

/// `a + scale * b`.
pub fn along(a: Point, b: Point, scale: f64) -> Point {
    [a[0] + scale * b[0], a[1] + scale * b[1]]
}

/// The vector from `a` to `b`.
pub fn between(a: Point, b: Point) -> Point {
    [b[0] - a[0], b[1] - a[1]]
}

/// The scalar product.
pub fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

/// The z of the cross product: positive when `b` lies to the left of `a`.
pub fn cross(a: Point, b: Point) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

/// The length of a vector.
pub fn length(a: Point) -> f64 {
    a[0].hypot(a[1])
}

/// The middle of a segment.
pub fn middle(a: Point, b: Point) -> Point {
    [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0]
}

/// The edges of a closed polygon, the last one back to the first corner.
pub fn edges(polygon: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    polygon
        .iter()
        .copied()
        .zip(polygon.iter().copied().cycle().skip(1))
}

/// The area of a polygon, positive when its corners run counter-clockwise (shoelace formula).
///
/// The sum is taken relative to the first corner, so that a polygon far from the origin keeps its
/// precision.
pub fn signed_area(polygon: &[Point]) -> f64 {
    let Some(&origin) = polygon.first() else {
        return 0.0;
    };
    let twice: f64 = edges(polygon)
        .map(|(a, b)| cross(between(origin, a), between(origin, b)))
        .sum();
    twice / 2.0
}

/// The distance of a point from a segment.
pub fn distance_to_segment(point: Point, start: Point, end: Point) -> f64 {
    let run = between(start, end);
    let square = dot(run, run);
    let share = if square > 0.0 {
        (dot(between(start, point), run) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    length(between(point, along(start, run, share)))
}

/// The distance of a point from the border of a polygon, positive inside (even-odd rule).
pub fn depth_inside(point: Point, polygon: &[Point]) -> f64 {
    let mut inside = false;
    let mut nearest = f64::INFINITY;
    for (a, b) in edges(polygon) {
        let crosses = (a[1] > point[1]) != (b[1] > point[1])
            && point[0] < (b[0] - a[0]) * (point[1] - a[1]) / (b[1] - a[1]) + a[0];
        inside ^= crosses;
        nearest = nearest.min(distance_to_segment(point, a, b));
    }
    if inside { nearest } else { -nearest }
}

/// The smallest and the largest coordinates of some points.
pub fn bounds(points: impl IntoIterator<Item = Point>) -> Option<[Point; 2]> {
    points.into_iter().fold(None, |found, p| {
        let [low, high] = found.unwrap_or([p, p]);
        Some([
            [low[0].min(p[0]), low[1].min(p[1])],
            [high[0].max(p[0]), high[1].max(p[1])],
        ])
    })
}
