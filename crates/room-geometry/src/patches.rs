//! Surface patches: small cubes with the plane through their neighborhood.

use crate::cubes::{self, Cube};
use crate::thinning::Thinned;
use crate::vector::{Moments, Vec3, dot, sub};

/// A neighborhood with fewer points than this has no plane.
const MIN_NEIGHBORS: f64 = 6.0;
/// Points that the typical neighborhood must hold before its normals are trusted.
const GOOD_NEIGHBORS: f64 = 9.0;
/// The same where stray points may be among them.
const WIDE_NEIGHBORS: f64 = 12.0;
/// With fewer points around it than this a patch without a plane is sparse.
const FEW_NEIGHBORS: f64 = 16.0;
/// The widest cube whose neighborhood is tried for these, meters, and the most cubes that one of
/// them stands for.
const MAX_WIDE: f64 = 0.26;
const MAX_SHARE: f64 = 6.0;
/// A point this close to a plane is on it, meters.
const ON_PLANE: f64 = 0.03;
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
    /// Number of points in the neighborhood.
    around: f64,
    /// How much of its surface it stands for, in faces of a cube: more than one where the scan is
    /// so thin that most cubes of the surface are empty.
    pub share: f64,
}

/// The patches of a scan.
#[derive(Debug, Clone)]
pub struct Patches {
    /// Side of a patch's cube, meters.
    pub side: f64,
    pub items: Vec<Patch>,
    /// Where too few points lie for a patch: with the planes of wider neighborhoods.
    pub sparse: Vec<Patch>,
}

/// Fits patches, as small as the density of the points allows.
pub fn fit(thinned: &Thinned) -> Patches {
    let mut level = 1;
    loop {
        let cells = cubes::gather(&thinned.voxels, level);
        let sums = cubes::neighborhoods(&cells);
        let side = thinned.side * f64::from(1u32 << level);
        if side * 2.0 > MAX_SIDE || typical(&sums) >= GOOD_NEIGHBORS {
            let items: Vec<Patch> = cells
                .iter()
                .zip(&sums)
                .map(|(cell, sum)| patch(&cell.moments, sum))
                .collect();
            let mut sparse = Vec::new();
            for wider in 1..=2 {
                if side * f64::from(1u32 << wider) <= MAX_WIDE {
                    let wide = cubes::gather(&thinned.voxels, level + wider);
                    widen(&cells, &items, &wide, wider, &mut sparse);
                }
            }
            return Patches {
                side,
                items,
                sparse,
            };
        }
        level += 1;
    }
}

/// The normal of the points' plane, if they are enough and flat.
fn plane(points: &Moments) -> Option<Vec3> {
    if points.weight < MIN_NEIGHBORS {
        return None;
    }
    let (variances, normal) = points.principal();
    let total: f64 = variances.iter().sum();
    // A line of points has a plane of any turn around it.
    let broad = variances[1] > 0.1 * variances[2];
    (broad && variances[0] < MAX_VARIATION * total).then_some(normal)
}

/// As [`plane`], for surroundings in which stray points may lie: of six, one set in ten is flat by
/// chance.
pub fn wide_plane(points: &Moments) -> Option<Vec3> {
    plane(points).filter(|_| points.weight >= WIDE_NEIGHBORS)
}

fn patch(own: &Moments, around: &Moments) -> Patch {
    let plane = plane(around);
    Patch {
        position: own.mean(),
        normal: plane.unwrap_or([0.0, 0.0, 1.0]),
        count: own.weight,
        planar: plane.is_some(),
        solid: around.weight >= MIN_NEIGHBORS,
        around: around.weight,
        share: 1.0,
    }
}

/// Adds the patches with few points around them that lie on the plane of a neighborhood `2^wider`
/// times as wide: a scanner's points thin out with the square of the distance, and at a slant.
fn widen(cells: &[Cube], items: &[Patch], wide: &[Cube], wider: u32, sparse: &mut Vec<Patch>) {
    let place = |key: u64| {
        let key = cubes::parent(key, wider);
        wide.binary_search_by_key(&key, |cell| cell.key).ok()
    };
    let places: Vec<Option<usize>> = cells.iter().map(|cell| place(cell.key)).collect();
    let mut filled = vec![0.0f64; wide.len()];
    for index in places.iter().flatten() {
        filled[*index] += 1.0;
    }
    let around = cubes::neighborhoods(wide);
    let faces = f64::from(1u32 << (2 * wider));
    for (item, index) in items.iter().zip(places) {
        let Some(index) = index.filter(|_| !item.planar && item.around < FEW_NEIGHBORS) else {
            continue;
        };
        let Some(normal) = wide_plane(&around[index]) else {
            continue;
        };
        let off = dot(normal, sub(item.position, around[index].mean()));
        if off.abs() < ON_PLANE {
            sparse.push(Patch {
                normal,
                planar: true,
                solid: true,
                share: (faces / filled[index]).clamp(1.0, MAX_SHARE),
                ..*item
            });
        }
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
