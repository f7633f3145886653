//! One JSON object a line (CONTRACT 10.3). Never tokens, keys, bodies or scan content.

use serde_json::{Map, Value};

use crate::time::rfc3339_ms;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Business as usual.
    Info,
    /// Odd, but handled.
    Warn,
    /// Somebody should look.
    Error,
}

/// A log line in the making.
pub struct Record(Level, Map<String, Value>);

impl Record {
    /// A line with its message: a sentence with the ids in it.
    pub fn new(level: Level, now_ms: i64, message: impl Into<String>) -> Self {
        let name = match level {
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        };
        let mut fields = Map::new();
        fields.insert("timestamp".into(), rfc3339_ms(now_ms).into());
        fields.insert("level".into(), name.into());
        fields.insert("service".into(), "backend".into());
        fields.insert("message".into(), message.into().into());
        Self(level, fields)
    }

    /// Adds a field.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.1.insert(name.into(), value.into());
        self
    }

    /// Writes the line.
    pub fn write(self) {
        let line = Value::from(self.1).to_string();
        match self.0 {
            Level::Info => worker::console_log!("{line}"),
            Level::Warn => worker::console_warn!("{line}"),
            Level::Error => worker::console_error!("{line}"),
        }
    }
}
