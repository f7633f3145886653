//! Graphical entities of a DXF file (AutoCAD 2000 DXF reference, "Entities").

use super::document::{DimensionBlock, Layer, MODEL_SPACE};
use crate::polygon::{Point, along, between, length, middle};
use crate::text::number;

/// Handles below this are those of tables and objects.
const FIRST_HANDLE: u32 = 0x100;

/// How a line is drawn.
#[derive(Clone, Copy)]
pub struct Pen {
    layer: Layer,
    line_type: Option<&'static str>,
    color: Option<u16>,
}

impl Pen {
    /// As the layer has it.
    pub fn of(layer: Layer) -> Self {
        Self {
            layer,
            line_type: None,
            color: None,
        }
    }

    /// With a line type of its own.
    pub fn dashed(self, line_type: &'static str) -> Self {
        Self {
            line_type: Some(line_type),
            ..self
        }
    }

    /// With a color of its own.
    pub fn colored(self, color: u16) -> Self {
        Self {
            color: Some(color),
            ..self
        }
    }
}

/// Where a text stands.
pub struct Text {
    at: Point,
    height: f64,
    turn: f64,
}

impl Text {
    /// Around a point, level.
    pub fn centered(at: Point, height: f64) -> Self {
        Self {
            at,
            height,
            turn: 0.0,
        }
    }
}

/// A part of a file: group codes and their values, each on a line of its own.
#[derive(Default)]
pub struct Groups {
    pub text: String,
}

impl Groups {
    /// A group with a text.
    pub fn put(&mut self, code: u16, value: &str) {
        self.text.push_str(&code.to_string());
        self.text.push('\n');
        self.text.push_str(value);
        self.text.push('\n');
    }

    /// A group with a whole number.
    pub fn whole(&mut self, code: u16, value: usize) {
        self.put(code, &value.to_string());
    }

    /// A group with a number, to a hundredth of a millimeter.
    pub fn real(&mut self, code: u16, value: f64) {
        let mut text = number(value, 5);
        if !text.contains('.') {
            text.push_str(".0");
        }
        self.put(code, &text);
    }

    /// A group with a handle.
    pub fn handle(&mut self, code: u16, value: u32) {
        self.put(code, &format!("{value:X}"));
    }

    /// The three groups of a point.
    pub fn point(&mut self, code: u16, [x, y]: Point) {
        self.real(code, x);
        self.real(code + 10, y);
        self.real(code + 20, 0.0);
    }
}

/// The entities of the plan, and the blocks that its dimensions show.
pub struct Entities {
    /// Those of the model space.
    pub model: Groups,
    /// One for each dimension.
    pub blocks: Vec<DimensionBlock>,
    /// The height of letters that readers use for dimensions, meters.
    pub letters: f64,
    next: u32,
}

impl Default for Entities {
    fn default() -> Self {
        Self {
            model: Groups::default(),
            blocks: Vec::new(),
            letters: 0.12,
            next: FIRST_HANDLE,
        }
    }
}

impl Entities {
    /// A handle that nothing else has.
    pub fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// A closed polyline.
    pub fn polygon(&mut self, pen: Pen, corners: &[Point]) {
        let handle = self.fresh();
        let out = &mut self.model;
        begin(out, "LWPOLYLINE", handle, MODEL_SPACE, pen);
        out.put(100, "AcDbPolyline");
        out.whole(90, corners.len());
        out.whole(70, 1);
        for &[x, y] in corners {
            out.real(10, x);
            out.real(20, y);
        }
    }

    /// A straight line.
    pub fn line(&mut self, pen: Pen, a: Point, b: Point) {
        let handle = self.fresh();
        line(&mut self.model, handle, MODEL_SPACE, pen, [a, b]);
    }

    /// A circle.
    pub fn circle(&mut self, pen: Pen, center: Point, radius: f64) {
        let handle = self.fresh();
        let out = &mut self.model;
        begin(out, "CIRCLE", handle, MODEL_SPACE, pen);
        out.put(100, "AcDbCircle");
        out.point(10, center);
        out.real(40, radius);
    }

    /// The shorter arc around a center between two points of a circle.
    pub fn arc(&mut self, pen: Pen, center: Point, [a, b]: [Point; 2]) {
        let handle = self.fresh();
        let [from, to] = [between(center, a), between(center, b)];
        let [from, to] = if crate::polygon::cross(from, to) > 0.0 {
            [from, to]
        } else {
            [to, from]
        };
        let degrees = |[x, y]: Point| turned(y.atan2(x).to_degrees());
        let out = &mut self.model;
        begin(out, "ARC", handle, MODEL_SPACE, pen);
        out.put(100, "AcDbCircle");
        out.point(10, center);
        out.real(40, length(from));
        out.put(100, "AcDbArc");
        out.real(50, degrees(from));
        out.real(51, degrees(to));
    }

    /// A text around a point.
    pub fn text(&mut self, layer: Layer, place: &Text, text: &str) {
        let handle = self.fresh();
        write_text(&mut self.model, handle, MODEL_SPACE, layer, place, text);
    }

    /// An aligned dimension of the length between two points, with its block: the line, extension
    /// lines from `feet`, ticks, and the figure.
    pub fn dimension(
        &mut self,
        of: [Point; 2],
        feet: [Point; 2],
        line_at: [Point; 2],
        letters: f64,
    ) {
        let [start, end] = line_at;
        let run = between(start, end);
        let long = length(run).max(1e-9);
        let unit = [run[0] / long, run[1] / long];
        // The figure stands above the line, read from below or from the right.
        let degrees = unit[1].atan2(unit[0]).to_degrees();
        let upright = degrees > -89.9 && degrees <= 90.1;
        let turn = if upright { degrees } else { degrees + 180.0 };
        let above = if upright { 1.0 } else { -1.0 };
        let left = [-unit[1], unit[0]];
        let at = along(middle(start, end), left, above * letters);
        let figure = format!("{:.2}", length(between(of[0], of[1])));

        let [record, block, end_block] = [self.fresh(), self.fresh(), self.fresh()];
        let mut body = Groups::default();
        let pen = Pen::of(Layer::Dimensions);
        let slant = [unit[0] - unit[1], unit[0] + unit[1]];
        let tick = letters * 0.5;
        let mut strokes = vec![[start, end]];
        for (foot, tip) in feet.into_iter().zip(line_at) {
            let extension = between(foot, tip);
            strokes.push([along(foot, extension, 0.2), along(tip, extension, 0.1)]);
            strokes.push([along(tip, slant, -tick), along(tip, slant, tick)]);
        }
        for stroke in strokes {
            let handle = self.fresh();
            line(&mut body, handle, record, pen, stroke);
        }
        let handle = self.fresh();
        let place = Text {
            at,
            height: letters,
            turn,
        };
        write_text(
            &mut body,
            handle,
            record,
            Layer::Dimensions,
            &place,
            &figure,
        );

        let name = format!("*D{}", self.blocks.len() + 1);
        let handle = self.fresh();
        let out = &mut self.model;
        begin(out, "DIMENSION", handle, MODEL_SPACE, pen);
        out.put(100, "AcDbDimension");
        out.put(2, &name);
        out.point(10, end);
        out.point(11, at);
        // Aligned (1), in a block of its own (32).
        out.whole(70, 33);
        out.whole(71, 5);
        out.real(42, length(between(of[0], of[1])));
        out.put(3, "Standard");
        out.put(100, "AcDbAlignedDimension");
        out.point(13, of[0]);
        out.point(14, of[1]);
        self.blocks.push(DimensionBlock {
            name,
            record,
            block,
            end_block,
            body,
        });
    }
}

/// An angle from 0 to 360 degrees.
fn turned(degrees: f64) -> f64 {
    if degrees < 0.0 {
        degrees + 360.0
    } else {
        degrees
    }
}

/// What every entity begins with.
fn begin(out: &mut Groups, kind: &str, handle: u32, owner: u32, pen: Pen) {
    out.put(0, kind);
    out.handle(5, handle);
    out.handle(330, owner);
    out.put(100, "AcDbEntity");
    out.put(8, pen.layer.name());
    if let Some(line_type) = pen.line_type {
        out.put(6, line_type);
    }
    if let Some(color) = pen.color {
        out.whole(62, usize::from(color));
    }
}

fn line(out: &mut Groups, handle: u32, owner: u32, pen: Pen, [a, b]: [Point; 2]) {
    begin(out, "LINE", handle, owner, pen);
    out.put(100, "AcDbLine");
    out.point(10, a);
    out.point(11, b);
}

fn write_text(out: &mut Groups, handle: u32, owner: u32, layer: Layer, place: &Text, text: &str) {
    begin(out, "TEXT", handle, owner, Pen::of(layer));
    out.put(100, "AcDbText");
    out.point(10, place.at);
    out.real(40, place.height);
    out.put(1, &plain(text));
    if place.turn != 0.0 {
        out.real(50, place.turn);
    }
    // Centered both ways on the second point.
    out.whole(72, 1);
    out.point(11, place.at);
    out.put(100, "AcDbText");
    out.whole(73, 2);
}

/// A text as the format has it: characters beyond the code page by their code, and no `%%`
/// commands.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => plain.push_str("%%%"),
            '\\' | '^' => plain.push('/'),
            ' '..='~' => plain.push(c),
            '≥' => plain.push_str(">="),
            '\u{a0}'..='ÿ' => plain.push(c),
            c if u32::from(c) <= 0xffff && !c.is_control() => {
                plain.push_str(&format!("\\U+{:04X}", u32::from(c)));
            }
            _ => plain.push('?'),
        }
    }
    plain
}
