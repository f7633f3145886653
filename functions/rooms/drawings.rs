//! Drawings of a result, made when they are asked for: a better pencil improves old rooms too.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use room_engine::Drawing;

use super::processing::open_result;
use crate::auth::Caller;
use crate::config::VERSION;
use crate::context::Context;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::hash::sha256_hex;
use crate::http::Path;
use crate::openapi::{Binary, ErrorAnswers};

/// Draw the floor plan: walls, dimensions, scale.
#[utoipa::path(get, path = "/api/v1/processing/{processing_id}/floorplan.svg", tag = "rooms",
    params(("processing_id" = String, Path, description = "As the upload answered")),
    responses((status = 200, content_type = "image/svg+xml", body = String), ErrorAnswers))]
pub async fn find_floor_plan(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response> {
    let plan = Drawing::FloorPlan;
    draw(
        &context,
        &caller,
        &id,
        plan,
        "image/svg+xml",
        "floorplan.svg",
    )
    .await
}

/// Export the room as a 3D scene (glTF 2.0, binary).
#[utoipa::path(get, path = "/api/v1/processing/{processing_id}/scene.glb", tag = "rooms",
    params(("processing_id" = String, Path, description = "As the upload answered")),
    responses((status = 200, content_type = "model/gltf-binary", body = Binary), ErrorAnswers))]
pub async fn find_scene(
    context: Context,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response> {
    let scene = Drawing::Scene;
    draw(
        &context,
        &caller,
        &id,
        scene,
        "model/gltf-binary",
        "scene.glb",
    )
    .await
}

/// Tagged by result and version, since a new version may draw it differently.
async fn draw(
    context: &Context,
    caller: &Caller,
    id: &str,
    drawing: Drawing,
    media_type: &'static str,
    name: &str,
) -> Result<Response> {
    let file = open_result(context, caller, id).await?;
    let tag = sha256_hex(format!("{}{VERSION}{name}", file.etag()).as_bytes());
    let drawn = Engine::start()?.draw(drawing as usize, &file.bytes().await?)?;
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (ETAG, format!("\"{}\"", &tag[..32])),
        (CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    Ok((headers, drawn.map_err(Error::internal)?).into_response())
}
