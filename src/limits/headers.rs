//! What clients are told of their budgets: `RateLimit` and `RateLimit-Policy` of
//! draft-ietf-httpapi-ratelimit-headers-10 on every answer, and on a refusal also the three
//! fields of the older drafts, which more clients read.

use http::StatusCode;
use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::local::Spent;

/// Adds the fields for a budget.
pub fn write_headers(headers: &mut HeaderMap, status: StatusCode, spent: Spent) {
    let Spent { budget, decision } = spent;
    let name = budget.name;
    let quota = budget.rate.burst;
    let window = budget.rate.window_seconds();
    let reset = seconds(decision.reset_ms);
    let remaining = decision.remaining;
    let mut set = |field: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(field), value);
        }
    };
    set(
        "ratelimit-policy",
        format!("\"{name}\";q={quota};w={window}"),
    );
    set("ratelimit", format!("\"{name}\";r={remaining};t={reset}"));
    if status == StatusCode::TOO_MANY_REQUESTS {
        set("ratelimit-limit", quota.to_string());
        set("ratelimit-remaining", remaining.to_string());
        set("ratelimit-reset", reset.to_string());
    }
}

/// Whole seconds, never too few.
fn seconds(ms: i64) -> i64 {
    (ms + 999) / 1000
}
