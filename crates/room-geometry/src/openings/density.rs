//! How densely a wall was seen, place by place.

use super::raster::Cell;

/// Chunks of the face in which its density is taken, along and upward, meters: lintels are low.
const CHUNK: [f64; 2] = [0.4, 0.25];
/// Rows or columns on either side that count as the same strip.
const BESIDE: usize = 3;

/// Sums over rectangles of cells in constant time (Crow 1984, "Summed-Area Tables for Texture
/// Mapping").
struct Sums {
    columns: usize,
    sums: Vec<u32>,
}

impl Sums {
    fn new(cells: &[Cell], columns: usize, counts: impl Fn(&Cell) -> bool) -> Self {
        let rows = cells.len() / columns;
        let wide = columns + 1;
        let mut sums = vec![0u32; wide * (rows + 1)];
        for row in 0..rows {
            let mut run = 0;
            for column in 0..columns {
                run += u32::from(counts(&cells[row * columns + column]));
                sums[(row + 1) * wide + column + 1] = sums[row * wide + column + 1] + run;
            }
        }
        Self { columns, sums }
    }

    fn of(&self, [x0, y0]: [usize; 2], [x1, y1]: [usize; 2]) -> u32 {
        let at = |x: usize, y: usize| self.sums[y * (self.columns + 1) + x];
        at(x1, y1) + at(x0, y0) - at(x0, y1) - at(x1, y0)
    }
}

/// For each cell the part of cells like it that would hold points of the wall, were there no hole.
///
/// A scanner that turned rarely upward leaves few points below the ceiling, and furniture leaves
/// few near the floor: what the best seen part of the same row holds is as much as can be
/// expected. Columns that hold less than their rows throughout are in a shadow. Where little can
/// be expected, emptiness tells little.
pub fn expected(cells: &[Cell], columns: usize, side: f64, most: f64) -> Vec<f32> {
    let rows = cells.len() / columns;
    let wall = Sums::new(cells, columns, Cell::is_wall);
    let visible = Sums::new(cells, columns, |cell| !cell.hidden);
    let [wide, tall] = CHUNK.map(|chunk| ((chunk / side).round() as usize).max(2));
    let band = |at: usize, end: usize| [at.saturating_sub(BESIDE), (at + BESIDE + 1).min(end)];
    let is_seen = |from: [usize; 2], to: [usize; 2]| {
        let all = (to[0] - from[0]) * (to[1] - from[1]);
        f64::from(visible.of(from, to)) > 0.4 * all as f64
    };
    let along: Vec<f64> = (0..rows)
        .map(|row| {
            let [low, high] = band(row, rows);
            best(columns, wide, |x0, x1| {
                let (from, to) = ([x0, low], [x1, high]);
                let on = f64::from(wall.of(from, to));
                // The best of many is better than it would be again, by a standard deviation.
                is_seen(from, to).then(|| (on - on.sqrt()) / f64::from(visible.of(from, to)))
            })
            .min(most)
        })
        .collect();
    let upward: Vec<f64> = (0..columns)
        .map(|column| {
            let [low, high] = band(column, columns);
            best(rows, tall, |y0, y1| {
                let (from, to) = ([low, y0], [high, y1]);
                let full: f64 = (y0..y1)
                    .map(|y| along[y] * f64::from(visible.of([low, y], [high, y + 1])))
                    .sum();
                let told = is_seen(from, to) && full >= 1.0;
                told.then(|| f64::from(wall.of(from, to)) / full)
            })
            .min(1.0)
        })
        .collect();
    (0..cells.len())
        .map(|at| (along[at / columns] * upward[at % columns]) as f32)
        .collect()
}

/// What nearly the best chunk of a strip has; zero where nothing was seen.
fn best(length: usize, chunk: usize, part: impl Fn(usize, usize) -> Option<f64>) -> f64 {
    let mut found: Vec<f64> = (0..length)
        .step_by(chunk.div_ceil(2))
        .filter_map(|from| {
            let to = (from + chunk).min(length);
            part(from, to).filter(|_| 2 * (to - from) >= chunk)
        })
        .collect();
    found.sort_unstable_by(f64::total_cmp);
    let skipped = found.len() / 8;
    let nearly = found.len().checked_sub(1 + skipped);
    nearly.map_or(0.0, |at| found[at].max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_judged_by_its_own_kind() {
        // The upper half holds points in every fourth cell, the lower one everywhere but in a hole.
        let (columns, rows) = (60, 40);
        let mut cells = vec![Cell::default(); columns * rows];
        for row in 0..rows {
            for column in 0..columns {
                let hole = row < 15 && (20..35).contains(&column);
                let seen = row < 20 || (row + column) % 4 == 0;
                cells[row * columns + column].on = u16::from(seen && !hole);
            }
        }
        let found = expected(&cells, columns, 0.06, 0.95);
        assert!(found[5 * columns + 27] > 0.7, "{}", found[5 * columns + 27]);
        let upper = found[35 * columns + 27];
        assert!((0.1..0.3).contains(&upper), "{upper}");
    }
}
