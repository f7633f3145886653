//! Apple: the provider API of APNs with token-based authentication
//! (https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns).

use std::cell::RefCell;

use serde_json::{Value, json};

use super::jwt::{Algorithm, sign};
use super::message::{Device, Message, Outcome, plain};
use crate::context::Context;
use crate::outbound::{Reply, post};

/// Apple refuses tokens that are older than an hour, and providers that make them more often than
/// every 20 minutes.
const TOKEN_KEPT_MS: i64 = 50 * 60 * 1000;

thread_local! {
    static TOKEN: RefCell<Option<(String, i64)>> = const { RefCell::new(None) };
}

/// Sends a notification to a device.
pub async fn send(context: &Context, message: &Message, device: &Device) -> Outcome {
    let setting = |name| context.variable(name).filter(|value| !value.is_empty());
    let Some(key) = setting("APNS_KEY") else {
        return Outcome::NotConfigured("APNS_KEY is not set");
    };
    let (Some(key_id), Some(team_id)) = (setting("APNS_KEY_ID"), setting("APNS_TEAM_ID")) else {
        return Outcome::NotConfigured("APNS_KEY_ID or APNS_TEAM_ID is not set");
    };
    let base = match device.environment.as_str() {
        "sandbox" => setting("APNS_SANDBOX_URL")
            .unwrap_or_else(|| "https://api.sandbox.push.apple.com".into()),
        _ => setting("APNS_URL").unwrap_or_else(|| "https://api.push.apple.com".into()),
    };
    let now = context.now_ms();
    let token = match provider_token(&key, &key_id, &team_id, now).await {
        Ok(token) => token,
        Err(error) => return Outcome::Refused(error.log_detail().unwrap_or_default().into()),
    };
    let (push_type, priority) = match message.is_silent() {
        true => ("background", "5"),
        false => ("alert", "10"),
    };
    let headers = [
        ("authorization", format!("bearer {token}")),
        ("content-type", "application/json".into()),
        ("apns-topic", device.app_id.clone().unwrap_or_default()),
        ("apns-push-type", push_type.into()),
        ("apns-priority", priority.into()),
        ("apns-id", message.id_for(device)),
        ("apns-collapse-id", message.collapse_key().into()),
        ("apns-expiration", message.expires_at().to_string()),
    ];
    let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
    let url = format!("{}/3/device/{}", base.trim_end_matches('/'), device.token);
    match post(&url, &headers, payload(message).to_string()).await {
        Ok(reply) => judge(&reply, now),
        // The address has the token in it, and the runtime may quote the address.
        Err(why) => Outcome::Unreachable(format!("APNs {}", why.replace(&device.token, "…"))),
    }
}

/// What the app gets.
fn payload(message: &Message) -> Value {
    let mut aps = Value::Null;
    if message.is_silent() {
        aps["content-available"] = 1.into();
    } else {
        aps["alert"]["title"] = message.title.as_deref().into();
        aps["alert"]["body"] = message.body.as_deref().into();
        aps["sound"] = "default".into();
    }
    let mut payload = message.data();
    payload.insert("aps".into(), aps);
    payload.into()
}

async fn provider_token(
    key: &str,
    key_id: &str,
    team_id: &str,
    now: i64,
) -> crate::error::Result<String> {
    let known = TOKEN.with_borrow(Clone::clone);
    if let Some((token, _)) = known.filter(|(_, made_at)| now - made_at < TOKEN_KEPT_MS) {
        return Ok(token);
    }
    let claims = json!({"iss": team_id, "iat": now / 1000});
    let token = sign(Algorithm::Es256, key, Some(key_id), &claims).await?;
    TOKEN.set(Some((token.clone(), now)));
    Ok(token)
}

/// What an answer means
/// (https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns).
fn judge(reply: &Reply, now: i64) -> Outcome {
    let refusal: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    let reason = refusal["reason"].as_str().unwrap_or_default();
    let why = format!("APNs answered {} {}", reply.status, plain(reason));
    match (reply.status, reason) {
        (200, _) => Outcome::Sent(reply.header("apns-id")),
        (410, _) => Outcome::Gone(refusal["timestamp"].as_i64()),
        (403, "ExpiredProviderToken") => {
            TOKEN.set(None);
            Outcome::Later(why, None)
        }
        (429 | 500.., _) => Outcome::Later(why, reply.retry_after_ms(now)),
        _ => Outcome::Refused(why),
    }
}
