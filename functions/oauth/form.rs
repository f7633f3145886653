//! Parameters of queries and form bodies (RFC 6749, section 3.1 and appendix B).

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;

use crate::error::{Error, Result};
use crate::http::{BodyReader, read_small_body};

const FORM: &str = "application/x-www-form-urlencoded";

/// Longest value that is looked at, in bytes.
const MAX_VALUE: usize = 8192;

/// Parameters by name. One without a value is as good as left out.
#[derive(Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads what a query string or a form body holds. Anything can be read as parameters.
    pub fn parse(encoded: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(encoded).into_owned();
        Self(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Reads the body of a request.
    ///
    /// # Errors
    /// When it is no form, or too large.
    pub async fn of_body(request: Request) -> Result<Self> {
        let content_type = request.headers().get(CONTENT_TYPE);
        let content_type = content_type.map(|value| value.to_str().unwrap_or("?"));
        let media_type = content_type.map(|value| value.split(';').next().unwrap_or_default());
        if media_type.is_some_and(|given| !given.trim().eq_ignore_ascii_case(FORM)) {
            return Err(Error::UnsupportedMediaType(format!("Send {FORM}")));
        }
        let bytes = read_small_body(BodyReader::new(request)).await?;
        Ok(Self::parse(&bytes))
    }

    /// The value of a parameter that stands there once and is not absurdly long.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (Some(value), None) if value.len() <= MAX_VALUE => Some(value),
            _ => None,
        }
    }

    /// Whether any of these stands there more than once, or cannot be read.
    pub fn has_unusable(&self, names: &[&str]) -> bool {
        let is_there = |name: &str| self.values(name).next().is_some();
        names
            .iter()
            .any(|name| is_there(name) && self.get(name).is_none())
    }

    fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(found, _)| found == name);
        named.map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_if_it_stands_there_once() {
        let parameters = Parameters::parse(b"a=1&b=&c=x%20y+z&d=1&d=2&&=&e");
        assert_eq!(parameters.get("a"), Some("1"));
        assert_eq!(parameters.get("b"), None);
        assert_eq!(parameters.get("c"), Some("x y z"));
        assert_eq!(parameters.get("d"), None);
        assert_eq!(parameters.get("e"), None);
        assert!(parameters.has_unusable(&["a", "d"]));
        assert!(!parameters.has_unusable(&["a", "b", "c", "e", "f"]));
    }

    #[test]
    fn a_value_may_not_be_absurdly_long() {
        let long = format!("a={}", "x".repeat(MAX_VALUE + 1));
        let parameters = Parameters::parse(long.as_bytes());
        assert_eq!(parameters.get("a"), None);
        assert!(parameters.has_unusable(&["a"]));
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        let parameters = Parameters::parse(b"a=%ff%00&%zz=1");
        assert_eq!(parameters.get("a"), Some("\u{fffd}\0"));
    }
}
