//! Which faces of the plan are the room.
//!
//! Faces with floor or ceiling lean inside, empty ones outside, and a boundary is cheap where a
//! wall stands; the minimum cut divides them (the energy over cells of Ochmann et al. 2016, with
//! one room). What is then connected without passing a wall is a room; the largest one counts.

use crate::arrangement::{Arrangement, Edge};
use crate::cut::Network;
use crate::lines::Line;
use crate::plan::{BETWEEN, CEILING, FLOOR, GAP, Plan, UPRIGHT};
use crate::support::Support;

/// What a meter of boundary without a wall costs, in square meters of plan.
const OPEN_BOUNDARY: f64 = 0.4;
/// What a meter of boundary along a wall costs: little, but walls are not free.
const WALL_BOUNDARY: f64 = 0.03;
/// The same between two stretches of one wall line, or where the ceiling ends.
const BRIDGED_BOUNDARY: f64 = 0.15;
/// Furniture is no deeper than this, meters; a room seen through its door is.
const FURNITURE_DEPTH: f64 = 0.9;
/// A gap in a wall line wider than this, where no door was closed, is a way around a thin wall.
const WAY: f64 = 0.6;
/// No door is narrower, meters: behind is a corner beside a cupboard.
const NO_DOOR: f64 = 0.5;
/// No room is smaller, square meters.
const SMALLEST_ROOM: f64 = 0.5;
/// Integer costs for one square meter.
const SCALE: f64 = 10_000.0;

/// The faces of the room, or `None` when nothing is inside.
pub fn room(arrangement: &Arrangement, plan: &Plan, supports: &[Support]) -> Option<Vec<bool>> {
    let evidence = evidence(arrangement, plan);
    let inside = label(arrangement, plan, &evidence, supports);
    let rooms = components(arrangement, &inside, supports);
    let count = rooms.iter().flatten().max()? + 1;
    let mut sizes = vec![0.0; count];
    for (room, evidence) in rooms.iter().zip(&evidence) {
        if let Some(room) = room {
            sizes[*room] += evidence.weight;
        }
    }
    let largest = (0..count).fold(0, |best, room| {
        if sizes[room] > sizes[best] {
            room
        } else {
            best
        }
    });
    let mut chosen: Vec<bool> = rooms.iter().map(|room| *room == Some(largest)).collect();
    absorb(arrangement, &inside, &evidence, supports, &mut chosen);
    for room in (0..count).filter(|room| *room != largest) {
        let own: Vec<usize> = (0..rooms.len())
            .filter(|&i| rooms[i] == Some(room))
            .collect();
        if is_niche(arrangement, supports, &own, &chosen) {
            for face in own {
                chosen[face] = true;
            }
        }
    }
    Some(chosen)
}

/// Adds the faces beside the room that have no floor of their own, but are inside or have the
/// ceiling going on above them: what stands there is furniture, whose front was taken for a wall.
/// The same beside a cupboard, where it is too narrow for a door.
/// And what is too small for a room, behind something that has no door.
fn absorb(
    arrangement: &Arrangement,
    inside: &[bool],
    evidence: &[Evidence],
    supports: &[Support],
    chosen: &mut [bool],
) {
    for _ in 0..3 {
        let found: Vec<usize> = (0..chosen.len())
            .filter(|&face| !chosen[face])
            .filter(|&face| inside[face] || evidence[face].goes_on(arrangement.faces[face].area))
            .filter(|&face| {
                let edges = arrangement.faces[face].edges.iter();
                let beside = |edge: &&Edge| {
                    let other = arrangement.across(face, edge);
                    other.is_some_and(|other| chosen[other])
                };
                let (mut front, mut solid) = (0.0, 0.0);
                for edge in edges.filter(beside) {
                    front += edge.length();
                    solid += edge.length() * coverage(arrangement, edge, supports);
                }
                let area = arrangement.faces[face].area;
                let bare = evidence[face].floor < 0.3 * area;
                let beside_cupboard = front < NO_DOOR && evidence[face].goes_on(area);
                let nook = inside[face] && area < SMALLEST_ROOM && solid > 0.5 * front;
                area < FURNITURE_DEPTH * front && (bare || beside_cupboard || nook)
            })
            .collect();
        for face in found {
            chosen[face] = true;
        }
    }
}

/// Whether faces beside the room are a niche of it: shallow, and open up to the ceiling. Above a
/// door there is a lintel, and what is seen through it reaches further.
fn is_niche(
    arrangement: &Arrangement,
    supports: &[Support],
    own: &[usize],
    chosen: &[bool],
) -> bool {
    let (mut front, mut free, mut area) = (0.0, 0.0, 0.0);
    for &face in own {
        area += arrangement.faces[face].area;
        for edge in &arrangement.faces[face].edges {
            let beside = arrangement
                .across(face, edge)
                .is_some_and(|other| chosen[other]);
            if beside {
                front += edge.length();
                free +=
                    edge.length() * wall_part(arrangement, edge, supports, Support::high_length);
            }
        }
    }
    area < FURNITURE_DEPTH * front && free > 0.6 * front
}

#[derive(Debug, Clone, Copy, Default)]
struct Evidence {
    /// Square meters in favor of inside, less those against.
    lean: f64,
    /// Square meters of floor and ceiling.
    weight: f64,
    /// Square meters of floor, or of ceiling where the scan has no floor.
    floor: f64,
    /// Square meters of ceiling, and of everything, both without walls.
    ceiling: f64,
    clear: f64,
}

impl Evidence {
    /// Whether the ceiling goes on above the face, `area` large.
    fn goes_on(&self, area: f64) -> bool {
        self.clear > 0.3 * area && self.ceiling > 0.6 * self.clear
    }
}

fn evidence(arrangement: &Arrangement, plan: &Plan) -> Vec<Evidence> {
    let has = |flag: u8| plan.cells.iter().any(|cell| cell & flag != 0);
    let both = has(FLOOR) && has(CEILING);
    let ground = if has(FLOOR) { FLOOR } else { CEILING };
    let mut evidence = vec![Evidence::default(); arrangement.faces.len()];
    let cell_area = plan.side * plan.side;
    for (index, cell) in plan.cells.iter().enumerate() {
        let Some(face) = arrangement.locate(plan.center(index)) else {
            continue;
        };
        let levels = (cell & (FLOOR | CEILING)).count_ones();
        if cell & UPRIGHT != 0 {
            evidence[face].lean -= 0.2 * cell_area;
            continue;
        }
        if cell & GAP != 0 && levels == 0 {
            evidence[face].lean += 0.6 * cell_area;
            continue;
        }
        evidence[face].clear += cell_area;
        if cell & CEILING != 0 {
            evidence[face].ceiling += cell_area;
        }
        let lean = match (levels, both) {
            (2, _) | (1, false) => 1.0,
            (1, true) => 0.6,
            _ if cell & BETWEEN != 0 && !both => 0.3,
            _ if cell & BETWEEN != 0 => -0.3,
            _ => -0.8,
        };
        evidence[face].lean += lean * cell_area;
        evidence[face].weight += f64::from(levels) * cell_area;
        if cell & ground != 0 {
            evidence[face].floor += cell_area;
        }
    }
    evidence
}

/// The part of an edge, 0 to 1, along which the ceiling ends and nothing was seen behind: there is
/// a wall, though a cupboard may hide it.
fn ceiling_ends(plan: &Plan, line: &Line, edge: &Edge) -> f64 {
    const STEP: f64 = 0.1;
    let off = 0.1f64.max(1.6 * plan.side);
    let count = (edge.length() / STEP).ceil().clamp(1.0, 400.0) as usize;
    let seen = |p: [f64; 2], sign: f64, flags: u8| {
        let [x, y] = [0, 1].map(|i| p[i] + sign * off * line.normal[i]);
        plan.cell(x, y)
            .is_some_and(|cell| plan.cells[cell] & flags != 0)
    };
    let ends = (0..count).filter(|&i| {
        let part = (i as f64 + 0.5) / count as f64;
        let p = [0, 1].map(|i| edge.start[i] + part * (edge.end[i] - edge.start[i]));
        let any = FLOOR | CEILING | BETWEEN | GAP;
        seen(p, -1.0, CEILING) && !seen(p, 1.0, any) || seen(p, 1.0, CEILING) && !seen(p, -1.0, any)
    });
    ends.count() as f64 / count as f64
}

fn label(
    arrangement: &Arrangement,
    plan: &Plan,
    evidence: &[Evidence],
    supports: &[Support],
) -> Vec<bool> {
    let mut network = Network::new(arrangement.faces.len());
    for (node, evidence) in evidence.iter().enumerate() {
        network.lean(node, (evidence.lean * SCALE) as i64);
    }
    for (node, face) in arrangement.faces.iter().enumerate() {
        for edge in &face.edges {
            if let Some(other) = arrangement.across(node, edge)
                && other > node
            {
                let wall = wall_part(arrangement, edge, supports, Support::wall_length);
                let bridged = wall_part(arrangement, edge, supports, Support::bridged_length)
                    .max(ceiling_ends(plan, &arrangement.lines[edge.line], edge));
                let cost = wall * WALL_BOUNDARY
                    + (bridged - wall).max(0.0) * BRIDGED_BOUNDARY
                    + (1.0 - bridged.max(wall)) * OPEN_BOUNDARY;
                network.tie(node, other, (cost * edge.length() * SCALE) as i64);
            }
        }
    }
    network.inside()
}

/// The part of an edge, 0 to 1, along which a wall stands.
fn wall_part(
    arrangement: &Arrangement,
    edge: &Edge,
    supports: &[Support],
    length: fn(&Support, f64, f64) -> f64,
) -> f64 {
    let (line, support) = (&arrangement.lines[edge.line], supports.get(edge.line));
    let whole = edge.length();
    match support {
        Some(support) if whole > 1e-6 => {
            length(support, line.along(edge.start), line.along(edge.end)) / whole
        }
        _ => 0.0,
    }
}

/// The part of the face above an edge, 0 to 1, on which points lie.
fn coverage(arrangement: &Arrangement, edge: &Edge, supports: &[Support]) -> f64 {
    let line = &arrangement.lines[edge.line];
    supports.get(edge.line).map_or(0.0, |support| {
        support.coverage(line.along(edge.start), line.along(edge.end))
    })
}

/// The number of the room in which each inside face lies: connected without passing a wall.
fn components(
    arrangement: &Arrangement,
    inside: &[bool],
    supports: &[Support],
) -> Vec<Option<usize>> {
    let mut rooms: Vec<Option<usize>> = vec![None; inside.len()];
    let mut count = 0;
    for seed in 0..inside.len() {
        if !inside[seed] || rooms[seed].is_some() {
            continue;
        }
        let mut open = vec![seed];
        rooms[seed] = Some(count);
        while let Some(face) = open.pop() {
            for edge in &arrangement.faces[face].edges {
                let Some(other) = arrangement.across(face, edge) else {
                    continue;
                };
                let wall = wall_part(arrangement, edge, supports, Support::closed_length);
                // Past the end of a thin wall there is a way, however long the wall.
                let way = wall < 0.5 || (1.0 - wall) * edge.length() > WAY;
                if inside[other] && rooms[other].is_none() && way {
                    rooms[other] = Some(count);
                    open.push(other);
                }
            }
        }
        count += 1;
    }
    rooms
}
