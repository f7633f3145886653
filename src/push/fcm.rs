//! Google: the HTTP v1 API of Firebase Cloud Messaging
//! (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages), with an access token
//! for a service account (RFC 7523).

use std::cell::RefCell;

use serde_json::{Value, json};

use super::jwt::{Algorithm, sign};
use super::message::{Device, LIFETIME_SECONDS, Message, Outcome, plain};
use crate::context::Context;
use crate::outbound::{Reply, post};

const DEFAULT_URL: &str = "https://fcm.googleapis.com";
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";

/// Seconds that an assertion is good for, the most that Google takes.
const ASSERTION_SECONDS: i64 = 3600;

/// A token is replaced so long before it ends.
const MARGIN_MS: i64 = 5 * 60 * 1000;

/// What Google wants to be left alone for when it does not say.
const PAUSE_MS: i64 = 60_000;

thread_local! {
    static TOKEN: RefCell<Option<(String, i64)>> = const { RefCell::new(None) };
}

/// The file that Google gives to the operator, as far as it matters.
struct ServiceAccount {
    project_id: String,
    client_email: String,
    private_key: String,
    token_uri: String,
}

impl ServiceAccount {
    fn parse(text: &str) -> Option<Self> {
        let file = parse(text);
        let member = |name| file[name].as_str().map(str::to_owned);
        Some(Self {
            project_id: member("project_id")?,
            client_email: member("client_email")?,
            private_key: member("private_key")?,
            token_uri: member("token_uri")?,
        })
    }
}

/// JSON; null for what is none. The parser's own message could quote a secret.
fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Sends a notification to a device.
pub async fn send(context: &Context, message: &Message, device: &Device) -> Outcome {
    let setting = |name| context.variable(name).filter(|value| !value.is_empty());
    let Some(account) = setting("FCM_SERVICE_ACCOUNT") else {
        return Outcome::NotConfigured("FCM_SERVICE_ACCOUNT is not set");
    };
    let Some(account) = ServiceAccount::parse(&account) else {
        return Outcome::NotConfigured("FCM_SERVICE_ACCOUNT is no key of a service account");
    };
    let now = context.now_ms();
    let token = match access_token(&account, now).await {
        Ok(token) => token,
        Err(outcome) => return outcome,
    };
    let base = setting("FCM_URL").unwrap_or_else(|| DEFAULT_URL.into());
    let url = format!(
        "{}/v1/projects/{}/messages:send",
        base.trim_end_matches('/'),
        account.project_id
    );
    let authorization = format!("Bearer {token}");
    let headers = [
        ("Authorization", &*authorization),
        ("Content-Type", "application/json"),
    ];
    match post(&url, &headers, payload(message, device).to_string()).await {
        Ok(reply) => judge(&reply, now),
        Err(why) => Outcome::Unreachable(format!("FCM {why}")),
    }
}

/// What Apple is told through Google, for people and for the app alone.
const FOR_APPLE: [&str; 2] = [
    r#"{"headers": {"apns-push-type": "alert", "apns-priority": "10"}, "payload": {"aps": {"sound": "default"}}}"#,
    r#"{"headers": {"apns-push-type": "background", "apns-priority": "5"}, "payload": {"aps": {"content-available": 1}}}"#,
];

const FOR_ANDROID: [&str; 2] = [r#"{"priority": "high"}"#, r#"{"priority": "normal"}"#];

fn payload(message: &Message, device: &Device) -> Value {
    let mut data = message.data();
    for value in data.values_mut().filter(|value| !value.is_string()) {
        // Texts only, says Google.
        *value = value.to_string().into();
    }
    let key = message.collapse_key();
    let form = usize::from(message.is_silent());
    let (platform, mut options) = match device.platform.as_str() {
        "ios" => {
            let mut options = parse(FOR_APPLE[form]);
            let headers = &mut options["headers"];
            headers["apns-collapse-id"] = key.into();
            headers["apns-expiration"] = message.expires_at().to_string().into();
            ("apns", options)
        }
        "web" => {
            let mut options = Value::Null;
            options["headers"]["TTL"] = LIFETIME_SECONDS.to_string().into();
            ("webpush", options)
        }
        _ => {
            let mut options = parse(FOR_ANDROID[form]);
            options["collapse_key"] = key.into();
            options["ttl"] = format!("{LIFETIME_SECONDS}s").into();
            ("android", options)
        }
    };
    let mut sent = Value::Null;
    if !message.is_silent() {
        sent["notification"]["title"] = message.title.as_deref().into();
        sent["notification"]["body"] = message.body.as_deref().into();
        if platform != "apns" {
            // What comes twice is shown once.
            options["notification"]["tag"] = key.into();
        }
    }
    sent["token"] = device.token.as_str().into();
    sent["data"] = data.into();
    sent[platform] = options;
    let mut body = Value::Null;
    body["message"] = sent;
    body
}

async fn access_token(account: &ServiceAccount, now: i64) -> Result<String, Outcome> {
    let known = TOKEN.with_borrow(Clone::clone);
    if let Some((token, _)) = known.filter(|(_, good_until)| now < *good_until) {
        return Ok(token);
    }
    let claims = json!({
        "iss": account.client_email,
        "scope": SCOPE,
        "aud": account.token_uri,
        "iat": now / 1000,
        "exp": now / 1000 + ASSERTION_SECONDS,
    });
    let assertion = sign(Algorithm::Rs256, &account.private_key, None, &claims).await;
    let assertion = assertion
        .map_err(|error| Outcome::Refused(error.log_detail().unwrap_or_default().into()))?;
    let body = format!("grant_type={GRANT}&assertion={assertion}");
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let reply = post(&account.token_uri, &headers, body)
        .await
        .map_err(|why| Outcome::Unreachable(format!("Google's token service {why}")))?;
    let why = format!("Google's token service answered {}", reply.status);
    let granted = parse(&reply.body);
    match (reply.status, granted["access_token"].as_str()) {
        (200, Some(token)) => {
            let seconds = granted["expires_in"].as_i64().unwrap_or_default();
            TOKEN.set(Some((token.into(), now + seconds * 1000 - MARGIN_MS)));
            Ok(token.into())
        }
        (429 | 500.., _) => Err(Outcome::Later(why, reply.retry_after_ms(now))),
        _ => Err(Outcome::Refused(why)),
    }
}

/// What an answer means (https://firebase.google.com/docs/cloud-messaging/error-codes).
fn judge(reply: &Reply, now: i64) -> Outcome {
    let answer = parse(&reply.body);
    if reply.status == 200 {
        return Outcome::Sent(answer["name"].as_str().map(str::to_owned));
    }
    let error = &answer["error"];
    let details = error["details"].as_array().into_iter().flatten();
    let code = details
        .filter_map(|detail| detail["errorCode"].as_str())
        .next();
    let code = code.or(error["status"].as_str()).unwrap_or_default();
    let why = format!("FCM answered {} {}", reply.status, plain(code));
    match (reply.status, code) {
        (_, "UNREGISTERED") => Outcome::Gone(None),
        (401, code) if code != "THIRD_PARTY_AUTH_ERROR" => {
            TOKEN.set(None);
            Outcome::Later(why, None)
        }
        (429, _) => Outcome::Later(why, reply.retry_after_ms(now).or(Some(PAUSE_MS))),
        (500.., _) => Outcome::Later(why, reply.retry_after_ms(now)),
        _ => Outcome::Refused(why),
    }
}
