//! Several scans of one room are better than one.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::testing::{CASES, Random, Room};
use room_geometry::{Options, analyze, fuse};
use room_scan::{Measurements, PointCloud};

/// Another scan of the same room: turned, shifted, with errors of its own.
fn again(room: &Room, pass: u64) -> PointCloud {
    let mut random = Random(room.seed.wrapping_mul(31) ^ pass);
    let mut other = room.clone();
    other.seed = random.bits();
    other.turn = random.between(0.0, 6.2);
    other.shift = [0, 1, 2].map(|_: usize| random.between(-5.0, 5.0));
    other.scale = 1.0 + random.normal(0.0005);
    other.points = 30_000;
    other.scan()
}

fn room(kind: &str, seed: u64) -> Room {
    let (_, vary) = CASES.iter().find(|case| case.0 == kind).unwrap();
    vary(seed)
}

#[test]
fn three_scans_spread_less_than_one() {
    let (mut single, mut joint) = ([0.0; 4], [0.0; 4]);
    let mut inside = 0;
    let rooms = 24;
    for seed in 0..rooms {
        let kind = ["L, furnished", "rectangles, furnished"][seed as usize % 2];
        let room = room(kind, seed);
        let [length, width] = room.sides();
        let truth = [length, width, room.height, room.area()];
        let figures = |d: &room_geometry::model::Dimensions| {
            [d.length, d.width, d.height, d.floor_area].map(|m| m.unwrap())
        };
        let scans = [0, 1, 2].map(|pass| again(&room, pass));
        for scan in &scans {
            let one = analyze(scan, &Measurements::default(), &Options::default()).unwrap();
            for (i, m) in figures(&one.dimensions).iter().enumerate() {
                single[i] += (m.value / truth[i] - 1.0).powi(2) / 3.0;
            }
        }
        let fused = fuse(&scans, &Measurements::default(), &Options::default()).unwrap();
        assert_eq!(fused.used, [true; 3], "{seed}");
        let found = &fused.analysis.geometry;
        assert_eq!(found.outline.len(), room.corners.len(), "{seed}");
        for (i, m) in figures(&found.dimensions).iter().enumerate() {
            joint[i] += (m.value / truth[i] - 1.0).powi(2);
            inside += u64::from((m.value - truth[i]).abs() <= m.uncertainty);
        }
    }
    let spread = |squares: [f64; 4]| (squares.iter().sum::<f64>() / 4.0).sqrt();
    let falls = spread(single) / spread(joint);
    assert!(falls >= 1.6, "the spread falls by {falls}");
    assert!(
        10 * inside >= 9 * 4 * rooms,
        "{inside} of {} in their interval",
        4 * rooms
    );
}

#[test]
fn a_scan_of_another_room_is_left_out() {
    let room_a = room("L, furnished", 3);
    let other = room("U, furnished", 8);
    let scans = [again(&room_a, 0), again(&other, 1), again(&room_a, 2)];
    let fused = fuse(&scans, &Measurements::default(), &Options::default()).unwrap();
    assert_eq!(fused.used.iter().filter(|used| **used).count(), 2);
    let found = &fused.analysis.geometry;
    assert!((found.dimensions.floor_area.unwrap().value - room_a.area()).abs() < 0.3);
}

#[test]
fn half_a_room_in_one_scan_is_completed_by_another() {
    let room = room("rectangles, furnished", 5);
    let mut half = room.clone();
    half.missing_walls = vec![1];
    half.scale = 1.0;
    let scans = [half.scan(), again(&room, 7)];
    let fused = fuse(&scans, &Measurements::default(), &Options::default()).unwrap();
    assert_eq!(fused.used, [true, true]);
    assert!(fused.analysis.geometry.dimensions.length.is_some());
}

#[test]
fn nothing_to_fuse_is_an_error() {
    assert!(fuse(&[], &Measurements::default(), &Options::default()).is_err());
    let none = [PointCloud::default(), PointCloud::default()];
    assert!(fuse(&none, &Measurements::default(), &Options::default()).is_err());
    let scans = [room("L, furnished", 1).scan(), PointCloud::default()];
    let fused = fuse(&scans, &Measurements::default(), &Options::default()).unwrap();
    assert_eq!(fused.used, [true, false]);
}
