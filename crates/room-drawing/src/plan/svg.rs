//! Writing SVG: elements, coordinates and text.

use std::fmt::Write as _;

use super::style::Type;
use crate::polygon::Point;
use crate::text::escape;

/// The body of a document, in sheet units.
#[derive(Debug, Default)]
pub struct Drawing {
    body: String,
}

/// Where a text stands, and which way it runs.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The middle of the text.
    pub at: Point,
    /// Degrees, clockwise as SVG turns.
    pub turn: f64,
}

impl Drawing {
    /// A straight line.
    pub fn line(&mut self, class: &str, a: Point, b: Point) {
        let data = open_path(&[a, b]);
        self.path(class, &data);
    }

    /// A closed polygon.
    pub fn polygon(&mut self, class: &str, corners: &[Point]) {
        let data = open_path(corners) + "Z";
        self.path(class, &data);
    }

    /// A path of the given data.
    pub fn path(&mut self, class: &str, data: &str) {
        let _ = write!(self.body, "<path class=\"{class}\" d=\"{data}\"/>");
    }

    /// A circle.
    pub fn circle(&mut self, class: &str, [x, y]: Point, radius: f64) {
        let _ = write!(
            self.body,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            number(x),
            number(y),
            number(radius)
        );
    }

    /// An upright rectangle.
    pub fn rectangle(&mut self, class: &str, [x, y]: Point, [width, height]: [f64; 2]) {
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            number(x),
            number(y),
            number(width),
            number(height)
        );
    }

    /// A text, centered on its place; `more` are further classes.
    pub fn text(&mut self, kind: Type, more: &str, place: Place, text: &str) {
        let [x, y] = place.at;
        // A third of the size lower, the line's middle comes to lie on the place.
        let drop = kind.size * 0.35;
        let position = if place.turn == 0.0 {
            format!("x=\"{}\" y=\"{}\"", number(x), number(y + drop))
        } else {
            format!(
                "transform=\"translate({} {}) rotate({})\" y=\"{}\"",
                number(x),
                number(y),
                number(place.turn),
                number(drop)
            )
        };
        let _ = write!(
            self.body,
            "<text class=\"{} {more}\" {position}>{}</text>",
            kind.class,
            escape(text)
        );
    }

    /// A text that begins at a point.
    pub fn text_from(&mut self, kind: Type, at: Point, text: &str) {
        self.text(kind, "start", Place { at, turn: 0.0 }, text);
    }

    /// A group with a name that readers show on touch and speak aloud.
    pub fn group(&mut self, title: &str, draw: impl FnOnce(&mut Self)) {
        let _ = write!(self.body, "<g><title>{}</title>", escape(title));
        draw(self);
        self.body.push_str("</g>");
    }

    /// The whole document, `size` being its width and height.
    pub fn finish(self, size: [f64; 2], style: &str, title: &str, description: &str) -> String {
        let [width, height] = size.map(number);
        let (title, description) = (escape(title), escape(description));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"room-plan\" role=\"img\" \
             viewBox=\"0 0 {width} {height}\">\
             <title>{title}</title><desc>{description}</desc><style>{style}</style>\
             <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>{}</svg>\n",
            self.body
        )
    }
}

/// Path data through some points.
pub fn open_path(points: &[Point]) -> String {
    let mut data = String::new();
    for (place, &[x, y]) in points.iter().enumerate() {
        let command = if place == 0 { 'M' } else { 'L' };
        let _ = write!(data, "{command}{} {}", number(x), number(y));
    }
    data
}

/// Path data of a circle's arc from `a` to `b` around `center`, the shorter way.
pub fn arc(center: Point, a: Point, b: Point) -> String {
    let radius = number((a[0] - center[0]).hypot(a[1] - center[1]));
    let turn = (a[0] - center[0]) * (b[1] - center[1]) - (a[1] - center[1]) * (b[0] - center[0]);
    let sweep = u8::from(turn > 0.0);
    format!(
        "{}A{radius} {radius} 0 0 {sweep} {} {}",
        open_path(&[a]),
        number(b[0]),
        number(b[1])
    )
}

/// A number to a hundredth of a sheet unit, without trailing zeros.
pub fn number(value: f64) -> String {
    crate::text::number(value, 2)
}
