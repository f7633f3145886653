//! What is special about a room.

use room_geometry::model::{OpeningKind, RoomGeometry};

use crate::finding::{Finding, figure};

/// Meters, square meters and degrees from which a feature is one.
const HIGH: f64 = 2.9;
const LOW: f64 = 2.15;
const SLOPED: f64 = 5.0;
const LARGE_WINDOW: f64 = 2.2;
/// Part of the floor area that windows have together in a bright room.
const MUCH_WINDOW: f64 = 0.2;
const WIDE_PASSAGE: f64 = 1.5;
const NICHE_WIDTH: [f64; 2] = [0.5, 2.0];
const NICHE_DEPTH: [f64; 2] = [0.15, 0.9];
/// Openings less sure than this are no evidence.
const LEAST: f64 = 0.5;

/// The features of a room, always in the same order.
pub fn of(room: &RoomGeometry) -> Vec<Finding> {
    let mut found = Vec::new();
    height(room, &mut found);
    ceiling(room, &mut found);
    windows(room, &mut found);
    passages(room, &mut found);
    niches(room, &mut found);
    if let Some(count) = number(room.columns.len()) {
        let reason = [&count, " free-standing in the plan"].concat();
        found.push(Finding::new("columns", 0.8, vec![reason]));
    }
    if let Some(level) = room.levels.first() {
        let reason = ["a part of the floor ", &figure(level.height), " m higher"].concat();
        found.push(Finding::new("split_level", 0.8, vec![reason]));
    }
    if let Some(object) = room
        .objects
        .iter()
        .find(|object| object.class == "fireplace")
    {
        let reason = "a fireplace among the objects".to_owned();
        found.push(Finding::new("fireplace", object.confidence, vec![reason]));
    }
    found
}

fn number(count: usize) -> Option<String> {
    (count > 0).then(|| count.to_string())
}

fn height(room: &RoomGeometry, found: &mut Vec<Finding>) {
    let Some(height) = room.dimensions.height else {
        return;
    };
    let reason = || vec![["height ", &figure(height.value), " m"].concat()];
    // How sure follows from how far the limit is, in terms of the height's own uncertainty.
    let sure = |beyond: f64| 0.5 + 0.45 * (beyond / (height.uncertainty + 0.05)).clamp(0.0, 1.0);
    if height.value >= HIGH {
        found.push(Finding::new(
            "high_ceiling",
            sure(height.value - HIGH),
            reason(),
        ));
    } else if height.value < LOW {
        found.push(Finding::new(
            "low_ceiling",
            sure(LOW - height.value),
            reason(),
        ));
    }
}

fn ceiling(room: &RoomGeometry, found: &mut Vec<Finding>) {
    let steepest = room
        .ceilings
        .iter()
        .map(|plane| plane.slope.abs())
        .fold(0.0, f64::max);
    if steepest > SLOPED {
        let reason = ["a ceiling plane of ", &figure(steepest), " degrees"].concat();
        found.push(Finding::new("sloped_ceiling", 0.85, vec![reason]));
    }
}

fn windows(room: &RoomGeometry, found: &mut Vec<Finding>) {
    let (mut total, mut largest, mut confidence) = (0.0, 0.0, 1.0f64);
    for window in &room.openings {
        if window.kind == OpeningKind::Window && window.confidence >= LEAST {
            let area = window.width * (window.top - window.bottom);
            total += area;
            if area > largest {
                largest = area;
                confidence = window.confidence;
            }
        }
    }
    let floor = room.dimensions.floor_area.map(|area| area.value);
    let much = floor.is_some_and(|floor| total > MUCH_WINDOW * floor);
    if largest >= LARGE_WINDOW || much {
        let mut reason = vec![["the largest window has ", &figure(largest), " m2"].concat()];
        if let (true, Some(floor)) = (much, floor) {
            let share = [
                "windows of ",
                &figure(total),
                " m2 for a floor of ",
                &figure(floor),
                " m2",
            ];
            reason.push(share.concat());
        }
        found.push(Finding::new("large_windows", confidence, reason));
    }
}

/// A side of the room without a wall says nothing: it may just not have been scanned.
fn passages(room: &RoomGeometry, found: &mut Vec<Finding>) {
    let widest = room
        .openings
        .iter()
        .filter(|opening| opening.kind == OpeningKind::Opening && opening.confidence >= LEAST)
        .max_by(|a, b| a.width.total_cmp(&b.width));
    if let Some(passage) = widest.filter(|passage| passage.width >= WIDE_PASSAGE) {
        let reason = ["a passage ", &figure(passage.width), " m wide"].concat();
        found.push(Finding::new("open_plan", passage.confidence, vec![reason]));
    }
}

/// A niche is three walls between two corners that point into the room; a projection between two
/// that point out of it.
fn niches(room: &RoomGeometry, found: &mut Vec<Finding>) {
    let corners = &room.outline;
    let count = corners.len();
    if count < 6 {
        return;
    }
    let at = |i: usize| corners[i % count];
    let side = |i: usize| [0, 1].map(|axis| at(i + 1)[axis] - at(i)[axis]);
    let length = |i: usize| side(i)[0].hypot(side(i)[1]);
    let turns_left = |i: usize| {
        let (a, b) = (side(i + count - 1), side(i));
        a[0] * b[1] - a[1] * b[0] > 0.0
    };
    for i in 0..count {
        let depth = length(i + count - 1).min(length(i + 1));
        let fits = (NICHE_WIDTH[0]..NICHE_WIDTH[1]).contains(&length(i))
            && (NICHE_DEPTH[0]..NICHE_DEPTH[1]).contains(&depth);
        let inner = [turns_left(i), turns_left(i + 1)];
        let outer = [turns_left(i + count - 1), turns_left(i + 2)];
        let word = match (inner, outer) {
            ([true, true], [false, false]) => "niche",
            ([false, false], [true, true]) => "wall_projection",
            _ => continue,
        };
        if fits && !found.iter().any(|finding| finding.value == word) {
            let size = [
                &figure(length(i)),
                " m wide and ",
                &figure(depth),
                " m deep in the outline",
            ];
            found.push(Finding::new(word, 0.7, vec![size.concat()]));
        }
    }
}
