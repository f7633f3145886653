//! What carries each piece, and which pieces are fragments of others.

use room_geometry::model::{RoomGeometry, Support};

use crate::fit::Boxed;

/// What begins lower than this stands on the floor: its legs are thin or hidden, meters.
const STANDS: f64 = 0.35;
/// What ends this close below the ceiling hangs from it, meters.
const HANGS: f64 = 0.2;
/// And begins at least so far above the floor.
const HANGS_ABOVE: f64 = 1.2;
/// What stands on a thing begins within this of its top, meters.
const ON_TOP: f64 = 0.15;
/// Of a piece this far inside the box of another most is a fragment, meters and part.
const MARGIN: f64 = 0.05;
const FRAGMENT: f64 = 0.7;

/// Settles all pieces: supports, lower and upper ends; drops fragments.
pub fn settle(pieces: &mut Vec<Boxed>, geometry: &RoomGeometry) {
    pieces.sort_by(|a, b| b.points.len().cmp(&a.points.len()));
    let ceiling = geometry.dimensions.height.map(|height| height.value);
    for index in 0..pieces.len() {
        let support = support(pieces, index, ceiling);
        let piece = &mut pieces[index];
        piece.support = Some(support);
        match support {
            Support::Floor => piece.low = 0.0,
            Support::Ceiling => piece.high = ceiling.unwrap_or(piece.high),
            _ => {}
        }
    }
    drop_fragments(pieces);
}

fn support(pieces: &[Boxed], index: usize, ceiling: Option<f64>) -> Support {
    let piece = &pieces[index];
    if piece.low < STANDS {
        return Support::Floor;
    }
    if ceiling.is_some_and(|ceiling| piece.high > ceiling - HANGS) && piece.low > HANGS_ABOVE {
        return Support::Ceiling;
    }
    let center = piece.center();
    let carried = pieces.iter().enumerate().any(|(other, below)| {
        other != index
            && (below.high - piece.low).abs() < ON_TOP
            && below.low < piece.low - 0.2
            && below.covers(center, 0.0)
    });
    if carried {
        Support::Object
    } else if piece.at_wall {
        Support::Wall
    } else {
        Support::Floor
    }
}

/// Drops pieces most of whose points lie in the box of a larger one.
fn drop_fragments(pieces: &mut Vec<Boxed>) {
    let mut kept: Vec<Boxed> = Vec::new();
    for piece in pieces.drain(..) {
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
    *pieces = kept;
}
