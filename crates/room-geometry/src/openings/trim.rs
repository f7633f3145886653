//! Candidates that hold more than an opening, cut down to it.

use super::judge::THRESHOLD;
use super::raster::Raster;
use super::rectangle::Candidate;
use super::shares::Shares;

/// Columns of cells with this part of the expected wall are a pier if they are as wide together,
/// meters: the bars of a window are narrower.
const PIER: f64 = 0.6;
const PIER_WIDTH: f64 = 0.17;
/// The lower edge of a window is hardly higher above a sofa or a radiator, meters.
const SILL: f64 = 1.4;

/// The most telling part of a candidate between piers of wall: openings beside each other look
/// like one wide one where the wall between them is narrow.
pub fn without_piers(raster: &Raster, scores: &[f32], candidate: &Candidate) -> Candidate {
    let ([x0, y0], [x1, y1]) = (candidate.from, candidate.to);
    let is_pier: Vec<bool> = (x0..x1)
        .map(|x| {
            let column = Shares::new(raster, [x, y0], [x + 1, y1]);
            column.expected >= 4.0 && column.filled() >= PIER
        })
        .collect();
    let widths: Vec<usize> = is_pier.chunk_by(|a, b| a == b).map(<[bool]>::len).collect();
    let mut best = Candidate {
        score: f64::NEG_INFINITY,
        ..*candidate
    };
    let (mut from, mut at) = (x0, x0);
    for width in widths {
        let is_wide = is_pier[at - x0] && width as f64 * raster.side >= PIER_WIDTH;
        at += width;
        let to = if is_wide { at - width } else { at };
        if to > from && (is_wide || at == x1) {
            let score = (y0..y1)
                .flat_map(|y| &scores[y * raster.columns + from..y * raster.columns + to])
                .map(|score| f64::from(*score))
                .sum();
            if score > best.score {
                best = Candidate {
                    from: [from, y0],
                    to: [to, y1],
                    score,
                };
            }
        }
        if is_wide {
            from = at;
        }
    }
    if best.score > f64::NEG_INFINITY {
        best
    } else {
        *candidate
    }
}

/// The candidate without the part near the floor where things in the room shadow the wall.
///
/// A door or passage is as empty below as above. Where a sofa or a radiator stands below a window,
/// few points of the wall are left there, but more than in the window: the row at which two rates
/// explain best what was seen is the window's lower edge.
pub fn above_shadow(raster: &Raster, candidate: &Candidate) -> Option<Candidate> {
    let row_of = |height: f64| ((height - raster.low[1]) / raster.side).max(0.0) as usize;
    let [first, last] = [candidate.from[1], candidate.to[1]];
    if first >= row_of(2.0 * THRESHOLD) {
        return None;
    }
    let part = |from: usize, to: usize| {
        Shares::new(raster, [candidate.from[0], from], [candidate.to[0], to])
    };
    let likelihood = |shares: &Shares| {
        let rate = ((shares.wall + 0.5) / (shares.expected + 1.0)).min(0.99);
        shares.wall * rate.ln() + (shares.expected - shares.wall).max(0.0) * (1.0 - rate).ln()
    };
    let whole = likelihood(&part(first, last));
    let mut best = (3.0, None);
    for row in row_of(2.0 * THRESHOLD)..row_of(SILL).min(last.saturating_sub(4)) {
        let (lower, upper) = (part(first, row), part(row, last));
        let shadowed = lower.filled() >= 0.1 && lower.filled() >= 4.0 * upper.filled();
        let gain = likelihood(&lower) + likelihood(&upper) - whole;
        if shadowed && gain > best.0 {
            best = (gain, Some(row));
        }
    }
    best.1.map(|row| Candidate {
        from: [candidate.from[0], row],
        ..*candidate
    })
}
