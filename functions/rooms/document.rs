//! The JSON of a scan (CONTRACT 5.2): how it is documented, and how a scan that came as a bare
//! point cloud, or a fusion, is handed out. Uploads are read by the room engine, as a stream and leniently.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::{Error, Result};

/// The body of an upload. Only `room_scan.id` is required; whatever else is missing or of another
/// type reads as absent.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomScanDocument {
    pub room_scan: RoomScan,
}

/// A room as the app scanned it.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct RoomScan {
    /// Made by the app; uploading the same content again under the same id changes nothing.
    #[schema(min_length = 1, max_length = 256)]
    pub id: String,
    #[schema(required = false)]
    pub name: Option<String>,
    /// When the scan was taken.
    #[schema(required = false)]
    pub timestamp: Option<String>,
    #[schema(required = false)]
    pub device_info: DeviceInfo,
    #[schema(required = false)]
    pub sensor_data: SensorData,
    #[schema(required = false)]
    pub measurements: Measurements,
    /// A room that the phone measured itself, instead of points: Apple RoomPlan's `CapturedRoom`.
    #[schema(required = false, value_type = Object)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captured_room: Option<Value>,
    /// The scans that this one combines, if it was made by `/fuse`; ignored in uploads.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fused_from: Vec<String>,
}

/// The JSON that a scan without one is downloaded as.
///
/// # Errors
/// None that could be told from a bug.
pub fn document_of(room_scan: RoomScan) -> Result<Vec<u8>> {
    serde_json::to_vec(&RoomScanDocument { room_scan }).map_err(Error::internal)
}

/// The phone.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct DeviceInfo {
    /// `iOS` or `Android`.
    #[schema(required = false)]
    pub platform: Option<String>,
    #[schema(required = false)]
    pub model: Option<String>,
    #[schema(required = false)]
    pub os_version: Option<String>,
}

/// What the phone's sensors saw; only `lidar_points` is interpreted.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct SensorData {
    /// Points in meters: `[x, y, z]`, `[x, y, z, intensity]`, or objects with `x`, `y`, `z` and
    /// optionally `confidence`, `r`, `g`, `b`, `timestamp`. Any axis may point up.
    #[schema(required = false)]
    pub lidar_points: Vec<Value>,
    #[schema(required = false)]
    pub distance_measurements: Vec<Value>,
    #[schema(required = false)]
    pub motion_data: Vec<Value>,
    #[schema(required = false)]
    pub audio_data: Vec<Value>,
    #[schema(required = false)]
    pub environmental_data: Vec<Value>,
}

/// The app's own measurements, for comparison and for scans without enough points.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Measurements {
    /// Meters.
    #[schema(required = false)]
    pub length: Option<f64>,
    /// Meters.
    #[schema(required = false)]
    pub width: Option<f64>,
    /// Meters.
    #[schema(required = false)]
    pub height: Option<f64>,
    /// Square meters.
    #[schema(required = false)]
    pub area: Option<f64>,
    /// Cubic meters.
    #[schema(required = false)]
    pub volume: Option<f64>,
}
