//! The byte range that a client wants (RFC 9110, section 14).

use http::HeaderMap;
use http::header::{IF_RANGE, RANGE};
use transfer_headers::ByteRange;

use crate::error::{Error, Result};

/// The range that a client asks for of a file of `size` bytes with this tag; `None` for all of it.
///
/// # Errors
/// [`Error::RangeNotSatisfiable`] for a range behind the end.
pub fn requested_range(headers: &HeaderMap, size: u64, etag: &str) -> Result<Option<ByteRange>> {
    let is_other = headers.get(IF_RANGE).is_some_and(|tag| tag != etag);
    let range = headers.get(RANGE).and_then(|range| range.to_str().ok());
    match range.filter(|_| !is_other) {
        Some(range) => ByteRange::parse(range, size).map_err(|_| Error::RangeNotSatisfiable(size)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_range_of_another_version_is_none() {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, HeaderValue::from_static("bytes=0-1"));
        headers.insert(IF_RANGE, HeaderValue::from_static("\"b\""));
        assert_eq!(requested_range(&headers, 10, "\"a\"").unwrap(), None);
        let range = requested_range(&headers, 10, "\"b\"").unwrap().unwrap();
        assert_eq!(range.describe(10), "bytes 0-1/10");
        let behind = requested_range(&headers, 0, "\"b\"");
        assert!(matches!(behind, Err(Error::RangeNotSatisfiable(0))));
    }
}
