//! The room as the contract's `3d_scene_data`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::mesh::Mesh;

/// A room as triangles, in meters, y-up and right-handed; the floor is at y = 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Scene {
    /// Points as `[x, y, z]`, to 0.1 mm.
    pub vertices: Vec<[f64; 3]>,
    /// Triangles as indices of three vertices, counter-clockwise seen from the front.
    pub faces: Vec<[u32; 3]>,
    /// What each face is, one entry for each wall, surface and object.
    pub materials: Vec<Material>,
}

/// The faces of one thing in a scene.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Material {
    /// `floor`, `ceiling`, `wall 1`, ... or an object's class.
    pub name: String,
    /// Color as `#rrggbb`.
    pub color: String,
    /// Indices of faces.
    pub faces: Vec<u32>,
}

impl Scene {
    /// The mesh, part by part.
    pub(crate) fn of(mesh: Mesh) -> Self {
        let materials = mesh
            .parts
            .iter()
            .map(|part| Material {
                name: part.name.clone(),
                color: part.paint.hex(),
                faces: (0u32..)
                    .skip(part.faces.start)
                    .take(part.faces.len())
                    .collect(),
            })
            .collect();
        Self {
            vertices: mesh.vertices,
            faces: mesh.faces,
            materials,
        }
    }
}
