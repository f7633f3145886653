//! Which parts of a cluster are things.
//!
//! A cluster is one thing, or can be parted in several ways (`split`). The classifier says how
//! likely each box is one thing; the parting counts under which most points lie in boxes that are.
//! So it is learned what a table with chairs looks like, rather than ruled.

use room_geometry::model::{RoomGeometry, Support};

use crate::clusters::Point;
use crate::columns::Columns;
use crate::fit::{self, Boxed};
use crate::{classify, features, split, support};

/// A box that is so surely one thing is not parted.
const SURE: f64 = 0.93;
/// Parts have to be better than the whole by this factor.
const BETTER: f64 = 1.04;
/// A whole that is less likely one thing is parted further, even if the first step is no better.
const DOUBTFUL: f64 = 0.45;
/// Most steps of parting.
const DEPTH: usize = 7;
/// Of these at most so many that are no better at once.
const BLIND_STEPS: usize = 2;

/// So many ways are looked at one step further, parts that are not as likely one thing as this and
/// have so many points.
const AHEAD: usize = 4;
const PLAIN: f64 = 0.8;
const LEAST_AHEAD: usize = 100;

/// What all boxes of a room have in common.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    pub geometry: &'a RoomGeometry,
    /// What lies below a place.
    pub columns: &'a Columns,
    /// Standard deviation of the points, meters.
    pub noise: f64,
    /// Side of the cubes that the points stand for, meters.
    pub side: f64,
    /// Side of the cells that the clusters were found with, meters.
    pub cell: f64,
}

/// A part with its box, if it has one, and how many of its points are in a right box, probably.
struct Node {
    points: Vec<Point>,
    boxed: Option<Boxed>,
    thing: f64,
}

impl Node {
    fn new(points: Vec<Point>, setting: &Setting) -> Self {
        let boxed = setting.boxed(points.clone());
        let thing = boxed.as_ref().map_or(0.0, |boxed| setting.thing(boxed));
        Self {
            points,
            boxed,
            thing,
        }
    }

    fn score(&self) -> f64 {
        self.thing * self.points.len() as f64
    }
}

impl Setting<'_> {
    /// The box of a part, with what carries it as far as the part alone tells.
    pub fn boxed(&self, points: Vec<Point>) -> Option<Boxed> {
        let mut boxed = fit::around(points, self.geometry, self.noise)?;
        let ceiling = self.geometry.dimensions.height.map(|height| height.value);
        let found = support::alone(&boxed, self.columns, ceiling);
        boxed.support = Some(found);
        if found == Support::Floor {
            boxed.low = 0.0;
        }
        Some(boxed)
    }

    /// How likely a box is one thing.
    pub fn thing(&self, boxed: &Boxed) -> f64 {
        classify::thing(&features::of(boxed, self.geometry, self.side))
    }
}

/// The things of a cluster.
pub fn things(cluster: Vec<Point>, setting: &Setting) -> Vec<Boxed> {
    let node = Node::new(cluster, setting);
    settled(node, setting, DEPTH, BLIND_STEPS).1
}

/// The score of the best parting of a node, and its boxes.
fn settled(node: Node, setting: &Setting, depth: usize, blind: usize) -> (f64, Vec<Boxed>) {
    let own = node.score();
    let whole = |node: Node| (own, node.boxed.into_iter().collect());
    if depth == 0 || node.thing >= SURE {
        return whole(node);
    }
    let mut ways = scored(&node, setting);
    // A step may pay only with the next one: chairs come off a table in rows.
    for (score, nodes) in ways.iter_mut().take(AHEAD) {
        *score = nodes.iter().map(|part| ahead(part, setting)).sum();
    }
    let best = ways.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
    let Some((score, nodes)) = best else {
        return whole(node);
    };
    let is_better = score > BETTER * own;
    if !is_better && (node.thing > DOUBTFUL || blind == 0) {
        return whole(node);
    }
    let blind = if is_better { BLIND_STEPS } else { blind - 1 };
    let mut total = 0.0;
    let mut boxes = Vec::new();
    for part in nodes {
        let (score, found) = settled(part, setting, depth - 1, blind);
        total += score;
        boxes.extend(found);
    }
    if total > BETTER * own {
        (total, boxes)
    } else {
        whole(node)
    }
}

/// All ways to part a node with the scores of their parts, the best first.
fn scored(node: &Node, setting: &Setting) -> Vec<(f64, Vec<Node>)> {
    let mut scored: Vec<(f64, Vec<Node>)> = ways(&node.points, node.boxed.as_ref(), setting)
        .into_iter()
        .map(|parts| {
            let node = |points| Node::new(points, setting);
            let nodes: Vec<Node> = parts.into_iter().map(node).collect();
            (nodes.iter().map(Node::score).sum(), nodes)
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored
}

/// The score of a part, or of its parts if that is more.
fn ahead(part: &Node, setting: &Setting) -> f64 {
    let own = part.score();
    if part.thing >= PLAIN || part.points.len() < LEAST_AHEAD {
        return own;
    }
    let best = scored(part, setting).first().map_or(0.0, |best| best.0);
    own.max(best / BETTER)
}

fn ways(points: &[Point], boxed: Option<&Boxed>, setting: &Setting) -> Vec<Vec<Vec<Point>>> {
    let turn = boxed.map_or(0.0, |boxed| boxed.turn);
    split::ways(points, turn, setting.side, setting.cell)
}

/// All boxes that some parting of a cluster gives, down to so many steps: to learn from.
pub fn all(cluster: Vec<Point>, setting: &Setting, depth: usize, boxes: &mut Vec<Boxed>) {
    let boxed = setting.boxed(cluster.clone());
    if depth > 0 {
        for way in ways(&cluster, boxed.as_ref(), setting) {
            for part in way {
                all(part, setting, depth - 1, boxes);
            }
        }
    }
    boxes.extend(boxed);
}
