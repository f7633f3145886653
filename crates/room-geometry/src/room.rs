//! From points to the measured room: the steps in their order.

use std::fmt;

use room_scan::{Measurements, PointCloud};

use crate::interior::{Bands, Interior};
use crate::levels::{self, Levels, Stand};
use crate::model::{Coverage, Measure, PointCount, RoomGeometry, Source, Up, Wall};
use crate::patches;
use crate::placement::Placement;
use crate::plan::{CEILING, FLOOR, Plan};
use crate::shape::{self, Shape};
use crate::thinning::{self, Thinned};
use crate::upright::Upright;
use crate::{
    Analysis, Options, agreement, ceilings, figures, lines, polygon, strays, thickness, up,
};

/// Why the points hold no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRoom {
    TooFewPoints,
    TooSpread,
    NoSurfaces,
    NoRegion,
}

impl fmt::Display for NoRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooFewPoints => "The scan holds too few points to measure a room from.",
            Self::TooSpread => {
                "The points of the scan lie too far apart to show the surfaces of a room."
            }
            Self::NoSurfaces => "The points of the scan show no floor and walls.",
            Self::NoRegion => "The points of the scan do not enclose a room.",
        })
    }
}

/// Fewer points than this show no room, whatever their place.
const MIN_POINTS: usize = 300;
/// A point within these distances of the shell is on it, meters: the least, the most.
const LEAST_BAND: f64 = 0.03;
const MOST_BAND: f64 = 0.08;
/// With voxels wider than this, walls are not told from furniture.
const MAX_VOXEL: f64 = 0.2;

/// Measures the room from the points alone; the app's figures are only compared.
pub fn from_points(
    cloud: &PointCloud,
    app: &Measurements,
    options: &Options,
) -> Result<Analysis, NoRoom> {
    if cloud.len() < MIN_POINTS {
        return Err(NoRoom::TooFewPoints);
    }
    let mut thinned = thinning::thin(cloud).ok_or(NoRoom::TooFewPoints)?;
    options.report(0.4);
    if thinned.side > MAX_VOXEL {
        return Err(NoRoom::TooSpread);
    }
    thinned.clipped += strays::remove(&mut thinned);
    let patches = patches::fit(&thinned);
    options.report(0.6);
    let up = up::direction(&patches).ok_or(NoRoom::NoSurfaces)?;
    let (scan, mut levels) = stand_up(up, &thinned, &patches);
    if levels.floor.is_none() && levels.ceiling.is_none() {
        return Err(NoRoom::NoSurfaces);
    }
    options.report(0.7);
    let walls = lines::find(&scan, &levels);
    let plan = Plan::new(&scan, &levels).ok_or(NoRoom::NoRegion)?;
    let shape = shape::find(&scan, &mut levels, &plan, &walls).ok_or(NoRoom::NoRegion)?;
    options.report(0.9);
    Ok(describe(
        cloud, app, &thinned, &scan, &levels, &plan, &shape,
    ))
}

/// Turns the scan upright, and once more by what floor and ceiling say.
fn stand_up(mut up: [f64; 3], thinned: &Thinned, patches: &patches::Patches) -> (Upright, Levels) {
    let mut scan = Upright::new(up, thinned, patches);
    let mut levels = levels::find(&scan, Stand::Roughly);
    for _ in 0..2 {
        let Some(slope) = levels::slope(&levels) else {
            break;
        };
        up = up::refine(up, scan.basis.x, scan.basis.y, slope);
        scan = Upright::new(up, thinned, patches);
        levels = levels::find(&scan, Stand::Upright);
    }
    levels.raise_roof(&scan);
    (scan, levels)
}

fn describe(
    cloud: &PointCloud,
    app: &Measurements,
    thinned: &Thinned,
    scan: &Upright,
    levels: &Levels,
    plan: &Plan,
    shape: &Shape,
) -> Analysis {
    let height = height(levels, shape);
    let figures = figures::measure(&figures::Shell {
        corners: &shape.corners,
        rectangle: &shape.rectangle,
        fits: &shape.fits,
        height,
        columns: &shape.columns,
        volume: volume(levels, shape),
    });
    let place = Placement {
        thinned,
        basis: &scan.basis,
        rectangle: &shape.rectangle,
        bottom: levels.bottom,
    };
    let outline = place.outline(&shape.corners);
    let walls = walls_of(scan, levels, shape, &outline, height);
    let ceilings = shape.parts.iter().map(|part| place.ceiling(part)).collect();
    let up = up::name(scan.basis.up);
    let mut notes = figures.notes;
    if !levels.has_ceiling() {
        notes.push("The height is not determined: no ceiling was seen.".to_owned());
    }
    if levels.floor.is_none() {
        notes.push("The height is not determined: no floor was seen.".to_owned());
    }
    let geometry = RoomGeometry {
        source: Source::Points,
        up,
        floor_height: levels.floor.map(|level| place.height(&level, &up)),
        ceiling_height: ceiling_height(levels, &place, height, &up),
        dimensions: figures.dimensions,
        frame: place.frame(),
        coverage: coverage(plan, shape, &walls),
        points: count(cloud, thinned, scan),
        agreement: agreement::compare(&figures.dimensions, app),
        outline,
        walls,
        ceilings,
        levels: shape.podiums.iter().map(|p| place.level(p)).collect(),
        columns: shape
            .columns
            .iter()
            .map(|c| place.column(c, height))
            .collect(),
        openings: Vec::new(),
        objects: Vec::new(),
        notes,
    };
    let interior = interior(thinned, scan, levels, &place, &geometry);
    Analysis { geometry, interior }
}

/// The scan's points in the floor frame, parted into those on the shell and the others.
fn interior(
    thinned: &Thinned,
    scan: &Upright,
    levels: &Levels,
    place: &Placement,
    geometry: &RoomGeometry,
) -> Interior {
    let noise = levels
        .floor
        .iter()
        .chain(&levels.ceiling)
        .chain(&levels.roof)
        .map(|level| level.noise)
        .fold(0.0, f64::max);
    let band = (3.0 * noise).clamp(LEAST_BAND, MOST_BAND);
    let bands = Bands {
        level: band,
        walls: geometry
            .walls
            .iter()
            .map(|wall| (band + 0.5 * wall.uncertainty).min(MOST_BAND))
            .collect(),
    };
    let points = scan.points.iter().map(|point| {
        let [x, y, h] = point.at.map(f64::from);
        let [x, y] = place.plan([x, y]);
        [x, y, h - levels.bottom].map(|v| v as f32)
    });
    Interior::new(geometry, &bands, thinned.side, points)
}

/// Floor to ceiling: in the middle of the room, or where a sloped ceiling is highest.
fn height(levels: &Levels, shape: &Shape) -> Option<Measure> {
    let floor = levels.floor.as_ref()?;
    ceilings::height(&shape.parts, floor, shape.rectangle.center()).map(figures::stretched)
}

/// What lies between floor and ceiling, without columns and podiums.
fn volume(levels: &Levels, shape: &Shape) -> Option<f64> {
    let floor = levels.floor.as_ref().filter(|_| !shape.parts.is_empty())?;
    let podiums: f64 = shape
        .podiums
        .iter()
        .map(|podium| podium.height * polygon::area(&podium.corners))
        .sum();
    let columns: f64 = shape
        .columns
        .iter()
        .map(|column| {
            let [x, y] = polygon::centroid(column);
            polygon::area(column) * (levels.top_at(x, y) - levels.bottom)
        })
        .sum();
    Some(ceilings::volume(&shape.parts, floor) - podiums - columns)
}

/// Where the ceiling is along the named upward direction; of a sloped one the highest point.
fn ceiling_height(
    levels: &Levels,
    place: &Placement,
    height: Option<Measure>,
    up: &Up,
) -> Option<f64> {
    if levels.roof.is_empty() {
        return levels.ceiling.map(|level| place.height(&level, up));
    }
    let floor = levels.floor.map(|level| place.height(&level, up))?;
    height.map(|height| floor + height.value)
}

fn walls_of(
    scan: &Upright,
    levels: &Levels,
    shape: &Shape,
    outline: &[[f64; 2]],
    height: Option<Measure>,
) -> Vec<Wall> {
    let upright = polygon::edges(&shape.corners);
    polygon::edges(outline)
        .zip(upright)
        .zip(shape.ring.lines.iter().zip(&shape.ring.origins))
        .zip(&shape.fits)
        .map(|((((start, end), (a, b)), (line, origin)), fit)| {
            let support = shape.supports.get(*origin);
            let (coverage, open) = support.map_or((0.0, 1.0), |support| {
                let (from, to) = (support.line.along(a), support.line.along(b));
                let part = support.free_length(from, to) / (to - from).abs().max(1e-9);
                (support.coverage(from, to), part)
            });
            Wall {
                start,
                end,
                height: height.map(|height| wall_height(levels, height.value, a, b)),
                thickness: thickness::measure(scan, levels, line, (a, b)),
                coverage,
                uncertainty: fit.uncertainty.unwrap_or(0.3),
                open: fit.uncertainty.is_none() || open > 0.5,
            }
        })
        .collect()
}

/// The greatest height of a wall between two places: below a ridge it lies between its ends.
fn wall_height(levels: &Levels, height: f64, a: [f64; 2], b: [f64; 2]) -> f64 {
    if levels.roof.is_empty() {
        return height;
    }
    (0..=32)
        .map(|i| f64::from(i) / 32.0)
        .map(|t| levels.top_at(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
        .fold(0.0, |most: f64, top| most.max(top - levels.bottom))
}

fn coverage(plan: &Plan, shape: &Shape, walls: &[Wall]) -> Coverage {
    let mut cells = 0.0f64;
    let mut seen = [0.0; 2];
    for (index, cell) in plan.cells.iter().enumerate() {
        if polygon::contains(&shape.corners, plan.center(index)) {
            cells += 1.0;
            for (seen, flag) in seen.iter_mut().zip([FLOOR, CEILING]) {
                *seen += f64::from(u8::from(cell & flag != 0));
            }
        }
    }
    let length = |wall: &Wall| (wall.end[0] - wall.start[0]).hypot(wall.end[1] - wall.start[1]);
    let total: f64 = walls.iter().map(length).sum();
    let covered: f64 = walls.iter().map(|wall| length(wall) * wall.coverage).sum();
    Coverage {
        floor: seen[0] / cells.max(1.0),
        ceiling: seen[1] / cells.max(1.0),
        walls: covered / total.max(1e-9),
    }
}

fn count(cloud: &PointCloud, thinned: &Thinned, scan: &Upright) -> PointCount {
    let lone: f64 = scan
        .facets
        .iter()
        .filter(|facet| !facet.solid)
        .map(|facet| facet.count)
        .sum();
    let outliers = cloud.invalid + thinned.clipped + lone as u64;
    PointCount {
        given: cloud.given.max(cloud.len() as u64),
        used: (cloud.len() as u64).saturating_sub(thinned.clipped + lone as u64),
        outliers,
    }
}
