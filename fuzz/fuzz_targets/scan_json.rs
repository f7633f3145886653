//! Scan JSON: accepted if and only if `serde_json` accepts it, read the same however it is cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use room_scan::{Limits, Points, Scan, ScanError, ScanReader};
use serde_json::Value;

fuzz_target!(|input: (u8, &[u8])| {
    let (chunk_bytes, text) = input;
    if text.starts_with(&[0x1F, 0x8B]) {
        return; // The target `gzip` has these.
    }
    let whole = read(text, text.len());
    assert_eq!(whole, read(text, chunk_bytes.into()));

    // What we tell apart before JSON, and the one limit that is ours.
    let otherwise = matches!(whole, Err(ScanError::NumberTooLong { .. }))
        || text.starts_with(b"ply")
        || text.starts_with("\u{feff}".as_bytes());
    if otherwise {
        return;
    }
    assert_eq!(whole.is_ok(), serde_accepts(text), "{whole:?}");

    let (Ok(scan), Ok(value)) = (whole, serde_json::from_slice::<Value>(text)) else {
        return;
    };
    // `Value` keeps no order between twins.
    if ["Scan", "Info", "Version", "Data", "Points", "\\u"]
        .iter()
        .any(|twin| contains(text, twin))
    {
        return;
    }
    let room = &value["room_scan"];
    assert_eq!(scan.has_room_scan, room.is_object());
    let name: Option<String> = room["name"]
        .as_str()
        .map(|name| name.chars().take(1_000).collect());
    assert_eq!(scan.summary.name, name.filter(|name| !name.is_empty()));
    let points = room["sensor_data"]["lidar_points"].as_array();
    assert_eq!(
        scan.cloud.given,
        points.map_or(0, |points| points.len() as u64)
    );
});

fn read(text: &[u8], chunk_bytes: usize) -> Result<Scan, ScanError> {
    let mut reader = ScanReader::new(Limits::default(), Points::Keep { max: 8 });
    for chunk in text.chunks(chunk_bytes.max(1)) {
        reader.push(chunk)?;
    }
    reader.finish()
}

/// As a document that is skipped, nested as deeply as `serde_json` allows for one that is kept.
fn serde_accepts(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let skipped = serde_json::from_str::<serde::de::IgnoredAny>(text);
    skipped.is_ok() && depth(text) <= 127
}

/// How deep the containers of valid JSON are nested.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth -= 1,
            _ => {}
        }
    }
    deepest
}

fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len())
        .any(|window| window == part.as_bytes())
}
