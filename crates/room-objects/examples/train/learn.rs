//! A random forest (Breiman 2001), its trees grown best split first.

use room_geometry::testing::Random;
use room_objects::{BINS, CLASSES, FEATURES};

use crate::samples::Sample;

/// Classes and the outcome that a box is no thing.
pub const OUTCOMES: usize = CLASSES.len() + 1;
const TREES: usize = 48;
const LEAVES: usize = 220;
/// Features tried at each node.
const TRIED: usize = 9;
/// A leaf holds at least this weight.
const LEAST: f64 = 4.0;
/// Rare classes count more: weights go with this power of their number.
const BALANCE: f64 = -0.35;

/// A node: a feature, the highest bin below the border, and both sides; or a leaf.
pub enum Node {
    Split(usize, u8, usize, usize),
    Leaf([f64; OUTCOMES]),
}

/// Trees over binned features.
pub struct Forest {
    pub borders: Vec<[f32; BINS - 1]>,
    pub trees: Vec<Vec<Node>>,
}

/// A binned sample.
struct Row {
    bins: [u8; FEATURES],
    outcome: usize,
    weight: f64,
}

impl Forest {
    /// Learns from samples.
    pub fn learn(samples: &[&Sample], seed: u64) -> Self {
        let borders: Vec<[f32; BINS - 1]> = (0..FEATURES).map(|i| borders(samples, i)).collect();
        let mut counts = [1.0f64; OUTCOMES];
        for sample in samples {
            counts[sample.outcome] += 1.0;
        }
        let mean = samples.len() as f64 / OUTCOMES as f64;
        let rows: Vec<Row> = samples
            .iter()
            .map(|sample| Row {
                bins: std::array::from_fn(|i| bin(&borders[i], sample.features[i])),
                outcome: sample.outcome,
                weight: (counts[sample.outcome] / mean).powf(BALANCE),
            })
            .collect();
        let mut random = Random(seed ^ 0xF0_7E57);
        let trees = (0..TREES).map(|_| grow(&rows, &mut random)).collect();
        Self { borders, trees }
    }

    /// Parts of all for each outcome.
    pub fn votes(&self, features: &[f64; FEATURES]) -> [f64; OUTCOMES] {
        let bins: [u8; FEATURES] = std::array::from_fn(|i| bin(&self.borders[i], features[i]));
        let mut sums = [0.0; OUTCOMES];
        for tree in &self.trees {
            let mut at = 0;
            let leaf = loop {
                match &tree[at] {
                    Node::Split(feature, border, low, high) => {
                        at = if bins[*feature] > *border {
                            *high
                        } else {
                            *low
                        };
                    }
                    Node::Leaf(parts) => break parts,
                }
            };
            for (sum, part) in sums.iter_mut().zip(leaf) {
                *sum += part / self.trees.len() as f64;
            }
        }
        sums
    }
}

/// Even parts of the values.
fn borders(samples: &[&Sample], feature: usize) -> [f32; BINS - 1] {
    let mut values: Vec<f64> = samples.iter().map(|s| s.features[feature]).collect();
    values.sort_by(f64::total_cmp);
    std::array::from_fn(|i| values[(i + 1) * (values.len() - 1) / BINS] as f32)
}

fn bin(borders: &[f32; BINS - 1], value: f64) -> u8 {
    borders
        .iter()
        .filter(|border| value > f64::from(**border))
        .count() as u8
}

/// A leaf that may be split, and its best split.
struct Open {
    node: usize,
    rows: Vec<usize>,
    gain: f64,
    feature: usize,
    border: u8,
}

fn grow(rows: &[Row], random: &mut Random) -> Vec<Node> {
    let drawn: Vec<usize> = (0..rows.len())
        .map(|_| (random.bits() % rows.len() as u64) as usize)
        .collect();
    let mut nodes = vec![Node::Leaf(parts(rows, &drawn))];
    let mut open = vec![best_split(rows, 0, drawn, random)];
    let mut leaves = 1;
    while leaves < LEAVES {
        let best = (0..open.len()).max_by(|a, b| open[*a].gain.total_cmp(&open[*b].gain));
        let Some(index) = best.filter(|index| open[*index].gain > 1e-9) else {
            break;
        };
        let split = open.swap_remove(index);
        let (high, low): (Vec<usize>, Vec<usize>) = split
            .rows
            .iter()
            .partition(|row| rows[**row].bins[split.feature] > split.border);
        let at = nodes.len();
        nodes.push(Node::Leaf(parts(rows, &low)));
        nodes.push(Node::Leaf(parts(rows, &high)));
        nodes[split.node] = Node::Split(split.feature, split.border, at, at + 1);
        open.push(best_split(rows, at, low, random));
        open.push(best_split(rows, at + 1, high, random));
        leaves += 1;
    }
    nodes
}

fn parts(rows: &[Row], drawn: &[usize]) -> [f64; OUTCOMES] {
    let mut sums = [0.0; OUTCOMES];
    for row in drawn {
        sums[rows[*row].outcome] += rows[*row].weight;
    }
    let total: f64 = sums.iter().sum();
    sums.map(|sum| sum / total.max(1e-9))
}

/// Weight times Gini's impurity.
fn impurity(sums: &[f64; OUTCOMES]) -> f64 {
    let total: f64 = sums.iter().sum();
    total - sums.iter().map(|sum| sum * sum).sum::<f64>() / total.max(1e-9)
}

fn best_split(rows: &[Row], node: usize, drawn: Vec<usize>, random: &mut Random) -> Open {
    let mut open = Open {
        node,
        rows: drawn,
        gain: 0.0,
        feature: 0,
        border: 0,
    };
    let mut all = [0.0; OUTCOMES];
    for row in &open.rows {
        all[rows[*row].outcome] += rows[*row].weight;
    }
    let whole = impurity(&all);
    for _ in 0..TRIED {
        let feature = (random.bits() % FEATURES as u64) as usize;
        let mut sums = [[0.0; OUTCOMES]; BINS];
        for row in &open.rows {
            let row = &rows[*row];
            sums[usize::from(row.bins[feature])][row.outcome] += row.weight;
        }
        let mut low = [0.0; OUTCOMES];
        for (border, bin) in sums.iter().enumerate().take(BINS - 1) {
            for (sum, value) in low.iter_mut().zip(bin) {
                *sum += value;
            }
            let high: [f64; OUTCOMES] = std::array::from_fn(|i| all[i] - low[i]);
            if low.iter().sum::<f64>() < LEAST || high.iter().sum::<f64>() < LEAST {
                continue;
            }
            let gain = whole - impurity(&low) - impurity(&high);
            if gain > open.gain {
                open.gain = gain;
                open.feature = feature;
                open.border = border as u8;
            }
        }
    }
    open
}
