//! Rectangles of the plan, turned any way.

use room_geometry::model::Object;

/// People walk where this much is free, meters.
pub const CLEARANCE: f64 = 0.6;

/// A rectangle of the plan over a span of heights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Footprint {
    /// Counter-clockwise.
    pub corners: [[f64; 2]; 4],
    /// Lower and upper end above the floor.
    pub span: [f64; 2],
}

impl Footprint {
    /// A rectangle from its middle, its axis, and half its sides.
    pub fn new(center: [f64; 2], axis: [f64; 2], half: [f64; 2], span: [f64; 2]) -> Self {
        let [ax, ay] = axis;
        let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[s, t]| {
            let (u, v) = (s * half[0], t * half[1]);
            [center[0] + u * ax - v * ay, center[1] + u * ay + v * ax]
        });
        Self { corners, span }
    }

    /// Of a piece of furniture; `None` if its figures are no sizes.
    pub fn of(object: &Object) -> Option<Self> {
        let [x, y, h] = object.center;
        let half = object.size.map(|v| 0.5 * v);
        let sound = [x, y, h, object.rotation]
            .iter()
            .chain(&half)
            .all(|v| v.is_finite() && v.abs() < 1e5);
        let (s, c) = object.rotation.to_radians().sin_cos();
        (sound && half.iter().all(|v| *v > 0.0)).then(|| {
            let span = [h - half[2], h + half[2]];
            Self::new([x, y], [c, s], [half[0], half[1]], span)
        })
    }

    /// Whether two boxes overlap (separating axes, Gottschalk et al. 1996).
    pub fn overlaps(&self, other: &Self) -> bool {
        self.span[0] < other.span[1] && other.span[0] < self.span[1] && self.overlaps_in_plan(other)
    }

    /// Whether they do regardless of heights; touching is no overlap.
    pub fn overlaps_in_plan(&self, other: &Self) -> bool {
        !is_apart(&self.corners, &other.corners) && !is_apart(&other.corners, &self.corners)
    }

    /// Whether the rectangle lies in a polygon: no edge crosses into it, and its corners are
    /// inside.
    pub fn is_inside(&self, outline: &[[f64; 2]]) -> bool {
        let next = outline.iter().skip(1).chain(outline.first());
        let crossed = outline
            .iter()
            .zip(next)
            .any(|(a, b)| self.is_crossed(*a, *b));
        !crossed && self.corners.iter().all(|corner| contains(outline, *corner))
    }

    /// Whether a line between two places passes the inside.
    fn is_crossed(&self, a: [f64; 2], b: [f64; 2]) -> bool {
        let mut range = [0.0f64, 1.0f64];
        for i in 0..4 {
            let (p, q) = (self.corners[i], self.corners[(i + 1) % 4]);
            let side = |r: [f64; 2]| (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
            let (s, t) = (side(a), side(b));
            if s <= 0.0 && t <= 0.0 {
                return false;
            }
            let at = s / (s - t);
            if s < 0.0 {
                range[0] = range[0].max(at);
            } else if t < 0.0 {
                range[1] = range[1].min(at);
            }
        }
        range[1] - range[0] > 1e-9
    }
}

fn is_apart(a: &[[f64; 2]; 4], b: &[[f64; 2]; 4]) -> bool {
    (0..4).any(|i| {
        let (p, q) = (a[i], a[(i + 1) % 4]);
        b.iter()
            .all(|r| (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]) <= 1e-12)
    })
}

/// Whether a place lies in a polygon (ray casting).
pub fn contains(outline: &[[f64; 2]], p: [f64; 2]) -> bool {
    let next = outline.iter().skip(1).chain(outline.first());
    let crossings = outline.iter().zip(next).filter(|(a, b)| {
        (a[1] > p[1]) != (b[1] > p[1])
            && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0]
    });
    crossings.count() % 2 == 1
}
