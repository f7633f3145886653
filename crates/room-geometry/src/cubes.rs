//! The voxels of a scan in cubes of twice, four times, ... their side.

use crate::thinning::{Voxel, pack, unpack};
use crate::vector::{Moments, widen};

/// A cube and the points in it.
#[derive(Debug, Clone, Copy)]
pub struct Cube {
    /// Where it lies; see [`pack`].
    pub key: u64,
    pub moments: Moments,
}

/// The key of the cube `2^level` times as wide around a cube.
pub fn parent(key: u64, level: u32) -> u64 {
    pack(unpack(key).map(|v| ((v - 1) >> level) + 1))
}

/// Moments of the voxels in each cube of `2^level` voxels, sorted by key.
pub fn gather(voxels: &[Voxel], level: u32) -> Vec<Cube> {
    let mut order: Vec<(u64, u32)> = voxels
        .iter()
        .zip(0u32..)
        .map(|(voxel, index)| (parent(voxel.key, level), index))
        .collect();
    order.sort_unstable();
    let mut cubes: Vec<Cube> = Vec::new();
    for (key, index) in order {
        let voxel = &voxels[index as usize];
        if cubes.last().is_none_or(|cube| cube.key != key) {
            cubes.push(Cube {
                key,
                moments: Moments::default(),
            });
        }
        if let Some(cube) = cubes.last_mut() {
            cube.moments
                .add(widen(voxel.position), f64::from(voxel.count));
        }
    }
    cubes
}

/// Sums each cube with its 26 neighbors.
pub fn neighborhoods(cubes: &[Cube]) -> Vec<Moments> {
    around(cubes, |sum: &mut Moments, cube| sum.merge(&cube.moments))
}

/// How many of the 26 cubes around each hold points.
pub fn occupied(cubes: &[Cube]) -> Vec<u32> {
    let mut counts = around(cubes, |sum: &mut u32, _| *sum += 1);
    for count in &mut counts {
        *count -= 1;
    }
    counts
}

/// Sums something over each cube and its neighbors. The cubes are sorted, so the neighbors of
/// successive ones are found by nine hands that only move forward.
fn around<T: Default>(cubes: &[Cube], mut add: impl FnMut(&mut T, &Cube)) -> Vec<T> {
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
    cubes
        .iter()
        .map(|cube| {
            let mut sum = T::default();
            for (hand, (dx, dy)) in hands.iter_mut().zip(ROWS) {
                let step = pack([1, 0, 0]) as i64 * dx + pack([0, 1, 0]) as i64 * dy;
                let middle = cube.key.wrapping_add_signed(step);
                while cubes.get(*hand).is_some_and(|cube| cube.key < middle - 1) {
                    *hand += 1;
                }
                for near in cubes[*hand..].iter().take(3) {
                    if near.key <= middle + 1 {
                        add(&mut sum, near);
                    }
                }
            }
            sum
        })
        .collect()
}
