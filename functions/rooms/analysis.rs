//! The job: stream the scan, or the scans that it combines, out of R2, measure the room, store the result.

use room_engine::Refusal;
use serde_json::value::RawValue;

use super::db::{ScanFiles, ScanToAnalyzeRow, SourceFilesRow, find_scan_to_analyze, list_files};
use super::receive::MAX_SCAN_BYTES;
use super::result::{BUILTIN, Metadata, RoomResult};
use crate::context::Context;
use crate::engine::Engine;
use crate::jobs::{Finished, JobError, Lease, State};
use crate::time::rfc3339;

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

    let engine = Engine::start()?;
    let scans = files_of(context, lease, &scan).await?;
    engine.begin(MAX_SCAN_BYTES, scans.len())?;
    for (place, files) in scans.iter().enumerate() {
        if place > 0 {
            engine.next_scan()?.map_err(permanent)?;
            let progress = 0.5 * place as f64 / scans.len() as f64;
            lease.progress(context, progress, "reading").await?;
        }
        read_file(context, &files.document, &engine).await?;
        if let Some(cloud) = &files.cloud {
            engine.next_file()?.map_err(permanent)?;
            read_file(context, cloud, &engine).await?;
        }
    }
    lease.progress(context, 0.5, "analyzing").await?;

    let app = [scan.length, scan.width, scan.height, scan.area, scan.volume];
    let analysis = engine.analyze(app)?.map_err(permanent)?;
    let memory_bytes = engine.memory_bytes();
    drop(engine);
    lease.progress(context, 0.9, "storing").await?;

    store(context, lease, scan.name.as_deref(), analysis, memory_bytes).await
}

/// It was readable when it was uploaded, so it would be unreadable the next time too.
fn permanent(refusal: Refusal) -> JobError {
    JobError::Permanent(refusal.into())
}

/// The files to read: the scan's own, or those of the scans that it combines.
async fn files_of(
    context: &Context,
    lease: &Lease,
    scan: &ScanToAnalyzeRow,
) -> Result<Vec<ScanFiles>, JobError> {
    let Some(fused_from) = &scan.fused_from else {
        return Ok(vec![ScanFiles {
            document: scan.object_key.clone(),
            cloud: scan.cloud_key.clone(),
        }]);
    };
    let sources = list_files(&lease.job.user_id, fused_from);
    let rows: Vec<SourceFilesRow> = context.db()?.all(sources).await?;
    let files: Option<Vec<_>> = rows.into_iter().map(SourceFilesRow::into_files).collect();
    files.ok_or_else(|| JobError::Permanent("One of the combined scans was deleted".into()))
}

/// Gives the engine a file while it streams in, and never holds it.
async fn read_file(context: &Context, key: &str, engine: &Engine) -> Result<(), JobError> {
    let file = context.files()?.get(key).await?;
    let file = file.ok_or_else(|| JobError::Permanent("The scan's data is missing".into()))?;
    let mut chunks = file.into_chunks()?;
    while let Some(chunk) = chunks.next().await? {
        engine.push(&chunk)?.map_err(permanent)?;
    }
    Ok(())
}

async fn store(
    context: &Context,
    lease: &Lease,
    name: Option<&str>,
    analysis: Vec<u8>,
    engine_memory_bytes: u64,
) -> Result<Finished, JobError> {
    let unwritable = |error| JobError::Permanent(format!("The result cannot be written: {error}"));
    let analysis: &RawValue = serde_json::from_slice(&analysis).map_err(unwritable)?;
    let processing_time_ms = context.now_ms() - lease.job.started_at;
    let cost_actual = context.meter().usage().cost_nano_dollars() as f64 / 1e9;
    let metadata = Metadata {
        completed_at: rfc3339(context.now_ms()),
        processing_time_ms,
        provider_used: BUILTIN.into(),
        cost_actual,
        quota_consumed: lease.job.quota_consumed,
        wasm_memory_bytes: context
            .wasm_memory_bytes()
            .map(|bytes| bytes + engine_memory_bytes),
    };
    let result = RoomResult {
        processing_id: &lease.job.id,
        status: State::Completed,
        name,
        result: analysis,
        metadata,
    };
    let bytes = serde_json::to_vec(&result).map_err(unwritable)?;
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
