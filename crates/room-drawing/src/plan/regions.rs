//! Levels of the floor, columns, and the lines of sloped ceilings.

use super::labels::{Quad, Taken, overlap, text_box};
use super::sheet::Sheet;
use super::style::REMARK;
use super::svg::{Drawing, Place};
use crate::polygon::{Point, along, between, bounds, edges, length};
use crate::regions::{Pillar, Plane};
use crate::shell::Shell;

/// Edges of a ceiling whose ends differ by less than this are level, meters.
const LEVEL_EDGE: f64 = 0.03;
/// From an edge to the height that is written beside it, sheet units.
const BESIDE: f64 = 9.0;
/// Equal heights nearer to each other than this are written once, sheet units.
const SAME_LABEL: f64 = 30.0;
/// Where along an edge its height may stand, best first.
const PLACES: [f64; 5] = [0.5, 0.25, 0.75, 0.12, 0.88];
/// Where in a level's box its height may stand.
const SPOTS: [Point; 5] = [[0.5, 0.5], [0.5, 0.2], [0.5, 0.8], [0.2, 0.5], [0.8, 0.5]];

/// The box around a column, as an obstacle.
pub fn around(column: &Pillar) -> Option<Quad> {
    let [low, high] = bounds(column.outline.iter().copied())?;
    Some([low, [high[0], low[1]], high, [low[0], high[1]]])
}

/// Draws the parts of the floor at another height.
pub fn draw_levels(shell: &Shell, drawing: &mut Drawing, sheet: &Sheet) {
    for level in &shell.levels {
        drawing.polygon("level", &placed(&level.outline, sheet));
    }
}

/// Draws the columns, cut like the walls.
pub fn draw_columns(shell: &Shell, drawing: &mut Drawing, sheet: &Sheet) {
    for column in &shell.columns {
        let title = format!("Column {}", column.index + 1);
        drawing.group(&title, |drawing| {
            drawing.polygon("wall", &placed(&column.outline, sheet));
        });
    }
}

/// Draws the edges of the sloped planes.
pub fn draw_slopes(shell: &Shell, drawing: &mut Drawing, sheet: &Sheet) {
    for plane in sloped(shell) {
        let mut corners = placed(&plane.outline, sheet);
        corners.extend(corners.first().copied());
        drawing.path("slope", &super::svg::open_path(&corners));
    }
}

/// Writes the heights of levels and slopes where nothing else is.
pub fn label_all(
    shell: &Shell,
    footprints: &[Quad],
    drawing: &mut Drawing,
    sheet: &Sheet,
    taken: &mut Taken,
) {
    let mut written: Vec<(Point, String)> = Vec::new();
    let mut write = |text: String, places: &[Point], taken: &mut Taken| {
        let near = |(at, known): &(Point, String)| {
            let close = |place: &Point| length(between(*at, *place)) < SAME_LABEL;
            *known == text && places.first().is_some_and(close)
        };
        if written.iter().any(near) {
            return;
        }
        let boxed = |at: Point| text_box(REMARK, Place { at, turn: 0.0 }, &text);
        let clear = |&at: &Point| taken.is_free(&boxed(at));
        let free =
            |at: &Point| clear(at) && !footprints.iter().any(|other| overlap(&boxed(*at), other));
        let found = places.iter().copied().find(free);
        if let Some(at) = found.or_else(|| places.iter().copied().find(clear)) {
            taken.add(boxed(at));
            drawing.text(REMARK, "halo inside", Place { at, turn: 0.0 }, &text);
            written.push((at, text));
        }
    };
    for plane in sloped(shell) {
        for (text, places) in heights(plane, sheet) {
            write(text, &places, taken);
        }
    }
    for level in &shell.levels {
        let Some([low, high]) = bounds(level.outline.iter().copied()) else {
            continue;
        };
        let spot = |[x, y]: Point| {
            sheet.place([
                low[0] + (high[0] - low[0]) * x,
                low[1] + (high[1] - low[1]) * y,
            ])
        };
        let sign = if level.height > 0.0 { "+" } else { "" };
        let text = format!("{sign}{:.2} m", level.height);
        write(text, &SPOTS.map(spot), taken);
    }
}

/// The heights of a plane's level edges, or where it has none of its corners, with the places
/// where each may stand.
fn heights(plane: &Plane, sheet: &Sheet) -> Vec<(String, Vec<Point>)> {
    let corners = placed(&plane.outline, sheet);
    let count = corners.len().max(1) as f64;
    let sum = corners
        .iter()
        .fold([0.0; 2], |sum, &at| along(sum, at, 1.0));
    let center = [sum[0] / count, sum[1] / count];
    let inside = |at: Point| {
        let inward = between(at, center);
        along(at, inward, (BESIDE / length(inward).max(1e-9)).min(0.9))
    };
    let label = |height: f64| format!("{height:.2} m");
    let level: Vec<_> = edges(&plane.outline)
        .filter(|&(a, b)| (plane.at(a) - plane.at(b)).abs() < LEVEL_EDGE)
        .map(|(a, b)| {
            let [from, to] = [sheet.place(a), sheet.place(b)];
            let run = between(from, to);
            let left = [run[1], -run[0]];
            let long = length(run).max(1e-9);
            // The plane lies to the left of its edges; on the sheet y runs down.
            let place = |share: f64| along(along(from, run, share), left, BESIDE / long);
            (label(plane.at(a)), PLACES.map(place).to_vec())
        })
        .collect();
    if level.is_empty() {
        let corners = plane.outline.iter().zip(&corners);
        corners
            .map(|(&at, &placed)| (label(plane.at(at)), vec![inside(placed)]))
            .collect()
    } else {
        level
    }
}

fn sloped(shell: &Shell) -> impl Iterator<Item = &Plane> {
    shell.ceilings.iter().filter(|plane| !plane.is_level())
}

fn placed(outline: &[Point], sheet: &Sheet) -> Vec<Point> {
    outline.iter().map(|&at| sheet.place(at)).collect()
}
