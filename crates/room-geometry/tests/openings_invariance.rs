//! The same room scanned in another frame, order or density has the same openings.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::model::{Opening, RoomGeometry};
use room_geometry::testing::Random;
use room_geometry::testing::scene::{Scene, USES};
use room_geometry::{Options, analyze_with, openings};
use room_scan::{Measurements, PointCloud};

/// An opening in the scan's own coordinates: its lower corners and its upper edge.
struct Placed {
    opening: Opening,
    corners: [[f64; 3]; 2],
}

fn measure(cloud: &PointCloud) -> (RoomGeometry, Vec<Opening>) {
    let analysis = analyze_with(cloud, &Measurements::default(), &Options::default()).unwrap();
    let found = openings::find(&analysis.interior, &analysis.geometry);
    (analysis.geometry, found)
}

fn placed(cloud: &PointCloud) -> Vec<Placed> {
    let (room, found) = measure(cloud);
    let at = |opening: &Opening, t: f64| {
        let wall = &room.walls[opening.wall];
        let side = [wall.end[0] - wall.start[0], wall.end[1] - wall.start[1]];
        let part = t / side[0].hypot(side[1]);
        let [x, y] = [0, 1].map(|i| wall.start[i] + part * side[i]);
        [0, 1, 2].map(|i| {
            let frame = &room.frame;
            frame.origin[i]
                + x * frame.axis_x[i]
                + y * frame.axis_y[i]
                + opening.bottom * frame.up[i]
        })
    };
    found
        .iter()
        .map(|opening| Placed {
            corners: [
                at(opening, opening.offset),
                at(opening, opening.offset + opening.width),
            ],
            opening: opening.clone(),
        })
        .collect()
}

fn scan(seed: u64) -> PointCloud {
    Scene::random(USES[(seed % 5) as usize], seed).scan()
}

fn moved(cloud: &PointCloud, place: impl Fn([f64; 3]) -> [f64; 3]) -> PointCloud {
    PointCloud {
        positions: cloud
            .positions
            .iter()
            .map(|p| place(p.map(f64::from)).map(|v| v as f32))
            .collect(),
        ..cloud.clone()
    }
}

fn apart(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
}

/// As sure as this an opening has to be to be found again.
const SURE: f64 = 0.6;

/// What scans of the same rooms gave.
#[derive(Default)]
struct Tally {
    alike: usize,
    others: Vec<String>,
}

impl Tally {
    /// Compares the openings of two scans of a room, of which `place` leads from one to the other:
    /// they are to be the same within their uncertainty.
    fn compare(
        &mut self,
        what: u64,
        before: &[Placed],
        after: &[Placed],
        place: impl Fn([f64; 3]) -> [f64; 3],
    ) {
        let is_other = |one: &Placed, expected: [[f64; 3]; 2], other: &Placed| {
            let allowed = one.opening.uncertainty.hypot(other.opening.uncertainty) + 0.03;
            other.opening.kind == one.opening.kind
                && (0..2).all(|i| apart(other.corners[i], expected[i]) <= allowed)
                && (other.opening.top - one.opening.top).abs() <= allowed
        };
        let pairs = |one: &Placed, other: &Placed| is_other(one, one.corners.map(&place), other);
        let sure = |one: &&Placed| one.opening.confidence >= SURE;
        for one in before.iter().filter(sure) {
            if after.iter().any(|other| pairs(one, other)) {
                self.alike += 1;
            } else {
                self.others.push(format!("{what} lacks {:?}", one.opening));
            }
        }
        for other in after.iter().filter(sure) {
            if !before.iter().any(|one| pairs(one, other)) {
                self.others
                    .push(format!("{what} has besides {:?}", other.opening));
            }
        }
    }

    /// One that is barely found may be lost in another frame, but hardly ever.
    fn assert_alike(&self) {
        assert!(self.alike >= 8, "{} compared", self.alike);
        assert!(self.others.len() <= 1, "{:#?}", self.others);
    }
}

#[test]
fn turned_and_shifted() {
    let (s, c) = 0.7f64.sin_cos();
    let place = |[x, y, z]: [f64; 3]| [c * x - s * y + 31.0, s * x + c * y - 12.0, z + 4.0];
    let mut tally = Tally::default();
    for seed in 0..5 {
        let cloud = scan(seed);
        let after = placed(&moved(&cloud, place));
        tally.compare(seed, &placed(&cloud), &after, place);
    }
    tally.assert_alike();
}

#[test]
fn with_y_upward() {
    let place = |[x, y, z]: [f64; 3]| [x, z, -y];
    let mut tally = Tally::default();
    for seed in 5..10 {
        let cloud = scan(seed);
        let after = placed(&moved(&cloud, place));
        tally.compare(seed, &placed(&cloud), &after, place);
    }
    tally.assert_alike();
}

/// Number of corners and of walls that close the outline by reasoning only.
fn shell(cloud: &PointCloud) -> (usize, usize) {
    let room = measure(cloud).0;
    let open = room.walls.iter().filter(|wall| wall.open).count();
    (room.outline.len(), open)
}

#[test]
fn a_third_of_the_points() {
    let mut compared = 0;
    let mut tally = Tally::default();
    for seed in 10..18 {
        let cloud = scan(seed);
        let third = PointCloud {
            positions: cloud.positions.iter().copied().step_by(3).collect(),
            ..PointCloud::default()
        };
        // Openings are found in walls: where those are others, so are these.
        if shell(&cloud) == shell(&third) {
            compared += 1;
            let after = placed(&third);
            tally.compare(seed, &placed(&cloud), &after, |p| p);
        }
    }
    assert!(compared >= 6, "{compared}");
    tally.assert_alike();
}

#[test]
fn shuffled_is_the_same_bit_by_bit() {
    for seed in 15..18 {
        let mut cloud = scan(seed);
        cloud.colors.clear();
        let before = measure(&cloud).1;
        let mut random = Random(9);
        for i in (1..cloud.positions.len()).rev() {
            let other = (random.bits() % (i as u64 + 1)) as usize;
            cloud.positions.swap(i, other);
        }
        assert_eq!(before, measure(&cloud).1, "scene {seed}");
    }
}
