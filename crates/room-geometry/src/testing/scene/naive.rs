//! Points evenly on all surfaces, as generators give them that know of no line of sight.

use super::{Group, Scene};
use crate::polygon;
use crate::testing::Random;
use crate::testing::rays::Face;
use crate::vector::{Vec3, add, cross, norm, scale};

/// All faces, with the sum of the areas up to each.
pub struct Surfaces<'a> {
    faces: Vec<&'a Face>,
    sums: Vec<f64>,
}

impl<'a> Surfaces<'a> {
    pub fn new(scene: &Scene, groups: &'a [Group]) -> Self {
        let room = &scene.room;
        let faces: Vec<&Face> = groups
            .iter()
            .flat_map(|group| &group.faces)
            .filter(|face| face.passes <= 0.0 && is_near(face, room.height))
            .collect();
        let mut sum = 0.0;
        let sums = faces
            .iter()
            .map(|face| {
                sum += norm(cross(face.u, face.v));
                sum
            })
            .collect();
        Self { faces, sums }
    }

    /// A point, unless it falls into a hole or outside the outline.
    pub fn point(&self, scene: &Scene, random: &mut Random) -> Option<(Vec3, [u8; 3])> {
        let at = random.between(0.0, self.sums.last().copied()?);
        let index = self.sums.partition_point(|sum| *sum < at);
        let face = self.faces.get(index)?;
        let (a, b) = (random.between(0.0, 1.0), random.between(0.0, 1.0));
        let place = add(face.start, add(scale(face.u, a), scale(face.v, b)));
        if let Some(wall) = face.wall
            && scene.is_hole(wall, a * norm(face.u), b * face.v[2])
        {
            return None;
        }
        let level = face.u[2] == 0.0 && face.v[2] == 0.0;
        let shell = place[2] == 0.0 || place[2] == scene.room.height;
        if level && shell && !polygon::contains(&scene.room.corners, [place[0], place[1]]) {
            return None;
        }
        Some((place, face.color))
    }
}

/// What lies behind windows reaches below the floor: such generators leave it out.
fn is_near(face: &Face, height: f64) -> bool {
    [0.0, face.v[2]]
        .iter()
        .all(|rise| (-0.01..=height + 0.01).contains(&(face.start[2] + rise)))
}
