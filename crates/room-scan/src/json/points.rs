//! The elements of `lidar_points`, in the shapes that apps send.
//!
//! A point is `[x, y, z, ...]`, `{"x": .., "y": .., "z": ..}` or `{"position": <one of the two>}`;
//! the objects may have a color in `r`, `g`, `b`. Anything else about a point is ignored, and an
//! element that is no point is counted as an invalid one. Confidence is among what is ignored: a
//! point of the lowest one (0 in ARKit) is still better than a hole in a wall.

use super::Container;
use crate::collect::Collector;

/// Listens to what is inside the `lidar_points` array.
#[derive(Debug)]
pub struct PointReader {
    collector: Collector,
    /// Depth below the array: 0 between points, 1 in a point, 2 in a point's position.
    depth: u32,
    /// The depth at which values are coordinates or colors: 1, or 2 in a position.
    level: u32,
    /// Whether the values of that level come in order, without keys.
    listed: bool,
    field: Field,
    position: [f64; 3],
    color: [Option<Channel>; 3],
}

/// What the next value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Axis(usize),
    Channel(usize),
    Position,
    Ignored,
}

/// One of red, green and blue.
#[derive(Debug, Clone, Copy)]
struct Channel {
    value: f64,
    whole: bool,
}

const UNKNOWN: [f64; 3] = [f64::NAN; 3];

impl PointReader {
    pub fn new(collector: Collector) -> Self {
        Self {
            collector,
            depth: 0,
            level: 1,
            listed: false,
            field: Field::Ignored,
            position: UNKNOWN,
            color: [None; 3],
        }
    }

    /// Forgets all points, at the beginning of another `lidar_points`.
    pub fn clear(&mut self) {
        self.collector.clear();
    }

    /// Whether none has come.
    pub fn is_empty(&self) -> bool {
        self.collector.is_empty()
    }

    pub fn into_collector(self) -> Collector {
        self.collector
    }

    #[inline]
    pub fn begin(&mut self, container: Container) {
        if self.depth == 0 {
            self.color = [None; 3];
            self.enter(1, container);
        } else if self.depth == 1 && self.field == Field::Position {
            self.enter(2, container);
        } else {
            self.set(None);
        }
        self.depth += 1;
    }

    /// Makes `level` the one that counts.
    fn enter(&mut self, level: u32, container: Container) {
        self.level = level;
        self.listed = container == Container::Array;
        self.field = if self.listed {
            Field::Axis(0)
        } else {
            Field::Ignored
        };
        self.position = UNKNOWN;
    }

    /// Ends a container below the array; returns false if it was the array itself.
    #[inline]
    pub fn end(&mut self) -> bool {
        match self.depth {
            0 => return false,
            1 => self.collector.add(self.position, rgb(self.color)),
            2 if self.level == 2 => {
                // Only an object has a position, so its other fields go on.
                self.level = 1;
                self.listed = false;
            }
            _ => {}
        }
        self.depth -= 1;
        true
    }

    #[inline]
    pub fn key(&mut self, key: &[u8]) {
        if self.depth != self.level {
            return;
        }
        self.field = match key {
            b"x" => Field::Axis(0),
            b"y" => Field::Axis(1),
            b"z" => Field::Axis(2),
            b"r" if self.level == 1 => Field::Channel(0),
            b"g" if self.level == 1 => Field::Channel(1),
            b"b" if self.level == 1 => Field::Channel(2),
            b"position" if self.level == 1 => Field::Position,
            _ => Field::Ignored,
        };
    }

    #[inline]
    pub fn number(&mut self, value: f64, whole: bool) {
        self.scalar(Some(Channel { value, whole }));
    }

    /// A value that is no number.
    pub fn other(&mut self) {
        self.scalar(None);
    }

    #[inline]
    fn scalar(&mut self, value: Option<Channel>) {
        if self.depth == 0 {
            self.collector.add(UNKNOWN, None);
        } else {
            self.set(value);
        }
    }

    /// Sets the current field, if this is the level that counts, and goes on to the next.
    #[inline]
    fn set(&mut self, value: Option<Channel>) {
        if self.depth != self.level {
            return;
        }
        match self.field {
            Field::Axis(axis) => self.position[axis] = value.map_or(f64::NAN, |v| v.value),
            Field::Channel(channel) => self.color[channel] = value,
            Field::Position => self.position = UNKNOWN,
            Field::Ignored => {}
        }
        if self.listed {
            self.field = match self.field {
                Field::Axis(axis) if axis < 2 => Field::Axis(axis + 1),
                _ => Field::Ignored,
            };
        }
    }
}

/// A color whose channels are all there. They are shares of 1 if none is above 1 and one of them
/// is written with a fraction (`1.0` is, `1` is not), and bytes otherwise.
fn rgb(channels: [Option<Channel>; 3]) -> Option<[u8; 3]> {
    let [Some(r), Some(g), Some(b)] = channels else {
        return None;
    };
    let channels = [r, g, b];
    let shares = channels.iter().all(|c| c.value <= 1.0) && channels.iter().any(|c| !c.whole);
    let scale = if shares { 255.0 } else { 1.0 };
    // `as` saturates, so a channel out of range is the nearest one in range.
    Some(channels.map(|c| (c.value * scale).round() as u8))
}
