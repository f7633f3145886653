//! Openings and objects of points that no scanner gives.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test may fail")]

mod common;

use common::scene;
use room_geometry::model::Object;
use room_geometry::testing::Random;
use room_geometry::{Analysis, Interior, openings};
use room_objects::find;

fn measured(seed: u64) -> Analysis {
    scene(seed).unwrap().1
}

fn shuffled(interior: &Interior, seed: u64) -> Interior {
    let mut shuffled = interior.clone();
    let mut random = Random(seed);
    for last in (1..shuffled.points.len()).rev() {
        let other = (random.bits() % (last as u64 + 1)) as usize;
        shuffled.points.swap(last, other);
    }
    shuffled
}

/// Every figure is one that may be drawn.
fn check(objects: &[Object]) {
    for object in objects {
        let [length, width, height] = object.size;
        assert!(object.center.iter().all(|v| v.is_finite()), "{object:?}");
        assert!(length > 0.0 && width > 0.0 && height > 0.0, "{object:?}");
        assert!(length >= width - 1e-9 && length < 7.0, "{object:?}");
        assert!((0.0..=1.0).contains(&object.confidence), "{object:?}");
        assert!((0.0..180.0).contains(&object.rotation), "{object:?}");
        if object.class == "unknown" {
            assert!(object.confidence <= 0.5, "{object:?}");
        }
    }
}

#[test]
fn the_order_of_points_does_not_matter() {
    for seed in 0..3 {
        let room = measured(seed);
        let objects = find(&room.interior, &room.geometry);
        let found = openings::find(&room.interior, &room.geometry);
        check(&objects);
        for order in 1..3 {
            let other = shuffled(&room.interior, order);
            assert_eq!(find(&other, &room.geometry), objects);
            assert_eq!(openings::find(&other, &room.geometry), found);
        }
    }
}

#[test]
fn points_that_are_no_places_change_nothing() {
    let room = measured(1);
    let objects = find(&room.interior, &room.geometry);
    let found = openings::find(&room.interior, &room.geometry);
    let mut spoiled = room.interior.clone();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for axis in 0..3 {
            let mut point = [1.0f32, 1.0, 1.0];
            point[axis] = bad;
            spoiled.points.insert(7 * axis, point);
            spoiled.points.push(point);
        }
    }
    assert_eq!(find(&spoiled, &room.geometry), objects);
    assert_eq!(openings::find(&spoiled, &room.geometry), found);
}

#[test]
fn points_far_away_do_no_harm() {
    let room = measured(2);
    let mut spoiled = room.interior.clone();
    spoiled.points.extend([
        [f32::MAX, f32::MAX, f32::MAX],
        [f32::MIN, 0.0, 0.0],
        [1e30, -1e30, 1e-30],
        [1e9, 1e9, 1e9],
    ]);
    check(&find(&spoiled, &room.geometry));
    for opening in openings::find(&spoiled, &room.geometry) {
        assert!(opening.width.is_finite() && opening.width > 0.0);
        assert!(opening.top > opening.bottom);
    }
}

#[test]
fn the_same_point_many_times_is_one_place() {
    let room = measured(3);
    let mut heap = Interior::default();
    heap.side = 0.02;
    heap.points = vec![[1.0, 1.0, 0.5]; 5000];
    check(&find(&heap, &room.geometry));
    let mut doubled = room.interior.clone();
    doubled.points.extend(room.interior.points.clone());
    check(&find(&doubled, &room.geometry));
}

#[test]
fn any_points_give_figures_or_nothing() {
    let room = measured(4);
    for seed in 0..12 {
        let mut random = Random(seed);
        let mut interior = Interior::default();
        interior.side = [0.0, 0.02, f64::NAN, 1e-9][seed as usize % 4];
        let count = [0, 1, 24, 400, 3000][seed as usize % 5];
        let reach = [0.01, 1.0, 5.0, 1e6][(seed / 3) as usize % 4];
        for _ in 0..count {
            let point = [0; 3].map(|_: i32| random.between(-reach, reach) as f32);
            interior.points.push(point);
        }
        check(&find(&interior, &room.geometry));
        openings::find(&interior, &room.geometry);
    }
}

#[test]
fn a_room_without_walls_gives_nothing_wrong() {
    let mut room = measured(0);
    for wall in &mut room.geometry.walls {
        wall.end = wall.start;
    }
    check(&find(&room.interior, &room.geometry));
    assert!(openings::find(&room.interior, &room.geometry).is_empty());
    room.geometry.walls.clear();
    room.geometry.ceilings.clear();
    room.geometry.dimensions.height = None;
    check(&find(&room.interior, &room.geometry));
}
