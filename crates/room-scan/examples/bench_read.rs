//! How fast scans are read: `cargo run --release -p room-scan --example bench_read [points]`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::disallowed_methods, reason = "runs natively only")]

use std::io::Write;
use std::time::Instant;

use flate2::{Compression, write::GzEncoder};
use room_scan::{Limits, Points, ScanError, ScanReader};

/// Size of a chunk as a body arrives in.
const CHUNK_BYTES: usize = 64 * 1024;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let points = match std::env::args().nth(1) {
        Some(points) => points.parse()?,
        None => 1_000_000,
    };
    // From one size to four times it, so that a time that does not grow linearly shows.
    for points in [points, 4 * points] {
        let arrays = json(points, |x, y, z| format!("[{x:.4},{y:.4},{z:.4}]"));
        let objects = json(points, |x, y, z| {
            format!(r#"{{"x":{x},"y":{y},"z":{z},"confidence":2}}"#)
        });
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&arrays)?;
        println!("{points} points");
        measure("JSON, arrays", &arrays, arrays.len())?;
        measure("JSON, objects", &objects, objects.len())?;
        measure("JSON, gzip", &encoder.finish()?, arrays.len())?;
        let ascii = ply_ascii(points);
        measure("PLY, ASCII", &ascii, ascii.len())?;
        let binary = ply_binary(points);
        measure("PLY, binary", &binary, binary.len())?;
    }
    Ok(())
}

/// Reads `scan` three times and prints the best.
fn measure(name: &str, scan: &[u8], unpacked: usize) -> Result<(), ScanError> {
    let limits = Limits {
        max_unpacked_bytes: u64::MAX,
        ..Limits::default()
    };
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let start = Instant::now();
        let mut reader = ScanReader::new(limits, Points::Keep { max: 1_500_000 });
        for chunk in scan.chunks(CHUNK_BYTES) {
            reader.push(chunk)?;
        }
        std::hint::black_box(reader.finish()?);
        best = best.min(start.elapsed().as_secs_f64());
    }
    let megabytes = unpacked as f64 / 1e6;
    println!(
        "  {name:<14} {megabytes:>6.1} MB  {:>5.0} MB/s  {best:.3} s",
        megabytes / best
    );
    Ok(())
}

/// A point on a wavy surface: coordinates that look like those of a real scan.
fn point(index: usize) -> [f32; 3] {
    let t = index as f32;
    [
        (t * 0.001).sin() * 4.2,
        (t * 0.37).cos() * 3.8,
        (t * 0.0013).sin().abs() * 2.4,
    ]
}

fn json(points: usize, print: impl Fn(f32, f32, f32) -> String) -> Vec<u8> {
    let points: Vec<String> = (0..points)
        .map(|index| {
            let [x, y, z] = point(index);
            print(x, y, z)
        })
        .collect();
    let points = points.join(",");
    format!(r#"{{"room_scan":{{"id":"a","sensor_data":{{"lidar_points":[{points}]}}}}}}"#).into()
}

fn ply_header(format: &str, points: usize) -> String {
    let properties = ["x", "y", "z"]
        .map(|name| format!("property float {name}\n"))
        .concat();
    format!("ply\nformat {format} 1.0\nelement vertex {points}\n{properties}end_header\n")
}

fn ply_ascii(points: usize) -> Vec<u8> {
    let mut ply = ply_header("ascii", points);
    for [x, y, z] in (0..points).map(point) {
        ply.push_str(&format!("{x} {y} {z}\n"));
    }
    ply.into()
}

fn ply_binary(points: usize) -> Vec<u8> {
    let mut ply: Vec<u8> = ply_header("binary_little_endian", points).into();
    ply.extend((0..points).flat_map(point).flat_map(f32::to_le_bytes));
    ply
}
