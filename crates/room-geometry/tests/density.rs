//! The same room with ever more points, a tenth of them strays, is the same room.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::model::Dimensions;
use room_geometry::testing::Room;
use room_geometry::{Analysis, Options, analyze_with};
use room_scan::Measurements;

fn measured(points: usize) -> Analysis {
    let mut room = Room::l_shape(6.0, 5.0, [2.5, 2.0], 2.6).furnished(8);
    room.points = points;
    room.noise = 0.01;
    room.outliers = 0.1;
    room.turn = 0.4;
    analyze_with(&room.scan(), &Measurements::default(), &Options::default()).unwrap()
}

#[test]
fn a_million_points_say_what_a_hundred_thousand_do() {
    let few = measured(100_000);
    for points in [300_000, 1_000_000] {
        let many = measured(points);
        let (a, b) = (&few.geometry, &many.geometry);
        assert_eq!(a.outline.len(), b.outline.len(), "{points}");
        assert!(b.columns.is_empty(), "{points}: {:?}", b.columns);
        let figures = |d: &Dimensions| {
            [d.length, d.width, d.height, d.floor_area, d.volume].map(|m| m.unwrap())
        };
        for (a, b) in figures(&a.dimensions).iter().zip(figures(&b.dimensions)) {
            let apart = (a.value - b.value).abs();
            assert!(apart <= a.uncertainty.min(b.uncertainty), "{a:?} {b:?}");
            assert!(b.uncertainty < 1.5 * a.uncertainty, "{a:?} {b:?}");
        }
        // Between furniture and ceiling is a stray point here and there, no cloud of them.
        let points = many.interior.points.iter();
        let high = points.filter(|p| p[2] > 2.2 && p[2] < 2.4).count();
        assert!(high < many.interior.points.len() / 50, "{high}");
    }
}
