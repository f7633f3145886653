//! What lost, kept so that a person can bring it back.

use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::operation::Action;
use crate::record::{Fields, Key};
use crate::{Digest, Millis};

/// Something that was written and does not count.
#[derive(Debug, Clone, PartialEq)]
pub struct Loser {
    /// The same however often it loses.
    pub id: Digest,
    /// Of which record.
    pub key: Key,
    /// What it was.
    pub lost: Lost,
    /// When it was written, as far as known.
    pub at: Millis,
}

/// What lost. Stored as JSON with keys of one letter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Lost {
    /// These values.
    #[serde(rename = "f")]
    Fields(Fields),
    /// A deletion.
    #[serde(rename = "d")]
    Deletion,
    /// Something to add to a field.
    #[serde(rename = "a")]
    Addition(String, Number),
}

impl Lost {
    /// What brings it back.
    pub fn restore(self, record_exists: bool) -> Action {
        match self {
            Self::Fields(fields) if record_exists => Action::Patch(fields),
            Self::Fields(fields) => Action::Put(fields),
            Self::Deletion => Action::Delete,
            Self::Addition(field, amount) => Action::Add { field, amount },
        }
    }

    fn digest(&self, start: Digest) -> Digest {
        match self {
            Self::Fields(fields) => start.number(1).fields(fields),
            Self::Deletion => start.number(2),
            Self::Addition(field, amount) => start.number(3).text(field).text(&amount.to_string()),
        }
    }
}

impl Loser {
    /// Something that lost to the record; `source` is what it has to itself: the same for a
    /// resend, another for somebody else's write of the same.
    pub(crate) fn new(key: &Key, source: Digest, lost: Lost, at: Millis) -> Self {
        Self {
            id: lost.digest(source.text(&key.collection).text(&key.id)),
            key: key.clone(),
            lost,
            at,
        }
    }
}
