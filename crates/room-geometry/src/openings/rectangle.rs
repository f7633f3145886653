//! The rectangle of cells with the greatest sum.

/// Cells from `from` to before `to`, as column and row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    pub from: [usize; 2],
    pub to: [usize; 2],
    /// Sum of the scores in it.
    pub score: f64,
}

/// A candidate has at least this sum.
const LEAST: f64 = 14.0;
/// More columns than this are searched in windows.
const WINDOW: usize = 128;

impl Candidate {
    /// Takes its cells out of any further search.
    pub fn clear(&self, scores: &mut [f32], columns: usize) {
        for row in self.from[1]..self.to[1] {
            scores[row * columns + self.from[0]..row * columns + self.to[0]].fill(-3.0);
        }
    }

    /// Marks its cells.
    pub fn take(&self, taken: &mut [bool], columns: usize) {
        for row in self.from[1]..self.to[1] {
            taken[row * columns + self.from[0]..row * columns + self.to[0]].fill(true);
        }
    }
}

/// Scales of the ellipses that a rectangle is compared with: from within it to around it.
const SCALES: [f64; 5] = [0.95, 1.05, 1.15, 1.27, 1.4];

impl Candidate {
    /// Whether an ellipse about its middle has a greater sum than the rectangle itself.
    pub fn is_round(&self, scores: &[f32], columns: usize) -> bool {
        let rows = scores.len() / columns;
        let middle = [0, 1].map(|axis| 0.5 * (self.from[axis] + self.to[axis]) as f64);
        let half = [0, 1].map(|axis| 0.5 * (self.to[axis] - self.from[axis]) as f64);
        let ellipse = |scale: f64| {
            let reach = |axis: usize, end: usize| {
                let [low, high] = [-1.0, 1.0].map(|side| middle[axis] + side * scale * half[axis]);
                low.max(0.0) as usize..(high.ceil() as usize).min(end)
            };
            let mut sum = 0.0;
            for row in reach(1, rows) {
                for column in reach(0, columns) {
                    let x = (column as f64 + 0.5 - middle[0]) / half[0];
                    let y = (row as f64 + 0.5 - middle[1]) / half[1];
                    if x.hypot(y) <= scale {
                        sum += f64::from(scores[row * columns + column]);
                    }
                }
            }
            sum
        };
        let own: f64 = (self.from[1]..self.to[1])
            .flat_map(|row| &scores[row * columns + self.from[0]..row * columns + self.to[0]])
            .map(|score| f64::from(*score))
            .sum();
        SCALES.iter().any(|scale| ellipse(*scale) > own)
    }
}

/// The rectangle with the greatest sum that is at most `widest` columns wide; of equal ones the
/// first.
///
/// Long walls are searched in windows that overlap by half: no opening is as wide as a window.
pub fn best(scores: &[f32], columns: usize, widest: usize) -> Option<Candidate> {
    let mut best: Option<Candidate> = None;
    let mut start = 0;
    loop {
        let end = (start + WINDOW).min(columns);
        let found = best_within(scores, columns, start..end, widest);
        if found.score >= best.map_or(LEAST, |held| held.score + 1e-9) {
            best = Some(found);
        }
        if end == columns {
            return best;
        }
        start += WINDOW / 2;
    }
}

/// For each pair of columns the best run of rows of what lies between them (Kadane's algorithm).
fn best_within(
    scores: &[f32],
    columns: usize,
    range: std::ops::Range<usize>,
    widest: usize,
) -> Candidate {
    let rows = scores.len() / columns;
    let mut best = Candidate {
        from: [0; 2],
        to: [0; 2],
        score: 0.0,
    };
    let mut sums = vec![0.0f32; rows];
    for left in range.clone() {
        sums.fill(0.0);
        for right in left..range.end.min(left + widest) {
            let (mut run, mut begin) = (0.0f32, 0);
            for row in 0..rows {
                sums[row] += scores[row * columns + right];
                if run <= 0.0 {
                    run = 0.0;
                    begin = row;
                }
                run += sums[row];
                if f64::from(run) > best.score {
                    best = Candidate {
                        from: [left, begin],
                        to: [right + 1, row + 1],
                        score: f64::from(run),
                    };
                }
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_round_and_a_rectangle_is_not() {
        let columns = 40;
        let scores = |inside: &dyn Fn(f64, f64) -> bool| -> Vec<f32> {
            (0..columns * 30)
                .map(|at| {
                    let (x, y) = ((at % columns) as f64 + 0.5, (at / columns) as f64 + 0.5);
                    if inside(x - 20.0, y - 15.0) {
                        0.8
                    } else {
                        -1.5
                    }
                })
                .collect()
        };
        let disk = scores(&|x, y| x.hypot(y) < 8.0);
        let found = best(&disk, columns, columns).unwrap();
        assert!(found.is_round(&disk, columns));
        let rectangle = scores(&|x, y| x.abs() < 9.0 && y.abs() < 6.0);
        let found = best(&rectangle, columns, columns).unwrap();
        assert!(!found.is_round(&rectangle, columns));
    }

    #[test]
    fn the_best_rectangle_is_found_and_then_the_next() {
        let (columns, rows) = (300, 30);
        let mut scores = vec![-1.0f32; columns * rows];
        let mut fill = |x: std::ops::Range<usize>, y: std::ops::Range<usize>| {
            for row in y {
                scores[row * columns + x.start..row * columns + x.end].fill(1.0);
            }
        };
        fill(10..20, 0..20);
        fill(120..135, 5..25);
        let first = best(&scores, columns, columns).unwrap();
        assert_eq!((first.from, first.to), ([120, 5], [135, 25]));
        first.clear(&mut scores, columns);
        let second = best(&scores, columns, columns).unwrap();
        assert_eq!((second.from, second.to), ([10, 0], [20, 20]));
        second.clear(&mut scores, columns);
        assert_eq!(best(&scores, columns, columns), None);
    }
}
