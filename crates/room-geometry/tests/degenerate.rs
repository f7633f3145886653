//! Scans that hold no room: a clear outcome, in bounded time, and never a panic.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::model::Source;
use room_geometry::testing::{Random, Room};
use room_geometry::{AnalysisError, Options, RoomGeometry, analyze};
use room_scan::{Measurements, PointCloud};

const APP: Measurements = Measurements {
    length: Some(4.0),
    width: Some(5.0),
    height: Some(2.5),
    area: None,
    volume: None,
};

fn cloud(positions: Vec<[f32; 3]>) -> PointCloud {
    PointCloud {
        given: positions.len() as u64,
        positions,
        ..PointCloud::default()
    }
}

fn random_points(count: usize, place: impl Fn(&mut Random) -> [f64; 3]) -> PointCloud {
    let mut random = Random(7);
    cloud(
        (0..count)
            .map(|_| place(&mut random).map(|v| v as f32))
            .collect(),
    )
}

fn is_sound(room: &RoomGeometry) {
    let d = &room.dimensions;
    for measure in [
        d.length,
        d.width,
        d.height,
        d.floor_area,
        d.perimeter,
        d.volume,
    ]
    .into_iter()
    .flatten()
    {
        assert!(measure.value.is_finite() && measure.value > 0.0, "{room:?}");
        assert!(measure.uncertainty.is_finite() && measure.uncertainty > 0.0);
    }
    assert!(room.outline.iter().flatten().all(|v| v.is_finite()));
    assert_eq!(room.outline.len(), room.walls.len());
    assert!(room.points.used <= room.points.given);
}

/// Without measurements there is an error or sound figures; with them always a room.
fn has_a_clear_outcome(cloud: &PointCloud) {
    match analyze(cloud, &Measurements::default(), &Options::default()) {
        Ok(room) => is_sound(&room),
        Err(AnalysisError::NothingToMeasure { reason }) => assert!(reason.ends_with('.')),
    }
    let room = analyze(cloud, &APP, &Options::default()).unwrap();
    is_sound(&room);
}

fn falls_back(cloud: &PointCloud) {
    has_a_clear_outcome(cloud);
    let room = analyze(cloud, &APP, &Options::default()).unwrap();
    assert_eq!(room.source, Source::AppMeasurements);
    assert_eq!(
        room.outline,
        [[0.0, 0.0], [5.0, 0.0], [5.0, 4.0], [0.0, 4.0]]
    );
    assert!((room.dimensions.volume.unwrap().value - 50.0).abs() < 1e-9);
    assert!(!room.notes.is_empty());
}

#[test]
fn no_points_and_few_points() {
    falls_back(&cloud(Vec::new()));
    falls_back(&cloud(vec![[1.0, 2.0, 3.0]]));
    falls_back(&random_points(200, |r| {
        [0; 3].map(|_: i32| r.between(0.0, 3.0))
    }));
}

#[test]
fn a_million_identical_points() {
    falls_back(&cloud(vec![[1.5, -2.0, 0.25]; 1_000_000]));
}

#[test]
fn a_line_a_plane_and_a_ball() {
    falls_back(&random_points(50_000, |r| [r.between(0.0, 5.0), 1.0, 2.0]));
    has_a_clear_outcome(&random_points(50_000, |r| {
        [r.between(0.0, 5.0), r.between(0.0, 4.0), 1.0]
    }));
    has_a_clear_outcome(&random_points(50_000, |r| {
        [r.between(0.0, 5.0), 1.0, r.between(0.0, 3.0)]
    }));
    falls_back(&random_points(50_000, |r| {
        [0; 3].map(|_: i32| r.normal(1.0))
    }));
    falls_back(&random_points(50_000, |r| {
        let p = [0; 3].map(|_: i32| r.normal(1.0));
        let length = p.iter().map(|v| v * v).sum::<f64>().sqrt();
        p.map(|v| 2.0 * v / length)
    }));
}

#[test]
fn points_over_kilometers() {
    falls_back(&random_points(300_000, |r| {
        [0; 3].map(|_: i32| r.between(-5000.0, 5000.0))
    }));
    falls_back(&random_points(100_000, |r| {
        [0; 3].map(|_: i32| r.between(-1e37, 1e37))
    }));
}

#[test]
fn a_surface_that_is_tall_and_thin() {
    has_a_clear_outcome(&random_points(100_000, |r| {
        [
            r.between(0.0, 0.2),
            r.between(0.0, 0.2),
            r.between(0.0, 2000.0),
        ]
    }));
    has_a_clear_outcome(&random_points(100_000, |r| {
        [r.between(0.0, 3000.0), r.between(0.0, 1.0), 0.0]
    }));
}

#[test]
fn one_corner_of_a_room_has_no_area() {
    let mut room = Room::rectangle(5.0, 4.0, 2.5);
    room.missing_walls = vec![1, 2];
    let found = analyze(&room.scan(), &Measurements::default(), &Options::default()).unwrap();
    is_sound(&found);
    assert!(found.dimensions.length.is_none() && found.dimensions.floor_area.is_none());
    assert!((found.dimensions.height.unwrap().value - 2.5).abs() < 0.02);
    assert!(found.notes.iter().any(|note| note.contains("length")));
}

#[test]
fn a_room_among_huge_outliers_and_far_from_zero() {
    let mut room = Room::rectangle(5.0, 4.0, 2.5).furnished(4);
    room.outliers = 0.05;
    let mut scan = room.scan();
    for i in 0..100 {
        scan.positions.push([1e30, -1e30, i as f32]);
    }
    scan.origin = [4_500_000.0, 500_000.0, 300.0];
    let found = analyze(&scan, &Measurements::default(), &Options::default()).unwrap();
    assert!((found.dimensions.length.unwrap().value - 5.0).abs() < 0.02);
    assert!((found.floor_height.unwrap() - 300.0).abs() < 0.02);
    assert!(found.points.outliers >= 100);
}

#[test]
fn app_figures_that_are_no_sizes_are_ignored() {
    let app = Measurements {
        length: Some(f64::NAN),
        width: Some(-3.0),
        height: Some(f64::INFINITY),
        area: Some(0.0),
        volume: Some(1e300),
    };
    let error = analyze(&PointCloud::default(), &app, &Options::default()).unwrap_err();
    assert!(error.to_string().contains("too few points"));
}
