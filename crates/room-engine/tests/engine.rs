//! From the bytes of scans to a result, and from a result to drawings.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use room_engine::{Drawing, Engine, draw};
use room_geometry::testing::scene::{Scene, USES, Use};
use room_scan::{Measurements, PointCloud};
use serde_json::{Value, json};

const MAX_BYTES: u64 = 100 << 20;

/// A scan as the app sends it.
fn upload(cloud: &PointCloud) -> Vec<u8> {
    let points: Vec<[f64; 3]> = cloud
        .positions
        .iter()
        .map(|p| [0, 1, 2].map(|axis| cloud.origin[axis] + f64::from(p[axis])))
        .collect();
    json!({"room_scan": {"id": "one", "sensor_data": {"lidar_points": points}}})
        .to_string()
        .into_bytes()
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// What the engine makes of scans that come in pieces.
fn analyze(scans: &[Vec<u8>]) -> Result<Value, String> {
    let mut engine = Engine::new(MAX_BYTES, scans.len());
    for (place, scan) in scans.iter().enumerate() {
        if place > 0 {
            engine.next_scan()?;
        }
        for chunk in scan.chunks(65_521) {
            engine.push(chunk)?;
        }
    }
    let analysis = engine.analyze(&Measurements::default())?;
    Ok(serde_json::to_value(&analysis).unwrap())
}

fn living_room() -> Scene {
    Scene::random(Use::Living, 7)
}

/// A result as the Worker stores it.
fn stored(result: &Value) -> Vec<u8> {
    json!({"processing_id": "p", "status": "completed", "name": "Room <&>", "result": result,
        "metadata": {}})
    .to_string()
    .into_bytes()
}

fn length(value: &Value, path: &str) -> usize {
    value.pointer(path).and_then(Value::as_array).unwrap().len()
}

#[test]
fn furnished_rooms_have_openings_objects_and_every_drawing() {
    let (mut openings, mut furniture, mut products) = (0, 0, 0);
    for usage in USES {
        let result = analyze(&[upload(&Scene::random(usage, 7).scan())]).unwrap();
        openings += length(&result, "/geometry/openings");
        furniture += length(&result, "/geometry/objects");
        products += length(&result, "/product_recommendations");
        let kinds = result["room_analysis"]["furniture_detected"]
            .as_array()
            .unwrap();
        let objects = result["geometry"]["objects"].as_array().unwrap();
        assert!(
            kinds
                .windows(2)
                .all(|pair| pair[0].as_str() < pair[1].as_str()),
            "each once"
        );
        for class in objects.iter().map(|object| &object["class"]) {
            assert_eq!(kinds.contains(class), class != "unknown", "{class}");
        }
        for key in ["ceilings", "levels", "columns", "walls", "outline"] {
            assert!(result["geometry"][key].is_array(), "{key}");
        }
        assert!(result["room_analysis"]["findings"]["room_type"]["value"].is_string());
        drawings(&result);
    }
    assert!(openings >= 3, "{openings}");
    assert!(furniture >= 5, "{furniture}");
    assert!(products >= 3, "{products}");
}

/// Every drawing, told by how it begins and what it must hold.
fn drawings(result: &Value) {
    let stored = stored(result);
    let signs: [(&[u8], &str); 5] = [
        (b"<svg", "Room &lt;&amp;&gt;"),
        (b"", "AC1015"),
        (b"{", "FeatureCollection"),
        (b"glTF", "POSITION"),
        (b"ISO-10303-21;", "IFCSPACE"),
    ];
    for (drawing, (begin, held)) in Drawing::ALL.into_iter().zip(signs) {
        let drawn = draw(drawing, &stored).unwrap();
        assert!(drawn.starts_with(begin), "{drawing:?}");
        assert!(
            String::from_utf8_lossy(&drawn).contains(held),
            "{drawing:?}"
        );
        assert_eq!(drawn, draw(drawing, &stored).unwrap(), "{drawing:?}");
    }
}

#[test]
fn several_scans_of_a_room_are_combined() {
    let first = living_room();
    let mut second = living_room();
    second.room.turn += 1.0;
    second.room.shift = [3.0, -2.0, 0.5];
    let alone = analyze(&[upload(&first.scan())]).unwrap();
    let result = analyze(&[upload(&first.scan()), upload(&second.scan())]).unwrap();
    let notes = result["geometry"]["notes"].to_string();
    assert!(notes.contains("2 of 2 scans"), "{notes}");
    assert!(length(&result, "/geometry/objects") > 0);
    for figure in ["length", "width", "height"] {
        let value = |of: &Value| {
            of["geometry"]["dimensions"][figure]["value"]
                .as_f64()
                .unwrap()
        };
        let (one, both) = (value(&alone), value(&result));
        assert!((one - both).abs() < 0.05, "{figure}: {one} {both}");
    }
}

#[test]
fn a_scan_of_another_room_is_left_out_and_said() {
    let other = Scene::random(Use::Kitchen, 3);
    let result = analyze(&[upload(&living_room().scan()), upload(&other.scan())]).unwrap();
    let notes = result["geometry"]["notes"].to_string();
    assert!(notes.contains("Only one of the scans"), "{notes}");
}

/// A room of 5 by 3 by 2.4 meters as RoomPlan writes it.
fn captured() -> Value {
    let wall = |x: f64, z: f64, [a, b]: [f64; 2], length: f64| {
        json!({"identifier": format!("{x} {z}"), "category": {"wall": {}}, "confidence": {"high": {}},
            "dimensions": [length, 2.4, 0],
            "transform": [a, 0, b, 0, 0, 1, 0, 0, -b, 0, a, 0, x, 0, z, 1]})
    };
    json!({
        "identifier": "0B1F3B6E-0F64-4B16-8E0E-0D1F5C1E0A11",
        "walls": [wall(2.5, 0.0, [1.0, 0.0], 5.0), wall(5.0, 1.5, [0.0, 1.0], 3.0),
            wall(2.5, 3.0, [-1.0, 0.0], 5.0), wall(0.0, 1.5, [0.0, 1.0], 3.0)],
        "doors": [], "windows": [], "openings": [], "floors": [],
        "objects": [{"identifier": "o", "category": {"bed": {}}, "confidence": {"high": {}},
            "dimensions": [1.6, 0.5, 2.0],
            "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 2.5, -0.95, 1.2, 1]}],
    })
}

#[test]
fn a_captured_room_is_a_result_plain_gzipped_and_in_a_scan() {
    let bare = captured().to_string().into_bytes();
    let held = json!({"room_scan": {"id": "one", "captured_room": captured()}}).to_string();
    let result = analyze(std::slice::from_ref(&bare)).unwrap();
    let length = result["geometry"]["dimensions"]["length"]["value"]
        .as_f64()
        .unwrap();
    assert!((length - 5.0).abs() < 0.1, "{length}");
    assert_eq!(
        result["room_analysis"]["furniture_detected"],
        json!(["bed"])
    );
    drawings(&result);
    for other in [zipped(&bare), held.into_bytes()] {
        assert_eq!(analyze(&[other]).unwrap(), result);
    }
}

#[test]
fn a_fault_of_a_captured_room_is_named() {
    let mut broken = captured();
    broken["walls"][2]["transform"] = json!([1, 2, 3]);
    let problem = analyze(&[broken.to_string().into_bytes()]).unwrap_err();
    assert!(problem.contains("walls[2].transform"), "{problem}");
    let twice = captured().to_string().into_bytes();
    let problem = analyze(&[twice.clone(), twice]).unwrap_err();
    assert!(problem.contains("no points"), "{problem}");
}

/// A document of so many bytes in which white space follows a captured room.
fn padded(room: &Value, bytes: usize) -> Vec<u8> {
    let mut text = room.to_string().into_bytes();
    text.resize(bytes, b' ');
    text
}

#[test]
fn a_captured_room_may_have_eight_mebibytes() {
    let expected = analyze(&[captured().to_string().into_bytes()]).unwrap();
    let held = json!({"room_scan": {"id": "one", "captured_room": captured()}});
    for room in [&captured(), &held] {
        let (most, more) = (padded(room, 8 << 20), padded(room, (8 << 20) + 1));
        for scan in [zipped(&most), most] {
            assert_eq!(analyze(&[scan]).unwrap(), expected);
        }
        for scan in [zipped(&more), more] {
            let problem = analyze(&[scan]).unwrap_err();
            assert!(problem.contains("larger than 8 MiB"), "{problem}");
        }
    }
}

#[test]
fn a_large_document_without_points_is_no_captured_room() {
    let scan =
        json!({"room_scan": {"id": "one", "sensor_data": {"motion_data": vec![0; 5_000_000]}}});
    let problem = analyze(&[scan.to_string().into_bytes()]).unwrap_err();
    assert!(!problem.contains("captured"), "{problem}");
}

/// A document with light readings, and points that count only if there is no cloud beside it.
fn lit(points: &Value) -> Value {
    json!({"room_scan": {"id": "one", "sensor_data": {
        "environmental_data": [{"lux": 600, "color_temperature": 2900}],
        "lidar_points": points,
    }}})
}

/// A cloud as a PLY file, each point of one color.
fn ply(cloud: &PointCloud, [r, g, b]: [u8; 3]) -> Vec<u8> {
    let count = cloud.positions.len();
    let mut file = format!(
        "ply\nformat ascii 1.0\nelement vertex {count}\nproperty float x\nproperty float y\n\
         property float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\n\
         end_header\n"
    );
    for p in &cloud.positions {
        let [x, y, z] = [0, 1, 2].map(|axis| cloud.origin[axis] + f64::from(p[axis]));
        file.push_str(&format!("{x} {y} {z} {r} {g} {b}\n"));
    }
    file.into_bytes()
}

#[test]
fn a_cloud_keeps_the_light_of_the_document_beside_it() {
    let cloud = living_room().scan();
    let wood = [140, 100, 60];
    let mut alone = Engine::new(MAX_BYTES, 1);
    alone.push(&ply(&cloud, wood)).unwrap();
    let alone = serde_json::to_value(alone.analyze(&Measurements::default()).unwrap()).unwrap();
    assert_eq!(alone["room_analysis"]["lighting_conditions"], "unknown");

    let mut engine = Engine::new(MAX_BYTES, 1);
    engine
        .push(lit(&json!([[1, 2, 3]])).to_string().as_bytes())
        .unwrap();
    engine.next_file().unwrap();
    engine.push(&ply(&cloud, wood)).unwrap();
    let both = serde_json::to_value(engine.analyze(&Measurements::default()).unwrap()).unwrap();
    assert_eq!(
        both["room_analysis"]["lighting_conditions"],
        "artificial_bright"
    );
    assert_eq!(both["geometry"], alone["geometry"]);
    for colored in ["wall_materials", "floor_materials"] {
        let found = |of: &Value| of["room_analysis"]["findings"][colored].clone();
        assert_eq!(found(&both), found(&alone));
    }
    assert_ne!(
        alone["room_analysis"]["findings"]["floor_materials"],
        json!([])
    );
}

#[test]
fn a_cloud_without_points_hides_nothing() {
    let empty = ply(&PointCloud::default(), [0; 3]);
    let mut held = lit(&json!([]));
    held["room_scan"]["captured_room"] = captured();
    for document in [upload(&living_room().scan()), held.to_string().into_bytes()] {
        let alone = analyze(std::slice::from_ref(&document)).unwrap();
        let mut engine = Engine::new(MAX_BYTES, 1);
        engine.push(&document).unwrap();
        engine.next_file().unwrap();
        engine.push(&empty).unwrap();
        let both = engine.analyze(&Measurements::default()).unwrap();
        assert_eq!(serde_json::to_value(both).unwrap(), alone);
    }
}

#[test]
fn a_captured_room_keeps_the_light_beside_it_and_its_name() {
    let mut scan = lit(&json!([]));
    scan["room_scan"]["captured_room"] = captured();
    let named = |sections: Value| {
        let mut scan = scan.clone();
        scan["room_scan"]["captured_room"]["sections"] = sections;
        analyze(&[scan.to_string().into_bytes()]).unwrap()["room_analysis"].clone()
    };
    let result = named(json!([]));
    assert_eq!(result["lighting_conditions"], "artificial_bright");
    assert_eq!(result["room_type"], "bedroom", "a bed stands there");
    let confidence = |of: &Value| of["findings"]["room_type"]["confidence"].as_f64().unwrap();

    let same = named(json!([{"label": "bedroom"}]));
    assert_eq!(same["room_type"], "bedroom");
    assert!(confidence(&same) > confidence(&result));
    let parts = named(json!([{"label": "kitchen"}, {"label": "livingRoom"}]));
    assert_eq!(
        parts["findings"]["room_type"],
        result["findings"]["room_type"]
    );

    scan["room_scan"]["captured_room"]["objects"] = json!([]);
    let bare = analyze(&[scan.to_string().into_bytes()]).unwrap();
    assert_eq!(bare["room_analysis"]["room_type"], "unknown");
    scan["room_scan"]["captured_room"]["sections"] = json!([{"label": "livingRoom"}]);
    let told = analyze(&[scan.to_string().into_bytes()]).unwrap();
    assert_eq!(told["room_analysis"]["room_type"], "living_room");
    assert_eq!(
        told["room_analysis"]["findings"]["room_type"]["value"],
        "living_room"
    );
}

#[test]
fn damaged_scans_end_with_a_sentence() {
    let good = upload(&living_room().scan());
    let half = &good[..good.len() / 2];
    let packed = zipped(&good);
    let mut flipped = packed.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xFF;
    let cases: [&[u8]; 7] = [
        b"",
        b"nonsense",
        b"{\"room_scan\": {}}",
        b"ply\nformat ascii 1.0\nelement vertex 2\n",
        half,
        &packed[..packed.len() / 2],
        &flipped,
    ];
    for case in cases {
        let problem = analyze(&[case.to_vec()]).unwrap_err();
        assert!(problem.split_whitespace().count() > 3, "{problem}");
    }
    let problem = analyze(&[half.to_vec(), good]).unwrap_err();
    assert!(problem.contains("damaged"), "{problem}");
}

#[test]
fn no_drawing_comes_of_what_is_no_result() {
    for drawing in Drawing::ALL {
        for bytes in [&b""[..], b"{}", b"{\"result\": {\"geometry\": 3}}"] {
            assert!(draw(drawing, bytes).is_err());
        }
    }
}
