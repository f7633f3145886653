//! What stands in the room.

use room_geometry::model::{Object, Support};

use crate::build::Room;
use crate::place::plan_point;
use crate::plan::{Point, edges};
use crate::read::Surface;

/// What stands lower than this stands on the floor, meters.
const ON_FLOOR: f64 = 0.2;
/// What is nearer to a wall than this hangs on it, meters.
const ON_WALL: f64 = 0.2;

impl Room<'_> {
    pub fn objects(&self, outline: &[Point]) -> Vec<Object> {
        let objects = self.capture.objects.iter();
        let objects = objects.filter(|object| object.size.iter().all(|side| *side > 0.0));
        objects.map(|object| self.object(object, outline)).collect()
    }

    fn object(&self, surface: &Surface, outline: &[Point]) -> Object {
        let [width, height, depth] = surface.size;
        let [x, _, z] = surface.axes[0];
        let turn = self.place.turn([x, -z]);
        // The length is the longer side.
        let (length, width, turn) = if width >= depth {
            (width, depth, turn)
        } else {
            (depth, width, turn + 90.0)
        };
        let [x, y] = self.place.point(plan_point(surface.center));
        let middle = surface.center[1] - self.place.floor;
        let bottom = middle - height / 2.0;
        let to_wall = edges(outline).map(|line| {
            let [run, off] = line.locate([x, y]);
            let past = (-run).max(run - line.length()).max(0.0);
            off.abs().hypot(past) - length.min(width) / 2.0
        });
        let support = match to_wall.fold(f64::INFINITY, f64::min) {
            _ if bottom < ON_FLOOR => Support::Floor,
            to_wall if to_wall < ON_WALL => Support::Wall,
            _ => Support::Object,
        };
        Object {
            class: class(surface),
            center: [x, y, middle],
            size: [length, width, height],
            rotation: if turn > 180.0 { turn - 360.0 } else { turn },
            confidence: surface.confidence,
            support,
        }
    }
}

/// Our own class of one of the phone's categories; what has none keeps its name.
fn class(surface: &Surface) -> String {
    let own = match surface.category.as_str() {
        "storage" if surface.storage == "shelf" => "shelf",
        "storage" => "cabinet",
        "refrigerator" | "stove" | "oven" | "dishwasher" | "washerDryer" => "appliance",
        "television" => "screen",
        "" => "unknown",
        other => {
            let mut name = String::with_capacity(other.len() + 4);
            for letter in other.chars() {
                if letter.is_ascii_uppercase() && !name.is_empty() {
                    name.push('_');
                }
                name.push(letter.to_ascii_lowercase());
            }
            return name;
        }
    };
    own.to_owned()
}
