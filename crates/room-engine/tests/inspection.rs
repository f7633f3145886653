//! What is said of an upload while it arrives.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use room_engine::{Inspected, Inspection, Refusal};
use serde_json::json;
use sha2::{Digest, Sha256};

const PLY: &str = "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\n\
    property float z\nend_header\n1 2 3\n4 5 6\n";

fn inspect(file: &[u8]) -> Result<Inspected, Refusal> {
    let mut inspection = Inspection::new(40 << 20, 200);
    for chunk in file.chunks(1000) {
        inspection.push(chunk)?;
    }
    inspection.finish()
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn document() -> String {
    json!({"room_scan": {
        "id": "a", "name": "Küche", "timestamp": "today",
        "device_info": {"platform": "iOS", "model": "iPhone", "os_version": "17.2"},
        "sensor_data": {"lidar_points": [[1, 2, 3]]},
        "measurements": {"length": 4.25, "width": 3, "height": null, "area": 1e-7},
    }})
    .to_string()
}

#[test]
fn what_it_says_comes_through_json() {
    let packed = zipped(document().as_bytes());
    let found = inspect(&packed).unwrap();
    assert!(found.is_document && found.is_gzip && found.has_room_scan && !found.is_captured_room);
    assert_eq!(found.received_bytes, packed.len() as u64);
    assert_eq!(found.unpacked_bytes, document().len() as u64);
    assert_eq!(found.sha256, <[u8; 32]>::from(Sha256::digest(document())));
    assert_eq!((found.points, &found.captured_fault), (1, &None));
    let summary = &found.summary;
    assert_eq!(summary.name.as_deref(), Some("Küche"));
    assert_eq!(
        (summary.measurements.length, summary.measurements.height),
        (Some(4.25), None)
    );

    for file in [
        &packed[..],
        PLY.as_bytes(),
        b"{}",
        br#"{"walls": [1], "doors": []}"#,
    ] {
        let found = inspect(file).unwrap();
        assert_eq!(Inspected::from_json(&found.to_json()), Some(found));
    }
    for other in [
        &b""[..],
        b"{}",
        b"[]",
        br#"{"is_document": true, "sha256": []}"#,
    ] {
        assert_eq!(Inspected::from_json(other), None);
    }
}

#[test]
fn refusals_say_what_they_are() {
    let refused = |file: &[u8]| inspect(file).unwrap_err();
    let id = json!({"room_scan": {"id": "x".repeat(300)}}).to_string();
    assert_eq!(
        refused(id.as_bytes()),
        Refusal::Field {
            field: "room_scan.id".into(),
            reason: "is longer than 256 characters".into()
        }
    );
    assert_eq!(refused(&vec![b' '; (40 << 20) + 1]), Refusal::TooLarge);
    assert_eq!(
        refused(&zipped(&vec![b' '; 39 << 20])),
        Refusal::TooLarge,
        "a bomb"
    );
    assert_eq!(
        refused(b"{\"room_scan\""),
        Refusal::Unreadable("the scan ends too early".into())
    );
}

#[test]
fn the_fault_of_a_captured_room_waits_for_the_cloud() {
    let broken = inspect(br#"{"walls": [{"transform": 1}], "doors": []}"#).unwrap();
    assert!(broken.is_captured_room);
    let fault = broken.captured_fault.clone().unwrap();
    assert!(fault.contains("walls[0].transform"), "{fault}");
    assert_eq!(
        broken.with_cloud(&inspect(PLY.as_bytes()).unwrap()).points,
        2
    );
}

#[test]
fn two_files_make_one_scan() {
    let document = inspect(document().as_bytes()).unwrap();
    let cloud = inspect(&zipped(PLY.as_bytes())).unwrap();
    let both = document.clone().with_cloud(&cloud);
    assert!(both.has_room_scan && both.is_document);
    assert_eq!((both.points, &both.summary), (2, &document.summary));
    assert_eq!(
        both.received_bytes,
        document.received_bytes + cloud.received_bytes
    );
    assert_eq!(
        both.unpacked_bytes,
        document.unpacked_bytes + cloud.unpacked_bytes
    );
    let empty = inspect(
        PLY.split("1 2 3")
            .next()
            .unwrap()
            .replace('2', "0")
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(
        (empty.points, document.clone().with_cloud(&empty).points),
        (0, 1)
    );
    let digests = [document.sha256, cloud.sha256].concat();
    assert_eq!(both.sha256, <[u8; 32]>::from(Sha256::digest(digests)));
}
