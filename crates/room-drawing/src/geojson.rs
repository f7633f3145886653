//! The floor plan as GeoJSON.
//!
//! RFC 7946 wants positions in WGS 84. A scan knows no place on Earth, and none is invented: the
//! positions are meters in the room's floor frame, as the RFC's section 4 allows by prior
//! arrangement, and the foreign member `coordinateSystem` of the collection says so.

use room_geometry::model::{Dimensions, Measure, OpeningKind, RoomGeometry, Support};
use serde_json::{Map, Value};

use crate::furniture::pieces;
use crate::mesh::column_top;
use crate::polygon::Point;
use crate::shell::{Shell, Wall};
use crate::text::clean;

/// The members of an object.
type Members = Vec<(&'static str, Value)>;

/// Writes the room's parts as features, one each.
pub fn write(room: &RoomGeometry, name: &str) -> String {
    let mut features = Vec::new();
    if let Ok(shell) = Shell::of(room) {
        features.push(room_feature(room, &shell, name));
        add_regions(&shell, &mut features);
        add_walls(room, &shell, &mut features);
    }
    add_objects(room, &mut features);
    let collection = object(vec![
        ("type", text("FeatureCollection")),
        ("name", text(&clean(name, 80))),
        ("coordinateSystem", coordinate_system(room)),
        ("features", Value::Array(features)),
    ]);
    collection.to_string()
}

/// Where the positions lie.
fn coordinate_system(room: &RoomGeometry) -> Value {
    let frame = &room.frame;
    let vectors = [frame.origin, frame.axis_x, frame.axis_y, frame.up];
    let mut members = vec![
        ("type", text("local")),
        ("units", text("meters")),
        (
            "description",
            text(
                "Positions are [x, y] in the room's floor frame, not WGS 84 longitude and \
                 latitude: the scan carries no geographic position. A point of the scan is \
                 origin + x * axis_x + y * axis_y + height * up.",
            ),
        ),
    ];
    for (key, vector) in ["origin", "axis_x", "axis_y", "up"]
        .into_iter()
        .zip(vectors)
    {
        members.push((
            key,
            Value::Array(vector.iter().map(|&v| exact(v)).collect()),
        ));
    }
    object(members)
}

fn room_feature(room: &RoomGeometry, shell: &Shell, name: &str) -> Value {
    let Dimensions {
        length,
        width,
        height,
        floor_area,
        perimeter,
        volume,
    } = room.dimensions;
    let mut members = vec![("name", text(&clean(name, 80)))];
    for (key, figure) in [
        ("length", length),
        ("width", width),
        ("height", height),
        ("floor_area", floor_area),
        ("perimeter", perimeter),
        ("volume", volume),
    ] {
        members.push((key, measure(figure)));
    }
    feature("room", 0, &shell.outline, members)
}

/// Columns, levels, and the planes of the ceiling.
fn add_regions(shell: &Shell, features: &mut Vec<Value>) {
    for column in &shell.columns {
        let members = vec![
            ("height", figure(column_top(column, shell))),
            ("height_measured", Value::Bool(column.height.is_some())),
            ("uncertainty", figure(column.uncertainty)),
        ];
        features.push(feature("column", column.index, &column.outline, members));
    }
    for level in &shell.levels {
        let members = vec![
            ("height", figure(level.height)),
            ("uncertainty", figure(level.uncertainty)),
        ];
        features.push(feature("level", level.index, &level.outline, members));
    }
    for (index, plane) in shell.ceilings.iter().enumerate() {
        let heights = plane.outline.iter().map(|&corner| figure(plane.at(corner)));
        let members = vec![
            ("slope", figure(plane.rise().atan().to_degrees())),
            ("corner_heights", Value::Array(heights.collect())),
            ("uncertainty", figure(plane.uncertainty)),
        ];
        features.push(feature("ceiling", index, &plane.outline, members));
    }
}

/// Walls, and the openings in them.
fn add_walls(room: &RoomGeometry, shell: &Shell, features: &mut Vec<Value>) {
    let spans = shell.outer_spans(Wall::drawn_thickness);
    let mut openings = Vec::new();
    for (wall, span) in shell.walls.iter().zip(spans) {
        let thickness = wall.drawn_thickness();
        let section = |[from, to]: [f64; 2]| {
            let outer = |run: f64| wall.outer(run, thickness, span);
            // Counter-clockwise, as the RFC wants outer rings.
            [outer(from), outer(to), wall.inner(to), wall.inner(from)]
        };
        let measured = room.walls.get(wall.index);
        let members = vec![
            ("length", figure(wall.length)),
            ("height", figure(wall.peak())),
            ("thickness", figure(thickness)),
            ("thickness_measured", Value::Bool(wall.thickness.is_some())),
            ("open", Value::Bool(wall.open)),
            ("seen", Value::Bool(wall.seen)),
            ("coverage", optional(measured.map(|wall| wall.coverage))),
            (
                "uncertainty",
                optional(measured.map(|wall| wall.uncertainty)),
            ),
        ];
        features.push(feature(
            "wall",
            wall.index,
            &section([0.0, wall.length]),
            members,
        ));
        for hole in &wall.holes {
            let kind = match hole.kind {
                OpeningKind::Door => "door",
                OpeningKind::Window => "window",
                OpeningKind::Opening => "passage",
            };
            let measured = room.openings.get(hole.index);
            let members = vec![
                ("opening", text(kind)),
                ("wall", Value::from(wall.index)),
                ("width", figure(hole.to - hole.from)),
                ("bottom", figure(hole.bottom)),
                ("top", figure(hole.top)),
                (
                    "confidence",
                    optional(measured.map(|opening| opening.confidence)),
                ),
                (
                    "uncertainty",
                    optional(measured.map(|opening| opening.uncertainty)),
                ),
            ];
            openings.push(feature(
                "opening",
                hole.index,
                &section([hole.from, hole.to]),
                members,
            ));
        }
    }
    features.append(&mut openings);
}

fn add_objects(room: &RoomGeometry, features: &mut Vec<Value>) {
    for piece in pieces(room) {
        let Some(object) = room.objects.get(piece.index) else {
            continue;
        };
        let support = match object.support {
            Support::Floor => "floor",
            Support::Wall => "wall",
            Support::Ceiling => "ceiling",
            Support::Object => "object",
        };
        let [length, width, height] = piece.size;
        let members = vec![
            ("class", text(&clean(&object.class, 40))),
            ("name", text(&piece.name)),
            ("length", figure(length)),
            ("width", figure(width)),
            ("height", figure(height)),
            ("bottom", figure(piece.bottom)),
            ("rotation", figure(object.rotation)),
            ("support", text(support)),
            ("confidence", figure(object.confidence)),
        ];
        features.push(feature("object", piece.index, &piece.footprint, members));
    }
}

/// A polygon with its properties; `kind` and the index in the geometry make its identifier.
fn feature(kind: &'static str, index: usize, ring: &[Point], mut members: Members) -> Value {
    members.push(("kind", text(kind)));
    members.push(("index", Value::from(index)));
    let corners = ring.iter().chain(ring.first());
    let corners = corners.map(|corner| Value::Array(corner.iter().map(|&v| figure(v)).collect()));
    object(vec![
        ("type", text("Feature")),
        ("id", text(&format!("{kind}-{index}"))),
        (
            "geometry",
            object(vec![
                ("type", text("Polygon")),
                (
                    "coordinates",
                    Value::Array(vec![Value::Array(corners.collect())]),
                ),
            ]),
        ),
        ("properties", object(members)),
    ])
}

fn object(members: Members) -> Value {
    let members = members.into_iter();
    Value::Object(
        members
            .map(|(key, value)| (key.to_owned(), value))
            .collect::<Map<_, _>>(),
    )
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// A number to a tenth of a millimeter; what is no number is `null`.
fn figure(value: f64) -> Value {
    exact((value * 1e4).round() / 1e4 + 0.0)
}

fn exact(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn optional(value: Option<f64>) -> Value {
    value.map_or(Value::Null, figure)
}

/// A figure with its uncertainty.
fn measure(measure: Option<Measure>) -> Value {
    measure.map_or(Value::Null, |measure| {
        object(vec![
            ("value", figure(measure.value)),
            ("uncertainty", figure(measure.uncertainty)),
        ])
    })
}
