//! Fields of an account that have rules of their own.

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use http::Uri;
use serde_json::Map;

use crate::http::FieldErrors;
use crate::time::parse_rfc3339;

/// Longest name of a person.
pub const MAX_NAME: usize = 100;

/// Longest text about a person.
pub const MAX_BIO: usize = 500;

const MAX_ADDRESS: usize = 2000;
const MAX_PREFERENCES_BYTES: usize = 64 << 10;

/// An http or https address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress(pub String);

impl Deserr<FieldErrors> for WebAddress {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text = <String as Deserr<FieldErrors>>::deserialize_from_value(value, location)?;
        let address = text.trim();
        if address.len() > MAX_ADDRESS {
            let message = format!("Must have at most {MAX_ADDRESS} characters");
            return Err(FieldErrors::one(location, message, "too_long"));
        }
        if !is_web_address(address) {
            let message = "Must be an address that begins with https:// or http://";
            return Err(FieldErrors::one(location, message, "invalid_format"));
        }
        Ok(Self(address.to_owned()))
    }
}

/// With a host, and without a name and password in front of it.
fn is_web_address(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else {
        return false;
    };
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let authority = uri.authority().map(|authority| authority.as_str());
    is_web
        && uri.host().is_some_and(|host| !host.is_empty())
        && authority.is_some_and(|authority| !authority.contains('@'))
}

/// A JSON object that belongs to the apps.
#[derive(Debug, Clone, PartialEq)]
pub struct Preferences(pub Map<String, serde_json::Value>);

impl Deserr<FieldErrors> for Preferences {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let value =
            <serde_json::Value as Deserr<FieldErrors>>::deserialize_from_value(value, location)?;
        let serde_json::Value::Object(fields) = value else {
            let message = "Must be an object";
            return Err(FieldErrors::one(location, message, "invalid_format"));
        };
        let bytes = serde_json::to_string(&fields).map_or(usize::MAX, |text| text.len());
        if bytes > MAX_PREFERENCES_BYTES {
            let message = format!("Must have at most {MAX_PREFERENCES_BYTES} bytes as JSON");
            return Err(FieldErrors::one(location, message, "too_long"));
        }
        Ok(Self(fields))
    }
}

/// A moment, milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub i64);

impl Deserr<FieldErrors> for Moment {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text = <String as Deserr<FieldErrors>>::deserialize_from_value(value, location)?;
        parse_rfc3339(&text).map(Self).ok_or_else(|| {
            let message = "Must be a time such as 2024-12-13T10:30:00Z";
            FieldErrors::one(location, message, "invalid_format")
        })
    }
}

/// What becomes of a field that may be empty: unlike `Option`, it tells null from nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// It was not sent.
    #[default]
    Keep,
    /// It is null.
    Clear,
    /// It is this.
    Set(T),
}

impl<T: Deserr<FieldErrors>> Deserr<FieldErrors> for Change<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        match value {
            Value::Null => Ok(Self::Clear),
            value => T::deserialize_from_value(value, location).map(Self::Set),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_a_host_on_the_web() {
        for good in [
            "https://example.org/a.png?b=c",
            "http://localhost:8080",
            "https://[::1]/x",
        ] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "",
            "example.org/a.png",
            "/a.png",
            "//example.org/a.png",
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "ftp://example.org/a.png",
            "https://",
            "https:///a.png",
            "https://user:secret@example.org/",
            "https://example.org/a b",
            "https://example.org/\"><script>",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }
}
