//! Byte ranges (RFC 9110, section 14).

use crate::number::digits;

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// The first byte, from 0 on.
    pub first: u64,
    /// How many, at least one.
    pub length: u64,
}

/// No byte of the range is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsatisfiable;

impl ByteRange {
    /// The range that a `Range` header names of a file of `size` bytes; `None` for all of it.
    /// Several ranges, or a header that cannot be read, count as none, as the standard allows.
    ///
    /// # Errors
    /// [`Unsatisfiable`] for a range behind the end.
    pub fn parse(header: &str, size: u64) -> Result<Option<Self>, Unsatisfiable> {
        let range = header.strip_prefix("bytes=");
        let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
            return Ok(None);
        };
        let (first, last) = (first.trim(), last.trim());
        let (first, end) = match (digits(first), digits(last)) {
            (Some(first), Some(last)) if first <= last => (first, size.min(last.saturating_add(1))),
            (Some(first), None) if last.is_empty() => (first, size),
            (None, Some(count)) if first.is_empty() => (size.saturating_sub(count), size),
            _ => return Ok(None),
        };
        if first >= end {
            return Err(Unsatisfiable);
        }
        let length = end - first;
        Ok(Some(Self { first, length }))
    }

    /// `Content-Range` for a file of `size` bytes.
    pub fn describe(self, size: u64) -> String {
        let last = self.first + self.length - 1;
        format!("bytes {}-{last}/{size}", self.first)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of_ten(header: &str) -> Result<Option<(u64, u64)>, Unsatisfiable> {
        let range = ByteRange::parse(header, 10)?;
        Ok(range.map(|range| (range.first, range.length)))
    }

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        assert_eq!(of_ten("bytes=0-0"), Ok(Some((0, 1))));
        assert_eq!(of_ten("bytes=2-5"), Ok(Some((2, 4))));
        assert_eq!(of_ten("bytes=2-"), Ok(Some((2, 8))));
        assert_eq!(of_ten("bytes=-3"), Ok(Some((7, 3))));
        assert_eq!(of_ten("bytes=-30"), Ok(Some((0, 10))));
        assert_eq!(of_ten("bytes=5-99999999999999999999"), Ok(None));
        assert_eq!(of_ten("bytes=5-18446744073709551615"), Ok(Some((5, 5))));
        for behind in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(of_ten(behind), Err(Unsatisfiable), "{behind}");
        }
        for none in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=+1-+5",
            "bytes=--3",
            "items=0-1",
            "bytes=0-1,3-4",
        ] {
            assert_eq!(of_ten(none), Ok(None), "{none}");
        }
    }

    proptest! {
        #[test]
        fn a_range_is_within_the_file(header in "\\PC{0,40}|bytes=[-+ ,0-9]{0,30}", size in any::<u64>()) {
            if let Ok(Some(range)) = ByteRange::parse(&header, size) {
                prop_assert!(range.length >= 1);
                prop_assert!(range.first < size && range.length <= size - range.first);
                range.describe(size);
            }
        }

        #[test]
        fn a_range_has_the_bytes_that_it_names(first in 0_u64..60, more in 0_u64..60, size in 0_u64..80) {
            let file: Vec<u64> = (0..size).collect();
            let bytes = |header: String| match ByteRange::parse(&header, size) {
                Ok(Some(range)) => file[range.first as usize..][..range.length as usize].to_vec(),
                Ok(None) => vec![u64::MAX],
                Err(Unsatisfiable) => Vec::new(),
            };
            let last = first + more;
            let expected = |keep: &dyn Fn(u64) -> bool| file.iter().copied().filter(|byte| keep(*byte)).collect::<Vec<_>>();
            prop_assert_eq!(bytes(format!("bytes={first}-{last}")), expected(&|byte| (first..=last).contains(&byte)));
            prop_assert_eq!(bytes(format!("bytes={first}-")), expected(&|byte| byte >= first));
            prop_assert_eq!(bytes(format!("bytes=-{first}")), expected(&|byte| byte + first >= size));
        }
    }
}
