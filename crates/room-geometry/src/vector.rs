//! Small linear algebra: vectors of three numbers and symmetric 3 by 3 matrices.
//!
//! Only additions, multiplications, divisions and square roots are used, which IEEE 754 rounds the
//! same everywhere, so that native and Wasm builds take the same decisions.

/// A vector or a point of space.
pub type Vec3 = [f64; 3];

pub fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

pub fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub fn scale(a: Vec3, factor: f64) -> Vec3 {
    [a[0] * factor, a[1] * factor, a[2] * factor]
}

pub fn norm(a: Vec3) -> f64 {
    dot(a, a).sqrt()
}

/// `a` at length one, or `None` when it has no direction.
pub fn unit(a: Vec3) -> Option<Vec3> {
    let length = norm(a);
    (length.is_finite() && length > 1e-12).then(|| scale(a, 1.0 / length))
}

pub fn widen(a: [f32; 3]) -> Vec3 {
    [f64::from(a[0]), f64::from(a[1]), f64::from(a[2])]
}

/// Two unit vectors that make a right-handed frame with the unit vector `up`.
///
/// The first leans on the coordinate axis most perpendicular to `up` that comes first in a cyclic
/// order, so that an upright scan keeps its own horizontal axes.
pub fn horizontal_axes(up: Vec3) -> (Vec3, Vec3) {
    let largest = (0..3).fold(0, |best, axis| {
        if up[axis].abs() > up[best].abs() {
            axis
        } else {
            best
        }
    });
    let mut seed = [0.0; 3];
    seed[(largest + 1) % 3] = 1.0;
    let across = sub(seed, scale(up, dot(seed, up)));
    let x = unit(across).unwrap_or(seed);
    (x, cross(up, x))
}

/// Weighted moments of points up to the second order: what a plane fit needs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments {
    pub weight: f64,
    sum: Vec3,
    /// xx, yy, zz, xy, xz, yz
    squares: [f64; 6],
}

impl Moments {
    pub fn add(&mut self, p: Vec3, weight: f64) {
        self.weight += weight;
        let w = scale(p, weight);
        self.sum = add(self.sum, w);
        let products = [
            w[0] * p[0],
            w[1] * p[1],
            w[2] * p[2],
            w[0] * p[1],
            w[0] * p[2],
            w[1] * p[2],
        ];
        for (sum, product) in self.squares.iter_mut().zip(products) {
            *sum += product;
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.weight += other.weight;
        self.sum = add(self.sum, other.sum);
        for (sum, part) in self.squares.iter_mut().zip(other.squares) {
            *sum += part;
        }
    }

    pub fn mean(&self) -> Vec3 {
        scale(self.sum, 1.0 / self.weight.max(f64::MIN_POSITIVE))
    }

    /// The covariance as xx, yy, zz, xy, xz, yz.
    fn covariance(&self) -> [f64; 6] {
        let m = self.mean();
        let outer = [
            m[0] * m[0],
            m[1] * m[1],
            m[2] * m[2],
            m[0] * m[1],
            m[0] * m[2],
            m[1] * m[2],
        ];
        let mut covariance = self.squares;
        for (value, mean) in covariance.iter_mut().zip(outer) {
            *value = *value / self.weight.max(f64::MIN_POSITIVE) - mean;
        }
        covariance
    }

    /// Variances along the principal axes, ascending, and the axis of the smallest: the normal of
    /// the plane that fits best.
    pub fn principal(&self) -> (Vec3, Vec3) {
        let [xx, yy, zz, xy, xz, yz] = self.covariance();
        let (values, vectors) = eigen([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]);
        let mut order = [0usize, 1, 2];
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let normal = [
            vectors[0][order[0]],
            vectors[1][order[0]],
            vectors[2][order[0]],
        ];
        let sorted = order.map(|i| values[i].max(0.0));
        (sorted, normal)
    }
}

/// Eigenvalues and eigenvectors (as columns) of a symmetric matrix by cyclic Jacobi rotations
/// (Golub and Van Loan, Matrix Computations, section 8.5).
fn eigen(mut a: [[f64; 3]; 3]) -> (Vec3, [[f64; 3]; 3]) {
    let mut v = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for _sweep in 0..8 {
        let off = a[0][1] * a[0][1] + a[0][2] * a[0][2] + a[1][2] * a[1][2];
        let diagonal = a[0][0] * a[0][0] + a[1][1] * a[1][1] + a[2][2] * a[2][2];
        // Not "off > limit": a matrix of NaN must end the loop as well.
        if !matches!(
            off.partial_cmp(&(1e-20 * diagonal)),
            Some(std::cmp::Ordering::Greater)
        ) {
            break;
        }
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            rotate(&mut a, &mut v, p, q);
        }
    }
    ([a[0][0], a[1][1], a[2][2]], v)
}

fn rotate(a: &mut [[f64; 3]; 3], v: &mut [[f64; 3]; 3], p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for row in a.iter_mut() {
        let (x, y) = (row[p], row[q]);
        row[p] = c * x - s * y;
        row[q] = s * x + c * y;
    }
    let (row_p, row_q) = (a[p], a[q]);
    for (k, (x, y)) in row_p.into_iter().zip(row_q).enumerate() {
        a[p][k] = c * x - s * y;
        a[q][k] = s * x + c * y;
    }
    for row in v.iter_mut() {
        let (x, y) = (row[p], row[q]);
        row[p] = c * x - s * y;
        row[q] = s * x + c * y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_of_a_tilted_plane_is_found() {
        let normal = unit([0.2, -0.5, 0.8]).unwrap();
        let (x, y) = horizontal_axes(normal);
        let mut moments = Moments::default();
        for i in 0..10 {
            for j in 0..7 {
                let p = add(scale(x, f64::from(i)), scale(y, f64::from(j)));
                moments.add(add(p, [3.0, -2.0, 5.0]), 1.0);
            }
        }
        let (values, found) = moments.principal();
        assert!(dot(found, normal).abs() > 1.0 - 1e-9);
        assert!(values[0] < 1e-9 && values[1] > 1.0 && values[2] > values[1]);
    }

    #[test]
    fn axes_are_right_handed_for_any_up() {
        for up in [
            [1.0, 0.0, 0.0],
            [0.0, -1.0, 0.0],
            [0.0, 0.0, 1.0],
            [0.6, 0.0, -0.8],
        ] {
            let (x, y) = horizontal_axes(up);
            assert!(norm(sub(cross(x, y), up)) < 1e-12);
        }
    }

    #[test]
    fn a_matrix_of_nan_ends() {
        let mut moments = Moments::default();
        moments.add([f64::NAN; 3], 1.0);
        let (values, _) = moments.principal();
        assert!(values.iter().all(|v| v.is_nan() || *v == 0.0));
    }
}
