//! How thick walls are whose other face was seen as well.

use crate::levels::Levels;
use crate::lines::Line;
use crate::upright::Upright;

/// The least and the greatest thickness, meters.
const LEAST: f64 = 0.05;
const MOST: f64 = 0.5;
const BIN: f64 = 0.02;
/// Cosine of 14 degrees: how parallel the other face is.
const PARALLEL: f64 = 0.97;
/// The other face shows at least this area, square meters, and this part of the wall's face.
const MIN_AREA: f64 = 0.5;
const MIN_PART: f64 = 0.15;

/// The thickness of the wall on a line with its normal outward, between two places along it.
pub fn measure(
    scan: &Upright,
    levels: &Levels,
    line: &Line,
    ends: ([f64; 2], [f64; 2]),
) -> Option<f64> {
    let (a, b) = (line.along(ends.0), line.along(ends.1));
    let (from, to) = (a.min(b) + 0.1, a.max(b) - 0.1);
    let behind = |at: [f64; 3]| {
        let p = [at[0], at[1]];
        let t = line.along(p);
        let depth = line.distance(p);
        let seen = t > from
            && t < to
            && depth > LEAST
            && depth < MOST
            && at[2] > levels.bottom + 0.1
            && at[2] < levels.top - 0.1;
        seen.then_some(depth)
    };
    let bins = (MOST / BIN) as usize + 3;
    let mut counts = vec![0.0f64; bins];
    for facet in scan.facets.iter().filter(|facet| facet.is_upright()) {
        let cosine = facet.normal[0] * line.normal[0] + facet.normal[1] * line.normal[1];
        if cosine.abs() > PARALLEL
            && let Some(depth) = behind(facet.at)
        {
            counts[(depth / BIN) as usize + 1] += 1.0;
        }
    }
    let sheet = |bin: usize| counts[bin - 1] + counts[bin] + counts[bin + 1];
    let best = (1..bins - 1).fold(
        1,
        |best, bin| if sheet(bin) > sheet(best) { bin } else { best },
    );
    let area = sheet(best) * scan.side * scan.side;
    let face = (to - from).max(0.0) * (levels.top - levels.bottom);
    if area < MIN_AREA.max(MIN_PART * face) {
        return None;
    }
    let middle = (best as f64 - 0.5) * BIN;
    let near = scan
        .points
        .iter()
        .filter_map(|point| behind(point.at.map(f64::from)))
        .filter(|depth| (depth - middle).abs() < 2.0 * BIN);
    let (sum, count) = near.fold((0.0, 0.0), |(sum, count), depth| (sum + depth, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
