//! PLY in its three encodings.

mod common;

use common::{positions, read, read_cut};
use proptest::prelude::*;
use room_scan::{Format, ScanError};

/// A vertex as the tests write it.
#[derive(Debug, Clone)]
struct Vertex {
    position: [f32; 3],
    normal: i16,
    neighbors: Vec<i32>,
    color: [u8; 3],
}

fn vertices() -> impl Strategy<Value = Vec<Vertex>> {
    let neighbors = prop::collection::vec(any::<i32>(), 0..4);
    let vertex = (
        prop::array::uniform3(-9.0f32..9.0),
        any::<i16>(),
        neighbors,
        any::<[u8; 3]>(),
    );
    let vertex = vertex.prop_map(|(position, normal, neighbors, color)| Vertex {
        position,
        normal,
        neighbors,
        color,
    });
    prop::collection::vec(vertex, 0..20)
}

/// Writes a cloud with everything a PLY may have around it: other elements, lists, comments.
fn write(format: &str, line_end: &str, vertices: &[Vertex]) -> Vec<u8> {
    let header = format!(
        "ply\nformat {format} 1.0\ncomment made by hand\nobj_info x y z\n\
         element camera 2\nproperty double focus\nproperty list uchar ushort lens\n\
         element marker 3\n\
         element vertex {}\nproperty double y\nproperty float x\nproperty short nx\n\
         property list int int neighbors\nproperty double z\n\
         property uchar red\nproperty uint8 green\nproperty uchar blue\n\
         element face 1\nproperty list uchar int vertex_indices\nend_header\n",
        vertices.len()
    );
    let mut ply = header.replace('\n', line_end).into_bytes();
    let mut data = Data {
        format,
        line_end,
        ply: &mut ply,
    };
    for lens in [&[7u16, 8][..], &[]] {
        data.put(1.5f64, f64::to_le_bytes);
        data.put(lens.len() as u8, u8::to_le_bytes);
        lens.iter()
            .for_each(|&value| data.put(value, u16::to_le_bytes));
        data.end_record();
    }
    for Vertex {
        position: [x, y, z],
        normal,
        neighbors,
        color,
    } in vertices
    {
        data.put(f64::from(*y), f64::to_le_bytes);
        data.put(*x, f32::to_le_bytes);
        data.put(*normal, i16::to_le_bytes);
        data.put(neighbors.len() as i32, i32::to_le_bytes);
        neighbors
            .iter()
            .for_each(|&value| data.put(value, i32::to_le_bytes));
        data.put(f64::from(*z), f64::to_le_bytes);
        color
            .iter()
            .for_each(|&value| data.put(value, u8::to_le_bytes));
        data.end_record();
    }
    data.put(0u8, u8::to_le_bytes);
    ply
}

/// Writes values in one of the encodings.
struct Data<'a> {
    format: &'a str,
    line_end: &'a str,
    ply: &'a mut Vec<u8>,
}

impl Data<'_> {
    fn put<T: ToString + Copy, const N: usize>(&mut self, value: T, bytes: fn(T) -> [u8; N]) {
        let mut bytes = bytes(value);
        match self.format {
            "ascii" => self.ply.extend(format!("{} ", value.to_string()).bytes()),
            "binary_little_endian" => self.ply.extend(bytes),
            _ => {
                bytes.reverse();
                self.ply.extend(bytes);
            }
        }
    }

    fn end_record(&mut self) {
        if self.format == "ascii" {
            self.ply.extend(self.line_end.bytes());
        }
    }
}

const FORMATS: [(&str, Format); 3] = [
    ("ascii", Format::PlyAscii),
    ("binary_little_endian", Format::PlyBinaryLittleEndian),
    ("binary_big_endian", Format::PlyBinaryBigEndian),
];

proptest! {
    #[test]
    fn every_encoding_reads_the_same(
        vertices in vertices(), crlf: bool, sizes in prop::collection::vec(1usize..50, 1..6),
    ) {
        for (name, format) in FORMATS {
            let ply = write(name, if crlf { "\r\n" } else { "\n" }, &vertices);
            let scan = read_cut(&ply, &sizes).unwrap();
            prop_assert_eq!(scan.format, format);
            prop_assert_eq!(scan.counts.lidar_points, vertices.len() as u64);
            prop_assert_eq!(scan.cloud.invalid, 0);
            prop_assert_eq!(&scan, &read(&ply).unwrap());
            let colors: Vec<_> = vertices.iter().map(|vertex| vertex.color).collect();
            prop_assert_eq!(&scan.cloud.colors, &colors);
            for (read, vertex) in positions(&scan).iter().zip(&vertices) {
                let near = |(a, b): (&f64, &f32)| (a - f64::from(*b)).abs() < 2e-6;
                prop_assert!(read.iter().zip(&vertex.position).all(near));
            }
        }
    }

    #[test]
    fn nothing_makes_it_panic(vertices in vertices(), at: prop::sample::Index, byte: u8) {
        for (name, _) in FORMATS {
            let mut ply = write(name, "\n", &vertices);
            let at = at.index(ply.len());
            ply[at] = byte;
            let _ = read(&ply);
            let _ = read(&ply[..at]);
        }
    }
}

/// An ASCII file whose vertices have these properties and this data.
fn ascii(properties: &[&str], data: &str) -> String {
    let properties: String = properties
        .iter()
        .map(|name| format!("property {name}\n"))
        .collect();
    format!("ply\nformat ascii 1.0\nelement vertex 2\n{properties}end_header\n{data}")
}

const XYZ: [&str; 3] = ["float x", "float y", "float z"];

#[test]
fn ascii_numbers_come_as_c_prints_them() {
    let scan = read(ascii(&XYZ, "+1 .5 5.\n-1e-1 0 1E2")).unwrap();
    assert_eq!(scan.cloud.origin, [1.0, 0.5, 5.0]);
    assert_eq!(scan.cloud.positions[1], [-1.1, -0.5, 95.0]);
    for invalid in ["nan 0 0", "0 -inf 0", "0 0 1e999", "NaN nan INF"] {
        let scan = read(ascii(&XYZ, &format!("{invalid}\n1 2 3\n"))).unwrap();
        assert_eq!(
            (scan.cloud.given, scan.cloud.invalid, scan.cloud.len()),
            (2, 1, 1)
        );
    }
}

#[test]
fn line_breaks_in_ascii_data_do_not_matter() {
    let scan = read(ascii(&XYZ, "1 2\n\n3 4 5 \t 6 7 8 9")).unwrap();
    assert_eq!(positions(&scan), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
}

#[test]
fn colors_come_in_many_types() {
    let colors = |kind: &str, data: &str| {
        let channels = ["red", "green", "blue"].map(|name| format!("{kind} {name}"));
        let mut properties = XYZ.to_vec();
        properties.extend(channels.iter().map(String::as_str));
        read(ascii(&properties, data)).unwrap().cloud.colors
    };
    assert_eq!(
        colors("uchar", "0 0 0 1 2 3\n0 0 0 255 0 1"),
        [[1, 2, 3], [255, 0, 1]]
    );
    assert_eq!(
        colors("float", "0 0 0 1 0.5 0\n0 0 0 255 0.5 1"),
        [[255, 128, 0], [255, 1, 1]]
    );
    assert_eq!(
        colors("ushort", "0 0 0 65535 257 0\n0 0 0 0 0 0"),
        [[255, 1, 0], [0, 0, 0]]
    );
    assert_eq!(
        colors("int", "0 0 0 -5 300 7\n0 0 0 0 0 0"),
        [[0, 255, 7], [0, 0, 0]]
    );

    let named = ascii(
        &[
            "float x",
            "float y",
            "float z",
            "uchar diffuse_red",
            "uchar g",
            "uchar blue",
        ],
        "0 0 0 1 2 3\n0 0 0 4 5 6",
    );
    assert_eq!(read(named).unwrap().cloud.colors, [[1, 2, 3], [4, 5, 6]]);
    let half = ascii(
        &["float x", "float y", "float z", "uchar red"],
        "0 0 0 1\n0 0 0 4",
    );
    assert!(read(half).unwrap().cloud.colors.is_empty());
}

#[test]
fn fewer_vertices_than_announced_is_truncated() {
    assert_eq!(read(ascii(&XYZ, "1 2 3\n4 5")), Err(ScanError::Truncated));
    assert_eq!(
        read(ascii(&XYZ, "1 2 3\n4 5 6\n7 8 9 or anything"))
            .unwrap()
            .cloud
            .len(),
        2
    );
    let huge = "ply\nformat binary_little_endian 1.0\nelement vertex 18446744073709551615\n\
                property float x\nproperty float y\nproperty float z\nend_header\n0123456789ab";
    assert_eq!(read(huge), Err(ScanError::Truncated));
    let list = "ply\nformat binary_big_endian 1.0\nelement vertex 1\nproperty char x\n\
                property char y\nproperty char z\nproperty list uint double l\nend_header\nxyz";
    assert_eq!(
        read([list.as_bytes(), &[255; 40]].concat()),
        Err(ScanError::Truncated)
    );
}

#[test]
fn a_wrong_header_is_refused_with_its_line() {
    let line = |header: &str| match read(header) {
        Err(ScanError::BadPly { line, .. }) => Some(line),
        _ => None,
    };
    assert_eq!(line("ply\nformat xml 1.0\n"), Some(2));
    assert_eq!(line("ply\nnonsense\n"), Some(2));
    assert_eq!(line("ply\nproperty float x\n"), Some(2));
    assert_eq!(line("ply\nelement vertex many\n"), Some(2));
    assert_eq!(line("ply\nelement vertex 1\nproperty half x\n"), Some(3));
    assert_eq!(
        line("ply\nelement vertex 1\nproperty list float int x\n"),
        Some(3)
    );
    assert_eq!(line("ply\nformat ascii 1.0\nend_header\n"), Some(3));
    assert_eq!(
        line("ply\nelement vertex 0\nproperty float x\nend_header\n"),
        Some(4)
    );
    assert_eq!(
        line(&ascii(&["float x", "float y", "list uchar float z"], "")),
        Some(7)
    );
    assert_eq!(line(&ascii(&XYZ, "1 2 3\n4 five 6\n")), Some(9));
    assert_eq!(line(&ascii(&XYZ, &"1".repeat(1_001))), Some(8));
    assert_eq!(
        line(&format!("ply\ncomment {}\n", "x".repeat(70_000))),
        Some(2)
    );
    assert_eq!(read("plywood\n"), Err(ScanError::UnknownFormat));
    assert_eq!(read("pl"), Err(ScanError::Truncated));
    assert_eq!(read("ply\nformat ascii 1.0\n"), Err(ScanError::Truncated));
}
