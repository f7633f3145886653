//! Rooms with known size, of every kind that [`CASES`] lists, against stated tolerances.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::model::{Measure, Source};
use room_geometry::testing::{CASES, Room};
use room_geometry::{Options, RoomGeometry, analyze};
use room_scan::Measurements;

const ROOMS: u64 = 12;

fn linear(truth: f64) -> f64 {
    (0.01 * truth).max(0.02)
}

fn is_right(room: &Room, found: &RoomGeometry) -> bool {
    let near = |measure: Option<Measure>, truth: f64, tolerance: f64| {
        measure.is_some_and(|m| (m.value - truth).abs() <= tolerance && m.uncertainty > 0.0)
    };
    let [length, width] = room.sides();
    let d = &found.dimensions;
    found.source == Source::Points
        && near(d.length, length, linear(length))
        && near(d.width, width, linear(width))
        && near(d.floor_area, room.area(), 0.02 * room.area())
        && (near(d.height, room.height, linear(room.height)) || !room.ceiling)
}

/// Measures rooms of one kind: at most `wrong` of them miss a tolerance or a corner.
fn check(kind: &str, wrong: usize) {
    let (_, vary) = CASES.iter().find(|case| case.0 == kind).unwrap();
    let mut missed = Vec::new();
    for seed in 0..ROOMS {
        let room = vary(seed);
        let found = analyze(&room.scan(), &Measurements::default(), &Options::default());
        let right = found
            .as_ref()
            .is_ok_and(|found| is_right(&room, found) && found.outline.len() == room.corners.len());
        if !right {
            missed.push((seed, found.map(|found| (found.dimensions, found.outline))));
        }
    }
    assert!(missed.len() <= wrong, "{kind}: {missed:#?}");
}

macro_rules! kinds {
    ($($test:ident: $kind:literal, $wrong:literal;)*) => {
        $(#[test]
        fn $test() {
            check($kind, $wrong);
        })*
    };
}

kinds! {
    clean_rectangles: "clean rectangles", 0;
    furnished_rectangles: "rectangles, furnished", 0;
    l_shapes: "L, furnished", 1;
    t_shapes: "T, furnished", 1;
    u_shapes: "U, furnished", 1;
    walls_at_any_angle: "any angle, furnished", 1;
    ten_thousand_points: "10,000 points", 1;
    y_up: "y up", 1;
    tilted: "tilted", 1;
    no_ceiling: "no ceiling", 1;
    a_door_into_another_room: "a door into another room", 1;
    holes_and_drift: "holes and drift", 1;
}
