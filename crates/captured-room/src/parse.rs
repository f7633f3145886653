//! JSON as a value, within bounds: eight megabytes of `{"":0}` would be a gigabyte of values.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::Fault;
use crate::read::fault;

/// What the values of a document may take, about, in bytes. Of a house with 1,000 walls, doors and
/// pieces of furniture they take 5 MB.
const MOST_MEMORY: usize = 32 << 20;
const VALUE: usize = size_of::<Value>();
const MEMBER: usize = VALUE + size_of::<String>();
/// A map takes room for so many members at once.
const GROUP: usize = 11;

/// Reads a document.
///
/// # Errors
/// When it is not JSON, or would take too much memory.
pub fn parse(text: &[u8]) -> Result<Value, Fault> {
    let left = Cell::new(MOST_MEMORY);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let read = Bounded(&left).deserialize(&mut deserializer);
    read.map_err(|_| match left.get() {
        0 => fault("", "holds more than any room"),
        _ => fault("", "is not JSON"),
    })
}

/// A value for which so much memory is left.
#[derive(Clone, Copy)]
struct Bounded<'a>(&'a Cell<usize>);

impl Bounded<'_> {
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.0.get().saturating_sub(bytes);
        self.0.set(left);
        if left == 0 {
            return Err(E::custom("too much"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.take(VALUE)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.take(value.len())?;
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element_seed(self)? {
            list.push(entry);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.len().is_multiple_of(GROUP) {
                self.take(GROUP * MEMBER)?;
            }
            self.take(key.len())?;
            object.insert(key, members.next_value_seed(self)?);
        }
        Ok(Value::Object(object))
    }
}
