//! Boxes in generated rooms, and what they truly are.

use room_geometry::testing::Random;
use room_geometry::testing::scene::{Designs, Scene};
use room_geometry::{Interior, Options, analyze_with};
use room_objects::{CLASSES, Candidate, FEATURES, candidates, explored};
use room_scan::Measurements;

use crate::common::{Solid, is_upright, truths};

/// A box.
#[derive(Clone, Copy)]
pub struct Sample {
    pub features: [f64; FEATURES],
    /// Number of its class; one more than there are: it is no single thing. What is to be learned:
    /// a box that is right only in part counts as right in part of the cases.
    pub outcome: usize,
    /// The same by the usual measure, half of both boxes in common.
    pub truth: usize,
    /// The part of the designs that its room was furnished with.
    pub fold: usize,
    /// Whether it is among those that are found, not only looked at.
    pub found: bool,
}

const FOLDS: [Designs; 3] = [Designs(&[0]), Designs(&[1]), Designs(&[2])];
/// Overlaps from which on a box is ever right, and always.
const RIGHT: [f64; 2] = [0.42, 0.8];
/// More boxes that are no thing than this, and than so many for each that is one, teach nothing.
const NOTHINGS: usize = 12;
const FOR_EACH: usize = 1;

/// The boxes of so many rooms.
pub fn collect(rooms: u64) -> Vec<Sample> {
    let mut samples = Vec::new();
    for index in 0..rooms {
        let fold = (index % 3) as usize;
        let scene = Scene::varied(1_000_000 + index, FOLDS[fold]);
        let found = analyze_with(&scene.scan(), &Measurements::default(), &Options::default());
        let Ok(analysis) = found else { continue };
        if !is_upright(&scene, &analysis) {
            continue;
        }
        let geometry = &analysis.geometry;
        let truths = truths(&scene, geometry);
        let mut random = Random(index ^ 0x5EED);
        let found = candidates(&analysis.interior, geometry);
        add(
            &found,
            &truths,
            fold,
            true,
            usize::MAX,
            &mut random,
            &mut samples,
        );
        let looked = explored(&analysis.interior, geometry, 2);
        add(
            &looked,
            &truths,
            fold,
            false,
            NOTHINGS,
            &mut random,
            &mut samples,
        );
        let part = with_holes(&analysis.interior, &mut random);
        let looked = explored(&part, geometry, 1);
        add(
            &looked,
            &truths,
            fold,
            false,
            NOTHINGS,
            &mut random,
            &mut samples,
        );
        if index % 100 == 99 {
            println!("{} rooms, {} boxes", index + 1, samples.len());
        }
    }
    samples
}

fn add(
    found: &[Candidate],
    truths: &[(Solid, &'static str)],
    fold: usize,
    is_found: bool,
    nothings: usize,
    random: &mut Random,
    samples: &mut Vec<Sample>,
) {
    let mut things = Vec::new();
    let mut others = Vec::new();
    for candidate in found {
        let solid = Solid::of(&candidate.object);
        let best = truths
            .iter()
            .map(|(truth, class)| (solid.overlap(truth), *class))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let (overlap, class) = best.unwrap_or((0.0, ""));
        let known = CLASSES.iter().position(|name| *name == class);
        let class = known.unwrap_or(CLASSES.len() - 1);
        let of = |right: bool| if right { class } else { CLASSES.len() };
        let outcome = of(overlap >= random.between(RIGHT[0], RIGHT[1]));
        let sample = Sample {
            features: candidate.features,
            outcome,
            truth: of(overlap >= 0.5),
            fold,
            found: is_found,
        };
        if outcome < CLASSES.len() {
            things.push(sample);
        } else {
            others.push(sample);
        }
    }
    let most = nothings.saturating_add(FOR_EACH.saturating_mul(things.len()));
    // The largest ones are things not parted: what has to be told from furniture above all.
    let size = |sample: &Sample| sample.features[..3].iter().sum::<f64>();
    others.sort_by(|a, b| size(b).total_cmp(&size(a)));
    while others.len() > most {
        let first = most / 2;
        let index = first + (random.bits() % (others.len() - first) as u64) as usize;
        others.swap_remove(index);
    }
    samples.extend(things);
    samples.extend(others);
}

/// The interior without what lies in a few balls: parts that nobody scanned.
fn with_holes(interior: &Interior, random: &mut Random) -> Interior {
    let mut part = interior.clone();
    for _ in 0..3 {
        if part.points.is_empty() {
            break;
        }
        let index = (random.bits() % part.points.len() as u64) as usize;
        let center = part.points[index];
        let radius = random.between(0.2, 0.8);
        part.points.retain(|point| {
            let square: f64 = (0..3)
                .map(|i| f64::from(point[i] - center[i]).powi(2))
                .sum();
            square > radius * radius
        });
    }
    part
}
