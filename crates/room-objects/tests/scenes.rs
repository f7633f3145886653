//! Objects of furnished rooms, against the truth.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test tells its figures"
)]

mod common;

use common::{Solid, is_upright, matches, scene};
use room_objects::{CLASSES, find};

fn rooms() -> u64 {
    let number = std::env::var("OUTPOST_ROOMS").ok();
    number.and_then(|n| n.parse().ok()).unwrap_or(30)
}

#[derive(Default, Clone, Copy)]
struct Tally {
    truths: u32,
    found: u32,
    boxes: u32,
    named: u32,
    right: u32,
}

#[test]
fn objects_of_furnished_rooms() {
    let verbose = std::env::var("OUTPOST_VERBOSE").is_ok();
    let mut tallies = [Tally::default(); CLASSES.len()];
    let mut reliability = [(0u32, 0u32, 0.0f64); 10];
    let mut turned_over = 0;
    let index = |class: &str| CLASSES.iter().position(|name| *name == class).unwrap();
    for seed in 0..rooms() {
        let Some((scene, analysis)) = scene(seed) else {
            continue;
        };
        turned_over += u32::from(!is_upright(&scene, &analysis));
        let g = &analysis.geometry;
        if verbose {
            eprintln!(
                "{seed}: corners {} of {}, area {:.2?} of {:.2}",
                g.outline.len(),
                scene.room.corners.len(),
                g.dimensions.floor_area.map(|area| area.value),
                scene.room.area()
            );
        }
        let objects = find(&analysis.interior, &analysis.geometry);
        let truths: Vec<Solid> = scene
            .pieces
            .iter()
            .map(|piece| Solid::of_truth(&scene, piece, &analysis.geometry))
            .collect();
        let solids: Vec<Solid> = objects.iter().map(Solid::of).collect();
        let matched = matches(&solids, &truths, 0.5);
        for (object, hit) in objects.iter().zip(&matched) {
            let truth = hit.map(|hit| scene.pieces[hit].class);
            let said = &mut tallies[index(&object.class)];
            said.found += 1;
            said.boxes += u32::from(hit.is_some());
            let right = object.class == "unknown" || truth == Some(object.class.as_str());
            let right = right && hit.is_some();
            said.right += u32::from(right);
            let bin = &mut reliability[((object.confidence * 10.0) as usize).min(9)];
            bin.0 += 1;
            bin.1 += u32::from(right);
            bin.2 += object.confidence;
            if verbose && hit.is_none() {
                eprintln!(
                    "{seed}: no thing {} {:.2} at {:.2?} size {:.2?} turn {:.0} {:?}",
                    object.class,
                    object.confidence,
                    object.center,
                    object.size,
                    object.rotation,
                    object.support
                );
            }
        }
        for (i, piece) in scene.pieces.iter().enumerate() {
            let tally = &mut tallies[index(piece.class)];
            tally.truths += 1;
            let hit = matched.iter().position(|hit| *hit == Some(i));
            tally.named += u32::from(hit.is_some());
            if verbose && hit.is_none() {
                let best = solids
                    .iter()
                    .map(|solid| solid.overlap(&truths[i]))
                    .fold(0.0, f64::max);
                let c = &truths[i].corners;
                let center = [0, 1].map(|axis| 0.25 * c.iter().map(|c| c[axis]).sum::<f64>());
                eprintln!(
                    "{seed}: missed {} at {center:.2?} {:.2?} size {:.2?}, best {best:.2}",
                    piece.class, truths[i].span, piece.size
                );
            }
        }
    }
    eprintln!("rooms upside down: {turned_over}");
    eprintln!("class      truth  boxes found   said right-box right-class");
    let mut sum = Tally::default();
    for (class, tally) in CLASSES.iter().zip(&tallies) {
        show(class, tally);
        sum.truths += tally.truths;
        sum.found += tally.found;
        sum.boxes += tally.boxes;
        sum.named += tally.named;
        sum.right += tally.right;
    }
    show("all", &sum);
    eprintln!("confidence said right");
    for (said, right, total) in reliability.iter().filter(|bin| bin.0 > 0) {
        let (n, r) = (f64::from(*said), f64::from(*right));
        eprintln!("{:10.2} {said:4} {:5.2}", total / n, r / n);
    }
    assert!(f64::from(sum.named) >= 0.8 * f64::from(sum.truths));
    assert!(f64::from(sum.boxes) >= 0.8 * f64::from(sum.found));
    // Of those said at 0.8 or more, four in five are right.
    let sure = reliability[8..]
        .iter()
        .fold((0, 0), |held, bin| (held.0 + bin.0, held.1 + bin.1));
    assert!(f64::from(sure.1) >= 0.8 * f64::from(sure.0));
}

fn show(name: &str, tally: &Tally) {
    let part = |a: u32, b: u32| f64::from(a) / f64::from(b.max(1));
    eprintln!(
        "{name:10} {:5} {:12.2} {:6} {:9.2} {:11.2}",
        tally.truths,
        part(tally.named, tally.truths),
        tally.found,
        part(tally.boxes, tally.found),
        part(tally.right, tally.found)
    );
}
