//! What holds for every scan: chunks make no difference, nothing panics, clouds are bounded.

mod common;

use common::{gzip, positions, read, read_chunks, read_cut, scan_of};
use proptest::prelude::*;
use room_scan::{Points, ScanError};

const SMALL: &str = "\u{feff} {\"room_scan\": {\"id\": \"\\ud83d\\ude00é😀\", \"name\": null,
    \"sensor_data\": {\"lidar_points\": [[1.5e0, -2, 3], {\"x\": 1, \"y\": 2, \"z\": 3.25}]},
    \"x\": [true, false, 12345678901234567890]}} ";

const SMALL_PLY: &str = "ply\r\nformat ascii 1.0\r\nelement vertex 2\r\nproperty float x\r\n\
    property float y\r\nproperty float z\r\nend_header\r\n1 2 3\r\n4 5 6\r\n";

#[test]
fn any_two_cuts_make_no_difference() {
    for scan in [
        SMALL.as_bytes(),
        SMALL_PLY.as_bytes(),
        &gzip(SMALL).unwrap(),
    ] {
        let whole = read(scan).unwrap();
        for first in 0..scan.len() {
            for second in [first, first + 1, first + 2, (first + scan.len()) / 2] {
                let second = second.min(scan.len());
                let chunks = [&scan[..first], &scan[first..second], &scan[second..]];
                assert_eq!(
                    read_chunks(chunks, common::KEEP).as_ref(),
                    Ok(&whole),
                    "{first} {second}"
                );
            }
        }
    }
}

#[test]
fn cut_short_it_is_an_error() {
    let json = SMALL.trim_end();
    for end in 5..json.len() {
        assert_eq!(
            read(&json.as_bytes()[..end]),
            Err(ScanError::Truncated),
            "{end} bytes"
        );
    }
    // Without its end, the last number of an ASCII file may still be a number.
    for end in 1..SMALL_PLY.len() - 3 {
        assert_eq!(
            read(&SMALL_PLY.as_bytes()[..end]),
            Err(ScanError::Truncated),
            "{end} bytes"
        );
    }
}

proptest! {
    #[test]
    fn errors_do_not_depend_on_chunks(
        at: prop::sample::Index, byte: u8, ply: bool, sizes in prop::collection::vec(1usize..30, 1..6),
    ) {
        let mut scan = if ply { SMALL_PLY } else { SMALL }.as_bytes().to_vec();
        let at = at.index(scan.len());
        scan[at] = byte;
        prop_assert_eq!(read_cut(&scan, &sizes), read(&scan));
    }

    #[test]
    fn numbers_do_not_depend_on_chunks(number in "[-+0-9.eE]{1,12}|1{995,1005}e?[0-9]?", size in 1usize..9) {
        let scan = scan_of(&format!("[[0,{number},1]]"));
        prop_assert_eq!(read_cut(scan.as_bytes(), &[size]), read(&scan));
    }

    #[test]
    fn a_cloud_is_thinned_evenly(count in 0usize..200, max in 0usize..40) {
        let points: Vec<String> = (0..count).map(|x| format!("[{x},0,0]")).collect();
        let scan = scan_of(&format!("[{}]", points.join(",")));
        let scan = read_chunks([scan.as_bytes()], Points::Keep { max }).unwrap();
        let kept: Vec<usize> = positions(&scan).iter().map(|[x, ..]| *x as usize).collect();

        prop_assert_eq!(scan.cloud.given, count as u64);
        prop_assert!(kept.len() <= max);
        prop_assert!(kept.len() >= count.min(max / 2));
        let stride = kept.get(1).copied().unwrap_or(1);
        prop_assert!(stride.is_power_of_two());
        prop_assert!(kept.iter().enumerate().all(|(at, point)| *point == at * stride));
    }
}

#[test]
fn colors_stay_with_their_points() {
    let points: Vec<String> = (0..100)
        .map(|i| match i {
            0..10 => format!("[{i},0,0]"),
            _ => format!(r#"{{"x":{i},"y":0,"z":0,"r":{i},"g":0,"b":200}}"#),
        })
        .collect();
    let scan = scan_of(&format!("[{}]", points.join(",")));
    let cloud = read_chunks([scan.as_bytes()], Points::Keep { max: 60 })
        .unwrap()
        .cloud;
    assert_eq!(cloud.len(), 50);
    assert_eq!(cloud.colors.len(), 50);
    for ([x, ..], color) in cloud.positions.iter().zip(&cloud.colors) {
        let expected = if *x < 10.0 {
            [128; 3]
        } else {
            [*x as u8, 0, 200]
        };
        assert_eq!(*color, expected);
    }
}

#[test]
fn large_clouds_take_no_more_room_than_they_need() {
    let points = vec!["[1,2,3]"; 300_000].join(",");
    let scan = scan_of(&format!("[{points}]"));
    let cloud = read_chunks([scan.as_bytes()], Points::Keep { max: 200_000 })
        .unwrap()
        .cloud;
    assert_eq!((cloud.given, cloud.len()), (300_000, 150_000));
    assert_eq!(cloud.positions.capacity(), cloud.positions.len());
    let all = read_chunks([scan.as_bytes()], Points::Keep { max: usize::MAX }).unwrap();
    assert_eq!(all.cloud.len(), 300_000);
}

#[test]
fn survey_coordinates_stay_exact() {
    // UTM: hundreds and thousands of kilometers from zero, where an f32 knows 0.5 m at best.
    let scan = read(scan_of(
        "[[412345.678,5812345.123,34.5],[412345.679,5812349.001,36.9]]",
    ));
    let cloud = scan.unwrap().cloud;
    assert_eq!(cloud.origin, [412345.678, 5812345.123, 34.5]);
    let [dx, dy, dz] = cloud.positions[1];
    assert!((dx - 0.001).abs() < 1e-6 && (dy - 3.878).abs() < 1e-6 && (dz - 2.4).abs() < 1e-6);
}
