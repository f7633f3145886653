//! Doors, windows and passages in the walls of a measured room.
//!
//! Each wall's face is cut into cells, and each cell says how likely it is hole rather than wall:
//! points on the plane speak for wall; points behind it, seen through a hole or on a leaf or frame
//! that is set back, and emptiness among dense neighbors speak for a hole; a cell before which
//! something stands says nothing. The rectangle of the greatest sum (Bentley 1984, "Programming
//! Pearls: Algorithm Design Techniques") is a candidate; so is the next one without it. A
//! candidate is an opening when wall is seen around it and its size is that of a door, a window or
//! a passage. Its edges are then moved to where the density of the wall's points changes most
//! likely (Hinkley 1970, "Inference about the Change-Point").

mod border;
mod density;
mod edges;
mod judge;
mod mirror;
mod raster;
mod rectangle;
mod relief;
mod shares;
mod trim;

use crate::interior::Interior;
use crate::model::{Opening, RoomGeometry, Wall};
use raster::Raster;

/// No opening fits a wall shorter than this, meters.
const SHORTEST_WALL: f64 = 0.5;
/// A wall with less of its face seen than this tells nothing.
const LEAST_COVERAGE: f64 = 0.12;
/// Most openings in one wall.
const MOST: usize = 10;

/// Finds the openings in all walls, by wall and offset.
pub fn find(interior: &Interior, geometry: &RoomGeometry) -> Vec<Opening> {
    let mut found = Vec::new();
    for (index, wall) in geometry.walls.iter().enumerate() {
        let first = found.len();
        in_wall(interior, geometry, index, wall, &mut found);
        found[first..].sort_by(|a, b| a.offset.total_cmp(&b.offset));
    }
    without_mirrors(interior, geometry, &mut found);
    found
}

fn in_wall(
    interior: &Interior,
    geometry: &RoomGeometry,
    index: usize,
    wall: &Wall,
    found: &mut Vec<Opening>,
) {
    let length = (wall.end[0] - wall.start[0]).hypot(wall.end[1] - wall.start[1]);
    let height = wall
        .height
        .or_else(|| geometry.dimensions.height.map(|height| height.value));
    // Without a ceiling the wall ends where its points do.
    let sized = (SHORTEST_WALL..200.0).contains(&length);
    if wall.open || !sized || wall.coverage < LEAST_COVERAGE {
        return;
    }
    let Some(raster) = Raster::new(interior, wall, length, height) else {
        return;
    };
    let mut scores = raster.scores();
    let mut taken = vec![false; scores.len()];
    for _ in 0..MOST {
        let Some((candidate, door)) = relief::door(&raster, &taken, index, wall) else {
            break;
        };
        found.push(door);
        candidate.clear(&mut scores, raster.columns);
        candidate.take(&mut taken, raster.columns);
    }
    for _ in 0..MOST {
        let Some(candidate) = rectangle::best(&scores, raster.columns, raster.columns) else {
            return;
        };
        let candidate = trim::without_piers(&raster, &scores, &candidate);
        if let Some(opening) = judge::opening(&raster, &scores, &candidate, index, wall) {
            found.push(opening);
        }
        candidate.clear(&mut scores, raster.columns);
    }
}

/// A mirror looks like a window into a room that is not there.
fn without_mirrors(interior: &Interior, geometry: &RoomGeometry, found: &mut Vec<Opening>) {
    if found.is_empty() {
        return;
    }
    let Some(surfaces) = mirror::Surfaces::new(interior, geometry) else {
        return;
    };
    found.retain(|opening| {
        let wall = &geometry.walls[opening.wall];
        !mirror::shows_the_room(&surfaces, interior, geometry, wall, opening)
    });
}
