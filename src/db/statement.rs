//! A statement with its parameters, before it meets the runtime.

use wasm_bindgen::JsValue;

/// A bound value. Integers travel as doubles, which D1 stores as integers; ours (milliseconds,
/// counts, bytes) stay far below 2^53.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    /// SQL NULL; an undefined value would be refused.
    Null,
    /// A whole number within 2^53.
    Integer(i64),
    /// A double.
    Real(f64),
    /// Text.
    Text(String),
}

impl From<Parameter> for JsValue {
    fn from(parameter: Parameter) -> Self {
        match parameter {
            Parameter::Null => Self::NULL,
            Parameter::Integer(value) => Self::from_f64(value as f64),
            Parameter::Real(value) => Self::from_f64(value),
            Parameter::Text(value) => Self::from_str(&value),
        }
    }
}

impl From<i64> for Parameter {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for Parameter {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}

impl From<f64> for Parameter {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for Parameter {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Parameter {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<String> for Parameter {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Parameter>> From<Option<T>> for Parameter {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// SQL with numbered placeholders (`?1`, `?2`, ...) and the values for them.
#[derive(Debug, Clone)]
pub struct Statement {
    sql: &'static str,
    parameters: Vec<Parameter>,
}

impl Statement {
    /// A statement whose text is known at compile time, so nothing can be injected.
    pub fn new(sql: &'static str) -> Self {
        Self {
            sql,
            parameters: Vec::new(),
        }
    }

    /// Binds the next placeholder.
    pub fn bind(mut self, value: impl Into<Parameter>) -> Self {
        self.parameters.push(value.into());
        self
    }

    /// Whether it may change rows. Our statements begin with what they do.
    pub(super) fn writes(&self) -> bool {
        !self.sql.trim_start().starts_with("select")
    }

    /// Bytes of text and values, about.
    pub(super) fn bytes(&self) -> usize {
        let values = self.parameters.iter().map(|parameter| match parameter {
            Parameter::Text(text) => text.len(),
            _ => 8,
        });
        self.sql.len() + values.sum::<usize>()
    }

    pub(super) fn into_parts(self) -> (&'static str, Vec<Parameter>) {
        (self.sql, self.parameters)
    }
}
