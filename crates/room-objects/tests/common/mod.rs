//! Truth and results side by side.
#![allow(dead_code, clippy::unwrap_used, reason = "shared by tests")]

pub mod tally;

use room_geometry::model::{Object, RoomGeometry};
use room_geometry::testing::furniture::Piece;
use room_geometry::testing::scene::{Scene, USES};
use room_geometry::{Analysis, Options, analyze_with};
use room_scan::Measurements;

/// The scene of a seed, and what the shell's analysis makes of it.
pub fn scene(seed: u64) -> Option<(Scene, Analysis)> {
    let scene = Scene::random(USES[(seed % 5) as usize], seed);
    let scan = scene.scan();
    let analysis = analyze_with(&scan, &Measurements::default(), &Options::default()).ok()?;
    Some((scene, analysis))
}

/// Whether the analysis found which way is up.
pub fn is_upright(scene: &Scene, analysis: &Analysis) -> bool {
    let (base, above) = (scene.to_scan([0.0; 3]), scene.to_scan([0.0, 0.0, 1.0]));
    let up = analysis.geometry.frame.up;
    (0..3).map(|i| (above[i] - base[i]) * up[i]).sum::<f64>() > 0.9
}

/// A box: footprint and span of heights.
#[derive(Debug, Clone)]
pub struct Solid {
    pub corners: [[f64; 2]; 4],
    pub span: [f64; 2],
}

impl Solid {
    pub fn of_truth(scene: &Scene, piece: &Piece, geometry: &RoomGeometry) -> Self {
        let frame = &geometry.frame;
        let [low, high] = piece.span();
        let place = |p: [f64; 2], h: f64| {
            let q = scene.to_scan([p[0], p[1], h]);
            let d = [0, 1, 2].map(|i| q[i] - frame.origin[i]);
            let dot = |axis: [f64; 3]| (0..3).map(|i| d[i] * axis[i]).sum::<f64>();
            [frame.axis_x, frame.axis_y, frame.up].map(dot)
        };
        let corners = piece.footprint(0.0).map(|p| {
            let [x, y, _] = place(p, low);
            [x, y]
        });
        let bottom = place([piece.center[0], piece.center[1]], low)[2];
        Self {
            corners,
            span: [bottom, bottom + high - low],
        }
    }

    pub fn of(object: &Object) -> Self {
        let (s, c) = object.rotation.to_radians().sin_cos();
        let [x, y, h] = object.center;
        let [l, w, tall] = object.size.map(|v| 0.5 * v);
        let corners = [[-l, -w], [l, -w], [l, w], [-l, w]]
            .map(|[u, v]| [x + c * u - s * v, y + s * u + c * v]);
        Self {
            corners,
            span: [h - tall, h + tall],
        }
    }

    fn volume(&self) -> f64 {
        area(&self.corners) * (self.span[1] - self.span[0])
    }

    pub fn overlap(&self, other: &Self) -> f64 {
        let tall = self.span[1].min(other.span[1]) - self.span[0].max(other.span[0]);
        if tall <= 0.0 {
            return 0.0;
        }
        let both = area(&clip(&self.corners, &other.corners)) * tall;
        both / (self.volume() + other.volume() - both)
    }
}

fn area(corners: &[[f64; 2]]) -> f64 {
    let next = corners.iter().skip(1).chain(corners.first());
    0.5 * corners
        .iter()
        .zip(next)
        .map(|(a, b)| a[0] * b[1] - a[1] * b[0])
        .sum::<f64>()
}

/// A convex polygon cut to another (Sutherland and Hodgman 1974).
fn clip(polygon: &[[f64; 2]], by: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut kept = polygon.to_vec();
    for i in 0..by.len() {
        let (a, b) = (by[i], by[(i + 1) % by.len()]);
        let side = |p: [f64; 2]| (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
        let whole = std::mem::take(&mut kept);
        for j in 0..whole.len() {
            let (p, q) = (whole[j], whole[(j + 1) % whole.len()]);
            let (s, t) = (side(p), side(q));
            if s >= 0.0 {
                kept.push(p);
            }
            if s * t < 0.0 {
                let part = s / (s - t);
                kept.push([p[0] + part * (q[0] - p[0]), p[1] + part * (q[1] - p[1])]);
            }
        }
    }
    kept
}

/// All pieces with their classes.
pub fn truths(scene: &Scene, geometry: &RoomGeometry) -> Vec<(Solid, &'static str)> {
    let of = |piece: &Piece| (Solid::of_truth(scene, piece, geometry), piece.class);
    scene.pieces.iter().map(of).collect()
}

/// For each box the piece that it is, greedily by overlap.
pub fn matches(solids: &[Solid], truths: &[Solid], least: f64) -> Vec<Option<usize>> {
    let mut pairs = Vec::new();
    for (i, solid) in solids.iter().enumerate() {
        for (j, truth) in truths.iter().enumerate() {
            let overlap = solid.overlap(truth);
            if overlap >= least {
                pairs.push((overlap, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut matched = vec![None; solids.len()];
    let mut taken = vec![false; truths.len()];
    for (_, i, j) in pairs {
        if matched[i].is_none() && !taken[j] {
            matched[i] = Some(j);
            taken[j] = true;
        }
    }
    matched
}
