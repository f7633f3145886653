//! Several scans of one room, measured as one.
//!
//! A fusion is a room scan of its own: it is listed, downloaded, deleted, charged and resent as an
//! upload is. Its id follows from the ids of its scans and its content from their contents, so that
//! the same wish finds the same job, in whatever order it names them.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::Response;
use deserr::Deserr;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{SourceRow, find_sources};
use super::document::{RoomScan, document_of};
use super::orphans::upload_folder;
use super::upload::{Upload, UploadAccepted, or_take_back, record};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::hash::sha256_hex;
use crate::http::{Answering, FieldErrors, Input, JsonBody, Path, Text, answering};
use crate::openapi::ErrorAnswers;

const MAX_ID: usize = 256;

/// Most scans beside the one in the path: their points share the engine's memory.
const MOST_OTHERS: usize = 4;

/// Fusions' ids are made in a name space of their own (RFC 9562, version 5).
const FUSIONS: Uuid = Uuid::from_u128(0x6b1d_34c2_0f5e_4b6a_9d0c_7a52_e8f3_1c94);

/// What to combine a scan with.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct FuseScans {
    /// Other scans of the same room, 1 to 4, by the app's own ids.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 4)]
    scan_ids: Vec<Text<1, MAX_ID>>,
}

impl Input for FuseScans {
    fn validate(&self) -> Vec<FieldError> {
        if (1..=MOST_OTHERS).contains(&self.scan_ids.len()) {
            return vec![];
        }
        vec![FieldError::invalid("scan_ids", "Must name 1 to 4 scans")]
    }
}

/// Combine a scan with others of the same room and have them analyzed as one.
///
/// The fusion is a room scan of its own, with an id of its own. Asking for it again finds the job
/// that it has, until one of the scans gets another content.
#[utoipa::path(post, path = "/api/v1/rooms/{scan_id}/fuse", tag = "rooms",
    params(("scan_id" = String, Path, description = "The app's own id")),
    request_body = FuseScans,
    responses(
        (status = 202, description = "A new job", body = UploadAccepted),
        (status = 200, description = "The job that this fusion already has", body = UploadAccepted),
        ErrorAnswers))]
pub fn fuse_room_scans(request: Request) -> Answering {
    answering(fuse(request))
}

async fn fuse(request: Request) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let context = Context::from_request_parts(&mut parts, &()).await?;
    let caller = <Caller as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await?;
    let Path(scan_id) = Path::<String>::from_request_parts(&mut parts, &()).await?;
    let request = Request::from_parts(parts, body);
    let JsonBody(input) = JsonBody::<FuseScans>::from_request(request, &()).await?;

    let now = context.now_ms();
    let mut wanted = vec![scan_id];
    wanted.extend(input.scan_ids.into_iter().map(|id| id.0));
    let find = find_sources(&caller, json!(wanted).to_string());
    let (session, mut batch) = context.db()?.batch_as(&caller, now, vec![find]).await?;
    let sources: Vec<SourceRow> = batch.all(0)?;
    check(&wanted, &sources)?;

    let object_key = format!("{}{}/document", upload_folder(now), Uuid::new_v4());
    let (upload, document) = fusion_of(&wanted[0], sources, &object_key)?;
    let files = context.files()?;
    files.put(&object_key, document, "application/json").await?;
    let recorded = record(&context, &caller, &session, upload).await;
    or_take_back(&context, vec![object_key], recorded).await
}

/// Every wanted scan must be there, once, with points.
fn check(wanted: &[String], sources: &[SourceRow]) -> Result<()> {
    let find = |id: &String| sources.iter().find(|source| source.scan_id == *id);
    if wanted.first().and_then(find).is_none() {
        return Err(Error::NotFound("Room scan not found".into()));
    }
    let mut errors = Vec::new();
    for (place, id) in wanted.iter().enumerate() {
        let problem = match find(id) {
            _ if wanted.iter().take(place).any(|before| before == id) => "is named twice",
            None => "is not one of your room scans",
            Some(source) if source.is_fusion == 1 => "is a fusion itself",
            Some(source) if source.point_count == 0 => "has no points",
            Some(_) => continue,
        };
        let field = match place {
            0 => "scan_id".to_owned(),
            _ => format!("scan_ids[{}]", place - 1),
        };
        errors.push(FieldError::invalid(field, format!("{id} {problem}")));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::Validation(errors))
    }
}

/// The fusion as an upload would bring it, and its document. The sources come in the order of
/// their ids.
fn fusion_of(first: &str, sources: Vec<SourceRow>, object_key: &str) -> Result<(Upload, Vec<u8>)> {
    let mut rows = Vec::new();
    let mut hashes = Vec::new();
    let mut fused_from = Vec::new();
    let mut name = None;
    let mut point_count = 0;
    let mut bytes_to_read = 0;
    for source in sources {
        if source.scan_id == first {
            name = source.name;
        }
        point_count += source.point_count;
        bytes_to_read += source.size_bytes;
        rows.push(source.id);
        hashes.push(source.content_hash);
        fused_from.push(source.scan_id);
    }
    let scan_id = Uuid::new_v5(&FUSIONS, json!(fused_from).to_string().as_bytes()).to_string();
    let document = document_of(RoomScan {
        id: scan_id.clone(),
        name: name.clone(),
        fused_from,
        ..RoomScan::default()
    })?;
    let upload = Upload {
        scan_id,
        content_hash: sha256_hex(json!(hashes).to_string().as_bytes()),
        summary: room_engine::ScanSummary {
            name,
            ..Default::default()
        },
        point_count,
        size_bytes: document.len() as i64,
        bytes_to_read,
        object_key: object_key.to_owned(),
        cloud_key: None,
        is_gzip: false,
        fused_from: Some(json!(rows).to_string()),
    };
    Ok((upload, document))
}
