//! Upright boxes around clusters.

use std::f64::consts::{FRAC_PI_2, PI};

use room_geometry::model::{RoomGeometry, Support};

/// Strays: this part of the points at each end lies outside the box.
const TRIM: f64 = 0.015;
/// A box along a wall may be larger than the smallest one by this factor.
const SNAP: f64 = 1.1;
/// A small one, of which only a side may be seen, by this one.
const SNAP_SMALL: f64 = 1.7;
const SMALL: f64 = 0.8;
/// Turns that are tried beside those of the walls.
const TURNS: u32 = 18;
/// More points than this do not turn the box better.
const SAMPLE: usize = 1500;
/// A rear side this close to a wall was hidden by the piece itself: any, a long one's, and that
/// of a tall one whose upper side nobody sees; meters.
const HIDDEN: f64 = 0.16;
const HIDDEN_LONG: f64 = 0.3;
const HIDDEN_TALL: f64 = 0.65;
const LONG: f64 = 0.5;
/// Higher than people look down on, meters.
const TALL: f64 = 1.45;
/// So far from the wall furniture stands, meters.
const GAP: f64 = 0.03;
/// Nothing smaller than this is furniture: the largest side, meters.
const LEAST_SIZE: f64 = 0.25;
/// No side is thinner, meters.
const THINNEST: f64 = 0.03;

/// A cluster in its box.
#[derive(Debug, Clone)]
pub struct Boxed {
    pub points: Vec<[f32; 3]>,
    /// Of the box's first axis from the plan's x, radians.
    pub turn: f64,
    /// Extent along the first axis, across it, and over the height; meters.
    pub along: [f64; 2],
    pub across: [f64; 2],
    pub low: f64,
    pub high: f64,
    /// The first two as they were seen, before they were drawn out to walls.
    pub seen: [[f64; 2]; 2],
    /// Whether one of its sides was drawn out to a wall.
    pub at_wall: bool,
    pub support: Option<Support>,
}

impl Boxed {
    /// Coordinates along and across.
    pub fn coordinates(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        turned([x, y], self.turn)
    }

    pub fn center(&self) -> [f64; 2] {
        let (u, v) = (
            0.5 * (self.along[0] + self.along[1]),
            0.5 * (self.across[0] + self.across[1]),
        );
        turned([u, v], -self.turn)
    }

    /// Whether a place of the plan is in the box, widened by a margin.
    pub fn covers(&self, p: [f64; 2], margin: f64) -> bool {
        let [u, v] = self.coordinates(p);
        let within = |[from, to]: [f64; 2], at: f64| at >= from - margin && at <= to + margin;
        within(self.along, u) && within(self.across, v)
    }

    pub fn sides(&self) -> [f64; 2] {
        let (a, b) = (
            self.along[1] - self.along[0],
            self.across[1] - self.across[0],
        );
        [a.max(b), a.min(b)]
    }
}

/// Coordinates in axes turned by an angle.
pub fn turned([x, y]: [f64; 2], turn: f64) -> [f64; 2] {
    let (s, c) = turn.sin_cos();
    [c * x + s * y, c * y - s * x]
}

/// From a place of the plan to the nearest wall, meters.
pub fn to_walls([x, y]: [f64; 2], geometry: &RoomGeometry) -> f64 {
    let apart = geometry.walls.iter().map(|wall| {
        let step = [0, 1].map(|i| wall.end[i] - wall.start[i]);
        let square = step[0] * step[0] + step[1] * step[1];
        let (dx, dy) = (x - wall.start[0], y - wall.start[1]);
        let part = ((dx * step[0] + dy * step[1]) / square.max(1e-9)).clamp(0.0, 1.0);
        (dx - part * step[0]).hypot(dy - part * step[1])
    });
    apart.fold(f64::MAX, f64::min)
}

/// The value below which a part of the values lies; the values are put into another order.
pub fn percentile(values: &mut [f64], part: f64) -> f64 {
    let last = values.len().saturating_sub(1);
    let index = (part * last as f64).round() as usize;
    if values.is_empty() {
        return 0.0;
    }
    *values
        .select_nth_unstable_by(index.min(last), f64::total_cmp)
        .1
}

/// The box of a cluster; `None` when it is too small for furniture.
pub fn around(points: Vec<[f32; 3]>, geometry: &RoomGeometry, noise: f64) -> Option<Boxed> {
    let turn = turn(&points, geometry);
    let mut heights: Vec<f64> = points.iter().map(|point| f64::from(point[2])).collect();
    let [low, high] = extent(&mut heights, noise);
    let [along, across] = plan_extent(&points, turn, noise);
    let mut boxed = Boxed {
        points,
        turn,
        along,
        across,
        low,
        high,
        seen: [along, across],
        at_wall: false,
        support: None,
    };
    draw_to_walls(&mut boxed, geometry);
    let size = [boxed.sides()[0], high - low];
    (size[0].max(size[1]) >= LEAST_SIZE && size[0] >= 0.12).then_some(boxed)
}

/// Where a side lies that scatters by the noise.
fn extent(values: &mut [f64], noise: f64) -> [f64; 2] {
    let (low, high) = (percentile(values, TRIM), percentile(values, 1.0 - TRIM));
    let inward = noise.min(0.3 * (high - low));
    let [low, high] = [low + inward, high - inward];
    let missing = (THINNEST - (high - low)).max(0.0);
    [low - 0.5 * missing, high + 0.5 * missing]
}

fn plan_extent(points: &[[f32; 3]], turn: f64, noise: f64) -> [[f64; 2]; 2] {
    [0, 1].map(|axis| {
        let mut places: Vec<f64> = points
            .iter()
            .map(|point| turned([f64::from(point[0]), f64::from(point[1])], turn)[axis])
            .collect();
        extent(&mut places, noise)
    })
}

/// The turn of the smallest box, or of a wall if that makes the box hardly larger.
fn turn(points: &[[f32; 3]], geometry: &RoomGeometry) -> f64 {
    let step = points.len() / SAMPLE + 1;
    let sample: Vec<[f32; 3]> = points.iter().copied().step_by(step).collect();
    let area = |turn: f64| {
        let [[a, b], [c, d]] = plan_extent(&sample, turn, 0.0);
        (b - a) * (d - c)
    };
    let least = |turns: &mut dyn Iterator<Item = f64>| {
        turns
            .map(|turn| (area(turn), turn))
            .min_by(|a, b| a.0.total_cmp(&b.0))
    };
    let mut walls: Vec<f64> = geometry
        .walls
        .iter()
        .map(|wall| quarter((wall.end[1] - wall.start[1]).atan2(wall.end[0] - wall.start[0])))
        .filter(|turn| turn.is_finite())
        .collect();
    walls.sort_unstable_by(f64::total_cmp);
    walls.dedup_by(|a, b| (*a - *b).abs() < 0.01);
    walls.truncate(12);
    let along_wall = least(&mut walls.into_iter());
    let step = FRAC_PI_2 / f64::from(TURNS);
    let free = least(&mut (0..TURNS).map(|i| f64::from(i) * step));
    let is_small = free.is_some_and(|(_, turn)| {
        let [[a, b], [c, d]] = plan_extent(&sample, turn, 0.0);
        (b - a).max(d - c) < SMALL
    });
    let snap = if is_small { SNAP_SMALL } else { SNAP };
    match (along_wall, free) {
        (Some(wall), Some(free)) if wall.0 > snap * free.0 => {
            let around = [-0.4, 0.0, 0.4].map(|part| free.1 + part * step);
            least(&mut around.into_iter()).map_or(free.1, |best| best.1)
        }
        (Some((_, turn)), _) | (None, Some((_, turn))) => turn,
        (None, None) => 0.0,
    }
}

/// An angle modulo a right angle; nearly a right angle is nearly none.
fn quarter(angle: f64) -> f64 {
    let turn = angle.rem_euclid(FRAC_PI_2);
    if turn > FRAC_PI_2 - 1e-3 { 0.0 } else { turn }
}

/// Draws sides that face a wall closely out to it.
fn draw_to_walls(boxed: &mut Boxed, geometry: &RoomGeometry) {
    let [cx, cy] = boxed.center();
    for wall in geometry.walls.iter().filter(|wall| !wall.open) {
        let step = [0, 1].map(|i| wall.end[i] - wall.start[i]);
        let length = step[0].hypot(step[1]);
        if !length.is_finite() || length < 0.1 {
            continue;
        }
        let angle = step[1].atan2(step[0]) - boxed.turn;
        let quarters = (angle / FRAC_PI_2).round();
        if (angle - quarters * FRAC_PI_2).abs() > 10.0 * PI / 180.0 {
            continue;
        }
        let unit = step.map(|v| v / length);
        let (x, y) = (cx - wall.start[0], cy - wall.start[1]);
        let beside = x * unit[0] + y * unit[1];
        let from_wall = y * unit[0] - x * unit[1];
        if beside < 0.0 || beside > length {
            continue;
        }
        // The room is on the left of its walls: the side that faces this one is on the right.
        let side = (quarters as i64).rem_euclid(4);
        let (range, other) = if side % 2 == 0 {
            (&mut boxed.across, boxed.along)
        } else {
            (&mut boxed.along, boxed.across)
        };
        let wide = other[1] - other[0];
        let deep = range[1] - range[0];
        let gap = from_wall - 0.5 * deep;
        let hidden = if wide >= LONG && boxed.high > TALL {
            HIDDEN_TALL
        } else if wide >= LONG {
            HIDDEN_LONG
        } else {
            HIDDEN
        };
        // Of a round thing before a wall only the nearer half is seen.
        let missing = if wide < SMALL { wide - deep } else { 0.0 };
        let shift = if (-0.1..hidden).contains(&gap) {
            gap - GAP
        } else if missing > 0.0 && (GAP..missing + 0.15).contains(&gap) {
            missing.min(gap - GAP)
        } else {
            continue;
        };
        match side {
            0 | 3 => range[0] -= shift,
            _ => range[1] += shift,
        }
        boxed.at_wall = true;
    }
}
