//! What furniture measures.
//!
//! Whatever a forest has learned from made-up rooms, nobody's bed is half a meter long. The ranges
//! span what shops sell and what standards ask (EN 527-1 for desks, EN 1335-1 for office chairs,
//! EN 1334 for beds, EN 1116 for kitchens), and more by a seventh, as boxes are measured.

use room_geometry::model::{Object, Support};

/// How far beyond the range a measured box may be.
const MARGIN: f64 = 0.15;

/// The number of beds among the classes.
const BED: usize = 3;
/// Meters.
const HIGHEST_BED: f64 = 0.71;
const LOWEST_BUNK: f64 = 1.3;

/// Smallest and largest sizes, meters.
struct Sizes {
    long: [f64; 2],
    short: [f64; 2],
    height: [f64; 2],
    supports: &'static [Support],
}

const ANYWHERE: &[Support] = &[
    Support::Floor,
    Support::Wall,
    Support::Object,
    Support::Ceiling,
];
const FLOOR: &[Support] = &[Support::Floor];
const LIFTED: &[Support] = &[Support::Floor, Support::Wall, Support::Object];

const fn sizes(
    long: [f64; 2],
    short: [f64; 2],
    height: [f64; 2],
    supports: &'static [Support],
) -> Sizes {
    Sizes {
        long,
        short,
        height,
        supports,
    }
}

/// By class, in the order of `classify::CLASSES`, the unknown left out.
const SIZES: [Sizes; 11] = [
    // Tables: from a side table to one for ten; bar tables are the highest.
    sizes([0.35, 3.6], [0.3, 1.6], [0.28, 1.12], FLOOR),
    sizes([0.32, 0.85], [0.3, 0.75], [0.4, 1.35], FLOOR),
    sizes([0.65, 3.6], [0.65, 2.4], [0.58, 1.2], FLOOR),
    // Beds: from a cot to the largest double one; bunks are the highest.
    sizes([1.15, 2.4], [0.6, 2.2], [0.25, 2.1], FLOOR),
    sizes([0.3, 4.0], [0.12, 0.8], [0.3, 2.8], LIFTED),
    sizes([0.28, 4.0], [0.14, 0.7], [0.3, 2.8], LIFTED),
    sizes([0.7, 2.6], [0.42, 1.8], [0.62, 1.7], FLOOR),
    sizes([0.1, 1.7], [0.08, 0.9], [0.08, 2.3], ANYWHERE),
    sizes([0.35, 2.3], [0.02, 0.5], [0.22, 1.4], LIFTED),
    sizes([0.26, 1.4], [0.22, 0.9], [0.22, 2.1], LIFTED),
    sizes([0.15, 1.5], [0.15, 1.4], [0.2, 2.5], ANYWHERE),
];

/// Whether something of this size, carried like this, may be of a class.
pub fn allows(class: usize, [long, short, height]: [f64; 3], support: Support) -> bool {
    let within = |[low, high]: [f64; 2], value: f64| {
        value >= low * (1.0 - MARGIN) && value <= high * (1.0 + MARGIN)
    };
    SIZES.get(class).is_none_or(|sizes| {
        within(sizes.long, long)
            && within(sizes.short, short)
            && within(sizes.height, height)
            && sizes.supports.contains(&support)
    })
}

/// Whether something whose main level surface lies so high may be of a class: one climbs into no
/// bed higher than this, but for bunks, and a table is higher than most beds.
pub fn allows_surface(class: usize, surface: f64, height: f64) -> bool {
    class != BED || surface < HIGHEST_BED || height > LOWEST_BUNK
}

/// Whether it may be furniture at all.
pub fn is_possible(object: &Object) -> bool {
    let [long, short, height] = object.size;
    let finite = object
        .size
        .iter()
        .chain(&object.center)
        .all(|v| v.is_finite());
    finite && short > 0.0 && height > 0.0 && long < 6.0 && short < 4.0 && long >= short
}
