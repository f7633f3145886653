//! The furniture of a measured room.
//!
//! [`find`] takes the points that lie on no surface of the room's shell and gives oriented boxes
//! with classes. Each step is a module:
//!
//! 1. `grid`, `clusters`: points to cells, dense cells that touch to clusters (DBSCAN, Ester et
//!    al. 1996, on a grid, with union-find, Tarjan 1975); strays in the air say what is dense;
//! 2. `tree`, `split`: clusters of several things are parted where that makes better things;
//! 3. `fit`: an upright box around each, along the walls where it nearly is anyway, drawn out to
//!    the floor and to the wall that hide the rest of it;
//! 4. `support`: what carries it, and which clusters are fragments of others;
//! 5. `features`, `forest`, `priors`, `classify`: its class from size, height, surfaces and how the
//!    points are distributed, with a probability learned on generated rooms (random forest, Breiman
//!    2001) and corrected on designs left out.
//!
//! The result depends only on the set of the points.

mod classify;
mod clusters;
mod columns;
pub mod features;
mod fit;
mod forest;
mod grain;
mod grid;
mod noise;
mod priors;
mod shape;
mod split;
mod support;
mod tree;

use room_geometry::Interior;
use room_geometry::model::{Object, RoomGeometry, Support};

use columns::Columns;

pub use classify::{CLASSES, Judgment, judge, raw};
pub use features::FEATURES;
pub use forest::BINS;

/// Most objects in a result, the surest ones.
const MOST: usize = 200;
/// A box that is less sure than this to be a thing at all is none.
const LEAST: f64 = 0.35;

/// One without a class than this.
const LEAST_UNKNOWN: f64 = 0.5;
/// And it is no thinner, meters, and no smaller, cubic meters.
const THINNEST: f64 = 0.08;
const SMALLEST: f64 = 0.012;
/// On more floor than this stand several things that touch, square meters: no piece is as large.
const WIDEST: f64 = 5.0;
/// Higher and thinner it is part of the building, meters.
const POST: [f64; 2] = [2.0, 0.3];

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
        .filter(|candidate| priors::is_possible(&candidate.object))
        .filter_map(|candidate| {
            let judgment = classify::judge(&candidate.features, &candidate.object);
            let told = judgment.thing >= LEAST && is_worth(&judgment, &candidate.object);
            told.then(|| Object {
                class: judgment.class.to_owned(),
                confidence: judgment.confidence,
                ..candidate.object
            })
        })
        .collect();
    objects.sort_by(|a, b| volume(b).total_cmp(&volume(a)));
    objects.truncate(MOST);
    objects
}

/// Whether a box is worth telling. One without a class has to be the likelier a thing, and to be
/// furniture by its measures: what is thin is a leaf, a reveal or the end of a wall, what hangs under
/// the ceiling is a beam.
fn is_worth(judgment: &Judgment, object: &Object) -> bool {
    let [long, short, height] = object.size;
    let is_post = height > POST[0] && short < POST[1];
    let stands = object.support != Support::Ceiling;
    judgment.is_known()
        || (judgment.thing >= LEAST_UNKNOWN
            && stands
            && !is_post
            && short >= THINNEST
            && volume(object) >= SMALLEST
            && long * short <= WIDEST)
}

fn volume(object: &Object) -> f64 {
    object.size.iter().product()
}

/// The boxes that may be furniture, in no particular order but always the same.
pub fn candidates(interior: &Interior, geometry: &RoomGeometry) -> Vec<Candidate> {
    let (clusters, cell) = clusters::find(interior, &geometry.outline);
    let columns = Columns::new(&clusters);
    let setting = setting(interior, geometry, &columns, cell);
    let boxed = clusters
        .into_iter()
        .flat_map(|cluster| tree::things(cluster, &setting))
        .collect();
    support::settle(boxed, interior, &setting)
        .iter()
        .map(|piece| candidate(piece, &setting))
        .collect()
}

/// All boxes that were looked at on the way to the candidates, and more: to learn from.
pub fn explored(interior: &Interior, geometry: &RoomGeometry, depth: usize) -> Vec<Candidate> {
    let (clusters, cell) = clusters::find(interior, &geometry.outline);
    let columns = Columns::new(&clusters);
    let setting = setting(interior, geometry, &columns, cell);
    let mut boxes = Vec::new();
    for cluster in clusters {
        tree::all(cluster, &setting, depth, &mut boxes);
    }
    boxes
        .iter()
        .map(|piece| candidate(piece, &setting))
        .collect()
}

fn setting<'a>(
    interior: &Interior,
    geometry: &'a RoomGeometry,
    columns: &'a Columns,
    cell: f64,
) -> tree::Setting<'a> {
    tree::Setting {
        geometry,
        columns,
        noise: noise::of(interior, geometry),
        side: interior.side,
        cell,
    }
}

fn candidate(piece: &fit::Boxed, setting: &tree::Setting) -> Candidate {
    Candidate {
        features: features::of(piece, setting.geometry, setting.side),
        object: piece.object(),
    }
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
