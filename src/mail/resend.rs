//! The provider: the HTTP API of Resend (https://resend.com/docs/api-reference/emails/send-email),
//! which others speak too.

use serde::{Deserialize, Serialize};

use super::message::Message;
use crate::config::VERSION;
use crate::context::Context;
use crate::error::Error;
use crate::jobs::JobError;
use crate::outbound::post;

/// Where the provider is unless `EMAIL_API_URL` says otherwise.
const DEFAULT_URL: &str = "https://api.resend.com";

/// An account at the provider.
pub struct Provider {
    url: String,
    key: String,
    from: String,
}

#[derive(Serialize)]
struct Email<'a> {
    from: &'a str,
    to: [&'a str; 1],
    subject: &'a str,
    text: &'a str,
    html: &'a str,
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

#[derive(Deserialize)]
struct Refused {
    name: String,
}

impl Provider {
    /// The provider that the operator has set; `None` without a key.
    ///
    /// # Errors
    /// When the rest is not set.
    pub fn of(context: &Context) -> Result<Option<Self>, JobError> {
        let variable = |name| context.variable(name).filter(|value| !value.is_empty());
        let Some(key) = variable("EMAIL_API_KEY") else {
            return Ok(None);
        };
        let from = variable("EMAIL_FROM")
            .ok_or_else(|| JobError::Permanent("EMAIL_FROM is not set".into()))?;
        let url = variable("EMAIL_API_URL").unwrap_or_else(|| DEFAULT_URL.into());
        let url = url.trim_end_matches('/').to_owned();
        Ok(Some(Self { url, key, from }))
    }

    /// Sends a mail; once, however often it is sent under this id within a day. Returns what the
    /// provider calls it.
    ///
    /// # Errors
    /// Transient when the provider is busy or out of reach, permanent when it refuses.
    pub async fn send(&self, id: &str, message: &Message) -> Result<Option<String>, JobError> {
        let email = Email {
            from: &self.from,
            to: [&message.to],
            subject: &message.subject,
            text: &message.text,
            html: &message.html,
        };
        let body = serde_json::to_string(&email).map_err(Error::internal)?;
        let headers = [
            ("Authorization", format!("Bearer {}", self.key)),
            ("Content-Type", "application/json".into()),
            ("Idempotency-Key", id.into()),
            // The provider refuses clients that do not say who they are.
            ("User-Agent", format!("outpost/{VERSION}")),
        ];
        let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
        let reply = post(&format!("{}/emails", self.url), &headers, body)
            .await
            .map_err(|why| JobError::Transient(format!("the mail provider {why}")))?;
        judge(reply.status, &reply.body)
    }
}

/// What an answer means (https://resend.com/docs/api-reference/errors).
fn judge(status: u16, body: &str) -> Result<Option<String>, JobError> {
    if (200..300).contains(&status) {
        let accepted = serde_json::from_str::<Accepted>(body);
        return Ok(accepted.ok().map(|accepted| accepted.id));
    }
    let name = error_name(body);
    match (status, name.as_str()) {
        // It was accepted before, only the sender's address or our signing key was another then.
        (409, "invalid_idempotent_request") => Ok(None),
        (408 | 429 | 500.., _) | (409, "concurrent_idempotent_requests") => Err(
            JobError::Transient(format!("the mail provider answered {status} {name}")),
        ),
        _ => Err(JobError::Permanent(format!(
            "the mail provider refused with {status} {name}"
        ))),
    }
}

/// The kind of an error. The provider's message may repeat the address, so it is not for the log.
fn error_name(body: &str) -> String {
    let name = serde_json::from_str::<Refused>(body).map(|refused| refused.name);
    name.ok()
        .filter(|name| {
            name.len() <= 64
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(name: &str) -> String {
        format!(r#"{{"statusCode":0,"name":"{name}","message":"to anna@example.org"}}"#)
    }

    #[test]
    fn an_accepted_mail_has_the_providers_name() {
        assert_eq!(judge(200, r#"{"id":"abc"}"#).unwrap(), Some("abc".into()));
        assert_eq!(judge(202, "").unwrap(), None);
        let again = judge(409, &refusal("invalid_idempotent_request"));
        assert_eq!(again.unwrap(), None);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for status in [408, 429, 500, 502, 503, 599] {
            let judged = judge(status, "<html>");
            assert!(matches!(judged, Err(JobError::Transient(_))), "{status}");
        }
        let busy = judge(409, &refusal("concurrent_idempotent_requests"));
        assert!(matches!(busy, Err(JobError::Transient(_))));
        for status in [302, 400, 401, 403, 404, 409, 422] {
            let judged = judge(status, &refusal("validation_error"));
            assert!(matches!(judged, Err(JobError::Permanent(_))), "{status}");
        }
    }

    #[test]
    fn the_reason_names_the_kind_of_error_and_no_address() {
        let Err(JobError::Permanent(reason)) = judge(422, &refusal("validation_error")) else {
            panic!("accepted");
        };
        assert_eq!(
            reason,
            "the mail provider refused with 422 validation_error"
        );
        let Err(JobError::Permanent(reason)) = judge(422, &refusal("anna@example.org")) else {
            panic!("accepted");
        };
        assert!(!reason.contains("anna"), "{reason}");
    }
}
