//! SQL of `sync_devices` and `sync_keys`: which operations were carried out already.

use serde_json::json;
use sync_core::{Millis, Version};

use crate::auth::Caller;
use crate::db::{Statement, row};

row! {
    /// A text of JSON.
    pub struct TextRow {
        pub text: String,
    }
}

pub fn find_memory(user_id: &str, device_id: &str) -> Statement {
    Statement::new("select memory as text from sync_devices where user_id = ?1 and device_id = ?2")
        .bind(user_id)
        .bind(device_id)
}

/// The pages of named operations of some days.
pub fn find_key_pages(user_id: &str, days: &[i64], now: Millis) -> Statement {
    Statement::new(
        "select k.page as text
         from json_each(?2) d
         cross join sync_keys k on k.user_id = ?1 and k.day = d.value
         where k.expires_at >= ?3",
    )
    .bind(user_id)
    .bind(json!(days).to_string())
    .bind(now)
}

pub fn write_memory(caller: &Caller, device_id: &str, memory: String, now: Millis) -> Statement {
    Statement::new(
        "insert into sync_devices (user_id, device_id, memory, synced_at)
         select ?1, ?2, ?3, ?4
         where exists (select 1 from live_sessions where session_id = ?5)
         on conflict (user_id, device_id) do update set
           memory = excluded.memory, synced_at = excluded.synced_at",
    )
    .bind(&caller.user_id)
    .bind(device_id)
    .bind(memory)
    .bind(now)
    .bind(&caller.session_id)
}

pub fn write_key_page(
    caller: &Caller,
    day: i64,
    version: Version,
    page: String,
    expires_at: Millis,
) -> Statement {
    Statement::new(
        "insert into sync_keys (user_id, day, version, page, expires_at)
         select ?1, ?2, ?3, ?4, ?5
         where exists (select 1 from live_sessions where session_id = ?6)",
    )
    .bind(&caller.user_id)
    .bind(day)
    .bind(version)
    .bind(page)
    .bind(expires_at)
    .bind(&caller.session_id)
}

row! {
    /// When a device last sent numbered operations.
    pub struct DeviceRow {
        pub synced_at: Option<i64>,
    }
}

pub fn find_device(user_id: &str, device_id: &str) -> Statement {
    Statement::new("select synced_at from sync_devices where user_id = ?1 and device_id = ?2")
        .bind(user_id)
        .bind(device_id)
}
