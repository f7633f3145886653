//! Plane geometry of the plan. Plan x is the phone's x, plan y is against its z, so that x, y and
//! up are right-handed.

/// A point of the plan.
pub type Point = [f64; 2];

/// A wall as a line of the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    pub start: Point,
    pub end: Point,
}

impl Segment {
    /// The same line the other way.
    pub fn reversed(self) -> Self {
        Self {
            start: self.end,
            end: self.start,
        }
    }

    pub fn length(&self) -> f64 {
        distance(self.start, self.end)
    }

    /// The unit vector from start to end.
    pub fn direction(&self) -> Point {
        let length = self.length().max(f64::MIN_POSITIVE);
        let [x, y] = between(self.start, self.end);
        [x / length, y / length]
    }

    pub fn middle(&self) -> Point {
        [
            (self.start[0] + self.end[0]) / 2.0,
            (self.start[1] + self.end[1]) / 2.0,
        ]
    }

    /// How far a point is along the line, and how far beside it.
    pub fn locate(&self, point: Point) -> [f64; 2] {
        let direction = self.direction();
        let to = between(self.start, point);
        [
            to[0] * direction[0] + to[1] * direction[1],
            cross(direction, to),
        ]
    }
}

pub fn between(a: Point, b: Point) -> Point {
    [b[0] - a[0], b[1] - a[1]]
}

pub fn cross(a: Point, b: Point) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

pub fn distance(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The edges of a closed polygon.
pub fn edges(polygon: &[Point]) -> impl Iterator<Item = Segment> + '_ {
    let following = polygon.iter().cycle().skip(1);
    let edges = polygon.iter().zip(following);
    edges.map(|(&start, &end)| Segment { start, end })
}

/// Positive when the corners run counter-clockwise (shoelace formula).
pub fn signed_area(polygon: &[Point]) -> f64 {
    let Some(&origin) = polygon.first() else {
        return 0.0;
    };
    let twice: f64 = edges(polygon)
        .map(|edge| cross(between(origin, edge.start), between(origin, edge.end)))
        .sum();
    twice / 2.0
}

/// Whether two edges of a polygon that are no neighbors cross.
pub fn crosses_itself(polygon: &[Point]) -> bool {
    let edges: Vec<Segment> = edges(polygon).collect();
    let side =
        |edge: &Segment, point| cross(between(edge.start, edge.end), between(edge.start, point));
    edges.iter().enumerate().any(|(place, a)| {
        edges.iter().skip(place + 1).any(|b| {
            let apart = |e: &Segment, f: &Segment| side(e, f.start) * side(e, f.end) < 0.0;
            apart(a, b) && apart(b, a)
        })
    })
}

/// Whether a point is inside a polygon (even-odd rule).
pub fn contains(polygon: &[Point], [x, y]: Point) -> bool {
    edges(polygon).fold(false, |inside, Segment { start, end }| {
        let passes = (start[1] > y) != (end[1] > y)
            && x < (end[0] - start[0]) * (y - start[1]) / (end[1] - start[1]) + start[0];
        inside ^ passes
    })
}

/// The smallest rectangle around a polygon: the direction of its longer side, the coordinates of
/// its lowest corner along that direction and across it, and its two sides. One of its sides lies
/// on an edge of the hull, so the directions of the polygon's own edges and its hull's come close
/// enough (Freeman and Shapira, "Determining the minimum-area encasing rectangle for an arbitrary
/// closed curve", 1975).
pub fn rectangle(polygon: &[Point]) -> Option<(Point, [f64; 2], [f64; 2])> {
    let mut best: Option<(Point, [f64; 2], [f64; 2])> = None;
    for edge in edges(polygon).filter(|edge| edge.length() > 0.2) {
        let [x, y] = edge.direction();
        for direction in [[x, y], [-y, x]] {
            let [low, high] = extent(polygon, direction);
            let sides = [high[0] - low[0], high[1] - low[1]];
            let area = sides[0] * sides[1];
            let better = best.is_none_or(|(_, _, known)| area < known[0] * known[1] - 1e-6);
            if sides[0] >= sides[1] && better {
                best = Some((direction, low, sides));
            }
        }
    }
    best
}

/// The smallest and the largest coordinates along a direction and across it.
fn extent(polygon: &[Point], [x, y]: Point) -> [Point; 2] {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for &[a, b] in polygon {
        for (axis, value) in [a * x + b * y, b * x - a * y].into_iter().enumerate() {
            if let (Some(low), Some(high)) = (low.get_mut(axis), high.get_mut(axis)) {
                *low = low.min(value);
                *high = high.max(value);
            }
        }
    }
    [low, high]
}
