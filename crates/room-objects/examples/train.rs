//! Learns the weights of the classes on generated rooms and prints `src/weights.rs`.
//!
//! `cargo run -p room-objects --example train -- 800 > weights.rs`: the number of rooms. Rooms
//! with seeds from a million on are learned from; the tests use those from zero on.
#![allow(clippy::print_stdout, reason = "prints what it learned")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Solid, is_upright, matches, scene};
use room_objects::{CLASSES, FEATURES, candidates};

const OUTCOMES: usize = CLASSES.len() + 1;
const INPUTS: usize = 2 * FEATURES + 1;
const ROUNDS: usize = 1500;
const DECAY: f64 = 2e-4;

fn main() {
    let rooms = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let samples = samples(rooms.unwrap_or(400));
    let (means, spreads) = scales(&samples);
    let inputs: Vec<[f64; INPUTS]> = samples
        .iter()
        .map(|(features, _)| expand(features, &means, &spreads))
        .collect();
    let weights = learn(&inputs, &samples);
    println!("//! Learned by `examples/train.rs`; not written by hand.\n");
    println!("use crate::classify::{{INPUTS, OUTCOMES}};");
    println!("use crate::features::FEATURES;\n");
    println!("pub const MEANS: [f32; FEATURES] = {};", list(&means));
    println!("pub const SPREADS: [f32; FEATURES] = {};", list(&spreads));
    println!("pub const WEIGHTS: [[f32; INPUTS]; OUTCOMES] = [");
    for row in &weights {
        println!("    {},", list(row));
    }
    println!("];");
}

fn list(values: &[f64]) -> String {
    let items: Vec<String> = values.iter().map(|value| format!("{value:.3}")).collect();
    format!("[{}]", items.join(", "))
}

type Sample = ([f64; FEATURES], usize);

/// Features of every candidate, and its outcome.
fn samples(rooms: u64) -> Vec<Sample> {
    let mut samples = Vec::new();
    for seed in (0..rooms).map(|i| 1_000_000 + i) {
        let Some((scene, analysis)) = scene(seed) else {
            continue;
        };
        if !is_upright(&scene, &analysis) {
            continue;
        }
        let found = candidates(&analysis.interior, &analysis.geometry);
        let truths: Vec<Solid> = scene
            .pieces
            .iter()
            .map(|piece| Solid::of_truth(&scene, piece, &analysis.geometry))
            .collect();
        let solids: Vec<Solid> = found.iter().map(|c| Solid::of(&c.object)).collect();
        for (candidate, matched) in found.iter().zip(matches(&solids, &truths, 0.5)) {
            let outcome = matched.map_or(CLASSES.len(), |index| {
                let class = scene.pieces[index].class;
                CLASSES.iter().position(|name| *name == class).unwrap_or(0)
            });
            samples.push((candidate.features, outcome));
        }
    }
    samples
}

fn scales(samples: &[Sample]) -> ([f64; FEATURES], [f64; FEATURES]) {
    let count = samples.len() as f64;
    let mut means = [0.0; FEATURES];
    let mut spreads = [0.0; FEATURES];
    for i in 0..FEATURES {
        means[i] = samples.iter().map(|s| s.0[i]).sum::<f64>() / count;
        let squares: f64 = samples.iter().map(|s| (s.0[i] - means[i]).powi(2)).sum();
        spreads[i] = (squares / count).sqrt().max(0.05);
    }
    (means, spreads)
}

fn expand(
    features: &[f64; FEATURES],
    means: &[f64; FEATURES],
    spreads: &[f64; FEATURES],
) -> [f64; INPUTS] {
    let mut inputs = [1.0; INPUTS];
    for i in 0..FEATURES {
        let scaled = ((features[i] - means[i]) / spreads[i]).clamp(-3.0, 3.0);
        inputs[i] = scaled;
        inputs[FEATURES + i] = scaled * scaled;
    }
    inputs
}

/// Adam (Kingma and Ba 2015) on the whole set.
fn learn(inputs: &[[f64; INPUTS]], samples: &[Sample]) -> [[f64; INPUTS]; OUTCOMES] {
    let mut weights = [[0.0; INPUTS]; OUTCOMES];
    let mut first = [[0.0; INPUTS]; OUTCOMES];
    let mut second = [[0.0; INPUTS]; OUTCOMES];
    let count = inputs.len() as f64;
    for round in 1..=ROUNDS {
        let mut slope = [[0.0; INPUTS]; OUTCOMES];
        for (input, (_, outcome)) in inputs.iter().zip(samples) {
            let parts = softmax(&weights, input);
            for (k, row) in slope.iter_mut().enumerate() {
                let error = parts[k] - f64::from(u8::from(k == *outcome));
                for (slope, value) in row.iter_mut().zip(input) {
                    *slope += error * value / count;
                }
            }
        }
        let (b1, b2) = (0.9f64, 0.999f64);
        for k in 0..OUTCOMES {
            for i in 0..INPUTS {
                let g = slope[k][i] + DECAY * weights[k][i];
                first[k][i] = b1 * first[k][i] + (1.0 - b1) * g;
                second[k][i] = b2 * second[k][i] + (1.0 - b2) * g * g;
                let m = first[k][i] / (1.0 - b1.powi(round as i32));
                let v = second[k][i] / (1.0 - b2.powi(round as i32));
                weights[k][i] -= 0.03 * m / (v.sqrt() + 1e-8);
            }
        }
    }
    weights
}

fn softmax(weights: &[[f64; INPUTS]; OUTCOMES], input: &[f64; INPUTS]) -> [f64; OUTCOMES] {
    let mut sums = [0.0; OUTCOMES];
    for (sum, row) in sums.iter_mut().zip(weights) {
        *sum = row.iter().zip(input).map(|(w, x)| w * x).sum();
    }
    let most = sums.iter().copied().fold(f64::MIN, f64::max);
    let parts = sums.map(|sum| (sum - most).exp());
    let total: f64 = parts.iter().sum();
    parts.map(|part| part / total)
}
