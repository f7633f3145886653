//! Prints how long the analysis takes for scans of growing size.
//!
//! `cargo run --release --example bench_analyze`
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

use std::time::Instant;

use room_geometry::testing::Room;
use room_geometry::{Options, analyze};
use room_scan::Measurements;

fn main() {
    for points in [10_000, 100_000, 1_000_000, 1_500_000] {
        let mut room = Room::l_shape(6.0, 5.0, [2.5, 2.0], 2.6).furnished(8);
        room.points = points;
        room.noise = 0.01;
        room.outliers = 0.1;
        room.turn = 0.4;
        let cloud = room.scan();
        let mut times: Vec<f64> = (0..5)
            .map(|_| {
                let start = Instant::now();
                let result = analyze(&cloud, &Measurements::default(), &Options::default());
                assert!(result.is_ok());
                start.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!(
            "{points:>8} points: median {:7.1} ms, best {:7.1} ms",
            times[2], times[0]
        );
    }
}
