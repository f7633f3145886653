//! Points that hang together.

use room_geometry::Interior;

use crate::grid::Grid;

/// A cell is at least this wide, meters.
const CELL: f64 = 0.055;
/// Means of neighboring cells that are farther apart than this part of a cell do not touch.
const TOUCH: f64 = 1.5;
/// A cell is dense with this part of the points that half of the cells have around them: an upper
/// side that is seen from afar at a flat angle has few.
const DENSE: f64 = 0.08;
const LEAST_AROUND: f64 = 4.0;
/// A cluster has at least so many points.
const LEAST_POINTS: usize = 25;

/// The clusters of the interior's points, those with the lowest places first.
pub fn find(interior: &Interior) -> Vec<Vec<[f32; 3]>> {
    let finite = |point: &&[f32; 3]| point.iter().all(|v| v.is_finite());
    let points: Vec<[f32; 3]> = interior.points.iter().filter(finite).copied().collect();
    let Some(grid) = Grid::new(&points, CELL.max(1.8 * interior.side)) else {
        return Vec::new();
    };
    let dense = dense(&grid);
    let mut sets = Sets::new(grid.cells.len());
    for (index, cell) in grid.cells.iter().enumerate() {
        for other in grid.neighbors(cell) {
            let distance = distance(cell.mean, grid.cells[other].mean);
            if dense[index] && dense[other] && distance <= TOUCH * grid.side {
                sets.join(index, other);
            }
        }
    }
    // A thin cell belongs to the nearest dense one.
    let roots: Vec<Option<usize>> = (0..grid.cells.len())
        .map(|index| {
            if dense[index] {
                return Some(sets.root(index));
            }
            let cell = &grid.cells[index];
            let near = |other: &usize| distance(cell.mean, grid.cells[*other].mean);
            let nearest = grid
                .neighbors(cell)
                .filter(|other| dense[*other])
                .min_by(|a, b| near(a).total_cmp(&near(b)))?;
            (near(&nearest) <= TOUCH * grid.side).then(|| sets.root(nearest))
        })
        .collect();
    gather(&points, &grid, &roots)
}

fn gather(points: &[[f32; 3]], grid: &Grid, roots: &[Option<usize>]) -> Vec<Vec<[f32; 3]>> {
    let mut clusters: Vec<Vec<[f32; 3]>> = Vec::new();
    let mut numbers: Vec<usize> = vec![usize::MAX; roots.len()];
    for root in roots.iter().flatten() {
        if numbers[*root] == usize::MAX {
            numbers[*root] = clusters.len();
            clusters.push(Vec::new());
        }
    }
    for point in points {
        if let Some(root) = roots[grid.number(*point)] {
            clusters[numbers[root]].push(*point);
        }
    }
    clusters.retain(|cluster| cluster.len() >= LEAST_POINTS);
    for cluster in &mut clusters {
        // The same for any order of the points.
        cluster.sort_unstable_by(|a, b| {
            let order = |i: usize| a[i].total_cmp(&b[i]);
            order(0).then(order(1)).then(order(2))
        });
    }
    clusters
}

/// Whether each cell has enough points in it and in those around it.
fn dense(grid: &Grid) -> Vec<bool> {
    let around: Vec<u32> = grid
        .cells
        .iter()
        .map(|cell| {
            let others = grid.neighbors(cell).map(|other| grid.cells[other].count);
            cell.count + others.sum::<u32>()
        })
        .collect();
    // Half of the points rather than half of the cells: strays are many cells with few points.
    let total: u64 = grid.cells.iter().map(|cell| u64::from(cell.count)).sum();
    let mut by_cell: Vec<(u32, u32)> = around
        .iter()
        .zip(&grid.cells)
        .map(|(around, cell)| (*around, cell.count))
        .collect();
    by_cell.sort_unstable();
    let mut passed = 0;
    let middle = by_cell
        .iter()
        .find(|(_, count)| {
            passed += u64::from(*count);
            2 * passed >= total
        })
        .map_or(0, |(around, _)| *around);
    let least = (DENSE * f64::from(middle)).max(LEAST_AROUND);
    around
        .iter()
        .map(|around| f64::from(*around) >= least)
        .collect()
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
}

/// Disjoint sets (Tarjan 1975), with path halving; the root is the least member.
struct Sets {
    parents: Vec<usize>,
}

impl Sets {
    fn new(count: usize) -> Self {
        Self {
            parents: (0..count).collect(),
        }
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.parents[index] != index {
            self.parents[index] = self.parents[self.parents[index]];
            index = self.parents[index];
        }
        index
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b)] = a.min(b);
    }
}
