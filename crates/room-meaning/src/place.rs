//! Where a product fits.

use room_geometry::model::{Opening, OpeningKind, RoomGeometry, Wall};

use crate::catalogue::{Product, Spot};
use crate::footprint::{CLEARANCE, Footprint};

/// Between a piece and the wall behind it, meters.
const GAP: f64 = 0.03;
/// Between pieces side by side, meters.
const BESIDE: f64 = 0.05;
/// Steps of the search along walls and over the floor, meters.
const STEP: f64 = 0.1;
const FLOOR_STEP: f64 = 0.2;
/// Before a passage stays free, meters.
const BEFORE_PASSAGE: f64 = 1.0;
/// Beside a door stays free, meters.
const BESIDE_DOOR: f64 = 0.1;
/// A window stays free so far into the room, meters.
const BEFORE_WINDOW: f64 = 1.0;
/// Rooms beyond these figures are errors: meters, and number of walls.
const LARGEST: f64 = 60.0;
const MOST_WALLS: usize = 64;

/// What may not be built on.
#[derive(Debug, Default)]
pub struct Obstacles {
    /// Furniture, found or placed.
    pub pieces: Vec<Footprint>,
    /// Where pieces that were placed need space before them.
    pub kept_free: Vec<Footprint>,
    /// Swings of doors, places before passages and windows.
    pub openings: Vec<Footprint>,
}

/// A place for a product.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub footprint: Footprint,
    /// Where people stand to use it; a part of it for hung ones.
    pub before: Footprint,
    pub center: [f64; 2],
    /// Of its length, counter-clockwise from the plan's x; its front is to the right of that.
    pub turn: f64,
    /// Index of the wall behind it.
    pub wall: Option<usize>,
    /// Length of wall that is free around it, or clearance around it; meters.
    pub room: f64,
    /// Free depth before it, meters.
    pub depth: f64,
}

impl Obstacles {
    /// Furniture and openings of a room.
    pub fn of(room: &RoomGeometry) -> Self {
        let openings = room
            .openings
            .iter()
            .filter_map(|opening| before_opening(room.walls.get(opening.wall)?, opening));
        let columns = room
            .columns
            .iter()
            .filter_map(|column| around(&column.outline));
        let raised = room
            .levels
            .iter()
            .filter_map(|level| around(&level.outline));
        Self {
            pieces: room
                .objects
                .iter()
                .filter_map(Footprint::of)
                .chain(columns)
                .chain(raised)
                .collect(),
            kept_free: Vec::new(),
            openings: openings.collect(),
        }
    }

    fn is_free(&self, place: &Place, margin: &Footprint) -> bool {
        !self.pieces.iter().any(|piece| piece.overlaps(margin))
            && !self
                .pieces
                .iter()
                .any(|piece| piece.overlaps(&place.before))
            && !self
                .openings
                .iter()
                .any(|opening| opening.overlaps(&place.footprint))
            && !self
                .kept_free
                .iter()
                .any(|free| free.overlaps(&place.footprint))
    }
}

/// A box around a polygon, over all heights.
fn around(outline: &[[f64; 2]]) -> Option<Footprint> {
    let first = *outline.first()?;
    let (mut low, mut high) = (first, first);
    for corner in outline {
        for axis in 0..2 {
            low[axis] = low[axis].min(corner[axis]);
            high[axis] = high[axis].max(corner[axis]);
        }
    }
    let center = [0, 1].map(|i| 0.5 * (low[i] + high[i]));
    let half = [0, 1].map(|i| 0.5 * (high[i] - low[i]));
    Some(Footprint::new(center, [1.0, 0.0], half, [-1.0, 100.0]))
}

/// Start, direction, direction into the room, length.
type View = ([f64; 2], [f64; 2], [f64; 2], f64);

fn view(wall: &Wall) -> Option<View> {
    let step = [0, 1].map(|i| wall.end[i] - wall.start[i]);
    let length = step[0].hypot(step[1]);
    let along = step.map(|v| v / length);
    (length > 0.05 && length < LARGEST).then(|| (wall.start, along, [-along[1], along[0]], length))
}

fn before_opening(wall: &Wall, opening: &Opening) -> Option<Footprint> {
    let (start, along, inward, _) = view(wall)?;
    let depth = match opening.kind {
        // A leaf is as deep as it is wide when it stands open.
        OpeningKind::Door => opening.width.max(0.8) + BESIDE_DOOR,
        OpeningKind::Opening => BEFORE_PASSAGE,
        OpeningKind::Window => BEFORE_WINDOW,
    };
    let margin = if opening.kind == OpeningKind::Window {
        0.0
    } else {
        BESIDE_DOOR
    };
    let t = opening.offset + 0.5 * opening.width;
    let center = [0, 1].map(|i| start[i] + along[i] * t + inward[i] * 0.5 * depth);
    let half = [0.5 * opening.width + margin, 0.5 * depth];
    let low = if opening.kind == OpeningKind::Window {
        opening.bottom
    } else {
        -1.0
    };
    Some(Footprint::new(
        center,
        along,
        half,
        [low, opening.top.max(low)],
    ))
}

/// The best place for a product, if there is one.
pub fn best(product: &Product, room: &RoomGeometry, obstacles: &Obstacles) -> Option<Place> {
    let tallest = room
        .dimensions
        .height
        .map_or(2.2, |height| height.value - 0.05);
    let span = [product.base, product.base + product.size[2]];
    if span[1] > tallest || room.walls.len() > MOST_WALLS {
        return None;
    }
    let mut best: Option<(f64, Place)> = None;
    let mut offer = |score: f64, place: Place| {
        if best.is_none_or(|(held, _)| score > held + 1e-9) {
            best = Some((score, place));
        }
    };
    if product.spot == Spot::Free {
        on_floor(product, room, obstacles, span, &mut offer);
    } else {
        for index in 0..room.walls.len() {
            at_wall(product, room, index, obstacles, span, &mut offer);
        }
    }
    best.map(|(_, place)| place)
}

fn at_wall(
    product: &Product,
    room: &RoomGeometry,
    index: usize,
    obstacles: &Obstacles,
    span: [f64; 2],
    offer: &mut dyn FnMut(f64, Place),
) {
    let wall = &room.walls[index];
    let Some((start, along, inward, length)) = view(wall) else {
        return;
    };
    let [wide, deep, _] = product.size;
    if wall.open || length < wide + 2.0 * BESIDE {
        return;
    }
    let steps = ((length - wide - 2.0 * BESIDE) / STEP) as usize;
    let place_at = |t: f64| {
        let at = |off: f64| [0, 1].map(|i| start[i] + along[i] * t + inward[i] * off);
        let center = at(GAP + 0.5 * deep);
        let half = [0.5 * wide, 0.5 * deep];
        let walk = at(GAP + deep + 0.5 * CLEARANCE);
        // Nobody walks over the bed or through what hangs, but before both.
        Place {
            footprint: Footprint::new(center, along, half, span),
            before: Footprint::new(walk, along, [half[0], 0.5 * CLEARANCE], [0.0, 1.9]),
            center,
            turn: (-along[1]).atan2(-along[0]),
            wall: Some(index),
            room: 0.0,
            depth: CLEARANCE,
        }
    };
    let margin_at = |t: f64| {
        let off = GAP + 0.5 * deep;
        let center = [0, 1].map(|i| start[i] + along[i] * t + inward[i] * off);
        Footprint::new(center, along, [0.5 * wide + BESIDE, 0.5 * deep], span)
    };
    let fits = |t: f64| {
        let place = place_at(t);
        place.footprint.is_inside(&room.outline)
            && place.before.is_inside(&room.outline)
            && obstacles.is_free(&place, &margin_at(t))
    };
    let first = 0.5 * wide + BESIDE;
    let free: Vec<bool> = (0..=steps).map(|i| fits(first + i as f64 * STEP)).collect();
    for run in runs(&free) {
        let spare = (run.len() - 1) as f64 * STEP;
        let at_corner = run.start == 0 || run.end == free.len();
        let index = match product.spot {
            Spot::Corner if run.start == 0 => 0,
            Spot::Corner if run.end == free.len() => free.len() - 1,
            _ => (run.start + run.end - 1) / 2,
        };
        let mut place = place_at(first + index as f64 * STEP);
        place.room = wide + spare;
        let corner = if product.spot == Spot::Corner && at_corner {
            1.0
        } else {
            0.0
        };
        offer(spare.min(1.5) / 1.5 + corner, place);
    }
}

/// The ranges of set entries.
fn runs(free: &[bool]) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (index, _) in free.iter().enumerate().filter(|(_, set)| **set) {
        match runs.last_mut() {
            Some(run) if run.end == index => run.end = index + 1,
            _ => runs.push(index..index + 1),
        }
    }
    runs
}

fn on_floor(
    product: &Product,
    room: &RoomGeometry,
    obstacles: &Obstacles,
    span: [f64; 2],
    offer: &mut dyn FnMut(f64, Place),
) {
    let longest = room
        .walls
        .iter()
        .filter_map(view)
        .max_by(|a, b| a.3.total_cmp(&b.3));
    let (Some((_, axis, _, _)), Some(bounds)) = (longest, around(&room.outline)) else {
        return;
    };
    let [low, _, high, _] = bounds.corners;
    if !(high[0] - low[0] < LARGEST && high[1] - low[1] < LARGEST) {
        return;
    }
    let counts = [0, 1].map(|i| ((high[i] - low[i]) / FLOOR_STEP) as usize);
    for axis in [axis, [-axis[1], axis[0]]] {
        for x in 0..=counts[0] {
            for y in 0..=counts[1] {
                let center = [
                    low[0] + x as f64 * FLOOR_STEP,
                    low[1] + y as f64 * FLOOR_STEP,
                ];
                let half = [0.5 * product.size[0], 0.5 * product.size[1]];
                let wider =
                    |more: f64| Footprint::new(center, axis, half.map(|v| v + more), [0.0, 1.9]);
                let is_free = |more: f64| {
                    let wide = wider(more);
                    wide.is_inside(&room.outline)
                        && !obstacles.pieces.iter().any(|piece| piece.overlaps(&wide))
                };
                let footprint = Footprint::new(center, axis, half, span);
                let place = Place {
                    footprint,
                    before: wider(CLEARANCE),
                    center,
                    turn: axis[1].atan2(axis[0]),
                    wall: None,
                    room: CLEARANCE,
                    depth: CLEARANCE,
                };
                if !is_free(CLEARANCE) || !obstacles.is_free(&place, &footprint) {
                    continue;
                }
                // As much more space as there is, in steps.
                let more = [0.2, 0.4, 0.6, 0.9]
                    .into_iter()
                    .take_while(|m| is_free(CLEARANCE + m));
                let more = more.last().unwrap_or(0.0);
                let place = Place {
                    room: CLEARANCE + more,
                    ..place
                };
                offer(more, place);
            }
        }
    }
}
