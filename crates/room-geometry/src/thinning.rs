//! From millions of points to at most 400,000 voxels.
//!
//! Everything after this step works on voxels, so its time and memory do not depend on how many
//! points were sent. Positions are summed as integers: the result is the same for any order of the
//! points, bit by bit.

use room_scan::PointCloud;

use crate::vector::Vec3;

/// Smallest step that is kept, meters: far below the noise of any scanner.
const UNIT: f64 = 1.0 / 2048.0;
/// Side of the finest voxel as a power of two of units: 31 mm.
const FINEST: u32 = 6;
/// With more voxels than this the side is doubled.
const MAX_VOXELS: usize = 400_000;
/// Where the voxels got coarser, those with at most so many points and so many neighbors of 26 are
/// strays: a surface has eight around it, and five at its border, however sparsely it was scanned.
const STRAY_POINTS: u32 = 2;
const STRAY_NEIGHBORS: usize = 4;
const TABLE_BITS: u32 = 19;
const MASK: usize = (1 << TABLE_BITS) - 1;
/// Bits of one coordinate in a key.
const KEY_BITS: u32 = 21;

/// The points of one cube of space.
#[derive(Debug, Clone, Copy)]
pub struct Voxel {
    /// Where the cube lies in the grid; see [`pack`].
    pub key: u64,
    /// Mean of the points, meters from [`Thinned::origin`].
    pub position: [f32; 3],
    /// Number of points.
    pub count: u32,
}

/// A cloud thinned to one mean point for each voxel, sorted by key.
#[derive(Debug, Clone)]
pub struct Thinned {
    /// Corner of the grid in scan coordinates.
    pub origin: Vec3,
    /// Side of a voxel, meters.
    pub side: f64,
    pub voxels: Vec<Voxel>,
    /// Points so far from all others that they were left out.
    pub clipped: u64,
}

/// Packs the place of a cube into a number that sorts by x, then y, then z.
pub fn pack(cell: [u64; 3]) -> u64 {
    (cell[0] << (2 * KEY_BITS)) | (cell[1] << KEY_BITS) | cell[2]
}

/// The inverse of [`pack`].
pub fn unpack(key: u64) -> [u64; 3] {
    let mask = (1 << KEY_BITS) - 1;
    [key >> (2 * KEY_BITS), (key >> KEY_BITS) & mask, key & mask]
}

/// Thins `cloud`; `None` without a point.
pub fn thin(cloud: &PointCloud) -> Option<Thinned> {
    let bounds = Bounds::of(&cloud.positions)?;
    let unit = bounds.unit();
    let finest = bounds.first_shift(unit);
    let mut table = Table::new(finest);
    let mut clipped = 0;
    for &position in &cloud.positions {
        match bounds.quantize(position, unit) {
            Some(q) => table.insert(q),
            None => clipped += 1,
        }
    }
    if table.shift > finest {
        // Without stray points the surfaces may well fit into finer voxels.
        let strays = table.strays();
        let mut cleared = Table::new(finest);
        for &position in &cloud.positions {
            match bounds.quantize(position, unit) {
                Some(q) if strays.binary_search(&table.key(q)).is_err() => cleared.insert(q),
                Some(_) => clipped += 1,
                None => {}
            }
        }
        table = cleared;
    }
    let shift = table.shift;
    let mut voxels: Vec<Voxel> = table
        .sums
        .iter()
        .map(|sum| sum.voxel(shift, unit))
        .collect();
    drop(table);
    voxels.sort_unstable_by_key(|voxel| voxel.key);
    let mut origin = cloud.origin;
    for (axis, value) in origin.iter_mut().enumerate() {
        *value += bounds.low[axis];
    }
    Some(Thinned {
        origin,
        side: unit * f64::from(1u32 << shift),
        voxels,
        clipped,
    })
}

/// The box that holds the scan without its far outliers.
struct Bounds {
    low: Vec3,
    high: Vec3,
}

impl Bounds {
    /// The box of the middle 99 % along each axis, widened by half of its size and a meter: what
    /// lies beyond is no part of the same room, however many walls the room has.
    fn of(positions: &[[f32; 3]]) -> Option<Self> {
        let mut low = [0.0; 3];
        let mut high = [0.0; 3];
        let mut column: Vec<f32> = Vec::with_capacity(positions.len());
        for axis in 0..3 {
            column.clear();
            column.extend(positions.iter().map(|p| p[axis]).filter(|v| v.is_finite()));
            let last = column.len().checked_sub(1)?;
            let tail = last / 200;
            let (_, &mut first, rest) = column.select_nth_unstable_by(tail, f32::total_cmp);
            let middle = last - 2 * tail;
            let last = match middle.checked_sub(1) {
                Some(index) if index < rest.len() => {
                    *rest.select_nth_unstable_by(index, f32::total_cmp).1
                }
                _ => first,
            };
            let margin = 0.5 * (f64::from(last) - f64::from(first)) + 1.0;
            low[axis] = f64::from(first) - margin;
            high[axis] = f64::from(last) + margin;
        }
        Some(Self { low, high })
    }

    /// The step of the integer coordinates: [`UNIT`], doubled until 2^30 steps span the box.
    fn unit(&self) -> f64 {
        let mut unit = UNIT;
        while self.extent() / unit > f64::from(1 << 30) && unit < 1e30 {
            unit *= 2.0;
        }
        unit
    }

    /// The finest voxel whose coordinates fit into a key, with a free layer on both sides.
    fn first_shift(&self, unit: f64) -> u32 {
        let mut shift = FINEST;
        while self.extent() / unit / f64::from(1u32 << shift) > f64::from((1 << KEY_BITS) - 4) {
            shift += 1;
        }
        shift
    }

    fn extent(&self) -> f64 {
        (0..3).fold(0.0, |most: f64, axis| {
            most.max(self.high[axis] - self.low[axis])
        })
    }

    fn quantize(&self, position: [f32; 3], unit: f64) -> Option<[u32; 3]> {
        let mut q = [0; 3];
        for axis in 0..3 {
            let value = f64::from(position[axis]);
            if !(value >= self.low[axis] && value <= self.high[axis]) {
                return None;
            }
            q[axis] = ((value - self.low[axis]) / unit + 0.5) as u32;
        }
        Some(q)
    }
}

/// Where the search for a key begins.
fn slot(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - TABLE_BITS)) as usize
}

#[derive(Clone, Copy)]
struct Sum {
    key: u64,
    total: [u64; 3],
    count: u32,
}

impl Sum {
    fn voxel(&self, _shift: u32, unit: f64) -> Voxel {
        let step = unit / f64::from(self.count.max(1));
        Voxel {
            key: self.key,
            position: self.total.map(|total| (total as f64 * step) as f32),
            count: self.count,
        }
    }
}

/// An open-addressing hash table of voxels; coarsens itself when it is full.
struct Table {
    shift: u32,
    /// Index into `sums` plus one; zero is free.
    slots: Vec<u32>,
    sums: Vec<Sum>,
}

impl Table {
    fn new(shift: u32) -> Self {
        Self {
            shift,
            slots: vec![0; 1 << TABLE_BITS],
            sums: Vec::new(),
        }
    }

    fn insert(&mut self, q: [u32; 3]) {
        let key = self.key(q);
        self.insert_sum(Sum {
            key,
            total: q.map(u64::from),
            count: 1,
        });
        // Whether a side is too fine depends on the set of points only, not on their order.
        while self.sums.len() > MAX_VOXELS {
            self.coarsen();
        }
    }

    /// One is added so that every cube has neighbors with keys of their own.
    fn key(&self, q: [u32; 3]) -> u64 {
        pack(q.map(|v| u64::from(v >> self.shift) + 1))
    }

    fn insert_sum(&mut self, sum: Sum) {
        let mut slot = slot(sum.key);
        loop {
            match self.slots[slot] {
                0 => {
                    self.sums.push(sum);
                    self.slots[slot] = self.sums.len() as u32;
                    return;
                }
                taken => {
                    let held = &mut self.sums[taken as usize - 1];
                    if held.key == sum.key {
                        for (total, part) in held.total.iter_mut().zip(sum.total) {
                            *total += part;
                        }
                        held.count = held.count.saturating_add(sum.count);
                        return;
                    }
                }
            }
            slot = (slot + 1) & MASK;
        }
    }

    /// The sorted keys of the voxels that stand nearly alone.
    fn strays(&self) -> Vec<u64> {
        let mut keys: Vec<u64> = self
            .sums
            .iter()
            .filter(|sum| sum.count <= STRAY_POINTS && self.neighbors(sum.key) <= STRAY_NEIGHBORS)
            .map(|sum| sum.key)
            .collect();
        keys.sort_unstable();
        keys
    }

    /// How many of the 26 voxels around one hold points; stops counting where it is no stray.
    fn neighbors(&self, key: u64) -> usize {
        let [x, y, z] = unpack(key);
        (0..27)
            .filter(|place| *place != 13)
            .map(|place| pack([x + place / 9 - 1, y + place / 3 % 3 - 1, z + place % 3 - 1]))
            .filter(|near| self.holds(*near))
            .take(STRAY_NEIGHBORS + 1)
            .count()
    }

    fn holds(&self, key: u64) -> bool {
        let mut slot = slot(key);
        while let Some(index) = self.slots[slot].checked_sub(1) {
            if self.sums[index as usize].key == key {
                return true;
            }
            slot = (slot + 1) & MASK;
        }
        false
    }

    fn coarsen(&mut self) {
        self.shift += 1;
        self.slots.fill(0);
        let finer = std::mem::take(&mut self.sums);
        for mut sum in finer {
            sum.key = pack(unpack(sum.key).map(|v| ((v - 1) >> 1) + 1));
            self.insert_sum(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(positions: Vec<[f32; 3]>) -> PointCloud {
        PointCloud {
            given: positions.len() as u64,
            positions,
            ..PointCloud::default()
        }
    }

    #[test]
    fn a_key_keeps_its_cell() {
        let cell = [1, 2_000_000, 77];
        assert_eq!(unpack(pack(cell)), cell);
    }

    #[test]
    fn identical_points_are_one_voxel() {
        let thinned = thin(&cloud(vec![[1.0, 2.0, 3.0]; 1000])).unwrap();
        assert_eq!(thinned.voxels.len(), 1);
        assert_eq!(thinned.voxels[0].count, 1000);
        for axis in 0..3 {
            let back = thinned.origin[axis] + f64::from(thinned.voxels[0].position[axis]);
            assert!((back - [1.0, 2.0, 3.0][axis]).abs() < UNIT);
        }
    }

    #[test]
    fn far_outliers_are_clipped_and_no_points_are_no_voxels() {
        let mut positions: Vec<[f32; 3]> = (0..2000)
            .map(|i| [i as f32 * 0.001, (i % 40) as f32 * 0.05, 0.0])
            .collect();
        positions.push([1e30, 0.0, 0.0]);
        positions.push([0.0, -1e30, 0.0]);
        let thinned = thin(&cloud(positions)).unwrap();
        assert_eq!(thinned.clipped, 2);
        assert!(thin(&cloud(Vec::new())).is_none());
    }

    #[test]
    fn strays_do_not_make_the_voxels_coarser() {
        let mut random = crate::testing::Random(7);
        let floor = (0..600_000u32).map(|i| [(i % 800) as f32, (i / 800) as f32, 0.0]);
        let mut positions: Vec<[f32; 3]> = floor.map(|p| p.map(|v| v * 0.02)).collect();
        let surface = thin(&cloud(positions.clone())).unwrap();
        positions
            .extend((0..200_000).map(|_| [0; 3].map(|_: i32| random.between(0.0, 9.0) as f32)));
        let thinned = thin(&cloud(positions)).unwrap();
        assert_eq!(thinned.side, surface.side);
        let (with, without) = (thinned.voxels.len(), surface.voxels.len());
        assert!(with < 2 * without, "{with} instead of {without}");
    }

    #[test]
    fn a_huge_spread_stays_within_the_cap() {
        let mut state = 1u64;
        let positions = (0..400_000)
            .map(|_| {
                [0; 3].map(|_: i32| {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
                    (state >> 40) as f32 - 8_000_000.0
                })
            })
            .collect();
        let thinned = thin(&cloud(positions)).unwrap();
        assert!(thinned.voxels.len() <= MAX_VOXELS);
    }
}
