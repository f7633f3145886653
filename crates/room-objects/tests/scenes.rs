//! Objects of furnished rooms, against the truth.
#![allow(clippy::print_stderr, reason = "a test tells its figures")]

mod common;

use common::tally::Tally;
use common::{is_upright, scene, truths};
use room_geometry::testing::scene::{Designs, Scene};
use room_geometry::{Options, analyze_with};
use room_objects::find;
use room_scan::Measurements;

fn rooms(usual: u64) -> u64 {
    let number = std::env::var("OUTPOST_ROOMS").ok();
    number.and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn part(a: u32, b: u32) -> f64 {
    f64::from(a) / f64::from(b.max(1))
}

/// One design of each kind, as a phone sees it, everything close together.
#[test]
fn objects_of_furnished_rooms() {
    let mut tally = Tally::default();
    let mut turned_over = 0;
    for seed in 0..rooms(30) {
        let Some((scene, analysis)) = scene(seed) else {
            continue;
        };
        turned_over += u32::from(!is_upright(&scene, &analysis));
        let objects = find(&analysis.interior, &analysis.geometry);
        let truths = truths(&scene, &analysis.geometry);
        tally.add(&objects, &truths, &seed.to_string());
    }
    eprintln!("rooms upside down: {turned_over}");
    tally.show();
    let sum = tally.sum();
    assert!(part(sum.named, sum.truths) >= 0.8);
    assert!(part(sum.boxes, sum.found) >= 0.8);
    let (said, right) = tally.sure();
    assert!(part(right, said) >= 0.8);
}

/// Designs that the classifier has never learned from, scanned well and badly: what is said surely
/// is right in four of five cases there as well.
#[test]
fn objects_of_designs_left_out() {
    let mut tally = Tally::default();
    for seed in 0..rooms(40) {
        let scene = Scene::varied(seed, Designs(&[3]));
        let found = analyze_with(&scene.scan(), &Measurements::default(), &Options::default());
        let Ok(analysis) = found else { continue };
        if !is_upright(&scene, &analysis) {
            continue;
        }
        let objects = find(&analysis.interior, &analysis.geometry);
        let truths = truths(&scene, &analysis.geometry);
        let name = format!("left out {seed}");
        tally.add(&objects, &truths, &name);
    }
    tally.show();
    let (said, right) = tally.sure();
    assert!(said > 20, "{said} objects are said surely");
    assert!(part(right, said) >= 0.8, "{right} of {said}");
}
