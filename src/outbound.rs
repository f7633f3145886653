//! Asking other services over HTTP.

use std::time::Duration;

use futures::future::{Either, select};
use worker::{
    AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect,
};

/// A lease lasts longer, so that one consumer asks at a time.
const PATIENCE: Duration = Duration::from_secs(10);

/// What another service answered.
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its body, as text.
    pub body: String,
    headers: Headers,
}

impl Reply {
    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).ok().flatten()
    }

    /// How long the service wants to be left alone, milliseconds (RFC 9110, section 10.2.3).
    pub fn retry_after_ms(&self, now_ms: i64) -> Option<i64> {
        let text = self.header("Retry-After")?;
        if let Ok(seconds) = text.trim().parse::<u32>() {
            return Some(i64::from(seconds) * 1000);
        }
        let at = js_sys::Date::parse(&text);
        at.is_finite().then(|| (at as i64 - now_ms).max(0))
    }
}

/// Posts a body, and waits ten seconds for the answer. Redirects are not followed: credentials are
/// for this address only.
///
/// # Errors
/// When there is no answer; the text says why.
pub async fn post(url: &str, headers: &[(&str, &str)], body: String) -> Result<Reply, String> {
    let unreachable = |error: worker::Error| format!("cannot be reached: {error}");
    let request = request(url, headers, body).map_err(unreachable)?;
    let abort = AbortController::default();
    let signal = abort.signal();
    let asking = async {
        let mut answer = Fetch::Request(request).send_with_signal(&signal).await?;
        Ok::<_, worker::Error>(Reply {
            status: answer.status_code(),
            headers: answer.headers().clone(),
            body: answer.text().await?,
        })
    };
    match select(std::pin::pin!(asking), Delay::from(PATIENCE)).await {
        Either::Left((asked, _)) => asked.map_err(unreachable),
        Either::Right(_) => {
            abort.abort();
            Err("did not answer".into())
        }
    }
}

fn request(url: &str, pairs: &[(&str, &str)], body: String) -> worker::Result<Request> {
    let headers = Headers::new();
    for (name, value) in pairs {
        headers.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual)
        .with_body(Some(body.into()));
    Request::new_with_init(url, &init)
}
