//! Measures many made-up rooms and prints how far off the figures are.
//!
//! `cargo run --release --example accuracy [rooms [part of a kind's name [first seed]]]`
#![allow(clippy::print_stdout)]

use room_geometry::model::{Measure, RoomGeometry};
use room_geometry::testing::Room;
use room_geometry::{Options, analyze};
use room_scan::Measurements;

fn main() {
    let count: u64 = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(40);
    let wanted = std::env::args().nth(2);
    let first: u64 = std::env::args()
        .nth(3)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    let verbose = wanted.as_ref().is_some_and(|wanted| !wanted.is_empty());
    println!(
        "{:<28} rooms failed corners | length: good, in interval, 95th percentile of the error; width; height; area (all in %)",
        "kind"
    );
    for (name, vary) in room_geometry::testing::CASES {
        if wanted
            .as_ref()
            .is_some_and(|wanted| !name.contains(wanted.as_str()))
        {
            continue;
        }
        let mut tally = Tally::default();
        for seed in first..first + count {
            let room = vary(seed);
            let result = analyze(&room.scan(), &Measurements::default(), &Options::default());
            tally.add(&room, result.as_ref().ok(), verbose.then_some(seed));
        }
        tally.print(name);
    }
}

#[derive(Default)]
struct Tally {
    rooms: usize,
    failed: usize,
    corners: usize,
    figures: [Figure; 4],
}

#[derive(Default)]
struct Figure {
    given: usize,
    good: usize,
    covered: usize,
    errors: Vec<f64>,
}

impl Figure {
    fn add(&mut self, truth: f64, measured: Option<Measure>, tolerance: f64) -> bool {
        let Some(measured) = measured else {
            return false;
        };
        let error = (measured.value - truth).abs();
        self.given += 1;
        self.good += usize::from(error <= tolerance);
        self.covered += usize::from(error <= measured.uncertainty);
        self.errors.push(error / truth);
        error <= tolerance
    }
}

impl Tally {
    fn add(&mut self, room: &Room, result: Option<&RoomGeometry>, seed: Option<u64>) {
        self.rooms += 1;
        let Some(result) = result.filter(|r| r.source == room_geometry::model::Source::Points)
        else {
            self.failed += 1;
            if let Some(seed) = seed {
                println!("  seed {seed}: no room: {:?}", result.map(|r| &r.notes));
            }
            return;
        };
        let right = result.outline.len() == room.corners.len();
        self.corners += usize::from(right);
        let [length, width] = room.sides();
        let d = &result.dimensions;
        let linear = |truth: f64| (0.01 * truth).max(0.02);
        let mut ok = self.figures[0].add(length, d.length, linear(length));
        ok &= self.figures[1].add(width, d.width, linear(width));
        ok &= !room.ceiling || self.figures[2].add(room.height, d.height, linear(room.height));
        ok &= self.figures[3].add(room.area(), d.floor_area, 0.02 * room.area());
        if let Some(seed) = seed
            && !(ok && right)
        {
            let value = |m: Option<Measure>| m.map_or(f64::NAN, |m| m.value);
            println!(
                "  seed {seed}: corners {} of {}, length {:.3} of {length:.3}, width {:.3} of {width:.3}, height {:.3} of {:.3}, area {:.2} of {:.2}, {:?}",
                result.outline.len(),
                room.corners.len(),
                value(d.length),
                value(d.width),
                value(d.height),
                room.height,
                value(d.floor_area),
                room.area(),
                result.up
            );
        }
    }

    fn print(&self, name: &str) {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        print!(
            "{name:<28} {:>5} {:>6} {:>7.1}",
            self.rooms,
            self.failed,
            share(self.corners, self.rooms)
        );
        for figure in &self.figures {
            let mut errors = figure.errors.clone();
            errors.sort_by(f64::total_cmp);
            let last = errors.len().saturating_sub(1) as f64;
            let p95 = errors
                .get((last * 0.95) as usize)
                .map_or(f64::NAN, |e| 100.0 * e);
            print!(
                " | {:>5.1} {:>5.1} {p95:>5.2}",
                share(figure.good, self.rooms),
                share(figure.covered, figure.given),
            );
        }
        println!();
    }
}
