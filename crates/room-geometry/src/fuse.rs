//! Several scans of one room into one measurement.
//!
//! Each scan is measured by itself. The floor frames then bring the scans together up to a turn
//! and a shift: of all that put the rectangles onto each other, the one with the greatest overlap
//! is taken and refined by fitting points to the walls' planes (point to plane, Chen and Medioni
//! 1992). The joint points give shape and coverage; the figures are means of the single ones,
//! weighted by their uncertainties, since what a scan gets wrong as a whole, its scale above all,
//! does not average out over its own points.

use room_scan::{Measurements, PointCloud};

use crate::model::{Dimensions, Frame, Measure, RoomGeometry, Source, Wall};
use crate::vector::{add, dot, scale, sub};
use crate::{Analysis, AnalysisError, Options, agreement, analyze_with, polygon};

/// Points kept of all scans together.
const MOST_POINTS: usize = 1_500_000;
/// Points by which two scans are compared: while searching, and at last.
const SEARCH: usize = 1200;
const SAMPLE: usize = 6000;
/// Side of the cubes in which both scans must have points, meters.
const CELL: f64 = 0.15;
/// Scans of the same room have at least this part of their points in common.
const SAME_ROOM: f64 = 0.6;
/// Distances within which points belong to a wall, meters, from the first step to the last.
const REACH: [f64; 8] = [0.3, 0.25, 0.2, 0.15, 0.1, 0.08, 0.06, 0.06];
/// Walls that match lie within this distance, meters.
const SAME_WALL: f64 = 0.15;

/// A room measured from several scans.
#[derive(Debug, Clone)]
pub struct Fusion {
    /// The room, in the coordinates of the scan that determines most of it.
    pub analysis: Analysis,
    /// Which of the scans are in it; the others show no room, or another one.
    pub used: Vec<bool>,
}

/// Measures the room of which all `clouds` are scans. Without one that shows a room, it is
/// measured from the first scan and the app's figures as [`crate::analyze_with`] does.
///
/// # Errors
/// [`AnalysisError::NothingToMeasure`] when there is neither a room nor a figure of the app.
pub fn fuse(
    clouds: &[PointCloud],
    app: &Measurements,
    options: &Options,
) -> Result<Fusion, AnalysisError> {
    let quiet = Options::default();
    let mut singles: Vec<Option<Analysis>> = Vec::with_capacity(clouds.len());
    for (index, cloud) in clouds.iter().enumerate() {
        let single = analyze_with(cloud, &Measurements::default(), &quiet).ok();
        singles.push(single.filter(|s| s.geometry.source == Source::Points));
        options.report(0.7 * (index + 1) as f64 / clouds.len() as f64);
    }
    let mut used = vec![false; clouds.len()];
    let Some(first) = best(&singles) else {
        let none = PointCloud::default();
        let analysis = analyze_with(clouds.first().unwrap_or(&none), app, &quiet)?;
        return Ok(Fusion { analysis, used });
    };
    let mut members: Vec<(usize, &Analysis, Pose)> = Vec::new();
    if let Some(reference) = &singles[first] {
        members.push((first, reference, Pose::default()));
        for (index, single) in singles.iter().enumerate() {
            if let Some(single) = single.as_ref().filter(|_| index != first)
                && let Some(pose) = align(reference, single)
            {
                members.push((index, single, pose));
            }
        }
    }
    for (index, ..) in &members {
        used[*index] = true;
    }
    let joint = join(clouds, &members);
    let mut analysis = analyze_with(&joint, app, &quiet)?;
    if members.len() > 1 && analysis.geometry.source == Source::Points {
        combine(&mut analysis.geometry, &members, app);
    }
    options.report(1.0);
    Ok(Fusion { analysis, used })
}

/// The scan that determines most figures, and of these the one that saw most of the walls.
fn best(singles: &[Option<Analysis>]) -> Option<usize> {
    let rank = |single: &Analysis| {
        let d = &single.geometry.dimensions;
        let known = [d.length, d.width, d.height, d.floor_area];
        let count = known.iter().flatten().count() as f64;
        count + single.geometry.coverage.walls
    };
    let mut best: Option<(usize, f64)> = None;
    for (index, single) in singles.iter().enumerate() {
        if let Some(rank) = single.as_ref().map(rank)
            && best.is_none_or(|(_, most)| rank > most)
        {
            best = Some((index, rank));
        }
    }
    best.map(|(index, _)| index)
}

/// How one floor frame lies in another: a turn around the vertical and a shift.
#[derive(Debug, Clone, Copy)]
struct Pose {
    cosine: f64,
    sine: f64,
    shift: [f64; 2],
}

impl Default for Pose {
    fn default() -> Self {
        Self {
            cosine: 1.0,
            sine: 0.0,
            shift: [0.0; 2],
        }
    }
}

impl Pose {
    fn place(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [
            self.cosine * x - self.sine * y + self.shift[0],
            self.sine * x + self.cosine * y + self.shift[1],
        ]
    }
}

/// The pose of a scan in the frame of another one, if they show the same room.
fn align(reference: &Analysis, other: &Analysis) -> Option<Pose> {
    let cells = occupied(reference);
    let rough = sample(other, SEARCH);
    let mut best: Option<(f64, Pose)> = None;
    for pose in candidates(&reference.geometry, &other.geometry) {
        let overlap = overlap(&cells, &rough, &pose);
        if best.is_none_or(|(most, _)| overlap > most) {
            best = Some((overlap, pose));
        }
    }
    let mut pose = best?.1;
    let points = sample(other, SAMPLE);
    for reach in REACH {
        pose = step(&reference.geometry.walls, &points, &pose, reach);
    }
    (overlap(&cells, &points, &pose) >= SAME_ROOM).then_some(pose)
}

/// The four turns, each with the shifts that put sides or middles of the rectangles together.
fn candidates(reference: &RoomGeometry, other: &RoomGeometry) -> Vec<Pose> {
    let range = |corners: &[[f64; 2]], axis: usize| {
        corners
            .iter()
            .map(|c| c[axis])
            .fold([f64::MAX, f64::MIN], |[a, b], v| [a.min(v), b.max(v)])
    };
    let mut poses = Vec::new();
    for (cosine, sine) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
        let turned = Pose {
            cosine,
            sine,
            shift: [0.0; 2],
        };
        let corners: Vec<[f64; 2]> = other.outline.iter().map(|c| turned.place(*c)).collect();
        let shifts = [0, 1].map(|axis| {
            let (to, from) = (range(&reference.outline, axis), range(&corners, axis));
            let (low, high) = (to[0] - from[0], to[1] - from[1]);
            [0.5 * (low + high), low, high]
        });
        for x in shifts[0] {
            for y in shifts[1] {
                poses.push(Pose {
                    shift: [x, y],
                    ..turned
                });
            }
        }
    }
    poses
}

/// Every n-th point, so that about `most` remain.
fn sample(analysis: &Analysis, most: usize) -> Vec<[f64; 3]> {
    let step = analysis.interior.all().count().div_ceil(most).max(1);
    analysis.interior.all().step_by(step).collect()
}

/// The cubes with points, sorted.
fn occupied(analysis: &Analysis) -> Vec<[i32; 3]> {
    let mut cells: Vec<[i32; 3]> = analysis.interior.all().map(cube).collect();
    cells.sort_unstable();
    cells.dedup();
    cells
}

fn cube(p: [f64; 3]) -> [i32; 3] {
    p.map(|v| (v / CELL).floor() as i32)
}

/// The part of the points that lie in cubes with points.
fn overlap(cells: &[[i32; 3]], points: &[[f64; 3]], pose: &Pose) -> f64 {
    let hits = points.iter().filter(|[x, y, h]| {
        let [x, y] = pose.place([*x, *y]);
        cells.binary_search(&cube([x, y, *h])).is_ok()
    });
    hits.count() as f64 / points.len().max(1) as f64
}

/// One step of fitting points to the planes of the walls that they are near to.
fn step(walls: &[Wall], points: &[[f64; 3]], pose: &Pose, reach: f64) -> Pose {
    // Normal equations of turn, shift x, shift y; a little weight holds what no wall determines.
    let mut a = [[1e-6, 0.0, 0.0], [0.0, 1e-6, 0.0], [0.0, 0.0, 1e-6]];
    let mut b = [0.0; 3];
    for [x, y, h] in points {
        if *h < 0.2 {
            continue;
        }
        let p = pose.place([*x, *y]);
        let nearest = walls
            .iter()
            .filter(|wall| !wall.open)
            .map(|wall| (polygon::distance_to_edge(wall.start, wall.end, p), wall))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, wall)) = nearest.filter(|(distance, _)| *distance < reach) else {
            continue;
        };
        let normal = outward(wall);
        let off = normal[0] * (p[0] - wall.start[0]) + normal[1] * (p[1] - wall.start[1]);
        let row = [normal[1] * p[0] - normal[0] * p[1], normal[0], normal[1]];
        for i in 0..3 {
            for j in 0..3 {
                a[i][j] += row[i] * row[j];
            }
            b[i] -= row[i] * off;
        }
    }
    let [turn, x, y] = solve(a, b);
    let (s, c) = turn.clamp(-0.1, 0.1).sin_cos();
    Pose {
        cosine: c * pose.cosine - s * pose.sine,
        sine: s * pose.cosine + c * pose.sine,
        shift: [
            c * pose.shift[0] - s * pose.shift[1] + x,
            s * pose.shift[0] + c * pose.shift[1] + y,
        ],
    }
}

/// Unit normal of a wall away from the room.
fn outward(wall: &Wall) -> [f64; 2] {
    let (a, b) = (wall.start, wall.end);
    let length = (b[0] - a[0]).hypot(b[1] - a[1]).max(1e-9);
    [(b[1] - a[1]) / length, (a[0] - b[0]) / length]
}

/// Solves three equations by elimination; the matrix is symmetric and positive.
fn solve(mut a: [[f64; 3]; 3], mut b: [f64; 3]) -> [f64; 3] {
    for i in 0..3 {
        for j in i + 1..3 {
            let factor = a[j][i] / a[i][i];
            let pivot = a[i];
            for (value, above) in a[j].iter_mut().zip(pivot).skip(i) {
                *value -= factor * above;
            }
            b[j] -= factor * b[i];
        }
    }
    let mut x = [0.0; 3];
    for i in (0..3).rev() {
        let rest: f64 = (i + 1..3).map(|k| a[i][k] * x[k]).sum();
        x[i] = (b[i] - rest) / a[i][i];
    }
    x.map(|v| if v.is_finite() { v } else { 0.0 })
}

/// All points in the coordinates of the first member.
fn join(clouds: &[PointCloud], members: &[(usize, &Analysis, Pose)]) -> PointCloud {
    let total: usize = members.iter().map(|(index, ..)| clouds[*index].len()).sum();
    let keep = total.div_ceil(MOST_POINTS).max(1);
    let mut joint = PointCloud::default();
    let Some((first, reference, _)) = members.first() else {
        return joint;
    };
    let (origin, to) = (clouds[*first].origin, &reference.geometry.frame);
    joint.origin = origin;
    joint.positions.reserve(total / keep + members.len());
    for (index, single, pose) in members {
        let cloud = &clouds[*index];
        joint.given += cloud.given.max(cloud.len() as u64);
        joint.invalid += cloud.invalid;
        let from = &single.geometry.frame;
        for position in cloud.positions.iter().step_by(keep) {
            let p = add(cloud.origin, position.map(f64::from));
            let p = if index == first {
                p
            } else {
                carry(from, pose, to, p)
            };
            joint.positions.push(sub(p, origin).map(|v| v as f32));
        }
    }
    joint
}

/// A point from the coordinates of one scan to those of another.
fn carry(from: &Frame, pose: &Pose, to: &Frame, p: [f64; 3]) -> [f64; 3] {
    let off = sub(p, from.origin);
    let [x, y] = pose.place([dot(off, from.axis_x), dot(off, from.axis_y)]);
    let h = dot(off, from.up);
    let across = add(scale(to.axis_x, x), scale(to.axis_y, y));
    add(to.origin, add(across, scale(to.up, h)))
}

/// Puts the means of the single figures in place of those of the joint points.
fn combine(joint: &mut RoomGeometry, members: &[(usize, &Analysis, Pose)], app: &Measurements) {
    let mean = |pick: fn(&Dimensions) -> Option<Measure>| {
        let own = pick(&joint.dimensions);
        let singles: Vec<Measure> = members
            .iter()
            .filter_map(|(_, single, _)| pick(&single.geometry.dimensions))
            // A scan that shows only a part of the room says nothing of the whole.
            .filter(|m| own.is_some_and(|own| (m.value - own.value).abs() < 0.03 * own.value))
            .collect();
        weighted_mean(&singles).or(own)
    };
    let dimensions = Dimensions {
        length: mean(|d| d.length),
        width: mean(|d| d.width),
        height: mean(|d| d.height),
        floor_area: mean(|d| d.floor_area),
        perimeter: mean(|d| d.perimeter),
        volume: mean(|d| d.volume),
    };
    joint.agreement = agreement::compare(&dimensions, app);
    joint.dimensions = dimensions;
    let (_, reference, _) = members[0];
    for wall in &mut joint.walls {
        let seen = members.iter().filter(|(_, single, pose)| {
            let own = &reference.geometry.frame;
            sees(&single.geometry, pose, own, &joint.frame, wall)
        });
        wall.uncertainty /= (seen.count().max(1) as f64).sqrt();
    }
    joint.notes.push(format!(
        "Measured from {} scans of the same room.",
        members.len()
    ));
}

/// Whether a single scan has a wall where the joint one has it.
fn sees(single: &RoomGeometry, pose: &Pose, own: &Frame, joint: &Frame, wall: &Wall) -> bool {
    let middle = [0, 1].map(|i| 0.5 * (wall.start[i] + wall.end[i]));
    let identity = Pose::default();
    let flat = |p: [f64; 2]| {
        let across = add(scale(joint.axis_x, p[0]), scale(joint.axis_y, p[1]));
        let off = sub(add(joint.origin, across), own.origin);
        identity.place([dot(off, own.axis_x), dot(off, own.axis_y)])
    };
    let middle = flat(middle);
    single.walls.iter().filter(|wall| !wall.open).any(|wall| {
        let (a, b) = (pose.place(wall.start), pose.place(wall.end));
        polygon::distance_to_edge(a, b, middle) < SAME_WALL
    })
}

/// The mean weighted by certainty. Where the figures scatter more than they say, the uncertainty
/// grows by as much (Birge 1932).
fn weighted_mean(figures: &[Measure]) -> Option<Measure> {
    let weight = |m: &Measure| 1.0 / m.uncertainty.max(1e-4).powi(2);
    let total: f64 = figures.iter().map(weight).sum();
    if figures.is_empty() {
        return None;
    }
    let value = figures.iter().map(|m| weight(m) * m.value).sum::<f64>() / total;
    // Of deviations in units of their standard deviation.
    let squares: f64 = figures
        .iter()
        .map(|m| weight(m) * 1.96f64.powi(2) * (m.value - value).powi(2))
        .sum();
    let freedom = figures.len() as f64 - 1.0;
    let birge = (squares / freedom.max(1.0)).max(1.0).sqrt();
    Some(Measure {
        value,
        uncertainty: birge / total.sqrt(),
    })
}
