//! What a room has besides its walls: slopes, podiums, columns, thickness, and open sides.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::testing::{CASES, Room};
use room_geometry::{Options, RoomGeometry, analyze};
use room_scan::Measurements;

const ROOMS: u64 = 8;

/// The rooms of a kind as they are and as measured.
fn measured(kind: &str) -> Vec<(Room, RoomGeometry)> {
    let (_, vary) = CASES.iter().find(|case| case.0 == kind).unwrap();
    (0..ROOMS)
        .map(|seed| {
            let room = vary(seed);
            let found = analyze(&room.scan(), &Measurements::default(), &Options::default());
            (room, found.unwrap())
        })
        .collect()
}

fn area(corners: &[[f64; 2]]) -> f64 {
    let next = corners.iter().cycle().skip(1);
    let twice: f64 = corners
        .iter()
        .zip(next)
        .map(|(a, b)| a[0] * b[1] - a[1] * b[0])
        .sum();
    0.5 * twice
}

/// In all but one of the rooms.
fn nearly_all(kind: &str, holds: impl Fn(&Room, &RoomGeometry) -> bool) {
    all_but(1, kind, holds);
}

fn all_but(allowed: usize, kind: &str, holds: impl Fn(&Room, &RoomGeometry) -> bool) {
    let rooms = measured(kind);
    let wrong: Vec<_> = rooms
        .iter()
        .filter(|(room, found)| !holds(room, found))
        .map(|(room, found)| (room.seed, &found.ceilings, &found.levels, &found.columns))
        .collect();
    assert!(wrong.len() <= allowed, "{kind}: {wrong:#?}");
}

fn slopes(room: &Room, found: &RoomGeometry) -> bool {
    let mut wanted: Vec<f64> = room
        .roof
        .iter()
        .map(|plane| plane[1].hypot(plane[2]).atan().to_degrees())
        .collect();
    let mut have: Vec<f64> = found.ceilings.iter().map(|ceiling| ceiling.slope).collect();
    if room
        .roof
        .iter()
        .all(|plane| plane[0] + plane[2] * room.sides()[1] > room.height + 0.1)
    {
        wanted.push(0.0);
    }
    wanted.sort_by(f64::total_cmp);
    have.sort_by(f64::total_cmp);
    wanted.len() == have.len() && wanted.iter().zip(&have).all(|(a, b)| (a - b).abs() < 1.0)
}

#[test]
fn the_planes_of_a_roof_are_found() {
    nearly_all("gable", |room, found| {
        let parts: f64 = found.ceilings.iter().map(|c| area(&c.outline)).sum();
        found.ceilings.len() == 2
            && slopes(room, found)
            && (parts - room.area()).abs() < 0.02 * room.area()
    });
    nearly_all("one slope", |room, found| {
        found.ceilings.len() == 1 && slopes(room, found)
    });
    nearly_all("slope beside a flat ceiling", |_, found| {
        found.ceilings.len() == 2 && found.ceilings.iter().any(|ceiling| ceiling.slope == 0.0)
    });
}

#[test]
fn the_space_under_a_gable_is_its_prism() {
    nearly_all("gable", |room, found| {
        let knee = room.roof[0][0];
        let truth = room.area() * 0.5 * (knee + room.height);
        let volume = found.dimensions.volume.unwrap();
        (volume.value - truth).abs() < 0.02 * truth
    });
}

#[test]
fn walls_under_a_roof_end_where_it_begins() {
    nearly_all("gable", |room, found| {
        let knee = room.roof[0][0];
        let heights = found.walls.iter().map(|wall| wall.height.unwrap());
        let low = heights
            .filter(|height| (height - knee).abs() < 0.05)
            .count();
        low == 2
    });
}

#[test]
fn flat_rooms_have_one_ceiling_and_nothing_else() {
    for kind in [
        "rectangles, furnished",
        "L, furnished",
        "wardrobes",
        "holes and drift",
    ] {
        nearly_all(kind, |_, found| {
            found.ceilings.len() == 1
                && found.ceilings[0].slope == 0.0
                && found.levels.is_empty()
                && found.columns.is_empty()
                && found
                    .walls
                    .iter()
                    .all(|wall| wall.thickness.is_none() && !wall.open)
        });
    }
}

#[test]
fn a_podium_is_a_level() {
    nearly_all("podium", |room, found| {
        let podium = &room.podiums[0];
        found.levels.len() == 1
            && (found.levels[0].height - podium.height).abs() < 0.02
            && (area(&found.levels[0].outline) / area(&podium.outline) - 1.0).abs() < 0.08
    });
}

#[test]
fn columns_and_thin_walls_stand_where_they_stand() {
    for kind in ["columns", "a thin wall"] {
        nearly_all(kind, |room, found| {
            let total = |outlines: Vec<&Vec<[f64; 2]>>| -> f64 {
                outlines.iter().map(|outline| area(outline)).sum()
            };
            let have = total(found.columns.iter().map(|column| &column.outline).collect());
            let wanted = total(room.columns.iter().collect());
            found.columns.len() == room.columns.len() && (have - wanted).abs() < 0.06
        });
    }
}

#[test]
fn thickness_is_known_where_both_faces_were_seen() {
    // Walls thinner than a patch's neighborhood are seen as one blurred sheet.
    all_but(3, "outer faces", |room, found| {
        let mut have: Vec<f64> = found
            .walls
            .iter()
            .filter_map(|wall| wall.thickness)
            .collect();
        let mut wanted: Vec<f64> = room.outer_faces.iter().map(|face| face.1).collect();
        have.sort_by(f64::total_cmp);
        wanted.sort_by(f64::total_cmp);
        have.len() == wanted.len() && have.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 0.015)
    });
}

#[test]
fn what_was_not_scanned_is_open_and_undetermined() {
    nearly_all("half the walls", |_, found| {
        found.walls.iter().filter(|wall| wall.open).count() == 2
            && found.dimensions.floor_area.is_none()
    });
}

#[test]
fn what_a_door_or_a_mirror_shows_is_not_of_the_room() {
    for kind in ["a door into another room", "mirror", "a wide passage"] {
        nearly_all(kind, |room, found| {
            let area = found.dimensions.floor_area.unwrap();
            (area.value - room.area()).abs() < 0.03 * room.area()
        });
    }
}
