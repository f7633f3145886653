//! What floor and walls are made of, where their color supports it.
//!
//! Color tells little: only what it makes clearly likelier is said, with a modest confidence.

use crate::colors::{Color, SurfaceColors};
use crate::finding::{Finding, figure};

/// Hue in degrees, saturation and brightness 0 to 1 (HSV, Smith 1978).
struct Tone {
    hue: f64,
    saturation: f64,
    brightness: f64,
}

fn tone(color: &Color) -> Tone {
    let [r, g, b] = color.mean.map(|v| v / 255.0);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let range = most - least;
    let sector = if range <= 0.0 {
        0.0
    } else if most == r {
        ((g - b) / range).rem_euclid(6.0)
    } else if most == g {
        (b - r) / range + 2.0
    } else {
        (r - g) / range + 4.0
    };
    Tone {
        hue: 60.0 * sector,
        saturation: if most > 0.0 { range / most } else { 0.0 },
        brightness: most,
    }
}

fn reason(surface: &str, color: &Color, tone: &Tone) -> Vec<String> {
    let text = [
        surface,
        " color: hue ",
        &figure(tone.hue),
        " degrees, saturation ",
        &figure(tone.saturation),
        ", brightness ",
        &figure(tone.brightness),
        ", spread ",
        &figure(color.spread / 255.0),
        ", from ",
        &(color.count as u64).to_string(),
        " points",
    ];
    vec![text.concat()]
}

/// A brown floor is mostly wood or looks like it.
pub fn of_floor(colors: &SurfaceColors) -> Option<Finding> {
    let color = colors.floor?;
    let tone = tone(&color);
    let brown = (12.0..48.0).contains(&tone.hue)
        && (0.25..0.8).contains(&tone.saturation)
        && (0.2..0.85).contains(&tone.brightness);
    brown.then(|| Finding::new("wood", 0.55, reason("floor", &color, &tone)))
}

/// Walls of one bright color are painted; red ones of many shades are of brick.
pub fn of_walls(colors: &SurfaceColors) -> Option<Finding> {
    let color = colors.walls?;
    let tone = tone(&color);
    let even = color.spread < 26.0;
    if even && tone.brightness > 0.6 && tone.saturation < 0.3 {
        return Some(Finding::new("painted", 0.6, reason("wall", &color, &tone)));
    }
    let red = (tone.hue < 25.0 || tone.hue > 350.0) && tone.saturation > 0.35;
    (red && !even).then(|| Finding::new("brick", 0.5, reason("wall", &color, &tone)))
}
