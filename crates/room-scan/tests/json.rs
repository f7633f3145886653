//! What is read from scan JSON, case by case.

mod common;

use common::{KEEP, positions, read, read_chunks, scan_of};
use room_scan::{Format, Points, ScanError};

const FULL: &str = r#"{ "room_scan": {
  "id": "scan_uuid", "name": "Living Room Scan", "timestamp": "2024-12-13T10:30:00Z",
  "device_info": { "platform": "iOS", "model": "iPhone 15 Pro", "os_version": "17.2" },
  "sensor_data": { "lidar_points": [[1, 2, 3]], "distance_measurements": [1, [2, 3], {"a": [4]}],
    "motion_data": [{}, []], "audio_data": ["x"], "environmental_data": [] },
  "measurements": { "length": 4.2, "width": 3.8, "height": 2.4, "area": 15.96, "volume": 38.304 } } }"#;

#[test]
fn the_contract_example_is_read_in_full() {
    let scan = read(FULL).unwrap();
    assert_eq!(scan.format, Format::Json);
    assert!(scan.has_room_scan && !scan.compressed);
    assert_eq!(
        (scan.received_bytes, scan.unpacked_bytes),
        (FULL.len() as u64, FULL.len() as u64)
    );

    let summary = &scan.summary;
    assert_eq!(summary.id.as_deref(), Some("scan_uuid"));
    assert_eq!(summary.name.as_deref(), Some("Living Room Scan"));
    assert_eq!(summary.timestamp.as_deref(), Some("2024-12-13T10:30:00Z"));
    assert_eq!(summary.platform.as_deref(), Some("iOS"));
    assert_eq!(summary.model.as_deref(), Some("iPhone 15 Pro"));
    assert_eq!(summary.os_version.as_deref(), Some("17.2"));
    let m = summary.measurements;
    let measured = [m.length, m.width, m.height, m.area, m.volume];
    assert_eq!(
        measured,
        [Some(4.2), Some(3.8), Some(2.4), Some(15.96), Some(38.304)]
    );

    let counts = scan.counts;
    assert_eq!((counts.lidar_points, counts.distance_measurements), (1, 3));
    assert_eq!(
        (
            counts.motion_data,
            counts.audio_data,
            counts.environmental_data
        ),
        (2, 1, 0)
    );
}

#[test]
fn camel_case_reads_the_same() {
    let mut camel = FULL.to_owned();
    for (snake, twin) in [
        ("room_scan", "roomScan"),
        ("device_info", "deviceInfo"),
        ("os_version", "osVersion"),
        ("sensor_data", "sensorData"),
        ("lidar_points", "lidarPoints"),
        ("distance_measurements", "distanceMeasurements"),
        ("motion_data", "motionData"),
        ("audio_data", "audioData"),
        ("environmental_data", "environmentalData"),
    ] {
        camel = camel.replace(snake, twin);
    }
    let (snake, camel) = (read(FULL).unwrap(), read(camel).unwrap());
    assert_eq!(snake.summary, camel.summary);
    assert_eq!(snake.counts, camel.counts);
    assert_eq!(snake.cloud, camel.cloud);
}

#[test]
fn a_field_of_the_wrong_type_reads_as_absent() {
    for value in [
        "null",
        "true",
        "12",
        "[]",
        "[\"a\"]",
        "{}",
        "{\"id\": \"a\"}",
    ] {
        let scan = read(format!(
            r#"{{"room_scan": {{"id": {value}, "name": {value}, "timestamp": {value},
                "device_info": {{"platform": {value}, "model": "m"}},
                "measurements": {{"length": "4.2", "width": [1], "height": null}},
                "sensor_data": {{"audio_data": {value}, "motion_data": [{value}]}}}}}}"#
        ))
        .unwrap();
        assert!(scan.has_room_scan);
        assert_eq!(scan.summary.id, None, "{value}");
        assert_eq!(scan.summary.name, None);
        assert_eq!(scan.summary.platform, None);
        assert_eq!(scan.summary.model.as_deref(), Some("m"));
        assert_eq!(scan.summary.measurements, Default::default());
        assert_eq!(scan.counts.motion_data, 1);
    }
    assert_eq!(
        read(r#"{"room_scan": {"id": ""}}"#).unwrap().summary.id,
        None
    );
}

#[test]
fn whole_sections_may_be_anything() {
    for body in [
        r#"{"room_scan": {"id": "a", "device_info": 1, "sensor_data": [], "measurements": "x"}}"#,
        r#"{"room_scan": {"id": "a", "sensor_data": {"lidar_points": {"points": [[1, 2, 3]]}}}}"#,
        r#"{"x": {"room_scan": {"id": "b"}}, "room_scan": {"id": "a", "y": {"id": "c"}}}"#,
    ] {
        let scan = read(body).unwrap();
        assert_eq!(scan.summary.id.as_deref(), Some("a"), "{body}");
        assert_eq!(scan.cloud.given, 0);
    }
    for body in [
        "{}",
        "[]",
        "1",
        "\"room_scan\"",
        r#"[{"room_scan": {"id": "a"}}]"#,
        "null",
        r#"{"room_scan": null}"#,
        r#"{"room_scan": [{"id": "a"}]}"#,
    ] {
        let scan = read(body).unwrap();
        assert!(!scan.has_room_scan && scan.summary.id.is_none(), "{body}");
    }
}

#[test]
fn of_a_repeated_key_the_last_counts() {
    let scan = read(
        r#"{"room_scan": {"id": "a", "name": "n", "sensor_data": {"lidar_points": [[1, 2, 3]]}},
            "roomScan": {"id": "b", "sensorData": {"lidar_points": [[9, 9, 9]], "motion_data": [1],
                "lidarPoints": [[4, 5, 6], null], "motionData": 7}, "id": "c"}}"#,
    )
    .unwrap();
    assert_eq!(scan.summary.id.as_deref(), Some("c"));
    assert_eq!(scan.summary.name, None);
    assert_eq!(scan.cloud.origin, [4.0, 5.0, 6.0]);
    assert_eq!((scan.cloud.given, scan.cloud.invalid), (2, 1));
    assert_eq!(scan.counts.motion_data, 0);

    let gone = read(r#"{"room_scan": {"id": "a"}, "room_scan": 1}"#).unwrap();
    assert!(!gone.has_room_scan && gone.summary.id.is_none());
}

#[test]
fn long_strings_are_cut_but_a_long_id_is_refused() {
    let text = |chars| "é".repeat(chars);
    let scan = read(format!(
        r#"{{"room_scan": {{"id": "{}", "name": "{}", "device_info": {{"model": "{}"}}}}}}"#,
        text(256),
        text(1_001),
        text(5_000)
    ))
    .unwrap();
    assert_eq!(scan.summary.id, Some(text(256)));
    assert_eq!(scan.summary.name, Some(text(1_000)));
    assert_eq!(scan.summary.model, Some(text(200)));

    let refused = read(format!(r#"{{"room_scan": {{"id": "{}"}}}}"#, text(257)));
    assert!(matches!(
        refused,
        Err(ScanError::BadField {
            field: "room_scan.id",
            ..
        })
    ));
    // The last one counts here too.
    let body = format!(r#"{{"room_scan": {{"id": "{}", "id": "a"}}}}"#, text(257));
    assert_eq!(read(body).unwrap().summary.id.as_deref(), Some("a"));
}

#[test]
fn escapes_are_decoded() {
    let name = |text: &str| {
        let body = format!(r#"{{"room\u005fscan": {{"n\u0061me": "{text}"}}}}"#);
        read(body).unwrap().summary.name.unwrap()
    };
    assert_eq!(
        name(r#"\"\\\/\b\f\n\r\t\u00e9é"#),
        "\"\\/\u{8}\u{c}\n\r\té\u{e9}"
    );
    assert_eq!(name(r"\ud83d\ude00!"), "😀!");
    // Lone halves of surrogate pairs.
    assert_eq!(name(r"\ud83d"), "\u{fffd}");
    assert_eq!(name(r"\ud83dx\ude00"), "\u{fffd}x\u{fffd}");
    assert_eq!(name(r"\ud83d\ud83d\ude00"), "\u{fffd}😀");
    assert_eq!(name(r"\ud83d\n"), "\u{fffd}\n");
    assert_eq!(name(r"\ud83d\u0041"), "\u{fffd}A");
}

#[test]
fn points_come_in_many_shapes() {
    let scan = read(scan_of(
        r#"[[1, 2, 3], [1, 2, 3, 0.5], [1, 2, 3, 0.5, "x", [7]], {"x": 1, "y": 2, "z": 3},
            {"z": 3, "t": {"x": 9, "position": [9, 9, 9]}, "y": 2, "x": 1, "confidence": 0},
            {"position": [1, 2, 3, 4], "timestamp": 5}, {"position": {"x": 1, "y": 2, "z": 3}}]"#,
    ))
    .unwrap();
    assert_eq!((scan.cloud.given, scan.cloud.invalid), (7, 0));
    assert_eq!(positions(&scan), [[1.0, 2.0, 3.0]; 7]);
    assert!(scan.cloud.colors.is_empty());
}

#[test]
fn what_is_no_point_is_counted_as_invalid() {
    let scan = read(scan_of(
        r#"[1, null, "p", [], {}, [1, 2], [1, null, 3], [1, 2, 1e999], [[1, 2, 3]], [1, [2], 3],
            {"x": 1, "y": 2}, {"x": "1", "y": 2, "z": 3}, {"position": 1}, {"position": [1]},
            {"x": 1, "y": 2, "z": {"x": 3}}, {"position": {"position": [1, 2, 3]}}, [4, 5, 6],
            [1e39, 5, 6]]"#,
    ))
    .unwrap();
    assert_eq!((scan.cloud.given, scan.cloud.invalid), (18, 17));
    assert_eq!(scan.cloud.origin, [4.0, 5.0, 6.0]);
    assert_eq!(scan.cloud.positions, [[0.0; 3]]);
}

#[test]
fn colors_are_bytes_or_shares() {
    let scan = read(scan_of(
        r#"[[0, 0, 0], {"x": 0, "y": 0, "z": 0, "r": 255, "g": 1, "b": 0},
            {"x": 0, "y": 0, "z": 0, "r": 1.0, "g": 0.5, "b": 0},
            {"x": 0, "y": 0, "z": 0, "r": 1, "g": 1, "b": 1},
            {"x": 0, "y": 0, "z": 0, "r": 300, "g": -4, "b": 12.4},
            {"x": 0, "y": 0, "z": 0, "r": 1, "g": 1}]"#,
    ))
    .unwrap();
    let gray = [128; 3];
    assert_eq!(
        scan.cloud.colors,
        [gray, [255, 1, 0], [255, 128, 0], [1; 3], [255, 0, 12], gray]
    );
}

#[test]
fn discarded_points_are_counted() {
    let body = scan_of("[[1, 2, 3], null, [4, 5, 6]]");
    let scan = read_chunks([body.as_bytes()], Points::Discard).unwrap();
    assert!(scan.cloud.is_empty());
    assert_eq!(
        (
            scan.cloud.given,
            scan.cloud.invalid,
            scan.counts.lidar_points
        ),
        (3, 1, 3)
    );
    let kept = read_chunks([body.as_bytes()], KEEP).unwrap();
    assert_eq!(kept.sha256, scan.sha256);
}

#[test]
fn a_byte_order_mark_and_white_space_are_tolerated() {
    assert!(
        read("\u{feff} \r\n\t{\"room_scan\": {}}\n ")
            .unwrap()
            .has_room_scan
    );
    assert_eq!(read(""), Err(ScanError::Empty));
    assert_eq!(read("\u{feff} \n"), Err(ScanError::Empty));
    assert_eq!(read(b"\xEF\xBB{}"), Err(ScanError::UnknownFormat));
    assert_eq!(read(" \u{feff}{}"), Err(ScanError::UnknownFormat));
    assert_eq!(read("<xml>"), Err(ScanError::UnknownFormat));
}

#[test]
fn errors_say_where() {
    assert_eq!(read(" {\"a\" 1}"), Err(ScanError::NotJson { offset: 6 }));
    assert_eq!(read("{}}"), Err(ScanError::NotJson { offset: 2 }));
    assert_eq!(read("[1,]"), Err(ScanError::NotJson { offset: 3 }));
    assert_eq!(read("[\"a\nb\"]"), Err(ScanError::NotJson { offset: 3 }));
    assert_eq!(read(b"[\"\xFF\"]"), Err(ScanError::NotJson { offset: 2 }));
    for truncated in ["{\"a\": [1, 2", "[1.", "-", "1e+", "tru", "\"\\u00", "{\"a"] {
        assert_eq!(read(truncated), Err(ScanError::Truncated), "{truncated}");
    }
    assert_eq!(
        common::read_cut(b"[07", &[2]),
        Err(ScanError::NotJson { offset: 2 })
    );
    assert_eq!(
        read("[".repeat(128)),
        Err(ScanError::TooDeep { offset: 127 })
    );
    assert!(read("[".repeat(127) + &"]".repeat(127)).is_ok());
    assert!(read(format!("[{}]", "1".repeat(1_000))).is_ok());
    assert_eq!(
        read(format!("[{}]", "1".repeat(1_001))),
        Err(ScanError::NumberTooLong { offset: 1 })
    );
    // Found by fuzzing: broken long before it is too long, wherever it is cut.
    let broken = format!("5.E{}", "7".repeat(2_000));
    assert_eq!(read(&broken), Err(ScanError::NotJson { offset: 2 }));
    assert_eq!(
        common::read_cut(broken.as_bytes(), &[2]),
        Err(ScanError::NotJson { offset: 2 })
    );
}

#[test]
fn light_readings_are_summed_whatever_else_a_reading_holds() {
    let scan = |readings: &str| {
        let text = [
            r#"{"room_scan": {"id": "a", "sensor_data": {"environmental_data": "#,
            readings,
            "}}}",
        ];
        read(text.concat()).unwrap()
    };
    let full = scan(
        r#"[{"lux": 200, "temperature": 21.5}, {"t": 3, "ambientLight": 400,
            "colorTemperature": 4000}, 7, [300], {"lux": "much"}, {"light": {"lux": 9}},
            {"lux": -1}, {"lux": 1e300}, {}]"#,
    );
    assert_eq!(full.counts.environmental_data, 9);
    assert_eq!(full.summary.light.lux(), Some(300.0));
    assert_eq!(full.summary.light.kelvin(), Some(4000.0));
    for none in ["[]", "{}", "3", r#"[{"humidity": 40, "pressure": 1013}]"#] {
        let light = scan(none).summary.light;
        assert_eq!((light.lux(), light.kelvin()), (None, None), "{none}");
    }
    // Of a key that comes twice the last one counts.
    let twice = scan(r#"[{"lux": 5}], "environmental_data": [{"lux": 80}]"#);
    assert_eq!(twice.summary.light.lux(), Some(80.0));
}

#[test]
fn captured_rooms_are_told_by_their_outline() {
    let is_one = [
        r#"{"walls": [], "doors": []}"#,
        r#"{"objects": [{"walls": 3}], "version": 2, "walls": [{"identifier": "inner"}]}"#,
        r#"{"walls": 3, "walls": [], "windows": [], "windows": []}"#,
        r#"{"rooms": [{"walls": [], "floors": []}, 4]}"#,
        r#"{"captured_room": {}}"#,
        r#"{"room_scan": {"capturedRoom": {"walls": []}}}"#,
    ];
    for document in is_one {
        assert!(read(document).unwrap().is_captured_room, "{document}");
    }
    let is_none = [
        r#"{"walls": []}"#,
        r#"{"doors": [], "windows": []}"#,
        r#"{"walls": {}, "doors": []}"#,
        r#"{"walls": [], "doors": [], "walls": null}"#,
        r#"{"walls": [], "rooms": [{"doors": []}]}"#,
        r#"{"rooms": [{}, {"walls": [], "doors": []}]}"#,
        r#"{"rooms": [{"walls": [], "doors": []}], "rooms": []}"#,
        r#"{"room_scan": {"walls": [], "doors": [], "captured_room": []}}"#,
        r#"[{"walls": [], "doors": []}]"#,
    ];
    for document in is_none {
        assert!(!read(document).unwrap().is_captured_room, "{document}");
    }
}

#[test]
fn a_captured_room_names_itself_where_no_scan_does() {
    let id = |document: &str| read(document).unwrap().summary.id;
    let bare = r#"{"identifier": "phone's", "walls": [{"identifier": "wall's"}], "doors": []}"#;
    assert_eq!(id(bare).as_deref(), Some("phone's"));
    assert_eq!(id(r#"{"identifier": "nobody's"}"#), None);
    assert_eq!(id(r#"{"identifier": 3, "walls": [], "doors": []}"#), None);
    let both = r#"{"identifier": "x", "walls": [], "doors": [], "room_scan": {"id": "scan's"}}"#;
    assert_eq!(id(both).as_deref(), Some("scan's"));
    let nameless = r#"{"identifier": "x", "walls": [], "doors": [], "room_scan": {}}"#;
    assert_eq!(id(nameless), None);
}

#[test]
fn a_captured_room_is_told_however_it_is_cut() {
    let document = r#"{"identifier": "phone's", "walls": [{"a": [1]}], "rooms": [], "doors": []}"#;
    for at in 0..document.len() {
        let (first, rest) = document.as_bytes().split_at(at);
        let scan = read_chunks([first, rest], KEEP).unwrap();
        assert!(scan.is_captured_room, "{at}");
        assert_eq!(scan.summary.id.as_deref(), Some("phone's"));
    }
}
