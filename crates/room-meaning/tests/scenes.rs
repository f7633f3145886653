//! Types of furnished rooms as found from their points, against what they were furnished as.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test tells its figures"
)]

use room_geometry::testing::scene::{Scene, USES, Use};
use room_geometry::{Options, analyze_with, openings};
use room_meaning::{SurfaceColors, recommend, understand};
use room_scan::Measurements;
use room_scan::summary::Light;

fn rooms() -> u64 {
    let number = std::env::var("OUTPOST_ROOMS").ok();
    number.and_then(|n| n.parse().ok()).unwrap_or(15)
}

fn word(usage: Use) -> &'static str {
    match usage {
        Use::Living => "living_room",
        Use::Bedroom => "bedroom",
        Use::Dining => "dining_room",
        Use::Office => "office",
        Use::Kitchen => "kitchen",
    }
}

#[test]
fn types_of_furnished_rooms() {
    let mut tallies = [[0u32; 3]; 5];
    let mut placed = 0;
    for seed in 0..rooms() {
        let kind = (seed % 5) as usize;
        let scene = Scene::random(USES[kind], seed);
        let cloud = scene.scan();
        let analysis = analyze_with(&cloud, &Measurements::default(), &Options::default());
        let Ok(analysis) = analysis else { continue };
        let mut room = analysis.geometry;
        room.openings = openings::find(&analysis.interior, &room);
        room.objects = room_objects::find(&analysis.interior, &room);
        let colors = SurfaceColors::of(&cloud, &room);
        let meaning = understand(&room, &Light::default(), &colors);
        let said = &meaning.room_type;
        let tally = &mut tallies[kind];
        tally[0] += 1;
        tally[1] += u32::from(said.is_known());
        tally[2] += u32::from(said.value == word(USES[kind]));
        placed += recommend(&room, said).len();
    }
    eprintln!("furnished as  rooms  told  right");
    for (usage, [rooms, told, right]) in USES.iter().zip(tallies) {
        eprintln!("{:13} {rooms:5} {told:5} {right:6}", word(*usage));
    }
    let sum = |i: usize| f64::from(tallies.iter().map(|tally| tally[i]).sum::<u32>());
    eprintln!(
        "products placed per room: {:.1}",
        f64::from(placed as u32) / sum(0)
    );
    assert!(sum(2) >= 0.8 * sum(1), "types that were told are right");
    assert!(sum(1) >= 0.5 * sum(0), "most rooms tell their type");
}
