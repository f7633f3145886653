//! The rules of offline sync, as one pure function: what devices ask for goes in, what becomes of
//! it comes out. No clock, no randomness, no input or output.
//!
//! * A record is a set of fields, each with the [`Stamp`] of the write that it has from. The
//!   later write wins, field by field; a write that knows what it was based on wins over that
//!   whatever its clock says. What loses is handed out as a [`Loser`], never dropped.
//! * A deletion leaves a tombstone with its stamp.
//! * Additions to a counter all count, in any order.
//! * What a device has sent before is recognized by its [`DeviceMemory`], where it numbers its
//!   operations, or by the [`KeyMemory`], where it names them; both are bounded.
//! * [`apply`] decides on a batch, given all that is known ([`Snapshot`]). The caller writes the
//!   [`Transition`] if nobody else has written since, or else asks again.

mod apply;
mod digest;
mod loser;
mod memory;
mod merge;
mod operation;
mod order;
mod record;
mod stamp;
mod stored;
mod table;

pub use apply::{Effect, Snapshot, Transition, Verdict, apply, needs};
pub use digest::Digest;
pub use loser::{Loser, Lost};
pub use memory::{DeviceMemory, KEY_LIFE_MS, KeyMemory, KeyPage, Outcome, Recall, Rejection};
pub use operation::{Action, Base, Identity, Operation};
pub use order::{Order, Place, order, waves};
pub use record::{Fields, Key, Record, Versions};
pub use stamp::{Clock, MAX_AHEAD_MS, Stamp};
pub use stored::Stored;
pub use table::Table;

/// Milliseconds since 1970.
pub type Millis = i64;

/// A place in the sequence of a user's changes, from 1.
pub type Version = i64;
