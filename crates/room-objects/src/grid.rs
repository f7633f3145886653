//! Points sorted into cubes.

/// Most cubes; with more the side is doubled.
const MOST: usize = 4_000_000;

/// A cube with points.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Place in the grid.
    pub place: [usize; 3],
    /// Mean of the points.
    pub mean: [f64; 3],
    /// Number of points.
    pub count: u32,
}

/// Cubes of equal side over the box of the points.
#[derive(Debug)]
pub struct Grid {
    pub side: f64,
    low: [f64; 3],
    size: [usize; 3],
    /// Number of each cube's cell and one; 0 for an empty cube.
    numbers: Vec<u32>,
    /// The cubes with points, in the order of their places.
    pub cells: Vec<Cell>,
}

impl Grid {
    /// `None` without points. Points must be finite.
    pub fn new(points: &[[f32; 3]], side: f64) -> Option<Self> {
        let mut low = [f64::INFINITY; 3];
        let mut high = [f64::NEG_INFINITY; 3];
        for point in points {
            for axis in 0..3 {
                low[axis] = low[axis].min(f64::from(point[axis]));
                high[axis] = high[axis].max(f64::from(point[axis]));
            }
        }
        if !(0..3).all(|axis| high[axis] >= low[axis] && (high[axis] - low[axis]).is_finite()) {
            return None;
        }
        let mut side = side.max(0.01);
        let sized = |side: f64| [0, 1, 2].map(|i| (high[i] - low[i]) / side + 1.0);
        while sized(side).iter().product::<f64>() > MOST as f64 {
            side *= 2.0;
        }
        let size = sized(side).map(|count| count as usize);
        let mut grid = Self {
            side,
            low,
            size,
            numbers: vec![0; size.iter().product()],
            cells: Vec::new(),
        };
        grid.fill(points);
        Some(grid)
    }

    fn fill(&mut self, points: &[[f32; 3]]) {
        for point in points {
            let index = self.index(self.place(*point));
            self.numbers[index] = 1;
        }
        let mut next = 0;
        let [_, rows, layers] = self.size;
        for (index, number) in self.numbers.iter_mut().enumerate() {
            if *number > 0 {
                next += 1;
                *number = next;
                self.cells.push(Cell {
                    place: [
                        index / (rows * layers),
                        index / layers % rows,
                        index % layers,
                    ],
                    mean: [0.0; 3],
                    count: 0,
                });
            }
        }
        for point in points {
            let number = self.number(*point);
            let cell = &mut self.cells[number];
            cell.count += 1;
            for (sum, value) in cell.mean.iter_mut().zip(point) {
                *sum += f64::from(*value);
            }
        }
        for cell in &mut self.cells {
            cell.mean = cell.mean.map(|sum| sum / f64::from(cell.count.max(1)));
        }
    }

    fn place(&self, point: [f32; 3]) -> [usize; 3] {
        [0, 1, 2].map(|axis| {
            let at = (f64::from(point[axis]) - self.low[axis]) / self.side;
            (at.max(0.0) as usize).min(self.size[axis] - 1)
        })
    }

    fn index(&self, [x, y, z]: [usize; 3]) -> usize {
        (x * self.size[1] + y) * self.size[2] + z
    }

    /// The number of the cell in which one of the grid's points lies.
    pub fn number(&self, point: [f32; 3]) -> usize {
        (self.numbers[self.index(self.place(point))] as usize).saturating_sub(1)
    }

    /// Numbers of points in blocks of three cells each way, empty ones too: as many cells as a cell
    /// and those around it.
    pub fn blocks(&self) -> Vec<u32> {
        let size = self.size.map(|count| count.div_ceil(3));
        let mut counts = vec![0u32; size.iter().product()];
        for cell in &self.cells {
            let [x, y, z] = cell.place.map(|at| at / 3);
            counts[(x * size[1] + y) * size[2] + z] += cell.count;
        }
        counts
    }

    /// The numbers of the cells that touch a cell, itself not among them.
    pub fn neighbors(&self, cell: &Cell) -> impl Iterator<Item = usize> {
        let [xs, ys, zs] = [0, 1, 2].map(|axis| {
            let at = cell.place[axis];
            at.saturating_sub(1)..(at + 2).min(self.size[axis])
        });
        let own = self.index(cell.place);
        xs.flat_map(move |x| {
            let zs = zs.clone();
            ys.clone()
                .flat_map(move |y| zs.clone().map(move |z| [x, y, z]))
        })
        .filter_map(move |place| {
            let index = self.index(place);
            let number = self.numbers[index];
            (number > 0 && index != own).then(|| number as usize - 1)
        })
    }
}
