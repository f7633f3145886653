//! What is said of a room, and that nothing is said without a reason.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::model::{Object, Opening, OpeningKind, RoomGeometry, Support};
use room_geometry::testing::Room;
use room_geometry::{Options, analyze};
use room_meaning::{Meaning, SurfaceColors, understand};
use room_scan::summary::Light;
use room_scan::{Measurements, PointCloud};

fn shell(room: Room) -> (PointCloud, RoomGeometry) {
    let cloud = Room {
        points: 30_000,
        ..room
    }
    .scan();
    let found = analyze(&cloud, &Measurements::default(), &Options::default()).unwrap();
    (cloud, found)
}

fn object(class: &str, center: [f64; 3], size: [f64; 3], support: Support) -> Object {
    Object {
        class: class.to_owned(),
        center,
        size,
        rotation: 0.0,
        confidence: 0.9,
        support,
    }
}

fn read(room: &RoomGeometry) -> Meaning {
    understand(room, &Light::default(), &SurfaceColors::default())
}

fn window(width: f64) -> Opening {
    Opening {
        kind: OpeningKind::Window,
        wall: 0,
        offset: 0.5,
        width,
        bottom: 0.6,
        top: 2.2,
        confidence: 0.9,
        uncertainty: 0.05,
    }
}

#[test]
fn an_empty_room_has_no_type_no_light_no_materials() {
    let (_, room) = shell(Room::rectangle(5.0, 4.0, 2.5));
    let meaning = read(&room);
    assert_eq!(meaning.room_type.value, "unknown");
    assert_eq!(meaning.lighting.value, "unknown");
    assert!(meaning.features.is_empty(), "{:?}", meaning.features);
    assert!(meaning.wall_materials.is_empty() && meaning.floor_materials.is_empty());
}

#[test]
fn furniture_tells_the_type() {
    let (_, shell) = shell(Room::rectangle(5.0, 4.0, 2.5));
    let floor = Support::Floor;
    let chair = |x| object("chair", [x, 2.9, 0.45], [0.5, 0.5, 0.9], floor);
    let table = object("table", [2.5, 2.2, 0.37], [1.6, 0.9, 0.75], floor);
    let desk = object("desk", [1.0, 0.4, 0.37], [1.4, 0.7, 0.75], floor);
    let screen = object("screen", [1.0, 0.3, 0.95], [0.6, 0.2, 0.4], Support::Object);
    let fridge = object("appliance", [0.4, 0.4, 0.9], [0.6, 0.6, 1.8], floor);
    let hanging = object("cabinet", [2.0, 0.2, 1.8], [1.2, 0.4, 0.7], Support::Wall);
    let rooms = [
        (
            "bedroom",
            vec![object("bed", [1.0, 1.0, 0.3], [2.0, 1.6, 0.5], floor)],
        ),
        (
            "living_room",
            vec![object("sofa", [1.0, 1.0, 0.4], [2.0, 0.9, 0.8], floor)],
        ),
        (
            "dining_room",
            vec![table, chair(2.0), chair(2.6), chair(3.1)],
        ),
        ("office", vec![desk, screen]),
        ("kitchen", vec![fridge, hanging]),
        (
            "bathroom",
            vec![object("toilet", [1.0, 1.0, 0.3], [0.6, 0.4, 0.5], floor)],
        ),
    ];
    for (word, objects) in rooms {
        let mut room = shell.clone();
        room.objects = objects;
        let found = read(&room).room_type;
        assert_eq!(found.value, word, "{found:?}");
        assert!(found.confidence >= 0.55 && !found.derived_from.is_empty());
    }
    // Things of which the analysis is not sure tell nothing.
    let mut room = shell;
    let mut bed = object("bed", [1.0, 1.0, 0.3], [2.0, 1.6, 0.5], floor);
    bed.confidence = 0.3;
    room.objects.push(bed);
    assert_eq!(read(&room).room_type.value, "unknown");
}

#[test]
fn shape_and_openings_tell_features() {
    let words = |room: &RoomGeometry| -> Vec<String> {
        let features = read(room).features.into_iter();
        features
            .map(|finding| {
                assert!(!finding.derived_from.is_empty() && finding.confidence > 0.0);
                finding.value
            })
            .collect()
    };
    let (_, mut room) = shell(Room::rectangle(5.0, 4.0, 3.2));
    assert_eq!(words(&room), ["high_ceiling"]);
    room.openings.push(window(2.4));
    assert_eq!(words(&room), ["high_ceiling", "large_windows"]);
    let niche = [
        [0.0, 0.0],
        [5.0, 0.0],
        [5.0, 4.0],
        [3.0, 4.0],
        [3.0, 4.4],
        [2.0, 4.4],
        [2.0, 4.0],
        [0.0, 4.0],
    ];
    room.openings.clear();
    room.outline = niche.to_vec();
    assert_eq!(words(&room), ["high_ceiling", "niche"]);
    room.outline = niche
        .map(|[x, y]| [x, if y > 4.2 { 3.6 } else { y }])
        .to_vec();
    assert_eq!(words(&room), ["high_ceiling", "wall_projection"]);
}

#[test]
fn a_side_that_was_not_scanned_is_no_open_plan() {
    let (_, mut room) = shell(Room::rectangle(5.0, 4.0, 2.5));
    room.walls[0].open = true;
    let meaning = read(&room);
    assert!(meaning.features.is_empty(), "{:?}", meaning.features);

    room.openings = vec![Opening {
        kind: OpeningKind::Opening,
        ..window(3.0)
    }];
    let meaning = read(&room);
    assert_eq!(meaning.features[0].value, "open_plan");
}

#[test]
fn only_light_readings_tell_the_lighting() {
    let (_, mut room) = shell(Room::rectangle(5.0, 4.0, 2.5));
    let light = |lux: f64, kelvin: Option<f64>| Light {
        lux_sum: 2.0 * lux,
        lux_count: 2,
        kelvin_sum: kelvin.unwrap_or(0.0),
        kelvin_count: u32::from(kelvin.is_some()),
    };
    let colors = SurfaceColors::default();
    let word = |room: &RoomGeometry, light: &Light| understand(room, light, &colors).lighting.value;
    assert_eq!(word(&room, &light(40.0, None)), "dim");
    assert_eq!(word(&room, &light(700.0, None)), "bright");
    assert_eq!(
        word(&room, &light(300.0, Some(2700.0))),
        "artificial_moderate"
    );
    // Daylight needs a window.
    assert_eq!(word(&room, &light(3000.0, None)), "bright");
    room.openings.push(window(1.2));
    assert_eq!(word(&room, &light(3000.0, None)), "natural_bright");
}

#[test]
fn colors_tell_materials_only_where_they_do() {
    let (mut cloud, room) = shell(Room::rectangle(5.0, 4.0, 2.5));
    let paint = |cloud: &PointCloud, wall: [u8; 3], floor: [u8; 3]| {
        let mut painted = cloud.clone();
        let frame = &room.frame;
        let height = |p: &[f32; 3]| {
            (0..3)
                .map(|i| (cloud.origin[i] + f64::from(p[i]) - frame.origin[i]) * frame.up[i])
                .sum::<f64>()
        };
        let colors = painted
            .positions
            .iter()
            .map(|p| if height(p) < 0.05 { floor } else { wall });
        painted.colors = colors.collect();
        let colors = SurfaceColors::of(&painted, &room);
        understand(&room, &Light::default(), &colors)
    };
    let white = paint(&cloud, [230, 226, 220], [150, 105, 60]);
    assert_eq!(white.wall_materials[0].value, "painted");
    assert_eq!(white.floor_materials[0].value, "wood");
    assert!(white.floor_materials[0].derived_from[0].contains("hue"));
    // Gray says nothing of what is gray.
    let gray = paint(&cloud, [90, 90, 92], [120, 120, 120]);
    assert!(gray.wall_materials.is_empty() && gray.floor_materials.is_empty());
    cloud.colors.clear();
    assert_eq!(SurfaceColors::of(&cloud, &room), SurfaceColors::default());
}
