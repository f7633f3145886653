//! Registering devices for notifications (CONTRACT M10).

use axum::http::StatusCode;
use axum::response::Response;
use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::db::{self, DeviceRow, NewDevice};
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{About, FieldErrors, Input, JsonBody, NoContent, Text, present};
use crate::openapi::ErrorAnswers;
use crate::push::PushId;
use crate::time::rfc3339;

const MAX_TOKEN: usize = 4096;

/// APNs tokens have 64 digits today and may grow.
const MAX_APNS_TOKEN: usize = 200;

/// What runs the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum Platform {
    /// iPhone, iPad.
    Ios,
    /// Android.
    Android,
    /// A browser.
    Web,
}

/// Who delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum PushProvider {
    /// Apple Push Notification service.
    Apns,
    /// Firebase Cloud Messaging.
    Fcm,
}

/// Which of the provider's services knows the token.
#[derive(Debug, Clone, Copy, Default, Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum PushEnvironment {
    /// Apps that are being developed.
    Sandbox,
    /// Apps from a store.
    #[default]
    Production,
}

/// The device of this session, as its provider knows it.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct RegisterPushDevice {
    platform: Platform,
    /// What the provider gave to the app.
    #[schema(value_type = String, min_length = 1, max_length = 4096)]
    token: Text<1, MAX_TOKEN>,
    /// `apns` for iOS and `fcm` for others unless said; an iOS app may use `fcm` too.
    #[deserr(default)]
    provider: Option<PushProvider>,
    /// The app's bundle id or package name; must be there for `apns`.
    #[deserr(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    app_id: Option<Text<1, 200>>,
    /// `production` unless said.
    #[deserr(default)]
    #[schema(required = false)]
    environment: PushEnvironment,
}

impl RegisterPushDevice {
    fn provider(&self) -> PushProvider {
        self.provider.unwrap_or(match self.platform {
            Platform::Ios => PushProvider::Apns,
            Platform::Android | Platform::Web => PushProvider::Fcm,
        })
    }
}

/// Tokens and ids become addresses and headers.
impl Input for RegisterPushDevice {
    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let token = self.token.0.as_bytes();
        let is_apns = self.provider() == PushProvider::Apns;
        if is_apns && self.platform != Platform::Ios {
            errors.push(FieldError::invalid("provider", "APNs is for iOS only"));
        }
        let is_token = if is_apns {
            token.len() <= MAX_APNS_TOKEN && token.iter().all(u8::is_ascii_hexdigit)
        } else {
            token.iter().all(u8::is_ascii_graphic)
        };
        if !is_token {
            let message = "Must be a token of the provider, for APNs in hex";
            errors.push(FieldError::invalid("token", message));
        }
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        match &self.app_id {
            Some(id) if !id.0.bytes().all(is_plain) => {
                let message = "Must be a bundle id: letters, digits, dots";
                errors.push(FieldError::invalid("app_id", message));
            }
            None if is_apns => errors.push(FieldError::missing("app_id")),
            _ => {}
        }
        errors
    }
}

/// A registered device. Its token is shown to nobody.
#[derive(Serialize, ToSchema)]
pub struct PushDevice {
    id: String,
    /// The app's installation, as the session that registered it has it.
    device_id: String,
    /// `ios`, `android` or `web`.
    platform: String,
    /// `apns` or `fcm`.
    provider: String,
    app_id: Option<String>,
    /// `sandbox` or `production`.
    environment: String,
    created_at: String,
    /// When it was registered last.
    updated_at: String,
    /// Whether it is the device of this session.
    is_current: bool,
}

impl From<DeviceRow> for PushDevice {
    fn from(row: DeviceRow) -> Self {
        Self {
            id: row.id,
            device_id: row.device_id,
            platform: row.platform,
            provider: row.provider,
            app_id: row.app_id,
            environment: row.environment,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
            is_current: row.is_current == 1,
        }
    }
}

/// The caller's registered devices.
#[derive(Serialize, ToSchema)]
pub struct PushDeviceList {
    devices: Vec<PushDevice>,
}

/// List the devices that get notifications.
#[utoipa::path(get, path = "/api/v1/push/devices", tag = "push",
    responses((status = 200, body = PushDeviceList), ErrorAnswers))]
pub async fn list_push_devices(context: Context, caller: Caller) -> Result<Response> {
    let now = context.now_ms();
    let statements = vec![db::list(&caller)];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let rows: Vec<DeviceRow> = batch.all(0)?;
    let devices = rows.into_iter().map(PushDevice::from).collect();
    let list = PushDeviceList { devices };
    Ok(present(&context, StatusCode::OK, list))
}

/// Register the device of this session for notifications.
///
/// Register at every start of the app: the same again changes nothing but the time. A token that
/// another account had leaves it; when the session ends, the registration goes.
#[utoipa::path(post, path = "/api/v1/push/devices", tag = "push",
    request_body = RegisterPushDevice,
    responses((status = 200, body = PushDevice), ErrorAnswers))]
pub async fn register_push_device(
    context: Context,
    caller: Caller,
    JsonBody(input): JsonBody<RegisterPushDevice>,
) -> Result<Response> {
    let now = context.now_ms();
    let new = NewDevice {
        id: &Uuid::new_v4().to_string(),
        platform: match input.platform {
            Platform::Ios => "ios",
            Platform::Android => "android",
            Platform::Web => "web",
        },
        provider: match input.provider() {
            PushProvider::Apns => "apns",
            PushProvider::Fcm => "fcm",
        },
        token: &input.token.0,
        app_id: input.app_id.as_ref().map(|id| id.0.as_str()),
        environment: match input.environment {
            PushEnvironment::Sandbox => "sandbox",
            PushEnvironment::Production => "production",
        },
        now,
    };
    let statements = vec![
        db::take_token(&caller, &new),
        db::register(&caller, &new),
        db::forget_surplus(&caller),
        db::list(&caller),
    ];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    let rows: Vec<DeviceRow> = batch.all(3)?;
    let mut rows = rows.into_iter();
    let row = rows.find(|row| row.is_current == 1 && row.platform == new.platform);
    let row = row.ok_or_else(|| Error::internal("the registration was not written"))?;
    let device = PushDevice::from(row);
    Ok(present(&context, StatusCode::OK, device))
}

/// Stop notifications to the device of this session. Doing so again is fine.
#[utoipa::path(delete, path = "/api/v1/push/devices", tag = "push",
    responses((status = 204), ErrorAnswers))]
pub async fn unregister_this_device(context: Context, caller: Caller) -> Result<NoContent> {
    let now = context.now_ms();
    let statements = vec![db::remove_current(&caller)];
    context.db()?.batch_as(&caller, now, statements).await?;
    Ok(NoContent)
}

/// Stop notifications to one of the caller's devices.
#[utoipa::path(delete, path = "/api/v1/push/devices/{id}", tag = "push",
    params(("id" = String, Path, description = "The registration")),
    responses((status = 204), ErrorAnswers))]
pub async fn unregister_push_device(
    About {
        context,
        caller,
        id,
    }: About,
) -> Result<NoContent> {
    let now = context.now_ms();
    let statements = vec![db::remove(&caller, &id)];
    let (_, mut batch) = context.db()?.batch_as(&caller, now, statements).await?;
    match batch.first::<PushId>(0)? {
        Some(_) => Ok(NoContent),
        None => Err(Error::NotFound("There is no such device".into())),
    }
}
