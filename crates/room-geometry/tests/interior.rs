//! What stands in a room, and what is seen from its walls, without the shell.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::testing::{Clutter, Doorway, Room};
use room_geometry::{Options, analyze_with};
use room_scan::Measurements;

#[test]
fn an_empty_room_has_no_interior_and_a_table_is_its_own() {
    let mut room = Room::rectangle(5.0, 4.0, 2.5);
    let measure = |room: &Room| {
        analyze_with(&room.scan(), &Measurements::default(), &Options::default()).unwrap()
    };
    let empty = measure(&room).interior;
    let all = empty.all().count();
    assert!(
        empty.points.len() * 200 < all,
        "{} of {all}",
        empty.points.len()
    );
    room.clutter = vec![Clutter {
        center: [2.5, 2.0],
        size: [1.6, 0.8, 0.75],
        turn: 0.0,
    }];
    let table = measure(&room).interior;
    assert!(table.points.len() > 1000);
    let inside =
        |p: &&[f32; 3]| (1.65..3.35).contains(&p[0]) && (1.55..2.45).contains(&p[1]) && p[2] < 0.8;
    let count = table.points.iter().filter(inside).count();
    assert!(count * 100 > 98 * table.points.len());
}

#[test]
fn the_view_from_a_wall_shows_its_door() {
    let mut room = Room::rectangle(5.0, 4.0, 2.5);
    room.doorway = Some(Doorway {
        wall: 0,
        offset: 1.0,
        size: [0.9, 2.0],
        depth: 3.0,
    });
    let found = analyze_with(&room.scan(), &Measurements::default(), &Options::default()).unwrap();
    let with_door = found.geometry.walls.iter().find(|wall| {
        let face = found.interior.near_wall(wall, 0.05, 0.05);
        let middle = |along: f64| (along - 1.45).abs() < 0.3;
        let on_face = face.filter(|p| middle(p.along) && p.height > 0.2 && p.height < 1.8);
        on_face.count() < 10
    });
    let wall = with_door.unwrap();
    let beyond = found.interior.near_wall(wall, 0.0, 4.0);
    assert!(beyond.filter(|p| p.depth < -0.5).count() > 100);
}
