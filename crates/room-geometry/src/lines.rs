//! Wall lines: where vertical planes cut the plan.
//!
//! The strongest line of the facets' votes is refined by least squares, its facets are taken away,
//! and the next one is sought (the greedy removal of support follows Schnabel et al. 2007).

use std::f64::consts::PI;

use crate::hough::{BAND, Votes, supports};
use crate::levels::Levels;
use crate::upright::{Facet, Upright};

/// More lines than this make a plan no clearer.
pub const MAX_LINES: usize = 44;
/// A wall shows at least this area, square meters.
const MIN_AREA: f64 = 0.22;
/// Sine of the smallest angle at which two lines have a corner: 3 degrees.
const PARALLEL: f64 = 0.052;
/// A wall stands on the room's axes when it is turned by less than 1.2 degrees (the sine), as much
/// as drift and furniture turn a wall, or when turning it there, by less than 5 degrees, moves its
/// points by less than they scatter anyway, or by less than `SQUARE_SHIFT` meters.
const SQUARE_ALWAYS: f64 = 0.021;
const SQUARE_TURN: f64 = 0.087;
const SQUARE_SHIFT: f64 = 0.015;

/// An infinite line of the plan: `normal . p = offset`.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// Unit normal.
    pub normal: [f64; 2],
    pub offset: f64,
    /// Whether a vertical plane was seen on it; otherwise it only bounds what was seen.
    pub seen: bool,
}

impl Line {
    /// Signed distance of a point.
    pub fn distance(&self, p: [f64; 2]) -> f64 {
        self.normal[0] * p[0] + self.normal[1] * p[1] - self.offset
    }

    /// Unit vector along the line.
    pub fn direction(&self) -> [f64; 2] {
        [-self.normal[1], self.normal[0]]
    }

    /// Coordinate of a point along the line.
    pub fn along(&self, p: [f64; 2]) -> f64 {
        self.direction()[0] * p[0] + self.direction()[1] * p[1]
    }

    /// Sine of the angle to another line.
    pub fn sine(&self, other: &Self) -> f64 {
        self.normal[0] * other.normal[1] - self.normal[1] * other.normal[0]
    }

    /// Whether two lines are the same wall, seen twice.
    fn doubles(&self, other: &Self) -> bool {
        let cosine = self.normal[0] * other.normal[0] + self.normal[1] * other.normal[1];
        self.sine(other).abs() < 0.1 && (self.offset - other.offset * cosine.signum()).abs() < 0.05
    }

    /// Where two lines meet, unless they are within 3 degrees of parallel.
    pub fn meet(&self, other: &Self) -> Option<[f64; 2]> {
        let sine = self.sine(other);
        (sine.abs() > PARALLEL).then(|| {
            [
                (self.offset * other.normal[1] - other.offset * self.normal[1]) / sine,
                (self.normal[0] * other.offset - other.normal[0] * self.offset) / sine,
            ]
        })
    }
}

/// The lines of a plan and the direction that most of them follow.
#[derive(Debug, Clone)]
pub struct WallLines {
    pub lines: Vec<Line>,
    /// Unit vector along the room's main axis.
    pub axis: [f64; 2],
}

/// Finds the wall lines of a scan.
pub fn find(scan: &Upright, levels: &Levels) -> WallLines {
    let walls: Vec<&Facet> = scan
        .facets
        .iter()
        .chain(&scan.sparse)
        .filter(|facet| {
            facet.is_upright()
                && facet.at[2] > levels.bottom + 0.1
                && facet.at[2] < levels.top + 0.1
        })
        .collect();
    let rough = rough_axis(&walls);
    let fitted = fit_all(&walls, rough, levels, scan.side);
    let axis = main_axis(&fitted, rough);
    let mut lines: Vec<Line> = Vec::new();
    for fit in &fitted {
        let line = fit.square(axis);
        if !lines.iter().any(|held| held.doubles(&line)) {
            lines.push(line);
        }
    }
    WallLines { lines, axis }
}

/// Takes line after line out of the votes, the strongest first.
fn fit_all(walls: &[&Facet], axis: [f64; 2], levels: &Levels, side: f64) -> Vec<Fitted> {
    let mut fitted: Vec<Fitted> = Vec::new();
    let Some(mut votes) = Votes::new(walls, axis, levels) else {
        return fitted;
    };
    let least = (MIN_AREA / (side * side)).max(8.0);
    let mut free: Vec<bool> = vec![true; walls.len()];
    for _ in 0..2 * MAX_LINES {
        let Some((weight, peak)) = votes.strongest() else {
            break;
        };
        if weight < least || fitted.len() >= MAX_LINES {
            break;
        }
        let fit = refine(walls, &free, peak);
        let taken = fit.map_or(0, |fit| votes.take(walls, &mut free, &fit.line));
        match fit {
            Some(fit) if taken > 0 => fitted.push(fit),
            _ => votes.forget(&peak),
        }
    }
    fitted
}

/// The direction that most facets are parallel or perpendicular to, as a unit vector.
///
/// Right to a few degrees only: the normals lean towards the axes of the voxel grid.
fn rough_axis(walls: &[&Facet]) -> [f64; 2] {
    const BINS: usize = 90;
    let mut histogram = [0.0f64; BINS];
    let quarter = |facet: &Facet| facet.normal[1].atan2(facet.normal[0]).rem_euclid(PI / 2.0);
    for facet in walls {
        let bin = (quarter(facet) / (PI / 2.0) * BINS as f64) as usize;
        histogram[bin % BINS] += 1.0;
    }
    let window = |bin: usize| -> f64 {
        (0..7)
            .map(|step| histogram[(bin + BINS + step - 3) % BINS])
            .sum()
    };
    let best = (0..BINS).fold(0, |best, bin| {
        if window(bin) > window(best) {
            bin
        } else {
            best
        }
    });
    let mut angle = (best as f64 + 0.5) / BINS as f64 * PI / 2.0;
    for reach in [0.12, 0.09, 0.07] {
        let mut sum = 0.0;
        let mut count = 0.0f64;
        for facet in walls {
            let off = (quarter(facet) - angle + PI / 4.0).rem_euclid(PI / 2.0) - PI / 4.0;
            if off.abs() < reach {
                sum += off;
                count += 1.0;
            }
        }
        angle += sum / count.max(1.0);
    }
    [angle.cos(), angle.sin()]
}

/// A line and what it was fitted to.
#[derive(Debug, Clone, Copy)]
struct Fitted {
    line: Line,
    /// Mean of the facets.
    mean: [f64; 2],
    /// Variance along the line, square meters.
    variance: f64,
    /// Standard deviation across the line, meters.
    scatter: f64,
    weight: f64,
}

impl Fitted {
    /// The line put exactly on the room's axes when it is nearly there already.
    fn square(&self, axis: [f64; 2]) -> Line {
        let normal = self.line.normal;
        let allowed = self.scatter.max(SQUARE_SHIFT);
        for direction in [axis, [-axis[1], axis[0]]] {
            let sine = normal[0] * direction[1] - normal[1] * direction[0];
            let shift = sine.abs() * self.variance.sqrt();
            if sine.abs() < SQUARE_ALWAYS || sine.abs() < SQUARE_TURN && shift < allowed {
                let cosine = normal[0] * direction[0] + normal[1] * direction[1];
                let normal = direction.map(|v| v * cosine.signum());
                return Line {
                    normal,
                    offset: normal[0] * self.mean[0] + normal[1] * self.mean[1],
                    seen: true,
                };
            }
        }
        self.line
    }
}

/// The room's axis from the fitted lines near the rough one; each counts by how well its own
/// direction is determined, which grows with the square of its length.
fn main_axis(fitted: &[Fitted], rough: [f64; 2]) -> [f64; 2] {
    let mut axis = rough;
    for reach in [0.12, 0.06, 0.03, 0.015] {
        let start = axis[1].atan2(axis[0]);
        let (mut sum, mut total) = (0.0, 0.0);
        for fit in fitted {
            let angle = fit.line.normal[1].atan2(fit.line.normal[0]) - start;
            let off = (angle + PI / 4.0).rem_euclid(PI / 2.0) - PI / 4.0;
            if off.abs() < reach {
                let information = fit.weight * fit.variance;
                sum += information * off;
                total += information;
            }
        }
        if total > 0.0 {
            let angle = start + sum / total;
            axis = [angle.cos(), angle.sin()];
        }
    }
    axis
}

/// Least squares through the free facets near a line, four times.
fn refine(walls: &[&Facet], free: &[bool], peak: Line) -> Option<Fitted> {
    let mut line = peak;
    let mut fitted = None;
    for band in [1.2 * BAND, BAND, 0.7 * BAND, 0.5 * BAND] {
        let support: Vec<&Facet> = walls
            .iter()
            .zip(free)
            .filter(|(facet, free)| **free && supports(facet, &line, band))
            .map(|(facet, _)| *facet)
            .collect();
        fitted = fit(&support, &line);
        line = fitted?.line;
    }
    fitted
}

fn fit(support: &[&Facet], near: &Line) -> Option<Fitted> {
    let weight = |facet: &Facet| facet.count.min(60.0);
    let total: f64 = support.iter().map(|facet| weight(facet)).sum();
    if support.len() < 4 {
        return None;
    }
    let mut mean = [0.0; 2];
    for facet in support {
        mean[0] += weight(facet) * facet.at[0] / total;
        mean[1] += weight(facet) * facet.at[1] / total;
    }
    let [mut xx, mut yy, mut xy] = [0.0; 3];
    for facet in support {
        let (x, y) = (facet.at[0] - mean[0], facet.at[1] - mean[1]);
        xx += weight(facet) * x * x;
        yy += weight(facet) * y * y;
        xy += weight(facet) * x * y;
    }
    // The normal is the minor axis of the scatter.
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy) + PI / 2.0;
    let normal = [angle.cos(), angle.sin()];
    let turned = normal[0] * near.normal[0] + normal[1] * near.normal[1];
    let normal = if turned.abs() < 0.96 {
        near.normal
    } else {
        normal.map(|v| v * turned.signum())
    };
    let (half, root) = (0.5 * (xx + yy), (0.25 * (xx - yy).powi(2) + xy * xy).sqrt());
    Some(Fitted {
        line: Line {
            normal,
            offset: normal[0] * mean[0] + normal[1] * mean[1],
            seen: true,
        },
        mean,
        variance: (half + root) / total,
        scatter: ((half - root).max(0.0) / total).sqrt(),
        weight: total,
    })
}
