//! What a phone sees of a scene: points where rays from places on a walk first hit a surface.
//!
//! Undersides, rear sides and whatever stands behind something else give no points, as in truth.

use crate::vector::{Vec3, add, cross, dot, scale, sub};

/// A parallelogram.
#[derive(Debug, Clone, Copy)]
pub struct Face {
    /// One corner.
    pub start: Vec3,
    /// From there along one side.
    pub u: Vec3,
    /// And along the other.
    pub v: Vec3,
    /// The wall whose holes are cut out of it.
    pub wall: Option<usize>,
    /// Part of the rays that pass, for glass.
    pub passes: f64,
    /// Color of its points.
    pub color: [u8; 3],
}

impl Face {
    /// An opaque face.
    pub fn new(start: Vec3, u: Vec3, v: Vec3) -> Self {
        Self {
            start,
            u,
            v,
            wall: None,
            passes: 0.0,
            color: [150, 140, 130],
        }
    }

    /// How far along a ray its hit is, in multiples of `direction`, and where in the face.
    pub fn hit(&self, eye: Vec3, direction: Vec3) -> Option<(f64, [f64; 2])> {
        let normal = cross(self.u, self.v);
        let slant = dot(direction, normal);
        if slant.abs() < 1e-12 {
            return None;
        }
        let reach = dot(sub(self.start, eye), normal) / slant;
        if reach < 1e-6 {
            return None;
        }
        let p = sub(add(eye, scale(direction, reach)), self.start);
        let square = dot(normal, normal);
        let a = dot(cross(p, self.v), normal) / square;
        let b = dot(cross(self.u, p), normal) / square;
        let inside = (0.0..=1.0).contains(&a) && (0.0..=1.0).contains(&b);
        inside.then_some((reach, [a, b]))
    }
}

/// The faces of a box between two corners.
pub fn cuboid(faces: &mut Vec<Face>, low: Vec3, high: Vec3) {
    let [l, w, h] = sub(high, low);
    let (x, y, z) = ([l, 0.0, 0.0], [0.0, w, 0.0], [0.0, 0.0, h]);
    for (start, u, v) in [
        (low, x, y),
        (low, x, z),
        (low, y, z),
        (add(low, z), x, y),
        (add(low, y), x, z),
        (add(low, x), y, z),
    ] {
        faces.push(Face::new(start, u, v));
    }
}

/// The sides and the lid of an upright prism with eight sides.
pub fn prism(faces: &mut Vec<Face>, center: [f64; 2], radius: f64, low: f64, high: f64) {
    let corner = |i: u32| {
        let turn = f64::from(i) * std::f64::consts::FRAC_PI_4;
        [
            center[0] + radius * turn.cos(),
            center[1] + radius * turn.sin(),
        ]
    };
    for i in 0..8 {
        let (a, b) = (corner(i), corner(i + 1));
        let side = [b[0] - a[0], b[1] - a[1], 0.0];
        faces.push(Face::new([a[0], a[1], low], side, [0.0, 0.0, high - low]));
    }
    let half = 0.7 * radius;
    for height in [low, high] {
        faces.push(Face::new(
            [center[0] - half, center[1] - half, height],
            [2.0 * half, 0.0, 0.0],
            [0.0, 2.0 * half, 0.0],
        ));
    }
}

/// An ellipsoid of small parallelograms.
pub fn ellipsoid(faces: &mut Vec<Face>, center: Vec3, radii: Vec3) {
    const AROUND: u32 = 10;
    const RINGS: u32 = 6;
    let at = |ring: u32, step: u32| {
        let rise = std::f64::consts::PI * (f64::from(ring) / f64::from(RINGS) - 0.5);
        let turn = std::f64::consts::TAU * f64::from(step) / f64::from(AROUND);
        let unit = [rise.cos() * turn.cos(), rise.cos() * turn.sin(), rise.sin()];
        [0, 1, 2].map(|i| center[i] + radii[i] * unit[i])
    };
    for ring in 0..RINGS {
        for step in 0..AROUND {
            let (a, b) = (at(ring, step), at(ring, step + 1));
            let (c, d) = (at(ring + 1, step), at(ring + 1, step + 1));
            // The mean of both rings' sides: a trapezoid as a parallelogram.
            let u = [0, 1, 2].map(|i| 0.5 * (b[i] - a[i] + d[i] - c[i]));
            let middle = [0, 1, 2].map(|i| 0.25 * (a[i] + b[i] + c[i] + d[i]));
            let v = [0, 1, 2].map(|i| 0.5 * (c[i] - a[i] + d[i] - b[i]));
            let start = [0, 1, 2].map(|i| middle[i] - 0.5 * (u[i] + v[i]));
            faces.push(Face::new(start, u, v));
        }
    }
}
