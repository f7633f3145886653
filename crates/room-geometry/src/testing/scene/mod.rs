//! Furnished rooms with openings, scanned from a walk through them.

mod naive;
mod varied;

use room_scan::PointCloud;

pub use varied::Designs;

use super::furniture::{self, Design, Piece};
use super::openings::Hole;
use super::rays::Face;
use super::{Random, Room};
use crate::model::OpeningKind;
use crate::polygon;
use crate::vector::{Vec3, add, scale};

/// What a room is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Sofa, low table, television.
    Living,
    /// Bed and wardrobe.
    Bedroom,
    /// Table and chairs.
    Dining,
    /// Desk, screen, shelves.
    Office,
    /// Appliances and hanging cabinets.
    Kitchen,
}

/// All uses.
pub const USES: [Use; 5] = [
    Use::Living,
    Use::Bedroom,
    Use::Dining,
    Use::Office,
    Use::Kitchen,
];

/// A room, what is in its walls and what stands in it.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Outline, height, and how it is scanned; its clutter and doorway are not used.
    pub room: Room,
    /// Doors, windows, passages.
    pub holes: Vec<Hole>,
    /// Furniture.
    pub pieces: Vec<Piece>,
    /// Farthest that the scanner sees, meters.
    pub range: f64,
    /// Pieces stand at least so far apart, meters.
    pub apart: f64,
    /// Number of places it looked from.
    pub stops: usize,
    /// Whether points lie evenly on all surfaces, seen or not, instead.
    pub naive: bool,
}

impl Scene {
    /// A bare room.
    pub fn new(room: Room) -> Self {
        Self {
            room,
            holes: Vec::new(),
            pieces: Vec::new(),
            range: 6.0,
            apart: 0.06,
            stops: 14,
            naive: false,
        }
    }

    /// A furnished room with openings, everything from a seed.
    pub fn random(usage: Use, seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9E37) ^ 0x5CE4_E000 ^ usage as u64);
        let (a, b) = (random.between(3.4, 6.5), random.between(3.0, 5.0));
        let height = random.between(2.35, 3.0);
        let mut room = if random.chance(0.3) {
            let notch = [random.between(0.8, 0.4 * a), random.between(0.8, 0.4 * b)];
            Room::l_shape(a, b, notch, height)
        } else {
            Room::rectangle(a, b, height)
        };
        room.seed = seed;
        room.turn = random.between(0.0, 6.2);
        room.shift = [0, 1, 2].map(|_: usize| random.between(-20.0, 20.0));
        room.noise = random.between(0.005, 0.02);
        room.outliers = random.between(0.0, 0.1);
        room.points = (random.between(0.6, 1.4) * 100_000.0) as usize;
        let mut scene = Self::new(room);
        scene.open(&mut random);
        scene.furnish(usage, &mut random);
        scene
    }

    /// One door, one to three windows, now and then a passage.
    fn open(&mut self, random: &mut Random) {
        let mut wanted = vec![OpeningKind::Door];
        for (kind, part) in [
            (OpeningKind::Door, 0.3),
            (OpeningKind::Window, 1.0),
            (OpeningKind::Window, 0.6),
            (OpeningKind::Window, 0.3),
            (OpeningKind::Opening, 0.2),
        ] {
            if random.chance(part) {
                wanted.push(kind);
            }
        }
        for kind in wanted {
            for _ in 0..12 {
                let wall = (random.bits() % self.room.corners.len() as u64) as usize;
                let found = Hole::random(random, kind, &self.room, wall);
                if let Some(hole) = found.filter(|hole| self.is_free_wall(hole)) {
                    self.holes.push(hole);
                    break;
                }
            }
        }
    }

    fn is_free_wall(&self, hole: &Hole) -> bool {
        self.holes.iter().all(|other| {
            other.wall != hole.wall
                || hole.offset > other.offset + other.width + 0.25
                || other.offset > hole.offset + hole.width + 0.25
        })
    }

    fn furnish(&mut self, usage: Use, random: &mut Random) {
        let most = self.room.height - 0.1;
        match usage {
            Use::Living => {
                if let Some(sofa) = self.against_wall(furniture::sofa(random), 0.0, random) {
                    let low = furniture::coffee_table(random);
                    let apart = 0.5 * (sofa.size[1] + low.size[1]) + random.between(0.25, 0.5);
                    self.beside(&sofa, low, [0.0, -apart], 0.0);
                }
                if random.chance(0.6) {
                    let sideboard = self.against_wall(furniture::sideboard(random), 0.0, random);
                    if let Some(below) = sideboard {
                        self.on_top(&below, furniture::screen(random, true, true), 0.0);
                    }
                } else {
                    let lift = random.between(0.9, 1.2);
                    self.against_wall(furniture::screen(random, true, false), lift, random);
                }
                self.against_wall(furniture::shelf(random), 0.0, random);
                self.against_wall(furniture::floor_lamp(random), 0.0, random);
                self.against_wall(furniture::plant(random), 0.0, random);
            }
            Use::Bedroom => {
                let bed = furniture::bed(random);
                self.put_bed(&bed, random);
                self.against_wall(furniture::cabinet(random, most), 0.0, random);
                self.against_wall(furniture::cabinet(random, most), 0.0, random);
                self.against_wall(furniture::floor_lamp(random), 0.0, random);
                if random.chance(0.4) {
                    self.against_wall(furniture::chair(random), 0.0, random);
                }
            }
            Use::Dining => {
                self.dining(random);
                self.against_wall(furniture::cabinet(random, most), 0.0, random);
                self.against_wall(furniture::plant(random), 0.0, random);
                if random.chance(0.5) {
                    self.against_wall(furniture::shelf(random), 0.0, random);
                }
            }
            Use::Office => {
                self.workplace(random);
                if random.chance(0.4) {
                    self.workplace(random);
                }
                self.against_wall(furniture::shelf(random), 0.0, random);
                self.against_wall(furniture::shelf(random), 0.0, random);
                self.against_wall(furniture::plant(random), 0.0, random);
            }
            Use::Kitchen => {
                self.against_wall(furniture::appliance(random), 0.0, random);
                self.against_wall(furniture::appliance(random), 0.0, random);
                self.against_wall(furniture::cabinet(random, most), 0.0, random);
                self.against_wall(furniture::wall_cabinet(random), 1.4, random);
                self.against_wall(furniture::wall_cabinet(random), 1.4, random);
                if random.chance(0.6) {
                    self.dining(random);
                }
            }
        }
        if random.chance(0.5) {
            self.against_wall(furniture::thing(random), 0.0, random);
        }
        if random.chance(0.6) {
            self.hang(random);
        }
    }

    /// A bed with its head at a wall.
    fn put_bed(&mut self, bed: &Design, random: &mut Random) {
        for _ in 0..60 {
            let wall = (random.bits() % self.room.corners.len() as u64) as usize;
            let Some((a, along, length)) = self.room.wall(wall) else {
                continue;
            };
            let spare = length - bed.size[1] - 0.1;
            if spare < 0.0 {
                continue;
            }
            let inward = [-along[1], along[0]];
            let t = 0.05 + 0.5 * bed.size[1] + random.between(0.0, spare);
            let off = 0.5 * bed.size[0] + random.between(0.01, 0.05);
            let at = [0, 1].map(|i| a[i] + along[i] * t + inward[i] * off);
            // The head is at the wall.
            let turn = inward[1].atan2(inward[0]);
            if self.put(bed.clone().placed(at, 0.0, turn)).is_some() {
                return;
            }
        }
    }

    fn dining(&mut self, random: &mut Random) {
        let design = furniture::table(random);
        let turn = if random.chance(0.8) {
            f64::from((random.bits() % 2) as u32) * std::f64::consts::FRAC_PI_2
        } else {
            random.between(0.0, 3.0)
        };
        let Some(table) = self.anywhere(&design, 0.75, turn, random) else {
            return;
        };
        let seats = ((table.size[0] - 0.1) / 0.62).floor().max(1.0);
        for side in [0.0, std::f64::consts::PI] {
            for i in 0..seats as u32 {
                if random.chance(0.15) {
                    continue;
                }
                let chair = furniture::chair(random);
                let pitch = table.size[0] / seats;
                let x = -0.5 * table.size[0] + (f64::from(i) + 0.5) * pitch;
                let gap = random.between(-0.22, 0.25);
                let y = 0.5 * (table.size[1] + chair.size[1]) + gap;
                let sign: f64 = if side > 0.0 { -1.0 } else { 1.0 };
                let wobble = random.normal(0.06);
                let (s, c) = table.turn.sin_cos();
                let at = [
                    table.center[0] + c * x - s * sign * y,
                    table.center[1] + s * x + c * sign * y,
                ];
                let piece = chair.placed(at, 0.0, table.turn + side + wobble);
                if self.fits(&piece, 0.02, Some(&table)) {
                    self.pieces.push(piece);
                }
            }
        }
    }

    fn workplace(&mut self, random: &mut Random) {
        let Some(desk) = self.against_wall(furniture::desk(random), 0.0, random) else {
            return;
        };
        if random.chance(0.85) {
            let back = 0.5 * desk.size[1] - random.between(0.12, 0.25);
            self.on_top(&desk, furniture::screen(random, false, true), back);
        }
        let chair = furniture::chair(random);
        let gap = random.between(-0.15, 0.3);
        let y = 0.5 * (desk.size[1] + chair.size[1]) + gap;
        let (s, c) = desk.turn.sin_cos();
        let at = [desk.center[0] + s * y, desk.center[1] - c * y];
        let turn = desk.turn + std::f64::consts::PI + random.normal(0.3);
        let piece = chair.placed(at, 0.0, turn);
        if self.fits(&piece, 0.02, Some(&desk)) {
            self.pieces.push(piece);
        }
    }

    fn hang(&mut self, random: &mut Random) {
        let lamp = furniture::ceiling_lamp(random);
        let base = self.room.height - lamp.size[2];
        let center = polygon::smallest_rectangle(&self.room.corners)
            .map_or([0.0; 2], |rectangle| rectangle.center());
        let piece = lamp.placed(center, base, 0.0);
        if self.fits(&piece, 0.1, None) {
            self.pieces.push(piece);
        }
    }

    /// At a random place along a wall, its rear to the wall.
    fn against_wall(&mut self, design: Design, base: f64, random: &mut Random) -> Option<Piece> {
        for _ in 0..40 {
            let wall = (random.bits() % self.room.corners.len() as u64) as usize;
            let Some((a, along, length)) = self.room.wall(wall) else {
                continue;
            };
            let spare = length - design.size[0] - 0.1;
            if spare < 0.0 {
                continue;
            }
            let inward = [-along[1], along[0]];
            let t = 0.05 + 0.5 * design.size[0] + random.between(0.0, spare);
            let off = 0.5 * design.size[1] + random.between(0.01, 0.05);
            let at = [0, 1].map(|i| a[i] + along[i] * t + inward[i] * off);
            let turn = along[1].atan2(along[0]) + std::f64::consts::PI;
            let piece = design.clone().placed(at, base, turn);
            if let Some(piece) = self.put(piece) {
                return Some(piece);
            }
        }
        None
    }

    fn anywhere(
        &mut self,
        design: &Design,
        margin: f64,
        turn: f64,
        random: &mut Random,
    ) -> Option<Piece> {
        let rectangle = polygon::smallest_rectangle(&self.room.corners)?;
        for _ in 0..60 {
            let at = rectangle.point([
                random.between(rectangle.along[0], rectangle.along[1]),
                random.between(rectangle.across[0], rectangle.across[1]),
            ]);
            let piece = design.clone().placed(at, 0.0, turn);
            if self.fits(&piece, margin, None) {
                self.pieces.push(piece.clone());
                return Some(piece);
            }
        }
        None
    }

    fn beside(&mut self, other: &Piece, design: Design, [x, y]: [f64; 2], turn: f64) {
        let (s, c) = other.turn.sin_cos();
        let at = [
            other.center[0] + c * x - s * y,
            other.center[1] + s * x + c * y,
        ];
        let piece = design.placed(at, 0.0, other.turn + turn);
        self.put(piece);
    }

    fn on_top(&mut self, below: &Piece, design: Design, back: f64) {
        let (s, c) = below.turn.sin_cos();
        let at = [below.center[0] - s * back, below.center[1] + c * back];
        self.pieces
            .push(design.placed(at, below.span()[1], below.turn));
    }

    fn put(&mut self, piece: Piece) -> Option<Piece> {
        if !self.fits(&piece, 0.0, None) {
            return None;
        }
        self.pieces.push(piece.clone());
        Some(piece)
    }

    /// Whether a piece is inside, meets nothing (but `but`), and stands before no hole.
    fn fits(&self, piece: &Piece, margin: f64, but: Option<&Piece>) -> bool {
        let wide = piece.footprint(margin);
        let inside = wide
            .iter()
            .all(|p| polygon::contains(&self.room.corners, *p));
        let apart = piece.footprint(margin + self.apart);
        let [low, high] = piece.span();
        let free = self.pieces.iter().all(|other| {
            let except = but.is_some_and(|but| but.center == other.center);
            let [bottom, top] = other.span();
            except || top < low || bottom > high || !overlap(&apart, &other.footprint(0.0))
        });
        inside && free && !self.holes.iter().any(|hole| self.blocks(piece, hole))
    }

    fn blocks(&self, piece: &Piece, hole: &Hole) -> bool {
        let Some((a, along, _)) = self.room.wall(hole.wall) else {
            return false;
        };
        let reach = if hole.kind == OpeningKind::Window {
            0.3
        } else {
            0.8
        };
        let inward = [-along[1], along[0]];
        let at = |t: f64, d: f64| [0, 1].map(|i| a[i] + along[i] * t + inward[i] * d);
        let (from, to) = (hole.offset, hole.offset + hole.width);
        let before = [at(from, 0.0), at(to, 0.0), at(to, reach), at(from, reach)];
        piece.span()[1] > hole.bottom
            && piece.span()[0] < hole.top
            && overlap(&piece.footprint(0.0), &before)
    }

    /// A place of the room in scan coordinates, without the scanner's errors.
    pub fn to_scan(&self, p: Vec3) -> Vec3 {
        let (axis_x, axis_y) = self.room.axes();
        let up = crate::vector::unit(self.room.up).unwrap_or([0.0, 0.0, 1.0]);
        let turned = add(
            add(scale(axis_x, p[0]), scale(axis_y, p[1])),
            scale(up, p[2]),
        );
        add(turned, self.room.shift)
    }

    /// The points of the scan.
    pub fn scan(&self) -> PointCloud {
        let mut random = Random(self.room.seed ^ 0x5CA9);
        let groups = self.groups();
        let even = self.naive.then(|| naive::Surfaces::new(self, &groups));
        let eyes = self.eyes(&mut random);
        let sides = self.room.sides();
        let mut cloud = PointCloud::default();
        let mut tries = 0;
        while cloud.positions.len() < self.room.points && tries < 4 * self.room.points {
            tries += 1;
            let (place, color) = if random.chance(self.room.outliers) {
                let reach = sides[0] + 1.0;
                let place = [
                    random.between(-1.0, reach),
                    random.between(-1.0, reach),
                    random.between(-0.7, self.room.height + 0.7),
                ];
                (place, [128; 3])
            } else if let Some(surfaces) = &even {
                match surfaces.point(self, &mut random) {
                    Some(hit) => hit,
                    None => continue,
                }
            } else {
                let eye = eyes[(random.bits() % eyes.len() as u64) as usize];
                match self.look(&groups, eye, &mut random) {
                    Some(hit) => hit,
                    None => continue,
                }
            };
            let noisy = self
                .room
                .bend(place)
                .map(|v| v + random.normal(self.room.noise));
            cloud.positions.push(self.to_scan(noisy).map(|v| v as f32));
            cloud.colors.push(color);
        }
        cloud.given = cloud.positions.len() as u64;
        cloud
    }

    /// Where a ray in a random direction ends.
    fn look(&self, groups: &[Group], eye: Vec3, random: &mut Random) -> Option<(Vec3, [u8; 3])> {
        let turn = random.between(0.0, std::f64::consts::TAU);
        let rise = random.between(-0.95, 0.85);
        let flat = (1.0f64 - rise * rise).sqrt();
        let direction = [flat * turn.cos(), flat * turn.sin(), rise];
        let mut nearest: Option<(f64, [u8; 3])> = None;
        let near = groups.iter().filter(|group| group.may_hit(eye, direction));
        for face in near.flat_map(|group| &group.faces) {
            let Some((reach, [a, b])) = face.hit(eye, direction) else {
                continue;
            };
            if nearest.is_some_and(|(held, _)| held <= reach) {
                continue;
            }
            if let Some(wall) = face.wall {
                let t = a * crate::vector::norm(face.u);
                let h = b * face.v[2];
                if self.is_hole(wall, t, h) {
                    continue;
                }
            }
            if face.passes > 0.0 && random.chance(face.passes) {
                continue;
            }
            nearest = Some((reach, face.color));
        }
        let (reach, color) = nearest.filter(|(reach, _)| *reach < self.range)?;
        Some((add(eye, scale(direction, reach)), color))
    }

    fn is_hole(&self, wall: usize, t: f64, h: f64) -> bool {
        let mut holes = self.holes.iter();
        holes.any(|hole| hole.wall == wall && hole.contains(t, h))
    }

    /// Places on the walk: inside, not in furniture, not at a wall.
    fn eyes(&self, random: &mut Random) -> Vec<Vec3> {
        let mut eyes = Vec::new();
        let Some(rectangle) = polygon::smallest_rectangle(&self.room.corners) else {
            return vec![[1.0, 1.0, 1.4]];
        };
        let mut tries = 0;
        while eyes.len() < self.stops && tries < 2000 {
            tries += 1;
            let [x, y] = rectangle.point([
                random.between(rectangle.along[0], rectangle.along[1]),
                random.between(rectangle.across[0], rectangle.across[1]),
            ]);
            let from_walls = polygon::edges(&self.room.corners).all(|(a, b)| {
                let length = (b[0] - a[0]).hypot(b[1] - a[1]);
                let off = (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
                off.abs() / length > 0.4
            });
            let free = self.pieces.iter().all(|piece| {
                piece.span()[0] > 1.3 || !polygon::contains(&piece.footprint(0.15), [x, y])
            });
            if polygon::contains(&self.room.corners, [x, y]) && from_walls && free {
                eyes.push([x, y, random.between(1.2, 1.65)]);
            }
        }
        if eyes.is_empty() {
            let [x, y] = rectangle.center();
            eyes.push([x, y, 1.6]);
        }
        eyes
    }

    fn groups(&self) -> Vec<Group> {
        let mut faces = Vec::new();
        let [low, high] = [f64::min, f64::max].map(|pick| {
            [0, 1].map(|axis| {
                let mut values = self.room.corners.iter().map(|c| c[axis]);
                let first = values.next().unwrap_or(0.0);
                values.fold(first, pick)
            })
        });
        for (wanted, height, color) in [
            (self.room.floor, 0.0, [140, 100, 60]),
            (self.room.ceiling, self.room.height, [240, 240, 238]),
        ] {
            if wanted {
                let mut face = Face::new(
                    [low[0], low[1], height],
                    [high[0] - low[0], 0.0, 0.0],
                    [0.0, high[1] - low[1], 0.0],
                );
                face.color = color;
                faces.push(face);
            }
        }
        for (index, (a, b)) in polygon::edges(&self.room.corners).enumerate() {
            if self.room.missing_walls.contains(&index) {
                continue;
            }
            let side = [b[0] - a[0], b[1] - a[1], 0.0];
            let mut face = Face::new([a[0], a[1], 0.0], side, [0.0, 0.0, self.room.height]);
            face.wall = Some(index);
            face.color = [225, 222, 214];
            faces.push(face);
        }
        for hole in &self.holes {
            hole.faces(&self.room, &mut faces);
        }
        let shell = Group {
            faces,
            center: [0.0; 3],
            radius: f64::INFINITY,
        };
        let pieces = self.pieces.iter().map(|piece| Group {
            faces: piece.faces.clone(),
            center: piece.center,
            radius: 0.5 * crate::vector::norm(piece.size) + 0.1,
        });
        std::iter::once(shell).chain(pieces).collect()
    }
}

/// Faces in a sphere.
struct Group {
    faces: Vec<Face>,
    center: Vec3,
    radius: f64,
}

impl Group {
    /// Whether a ray, with a direction of length one, meets the sphere.
    fn may_hit(&self, eye: Vec3, direction: Vec3) -> bool {
        let apart = crate::vector::sub(self.center, eye);
        let along = crate::vector::dot(apart, direction);
        let off = crate::vector::dot(apart, apart) - along * along;
        off < self.radius * self.radius && along > -self.radius
    }
}

/// Whether two convex polygons overlap (separating axes).
fn overlap(a: &[[f64; 2]], b: &[[f64; 2]]) -> bool {
    let apart = |a: &[[f64; 2]], b: &[[f64; 2]]| {
        polygon::edges(a).any(|(p, q)| {
            let normal = [q[1] - p[1], p[0] - q[0]];
            b.iter()
                .all(|r| (r[0] - p[0]) * normal[0] + (r[1] - p[1]) * normal[1] >= 0.0)
        })
    };
    !apart(a, b) && !apart(b, a)
}
