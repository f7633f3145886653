//! Answers in the form that the client's dialect wants (CONTRACT 0.4).

use axum::response::{IntoResponse, Response};
use dialect::{Dialect, camel_case_keys};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::answer::Json;
use super::paging::Pagination;
use crate::context::Context;

/// A value, its keys spelled as the client spells them.
pub fn present(context: &Context, status: StatusCode, value: impl Serialize) -> Response {
    let value = json!(value);
    let value = match context.dialect() {
        Dialect::Scans => camel_case_keys(value),
        Dialect::Api | Dialect::V1 => value,
    };
    (status, Json(value)).into_response()
}

/// A page of a list: `{<name>: [...], pagination}`, under `/v1` the bare list.
pub fn present_page<T: Serialize>(
    context: &Context,
    name: &str,
    items: Vec<T>,
    pagination: Pagination,
) -> Response {
    let page: Value = match context.dialect() {
        Dialect::V1 => json!(items),
        Dialect::Api | Dialect::Scans => json!({ name: items, "pagination": pagination }),
    };
    present(context, StatusCode::OK, page)
}
