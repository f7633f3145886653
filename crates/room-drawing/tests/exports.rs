//! DXF, GeoJSON and IFC: the structure that readers rely on. What the readers themselves say is
//! checked by scripts/validate-exports.py.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rooms;

use std::collections::{HashMap, HashSet};

use room_drawing::{Origin, floor_plan_dxf, floor_plan_geojson, model_ifc};
use room_geometry::model::RoomGeometry;
use rooms::{attic, empty, furnished, loft, rectangle, samples};
use serde_json::Value;

/// A DXF file, whose code page has a byte for each of its characters.
fn dxf(room: &RoomGeometry, title: &str) -> String {
    let bytes = floor_plan_dxf(room, title);
    bytes.into_iter().map(char::from).collect()
}

/// The groups of a DXF file: code and value.
fn groups(dxf: &str) -> Vec<(u16, &str)> {
    let lines: Vec<&str> = dxf.lines().collect();
    assert!(lines.len().is_multiple_of(2), "a group is a pair of lines");
    let groups = lines.chunks(2);
    groups
        .map(|group| (group[0].parse().unwrap(), group[1]))
        .collect()
}

fn count(groups: &[(u16, &str)], kind: &str) -> usize {
    groups.iter().filter(|group| **group == (0, kind)).count()
}

/// The entities on a layer.
fn on_layer(groups: &[(u16, &str)], layer: &str) -> usize {
    groups.iter().filter(|group| **group == (8, layer)).count()
}

#[test]
fn every_dxf_is_a_whole_file_in_meters() {
    for (name, title, room) in samples() {
        let dxf = dxf(&room, title);
        let groups = groups(&dxf);
        assert_eq!(groups.last(), Some(&(0, "EOF")));
        assert_eq!(count(&groups, "SECTION"), 6);
        assert_eq!(count(&groups, "ENDSEC"), 6);
        let header = |variable: &str| {
            let at = groups.iter().position(|group| *group == (9, variable));
            groups[at.unwrap() + 1].1
        };
        assert_eq!((header("$ACADVER"), header("$INSUNITS")), ("AC1015", "6"));

        // Handles are unique, and the next free one is greater.
        let handles = groups
            .iter()
            .filter(|group| group.0 == 5 || group.0 == 105)
            .skip(1);
        let handles: Vec<u32> = handles
            .map(|group| u32::from_str_radix(group.1, 16).unwrap())
            .collect();
        let distinct: HashSet<u32> = handles.iter().copied().collect();
        assert_eq!(distinct.len(), handles.len(), "{name}: a handle twice");
        let seed = u32::from_str_radix(header("$HANDSEED"), 16).unwrap();
        assert!(handles.iter().all(|handle| *handle < seed), "{name}");

        // Every layer that is used is there, and so is every block.
        let mut tables = groups.split(|group| *group == (2, "LAYER"));
        let defined: HashSet<&str> = tables
            .nth(1)
            .unwrap()
            .iter()
            .take_while(|group| **group != (0, "ENDTAB"))
            .filter(|group| group.0 == 2)
            .map(|group| group.1)
            .collect();
        let used = groups
            .iter()
            .filter(|group| group.0 == 8)
            .map(|group| group.1);
        assert!(
            used.into_iter().all(|layer| defined.contains(layer)),
            "{name}"
        );
        assert_eq!(count(&groups, "BLOCK"), 2 + count(&groups, "DIMENSION"));
    }
}

#[test]
fn the_dxf_has_what_the_room_has() {
    let furnished = dxf(&furnished(), "Room № 7");
    let groups = groups(&furnished);
    assert_eq!(count(&groups, "DIMENSION"), 6);
    // One door with one leaf, one with two.
    assert_eq!(count(&groups, "ARC"), 3);
    for layer in [
        "A-WALL",
        "A-DOOR",
        "A-GLAZ",
        "A-FURN",
        "A-ANNO-DIMS",
        "A-ANNO-TEXT",
    ] {
        assert!(on_layer(&groups, layer) > 0, "nothing on {layer}");
    }
    assert!(groups.contains(&(1, "Coffee table")));
    assert!(groups.contains(&(1, "30.02 m²")) && groups.contains(&(1, "Room \\U+2116 7")));
    // The measured figure of the longest wall.
    assert!(groups.contains(&(42, "6.4")));
    let loft = dxf(&loft(), "Loft");
    assert_eq!(on_layer(&self::groups(&loft), "A-COLS"), 3);
    let attic = dxf(&attic(), "Attic");
    assert!(attic.contains("A-CLNG\n6\nDASHDOT"));
}

fn features(room: &RoomGeometry) -> Vec<Value> {
    let document: Value = serde_json::from_str(&floor_plan_geojson(room, "Room")).unwrap();
    assert_eq!(document["type"], "FeatureCollection");
    assert_eq!(document["coordinateSystem"]["type"], "local");
    assert_eq!(document["coordinateSystem"]["units"], "meters");
    document["features"].as_array().unwrap().clone()
}

#[test]
fn every_part_is_a_feature() {
    let room = loft();
    let mut kinds: HashMap<String, usize> = HashMap::new();
    for feature in features(&room) {
        let kind = feature["properties"]["kind"].as_str().unwrap().to_owned();
        *kinds.entry(kind).or_default() += 1;
    }
    let expected = [
        ("room", 1),
        ("wall", 6),
        ("opening", 3),
        ("object", 5),
        ("column", 3),
        ("level", 2),
        ("ceiling", 1),
    ];
    for (kind, count) in expected {
        assert_eq!(kinds.get(kind), Some(&count), "{kind}");
    }
    assert!(features(&empty()).is_empty());
}

#[test]
fn rings_are_closed_and_counter_clockwise() {
    for (name, _, room) in samples() {
        for feature in features(&room) {
            let ring = &feature["geometry"]["coordinates"][0];
            let ring: Vec<[f64; 2]> = serde_json::from_value(ring.clone()).unwrap();
            assert_eq!(ring.first(), ring.last());
            let twice: f64 = ring
                .windows(2)
                .map(|w| w[0][0] * w[1][1] - w[1][0] * w[0][1])
                .sum();
            assert!(twice > 0.0, "{name}: {}", feature["id"]);
        }
    }
    let document = floor_plan_geojson(&rectangle(4.0, 3.0), "Room");
    assert!(!document.contains("crs") && document.contains("not WGS 84"));
}

fn ifc(room: &RoomGeometry, id: &str) -> String {
    let origin = Origin {
        id,
        name: "Küche 'Süd'",
        time: "2026-01-01T00:00:00",
    };
    model_ifc(room, &origin)
}

/// The instances of a STEP file: number, entity, attributes.
fn instances(ifc: &str) -> Vec<(usize, &str, &str)> {
    let lines = ifc.lines().filter_map(|line| line.strip_prefix('#'));
    lines
        .map(|line| {
            let (number, rest) = line.split_once('=').unwrap();
            let (entity, attributes) = rest.split_once('(').unwrap();
            (number.parse().unwrap(), entity, attributes)
        })
        .collect()
}

#[test]
fn every_ifc_refers_to_what_is_there() {
    for (name, _, room) in samples() {
        let ifc = ifc(&room, name);
        assert!(ifc.is_ascii() && ifc.starts_with("ISO-10303-21;\n"));
        assert!(ifc.ends_with("END-ISO-10303-21;\n"));
        assert!(ifc.contains("K\\X2\\00FC\\X0\\che ''S"));
        let instances = instances(&ifc);
        let count = instances.len();
        for (place, (number, entity, attributes)) in instances.iter().enumerate() {
            assert_eq!(*number, place + 1);
            for reference in attributes.split('#').skip(1) {
                let digits: String = reference.chars().take_while(char::is_ascii_digit).collect();
                let target: usize = digits.parse().unwrap();
                assert!(
                    target <= count && target < *number,
                    "{name}: {entity} refers to {target}"
                );
            }
            assert!(
                !attributes.contains(",NaN") && !attributes.contains("(NaN"),
                "{name}"
            );
        }
    }
}

#[test]
fn identifiers_are_unique_and_always_the_same() {
    let ids = |scan: &str| -> Vec<String> {
        let ifc = ifc(&furnished(), scan);
        let rooted = instances(&ifc)
            .into_iter()
            .filter_map(|(_, _, attributes)| {
                let (id, rest) = attributes.strip_prefix('\'')?.split_once('\'')?;
                rest.starts_with(",$,").then(|| id.to_owned())
            });
        rooted.filter(|id| id.len() == 22).collect()
    };
    let first = ids("a");
    assert!(first.len() > 60);
    assert_eq!(first.iter().collect::<HashSet<_>>().len(), first.len());
    assert_eq!(first, ids("a"));
    let other: HashSet<String> = ids("b").into_iter().collect();
    assert!(first.iter().all(|id| !other.contains(id)));
    // 128 bits in 22 digits of 6 bits: the first is at most 3.
    assert!(
        first
            .iter()
            .all(|id| matches!(id.as_bytes()[0], b'0'..=b'3'))
    );
}

#[test]
fn the_model_has_what_the_room_has() {
    let count = |ifc: &str, wanted: &str| {
        let instances = instances(ifc);
        instances
            .iter()
            .filter(|(_, entity, _)| *entity == wanted)
            .count()
    };
    let furnished = ifc(&furnished(), "f");
    for (entity, expected) in [
        ("IFCPROJECT", 1),
        ("IFCSPACE", 1),
        ("IFCWALL", 6),
        ("IFCOPENINGELEMENT", 5),
        ("IFCRELVOIDSELEMENT", 5),
        ("IFCDOOR", 2),
        ("IFCWINDOW", 2),
        ("IFCRELFILLSELEMENT", 4),
        ("IFCCOVERING", 1),
        ("IFCFURNITURE", 7),
        ("IFCLAMP", 1),
    ] {
        assert_eq!(count(&furnished, entity), expected, "{entity}");
    }
    assert!(furnished.contains("'Qto_SpaceBaseQuantities'"));
    assert!(
        furnished
            .contains("IFCPROPERTYSINGLEVALUE('FloorAreaUncertainty',$,IFCAREAMEASURE(0.12),$)")
    );
    let loft = ifc(&loft(), "l");
    assert_eq!(count(&loft, "IFCVIRTUALELEMENT"), 1);
    assert_eq!(count(&loft, "IFCCOLUMN"), 3);
    // The floor and two levels.
    assert_eq!(count(&loft, "IFCSLAB"), 3);
    let attic = ifc(&attic(), "a");
    assert_eq!(count(&attic, "IFCBOOLEANCLIPPINGRESULT"), 2);
    assert_eq!(attic.matches(".ROOF.").count(), 2);
}
