//! Openings in scans and rooms that make no sense: sound or none, and never a panic.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::model::{Opening, RoomGeometry};
use room_geometry::testing::Random;
use room_geometry::testing::scene::{Scene, Use};
use room_geometry::{Analysis, Interior, Options, analyze_with, openings};
use room_scan::{Measurements, PointCloud};

fn analyzed(cloud: &PointCloud) -> Option<Analysis> {
    analyze_with(cloud, &Measurements::default(), &Options::default()).ok()
}

fn is_sound(room: &RoomGeometry, found: &[Opening]) {
    for opening in found {
        let wall = &room.walls[opening.wall];
        let length = (wall.end[0] - wall.start[0]).hypot(wall.end[1] - wall.start[1]);
        let figures = [
            opening.offset,
            opening.width,
            opening.bottom,
            opening.top,
            opening.uncertainty,
        ];
        assert!(figures.iter().all(|v| v.is_finite()), "{opening:?}");
        assert!(opening.offset >= 0.0 && opening.width > 0.3, "{opening:?}");
        assert!(
            opening.offset + opening.width <= length + 0.2,
            "{opening:?} in {length}"
        );
        assert!(
            opening.bottom >= 0.0 && opening.top > opening.bottom + 0.3,
            "{opening:?}"
        );
        assert!((0.0..=1.0).contains(&opening.confidence), "{opening:?}");
    }
    for (i, a) in found.iter().enumerate() {
        for b in &found[i + 1..] {
            let wide = (a.offset + a.width).min(b.offset + b.width) - a.offset.max(b.offset);
            let tall = a.top.min(b.top) - a.bottom.max(b.bottom);
            let overlap = a.wall == b.wall && wide > 0.15 && tall > 0.15;
            assert!(!overlap, "{a:?} {b:?}");
        }
    }
}

fn clear_outcome(cloud: &PointCloud) -> usize {
    let Some(Analysis { geometry, interior }) = analyzed(cloud) else {
        return 0;
    };
    let found = openings::find(&interior, &geometry);
    is_sound(&geometry, &found);
    found.len()
}

fn scan(seed: u64) -> PointCloud {
    let mut scene = Scene::random(Use::Living, seed);
    scene.room.points = 40_000;
    let mut cloud = scene.scan();
    cloud.colors.clear();
    cloud
}

#[test]
fn points_that_are_no_numbers_or_far_away() {
    let clean = clear_outcome(&scan(1));
    let mut cloud = scan(1);
    let strange = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e38];
    for i in 0..400 {
        let mut point = cloud.positions[i * 50];
        point[i % 3] = strange[i % 5];
        cloud.positions.push(point);
    }
    assert_eq!(clear_outcome(&cloud), clean);
}

#[test]
fn every_point_many_times() {
    let mut cloud = scan(4);
    let clean = clear_outcome(&cloud);
    for _ in 0..3 {
        cloud.positions.extend_from_within(..);
    }
    let repeated = clear_outcome(&cloud);
    assert!(repeated.abs_diff(clean) <= 1, "{clean} {repeated}");
}

#[test]
fn a_third_at_one_place_and_coordinates_in_steps() {
    let mut cloud = scan(5);
    let count = cloud.positions.len() / 3;
    let place = cloud.positions[0];
    cloud.positions[..count].fill(place);
    clear_outcome(&cloud);
    for step in [0.05f32, 0.2, 1.0] {
        let mut cloud = scan(6);
        for point in &mut cloud.positions {
            *point = point.map(|v| (v / step).round() * step);
        }
        clear_outcome(&cloud);
    }
}

#[test]
fn anything_at_random() {
    for seed in 0..12 {
        let mut random = Random(seed + 77);
        let count = 400 + (random.bits() % 20_000) as usize;
        let size = 10f64.powf(random.between(-2.0, 3.0));
        let flat = random.bits() % 4;
        let positions = (0..count)
            .map(|_| {
                let mut p = [0; 3].map(|_: i32| random.between(-size, size) as f32);
                if flat < 3 && random.chance(0.7) {
                    p[flat as usize] = 0.0;
                }
                p
            })
            .collect();
        clear_outcome(&PointCloud {
            positions,
            ..PointCloud::default()
        });
    }
}

/// A room and points that do not belong together, as a stored room may come to.
#[test]
fn a_room_that_makes_no_sense() {
    let Analysis { geometry, interior } = analyzed(&scan(7)).unwrap();
    let nothing = Interior::default();
    let mut random = Random(5);
    let strange = [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300, 1e-300, 25.0];
    for _ in 0..200 {
        let mut room = geometry.clone();
        let mut one = || strange[(random.bits() % strange.len() as u64) as usize];
        let count = room.walls.len();
        for value in [one(), one(), one()] {
            let wall = &mut room.walls[(value.to_bits() as usize) % count];
            match value.to_bits() % 5 {
                0 => wall.start[0] = value,
                1 => wall.end[1] = value,
                2 => wall.height = Some(value),
                3 => wall.coverage = value,
                _ => wall.uncertainty = value,
            }
        }
        if let Some(corner) = room.outline.first_mut() {
            corner[0] = one();
        }
        room.walls[0].height = Some(one());
        room.walls[1].end = [one(), one()];
        room.walls[2].start = [one(), one()];
        openings::find(&interior, &room);
        assert!(openings::find(&nothing, &room).is_empty());
    }
}
