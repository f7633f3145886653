//! The measured room, in the shape in which it stands in a result (`result.geometry`).
//!
//! Lengths are meters, areas square meters, volumes cubic meters, angles degrees. A figure that
//! the data does not determine is `None`, and `notes` gives the reason.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A figure and how far off it may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Measure {
    /// The best estimate.
    pub value: f64,
    /// Half the width of the interval that holds the truth in about 95 % of cases.
    pub uncertainty: f64,
}

/// The axis of the scan's own coordinates that points away from the floor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Up {
    /// One of the scan's own axes: `"x"`, `"y"` or `"z"`.
    Axis(Axis),
    /// Any other direction, as a unit vector.
    Direction([f64; 3]),
}

/// An axis of the scan's own coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// The first coordinate.
    X,
    /// The second coordinate.
    Y,
    /// The third coordinate.
    Z,
}

/// The floor frame: where the plan's `[x, y]` lie in the scan's own coordinates.
///
/// `point = origin + x * axis_x + y * axis_y + h * up`, with `h` the height above the floor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Frame {
    /// A point of the floor, in scan coordinates.
    pub origin: [f64; 3],
    /// Unit vector of the plan's x, along the longer side of the room.
    pub axis_x: [f64; 3],
    /// Unit vector of the plan's y; `axis_x`, `axis_y`, `up` are right-handed.
    pub axis_y: [f64; 3],
    /// Unit vector away from the floor.
    pub up: [f64; 3],
}

/// The room's size. `length` is the longer and `width` the shorter side of the smallest
/// rectangle around the outline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Dimensions {
    /// Longer side, meters.
    pub length: Option<Measure>,
    /// Shorter side, meters.
    pub width: Option<Measure>,
    /// Floor to ceiling, meters.
    pub height: Option<Measure>,
    /// Area inside the outline, square meters.
    pub floor_area: Option<Measure>,
    /// Length of the outline, meters.
    pub perimeter: Option<Measure>,
    /// Floor area times height, cubic meters.
    pub volume: Option<Measure>,
}

/// One straight wall of the outline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Wall {
    /// Where the wall begins in the plan; walls run counter-clockwise around the room.
    pub start: [f64; 2],
    /// Where it ends.
    pub end: [f64; 2],
    /// Height above the floor, meters; `null` without a ceiling.
    pub height: Option<f64>,
    /// Thickness in meters, where both faces were seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub thickness: Option<f64>,
    /// Part of the wall's face with points on it, 0 to 1.
    pub coverage: f64,
    /// How far the wall's plane may be off, meters.
    pub uncertainty: f64,
    /// Whether the outline is closed here by reasoning only: a passage to what lies beyond, or
    /// nothing was seen.
    #[serde(default)]
    pub open: bool,
}

/// What an opening in a wall is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpeningKind {
    /// A door.
    Door,
    /// A window.
    Window,
    /// A passage without a leaf.
    Opening,
}

/// A hole in a wall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Opening {
    /// What it is.
    pub kind: OpeningKind,
    /// Index into `walls`.
    pub wall: usize,
    /// From the wall's start to the opening's nearer edge, meters.
    pub offset: f64,
    /// Width along the wall, meters.
    pub width: f64,
    /// Lower edge above the floor, meters.
    pub bottom: f64,
    /// Upper edge above the floor, meters.
    pub top: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// How far width and offset may be off, meters.
    #[serde(default)]
    pub uncertainty: f64,
}

/// What an object stands on or hangs from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// The floor.
    #[default]
    Floor,
    /// A wall.
    Wall,
    /// The ceiling.
    Ceiling,
    /// Another object.
    Object,
}

/// A piece of furniture, as an oriented box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Object {
    /// `table`, `chair`, ... or `unknown`.
    pub class: String,
    /// Center in the floor frame: plan x, plan y, height above the floor.
    pub center: [f64; 3],
    /// Length, width, height in meters.
    pub size: [f64; 3],
    /// Turn of the length from the plan's x axis, degrees, counter-clockwise seen from above.
    pub rotation: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// What it stands on or hangs from.
    #[serde(default)]
    pub support: Support,
}

/// A plane of the ceiling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Ceiling {
    /// The part of the plan above which it lies, counter-clockwise.
    pub outline: Vec<[f64; 2]>,
    /// Height above the floor at plan point `(x, y)`: `height[0] + height[1] x + height[2] y`.
    pub height: [f64; 3],
    /// Angle to the floor, degrees; 0 for a flat ceiling.
    pub slope: f64,
    /// How far the plane may be off, meters.
    pub uncertainty: f64,
}

/// A part of the floor at another height than the rest: a podium, a step, a pit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Level {
    /// The part of the plan, counter-clockwise.
    pub outline: Vec<[f64; 2]>,
    /// Height above the main floor, meters; below zero for a pit.
    pub height: f64,
    /// How far the height may be off, meters.
    pub uncertainty: f64,
}

/// A column or a thin wall that stands free in the room, from the floor to nearly the ceiling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// Its outline on the plan, counter-clockwise; no part of the floor area.
    pub outline: Vec<[f64; 2]>,
    /// Height above the floor, meters.
    pub height: Option<f64>,
    /// How far its sides may be off, meters.
    pub uncertainty: f64,
}

/// How much of the room's surfaces the scan saw, 0 to 1 each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Coverage {
    /// Part of the floor inside the outline.
    pub floor: f64,
    /// Part of the ceiling inside the outline.
    pub ceiling: f64,
    /// Part of the wall faces, by area.
    pub walls: f64,
}

/// What became of the points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointCount {
    /// In the upload.
    pub given: u64,
    /// That the analysis worked on.
    pub used: u64,
    /// That lie on no surface of the room nor on anything in it, or were no numbers.
    pub outliers: u64,
}

/// A measured figure beside the one that the app sent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgreementItem {
    /// The app's figure.
    pub app: f64,
    /// The measured one.
    pub measured: f64,
    /// `measured - app`.
    pub difference: f64,
    /// Whether the difference is within the measurement's uncertainty or 5 %.
    pub agrees: bool,
}

/// The app's own measurements against the measured ones; an item is `null` where either is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Agreement {
    /// Longer side.
    pub length: Option<AgreementItem>,
    /// Shorter side.
    pub width: Option<AgreementItem>,
    /// Floor to ceiling.
    pub height: Option<AgreementItem>,
    /// Floor area.
    pub area: Option<AgreementItem>,
    /// Volume.
    pub volume: Option<AgreementItem>,
    /// True when every item that is present agrees.
    pub agrees: bool,
}

/// Where the geometry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Measured from the points.
    Points,
    /// Taken over from the app's measurements, since the points do not determine a room.
    AppMeasurements,
    /// Taken over from a room that the phone captured (Apple RoomPlan).
    CapturedRoom,
}

/// A room as measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoomGeometry {
    /// Where the figures come from.
    pub source: Source,
    /// The scan's upward direction.
    pub up: Up,
    /// Height of the floor along `up`, in scan coordinates.
    pub floor_height: Option<f64>,
    /// Height of the ceiling along `up`, in scan coordinates.
    pub ceiling_height: Option<f64>,
    /// The room's size.
    pub dimensions: Dimensions,
    /// The floor frame in which `outline`, `walls` and `objects` are given.
    pub frame: Frame,
    /// Corners of the floor, counter-clockwise, not repeated at the end; empty when unknown.
    pub outline: Vec<[f64; 2]>,
    /// Wall `i` runs from outline corner `i` to the next.
    pub walls: Vec<Wall>,
    /// Planes of the ceiling; a flat one is a single entry, none when no ceiling was seen.
    #[serde(default)]
    pub ceilings: Vec<Ceiling>,
    /// Parts of the floor at another height; none when the floor is level.
    #[serde(default)]
    pub levels: Vec<Level>,
    /// What stands free in the room up to the ceiling.
    #[serde(default)]
    pub columns: Vec<Column>,
    /// Doors, windows, passages.
    pub openings: Vec<Opening>,
    /// Furniture.
    pub objects: Vec<Object>,
    /// How much was seen.
    pub coverage: Coverage,
    /// What became of the points.
    pub points: PointCount,
    /// Against the app's own measurements.
    pub agreement: Agreement,
    /// What the reader should know, in sentences.
    pub notes: Vec<String>,
}
