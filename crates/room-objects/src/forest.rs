//! Decision trees that vote.
//!
//! A random forest (Breiman 2001, "Random Forests") that `examples/train.rs` has learned. Trees
//! lie in `forest.bin`, each node as: the feature's number and the bin of its border, one byte
//! each, and the number of the node above the border, two bytes, the lower one follows at once.
//! Feature 255 marks a leaf, and the two bytes say which of the distributions at the end of the
//! file holds there; their parts are bytes, of 255 altogether.

use crate::classify::OUTCOMES;
use crate::features::FEATURES;

/// Borders of features: their values are told apart in so many bins.
pub const BINS: usize = 64;

static FILE: &[u8] = include_bytes!("forest.bin");

const NODE: usize = 4;
const LEAF: u8 = 255;

/// What the forest says: parts of all, one for each outcome; all alike without a forest.
pub fn votes(features: &[f64; FEATURES]) -> [f64; OUTCOMES] {
    read(FILE, features).unwrap_or([1.0 / OUTCOMES as f64; OUTCOMES])
}

/// The head of the file: numbers of trees, nodes and leaves, and the borders of all features.
struct Head {
    roots: usize,
    nodes: usize,
    leaves: usize,
    trees: usize,
}

const BORDERS: usize = 12;
const BORDER: usize = 4;

impl Head {
    fn new(file: &[u8]) -> Option<Self> {
        let [trees, nodes, _] = [0, 1, 2].map(|at| number(file, 4 * at));
        let roots = BORDERS + BORDER * FEATURES * (BINS - 1);
        let first = roots + 4 * trees?;
        Some(Self {
            roots,
            nodes: first,
            leaves: first + NODE * nodes?,
            trees: trees?,
        })
    }
}

fn read(file: &[u8], features: &[f64; FEATURES]) -> Option<[f64; OUTCOMES]> {
    let head = Head::new(file)?;
    let bins = bins(file, features)?;
    let mut sums = [0.0; OUTCOMES];
    for tree in 0..head.trees {
        let leaf = leaf(file, &head, number(file, head.roots + 4 * tree)?, &bins)?;
        let from = head.leaves + OUTCOMES * leaf;
        for (sum, part) in sums.iter_mut().zip(file.get(from..from + OUTCOMES)?) {
            *sum += f64::from(*part);
        }
    }
    let total: f64 = sums.iter().sum();
    (total > 0.0).then(|| sums.map(|sum| sum / total))
}

fn leaf(file: &[u8], head: &Head, root: usize, bins: &[u8; FEATURES]) -> Option<usize> {
    let mut at = root;
    loop {
        let from = head.nodes + NODE * at;
        let [feature, border, low, high] = *file.get(from..from + NODE)?.first_chunk::<4>()?;
        let target = usize::from(u16::from_le_bytes([low, high]));
        if feature == LEAF {
            return Some(target);
        }
        let above = *bins.get(usize::from(feature))? > border;
        // A node is always farther than the one before: the walk ends.
        at = if above {
            root + target.max(1 + at - root)
        } else {
            at + 1
        };
    }
}

/// The bin of each feature.
fn bins(file: &[u8], features: &[f64; FEATURES]) -> Option<[u8; FEATURES]> {
    let mut bins = [0; FEATURES];
    for (index, (bin, value)) in bins.iter_mut().zip(features).enumerate() {
        let from = BORDERS + BORDER * index * (BINS - 1);
        let borders = file.get(from..from + BORDER * (BINS - 1))?;
        let below = borders
            .chunks_exact(BORDER)
            .filter_map(|bytes| bytes.first_chunk::<4>())
            .filter(|bytes| *value > f64::from(f32::from_le_bytes(**bytes)));
        *bin = below.count() as u8;
    }
    Some(bins)
}

fn number(file: &[u8], at: usize) -> Option<usize> {
    let bytes = file.get(at..at + 4)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*bytes) as usize)
}

/// Which probability is corrected.
#[derive(Debug, Clone, Copy)]
pub enum Curve {
    /// Of a box and its class.
    Class,
    /// Of a box being one thing.
    Thing,
}

/// Points of each curve.
pub const POINTS: usize = 21;

/// The probability that came true of those said.
pub fn corrected(curve: Curve, said: f64) -> f64 {
    let values = POINTS * BORDER;
    let back = match curve {
        Curve::Class => 2 * values,
        Curve::Thing => values,
    };
    let from = FILE.len().checked_sub(back);
    let Some(bytes) = from.and_then(|from| FILE.get(from..from + values)) else {
        return said;
    };
    let at = said.clamp(0.0, 1.0) * (POINTS - 1) as f64;
    let value = |index: usize| {
        let from = BORDER * index.min(POINTS - 1);
        let bytes = bytes
            .get(from..from + BORDER)
            .and_then(|bytes| bytes.first_chunk::<4>());
        bytes.map_or(said, |bytes| f64::from(f32::from_le_bytes(*bytes)))
    };
    let (low, part) = (at as usize, at.fract());
    value(low) * (1.0 - part) + value(low + 1) * part
}
