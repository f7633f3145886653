//! Prints the geometry of a scan file as JSON; `--svg FILE` draws the points from above with the
//! outline over them.
//!
//! `cargo run --release --example inspect -- scan.ply [--svg /tmp/scan.svg]`
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fmt::Write as _;
use std::io::Read as _;

use room_geometry::model::RoomGeometry;
use room_geometry::{Options, analyze};
use room_scan::{Limits, PointCloud, Points, ScanReader};

fn main() -> Result<(), Box<dyn Error>> {
    let mut path = None;
    let mut svg = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--svg" => svg = args.next(),
            _ => path = Some(arg),
        }
    }
    let path = path.ok_or("give the path of a scan")?;
    let scan = read(&path)?;
    let room = analyze(&scan.cloud, &scan.summary.measurements, &Options::default())?;
    println!("{}", serde_json::to_string_pretty(&room)?);
    if let Some(svg) = svg {
        std::fs::write(svg, draw(&scan.cloud, &room)?)?;
    }
    Ok(())
}

fn read(path: &str) -> Result<room_scan::Scan, Box<dyn Error>> {
    let mut file = std::fs::File::open(path)?;
    let mut reader = ScanReader::new(Limits::default(), Points::Keep { max: 1_500_000 });
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(reader.finish()?);
        }
        reader.push(&buffer[..count])?;
    }
}

/// The plan with 100 pixels to the metre: points in gray by height, outline in red.
fn draw(cloud: &PointCloud, room: &RoomGeometry) -> Result<String, std::fmt::Error> {
    let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let step = cloud.positions.len().div_ceil(60_000).max(1);
    let mut points: Vec<[f64; 3]> = Vec::new();
    for position in cloud.positions.iter().step_by(step) {
        let p = [0, 1, 2].map(|i| cloud.origin[i] + f64::from(position[i]) - room.frame.origin[i]);
        points.push([room.frame.axis_x, room.frame.axis_y, room.frame.up].map(|axis| dot(p, axis)));
    }
    let mut svg = String::new();
    let range = |axis: usize| {
        let mut values: Vec<f64> = points.iter().map(|p| p[axis]).collect();
        values.sort_by(f64::total_cmp);
        let tail = values.len() / 500;
        match (
            values.get(tail),
            values.get(values.len().saturating_sub(1 + tail)),
        ) {
            (Some(low), Some(high)) => (low - 0.5, high + 0.5),
            _ => (0.0, 1.0),
        }
    };
    let ((x0, x1), (y0, y1)) = (range(0), range(1));
    let (width, height) = ((x1 - x0) * 100.0, (y1 - y0) * 100.0);
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}">"#
    )?;
    for [x, y, h] in points.iter().filter(|p| p[2] > 0.15 && p[2] < 2.2) {
        let shade = 200 - (h * 70.0) as i32;
        writeln!(
            svg,
            r#"<circle cx="{:.1}" cy="{:.1}" r="0.8" fill="rgb({shade},{shade},{shade})"/>"#,
            (x - x0) * 100.0,
            (y1 - y) * 100.0
        )?;
    }
    let ring: Vec<String> = room
        .outline
        .iter()
        .map(|c| format!("{:.1},{:.1}", (c[0] - x0) * 100.0, (y1 - c[1]) * 100.0))
        .collect();
    writeln!(
        svg,
        r#"<polygon points="{}" fill="none" stroke="red" stroke-width="3"/></svg>"#,
        ring.join(" ")
    )?;
    Ok(svg)
}
