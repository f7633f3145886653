//! The collections: three definitions over one table, and one that others write.

use sync_core::{Fields, Millis};

use super::fields::{Default, Field, Kind};

/// A kind of records that apps write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    Moods,
    Journals,
    Goals,
}

/// Which organizations the user belongs to: written by the database itself.
pub const ORGANIZATIONS: &str = "organizations";

const fn field(name: &'static str, kind: Kind, default: Default) -> Field {
    Field {
        name,
        kind,
        default,
    }
}

const MOODS: &[Field] = &[
    field("date", Kind::Time, Default::MadeAt),
    field("mood", Kind::Text(1, 64), Default::Required),
    field("note", Kind::Text(0, 10_000), Default::Null),
];

const JOURNALS: &[Field] = &[
    field("title", Kind::Text(0, 500), Default::Text("")),
    field("content", Kind::Text(0, 100_000), Default::Text("")),
    field("mood_id", Kind::Text(0, 64), Default::Null),
    field("tags", Kind::Texts(50, 64), Default::Empty),
    field("date", Kind::Time, Default::MadeAt),
];

const GOALS: &[Field] = &[
    field("title", Kind::Text(1, 500), Default::Required),
    field("description", Kind::Text(0, 10_000), Default::Null),
    field("category", Kind::Text(0, 64), Default::Null),
    field("target_value", Kind::Number, Default::Null),
    field("current_value", Kind::Number, Default::Null),
    field("unit", Kind::Text(0, 64), Default::Null),
    field("target_date", Kind::Time, Default::Null),
    field(
        "status",
        Kind::Choice(&["active", "completed", "paused", "archived"]),
        Default::Text("active"),
    ),
];

/// What progress of a goal is added to.
pub const PROGRESS: &str = "current_value";

impl Collection {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Moods, Self::Journals, Self::Goals];

    /// As it stands in paths and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Moods => "moods",
            Self::Journals => "journals",
            Self::Goals => "goals",
        }
    }

    /// By its name in a path, or that of an event (`mood`).
    pub fn find(name: &str) -> Option<Self> {
        let singular = |collection: &Self| {
            let plural = collection.name();
            name == plural || plural.strip_suffix('s') == Some(name)
        };
        Self::ALL.into_iter().find(singular)
    }

    /// Its fields.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Moods => MOODS,
            Self::Journals => JOURNALS,
            Self::Goals => GOALS,
        }
    }

    /// Whether a number may be a time, in seconds since 2001 (CONTRACT 6.5).
    pub const fn takes_numeric_times(self) -> bool {
        matches!(self, Self::Journals | Self::Goals)
    }

    /// What lists of it are filtered by.
    pub fn day(self, body: &Fields, created_at: Millis) -> Millis {
        let date = body.get("date").and_then(serde_json::Value::as_i64);
        date.unwrap_or(created_at)
    }
}
