//! The short sides of niches: where floor and ceiling end between two parallel walls.
//!
//! A side is narrower than the neighborhood of a patch and shows no plane of its own in a thin scan,
//! but the niche's floor and ceiling do, and its back wall.

use crate::levels::Levels;
use crate::lines::Line;
use crate::plan::{CEILING, FLOOR, Plan, UPRIGHT};
use crate::support::Support;
use crate::upright::Upright;

/// How deep a niche is, meters.
const DEPTH: [f64; 2] = [0.2, 1.0];
/// How wide, meters.
const WIDTH: [f64; 2] = [0.4, 4.0];
/// The part of the depth that shows floor or ceiling: within a niche at least, beside it at most.
const FILLED: f64 = 0.5;
const EMPTY: f64 = 0.2;
/// A line this close to a side is the side, meters.
const SAME: f64 = 0.25;
/// The walls before and behind a niche are at least so long, meters.
const MIN_WALL: f64 = 0.8;
/// Sides taken at most.
const MOST: usize = 8;
/// The step of the search for the side's points, meters.
const STEP: f64 = 0.02;

/// Lines across at the ends of what is seen between parallel walls.
pub fn find(scan: &Upright, levels: &Levels, plan: &Plan, supports: &[Support]) -> Vec<Line> {
    let known: Vec<Line> = supports.iter().map(|support| support.line).collect();
    let walls: Vec<Line> = supports
        .iter()
        .filter(|support| support.total() >= MIN_WALL)
        .map(|support| support.line)
        .collect();
    let mut found: Vec<Line> = Vec::new();
    for (index, a) in walls.iter().enumerate() {
        for b in &walls[index + 1..] {
            let Some(strip) = Strip::between(a, b) else {
                continue;
            };
            for (place, sign) in strip.ends(plan) {
                let middle = strip.point(place);
                let near = |line: &Line| {
                    let along = line.direction();
                    let across = strip.line.normal;
                    let cosine = along[0] * across[0] + along[1] * across[1];
                    cosine.abs() > 0.94 && line.distance(middle).abs() < SAME
                };
                if found.len() < MOST && !known.iter().chain(&found).any(near) {
                    found.extend(strip.side(scan, levels, plan, place, sign));
                }
            }
        }
    }
    found
}

/// The room between two parallel lines.
struct Strip {
    line: Line,
    depth: f64,
}

impl Strip {
    fn between(a: &Line, b: &Line) -> Option<Self> {
        let cosine = a.normal[0] * b.normal[0] + a.normal[1] * b.normal[1];
        let depth = b.offset * cosine.signum() - a.offset;
        let niche = cosine.abs() > 0.99 && depth.abs() > DEPTH[0] && depth.abs() < DEPTH[1];
        niche.then(|| Self {
            line: Line {
                normal: a.normal.map(|v| v * depth.signum()),
                offset: a.offset * depth.signum(),
                seen: true,
            },
            depth: depth.abs(),
        })
    }

    /// Place along the line of a point well within the strip.
    fn along(&self, p: [f64; 2], margin: f64) -> Option<f64> {
        let distance = self.line.distance(p);
        (distance > margin && distance < self.depth - margin).then(|| self.line.along(p))
    }

    /// The point in the middle of the strip at a place along it.
    fn point(&self, place: f64) -> [f64; 2] {
        let (normal, along) = (self.line.normal, self.line.direction());
        let off = self.line.offset + 0.5 * self.depth;
        [0, 1].map(|i| normal[i] * off + along[i] * place)
    }

    /// Where stretches of seen floor and ceiling begin (-1) and end (1).
    fn ends(&self, plan: &Plan) -> Vec<(f64, f64)> {
        let margin = (0.7 * plan.side).min(0.3 * self.depth);
        let cells: Vec<(f64, bool)> = (0..plan.cells.len())
            .filter_map(|index| {
                let t = self.along(plan.center(index), margin)?;
                let cell = plan.cells[index];
                Some((t, cell & (FLOOR | CEILING) != 0 && cell & UPRIGHT == 0))
            })
            .collect();
        let Some(low) = cells.iter().map(|cell| cell.0).reduce(f64::min) else {
            return Vec::new();
        };
        let high = cells.iter().map(|cell| cell.0).fold(low, f64::max);
        // A free bin at both ends.
        let mut bins = vec![[0.0f64; 2]; ((high - low) / plan.side) as usize + 3];
        for (t, seen) in cells {
            let bin = &mut bins[((t - low) / plan.side) as usize + 1];
            bin[0] += 1.0;
            bin[1] += f64::from(u8::from(seen));
        }
        let share = |bin: usize| bins.get(bin).map_or(0.0, |[all, seen]| seen / all.max(1.0));
        let filled = |bin: usize| share(bin) >= FILLED;
        let empty = |bin: usize| share(bin) <= EMPTY;
        let mut ends = Vec::new();
        let mut from = None;
        for bin in 1..bins.len() {
            let place = low + (bin as f64 - 1.0) * plan.side;
            if !filled(bin - 1) && filled(bin) {
                from = (bin < 3 || empty(bin - 3)).then_some(place);
            } else if filled(bin - 1)
                && !filled(bin)
                && let Some(begin) = from.take().filter(|_| empty(bin + 2))
                && (WIDTH[0]..WIDTH[1]).contains(&(place - begin))
            {
                ends.extend([(begin, -1.0), (place, 1.0)]);
            }
        }
        ends
    }

    /// The line across the strip at a place, on the densest sheet of points there.
    fn side(
        &self,
        scan: &Upright,
        levels: &Levels,
        plan: &Plan,
        place: f64,
        sign: f64,
    ) -> Option<Line> {
        let reach = 1.3 * plan.side;
        let mut counts = vec![0.0f64; (2.0 * reach / STEP) as usize + 2];
        for point in &scan.points {
            let [x, y, h] = point.at.map(f64::from);
            if let Some(t) = self.along([x, y], 0.05)
                && (t - place).abs() < reach
                && h > levels.bottom + 0.1
                && h < levels.top_at(x, y) - 0.1
            {
                counts[((t - place + reach) / STEP) as usize] += 1.0;
            }
        }
        let sheet = |i: usize| counts[i - 1] + counts[i] + counts[i + 1];
        let last = counts.len() - 1;
        let best = (1..last).fold(1, |best, i| if sheet(i) > sheet(best) { i } else { best });
        // Points at every tenth of the height at least, or it is no wall.
        let height = levels.top - levels.bottom;
        let shift = (best as f64 + 0.5) * STEP - reach;
        (sheet(best) >= (10.0 * height).max(12.0)).then(|| Line {
            normal: self.line.direction().map(|v| v * sign),
            offset: sign * (place + shift),
            seen: true,
        })
    }
}
