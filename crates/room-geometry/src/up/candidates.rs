//! Directions that may be upward, of either sign.

use super::ALONG;
use crate::patches::Patch;
use crate::vector::{Vec3, add, dot, scale, unit};

/// Cosine of 1.5 degrees: a direction closer than this to another is the same candidate.
const SAME: f64 = 0.99966;
/// Cosine of 5 degrees: what is averaged for a mode at last, lest a slope beside it draws it over.
const NARROW: f64 = 0.9962;
/// Patches that vote; more add nothing.
const SAMPLE: usize = 3000;
/// Normals that are tried as a mode.
const SEEDS: usize = 150;
/// A mode that fewer than one of so many patches face is none.
const RAREST: usize = 50;
const MOST_MODES: usize = 6;

/// The directions that most patches face, and the scan's axes, without doubles.
pub fn find(flat: &[&Patch]) -> Vec<Vec3> {
    let sample = strided(flat, SAMPLE);
    let mut found: Vec<Vec3> = Vec::new();
    let mut left = sample.clone();
    for _ in 0..MOST_MODES {
        let Some(mode) = strongest(&left) else { break };
        if supporters(&left, mode) * RAREST < sample.len() {
            break;
        }
        found.push(mode);
        left.retain(|patch| dot(patch.normal, mode).abs() < 0.95);
    }
    for axis in [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]] {
        if found.iter().all(|mode| dot(*mode, axis).abs() < SAME) {
            found.push(axis);
        }
    }
    found
}

/// Every n-th item, so that about `most` remain.
fn strided<'a>(items: &[&'a Patch], most: usize) -> Vec<&'a Patch> {
    let step = items.len().div_ceil(most).max(1);
    items.iter().copied().step_by(step).collect()
}

fn supporters(patches: &[&Patch], direction: Vec3) -> usize {
    patches
        .iter()
        .filter(|patch| dot(patch.normal, direction).abs() > ALONG)
        .count()
}

/// The normal with the most others near it, refined to their mean.
fn strongest(patches: &[&Patch]) -> Option<Vec3> {
    let mut best = (0, None);
    for seed in strided(patches, SEEDS) {
        let votes = supporters(patches, seed.normal);
        if votes > best.0 {
            best = (votes, Some(seed.normal));
        }
    }
    let mut mode = best.1?;
    for alike in [ALONG, ALONG, NARROW, NARROW] {
        let mut sum = [0.0; 3];
        for patch in patches {
            let cosine = dot(patch.normal, mode);
            if cosine.abs() > alike {
                sum = add(sum, scale(patch.normal, cosine.signum()));
            }
        }
        mode = unit(sum).unwrap_or(mode);
    }
    Some(mode)
}
