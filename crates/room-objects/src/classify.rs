//! The class of a piece from its features.
//!
//! Softmax regression (Cox 1966, "Some procedures connected with the logistic qualitative response
//! curve") over the features and their squares; `examples/train.rs` learns the weights on
//! generated rooms. One outcome stands for a box that is no single thing, so the probability of a
//! class is that of the box being right and of that class.

use crate::features::FEATURES;
use crate::weights::{MEANS, SPREADS, WEIGHTS};

/// The classes, as they stand in results.
pub const CLASSES: [&str; 12] = [
    "table",
    "chair",
    "sofa",
    "bed",
    "cabinet",
    "shelf",
    "desk",
    "lamp",
    "screen",
    "appliance",
    "plant",
    "unknown",
];
/// Classes and the outcome that a box is no thing.
pub const OUTCOMES: usize = CLASSES.len() + 1;
/// Inputs: the features, their squares, and one.
pub const INPUTS: usize = 2 * FEATURES + 1;
/// Features are held to this many spreads around their mean: beyond it nothing was learned.
const FARTHEST: f64 = 3.0;
/// A class that is less likely than this is not said.
const LEAST: f64 = 0.4;
const UNKNOWN: usize = CLASSES.len() - 1;

/// Class, confidence, and the probability that the box is a thing at all.
pub fn class(features: &[f64; FEATURES]) -> (&'static str, f64, f64) {
    let parts = probabilities(features);
    let thing = 1.0 - parts[OUTCOMES - 1];
    let mut best = UNKNOWN;
    for (index, part) in parts.iter().take(CLASSES.len()).enumerate() {
        if *part > parts[best] {
            best = index;
        }
    }
    if best == UNKNOWN || parts[best] < LEAST {
        return (CLASSES[UNKNOWN], thing, thing);
    }
    (CLASSES[best], parts[best], thing)
}

/// The inputs of the regression.
pub fn inputs(features: &[f64; FEATURES]) -> [f64; INPUTS] {
    let mut inputs = [1.0; INPUTS];
    for (index, feature) in features.iter().enumerate() {
        let scaled = (feature - f64::from(MEANS[index])) / f64::from(SPREADS[index]);
        let held = if scaled.is_finite() {
            scaled.clamp(-FARTHEST, FARTHEST)
        } else {
            0.0
        };
        inputs[index] = held;
        inputs[FEATURES + index] = held * held;
    }
    inputs
}

fn probabilities(features: &[f64; FEATURES]) -> [f64; OUTCOMES] {
    let inputs = inputs(features);
    let mut sums = [0.0; OUTCOMES];
    for (sum, weights) in sums.iter_mut().zip(&WEIGHTS) {
        *sum = inputs
            .iter()
            .zip(weights)
            .map(|(input, weight)| input * f64::from(*weight))
            .sum();
    }
    let most = sums.iter().copied().fold(f64::MIN, f64::max);
    let parts = sums.map(|sum| (sum - most).exp());
    let total: f64 = parts.iter().sum();
    parts.map(|part| part / total)
}
