//! The walls of the outline, each refitted to its own points.

use crate::levels::Levels;
use crate::lines::Line;
use crate::outline::Ring;
use crate::upright::{Point, Upright};

/// Half of the band in which a wall's points lie, meters.
const BAND: f64 = 0.06;
/// Side of the tiles that a wall's face is cut into, meters.
const TILE: f64 = 0.12;
/// A tile needs this many points.
const MIN_TILE: f64 = 3.0;
/// Part of a wall's noise that does not average out: points of one surface err together.
const COMMON: f64 = 0.12;
/// No scan places a wall better than this, meters.
const LEAST: f64 = 0.002;

/// How well a wall's place is known.
#[derive(Debug, Clone, Copy)]
pub struct Fit {
    /// Half width of the 95 % interval of the offset, meters; `None` where no wall was seen.
    pub uncertainty: Option<f64>,
}

/// Moves each line of the ring onto the points of its own stretch of wall.
pub fn refit(scan: &Upright, levels: &Levels, ring: &mut Ring) -> Vec<Fit> {
    let Some(corners) = ring.corners() else {
        return Vec::new();
    };
    let count = corners.len();
    (0..count)
        .map(|i| {
            let ends = (corners[i], corners[(i + 1) % count]);
            fit_wall(scan, levels, &mut ring.lines[i], ends)
        })
        .collect()
}

#[derive(Clone, Copy, Default)]
struct Tile {
    weight: f64,
    sum: f64,
    squares: f64,
}

fn fit_wall(scan: &Upright, levels: &Levels, line: &mut Line, ends: ([f64; 2], [f64; 2])) -> Fit {
    let none = Fit { uncertainty: None };
    if !line.seen {
        return none;
    }
    for band in [BAND, 0.8 * BAND] {
        let tiles = tiles(&scan.points, levels, line, ends, band);
        let Some((offset, uncertainty)) = robust_mean(&tiles) else {
            return none;
        };
        line.offset += offset;
        if band < BAND {
            return Fit {
                uncertainty: Some(uncertainty),
            };
        }
    }
    none
}

/// Sums the distances of a wall's points tile by tile, so that a densely scanned spot does not
/// outweigh the rest.
fn tiles(
    points: &[Point],
    levels: &Levels,
    line: &Line,
    ends: ([f64; 2], [f64; 2]),
    band: f64,
) -> Vec<Tile> {
    let (a, b) = (line.along(ends.0), line.along(ends.1));
    // Corners belong to two walls.
    let inset = 0.05f64.min(0.2 * (a - b).abs());
    let (from, to) = (a.min(b) + inset, a.max(b) - inset);
    let (low, high) = (levels.bottom + 0.05, levels.top - 0.05);
    let columns = ((to - from) / TILE).clamp(1.0, 2000.0) as usize;
    let rows = ((high - low) / TILE).clamp(1.0, 200.0) as usize;
    let mut tiles = vec![Tile::default(); columns * rows];
    for point in points {
        let [x, y, h] = point.at.map(f64::from);
        let distance = line.distance([x, y]);
        if distance.abs() > band || h < low || h > high {
            continue;
        }
        let t = line.along([x, y]);
        if t < from || t > to {
            continue;
        }
        let column = (((t - from) / (to - from) * columns as f64) as usize).min(columns - 1);
        let row = (((h - low) / (high - low) * rows as f64) as usize).min(rows - 1);
        let tile = &mut tiles[row * columns + column];
        let weight = f64::from(point.count);
        tile.weight += weight;
        tile.sum += weight * distance;
        tile.squares += weight * distance * distance;
    }
    tiles
}

/// The mean over the tiles without those that stand out (Tukey's biweight, Maronna et al. 2006),
/// and its 95 % half width.
fn robust_mean(tiles: &[Tile]) -> Option<(f64, f64)> {
    let filled: Vec<&Tile> = tiles
        .iter()
        .filter(|tile| tile.weight >= MIN_TILE)
        .collect();
    let filled: Vec<&Tile> = if filled.len() >= 6 {
        filled
    } else {
        tiles.iter().filter(|tile| tile.weight > 0.0).collect()
    };
    let mut means: Vec<f64> = filled.iter().map(|tile| tile.sum / tile.weight).collect();
    if means.len() < 4 {
        return None;
    }
    means.sort_unstable_by(f64::total_cmp);
    let mut center = means[means.len() / 2];
    let mut deviations: Vec<f64> = means.iter().map(|mean| (mean - center).abs()).collect();
    deviations.sort_unstable_by(f64::total_cmp);
    let scale = (1.4826 * deviations[deviations.len() / 2]).max(0.001);
    let mut effective = 0.0;
    for _ in 0..4 {
        let (mut sum, mut weights, mut squares) = (0.0, 0.0, 0.0);
        for mean in &means {
            let r = (mean - center) / (4.685 * scale);
            let w = if r.abs() < 1.0 {
                (1.0 - r * r).powi(2)
            } else {
                0.0
            };
            sum += w * mean;
            weights += w;
            squares += w * w;
        }
        if weights <= 0.0 {
            return None;
        }
        center = sum / weights;
        effective = weights * weights / squares;
    }
    let (noise, tile_error) = scatter_within(&filled);
    // What the tiles scatter beyond their noise is warp: drift, pictures, plaster. It moves the
    // wall as a whole about as much as it bends it.
    let warp = (scale * scale - tile_error * tile_error).max(0.0).sqrt();
    let random = scale / (effective / 4.0).max(1.0).sqrt();
    let common = COMMON * noise;
    let sigma = (random * random + warp * warp + common * common + LEAST * LEAST).sqrt();
    Some((center, 1.96 * sigma))
}

/// The standard deviation of the points within their tiles, and what it makes of a tile's mean.
fn scatter_within(tiles: &[&Tile]) -> (f64, f64) {
    let (mut squares, mut weight, mut errors) = (0.0, 0.0f64, 0.0);
    for tile in tiles {
        let mean = tile.sum / tile.weight;
        squares += tile.squares - tile.weight * mean * mean;
        weight += tile.weight - 1.0;
        errors += 1.0 / tile.weight;
    }
    let variance = f64::max(squares / weight.max(1.0), 0.0);
    let tile_variance = variance * errors / (tiles.len() as f64).max(1.0);
    (variance.sqrt(), tile_variance.sqrt())
}
