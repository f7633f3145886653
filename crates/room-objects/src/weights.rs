//! Learned by `examples/train.rs`; not written by hand.

use crate::classify::{INPUTS, OUTCOMES};
use crate::features::FEATURES;

pub const MEANS: [f32; FEATURES] = [0.0; FEATURES];
pub const SPREADS: [f32; FEATURES] = [1.0; FEATURES];
pub const WEIGHTS: [[f32; INPUTS]; OUTCOMES] = [[0.0; INPUTS]; OUTCOMES];
