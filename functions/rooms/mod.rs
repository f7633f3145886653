//! Room scans: uploaded, analyzed by a job, read back as measures, plan and scene.
//!
//! Owns `room_scans`; its jobs are of kind [`ANALYZE_ROOM_SCAN`] and announce themselves in the
//! user's room as `job:{id}`.

mod analysis;
mod db;
mod document;
mod drawings;
mod orphans;
mod processing;
mod receive;
mod result;
mod scans;
mod upload;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use analysis::analyze_room_scan;
pub use orphans::purge_orphans;

/// The kind of the jobs of this area.
pub const ANALYZE_ROOM_SCAN: &str = "room_scan.analyze";

/// The routes of this area.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(upload::upload_room_scan))
        .routes(routes!(scans::list_room_scans))
        .routes(routes!(scans::find_room_scan, scans::delete_room_scan))
        .routes(routes!(scans::find_point_cloud))
        .routes(routes!(processing::find_status))
        .routes(routes!(processing::find_result))
        .routes(routes!(processing::follow_status))
        .routes(routes!(drawings::find_floor_plan))
        .routes(routes!(drawings::find_scene))
}
