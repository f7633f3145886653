//! The fields of each collection: how they are read, stored and shown.

use dialect::snake_case_keys;
use serde_json::{Map, Number, Value};
use sync_core::{Fields, Millis};

use super::collection::Collection;
use crate::error::{Error, FieldError, Result};
use crate::time::{parse_rfc3339, rfc3339};

/// 2001-01-01, from which Swift's stock encoder counts seconds.
const SWIFT_EPOCH_MS: f64 = 978_307_200_000.0;

/// No text is longer, whatever its characters take: lists hold a hundred records.
const MAX_TEXT_BYTES: usize = 128 << 10;

/// A field of a collection.
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// What it is when a whole record lacks it.
    pub default: Default,
}

/// What may stand in a field.
pub enum Kind {
    /// So many characters, from and to.
    Text(usize, usize),
    Number,
    /// Stored as milliseconds.
    Time,
    /// At most so many texts of so many characters.
    Texts(usize, usize),
    /// One of these.
    Choice(&'static [&'static str]),
}

pub enum Default {
    Null,
    Required,
    Text(&'static str),
    /// No texts.
    Empty,
    /// When the record was made.
    MadeAt,
}

/// What a client sent of a record.
#[derive(Debug)]
pub struct Draft {
    /// The fields that it named.
    pub fields: Fields,
    pub id: Option<String>,
    pub made_at: Option<Millis>,
    pub updated_at: Option<Millis>,
    pub base_time: Option<Millis>,
    /// A cursor.
    pub base: Option<String>,
}

impl Draft {
    /// Of fields as they are stored.
    pub fn of(fields: Fields, made_at: Millis) -> Self {
        Self {
            fields,
            id: None,
            made_at: Some(made_at),
            updated_at: None,
            base_time: None,
            base: None,
        }
    }

    /// Reads what a client sent, in either spelling of its keys.
    ///
    /// # Errors
    /// With every field that is wrong; 403 for a record that says to be somebody else's.
    pub fn read(collection: Collection, user_id: &str, value: Value) -> Result<Self> {
        let Value::Object(object) = snake_case_keys(value, &[]) else {
            let error = "Must be an object";
            return Err(Error::field(FieldError::invalid("body", error)));
        };
        let mut reader = Reader {
            object,
            errors: Vec::new(),
            takes_numbers: collection.takes_numeric_times(),
        };
        let mut fields = Fields::new();
        for field in collection.fields() {
            if let Some(value) = reader.object.remove(field.name) {
                let value = reader.field(field, value);
                fields.insert(field.name.to_owned(), value);
            }
        }
        let draft = Self {
            fields,
            id: reader.text("id"),
            made_at: reader.time("created_at"),
            updated_at: reader.time("updated_at"),
            base_time: reader.time("base_updated_at"),
            base: reader.text("base"),
        };
        let owner = reader.text("user_id");
        if let Some(id) = &draft.id
            && !is_id(id)
        {
            reader.wrong("id", "Must be 1 to 64 letters, digits, dots or dashes");
        }
        if !reader.errors.is_empty() {
            return Err(Error::Validation(reader.errors));
        }
        // The token says who it is (CONTRACT K42).
        if owner.is_some_and(|owner| owner != user_id) {
            let message = "The record says to be somebody else's";
            return Err(Error::PermissionDenied(message.into()));
        }
        Ok(draft)
    }

    /// All fields of a whole record: those that were not named have their defaults.
    ///
    /// # Errors
    /// With every field that is missing.
    pub fn whole(mut self, collection: Collection, now: Millis) -> Result<Self> {
        let made_at = self.made_at.or(self.updated_at).unwrap_or(now);
        let mut missing = Vec::new();
        for field in collection.fields() {
            let value = self
                .fields
                .entry(field.name.to_owned())
                .or_insert(Value::Null);
            if !value.is_null() {
                continue;
            }
            *value = match field.default {
                Default::Null => Value::Null,
                Default::Text(text) => text.into(),
                Default::Empty => Value::Array(Vec::new()),
                Default::MadeAt => made_at.into(),
                Default::Required => {
                    missing.push(FieldError::missing(field.name));
                    Value::Null
                }
            };
        }
        match missing.is_empty() {
            true => Ok(self),
            false => Err(Error::Validation(missing)),
        }
    }

    /// The named fields only; none that a record must have may go.
    ///
    /// # Errors
    /// With every such field.
    pub fn partial(self, collection: Collection) -> Result<Self> {
        let is_needed = |field: &&Field| !matches!(field.default, Default::Null);
        let gone: Vec<_> = collection
            .fields()
            .iter()
            .filter(is_needed)
            .filter(|field| self.fields.get(field.name).is_some_and(Value::is_null))
            .map(|field| FieldError::invalid(field.name, "Must not be null"))
            .collect();
        match gone.is_empty() {
            true => Ok(self),
            false => Err(Error::Validation(gone)),
        }
    }
}

/// Whether a client's id can stand in a path.
pub fn is_id(id: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:".contains(&byte);
    (1..=64).contains(&id.len()) && id.bytes().all(is_fine) && id != "." && id != ".."
}

struct Reader {
    object: Map<String, Value>,
    errors: Vec<FieldError>,
    takes_numbers: bool,
}

impl Reader {
    fn wrong(&mut self, name: &str, message: impl Into<String>) -> Value {
        self.errors.push(FieldError::invalid(name, message));
        Value::Null
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.object.remove(name)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            _ => {
                self.wrong(name, "Must be a text");
                None
            }
        }
    }

    fn time(&mut self, name: &str) -> Option<Millis> {
        let value = self.object.remove(name)?;
        self.read_time(name, &value).as_i64()
    }

    fn read_time(&mut self, name: &str, value: &Value) -> Value {
        let time = match value {
            Value::Null => return Value::Null,
            Value::String(text) => parse_time(text),
            Value::Number(seconds) if self.takes_numbers => swift_time(seconds),
            _ => None,
        };
        match time {
            Some(time) => time.into(),
            None => self.wrong(name, "Must be a time such as 2024-12-13T10:30:00Z"),
        }
    }

    fn field(&mut self, field: &Field, value: Value) -> Value {
        let name = field.name;
        if value.is_null() {
            return value;
        }
        match (&field.kind, value) {
            (Kind::Time, value) => self.read_time(name, &value),
            (Kind::Number, value @ Value::Number(_)) => value,
            (Kind::Text(min, max), Value::String(text)) => {
                let length = text.chars().count();
                let is_long = length > *max || text.len() > MAX_TEXT_BYTES;
                match text.trim().chars().count() >= *min && !is_long {
                    true => Value::String(text),
                    false => self.wrong(name, format!("Must have {min} to {max} characters")),
                }
            }
            (Kind::Choice(choices), Value::String(text)) => {
                match choices.contains(&text.as_str()) {
                    true => Value::String(text),
                    false => self.wrong(name, format!("Must be one of {}", choices.join(", "))),
                }
            }
            (Kind::Texts(count, length), Value::Array(texts)) => {
                let is_fine = |text: &Value| {
                    text.as_str()
                        .is_some_and(|text| text.chars().count() <= *length)
                };
                match texts.len() <= *count && texts.iter().all(is_fine) {
                    true => Value::Array(texts),
                    false => {
                        let message =
                            format!("Must be at most {count} texts of at most {length} characters");
                        self.wrong(name, message)
                    }
                }
            }
            (Kind::Number, _) => self.wrong(name, "Must be a number"),
            (Kind::Texts(..), _) => self.wrong(name, "Must be a list of texts"),
            _ => self.wrong(name, "Must be a text"),
        }
    }
}

/// A time, or a date, which is its first moment in UTC.
pub fn parse_time(text: &str) -> Option<Millis> {
    parse_rfc3339(text).or_else(|| parse_rfc3339(&format!("{}T00:00:00Z", text.trim())))
}

/// Seconds since 2001 in milliseconds since 1970, within the years that can be written.
fn swift_time(seconds: &Number) -> Option<Millis> {
    let ms = seconds.as_f64()? * 1000.0 + SWIFT_EPOCH_MS;
    (0.0..253_402_300_800_000.0)
        .contains(&ms)
        .then_some(ms.round() as Millis)
}

/// The fields as clients read them, also those that are not there.
pub fn show(collection: Collection, body: &Fields, into: &mut Map<String, Value>) {
    for field in collection.fields() {
        let value = body.get(field.name).cloned().unwrap_or_default();
        into.insert(field.name.to_owned(), show_value(field, value));
    }
}

/// Some of the fields as clients read them.
pub fn show_some(collection: Collection, some: &Fields, into: &mut Map<String, Value>) {
    for field in collection.fields() {
        if let Some(value) = some.get(field.name) {
            into.insert(field.name.to_owned(), show_value(field, value.clone()));
        }
    }
}

fn show_value(field: &Field, value: Value) -> Value {
    match (&field.kind, value.as_i64()) {
        (Kind::Time, Some(time)) => rfc3339(time).into(),
        _ => value,
    }
}
