//! How the floor plan looks: kinds of text and the style sheet.
//!
//! Colors are written out instead of as CSS variables, which many SVG readers do not know. Every
//! rule is below `.room-plan`, so that a plan put into a page leaves the page as it is.

use std::fmt::Write as _;

/// A kind of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Type {
    /// Its class in the style sheet.
    pub class: &'static str,
    /// Font size, sheet units.
    pub size: f64,
    weight: u16,
}

/// The room's name.
pub const TITLE: Type = kind("title", 18.0, 600);
/// Length, width and height below it.
pub const SIZE: Type = kind("size", 13.0, 400);
/// The floor area in the room.
pub const AREA: Type = kind("area", 15.0, 600);
/// What is said below the area.
pub const REMARK: Type = kind("remark", 10.5, 400);
/// The length of a wall.
pub const DIMENSION: Type = kind("dim", 11.5, 500);
/// The name of a piece of furniture.
pub const OBJECT: Type = kind("name", 10.0, 400);
/// What a figure of the title block is.
pub const CAPTION: Type = kind("caption", 10.0, 400);
/// A figure of the title block.
pub const FIGURE: Type = kind("figure", 12.0, 600);
/// Notes, and the figures at the scale bar.
pub const NOTE: Type = kind("note", 10.5, 400);

const TYPES: [Type; 9] = [
    TITLE, SIZE, AREA, REMARK, DIMENSION, OBJECT, CAPTION, FIGURE, NOTE,
];

const fn kind(class: &'static str, size: f64, weight: u16) -> Type {
    Type {
        class,
        size,
        weight,
    }
}

impl Type {
    /// About how wide a text will be, sheet units. No font is at hand to measure with, so this is
    /// the usual width of sans-serif letters, and a full em for the scripts whose letters are square.
    pub fn width(&self, text: &str) -> f64 {
        let ems: f64 = text.chars().map(letter_width).sum();
        let boldness = if self.weight > 500 { 1.12 } else { 1.04 };
        ems * self.size * boldness
    }
}

/// The width of a letter in ems.
fn letter_width(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ' ' | ':' | '\'' => 0.3,
        'm' | 'w' | 'M' | 'W' | '%' => 0.85,
        'A'..='Z' => 0.68,
        '\u{1100}'.. => 1.0,
        _ => 0.57,
    }
}

/// Light colors, then the dark ones for screens that ask for them; paper is always light.
pub fn sheet() -> String {
    let mut css = String::from(
        ".room-plan{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}\
         .room-plan text{text-anchor:middle}\
         .room-plan .start{text-anchor:start}\
         .room-plan path,.room-plan line{fill:none;stroke-linecap:butt}\
         .room-plan .object{stroke-width:1;stroke-linejoin:round}\
         .room-plan .high{stroke-dasharray:4 3}\
         .room-plan .wall{stroke-width:.6;stroke-linejoin:round}\
         .room-plan .unseen{stroke-width:1.2;stroke-dasharray:6 4}\
         .room-plan .open{stroke-width:1.2;stroke-dasharray:7 4}\
         .room-plan .level{stroke-width:.9;stroke-linejoin:round}\
         .room-plan .slope{stroke-width:.9;stroke-dasharray:9 3 1.5 3}\
         .room-plan .symbol{stroke-width:.7;stroke-linejoin:round}\
         .room-plan .window{stroke-width:1}\
         .room-plan .leaf{stroke-width:1.8}\
         .room-plan .swing{stroke-width:.8}\
         .room-plan .passage{stroke-width:.9;stroke-dasharray:3 3}\
         .room-plan .measure{stroke-width:.7}\
         .room-plan .tick{stroke-width:1.5}\
         .room-plan .rule{stroke-width:.8}\
         .room-plan .bar{stroke-width:.8}\
         .room-plan .halo{paint-order:stroke;stroke-width:4;stroke-linejoin:round}",
    );
    for kind in TYPES {
        // Writing to a string cannot fail.
        let _ = write!(
            css,
            ".room-plan .{}{{font-size:{}px;font-weight:{}}}",
            kind.class, kind.size, kind.weight
        );
    }
    css.push_str(&LIGHT.rules());
    let _ = write!(
        css,
        "@media screen and (prefers-color-scheme:dark){{{}}}",
        DARK.rules()
    );
    css
}

/// The colors of a drawing.
struct Colors {
    paper: &'static str,
    floor: &'static str,
    ink: &'static str,
    muted: &'static str,
    line: &'static str,
    furniture: &'static str,
    nominal: &'static str,
    raised: &'static str,
    glass: &'static str,
}

const LIGHT: Colors = Colors {
    paper: "#ffffff",
    floor: "#f6f2ea",
    ink: "#1f2a36",
    muted: "#55616e",
    line: "#7b8794",
    furniture: "#fffdf9",
    nominal: "#b9c1ca",
    raised: "#ece4d4",
    glass: "#2b6ca8",
};

const DARK: Colors = Colors {
    paper: "#14191f",
    floor: "#1d242c",
    ink: "#e8edf2",
    muted: "#a9b4c0",
    line: "#7e8b99",
    furniture: "#26303a",
    nominal: "#56626e",
    raised: "#28313b",
    glass: "#7db8ea",
};

impl Colors {
    fn rules(&self) -> String {
        let Self {
            paper,
            floor,
            ink,
            muted,
            line,
            furniture,
            nominal,
            raised,
            glass,
        } = self;
        format!(
            ".room-plan .paper{{fill:{paper}}}\
             .room-plan .floor{{fill:{floor}}}\
             .room-plan text{{fill:{ink}}}\
             .room-plan .remark,.room-plan .caption,.room-plan .note,.room-plan .size\
             {{fill:{muted}}}\
             .room-plan .object{{fill:{furniture};stroke:{line}}}\
             .room-plan .symbol{{stroke:{line};fill:none}}\
             .room-plan .wall{{fill:{ink};stroke:{ink}}}\
             .room-plan .nominal{{fill:{nominal}}}\
             .room-plan .level{{fill:{raised};stroke:{line}}}\
             .room-plan .slope,.room-plan .open{{stroke:{muted}}}\
             .room-plan .unseen{{fill:{paper};stroke:{line}}}\
             .room-plan .window{{fill:{paper};stroke:{glass}}}\
             .room-plan .leaf{{stroke:{ink}}}\
             .room-plan .swing,.room-plan .passage,.room-plan .measure,.room-plan .rule\
             {{stroke:{line}}}\
             .room-plan .tick,.room-plan .bar{{stroke:{ink}}}\
             .room-plan .full{{fill:{ink}}}\
             .room-plan .halo{{stroke:{paper}}}\
             .room-plan .inside{{stroke:{floor}}}\
             .room-plan .on{{stroke:{furniture}}}"
        )
    }
}
