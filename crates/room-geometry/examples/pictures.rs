//! Draws what the documentation shows: made-up rooms from above, their points and what was found.
//!
//! `cargo run --release -p room-geometry --example pictures -- docs/rooms`
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use room_geometry::model::RoomGeometry;
use room_geometry::testing::CASES;
use room_geometry::{Analysis, Options, analyze_with};
use room_scan::Measurements;

/// Name of the file, kind of room, seed.
const PICTURES: [(&str, &str, u64); 6] = [
    ("l-shape", "L, furnished", 4),
    ("door", "a door into another room", 3),
    ("gable", "gable", 6),
    ("columns", "columns", 3),
    ("mirror", "mirror", 6),
    ("half", "half the walls", 2),
];
/// Pixels to the meter, and the margin in meters.
const SCALE: f64 = 60.0;
const MARGIN: f64 = 0.5;
/// Points drawn of the shell and of what is inside, each.
const POINTS: usize = 700;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder")?;
    std::fs::create_dir_all(&folder)?;
    for (name, kind, seed) in PICTURES {
        let case = CASES
            .iter()
            .find(|case| case.0 == kind)
            .ok_or("no such kind")?;
        let cloud = (case.1)(seed).scan();
        let analysis = analyze_with(&cloud, &Measurements::default(), &Options::default())?;
        let path = Path::new(&folder).join(format!("{name}.svg"));
        std::fs::write(&path, draw(&analysis)?)?;
        println!("{}", path.display());
    }
    Ok(())
}

/// Where things lie in the picture: y runs upward in the plan.
struct View {
    low: [f64; 2],
    high: [f64; 2],
}

impl View {
    fn new(analysis: &Analysis) -> Self {
        let range = |axis: usize| {
            let mut values: Vec<f64> = analysis.interior.all().map(|p| p[axis]).collect();
            values.sort_by(f64::total_cmp);
            let tail = values.len() / 200;
            let at = |index: usize| values.get(index).copied().unwrap_or(0.0);
            (
                at(tail) - MARGIN,
                at(values.len().saturating_sub(1 + tail)) + MARGIN,
            )
        };
        let (x, y) = (range(0), range(1));
        Self {
            low: [x.0, y.0],
            high: [x.1, y.1],
        }
    }

    fn point(&self, p: [f64; 2]) -> [f64; 2] {
        [(p[0] - self.low[0]) * SCALE, (self.high[1] - p[1]) * SCALE]
    }

    fn ring(&self, corners: &[[f64; 2]]) -> String {
        let corners = corners.iter().map(|corner| {
            let [x, y] = self.point(*corner);
            format!("{x:.0},{y:.0}")
        });
        corners.collect::<Vec<_>>().join(" ")
    }

    /// Small dots as one path.
    fn dots(&self, points: &[[f64; 3]]) -> String {
        let step = points.len().div_ceil(POINTS).max(1);
        let mut path = String::new();
        for [x, y, _] in points.iter().step_by(step) {
            let [x, y] = self.point([*x, *y]);
            if x > 0.0 && y > 0.0 && x < (self.high[0] - self.low[0]) * SCALE {
                let _ = write!(path, "M{x:.0} {y:.0}h1");
            }
        }
        path
    }
}

fn draw(analysis: &Analysis) -> Result<String, std::fmt::Error> {
    let room = &analysis.geometry;
    let view = View::new(analysis);
    let size = [0, 1].map(|i| (view.high[i] - view.low[i]) * SCALE);
    let inside: Vec<[f64; 3]> = analysis
        .interior
        .points
        .iter()
        .map(|p| p.map(f64::from))
        .collect();
    let upright: Vec<[f64; 3]> = analysis
        .interior
        .all()
        .filter(|p| p[2] > 0.2 && p[2] < 1.9)
        .collect();
    let mut svg = String::new();
    writeln!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:.0} {:.0}" font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/>"##,
        size[0], size[1]
    )?;
    for (points, color) in [(&upright, "#9aa5b1"), (&inside, "#d99a2b")] {
        writeln!(
            svg,
            r#"<path d="{}" stroke="{color}" stroke-width="1.6"/>"#,
            view.dots(points)
        )?;
    }
    surfaces(&mut svg, room, &view)?;
    walls(&mut svg, room, &view)?;
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn surfaces(svg: &mut String, room: &RoomGeometry, view: &View) -> std::fmt::Result {
    if room.ceilings.len() > 1 {
        for ceiling in &room.ceilings {
            writeln!(
                svg,
                r##"<polygon points="{}" fill="#3b82f6" fill-opacity="0.12" stroke="#3b82f6" stroke-dasharray="6 4"/>"##,
                view.ring(&ceiling.outline)
            )?;
        }
    }
    for outline in room.levels.iter().map(|level| &level.outline) {
        writeln!(
            svg,
            r##"<polygon points="{}" fill="#10b981" fill-opacity="0.2"/>"##,
            view.ring(outline)
        )?;
    }
    for column in &room.columns {
        writeln!(
            svg,
            r##"<polygon points="{}" fill="#c026d3" fill-opacity="0.4" stroke="#c026d3" stroke-width="2"/>"##,
            view.ring(&column.outline)
        )?;
    }
    Ok(())
}

fn walls(svg: &mut String, room: &RoomGeometry, view: &View) -> std::fmt::Result {
    for wall in &room.walls {
        let (a, b) = (view.point(wall.start), view.point(wall.end));
        let dashes = if wall.open {
            r#" stroke-dasharray="8 6""#
        } else {
            ""
        };
        writeln!(
            svg,
            r##"<path d="M{:.0} {:.0}L{:.0} {:.0}" stroke="#dc2626" stroke-width="3"{dashes}/>"##,
            a[0], a[1], b[0], b[1]
        )?;
        let length = (wall.end[0] - wall.start[0]).hypot(wall.end[1] - wall.start[1]);
        let out = [(b[1] - a[1]), (a[0] - b[0])].map(|v| -v / (length * SCALE).max(1.0));
        writeln!(
            svg,
            r##"<text x="{:.0}" y="{:.0}" text-anchor="middle" fill="#111">{length:.2}{}</text>"##,
            0.5 * (a[0] + b[0]) + 16.0 * out[0],
            0.5 * (a[1] + b[1]) + 16.0 * out[1] + 4.0,
            if wall.open { "?" } else { "" }
        )?;
    }
    Ok(())
}
