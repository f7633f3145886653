//! Rooms to draw, for the tests and the example.
#![allow(dead_code, reason = "each test file uses some of these")]

use room_geometry::model::{
    Agreement, Ceiling, Column, Coverage, Dimensions, Frame, Level, Measure, Object, Opening,
    OpeningKind, PointCount, RoomGeometry, Source, Support, Up, Wall,
};

/// Sample rooms as `(file name, title, geometry)`.
pub fn samples() -> Vec<(&'static str, &'static str, RoomGeometry)> {
    vec![
        ("rectangle", "Bedroom", rectangle(4.213, 3.047)),
        ("l-shape", "Living Room Scan", l_shape()),
        ("slanted", "Attic <east> & stairs", slanted()),
        ("furnished", "Wohnzimmer Erdgeschoss", furnished()),
        ("u-shape", "Hall with a niche", u_shape()),
        (
            "corridor",
            "Corridor between the old house and the annex",
            corridor(),
        ),
        ("bay", "Bay", bay()),
        ("attic", "Attic studio", attic()),
        ("loft", "Loft with podium", loft()),
        ("any-angle", "Studio at any angle", any_angle()),
        ("tiny", "WC", tiny()),
        ("huge", "Assembly hall", huge()),
        ("unknown", "Corridor", unknown()),
    ]
}

/// A room with nothing known.
pub fn empty() -> RoomGeometry {
    RoomGeometry {
        source: Source::Points,
        up: Up::Direction([0.0, 0.0, 1.0]),
        floor_height: None,
        ceiling_height: None,
        dimensions: Dimensions::default(),
        frame: Frame {
            origin: [1.5, -0.25, 0.75],
            axis_x: [0.8, 0.6, 0.0],
            axis_y: [-0.6, 0.8, 0.0],
            up: [0.0, 0.0, 1.0],
        },
        outline: Vec::new(),
        walls: Vec::new(),
        openings: Vec::new(),
        objects: Vec::new(),
        ceilings: Vec::new(),
        levels: Vec::new(),
        columns: Vec::new(),
        coverage: Coverage::default(),
        points: PointCount::default(),
        agreement: Agreement::default(),
        notes: Vec::new(),
    }
}

/// A long room, turned, with doors on both sides.
pub fn corridor() -> RoomGeometry {
    let (sine, cosine) = 25f64.to_radians().sin_cos();
    let outline = [[0.0, 0.0], [11.8, 0.0], [11.8, 1.35], [0.0, 1.35]];
    let mut room =
        around(&outline.map(|[x, y]: [f64; 2]| [x * cosine - y * sine, x * sine + y * cosine]));
    room.walls[3].coverage = 0.0;
    room.openings = [1.0, 4.5, 8.0]
        .iter()
        .flat_map(|&offset| {
            [
                opening(OpeningKind::Door, 0, offset, 0.85, 0.0, 2.0),
                opening(OpeningKind::Window, 2, offset, 1.2, 1.0, 2.1),
            ]
        })
        .collect();
    room
}

/// A room with a round bay, so with many short walls.
pub fn bay() -> RoomGeometry {
    let bay = (0..=8).map(|step| {
        let angle = f64::from(step) * std::f64::consts::PI / 8.0;
        [2.5 + 1.2 * angle.cos(), 3.0 + 1.2 * angle.sin()]
    });
    let outline: Vec<[f64; 2]> = [[0.0, 0.0], [5.0, 0.0], [5.0, 3.0]]
        .into_iter()
        .chain(bay)
        .chain([[0.0, 3.0]])
        .collect();
    around(&outline)
}

/// A room of which only the height is known, and why.
pub fn unknown() -> RoomGeometry {
    let mut room = empty();
    room.dimensions.height = measure(2.6, 0.02);
    room.notes = vec![
        "Fewer than three walls were seen, so the outline is not closed.".to_owned(),
        "Length, width and area need an outline.".to_owned(),
    ];
    room
}

/// A room under a gable: two sloped planes that meet in a ridge.
pub fn attic() -> RoomGeometry {
    let mut room = rectangle(6.0, 4.4);
    room.dimensions.height = measure(3.2, 0.02);
    room.ceiling_height = Some(3.2);
    let rise = (3.2 - 1.1) / 2.2;
    let plane = |outline: [[f64; 2]; 4], height: [f64; 3]| Ceiling {
        outline: outline.to_vec(),
        height,
        slope: f64::atan(rise).to_degrees(),
        uncertainty: 0.02,
    };
    room.ceilings = vec![
        plane(
            [[0.0, 0.0], [6.0, 0.0], [6.0, 2.2], [0.0, 2.2]],
            [1.1, 0.0, rise],
        ),
        plane(
            [[0.0, 2.2], [6.0, 2.2], [6.0, 4.4], [0.0, 4.4]],
            [1.1 + 4.4 * rise, 0.0, -rise],
        ),
    ];
    for wall in &mut room.walls {
        wall.thickness = Some(0.2);
    }
    room.openings = vec![
        opening(OpeningKind::Window, 1, 1.7, 1.0, 0.9, 2.2),
        opening(OpeningKind::Door, 3, 1.75, 0.9, 0.0, 2.05),
    ];
    room.objects = vec![
        object("bed", [1.3, 0.95, 0.25], [2.0, 1.6, 0.5], 0.0),
        object("desk", [4.6, 4.0, 0.37], [1.4, 0.7, 0.74], 180.0),
        object("chair", [4.6, 3.4, 0.45], [0.5, 0.5, 0.9], 0.0),
    ];
    room
}

/// A loft with a podium, a pit, two columns, a free-standing wall and an open side.
pub fn loft() -> RoomGeometry {
    let mut room = around(&[
        [0.0, 0.0],
        [9.2, 0.0],
        [9.2, 4.0],
        [7.0, 4.0],
        [7.0, 6.5],
        [0.0, 6.5],
    ]);
    room.walls[2].open = true;
    room.walls[2].coverage = 0.0;
    room.walls[0].thickness = Some(0.36);
    room.walls[5].thickness = Some(0.3);
    room.ceilings = vec![Ceiling {
        outline: room.outline.clone(),
        height: [2.5, 0.0, 0.0],
        slope: 0.0,
        uncertainty: 0.01,
    }];
    let level = |outline: [[f64; 2]; 4], height: f64| Level {
        outline: outline.to_vec(),
        height,
        uncertainty: 0.01,
    };
    room.levels = vec![
        level([[0.0, 4.3], [3.4, 4.3], [3.4, 6.5], [0.0, 6.5]], 0.34),
        level([[6.2, 0.6], [8.6, 0.6], [8.6, 2.2], [6.2, 2.2]], -0.4),
    ];
    let column = |x: f64, y: f64, half: [f64; 2], height: Option<f64>| Column {
        outline: vec![
            [x - half[0], y - half[1]],
            [x + half[0], y - half[1]],
            [x + half[0], y + half[1]],
            [x - half[0], y + half[1]],
        ],
        height,
        uncertainty: 0.02,
    };
    room.columns = vec![
        column(3.0, 3.1, [0.15, 0.15], Some(2.5)),
        column(6.0, 3.1, [0.15, 0.15], None),
        column(4.6, 5.2, [0.9, 0.05], Some(2.2)),
    ];
    room.openings = vec![
        opening(OpeningKind::Window, 0, 0.8, 2.4, 0.4, 2.3),
        opening(OpeningKind::Window, 0, 4.2, 2.4, 0.4, 2.3),
        opening(OpeningKind::Door, 5, 2.2, 1.0, 0.0, 2.1),
    ];
    room.objects = vec![
        object("sofa", [1.6, 2.6, 0.4], [2.4, 0.95, 0.8], 90.0),
        object("plant", [8.8, 0.4, 0.6], [0.5, 0.5, 1.2], 0.0),
        object("sink", [5.2, 6.2, 0.85], [0.6, 0.5, 0.2], 0.0),
        object("appliance", [6.6, 6.15, 0.45], [0.6, 0.6, 0.9], 0.0),
        object("shelf", [2.4, 6.3, 1.3], [1.6, 0.35, 1.9], 180.0),
    ];
    room
}

/// A room none of whose walls is parallel to another, with openings and furniture at its angles.
pub fn any_angle() -> RoomGeometry {
    let mut room = around(&[
        [0.0, 0.3],
        [4.7, -0.4],
        [7.1, 1.9],
        [6.2, 4.8],
        [3.3, 4.2],
        [1.1, 5.6],
        [-0.8, 3.1],
    ]);
    room.openings = vec![
        opening(OpeningKind::Door, 0, 0.6, 0.86, 0.0, 2.02),
        opening(OpeningKind::Window, 1, 0.7, 1.6, 0.9, 2.1),
        opening(OpeningKind::Window, 5, 0.5, 1.2, 0.9, 2.1),
        opening(OpeningKind::Opening, 3, 0.6, 1.5, 0.0, 2.2),
    ];
    room.objects = vec![
        object("bed", [1.0, 3.3, 0.3], [2.0, 1.4, 0.6], -53.0),
        object("table", [4.4, 2.2, 0.37], [1.2, 1.2, 0.74], 15.0),
        object("chair", [4.4, 1.2, 0.45], [0.45, 0.45, 0.9], 15.0),
        object("chair", [5.4, 2.3, 0.45], [0.45, 0.45, 0.9], 105.0),
        object("lamp", [6.3, 4.0, 0.8], [0.3, 0.3, 1.6], 0.0),
    ];
    room
}

/// A room that one can just turn around in.
pub fn tiny() -> RoomGeometry {
    let mut room = rectangle(1.42, 0.93);
    room.openings = vec![opening(OpeningKind::Door, 3, 0.12, 0.68, 0.0, 1.98)];
    room.objects = vec![
        object("toilet", [1.05, 0.47, 0.4], [0.7, 0.38, 0.8], 90.0),
        object("sink", [0.45, 0.8, 0.8], [0.4, 0.24, 0.2], 180.0),
    ];
    room
}

/// A hall with a row of columns, many windows and much furniture.
pub fn huge() -> RoomGeometry {
    let mut room = rectangle(48.0, 27.0);
    for wall in &mut room.walls {
        wall.thickness = Some(0.5);
    }
    let windows = (0..9).flat_map(|n| {
        let offset = 2.0 + 5.0 * f64::from(n);
        [
            opening(OpeningKind::Window, 0, offset, 3.0, 1.0, 3.0),
            opening(OpeningKind::Window, 2, offset, 3.0, 1.0, 3.0),
        ]
    });
    room.openings = windows
        .chain([opening(OpeningKind::Door, 3, 12.0, 2.4, 0.0, 2.4)])
        .collect();
    room.columns = (0..5)
        .map(|n| {
            let x = 8.0 + 8.0 * f64::from(n);
            Column {
                outline: vec![[x, 13.0], [x + 0.6, 13.0], [x + 0.6, 13.6], [x, 13.6]],
                height: Some(2.5),
                uncertainty: 0.03,
            }
        })
        .collect();
    room.objects = (0..60)
        .map(|n| {
            let (column, row) = (f64::from(n % 12), f64::from(n / 12));
            object(
                if n % 4 == 0 { "table" } else { "chair" },
                [4.0 + 3.6 * column, 3.0 + 2.0 * row, 0.4],
                [1.0, 0.8, 0.8],
                0.0,
            )
        })
        .collect();
    room
}

/// A room around an outline, 2.5 m high, every wall well seen.
pub fn around(outline: &[[f64; 2]]) -> RoomGeometry {
    let ends = outline.iter().cycle().skip(1);
    let walls = outline.iter().zip(ends).map(|(&start, &end)| Wall {
        start,
        end,
        height: Some(2.5),
        thickness: None,
        coverage: 0.9,
        uncertainty: 0.01,
        open: false,
    });
    let side = |axis: usize| {
        let values = || outline.iter().map(move |corner| corner[axis]);
        values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)
    };
    let area = area(outline);
    RoomGeometry {
        floor_height: Some(0.0),
        ceiling_height: Some(2.5),
        dimensions: Dimensions {
            length: measure(side(0).max(side(1)), 0.02),
            width: measure(side(0).min(side(1)), 0.02),
            height: measure(2.5, 0.01),
            floor_area: measure(area, 0.12),
            perimeter: measure(2.0 * (side(0) + side(1)), 0.05),
            volume: measure(area * 2.5, 0.41),
        },
        outline: outline.to_vec(),
        walls: walls.collect(),
        coverage: Coverage {
            floor: 0.93,
            ceiling: 0.41,
            walls: 0.86,
        },
        ..empty()
    }
}

/// A rectangular room.
pub fn rectangle(length: f64, width: f64) -> RoomGeometry {
    around(&[[0.0, 0.0], [length, 0.0], [length, width], [0.0, width]])
}

/// An L-shaped room with one wall that the scan did not see.
pub fn l_shape() -> RoomGeometry {
    let mut room = around(&[
        [0.0, 0.0],
        [6.2, 0.0],
        [6.2, 2.6],
        [3.4, 2.6],
        [3.4, 4.4],
        [0.0, 4.4],
    ]);
    room.walls[2].coverage = 0.04;
    room
}

/// A room without a right angle and without a known ceiling.
pub fn slanted() -> RoomGeometry {
    let mut room = around(&[[0.0, 0.0], [5.1, 0.0], [5.6, 2.9], [2.7, 4.3], [0.4, 3.1]]);
    room.ceiling_height = None;
    room.dimensions.height = None;
    room.dimensions.volume = None;
    for wall in &mut room.walls {
        wall.height = None;
    }
    room
}

/// A room with a deep niche, a pillar-sized step and thick walls.
pub fn u_shape() -> RoomGeometry {
    let mut room = around(&[
        [0.0, 0.0],
        [7.4, 0.0],
        [7.4, 4.2],
        [4.9, 4.2],
        [4.9, 1.9],
        [2.3, 1.9],
        [2.3, 3.8],
        [2.0, 3.8],
        [2.0, 4.2],
        [0.0, 4.2],
    ]);
    for wall in &mut room.walls {
        wall.thickness = Some(0.24);
    }
    room.walls[0].thickness = Some(0.36);
    room
}

/// A living room with doors, windows and furniture.
pub fn furnished() -> RoomGeometry {
    let mut room = around(&[
        [0.0, 0.0],
        [6.4, 0.0],
        [6.4, 4.1],
        [4.2, 4.1],
        [4.2, 5.0],
        [0.0, 5.0],
    ]);
    room.walls[1].thickness = Some(0.3);
    room.openings = vec![
        opening(OpeningKind::Door, 0, 0.5, 0.9, 0.0, 2.05),
        opening(OpeningKind::Window, 0, 3.2, 1.8, 0.9, 2.2),
        opening(OpeningKind::Window, 1, 0.8, 2.2, 0.85, 2.3),
        opening(OpeningKind::Door, 4, 1.2, 1.6, 0.0, 2.1),
        opening(OpeningKind::Opening, 5, 1.5, 1.4, 0.0, 2.5),
    ];
    room.objects = vec![
        object("sofa", [3.4, 0.55, 0.4], [2.2, 0.9, 0.8], 0.0),
        object("coffee_table", [3.4, 1.75, 0.22], [1.1, 0.6, 0.44], 0.0),
        object("table", [1.9, 3.5, 0.37], [1.6, 0.9, 0.74], 20.0),
        object("chair", [1.6, 2.75, 0.45], [0.45, 0.45, 0.9], 20.0),
        object("chair", [2.4, 4.2, 0.45], [0.45, 0.45, 0.9], 200.0),
        object("shelf", [6.2, 3.55, 1.0], [1.0, 0.35, 2.0], 90.0),
        object("lamp", [5.9, 0.4, 0.8], [0.3, 0.3, 1.6], 0.0),
        object("screen", [3.3, 2.95, 1.0], [1.2, 0.08, 0.7], 0.0),
        object("unknown", [5.2, 3.6, 2.3], [0.5, 0.3, 0.2], 0.0),
    ];
    room
}

/// An opening said with confidence.
pub fn opening(
    kind: OpeningKind,
    wall: usize,
    offset: f64,
    width: f64,
    bottom: f64,
    top: f64,
) -> Opening {
    Opening {
        kind,
        wall,
        offset,
        width,
        bottom,
        top,
        confidence: 0.9,
        uncertainty: 0.03,
    }
}

/// An object said with confidence.
pub fn object(class: &str, center: [f64; 3], size: [f64; 3], rotation: f64) -> Object {
    Object {
        class: class.to_owned(),
        center,
        size,
        rotation,
        confidence: 0.8,
        support: Support::Floor,
    }
}

/// The area that an outline encloses.
pub fn area(outline: &[[f64; 2]]) -> f64 {
    let ends = outline.iter().cycle().skip(1);
    let twice: f64 = outline
        .iter()
        .zip(ends)
        .map(|(a, b)| a[0] * b[1] - b[0] * a[1])
        .sum();
    (twice / 2.0).abs()
}

fn measure(value: f64, uncertainty: f64) -> Option<Measure> {
    Some(Measure { value, uncertainty })
}
