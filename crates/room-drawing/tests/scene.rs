//! The 3D exports: a closed shell, openings cut out, and both formats from one mesh.

mod rooms;

use std::collections::HashMap;

use gltf::Gltf;
use proptest::prelude::*;
use room_drawing::{Scene, scene, scene_glb};
use room_geometry::model::{OpeningKind, RoomGeometry};
use rooms::{
    area, around, attic, furnished, l_shape, loft, object, opening, rectangle, samples, u_shape,
};

type Triangle = [[f64; 3]; 3];

fn triangles(scene: &Scene, wanted: impl Fn(&str) -> bool) -> Vec<Triangle> {
    let materials = scene.materials.iter().filter(|part| wanted(&part.name));
    materials
        .flat_map(|part| &part.faces)
        .map(|&face| scene.faces[face as usize].map(|corner| scene.vertices[corner as usize]))
        .collect()
}

/// Whether every edge is passed as often one way as the other: a surface without a border whose
/// faces all show the same side.
fn is_closed(triangles: &[Triangle]) -> bool {
    let key = |point: [f64; 3]| point.map(|v| (v * 1e4).round() as i64);
    let mut passes: HashMap<_, i32> = HashMap::new();
    for [a, b, c] in triangles {
        for (from, to) in [(a, b), (b, c), (c, a)] {
            *passes.entry((key(*from), key(*to))).or_default() += 1;
            *passes.entry((key(*to), key(*from))).or_default() -= 1;
        }
    }
    passes.values().all(|&balance| balance == 0)
}

/// The volume inside a closed surface, negative when its faces look inward.
fn volume(triangles: &[Triangle]) -> f64 {
    let six_times = |[a, b, c]: &Triangle| {
        a[0] * (b[1] * c[2] - b[2] * c[1])
            + a[1] * (b[2] * c[0] - b[0] * c[2])
            + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    triangles.iter().map(six_times).sum::<f64>() / 6.0
}

fn assert_shell_faces_the_room(room: &RoomGeometry) {
    let shell = triangles(&scene(room), |_| true);
    assert!(is_closed(&shell), "the shell has a crack");
    let expected = -area(&room.outline) * 2.5;
    let found = volume(&shell);
    assert!(
        (found - expected).abs() < 0.01 * expected.abs(),
        "{found} instead of {expected}"
    );
}

#[test]
fn the_shell_is_closed_and_faces_the_room() {
    assert_shell_faces_the_room(&rectangle(4.213, 3.047));
    assert_shell_faces_the_room(&l_shape());
}

#[test]
fn a_clockwise_outline_gives_the_same_shell() {
    let mut outline = l_shape().outline;
    outline.reverse();
    assert_shell_faces_the_room(&around(&outline));
}

#[test]
fn the_floor_is_at_zero_and_the_plan_is_not_mirrored() {
    let scene = scene(&rectangle(4.0, 3.0));
    let floor = triangles(&scene, |name| name == "floor");
    assert!(floor.iter().flatten().all(|point| point[1] == 0.0));
    // Plan y runs against z, so that x, height and -y are right-handed.
    assert!(scene.vertices.contains(&[4.0, 0.0, -3.0]));
    assert!(scene.vertices.contains(&[4.0, 2.5, -3.0]));
}

#[test]
fn thick_walls_are_closed_bodies_that_look_outward() {
    let mut room = u_shape();
    room.openings = vec![
        opening(OpeningKind::Door, 0, 1.0, 0.9, 0.0, 2.0),
        opening(OpeningKind::Window, 0, 2.5, 1.5, 0.9, 2.1),
        opening(OpeningKind::Window, 0, 3.5, 1.5, 0.5, 1.5),
    ];
    let scene = scene(&room);
    for wall in 1..=room.walls.len() {
        let body = triangles(&scene, |name| name == format!("wall {wall}"));
        assert!(is_closed(&body), "wall {wall} has a crack");
        assert!(volume(&body) > 0.0, "wall {wall} is inside out");
    }
    // The first wall: its length, a miter at each end, less the door and the two windows, which
    // overlap.
    let first = triangles(&scene, |name| name == "wall 1");
    let miters = 2.0 * 0.36 * 0.24 / 2.0;
    let holes = 0.9 * 2.0 + 1.5 * 1.2 + 1.5 * 1.0 - 0.5 * 0.6;
    let expected = (7.4 * 0.36 + miters) * 2.5 - holes * 0.36;
    assert!(
        (volume(&first) - expected).abs() < 1e-3,
        "{} {expected}",
        volume(&first)
    );
}

#[test]
fn a_room_below_slopes_is_whole() {
    let mut room = attic();
    for (place, wall) in room.walls.iter().enumerate() {
        let body = triangles(&scene(&room), |name| name == format!("wall {}", place + 1));
        assert!(
            is_closed(&body),
            "wall {} of {:?} has a crack",
            place + 1,
            wall.thickness
        );
        assert!(volume(&body) > 0.0);
    }
    // Seen from inside, without the objects: 6 m of a section that rises from 1.1 m to 3.2 m.
    room.openings.clear();
    room.objects.clear();
    for wall in &mut room.walls {
        wall.thickness = None;
    }
    let found = volume(&triangles(&scene(&room), |_| true));
    let expected = -6.0 * 4.4 * (1.1 + 3.2) / 2.0;
    assert!(
        (found - expected).abs() < 1e-3,
        "{found} instead of {expected}"
    );
}

#[test]
fn levels_columns_and_fillings_are_nodes() {
    let room = loft();
    let scene = scene(&room);
    let names: Vec<&str> = scene
        .materials
        .iter()
        .map(|part| part.name.as_str())
        .collect();
    for name in [
        "level 1", "level 2", "column 1", "column 3", "window 1", "door 3", "ceiling",
    ] {
        assert!(names.contains(&name), "no {name} in {names:?}");
    }
    // The room is open there.
    assert!(!names.contains(&"wall 3"));
    let column = triangles(&scene, |name| name == "column 1");
    assert!(is_closed(&column) && (volume(&column) - 0.3 * 0.3 * 2.5).abs() < 1e-6);
    // The floor has a hole where the pit is.
    let area = |[a, b, c]: &Triangle| {
        ((b[0] - a[0]) * (c[2] - a[2]) - (b[2] - a[2]) * (c[0] - a[0])).abs() / 2.0
    };
    let floor: f64 = triangles(&scene, |name| name == "floor")
        .iter()
        .map(area)
        .sum();
    assert!((floor - (area_of_loft() - 2.4 * 1.6)).abs() < 1e-3);
}

fn area_of_loft() -> f64 {
    area(&loft().outline)
}

#[test]
fn openings_are_cut_out_of_thin_walls() {
    let mut room = rectangle(4.0, 3.0);
    room.openings = vec![
        opening(OpeningKind::Window, 0, 1.0, 1.5, 0.9, 2.1),
        // Runs out of the wall at its end and above it.
        opening(OpeningKind::Opening, 1, 2.5, 9.0, 0.0, 9.0),
        // Of no wall.
        opening(OpeningKind::Door, 99, 0.0, 1.0, 0.0, 2.0),
    ];
    let scene = scene(&room);
    let surface = |wall: &str| -> f64 {
        let area = |[a, b, c]: &Triangle| {
            let (u, v) = (
                [0, 1, 2].map(|i| b[i] - a[i]),
                [0, 1, 2].map(|i| c[i] - a[i]),
            );
            let cross = [
                u[1] * v[2] - u[2] * v[1],
                u[2] * v[0] - u[0] * v[2],
                u[0] * v[1] - u[1] * v[0],
            ];
            cross.iter().map(|v| v * v).sum::<f64>().sqrt() / 2.0
        };
        triangles(&scene, |name| name == wall)
            .iter()
            .map(area)
            .sum()
    };
    assert!((surface("wall 1") - (4.0 * 2.5 - 1.5 * 1.2)).abs() < 1e-3);
    assert!((surface("wall 2") - 2.5 * 2.5).abs() < 1e-3);
}

#[test]
fn furniture_is_closed_boxes() {
    let mut room = rectangle(4.0, 3.0);
    room.objects = vec![
        object("table", [2.0, 1.5, 0.4], [1.6, 0.9, 0.8], 30.0),
        object("chair", [1.0, 1.0, 0.45], [0.5, 0.5, 0.9], 0.0),
        object("chair", [3.0, 1.0, 0.45], [0.5, 0.5, 0.9], -75.0),
    ];
    let scene = scene(&room);
    for (name, expected) in [("table", 1.152), ("chair", 0.225), ("chair 2", 0.225)] {
        let body = triangles(&scene, |part| part == name);
        assert!(is_closed(&body));
        assert!((volume(&body) - expected).abs() < 1e-3, "{name}");
    }
}

#[test]
fn materials_cover_every_face_once() {
    let scene = scene(&furnished());
    let mut faces: Vec<u32> = scene
        .materials
        .iter()
        .flat_map(|m| m.faces.clone())
        .collect();
    faces.sort_unstable();
    assert!(faces.into_iter().eq(0..scene.faces.len() as u32));
    for material in &scene.materials {
        let digits = material.color.strip_prefix('#').unwrap();
        assert!(digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()));
    }
}

#[test]
fn coordinates_are_rounded_and_never_a_negative_zero() {
    let json = serde_json::to_string(&scene(&samples()[2].2)).unwrap();
    assert!(!json.contains("-0.0,") && !json.contains("-0.0]"));
    let numbers = json
        .split(['[', ',', ']'])
        .filter_map(|n| n.split_once('.'));
    assert!(
        numbers
            .map(|(_, decimals)| decimals)
            .all(|decimals| decimals.len() <= 4)
    );
}

#[test]
fn the_binary_file_holds_the_scene() {
    for (name, title, room) in samples() {
        let bytes = scene_glb(&room, title);
        assert_eq!(&bytes[..4], b"glTF");
        assert_eq!(bytes[4..8], 2u32.to_le_bytes());
        assert_eq!(bytes[8..12], (bytes.len() as u32).to_le_bytes());
        assert_eq!(bytes.len() % 4, 0);

        let file = Gltf::from_slice(&bytes).unwrap();
        let scene = scene(&room);
        let (mut vertices, mut faces) = (Vec::new(), Vec::new());
        for node in file.nodes().filter(|node| node.mesh().is_some()) {
            let primitive = node.mesh().unwrap().primitives().next().unwrap();
            let reader = primitive.reader(|_| file.blob.as_deref());
            let base = vertices.len() as u32;
            let indices: Vec<u32> = reader.read_indices().unwrap().into_u32().collect();
            faces.extend(
                indices
                    .chunks(3)
                    .map(|f| [f[0] + base, f[1] + base, f[2] + base]),
            );
            assert_normals_fit(
                &reader.read_positions().unwrap().collect::<Vec<_>>(),
                &reader.read_normals().unwrap().collect::<Vec<_>>(),
                &indices,
            );
            vertices.extend(reader.read_positions().unwrap());
        }
        assert_eq!(faces, scene.faces, "{name}");
        let stored: Vec<_> = scene.vertices.iter().map(|v| v.map(|c| c as f32)).collect();
        assert_eq!(vertices, stored, "{name}");
    }
}

/// Each normal is a unit vector on the side from which its face runs counter-clockwise.
fn assert_normals_fit(positions: &[[f32; 3]], normals: &[[f32; 3]], indices: &[u32]) {
    for face in indices.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|i| positions[face[i] as usize]);
        let (u, v) = (
            [0, 1, 2].map(|i| b[i] - a[i]),
            [0, 1, 2].map(|i| c[i] - a[i]),
        );
        let cross = [
            u[1] * v[2] - u[2] * v[1],
            u[2] * v[0] - u[0] * v[2],
            u[0] * v[1] - u[1] * v[0],
        ];
        let length = cross.iter().map(|v| v * v).sum::<f32>().sqrt();
        let normal = normals[face[0] as usize];
        let cosine: f32 = (0..3).map(|i| normal[i] * cross[i]).sum::<f32>() / length;
        assert!(
            (cosine - 1.0).abs() < 1e-3,
            "normal {normal:?} beside {cross:?}"
        );
    }
}

#[test]
fn nodes_are_named_and_the_frame_is_kept() {
    let room = furnished();
    let file = Gltf::from_slice(&scene_glb(&room, "Living\u{0} \"Room\"")).unwrap();
    let names: Vec<_> = file.nodes().filter_map(|node| node.name()).collect();
    assert_eq!(names[0], "Living \"Room\"");
    for name in [
        "floor",
        "ceiling",
        "wall 1",
        "wall 6",
        "sofa",
        "coffee table",
        "chair 2",
    ] {
        assert!(names.contains(&name), "no {name} in {names:?}");
    }

    let root = file.default_scene().unwrap().nodes().next().unwrap();
    assert_eq!(root.children().count(), names.len() - 1);
    let extras: serde_json::Value =
        serde_json::from_str(root.extras().as_ref().unwrap().get()).unwrap();
    assert_eq!(
        extras["frame"]["origin"],
        serde_json::json!([1.5, -0.25, 0.75])
    );
    // A point of the file, by the matrix, and the same point of the plan, by the frame.
    let matrix: Vec<f64> = serde_json::from_value(extras["scan_from_scene"].clone()).unwrap();
    let (x, height, y) = (2.0, 1.5, 3.0);
    for axis in 0..3 {
        let by_matrix = matrix[axis] * x
            + matrix[4 + axis] * height
            + matrix[8 + axis] * -y
            + matrix[12 + axis];
        let frame = &room.frame;
        let by_frame = frame.origin[axis]
            + x * frame.axis_x[axis]
            + y * frame.axis_y[axis]
            + height * frame.up[axis];
        assert!((by_matrix - by_frame).abs() < 1e-12);
    }
}

#[test]
fn walls_of_unknown_height_stand_without_a_ceiling() {
    let (_, _, room) = samples().remove(2);
    let scene = scene(&room);
    assert!(
        scene
            .materials
            .iter()
            .all(|material| material.name != "ceiling")
    );
    let highest = scene.vertices.iter().map(|v| v[1]).fold(0.0, f64::max);
    assert_eq!(highest, 2.4);
}

proptest! {
    #[test]
    fn any_star_shaped_room_is_closed(radii in prop::collection::vec(1.0f64..9.0, 5..40)) {
        let step = std::f64::consts::TAU / radii.len() as f64;
        let corner = |(place, radius): (usize, &f64)| {
            let (sine, cosine) = (place as f64 * step).sin_cos();
            [radius * cosine, radius * sine]
        };
        let outline: Vec<[f64; 2]> = radii.iter().enumerate().map(corner).collect();
        assert_shell_faces_the_room(&around(&outline));
    }
}
