//! Rooms with furniture of many designs, scanned in many ways.

use super::{Scene, USES, Use};
use crate::testing::furniture::{Design, Maker, Piece};
use crate::testing::furniture::{appliances, beds, cabinets, chairs, desks, lamps, plants};
use crate::testing::furniture::{screens, shelves, sofas, tables, things};
use crate::testing::{Random, Room};
use crate::vector::Vec3;

/// Which designs of each list may stand in a room: those whose number, divided by four, leaves a
/// rest that is named. So a classifier meets designs that it has never seen.
#[derive(Debug, Clone, Copy)]
pub struct Designs(pub &'static [usize]);

impl Designs {
    /// All there are.
    pub const ALL: Self = Self(&[0, 1, 2, 3]);

    fn make(self, list: &[Maker], random: &mut Random) -> Design {
        let rest = self.0[(random.bits() % self.0.len() as u64) as usize];
        let of_rest = list.len().saturating_sub(rest).div_ceil(4).max(1);
        let index = rest + 4 * (random.bits() % of_rest as u64) as usize;
        list[index % list.len()](random)
    }
}

/// Puts furniture of some designs into a room.
struct Furnisher {
    scene: Scene,
    designs: Designs,
    random: Random,
    /// Whether furniture is boxes.
    bare: bool,
}

impl Scene {
    /// A room, its furniture and how it was scanned, everything from a seed.
    pub fn varied(seed: u64, designs: Designs) -> Self {
        let mut random = Random(seed.wrapping_mul(0xD1B5_4A32) ^ 0x7A21_ED00);
        let mut scene = Self::new(varied_room(seed, &mut random));
        match random.bits() % 10 {
            0..=2 => scene.naive = true,
            3 => scene.stops = 1 + (random.bits() % 3) as usize,
            4 | 5 => scene.stops = 5,
            _ => {}
        }
        scene.range = random.between(4.0, 8.0);
        if random.chance(0.5) {
            scene.apart = random.between(0.0, 0.05);
        }
        scene.open(&mut random);
        let usage = USES[(random.bits() % 5) as usize];
        let bare = random.chance(if scene.naive { 0.35 } else { 0.08 });
        let mut furnisher = Furnisher {
            scene,
            designs,
            random,
            bare,
        };
        furnisher.furnish(usage);
        furnisher.scene
    }
}

fn varied_room(seed: u64, random: &mut Random) -> Room {
    let (a, b) = (random.between(3.0, 7.5), random.between(2.7, 5.5));
    let height = random.between(2.3, 3.2);
    let mut room = if random.chance(0.25) {
        let notch = [random.between(0.8, 0.4 * a), random.between(0.8, 0.4 * b)];
        Room::l_shape(a, b, notch, height)
    } else {
        Room::rectangle(a, b, height)
    };
    room.seed = seed;
    room.turn = random.between(0.0, 6.2);
    room.shift = [0, 1, 2].map(|_: usize| random.between(-5.0, 5.0));
    room.noise = random.between(0.003, 0.02);
    room.outliers = if random.chance(0.6) {
        random.between(0.0, 0.02)
    } else {
        random.between(0.0, 0.1)
    };
    room.points = (20_000.0 * random.between(0.0, 2.5).exp()) as usize;
    room.ceiling = random.chance(0.85);
    room.bias = random.between(0.0, 0.004);
    room
}

impl Furnisher {
    fn furnish(&mut self, usage: Use) {
        match usage {
            Use::Living => self.living(),
            Use::Bedroom => self.bedroom(),
            Use::Dining => self.dining_room(),
            Use::Office => self.office(),
            Use::Kitchen => self.kitchen(),
        }
        for (list, part) in [
            (things::THINGS, 0.6),
            (things::THINGS, 0.4),
            (plants::PLANTS, 0.35),
            (cabinets::CABINETS, 0.3),
            (shelves::SHELVES, 0.2),
            (things::FIXTURES, 0.5),
            (things::FIXTURES, 0.3),
        ] {
            if self.random.chance(part) {
                self.at_wall(list, 0.0);
            }
        }
        if self.random.chance(0.3) {
            self.free(things::THINGS);
        }
        for _ in 0..2 {
            if self.random.chance(0.5) {
                self.hanging_lamp();
            }
        }
    }

    fn living(&mut self) {
        let sofa = self.at_wall(sofas::SOFAS, 0.0);
        if self.random.chance(0.5) {
            self.free(sofas::SOFAS);
        }
        if let Some(sofa) = sofa {
            let low = self.made(tables::LOW);
            let apart = 0.5 * (sofa.size[1] + low.size[1]) + self.random.between(0.2, 0.5);
            self.scene.beside(&sofa, low, [0.0, -apart], 0.0);
            if self.random.chance(0.5) {
                self.next_to(&sofa, tables::LOW);
            }
        }
        if self.random.chance(0.6) {
            if let Some(board) = self.at_wall(cabinets::LOWBOARDS, 0.0) {
                self.upon(&board, screens::TELEVISIONS, [0.0, 0.0]);
            }
        } else {
            let lift = self.random.between(0.8, 1.3);
            self.at_wall(screens::WALL_SCREENS, lift);
        }
        self.at_wall(shelves::SHELVES, 0.0);
        self.at_wall(lamps::FLOOR_LAMPS, 0.0);
        self.at_wall(plants::PLANTS, 0.0);
    }

    fn bedroom(&mut self) {
        let bed = self.made(beds::BEDS);
        self.scene.put_bed(&bed, &mut self.random);
        if let Some(bed) = self.scene.pieces.last().cloned() {
            for side in [-1.0, 1.0] {
                if self.random.chance(0.6) {
                    self.nightstand(&bed, side);
                }
            }
        }
        self.at_wall(cabinets::CABINETS, 0.0);
        self.at_wall(cabinets::CABINETS, 0.0);
        self.at_wall(lamps::FLOOR_LAMPS, 0.0);
        if self.random.chance(0.4) {
            self.at_wall(chairs::CHAIRS, 0.0);
        }
        if self.random.chance(0.3) {
            self.free(beds::BEDS);
        }
    }

    fn nightstand(&mut self, bed: &Piece, side: f64) {
        let stand = self.made(&cabinets::CABINETS[3..4]);
        let x = -0.5 * bed.size[0] + 0.5 * stand.size[1] + 0.05;
        let y = side * (0.5 * (bed.size[1] + stand.size[0]) + self.random.between(0.02, 0.2));
        let before = self.scene.pieces.len();
        let quarter = -std::f64::consts::FRAC_PI_2;
        self.scene.beside(bed, stand, [x, y], quarter);
        if self.scene.pieces.len() > before && self.random.chance(0.5) {
            let stand = self.scene.pieces[before].clone();
            self.upon(&stand, lamps::TABLE_LAMPS, [0.0, 0.0]);
        }
    }

    fn dining_room(&mut self) {
        self.table_with_chairs();
        self.at_wall(cabinets::CABINETS, 0.0);
        if self.random.chance(0.5)
            && let Some(cabinet) = self.at_wall(cabinets::CABINETS, 0.0)
            && cabinet.span()[1] < 1.2
        {
            let list = if self.random.chance(0.5) {
                plants::SMALL_PLANTS
            } else {
                lamps::TABLE_LAMPS
            };
            self.upon(&cabinet, list, [0.2, 0.0]);
        }
        self.at_wall(plants::PLANTS, 0.0);
        self.at_wall(shelves::SHELVES, 0.0);
    }

    fn office(&mut self) {
        for _ in 0..1 + self.random.bits() % 3 {
            self.workplace();
        }
        self.at_wall(shelves::SHELVES, 0.0);
        if let Some(shelf) = self.at_wall(shelves::SHELVES, 0.0) {
            self.next_to(&shelf, cabinets::CABINETS);
        }
        if self.random.chance(0.4) {
            let lift = self.random.between(0.8, 1.3);
            self.at_wall(screens::WALL_SCREENS, lift);
        }
        self.at_wall(plants::PLANTS, 0.0);
    }

    fn kitchen(&mut self) {
        if let Some(first) = self.at_wall(appliances::APPLIANCES, 0.0) {
            self.next_to(&first, cabinets::CABINETS);
        }
        self.at_wall(appliances::APPLIANCES, 0.0);
        self.at_wall(appliances::APPLIANCES, 0.0);
        if let Some(counter) = self.at_wall(cabinets::CABINETS, 0.0)
            && counter.span()[1] < 1.1
        {
            self.upon(&counter, appliances::SMALL_APPLIANCES, [0.15, 0.0]);
        }
        let lift = self.random.between(1.35, 1.55);
        self.at_wall(cabinets::HANGING, lift);
        self.at_wall(cabinets::HANGING, lift);
        if self.random.chance(0.6) {
            self.table_with_chairs();
        }
    }

    fn made(&mut self, list: &[Maker]) -> Design {
        let design = self.designs.make(list, &mut self.random);
        let most = self.scene.room.height - 0.05;
        let design = if self.bare { design.bare() } else { design };
        design.lower_than(most)
    }

    /// At a wall; now and then with a neighbor, and with things on it.
    fn at_wall(&mut self, list: &[Maker], base: f64) -> Option<Piece> {
        let design = self.made(list);
        let piece = self.scene.against_wall(design, base, &mut self.random)?;
        if base == 0.0 && self.random.chance(0.3) {
            let lists = [
                cabinets::CABINETS,
                shelves::SHELVES,
                desks::DESKS,
                appliances::APPLIANCES,
                things::THINGS,
            ];
            let list = lists[(self.random.bits() % 5) as usize];
            self.next_to(&piece, list);
        }
        if piece.class == "cabinet" && self.random.chance(0.3) {
            self.lay(&piece);
        }
        Some(piece)
    }

    /// Anywhere, turned anyhow.
    fn free(&mut self, list: &[Maker]) -> Option<Piece> {
        let design = self.made(list);
        let turn = self.random.between(0.0, 6.2);
        self.scene.anywhere(&design, 0.15, turn, &mut self.random)
    }

    /// Beside another along the wall, touching it or nearly so.
    fn next_to(&mut self, other: &Piece, list: &[Maker]) {
        let design = self.made(list);
        let gap = self.random.between(0.0, 0.15);
        let x = 0.5 * (other.size[0] + design.size[0]) + gap;
        let y = 0.5 * (other.size[1] - design.size[1]);
        let side = if self.random.chance(0.5) { 1.0 } else { -1.0 };
        let (s, c) = other.turn.sin_cos();
        let at = [
            other.center[0] + c * side * x - s * y,
            other.center[1] + s * side * x + c * y,
        ];
        let piece = design.placed(at, 0.0, other.turn);
        if self.scene.fits(&piece, 0.0, Some(other)) {
            self.scene.pieces.push(piece);
        }
    }

    fn upon(&mut self, below: &Piece, list: &[Maker], [x, y]: [f64; 2]) {
        let design = self.made(list);
        let spare = [0, 1].map(|i| 0.5 * (below.size[i] - design.size[i]));
        if spare.iter().any(|spare| *spare < -0.05) {
            return;
        }
        let place: Vec3 = [
            (x + self.random.between(-0.3, 0.3)) * spare[0].max(0.0),
            y * spare[1].max(0.0),
            0.0,
        ];
        let (s, c) = below.turn.sin_cos();
        let at = [
            below.center[0] + c * place[0] - s * place[1],
            below.center[1] + s * place[0] + c * place[1],
        ];
        let piece = design.placed(at, below.span()[1], below.turn);
        if piece.span()[1] < self.scene.room.height - 0.1 {
            self.scene.pieces.push(piece);
        }
    }

    /// Small things on a table.
    fn lay(&mut self, table: &Piece) {
        for _ in 0..self.random.bits() % 3 {
            let x = self.random.between(-0.9, 0.9);
            let y = self.random.between(-0.9, 0.9);
            self.upon(table, things::SMALL_THINGS, [x, y]);
        }
    }

    fn table_with_chairs(&mut self) {
        let design = self.made(tables::DINING);
        let turn = if self.random.chance(0.6) {
            f64::from((self.random.bits() % 2) as u32) * std::f64::consts::FRAC_PI_2
        } else {
            self.random.between(0.0, 3.0)
        };
        let Some(table) = self.scene.anywhere(&design, 0.6, turn, &mut self.random) else {
            return;
        };
        self.lay(&table);
        let maker_seed = self.random.bits();
        for side in 0..4u32 {
            let (long, deep) = if side % 2 == 0 { (0, 1) } else { (1, 0) };
            if side % 2 == 1 && self.random.chance(0.6) {
                continue;
            }
            let seats = ((table.size[long] - 0.05) / 0.6).floor().max(1.0);
            for i in 0..seats as u32 {
                if self.random.chance(0.2) {
                    continue;
                }
                // All chairs of a table are alike.
                let own = std::mem::replace(&mut self.random, Random(maker_seed));
                let chair = self.made(chairs::CHAIRS);
                self.random = own;
                let pitch = table.size[long] / seats;
                let x = -0.5 * table.size[long] + (f64::from(i) + 0.5) * pitch;
                let gap = self.random.between(-0.25, 0.3);
                let y = 0.5 * (table.size[deep] + chair.size[1]) + gap;
                self.seat(&table, chair, [x, y], side);
            }
        }
    }

    /// A chair before one side of a table, facing it more or less.
    fn seat(&mut self, table: &Piece, chair: Design, [x, y]: [f64; 2], side: u32) {
        let quarter = f64::from(side) * std::f64::consts::FRAC_PI_2;
        let (s, c) = (table.turn + quarter).sin_cos();
        let at = [
            table.center[0] + c * x - s * y,
            table.center[1] + s * x + c * y,
        ];
        let wobble = self.random.normal(0.2);
        let piece = chair.placed(at, 0.0, table.turn + quarter + wobble);
        if self.scene.fits(&piece, 0.0, Some(table)) {
            self.scene.pieces.push(piece);
        }
    }

    fn workplace(&mut self) {
        let desk = if self.random.chance(0.8) {
            self.at_wall(desks::DESKS, 0.0)
        } else {
            self.free(desks::DESKS)
        };
        let Some(desk) = desk else { return };
        let level = desk.span()[1] < 0.8 && desk.size[1] < 1.0;
        if level && self.random.chance(0.75) {
            let [x, y] = [
                self.random.between(-0.4, 0.4),
                self.random.between(0.2, 0.8),
            ];
            self.upon(&desk, screens::MONITORS, [x, y]);
        }
        if level && self.random.chance(0.5) {
            self.lay(&desk);
        }
        let chair = self.made(chairs::CHAIRS);
        let gap = self.random.between(-0.25, 0.3);
        let y = 0.5 * (desk.size[1] + chair.size[1]) + gap;
        self.seat(&desk, chair, [0.0, y], 2);
    }

    fn hanging_lamp(&mut self) {
        let lamp = self.made(lamps::CEILING_LAMPS);
        let base = self.scene.room.height - lamp.size[2];
        for _ in 0..8 {
            let [a, b] = self.scene.room.sides();
            let at = [self.random.between(0.4, a), self.random.between(0.4, b)];
            let turn = f64::from((self.random.bits() % 2) as u32) * std::f64::consts::FRAC_PI_2;
            let piece = lamp.clone().placed(at, base, turn);
            if base > 1.3 && self.scene.fits(&piece, 0.1, None) {
                self.scene.pieces.push(piece);
                return;
            }
        }
    }
}
