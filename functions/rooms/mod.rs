//! Room scans: uploaded, analyzed by a job, read back as measures, plan and scene.
//!
//! Owns `room_scans`; its jobs are of kind [`ANALYZE_ROOM_SCAN`] and announce themselves in the
//! user's room as `job:{id}`.

mod analysis;
mod db;
mod document;
mod drawings;
mod erase;
mod export;
mod fuse;
mod orphans;
mod processing;
mod receive;
mod result;
mod scans;
mod upload;

use crate::auth::Scope;
use crate::http::{Routes, needs, route};
use crate::limits::{GENERAL, POLLING, ROOM_UPLOAD};

pub use analysis::analyze_room_scan;
pub use erase::erase_user;
pub use export::export_user;
pub use orphans::purge_orphans;

/// The kind of the jobs of this area.
pub const ANALYZE_ROOM_SCAN: &str = "room_scan.analyze";

/// The routes of this area.
pub fn routes() -> Routes {
    let read = needs(Scope::Read, &GENERAL);
    let follow = needs(Scope::Read, &POLLING);
    Routes::new()
        .add(
            needs(Scope::Upload, &ROOM_UPLOAD).streaming(),
            route!(upload::upload_room_scan),
        )
        .add(read, route!(scans::list_room_scans))
        .add(read, route!(scans::find_room_scan))
        .add(
            needs(Scope::Upload, &GENERAL),
            route!(scans::delete_room_scan),
        )
        .add(read, route!(scans::find_point_cloud))
        .add(
            needs(Scope::Upload, &ROOM_UPLOAD),
            route!(= fuse::fuse_room_scans),
        )
        .add(follow, route!(processing::find_status))
        .add(follow, route!(processing::find_result))
        .add(follow, route!(processing::follow_status))
        .add(read, route!(= drawings::find_floor_plan))
        .add(read, route!(= drawings::find_floor_plan_dxf))
        .add(read, route!(= drawings::find_floor_plan_geojson))
        .add(read, route!(= drawings::find_scene))
        .add(read, route!(= drawings::find_model))
}
