//! Floor and ceiling moved onto their own points inside the outline, and how far off they may be.

use crate::levels::{Level, Levels};
use crate::polygon;
use crate::roof;
use crate::sheet::{self, Block, Place, Sheet};
use crate::upright::Upright;
use crate::walls::{UNSEEN, deviation, doubled};

/// Half of the band in which a level's points lie, meters.
const BAND: f64 = 0.06;
/// Points closer to the outline than this may be of the walls, meters.
const EDGE: f64 = 0.1;
/// A sloped plane counts where it lies below the others by this, meters.
const CLEAR: f64 = 0.08;

/// What the points inside the outline say of floor and ceiling.
#[derive(Debug, Clone, Default)]
pub struct Heights {
    floor: Option<Place>,
    /// The ceiling's planes: one when it is flat, else as in [`Levels::roof`].
    ceilings: Vec<Option<Place>>,
    /// See [`doubled`].
    doubled: f64,
}

impl Heights {
    /// The noise of the quietest of the surfaces.
    pub fn quiet(&self) -> Option<f64> {
        let ceilings = self.ceilings.iter().flatten();
        let places = self.floor.iter().chain(ceilings);
        places.map(|place| place.noise).reduce(f64::min)
    }

    /// The standard deviation of the height of one of the ceiling's planes above the floor.
    pub fn deviation(&self, plane: usize) -> f64 {
        const UNKNOWN: f64 = 0.01;
        let quiet = self.quiet().unwrap_or(0.0);
        let own = |place: Option<&Place>| {
            place.map_or(UNKNOWN, |place| deviation(place, quiet, self.doubled))
        };
        let (floor, ceiling) = (
            self.floor.as_ref(),
            self.ceilings.get(plane).and_then(Option::as_ref),
        );
        let drift = match (floor, ceiling) {
            (Some(floor), Some(ceiling)) => drift(&floor.blocks, &ceiling.blocks),
            _ => 0.0,
        };
        own(floor).hypot(own(ceiling)).hypot(drift)
    }
}

/// Drift bends floor and ceiling alike where it bends the scan; the height suffers only where
/// they bend apart.
fn drift(floor: &[Block], ceiling: &[Block]) -> f64 {
    let mut apart: Vec<Block> = Vec::new();
    let mut others = ceiling.iter().peekable();
    for block in floor {
        while others.peek().is_some_and(|other| other.at < block.at) {
            others.next();
        }
        if let Some(other) = others.peek().filter(|other| other.at == block.at) {
            apart.push(Block {
                at: block.at,
                off: other.off - block.off,
                variance: block.variance + other.variance,
            });
        }
    }
    let (sum, freedom) = sheet::excess(&apart);
    UNSEEN * f64::max(sum / f64::max(freedom, 1.0), 0.0).sqrt()
}

/// Moves floor and ceiling onto the points inside the outline.
pub fn refine(scan: &Upright, levels: &mut Levels, corners: &[[f64; 2]]) -> Heights {
    let inner: Vec<([f64; 3], f64)> = scan
        .points
        .iter()
        .map(|point| (point.at.map(f64::from), f64::from(point.count)))
        .filter(|([x, y, h], _)| {
            let near = |level: &Level| (h - level.height_at(*x, *y)).abs() < 2.0 * BAND;
            let planes = levels
                .floor
                .iter()
                .chain(&levels.ceiling)
                .chain(&levels.roof);
            planes.into_iter().any(near)
        })
        .filter(|([x, y, _], _)| is_inner(corners, [*x, *y]))
        .collect();
    let floor = levels
        .floor
        .as_mut()
        .and_then(|floor| settle(floor, &inner, corners));
    if levels.roof.is_empty() {
        let ceiling = levels.ceiling.as_mut();
        let ceilings = ceiling.map(|ceiling| settle(ceiling, &inner, corners));
        return Heights {
            floor,
            ceilings: ceilings.into_iter().collect(),
            doubled: doubled(scan),
        };
    }
    let ceilings = (0..levels.roof.len())
        .map(|plane| {
            let own = lowest_at(&levels.roof, plane, &inner);
            let level = &mut levels.roof[plane];
            tilt(level, &own);
            settle(level, &own, corners)
        })
        .collect();
    Heights {
        floor,
        ceilings,
        doubled: doubled(scan),
    }
}

fn is_inner(corners: &[[f64; 2]], p: [f64; 2]) -> bool {
    polygon::contains(corners, p)
        && polygon::edges(corners).all(|(a, b)| polygon::distance_to_edge(a, b, p) > EDGE)
}

/// The points at places where one plane of the roof is clearly the lowest.
fn lowest_at(roof: &[Level], plane: usize, points: &[([f64; 3], f64)]) -> Vec<([f64; 3], f64)> {
    let is_lowest = |[x, y, _]: [f64; 3]| {
        let own = roof[plane].height_at(x, y);
        let mut others = roof.iter().enumerate().filter(|(other, _)| *other != plane);
        others.all(|(_, other)| other.height_at(x, y) > own + CLEAR)
    };
    points
        .iter()
        .filter(|(p, _)| is_lowest(*p))
        .copied()
        .collect()
}

/// Refits a sloped plane to its points.
fn tilt(level: &mut Level, points: &[([f64; 3], f64)]) {
    for _ in 0..2 {
        let held = *level;
        let near = points
            .iter()
            .filter(|([x, y, h], _)| (h - held.height_at(*x, *y)).abs() < BAND * steepness(&held))
            .copied();
        if let Some(fitted) = roof::least_squares(near) {
            *level = Level {
                facets: held.facets,
                ..fitted
            };
        }
    }
}

/// Length of the slope over its plan.
fn steepness(level: &Level) -> f64 {
    (1.0 + level.slope[0].powi(2) + level.slope[1].powi(2)).sqrt()
}

/// Moves a level up or down onto its points.
fn settle(level: &mut Level, points: &[([f64; 3], f64)], corners: &[[f64; 2]]) -> Option<Place> {
    let range = |axis: usize| {
        corners
            .iter()
            .map(|c| c[axis])
            .fold([f64::MAX, f64::MIN], |[a, b], v| [a.min(v), b.max(v)])
    };
    let (x_range, y_range) = (range(0), range(1));
    let steep = steepness(level);
    let mut place = None;
    for band in [BAND, 0.8 * BAND] {
        let mut sheet = Sheet::new([x_range[0], y_range[0]], [x_range[1], y_range[1]]);
        for ([x, y, h], weight) in points {
            let distance = h - level.height_at(*x, *y);
            if distance.abs() < band * steep {
                sheet.add([*x, *y], distance, *weight);
            }
        }
        let found = sheet.place()?;
        level.offset += found.offset;
        place = Some(found);
    }
    place
}
