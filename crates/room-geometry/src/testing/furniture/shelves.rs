//! Shelves.

use super::{Design, Maker, legs};
use crate::testing::Random;

/// Shelves.
pub const SHELVES: &[Maker] = &[
    super::shelf,
    book_shelf,
    rack,
    cubes,
    low_shelf,
    narrow_shelf,
    stocked,
    deep_rack,
];

/// What a shelf is built from: sides, boards, what stands on them.
struct Shelving {
    size: [f64; 3],
    thick: f64,
    step: f64,
    rear: bool,
    filled: f64,
    posts: bool,
}

impl Shelving {
    fn built(&self, random: &mut Random) -> Design {
        let [l, w, h] = self.size;
        let (a, b) = (0.5 * l, 0.5 * w);
        let mut design = Design::new("shelf", self.size);
        if self.posts {
            design = legs(design, [l, w], h);
        } else {
            design = design
                .with([-a, -b, 0.0], [-a + self.thick, b, h])
                .with([a - self.thick, -b, 0.0], [a, b, h]);
        }
        if self.rear {
            design = design.with([-a, b - 0.01, 0.0], [a, b, h]);
        }
        let boards = (h / self.step).round().max(1.0);
        let clear = if self.posts { 0.12 } else { 0.03 };
        let rise = (h - clear) / boards;
        for i in 0..=boards as u32 {
            let at = clear + f64::from(i) * rise;
            design = design.with([-a, -b, at - self.thick], [a, b, at]);
            if f64::from(i) < boards {
                design = self.stocked(design, at, rise, random);
            }
        }
        design
    }

    /// Things on a board, from one side to the other.
    fn stocked(&self, mut design: Design, at: f64, rise: f64, random: &mut Random) -> Design {
        let [l, w, _] = self.size;
        let (mut x, end) = (-0.5 * l + 0.03, 0.5 * l - 0.03);
        while x < end - 0.06 {
            let wide = random.between(0.06, 0.45).min(end - x);
            if random.chance(self.filled) {
                let front = -0.5 * w + random.between(0.0, 0.3) * w;
                let high = at + (rise - self.thick) * random.between(0.45, 0.92);
                design = design.with([x, front, at], [x + wide, 0.5 * w - 0.02, high]);
            }
            x += wide + random.between(0.0, 0.06);
        }
        design
    }
}

fn book_shelf(random: &mut Random) -> Design {
    let shelving = Shelving {
        size: [
            random.between(0.6, 1.2),
            random.between(0.24, 0.34),
            random.between(1.6, 2.2),
        ],
        thick: 0.025,
        step: random.between(0.28, 0.38),
        rear: true,
        filled: random.between(0.6, 0.95),
        posts: false,
    };
    shelving.built(random)
}

/// Boards between posts, little on them.
fn rack(random: &mut Random) -> Design {
    let shelving = Shelving {
        size: [
            random.between(0.6, 1.3),
            random.between(0.3, 0.45),
            random.between(0.9, 2.0),
        ],
        thick: 0.03,
        step: random.between(0.35, 0.5),
        rear: false,
        filled: random.between(0.0, 0.3),
        posts: true,
    };
    shelving.built(random)
}

/// A grid of cubes.
fn cubes(random: &mut Random) -> Design {
    let pitch = random.between(0.33, 0.42);
    let across = 1.0 + (random.bits() % 4) as f64;
    let up = 2.0 + (random.bits() % 4) as f64;
    let shelving = Shelving {
        size: [
            across * pitch + 0.03,
            random.between(0.34, 0.42),
            up * pitch + 0.03,
        ],
        thick: 0.03,
        step: pitch,
        rear: random.chance(0.3),
        filled: random.between(0.2, 0.7),
        posts: false,
    };
    let [l, w, h] = shelving.size;
    let mut design = shelving.built(random);
    for i in 1..across as u32 {
        let x = -0.5 * l + f64::from(i) * pitch;
        design = design.with([x - 0.01, -0.5 * w, 0.0], [x + 0.01, 0.5 * w, h]);
    }
    design
}

fn low_shelf(random: &mut Random) -> Design {
    let shelving = Shelving {
        size: [
            random.between(0.7, 1.6),
            random.between(0.26, 0.4),
            random.between(0.55, 0.95),
        ],
        thick: 0.025,
        step: random.between(0.28, 0.4),
        rear: random.chance(0.5),
        filled: random.between(0.3, 0.8),
        posts: false,
    };
    shelving.built(random)
}

fn narrow_shelf(random: &mut Random) -> Design {
    let shelving = Shelving {
        size: [
            random.between(0.3, 0.5),
            random.between(0.24, 0.35),
            random.between(1.2, 2.1),
        ],
        thick: 0.02,
        step: random.between(0.28, 0.38),
        rear: random.chance(0.5),
        filled: random.between(0.2, 0.8),
        posts: random.chance(0.3),
    };
    shelving.built(random)
}

fn stocked(random: &mut Random) -> Design {
    let shelving = Shelving {
        size: [
            random.between(1.2, 2.4),
            random.between(0.28, 0.42),
            random.between(1.7, 2.25),
        ],
        thick: 0.03,
        step: random.between(0.3, 0.42),
        rear: random.chance(0.7),
        filled: random.between(0.5, 0.9),
        posts: false,
    };
    shelving.built(random)
}

fn deep_rack(random: &mut Random) -> Design {
    let shelving = Shelving {
        size: [
            random.between(0.8, 1.8),
            random.between(0.4, 0.6),
            random.between(1.4, 2.1),
        ],
        thick: 0.03,
        step: random.between(0.4, 0.55),
        rear: false,
        filled: random.between(0.3, 0.8),
        posts: true,
    };
    shelving.built(random)
}
