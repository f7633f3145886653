//! Polygons into triangles, by ear clipping.

use crate::polygon::{Point, between, length, signed_area};

/// Splits a simple polygon into triangles, as indices of its corners.
///
/// The triangles run the way the polygon does. A polygon that crosses itself gives triangles too,
/// though they need not cover exactly what it encloses.
pub fn triangulate(polygon: &[Point]) -> Vec<[u32; 3]> {
    let mut indices: Vec<u32> = Vec::new();
    earcut::Earcut::new().earcut(polygon.iter().copied(), &[], &mut indices);

    let counter_clockwise = signed_area(polygon) > 0.0;
    indices
        .chunks_exact(3)
        .filter_map(|corners| <[u32; 3]>::try_from(corners).ok())
        .map(|face| oriented(face, polygon, counter_clockwise))
        .collect()
}

/// Splits what a polygon encloses beside some holes into triangles: the corners of all of them, and
/// the triangles as indices of those. Each hole is joined to what is around it by a cut there and
/// back, between the two corners nearest to each other.
pub fn triangulate_around(polygon: &[Point], holes: &[&[Point]]) -> (Vec<Point>, Vec<[u32; 3]>) {
    let mut corners = polygon.to_vec();
    for hole in holes {
        let apart = |(outer, inner): &(usize, usize)| match (corners.get(*outer), hole.get(*inner))
        {
            (Some(&a), Some(&b)) => length(between(a, b)),
            _ => f64::INFINITY,
        };
        let pairs = (0..corners.len()).flat_map(|o| (0..hole.len()).map(move |i| (o, i)));
        let Some((outer, inner)) = pairs.min_by(|a, b| apart(a).total_cmp(&apart(b))) else {
            continue;
        };
        // A hole runs the other way around, and both ends of the cut are passed twice.
        let count = hole.len();
        let around = (0..=count).filter_map(|step| hole.get((inner + count - step) % count));
        let mut cut: Vec<Point> = around.copied().collect();
        cut.extend(corners.get(outer).copied());
        corners.splice(outer + 1..outer + 1, cut);
    }
    let faces = triangulate(&corners);
    (corners, faces)
}

/// The face, turned to run counter-clockwise or clockwise as asked.
fn oriented(face: [u32; 3], polygon: &[Point], counter_clockwise: bool) -> [u32; 3] {
    let corners: Vec<Point> = face
        .iter()
        .filter_map(|&corner| polygon.get(corner as usize).copied())
        .collect();
    let [a, b, c] = face;
    if (signed_area(&corners) > 0.0) == counter_clockwise {
        [a, b, c]
    } else {
        [a, c, b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The area of all triangles, each counted with its sign.
    fn covered(polygon: &[Point]) -> f64 {
        let area = |face: [u32; 3]| signed_area(&face.map(|corner| polygon[corner as usize]));
        triangulate(polygon).into_iter().map(area).sum()
    }

    fn assert_covers(polygon: &[Point]) {
        let area = signed_area(polygon);
        let faces = triangulate(polygon);
        for face in &faces {
            let triangle = signed_area(&face.map(|corner| polygon[corner as usize]));
            assert!(triangle * area >= 0.0, "a triangle runs the other way");
        }
        // With all triangles turned the same way, the sum is right only if none overlap.
        assert!((covered(polygon) - area).abs() <= 1e-9 * area.abs().max(1.0));
    }

    #[test]
    fn letters() {
        let l = [
            [0.0, 0.0],
            [6.0, 0.0],
            [6.0, 2.0],
            [3.0, 2.0],
            [3.0, 4.0],
            [0.0, 4.0],
        ];
        let t = [
            [2.0, 0.0],
            [3.0, 0.0],
            [3.0, 3.0],
            [5.0, 3.0],
            [5.0, 4.0],
            [0.0, 4.0],
            [0.0, 3.0],
            [2.0, 3.0],
        ];
        let u = [
            [0.0, 0.0],
            [5.0, 0.0],
            [5.0, 4.0],
            [4.0, 4.0],
            [4.0, 1.0],
            [1.0, 1.0],
            [1.0, 4.0],
            [0.0, 4.0],
        ];
        for letter in [l.to_vec(), t.to_vec(), u.to_vec()] {
            assert_covers(&letter);
            let backward: Vec<Point> = letter.into_iter().rev().collect();
            assert_covers(&backward);
        }
    }

    #[test]
    fn what_is_no_polygon_gives_no_triangles() {
        assert!(triangulate(&[]).is_empty());
        assert!(triangulate(&[[0.0, 0.0], [1.0, 1.0]]).is_empty());
        assert!(triangulate(&[[2.0, 2.0]; 5]).is_empty());
    }

    #[test]
    fn a_polygon_that_crosses_itself_is_no_trouble() {
        let bow_tie = [[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.5]];
        assert!(triangulate(&bow_tie).len() <= 2);
    }

    proptest! {
        #[test]
        fn star_shaped(radii in prop::collection::vec(0.5f64..9.0, 3..120)) {
            let step = std::f64::consts::TAU / radii.len() as f64;
            let polygon: Vec<Point> = radii
                .iter()
                .enumerate()
                .map(|(place, radius)| {
                    let (sine, cosine) = (place as f64 * step).sin_cos();
                    [1e3 + radius * cosine, radius * sine]
                })
                .collect();
            assert_covers(&polygon);
        }

        #[test]
        fn rectilinear(heights in prop::collection::vec(0.3f64..9.0, 1..60)) {
            // A skyline: up, across and down again, with niches of any depth.
            let mut polygon = vec![[0.0, 0.0], [heights.len() as f64, 0.0]];
            for (place, &height) in heights.iter().enumerate().rev() {
                polygon.push([place as f64 + 1.0, height]);
                polygon.push([place as f64, height]);
            }
            assert_covers(&polygon);
        }
    }
}
