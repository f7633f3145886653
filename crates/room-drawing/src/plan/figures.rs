//! Figures in words.

use room_geometry::model::{Dimensions, Measure, RoomGeometry};

use crate::polygon::signed_area;
use crate::shell::Shell;

/// Figures from here on are given in powers of ten, or they would fill the sheet.
const LARGEST: f64 = 1e7;
/// No uncertainty is given as less than this.
const FINEST: f64 = 0.01;

/// Before a figure that what the scan did not see may exceed.
pub const AT_LEAST: &str = "≥ ";

/// A figure with its unit and uncertainty, `4.21 m ± 0.02`.
pub fn figure(measure: Option<Measure>, unit: &str) -> String {
    match measure {
        Some(measure) if measure.value.is_finite() => {
            let range = uncertainty(measure).map(|range| format!(" {range}"));
            bare(measure.value, unit) + &range.unwrap_or_default()
        }
        _ => "not known".to_owned(),
    }
}

/// A figure with its unit.
pub fn bare(value: f64, unit: &str) -> String {
    format!("{} {unit}", decimals(value))
}

/// How far off a figure may be, `± 0.02`; `None` where that is no number.
pub fn uncertainty(measure: Measure) -> Option<String> {
    // "± 0.00" would claim more than the last digit can say.
    let known = measure.uncertainty.is_finite() && measure.uncertainty >= 0.0;
    known.then(|| format!("± {}", decimals(measure.uncertainty.max(FINEST))))
}

/// Length × width × height of a room, as far as they are known: the first ones of the three.
pub fn size(dimensions: &Dimensions) -> Option<String> {
    let sides = [dimensions.length, dimensions.width, dimensions.height];
    let known: Vec<String> = sides
        .into_iter()
        .map_while(|side| side.filter(|side| side.value.is_finite()))
        .map(|side| decimals(side.value))
        .collect();
    (known.len() > 1).then(|| format!("{} m", known.join(" × ")))
}

/// The measured area, or where none was measured what is drawn of it.
pub fn area(room: &RoomGeometry, shell: &Shell) -> String {
    let measured = room.dimensions.floor_area.map(|area| area.value);
    match measured.filter(|area| area.is_finite()) {
        Some(area) => bare(area, "m²"),
        None => format!("{AT_LEAST}{}", bare(signed_area(&shell.outline), "m²")),
    }
}

/// Two decimals, fewer where they would mean nothing.
fn decimals(value: f64) -> String {
    match value.abs() {
        size if size < 100.0 => format!("{value:.2}"),
        size if size < 1_000.0 => format!("{value:.1}"),
        size if size < LARGEST => format!("{value:.0}"),
        _ => format!("{value:.1e}"),
    }
}

/// A part from 0 to 1 as a percentage; never rounded up to all of it.
pub fn percent(part: f64) -> String {
    if part.is_finite() {
        format!("{:.0} %", (part.clamp(0.0, 1.0) * 100.0).floor())
    } else {
        "–".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stay_short() {
        let say = |value, uncertainty| figure(Some(Measure { value, uncertainty }), "m");
        assert_eq!(say(4.213, 0.021), "4.21 m ± 0.02");
        assert_eq!(say(4.213, 0.0), "4.21 m ± 0.01");
        assert_eq!(say(4.213, f64::NAN), "4.21 m");
        assert_eq!(say(f64::INFINITY, 0.1), "not known");
        assert_eq!(say(12_345.678, 25.0), "12346 m ± 25.00");
        assert!(say(1e300, 1e300).len() < 24);
        assert_eq!(percent(0.999), "99 %");
        assert_eq!(percent(f64::NAN), "–");
    }
}
