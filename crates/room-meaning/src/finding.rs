//! A statement about a room.

use serde::Serialize;
use utoipa::ToSchema;

/// What is said where nothing tells.
pub const UNKNOWN: &str = "unknown";

/// A statement with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Finding {
    /// A word in snake_case.
    pub value: String,
    /// 0 to 1; 0 for `unknown`.
    pub confidence: f64,
    /// What it was derived from, in words.
    pub derived_from: Vec<String>,
}

impl Finding {
    /// A finding from some reasons.
    pub fn new(value: &str, confidence: f64, derived_from: Vec<String>) -> Self {
        Self {
            value: value.to_owned(),
            confidence: confidence.clamp(0.0, 1.0),
            derived_from,
        }
    }

    /// Nothing tells.
    pub fn unknown() -> Self {
        Self::new(UNKNOWN, 0.0, Vec::new())
    }

    /// Whether anything is said.
    pub fn is_known(&self) -> bool {
        self.value != UNKNOWN
    }
}

/// A length or an area for people: two digits after the point.
pub fn figure(value: f64) -> String {
    let hundredths = (value * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
    let zero = if part < 10 { "0" } else { "" };
    [sign, &whole.to_string(), ".", zero, &part.to_string()].concat()
}
