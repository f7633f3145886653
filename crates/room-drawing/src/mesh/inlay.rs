//! What fills the openings: the leaf of a door, the pane of a window.

use room_geometry::model::OpeningKind;

use super::{Mesh, Paint, Subject, lift};
use crate::openings::Hole;
use crate::polygon::along;
use crate::shell::{Shell, Wall};

/// How thick a leaf is drawn, meters.
const LEAF: f64 = 0.04;

/// Adds the leaves of closed doors and the panes of windows; a passage has neither.
pub fn add_all(mesh: &mut Mesh, shell: &Shell) {
    for wall in shell.walls.iter().filter(|wall| !wall.open) {
        for hole in &wall.holes {
            let subject = Subject::Opening(hole.index);
            let number = hole.index + 1;
            let hole = Hole {
                top: hole.top.min(wall.peak()),
                ..*hole
            };
            match hole.kind {
                OpeningKind::Door => {
                    let (name, paint) = (format!("door {number}"), Paint::door());
                    mesh.add_part(name, subject, paint, |mesh| add_leaf(mesh, wall, &hole));
                }
                OpeningKind::Window => {
                    let (name, paint) = (format!("window {number}"), Paint::glass());
                    mesh.add_part(name, subject, paint, |mesh| add_pane(mesh, wall, &hole));
                }
                OpeningKind::Opening => {}
            }
        }
    }
}

fn add_leaf(mesh: &mut Mesh, wall: &Wall, hole: &Hole) {
    let thickness = LEAF.min(wall.thickness.unwrap_or(LEAF));
    let [from, to] = [hole.from, hole.to].map(|run| wall.inner(run));
    let [back_from, back_to] = [from, to].map(|point| along(point, wall.outward, thickness));
    // Counter-clockwise: the wall runs with the room to its left.
    mesh.add_prism(&[from, back_from, back_to, to], [hole.bottom, hole.top]);
}

fn add_pane(mesh: &mut Mesh, wall: &Wall, hole: &Hole) {
    let depth = wall.thickness.unwrap_or(0.0) / 2.0;
    let [from, to] = [hole.from, hole.to].map(|run| wall.behind(run, depth));
    mesh.add_face(&[
        lift(to, hole.bottom),
        lift(from, hole.bottom),
        lift(from, hole.top),
        lift(to, hole.top),
    ]);
}
