//! What is sent, where to, and what became of it.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::row;

/// Providers keep what a phone without a network misses for so long.
pub const LIFETIME_SECONDS: i64 = 24 * 3600;

row! {
    /// A registered device.
    #[derive(Debug, Clone)]
    pub struct Device {
        /// The registration.
        pub id: String,
        /// The app's installation.
        pub device_id: String,
        /// `ios`, `android` or `web`.
        pub platform: String,
        /// `apns` or `fcm`.
        pub provider: String,
        /// What the provider knows it by.
        pub token: String,
        /// The bundle id.
        pub app_id: Option<String>,
        /// `sandbox` or `production`.
        pub environment: String,
    }
}

row! {
    /// A notification about to be sent.
    #[derive(Debug)]
    pub struct Message {
        /// Its own id and that of its job.
        pub id: String,
        /// Shown first.
        pub title: Option<String>,
        /// Shown below.
        pub body: Option<String>,
        /// A JSON object for the app.
        pub data: String,
        /// What later ones replace it by.
        pub collapse_key: Option<String>,
        /// Whether nothing is shown.
        pub is_silent: i64,
        /// A JSON object: what became of it, by registration.
        pub outcomes: String,
        /// Milliseconds since 1970.
        pub created_at: i64,
    }
}

impl Message {
    /// Whether the app alone gets it.
    pub fn is_silent(&self) -> bool {
        self.is_silent == 1
    }

    /// For the app.
    pub fn data(&self) -> Map<String, Value> {
        serde_json::from_str(&self.data).unwrap_or_default()
    }

    /// What later ones replace it by: itself, when it comes twice.
    pub fn collapse_key(&self) -> &str {
        self.collapse_key.as_deref().unwrap_or(&self.id)
    }

    /// Seconds since 1970 from which on nobody wants it.
    pub fn expires_at(&self) -> i64 {
        self.created_at / 1000 + LIFETIME_SECONDS
    }

    /// The same at every attempt to send it to this device.
    pub fn id_for(&self, device: &Device) -> String {
        let name = format!("{} {}", self.id, device.id);
        Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
    }
}

/// What a provider made of a notification.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was accepted under this name.
    Sent(Option<String>),
    /// The app is there no more: since a moment in milliseconds since 1970, if the provider says.
    Gone(Option<i64>),
    /// It would be refused every time.
    Refused(String),
    /// It may be accepted later: after so many milliseconds, if the provider says.
    Later(String, Option<i64>),
    /// The provider did not answer anybody; it may later.
    Unreachable(String),
    /// There are no keys for this provider; the text says which.
    NotConfigured(&'static str),
}

/// What a provider calls an error, if it is fit for the log: tokens never are.
pub fn plain(reason: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    match reason.len() <= 64 && reason.bytes().all(is_plain) {
        true => reason,
        false => "",
    }
}
