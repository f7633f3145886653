//! The points of a scan, compact enough for a Worker's memory.

/// Points in meters, in the scan's own coordinates, relative to `origin`.
///
/// The offset keeps a scan in survey coordinates (kilometers from zero) exact in 32-bit floats.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PointCloud {
    /// What every position is relative to, meters.
    pub origin: [f64; 3],
    /// `x, y, z` of each point, meters from `origin`; always finite.
    pub positions: Vec<[f32; 3]>,
    /// Red, green, blue of each point; either empty or one for each position.
    pub colors: Vec<[u8; 3]>,
    /// Points in the upload, before any were dropped.
    pub given: u64,
    /// Points left out because a coordinate was not a finite number.
    pub invalid: u64,
}

impl PointCloud {
    /// Number of points held.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether no point is held.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }
}
