//! Points as they are read, gathered into a cloud of bounded size.

use crate::{PointCloud, Points};

/// Up to this many points the arrays grow by doubling. Then they take all the room they may ever
/// need at once, because growing a large array holds the old and the new one for a moment, and
/// WebAssembly memory never shrinks again.
const GROW_BY_DOUBLING: usize = 1 << 16;

/// How far the arrays grow then, should there be no sensible maximum: 32 times, two million points.
const GROW_AT_ONCE: usize = 32;

/// Color of the points without one, in a cloud in which some have one: middle gray.
const NO_COLOR: [u8; 3] = [128; 3];

/// Gathers points.
#[derive(Debug)]
pub struct Collector {
    cloud: PointCloud,
    max: usize,
    /// Only every `stride`-th valid point is kept; a power of two.
    stride: u64,
}

impl Collector {
    pub fn new(points: Points) -> Self {
        let max = match points {
            Points::Discard => 0,
            Points::Keep { max } => max,
        };
        Self {
            cloud: PointCloud::default(),
            max,
            stride: 1,
        }
    }

    /// Whether no point has come, valid or not.
    pub fn is_empty(&self) -> bool {
        self.cloud.given == 0
    }

    /// Forgets all points.
    pub fn clear(&mut self) {
        *self = Self {
            cloud: PointCloud::default(),
            max: self.max,
            stride: 1,
        };
    }

    /// Adds a point, meters, in the scan's own coordinates. Missing coordinates are NaN.
    #[inline]
    pub fn add(&mut self, position: [f64; 3], color: Option<[u8; 3]>) {
        let valid = self.cloud.given - self.cloud.invalid;
        self.cloud.given += 1;
        if valid == 0 && position.iter().all(|c| c.is_finite()) {
            self.cloud.origin = position;
        }
        let [x, y, z] = position;
        let [ox, oy, oz] = self.cloud.origin;
        let offset = [(x - ox) as f32, (y - oy) as f32, (z - oz) as f32];
        // Also false for a difference that is too large for an f32.
        if !offset.iter().all(|c| c.is_finite()) {
            self.cloud.invalid += 1;
        } else if self.max > 0 && valid.is_multiple_of(self.stride) {
            self.keep(valid, offset, color);
        }
    }

    /// Keeps the valid point number `index`, unless making room for it shows that it is one of
    /// those to be left out.
    fn keep(&mut self, index: u64, offset: [f32; 3], color: Option<[u8; 3]>) {
        if self.cloud.len() == self.max {
            self.thin();
            if !index.is_multiple_of(self.stride) || self.cloud.len() == self.max {
                return;
            }
        }
        if color.is_some() && self.cloud.colors.is_empty() {
            reserve(&mut self.cloud.colors, self.cloud.positions.len(), self.max);
            self.cloud
                .colors
                .resize(self.cloud.positions.len(), NO_COLOR);
        }
        let colored = color.is_some() || !self.cloud.colors.is_empty();
        reserve(&mut self.cloud.positions, 1, self.max);
        self.cloud.positions.push(offset);
        if colored {
            reserve(&mut self.cloud.colors, 1, self.max);
            self.cloud.colors.push(color.unwrap_or(NO_COLOR));
        }
    }

    /// Drops every second point, in place.
    fn thin(&mut self) {
        keep_even(&mut self.cloud.positions);
        keep_even(&mut self.cloud.colors);
        self.stride *= 2;
    }

    pub fn finish(mut self) -> PointCloud {
        self.cloud.positions.shrink_to_fit();
        self.cloud.colors.shrink_to_fit();
        self.cloud
    }
}

/// Makes room for `more` elements in an array that will never have more than `max`.
fn reserve<T>(array: &mut Vec<T>, more: usize, max: usize) {
    let needed = array.len() + more;
    if needed > array.capacity() {
        let capacity = if needed > GROW_BY_DOUBLING {
            needed.saturating_mul(GROW_AT_ONCE)
        } else {
            needed.next_power_of_two()
        };
        array.reserve_exact(capacity.min(max).saturating_sub(array.len()));
    }
}

fn keep_even<T: Copy>(array: &mut Vec<T>) {
    let kept = array.len().div_ceil(2);
    for at in 1..kept {
        array[at] = array[2 * at];
    }
    array.truncate(kept);
}
