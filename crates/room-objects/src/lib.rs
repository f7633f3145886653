//! The furniture of a measured room.
//!
//! [`find`] takes the points that lie on no surface of the room's shell and gives oriented boxes
//! with classes. Each step is a module:
//!
//! 1. `grid`, `clusters`: points to cells, dense cells that touch to clusters (DBSCAN, Ester et
//!    al. 1996, on a grid, with union-find, Tarjan 1975);
//! 2. `split`: what stands on a table or a sideboard becomes a cluster of its own;
//! 3. `fit`: an upright box around each, along the walls where it nearly is anyway, drawn out to
//!    the floor and to the wall that hide the rest of it;
//! 4. `support`: what carries it, and which clusters are fragments of others;
//! 5. `features`, `classify`: its class from size, height, horizontal surfaces and how the points
//!    are distributed, with a probability learned on generated rooms (softmax regression, Cox
//!    1966).
//!
//! The result depends only on the set of the points.

mod classify;
mod clusters;
pub mod features;
mod fit;
mod grid;
mod noise;
mod split;
mod support;
mod weights;

use room_geometry::Interior;
use room_geometry::model::{Object, RoomGeometry, Support};

pub use classify::CLASSES;
pub use features::FEATURES;

/// Most objects in a result, the surest ones.
const MOST: usize = 200;
/// A box that is less sure than this to be a thing at all is none.
const LEAST: f64 = 0.35;

/// A cluster with its box and what is known of it, before it has a class.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Center, size, turn and support; class and confidence are not set yet.
    pub object: Object,
    /// What its class follows from.
    pub features: [f64; FEATURES],
}

/// Finds the furniture, the largest first.
pub fn find(interior: &Interior, geometry: &RoomGeometry) -> Vec<Object> {
    let mut objects: Vec<Object> = candidates(interior, geometry)
        .into_iter()
        .filter_map(|candidate| {
            let (class, confidence, thing) = classify::class(&candidate.features);
            (thing >= LEAST).then(|| Object {
                class: class.to_owned(),
                confidence,
                ..candidate.object
            })
        })
        .collect();
    objects.sort_by(|a, b| volume(b).total_cmp(&volume(a)));
    objects.truncate(MOST);
    objects
}

fn volume(object: &Object) -> f64 {
    object.size.iter().product()
}

/// The boxes that may be furniture, in no particular order but always the same.
pub fn candidates(interior: &Interior, geometry: &RoomGeometry) -> Vec<Candidate> {
    let noise = noise::of(interior, geometry);
    let pieces: Vec<Vec<[f32; 3]>> = clusters::find(interior)
        .into_iter()
        .flat_map(|cluster| split::parts(cluster, interior.side))
        .collect();
    let boxed: Vec<fit::Boxed> = pieces
        .into_iter()
        .filter_map(|points| fit::around(points, geometry, noise))
        .collect();
    support::settle(boxed, interior, geometry, noise)
        .into_iter()
        .map(|piece| Candidate {
            features: features::of(&piece, geometry, interior.side),
            object: piece.object(),
        })
        .collect()
}

impl fit::Boxed {
    fn object(&self) -> Object {
        let support = self.support.unwrap_or(Support::Floor);
        let [u, v] = [self.along, self.across].map(|[from, to]| (0.5 * (from + to), to - from));
        let (sine, cosine) = self.turn.sin_cos();
        let center = [
            u.0 * cosine - v.0 * sine,
            u.0 * sine + v.0 * cosine,
            0.5 * (self.low + self.high),
        ];
        let (size, turn) = if u.1 >= v.1 {
            ([u.1, v.1], self.turn)
        } else {
            ([v.1, u.1], self.turn + std::f64::consts::FRAC_PI_2)
        };
        let degrees = turn.to_degrees().rem_euclid(180.0);
        Object {
            class: String::new(),
            center,
            size: [size[0], size[1], self.high - self.low],
            rotation: degrees,
            confidence: 0.0,
            support,
        }
    }
}
