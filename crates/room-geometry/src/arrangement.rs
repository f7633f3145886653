//! The plan cut into faces by the wall lines.
//!
//! Every line cuts through the whole plan, so a face is convex and is known by the side of each
//! line on which it lies: one bit a line. The neighbor across an edge differs in one bit.

use std::collections::BTreeMap;

use crate::lines::Line;

/// Where two lines meet: their numbers, the smaller first.
pub type Corner = (usize, usize);

/// A convex face.
#[derive(Debug, Clone)]
pub struct Face {
    /// Bit `i` is set on the positive side of line `i`.
    pub key: u64,
    /// The edges, counter-clockwise.
    pub edges: Vec<Edge>,
    pub area: f64,
}

/// One edge of a face.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// Number of the line it lies on.
    pub line: usize,
    /// The corner at which it starts.
    pub from: Corner,
    /// The corner at which it ends: where the next edge starts.
    pub to: Corner,
    pub start: [f64; 2],
    pub end: [f64; 2],
}

impl Edge {
    pub fn length(&self) -> f64 {
        (self.end[0] - self.start[0]).hypot(self.end[1] - self.start[1])
    }
}

/// All faces inside a frame.
#[derive(Debug, Clone)]
pub struct Arrangement {
    /// The cutting lines and, behind them, the four lines of the frame.
    pub lines: Vec<Line>,
    /// How many of the lines cut.
    pub cuts: usize,
    pub faces: Vec<Face>,
    by_key: BTreeMap<u64, usize>,
}

impl Arrangement {
    /// Cuts the frame, four lines in counter-clockwise order with normals outward, by `cuts`
    /// (64 at most).
    pub fn new(cuts: &[Line], frame: [Line; 4]) -> Self {
        let cuts = &cuts[..cuts.len().min(64)];
        let mut lines = cuts.to_vec();
        lines.extend(frame);
        let base = cuts.len();
        let mut faces = vec![frame_face(&lines, base)];
        for line in 0..base {
            let mut next = Vec::with_capacity(faces.len() + faces.len() / 2);
            for face in faces {
                split(face, line, &lines, &mut next);
            }
            faces = next;
        }
        for face in &mut faces {
            face.area = area(&face.edges);
        }
        let by_key = faces
            .iter()
            .enumerate()
            .map(|(index, face)| (face.key, index))
            .collect();
        Self {
            lines,
            cuts: base,
            faces,
            by_key,
        }
    }

    /// The face that holds a point of the plan.
    pub fn locate(&self, p: [f64; 2]) -> Option<usize> {
        let mut key = 0;
        for (bit, line) in self.lines[..self.cuts].iter().enumerate() {
            if line.distance(p) >= 0.0 {
                key |= 1 << bit;
            }
        }
        let outside = self.lines[self.cuts..]
            .iter()
            .any(|line| line.distance(p) > 0.0);
        if outside {
            return None;
        }
        self.by_key.get(&key).copied()
    }

    /// The face on the other side of an edge.
    pub fn across(&self, face: usize, edge: &Edge) -> Option<usize> {
        if edge.line >= self.cuts {
            return None;
        }
        let key = self.faces[face].key ^ (1 << edge.line);
        self.by_key.get(&key).copied()
    }
}

fn corner(a: usize, b: usize) -> Corner {
    (a.min(b), a.max(b))
}

fn frame_face(lines: &[Line], base: usize) -> Face {
    let at = |i: usize| {
        let (a, b) = (base + (i + 3) % 4, base + i % 4);
        (corner(a, b), lines[a].meet(&lines[b]).unwrap_or_default())
    };
    let edges = (0..4)
        .map(|i| Edge {
            line: base + i,
            from: at(i).0,
            to: at(i + 1).0,
            start: at(i).1,
            end: at(i + 1).1,
        })
        .collect();
    Face {
        key: 0,
        edges,
        area: 0.0,
    }
}

/// Puts the parts of `face` on both sides of a line into `out`.
fn split(mut face: Face, line: usize, lines: &[Line], out: &mut Vec<Face>) {
    let cut = &lines[line];
    let side = |p: [f64; 2]| cut.distance(p) >= 0.0;
    let signs: Vec<bool> = face.edges.iter().map(|edge| side(edge.start)).collect();
    let positives = signs.iter().filter(|sign| **sign).count();
    if positives == 0 {
        out.push(face);
        return;
    }
    if positives == signs.len() {
        face.key |= 1 << line;
        out.push(face);
        return;
    }
    for keep in [false, true] {
        let edges = clip(&face, &signs, keep, line, lines);
        if edges.len() >= 3 {
            out.push(Face {
                key: face.key | (u64::from(keep) << line),
                edges,
                area: 0.0,
            });
        }
    }
}

/// The part of a face on one side of a line (Sutherland and Hodgman 1974).
fn clip(face: &Face, signs: &[bool], keep: bool, line: usize, lines: &[Line]) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::with_capacity(face.edges.len() + 1);
    let count = face.edges.len();
    for (i, edge) in face.edges.iter().enumerate() {
        let (here, there) = (signs[i] == keep, signs[(i + 1) % count] == keep);
        let crossing = crossing(edge, line, lines);
        match (here, there) {
            (true, true) => edges.push(*edge),
            (true, false) => {
                edges.push(Edge {
                    end: crossing,
                    ..*edge
                });
                edges.push(Edge {
                    line,
                    from: corner(edge.line, line),
                    to: corner(edge.line, line),
                    start: crossing,
                    end: crossing,
                });
            }
            (false, true) => edges.push(Edge {
                from: corner(edge.line, line),
                start: crossing,
                ..*edge
            }),
            (false, false) => {}
        }
    }
    // The new edge ends where the next one starts.
    for i in 0..edges.len() {
        let next = edges[(i + 1) % edges.len()];
        edges[i].to = next.from;
        edges[i].end = next.start;
    }
    edges
}

fn crossing(edge: &Edge, line: usize, lines: &[Line]) -> [f64; 2] {
    let (a, b) = (edge.line.min(line), edge.line.max(line));
    if let Some(point) = lines[a].meet(&lines[b]) {
        return point;
    }
    let (from, to) = (
        lines[line].distance(edge.start),
        lines[line].distance(edge.end),
    );
    let part = if from == to { 0.5 } else { from / (from - to) };
    [0, 1].map(|i| edge.start[i] + part.clamp(0.0, 1.0) * (edge.end[i] - edge.start[i]))
}

/// The area inside a ring of edges, positive when counter-clockwise.
fn area(edges: &[Edge]) -> f64 {
    let twice: f64 = edges
        .iter()
        .map(|edge| edge.start[0] * edge.end[1] - edge.start[1] * edge.end[0])
        .sum();
    0.5 * twice
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(normal: [f64; 2], offset: f64) -> Line {
        Line {
            normal,
            offset,
            seen: true,
        }
    }

    fn unit_frame() -> [Line; 4] {
        [
            line([0.0, -1.0], 0.0),
            line([1.0, 0.0], 1.0),
            line([0.0, 1.0], 1.0),
            line([-1.0, 0.0], 0.0),
        ]
    }

    #[test]
    fn a_cross_makes_four_faces_that_know_each_other() {
        let cuts = [line([1.0, 0.0], 0.25), line([0.0, 1.0], 0.5)];
        let plan = Arrangement::new(&cuts, unit_frame());
        assert_eq!(plan.faces.len(), 4);
        let total: f64 = plan.faces.iter().map(|face| face.area).sum();
        assert!((total - 1.0).abs() < 1e-12);
        let first = plan.locate([0.1, 0.1]).unwrap();
        let second = plan.locate([0.9, 0.1]).unwrap();
        let shared = plan.faces[first].edges.iter().find(|edge| edge.line == 0);
        assert_eq!(plan.across(first, shared.unwrap()), Some(second));
        assert_eq!(plan.locate([2.0, 0.1]), None);
    }

    #[test]
    fn many_lines_through_one_point_keep_the_area() {
        let cuts: Vec<Line> = (0..12)
            .map(|i| {
                let angle = f64::from(i) * 0.26;
                let normal = [angle.cos(), angle.sin()];
                line(normal, 0.5 * normal[0] + 0.5 * normal[1])
            })
            .collect();
        let plan = Arrangement::new(&cuts, unit_frame());
        let total: f64 = plan.faces.iter().map(|face| face.area).sum();
        assert!((total - 1.0).abs() < 1e-9);
    }
}
