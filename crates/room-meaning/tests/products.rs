//! Products stand where they may: inside, overlapping nothing, with space to walk.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::model::{Object, Opening, OpeningKind, RoomGeometry, Support};
use room_geometry::testing::{Random, Room};
use room_geometry::{Options, RoomGeometry as Geometry, analyze};
use room_meaning::{CLEARANCE, Finding, Footprint, Recommendation, recommend};
use room_scan::Measurements;

const TYPES: [&str; 8] = [
    "living_room",
    "bedroom",
    "dining_room",
    "kitchen",
    "office",
    "bathroom",
    "hallway",
    "unknown",
];

/// Outlines measured once each; furniture and openings are put in at random.
fn shells() -> Vec<Geometry> {
    let rooms = [
        Room::rectangle(5.2, 4.1, 2.5),
        Room::rectangle(3.1, 2.4, 2.4),
        Room::l_shape(6.2, 4.8, [2.4, 1.9], 2.6),
        Room::rectangle(6.0, 1.4, 2.5),
    ];
    let measured = rooms.into_iter().map(|mut room| {
        room.points = 30_000;
        analyze(&room.scan(), &Measurements::default(), &Options::default()).unwrap()
    });
    measured.collect()
}

fn furnished(shell: &Geometry, random: &mut Random) -> RoomGeometry {
    let mut room = shell.clone();
    let bounds = [0, 1].map(|axis| {
        let values = room.outline.iter().map(|corner| corner[axis]);
        values.fold(0.0, f64::max)
    });
    for _ in 0..random.bits() % 6 {
        let size = [
            random.between(0.3, 2.0),
            random.between(0.3, 0.9),
            random.between(0.3, 2.0),
        ];
        room.objects.push(Object {
            class: ["table", "lamp", "unknown"][(random.bits() % 3) as usize].to_owned(),
            center: [
                random.between(0.0, bounds[0]),
                random.between(0.0, bounds[1]),
                0.5 * size[2],
            ],
            size,
            rotation: random.between(0.0, 180.0),
            confidence: 0.8,
            support: Support::Floor,
        });
    }
    for wall in 0..room.walls.len() {
        let (a, b) = (room.walls[wall].start, room.walls[wall].end);
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        if length < 1.4 || random.chance(0.4) {
            continue;
        }
        let kind = [OpeningKind::Door, OpeningKind::Window, OpeningKind::Opening]
            [(random.bits() % 3) as usize];
        let window = kind == OpeningKind::Window;
        room.openings.push(Opening {
            kind,
            wall,
            offset: random.between(0.1, length - 1.2),
            width: random.between(0.7, 1.1),
            bottom: if window {
                random.between(0.3, 1.2)
            } else {
                0.0
            },
            top: 2.1,
            confidence: 0.9,
            uncertainty: 0.05,
        });
    }
    room
}

fn kind(word: &str) -> Finding {
    if word == "unknown" {
        Finding::unknown()
    } else {
        Finding::new(word, 0.9, Vec::new())
    }
}

/// The strip before an opening that has to stay free, told independently of the placement.
fn before(room: &RoomGeometry, opening: &Opening, depth: f64) -> Footprint {
    let wall = &room.walls[opening.wall];
    let step = [0, 1].map(|i| wall.end[i] - wall.start[i]);
    let length = step[0].hypot(step[1]);
    let along = step.map(|v| v / length);
    let t = opening.offset + 0.5 * opening.width;
    let center = [
        wall.start[0] + along[0] * t - along[1] * 0.5 * depth,
        wall.start[1] + along[1] * t + along[0] * 0.5 * depth,
    ];
    let half = [0.5 * opening.width, 0.5 * depth];
    Footprint::new(center, along, half, [opening.bottom, opening.top])
}

fn area(corners: &[[f64; 2]; 4]) -> f64 {
    (0..4)
        .map(|i| {
            let (a, b) = (corners[i], corners[(i + 1) % 4]);
            0.5 * (a[0] * b[1] - a[1] * b[0])
        })
        .sum()
}

fn is_sound(room: &RoomGeometry, found: &[Recommendation]) {
    let objects: Vec<Footprint> = room.objects.iter().filter_map(Footprint::of).collect();
    for (index, one) in found.iter().enumerate() {
        assert!(one.footprint.is_inside(&room.outline), "{one:?}");
        assert!(one.clearance.is_inside(&room.outline), "{one:?}");
        assert!((0.0..=1.0).contains(&one.confidence) && one.reason.ends_with('.'));
        assert!((0..360).contains(&one.rotation));
        let c = &one.footprint.corners;
        let center = [0, 1].map(|i| 0.25 * c.iter().map(|corner| corner[i]).sum::<f64>());
        assert!((one.position[0] - center[0]).abs() < 0.002);
        assert!((one.position[2] + center[1]).abs() < 0.002);
        assert!((one.position[1] - one.footprint.span[0]).abs() < 1e-9);
        // At least 0.6 m deep, as wide as the piece.
        let wide = (c[1][0] - c[0][0]).hypot(c[1][1] - c[0][1]);
        assert!(area(&one.clearance.corners) > 0.99 * CLEARANCE * wide);
        for object in &objects {
            assert!(!one.footprint.overlaps(object), "{one:?} on {object:?}");
            assert!(!one.clearance.overlaps(object), "{one:?} at {object:?}");
        }
        for other in &found[index + 1..] {
            assert!(
                !one.footprint.overlaps(&other.footprint),
                "{one:?} {other:?}"
            );
            assert!(
                !one.clearance.overlaps(&other.footprint),
                "{one:?} {other:?}"
            );
            assert!(
                !other.clearance.overlaps(&one.footprint),
                "{one:?} {other:?}"
            );
        }
        for opening in &room.openings {
            let depth = match opening.kind {
                OpeningKind::Door => opening.width,
                OpeningKind::Opening => 0.9,
                OpeningKind::Window => 0.5,
            };
            let free = before(room, opening, depth);
            assert!(!one.footprint.overlaps(&free), "{one:?} before {opening:?}");
        }
    }
}

#[test]
fn products_stand_where_they_may() {
    let shells = shells();
    let mut random = Random(5);
    let mut count = 0;
    for round in 0..160 {
        let room = furnished(&shells[round % shells.len()], &mut random);
        let word = TYPES[(random.bits() % 8) as usize];
        let found = recommend(&room, &kind(word));
        is_sound(&room, &found);
        assert_eq!(found, recommend(&room, &kind(word)), "not the same again");
        count += found.len();
    }
    assert!(count > 100, "only {count} products in 160 rooms");
}

#[test]
fn an_empty_bedroom_gets_a_bed_with_its_head_at_a_wall() {
    let shell = &shells()[0];
    let found = recommend(shell, &kind("bedroom"));
    let bed = found.iter().find(|one| one.item == "King Bed").unwrap();
    assert!(
        bed.confidence > 0.6 && bed.reason.contains("no bed"),
        "{bed:?}"
    );
    // Its front looks away from the nearest wall: a step to the front leads away from it.
    let turn = (bed.rotation as f64).to_radians();
    let front = [turn.sin(), -turn.cos()];
    let center = [bed.position[0], -bed.position[2]];
    let ahead = [0, 1].map(|i| center[i] + 1.2 * front[i]);
    let behind = [0, 1].map(|i| center[i] - 1.2 * front[i]);
    let ahead = Footprint::new(ahead, [1.0, 0.0], [0.01; 2], [0.0, 1.0]);
    let behind = Footprint::new(behind, [1.0, 0.0], [0.01; 2], [0.0, 1.0]);
    assert!(ahead.is_inside(&shell.outline) && !behind.is_inside(&shell.outline));
}

#[test]
fn a_room_with_a_bed_gets_no_second_one() {
    let mut room = shells()[0].clone();
    room.objects.push(Object {
        class: "bed".to_owned(),
        center: [1.1, 1.0, 0.25],
        size: [2.0, 1.6, 0.5],
        rotation: 0.0,
        confidence: 0.9,
        support: Support::Floor,
    });
    let found = recommend(&room, &kind("bedroom"));
    assert!(
        found.iter().all(|one| !one.item.contains("Bed")),
        "{found:?}"
    );
    assert!(!found.is_empty());
}

#[test]
fn figures_that_are_no_sizes_do_no_harm() {
    let mut room = shells()[0].clone();
    for bad in [f64::NAN, f64::INFINITY, 1e300, -5.0] {
        room.objects.push(Object {
            class: "table".to_owned(),
            center: [bad, 1.0, bad],
            size: [bad, 1.0, 1.0],
            rotation: bad,
            confidence: bad,
            support: Support::Floor,
        });
        room.openings.push(Opening {
            kind: OpeningKind::Door,
            wall: 99,
            offset: bad,
            width: bad,
            bottom: bad,
            top: bad,
            confidence: bad,
            uncertainty: bad,
        });
        recommend(&room, &kind("living_room"));
        room.openings[0].wall = 1;
        recommend(&room, &kind("living_room"));
    }
    room.outline[0] = [f64::NAN, 0.0];
    assert!(recommend(&room, &kind("living_room")).is_empty());
    room.outline.clear();
    assert!(recommend(&room, &kind("living_room")).is_empty());
}
