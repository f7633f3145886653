//! The one list of areas. The router is built once per isolate; it holds no binding, so requests
//! may share it.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::post;

use crate::error::Error;
use crate::functions::{
    admin, auth, health, mailbox, oauth, organizations, realtime, rooms, sync, users,
};
use crate::http::{Routes, RuleTable, guard};

fn routes() -> Routes {
    Routes::new()
        .merge(health::routes())
        .merge(mailbox::routes())
        .merge(auth::routes())
        .merge(oauth::routes())
        .merge(users::routes())
        .merge(rooms::routes())
        .merge(realtime::routes())
        .merge(organizations::routes())
        .merge(sync::routes())
        .merge(admin::routes())
}

static API: LazyLock<(Router, RuleTable)> = LazyLock::new(|| {
    let (router, rules) = routes().into_router();
    let router = router
        .route_layer(from_fn(guard))
        // For tests only, so not in the API document.
        .route(realtime::PUBLISH, post(realtime::publish))
        .route(realtime::QUERY_STREAM, post(realtime::stream_query))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        // Our own readers bound bodies, route by route, with our own answer.
        .layer(DefaultBodyLimit::disable());
    (router, rules)
});

/// The router, ready to be called.
pub fn router() -> Router {
    API.0.clone()
}

/// The rules that the guard applies.
pub fn rules() -> &'static RuleTable {
    &API.1
}

/// The API document (OpenAPI 3.1), as JSON.
#[cfg(not(target_arch = "wasm32"))]
pub fn document() -> serde_json::Value {
    serde_json::json!(crate::openapi::document(routes()))
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
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        let operations = paths
            .values()
            .flat_map(|item| item.as_object().unwrap().values());
        let mut names: Vec<_> = operations
            .map(|operation| {
                assert!(operation["x-rate-limit"]["name"].is_string(), "{operation}");
                operation["operationId"].as_str().unwrap().to_owned()
            })
            .collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(count >= 17, "{names:?}");
    }
}
