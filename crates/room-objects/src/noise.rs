//! How far the scanner's points scatter.

use room_geometry::Interior;
use room_geometry::model::RoomGeometry;

/// Of this scatter a wall's own unevenness is a part, meters.
const LEAST: f64 = 0.004;
const MOST: f64 = 0.03;

/// The standard deviation of the points around the walls, meters.
pub fn of(interior: &Interior, geometry: &RoomGeometry) -> f64 {
    let mut deviations: Vec<f64> = Vec::new();
    for wall in geometry.walls.iter().filter(|wall| !wall.open) {
        let mut depths: Vec<f64> = interior
            .near_wall(wall, 0.06, 0.06)
            .map(|point| point.depth)
            .collect();
        if depths.len() >= 50 {
            let middle = median(&mut depths);
            deviations.extend(depths.iter().map(|depth| (depth - middle).abs()));
        }
    }
    if deviations.is_empty() {
        return 0.01;
    }
    (1.4826 * median(&mut deviations)).clamp(LEAST, MOST)
}

fn median(values: &mut [f64]) -> f64 {
    let half = values.len() / 2;
    *values.select_nth_unstable_by(half, f64::total_cmp).1
}
