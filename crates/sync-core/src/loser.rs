//! What lost, kept so that a person can bring it back.

use serde_json::{Number, Value};

use crate::operation::Action;
use crate::record::{Fields, Key};
use crate::stored::{Members, Stored, member};
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
#[derive(Debug, Clone, PartialEq)]
pub enum Lost {
    /// These values.
    Fields(Fields),
    /// A deletion.
    Deletion,
    /// Something to add to a field.
    Addition(String, Number),
}

impl Stored for Lost {
    fn write(&self, text: &mut String) {
        match self {
            Self::Fields(fields) => Members::new(text).add("f", fields).end(),
            Self::Deletion => text.push_str(r#""d""#),
            Self::Addition(field, amount) => {
                let addition = (field.clone(), amount.clone());
                Members::new(text).add("a", &addition).end();
            }
        }
    }

    fn read(value: &Value) -> Option<Self> {
        if value.as_str() == Some("d") {
            return Some(Self::Deletion);
        }
        if let Some(fields) = member(value, "f") {
            return Some(Self::Fields(fields));
        }
        let (field, amount) = member(value, "a")?;
        Some(Self::Addition(field, amount))
    }
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
