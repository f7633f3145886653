//! How flat a piece's surfaces are, and which way they face.

use crate::grid::Grid;

/// Side of the neighborhoods looked at, meters.
const SIDE: f64 = 0.13;
const LEAST_POINTS: u32 = 8;

/// Means over the points of a piece.
pub struct Grain {
    /// How much thinner than wide the neighborhoods are: near 1 for planes, small for leaves.
    pub flat: f64,
    /// Part of them that face upward, and sideways.
    pub level: f64,
    pub upright: f64,
}

/// Sums over the points of a neighborhood.
#[derive(Clone, Copy, Default)]
struct Moments {
    count: u32,
    sums: [f64; 3],
    squares: [f64; 6],
}

/// The grain of a piece.
pub fn of(points: &[[f32; 3]], side: f64) -> Grain {
    let mut grain = Grain {
        flat: 0.0,
        level: 0.0,
        upright: 0.0,
    };
    let Some(grid) = Grid::new(points, SIDE.max(4.0 * side)) else {
        return grain;
    };
    let mut moments = vec![Moments::default(); grid.cells.len()];
    for point in points {
        let number = grid.number(*point);
        let middle = grid.cells[number].mean;
        moments[number].add([0, 1, 2].map(|i| f64::from(point[i]) - middle[i]));
    }
    let mut weight = 0.0;
    for part in moments.iter().filter(|part| part.count >= LEAST_POINTS) {
        let count = f64::from(part.count);
        let (flat, rise) = part.plane();
        weight += count;
        grain.flat += count * flat;
        grain.level += count * f64::from(u8::from(rise > 0.9));
        grain.upright += count * f64::from(u8::from(rise < 0.3));
    }
    if weight > 0.0 {
        grain.flat /= weight;
        grain.level /= weight;
        grain.upright /= weight;
    }
    grain
}

impl Moments {
    fn add(&mut self, [x, y, z]: [f64; 3]) {
        self.count += 1;
        for (sum, value) in self.sums.iter_mut().zip([x, y, z]) {
            *sum += value;
        }
        let products = [x * x, y * y, z * z, x * y, x * z, y * z];
        for (sum, value) in self.squares.iter_mut().zip(products) {
            *sum += value;
        }
    }

    /// How flat it is, and how much its normal points upward, 0 to 1.
    fn plane(&self) -> (f64, f64) {
        let n = f64::from(self.count.max(1));
        let m = self.sums.map(|sum| sum / n);
        let pairs = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)];
        let mut c = [0.0; 6];
        for (value, (square, (i, j))) in c.iter_mut().zip(self.squares.iter().zip(pairs)) {
            *value = square / n - m[i] * m[j];
        }
        let (least, trace) = (smallest(c), c[0] + c[1] + c[2]);
        if trace <= 0.0 {
            return (0.0, 0.0);
        }
        // The normal spans the null space of the matrix less its smallest value: of the products of
        // its rows the longest.
        let [xx, yy, zz, xy, xz, yz] = c;
        let rows = [
            [xx - least, xy, xz],
            [xy, yy - least, yz],
            [xz, yz, zz - least],
        ];
        let mut best = ([0.0; 3], 0.0);
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            let (a, b): ([f64; 3], [f64; 3]) = (rows[a], rows[b]);
            let cross = [
                a[1] * b[2] - a[2] * b[1],
                a[2] * b[0] - a[0] * b[2],
                a[0] * b[1] - a[1] * b[0],
            ];
            let square: f64 = cross.iter().map(|v| v * v).sum();
            if square > best.1 {
                best = (cross, square);
            }
        }
        let rise = if best.1 > 0.0 {
            best.0[2].abs() / best.1.sqrt()
        } else {
            0.0
        };
        ((1.0 - 3.0 * least / trace).clamp(0.0, 1.0), rise)
    }
}

/// The smallest eigenvalue of a symmetric matrix (Smith 1961, "Eigenvalues of a symmetric 3 × 3
/// matrix").
fn smallest([xx, yy, zz, xy, xz, yz]: [f64; 6]) -> f64 {
    let middle = (xx + yy + zz) / 3.0;
    let (a, b, c) = (xx - middle, yy - middle, zz - middle);
    let off = xy * xy + xz * xz + yz * yz;
    let p = ((a * a + b * b + c * c + 2.0 * off) / 6.0).sqrt();
    if p <= 0.0 {
        return middle;
    }
    let determinant = a * (b * c - yz * yz) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz);
    let angle = (determinant / (2.0 * p * p * p)).clamp(-1.0, 1.0).acos() / 3.0;
    middle + 2.0 * p * (angle + 2.0 * std::f64::consts::FRAC_PI_3).cos()
}
