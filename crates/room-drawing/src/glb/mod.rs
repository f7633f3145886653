//! The room as a binary glTF 2.0 file (Khronos glTF 2.0 specification).
//!
//! One buffer holds three stretches: all positions, all normals, all indices. Each part of the mesh
//! is a node of its own with accessors into them. The root node's `extras` say where the file's
//! coordinates lie in the scan's own.

mod document;

use std::ops::Range;

use room_geometry::model::{Frame, RoomGeometry};
use serde_json::{Value, json};

use crate::mesh::{Mesh, Paint, Part, Subject};
use crate::shell::NOMINAL_HEIGHT;
use crate::text::clean;
use document::{
    ARRAY_BUFFER, Accessor, Asset, Attributes, Buffer, BufferView, Document, ELEMENT_ARRAY_BUFFER,
    FLOAT, Material, Node, Pbr, Primitive, Scene, UNSIGNED_INT,
};

/// Bytes of three 32-bit numbers: a position, a normal, or a triangle.
const TRIPLE: usize = 12;
/// The buffer view of the positions; the three stand in the buffer in this order.
const POSITIONS: usize = 0;
/// The buffer view of the normals.
const NORMALS: usize = 1;
/// The buffer view of the indices.
const INDICES: usize = 2;

/// Writes a mesh of the room as a file.
pub fn write(mesh: &Mesh, room: &RoomGeometry, name: &str) -> Vec<u8> {
    let document = document(mesh, root_node(mesh, room, name));
    // The structures have string keys and finite numbers only, so this cannot fail.
    let json = serde_json::to_vec(&document).unwrap_or_default();
    container(json, binary(mesh))
}

fn document(mesh: &Mesh, root: Node) -> Document {
    let mut materials: Vec<&Paint> = Vec::new();
    let mut meshes = Vec::new();
    let mut accessors = Vec::new();
    let mut nodes = vec![root];
    for part in &mesh.parts {
        let known = materials.iter().position(|&paint| *paint == part.paint);
        let material = known.unwrap_or_else(|| {
            materials.push(&part.paint);
            materials.len() - 1
        });
        nodes.push(Node {
            name: part.name.clone(),
            mesh: Some(meshes.len()),
            children: Vec::new(),
            extras: part_extras(part.subject),
        });
        meshes.push(document::Mesh {
            name: part.name.clone(),
            primitives: primitive(accessors.len(), material),
        });
        accessors.extend(part_accessors(mesh, part));
    }
    Document {
        asset: Asset {
            version: "2.0",
            generator: concat!("Outpost room-drawing ", env!("CARGO_PKG_VERSION")),
        },
        scene: 0,
        scenes: vec![Scene { nodes: vec![0] }],
        nodes,
        meshes,
        materials: materials.into_iter().map(material).collect(),
        accessors,
        buffer_views: buffer_views(mesh),
        buffers: buffers(mesh),
    }
}

/// The node that holds all parts, with the way back to the scan's coordinates.
fn root_node(mesh: &Mesh, room: &RoomGeometry, name: &str) -> Node {
    let name = clean(name, 80);
    let has_shell = mesh.parts.iter().any(|part| part.subject == Subject::Floor);
    let mut extras = serde_json::Map::new();
    extras.insert("units".to_owned(), json!("meters"));
    if let Some(matrix) = scan_matrix(&room.frame) {
        extras.insert("frame".to_owned(), json!(room.frame));
        extras.insert("scan_from_scene".to_owned(), json!(matrix));
    }
    if has_shell && room.dimensions.height.is_none() {
        extras.insert("nominal_wall_height".to_owned(), json!(NOMINAL_HEIGHT));
    }
    Node {
        name: if name.is_empty() {
            "room".to_owned()
        } else {
            name
        },
        mesh: None,
        children: (1..=mesh.parts.len()).collect(),
        extras: Some(Value::Object(extras)),
    }
}

/// The matrix, column by column as in glTF, that takes the file's coordinates to the scan's:
/// x goes along the frame's x, y along its up, and z against its y. `None` when the frame is not
/// made of numbers.
fn scan_matrix(frame: &Frame) -> Option<[f64; 16]> {
    let [[xx, xy, xz], [yx, yy, yz]] = [frame.axis_x, frame.axis_y];
    let [[ux, uy, uz], [ox, oy, oz]] = [frame.up, frame.origin];
    let matrix = [
        xx, xy, xz, 0.0, //
        ux, uy, uz, 0.0, //
        -yx, -yy, -yz, 0.0, //
        ox, oy, oz, 1.0,
    ];
    matrix.iter().all(|v| v.is_finite()).then_some(matrix)
}

/// Which wall or object of the geometry a node is.
fn part_extras(subject: Subject) -> Option<Value> {
    match subject {
        Subject::Floor | Subject::Ceiling => None,
        Subject::Wall(index) => Some(json!({ "wall": index })),
        Subject::Object(index) => Some(json!({ "object": index })),
        Subject::Opening(index) => Some(json!({ "opening": index })),
        Subject::Level(index) => Some(json!({ "level": index })),
        Subject::Column(index) => Some(json!({ "column": index })),
    }
}

/// Triangles whose three accessors begin at `first`.
fn primitive(first: usize, material: usize) -> [Primitive; 1] {
    [Primitive {
        attributes: Attributes {
            position: first + POSITIONS,
            normal: first + NORMALS,
        },
        indices: first + INDICES,
        material,
    }]
}

/// Positions, normals and indices of a part, in the order of the buffer views.
fn part_accessors(mesh: &Mesh, part: &Part) -> [Accessor; 3] {
    let vertices = |buffer_view: usize| Accessor {
        buffer_view,
        byte_offset: part.vertices.start * TRIPLE,
        component_type: FLOAT,
        count: part.vertices.len(),
        kind: "VEC3",
        min: None,
        max: None,
    };
    let [min, max] = extremes(mesh, &part.vertices);
    let positions = Accessor {
        min: Some(min),
        max: Some(max),
        ..vertices(POSITIONS)
    };
    let indices = Accessor {
        buffer_view: INDICES,
        byte_offset: part.faces.start * TRIPLE,
        component_type: UNSIGNED_INT,
        count: part.faces.len() * 3,
        kind: "SCALAR",
        min: None,
        max: None,
    };
    [positions, vertices(NORMALS), indices]
}

/// The smallest and the largest coordinates, exactly as they are stored in 32 bits.
fn extremes(mesh: &Mesh, vertices: &Range<usize>) -> [[f64; 3]; 2] {
    let stored = mesh.vertices.get(vertices.clone()).unwrap_or_default();
    let mut min = [f64::INFINITY; 3];
    let mut max = [f64::NEG_INFINITY; 3];
    for vertex in stored {
        for ((low, high), &value) in min.iter_mut().zip(&mut max).zip(vertex) {
            let value = f64::from(value as f32);
            *low = low.min(value);
            *high = high.max(value);
        }
    }
    [min, max]
}

fn material(paint: &Paint) -> Material {
    let [red, green, blue] = paint.linear();
    Material {
        name: paint.name.clone(),
        pbr_metallic_roughness: Pbr {
            base_color_factor: [red, green, blue, f64::from(paint.opacity) / 100.0],
            metallic_factor: 0.0,
            roughness_factor: 0.9,
        },
        double_sided: paint.double_sided,
        alpha_mode: (paint.opacity < 100).then_some("BLEND"),
    }
}

/// The three stretches of the buffer; none when there is nothing in it.
fn buffer_views(mesh: &Mesh) -> Vec<BufferView> {
    if mesh.faces.is_empty() {
        return Vec::new();
    }
    let vertices = mesh.vertices.len() * TRIPLE;
    let vertex_view = |byte_offset: usize| BufferView {
        buffer: 0,
        byte_offset,
        byte_length: vertices,
        byte_stride: Some(TRIPLE),
        target: ARRAY_BUFFER,
    };
    let index_view = BufferView {
        buffer: 0,
        byte_offset: 2 * vertices,
        byte_length: mesh.faces.len() * TRIPLE,
        byte_stride: None,
        target: ELEMENT_ARRAY_BUFFER,
    };
    vec![vertex_view(0), vertex_view(vertices), index_view]
}

fn buffers(mesh: &Mesh) -> Vec<Buffer> {
    match binary_length(mesh) {
        0 => Vec::new(),
        byte_length => vec![Buffer { byte_length }],
    }
}

fn binary_length(mesh: &Mesh) -> usize {
    (2 * mesh.vertices.len() + mesh.faces.len()) * TRIPLE
}

/// The buffer: positions, normals, indices. All are 4 bytes wide, so everything is aligned.
fn binary(mesh: &Mesh) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(binary_length(mesh));
    for value in mesh.vertices.iter().chain(&mesh.normals).flatten() {
        bytes.extend((*value as f32).to_le_bytes());
    }
    for part in &mesh.parts {
        // A part's indices count from its own first vertex.
        let base = part.vertices.start as u32;
        let faces = mesh.faces.get(part.faces.clone()).unwrap_or_default();
        for corner in faces.iter().flatten() {
            bytes.extend((corner - base).to_le_bytes());
        }
    }
    bytes
}

/// Puts JSON and buffer into the binary container (specification, section 4.4): a header of 12
/// bytes, then the chunks, each padded to a multiple of 4 bytes.
fn container(mut json: Vec<u8>, binary: Vec<u8>) -> Vec<u8> {
    // JSON is padded with spaces; the buffer needs no padding.
    json.resize(json.len().next_multiple_of(4), b' ');
    let chunks: Vec<(&[u8; 4], Vec<u8>)> = if binary.is_empty() {
        vec![(b"JSON", json)]
    } else {
        vec![(b"JSON", json), (b"BIN\0", binary)]
    };
    let total = 12 + chunks.iter().map(|(_, data)| 8 + data.len()).sum::<usize>();

    let mut file = Vec::with_capacity(total);
    file.extend(b"glTF");
    file.extend(2u32.to_le_bytes());
    file.extend((total as u32).to_le_bytes());
    for (kind, data) in chunks {
        file.extend((data.len() as u32).to_le_bytes());
        file.extend(kind);
        file.extend(data);
    }
    file
}
