//! What administrators do with other people's accounts.
//!
//! Owns `admin_actions`. Everything that an administrator changes begins with a row there, and
//! that row is written only for a live session with the role `admin`: the change follows in the
//! same batch if the row is there. Nobody can act on the own account, so the last administrator
//! can neither leave nor be made to.

mod actions;
mod db;
mod input;
mod sessions;
mod users;

use crate::http::{Routes, administrator, route};
use crate::limits::GENERAL;

/// The routes of this area.
pub fn routes() -> Routes {
    let rules = administrator(&GENERAL);
    Routes::new()
        .add(rules, route!(users::list_users))
        .add(rules, route!(users::find_account))
        .add(rules, route!(users::change_account))
        .add(rules, route!(sessions::end_sessions_of_user))
        .add(rules, route!(actions::list_actions))
}
