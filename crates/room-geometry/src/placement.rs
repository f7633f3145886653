//! What was found, from the upright frame into the floor frame of a result.

use crate::ceilings::Part;
use crate::columns::{self, Footprint};
use crate::levels::Level;
use crate::model::{self, Ceiling, Column, Frame, Measure, Up};
use crate::podiums::Podium;
use crate::polygon::Rectangle;
use crate::thinning::Thinned;
use crate::up;
use crate::upright::Basis;
use crate::vector::{Vec3, add, dot};
use crate::walls::NINETY_FIVE;

/// A ceiling that rises less than this, height over length, is flat.
const FLAT: f64 = 0.02;
/// No scan places two levels better than this against each other, meters.
const LEVEL_NOISE: f64 = 0.003;

/// Where the floor frame lies in the scan.
pub struct Placement<'a> {
    pub thinned: &'a Thinned,
    pub basis: &'a Basis,
    pub rectangle: &'a Rectangle,
    pub bottom: f64,
}

impl Placement<'_> {
    /// A point of the upright plan in the floor frame.
    pub fn plan(&self, p: [f64; 2]) -> [f64; 2] {
        let [u, v] = self.rectangle.coordinates(p);
        [u - self.rectangle.along[0], v - self.rectangle.across[0]]
    }

    pub fn outline(&self, corners: &[[f64; 2]]) -> Vec<[f64; 2]> {
        corners.iter().map(|corner| self.plan(*corner)).collect()
    }

    pub fn ceiling(&self, part: &Part) -> Ceiling {
        let plane = &part.plane;
        // The plane's height where the floor frame begins, and its growth along the frame's axes.
        let r = self.rectangle;
        let [x, y] = r.point([r.along[0], r.across[0]]);
        let [ax, ay] = r.axis;
        let [sx, sy] = plane.slope;
        let rise = sx.hypot(sy);
        let flat = rise < FLAT;
        let (growth, at) = if flat {
            ([0.0; 2], r.center())
        } else {
            ([sx * ax + sy * ay, sy * ax - sx * ay], [x, y])
        };
        Ceiling {
            outline: self.outline(&part.corners),
            height: [
                plane.height_at(at[0], at[1]) - self.bottom,
                growth[0],
                growth[1],
            ],
            slope: if flat { 0.0 } else { rise.atan().to_degrees() },
            uncertainty: part.uncertainty,
        }
    }

    pub fn level(&self, podium: &Podium) -> model::Level {
        model::Level {
            outline: self.outline(&podium.corners),
            height: podium.height,
            uncertainty: NINETY_FIVE * LEVEL_NOISE.hypot(0.3 * podium.noise),
        }
    }

    pub fn column(&self, footprint: &Footprint, height: Option<Measure>) -> Column {
        Column {
            outline: self.outline(footprint),
            height: height.map(|height| height.value),
            uncertainty: columns::UNCERTAINTY,
        }
    }

    /// A point of the upright frame in scan coordinates.
    pub fn scan(&self, p: Vec3) -> Vec3 {
        add(self.thinned.origin, self.basis.back(p))
    }

    /// The coordinate of a level in the middle of the room along the upward direction as named:
    /// far from zero a named axis and the refined direction give very different heights.
    pub fn height(&self, level: &Level, up: &Up) -> f64 {
        let [x, y] = self.rectangle.center();
        dot(self.scan([x, y, level.height_at(x, y)]), up::vector(up))
    }

    pub fn frame(&self) -> Frame {
        let [ax, ay] = self.rectangle.axis;
        let [x, y] = self
            .rectangle
            .point([self.rectangle.along[0], self.rectangle.across[0]]);
        Frame {
            origin: self.scan([x, y, self.bottom]),
            axis_x: self.basis.back([ax, ay, 0.0]),
            axis_y: self.basis.back([-ay, ax, 0.0]),
            up: self.basis.up,
        }
    }
}
