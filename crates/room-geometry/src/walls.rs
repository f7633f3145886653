//! The walls of the outline, each refitted to its own points, and how far off they may be.

use crate::levels::Levels;
use crate::lines::Line;
use crate::outline::Ring;
use crate::sheet::{self, Place, Sheet};
use crate::upright::{Point, Upright};

/// Half of the band in which a wall's points lie, meters.
const BAND: f64 = 0.06;
/// A wall of which less than this shows along it is not seen: furniture ends near it.
const SHOWN: f64 = 0.2;
/// Part of the noise by which a surface errs as a whole: it depends on material and angle.
const COMMON: f64 = 0.12;
/// No scan places a surface better than this, meters.
const LEAST: f64 = 0.002;
/// Of a drift only what bends a wall is seen; the whole is larger by about this factor.
pub const UNSEEN: f64 = 2.2;
/// Points of one surface that scatter this much more than those of the quietest one lie on two
/// sheets, from two passes of the scanner: where voxels hold single points, and where they hold
/// many. Then noise averages out within them, and how much of it depends on how the surface lies in
/// the grid.
const DOUBLED: [f64; 2] = [1.3, 2.0];
/// How far the mean of two sheets is from the true one, in their spread.
const BETWEEN: f64 = 0.9;
/// From a standard deviation to half of the 95 % interval.
pub const NINETY_FIVE: f64 = 1.96;

/// How well a wall's place is known.
#[derive(Debug, Clone, Copy)]
pub struct Fit {
    /// Half width of the 95 % interval of the offset, meters; `None` where no wall was seen.
    pub uncertainty: Option<f64>,
}

/// Moves each line of the ring onto the points of its own stretch of wall. `quiet` is the noise of
/// the quietest other surface.
pub fn refit(scan: &Upright, levels: &Levels, ring: &mut Ring, quiet: Option<f64>) -> Vec<Fit> {
    let Some(corners) = ring.corners() else {
        return Vec::new();
    };
    let count = corners.len();
    let places: Vec<Option<Place>> = (0..count)
        .map(|i| {
            let ends = (corners[i], corners[(i + 1) % count]);
            fit_wall(scan, levels, &mut ring.lines[i], ends)
        })
        .collect();
    let drift = drift(&places);
    let doubled = doubled(scan);
    let quiet = places
        .iter()
        .flatten()
        .filter(|place| !place.blocks.is_empty())
        .map(|place| place.noise)
        .chain(quiet)
        .reduce(f64::min)
        .unwrap_or(0.0);
    places
        .iter()
        .enumerate()
        .map(|(i, place)| {
            let drift = drift * unseen(&ring.lines[i], &corners, i);
            let sigma = place
                .as_ref()
                .map(|place| deviation(place, quiet, doubled).hypot(drift));
            Fit {
                uncertainty: sigma.map(|sigma| NINETY_FIVE * sigma),
            }
        })
        .collect()
}

/// How much more or less of a drift stays unseen, by the shape of the room: a short wall shows
/// little of what happens on the way to the opposite one.
fn unseen(line: &Line, corners: &[[f64; 2]], wall: usize) -> f64 {
    let (a, b) = (corners[wall], corners[(wall + 1) % corners.len()]);
    let length = (b[0] - a[0]).hypot(b[1] - a[1]).max(0.1);
    let reach = corners
        .iter()
        .map(|c| line.distance(*c).abs())
        .fold(0.0, f64::max);
    (reach / length).sqrt().clamp(0.8, 1.5)
}

/// How much more than the quietest surface one scatters that was seen twice.
pub fn doubled(scan: &Upright) -> f64 {
    let points: f64 = scan.points.iter().map(|p| f64::from(p.count)).sum();
    let crowd = points / scan.points.len().max(1) as f64;
    DOUBLED[0] + (DOUBLED[1] - DOUBLED[0]) * (0.5 * (crowd - 1.5)).clamp(0.0, 1.0)
}

/// The standard deviation of a plane's place, but for the drift. `doubled` is as of [`doubled`].
pub fn deviation(place: &Place, quiet: f64, doubled: f64) -> f64 {
    let doubled = if place.noise > doubled * quiet {
        BETWEEN * (place.noise * place.noise - quiet * quiet).max(0.0).sqrt()
    } else {
        0.0
    };
    place
        .random
        .hypot(COMMON * place.noise.min(quiet.max(0.001)))
        .hypot(LEAST)
        .hypot(doubled)
}

/// The scanner's drift, as the standard deviation of a wall's place: what bends the walls beyond
/// their noise moves them as a whole as well.
fn drift(places: &[Option<Place>]) -> f64 {
    let (mut sum, mut freedom) = (0.0, 0.0);
    for place in places.iter().flatten() {
        let (own, count) = sheet::excess(&place.blocks);
        sum += own;
        freedom += count;
    }
    UNSEEN * f64::max(sum / f64::max(freedom, 1.0), 0.0).sqrt()
}

fn fit_wall(
    scan: &Upright,
    levels: &Levels,
    line: &mut Line,
    ends: ([f64; 2], [f64; 2]),
) -> Option<Place> {
    if !line.seen {
        return None;
    }
    let first = sheet(&scan.points, levels, line, ends, BAND).place()?;
    line.offset += first.offset;
    let second = sheet(&scan.points, levels, line, ends, 0.8 * BAND).place()?;
    line.offset += second.offset;
    (second.share >= SHOWN).then_some(second)
}

/// The wall's points between its ends.
fn sheet(
    points: &[Point],
    levels: &Levels,
    line: &Line,
    ends: ([f64; 2], [f64; 2]),
    band: f64,
) -> Sheet {
    let (a, b) = (line.along(ends.0), line.along(ends.1));
    // Corners belong to two walls.
    let inset = 0.05f64.min(0.2 * (a - b).abs());
    let (from, to) = (a.min(b) + inset, a.max(b) - inset);
    let (low, high) = (levels.bottom + 0.05, levels.top - 0.05);
    let mut sheet = Sheet::new([from, low], [to, high]);
    for point in points {
        let [x, y, h] = point.at.map(f64::from);
        let distance = line.distance([x, y]);
        if distance.abs() > band || h < low || h > high {
            continue;
        }
        let t = line.along([x, y]);
        if t >= from && t <= to && h < levels.top_at(x, y) - 0.05 {
            sheet.add([t, h], distance, f64::from(point.count));
        }
    }
    sheet
}
