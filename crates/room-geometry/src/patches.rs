//! Surface patches: small cubes with the plane through their neighborhood.

use crate::thinning::{Thinned, Voxel, pack, unpack};
use crate::vector::{Moments, Vec3, widen};

/// A neighborhood with fewer points than this has no plane.
const MIN_NEIGHBORS: f64 = 6.0;
/// Points that the typical neighborhood must hold before its normals are trusted.
const GOOD_NEIGHBORS: f64 = 9.0;
/// Part of the scatter that may lie across the plane ("surface variation", Pauly et al. 2002).
const MAX_VARIATION: f64 = 0.08;
/// The widest patch, meters: half of the neighborhood must still fit on a wall's pier.
const MAX_SIDE: f64 = 0.26;

/// The points of one cube and the plane through its 27 neighbors.
#[derive(Debug, Clone, Copy)]
pub struct Patch {
    /// Mean of the cube's own points.
    pub position: Vec3,
    /// Unit normal of the neighborhood, of either sign.
    pub normal: Vec3,
    /// Number of the cube's own points.
    pub count: f64,
    /// Whether the neighborhood is flat.
    pub planar: bool,
    /// Whether the neighborhood holds enough points to be a surface at all.
    pub solid: bool,
}

/// The patches of a scan.
#[derive(Debug, Clone)]
pub struct Patches {
    /// Side of a patch's cube, meters.
    pub side: f64,
    pub items: Vec<Patch>,
}

/// Fits patches, as small as the density of the points allows.
pub fn fit(thinned: &Thinned) -> Patches {
    let mut level = 1;
    loop {
        let cells = gather(&thinned.voxels, level);
        let sums = neighborhoods(&cells);
        let side = thinned.side * f64::from(1u32 << level);
        if side * 2.0 > MAX_SIDE || typical(&sums) >= GOOD_NEIGHBORS {
            let items = cells
                .iter()
                .zip(&sums)
                .map(|(cell, sum)| patch(&cell.1, sum))
                .collect();
            return Patches { side, items };
        }
        level += 1;
    }
}

fn patch(own: &Moments, around: &Moments) -> Patch {
    let solid = around.weight >= MIN_NEIGHBORS;
    let (planar, normal) = if solid {
        let (variances, normal) = around.principal();
        let total: f64 = variances.iter().sum();
        // A line of points has a plane of any turn around it.
        let broad = variances[1] > 0.1 * variances[2];
        (broad && variances[0] < MAX_VARIATION * total, normal)
    } else {
        (false, [0.0, 0.0, 1.0])
    };
    Patch {
        position: own.mean(),
        normal,
        count: own.weight,
        planar,
        solid,
    }
}

/// The number of points in the neighborhood of the median point.
fn typical(sums: &[Moments]) -> f64 {
    let mut weights: Vec<f64> = sums.iter().map(|sum| sum.weight).collect();
    if weights.is_empty() {
        return 0.0;
    }
    let middle = weights.len() / 2;
    *weights.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Moments of the voxels in each cube of `2^level` voxels, sorted by key.
fn gather(voxels: &[Voxel], level: u32) -> Vec<(u64, Moments)> {
    let mut order: Vec<(u64, u32)> = voxels
        .iter()
        .zip(0u32..)
        .map(|(voxel, index)| {
            let cell = unpack(voxel.key).map(|v| ((v - 1) >> level) + 1);
            (pack(cell), index)
        })
        .collect();
    order.sort_unstable();
    let mut cells: Vec<(u64, Moments)> = Vec::new();
    for (key, index) in order {
        let voxel = &voxels[index as usize];
        if cells.last().is_none_or(|cell| cell.0 != key) {
            cells.push((key, Moments::default()));
        }
        if let Some(cell) = cells.last_mut() {
            cell.1.add(widen(voxel.position), f64::from(voxel.count));
        }
    }
    cells
}

/// Sums each cell with its 26 neighbors. The cells are sorted, so the neighbors of successive
/// cells are found by nine hands that only move forward.
fn neighborhoods(cells: &[(u64, Moments)]) -> Vec<Moments> {
    const ROWS: [(i64, i64); 9] = [
        (-1, -1),
        (-1, 0),
        (-1, 1),
        (0, -1),
        (0, 0),
        (0, 1),
        (1, -1),
        (1, 0),
        (1, 1),
    ];
    let mut hands = [0usize; 9];
    cells
        .iter()
        .map(|&(key, _)| {
            let mut sum = Moments::default();
            for (hand, (dx, dy)) in hands.iter_mut().zip(ROWS) {
                let step = pack([1, 0, 0]) as i64 * dx + pack([0, 1, 0]) as i64 * dy;
                let middle = key.wrapping_add_signed(step);
                while cells.get(*hand).is_some_and(|cell| cell.0 < middle - 1) {
                    *hand += 1;
                }
                for cell in cells[*hand..].iter().take(3) {
                    if cell.0 <= middle + 1 {
                        sum.merge(&cell.1);
                    }
                }
            }
            sum
        })
        .collect()
}
