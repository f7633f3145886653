//! What carries each piece, and which pieces are fragments of others.

use room_geometry::Interior;
use room_geometry::model::{RoomGeometry, Support};

use crate::columns::Columns;
use crate::fit::{self, Boxed};
use crate::tree::Setting;

/// What begins lower than this stands on the floor: its legs are thin or hidden, meters.
const STANDS: f64 = 0.35;
/// A table's top: thinner and deeper than this, and lower, meters.
const TOP: f64 = 0.2;
const TOP_DEPTH: f64 = 0.42;
const TOP_HEIGHT: f64 = 1.15;
/// A seat begins lower and is deeper than this, meters.
const SEAT: f64 = 0.6;
const SEAT_DEPTH: f64 = 0.3;
/// What hangs from a ceiling that is farther up has nothing that holds it, meters.
const CORD: f64 = 1.3;
/// What ends this close below the ceiling hangs from it, meters.
const HANGS: f64 = 0.2;
/// And begins at least so far above the floor.
const HANGS_ABOVE: f64 = 1.2;
/// And ends at least so far above it.
const HANGS_TO: f64 = 1.6;
/// A pole is looked for so far around the middle; its points lie so close together, and in so
/// many layers so high; meters.
const AROUND: f64 = 0.2;
const POLE: f64 = 0.05;
const POLE_LAYERS: f64 = 4.0;
/// In this part of all layers below.
const POLE_PART: f64 = 0.4;
/// A shade on a pole begins at least so high, meters.
const SHADE: f64 = 0.7;
const MOST_BELOW: usize = 400;
const LAYER: f64 = 0.08;
/// What stands upright on a thing has a foot so deep, meters.
const FOOT: f64 = 0.2;
/// This part of it behind the front, meters before and behind which the nearer wall is looked for,
/// and how near it is.
const BEHIND: f64 = 0.75;
const BACK: f64 = 0.15;
const FAR: f64 = 1.0;
/// Parts of one slim thing: its sides, how far apart their middles and their ends are, meters.
const SLIM: f64 = 0.85;
const APART: f64 = 0.3;
const BESIDE: f64 = 0.14;
/// What stands on a thing begins within this of its top, meters.
const ON_TOP: f64 = 0.15;
/// Of a piece this far inside the box of another most is a fragment, meters and part.
const MARGIN: f64 = 0.05;
const FRAGMENT: f64 = 0.7;

/// What carries a piece, as far as it tells by itself and by what lies below.
pub fn alone(piece: &Boxed, columns: &Columns, ceiling: Option<f64>) -> Support {
    let touches = ceiling.is_some_and(|ceiling| piece.high > ceiling - HANGS);
    if piece.low < STANDS {
        return Support::Floor;
    }
    if piece.low > HANGS_ABOVE && touches {
        return Support::Ceiling;
    }
    if columns.carries(piece) {
        return Support::Object;
    }
    if is_top(piece) || is_seat(piece) {
        return Support::Floor;
    }
    if piece.at_wall {
        Support::Wall
    } else {
        Support::Object
    }
}

/// Whether a piece is what one sits on, or lies on, whose legs nobody saw: it begins at the height of
/// a seat and is too deep to hang on a wall.
fn is_seat(piece: &Boxed) -> bool {
    piece.low < SEAT && piece.sides()[1] > SEAT_DEPTH
}

/// Whether a piece is the top of a table whose legs nobody saw: level, too deep to hang on a wall,
/// and as high as one sits or stands at.
fn is_top(piece: &Boxed) -> bool {
    let [long, short] = piece.sides();
    piece.high - piece.low < TOP && short > TOP_DEPTH && long < 4.0 && piece.high < TOP_HEIGHT
}

/// Settles all pieces: joins parts, drops fragments, finds supports, lower and upper ends.
pub fn settle(mut pieces: Vec<Boxed>, interior: &Interior, setting: &Setting) -> Vec<Boxed> {
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.points.len()));
    let mut pieces = join(pieces, setting);
    let ceiling = setting
        .geometry
        .dimensions
        .height
        .map(|height| height.value);
    let found: Vec<(Support, Option<f64>)> = (0..pieces.len())
        .map(|index| support(&pieces, index, interior, ceiling))
        .collect();
    for (piece, (support, base)) in pieces.iter_mut().zip(found) {
        piece.support = Some(support);
        match support {
            Support::Floor => piece.low = 0.0,
            Support::Ceiling => {
                let reached = ceiling.filter(|ceiling| ceiling - piece.high < CORD);
                piece.high = reached.unwrap_or(piece.high);
            }
            Support::Object => {
                piece.low = base.unwrap_or(piece.low).min(piece.high - 0.02);
                // Nothing says that it reaches to the wall.
                [piece.along, piece.across] = piece.seen;
                piece.at_wall = false;
                add_foot(piece, setting.geometry);
            }
            Support::Wall => {}
        }
    }
    drop_fragments(pieces)
}

/// Joins parts of slim things: shade and foot, pot and leaves, seat and back.
fn join(pieces: Vec<Boxed>, setting: &Setting) -> Vec<Boxed> {
    let mut joined: Vec<Boxed> = Vec::new();
    for piece in pieces {
        let part_of = joined.iter().position(|large| are_parts(large, &piece));
        let Some(index) = part_of else {
            joined.push(piece);
            continue;
        };
        let mut points = joined[index].points.clone();
        points.extend_from_slice(&piece.points);
        let whole = setting.boxed(points);
        let parts = [&joined[index], &piece];
        match whole.filter(|whole| is_better(whole, parts, setting)) {
            Some(whole) => joined[index] = whole,
            None => joined.push(piece),
        }
    }
    joined
}

fn are_parts(large: &Boxed, small: &Boxed) -> bool {
    let widest = large.sides()[0].max(small.sides()[0]);
    let (a, b) = (large.center(), small.center());
    let beside = (a[0] - b[0]).hypot(a[1] - b[1]);
    let between = small.low.max(large.low) - small.high.min(large.high);
    let overlaid = large.covers(b, BESIDE) || small.covers(a, BESIDE);
    // A foot and a shade may have nothing seen between them.
    let on_pole = widest < 0.6 && beside < 0.14 && small.low.min(large.low) < STANDS;
    let slim = widest < SLIM && overlaid && (between < APART || on_pole);
    // The lower side of what hangs on a wall.
    let thin = (small.high - small.low).min(large.high - large.low) < 0.12;
    let hangs = small.low.min(large.low) > 1.0 && large.at_wall && small.at_wall;
    slim || (hangs && thin && overlaid && between < ON_TOP) || is_headboard(large, small)
}

/// Whether more points lie in right boxes, probably, if two parts are one thing.
fn is_better(whole: &Boxed, parts: [&Boxed; 2], setting: &Setting) -> bool {
    let score = |piece: &Boxed| setting.thing(piece) * piece.points.len() as f64;
    score(whole) >= parts.into_iter().map(score).sum()
}

/// What stands thin and upright along the end of a bed or a seat.
fn is_headboard(large: &Boxed, small: &Boxed) -> bool {
    let [_, wide] = large.sides();
    let [long, thin] = small.sides();
    let seat = large.low < STANDS && large.high < 0.8 && wide > 0.7;
    let upright = thin < 0.25 && small.high - small.low > 0.15 && long > 0.5 * wide;
    let above = small.low > large.high - 0.35 && small.low < large.high + 0.25;
    seat && upright && above && small.high < 1.4 && large.covers(small.center(), 0.15)
}

/// Draws what stands upright and thin on something out to a foot's depth. From before only its front
/// is seen: more of the rest lies on the side of the next wall, where nobody looks from.
fn add_foot(piece: &mut Boxed, geometry: &RoomGeometry) {
    let tall = piece.high - piece.low > 0.2;
    let (sine, cosine) = piece.turn.sin_cos();
    let axes = [[cosine, sine], [-sine, cosine]];
    let center = piece.center();
    for (axis, range) in [&mut piece.along, &mut piece.across]
        .into_iter()
        .enumerate()
    {
        let missing = FOOT - (range[1] - range[0]);
        if !tall || missing <= 0.0 {
            continue;
        }
        let to_wall = [-1.0, 1.0].map(|side| {
            let at = [0, 1].map(|i| center[i] + side * BACK * axes[axis][i]);
            fit::to_walls(at, geometry)
        });
        let behind = if to_wall[0].min(to_wall[1]) > FAR {
            0.5
        } else if to_wall[0] < to_wall[1] {
            1.0 - BEHIND
        } else {
            BEHIND
        };
        range[0] -= (1.0 - behind) * missing;
        range[1] += behind * missing;
    }
}

/// What carries a piece, and where what carries it ends.
fn support(
    pieces: &[Boxed],
    index: usize,
    interior: &Interior,
    ceiling: Option<f64>,
) -> (Support, Option<f64>) {
    let piece = &pieces[index];
    if piece.low < STANDS {
        return (Support::Floor, None);
    }
    let center = piece.center();
    let below = pieces.iter().enumerate().find(|(other, below)| {
        *other != index
            && (below.high - piece.low).abs() < ON_TOP
            && below.low < piece.low - 0.2
            && below.covers(center, 0.0)
    });
    if let Some((_, below)) = below {
        return (Support::Object, Some(below.high));
    }
    if is_top(piece) || is_seat(piece) {
        return (Support::Floor, None);
    }
    let touches = ceiling.is_some_and(|ceiling| piece.high > ceiling - HANGS);
    let high_up = piece.low > HANGS_ABOVE && piece.high > HANGS_TO;
    if piece.low > HANGS_ABOVE && touches && !piece.at_wall {
        return (Support::Ceiling, None);
    }
    if piece.low > SHADE && piece.sides()[0] < SLIM && has_pole(piece, interior) {
        return (Support::Floor, None);
    }
    if piece.at_wall {
        return (Support::Wall, None);
    }
    let in_reach = ceiling.is_some_and(|ceiling| ceiling - piece.high < CORD);
    if high_up && in_reach {
        return (Support::Ceiling, None);
    }
    (Support::Floor, None)
}

/// Whether points below a piece lie one above the other, most of the way to the floor.
fn has_pole(piece: &Boxed, interior: &Interior) -> bool {
    let center = piece.center();
    let mut below: Vec<(u32, [f64; 2])> = interior
        .points
        .iter()
        .filter_map(|point| {
            let [x, y, h] = point.map(f64::from);
            let (depth, off) = (piece.low - h, (x - center[0]).hypot(y - center[1]));
            let near = depth > LAYER && h > LAYER && off < AROUND;
            near.then_some((((depth / LAYER) as u32).min(31), [x, y]))
        })
        .collect();
    // The same for any order of the points.
    below.sort_unstable_by(|a, b| {
        let order = |i: usize| a.1[i].total_cmp(&b.1[i]);
        a.0.cmp(&b.0).then(order(0)).then(order(1))
    });
    let step = below.len() / MOST_BELOW + 1;
    let below: Vec<(u32, [f64; 2])> = below.into_iter().step_by(step).collect();
    let all = (piece.low / LAYER).min(32.0) - 2.0;
    let least = (POLE_PART * all).max(POLE_LAYERS);
    below.iter().any(|(_, [x, y])| {
        let beside = below
            .iter()
            .filter(|(_, p)| (p[0] - x).hypot(p[1] - y) < POLE);
        let layers = beside.fold(0u32, |layers, (layer, _)| layers | 1 << layer);
        f64::from(layers.count_ones()) >= least
    })
}

/// Drops pieces most of whose points lie in the box of a larger one.
fn drop_fragments(pieces: Vec<Boxed>) -> Vec<Boxed> {
    let mut kept: Vec<Boxed> = Vec::new();
    for piece in pieces {
        let is_fragment = kept.iter().any(|large| {
            let inside = piece.points.iter().filter(|point| {
                let [x, y, h] = point.map(f64::from);
                h > large.low - MARGIN && h < large.high + MARGIN && large.covers([x, y], MARGIN)
            });
            inside.count() as f64 > FRAGMENT * piece.points.len() as f64
        });
        // What stands on a thing reaches out of it and is kept by that; a chair under a table
        // has its back outside.
        if !is_fragment {
            kept.push(piece);
        }
    }
    kept
}
