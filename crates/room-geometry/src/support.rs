//! Where along a line a wall stands.

use crate::levels::Levels;
use crate::lines::Line;
use crate::upright::Upright;

/// Points within this distance of a line are on its wall, meters.
const REACH: f64 = 0.08;
/// The strip below the ceiling in which only walls stand: its height, meters.
const STRIP: f64 = 0.37;
/// It begins this many facets below the ceiling, since corners have no normals.
const STRIP_GAP: f64 = 1.5;
/// A gap between two stretches of the same wall up to this wide is a door, not the room's end.
pub const DOOR: f64 = 1.3;
/// A gap up to this wide may be hidden by a cupboard.
const CUPBOARD: f64 = 2.8;

/// The view onto a wall line: a raster along the line and over the height.
#[derive(Debug, Clone)]
pub struct Support {
    pub line: Line,
    low: f64,
    /// Side of the raster along the line, meters.
    pub bin: f64,
    /// One bit for each step of height: where points lie.
    masks: Vec<u64>,
    /// The same: where a surface along the line was seen.
    surfaces: Vec<u64>,
    /// The bits below the ceiling.
    faces: Vec<u64>,
    /// The bits of the strip below the ceiling.
    strips: Vec<u64>,
    /// Whether a wall stands there.
    wall: Vec<bool>,
    /// The same with doors closed.
    closed: Vec<bool>,
    /// The same with cupboards closed.
    bridged: Vec<bool>,
}

impl Support {
    /// Length of wall on the whole line.
    pub fn total(&self) -> f64 {
        self.wall.iter().filter(|set| **set).count() as f64 * self.bin
    }

    /// Length of wall between two places along the line.
    pub fn wall_length(&self, from: f64, to: f64) -> f64 {
        self.length(&self.wall, from, to)
    }

    /// Length of wall, doors included.
    pub fn closed_length(&self, from: f64, to: f64) -> f64 {
        self.length(&self.closed, from, to)
    }

    /// Length of line between two places where neither a wall nor anything else closes the room.
    pub fn free_length(&self, from: f64, to: f64) -> f64 {
        self.empty_length(&self.faces, from, to)
    }

    /// Length of line between two places without a lintel or a wall right below the ceiling.
    pub fn high_length(&self, from: f64, to: f64) -> f64 {
        self.empty_length(&self.strips, from, to)
    }

    /// Length of line of which less than a quarter of the given bits is seen.
    fn empty_length(&self, faces: &[u64], from: f64, to: f64) -> f64 {
        let range = self.range(from, to);
        let free = range.filter(|&index| {
            let face = faces[index];
            4 * (self.masks[index] & face).count_ones() < face.count_ones()
        });
        free.count() as f64 * self.bin
    }

    /// Part of the face between two places that has points on it.
    pub fn coverage(&self, from: f64, to: f64) -> f64 {
        let range = self.range(from, to);
        let pairs = self.masks[range.clone()].iter().zip(&self.faces[range]);
        let [mut seen, mut cells] = [0; 2];
        for (mask, face) in pairs {
            seen += (mask & face).count_ones();
            cells += face.count_ones();
        }
        if cells > 0 {
            f64::from(seen) / f64::from(cells)
        } else {
            0.0
        }
    }

    /// Length of wall, with what cupboards may hide.
    pub fn bridged_length(&self, from: f64, to: f64) -> f64 {
        self.length(&self.bridged, from, to)
    }

    fn length(&self, bins: &[bool], from: f64, to: f64) -> f64 {
        let (from, to) = (from.min(to), from.max(to));
        bins.iter()
            .enumerate()
            .filter(|(_, set)| **set)
            .map(|(index, _)| {
                let start = self.low + index as f64 * self.bin;
                ((start + self.bin).min(to) - start.max(from)).max(0.0)
            })
            .sum()
    }

    /// Where the ceiling is over each bin.
    fn tops(&self, levels: &Levels) -> Vec<f64> {
        let (normal, along) = (self.line.normal, self.line.direction());
        (0..self.masks.len())
            .map(|index| {
                let t = self.low + (index as f64 + 0.5) * self.bin;
                let [x, y] = [0, 1].map(|i| normal[i] * self.line.offset + along[i] * t);
                levels.top_at(x, y)
            })
            .collect()
    }

    fn range(&self, from: f64, to: f64) -> std::ops::Range<usize> {
        let (from, to) = (from.min(to), from.max(to));
        let last = self.masks.len();
        let bin = |t: f64| (((t - self.low) / self.bin).round().max(0.0) as usize).min(last);
        bin(from)..bin(to)
    }
}

/// The support of each line.
pub fn measure(scan: &Upright, levels: &Levels, lines: &[Line]) -> Vec<Support> {
    let height = (levels.top - levels.bottom).max(0.3);
    let step = scan.side.max(0.1).max(height / 60.0);
    let steps = ((height / step) as u32).clamp(1, 64);
    let bin = scan.side.max(0.1);
    let mut supports: Vec<Support> = lines.iter().map(|line| empty(scan, line, bin)).collect();
    for point in &scan.points {
        let [x, y, h] = point.at.map(f64::from);
        let level = (h - levels.bottom) / height * f64::from(steps);
        if level < 0.0 || level >= f64::from(steps) {
            continue;
        }
        for (line, support) in lines.iter().zip(&mut supports) {
            if line.distance([x, y]).abs() < REACH {
                let index = ((line.along([x, y]) - support.low) / bin).max(0.0) as usize;
                if let Some(mask) = support.masks.get_mut(index) {
                    *mask |= 1 << level as u32;
                }
            }
        }
    }
    let facets = scan.facets.iter().chain(&scan.sparse);
    for facet in facets.filter(|facet| facet.is_upright()) {
        let [x, y, h] = facet.at;
        let level = (h - levels.bottom) / height * f64::from(steps);
        if level < 0.0 || level >= f64::from(steps) {
            continue;
        }
        // Each facet supports the line that explains it best, and none that merely crosses there.
        let mismatch = |line: &Line| {
            let sine = facet.normal[0] * line.normal[1] - facet.normal[1] * line.normal[0];
            let cosine = facet.normal[0] * line.normal[0] + facet.normal[1] * line.normal[1];
            let distance = line.distance([x, y]).abs();
            (cosine.abs() > 0.8 && distance < REACH).then(|| distance / REACH + sine.abs() / 0.3)
        };
        let best = supports
            .iter_mut()
            .filter_map(|support| Some((mismatch(&support.line)?, support)))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, support)) = best {
            let index = ((support.line.along([x, y]) - support.low) / bin).max(0.0) as usize;
            if let Some(mask) = support.surfaces.get_mut(index) {
                *mask |= 1 << level as u32;
            }
        }
    }
    let gap = (STRIP_GAP * scan.side).max(0.08);
    for support in &mut supports {
        let tops = support.tops(levels);
        support.faces = tops
            .iter()
            .map(|top| below(levels, height, steps, *top))
            .collect();
        support.strips = tops
            .iter()
            .map(|top| strip(levels, height, steps, gap, *top))
            .collect();
        support.wall = walls(&support.surfaces, &support.strips, &support.faces);
        support.closed = close_gaps(&support.wall, (DOOR / bin) as usize);
        support.bridged = close_gaps(&support.wall, (CUPBOARD / bin) as usize);
    }
    supports
}

fn empty(scan: &Upright, line: &Line, bin: f64) -> Support {
    let mut low = f64::INFINITY;
    let mut high = f64::NEG_INFINITY;
    let facets = scan.facets.iter().chain(&scan.sparse);
    for facet in facets.filter(|facet| facet.planar) {
        let t = line.along([facet.at[0], facet.at[1]]);
        low = low.min(t);
        high = high.max(t);
    }
    let bins = if high > low {
        ((high - low) / bin).min(20_000.0) as usize + 1
    } else {
        0
    };
    Support {
        line: *line,
        low: if low.is_finite() { low } else { 0.0 },
        bin,
        masks: vec![0; bins],
        surfaces: vec![0; bins],
        faces: Vec::new(),
        strips: Vec::new(),
        wall: Vec::new(),
        closed: Vec::new(),
        bridged: Vec::new(),
    }
}

/// The bits of the strip below the ceiling.
fn strip(levels: &Levels, height: f64, steps: u32, gap: f64, top: f64) -> u64 {
    let bit = |below: f64| {
        let at = (top - below - levels.bottom) / height * f64::from(steps);
        (at.max(0.0) as u32).min(63)
    };
    let (from, to) = (bit(gap + STRIP), bit(gap));
    (from..=to).fold(0, |mask, bit| mask | (1 << bit))
}

/// The bits of the whole height below the ceiling.
fn below(levels: &Levels, height: f64, steps: u32, top: f64) -> u64 {
    let bits = ((top - levels.bottom) / height * f64::from(steps)).round();
    u64::MAX >> (64 - (bits.max(1.0) as u32).min(steps))
}

/// A wall fills the strip under the ceiling, or nearly its whole height.
fn walls(masks: &[u64], strips: &[u64], faces: &[u64]) -> Vec<bool> {
    (0..masks.len())
        .map(|index| {
            let window = index.saturating_sub(1)..(index + 2).min(masks.len());
            let filled = |relevant: &[u64]| {
                let [mut set, mut cells] = [0u32; 2];
                for index in window.clone() {
                    set += (masks[index] & relevant[index]).count_ones();
                    cells += relevant[index].count_ones();
                }
                f64::from(set) / f64::from(cells.max(1))
            };
            filled(strips) >= 0.4 || filled(faces) >= 0.85
        })
        .collect()
}

/// Closes gaps of at most `widest` bins between two stretches of wall, and draws every stretch out
/// by two bins: where it meets another wall there are no normals.
fn close_gaps(wall: &[bool], widest: usize) -> Vec<bool> {
    const CORNER: usize = 2;
    let mut closed = wall.to_vec();
    let mut last: Option<usize> = None;
    for index in (0..wall.len()).filter(|&index| wall[index]) {
        let from = match last {
            Some(last) if index - last - 1 <= widest => last,
            _ => index.saturating_sub(CORNER),
        };
        let to = (index + CORNER + 1).min(wall.len());
        closed[from..to].fill(true);
        last = Some(index);
    }
    closed
}
