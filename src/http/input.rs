//! Typed input. Whatever is wrong with it is reported at once, field by field, in our envelope.

use std::convert::Infallible;
use std::ops::ControlFlow;

use axum::extract::{FromRequest, FromRequestParts, Request};
use deserr::{
    DeserializeError, Deserr, ErrorKind, IntoValue, MergeWithError, Value, ValueKind,
    ValuePointerRef,
};
use dialect::snake_case_keys;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::body::{BodyReader, MAX_JSON_BYTES, read_json_bytes};
use crate::error::{Error, FieldError, Result};

/// Something that clients send.
pub trait Input: Deserr<FieldErrors> {
    /// Fields whose content belongs to the client and keeps its spelling (snake_case names).
    const OPAQUE: &'static [&'static str] = &[];

    /// Fields of which one must be there.
    const ONE_OF: &'static [&'static str] = &[];

    /// What types cannot say, such as how fields go together. Asked only when every field has the
    /// right type, so bounds of one field belong into its type ([`Text`], [`WholeNumber`]).
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// Reads a value, in either spelling of its keys.
///
/// # Errors
/// [`Error::Validation`] with every field that is wrong.
pub fn read<T: Input>(value: serde_json::Value) -> Result<T> {
    let value = snake_case_keys(value, T::OPAQUE);
    let is_there = |field: &&str| value.get(field).is_some_and(|value| !value.is_null());
    let missing = (!T::ONE_OF.iter().any(is_there)).then(|| T::ONE_OF.first().copied());
    let missing = missing.flatten().map(FieldError::missing);
    let input: T = match (deserr::deserialize::<T, _, FieldErrors>(value), missing) {
        (Ok(input), None) => input,
        (Ok(_), Some(missing)) => return Err(Error::field(missing)),
        (Err(FieldErrors(mut errors)), missing) => {
            errors.extend(missing);
            return Err(Error::Validation(errors));
        }
    };
    let errors = input.validate();
    if errors.is_empty() {
        Ok(input)
    } else {
        Err(Error::Validation(errors))
    }
}

/// A JSON body of at most 1 MiB.
pub struct JsonBody<T>(pub T);

impl<T: Input, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let JsonValue(value) = JsonValue::from_request(request, state).await?;
        read(value).map(Self)
    }
}

/// A JSON body of at most 1 MiB whose content decides what it is; then see [`read`].
pub struct JsonValue(pub serde_json::Value);

impl<S: Send + Sync> FromRequest<S> for JsonValue {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        Self::read(request, MAX_JSON_BYTES).await
    }
}

impl JsonValue {
    /// The JSON body of a request, of at most so many bytes.
    ///
    /// # Errors
    /// When it is no JSON, or too large.
    pub async fn read(request: Request, limit: u64) -> Result<Self> {
        expect_json(
            request
                .headers()
                .get(CONTENT_TYPE)
                .and_then(|value| value.to_str().ok()),
        )?;
        let bytes = read_json_bytes(BodyReader::new(request), limit).await?;
        let value = serde_json::from_slice(&bytes).map_err(|error| {
            Error::InvalidFormat(format!("The body is not valid JSON: {error}"))
        })?;
        Ok(Self(value))
    }
}

/// A JSON body that may be missing or unreadable: then it is as if it were empty. For routes that
/// must not fail, such as a logout.
pub struct LenientBody<T>(pub T);

impl<T: Input + Default, S: Send + Sync> FromRequest<S> for LenientBody<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        match JsonBody::from_request(request, state).await {
            Ok(JsonBody(input)) => Ok(Self(input)),
            Err(
                Error::Validation(_) | Error::InvalidFormat(_) | Error::UnsupportedMediaType(_),
            ) => Ok(Self(T::default())),
            Err(error) => Err(error),
        }
    }
}

/// No content type counts as JSON: simple clients forget it.
fn expect_json(content_type: Option<&str>) -> Result<()> {
    let Some(content_type) = content_type else {
        return Ok(());
    };
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let is_json = media_type.eq_ignore_ascii_case("application/json")
        || media_type.to_ascii_lowercase().ends_with("+json");
    if is_json {
        Ok(())
    } else {
        let message = format!("Send application/json, not {media_type}");
        Err(Error::UnsupportedMediaType(message))
    }
}

/// The query string.
pub struct Query<T>(pub T);

impl<T: Input, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let fields = form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()));
        read(serde_json::Value::Object(fields.collect())).map(Self)
    }
}

/// Parameters in the path. One that cannot be right names nothing, so it reads as 404.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| Error::NotFound("Nothing was found here".into()))
    }
}

/// A text of `MIN` to `MAX` characters; blanks around it do not count toward `MIN`.
///
/// Bounds stand in the type, so that a text that is too long is reported together with a field
/// that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MIN: usize, const MAX: usize>(pub String);

impl<const MIN: usize, const MAX: usize> Deserr<FieldErrors> for Text<MIN, MAX> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text = <String as Deserr<FieldErrors>>::deserialize_from_value(value, location)?;
        if text.trim().chars().count() < MIN {
            let message = if MIN == 1 {
                "Must not be empty".to_owned()
            } else {
                format!("Must have at least {MIN} characters")
            };
            return Err(FieldErrors::one(location, message, "too_small"));
        }
        if text.chars().count() > MAX {
            let message = format!("Must have at most {MAX} characters");
            return Err(FieldErrors::one(location, message, "too_long"));
        }
        Ok(Self(text))
    }
}

/// A whole number from `MIN` to `MAX`, also where it travels as text (query strings).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WholeNumber<const MIN: u64, const MAX: u64>(pub u64);

impl<const MIN: u64, const MAX: u64> Deserr<FieldErrors> for WholeNumber<MIN, MAX> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let number = match &value {
            Value::Integer(number) => Some(*number),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if (MIN..=MAX).contains(&number) => Ok(Self(number)),
            Some(_) => {
                let message = format!("Must be from {MIN} to {MAX}");
                Err(FieldErrors::one(location, message, "invalid_value"))
            }
            None => {
                let message = "Must be a whole number, not negative";
                Err(FieldErrors::one(location, message, "invalid_format"))
            }
        }
    }
}

/// What `deserr` found wrong.
#[derive(Debug, Default)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// One thing that is wrong with the value at `location`.
    pub fn one(
        location: ValuePointerRef<'_>,
        message: impl Into<String>,
        kind: &'static str,
    ) -> Self {
        Self(vec![FieldError {
            field: field_name(location),
            message: message.into(),
            kind,
        }])
    }
}

impl MergeWithError<Self> for FieldErrors {
    fn merge(this: Option<Self>, other: Self, _: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        let mut errors = this.unwrap_or_default();
        errors.0.extend(other.0);
        ControlFlow::Continue(errors)
    }
}

impl MergeWithError<Infallible> for FieldErrors {
    fn merge(this: Option<Self>, _: Infallible, _: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        ControlFlow::Continue(this.unwrap_or_default())
    }
}

impl DeserializeError for FieldErrors {
    fn error<V: IntoValue>(
        this: Option<Self>,
        error: ErrorKind<'_, V>,
        location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let found = match error {
            ErrorKind::MissingField { field } => Self::one(
                location.push_key(field),
                "Field is required",
                "missing_field",
            ),
            ErrorKind::IncorrectValueKind { actual, accepted } => Self::one(
                location,
                format!("Must be {}, not {}", names(accepted), name(actual.kind())),
                "invalid_format",
            ),
            ErrorKind::UnknownValue { accepted, .. } => Self::one(
                location,
                format!("Must be one of {}", accepted.join(", ")),
                "invalid_value",
            ),
            ErrorKind::UnknownKey { key, .. } => Self::one(
                location.push_key(key),
                "Field is not known",
                "invalid_value",
            ),
            ErrorKind::BadSequenceLen { expected, .. } => Self::one(
                location,
                format!("Must have {expected} elements"),
                "invalid_value",
            ),
            ErrorKind::Unexpected { msg } => Self::one(location, msg, "invalid_value"),
        };
        <Self as MergeWithError<Self>>::merge(this, found, location)
    }
}

/// `room_scan.id`, `rooms[0].name`; `body` for the body as a whole.
fn field_name(location: ValuePointerRef<'_>) -> String {
    match location {
        ValuePointerRef::Origin => "body".into(),
        ValuePointerRef::Key { key, prev } if prev.is_origin() => key.to_owned(),
        ValuePointerRef::Key { key, prev } => format!("{}.{key}", field_name(*prev)),
        ValuePointerRef::Index { index, prev } => format!("{}[{index}]", field_name(*prev)),
    }
}

fn names(kinds: &[ValueKind]) -> String {
    kinds
        .iter()
        .map(|kind| name(*kind))
        .collect::<Vec<_>>()
        .join(" or ")
}

fn name(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "a boolean",
        ValueKind::Integer => "a whole number",
        ValueKind::NegativeInteger => "a negative number",
        ValueKind::Float => "a number",
        ValueKind::String => "a text",
        ValueKind::Sequence => "a list",
        ValueKind::Map => "an object",
    }
}
