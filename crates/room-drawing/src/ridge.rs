//! How high a wall reaches along its run, below a ceiling of several planes.

use crate::polygon::{Point, along, between, cross, edges};
use crate::regions::{Plane, plane_above};
use crate::shell::Wall;

/// The ceiling above a wall is looked for this far inside of it, meters.
const INWARD: f64 = 0.01;
/// Places nearer to each other than this are one, meters.
const SAME_PLACE: f64 = 0.001;
/// A wall below more changes of the ceiling than this gets a straight top.
const MOST_CHANGES: usize = 64;

/// The upper edge of a wall as points `[run, height]` from its start to its end, the highest that
/// the planes above it allow. Two points at one run are a step. Empty when no plane is above.
pub fn top_of(wall: &Wall, planes: &[Plane]) -> Vec<Point> {
    let shift = |run: f64| wall.behind(run, -INWARD);
    let mut places = vec![0.0, wall.length];
    for plane in planes {
        for (a, b) in edges(&plane.outline) {
            places.extend(crossing(shift(0.0), wall.direction, a, b));
        }
    }
    places.retain(|place| (0.0..=wall.length).contains(place));
    places.sort_unstable_by(f64::total_cmp);
    places.dedup_by(|next, kept| *next - *kept < SAME_PLACE);
    if let Some(last) = places.last_mut() {
        *last = wall.length;
    }
    if places.len() > MOST_CHANGES {
        return Vec::new();
    }

    let mut top: Vec<Point> = Vec::new();
    for (&from, &to) in places.iter().zip(places.iter().skip(1)) {
        let Some(plane) = plane_above(planes, shift((from + to) / 2.0)) else {
            continue;
        };
        for run in [from, to] {
            let height = plane.at(along(wall.start, wall.direction, run));
            let known = top
                .last()
                .is_some_and(|&[place, known]| place == run && (known - height).abs() < SAME_PLACE);
            if !known && height > 0.0 {
                top.push([run, height]);
            }
        }
    }
    // What no plane covers at the ends goes on as it is beside it.
    if let (Some(&[_, first]), Some(&[_, last])) = (top.first(), top.last()) {
        if let Some(start) = top.first_mut().filter(|start| start[0] > 0.0) {
            *start = [0.0, first];
        }
        if let Some(end) = top.last_mut().filter(|end| end[0] < wall.length) {
            *end = [wall.length, last];
        }
    }
    top
}

/// The height of a wall's top at a run, just before or just after it.
pub fn height_at(top: &[Point], run: f64, after: bool) -> Option<f64> {
    let mut pieces = top.iter().zip(top.iter().skip(1)).filter(|(a, b)| {
        a[0] < b[0] && (a[0]..=b[0]).contains(&run) && if after { run < b[0] } else { run > a[0] }
    });
    let (a, b) = pieces.next()?;
    Some(a[1] + (b[1] - a[1]) * (run - a[0]) / (b[0] - a[0]))
}

/// Where a ray from `start` along a unit vector crosses a segment.
fn crossing(start: Point, direction: Point, a: Point, b: Point) -> Option<f64> {
    let run = between(a, b);
    let slant = cross(direction, run);
    if slant.abs() < 1e-9 {
        return None;
    }
    let to = between(start, a);
    let share = cross(to, direction) / slant;
    let place = cross(to, run) / slant;
    (-1e-9..=1.0 + 1e-9).contains(&share).then_some(place)
}
