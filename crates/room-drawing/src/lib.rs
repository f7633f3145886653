//! Drawings and exports of a measured room.
//!
//! Everything here is a pure function of a [`RoomGeometry`]: the same geometry always gives the
//! same bytes. The geometry is first read into a `shell::Shell`, which is free of whatever cannot
//! be drawn (figures that are no numbers, walls without length, openings beside their wall), so no
//! drawing has to ask again. Each drawing is then one module:
//!
//! * `plan`: the floor plan, as SVG;
//! * `dxf`: the floor plan for CAD;
//! * `geojson`: the floor plan as features for maps and scripts;
//! * `ifc`: the room as a building model;
//! * `mesh`: the room as triangles, from which `scene` makes the contract's
//!   `3d_scene_data` and `glb` a binary glTF file.
//!
//! # Coordinates
//!
//! The plan is drawn in the geometry's floor frame, x to the right and y up. The 3D exports are
//! y-up and right-handed, as glTF 2.0 demands (section 3.4): plan x becomes x, the height above the
//! floor becomes y, and plan y becomes -z. Where that frame lies in the scan's own coordinates is
//! said by `geometry.frame`.

mod dxf;
mod furniture;
mod geojson;
mod glb;
mod ifc;
mod mesh;
mod openings;
mod plan;
mod pole;
mod polygon;
mod regions;
mod ridge;
mod scene;
mod shell;
mod symbols;
mod text;
mod triangulate;

pub use ifc::Origin;
pub use scene::{Material, Scene};

use room_geometry::model::RoomGeometry;

/// Draws the floor plan as a self-contained SVG document of a bounded size.
///
/// `title` is shown as given, up to 80 characters, without control characters. A room without a
/// usable outline gives a document that says so.
pub fn floor_plan_svg(room: &RoomGeometry, title: &str) -> String {
    plan::draw(room, title)
}

/// Writes the floor plan as a DXF drawing of AutoCAD 2000, in meters of the floor frame.
pub fn floor_plan_dxf(room: &RoomGeometry, title: &str) -> Vec<u8> {
    dxf::write(room, title)
}

/// Writes the floor plan as GeoJSON, in meters of the floor frame.
pub fn floor_plan_geojson(room: &RoomGeometry, name: &str) -> String {
    geojson::write(room, name)
}

/// Writes the room as a building model: IFC4, as a STEP file in meters.
///
/// The same `origin.id` gives the same identifiers of all parts.
pub fn model_ifc(room: &RoomGeometry, origin: &Origin) -> String {
    ifc::write(room, origin)
}

/// Writes the room as a binary glTF 2.0 file; `name` names its root node.
pub fn scene_glb(room: &RoomGeometry, name: &str) -> Vec<u8> {
    glb::write(&mesh::Mesh::of(room), room, name)
}

/// Gives the room as triangles, in the shape of the contract's `3d_scene_data`.
pub fn scene(room: &RoomGeometry) -> Scene {
    Scene::of(mesh::Mesh::of(room))
}
