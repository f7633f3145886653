//! Slabs, ceilings, columns, and the body of the space between them.

use super::model::Model;
use super::step::Arg::{Enum, Nil, Ref, Said, Text, Typed};
use super::step::Id;
use crate::mesh::{Paint, column_top};
use crate::polygon::{Point, depth_inside, signed_area};
use crate::regions::Plane;
use crate::shell::{Shell, Wall};

/// How thick slabs are drawn, which no scan sees, meters.
const SLAB: f64 = 0.2;
/// How thick a ceiling's covering is drawn, meters.
const COVERING: f64 = 0.02;
/// The part of the floor that the planes of the ceiling may leave uncovered.
const GAP: f64 = 0.02;
/// A pit nearer to the wall than this is left uncut from the slab, meters.
const RIM: f64 = 0.01;

/// The body of the room: what is below each plane of the ceiling.
pub fn space(model: &mut Model, shell: &Shell) -> Id {
    // Planes over a part of the room only do not make its body.
    let covered: f64 = shell
        .ceilings
        .iter()
        .map(|plane| signed_area(&plane.outline))
        .sum();
    let area = signed_area(&shell.outline);
    if (covered - area).abs() > GAP * area {
        let peaks = shell.walls.iter().map(Wall::peak);
        let height = shell.height.unwrap_or_else(|| peaks.fold(0.0, f64::max));
        let body = model.prism(&shell.outline, 0.0, height);
        return model.shape("SweptSolid", &[body], None);
    }
    let sloped = shell.ceilings.iter().any(|plane| !plane.is_level());
    let mut items = Vec::new();
    for plane in &shell.ceilings {
        items.push(if plane.is_level() {
            model.prism(&plane.outline, 0.0, level_height(plane))
        } else {
            model.room_below(plane)
        });
    }
    let all_sloped = shell.ceilings.iter().all(|plane| !plane.is_level());
    let kind = match (sloped, all_sloped) {
        (false, _) => "SweptSolid",
        (true, true) => "Clipping",
        (true, false) => "SolidModel",
    };
    model.shape(kind, &items, None)
}

/// Adds the elements of the shell but for its walls.
pub fn add_all(model: &mut Model, shell: &Shell, within: Id, elements: &mut Vec<Id>) {
    add_floor(model, shell, within, elements);
    for level in &shell.levels {
        let part = format!("level {}", level.index + 1);
        let bottom = if level.height > 0.0 {
            0.0
        } else {
            level.height - SLAB
        };
        let body = model.prism(&level.outline, bottom, level.height - bottom);
        let slab = add(
            model,
            "IFCSLAB",
            &part,
            within,
            body,
            &Paint::floor(),
            "FLOOR",
        );
        let length = "IFCLENGTHMEASURE";
        let properties = [
            ("Level", Typed(length, level.height)),
            ("Uncertainty", Typed(length, level.uncertainty)),
        ];
        model.properties(slab, &part, &properties);
        elements.push(slab);
    }
    for (index, plane) in shell.ceilings.iter().enumerate() {
        add_ceiling(model, index, plane, within, elements);
    }
    if let (true, Some(height)) = (shell.ceilings.is_empty(), shell.height) {
        let body = model.prism(&shell.outline, height, COVERING);
        let paint = Paint::ceiling();
        elements.push(add(
            model,
            "IFCCOVERING",
            "ceiling",
            within,
            body,
            &paint,
            "CEILING",
        ));
    }
    for column in &shell.columns {
        let part = format!("column {}", column.index + 1);
        let body = model.prism(&column.outline, 0.0, column_top(column, shell));
        let paint = Paint::wall(true);
        let id = add(model, "IFCCOLUMN", &part, within, body, &paint, "COLUMN");
        let seen = if column.height.is_some() {
            "measured"
        } else {
            "to the ceiling"
        };
        let properties = [
            ("Uncertainty", Typed("IFCLENGTHMEASURE", column.uncertainty)),
            ("TopSeen", Said("IFCLABEL", seen)),
        ];
        model.properties(id, &part, &properties);
        elements.push(id);
    }
}

fn add_floor(model: &mut Model, shell: &Shell, within: Id, elements: &mut Vec<Id>) {
    let inside = |&corner: &Point| depth_inside(corner, &shell.outline) > RIM;
    let pits = shell.levels.iter().filter(|level| level.height < 0.0);
    let pits: Vec<&[Point]> = pits
        .map(|level| level.outline.as_slice())
        .filter(|outline| outline.iter().all(inside))
        .collect();
    let body = model.prism_around(&shell.outline, &pits, -SLAB, SLAB);
    let slab = add(
        model,
        "IFCSLAB",
        "floor",
        within,
        body,
        &Paint::floor(),
        "FLOOR",
    );
    let properties = [("Thickness", Said("IFCLABEL", "nominal, not measured"))];
    model.properties(slab, "floor", &properties);
    elements.push(slab);
}

/// A level ceiling is a covering, a sloped one a slab of the roof.
fn add_ceiling(model: &mut Model, index: usize, plane: &Plane, within: Id, elements: &mut Vec<Id>) {
    let part = match index {
        0 => "ceiling".to_owned(),
        index => format!("ceiling {}", index + 1),
    };
    let paint = Paint::ceiling();
    let id = if plane.is_level() {
        let body = model.prism(&plane.outline, level_height(plane), COVERING);
        add(model, "IFCCOVERING", &part, within, body, &paint, "CEILING")
    } else {
        let body = model.slab_on(plane, SLAB);
        add(model, "IFCSLAB", &part, within, body, &paint, "ROOF")
    };
    let slope = plane.rise().atan();
    let properties = [
        ("Slope", Typed("IFCPLANEANGLEMEASURE", slope)),
        ("Uncertainty", Typed("IFCLENGTHMEASURE", plane.uncertainty)),
    ];
    model.properties(id, &part, &properties);
    elements.push(id);
}

/// The height of a plane that counts as level, in its middle.
fn level_height(plane: &Plane) -> f64 {
    let count = plane.outline.len().max(1) as f64;
    plane.outline.iter().map(|&at| plane.at(at)).sum::<f64>() / count
}

/// An element of one extruded solid.
fn add(
    model: &mut Model,
    entity: &str,
    part: &str,
    within: Id,
    body: Id,
    paint: &Paint,
    kind: &'static str,
) -> Id {
    let place = model.place(Some(within), [0.0; 3], None);
    let shape = model.shape("SweptSolid", &[body], Some(paint));
    let arguments = [
        Text(part),
        Nil,
        Nil,
        Ref(place),
        Ref(shape),
        Nil,
        Enum(kind),
    ];
    model.root(entity, part, &arguments)
}
