//! Points that hang together.

use room_geometry::Interior;

use crate::grid::Grid;

/// A cell is at least this wide, and at most, meters.
const CELL: f64 = 0.055;
const MOST_CELL: f64 = 0.11;
/// Half of the points have at least so many around them; of sparser clouds the cells are wider.
const USUAL: f64 = 14.0;
/// Means of neighboring cells that are farther apart than this part of a cell do not touch.
const TOUCH: f64 = 1.5;
/// A cell is dense with this part of the points that half of the points have around them: an upper
/// side that is seen from afar at a flat angle has few.
const DENSE: f64 = 0.08;
const LEAST_AROUND: f64 = 4.0;
/// And with so many standard deviations more than the strays of the air.
const ABOVE_AIR: f64 = 4.0;
/// Of all places this part, those with the fewest points, is surely air.
const AIR: f64 = 0.4;
/// A cluster has at least so many points.
const LEAST_POINTS: usize = 25;

/// No point lies farther beside the outline or above the floor, meters.
const BESIDE: f64 = 1.0;
const HIGHEST: f64 = 20.0;

/// A point of the interior.
pub type Point = [f32; 3];

/// The clusters of the interior's points, and the side of the cells they were found with.
pub fn find(interior: &Interior, outline: &[[f64; 2]]) -> (Vec<Vec<Point>>, f64) {
    let bounds = bounds(outline);
    let inside = |point: &&Point| {
        let mut axes = point.iter().zip(&bounds);
        axes.all(|(value, [low, high])| (*low..=*high).contains(&f64::from(*value)))
    };
    let points: Vec<Point> = interior.points.iter().filter(inside).copied().collect();
    let first = CELL.max(1.8 * interior.side);
    let Some(mut grid) = Grid::new(&points, first) else {
        return (Vec::new(), first);
    };
    let mut around = around(&grid);
    let usual = usual(&grid, &around);
    if usual < USUAL && first < MOST_CELL {
        // On a surface the number grows with the square of the side.
        let side = first * (USUAL / usual.max(1.0)).sqrt();
        if let Some(wider) = Grid::new(&points, side.min(MOST_CELL)) {
            grid = wider;
            around = self::around(&grid);
        }
    }
    let dense = dense(&grid, &around);
    let mut clusters = gather(&points, &grid, &roots(&grid, &dense));
    clusters.retain(|cluster| cluster.len() >= LEAST_POINTS);
    (clusters, grid.side)
}

/// Where a room's points can be: a single one far away would make the grid coarse.
fn bounds(outline: &[[f64; 2]]) -> [[f64; 2]; 3] {
    let side = |axis: usize| {
        let corners = outline.iter().map(|corner| corner[axis]);
        corners.fold([-BESIDE, BESIDE], |[low, high], at| {
            [low.min(at - BESIDE), high.max(at + BESIDE)]
        })
    };
    [side(0), side(1), [-BESIDE, HIGHEST]]
}

/// The parts of a cluster that hang together in cells of the given side, all of its points kept.
pub fn finer(points: &[Point], side: f64) -> Vec<Vec<Point>> {
    let Some(grid) = Grid::new(points, side) else {
        return Vec::new();
    };
    let dense = vec![true; grid.cells.len()];
    gather(points, &grid, &roots(&grid, &dense))
}

/// For each cell the dense one to whose set it belongs.
fn roots(grid: &Grid, dense: &[bool]) -> Vec<Option<usize>> {
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
    (0..grid.cells.len())
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
        .collect()
}

fn gather(points: &[Point], grid: &Grid, roots: &[Option<usize>]) -> Vec<Vec<Point>> {
    let mut clusters: Vec<Vec<Point>> = Vec::new();
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
    for cluster in &mut clusters {
        // The same for any order of the points.
        cluster.sort_unstable_by(|a, b| {
            let order = |i: usize| a[i].total_cmp(&b[i]);
            order(0).then(order(1)).then(order(2))
        });
    }
    clusters
}

/// Number of points in each cell and in those around it.
fn around(grid: &Grid) -> Vec<u32> {
    grid.cells
        .iter()
        .map(|cell| {
            let others = grid.neighbors(cell).map(|other| grid.cells[other].count);
            cell.count + others.sum::<u32>()
        })
        .collect()
}

/// What half of the points have around them: of points rather than of cells, as strays are many
/// cells with few points.
fn usual(grid: &Grid, around: &[u32]) -> f64 {
    let total: u64 = grid.cells.iter().map(|cell| u64::from(cell.count)).sum();
    let mut by_cell: Vec<(u32, u32)> = around
        .iter()
        .zip(&grid.cells)
        .map(|(around, cell)| (*around, cell.count))
        .collect();
    by_cell.sort_unstable();
    let mut passed = 0;
    let middle = by_cell.iter().find(|(_, count)| {
        passed += u64::from(*count);
        2 * passed >= total
    });
    middle.map_or(0.0, |(around, _)| f64::from(*around))
}

/// Whether each cell has enough points in it and in those around it.
fn dense(grid: &Grid, around: &[u32]) -> Vec<bool> {
    let air = air(grid);
    let above_air = air + ABOVE_AIR * air.sqrt();
    let least = (DENSE * usual(grid, around))
        .max(LEAST_AROUND)
        .max(above_air);
    around
        .iter()
        .map(|around| f64::from(*around) >= least)
        .collect()
}

/// How many strays a place in the air has around it: most of a room is air, so that a part of all
/// places, empty ones too, with the fewest points holds nothing but strays.
fn air(grid: &Grid) -> f64 {
    let mut blocks = grid.blocks();
    let index = (AIR * blocks.len() as f64) as usize;
    if index >= blocks.len() {
        return 0.0;
    }
    f64::from(*blocks.select_nth_unstable(index).1)
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
