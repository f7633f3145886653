//! Gzip: never a panic, accepted only if `flate2` unpacks it to the same bytes.
#![no_main]

use std::io::Read;

use flate2::{Compression, read::GzEncoder, read::MultiGzDecoder};
use libfuzzer_sys::fuzz_target;
use room_scan::{Limits, Points, Scan, ScanError, ScanReader};

const LIMITS: Limits = Limits {
    max_unpacked_bytes: 4 << 20,
    max_ratio: 200,
};

fuzz_target!(|input: (u8, &[u8])| {
    let (chunk_bytes, data) = input;

    // Anything that only pretends to be gzip.
    let gzip = [&[0x1F, 0x8B, 8], data].concat();
    let whole = read(&gzip, gzip.len());
    // Which of several faults is met first may depend on the chunks, and so may a borderline ratio.
    if let Ok(scan) = &whole {
        assert_eq!(Ok(scan), read(&gzip, chunk_bytes.into()).as_ref());
        let end = gzip
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        let unpacked = (end..=gzip.len()).find_map(|end| unpack(&gzip[..end]));
        assert_eq!(
            unpacked.map(|bytes| bytes.len() as u64),
            Some(scan.unpacked_bytes)
        );
    } else {
        let _ = read(&gzip, chunk_bytes.into());
    }

    // The same bytes, packed by someone else.
    let mut packed = Vec::new();
    let packing = GzEncoder::new(data, Compression::fast()).read_to_end(&mut packed);
    assert!(packing.is_ok());
    if data.starts_with(&[0x1F]) {
        return;
    }
    let (plain, packed) = (read(data, data.len()), read(&packed, chunk_bytes.into()));
    assert_eq!(
        plain.map(|scan| scan.sha256),
        packed.map(|scan| scan.sha256)
    );
});

fn unpack(gzip: &[u8]) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(gzip).read_to_end(&mut unpacked).ok()?;
    Some(unpacked)
}

fn read(scan: &[u8], chunk_bytes: usize) -> Result<Scan, ScanError> {
    let mut reader = ScanReader::new(LIMITS, Points::Discard);
    for chunk in scan.chunks(chunk_bytes.max(1)) {
        reader.push(chunk)?;
    }
    reader.finish()
}
