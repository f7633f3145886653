//! The JSON part of a glTF 2.0 file: the few objects of the format that a room needs.
//!
//! Field names and constants are those of the Khronos glTF 2.0 specification, section 5. An empty
//! array is not allowed there, so it is left out.

use serde::Serialize;
use serde_json::Value;

/// `accessor.componentType` of 32-bit floats.
pub const FLOAT: u32 = 5126;
/// `accessor.componentType` of 32-bit indices.
pub const UNSIGNED_INT: u32 = 5125;
/// `bufferView.target` of vertex attributes.
pub const ARRAY_BUFFER: u32 = 34962;
/// `bufferView.target` of indices.
pub const ELEMENT_ARRAY_BUFFER: u32 = 34963;

/// The root object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    pub asset: Asset,
    pub scene: usize,
    pub scenes: Vec<Scene>,
    pub nodes: Vec<Node>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meshes: Vec<Mesh>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<Material>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accessors: Vec<Accessor>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buffer_views: Vec<BufferView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buffers: Vec<Buffer>,
}

/// What wrote the file, and by which version of the format.
#[derive(Debug, Serialize)]
pub struct Asset {
    pub version: &'static str,
    pub generator: &'static str,
}

/// The nodes that are shown.
#[derive(Debug, Serialize)]
pub struct Scene {
    pub nodes: Vec<usize>,
}

/// A named thing.
#[derive(Debug, Serialize)]
pub struct Node {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mesh: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extras: Option<Value>,
}

/// The triangles of a node.
#[derive(Debug, Serialize)]
pub struct Mesh {
    pub name: String,
    pub primitives: [Primitive; 1],
}

/// Triangles with one material; `mode` is left at its default, triangles.
#[derive(Debug, Serialize)]
pub struct Primitive {
    pub attributes: Attributes,
    pub indices: usize,
    pub material: usize,
}

/// Accessors of the vertices.
#[derive(Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct Attributes {
    pub position: usize,
    pub normal: usize,
}

/// How a surface looks.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Material {
    pub name: String,
    pub pbr_metallic_roughness: Pbr,
    pub double_sided: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha_mode: Option<&'static str>,
}

/// A matt color.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pbr {
    pub base_color_factor: [f64; 4],
    pub metallic_factor: f64,
    pub roughness_factor: f64,
}

/// An array of numbers in a buffer view. `min` and `max` are required of positions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accessor {
    pub buffer_view: usize,
    pub byte_offset: usize,
    pub component_type: u32,
    pub count: usize,
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<[f64; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<[f64; 3]>,
}

/// A stretch of the buffer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BufferView {
    pub buffer: usize,
    pub byte_offset: usize,
    pub byte_length: usize,
    /// Required where several accessors share the vertices of a view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_stride: Option<usize>,
    pub target: u32,
}

/// The binary chunk.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Buffer {
    pub byte_length: usize,
}
