//! Our tokenizer and our reading of a scan, against `serde_json`.

mod common;

use common::{positions, read, read_cut};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Whether `serde_json` accepts `text`: as a document that is skipped, because a number out of
/// range or half a surrogate pair matter only in values that are kept; nested as deeply as it
/// allows for one that is kept.
fn serde_accepts(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let skipped = serde_json::from_str::<serde::de::IgnoredAny>(text);
    let too_deep = serde_json::from_str::<Value>(text)
        .is_err_and(|error| error.to_string().starts_with("recursion limit"));
    skipped.is_ok() && !too_deep
}

/// Something with the keys of a scan, in their places or not.
fn scan_like() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1_000_000i32..1_000_000).prop_map(|n| Value::from(f64::from(n) / 1_000.0)),
        ".{0,12}".prop_map(Value::from),
    ];
    let key = proptest::sample::select(vec![
        "room_scan",
        "id",
        "name",
        "timestamp",
        "device_info",
        "platform",
        "model",
        "os_version",
        "sensor_data",
        "lidar_points",
        "motion_data",
        "audio_data",
        "measurements",
        "length",
        "x",
        "y",
        "z",
        "r",
        "g",
        "b",
        "position",
        "é\n",
    ]);
    let anything = leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(String::from), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    let points = prop::collection::vec(anything.clone(), 0..6);
    (anything.clone(), anything.clone(), points, anything).prop_map(
        |(scan, id, points, sensors)| {
            let mut scan = json!({ "room_scan": scan });
            if let Value::Object(room) = &mut scan["room_scan"] {
                room.insert("id".into(), id);
                let mut sensors = sensors;
                if let Value::Object(sensors) = &mut sensors {
                    sensors.insert("lidar_points".into(), points.into());
                }
                room.insert("sensor_data".into(), sensors);
            }
            scan
        },
    )
}

/// The coordinates of a point, the slow and obvious way.
fn model_position(point: &Value) -> Option<[f64; 3]> {
    let axes = |value: &Value| {
        let axis = |index: usize, key: &str| match value {
            Value::Array(list) => list.get(index)?.as_f64(),
            other => other.get(key)?.as_f64(),
        };
        Some([axis(0, "x")?, axis(1, "y")?, axis(2, "z")?])
    };
    match point.get("position") {
        // Of both forms in one object the later one counts, coordinate by coordinate; too odd to model.
        Some(position) => axes(position),
        None => axes(point),
    }
}

proptest! {
    #[test]
    fn it_accepts_what_serde_json_accepts(text in "[\\[\\]{}:,\"\\\\0-9eE+.tfnulrasx \\-é]{0,24}") {
        if !text.trim_start_matches([' ', '\n']).starts_with(['x', 'é', ':', ',']) {
            prop_assert_eq!(read(&text).is_ok(), serde_accepts(text.as_bytes()), "{}", text);
        }
    }

    #[test]
    fn it_does_so_for_json_that_is_nearly_right(
        scan in scan_like(), pretty: bool, at: prop::sample::Index, byte: u8,
    ) {
        let text = if pretty { serde_json::to_string_pretty(&scan) } else { serde_json::to_string(&scan) };
        let mut text = text.unwrap().into_bytes();
        prop_assert!(read(&text).is_ok());
        let at = at.index(text.len());
        text[at] = byte;
        prop_assert_eq!(read(&text).is_ok(), serde_accepts(&text), "{:?}", String::from_utf8_lossy(&text));
        text.remove(at);
        prop_assert_eq!(read(&text).is_ok(), serde_accepts(&text), "{:?}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn it_reads_the_same_scan(scan in scan_like(), sizes in prop::collection::vec(1usize..40, 1..8)) {
        let read = read_cut(scan.to_string().as_bytes(), &sizes).unwrap();
        let room = &scan["room_scan"];
        prop_assert_eq!(read.has_room_scan, room.is_object());

        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(String::from);
        prop_assert_eq!(read.summary.id, text(&room["id"]));
        prop_assert_eq!(read.summary.name, text(&room["name"]));
        prop_assert_eq!(read.summary.os_version, text(&room["device_info"]["os_version"]));
        prop_assert_eq!(read.summary.measurements.length, room["measurements"]["length"].as_f64());

        let count = |key: &str| room["sensor_data"][key].as_array().map_or(0, |a| a.len() as u64);
        prop_assert_eq!(read.counts.lidar_points, count("lidar_points"));
        prop_assert_eq!(read.counts.motion_data, count("motion_data"));
        prop_assert_eq!(read.counts.audio_data, count("audio_data"));
    }

    #[test]
    fn it_reads_the_same_points(points in prop::collection::vec(
        prop_oneof![
            prop::collection::vec(-1_000i32..1_000, 0..5).prop_map(|p| json!(p)),
            (0u8..4, 0u8..4, 0u8..4).prop_map(|(x, y, z)| json!({"y": y, "t": [x], "z": z, "x": x})),
            (0u8..4, any::<bool>()).prop_map(|(x, list)| {
                let position = if list { json!([x, x, 7, 8]) } else { json!({"z": x, "y": 1, "x": 2}) };
                json!({"c": {"x": 9}, "position": position})
            }),
            Just(json!(null)), Just(json!([1, "2", 3])), Just(json!({"x": 1, "y": [2], "z": 3})),
        ], 0..20))
    {
        let body = json!({"room_scan": {"sensor_data": {"lidar_points": points}}}).to_string();
        let expected: Vec<_> = points.iter().filter_map(model_position).collect();
        let scan = read(body).unwrap();
        prop_assert_eq!(positions(&scan), expected);
        prop_assert_eq!(scan.cloud.given, points.len() as u64);
        prop_assert_eq!(scan.cloud.given - scan.cloud.invalid, scan.cloud.len() as u64);
    }
}
