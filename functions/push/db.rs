//! SQL of `push_devices` and `push_messages` for their owner.

use crate::auth::Caller;
use crate::db::{Statement, row};
use crate::jobs::State;

/// Devices that a user may register; another one takes the place of the one that was silent for the
/// longest.
const MAX_DEVICES: i64 = 20;

row! {
    /// A registration.
    #[derive(Debug)]
    pub struct DeviceRow {
        pub id: String,
        pub device_id: String,
        pub platform: String,
        pub provider: String,
        pub app_id: Option<String>,
        pub environment: String,
        pub created_at: i64,
        pub updated_at: i64,
        pub is_current: i64,
    }
}

/// A registration about to be written, for the device of the caller's session.
pub struct NewDevice<'a> {
    pub id: &'a str,
    pub platform: &'a str,
    pub provider: &'a str,
    pub token: &'a str,
    pub app_id: Option<&'a str>,
    pub environment: &'a str,
    pub now: i64,
}

/// Takes the token from whoever had it: an app's installation has one user at a time.
pub fn take_token(caller: &Caller, device: &NewDevice<'_>) -> Statement {
    Statement::new(
        "delete from push_devices
         where provider = ?2
           and token = ?3
           and exists (
             select 1
             from live_sessions l
             where l.session_id = ?1
               and (l.user_id, l.device_id, ?4) <> (
                 push_devices.user_id, push_devices.device_id, push_devices.platform
               )
           )",
    )
    .bind(&caller.session_id)
    .bind(device.provider)
    .bind(device.token)
    .bind(device.platform)
}

/// Writes the registration, over an earlier one of the same device and platform.
pub fn register(caller: &Caller, device: &NewDevice<'_>) -> Statement {
    Statement::new(
        "insert into push_devices
           (id, user_id, device_id, platform, provider, token, app_id, environment,
            created_at, updated_at)
         select ?3, l.user_id, l.device_id, ?4, ?5, ?6, ?7, ?8, ?9, ?9
         from live_sessions l
         where l.session_id = ?1 and l.user_id = ?2
         on conflict (user_id, device_id, platform) do update
         set provider = excluded.provider, token = excluded.token, app_id = excluded.app_id,
           environment = excluded.environment, updated_at = excluded.updated_at",
    )
    .bind(&caller.session_id)
    .bind(&caller.user_id)
    .bind(device.id)
    .bind(device.platform)
    .bind(device.provider)
    .bind(device.token)
    .bind(device.app_id)
    .bind(device.environment)
    .bind(device.now)
}

/// Forgets those beyond the limit.
pub fn forget_surplus(caller: &Caller) -> Statement {
    Statement::new(
        "delete from push_devices
         where id in (
           select id
           from push_devices
           where user_id = ?1
           order by updated_at desc, id
           limit -1 offset ?3
         )
           and exists (select 1 from live_sessions where session_id = ?2)",
    )
    .bind(&caller.user_id)
    .bind(&caller.session_id)
    .bind(MAX_DEVICES)
}

/// The caller's registrations.
pub fn list(caller: &Caller) -> Statement {
    Statement::new(
        "select d.id, d.device_id, d.platform, d.provider, d.app_id, d.environment,
           d.created_at, d.updated_at,
           exists (
             select 1
             from live_sessions
             where session_id = ?2 and device_id = d.device_id
           ) as is_current
         from push_devices d
         where d.user_id = ?1",
    )
    .bind(&caller.user_id)
    .bind(&caller.session_id)
}

/// Removes a registration of the caller's; returns it.
pub fn remove(caller: &Caller, id: &str) -> Statement {
    Statement::new(
        "delete from push_devices
         where id = ?1
           and user_id = ?2
           and exists (select 1 from live_sessions where session_id = ?3)
         returning id",
    )
    .bind(id)
    .bind(&caller.user_id)
    .bind(&caller.session_id)
}

/// Removes the registrations of the device that the caller's session is on.
pub fn remove_current(caller: &Caller) -> Statement {
    Statement::new(
        "delete from push_devices
         where user_id = ?1
           and device_id = (select device_id from live_sessions where session_id = ?2)",
    )
    .bind(&caller.user_id)
    .bind(&caller.session_id)
}

row! {
    /// A notification and the job that sends it.
    #[derive(Debug)]
    pub struct MessageRow {
        pub id: String,
        pub title: Option<String>,
        pub body: Option<String>,
        pub outcomes: String,
        pub created_at: i64,
        pub state: State,
        pub error: Option<String>,
    }
}

/// A notification to the caller.
pub fn find_message(caller: &Caller, id: &str) -> Statement {
    Statement::new(
        "select m.id, m.title, m.body, m.outcomes, m.created_at, j.state, j.error
         from push_messages m
         join jobs j on j.id = m.id
         where m.id = ?1 and m.user_id = ?2",
    )
    .bind(id)
    .bind(&caller.user_id)
}
