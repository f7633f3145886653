//! The class of a piece from its features.
//!
//! A forest says how likely a box is a thing of each class, an unknown thing, or no single thing.
//! What furniture of a class never measures takes that class away. Probabilities are then corrected
//! by what came true of them on designs of furniture that the forest had not learned (isotonic
//! regression, Zadrozny and Elkan 2002, "Transforming Classifier Scores into Accurate Multiclass
//! Probability Estimates").

use room_geometry::model::Object;

use crate::features::{FEATURES, SURFACE};
use crate::{forest, priors};

/// The classes, as they stand in results.
pub const CLASSES: [&str; 12] = [
    "table",
    "chair",
    "sofa",
    "bed",
    "cabinet",
    "shelf",
    "desk",
    "lamp",
    "screen",
    "appliance",
    "plant",
    "unknown",
];
/// Classes and the outcome that a box is no thing.
pub const OUTCOMES: usize = CLASSES.len() + 1;
/// A class that is less likely than this is not said.
const LEAST: f64 = 0.4;
/// Nothing is surer than this.
const MOST: f64 = 0.97;
/// That something of no class stands somewhere is never said with more than this: it is no finding
/// but what is left.
const MOST_UNKNOWN: f64 = 0.5;
const UNKNOWN: usize = CLASSES.len() - 1;
const NOTHING: usize = CLASSES.len();

/// What a box is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgment {
    /// Its class.
    pub class: &'static str,
    /// The probability that the box is right and so is its class; of an unknown thing that the box
    /// is one thing, at most a half.
    pub confidence: f64,
    /// The probability that the box is one thing.
    pub thing: f64,
}

impl Judgment {
    /// Whether it has a class.
    pub fn is_known(&self) -> bool {
        self.class != CLASSES[UNKNOWN]
    }
}

/// What the forest says before it is corrected: the likeliest class and its part, and that of the
/// box being one thing.
pub fn raw(features: &[f64; FEATURES], object: &Object) -> (usize, f64, f64) {
    let votes = forest::votes(features);
    let mut best = (UNKNOWN, 0.0);
    for (class, part) in votes.iter().take(UNKNOWN).enumerate() {
        let possible = priors::allows(class, object.size, object.support)
            && priors::allows_surface(class, features[SURFACE], object.size[2]);
        if *part > best.1 && possible {
            best = (class, *part);
        }
    }
    (best.0, best.1, 1.0 - votes[NOTHING])
}

/// What a box is, from its features and its size.
pub fn judge(features: &[f64; FEATURES], object: &Object) -> Judgment {
    let (class, part, thing) = raw(features, object);
    let thing = forest::corrected(forest::Curve::Thing, thing);
    let confidence = forest::corrected(forest::Curve::Class, part)
        .min(thing)
        .min(MOST);
    if class == UNKNOWN || confidence < LEAST {
        return Judgment {
            class: CLASSES[UNKNOWN],
            confidence: thing.min(MOST_UNKNOWN),
            thing,
        };
    }
    Judgment {
        class: CLASSES[class],
        confidence,
        thing,
    }
}

/// How likely a box is one thing, uncorrected.
pub fn thing(features: &[f64; FEATURES]) -> f64 {
    1.0 - forest::votes(features)[NOTHING]
}
