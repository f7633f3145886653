//! Records, and what is remembered of the writes they are made of.

use serde_json::{Map, Value};

use crate::operation::Base;
use crate::stored::{Members, Stored, member, member_or_default};
use crate::{Digest, Millis, Stamp, Table, Version};

/// How many earlier values of a field are known by their hash.
const MAX_PAST: usize = 4;
/// How many unnamed writes of a record are known again.
const MAX_WRITES: usize = 8;

/// Fields by name. One that is null is the same as one that is not there.
pub type Fields = Map<String, Value>;

/// Which record of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// `moods`, `journals`, ...
    pub collection: String,
    /// As the client made it.
    pub id: String,
}

/// A record, or the tombstone of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The last change.
    pub version: Version,
    /// When it was made, as the client says.
    pub created_at: Millis,
    /// The time of the latest write.
    pub updated_at: Millis,
    /// When it was deleted.
    pub deleted_at: Option<Millis>,
    /// The fields that are not null. None after a deletion.
    pub body: Fields,
    /// Where they come from.
    pub versions: Versions,
}

/// Where the fields of a record come from. Stored as JSON with keys of one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// Of the write that made the record, or deleted it.
    stamp: Stamp,
    version: Version,
    /// Fields that were written since.
    fields: Table<String, FieldVersion>,
    /// Hashes of the latest writes that have no name to be known by.
    writes: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct FieldVersion {
    stamp: Stamp,
    version: Version,
    /// Whether something was added since it was last written as a whole.
    is_sum: bool,
    /// Earlier values, oldest first: since when each was there, and its hash.
    past: Vec<(Version, Millis, u32)>,
}

impl Stored for Versions {
    fn write(&self, text: &mut String) {
        Members::new(text)
            .add("s", &self.stamp)
            .add("v", &self.version)
            .add_if(!self.fields.is_empty(), "f", &self.fields)
            .add_if(!self.writes.is_empty(), "w", &self.writes)
            .end();
    }

    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            stamp: member(value, "s")?,
            version: member(value, "v")?,
            fields: member_or_default(value, "f")?,
            writes: member_or_default(value, "w")?,
        })
    }
}

impl Stored for FieldVersion {
    fn write(&self, text: &mut String) {
        Members::new(text)
            .add("s", &self.stamp)
            .add("v", &self.version)
            .add_if(self.is_sum, "a", &self.is_sum)
            .add_if(!self.past.is_empty(), "p", &self.past)
            .end();
    }

    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            stamp: member(value, "s")?,
            version: member(value, "v")?,
            is_sum: member_or_default(value, "a")?,
            past: member_or_default(value, "p")?,
        })
    }
}

/// What is known of a field: of its present value, and of that which a client saw.
pub(crate) struct Provenance {
    pub stamp: Stamp,
    pub version: Version,
    pub is_sum: bool,
}

impl Provenance {
    /// Whether a client that knew `base` knew this value.
    pub fn seen_by(&self, base: Option<Base>) -> bool {
        match base {
            None => false,
            Some(Base::Version(version)) => self.version <= version,
            Some(Base::Time(time)) => self.stamp.at <= end_of(time),
        }
    }
}

/// Times on the wire often have whole seconds (CONTRACT 0.2): they stand for the second's end.
fn end_of(time: Millis) -> Millis {
    if time % 1000 == 0 {
        time.saturating_add(999)
    } else {
        time
    }
}

impl Record {
    /// A record that a write makes.
    pub(crate) fn create(
        fields: &Fields,
        stamp: Stamp,
        created_at: Millis,
        version: Version,
    ) -> Self {
        Self {
            version,
            created_at,
            updated_at: stamp.at,
            deleted_at: None,
            body: fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            versions: Versions::of(stamp, version),
        }
    }

    /// The tombstone of a record that was never there.
    pub(crate) fn tombstone(stamp: Stamp, version: Version) -> Self {
        let mut record = Self::create(&Fields::new(), stamp, stamp.at, version);
        record.deleted_at = Some(stamp.at);
        record
    }

    /// Whether this is a tombstone.
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// A field's value; null if it is not there.
    pub fn value(&self, field: &str) -> &Value {
        self.body.get(field).unwrap_or(&Value::Null)
    }

    /// The fields that changed after a version, with their values, null for what is gone; `None`
    /// if the record was made or brought back since, so that all of it is new.
    pub fn changed_since(&self, version: Version) -> Option<Fields> {
        if self.versions.version > version {
            return None;
        }
        let fields = self.versions.fields.iter();
        let newer = fields.filter(|(_, field)| field.version > version);
        Some(
            newer
                .map(|(name, _)| (name.clone(), self.value(name).clone()))
                .collect(),
        )
    }

    pub(crate) fn provenance(&self, field: &str) -> Provenance {
        let of = &self.versions;
        of.fields
            .get(field)
            .map_or_else(|| of.provenance(), FieldVersion::provenance)
    }

    /// Of all that the record is made of.
    pub(crate) fn provenances(&self) -> impl Iterator<Item = Provenance> {
        let fields = self.versions.fields.iter();
        std::iter::once(self.versions.provenance())
            .chain(fields.map(|(_, field)| field.provenance()))
    }

    /// Whether a field had this value when the client saw it, if that is still known.
    pub(crate) fn had(&self, field: &str, value: &Value, base: Option<Base>) -> bool {
        let Some(field) = self.versions.fields.get(field) else {
            return false;
        };
        let is_known = |&&(version, at, _): &&(Version, Millis, u32)| match base {
            None => false,
            Some(Base::Version(base)) => version <= base,
            Some(Base::Time(base)) => at <= end_of(base),
        };
        let seen = field.past.iter().rev().find(is_known);
        seen.is_some_and(|&(_, _, hash)| hash == hash_of(value))
    }

    /// Writes one field.
    pub(crate) fn set(
        &mut self,
        name: &str,
        value: Value,
        stamp: Stamp,
        version: Version,
        is_sum: bool,
    ) {
        let before = self.provenance(name);
        let hash = hash_of(self.value(name));
        let is_new = *self.value(name) != value;
        let field = self
            .versions
            .fields
            .get_or_insert_with(name.to_owned(), || FieldVersion {
                stamp,
                version,
                is_sum,
                past: Vec::new(),
            });
        if is_new {
            field.past.push((before.version, before.stamp.at, hash));
            if field.past.len() > MAX_PAST {
                field.past.remove(0);
            }
        }
        field.stamp = stamp;
        field.version = version;
        field.is_sum = is_sum;
        if value.is_null() {
            self.body.remove(name);
        } else {
            self.body.insert(name.to_owned(), value);
        }
        self.version = version;
        self.updated_at = self.updated_at.max(stamp.at);
    }

    /// Makes it a tombstone.
    pub(crate) fn delete(&mut self, stamp: Stamp, version: Version) {
        let writes = std::mem::take(&mut self.versions.writes);
        *self = Self {
            created_at: self.created_at,
            ..Self::tombstone(stamp, version)
        };
        self.versions.writes = writes;
    }

    /// Takes note of a write that has no name.
    pub(crate) fn remember(&mut self, write: u64) {
        let writes = &mut self.versions.writes;
        writes.push(write);
        if writes.len() > MAX_WRITES {
            writes.remove(0);
        }
    }

    /// Whether a write was among the latest.
    pub(crate) fn remembers(&self, write: u64) -> bool {
        self.versions.writes.contains(&write)
    }
}

impl FieldVersion {
    fn provenance(&self) -> Provenance {
        Provenance {
            stamp: self.stamp,
            version: self.version,
            is_sum: self.is_sum,
        }
    }
}

impl Versions {
    fn of(stamp: Stamp, version: Version) -> Self {
        Self {
            stamp,
            version,
            fields: Table::default(),
            writes: Vec::new(),
        }
    }

    fn provenance(&self) -> Provenance {
        Provenance {
            stamp: self.stamp,
            version: self.version,
            is_sum: false,
        }
    }
}

fn hash_of(value: &Value) -> u32 {
    Digest::default().value(value).tiny()
}
