//! Analyses one scan as a job does: prints the findings as JSON, and writes them and the drawings.
//!
//! `cargo run --release -p room-engine --example analyze -- FILE DIRECTORY` gives
//! `DIRECTORY/<name of FILE>` as `.json` and as each drawing.

#![allow(clippy::disallowed_methods)]

use std::error::Error;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use room_engine::{Analysis, Drawing, Engine, draw};
use room_scan::Measurements;
use serde_json::json;

/// As much as an upload may unpack to.
const MAX_BYTES: u64 = 1 << 30;

const DRAWINGS: [(Drawing, &str); 5] = [
    (Drawing::PlanSvg, "svg"),
    (Drawing::PlanDxf, "dxf"),
    (Drawing::PlanGeoJson, "geojson"),
    (Drawing::SceneGlb, "glb"),
    (Drawing::ModelIfc, "ifc"),
];

/// As a job reads it out of the store.
const CHUNK_BYTES: usize = 1 << 18;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(scan), Some(directory)) = (arguments.next(), arguments.next()) else {
        return Err("usage: analyze FILE DIRECTORY".into());
    };
    fs::create_dir_all(&directory)?;
    let name = scan.file_stem().and_then(OsStr::to_str).unwrap_or("room");

    let analysis = analyze(&scan)?;
    let findings = serde_json::to_vec_pretty(&analysis)?;
    fs::write(directory.join(format!("{name}.json")), &findings)?;
    let stored = json!({ "processing_id": name, "name": name, "result": analysis });
    let stored = serde_json::to_vec(&stored)?;
    for (drawing, kind) in DRAWINGS {
        fs::write(
            directory.join(format!("{name}.{kind}")),
            draw(drawing, &stored)?,
        )?;
    }
    stdout().write_all(&findings)?;
    Ok(())
}

fn analyze(scan: &Path) -> Result<Analysis, Box<dyn Error>> {
    let mut file = File::open(scan)?;
    let mut engine = Engine::new(MAX_BYTES, 1);
    let mut chunk = vec![0; CHUNK_BYTES];
    let begun = Instant::now();
    loop {
        let length = file.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        engine.push(&chunk[..length])?;
    }
    let read = begun.elapsed();
    let analysis = engine.analyze(&Measurements::default())?;
    let both = begun.elapsed();
    writeln!(
        stderr(),
        "read in {:.1} ms, read and analyzed in {:.1} ms",
        1000.0 * read.as_secs_f64(),
        1000.0 * both.as_secs_f64()
    )?;
    Ok(analysis)
}
