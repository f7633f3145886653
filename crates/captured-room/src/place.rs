//! From the phone's space to its plan, and from there to the floor frame.

use room_geometry::model::Frame;

use crate::join::Edge;
use crate::plan::{Point, Segment, rectangle};
use crate::read::{Capture, Surface};

/// A point of space in the phone's own plan: x as it is, y against its z.
pub fn plan_point([x, _, z]: [f64; 3]) -> Point {
    [x, -z]
}

/// A wall, a door or a window as a line of the plan.
pub fn segment(surface: &Surface) -> Segment {
    let half = surface.size[0] / 2.0;
    let end = |along: f64| plan_point(surface.place([along, 0.0, 0.0]));
    Segment {
        start: end(-half),
        end: end(half),
    }
}

/// The corners of a floor, or those of its box.
pub fn floor_polygon(floor: &Surface) -> Vec<Point> {
    if floor.corners.len() > 2 {
        let corners = floor.corners.iter();
        return corners
            .map(|&corner| plan_point(floor.place(corner)))
            .collect();
    }
    let [width, depth] = [floor.size[0] / 2.0, floor.size[1] / 2.0];
    [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]
        .map(|[x, y]: Point| plan_point(floor.place([x * width, y * depth, 0.0])))
        .to_vec()
}

/// Lower and upper end of an upright surface, in the phone's height.
pub fn rise(surface: &Surface) -> [f64; 2] {
    let middle = surface.center[1];
    if surface.corners.len() > 2 {
        let heights = surface
            .corners
            .iter()
            .map(|&corner| surface.place(corner)[1]);
        return heights.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], height| {
            [low.min(height), high.max(height)]
        });
    }
    let half = surface.size[1] / 2.0;
    [middle - half, middle + half]
}

/// The floor's height: that of the lowest end of most walls.
pub fn floor_height(capture: &Capture) -> f64 {
    let mut bottoms: Vec<f64> = capture.walls.iter().map(|wall| rise(wall)[0]).collect();
    bottoms.sort_unstable_by(f64::total_cmp);
    let walls = bottoms.get(bottoms.len() / 2).copied();
    let floor = || capture.floors.first().map(|floor| floor.center[1]);
    walls.or_else(floor).unwrap_or(0.0)
}

/// Where the floor frame lies in the phone's plan.
#[derive(Clone, Copy)]
pub struct Place {
    /// Along the longer side of the room.
    axis: Point,
    /// The frame's origin, along the axis and across it.
    low: Point,
    pub sides: [f64; 2],
    pub floor: f64,
}

impl Place {
    pub fn of(edges: &[Edge], floor: f64) -> Self {
        let corners: Vec<Point> = edges.iter().map(|edge| edge.line.start).collect();
        let (axis, low, sides) = rectangle(&corners).unwrap_or(([1.0, 0.0], [0.0; 2], [0.0; 2]));
        Self {
            axis,
            low,
            sides,
            floor,
        }
    }

    /// A point of the phone's plan in the floor frame.
    pub fn point(&self, [a, b]: Point) -> Point {
        let [x, y] = self.axis;
        [a * x + b * y - self.low[0], b * x - a * y - self.low[1]]
    }

    pub fn line(&self, line: Segment) -> Segment {
        Segment {
            start: self.point(line.start),
            end: self.point(line.end),
        }
    }

    pub fn frame(&self) -> Frame {
        let [x, y] = self.axis;
        let [a, b] = self.low;
        // From the phone's plan back to its space: y of the plan is against z.
        let space = |[x, y]: Point, height: f64| [x, height, -y + 0.0];
        Frame {
            origin: space([a * x - b * y, a * y + b * x], self.floor),
            axis_x: space([x, y], 0.0),
            axis_y: space([-y, x], 0.0),
            up: [0.0, 1.0, 0.0],
        }
    }

    /// The turn of a direction of the phone's plan, degrees.
    pub fn turn(&self, [a, b]: Point) -> f64 {
        let [x, y] = self.axis;
        (b * x - a * y).atan2(a * x + b * y).to_degrees()
    }
}
