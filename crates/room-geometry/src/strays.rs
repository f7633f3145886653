//! Points that stand alone: what a scanner sees at edges and in the air, and on no surface.
//!
//! The scale at which surfaces hang together depends on how densely they were scanned, so it is
//! taken from the points. At that scale a cube of a surface has eight others around it, and five at
//! its border; a stray point has hardly any (the count of neighbors within a radius of Rusu et al.
//! 2008, "Towards 3D point cloud based object maps", with a radius that fits the density). Where a
//! part of the scan is thinner than the rest, a cube is kept if it lies on a plane with what is
//! around it.

use crate::cubes::{self, Cube};
use crate::patches;
use crate::thinning::Thinned;
use crate::vector::{Moments, dot, sub};

/// Cubes around the typical one when surfaces hang together.
const CONNECTED: u32 = 8;
/// A stray cube has at most so many around it.
const ALONE: u32 = 4;
/// It has at most this part of the typical cube's points.
const THIN: u32 = 4;
/// The widest cube tried, meters.
const MAX_SIDE: f64 = 0.26;
/// How many times wider cubes are tried for a plane, as a power of two.
const WIDEST: u32 = 3;
/// A point this close to a plane is on it, meters.
const ON_PLANE: f64 = 0.03;

/// Takes the strays out; returns the number of their points.
pub fn remove(thinned: &mut Thinned) -> u64 {
    let Some((level, strays)) = find(thinned) else {
        return 0;
    };
    let mut removed = 0;
    thinned.voxels.retain(|voxel| {
        let stray = strays
            .binary_search(&cubes::parent(voxel.key, level))
            .is_ok();
        if stray {
            removed += u64::from(voxel.count);
        }
        !stray
    });
    removed
}

/// The level at which surfaces hang together and the sorted keys of the stray cubes there.
fn find(thinned: &Thinned) -> Option<(u32, Vec<u64>)> {
    let mut level = 0;
    loop {
        if thinned.side * f64::from(1u32 << level) > MAX_SIDE {
            return None;
        }
        let cubes = cubes::gather(&thinned.voxels, level);
        let around = cubes::occupied(&cubes);
        let weights = cubes.iter().map(|cube| cube.moments.weight);
        let typical = middle(around.iter().copied().zip(weights));
        if typical >= CONNECTED {
            return Some((level, strays(thinned, level, &cubes, &around)));
        }
        level += 1;
    }
}

/// The value of the middle point, from values and their numbers of points.
fn middle(values: impl Iterator<Item = (u32, f64)>) -> u32 {
    let mut values: Vec<(u32, f64)> = values.collect();
    values.sort_unstable_by_key(|value| value.0);
    let total: f64 = values.iter().map(|value| value.1).sum();
    let mut below = 0.0;
    for (value, weight) in values {
        below += weight;
        if 2.0 * below >= total {
            return value;
        }
    }
    0
}

fn strays(thinned: &Thinned, level: u32, cubes: &[Cube], around: &[u32]) -> Vec<u64> {
    let counts = cubes.iter().map(|cube| cube.moments.weight);
    let most = middle(counts.map(|count| (count as u32, count))) / THIN;
    let lone: Vec<&Cube> = cubes
        .iter()
        .zip(around)
        .filter(|(cube, around)| **around <= ALONE && cube.moments.weight <= f64::from(most.max(1)))
        .map(|(cube, _)| cube)
        .collect();
    let mut strays = lone;
    for wider in 1..=WIDEST {
        let side = thinned.side * f64::from(1u32 << (level + wider));
        if side > MAX_SIDE || strays.is_empty() {
            break;
        }
        let wide = cubes::gather(&thinned.voxels, level + wider);
        let sums = cubes::neighborhoods(&wide);
        strays.retain(|cube| {
            let key = cubes::parent(cube.key, wider);
            let index = wide.binary_search_by_key(&key, |cube| cube.key);
            index.is_ok_and(|index| !is_on_plane(cube, &sums[index]))
        });
    }
    strays.iter().map(|cube| cube.key).collect()
}

fn is_on_plane(cube: &Cube, around: &Moments) -> bool {
    patches::wide_plane(around)
        .is_some_and(|normal| dot(normal, sub(cube.moments.mean(), around.mean())).abs() < ON_PLANE)
}

#[cfg(test)]
mod tests {
    use room_scan::PointCloud;

    use super::*;
    use crate::testing::Random;
    use crate::thinning::thin;

    /// A floor of 4 by 4 meters with `count` points, and a tenth as many anywhere above it.
    fn floor(count: usize) -> Thinned {
        let mut random = Random(3);
        let mut place = |h: f64| {
            let [x, y] = [0; 2].map(|_: i32| random.between(0.0, 4.0) as f32);
            [x, y, random.between(0.0, h) as f32]
        };
        let mut positions: Vec<[f32; 3]> = (0..count).map(|_| place(0.02)).collect();
        positions.extend((0..count / 10).map(|_| place(2.0)));
        thin(&PointCloud {
            given: positions.len() as u64,
            positions,
            ..PointCloud::default()
        })
        .unwrap()
    }

    #[test]
    fn strays_are_taken_out_at_every_density() {
        for count in [2_000, 20_000, 200_000] {
            let mut thinned = floor(count);
            let removed = remove(&mut thinned) as f64;
            let strays = 0.1 * count as f64;
            let high = thinned.voxels.iter().filter(|voxel| {
                let height = f64::from(voxel.position[2]) + thinned.origin[2];
                height > 0.4
            });
            let left: u32 = high.map(|voxel| voxel.count).sum();
            assert!(f64::from(left) < 0.1 * strays, "{left} of {strays} left");
            assert!(removed < 1.02 * strays, "{removed} of {strays} removed");
        }
    }

    #[test]
    fn a_thinly_scanned_part_of_a_surface_stays() {
        let near = (0..40_000u32).map(|i| [(i % 200) as f32 * 0.02, (i / 200) as f32 * 0.02]);
        let far = (0..400u32).map(|i| [4.0 + (i % 20) as f32 * 0.15, (i / 20) as f32 * 0.2]);
        let positions: Vec<[f32; 3]> = near.chain(far).map(|[x, y]| [x, y, 0.0]).collect();
        let mut thinned = thin(&PointCloud {
            given: positions.len() as u64,
            positions,
            ..PointCloud::default()
        })
        .unwrap();
        assert!(remove(&mut thinned) < 40);
    }
}
