//! Headers of uploads and downloads: never a panic, never a byte beyond the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use transfer_headers::{ByteRange, MAX_NUMBER, promised_sha256, whole_number};

fuzz_target!(|input: (&str, &str, u64)| {
    let (one, other, size) = input;
    if let Ok(Some(range)) = ByteRange::parse(one, size) {
        assert!(range.length >= 1 && range.first < size);
        assert!(range.length <= size - range.first);
        assert!(range.describe(size).starts_with("bytes "));
    }
    if let Some(number) = whole_number(one) {
        assert!(number <= MAX_NUMBER);
        assert!(one.trim().bytes().all(|byte| byte.is_ascii_digit()));
    }
    let _ = promised_sha256(Some(one), Some(other));
});
