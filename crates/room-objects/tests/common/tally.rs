//! What was found and what stands there, counted.
#![allow(dead_code, clippy::unwrap_used, reason = "shared by tests")]
#![allow(clippy::print_stderr, reason = "a test tells its figures")]

use room_geometry::model::Object;
use room_objects::CLASSES;

use super::{Solid, matches};

/// Of one class.
#[derive(Default, Clone, Copy)]
pub struct Count {
    pub truths: u32,
    pub found: u32,
    pub boxes: u32,
    pub named: u32,
    pub right: u32,
    /// Of the truths those whose class was said.
    pub called: u32,
}

/// Of all rooms.
#[derive(Default)]
pub struct Tally {
    classes: [Count; CLASSES.len()],
    /// Said, right, and the sum of the confidences, by tenths of the confidence.
    bins: [(u32, u32, f64); 10],
    /// The same of those of no class: right are boxes.
    unknown: [(u32, u32, f64); 10],
    pub rooms: u32,
}

fn index(class: &str) -> usize {
    CLASSES
        .iter()
        .position(|name| *name == class)
        .unwrap_or(CLASSES.len() - 1)
}

impl Tally {
    /// Adds a room; truths without a class may be found or not.
    pub fn add(&mut self, objects: &[Object], truths: &[(Solid, &'static str)], name: &str) {
        let verbose = std::env::var("OUTPOST_VERBOSE").is_ok();
        self.rooms += 1;
        let solids: Vec<Solid> = objects.iter().map(Solid::of).collect();
        let only: Vec<Solid> = truths.iter().map(|(solid, _)| solid.clone()).collect();
        let matched = matches(&solids, &only, 0.5);
        for (object, hit) in objects.iter().zip(&matched) {
            let truth = hit.map(|hit| truths[hit].1);
            if truth == Some("") && object.class == "unknown" {
                continue;
            }
            let is_right = truth == Some(object.class.as_str());
            let said = &mut self.classes[index(&object.class)];
            said.found += 1;
            said.boxes += u32::from(hit.is_some());
            let is_unknown = object.class == "unknown";
            said.right += u32::from(is_right || (is_unknown && hit.is_some()));
            let bins = if is_unknown {
                &mut self.unknown
            } else {
                &mut self.bins
            };
            let bin = &mut bins[((object.confidence * 10.0) as usize).min(9)];
            bin.0 += 1;
            bin.1 += u32::from(if is_unknown { hit.is_some() } else { is_right });
            bin.2 += object.confidence;
            if verbose && !is_right {
                eprintln!(
                    "{name}: {} {:.2} at {:.2?} size {:.2?} turn {:.0} {:?} is {truth:?}",
                    object.class,
                    object.confidence,
                    object.center,
                    object.size,
                    object.rotation,
                    object.support
                );
            }
        }
        for (i, (truth, class)) in truths.iter().enumerate() {
            if class.is_empty() {
                continue;
            }
            let count = &mut self.classes[index(class)];
            count.truths += 1;
            let hit = matched.iter().position(|hit| *hit == Some(i));
            count.named += u32::from(hit.is_some());
            count.called += u32::from(hit.is_some_and(|hit| objects[hit].class == *class));
            if verbose && hit.is_none() {
                let overlaps = solids.iter().map(|solid| solid.overlap(truth));
                let best = overlaps.fold(0.0, f64::max);
                eprintln!("{name}: missed {class} {truth:.2?}, best {best:.2}");
            }
        }
    }

    /// All classes together.
    pub fn sum(&self) -> Count {
        self.classes
            .iter()
            .fold(Count::default(), |mut sum, count| {
                sum.truths += count.truths;
                sum.found += count.found;
                sum.boxes += count.boxes;
                sum.named += count.named;
                sum.right += count.right;
                sum.called += count.called;
                sum
            })
    }

    /// Said at 0.8 or more, and of these right, both box and class.
    pub fn sure(&self) -> (u32, u32) {
        let bins = &self.bins[8..];
        bins.iter()
            .fold((0, 0), |sum, bin| (sum.0 + bin.0, sum.1 + bin.1))
    }

    /// Prints everything.
    pub fn show(&self) {
        eprintln!("{} rooms", self.rooms);
        eprintln!("class      truth  boxes called  found  said right-box right-class");
        for (class, count) in CLASSES.iter().zip(&self.classes) {
            show(class, count);
        }
        show("all", &self.sum());
        for (name, bins) in [("known", &self.bins), ("unknown", &self.unknown)] {
            eprintln!("confidence ({name}) said right");
            for (said, right, total) in bins.iter().filter(|bin| bin.0 > 0) {
                let (n, r) = (f64::from(*said), f64::from(*right));
                eprintln!("{:10.2} {said:4} {:5.2}", total / n, r / n);
            }
        }
    }
}

fn show(name: &str, count: &Count) {
    let part = |a: u32, b: u32| f64::from(a) / f64::from(b.max(1));
    eprintln!(
        "{name:10} {:5} {:6.2} {:6.2} {:12} {:9.2} {:11.2}",
        count.truths,
        part(count.named, count.truths),
        part(count.called, count.truths),
        count.found,
        part(count.boxes, count.found),
        part(count.right, count.found)
    );
}
