//! Byte ranges (RFC 9110, section 14).

use http::HeaderMap;
use http::header::{IF_RANGE, RANGE};

use crate::error::{Error, Result};

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// The first byte, from 0 on.
    pub first: u64,
    /// How many, at least one.
    pub length: u64,
}

impl ByteRange {
    /// The range that a client asks for of a file of `size` bytes with this tag; `None` for all of
    /// it. Several ranges, or a header that cannot be read, count as none, as the standard allows.
    ///
    /// # Errors
    /// [`Error::RangeNotSatisfiable`] for a range behind the end.
    pub fn requested(headers: &HeaderMap, size: u64, etag: &str) -> Result<Option<Self>> {
        let is_other = headers.get(IF_RANGE).is_some_and(|tag| tag != etag);
        let range = headers.get(RANGE).and_then(|range| range.to_str().ok());
        match range.and_then(|range| range.strip_prefix("bytes=")) {
            Some(range) if !is_other => Self::parse(range, size),
            _ => Ok(None),
        }
    }

    fn parse(range: &str, size: u64) -> Result<Option<Self>> {
        let Some((first, last)) = range.split_once('-') else {
            return Ok(None);
        };
        let (first, last) = (first.trim(), last.trim());
        let (first, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last => (first, size.min(last.saturating_add(1))),
            (Ok(first), Err(_)) if last.is_empty() => (first, size),
            (Err(_), Ok(count)) if first.is_empty() => (size.saturating_sub(count), size),
            _ => return Ok(None),
        };
        if first >= end {
            return Err(Error::RangeNotSatisfiable(size));
        }
        let length = end - first;
        Ok(Some(Self { first, length }))
    }

    /// `Content-Range`.
    pub fn describe(self, size: u64) -> String {
        let last = self.first + self.length - 1;
        format!("bytes {}-{last}/{size}", self.first)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn requested(range: &str) -> Result<Option<(u64, u64)>, u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, HeaderValue::from_str(range).unwrap());
        match ByteRange::requested(&headers, 10, "\"a\"") {
            Ok(range) => Ok(range.map(|range| (range.first, range.length))),
            Err(Error::RangeNotSatisfiable(size)) => Err(size),
            Err(error) => panic!("{error:?}"),
        }
    }

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        assert_eq!(requested("bytes=0-0"), Ok(Some((0, 1))));
        assert_eq!(requested("bytes=2-5"), Ok(Some((2, 4))));
        assert_eq!(requested("bytes=2-"), Ok(Some((2, 8))));
        assert_eq!(requested("bytes=-3"), Ok(Some((7, 3))));
        assert_eq!(requested("bytes=-30"), Ok(Some((0, 10))));
        assert_eq!(requested("bytes=5-99999999999999999999"), Ok(None));
        assert_eq!(requested("bytes=5-18446744073709551615"), Ok(Some((5, 5))));
        for behind in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(requested(behind), Err(10), "{behind}");
        }
        for none in [
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=a-b",
            "items=0-1",
            "bytes=0-1,3-4",
        ] {
            assert_eq!(requested(none), Ok(None), "{none}");
        }
    }

    #[test]
    fn a_range_of_another_version_is_none() {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, HeaderValue::from_static("bytes=0-1"));
        headers.insert(IF_RANGE, HeaderValue::from_static("\"b\""));
        assert_eq!(ByteRange::requested(&headers, 10, "\"a\"").unwrap(), None);
        let range = ByteRange::requested(&headers, 10, "\"b\"")
            .unwrap()
            .unwrap();
        assert_eq!(range.describe(10), "bytes 0-1/10");
    }
}
