//! The names on the wire: results are stored, and apps read them long after.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::testing::Room;
use room_geometry::{Options, analyze};
use room_scan::Measurements;
use serde_json::Value;

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn field_names_are_pinned() {
    let app = Measurements {
        length: Some(4.0),
        width: Some(5.0),
        height: Some(2.5),
        area: Some(20.0),
        volume: Some(50.0),
    };
    let cloud = Room::rectangle(5.0, 4.0, 2.5).scan();
    let room = analyze(&cloud, &app, &Options::default()).unwrap();
    let json = serde_json::to_value(&room).unwrap();
    let sorted = |mut names: Vec<&'static str>| {
        names.sort_unstable();
        names
    };
    let have = |value: &Value, names: Vec<&'static str>| {
        let mut found = keys(value);
        found.sort_unstable();
        assert_eq!(found, sorted(names));
    };
    have(
        &json,
        vec![
            "source",
            "up",
            "floor_height",
            "ceiling_height",
            "dimensions",
            "frame",
            "outline",
            "walls",
            "ceilings",
            "levels",
            "columns",
            "openings",
            "objects",
            "coverage",
            "points",
            "agreement",
            "notes",
        ],
    );
    have(
        &json["dimensions"],
        vec![
            "length",
            "width",
            "height",
            "floor_area",
            "perimeter",
            "volume",
        ],
    );
    have(&json["dimensions"]["length"], vec!["value", "uncertainty"]);
    have(&json["frame"], vec!["origin", "axis_x", "axis_y", "up"]);
    have(
        &json["walls"][0],
        vec!["start", "end", "height", "coverage", "uncertainty", "open"],
    );
    have(&json["coverage"], vec!["floor", "ceiling", "walls"]);
    have(&json["points"], vec!["given", "used", "outliers"]);
    have(
        &json["agreement"],
        vec!["length", "width", "height", "area", "volume", "agrees"],
    );
    have(
        &json["agreement"]["length"],
        vec!["app", "measured", "difference", "agrees"],
    );
    assert_eq!(json["source"], "points");
    assert_eq!(json["up"], "z");
    assert_eq!(json["agreement"]["agrees"], true);
    let mut before = json.clone();
    for name in ["ceilings", "levels", "columns"] {
        before.as_object_mut().unwrap().remove(name);
    }
    before["walls"][0].as_object_mut().unwrap().remove("open");
    let read: room_geometry::RoomGeometry = serde_json::from_value(before).unwrap();
    assert!(read.columns.is_empty() && !read.walls[0].open);
    let back: room_geometry::RoomGeometry = serde_json::from_value(json).unwrap();
    assert_eq!(back.outline.len(), 4);
}
