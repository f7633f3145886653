//! Sloped ceilings: planes above everything, grown greedily from the upper patches (the removal
//! of support follows Schnabel et al. 2007).
//!
//! The planes of an attic bend outward, so that the ceiling at a place is the lowest of them.

use crate::levels::{Level, Levels};
use crate::upright::{Facet, Upright};

/// Planes taken at most.
const MOST: usize = 6;
/// Facets tried as the seed of a plane.
const SEEDS: usize = 120;
/// Cosine of 12 degrees: how far normals of one plane may differ.
const ALIKE: f64 = 0.978;
/// Half of the band in which a plane's facets lie, meters.
const BAND: f64 = 0.06;
/// A plane shows at least this area, square meters.
const MIN_AREA: f64 = 1.2;
/// The least slope, as height over length, and the part of the ceiling that must have it.
const MIN_SLOPE: f64 = 0.07;
const MIN_PART: f64 = 0.12;
/// The ceiling that was seen is at least this part of the floor that was, and at most this part of
/// what stands upright lies above it.
const MIN_COVER: f64 = 0.3;
const ABOVE: f64 = 0.1;
/// No ceiling begins lower than this above the floor, meters.
const KNEE: f64 = 0.7;
/// Cells in which is looked for what lies above a plane, meters.
const CELL: f64 = 0.25;
/// Part of a plane's facets that may have others above them.
const COVERED: f64 = 0.08;

/// The planes of the ceiling when some of them slope; none otherwise.
pub fn find(scan: &Upright, levels: &Levels) -> Vec<Level> {
    let upper: Vec<&Facet> = scan
        .facets
        .iter()
        .filter(|f| f.planar && f.normal[2].abs() > 0.26 && f.at[2] > levels.bottom + KNEE)
        .collect();
    let tops = Tops::new(scan);
    let mut free = vec![true; upper.len()];
    let mut planes: Vec<Level> = Vec::new();
    let mut tried = 0;
    while tried < 2 * MOST && planes.len() < MOST {
        tried += 1;
        let Some(seed) = strongest(&upper, &free) else {
            break;
        };
        let plane = grow(&upper, &free, seed);
        let members: Vec<usize> = (0..upper.len())
            .filter(|&i| free[i] && on(upper[i], &plane, 2.0 * BAND))
            .collect();
        if members.len() < 4 {
            break;
        }
        let covered = members.iter().filter(|&&i| tops.covers(upper[i])).count();
        for &i in &members {
            free[i] = false;
        }
        let area = members.len() as f64 * scan.side * scan.side;
        if area < MIN_AREA {
            break;
        }
        if (covered as f64) < COVERED * members.len() as f64 {
            planes.push(Level {
                facets: members.len(),
                ..plane
            });
        }
    }
    let floor = levels.floor.map_or(0.0, |floor| floor.facets as f64);
    let roof = keep_roof(planes, MIN_PART * floor);
    let seen: usize = roof.iter().map(|plane| plane.facets).sum();
    if (seen as f64) < MIN_COVER * floor || walls_above(scan, &roof) {
        return Vec::new();
    }
    roof
}

/// Whether walls rise above the planes: then they are furniture in a room without a ceiling.
fn walls_above(scan: &Upright, roof: &[Level]) -> bool {
    let [mut all, mut above] = [0.0; 2];
    for facet in scan.facets.iter().filter(|facet| facet.is_upright()) {
        let [x, y, h] = facet.at;
        let heights = roof.iter().map(|plane| plane.height_at(x, y));
        all += 1.0;
        above += f64::from(u8::from(h > heights.fold(f64::INFINITY, f64::min) + 0.2));
    }
    above > ABOVE * all
}

/// The planes if enough of them slopes: at least `least` facets. Of flat ones only the highest is ceiling: others are the
/// tops of cupboards.
fn keep_roof(planes: Vec<Level>, least: f64) -> Vec<Level> {
    let steep = |plane: &Level| plane.slope[0].hypot(plane.slope[1]) > MIN_SLOPE;
    let count = |wanted: bool| -> usize {
        planes
            .iter()
            .filter(|plane| steep(plane) == wanted)
            .map(|plane| plane.facets)
            .sum()
    };
    let (sloped, flat) = (count(true) as f64, count(false) as f64);
    if sloped < least.max(MIN_PART * (sloped + flat)) || sloped == 0.0 {
        return Vec::new();
    }
    let highest = planes
        .iter()
        .filter(|plane| !steep(plane))
        .map(|plane| plane.offset)
        .fold(f64::NEG_INFINITY, f64::max);
    planes
        .into_iter()
        .filter(|plane| steep(plane) || plane.offset >= highest)
        .collect()
}

fn on(facet: &Facet, plane: &Level, band: f64) -> bool {
    let [a, b] = plane.slope;
    let length = (1.0 + a * a + b * b).sqrt();
    let cosine = (facet.normal[2] - a * facet.normal[0] - b * facet.normal[1]) / length;
    let off = (facet.at[2] - plane.height_at(facet.at[0], facet.at[1])) / length;
    cosine.abs() > ALIKE && off.abs() < band
}

/// The plane through a facet that most free facets lie on.
fn strongest(upper: &[&Facet], free: &[bool]) -> Option<Level> {
    let left: Vec<&Facet> = upper
        .iter()
        .zip(free)
        .filter(|(_, free)| **free)
        .map(|(facet, _)| *facet)
        .collect();
    let step = left.len().div_ceil(SEEDS).max(1);
    let sample = left.len().div_ceil(4000).max(1);
    let mut best: (usize, Option<Level>) = (3, None);
    for seed in left.iter().step_by(step) {
        let n = seed.normal;
        let slope = [-n[0] / n[2], -n[1] / n[2]];
        let plane = Level {
            offset: seed.at[2] - slope[0] * seed.at[0] - slope[1] * seed.at[1],
            slope,
            noise: 0.0,
            facets: 0,
        };
        let votes = left
            .iter()
            .step_by(sample)
            .filter(|facet| on(facet, &plane, 2.0 * BAND))
            .count();
        if votes > best.0 {
            best = (votes, Some(plane));
        }
    }
    best.1
}

/// The plane refined on its facets, three times with a narrower band.
fn grow(upper: &[&Facet], free: &[bool], seed: Level) -> Level {
    let mut plane = seed;
    for band in [2.0 * BAND, 1.5 * BAND, BAND] {
        let members = upper
            .iter()
            .zip(free)
            .filter(|(facet, free)| **free && on(facet, &plane, band))
            .map(|(facet, _)| (facet.at, facet.count.min(100.0)));
        let Some(fitted) = least_squares(members) else {
            break;
        };
        plane = fitted;
    }
    plane
}

/// The plane `height = offset + slope . (x, y)` through weighted points.
pub fn least_squares(points: impl Iterator<Item = ([f64; 3], f64)> + Clone) -> Option<Level> {
    let mut total = 0.0;
    let mut mean = [0.0; 3];
    let mut count = 0usize;
    for (p, w) in points.clone() {
        total += w;
        count += 1;
        for (sum, value) in mean.iter_mut().zip(p) {
            *sum += w * value;
        }
    }
    if count < 6 || total <= 0.0 {
        return None;
    }
    let mean = mean.map(|sum| sum / total);
    let [mut xx, mut yy, mut xy, mut xh, mut yh, mut hh] = [0.0; 6];
    for (p, w) in points {
        let [x, y, h] = [0, 1, 2].map(|i| p[i] - mean[i]);
        xx += w * x * x;
        yy += w * y * y;
        xy += w * x * y;
        xh += w * x * h;
        yh += w * y * h;
        hh += w * h * h;
    }
    let determinant = xx * yy - xy * xy;
    if determinant <= 1e-3 * xx * yy {
        return None;
    }
    let slope = [
        (xh * yy - yh * xy) / determinant,
        (yh * xx - xh * xy) / determinant,
    ];
    let residual = f64::max(hh - slope[0] * xh - slope[1] * yh, 0.0);
    Some(Level {
        offset: mean[2] - slope[0] * mean[0] - slope[1] * mean[1],
        slope,
        noise: (residual / total).sqrt(),
        facets: count,
    })
}

/// The highest solid facet in each cell of the plan.
struct Tops {
    low: [f64; 2],
    columns: usize,
    cells: Vec<f64>,
}

impl Tops {
    fn new(scan: &Upright) -> Self {
        let solid = || scan.facets.iter().filter(|facet| facet.solid);
        let range = |axis: usize| {
            solid()
                .map(|facet| facet.at[axis])
                .fold([f64::MAX, f64::MIN], |[a, b], v| [a.min(v), b.max(v)])
        };
        let (x, y) = (range(0), range(1));
        let count =
            |range: [f64; 2]| ((range[1] - range[0]) / CELL).clamp(0.0, 1000.0) as usize + 1;
        let mut tops = Self {
            low: [x[0], y[0]],
            columns: count(x),
            cells: vec![f64::NEG_INFINITY; count(x) * count(y)],
        };
        for facet in solid() {
            let cell = tops.cell(facet);
            if let Some(top) = tops.cells.get_mut(cell) {
                *top = top.max(facet.at[2]);
            }
        }
        tops
    }

    fn cell(&self, facet: &Facet) -> usize {
        let [column, row] = [0, 1].map(|i| ((facet.at[i] - self.low[i]) / CELL).max(0.0) as usize);
        row.saturating_mul(self.columns) + column.min(self.columns - 1)
    }

    /// Whether anything lies above a facet, more than a steep plane rises within a cell.
    fn covers(&self, facet: &Facet) -> bool {
        let steep = facet.normal[0].hypot(facet.normal[1]) / facet.normal[2].abs().max(0.1);
        let top = self.cells.get(self.cell(facet));
        top.is_some_and(|top| *top > facet.at[2] + 0.2 + 1.4 * CELL * steep)
    }
}
