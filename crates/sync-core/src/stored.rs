//! What is kept between two batches, as JSON. Written and read by hand: what is derived for each type
//! would be a good part of the program.

use serde_json::{Map, Number, Value};

/// Something that is kept as JSON. What was written once is read for ever: members may be added.
pub trait Stored: Sized {
    /// Adds it to a text.
    fn write(&self, text: &mut String);

    /// Reads it; `None` if it is something else.
    fn read(value: &Value) -> Option<Self>;

    /// As a text of its own.
    fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    /// Reads what [`Self::to_text`] wrote; `None` if it is something else.
    fn of_text(text: &str) -> Option<Self> {
        Self::read(&serde_json::from_str(text).ok()?)
    }
}

/// Writes an object, member by member.
pub(crate) struct Members<'a> {
    text: &'a mut String,
    is_empty: bool,
}

impl<'a> Members<'a> {
    pub fn new(text: &'a mut String) -> Self {
        text.push('{');
        Self {
            text,
            is_empty: true,
        }
    }

    pub fn add(&mut self, name: &str, value: &impl Stored) -> &mut Self {
        if !self.is_empty {
            self.text.push(',');
        }
        self.is_empty = false;
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
        value.write(self.text);
        self
    }

    /// Leaves it out unless there is need.
    pub fn add_if(&mut self, is_needed: bool, name: &str, value: &impl Stored) -> &mut Self {
        match is_needed {
            true => self.add(name, value),
            false => self,
        }
    }

    pub fn end(&mut self) {
        self.text.push('}');
    }
}

/// A member that must be there.
pub(crate) fn member<T: Stored>(object: &Value, name: &str) -> Option<T> {
    T::read(object.get(name)?)
}

/// A member that may have been left out.
pub(crate) fn member_or_default<T: Stored + Default>(object: &Value, name: &str) -> Option<T> {
    match object.get(name) {
        Some(value) => T::read(value),
        None => object.is_object().then(T::default),
    }
}

pub(crate) fn write_list<T: Stored>(items: &[T], text: &mut String) {
    text.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        item.write(text);
    }
    text.push(']');
}

impl<T: Stored> Stored for Vec<T> {
    fn write(&self, text: &mut String) {
        write_list(self, text);
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::read).collect()
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn write(&self, text: &mut String) {
        text.push('[');
        self.0.write(text);
        text.push(',');
        self.1.write(text);
        text.push(']');
    }

    fn read(value: &Value) -> Option<Self> {
        match value.as_array()?.as_slice() {
            [a, b] => Some((A::read(a)?, B::read(b)?)),
            _ => None,
        }
    }
}

impl<A: Stored, B: Stored, C: Stored> Stored for (A, B, C) {
    fn write(&self, text: &mut String) {
        text.push('[');
        self.0.write(text);
        text.push(',');
        self.1.write(text);
        text.push(',');
        self.2.write(text);
        text.push(']');
    }

    fn read(value: &Value) -> Option<Self> {
        match value.as_array()?.as_slice() {
            [a, b, c] => Some((A::read(a)?, B::read(b)?, C::read(c)?)),
            _ => None,
        }
    }
}

impl Stored for u64 {
    fn write(&self, text: &mut String) {
        text.push_str(&self.to_string());
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_u64()
    }
}

impl Stored for u32 {
    fn write(&self, text: &mut String) {
        u64::from(*self).write(text);
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl Stored for u16 {
    fn write(&self, text: &mut String) {
        u64::from(*self).write(text);
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl Stored for i64 {
    fn write(&self, text: &mut String) {
        text.push_str(&self.to_string());
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}

impl Stored for bool {
    fn write(&self, text: &mut String) {
        text.push_str(if *self { "true" } else { "false" });
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Stored for String {
    fn write(&self, text: &mut String) {
        text.push_str(&Value::from(self.as_str()).to_string());
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Stored for Number {
    fn write(&self, text: &mut String) {
        text.push_str(&self.to_string());
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_number().cloned()
    }
}

impl Stored for Map<String, Value> {
    fn write(&self, text: &mut String) {
        text.push_str(&Value::Object(self.clone()).to_string());
    }

    fn read(value: &Value) -> Option<Self> {
        value.as_object().cloned()
    }
}
