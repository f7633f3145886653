//! The job: stream the scan out of R2, measure the room, store the result.

use room_drawing::scene;
use room_geometry::{Options, RoomGeometry, analyze};
use room_scan::{Limits, Measurements, PointCloud, Points, ScanReader};

use super::db::{ScanToAnalyzeRow, find_scan_to_analyze};
use super::receive::MAX_SCAN_BYTES;
use super::result::{BUILTIN, Metadata, RoomResult};
use crate::context::Context;
use crate::jobs::{Finished, JobError, Lease};

/// Points that are kept for the analysis: 18 MB of positions. Larger clouds are thinned evenly.
const MAX_POINTS: usize = 1_500_000;

/// Analyzes the room scan that the job is about.
///
/// # Errors
/// Permanent when the scan cannot be read or holds no room, transient when storage fails.
pub async fn analyze_room_scan(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    let scan: Option<ScanToAnalyzeRow> = context
        .db()?
        .first(find_scan_to_analyze(&lease.job.subject_id))
        .await?;
    let scan = scan.ok_or_else(|| JobError::Permanent("The scan was deleted".into()))?;

    let cloud = read_cloud(context, &scan).await?;
    lease.progress(context, 0.5, "analyzing").await?;

    let geometry = analyze(&cloud, &measurements(&scan), &Options::default())
        .map_err(|error| JobError::Permanent(error.to_string()))?;
    drop(cloud);
    lease.progress(context, 0.9, "storing").await?;

    store(context, lease, scan.name.as_deref(), geometry).await
}

/// Reads the points while they stream in; never holds the file.
async fn read_cloud(context: &Context, scan: &ScanToAnalyzeRow) -> Result<PointCloud, JobError> {
    let key = scan.cloud_key.as_ref().unwrap_or(&scan.object_key);
    let file = context.files()?.get(key).await?;
    let file = file.ok_or_else(|| JobError::Permanent("The scan's data is missing".into()))?;
    let limits = Limits {
        max_unpacked_bytes: MAX_SCAN_BYTES,
        max_ratio: u64::MAX,
    };
    let mut reader = ScanReader::new(limits, Points::Keep { max: MAX_POINTS });
    let mut chunks = file.into_chunks()?;
    while let Some(chunk) = chunks.next().await? {
        reader.push(&chunk).map_err(unreadable)?;
    }
    Ok(reader.finish().map_err(unreadable)?.cloud)
}

/// It was readable when it was uploaded, so it would be unreadable the next time too.
fn unreadable(error: room_scan::ScanError) -> JobError {
    JobError::Permanent(format!("The scan's data is damaged: {error}"))
}

fn measurements(scan: &ScanToAnalyzeRow) -> Measurements {
    Measurements {
        length: scan.length,
        width: scan.width,
        height: scan.height,
        area: scan.area,
        volume: scan.volume,
    }
}

async fn store(
    context: &Context,
    lease: &Lease,
    name: Option<&str>,
    geometry: RoomGeometry,
) -> Result<Finished, JobError> {
    let processing_time_ms = context.now_ms() - lease.job.started_at;
    let cost_actual = context.meter().usage().cost_nano_dollars() as f64 / 1e9;
    let scene = scene(&geometry);
    let metadata = Metadata {
        processing_time_ms,
        provider_used: BUILTIN.into(),
        cost_actual,
        quota_consumed: lease.job.quota_consumed,
        wasm_memory_bytes: context.wasm_memory_bytes(),
    };
    let result = RoomResult::new(&lease.job.id, name, geometry, scene, metadata);
    let bytes = serde_json::to_vec(&result)
        .map_err(|error| JobError::Permanent(format!("The result cannot be written: {error}")))?;
    let result_key = lease.result_key();
    context
        .files()?
        .put(&result_key, bytes, "application/json")
        .await?;
    Ok(Finished {
        result_key: Some(result_key),
        provider: BUILTIN.into(),
        cost_actual,
        processing_time_ms,
    })
}
