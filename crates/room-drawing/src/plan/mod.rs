//! The floor plan, as SVG: walls, openings, furniture, dimensions, title block.

mod area_label;
mod dimensions;
pub mod figures;
mod furniture;
mod labels;
mod regions;
mod sheet;
mod style;
mod svg;
mod title_block;
mod walls;

use room_geometry::model::{OpeningKind, RoomGeometry};

use crate::furniture::{Piece, pieces};
use crate::shell::{NoShell, Shell};
use crate::text::clean;
use area_label::AreaLabel;
use figures::figure;
use labels::{Quad, Taken};
use sheet::{Sheet, WIDTH};
use style::SIZE;
use svg::{Drawing, Place};
use walls::{drawn_walls, swept_floor};

/// Characters of a title.
const LONGEST_TITLE: usize = 80;
/// Characters of a note.
const LONGEST_NOTE: usize = 200;
/// Notes of the geometry that are shown where there is no room to draw.
const MOST_NOTES: usize = 4;

/// Draws the floor plan of a room.
pub fn draw(room: &RoomGeometry, title: &str) -> String {
    let title = match clean(title, LONGEST_TITLE) {
        empty if empty.is_empty() => "Floor plan".to_owned(),
        title => title,
    };
    match Shell::of(room) {
        Ok(shell) => draw_plan(room, &shell, &title),
        Err(reason) => draw_nothing(room, reason, &title),
    }
}

/// The plan of a room with a known outline.
fn draw_plan(room: &RoomGeometry, shell: &Shell, title: &str) -> String {
    let mut drawing = Drawing::default();
    let top = title_block::draw_heading(room, title, &mut drawing);
    let sheet = Sheet::fit(shell, top);
    let pieces = pieces(room);
    draw_room(room, shell, &pieces, &sheet, &mut drawing);

    let y = title_block::draw_scale_bar(&sheet, &mut drawing);
    let y = title_block::draw_figures(room, y, &mut drawing);
    let notes = title_block::notes(room, shell, &pieces);
    let bottom = title_block::draw_notes(&notes, y, &mut drawing);
    let description = description(room, shell);
    drawing.finish([WIDTH, bottom], &style::sheet(), title, &description)
}

/// The room itself. Texts come last where they may lie over lines.
fn draw_room(
    room: &RoomGeometry,
    shell: &Shell,
    pieces: &[Piece],
    sheet: &Sheet,
    drawing: &mut Drawing,
) {
    let walls = drawn_walls(shell, sheet);
    let mut swept: Vec<Quad> = shell.walls.iter().flat_map(swept_floor).collect();
    swept.extend(shell.columns.iter().filter_map(regions::around));
    let mut taken = Taken::default();
    for wall in &walls {
        taken.add(wall.outline(sheet));
    }
    for quad in &swept {
        taken.add(quad.map(|corner| sheet.place(corner)));
    }
    let area = AreaLabel::find(room, shell, pieces, &swept, &taken, sheet);
    if let Some(area) = &area {
        taken.add(area.quad());
    }

    let floor: Vec<_> = shell.outline.iter().map(|&p| sheet.place(p)).collect();
    drawing.polygon("floor", &floor);
    regions::draw_levels(shell, drawing, sheet);
    furniture::draw_all(pieces, &shell.outline, drawing, sheet);
    let footprints = furniture::footprints(pieces, sheet);
    regions::draw_slopes(shell, drawing, sheet);
    dimensions::draw_all(&walls, &footprints, drawing, sheet, &mut taken);
    walls::draw_all(&walls, drawing, sheet);
    regions::draw_columns(shell, drawing, sheet);
    if let Some(area) = &area {
        area.draw(drawing);
    }
    regions::label_all(shell, &footprints, drawing, sheet, &mut taken);
    furniture::label_all(pieces, drawing, sheet, &mut taken);
}

/// A sheet that says why there is no plan on it, with what else is known.
fn draw_nothing(room: &RoomGeometry, reason: NoShell, title: &str) -> String {
    let mut drawing = Drawing::default();
    let top = title_block::draw_heading(room, title, &mut drawing);
    let message = match reason {
        NoShell::Unknown => "The outline of this room is not known.",
        NoShell::Unusable => "The outline of this room cannot be drawn.",
    };
    let at = [WIDTH / 2.0, top + 45.0];
    drawing.text(SIZE, "", Place { at, turn: 0.0 }, message);
    let y = title_block::draw_figures(room, top + 75.0, &mut drawing);
    let notes: Vec<String> = room
        .notes
        .iter()
        .take(MOST_NOTES)
        .map(|note| clean(note, LONGEST_NOTE))
        .collect();
    let bottom = title_block::draw_notes(&notes, y, &mut drawing);
    drawing.finish([WIDTH, bottom], &style::sheet(), title, message)
}

/// The plan in words, for those who cannot see it.
fn description(room: &RoomGeometry, shell: &Shell) -> String {
    let openings = |kind: OpeningKind, one: &str, many: &str| {
        let holes = shell.walls.iter().flat_map(|wall| &wall.holes);
        counted(holes.filter(|hole| hole.kind == kind).count(), one, many)
    };
    let dimensions = &room.dimensions;
    format!(
        "Floor plan of a room with {}, {}, {}, {} and {}. Length {}, width {}, height {}, floor area {}.",
        counted(shell.walls.len(), "wall", "walls"),
        openings(OpeningKind::Door, "door", "doors"),
        openings(OpeningKind::Window, "window", "windows"),
        openings(OpeningKind::Opening, "passage", "passages"),
        counted(room.objects.len(), "object", "objects"),
        figure(dimensions.length, "m"),
        figure(dimensions.width, "m"),
        figure(dimensions.height, "m"),
        figure(dimensions.floor_area, "m²"),
    )
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
