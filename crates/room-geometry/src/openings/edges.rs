//! Where exactly an opening begins and ends.

/// How far from the raster's edge the true one may lie, meters.
const REACH: f64 = 0.15;
/// Steps of the search, meters.
const STEP: f64 = 0.01;
/// No edge is found better than this, meters.
const LEAST: f64 = 0.02;

/// One edge of an opening, as seen by the wall's points beside it.
pub struct Edge {
    /// Where it is, meters.
    pub place: f64,
    /// Half the width of the interval that holds it in about 95 % of cases, meters.
    pub uncertainty: f64,
}

/// The change of density near `guess` that explains best where the points lie.
///
/// `places` are the wall's points across the edge; wall is on the side of greater ones when
/// `above`. `inside` is the density of stray points in the opening, points per meter, and `blur`
/// how far the points of the reveal scatter into it: they look like wall.
pub fn change(places: &[f64], guess: f64, above: bool, inside: f64, blur: f64) -> Edge {
    let sign = if above { 1.0 } else { -1.0 };
    // Towards the wall.
    let mut offsets: Vec<f64> = places
        .iter()
        .map(|place| sign * (place - guess))
        .filter(|offset| offset.abs() <= 3.0 * REACH)
        .collect();
    offsets.sort_unstable_by(f64::total_cmp);
    let beyond = offsets.iter().filter(|offset| **offset > REACH).count();
    let outside = beyond as f64 / (2.0 * REACH);
    let inside = inside.max(0.02 * outside).max(1.0);
    if outside < 2.0 * inside {
        return Edge {
            place: guess,
            uncertainty: REACH,
        };
    }
    let gain = (outside / inside).ln();
    let loss = outside - inside;
    let steps = (2.0 * REACH / STEP) as i32;
    let mut best = (f64::NEG_INFINITY, 0.0);
    let mut middle = 0.0;
    let mut weights = 0.0;
    let mut squares = 0.0;
    let likelihood = |at: f64| {
        let wall = offsets.len() - offsets.partition_point(|offset| *offset < at);
        wall as f64 * gain - loss * (3.0 * REACH - at)
    };
    for step in 0..=steps {
        let at = -REACH + f64::from(step) * STEP;
        let found = likelihood(at);
        if found > best.0 {
            best = (found, at);
        }
    }
    for step in 0..=steps {
        let at = -REACH + f64::from(step) * STEP;
        let weight = (likelihood(at) - best.0).exp();
        weights += weight;
        middle += weight * at;
        squares += weight * at * at;
    }
    let middle = middle / weights;
    let spread = (squares / weights - middle * middle).max(0.0).sqrt();
    Edge {
        place: guess + sign * (middle + blur),
        uncertainty: (2.0 * spread).hypot(LEAST + blur),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_found_between_cells() {
        let places: Vec<f64> = (0..200).map(|i| 1.037 + f64::from(i) * 0.01).collect();
        let edge = change(&places, 1.1, true, 0.5, 0.0);
        assert!((edge.place - 1.037).abs() < 0.015, "{}", edge.place);
        let mirrored: Vec<f64> = places.iter().map(|place| -place).collect();
        let edge = change(&mirrored, -1.1, false, 0.5, 0.0);
        assert!((edge.place + 1.037).abs() < 0.015, "{}", edge.place);
    }

    #[test]
    fn without_points_the_guess_stays() {
        assert!((change(&[], 1.1, true, 0.5, 0.0).place - 1.1).abs() < 1e-12);
    }
}
