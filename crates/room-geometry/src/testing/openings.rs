//! Doors, windows and passages of made-up rooms.

use super::rays::Face;
use super::{Random, Room};
use crate::model::OpeningKind;
use crate::vector::{Vec3, add};

/// What a ray meets in a hole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Filling {
    /// Nothing: it goes on into what lies behind.
    Free,
    /// A leaf, so far behind the wall's face, meters.
    Leaf(f64),
    /// Glass in a frame, so far behind the wall's face, meters.
    Glass(f64),
}

/// A hole in a wall.
#[derive(Debug, Clone, Copy)]
pub struct Hole {
    /// What it is.
    pub kind: OpeningKind,
    /// From corner `wall` to the next.
    pub wall: usize,
    /// From the wall's start to the nearer edge, meters.
    pub offset: f64,
    /// Width, meters.
    pub width: f64,
    /// Lower edge above the floor, meters.
    pub bottom: f64,
    /// Upper edge above the floor, meters.
    pub top: f64,
    /// What is in it.
    pub filling: Filling,
    /// Depth of the reveal, meters.
    pub thickness: f64,
    /// How far what lies behind is away; none: nothing in reach.
    pub behind: Option<f64>,
}

impl Hole {
    /// Whether a place on the wall's face lies in it.
    pub fn contains(&self, t: f64, h: f64) -> bool {
        t > self.offset && t < self.offset + self.width && h > self.bottom && h < self.top
    }

    /// A door, window or passage at random in a wall of the given length.
    pub fn random(
        random: &mut Random,
        kind: OpeningKind,
        room: &Room,
        wall: usize,
    ) -> Option<Self> {
        let length = room.wall(wall)?.2;
        let (width, bottom, top) = match kind {
            OpeningKind::Door => (random.between(0.7, 1.0), 0.0, random.between(1.95, 2.12)),
            OpeningKind::Window => {
                let bottom = random.between(0.4, 1.1);
                let top = random.between(1.9, room.height - 0.15);
                (random.between(0.6, 2.0), bottom, top.min(2.4))
            }
            OpeningKind::Opening => (
                random.between(1.4, 2.4),
                0.0,
                random.between(2.0, room.height - 0.1).min(2.3),
            ),
        };
        let spare = length - width - 0.3;
        if spare < 0.0 || top > room.height - 0.08 || top - bottom < 0.5 {
            return None;
        }
        let filling = match kind {
            OpeningKind::Door if random.chance(0.5) => Filling::Leaf(random.between(0.04, 0.12)),
            OpeningKind::Window => Filling::Glass(random.between(0.04, 0.15)),
            _ => Filling::Free,
        };
        let behind = match kind {
            OpeningKind::Window => random.chance(0.4).then(|| random.between(1.0, 4.0)),
            _ => Some(random.between(1.2, 3.5)),
        };
        Some(Self {
            kind,
            wall,
            offset: 0.15 + random.between(0.0, spare),
            width,
            bottom,
            top,
            filling,
            thickness: random.between(0.14, 0.35),
            behind,
        })
    }

    /// The surfaces that are seen in it and through it.
    pub(super) fn faces(&self, room: &Room, faces: &mut Vec<Face>) {
        let Some((a, along, length)) = room.wall(self.wall) else {
            return;
        };
        let view = View { a, along };
        let depth = match self.filling {
            Filling::Free => self.thickness,
            Filling::Leaf(depth) | Filling::Glass(depth) => depth,
        };
        let (from, to) = (self.offset, self.offset + self.width);
        let inward = view.outward(depth);
        let (wide, tall) = (
            view.sideways(self.width),
            [0.0, 0.0, self.top - self.bottom],
        );
        faces.push(Face::new(view.at(from, 0.0, self.bottom), inward, tall));
        faces.push(Face::new(view.at(to, 0.0, self.bottom), inward, tall));
        faces.push(Face::new(view.at(from, 0.0, self.top), inward, wide));
        faces.push(Face::new(view.at(from, 0.0, self.bottom), inward, wide));
        let start = view.at(from, depth, self.bottom);
        match self.filling {
            Filling::Free => {}
            Filling::Leaf(_) => faces.push(Face::new(start, wide, tall)),
            Filling::Glass(_) => self.glazing(&view, depth, faces),
        }
        if let (Some(behind), false) = (self.behind, matches!(self.filling, Filling::Leaf(_))) {
            let (low, high) = if self.kind == OpeningKind::Window {
                (-1.0, self.top + 2.0)
            } else {
                (0.0, room.height)
            };
            let depths = [self.thickness, self.thickness + behind];
            beyond(&view, [-0.5, length + 0.5], depths, [low, high], faces);
        }
    }

    /// A frame of 6 cm around glass through which nearly every ray passes.
    fn glazing(&self, view: &View, depth: f64, faces: &mut Vec<Face>) {
        const BAR: f64 = 0.06;
        let (from, to) = (self.offset, self.offset + self.width);
        let tall = [0.0, 0.0, self.top - self.bottom];
        let bar = view.sideways(BAR);
        let mut uprights = vec![from, to - BAR];
        if self.width > 1.2 {
            uprights.push(0.5 * (from + to - BAR));
        }
        for t in uprights {
            faces.push(Face::new(view.at(t, depth, self.bottom), bar, tall));
        }
        let wide = view.sideways(self.width);
        for h in [self.bottom, self.top - BAR] {
            faces.push(Face::new(view.at(from, depth, h), wide, [0.0, 0.0, BAR]));
        }
        let mut glass = Face::new(view.at(from, depth + 0.02, self.bottom), wide, tall);
        glass.passes = 0.96;
        faces.push(glass);
    }
}

/// A wall's face as a frame of reference.
struct View {
    a: [f64; 2],
    along: [f64; 2],
}

impl View {
    fn sideways(&self, t: f64) -> Vec3 {
        [self.along[0] * t, self.along[1] * t, 0.0]
    }

    fn outward(&self, depth: f64) -> Vec3 {
        [self.along[1] * depth, -self.along[0] * depth, 0.0]
    }

    fn at(&self, t: f64, depth: f64, h: f64) -> Vec3 {
        let foot = [self.a[0], self.a[1], h];
        add(foot, add(self.sideways(t), self.outward(depth)))
    }
}

/// Floor, ceiling and three walls behind a hole.
fn beyond(
    view: &View,
    [from, to]: [f64; 2],
    [near, far]: [f64; 2],
    [low, high]: [f64; 2],
    faces: &mut Vec<Face>,
) {
    let wide = view.sideways(to - from);
    let deep = view.outward(far - near);
    let tall = [0.0, 0.0, high - low];
    faces.push(Face::new(view.at(from, near, low), wide, deep));
    faces.push(Face::new(view.at(from, near, high), wide, deep));
    faces.push(Face::new(view.at(from, far, low), wide, tall));
    faces.push(Face::new(view.at(from, near, low), deep, tall));
    faces.push(Face::new(view.at(to, near, low), deep, tall));
}
