//! What a device asks for.

use serde_json::Number;

use crate::memory::Outcome;
use crate::record::{Fields, Key};
use crate::{Digest, Millis, Version};

/// By what an operation is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// By nothing but what it says.
    None,
    /// By its number in the device's queue.
    Number(u64),
    /// By a name that the client gave to it, hashed.
    Named(Digest),
}

/// What a write was based on, so far as the client tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// All changes of the user up to this one.
    Version(Version),
    /// The record as it was at this time.
    Time(Millis),
}

/// What shall happen to a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Write all fields: creates the record, also after it was deleted. A field that stays equal
    /// is not taken for a change, nor is one whose value is that of the [`Base`].
    Put(Fields),
    /// Write some fields of a record that exists.
    Patch(Fields),
    /// Delete the record, whether it exists or not.
    Delete,
    /// Add to a number of a record that exists; one that is not there counts as 0.
    Add {
        /// The name of the field.
        field: String,
        /// What is added; may be negative.
        amount: Number,
    },
    /// Nothing: the operation is none on a record, or none that makes sense.
    /// What became of it is given; `None` if it shall be sent again.
    Elsewhere(Option<Outcome>),
}

/// One operation of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// By what it is known again.
    pub identity: Identity,
    /// A hash of what was sent, as it was sent.
    pub content: Digest,
    /// What it is about.
    pub key: Key,
    /// What shall happen.
    pub action: Action,
    /// When it was written as the client says (`updated_at`, or when it was queued); arrival
    /// counts if it does not say.
    pub at: Option<Millis>,
    /// When it was queued, as the client says.
    pub created_at: Option<Millis>,
    /// When the record was made as the client says, if the operation makes it.
    pub made_at: Option<Millis>,
    /// What it was based on.
    pub base: Option<Base>,
    /// 1 to 4, the urgent first; 0 counts as 4.
    pub priority: u8,
    /// Operations without which this one makes no sense.
    pub depends_on: Vec<Identity>,
}

impl Operation {
    /// A hash of all that a resend has in common with the first time. Of the content only as it
    /// was sent: what is read from it may change with the next version of this program.
    pub(crate) fn digest(&self) -> Digest {
        let time = |time: Option<Millis>| time.map_or(0, |at| at.cast_unsigned().wrapping_add(1));
        Digest::of(&[&self.key.collection, &self.key.id])
            .number(time(self.at))
            .number(time(self.created_at))
            .number(self.content.short())
    }
}
