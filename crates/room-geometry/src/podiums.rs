//! Parts of the floor at another height: podiums, steps, pits.

use crate::levels::Levels;
use crate::polygon::{self, Rectangle};
use crate::upright::{Facet, Upright};

const BIN: f64 = 0.02;
/// Half of the band in which a level's facets lie, in bins.
const REACH: usize = 2;
/// The least and the greatest step, meters: higher ones are beds and tables.
const LEAST: f64 = 0.07;
const MOST: f64 = 0.46;
/// A part of the floor has at least this area, square meters, and fills this part of its
/// rectangle.
const MIN_AREA: f64 = 1.0;
const FILLED: f64 = 0.55;
/// It reaches from wall to wall, as near as this, meters, or is this large.
const TO_WALL: f64 = 0.35;
const LARGE: f64 = 5.0;

/// A part of the floor.
#[derive(Debug, Clone)]
pub struct Podium {
    pub corners: Vec<[f64; 2]>,
    /// Above the main floor, meters.
    pub height: f64,
    /// Root mean square distance of its facets, meters.
    pub noise: f64,
}

/// Finds the parts of the floor that are not on the main level.
pub fn find(
    scan: &Upright,
    levels: &Levels,
    corners: &[[f64; 2]],
    rectangle: &Rectangle,
) -> Vec<Podium> {
    let Some(floor) = &levels.floor else {
        return Vec::new();
    };
    let mut facets: Vec<(f64, &Facet)> = scan
        .facets
        .iter()
        .filter(|facet| facet.is_level())
        .map(|facet| {
            (
                facet.at[2] - floor.height_at(facet.at[0], facet.at[1]),
                facet,
            )
        })
        .filter(|(step, _)| (LEAST..MOST).contains(&step.abs()))
        .filter(|(_, facet)| polygon::contains(corners, [facet.at[0], facet.at[1]]))
        .collect();
    let mut found = Vec::new();
    for _ in 0..4 {
        let Some(peak) = peak(&facets, scan.side) else {
            break;
        };
        let on = |step: f64| (step - peak).abs() <= (REACH as f64 + 0.5) * BIN;
        let own: Vec<(f64, &Facet)> = facets.iter().filter(|f| on(f.0)).copied().collect();
        facets.retain(|f| !on(f.0));
        found.extend(part(&own, scan.side, corners, rectangle));
    }
    found
}

/// The step with most facets, if they are enough.
fn peak(facets: &[(f64, &Facet)], side: f64) -> Option<f64> {
    let bins = (2.0 * MOST / BIN) as usize + 1;
    let mut counts = vec![0usize; bins + 2 * REACH];
    for (step, _) in facets {
        counts[(((step + MOST) / BIN) as usize).min(bins - 1) + REACH] += 1;
    }
    let window = |bin: usize| -> usize { counts[bin..=bin + 2 * REACH].iter().sum() };
    let best = (0..bins).fold(0, |best, bin| {
        if window(bin) > window(best) {
            bin
        } else {
            best
        }
    });
    let area = window(best) as f64 * side * side;
    (area >= MIN_AREA).then_some((best as f64 + 0.5) * BIN - MOST)
}

fn part(
    own: &[(f64, &Facet)],
    side: f64,
    corners: &[[f64; 2]],
    rectangle: &Rectangle,
) -> Option<Podium> {
    let range = |axis: usize| -> Option<[f64; 2]> {
        let mut values: Vec<f64> = own
            .iter()
            .map(|(_, facet)| rectangle.coordinates([facet.at[0], facet.at[1]])[axis])
            .collect();
        values.sort_unstable_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        let tail = last / 66;
        Some([values[tail] - 0.5 * side, values[last - tail] + 0.5 * side])
    };
    let (along, across) = (range(0)?, range(1)?);
    let area = own.len() as f64 * side * side;
    let whole = (along[1] - along[0]) * (across[1] - across[0]);
    let spans =
        |own: [f64; 2], room: [f64; 2]| own[0] < room[0] + TO_WALL && own[1] > room[1] - TO_WALL;
    let joined = spans(along, rectangle.along) || spans(across, rectangle.across);
    if area < FILLED * whole || !(joined || area > LARGE) {
        return None;
    }
    // Close to a wall it reaches the wall.
    let snap = |own: [f64; 2], room: [f64; 2]| {
        let end = |own: f64, room: f64| if (own - room).abs() < 0.2 { room } else { own };
        [end(own[0], room[0]), end(own[1], room[1])]
    };
    let (along, across) = (snap(along, rectangle.along), snap(across, rectangle.across));
    let mut inside = corners.to_vec();
    for (axis, range) in [(0, along), (1, across)] {
        inside = polygon::clip(&inside, |p| {
            rectangle.coordinates(p)[axis] - range[0] + 1e-9
        });
        inside = polygon::clip(&inside, |p| {
            range[1] - rectangle.coordinates(p)[axis] + 1e-9
        });
    }
    let count = own.len() as f64;
    let height = own.iter().map(|(step, _)| step).sum::<f64>() / count;
    let squares: f64 = own.iter().map(|(step, _)| (step - height).powi(2)).sum();
    (inside.len() >= 3).then(|| Podium {
        corners: inside,
        height,
        noise: (squares / count).sqrt(),
    })
}
