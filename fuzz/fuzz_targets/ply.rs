//! PLY: never a panic, read the same however it is cut, and what is kept is sound.
#![no_main]

use libfuzzer_sys::fuzz_target;
use room_scan::{Limits, Points, Scan, ScanError, ScanReader};

const MAX_POINTS: usize = 16;

fuzz_target!(|input: (u8, &[u8])| {
    let (chunk_bytes, data) = input;
    let ply = [b"ply\n", data].concat();
    let whole = read(&ply, ply.len());
    assert_eq!(whole, read(&ply, chunk_bytes.into()));

    let Ok(Scan { cloud, .. }) = whole else {
        return;
    };
    assert!(cloud.len() <= MAX_POINTS);
    assert!(cloud.colors.is_empty() || cloud.colors.len() == cloud.len());
    assert!(
        cloud
            .positions
            .iter()
            .flatten()
            .all(|coordinate| coordinate.is_finite())
    );
    assert!(cloud.origin.iter().all(|coordinate| coordinate.is_finite()));
    assert!(cloud.given >= cloud.invalid + cloud.len() as u64);
});

fn read(ply: &[u8], chunk_bytes: usize) -> Result<Scan, ScanError> {
    let mut reader = ScanReader::new(Limits::default(), Points::Keep { max: MAX_POINTS });
    for chunk in ply.chunks(chunk_bytes.max(1)) {
        reader.push(chunk)?;
    }
    reader.finish()
}
