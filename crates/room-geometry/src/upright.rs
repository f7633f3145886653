//! The scan turned upright: plan coordinates and height instead of the scan's own axes.

use crate::patches::{Patch, Patches};
use crate::thinning::Thinned;
use crate::vector::{Vec3, add, dot, horizontal_axes, scale, widen};

/// A frame with a vertical third axis.
#[derive(Debug, Clone, Copy)]
pub struct Basis {
    pub x: Vec3,
    pub y: Vec3,
    pub up: Vec3,
}

impl Basis {
    pub fn new(up: Vec3) -> Self {
        let (x, y) = horizontal_axes(up);
        Self { x, y, up }
    }

    /// Plan x, plan y and height of a vector.
    pub fn turn(&self, p: Vec3) -> Vec3 {
        [dot(p, self.x), dot(p, self.y), dot(p, self.up)]
    }

    /// The inverse of [`Basis::turn`].
    pub fn back(&self, p: Vec3) -> Vec3 {
        add(
            add(scale(self.x, p[0]), scale(self.y, p[1])),
            scale(self.up, p[2]),
        )
    }
}

/// A thinned point: plan x, plan y, height, and the number of points it stands for.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    pub at: [f32; 3],
    pub count: u32,
}

/// A patch in the upright frame.
#[derive(Debug, Clone, Copy)]
pub struct Facet {
    /// Plan x, plan y, height.
    pub at: Vec3,
    pub normal: Vec3,
    pub count: f64,
    pub planar: bool,
    pub solid: bool,
    /// How many faces of its cube it stands for.
    pub share: f64,
}

impl Facet {
    /// Part of a floor, a ceiling or a table top: within 15 degrees.
    pub fn is_level(&self) -> bool {
        self.planar && self.normal[2].abs() > 0.966
    }

    /// Part of a wall or of a cupboard's side: within 15 degrees.
    pub fn is_upright(&self) -> bool {
        self.planar && self.normal[2].abs() < 0.26
    }
}

/// A scan in the upright frame; the frame's origin is [`Thinned::origin`].
#[derive(Debug, Clone)]
pub struct Upright {
    pub basis: Basis,
    pub points: Vec<Point>,
    pub facets: Vec<Facet>,
    /// Facets where the scan is too thin for others.
    pub sparse: Vec<Facet>,
    /// Side of a facet's cube, meters.
    pub side: f64,
}

impl Upright {
    /// Number of points below which a thinned one is stray: a quarter of what the voxel of the
    /// median point holds. In dense scans outliers fill the room, but thinly.
    pub fn least_count(&self) -> u32 {
        let mut counts: Vec<u32> = self.points.iter().map(|point| point.count).collect();
        counts.sort_unstable();
        let total: u64 = counts.iter().map(|count| u64::from(*count)).sum();
        let mut below = 0u64;
        for count in counts {
            below += u64::from(count);
            if 2 * below >= total {
                return count / 4;
            }
        }
        0
    }

    pub fn new(up: Vec3, thinned: &Thinned, patches: &Patches) -> Self {
        let basis = Basis::new(up);
        let points = thinned
            .voxels
            .iter()
            .map(|voxel| Point {
                at: basis.turn(widen(voxel.position)).map(|v| v as f32),
                count: voxel.count,
            })
            .collect();
        let facet = |patch: &Patch| Facet {
            at: basis.turn(patch.position),
            normal: basis.turn(patch.normal),
            count: patch.count,
            planar: patch.planar,
            solid: patch.solid,
            share: patch.share,
        };
        Self {
            basis,
            points,
            facets: patches.items.iter().map(facet).collect(),
            sparse: patches.sparse.iter().map(facet).collect(),
            side: patches.side,
        }
    }
}
