//! Learns `src/forest.bin` on generated rooms.
//!
//! `cargo run --release -p room-objects --example train -- 900 crates/room-objects/src/forest.bin`:
//! the number of rooms and the file. Rooms with seeds from a million on are learned from; tests use
//! those from zero on. Of the designs of furniture a quarter is never learned from: it is for the
//! tests. The others are three parts; each is judged by a forest of the other two, and what comes
//! true of that corrects the probabilities. As the boxes found follow from the forest, run it twice.
#![allow(clippy::print_stdout, reason = "tells what it learned")]
#![allow(clippy::unwrap_used, reason = "a tool for developers")]

#[path = "../../tests/common/mod.rs"]
mod common;
mod file;
mod learn;
mod samples;

use learn::Forest;
use room_objects::CLASSES;
use samples::Sample;

/// Number of parts of the designs.
const FOLDS: usize = 3;
/// Points of the curves that correct probabilities.
const POINTS: usize = 21;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let rooms = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(300);
    let path = arguments.next().unwrap_or_else(|| "forest.bin".to_owned());
    let samples = samples::collect(rooms);
    println!("{} boxes", samples.len());
    let judged: Vec<(Sample, [f64; learn::OUTCOMES])> = (0..FOLDS)
        .flat_map(|fold| {
            let others: Vec<&Sample> = samples.iter().filter(|s| s.fold != fold).collect();
            let forest = Forest::learn(&others, fold as u64);
            let own = samples.iter().filter(|s| s.fold == fold && s.found);
            own.map(|sample| (*sample, forest.votes(&sample.features)))
                .collect::<Vec<_>>()
        })
        .collect();
    let (class, thing) = curves(&judged);
    report(&judged, &class);
    let all: Vec<&Sample> = samples.iter().collect();
    let forest = Forest::learn(&all, FOLDS as u64);
    let bytes = file::written(&forest, &class, &thing);
    println!("{} bytes", bytes.len());
    std::fs::write(path, bytes).unwrap();
}

/// The likeliest known class and its part.
fn said(votes: &[f64; learn::OUTCOMES]) -> (usize, f64) {
    let known = votes.iter().take(CLASSES.len() - 1).enumerate();
    known.fold(
        (0, 0.0),
        |best, (class, part)| {
            if *part > best.1 { (class, *part) } else { best }
        },
    )
}

/// What came true of what was said: of classes and of being a thing.
fn curves(judged: &[(Sample, [f64; learn::OUTCOMES])]) -> ([f64; POINTS], [f64; POINTS]) {
    let class = judged.iter().map(|(sample, votes)| {
        let (class, part) = said(votes);
        (part, sample.truth == class)
    });
    let thing = judged.iter().map(|(sample, votes)| {
        let part = 1.0 - votes[learn::OUTCOMES - 1];
        (part, sample.truth != learn::OUTCOMES - 1)
    });
    (isotonic(class.collect()), isotonic(thing.collect()))
}

/// Isotonic regression by pooling adjacent violators (Ayer et al. 1955), read off at even steps.
fn isotonic(mut pairs: Vec<(f64, bool)>) -> [f64; POINTS] {
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Sums of said, of came true, and their number.
    let mut blocks: Vec<[f64; 3]> = Vec::new();
    for group in pairs.chunks(25) {
        let count = group.len() as f64;
        let sum: f64 = group.iter().map(|pair| pair.0).sum();
        let right = group.iter().filter(|pair| pair.1).count() as f64;
        blocks.push([sum, right, count]);
        while let [.., a, b] = blocks[..] {
            if a[1] / a[2] <= b[1] / b[2] {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            blocks.push([a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
        }
    }
    let mut points: Vec<[f64; 2]> = vec![[0.0, 0.0]];
    points.extend(
        blocks
            .iter()
            .map(|[sum, right, count]| [sum / count, right / count]),
    );
    let last = points.last().map_or(1.0, |point| point[1]);
    points.push([1.0, last]);
    std::array::from_fn(|step| {
        let at = step as f64 / (POINTS - 1) as f64;
        let next = points
            .iter()
            .position(|point| point[0] >= at)
            .unwrap_or(points.len() - 1);
        let (a, b) = (points[next.saturating_sub(1)], points[next]);
        let part = (at - a[0]) / (b[0] - a[0]).max(1e-9);
        a[1] + part.clamp(0.0, 1.0) * (b[1] - a[1])
    })
}

/// How well each part of the designs was judged by the other two.
fn report(judged: &[(Sample, [f64; learn::OUTCOMES])], curve: &[f64; POINTS]) {
    println!("class curve {curve:.2?}");
    println!("class       boxes  said right");
    for (class, name) in CLASSES.iter().enumerate() {
        let truly = judged.iter().filter(|(s, _)| s.truth == class).count();
        let saying = judged
            .iter()
            .filter(|(_, v)| said(v).0 == class && said(v).1 > 0.4);
        let (mut count, mut right) = (0u32, 0u32);
        for (sample, _) in saying {
            count += 1;
            right += u32::from(sample.truth == class);
        }
        let hit = judged
            .iter()
            .filter(|(s, v)| s.truth == class && said(v).0 == class);
        println!(
            "{name:10} {truly:6} {count:5} {:5.2}, of its boxes {:.2}",
            f64::from(right) / f64::from(count.max(1)),
            hit.count() as f64 / truly.max(1) as f64
        );
    }
    let things = judged.iter().filter(|(s, _)| s.truth + 1 < learn::OUTCOMES);
    println!("things {} of {} boxes found", things.count(), judged.len());
}
