//! Organizations: created, found, joined, left, handed on (CONTRACT A18 to A20, A39).
//!
//! Owns `organizations` and `organization_members`. Whatever somebody may do is asked by the
//! statement that does it, so a role that is lost at the same moment counts no more. Each batch
//! that changes members counts them anew, and an organization without members is deleted.

mod answer;
mod create;
mod db;
mod input;
mod invite_code;
mod list;
mod members;
mod members_db;
mod membership;
mod organization;
mod privacy;

pub use privacy::{erase_user, export_user};

use crate::auth::Scope;
use crate::http::{Routes, needs, optional, route};
use crate::limits::GENERAL;

/// Organizations that a user may own.
const MAX_OWNED: i64 = 20;

/// Organizations that a user may belong to.
const MAX_JOINED: i64 = 100;

/// Members that an organization may have.
const MAX_MEMBERS: i64 = 1000;

/// The routes of this area.
pub fn routes() -> Routes {
    let read = needs(Scope::Read, &GENERAL);
    let write = needs(Scope::Upload, &GENERAL);
    let manage = needs(Scope::Admin, &GENERAL);
    Routes::new()
        .add(write, route!(create::create_organization))
        .add(optional(&GENERAL), route!(list::list_organizations))
        .add(optional(&GENERAL), route!(organization::find_organization))
        .add(write, route!(organization::put_organization))
        .add(write, route!(organization::update_organization))
        .add(manage, route!(organization::delete_organization))
        .add(manage, route!(membership::join_organization))
        .add(manage, route!(membership::leave_organization))
        .add(manage, route!(invite_code::create_invite_code))
        .add(manage, route!(invite_code::delete_invite_code))
        .add(read, route!(members::list_members))
        .add(manage, route!(members::change_member))
        .add(manage, route!(members::remove_member))
}
