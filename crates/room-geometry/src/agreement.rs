//! The measured figures beside those that the app sent.

use room_scan::Measurements;

use crate::model::{Agreement, AgreementItem, Dimensions, Measure};

/// A difference below this part of the app's figure is agreement whatever the uncertainty.
const TOLERANCE: f64 = 0.05;

/// Compares; the app's longer side is its length, whichever name it gave it.
pub fn compare(measured: &Dimensions, app: &Measurements) -> Agreement {
    let app = usable(app);
    let (length, width) = match (app.length, app.width) {
        (Some(a), Some(b)) => (Some(a.max(b)), Some(a.min(b))),
        sides => sides,
    };
    let length = item(measured.length, length);
    let width = item(measured.width, width);
    let height = item(measured.height, app.height);
    let area = item(measured.floor_area, app.area);
    let volume = item(measured.volume, app.volume);
    let agrees = [length, width, height, area, volume]
        .iter()
        .flatten()
        .all(|item| item.agrees);
    Agreement {
        length,
        width,
        height,
        area,
        volume,
        agrees,
    }
}

/// The app's figures without those that are no sizes of a room.
pub fn usable(app: &Measurements) -> Measurements {
    let size = |value: Option<f64>| value.filter(|v| v.is_finite() && *v > 0.01 && *v < 1e6);
    Measurements {
        length: size(app.length),
        width: size(app.width),
        height: size(app.height),
        area: size(app.area),
        volume: size(app.volume),
    }
}

fn item(measured: Option<Measure>, app: Option<f64>) -> Option<AgreementItem> {
    let (measured, app) = (measured?, app?);
    let difference = measured.value - app;
    let agrees = difference.abs() <= measured.uncertainty.max(TOLERANCE * app);
    Some(AgreementItem {
        app,
        measured: measured.value,
        difference,
        agrees,
    })
}
