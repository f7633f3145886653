//! Length, width, height, area, perimeter and volume, with how far off they may be.

use crate::columns::UNCERTAINTY;
use crate::model::{Dimensions, Measure};
use crate::polygon::{self, Rectangle};
use crate::walls::Fit;

/// An unseen stretch of outline up to this long may be closed by its neighbors, meters.
const CLOSABLE: f64 = 1.3;
/// How far off an unseen stretch may be, meters.
const GUESS: f64 = 0.15;
/// Scanners stretch a scene by about this much (95 %).
const STRETCH: f64 = 0.001;

/// The figures and why some are missing.
pub struct Figures {
    pub dimensions: Dimensions,
    pub notes: Vec<String>,
}

/// What the figures are computed from.
pub struct Shell<'a> {
    pub corners: &'a [[f64; 2]],
    pub rectangle: &'a Rectangle,
    /// One for each edge of the outline.
    pub fits: &'a [Fit],
    pub height: Option<Measure>,
    /// Outlines of what stands free in the room.
    pub columns: &'a [Vec<[f64; 2]>],
    pub volume: Option<f64>,
}

/// Computes the figures of a room.
pub fn measure(shell: &Shell) -> Figures {
    let (corners, rectangle) = (shell.corners, shell.rectangle);
    let mut notes = Vec::new();
    let errors = edge_errors(corners, shell.fits);
    let length = span(corners, &errors, rectangle.axis, rectangle.along);
    let left = [-rectangle.axis[1], rectangle.axis[0]];
    let width = span(corners, &errors, left, rectangle.across);
    for (name, side) in [("length", &length), ("width", &width)] {
        if side.is_none() {
            notes.push(format!(
                "The {name} is not determined: no wall was seen on at least one of the two sides that bound it."
            ));
        }
    }
    let floor_area = area(corners, &errors).map(|area| without(area, shell.columns));
    let perimeter = perimeter(corners, &errors);
    if floor_area.is_none() {
        notes.push(
            "Floor area, perimeter and volume are not determined: the outline is open where no wall was seen."
                .to_owned(),
        );
    }
    let volume = match (&floor_area, &shell.height, shell.volume) {
        (Some(area), Some(height), Some(volume)) => {
            let mean = Measure {
                value: volume / area.value,
                uncertainty: height.uncertainty,
            };
            Some(product(area, &mean))
        }
        _ => None,
    };
    Figures {
        dimensions: Dimensions {
            length,
            width,
            height: shell.height,
            floor_area,
            perimeter,
            volume,
        },
        notes,
    }
}

/// The uncertainty of each edge's place; `None` where it is not determined.
fn edge_errors(corners: &[[f64; 2]], fits: &[Fit]) -> Vec<Option<f64>> {
    polygon::edges(corners)
        .zip(fits)
        .map(|((a, b), fit)| {
            let short = (b[0] - a[0]).hypot(b[1] - a[1]) <= CLOSABLE;
            fit.uncertainty.or(short.then_some(GUESS))
        })
        .collect()
}

/// The extent of the outline along a direction, when known edges bound it on both sides.
fn span(
    corners: &[[f64; 2]],
    errors: &[Option<f64>],
    direction: [f64; 2],
    range: [f64; 2],
) -> Option<Measure> {
    let bound = |at: f64| bound_error(corners, errors, direction, at);
    let (low, high) = (bound(range[0])?, bound(range[1])?);
    let value = range[1] - range[0];
    Some(Measure {
        value,
        uncertainty: (low * low + high * high + (STRETCH * value).powi(2)).sqrt(),
    })
}

/// The uncertainty of the outline's extreme place along a direction: of the wall that lies there,
/// or of the two walls whose corner lies there.
fn bound_error(
    corners: &[[f64; 2]],
    errors: &[Option<f64>],
    direction: [f64; 2],
    at: f64,
) -> Option<f64> {
    const CLOSE: f64 = 0.03;
    let place = |c: [f64; 2]| c[0] * direction[0] + c[1] * direction[1];
    let near = |c: [f64; 2]| (place(c) - at).abs() < CLOSE;
    let count = corners.len();
    let mut wall: Option<Option<f64>> = None;
    let mut longest = 0.0;
    for (i, (a, b)) in polygon::edges(corners).enumerate() {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        if near(a) && near(b) && length > longest {
            longest = length;
            wall = Some(errors[i]);
        }
    }
    if let Some(error) = wall {
        return error;
    }
    let corner = (0..count).find(|&i| near(corners[i]))?;
    let (before, after) = (errors[(corner + count - 1) % count]?, errors[corner]?);
    Some(before.hypot(after))
}

/// The figure with the error of the scanner's scale.
pub fn stretched(measure: Measure) -> Measure {
    Measure {
        value: measure.value,
        uncertainty: measure.uncertainty.hypot(STRETCH * measure.value),
    }
}

/// The floor area without the columns.
fn without(area: Measure, columns: &[Vec<[f64; 2]>]) -> Measure {
    columns.iter().fold(area, |area, column| Measure {
        value: area.value - polygon::area(column),
        uncertainty: area
            .uncertainty
            .hypot(0.5 * UNCERTAINTY * polygon::perimeter(column)),
    })
}

/// Moving an edge by its error changes the area by error times length.
fn area(corners: &[[f64; 2]], errors: &[Option<f64>]) -> Option<Measure> {
    let value = polygon::area(corners);
    let mut squares = (2.0 * STRETCH * value).powi(2);
    for ((a, b), error) in polygon::edges(corners).zip(errors) {
        squares += ((*error)? * (b[0] - a[0]).hypot(b[1] - a[1])).powi(2);
    }
    Some(Measure {
        value,
        uncertainty: squares.sqrt(),
    })
}

/// Moving an edge by its error moves the ends of both neighbors.
fn perimeter(corners: &[[f64; 2]], errors: &[Option<f64>]) -> Option<Measure> {
    let value = polygon::perimeter(corners);
    let mut squares = (STRETCH * value).powi(2);
    for error in errors {
        squares += (2.0 * (*error)?).powi(2);
    }
    Some(Measure {
        value,
        uncertainty: squares.sqrt(),
    })
}

/// The product of two independent figures.
pub fn product(a: &Measure, b: &Measure) -> Measure {
    Measure {
        value: a.value * b.value,
        uncertainty: (a.uncertainty * b.value).hypot(b.uncertainty * a.value),
    }
}
