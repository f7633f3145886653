//! Rooms with known size, of every kind that [`CASES`] lists, against stated tolerances.
//!
//! `OUTPOST_ROOMS=1000 cargo test --release -p room-geometry --test rooms -- --nocapture` measures
//! that many of each kind and prints a table. The constants of the uncertainty were set on other
//! seeds, from a million on.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::print_stdout, reason = "the table is what it is run for")]

use room_geometry::model::{Measure, Source};
use room_geometry::testing::{CASES, Room};
use room_geometry::{Options, RoomGeometry, analyze};
use room_scan::Measurements;

const ROOMS: u64 = 12;

fn rooms() -> u64 {
    let given = std::env::var("OUTPOST_ROOMS").ok();
    given.and_then(|n| n.parse().ok()).unwrap_or(ROOMS)
}

fn linear(truth: f64) -> f64 {
    (0.01 * truth).max(0.02)
}

/// Of the figures of a kind of rooms.
#[derive(Default)]
struct Tally {
    /// Figures given, of them within tolerance, of them in their own interval.
    given: usize,
    good: usize,
    covered: usize,
    /// Rooms whose figures all are within tolerance, and whose corners are right.
    right: usize,
    corners: usize,
}

impl Tally {
    fn add(&mut self, room: &Room, found: Option<&RoomGeometry>) {
        let Some(found) = found.filter(|found| found.source == Source::Points) else {
            return;
        };
        let [length, width] = room.sides();
        let d = &found.dimensions;
        let mut all = true;
        let mut figure = |measure: Option<Measure>, truth: f64, tolerance: f64| {
            let error = measure.map(|m| (m.value - truth).abs());
            self.given += usize::from(measure.is_some());
            let good = error.is_some_and(|error| error <= tolerance);
            self.good += usize::from(good);
            all &= good;
            let inside = measure.is_some_and(|m| (m.value - truth).abs() <= m.uncertainty);
            self.covered += usize::from(inside);
        };
        figure(d.length, length, linear(length));
        figure(d.width, width, linear(width));
        figure(d.floor_area, room.area(), 0.02 * room.area());
        if room.ceiling {
            figure(d.height, room.height, linear(room.height));
        }
        self.right += usize::from(all);
        self.corners += usize::from(found.outline.len() == room.corners.len());
    }
}

/// Measures rooms of one kind: at most `wrong` % miss a tolerance, and as many a corner, and the
/// stated interval holds the truth in 90 to 97 % of cases, as far as their number can tell.
fn check(kind: &str, wrong: u64) {
    let (_, vary) = CASES.iter().find(|case| case.0 == kind).unwrap();
    let count = rooms();
    let mut tally = Tally::default();
    for seed in 0..count {
        let room = vary(seed);
        let found = analyze(&room.scan(), &Measurements::default(), &Options::default());
        tally.add(&room, found.ok().as_ref());
    }
    let percent = |part: usize, whole: f64| 100.0 * part as f64 / whole.max(1.0);
    let (all, figures) = (count as f64, tally.given as f64);
    println!(
        "{kind:<28} {count} rooms: all figures right {:5.1} %, corners {:5.1} %, in interval {:5.1} %",
        percent(tally.right, all),
        percent(tally.corners, all),
        percent(tally.covered, figures)
    );
    let least = count - (count * wrong).div_ceil(100);
    assert!(tally.right as u64 >= least, "{kind}: {} right", tally.right);
    assert!(
        tally.corners as u64 >= least,
        "{kind}: {} outlines",
        tally.corners
    );
    // The figures of one room err together, so that few of them tell less than as many rooms.
    let chance = |part: f64| 3.0 * (part * (1.0 - part) * 2.0 / figures.max(1.0)).sqrt();
    let covered = percent(tally.covered, figures) / 100.0;
    assert!(
        covered >= 0.9 - chance(0.9),
        "{kind}: {covered} in their interval"
    );
    assert!(
        covered <= 0.97 + chance(0.97),
        "{kind}: {covered} in their interval"
    );
}

macro_rules! kinds {
    ($($test:ident: $kind:literal, $wrong:literal;)*) => {
        $(#[test]
        fn $test() {
            check($kind, $wrong);
        })*

        #[test]
        fn every_kind_is_checked() {
            let checked = [$($kind),*];
            for (kind, _) in CASES {
                assert!(checked.contains(&kind) || kind == "half the walls", "{kind}");
            }
        }
    };
}

kinds! {
    clean_rectangles: "clean rectangles", 0;
    furnished_rectangles: "rectangles, furnished", 0;
    l_shapes: "L, furnished", 5;
    t_shapes: "T, furnished", 5;
    u_shapes: "U, furnished", 5;
    walls_at_any_angle: "any angle, furnished", 5;
    ten_thousand_points: "10,000 points", 5;
    y_up: "y up", 5;
    tilted: "tilted", 5;
    no_ceiling: "no ceiling", 5;
    a_door_into_another_room: "a door into another room", 5;
    holes_and_drift: "holes and drift", 5;
    drift: "drift", 5;
    seen_twice: "seen twice", 5;
    gables: "gable", 5;
    one_slope: "one slope", 5;
    slopes_beside_flat_ceilings: "slope beside a flat ceiling", 5;
    podiums: "podium", 5;
    columns: "columns", 5;
    thin_walls: "a thin wall", 5;
    niches: "niche", 10;
    bays: "bay", 5;
    wardrobes: "wardrobes", 10;
    mirrors: "mirror", 5;
    outer_faces: "outer faces", 10;
    wide_passages: "a wide passage", 10;
}
