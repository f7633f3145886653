//! Drawings of a result, made when they are asked for: a better pencil improves old rooms too.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use room_drawing::{floor_plan_svg, scene_glb};
use room_geometry::RoomGeometry;
use serde::Deserialize;

use super::processing::open_result;
use crate::auth::Caller;
use crate::config::VERSION;
use crate::context::Context;
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
    let (etag, drawn) = read_result(&context, &caller, &id).await?;
    let svg = floor_plan_svg(&drawn.result.geometry, title(&drawn));
    Ok(drawing(
        svg.into_bytes(),
        "image/svg+xml",
        &etag,
        "floorplan.svg",
    ))
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
    let (etag, drawn) = read_result(&context, &caller, &id).await?;
    let glb = scene_glb(&drawn.result.geometry, title(&drawn));
    Ok(drawing(glb, "model/gltf-binary", &etag, "scene.glb"))
}

/// What a drawing takes of a result.
#[derive(Deserialize)]
struct Drawn {
    name: Option<String>,
    result: Measured,
}

#[derive(Deserialize)]
struct Measured {
    geometry: RoomGeometry,
}

fn title(drawn: &Drawn) -> &str {
    drawn.name.as_deref().unwrap_or("Room")
}

async fn read_result(context: &Context, caller: &Caller, id: &str) -> Result<(String, Drawn)> {
    let file = open_result(context, caller, id).await?;
    let etag = file.etag();
    let drawn = serde_json::from_slice(&file.bytes().await?).map_err(Error::internal)?;
    Ok((etag, drawn))
}

/// Tagged by result and version, since a new version may draw it differently.
fn drawing(bytes: Vec<u8>, media_type: &'static str, result_etag: &str, name: &str) -> Response {
    let tag = sha256_hex(format!("{result_etag}{VERSION}{name}").as_bytes());
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (ETAG, format!("\"{}\"", &tag[..32])),
        (CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}
