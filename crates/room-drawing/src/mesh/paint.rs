//! What the parts of a room are painted with.

use serde::Serialize;

/// A surface without texture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paint {
    /// What is painted so.
    pub name: String,
    /// Red, green and blue, in sRGB.
    pub color: [u8; 3],
    /// Whether the back of the surface shows too.
    pub double_sided: bool,
    /// How much of what is behind it does not show, percent.
    pub opacity: u8,
}

impl Paint {
    fn new(name: &str, color: [u8; 3], double_sided: bool) -> Self {
        Self {
            name: name.to_owned(),
            color,
            double_sided,
            opacity: 100,
        }
    }

    /// For the floor.
    pub fn floor() -> Self {
        Self::new("floor", [0xc8, 0xb2, 0x93], true)
    }

    /// For the ceiling, which shows from below only, so that a viewer can look into the room.
    pub fn ceiling() -> Self {
        Self::new("ceiling", [0xf6, 0xf5, 0xf1], false)
    }

    /// For a wall; one that the scan did not see is darker.
    pub fn wall(seen: bool) -> Self {
        if seen {
            Self::new("wall", [0xe9, 0xe5, 0xdc], true)
        } else {
            Self::new("wall not seen", [0xb4, 0xb6, 0xba], true)
        }
    }

    /// For the leaf of a door.
    pub fn door() -> Self {
        Self::new("door", [0x9c, 0x7a, 0x58], true)
    }

    /// For the pane of a window.
    pub fn glass() -> Self {
        Self {
            opacity: 35,
            ..Self::new("glass", [0xa8, 0xcb, 0xe0], true)
        }
    }

    /// For furniture of a class; of a class in several words the last says what it is.
    pub fn object(class: &str) -> Self {
        let kind = class.rsplit(' ').next().unwrap_or(class);
        let color = match kind {
            "table" | "desk" => [0xa9, 0x7c, 0x50],
            "chair" | "stool" => [0xc0, 0x7a, 0x4b],
            "sofa" | "armchair" => [0x5d, 0x81, 0x9e],
            "bed" => [0x8f, 0x86, 0xb5],
            "cabinet" | "shelf" | "wardrobe" => [0x8a, 0x6a, 0x4f],
            "lamp" => [0xe2, 0xbd, 0x5c],
            "screen" | "television" => [0x3c, 0x43, 0x4c],
            "appliance" => [0xa9, 0xb4, 0xbd],
            "plant" => [0x6f, 0x9a, 0x5d],
            _ => [0x9a, 0xa5, 0xb1],
        };
        Self::new(class, color, false)
    }

    /// The color as `#rrggbb`.
    pub fn hex(&self) -> String {
        let [red, green, blue] = self.color;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// The color in linear light, 0 to 1, as glTF wants it (IEC 61966-2-1, the sRGB transfer).
    pub fn linear(&self) -> [f64; 3] {
        self.color.map(|channel| {
            let encoded = f64::from(channel) / 255.0;
            if encoded <= 0.04045 {
                encoded / 12.92
            } else {
                ((encoded + 0.055) / 1.055).powf(2.4)
            }
        })
    }
}
