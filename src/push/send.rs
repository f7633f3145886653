//! The job that sends a notification to all devices of its user. What became of it at each device is
//! written down at once, so that another attempt leaves those alone that are settled.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::message::{Device, Message, Outcome};
use super::{apns, fcm};
use crate::config::Environment;
use crate::context::Context;
use crate::db::Statement;
use crate::error::Error;
use crate::jobs::{Finished, JobError, Lease};
use crate::telemetry::Level;
use crate::time::rfc3339;

/// What the user may read of a notification that reached nobody; the reason is for the operator.
const NOT_SENT: &str = "The notification could not be sent";

/// What became of a notification at a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// The app's installation.
    device_id: String,
    /// `ios`, `android` or `web`.
    platform: String,
    /// `sent` (the provider took it), `logged` (development without keys: it stands in the server's
    /// log), `gone` (the app was removed from the device), `refused` or `not_configured`.
    status: &'static str,
    /// Why, for `refused` and `not_configured`.
    reason: Option<String>,
    /// What the provider calls it.
    provider_id: Option<String>,
    at: String,
}

fn has_arrived(delivery: &Value) -> bool {
    matches!(
        delivery["status"].as_str(),
        Some("sent" | "logged" | "gone")
    )
}

/// Sends the notification that the job is about.
///
/// # Errors
/// Transient when a provider may take it later, permanent when none takes it.
pub async fn send_push(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    let find = vec![
        find_message(&lease.job.subject_id),
        list_devices(&lease.job.user_id),
    ];
    let mut batch = context.db()?.batch(find).await?;
    let message: Option<Message> = batch.first(0)?;
    let message = message.ok_or_else(|| JobError::Permanent("It was deleted".into()))?;
    let devices: Vec<Device> = batch.all(1)?;
    let mut settled: Map<String, Value> =
        serde_json::from_str(&message.outcomes).map_err(Error::internal)?;

    let mut later: Option<(String, i64)> = None;
    let mut silent = Vec::new();
    let waiting = |device: &&Device| !settled.contains_key(&device.id);
    let waiting: Vec<_> = devices.iter().filter(waiting).collect();
    for (index, device) in waiting.into_iter().enumerate() {
        // Who does not answer is not waited for twenty times: other jobs wait behind this one.
        if silent.contains(&device.provider.as_str()) {
            continue;
        }
        if index > 0 {
            lease.progress(context, 0.5, "sending").await?;
        }
        match send(context, &message, device).await {
            Ok(delivery) => {
                settled.insert(device.id.clone(), delivery);
            }
            Err(Pause {
                detail,
                ms,
                is_silent,
            }) => {
                let longest = later.map_or(0, |(_, ms)| ms).max(ms);
                later = Some((detail, longest));
                silent.extend(is_silent.then_some(device.provider.as_str()));
            }
        }
    }
    if let Some((detail, ms)) = later {
        return Err(JobError::Later(detail, ms));
    }
    if !settled.is_empty() && !settled.values().any(has_arrived) {
        return Err(JobError::Permanent(NOT_SENT.into()));
    }
    Ok(Finished::now(context, lease, None))
}

/// A device that has to be tried again, after so many milliseconds.
struct Pause {
    detail: String,
    ms: i64,
    /// Whether the provider did not answer at all.
    is_silent: bool,
}

/// Sends to one device and writes down what became of it.
async fn send(context: &Context, message: &Message, device: &Device) -> Result<Value, Pause> {
    let outcome = match device.provider.as_str() {
        "apns" => apns::send(context, message, device).await,
        _ => fcm::send(context, message, device).await,
    };
    let is_development = context.config().environment == Environment::Development;
    let mut gone = None;
    let (status, reason, provider_id) = match outcome {
        Outcome::Sent(name) => ("sent", None, name),
        Outcome::Gone(since) => {
            gone = Some(since.unwrap_or(context.now_ms()));
            ("gone", None, None)
        }
        Outcome::Later(detail, ms) => {
            return Err(Pause {
                detail,
                ms: ms.unwrap_or_default(),
                is_silent: false,
            });
        }
        Outcome::Unreachable(detail) => {
            return Err(Pause {
                detail,
                ms: 0,
                is_silent: true,
            });
        }
        Outcome::NotConfigured(_) if is_development => {
            show(context, message, device);
            ("logged", None, None)
        }
        Outcome::NotConfigured(why) => ("not_configured", Some(why.to_owned()), None),
        Outcome::Refused(why) => ("refused", Some(why), None),
    };
    if let Some(reason) = &reason {
        let text = format!("Notification {} was not sent to a device", message.id);
        context
            .record(Level::Error, text)
            .with("error", reason.as_str())
            .write();
    }
    let delivery = json!(Delivery {
        device_id: device.device_id.clone(),
        platform: device.platform.clone(),
        status,
        reason,
        provider_id,
        at: rfc3339(context.now_ms()),
    });
    let mut statements = vec![settle(&message.id, &device.id, &delivery)];
    statements.extend(gone.map(|since| forget_device(device, since)));
    let written = async { context.db()?.batch(statements).await };
    match written.await {
        Ok(_) => Ok(delivery),
        Err(error) => Err(Pause {
            detail: error.log_detail().unwrap_or_default().into(),
            ms: 0,
            is_silent: false,
        }),
    }
}

/// Development without keys: the log line stands for the notification.
fn show(context: &Context, message: &Message, device: &Device) {
    context
        .record(
            Level::Info,
            format!("Notification {} would have been sent", message.id),
        )
        .with("platform", device.platform.as_str())
        .with("title", message.title.as_deref())
        .with("body", message.body.as_deref())
        .with("data", message.data.as_str())
        .write();
}

fn find_message(id: &str) -> Statement {
    Statement::new(
        "select id, title, body, data, collapse_key, is_silent, outcomes, created_at
         from push_messages
         where id = ?1",
    )
    .bind(id)
}

fn list_devices(user_id: &str) -> Statement {
    Statement::new(
        "select id, device_id, platform, provider, token, app_id, environment
         from push_devices
         where user_id = (select id from users where id = ?1 and is_active = 1)",
    )
    .bind(user_id)
}

fn settle(message_id: &str, id: &str, delivery: &Value) -> Statement {
    Statement::new(
        "update push_messages set outcomes = json_set(outcomes, ?2, json(?3)) where id = ?1",
    )
    .bind(message_id)
    .bind(format!("$.\"{id}\""))
    .bind(delivery.to_string())
}

/// Forgets a device, unless its app has said since then that it is there.
fn forget_device(device: &Device, since: i64) -> Statement {
    Statement::new("delete from push_devices where id = ?1 and token = ?2 and updated_at <= ?3")
        .bind(&device.id)
        .bind(&device.token)
        .bind(since)
}
