//! The colors of a room's surfaces.

use room_geometry::RoomGeometry;
use room_scan::PointCloud;

/// Points this close to a surface are on it, meters.
const NEAR: f64 = 0.04;
/// More points than this do not tell more.
const SAMPLE: usize = 200_000;

/// The mean color of a surface and how much it varies.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Color {
    /// Red, green, blue, 0 to 255.
    pub mean: [f64; 3],
    /// Standard deviation of the brightness, 0 to 255.
    pub spread: f64,
    /// Number of points.
    pub count: f64,
}

/// The colors of floor and walls; none where too few points have one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SurfaceColors {
    /// Of the floor.
    pub floor: Option<Color>,
    /// Of all walls together.
    pub walls: Option<Color>,
}

#[derive(Default)]
struct Sums {
    count: f64,
    color: [f64; 3],
    brightness: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, color: [u8; 3]) {
        let color = color.map(f64::from);
        let brightness = color.iter().sum::<f64>() / 3.0;
        self.count += 1.0;
        for (sum, value) in self.color.iter_mut().zip(color) {
            *sum += value;
        }
        self.brightness += brightness;
        self.squares += brightness * brightness;
    }

    fn color(&self) -> Option<Color> {
        let mean = self.brightness / self.count.max(1.0);
        let variance = (self.squares / self.count.max(1.0) - mean * mean).max(0.0);
        (self.count >= 200.0).then(|| Color {
            mean: self.color.map(|sum| sum / self.count),
            spread: variance.sqrt(),
            count: self.count,
        })
    }
}

impl SurfaceColors {
    /// Sums the colors of the points on floor and walls.
    pub fn of(cloud: &PointCloud, room: &RoomGeometry) -> Self {
        let mut floor = Sums::default();
        let mut walls = Sums::default();
        let step = cloud.positions.len() / SAMPLE + 1;
        let points = cloud.positions.iter().zip(&cloud.colors).step_by(step);
        let height = room.dimensions.height.map_or(2.0, |height| height.value);
        for (position, color) in points {
            let [x, y, h] = in_floor_frame(cloud, room, *position);
            if h.abs() < NEAR {
                if inside(room, [x, y]) {
                    floor.add(*color);
                }
            } else if h > 0.2 && h < height - 0.2 && on_wall(room, [x, y]) {
                walls.add(*color);
            }
        }
        Self {
            floor: floor.color(),
            walls: walls.color(),
        }
    }
}

fn in_floor_frame(cloud: &PointCloud, room: &RoomGeometry, position: [f32; 3]) -> [f64; 3] {
    let frame = &room.frame;
    let d = [0, 1, 2].map(|i| cloud.origin[i] + f64::from(position[i]) - frame.origin[i]);
    [frame.axis_x, frame.axis_y, frame.up].map(|axis| (0..3).map(|i| d[i] * axis[i]).sum())
}

fn inside(room: &RoomGeometry, p: [f64; 2]) -> bool {
    let next = room.outline.iter().skip(1).chain(room.outline.first());
    let crossings = room.outline.iter().zip(next).filter(|(a, b)| {
        (a[1] > p[1]) != (b[1] > p[1])
            && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0]
    });
    crossings.count() % 2 == 1
}

fn on_wall(room: &RoomGeometry, p: [f64; 2]) -> bool {
    room.walls.iter().filter(|wall| !wall.open).any(|wall| {
        let step = [0, 1].map(|i| wall.end[i] - wall.start[i]);
        let length = step[0].hypot(step[1]).max(1e-9);
        let (x, y) = (p[0] - wall.start[0], p[1] - wall.start[1]);
        let along = (x * step[0] + y * step[1]) / length;
        let off = (y * step[0] - x * step[1]) / length;
        off.abs() < NEAR && along > 0.0 && along < length
    })
}
