//! Where a plane lies, from its own points, and how well they say so.
//!
//! The points' distances from a plane near to theirs are averaged tile by tile, so that a densely
//! scanned spot does not outweigh the rest, and the tiles robustly. Neighboring tiles make a
//! block; how far blocks lie apart beyond their noise shows the scanner's drift.

/// Side of the tiles that a surface is cut into, meters.
const TILE: f64 = 0.12;
/// Tiles along one side of a block.
const BLOCK: usize = 6;
/// A tile needs this many points.
const MIN_TILE: f64 = 3.0;
/// A block needs this many tiles.
const MIN_BLOCK: f64 = 4.0;

#[derive(Clone, Copy, Default)]
struct Tile {
    weight: f64,
    sum: f64,
    squares: f64,
}

/// The points of a surface, by tiles.
pub struct Sheet {
    low: [f64; 2],
    counts: [usize; 2],
    tiles: Vec<Tile>,
}

/// A part of a surface about 0.7 m wide.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// Place in the grid of blocks.
    pub at: usize,
    /// Distance from the surface's own mean, meters.
    pub off: f64,
    /// Variance of `off` by noise.
    pub variance: f64,
}

/// What the points say of a plane.
#[derive(Debug, Clone)]
pub struct Place {
    /// How far the points lie off the plane that they were measured from, meters.
    pub offset: f64,
    /// Standard deviation of `offset` by noise that averages out, meters.
    pub random: f64,
    /// Standard deviation of single points, meters.
    pub noise: f64,
    /// Part of the surface's columns with points.
    pub share: f64,
    pub blocks: Vec<Block>,
}

impl Sheet {
    /// An empty sheet over a rectangle of the surface.
    pub fn new(low: [f64; 2], high: [f64; 2]) -> Self {
        let count = |axis: usize| ((high[axis] - low[axis]) / TILE).clamp(1.0, 2000.0) as usize;
        let counts = [count(0), count(1).min(400_000 / count(0).max(1)).max(1)];
        Self {
            low,
            counts,
            tiles: vec![Tile::default(); counts[0] * counts[1]],
        }
    }

    /// Adds a point at a place of the surface and its distance.
    pub fn add(&mut self, at: [f64; 2], distance: f64, weight: f64) {
        let cell = [0, 1].map(|i| ((at[i] - self.low[i]) / TILE).max(0.0) as usize);
        if cell[0] > self.counts[0] || cell[1] > self.counts[1] {
            return;
        }
        let [column, row] = [0, 1].map(|i| cell[i].min(self.counts[i] - 1));
        let tile = &mut self.tiles[row * self.counts[0] + column];
        tile.weight += weight;
        tile.sum += weight * distance;
        tile.squares += weight * distance * distance;
    }

    /// The place of the plane; `None` with too few points.
    ///
    /// The mean over the tiles leaves those out that stand out (Tukey's biweight, Maronna et al.
    /// 2006).
    pub fn place(&self) -> Option<Place> {
        let filled = |least: f64| -> Vec<usize> {
            (0..self.tiles.len())
                .filter(|&index| self.tiles[index].weight >= least)
                .collect()
        };
        let mut used = filled(MIN_TILE);
        if used.len() < 6 {
            used = filled(f64::MIN_POSITIVE);
        }
        if used.len() < 4 {
            return None;
        }
        let mean = |index: usize| self.tiles[index].sum / self.tiles[index].weight;
        let mut means: Vec<f64> = used.iter().map(|&index| mean(index)).collect();
        let mut center = median(&mut means);
        let mut deviations: Vec<f64> = means.iter().map(|mean| (mean - center).abs()).collect();
        let scale = (1.4826 * median(&mut deviations)).max(0.001);
        let weight = |value: f64, center: f64| {
            let r = (value - center) / (4.685 * scale);
            if r.abs() < 1.0 {
                (1.0 - r * r).powi(2)
            } else {
                0.0
            }
        };
        let mut effective = 0.0;
        for _ in 0..4 {
            let (mut sum, mut weights, mut squares) = (0.0, 0.0, 0.0);
            for &value in &means {
                let w = weight(value, center);
                sum += w * value;
                weights += w;
                squares += w * w;
            }
            if weights <= 0.0 {
                return None;
            }
            center = sum / weights;
            effective = weights * weights / squares;
        }
        let kept: Vec<(usize, f64)> = used
            .iter()
            .map(|&index| (index, weight(mean(index), center)))
            .filter(|(_, w)| *w > 0.0)
            .collect();
        Some(Place {
            offset: center,
            random: scale / (effective / 4.0).max(1.0).sqrt(),
            noise: self.noise(&kept),
            share: self.share(&kept),
            blocks: self.blocks(&kept, center),
        })
    }

    fn share(&self, kept: &[(usize, f64)]) -> f64 {
        let mut seen = vec![false; self.counts[0]];
        for (index, _) in kept {
            seen[index % self.counts[0]] = true;
        }
        let count = seen.iter().filter(|seen| **seen).count();
        count as f64 / self.counts[0] as f64
    }

    /// The standard deviation of the points within their tiles.
    fn noise(&self, kept: &[(usize, f64)]) -> f64 {
        let (mut squares, mut weight) = (0.0, 0.0f64);
        for &(index, _) in kept {
            let tile = &self.tiles[index];
            squares += tile.squares - tile.sum * tile.sum / tile.weight;
            weight += tile.weight - 1.0;
        }
        f64::max(squares / weight.max(1.0), 0.0).sqrt()
    }

    fn blocks(&self, kept: &[(usize, f64)], center: f64) -> Vec<Block> {
        let across = self.counts[0].div_ceil(BLOCK);
        let down = self.counts[1].div_ceil(BLOCK);
        // Weight, sum, squares, and squares of weights.
        let mut sums = vec![[0.0f64; 4]; across * down];
        for &(index, w) in kept {
            let (column, row) = (index % self.counts[0], index / self.counts[0]);
            let off = self.tiles[index].sum / self.tiles[index].weight - center;
            let sum = &mut sums[row / BLOCK * across + column / BLOCK];
            for (total, part) in sum.iter_mut().zip([w, w * off, w * off * off, w * w]) {
                *total += part;
            }
        }
        sums.iter()
            .enumerate()
            .filter(|(_, sum)| sum[0] * sum[0] >= MIN_BLOCK * sum[3] && sum[0] > 0.0)
            .map(|(at, [w, s, squares, ww])| {
                let off = s / w;
                let tiles = w * w / ww;
                let spread = f64::max(squares / w - off * off, 0.0) * tiles / (tiles - 1.0);
                Block {
                    at,
                    off,
                    variance: spread / tiles,
                }
            })
            .collect()
    }
}

fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Sums the variance of blocks beyond their noise: of the sum and its degrees of freedom.
pub fn excess(blocks: &[Block]) -> (f64, f64) {
    let count = blocks.len() as f64;
    if count < 2.0 {
        return (0.0, 0.0);
    }
    let mean = blocks.iter().map(|block| block.off).sum::<f64>() / count;
    let sum = blocks
        .iter()
        .map(|block| (block.off - mean).powi(2) - block.variance * (count - 1.0) / count)
        .sum();
    (sum, count - 1.0)
}
