//! A room from the app's measurements alone.

use room_scan::{Measurements, PointCloud};

use crate::AnalysisError;
use crate::agreement::usable;
use crate::figures::product;
use crate::model::{
    Agreement, Axis, Coverage, Dimensions, Frame, Measure, PointCount, RoomGeometry, Source, Up,
    Wall,
};

/// Phones measure rooms to about 3 % (95 %), and not better than 3 cm.
const RELATIVE: f64 = 0.03;
const ABSOLUTE: f64 = 0.03;

/// The room that the app measured; `reason` says why the points did not decide.
pub fn from_app(
    cloud: &PointCloud,
    app: &Measurements,
    reason: &str,
) -> Result<RoomGeometry, AnalysisError> {
    let dimensions = dimensions(&usable(app));
    if dimensions == Dimensions::default() {
        return Err(AnalysisError::NothingToMeasure {
            reason: reason.to_owned(),
        });
    }
    let outline = outline(&dimensions);
    let height = dimensions.height.map(|height| height.value);
    let walls = walls(&outline, height);
    let mut notes = vec![
        reason.to_owned(),
        "The figures are the app's own measurements, with an uncertainty that is usual for phones."
            .to_owned(),
    ];
    notes.push(if outline.is_empty() {
        "The app sent no length and width, so there is no outline.".to_owned()
    } else {
        "The outline is a rectangle of the app's length and width.".to_owned()
    });
    notes.push(
        "Doors, windows and furniture cannot be told without points that show the room.".to_owned(),
    );
    Ok(RoomGeometry {
        source: Source::AppMeasurements,
        up: Up::Axis(Axis::Z),
        floor_height: None,
        ceiling_height: None,
        dimensions,
        frame: Frame {
            origin: [0.0; 3],
            axis_x: [1.0, 0.0, 0.0],
            axis_y: [0.0, 1.0, 0.0],
            up: [0.0, 0.0, 1.0],
        },
        outline,
        walls,
        ceilings: Vec::new(),
        levels: Vec::new(),
        columns: Vec::new(),
        openings: Vec::new(),
        objects: Vec::new(),
        coverage: Coverage::default(),
        points: PointCount {
            given: cloud.given.max(cloud.len() as u64),
            used: 0,
            outliers: cloud.invalid,
        },
        agreement: Agreement {
            agrees: true,
            ..Agreement::default()
        },
        notes,
    })
}

fn dimensions(app: &Measurements) -> Dimensions {
    let measure = |value: f64| Measure {
        value,
        uncertainty: (RELATIVE * value).max(ABSOLUTE),
    };
    let (length, width) = match (app.length, app.width, app.area) {
        (Some(a), Some(b), _) => (Some(a.max(b)), Some(a.min(b))),
        (Some(side), None, Some(area)) | (None, Some(side), Some(area)) => {
            let other = area / side;
            (Some(side.max(other)), Some(side.min(other)))
        }
        (a, b, _) => (a, b),
    };
    let (length, width) = (length.map(measure), width.map(measure));
    let from_sides = match (&length, &width) {
        (Some(length), Some(width)) => Some(product(length, width)),
        _ => None,
    };
    let own = |value: f64| Measure {
        value,
        uncertainty: 2.0 * RELATIVE * value,
    };
    let floor_area = app.area.map(own).or(from_sides);
    let height = app.height.map(measure).or_else(|| {
        let area = floor_area.as_ref()?;
        app.volume.map(|volume| measure(volume / area.value))
    });
    let volume = match (&floor_area, &height) {
        (Some(area), Some(height)) => Some(product(area, height)),
        _ => None,
    };
    Dimensions {
        length,
        width,
        height,
        floor_area,
        perimeter: match (&length, &width) {
            (Some(length), Some(width)) => Some(Measure {
                value: 2.0 * (length.value + width.value),
                uncertainty: 2.0 * length.uncertainty.hypot(width.uncertainty),
            }),
            _ => None,
        },
        volume: app.volume.map(own).or(volume),
    }
}

fn outline(dimensions: &Dimensions) -> Vec<[f64; 2]> {
    match (&dimensions.length, &dimensions.width) {
        (Some(length), Some(width)) => vec![
            [0.0, 0.0],
            [length.value, 0.0],
            [length.value, width.value],
            [0.0, width.value],
        ],
        _ => Vec::new(),
    }
}

fn walls(outline: &[[f64; 2]], height: Option<f64>) -> Vec<Wall> {
    crate::polygon::edges(outline)
        .map(|(start, end)| Wall {
            start,
            end,
            height,
            thickness: None,
            coverage: 0.0,
            uncertainty: ABSOLUTE,
            open: false,
        })
        .collect()
}
