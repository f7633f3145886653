//! The room as a building model: IFC4 (ISO 16739-1), as a STEP file.
//!
//! Project, site, building, storey and space; walls with the openings cut out of them and the doors
//! and windows that fill those, slabs, ceilings, columns and furniture. Coordinates are the floor
//! frame's, meters, z up. What was not measured (the thickness of slabs, of most walls) is drawn by
//! a default and said to be that in the properties.

mod model;
mod parts;
mod shell_parts;
mod step;

use room_geometry::model::{Measure, RoomGeometry, Source};

use crate::polygon::signed_area;
use crate::shell::Shell;
use crate::text::clean;
use model::{Model, Property};
use step::Arg::{Derived, Enum, Nil, Real, Ref, Refs, Said, Text, Typed};
use step::Id;

/// What a model is made of.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The scan's identifier: it makes those of all parts.
    pub id: &'a str,
    /// The room's name.
    pub name: &'a str,
    /// When the room was measured, as `2024-12-13T10:30:00`.
    pub time: &'a str,
}

/// Writes the model of a room.
pub fn write(room: &RoomGeometry, origin: &Origin) -> String {
    let name = clean(origin.name, 80);
    let name = if name.is_empty() { "Room" } else { &name };
    let mut model = Model::new(origin);
    let storey = add_structure(&mut model, name);
    let mut elements = Vec::new();
    let mut boundaries = Vec::new();
    let shell = Shell::of(room).ok();
    let space = add_space(&mut model, room, shell.as_ref(), storey, name);
    if let Some(shell) = &shell {
        boundaries = parts::add_walls(&mut model, room, shell, storey.place, &mut elements);
        shell_parts::add_all(&mut model, shell, storey.place, &mut elements);
    }
    parts::add_furniture(&mut model, room, storey.place, &mut elements);

    let arguments = [Nil, Nil, Ref(storey.id), Refs(&[space])];
    model.root("IFCRELAGGREGATES", "storey/space", &arguments);
    if !elements.is_empty() {
        let arguments = [Nil, Nil, Refs(&elements), Ref(storey.id)];
        model.root(
            "IFCRELCONTAINEDINSPATIALSTRUCTURE",
            "storey/elements",
            &arguments,
        );
    }
    for (place, (element, is_virtual)) in boundaries.into_iter().enumerate() {
        let kind = Enum(if is_virtual { "VIRTUAL" } else { "PHYSICAL" });
        let arguments = [
            Nil,
            Nil,
            Ref(space),
            Ref(element),
            Nil,
            kind,
            Enum("NOTDEFINED"),
        ];
        model.root(
            "IFCRELSPACEBOUNDARY",
            &format!("boundary {place}"),
            &arguments,
        );
    }
    model.step.finish(name, &clean(origin.time, 40))
}

/// The storey and its place.
#[derive(Clone, Copy)]
struct Storey {
    id: Id,
    place: Id,
}

/// Project, site, building and storey.
fn add_structure(model: &mut Model, name: &str) -> Storey {
    let units = [
        ("LENGTHUNIT", "METRE"),
        ("AREAUNIT", "SQUARE_METRE"),
        ("VOLUMEUNIT", "CUBIC_METRE"),
        ("PLANEANGLEUNIT", "RADIAN"),
    ];
    let units: Vec<Id> = units
        .into_iter()
        .map(|(kind, unit)| {
            let arguments = [Derived, Enum(kind), Nil, Enum(unit)];
            model.step.add("IFCSIUNIT", &arguments)
        })
        .collect();
    let units = model.step.add("IFCUNITASSIGNMENT", &[Refs(&units)]);
    let contexts = [model.context];
    let arguments = [Text(name), Nil, Nil, Nil, Nil, Refs(&contexts), Ref(units)];
    let project = model.root("IFCPROJECT", "project", &arguments);

    let site_place = model.place(None, [0.0; 3], None);
    let place = Ref(site_place);
    let element = Enum("ELEMENT");
    let arguments = [
        Text("Site"),
        Nil,
        Nil,
        place,
        Nil,
        Nil,
        element,
        Nil,
        Nil,
        Nil,
        Nil,
        Nil,
    ];
    let site = model.root("IFCSITE", "site", &arguments);
    let building_place = model.place(Some(site_place), [0.0; 3], None);
    let place = Ref(building_place);
    let arguments = [
        Text("Building"),
        Nil,
        Nil,
        place,
        Nil,
        Nil,
        element,
        Nil,
        Nil,
        Nil,
    ];
    let building = model.root("IFCBUILDING", "building", &arguments);
    let storey_place = model.place(Some(building_place), [0.0; 3], None);
    let place = Ref(storey_place);
    let arguments = [
        Text("Storey"),
        Nil,
        Nil,
        place,
        Nil,
        Nil,
        element,
        Real(0.0),
    ];
    let storey = model.root("IFCBUILDINGSTOREY", "storey", &arguments);

    for (part, whole, inner) in [
        ("project/site", project, site),
        ("site/building", site, building),
        ("building/storey", building, storey),
    ] {
        let arguments = [Nil, Nil, Ref(whole), Refs(&[inner])];
        model.root("IFCRELAGGREGATES", part, &arguments);
    }
    Storey {
        id: storey,
        place: storey_place,
    }
}

/// The room itself, with its figures.
fn add_space(
    model: &mut Model,
    room: &RoomGeometry,
    shell: Option<&Shell>,
    storey: Storey,
    name: &str,
) -> Id {
    let place = model.place(Some(storey.place), [0.0; 3], None);
    let shape = shell.map_or(Nil, |shell| Ref(shell_parts::space(model, shell)));
    let arguments = [
        Text(name),
        Nil,
        Nil,
        Ref(place),
        shape,
        Text(name),
        Enum("ELEMENT"),
        Enum("INTERNAL"),
        Nil,
    ];
    let space = model.root("IFCSPACE", "space", &arguments);

    let d = &room.dimensions;
    let value = |measure: Option<Measure>| measure.map_or(f64::NAN, |measure| measure.value);
    let range = |measure: Option<Measure>| measure.map_or(f64::NAN, |measure| measure.uncertainty);
    let (length, area, volume) = ("IFCQUANTITYLENGTH", "IFCQUANTITYAREA", "IFCQUANTITYVOLUME");
    let outline = shell.map_or(f64::NAN, |shell| signed_area(&shell.outline));
    let quantities = [
        ("Height", Typed(length, value(d.height))),
        ("GrossPerimeter", Typed(length, value(d.perimeter))),
        ("GrossFloorArea", Typed(area, outline)),
        ("NetFloorArea", Typed(area, value(d.floor_area))),
        ("GrossVolume", Typed(volume, value(d.volume))),
    ];
    model.quantities(space, "space", "Qto_SpaceBaseQuantities", &quantities);

    let (length, area, volume) = ("IFCLENGTHMEASURE", "IFCAREAMEASURE", "IFCVOLUMEMEASURE");
    let source = match room.source {
        Source::Points => "points",
        Source::AppMeasurements => "app_measurements",
        Source::CapturedRoom => "captured_room",
    };
    let notes = clean(&room.notes.join(" "), 2_000);
    let properties: [Property; 17] = [
        ("Length", Typed(length, value(d.length))),
        ("LengthUncertainty", Typed(length, range(d.length))),
        ("Width", Typed(length, value(d.width))),
        ("WidthUncertainty", Typed(length, range(d.width))),
        ("Height", Typed(length, value(d.height))),
        ("HeightUncertainty", Typed(length, range(d.height))),
        ("FloorArea", Typed(area, value(d.floor_area))),
        ("FloorAreaUncertainty", Typed(area, range(d.floor_area))),
        ("Perimeter", Typed(length, value(d.perimeter))),
        ("PerimeterUncertainty", Typed(length, range(d.perimeter))),
        ("Volume", Typed(volume, value(d.volume))),
        ("VolumeUncertainty", Typed(volume, range(d.volume))),
        ("FloorCoverage", Typed("IFCREAL", room.coverage.floor)),
        ("CeilingCoverage", Typed("IFCREAL", room.coverage.ceiling)),
        ("WallCoverage", Typed("IFCREAL", room.coverage.walls)),
        ("Source", Said("IFCLABEL", source)),
        ("Notes", Said("IFCTEXT", &notes)),
    ];
    model.properties(space, "space", &properties);
    space
}
