//! The Hough transform from upright facets to lines of the plan (Duda and Hart 1972); a facet votes
//! only for the directions near its own normal.

use std::f64::consts::PI;

use crate::levels::Levels;
use crate::lines::Line;
use crate::upright::Facet;

/// Directions in half a turn: 2 degrees each.
const DIRECTIONS: usize = 90;
/// A facet votes for this many directions on both sides of its normal.
const SPREAD: usize = 7;
const OFFSET_BIN: f64 = 0.05;
/// A line's facets lie within this distance, meters, and 18 degrees.
pub const BAND: f64 = 0.09;
const TURN: f64 = 0.95;

/// Whether a facet lies on a line and along it.
pub fn supports(facet: &Facet, line: &Line, band: f64) -> bool {
    let cosine = facet.normal[0] * line.normal[0] + facet.normal[1] * line.normal[1];
    cosine.abs() > TURN && line.distance([facet.at[0], facet.at[1]]).abs() < band
}

/// The Hough accumulator.
pub struct Votes {
    table: Vec<f32>,
    directions: Vec<[f64; 2]>,
    low: f64,
    bin: f64,
    bins: usize,
    /// Height above which a facet counts more, since furniture rarely reaches there.
    high: f64,
}

impl Votes {
    pub fn new(walls: &[&Facet], axis: [f64; 2], levels: &Levels) -> Option<Self> {
        let reach = walls
            .iter()
            .map(|facet| facet.at[0].hypot(facet.at[1]))
            .reduce(f64::max)?;
        let start = axis[1].atan2(axis[0]);
        let directions: Vec<[f64; 2]> = (0..DIRECTIONS)
            .map(|i| start + PI * i as f64 / DIRECTIONS as f64)
            .map(|angle| [angle.cos(), angle.sin()])
            .collect();
        let bin = OFFSET_BIN.max(reach / 2000.0);
        let bins = (2.0 * reach / bin) as usize + 5;
        let mut votes = Self {
            table: vec![0.0; bins * DIRECTIONS],
            directions,
            low: -reach - 2.0 * bin,
            bin,
            bins,
            high: levels.bottom + 0.7 * (levels.top - levels.bottom),
        };
        for facet in walls {
            votes.cast(facet, 1.0);
        }
        Some(votes)
    }

    fn cast(&mut self, facet: &Facet, sign: f32) {
        let start = self.directions[0];
        let cosine = facet.normal[0] * start[0] + facet.normal[1] * start[1];
        let sine = start[0] * facet.normal[1] - start[1] * facet.normal[0];
        let turn = sine.atan2(cosine).rem_euclid(PI) / PI * DIRECTIONS as f64;
        let own = turn.round() as usize;
        let weight = if facet.at[2] > self.high { 1.6 } else { 1.0 } * facet.share as f32;
        for step in 0..=2 * SPREAD {
            let direction = (own + DIRECTIONS + step - SPREAD) % DIRECTIONS;
            let normal = self.directions[direction];
            let offset = normal[0] * facet.at[0] + normal[1] * facet.at[1];
            let bin = ((offset - self.low) / self.bin) as usize;
            self.table[direction * self.bins + bin.min(self.bins - 1)] += sign * weight;
        }
    }

    pub fn strongest(&self) -> Option<(f64, Line)> {
        let mut best = (0.0f32, 0usize);
        for row in 0..DIRECTIONS {
            let cells = &self.table[row * self.bins..(row + 1) * self.bins];
            for (index, three) in cells.windows(3).enumerate() {
                let weight = three[0] + 1.2 * three[1] + three[2];
                if weight > best.0 {
                    best = (weight, row * self.bins + index + 1);
                }
            }
        }
        (best.0 > 0.0).then(|| {
            let line = Line {
                normal: self.directions[best.1 / self.bins],
                offset: self.low + ((best.1 % self.bins) as f64 + 0.5) * self.bin,
                seen: true,
            };
            (f64::from(best.0), line)
        })
    }

    /// Takes the votes of a line's facets back and marks them as used.
    pub fn take(&mut self, walls: &[&Facet], free: &mut [bool], line: &Line) -> usize {
        let mut taken = 0;
        for (facet, free) in walls.iter().zip(free) {
            if *free && supports(facet, line, BAND) {
                *free = false;
                taken += 1;
                self.cast(facet, -1.0);
            }
        }
        taken
    }

    /// Clears a peak that no facet supports, so that the search goes on.
    pub fn forget(&mut self, peak: &Line) {
        let bin = ((peak.offset - self.low) / self.bin) as usize;
        for row in 0..DIRECTIONS {
            let direction = self.directions[row];
            if direction == peak.normal {
                for cell in bin.saturating_sub(1)..(bin + 2).min(self.bins) {
                    self.table[row * self.bins + cell] = 0.0;
                }
            }
        }
    }
}
