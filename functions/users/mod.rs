//! Accounts: what others see of a user, what users see and change of themselves, their picture,
//! quota and API keys; and how an account ends, with or without a copy of everything.
//!
//! Owns `users`, `api_keys` and, for export and erasure, `sessions`.

mod account;
mod accounts;
mod api_keys;
mod avatar;
mod create;
mod db;
mod deletion;
mod download;
mod erase;
mod export;
mod fields;
mod picture;
mod profile;
mod proof;
mod receive;
mod update;
mod user_id;

use crate::auth::Scope;
use crate::http::{Routes, needs, optional, public, route};
use crate::limits::{EXPORT, FILE_UPLOAD, GENERAL, REGISTER};

pub use erase::erase_user;
pub use export::export_user;

/// The routes of this area.
pub fn routes() -> Routes {
    let read = needs(Scope::Read, &GENERAL);
    let manage = needs(Scope::Admin, &GENERAL);
    Routes::new()
        .add(read, route!(profile::find_profile))
        .add(manage, route!(api_keys::create_api_key))
        .add(manage, route!(api_keys::revoke_api_key))
        .add(public(&REGISTER), route!(create::create_user))
        .add(optional(&GENERAL), route!(account::find_user))
        .add(manage, route!(update::replace_user))
        .add(manage, route!(update::update_user))
        .add(manage, route!(deletion::delete_user))
        .add(public(&GENERAL), route!(avatar::find_avatar))
        .add(
            needs(Scope::Admin, &FILE_UPLOAD).streaming(),
            route!(avatar::upload_avatar),
        )
        .add(manage, route!(avatar::delete_avatar))
        .add(needs(Scope::Admin, &EXPORT), route!(download::start_export))
        .add(read, route!(download::find_export))
        .add(manage, route!(download::download_export))
}
