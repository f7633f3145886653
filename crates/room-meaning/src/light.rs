//! How a room is lit, from light readings only.
//!
//! The colors of points do not tell: cameras set their exposure themselves.

use room_geometry::model::{OpeningKind, RoomGeometry};
use room_scan::summary::Light;

use crate::finding::{Finding, figure};

/// Illuminance from which a word applies, lux (EN 12464-1 asks 100 for corridors and 500 for
/// desks).
const WORDS: [(f64, &str); 4] = [
    (500.0, "bright"),
    (100.0, "moderate"),
    (10.0, "dim"),
    (0.0, "dark"),
];
/// Lamps at home do not reach this, lux.
const DAYLIGHT: f64 = 1000.0;
/// Color temperatures of daylight and of warm lamps, kelvin.
const COLD: f64 = 5000.0;
const WARM: f64 = 3500.0;

/// The lighting; `unknown` without readings.
pub fn of(room: &RoomGeometry, light: &Light) -> Finding {
    let Some(lux) = light.lux() else {
        return Finding::unknown();
    };
    let Some((_, word)) = WORDS.iter().find(|(from, _)| lux >= *from) else {
        return Finding::unknown();
    };
    let mut reasons = vec![["illuminance ", &figure(lux), " lx"].concat()];
    let kelvin = light.kelvin();
    if let Some(kelvin) = kelvin {
        reasons.push(["color temperature ", &figure(kelvin), " K"].concat());
    }
    let windows = room
        .openings
        .iter()
        .filter(|opening| opening.kind == OpeningKind::Window && opening.confidence >= 0.5)
        .count();
    let cold = kelvin.is_some_and(|kelvin| kelvin >= COLD);
    let warm = kelvin.is_some_and(|kelvin| kelvin < WARM);
    let natural = windows > 0 && !warm && (lux >= DAYLIGHT || cold);
    let (source, confidence) = if natural {
        reasons.push([&windows.to_string(), " windows"].concat());
        ("natural_", 0.75)
    } else if warm {
        ("artificial_", 0.7)
    } else {
        ("", 0.85)
    };
    Finding::new(&[source, word].concat(), confidence, reasons)
}
