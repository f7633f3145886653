//! Notifications to people's devices: written down with what they tell of, sent by a job through
//! APNs and FCM or, in development without keys, shown in the log.

mod apns;
mod clean_up;
mod fcm;
mod jwt;
mod message;
mod new_push;
mod privacy;
mod send;

pub use clean_up::forget_old_messages;
pub use new_push::{PushId, TestNotification, job_ended, notify_self};
pub use privacy::{erase_user, export_user};
pub use send::{Delivery, send_push};

/// The kind of the jobs that send notifications; their subject is a row of `push_messages`.
pub const SEND_PUSH: &str = "push.send";
