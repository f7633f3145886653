//! Gzip: framing, limits and bombs.

mod common;

use std::io::Write;

use common::{KEEP, gzip, read, read_cut, scan_of};
use flate2::write::DeflateEncoder;
use flate2::{Compression, GzBuilder};
use proptest::prelude::*;
use room_scan::{Limits, ScanError, ScanReader};

/// Something to pack; long enough to have a few pieces.
fn body() -> String {
    let points: Vec<String> = (0..4_000)
        .map(|i| format!("[{i},{},0.{i}]", i * 7 % 13))
        .collect();
    scan_of(&format!("[{}]", points.join(",")))
}

#[test]
fn a_scan_is_the_same_packed_or_not() {
    let (plain, packed) = (read(body()).unwrap(), read(gzip(body()).unwrap()).unwrap());
    assert!(packed.compressed && packed.received_bytes < plain.received_bytes);
    assert_eq!(packed.unpacked_bytes, plain.unpacked_bytes);
    assert_eq!(packed.sha256, plain.sha256);
    assert_eq!(packed.cloud, plain.cloud);
    assert_eq!(packed.counts, plain.counts);
}

#[test]
fn every_optional_part_of_a_header_is_understood() {
    let mut encoder = GzBuilder::new()
        .extra(vec![7; 300])
        .filename("scan.json")
        .comment("a comment")
        .write(Vec::new(), Compression::fast());
    encoder.write_all(b"{}").unwrap();
    let packed = encoder.finish().unwrap();
    assert!(read(&packed).is_ok());
    assert!(read_cut(&packed, &[1]).is_ok());

    // The header's own checksum: `FLG` 2, then the lower half of the CRC-32 of what precedes it.
    let mut packed = gzip("{}").unwrap();
    packed[3] = 2;
    let mut crc = flate2::Crc::new();
    crc.update(&packed[..10]);
    packed.splice(10..10, (crc.sum() as u16).to_le_bytes());
    assert!(read(&packed).is_ok());
    packed[10] ^= 1;
    assert!(matches!(read(&packed), Err(ScanError::CorruptGzip { .. })));
}

#[test]
fn members_and_padding_may_follow() {
    let (head, tail) = ("{\"room_scan\"", ": {\"id\": \"a\"}}");
    let empty = gzip("").unwrap();
    let packed = [
        gzip(head).unwrap(),
        empty,
        gzip(tail).unwrap(),
        vec![0; 512],
    ]
    .concat();
    for sizes in [&[usize::MAX][..], &[1], &[7, 2]] {
        let scan = read_cut(&packed, sizes).unwrap();
        assert_eq!(scan.summary.id.as_deref(), Some("a"));
        assert_eq!(scan.received_bytes, packed.len() as u64);
    }
    for garbage in [&b"x"[..], b"\0\0x", b"\x1f\x1f", b"\0\x1f\x8b"] {
        let scan = read([&packed[..packed.len() - 512], garbage].concat());
        assert!(
            matches!(scan, Err(ScanError::CorruptGzip { .. })),
            "{garbage:?}"
        );
    }
}

#[test]
fn damage_is_found() {
    let packed = gzip(body()).unwrap();
    // Method, reserved flags, data, CRC, length.
    for at in [2, 3, packed.len() / 2, packed.len() - 8, packed.len() - 1] {
        let mut damaged = packed.clone();
        damaged[at] ^= 0x80;
        assert!(read(&damaged).is_err(), "byte {at}");
    }
    let mut damaged = packed.clone();
    damaged[packed.len() - 5] ^= 1;
    assert!(matches!(read(damaged), Err(ScanError::CorruptGzip { .. })));
}

#[test]
fn cut_anywhere_it_is_truncated() {
    let packed = gzip("{\"room_scan\": {\"id\": \"a\", \"name\": \"b\"}}").unwrap();
    for end in 2..packed.len() {
        assert_eq!(
            read(&packed[..end]),
            Err(ScanError::Truncated),
            "{end} bytes"
        );
    }
    assert_eq!(read(&packed[..1]), Err(ScanError::UnknownFormat));
    assert_eq!(read(b"\x1f[]"), Err(ScanError::UnknownFormat));
    assert_eq!(read(gzip("").unwrap()), Err(ScanError::Empty));
}

/// The error, and how many bytes were taken until it came.
fn fill(limits: Limits, chunk: &[u8], chunks: usize) -> (Option<ScanError>, usize) {
    let mut reader = ScanReader::new(limits, KEEP);
    for taken in 1..=chunks {
        if let Err(error) = reader.push(chunk) {
            assert_eq!(
                reader.push(b"more"),
                Err(error.clone()),
                "an error is final"
            );
            return (Some(error), taken * chunk.len());
        }
    }
    (None, chunks * chunk.len())
}

#[test]
fn a_bomb_is_stopped_early() {
    // A MiB of white space in about a kB, in a block of its own: a file of 10,000 of them is a
    // bomb of 10 GB.
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&[b' '; 1 << 20]).unwrap();
    encoder.flush().unwrap();
    let block = encoder.get_ref();
    assert!(block.len() < 1_200);

    let stopped = |limits| {
        let mut reader = ScanReader::new(limits, KEEP);
        reader
            .push(&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
            .unwrap();
        (1..=10_000).find_map(|blocks| Some((blocks, reader.push(block).err()?)))
    };
    // The ratio counts beyond 32 MiB.
    let limits = Limits {
        max_unpacked_bytes: 64 << 20,
        max_ratio: 200,
    };
    assert_eq!(
        stopped(limits),
        Some((33, ScanError::RatioExceeded { limit: 200 }))
    );
    // Without it the size stops the bomb.
    let limits = Limits {
        max_unpacked_bytes: 8 << 20,
        max_ratio: u64::MAX,
    };
    assert_eq!(
        stopped(limits),
        Some((9, ScanError::TooLarge { limit: 8 << 20 }))
    );
}

#[test]
fn the_limit_is_exact() {
    let limits = Limits {
        max_unpacked_bytes: 1_000,
        max_ratio: 200,
    };
    assert_eq!(fill(limits, b" ", 1_000), (None, 1_000));
    let too_large = Some(ScanError::TooLarge { limit: 1_000 });
    assert_eq!(fill(limits, b" ", 1_001), (too_large.clone(), 1_001));
    assert_eq!(fill(limits, &[b' '; 5_000], 1), (too_large.clone(), 5_000));
    // What does not even unpack: a file name without end.
    let mut reader = ScanReader::new(limits, KEEP);
    reader
        .push(&[0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 255])
        .unwrap();
    assert_eq!(reader.push(&[b'x'; 990]), Ok(()));
    assert_eq!(reader.push(b"x").err(), too_large);
}

#[test]
fn members_are_limited_in_number() {
    let empty = gzip("").unwrap();
    let scan = [empty.repeat(9_999), gzip("{}").unwrap()].concat();
    assert!(read(&scan).is_ok());
    let one_more = [&scan[..], &empty].concat();
    assert!(matches!(read(one_more), Err(ScanError::CorruptGzip { .. })));
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(at: prop::sample::Index, byte: u8, size in 1usize..40) {
        let mut packed = gzip(scan_of("[[1,2,3],[4,5,6]]")).unwrap();
        let at = at.index(packed.len());
        packed[at] = byte;
        prop_assert_eq!(read(&packed).is_ok(), read_cut(&packed, &[size]).is_ok());
    }
}

#[test]
fn chunks_make_no_difference() {
    let packed = gzip(body()).unwrap();
    let whole = read(&packed);
    for size in [1, 2, 3, 100, 1_000, 10_000] {
        assert_eq!(read_cut(&packed, &[size]), whole, "{size}");
    }
}
