//! What the parts of a building model have in common: placements, bodies, styles, properties.

use super::Origin;
use super::step::{Arg, Id, Step, global_id};
use crate::mesh::Paint;
use crate::polygon::Point;
use crate::regions::Plane;

use Arg::{Derived, Enum, Nil, Real, Reals, Ref, Refs, Said, Text, Typed, Whole};

/// A property: its name and its value.
pub type Property<'a> = (&'static str, Arg<'a>);

/// A model that is being written.
pub struct Model<'a> {
    pub step: Step,
    scan: &'a str,
    body: Id,
    up: Id,
    zero: Id,
    styles: Vec<(String, Id)>,
    pub context: Id,
}

impl<'a> Model<'a> {
    /// A model with its coordinate system.
    pub fn new(origin: &Origin<'a>) -> Self {
        let mut step = Step::default();
        let zero = step.add("IFCCARTESIANPOINT", &[Reals(&[0.0; 3])]);
        let up = step.add("IFCDIRECTION", &[Reals(&[0.0, 0.0, 1.0])]);
        let axes = step.add("IFCAXIS2PLACEMENT3D", &[Ref(zero), Nil, Nil]);
        let context = step.add(
            "IFCGEOMETRICREPRESENTATIONCONTEXT",
            &[Nil, Text("Model"), Whole(3), Real(1e-5), Ref(axes), Nil],
        );
        let body = step.add(
            "IFCGEOMETRICREPRESENTATIONSUBCONTEXT",
            &[
                Text("Body"),
                Text("Model"),
                Derived,
                Derived,
                Derived,
                Derived,
                Ref(context),
                Nil,
                Enum("MODEL_VIEW"),
                Nil,
            ],
        );
        Self {
            step,
            scan: origin.id,
            body,
            up,
            zero,
            styles: Vec::new(),
            context,
        }
    }

    /// Adds what has an identifier: its entity, a name of the part that no other has, and the
    /// attributes after the owner history.
    pub fn root(&mut self, entity: &str, part: &str, attributes: &[Arg]) -> Id {
        let id = global_id(self.scan, part);
        let mut arguments = vec![Text(&id), Nil];
        arguments.extend_from_slice(attributes);
        self.step.add(entity, &arguments)
    }

    /// A place relative to another one: a point, and the direction of its x axis in the plan.
    pub fn place(&mut self, within: Option<Id>, at: [f64; 3], along: Option<Point>) -> Id {
        let axes = match along {
            Some([x, y]) => {
                let at = self.step.add("IFCCARTESIANPOINT", &[Reals(&at)]);
                let x_axis = self.step.add("IFCDIRECTION", &[Reals(&[x, y, 0.0])]);
                let arguments = [Ref(at), Ref(self.up), Ref(x_axis)];
                self.step.add("IFCAXIS2PLACEMENT3D", &arguments)
            }
            None => {
                let at = if at == [0.0; 3] {
                    self.zero
                } else {
                    self.step.add("IFCCARTESIANPOINT", &[Reals(&at)])
                };
                self.step.add("IFCAXIS2PLACEMENT3D", &[Ref(at), Nil, Nil])
            }
        };
        let within = within.map_or(Nil, Ref);
        self.step.add("IFCLOCALPLACEMENT", &[within, Ref(axes)])
    }

    /// A closed polygon as a profile, beside some holes.
    fn profile(&mut self, outline: &[Point], holes: &[&[Point]]) -> Id {
        let outer = self.ring(outline);
        if holes.is_empty() {
            let arguments = [Enum("AREA"), Nil, Ref(outer)];
            return self.step.add("IFCARBITRARYCLOSEDPROFILEDEF", &arguments);
        }
        let holes: Vec<Id> = holes.iter().map(|hole| self.ring(hole)).collect();
        let arguments = [Enum("AREA"), Nil, Ref(outer), Refs(&holes)];
        self.step.add("IFCARBITRARYPROFILEDEFWITHVOIDS", &arguments)
    }

    fn ring(&mut self, outline: &[Point]) -> Id {
        let points = outline.iter();
        let mut points: Vec<Id> = points
            .map(|point| self.step.add("IFCCARTESIANPOINT", &[Reals(point)]))
            .collect();
        points.extend(points.first().copied());
        self.step.add("IFCPOLYLINE", &[Refs(&points)])
    }

    /// A polygon of the plan, extruded upward from a height.
    pub fn prism(&mut self, outline: &[Point], bottom: f64, height: f64) -> Id {
        self.prism_around(outline, &[], bottom, height)
    }

    /// The same with holes.
    pub fn prism_around(
        &mut self,
        outline: &[Point],
        holes: &[&[Point]],
        bottom: f64,
        height: f64,
    ) -> Id {
        let profile = self.profile(outline, holes);
        let position = if bottom == 0.0 {
            Nil
        } else {
            let at = self
                .step
                .add("IFCCARTESIANPOINT", &[Reals(&[0.0, 0.0, bottom])]);
            Ref(self.step.add("IFCAXIS2PLACEMENT3D", &[Ref(at), Nil, Nil]))
        };
        self.extrude(profile, position, [0.0, 0.0, 1.0], height)
    }

    /// A polygon in the upright plane through the x axis, extruded against y.
    pub fn upright(&mut self, outline: &[Point], depth: f64) -> Id {
        let profile = self.profile(outline, &[]);
        // The plane's own axes: x as it is, y upward, so its normal is against y.
        let normal = self.step.add("IFCDIRECTION", &[Reals(&[0.0, -1.0, 0.0])]);
        let x_axis = self.step.add("IFCDIRECTION", &[Reals(&[1.0, 0.0, 0.0])]);
        let arguments = [Ref(self.zero), Ref(normal), Ref(x_axis)];
        let position = self.step.add("IFCAXIS2PLACEMENT3D", &arguments);
        self.extrude(profile, Ref(position), [0.0, 0.0, 1.0], depth)
    }

    /// A slab over a part of the plan whose lower face lies in a plane.
    pub fn slab_on(&mut self, plane: &Plane, thickness: f64) -> Id {
        let [height, along_x, along_y] = plane.height;
        let steep = 1.0 + along_x * along_x + along_y * along_y;
        let normal = [-along_x, -along_y, 1.0].map(|v| v / steep.sqrt());
        let run = (1.0 + along_x * along_x).sqrt();
        let x_axis = [1.0 / run, 0.0, along_x / run];
        let y_axis = [
            normal[1] * x_axis[2] - normal[2] * x_axis[1],
            normal[2] * x_axis[0] - normal[0] * x_axis[2],
            normal[0] * x_axis[1] - normal[1] * x_axis[0],
        ];
        let within = |axis: [f64; 3], v: [f64; 3]| axis[0] * v[0] + axis[1] * v[1] + axis[2] * v[2];
        let corners: Vec<Point> = plane
            .outline
            .iter()
            .map(|&[x, y]| {
                let from = [x, y, plane.at([x, y]) - height];
                [within(x_axis, from), within(y_axis, from)]
            })
            .collect();
        let profile = self.profile(&corners, &[]);
        let at = self
            .step
            .add("IFCCARTESIANPOINT", &[Reals(&[0.0, 0.0, height])]);
        let axis = self.step.add("IFCDIRECTION", &[Reals(&normal)]);
        let x = self.step.add("IFCDIRECTION", &[Reals(&x_axis)]);
        let arguments = [Ref(at), Ref(axis), Ref(x)];
        let position = self.step.add("IFCAXIS2PLACEMENT3D", &arguments);
        // Straight up, so that the slab keeps its outline in the plan.
        let upward = [x_axis[2], y_axis[2], normal[2]];
        self.extrude(profile, Ref(position), upward, thickness)
    }

    /// What is below a plane of the ceiling, up from the floor.
    pub fn room_below(&mut self, plane: &Plane) -> Id {
        let heights = plane.outline.iter().map(|&corner| plane.at(corner));
        let peak = heights.fold(0.0, f64::max);
        let solid = self.prism(&plane.outline, 0.0, peak);
        let [height, along_x, along_y] = plane.height;
        let at = self
            .step
            .add("IFCCARTESIANPOINT", &[Reals(&[0.0, 0.0, height])]);
        let steep = (1.0 + along_x * along_x + along_y * along_y).sqrt();
        let normal = [-along_x, -along_y, 1.0].map(|v| v / steep);
        let axis = self.step.add("IFCDIRECTION", &[Reals(&normal)]);
        let run = (1.0 + along_x * along_x).sqrt();
        let x_axis = [1.0 / run, 0.0, along_x / run];
        let x = self.step.add("IFCDIRECTION", &[Reals(&x_axis)]);
        let arguments = [Ref(at), Ref(axis), Ref(x)];
        let position = self.step.add("IFCAXIS2PLACEMENT3D", &arguments);
        let surface = self.step.add("IFCPLANE", &[Ref(position)]);
        let above = self
            .step
            .add("IFCHALFSPACESOLID", &[Ref(surface), Enum("F")]);
        let arguments = [Enum("DIFFERENCE"), Ref(solid), Ref(above)];
        self.step.add("IFCBOOLEANCLIPPINGRESULT", &arguments)
    }

    fn extrude(&mut self, profile: Id, position: Arg, direction: [f64; 3], depth: f64) -> Id {
        let direction = if direction == [0.0, 0.0, 1.0] {
            self.up
        } else {
            self.step.add("IFCDIRECTION", &[Reals(&direction)])
        };
        // The schema wants a depth above zero.
        let depth = depth.max(1e-3);
        let arguments = [Ref(profile), position, Ref(direction), Real(depth)];
        self.step.add("IFCEXTRUDEDAREASOLID", &arguments)
    }

    /// Solids as the body of a product, painted if so wished.
    pub fn shape(&mut self, kind: &'static str, items: &[Id], paint: Option<&Paint>) -> Id {
        if let Some(paint) = paint {
            let style = self.style(paint);
            for &item in items {
                let arguments = [Ref(item), Refs(&[style]), Nil];
                self.step.add("IFCSTYLEDITEM", &arguments);
            }
        }
        let arguments = [Ref(self.body), Text("Body"), Text(kind), Refs(items)];
        let representation = self.step.add("IFCSHAPEREPRESENTATION", &arguments);
        let arguments = [Nil, Nil, Refs(&[representation])];
        self.step.add("IFCPRODUCTDEFINITIONSHAPE", &arguments)
    }

    fn style(&mut self, paint: &Paint) -> Id {
        if let Some((_, style)) = self.styles.iter().find(|style| style.0 == paint.name) {
            return *style;
        }
        let [red, green, blue] = paint.color.map(|part| Real(f64::from(part) / 255.0));
        let color = self.step.add("IFCCOLOURRGB", &[Nil, red, green, blue]);
        let clear = 1.0 - f64::from(paint.opacity) / 100.0;
        let shading = self
            .step
            .add("IFCSURFACESTYLESHADING", &[Ref(color), Real(clear)]);
        let arguments = [Text(&paint.name), Enum("BOTH"), Refs(&[shading])];
        let style = self.step.add("IFCSURFACESTYLE", &arguments);
        self.styles.push((paint.name.clone(), style));
        style
    }

    /// Gives a product a set of properties; those without a value are left out.
    pub fn properties(&mut self, of: Id, part: &str, properties: &[Property]) {
        let mut ids = Vec::with_capacity(properties.len());
        for &(name, value) in properties {
            let known = match value {
                Typed(_, value) => value.is_finite(),
                Said(_, text) => !text.is_empty(),
                Nil => false,
                _ => true,
            };
            if known {
                let arguments = [Text(name), Nil, value, Nil];
                ids.push(self.step.add("IFCPROPERTYSINGLEVALUE", &arguments));
            }
        }
        if !ids.is_empty() {
            let arguments = [Text("Outpost_Measured"), Nil, Refs(&ids)];
            let set = self.root("IFCPROPERTYSET", &format!("{part}/measured"), &arguments);
            self.defined(of, &format!("{part}/is measured"), set);
        }
    }

    /// Gives a product its standard quantities.
    pub fn quantities(&mut self, of: Id, part: &str, set: &str, quantities: &[Property]) {
        let mut ids = Vec::with_capacity(quantities.len());
        for &(name, value) in quantities {
            if let Typed(kind, value) = value
                && value.is_finite()
            {
                let arguments = [Text(name), Nil, Nil, Real(value), Nil];
                ids.push(self.step.add(kind, &arguments));
            }
        }
        if !ids.is_empty() {
            let arguments = [Text(set), Nil, Nil, Refs(&ids)];
            let set = self.root(
                "IFCELEMENTQUANTITY",
                &format!("{part}/quantities"),
                &arguments,
            );
            self.defined(of, &format!("{part}/has quantities"), set);
        }
    }

    fn defined(&mut self, product: Id, part: &str, set: Id) {
        let arguments = [Nil, Nil, Refs(&[product]), Ref(set)];
        self.root("IFCRELDEFINESBYPROPERTIES", part, &arguments);
    }
}
