//! Captured rooms as the phone writes them, and documents that are none.

use captured_room::{find, is_captured_room, parse, read, read_all};
use proptest::prelude::*;
use room_geometry::model::{OpeningKind, Source, Support};
use serde_json::{Value, json};

/// A surface whose width runs along a direction of the phone's x and z.
fn surface(
    id: &str,
    category: Value,
    center: [f64; 3],
    along: [f64; 2],
    size: [f64; 3],
    parent: Option<&str>,
) -> Value {
    let length = along[0].hypot(along[1]);
    let [x, z] = [along[0] / length, along[1] / length];
    let [a, b, c] = center;
    json!({
        "identifier": id,
        "parentIdentifier": parent,
        "category": category,
        "confidence": { "high": {} },
        "dimensions": size,
        "transform": [x, 0, z, 0, 0, 1, 0, 0, -z, 0, x, 0, a, b, c, 1],
        "completedEdges": [],
        "curve": null,
        "polygonCorners": [],
    })
}

/// A room of 5 by 3 meters whose floor is at -1.2, turned by some degrees about the origin.
fn room(degrees: f64) -> Value {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let at = |x: f64, y: f64, z: f64| [x * cosine - z * sine, y, x * sine + z * cosine];
    let along = |x: f64, z: f64| [x * cosine - z * sine, x * sine + z * cosine];
    let wall = |id: &str, x: f64, z: f64, run: [f64; 2], length: f64| {
        let size = [length, 2.4, 0.0];
        let run = along(run[0], run[1]);
        surface(id, json!({ "wall": {} }), at(x, 0.0, z), run, size, None)
    };
    json!({
        "identifier": "0B1F3B6E-0F64-4B16-8E0E-0D1F5C1E0A11",
        "version": 2,
        "story": 0,
        // The last wall is a little short and a little off, as they come.
        "walls": [
            wall("W1", 2.5, 0.0, [1.0, 0.0], 5.0),
            wall("W2", 5.0, 1.5, [0.0, 1.0], 3.0),
            wall("W3", 2.5, 3.0, [-1.0, 0.0], 5.0),
            wall("W4", 0.0, 1.53, [0.0, 1.0], 2.9),
        ],
        "doors": [surface("D1", json!({ "door": { "isOpen": true } }), at(1.4, -0.2, 0.0),
            along(1.0, 0.0), [0.8, 2.0, 0.0], Some("W1"))],
        "windows": [surface("F1", json!({ "window": {} }), at(5.02, 0.2, 1.0),
            along(0.0, 1.0), [1.2, 1.0, 0.0], Some("gone"))],
        "openings": [],
        "floors": [],
        "objects": [
            surface("O1", json!({ "storage": {} }), at(0.3, -0.2, 2.0), along(0.0, 1.0),
                [1.8, 2.0, 0.6], None),
            surface("O2", json!({ "washerDryer": {} }), at(4.6, -0.75, 2.6), along(1.0, 0.0),
                [0.6, 0.9, 0.6], None),
            surface("O3", json!({ "television": {} }), at(2.5, 0.3, 2.96), along(1.0, 0.0),
                [1.2, 0.7, 0.06], None),
            surface("O4", json!({ "fireplace": {} }), at(2.5, -0.7, 0.2), along(1.0, 0.0),
                [1.0, 1.0, 0.4], None),
        ],
        "sections": [{ "label": "livingRoom", "center": [2.5, 0, 1.5], "story": 0 }],
    })
}

#[test]
fn a_room_becomes_the_same_result_as_a_measured_one() {
    for degrees in [0.0, 33.0, 90.0, 217.0] {
        let document = room(degrees);
        assert!(is_captured_room(&document));
        let captured = read(&document).unwrap();
        let geometry = captured.geometry;
        assert_eq!(geometry.source, Source::CapturedRoom);
        assert_eq!(captured.sections, ["livingRoom"]);
        let d = geometry.dimensions;
        for (figure, expected) in [
            (d.length, 5.0),
            (d.width, 3.0),
            (d.height, 2.4),
            (d.floor_area, 15.0),
            (d.perimeter, 16.0),
            (d.volume, 36.0),
        ] {
            let figure = figure.unwrap();
            assert!(
                (figure.value - expected).abs() < 1e-6,
                "{degrees}: {figure:?} {expected}"
            );
            assert!(figure.uncertainty >= 0.05);
        }
        assert_eq!(geometry.outline.len(), 4);
        assert!((geometry.floor_height.unwrap() + 1.2).abs() < 1e-9);
        assert!((geometry.ceiling_height.unwrap() - 1.2).abs() < 1e-9);
        assert_eq!(geometry.ceilings.len(), 1);
        assert!(
            geometry
                .walls
                .iter()
                .all(|wall| !wall.open && wall.coverage == 1.0)
        );
        assert!(geometry.notes[0].contains("assumed"));

        let [door, window] = geometry.openings.as_slice() else {
            panic!("{:?}", geometry.openings)
        };
        assert_eq!(
            (door.kind, window.kind),
            (OpeningKind::Door, OpeningKind::Window)
        );
        assert!((door.width - 0.8).abs() < 1e-6 && door.bottom.abs() < 1e-6);
        assert!((door.top - 2.0).abs() < 1e-6 && (window.bottom - 0.9).abs() < 1e-6);
        // Its middle is where the phone has it.
        let wall = &geometry.walls[door.wall];
        let share = (door.offset + door.width / 2.0) / 5.0;
        let at = [0, 1].map(|axis| wall.start[axis] + share * (wall.end[axis] - wall.start[axis]));
        let frame = &geometry.frame;
        let (sine, cosine) = degrees.to_radians().sin_cos();
        for (axis, expected) in [(0, 1.4 * cosine), (1, -1.2), (2, 1.4 * sine)] {
            let found =
                frame.origin[axis] + at[0] * frame.axis_x[axis] + at[1] * frame.axis_y[axis];
            assert!(
                (found - expected).abs() < 1e-6,
                "{degrees}: axis {axis}: {found}"
            );
        }

        let classes: Vec<_> = geometry.objects.iter().map(|o| o.class.as_str()).collect();
        assert_eq!(classes, ["cabinet", "appliance", "screen", "fireplace"]);
        assert_eq!(geometry.objects[0].support, Support::Floor);
        assert_eq!(geometry.objects[2].support, Support::Wall);
        assert_eq!(geometry.objects[0].size, [1.8, 0.6, 2.0]);
        let across = geometry.objects[0].rotation.rem_euclid(180.0);
        assert!(
            (across - 90.0).abs() < 1e-6,
            "the cabinet stands along the short wall"
        );
    }
}

#[test]
fn the_frame_is_right_handed() {
    let frame = read(&room(12.0)).unwrap().geometry.frame;
    let ([a, b, c], [d, e, f]) = (frame.axis_x, frame.axis_y);
    let cross = [b * f - c * e, c * d - a * f, a * e - b * d];
    for (found, expected) in cross.into_iter().zip(frame.up) {
        assert!((found - expected).abs() < 1e-9);
    }
}

#[test]
fn a_missing_wall_is_an_open_boundary() {
    let mut document = room(0.0);
    document["walls"].as_array_mut().unwrap().remove(1);
    let geometry = read(&document).unwrap().geometry;
    assert_eq!(geometry.walls.iter().filter(|wall| wall.open).count(), 1);
    assert!((geometry.dimensions.floor_area.unwrap().value - 15.0).abs() < 0.2);
    // The window of the missing wall is at the open boundary.
    assert_eq!(geometry.openings.len(), 2);
    assert!(geometry.notes.iter().any(|note| note.contains("no wall")));
}

#[test]
fn a_free_standing_wall_is_a_column() {
    let mut document = room(0.0);
    let inner = surface(
        "W5",
        json!({ "wall": {} }),
        [2.5, -0.2, 1.5],
        [0.0, 1.0],
        [1.0, 2.0, 0.0],
        None,
    );
    document["walls"].as_array_mut().unwrap().push(inner);
    let geometry = read(&document).unwrap().geometry;
    assert_eq!((geometry.outline.len(), geometry.columns.len()), (4, 1));
    assert!((geometry.dimensions.floor_area.unwrap().value - 14.9).abs() < 1e-6);
}

#[test]
fn the_floor_stands_in_where_walls_do_not_close() {
    let mut document = room(0.0);
    document["walls"].as_array_mut().unwrap().truncate(1);
    document["floors"] = json!([{
        "identifier": "F", "category": { "floor": {} }, "confidence": { "high": {} },
        "dimensions": [5, 3, 0],
        // Local z is up, local y runs against the phone's z.
        "transform": [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 2.5, -1.2, 1.5, 1],
        "polygonCorners": [[-2.5, -1.5, 0], [2.5, -1.5, 0], [2.5, 1.5, 0], [0, 1.5, 0],
            [0, 0.5, 0], [-2.5, 0.5, 0]],
    }]);
    let geometry = read(&document).unwrap().geometry;
    assert_eq!(geometry.outline.len(), 6);
    assert!((geometry.dimensions.floor_area.unwrap().value - 12.5).abs() < 1e-6);
    assert!(
        geometry
            .notes
            .iter()
            .any(|note| note.contains("phone's floor"))
    );
}

/// A wall from one place to another of the phone's x and z.
fn wall(id: &str, [a, b]: [f64; 2], [c, d]: [f64; 2]) -> Value {
    let size = [(c - a).hypot(d - b), 2.4, 0.0];
    let middle = [(a + c) / 2.0, 0.0, (b + d) / 2.0];
    surface(
        id,
        json!({ "wall": {} }),
        middle,
        [c - a, d - b],
        size,
        None,
    )
}

/// A floor of 5 by 3 meters, as the second version of the document draws it.
fn drawn_floor(corners: Value) -> Value {
    json!([{
        "identifier": "F", "category": { "floor": {} }, "confidence": { "high": {} },
        "dimensions": [5, 3, 0], "story": 0, "parentIdentifier": null, "completedEdges": [],
        "transform": [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 2.5, -1.2, 1.5, 1],
        "polygonCorners": corners, "curve": null,
    }])
}

#[test]
fn a_ring_of_walls_in_the_room_is_not_the_room() {
    let mut document = room(0.0);
    // The left wall ends where a closet begins; the closet's own walls close.
    document["walls"] = json!([
        wall("W1", [1.1, 0.0], [5.0, 0.0]),
        wall("W2", [5.0, 0.0], [5.0, 3.0]),
        wall("W3", [5.0, 3.0], [0.0, 3.0]),
        wall("W4", [0.0, 3.0], [0.0, 1.1]),
        wall("C1", [0.0, 0.0], [1.0, 0.0]),
        wall("C2", [1.0, 0.0], [1.0, 1.0]),
        wall("C3", [1.0, 1.0], [0.0, 1.0]),
        wall("C4", [0.0, 1.0], [0.0, 0.0]),
    ]);
    let whole = json!([
        [-2.5, -1.5, 0],
        [2.5, -1.5, 0],
        [2.5, 1.5, 0],
        [-2.5, 1.5, 0]
    ]);
    document["floors"] = drawn_floor(whole);
    let geometry = read(&document).unwrap().geometry;
    assert_eq!(geometry.outline.len(), 4);
    // The closet's two inner walls stand in the room, each at a wall around it.
    assert_eq!(geometry.columns.len(), 2);
    let area = geometry.dimensions.floor_area.unwrap().value;
    assert!((area - 14.8).abs() < 0.05, "{area}");
    assert!(geometry.notes.iter().any(|note| note.contains("a part of")));

    // The box of a floor that the phone did not draw says nothing of the room's shape.
    document["floors"] = drawn_floor(json!([]));
    let geometry = read(&document).unwrap().geometry;
    assert!(geometry.dimensions.floor_area.unwrap().value < 2.0);
}

#[test]
fn a_wall_in_the_room_has_a_gap_where_its_door_is() {
    let mut document = room(15.0);
    let walls = |document: &mut Value, door: [f64; 2]| {
        let (sine, cosine) = 15f64.to_radians().sin_cos();
        let at = |x: f64, z: f64| [x * cosine - z * sine, x * sine + z * cosine];
        let inner = wall("P", at(2.0, 0.05), at(2.0, 2.95));
        let [a, b] = [at(2.0, door[0]), at(2.0, door[1])];
        let middle = [(a[0] + b[0]) / 2.0, -0.2, (a[1] + b[1]) / 2.0];
        let size = [door[1] - door[0], 2.0, 0.0];
        let run = [b[0] - a[0], b[1] - a[1]];
        let door = surface(
            "D",
            json!({ "door": { "isOpen": false } }),
            middle,
            run,
            size,
            Some("P"),
        );
        document["walls"].as_array_mut().unwrap().push(inner);
        document["doors"] = json!([door]);
        let geometry = read(document).unwrap().geometry;
        document["walls"].as_array_mut().unwrap().pop();
        geometry
    };
    let geometry = walls(&mut document, [1.0, 1.8]);
    assert_eq!((geometry.outline.len(), geometry.columns.len()), (4, 2));
    assert!(
        geometry
            .openings
            .iter()
            .all(|opening| opening.kind != OpeningKind::Door)
    );
    assert!(
        geometry
            .notes
            .iter()
            .any(|note| note.contains("have gaps: 1."))
    );
    let area = geometry.dimensions.floor_area.unwrap().value;
    assert!((area - (15.0 - 0.1 * 2.1)).abs() < 1e-6, "{area}");
    // An opening as wide as the wall leaves nothing of it.
    assert!(walls(&mut document, [0.05, 2.95]).columns.is_empty());
}

#[test]
fn what_is_left_out_is_said() {
    let mut document = room(0.0);
    let slit = surface(
        "S",
        json!({ "opening": {} }),
        [1.0, 0.0, 3.0],
        [1.0, 0.0],
        [0.03, 2.0, 0.0],
        Some("W3"),
    );
    let inner = surface(
        "I",
        json!({ "opening": {} }),
        [2.5, 0.0, 1.5],
        [1.0, 0.0],
        [0.9, 2.0, 0.0],
        Some("elsewhere"),
    );
    document["openings"] = json!([slit, inner]);
    let geometry = read(&document).unwrap().geometry;
    assert_eq!(geometry.openings.len(), 2);
    let notes = geometry.notes.join(" ");
    assert!(
        notes.contains("narrower than 10 cm that were left out: 1."),
        "{notes}"
    );
    assert!(
        notes.contains("on no wall around the room and were left out: 1."),
        "{notes}"
    );
}

/// The same room as each version of the phone's system, and as apps that write it themselves.
#[test]
fn every_spelling_is_read() {
    let expected = read(&room(20.0)).unwrap();
    let each = |change: &dyn Fn(&mut Value)| {
        let mut document = room(20.0);
        for list in ["walls", "doors", "windows", "objects"] {
            document[list]
                .as_array_mut()
                .unwrap()
                .iter_mut()
                .for_each(change);
        }
        document
    };
    let name = |value: &Value| value.as_object().unwrap().keys().next().unwrap().clone();
    let columns = |entry: &Value| {
        let numbers = entry["transform"].as_array().unwrap();
        Value::from(numbers.chunks(4).map(<[Value]>::to_vec).collect::<Vec<_>>())
    };
    let first_version = each(&|entry| {
        let entry = entry.as_object_mut().unwrap();
        for key in ["polygonCorners", "completedEdges"] {
            entry.remove(key);
        }
    });
    let mut without_header = first_version.clone();
    for key in [
        "version",
        "story",
        "floors",
        "sections",
        "openings",
        "identifier",
    ] {
        without_header.as_object_mut().unwrap().remove(key);
    }
    let spellings = [
        first_version,
        each(&|entry| {
            entry["story"] = json!(0);
            entry["attributes"] = json!({});
        }),
        each(&|entry| entry["category"] = json!(name(&entry["category"]))),
        each(&|entry| {
            let name = name(&entry["category"]);
            entry["category"] = json!(format!("{}{}", name[..1].to_uppercase(), &name[1..]));
            entry["confidence"] = json!("High");
        }),
        each(&|entry| entry["confidence"] = json!("high")),
        each(&|entry| entry["transform"] = columns(entry)),
        each(&|entry| entry["transform"] = json!({ "columns": columns(entry) })),
        each(&|entry| {
            let columns = columns(entry);
            let row = |row: usize| (0..4).map(|c| columns[c][row].clone()).collect::<Vec<_>>();
            entry["transform"] = json!([row(0), row(1), row(2), row(3)]);
        }),
        each(&|entry| {
            let size = entry["dimensions"].clone();
            entry["dimensions"] = json!({ "x": size[0], "y": size[1], "z": size[2] });
        }),
        without_header,
    ];
    for (place, document) in spellings.iter().enumerate() {
        let captured = read(document).unwrap();
        assert_eq!(captured.geometry, expected.geometry, "{place}");
    }
}

#[test]
fn confidences_and_kinds_of_storage_are_kept() {
    let mut document = room(0.0);
    let objects = document["objects"].as_array_mut().unwrap();
    objects.truncate(1);
    objects.push(objects[0].clone());
    objects.push(objects[0].clone());
    objects[0]["confidence"] = json!({ "medium": {} });
    objects[1]["confidence"] = json!({ "low": {} });
    objects[2]["confidence"] = json!(null);
    objects[0]["attributes"] = json!({ "StorageType": "shelf" });
    objects[1]["attributes"] = json!({ "StorageType": "cabinet" });
    let found = read(&document).unwrap().geometry.objects;
    let found: Vec<_> = found
        .iter()
        .map(|o| (o.class.as_str(), o.confidence))
        .collect();
    assert_eq!(found, [("shelf", 0.6), ("cabinet", 0.3), ("cabinet", 0.6)]);
}

#[test]
fn sections_are_named_once_and_the_unidentified_not() {
    let mut document = room(0.0);
    let section = |label: Value| json!({ "label": label, "center": [0, 0, 0], "story": 0 });
    document["sections"] = json!([
        section(json!("kitchen")),
        section(json!({ "diningRoom": {} })),
        section(json!("kitchen")),
        section(json!("unidentified"))
    ]);
    assert_eq!(read(&document).unwrap().sections, ["diningRoom", "kitchen"]);
}

#[test]
fn a_curved_wall_is_read_and_said() {
    let mut document = room(0.0);
    let angle = |value: f64| json!({ "value": value, "unit": { "symbol": "°" } });
    document["walls"][1]["curve"] = json!({ "center": [5.0, 1.5], "radius": 1.5,
        "startAngle": angle(-90.0), "endAngle": angle(90.0) });
    let geometry = read(&document).unwrap().geometry;
    assert_eq!(geometry.outline.len(), 4);
    assert!(
        geometry
            .notes
            .iter()
            .any(|note| note.contains("Curved walls"))
    );
}

#[test]
fn a_wall_under_a_slope_ends_at_its_highest_corner() {
    let mut document = room(0.0);
    document["walls"][1]["polygonCorners"] = json!([
        [-1.5, -1.2, 0],
        [1.5, -1.2, 0],
        [1.5, 0.4, 0],
        [0, 1.8, 0],
        [-1.5, 0.4, 0]
    ]);
    let geometry = read(&document).unwrap().geometry;
    assert!((geometry.dimensions.height.unwrap().value - 3.0).abs() < 1e-6);
    assert!(geometry.ceilings.is_empty());
    assert!(
        geometry
            .notes
            .iter()
            .any(|note| note.contains("upper bound"))
    );
}

#[test]
fn a_document_takes_no_more_memory_than_a_house() {
    // As large as may be, of a kind that would be a gigabyte of values.
    let hostile = format!(
        "{{\"walls\": [], \"doors\": [{}0]}}",
        "{\"\":0},".repeat(1_000_000)
    );
    assert_eq!(
        parse(hostile.as_bytes()).unwrap_err().to_string(),
        "it holds more than any room"
    );
    let deep = "[".repeat(100_000);
    assert_eq!(
        parse(deep.as_bytes()).unwrap_err().to_string(),
        "it is not JSON"
    );
    let mut house = room(0.0);
    for list in ["walls", "doors", "windows", "objects"] {
        let one = house[list][0].clone();
        house[list] = Value::from(vec![one; 256]);
    }
    house["coreModel"] = json!("A".repeat(4_000_000));
    let text = house.to_string();
    assert_eq!(parse(text.as_bytes()).unwrap(), house);
}

#[test]
fn a_structure_gives_its_rooms() {
    let mut small = room(0.0);
    small["walls"].as_array_mut().unwrap().clear();
    let structure = json!({ "identifier": "S", "rooms": [small, room(10.0)], "version": 1 });
    assert!(is_captured_room(&structure));
    assert_eq!(read_all(&structure).unwrap().len(), 2);
    let captured = read(&structure).unwrap();
    assert_eq!(captured.geometry.outline.len(), 4);
    assert!(
        captured
            .geometry
            .notes
            .iter()
            .any(|note| note.contains("2 rooms"))
    );
}

#[test]
fn what_is_wrong_is_named() {
    let says = |change: &dyn Fn(&mut Value)| {
        let mut document = room(0.0);
        change(&mut document);
        read(&document).unwrap_err().to_string()
    };
    assert_eq!(
        says(&|room| room["walls"][3]["transform"] = json!([1, 2, 3])),
        "walls[3].transform: must be 16 numbers"
    );
    assert_eq!(
        says(&|room| room["doors"][0]["dimensions"] = json!(["a", 1, 2])),
        "doors[0].dimensions: must be three numbers"
    );
    assert_eq!(
        says(&|room| room["walls"][0]["polygonCorners"] = json!([[0, 0, 0], [1, 2]])),
        "walls[0].polygonCorners[1]: must be three numbers"
    );
    assert_eq!(
        says(&|room| room["objects"] = json!({})),
        "objects: must be a list"
    );
    assert_eq!(
        says(&|room| room["windows"][0] = json!(7)),
        "windows[0]: must be an object"
    );
    assert_eq!(
        says(&|room| room["walls"][1]["transform"] = json!(vec![0; 16])),
        "walls[1].transform: must turn without scaling"
    );
    let structure = json!({ "rooms": [room(0.0), { "walls": 3 }] });
    assert_eq!(
        read(&structure).unwrap_err().to_string(),
        "rooms[1].walls: must be a list"
    );
    assert_eq!(
        read(&json!([])).unwrap_err().to_string(),
        "it must be an object"
    );
}

#[test]
fn other_uploads_are_no_captured_rooms() {
    for document in [
        json!({}),
        json!([]),
        json!(null),
        json!({ "room_scan": { "id": "a", "walls": [], "doors": [] } }),
        json!({ "walls": [] }),
        json!({ "rooms": [] }),
        json!({ "rooms": [{ "name": "Kitchen", "images": [] }] }),
    ] {
        assert!(!is_captured_room(&document), "{document}");
    }
}

#[test]
fn a_scan_may_hold_a_captured_room() {
    for (scan, member) in [("room_scan", "captured_room"), ("roomScan", "capturedRoom")] {
        let held = json!({ scan: { "id": "a", "name": "Kitchen", member: room(0.0) } });
        assert_eq!(find(&held), Some(&room(0.0)));
    }
    assert_eq!(
        find(&json!({ "captured_room": room(0.0) })),
        Some(&room(0.0))
    );
    assert_eq!(find(&json!({ "room_scan": { "captured_room": 7 } })), None);
}

/// Any JSON at all, of the members that matter.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1e5f64..1e5).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        let keys = prop::sample::select(vec![
            "walls",
            "doors",
            "floors",
            "objects",
            "rooms",
            "transform",
            "dimensions",
            "category",
            "polygonCorners",
            "confidence",
            "sections",
            "identifier",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((keys, inner), 0..6).prop_map(|members| {
                Value::Object(
                    members
                        .into_iter()
                        .map(|(k, v)| (k.to_owned(), v))
                        .collect(),
                )
            }),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_panics(document in anything()) {
        let _ = is_captured_room(&document);
        let _ = read_all(&document);
    }

    /// Walls anywhere, also at one place or without length.
    #[test]
    fn any_walls_give_a_finite_room(
        walls in prop::collection::vec(
            (-6.0f64..6.0, -6.0f64..6.0, 0.0f64..6.3, prop_oneof![Just(0.0), 0.0f64..8.0]), 0..20),
    ) {
        let walls: Vec<Value> = walls.iter().map(|&(x, z, angle, length)| {
            let id = format!("{x}");
            surface(&id, json!("wall"), [x.round(), 1.2, z.round()], [angle.cos(), angle.sin()],
                [length, 2.4, 0.0], None)
        }).collect();
        let doors: Vec<Value> = walls.iter().take(3).cloned().collect();
        let document = json!({ "walls": walls, "doors": doors, "objects": doors });
        let geometry = read(&document).unwrap().geometry;
        let corners = geometry.outline.iter().flatten();
        prop_assert!(corners.chain(&geometry.frame.origin).all(|v| v.is_finite()));
        prop_assert_eq!(geometry.walls.len(), geometry.outline.len());
        for opening in &geometry.openings {
            let wall = &geometry.walls[opening.wall];
            let length = (wall.end[0] - wall.start[0]).hypot(wall.end[1] - wall.start[1]);
            prop_assert!(opening.offset >= 0.0 && opening.offset + opening.width <= length + 1e-9);
        }
        if let Some(area) = geometry.dimensions.floor_area {
            prop_assert!(area.value >= 0.0 && area.uncertainty.is_finite());
        }
        prop_assert_eq!(read(&document).unwrap().geometry, geometry);
    }

    /// A room of any shape comes back, whatever order and direction its walls have.
    #[test]
    fn rooms_of_any_shape_come_back(
        radii in prop::collection::vec(2.0f64..4.0, 4..12),
        flips in prop::collection::vec(any::<bool>(), 12),
        rotate in 0usize..12,
    ) {
        let step = std::f64::consts::TAU / radii.len() as f64;
        let corners: Vec<[f64; 2]> = radii.iter().enumerate().map(|(place, radius)| {
            let (sine, cosine) = (place as f64 * step).sin_cos();
            [radius * cosine, radius * sine]
        }).collect();
        let ends = corners.iter().cycle().skip(1);
        let mut walls: Vec<Value> = corners.iter().zip(ends).zip(&flips).map(|((a, b), flip)| {
            let (a, b) = if *flip { (b, a) } else { (a, b) };
            let center = [(a[0] + b[0]) / 2.0, 1.2, (a[1] + b[1]) / 2.0];
            let run = [b[0] - a[0], b[1] - a[1]];
            surface("w", json!({ "wall": {} }), center, run, [run[0].hypot(run[1]), 2.4, 0.0], None)
        }).collect();
        let count = walls.len();
        walls.rotate_left(rotate % count);
        let geometry = read(&json!({ "walls": walls, "doors": [] })).unwrap().geometry;
        let twice: f64 = corners.iter().zip(corners.iter().cycle().skip(1))
            .map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum();
        let area = geometry.dimensions.floor_area.unwrap().value;
        prop_assert!((area - twice.abs() / 2.0).abs() < 1e-6, "{area} {}", twice / 2.0);
        prop_assert_eq!(geometry.outline.len(), count);
    }
}
