//! The same room scanned in another frame, order or density is the same room.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use room_geometry::model::{Axis, Dimensions, Measure, Up};
use room_geometry::testing::{CASES, Random, Room};
use room_geometry::{Options, RoomGeometry, analyze};
use room_scan::{Measurements, PointCloud};

/// Kinds of rooms in which every figure is determined.
const KINDS: [&str; 6] = [
    "L, furnished",
    "any angle, furnished",
    "holes and drift",
    "slope beside a flat ceiling",
    "columns",
    "niche",
];

fn room() -> Room {
    let mut room = Room::l_shape(6.2, 4.8, [2.4, 1.9], 2.55).furnished(6);
    room.noise = 0.01;
    room.outliers = 0.05;
    room
}

fn of_kind(kind: &str, seed: u64) -> Room {
    let (_, vary) = CASES.iter().find(|case| case.0 == kind).unwrap();
    vary(seed)
}

fn measure(cloud: &PointCloud) -> RoomGeometry {
    analyze(cloud, &Measurements::default(), &Options::default()).unwrap()
}

fn figures(d: &Dimensions) -> [Measure; 6] {
    [
        d.length,
        d.width,
        d.height,
        d.floor_area,
        d.perimeter,
        d.volume,
    ]
    .map(|m| m.unwrap())
}

/// Within the uncertainty of the two.
fn agree(a: &Dimensions, b: &Dimensions) {
    for (a, b) in figures(a).into_iter().zip(figures(b)) {
        let allowed = a.uncertainty.hypot(b.uncertainty);
        assert!((a.value - b.value).abs() <= allowed, "{a:?} {b:?}");
    }
}

/// Within the uncertainty that the first states alone: the points are the same ones.
fn same(kind: &str, a: &RoomGeometry, b: &RoomGeometry) {
    assert_eq!(a.outline.len(), b.outline.len(), "{kind}");
    let pairs = figures(&a.dimensions)
        .into_iter()
        .zip(figures(&b.dimensions));
    for (a, b) in pairs {
        assert!(
            (a.value - b.value).abs() <= a.uncertainty,
            "{kind}: {a:?} {b:?}"
        );
    }
}

/// Every point of a cloud moved.
fn moved(cloud: &PointCloud, place: impl Fn([f64; 3]) -> [f64; 3]) -> PointCloud {
    let positions = cloud
        .positions
        .iter()
        .map(|p| place(p.map(f64::from)).map(|v| v as f32));
    PointCloud {
        positions: positions.collect(),
        ..cloud.clone()
    }
}

#[test]
fn turned_and_shifted() {
    let reference = measure(&room().scan());
    let mut other = room();
    other.turn = 0.7;
    other.shift = [12.0, -340.0, 5.0];
    agree(&reference.dimensions, &measure(&other.scan()).dimensions);
}

#[test]
fn the_same_points_turned_and_shifted() {
    let (s, c) = 0.83f64.sin_cos();
    for kind in KINDS {
        let cloud = of_kind(kind, 3).scan();
        let turned = moved(&cloud, |[x, y, z]| {
            [c * x - s * y + 3.3, s * x + c * y - 7.1, z + 1.7]
        });
        same(kind, &measure(&cloud), &measure(&turned));
    }
}

#[test]
fn the_same_points_with_y_upward() {
    for kind in KINDS {
        let cloud = of_kind(kind, 4).scan();
        let y_up = moved(&cloud, |[x, y, z]| [x, z, -y]);
        let found = measure(&y_up);
        assert_eq!(found.up, Up::Axis(Axis::Y), "{kind}");
        same(kind, &measure(&cloud), &found);
    }
}

#[test]
fn a_third_of_the_points() {
    for kind in KINDS {
        let cloud = of_kind(kind, 5).scan();
        let thinned = PointCloud {
            positions: cloud.positions.iter().copied().step_by(3).collect(),
            ..PointCloud::default()
        };
        let (all, third) = (measure(&cloud), measure(&thinned));
        assert_eq!(all.outline.len(), third.outline.len(), "{kind}");
        agree(&all.dimensions, &third.dimensions);
    }
}

#[test]
fn any_axis_up_and_tilted() {
    let reference = measure(&room().scan());
    assert_eq!(reference.up, Up::Axis(Axis::Z));
    for (up, name) in [
        ([0.0, 1.0, 0.0], Some(Up::Axis(Axis::Y))),
        ([1.0, 0.0, 0.0], Some(Up::Axis(Axis::X))),
        // Upside down, but not along an axis: that is no scanner's convention.
        ([0.1, -0.2, -1.0], None),
        ([0.3, 0.5, 0.8], None),
        ([-0.6, 0.2, 0.1], None),
    ] {
        let mut other = room();
        other.up = up;
        let found = measure(&other.scan());
        agree(&reference.dimensions, &found.dimensions);
        let length = up.iter().map(|v| v * v).sum::<f64>().sqrt();
        let cosine: f64 = (0..3).map(|i| up[i] / length * found.frame.up[i]).sum();
        assert!(cosine > 0.9999, "{up:?}: {:?}", found.frame.up);
        if let Some(name) = name {
            assert_eq!(found.up, name);
        }
    }
}

#[test]
fn shuffled_is_the_same_bit_by_bit() {
    for kind in KINDS {
        let mut cloud = of_kind(kind, 6).scan();
        let reference = measure(&cloud);
        let mut random = Random(3);
        for i in (1..cloud.positions.len()).rev() {
            cloud
                .positions
                .swap(i, (random.bits() % (i as u64 + 1)) as usize);
        }
        assert_eq!(reference, measure(&cloud), "{kind}");
    }
}

#[test]
fn the_frame_leads_back_to_the_scan() {
    let mut room = Room::rectangle(5.0, 3.0, 2.5);
    room.up = [0.0, 1.0, 0.0];
    room.turn = 0.5;
    let cloud = room.scan();
    let found = measure(&cloud);
    let frame = &found.frame;
    let dot = |a: [f64; 3], b: [f64; 3]| (0..3).map(|i| a[i] * b[i]).sum::<f64>();
    for position in &cloud.positions {
        let p = [0, 1, 2].map(|i| cloud.origin[i] + f64::from(position[i]) - frame.origin[i]);
        let [x, y, h] = [frame.axis_x, frame.axis_y, frame.up].map(|axis| dot(p, axis));
        assert!(x > -0.05 && x < 5.05 && y > -0.05 && y < 3.05 && h > -0.05 && h < 2.55);
    }
    let floor = dot(frame.origin, frame.up);
    assert!((floor - found.floor_height.unwrap()).abs() < 1e-3);
}
