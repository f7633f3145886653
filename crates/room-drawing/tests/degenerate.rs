//! Geometry that no room has: nothing panics, and every output is well-formed and bounded.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rooms;

use proptest::prelude::*;
use room_drawing::{
    Origin, floor_plan_dxf, floor_plan_geojson, floor_plan_svg, model_ifc, scene, scene_glb,
};
use room_geometry::model::{Ceiling, Column, Level, Measure, OpeningKind, RoomGeometry};
use rooms::{around, empty, object, opening, rectangle};

fn assert_drawable(room: &RoomGeometry) {
    let svg = floor_plan_svg(room, "Room");
    roxmltree::Document::parse(&svg).unwrap();
    assert!(
        !svg.contains("NaN") && !svg.contains("inf"),
        "a coordinate is no number"
    );
    assert!(svg.len() < 1_500_000, "{} bytes", svg.len());

    let dxf = String::from_utf8_lossy(&floor_plan_dxf(room, "Room")).into_owned();
    assert!(!dxf.contains("NaN") && !dxf.contains("inf") && dxf.len() < 4_000_000);
    let geojson = floor_plan_geojson(room, "Room");
    serde_json::from_str::<serde_json::Value>(&geojson).unwrap();
    let origin = Origin {
        id: "scan",
        name: "Room",
        time: "",
    };
    let ifc = model_ifc(room, &origin);
    // Identifiers may have any letters, so only what stands as a number counts.
    let bad = ["(NaN", ",NaN", "(inf", ",inf", ",-inf"];
    assert!(!bad.iter().any(|number| ifc.contains(number)) && ifc.len() < 24_000_000);

    let glb = scene_glb(room, "Room");
    gltf::Gltf::from_slice(&glb).unwrap();
    assert!(glb.len() < 8_000_000, "{} bytes", glb.len());
    let scene = scene(room);
    assert!(scene.vertices.iter().flatten().all(|v| v.is_finite()));
    let count = scene.vertices.len() as u32;
    assert!(scene.faces.iter().flatten().all(|&corner| corner < count));
}

fn circle(corners: usize, radius: f64) -> Vec<[f64; 2]> {
    let step = std::f64::consts::TAU / corners as f64;
    let corner = |place: usize| {
        let wobble = if place.is_multiple_of(2) { 1.0 } else { 0.9 };
        let (sine, cosine) = (place as f64 * step).sin_cos();
        [radius * wobble * cosine, radius * wobble * sine]
    };
    (0..corners).map(corner).collect()
}

#[test]
fn outlines_that_are_none() {
    let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e9];
    assert_drawable(&empty());
    for value in bad {
        let mut room = rectangle(4.0, 3.0);
        room.outline[2][1] = value;
        assert_drawable(&room);
        assert!(floor_plan_svg(&room, "Room").contains("cannot be drawn"));
    }
    assert_drawable(&around(&[[0.0, 0.0]]));
    assert_drawable(&around(&[[0.0, 0.0], [5.0, 0.0]]));
    assert_drawable(&around(&[[1.0, 1.0]; 40]));
    assert_drawable(&around(&[[0.0, 0.0], [5.0, 0.0], [9.0, 0.0]]));
}

#[test]
fn outlines_that_touch_or_cross_themselves() {
    assert_drawable(&around(&[[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 5.0]]));
    assert_drawable(&around(&[
        [0.0, 0.0],
        [4.0, 0.0],
        [4.0, 4.0],
        [2.0, 0.0],
        [0.0, 4.0],
    ]));
    // A spike: there and back again.
    assert_drawable(&around(&[
        [0.0, 0.0],
        [4.0, 0.0],
        [9.0, 0.0],
        [4.0, 0.0],
        [4.0, 3.0],
    ]));
    // Every corner twice.
    let doubled: Vec<_> = circle(12, 3.0)
        .into_iter()
        .flat_map(|corner| [corner; 2])
        .collect();
    assert_drawable(&around(&doubled));
}

#[test]
fn rooms_of_any_size() {
    for size in [0.2, 1.0, 30.0, 1_000.0, 90_000.0] {
        assert_drawable(&rectangle(size, size * 0.7));
        let far: Vec<_> = circle(8, size / 10.0)
            .iter()
            .map(|c| [c[0] + size, c[1]])
            .collect();
        assert_drawable(&around(&far));
    }
    assert_drawable(&rectangle(50_000.0, 0.001));
}

#[test]
fn many_corners_and_objects() {
    for corners in [1_000, 4_096, 5_000] {
        let mut room = around(&circle(corners, 20.0));
        for wall in &mut room.walls {
            wall.thickness = Some(0.3);
        }
        room.objects = (0..2_000)
            .map(|n| object("chair", [f64::from(n % 40) - 20.0, 0.0, 0.4], [0.5; 3], 0.0))
            .collect();
        room.openings = (0..2_000)
            .map(|n| opening(OpeningKind::Window, 0, f64::from(n) / 1e4, 0.06, 1.0, 2.0))
            .collect();
        assert_drawable(&room);
    }
}

#[test]
fn figures_that_are_none() {
    let values = [
        f64::NAN,
        f64::INFINITY,
        f64::MAX,
        -1.0,
        0.0,
        f64::MIN_POSITIVE,
    ];
    for value in values {
        let mut room = rectangle(4.0, 3.0);
        let measure = Some(Measure {
            value,
            uncertainty: value,
        });
        room.dimensions.length = measure;
        room.dimensions.height = measure;
        room.dimensions.floor_area = measure;
        room.ceiling_height = Some(value);
        room.frame.origin[0] = value;
        room.coverage.walls = value;
        room.walls[0].thickness = Some(value);
        room.walls[1].height = Some(value);
        room.walls[2].coverage = value;
        room.walls.truncate(3);
        room.openings = vec![
            opening(OpeningKind::Door, 0, value, 1.0, 0.0, 2.0),
            opening(OpeningKind::Door, 1, 0.5, value, 0.0, 2.0),
            opening(OpeningKind::Window, 2, 0.5, 1.0, value, 2.0),
            opening(OpeningKind::Opening, usize::MAX, 0.5, 1.0, 0.0, value),
        ];
        room.objects = vec![
            object("table", [value, 1.0, 0.4], [1.0; 3], 0.0),
            object("table", [1.0, 1.0, 0.4], [value; 3], 0.0),
            object("\u{0}<&", [1.0, 1.0, 0.4], [1.0; 3], value),
            object(&"x".repeat(10_000), [1.0, 1.0, value], [1.0; 3], 0.0),
        ];
        let outline = vec![[0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 1.5]];
        let bent = vec![[value, 0.5], [1.5, 0.5], [1.5, 1.5]];
        for (outline, height) in [(outline.clone(), value), (bent, 0.5), (vec![], 0.5)] {
            room.levels.push(Level {
                outline: outline.clone(),
                height,
                uncertainty: value,
            });
            room.columns.push(Column {
                outline: outline.clone(),
                height: Some(height),
                uncertainty: value,
            });
            room.ceilings.push(Ceiling {
                outline: outline.clone(),
                height: [2.0, height, 0.0],
                slope: value,
                uncertainty: value,
            });
        }
        assert_drawable(&room);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_regions_at_all(
        outline in prop::collection::vec(prop::array::uniform2(-1.0f64..5.0), 0..9),
        height in prop::array::uniform3(-2.0f64..4.0),
    ) {
        let mut room = rectangle(4.0, 3.0);
        room.walls[1].open = true;
        room.openings = vec![opening(OpeningKind::Door, 0, 0.5, 1.0, 0.0, 2.0)];
        let around = vec![[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]];
        for outline in [outline, around] {
            room.levels.push(Level { outline: outline.clone(), height: height[0], uncertainty: 0.1 });
            room.columns.push(Column { outline: outline.clone(), height: None, uncertainty: 0.1 });
            room.ceilings.push(Ceiling { outline, height, slope: 1.0, uncertainty: 0.1 });
        }
        assert_drawable(&room);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_corners_at_all(outline in prop::collection::vec(prop::array::uniform2(-20.0f64..20.0), 0..24)) {
        assert_drawable(&around(&outline));
    }
}
