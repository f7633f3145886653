//! Walls, what is cut out of them and what fills it, and furniture.

use room_geometry::model::{OpeningKind, RoomGeometry};

use super::model::Model;
use super::step::Arg::{Enum, Nil, Real, Ref, Said, Text, Typed};
use super::step::{Arg, Id};
use crate::furniture::pieces;
use crate::mesh::Paint;
use crate::openings::Hole;
use crate::polygon::Point;
use crate::shell::{Shell, Wall};
use crate::text::clean;

/// How far the body of an opening sticks out of its wall on both sides, meters.
const CUT: f64 = 0.05;
/// How thick doors and windows are drawn, meters.
const LEAF: f64 = 0.05;
const PANE: f64 = 0.03;
/// A hole less high than this below the wall's top is none, meters.
const LEAST: f64 = 0.05;

const METERS: &str = "IFCLENGTHMEASURE";
const PART: &str = "IFCREAL";

/// Adds the walls with their openings, and gives the elements that bound the space, saying of each
/// whether it is but a line where the room is open.
pub fn add_walls(
    model: &mut Model,
    room: &RoomGeometry,
    shell: &Shell,
    within: Id,
    elements: &mut Vec<Id>,
) -> Vec<(Id, bool)> {
    let spans = shell.outer_spans(Wall::drawn_thickness);
    let mut boundaries = Vec::new();
    for (wall, span) in shell.walls.iter().zip(spans) {
        let [x, y] = wall.start;
        let place = model.place(Some(within), [x, y, 0.0], Some(wall.direction));
        let part = format!("wall {}", wall.index + 1);
        let id = if wall.open {
            let arguments = [Text("open boundary"), Nil, Nil, Ref(place), Nil, Nil];
            model.root("IFCVIRTUALELEMENT", &part, &arguments)
        } else {
            let wall_id = add_wall(model, room, wall, span, place, &part);
            for hole in &wall.holes {
                add_opening(model, room, wall, hole, [place, wall_id], elements);
            }
            wall_id
        };
        elements.push(id);
        boundaries.push((id, wall.open));
    }
    boundaries
}

/// A wall: its section extruded upward, or below a slope its face extruded outward.
fn add_wall(
    model: &mut Model,
    room: &RoomGeometry,
    wall: &Wall,
    [outer_from, outer_to]: [f64; 2],
    place: Id,
    part: &str,
) -> Id {
    let thickness = wall.drawn_thickness();
    let body = if wall.is_level() {
        let section = [
            [outer_from, -thickness],
            [outer_to, -thickness],
            [wall.length, 0.0],
            [0.0, 0.0],
        ];
        model.prism(&section, 0.0, wall.peak())
    } else {
        let mut face: Vec<Point> = vec![[0.0, 0.0], [wall.length, 0.0]];
        face.extend(wall.top.iter().rev());
        model.upright(&face, thickness)
    };
    let shape = model.shape("SweptSolid", &[body], Some(&Paint::wall(wall.seen)));
    let arguments = [
        Text(part),
        Nil,
        Nil,
        Ref(place),
        Ref(shape),
        Nil,
        Enum("NOTDEFINED"),
    ];
    let id = model.root("IFCWALL", part, &arguments);

    let quantities = [
        ("Length", Typed("IFCQUANTITYLENGTH", wall.length)),
        ("Width", Typed("IFCQUANTITYLENGTH", thickness)),
        ("Height", Typed("IFCQUANTITYLENGTH", wall.peak())),
    ];
    model.quantities(id, part, "Qto_WallBaseQuantities", &quantities);
    let measured = room.walls.get(wall.index);
    let thickness = match (wall.thickness, wall.height) {
        (Some(_), _) => "measured",
        (None, _) => "nominal, not measured",
    };
    let properties = [
        ("Thickness", Said("IFCLABEL", thickness)),
        (
            "Uncertainty",
            Typed(METERS, measured.map_or(f64::NAN, |wall| wall.uncertainty)),
        ),
        (
            "Coverage",
            Typed(PART, measured.map_or(f64::NAN, |wall| wall.coverage)),
        ),
    ];
    model.properties(id, part, &properties);
    id
}

/// An opening in a wall, and the door or window in it.
fn add_opening(
    model: &mut Model,
    room: &RoomGeometry,
    wall: &Wall,
    hole: &Hole,
    [place, wall_id]: [Id; 2],
    elements: &mut Vec<Id>,
) {
    let (width, height) = (hole.to - hole.from, hole.top.min(wall.peak()) - hole.bottom);
    if height < LEAST {
        return;
    }
    let thickness = wall.drawn_thickness();
    let number = hole.index + 1;
    let place = model.place(Some(place), [hole.from, 0.0, hole.bottom], None);
    let cut = model.prism(&across(width, -thickness - CUT, CUT), 0.0, height);
    let shape = model.shape("SweptSolid", &[cut], None);
    let part = format!("opening {number}");
    let arguments = [
        Text(&part),
        Nil,
        Nil,
        Ref(place),
        Ref(shape),
        Nil,
        Enum("OPENING"),
    ];
    let opening = model.root("IFCOPENINGELEMENT", &part, &arguments);
    let arguments = [Nil, Nil, Ref(wall_id), Ref(opening)];
    model.root("IFCRELVOIDSELEMENT", &format!("{part}/voids"), &arguments);

    let measured = room.openings.get(hole.index);
    let properties = [
        ("Width", Typed(METERS, width)),
        ("Sill", Typed(METERS, hole.bottom)),
        ("Head", Typed(METERS, hole.top)),
        (
            "Uncertainty",
            Typed(
                METERS,
                measured.map_or(f64::NAN, |opening| opening.uncertainty),
            ),
        ),
        (
            "Confidence",
            Typed(
                PART,
                measured.map_or(f64::NAN, |opening| opening.confidence),
            ),
        ),
    ];
    let middle = -thickness / 2.0;
    let (entity, kind, name, section, paint) = match hole.kind {
        OpeningKind::Opening => {
            model.properties(opening, &part, &properties);
            return;
        }
        OpeningKind::Door => {
            let section = across(width, -LEAF.min(thickness), 0.0);
            ("IFCDOOR", "DOOR", "door", section, Paint::door())
        }
        OpeningKind::Window => {
            let section = across(width, middle - PANE / 2.0, middle + PANE / 2.0);
            ("IFCWINDOW", "WINDOW", "window", section, Paint::glass())
        }
    };
    let name = format!("{name} {number}");
    let within = model.place(Some(place), [0.0; 3], None);
    let body = model.prism(&section, 0.0, height);
    let shape = model.shape("SweptSolid", &[body], Some(&paint));
    let arguments = [
        Text(&name),
        Nil,
        Nil,
        Ref(within),
        Ref(shape),
        Nil,
        Real(height),
        Real(width),
        Enum(kind),
        Enum("NOTDEFINED"),
        Nil,
    ];
    let filling = model.root(entity, &name, &arguments);
    let arguments = [Nil, Nil, Ref(opening), Ref(filling)];
    model.root("IFCRELFILLSELEMENT", &format!("{part}/filled"), &arguments);
    model.properties(filling, &name, &properties);
    elements.push(filling);
}

/// A rectangle over the width of an opening.
fn across(width: f64, back: f64, front: f64) -> [Point; 4] {
    [[0.0, back], [width, back], [width, front], [0.0, front]]
}

/// Adds the furniture as boxes.
pub fn add_furniture(model: &mut Model, room: &RoomGeometry, within: Id, elements: &mut Vec<Id>) {
    for piece in pieces(room) {
        let Some(object) = room.objects.get(piece.index) else {
            continue;
        };
        let part = format!("object {}", piece.index + 1);
        let [x, y] = piece.center;
        let (sine, cosine) = object.rotation.to_radians().sin_cos();
        let at = [x, y, piece.bottom];
        let place = model.place(Some(within), at, Some([cosine, sine]));
        let [half_length, half_width] = [piece.size[0] / 2.0, piece.size[1] / 2.0];
        let section = [
            [-half_length, -half_width],
            [half_length, -half_width],
            [half_length, half_width],
            [-half_length, half_width],
        ];
        let body = model.prism(&section, 0.0, piece.size[2]);
        let class = piece.name.to_ascii_lowercase();
        let shape = model.shape("SweptSolid", &[body], Some(&Paint::object(&class)));
        let (entity, kind) = kind_of(&class);
        let object_type = clean(&object.class, 40);
        let object_type = if object_type.is_empty() {
            Arg::Nil
        } else {
            Text(&object_type)
        };
        let (place, shape) = (Ref(place), Ref(shape));
        let arguments = [
            Text(&piece.name),
            Nil,
            object_type,
            place,
            shape,
            Nil,
            Enum(kind),
        ];
        let id = model.root(entity, &part, &arguments);
        let properties = [
            ("Length", Typed(METERS, piece.size[0])),
            ("Width", Typed(METERS, piece.size[1])),
            ("Height", Typed(METERS, piece.size[2])),
            ("Confidence", Typed(PART, object.confidence)),
        ];
        model.properties(id, &part, &properties);
        elements.push(id);
    }
}

/// The entity of a class, and its predefined type.
fn kind_of(class: &str) -> (&'static str, &'static str) {
    match class.rsplit(' ').next().unwrap_or(class) {
        "chair" | "stool" | "armchair" => ("IFCFURNITURE", "CHAIR"),
        "table" => ("IFCFURNITURE", "TABLE"),
        "desk" => ("IFCFURNITURE", "DESK"),
        "bed" => ("IFCFURNITURE", "BED"),
        "shelf" => ("IFCFURNITURE", "SHELF"),
        "sofa" => ("IFCFURNITURE", "SOFA"),
        "toilet" => ("IFCSANITARYTERMINAL", "TOILETPAN"),
        "sink" => ("IFCSANITARYTERMINAL", "SINK"),
        "bathtub" => ("IFCSANITARYTERMINAL", "BATH"),
        "appliance" => ("IFCELECTRICAPPLIANCE", "NOTDEFINED"),
        "screen" => ("IFCAUDIOVISUALAPPLIANCE", "DISPLAY"),
        "lamp" => ("IFCLAMP", "NOTDEFINED"),
        _ => ("IFCFURNITURE", "NOTDEFINED"),
    }
}
