//! Drawings of a result, made when they are asked for: a better pencil improves old rooms too.

use axum::extract::{FromRequestParts, Request};
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
use crate::http::{Answering, Path, answering};
use crate::openapi::{Binary, ErrorAnswers};

/// Draw the floor plan: walls, openings, furniture, dimensions, scale.
#[utoipa::path(get, path = "/api/v1/processing/{processing_id}/floorplan.svg", tag = "rooms",
    params(("processing_id" = String, Path, description = "As the upload answered")),
    responses((status = 200, content_type = "image/svg+xml", body = String), ErrorAnswers))]
pub fn find_floor_plan(request: Request) -> Answering {
    answering(draw(request, Drawing::PlanSvg))
}

/// Export the floor plan as a DXF drawing (AutoCAD 2000, meters, a layer for each kind of thing).
#[utoipa::path(get, path = "/api/v1/processing/{processing_id}/floorplan.dxf", tag = "rooms",
    params(("processing_id" = String, Path, description = "As the upload answered")),
    responses((status = 200, content_type = "image/vnd.dxf", body = Binary), ErrorAnswers))]
pub fn find_floor_plan_dxf(request: Request) -> Answering {
    answering(draw(request, Drawing::PlanDxf))
}

/// Export the floor plan as GeoJSON, in meters of the floor frame.
#[utoipa::path(get, path = "/api/v1/processing/{processing_id}/floorplan.geojson", tag = "rooms",
    params(("processing_id" = String, Path, description = "As the upload answered")),
    responses((status = 200, content_type = "application/geo+json", body = String), ErrorAnswers))]
pub fn find_floor_plan_geojson(request: Request) -> Answering {
    answering(draw(request, Drawing::PlanGeoJson))
}

/// Export the room as a 3D scene (glTF 2.0, binary).
#[utoipa::path(get, path = "/api/v1/processing/{processing_id}/scene.glb", tag = "rooms",
    params(("processing_id" = String, Path, description = "As the upload answered")),
    responses((status = 200, content_type = "model/gltf-binary", body = Binary), ErrorAnswers))]
pub fn find_scene(request: Request) -> Answering {
    answering(draw(request, Drawing::SceneGlb))
}

/// Export the room as a building model (IFC4, a STEP file in meters).
#[utoipa::path(get, path = "/api/v1/processing/{processing_id}/model.ifc", tag = "rooms",
    params(("processing_id" = String, Path, description = "As the upload answered")),
    responses((status = 200, content_type = "application/x-step", body = Binary), ErrorAnswers))]
pub fn find_model(request: Request) -> Answering {
    answering(draw(request, Drawing::ModelIfc))
}

/// A drawing's file name and media type.
fn file_of(drawing: Drawing) -> (&'static str, &'static str) {
    match drawing {
        Drawing::PlanSvg => ("floorplan.svg", "image/svg+xml"),
        Drawing::PlanDxf => ("floorplan.dxf", "image/vnd.dxf"),
        Drawing::PlanGeoJson => ("floorplan.geojson", "application/geo+json"),
        Drawing::SceneGlb => ("scene.glb", "model/gltf-binary"),
        Drawing::ModelIfc => ("model.ifc", "application/x-step"),
    }
}

/// Tagged by result and version, since a new version may draw it differently.
async fn draw(request: Request, drawing: Drawing) -> Result<Response> {
    let (name, media_type) = file_of(drawing);
    let (mut parts, _) = request.into_parts();
    let context = Context::from_request_parts(&mut parts, &()).await?;
    let caller = <Caller as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await?;
    let Path(id) = Path::<String>::from_request_parts(&mut parts, &()).await?;
    let file = open_result(&context, &caller, &id).await?;
    let tag = sha256_hex(format!("{}{VERSION}{name}", file.etag()).as_bytes());
    let drawn = Engine::start()?.draw(drawing as usize, &file.bytes().await?)?;
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (ETAG, format!("\"{}\"", &tag[..32])),
        (CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    Ok((headers, drawn.map_err(Error::internal)?).into_response())
}
