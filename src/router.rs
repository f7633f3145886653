//! The one list of areas. Router and API document are built once per isolate; they hold no
//! binding, so requests may share them.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::error::Error;
use crate::functions::{auth, health, rooms, users};
use crate::http::Json;
use crate::openapi::{complete, skeleton};

static API: LazyLock<(Router, OpenApi)> = LazyLock::new(|| {
    let (router, mut document) = OpenApiRouter::with_openapi(skeleton())
        .merge(health::routes())
        .merge(auth::routes())
        .merge(users::routes())
        .merge(rooms::routes())
        .route("/openapi.json", axum::routing::get(show_document))
        .fallback(not_found)
        .split_for_parts();
    complete(&mut document);
    (router, document)
});

/// The router, ready to be called.
pub fn router() -> Router {
    static ROUTER: LazyLock<Router> = LazyLock::new(|| {
        API.0
            .clone()
            .method_not_allowed_fallback(method_not_allowed)
            // Our own readers bound bodies, route by route, with our own answer.
            .layer(DefaultBodyLimit::disable())
    });
    ROUTER.clone()
}

/// The API document.
pub fn document() -> &'static OpenApi {
    &API.1
}

async fn show_document() -> impl IntoResponse {
    ([(CACHE_CONTROL, "public, max-age=300")], Json(document()))
}

async fn not_found() -> Error {
    Error::NotFound("There is nothing at this address".into())
}

async fn method_not_allowed() -> Error {
    Error::MethodNotAllowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_router_builds_and_every_operation_is_named_once() {
        let _ = router();
        let mut names: Vec<_> = document()
            .paths
            .paths
            .values()
            .flat_map(|item| [&item.get, &item.post, &item.put, &item.patch, &item.delete])
            .flatten()
            .map(|operation| operation.operation_id.clone().unwrap_or_default())
            .collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(count >= 17, "{names:?}");
    }
}
