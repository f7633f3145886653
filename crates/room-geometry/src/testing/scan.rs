//! From a room to the points of its scan.

use room_scan::PointCloud;

use super::{Clutter, Doorway, Random, Room};
use crate::polygon;
use crate::vector::{Vec3, add, cross, norm, scale, unit};

impl Room {
    /// The points of the scan.
    pub fn scan(&self) -> PointCloud {
        let mut random = Random(self.seed);
        let surfaces = self.displaced(self.surfaces());
        let total: f64 = surfaces.iter().map(Surface::area).sum();
        let (axis_x, axis_y) = self.axes();
        let up = unit(self.up).unwrap_or([0.0, 0.0, 1.0]);
        let sides = self.sides();
        let mut positions = Vec::with_capacity(self.points);
        let mut tries = 0;
        while positions.len() < self.points && tries < 20 * self.points {
            tries += 1;
            let place = if random.chance(self.outliers) {
                let reach = sides[0] + 1.0;
                Some([
                    random.between(-1.0, reach),
                    random.between(-1.0, reach),
                    random.between(-0.7, self.height + 0.7),
                ])
            } else {
                self.sample(&surfaces, total, &mut random)
            };
            let Some(place) = place else { continue };
            let place = self.again(place, &mut random);
            let bent = self.bend(place);
            let [x, y, z] = bent.map(|v| self.scale * v + random.normal(self.noise));
            let p = add(add(scale(axis_x, x), scale(axis_y, y)), scale(up, z));
            positions.push(add(p, self.shift).map(|v| v as f32));
        }
        PointCloud {
            given: positions.len() as u64,
            positions,
            ..PointCloud::default()
        }
    }

    /// Each surface as far off as the scanner puts it.
    fn displaced(&self, mut surfaces: Vec<Surface>) -> Vec<Surface> {
        let mut random = Random(self.seed ^ 0xB1A5);
        for surface in &mut surfaces {
            let off = random.normal(self.bias);
            surface.push = unit(cross(surface.u, surface.v)).map_or([0.0; 3], |n| scale(n, off));
        }
        surfaces
    }

    /// The point, or where the second pass puts it.
    fn again(&self, p: Vec3, random: &mut Random) -> Vec3 {
        match &self.echo {
            Some(echo) if p[0] > echo.from && random.chance(echo.part) => echo.place(p),
            _ => p,
        }
    }

    /// A smooth error of position, as tracking makes it.
    pub(super) fn bend(&self, p: Vec3) -> Vec3 {
        let phase = self.wave[0] + self.wave[1] * p[0] + self.wave[2] * p[1];
        [
            p[0] + self.drift * phase.sin(),
            p[1] + self.drift * (phase * 0.8 + 1.0).cos(),
            p[2] + 0.3 * self.drift * (phase * 0.6).sin(),
        ]
    }

    /// The scan's coordinates of the room's x and y.
    pub(super) fn axes(&self) -> (Vec3, Vec3) {
        let up = unit(self.up).unwrap_or([0.0, 0.0, 1.0]);
        let seed = if up[0].abs() < 0.8 {
            [1.0, 0.0, 0.0]
        } else {
            [0.0, 1.0, 0.0]
        };
        let y = unit(cross(up, seed)).unwrap_or([0.0, 1.0, 0.0]);
        let x = cross(y, up);
        let (s, c) = self.turn.sin_cos();
        let turned_x = add(scale(x, c), scale(y, s));
        (turned_x, cross(up, turned_x))
    }

    fn sample(&self, surfaces: &[Surface], total: f64, random: &mut Random) -> Option<Vec3> {
        let mut left = random.between(0.0, total);
        let surface = surfaces.iter().find(|surface| {
            left -= surface.area();
            left <= 0.0
        })?;
        let p = surface.point(random.between(0.0, 1.0), random.between(0.0, 1.0));
        let level = matches!(surface.kind, Kind::Level);
        if level && !polygon::contains(&self.corners, [p[0], p[1]]) {
            return None;
        }
        let p = self.shaped(surface.kind, p)?;
        let near = |(center, radius): &(Vec3, f64)| {
            (0..3).map(|i| (p[i] - center[i]).powi(2)).sum::<f64>() < radius * radius
        };
        if !matches!(surface.kind, Kind::Beyond) && self.holes.iter().any(near) {
            return None;
        }
        let hidden = if matches!(surface.kind, Kind::Piece) {
            self.is_behind_furniture(p)
        } else if matches!(surface.kind, Kind::Outer) {
            false
        } else {
            self.clutter.iter().any(|piece| piece.hides(p))
        };
        if hidden || self.is_doorway(surface, p) {
            return None;
        }
        if let Kind::Wall(wall) = surface.kind
            && self.is_mirror(wall, p)
        {
            return None;
        }
        if !self.mirrors.is_empty()
            && !matches!(surface.kind, Kind::Beyond)
            && random.chance(0.3)
            && let Some(image) = self
                .mirrors
                .iter()
                .find_map(|mirror| self.mirrored(mirror, p))
        {
            return Some(image);
        }
        if matches!(surface.kind, Kind::Beyond) && !self.seen_through_door(p) {
            return None;
        }
        Some(add(p, surface.push))
    }

    /// The point at the height of a sloped ceiling or a podium, if it is inside the room then.
    fn shaped(&self, kind: Kind, mut p: Vec3) -> Option<Vec3> {
        let [x, y, _] = p;
        let top = self.ceiling_at(x, y);
        match kind {
            Kind::Level => {
                if self.is_column(x, y) {
                    return None;
                }
                let is_ceiling = p[2] > 0.0;
                p[2] = if is_ceiling { top } else { self.floor_at(x, y) };
                Some(p)
            }
            Kind::Wall(_) => {
                (p[2] <= top + 1e-9 && p[2] >= self.floor_at(x, y) - 1e-9).then_some(p)
            }
            Kind::Column => (p[2] <= top).then_some(p),
            Kind::Riser | Kind::Piece | Kind::Beyond | Kind::Outer => Some(p),
        }
    }

    /// Whether a point of a piece of furniture is too close to a wall to be seen.
    fn is_behind_furniture(&self, p: Vec3) -> bool {
        polygon::edges(&self.corners).any(|(a, b)| {
            let length = (b[0] - a[0]).hypot(b[1] - a[1]);
            let along = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
            let (x, y) = (p[0] - a[0], p[1] - a[1]);
            let t = x * along[0] + y * along[1];
            let off = y * along[0] - x * along[1];
            t > -0.1 && t < length + 0.1 && off < 0.08
        })
    }

    fn is_doorway(&self, surface: &Surface, p: Vec3) -> bool {
        let (Kind::Wall(wall), Some(door)) = (&surface.kind, &self.doorway) else {
            return false;
        };
        *wall == door.wall && self.in_door(door, p)
    }

    fn in_door(&self, door: &Doorway, p: Vec3) -> bool {
        let Some((a, along, _)) = self.wall(door.wall) else {
            return false;
        };
        let t = (p[0] - a[0]) * along[0] + (p[1] - a[1]) * along[1];
        t > door.offset && t < door.offset + door.size[0] && p[2] < door.size[1]
    }

    /// Start, direction and length of a wall.
    pub(super) fn wall(&self, index: usize) -> Option<([f64; 2], [f64; 2], f64)> {
        let (a, b) = polygon::edges(&self.corners).nth(index)?;
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        Some((a, [(b[0] - a[0]) / length, (b[1] - a[1]) / length], length))
    }

    /// Whether some place where the phone was sees a point beyond the door.
    fn seen_through_door(&self, p: Vec3) -> bool {
        let Some(door) = &self.doorway else {
            return false;
        };
        let Some((a, along, _)) = self.wall(door.wall) else {
            return false;
        };
        let inward = [-along[1], along[0]];
        let side = |q: [f64; 2]| (q[0] - a[0]) * inward[0] + (q[1] - a[1]) * inward[1];
        [(-1.0, 1.0), (0.0, 1.5), (1.2, 2.0)]
            .iter()
            .any(|(shift, depth)| {
                let t = door.offset + 0.5 * door.size[0] + shift;
                let eye = [0, 1].map(|i| a[i] + along[i] * t + inward[i] * depth);
                let (near, far) = (side(eye), side([p[0], p[1]]));
                let part = near / (near - far);
                let hit = [
                    eye[0] + part * (p[0] - eye[0]),
                    eye[1] + part * (p[1] - eye[1]),
                    1.5 + part * (p[2] - 1.5),
                ];
                self.in_door(door, hit)
            })
    }

    fn surfaces(&self) -> Vec<Surface> {
        let mut surfaces = Vec::new();
        let bound = |pick: fn(f64, f64) -> f64, axis: usize| {
            self.corners
                .iter()
                .map(|c| c[axis])
                .reduce(pick)
                .unwrap_or(0.0)
        };
        let low = [bound(f64::min, 0), bound(f64::min, 1)];
        let high = [bound(f64::max, 0), bound(f64::max, 1)];
        for (wanted, height) in [(self.floor, 0.0), (self.ceiling, self.height)] {
            if wanted {
                surfaces.push(Surface {
                    kind: Kind::Level,
                    start: [low[0], low[1], height],
                    u: [high[0] - low[0], 0.0, 0.0],
                    v: [0.0, high[1] - low[1], 0.0],
                    push: [0.0; 3],
                });
            }
        }
        for (index, (a, b)) in polygon::edges(&self.corners).enumerate() {
            if !self.missing_walls.contains(&index) {
                surfaces.push(upright(Kind::Wall(index), a, b, 0.0, self.height));
            }
        }
        for piece in &self.clutter {
            piece.surfaces(&mut surfaces);
        }
        if let Some(door) = &self.doorway {
            self.beyond(door, &mut surfaces);
        }
        self.free_standing(&mut surfaces);
        surfaces
    }

    /// Columns, the sides of podiums, and the outer faces of walls.
    fn free_standing(&self, surfaces: &mut Vec<Surface>) {
        for column in &self.columns {
            for (a, b) in polygon::edges(column) {
                surfaces.push(upright(Kind::Column, a, b, 0.0, self.height));
            }
        }
        for podium in &self.podiums {
            for (a, b) in polygon::edges(&podium.outline) {
                let inside = |p: [f64; 2]| {
                    let middle = [0, 1].map(|i| 0.5 * (a[i] + b[i]));
                    let out = [0, 1].map(|i| middle[i] + 0.05 * p[i]);
                    polygon::contains(&self.corners, out)
                };
                let length = (b[0] - a[0]).hypot(b[1] - a[1]);
                if inside([(b[1] - a[1]) / length, (a[0] - b[0]) / length]) {
                    surfaces.push(upright(Kind::Riser, a, b, 0.0, podium.height));
                }
            }
        }
        for &(wall, thickness) in &self.outer_faces {
            let Some((a, along, length)) = self.wall(wall) else {
                continue;
            };
            let at = |t: f64| {
                [
                    a[0] + along[0] * t + along[1] * thickness,
                    a[1] + along[1] * t - along[0] * thickness,
                ]
            };
            surfaces.push(upright(
                Kind::Outer,
                at(0.0),
                at(0.7 * length),
                0.0,
                self.height,
            ));
        }
    }

    /// The room behind the door: as wide as the wall, floor, ceiling, three walls.
    fn beyond(&self, door: &Doorway, surfaces: &mut Vec<Surface>) {
        let Some((a, along, length)) = self.wall(door.wall) else {
            return;
        };
        let outward = [along[1], -along[0]];
        let at = |t: f64, depth: f64| [0, 1].map(|i| a[i] + along[i] * t + outward[i] * depth);
        let thickness = 0.12;
        let (near, far) = (thickness, thickness + door.depth);
        for height in [0.0, self.height] {
            let start = at(0.0, near);
            surfaces.push(Surface {
                kind: Kind::Beyond,
                start: [start[0], start[1], height],
                u: [along[0] * length, along[1] * length, 0.0],
                v: [outward[0] * door.depth, outward[1] * door.depth, 0.0],
                push: [0.0; 3],
            });
        }
        for (from, to) in [
            (at(0.0, near), at(0.0, far)),
            (at(0.0, far), at(length, far)),
            (at(length, far), at(length, near)),
        ] {
            surfaces.push(upright(Kind::Beyond, from, to, 0.0, self.height));
        }
    }
}

impl Clutter {
    pub(super) fn world(&self, p: [f64; 2]) -> [f64; 2] {
        let (s, c) = self.turn.sin_cos();
        [
            self.center[0] + c * p[0] - s * p[1],
            self.center[1] + s * p[0] + c * p[1],
        ]
    }

    /// Whether the piece stands on a point or so close to it that nothing sees it.
    fn hides(&self, p: Vec3) -> bool {
        const GAP: f64 = 0.08;
        let (s, c) = self.turn.sin_cos();
        let (x, y) = (p[0] - self.center[0], p[1] - self.center[1]);
        let (u, v) = (c * x + s * y, c * y - s * x);
        u.abs() < 0.5 * self.size[0] + 0.01
            && v.abs() < 0.5 * self.size[1] + GAP
            && p[2] < self.size[2]
    }

    fn surfaces(&self, surfaces: &mut Vec<Surface>) {
        let [l, w, h] = self.size;
        let corners = [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]
            .map(|[a, b]| self.world([a * l, b * w]));
        for (a, b) in polygon::edges(&corners) {
            surfaces.push(upright(Kind::Piece, a, b, 0.0, h));
        }
        surfaces.push(Surface {
            kind: Kind::Piece,
            start: [corners[0][0], corners[0][1], h],
            u: [
                corners[1][0] - corners[0][0],
                corners[1][1] - corners[0][1],
                0.0,
            ],
            v: [
                corners[3][0] - corners[0][0],
                corners[3][1] - corners[0][1],
                0.0,
            ],
            push: [0.0; 3],
        });
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Level,
    Wall(usize),
    Piece,
    Beyond,
    Column,
    Riser,
    Outer,
}

/// A parallelogram.
#[derive(Debug, Clone)]
struct Surface {
    kind: Kind,
    start: Vec3,
    u: Vec3,
    v: Vec3,
    /// How far the scanner puts it off.
    push: Vec3,
}

impl Surface {
    fn area(&self) -> f64 {
        norm(cross(self.u, self.v))
    }

    fn point(&self, a: f64, b: f64) -> Vec3 {
        add(self.start, add(scale(self.u, a), scale(self.v, b)))
    }
}

fn upright(kind: Kind, a: [f64; 2], b: [f64; 2], low: f64, high: f64) -> Surface {
    Surface {
        kind,
        start: [a[0], a[1], low],
        u: [b[0] - a[0], b[1] - a[1], 0.0],
        v: [0.0, 0.0, high - low],
        push: [0.0; 3],
    }
}
