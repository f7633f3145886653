//! Everything around the drawing: the heading above it, and scale bar, figures and notes below.

use room_geometry::model::{Dimensions, OpeningKind, RoomGeometry, Source};

use super::figures::{figure, percent, size};
use super::sheet::{MARGIN, Sheet, WIDTH};
use super::style::{CAPTION, FIGURE, NOTE, SIZE, TITLE, Type};
use super::svg::{Drawing, Place};
use crate::furniture::Piece;
use crate::shell::{Shell, Wall};

/// Lines of a title.
const TITLE_LINES: usize = 2;
/// A scale bar is at least this long, and less than two and a half times as long.
const SHORTEST_BAR: f64 = 62.0;

/// Writes title and size, and gives the height that they take.
pub fn draw_heading(room: &RoomGeometry, title: &str, drawing: &mut Drawing) -> f64 {
    let mut y = 12.0;
    for line in wrap(title, TITLE, TITLE_LINES) {
        y += 22.0;
        drawing.text(TITLE, "", centered(y - 4.0), &line);
    }
    if let Some(size) = size(&room.dimensions) {
        y += 18.0;
        drawing.text(SIZE, "", centered(y - 4.0), &size);
    }
    y + 4.0
}

/// Draws the scale bar, and gives the lower edge of what it takes.
pub fn draw_scale_bar(sheet: &Sheet, drawing: &mut Drawing) -> f64 {
    let step = round_length(SHORTEST_BAR / sheet.scale);
    let (left, top) = (MARGIN + 4.0, sheet.bottom + 2.0);
    let half = step / 2.0 * sheet.scale;
    drawing.rectangle("bar full", [left, top], [half, 5.0]);
    drawing.rectangle("bar paper", [left + half, top], [half, 5.0]);

    let figures = [
        (0.0, "0".to_owned()),
        (half, format!("{}", step / 2.0)),
        (2.0 * half, format!("{step} m")),
    ];
    for (run, text) in figures {
        let at = [left + run, top + 13.0];
        drawing.text(NOTE, "", Place { at, turn: 0.0 }, &text);
    }
    top + 26.0
}

/// Writes the room's figures in three columns, and gives the lower edge. A room of which nothing
/// is known has no figures.
pub fn draw_figures(room: &RoomGeometry, top: f64, drawing: &mut Drawing) -> f64 {
    if room.dimensions == Dimensions::default() {
        return top;
    }
    let d = &room.dimensions;
    let figures = [
        ("Length", figure(d.length, "m")),
        ("Width", figure(d.width, "m")),
        ("Height", figure(d.height, "m")),
        ("Floor area", figure(d.floor_area, "m²")),
        ("Perimeter", figure(d.perimeter, "m")),
        ("Volume", figure(d.volume, "m³")),
    ];
    let column = (WIDTH - 2.0 * MARGIN) / 3.0;
    let mut y = top;
    for row in figures.chunks(3) {
        drawing.line("rule", [MARGIN, y], [WIDTH - MARGIN, y]);
        let mut x = MARGIN + 2.0;
        for (caption, figure) in row {
            drawing.text_from(CAPTION, [x, y + 11.0], caption);
            drawing.text_from(FIGURE, [x, y + 26.0], figure);
            x += column;
        }
        y += 38.0;
    }
    drawing.line("rule", [MARGIN, y], [WIDTH - MARGIN, y]);
    y
}

/// Writes notes below one another, and gives the lower edge of the sheet.
pub fn draw_notes(notes: &[String], top: f64, drawing: &mut Drawing) -> f64 {
    let mut y = top + 4.0;
    for note in notes {
        for line in wrap(note, NOTE, 3) {
            y += 14.5;
            drawing.text_from(NOTE, [MARGIN + 2.0, y - 3.0], &line);
        }
    }
    y + 14.0
}

/// What the reader of a plan should know.
pub fn notes(room: &RoomGeometry, shell: &Shell, pieces: &[Piece]) -> Vec<String> {
    let mut notes = Vec::new();
    match room.source {
        Source::Points => notes.push(format!(
            "Seen by the scan: floor {}, walls {}, ceiling {}.",
            percent(room.coverage.floor),
            percent(room.coverage.walls),
            percent(room.coverage.ceiling)
        )),
        Source::CapturedRoom => {
            notes.push("Taken over from the room that the phone captured.".to_owned())
        }
        Source::AppMeasurements => {
            notes.push("Drawn from the app's measurements, not from the scan.".to_owned())
        }
    }
    if shell.walls.iter().any(|wall| !wall.seen && !wall.open) {
        notes.push("Dashed walls: not seen by the scan. ≥: may go on beyond them.".to_owned());
    }
    if shell.walls.iter().any(|wall| wall.open) {
        notes.push("Long dashes: open to what lies beyond.".to_owned());
    }
    if shell.ceilings.iter().any(|plane| !plane.is_level()) {
        notes.push("Dash-dotted: sloped ceiling, with its height above the floor.".to_owned());
    }
    let nominal = |wall: &Wall| wall.thickness.is_none() && wall.seen && !wall.open;
    if shell.walls.iter().any(nominal) {
        notes.push("Gray walls: thickness not measured, drawn by default.".to_owned());
    }
    let mut holes = shell.walls.iter().flat_map(|wall| &wall.holes);
    if holes.any(|hole| hole.kind == OpeningKind::Door) {
        notes.push("Doors are drawn opening inward; the swing is not measured.".to_owned());
    }
    if pieces.iter().any(|piece| !piece.named) {
        notes.push("Outlines without a name: things whose kind is not known.".to_owned());
    }
    notes.push("Lengths between wall faces; ± covers about 95 % of cases.".to_owned());
    notes
}

fn centered(y: f64) -> Place {
    Place {
        at: [WIDTH / 2.0, y],
        turn: 0.0,
    }
}

/// The text in lines no wider than the sheet; what is beyond the last line is cut off.
fn wrap(text: &str, kind: Type, lines: usize) -> Vec<String> {
    let fits = |line: &str| kind.width(line) <= WIDTH - 2.0 * MARGIN;
    let mut wrapped = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = wrapped.last_mut() else {
            break;
        };
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if fits(&longer) {
            *line = longer;
        } else if line.is_empty() {
            *line = shortened(word, &fits);
        } else {
            wrapped.push(shortened(word, &fits));
        }
    }
    if wrapped.len() > lines {
        wrapped.truncate(lines);
        if let Some(last) = wrapped.last_mut() {
            *last = shortened(&format!("{last} …"), &fits);
        }
    }
    wrapped
}

/// As much of a word as fits on a line.
fn shortened(word: &str, fits: &impl Fn(&str) -> bool) -> String {
    let mut kept: Vec<char> = word.chars().collect();
    let mut line = word.to_owned();
    while !fits(&line) && !kept.is_empty() {
        kept.pop();
        line = kept.iter().collect::<String>() + "…";
    }
    line
}

/// The next length of at least `least` that reads well: 1, 2 or 5 times a power of ten, meters.
fn round_length(least: f64) -> f64 {
    let power = 10f64.powi(least.log10().floor() as i32);
    [1.0, 2.0, 5.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|&length| length >= least)
        .unwrap_or(10.0 * power)
}
