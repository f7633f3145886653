//! What a scan's JSON says, picked out of the tokenizer's events.
//!
//! Lenient by contract: the app resends a refused scan for ever, so a value of an unexpected type
//! reads as absent and an unknown one is skipped. Of a key that comes twice the last one counts,
//! also if one is in snake_case and the other in camelCase.

use super::points::PointReader;
use super::slot::{Measurement, Sensor, Slot, WALLS};
use super::{Container, Events};
use crate::collect::Collector;
use crate::content::Body;
use crate::{Format, ScanError, ScanSummary, SensorCounts};

/// Listens to the JSON of a scan.
#[derive(Debug)]
pub struct RoomScanReader {
    /// What each open container is; empty until the outermost one begins.
    open: Vec<Slot>,
    /// What the next value is.
    next: Slot,
    /// Whether the innermost open container is `lidar_points` or in it.
    in_points: bool,
    summary: ScanSummary,
    id_too_long: bool,
    has_room_scan: bool,
    captured: CapturedOutline,
    counts: SensorCounts,
    points: PointReader,
}

/// As much of a captured room as tells that it is one.
#[derive(Debug, Default)]
struct CapturedOutline {
    /// Whether it stands in a member made for it.
    is_member: bool,
    /// The lists of the document and of its first room, a bit for each.
    parts: [u8; 2],
    identifier: Option<String>,
}

impl CapturedOutline {
    /// Walls, and a list of something in them or between them.
    fn is_one(&self) -> bool {
        let is_room = |&parts: &u8| parts & WALLS != 0 && parts != WALLS;
        self.is_member || self.parts.iter().any(is_room)
    }
}

impl RoomScanReader {
    pub fn new(points: Collector) -> Self {
        Self {
            open: Vec::new(),
            next: Slot::Document,
            in_points: false,
            summary: ScanSummary::default(),
            id_too_long: false,
            has_room_scan: false,
            captured: CapturedOutline::default(),
            counts: SensorCounts::default(),
            points: PointReader::new(points),
        }
    }

    pub fn is_without_points(&self) -> bool {
        self.points.is_empty()
    }

    /// Ends the scan.
    pub fn finish(mut self) -> Result<Body, ScanError> {
        if self.id_too_long {
            let reason = "is longer than 256 characters";
            return Err(ScanError::BadField {
                field: "room_scan.id",
                reason,
            });
        }
        let is_captured_room = self.captured.is_one();
        if is_captured_room && !self.has_room_scan {
            self.summary.id = self.captured.identifier;
        }
        let cloud = self.points.into_collector().finish();
        let counts = SensorCounts {
            lidar_points: cloud.given,
            ..self.counts
        };
        Ok(Body {
            format: Format::Json,
            summary: self.summary,
            has_room_scan: self.has_room_scan,
            is_captured_room,
            counts,
            cloud,
        })
    }

    /// A value begins: what an earlier one in the same place said is forgotten, with everything
    /// below it, and a reading is counted.
    fn begin_value(&mut self, slot: Slot) {
        match slot {
            Slot::RoomScan => {
                self.summary = ScanSummary::default();
                self.id_too_long = false;
                self.has_room_scan = false;
                self.begin_value(Slot::SensorData);
            }
            Slot::Id => self.id_too_long = false,
            Slot::CapturedRoom => self.captured.is_member = false,
            Slot::Rooms => self.captured.parts[1] = 0,
            Slot::Parts(part) => *self.parts(part.in_first_room) &= !part.bit,
            Slot::DeviceInfo => {
                self.summary.platform = None;
                self.summary.model = None;
                self.summary.os_version = None;
            }
            Slot::SensorData => {
                self.counts = SensorCounts::default();
                self.summary.light = Default::default();
                self.points.clear();
            }
            Slot::LidarPoints => self.points.clear(),
            Slot::Measurements => self.summary.measurements = Default::default(),
            Slot::Measurement(which) => *self.measurement(which) = None,
            Slot::Sensor(sensor) => {
                *self.count(sensor) = 0;
                if sensor == Sensor::Environment {
                    self.summary.light = Default::default();
                }
            }
            Slot::Reading(sensor) => *self.count(sensor) += 1,
            _ => {}
        }
        if let Some(text) = self.text_field(slot) {
            *text = None;
        }
    }

    fn text_field(&mut self, slot: Slot) -> Option<&mut Option<String>> {
        match slot {
            Slot::Id => Some(&mut self.summary.id),
            Slot::Name => Some(&mut self.summary.name),
            Slot::Timestamp => Some(&mut self.summary.timestamp),
            Slot::Platform => Some(&mut self.summary.platform),
            Slot::Model => Some(&mut self.summary.model),
            Slot::OsVersion => Some(&mut self.summary.os_version),
            Slot::Identifier => Some(&mut self.captured.identifier),
            _ => None,
        }
    }

    fn parts(&mut self, in_first_room: bool) -> &mut u8 {
        let [document, first_room] = &mut self.captured.parts;
        if in_first_room { first_room } else { document }
    }

    fn count(&mut self, sensor: Sensor) -> &mut u64 {
        match sensor {
            Sensor::Distance => &mut self.counts.distance_measurements,
            Sensor::Motion => &mut self.counts.motion_data,
            Sensor::Audio => &mut self.counts.audio_data,
            Sensor::Environment => &mut self.counts.environmental_data,
        }
    }

    fn measurement(&mut self, which: Measurement) -> &mut Option<f64> {
        let measurements = &mut self.summary.measurements;
        match which {
            Measurement::Length => &mut measurements.length,
            Measurement::Width => &mut measurements.width,
            Measurement::Height => &mut measurements.height,
            Measurement::Area => &mut measurements.area,
            Measurement::Volume => &mut measurements.volume,
        }
    }
}

impl Events for RoomScanReader {
    #[inline]
    fn begin(&mut self, container: Container) {
        if self.in_points {
            return self.points.begin(container);
        }
        let slot = self.next;
        self.begin_value(slot);
        let (inside, next) = match (slot, container) {
            (Slot::LidarPoints, Container::Array) => (slot, Slot::Ignored),
            (Slot::Sensor(sensor), Container::Array) => (slot, Slot::Reading(sensor)),
            (Slot::Reading(Sensor::Environment), Container::Object) => (slot, Slot::Ignored),
            (Slot::Rooms, Container::Array) => (slot, Slot::FirstRoom),
            (Slot::Reading(_), _) | (_, Container::Array) => (Slot::Ignored, Slot::Ignored),
            (_, Container::Object) => (slot, Slot::Ignored),
        };
        self.in_points = inside == Slot::LidarPoints && container == Container::Array;
        self.has_room_scan |= inside == Slot::RoomScan;
        match (slot, container) {
            (Slot::CapturedRoom, Container::Object) => self.captured.is_member = true,
            (Slot::Parts(part), Container::Array) => *self.parts(part.in_first_room) |= part.bit,
            _ => {}
        }
        self.open.push(inside);
        self.next = next;
    }

    #[inline]
    fn end(&mut self) {
        if self.in_points {
            self.in_points = self.points.end();
            if self.in_points {
                return;
            }
        }
        self.open.pop();
        // In an array of readings another may follow; in an object a key comes first.
        self.next = match self.open.last() {
            Some(&Slot::Sensor(sensor)) => Slot::Reading(sensor),
            _ => Slot::Ignored,
        };
    }

    #[inline]
    fn key(&mut self, key: &[u8]) {
        if self.in_points {
            return self.points.key(key);
        }
        self.next = self
            .open
            .last()
            .map_or(Slot::Ignored, |slot| slot.child(key));
    }

    fn wanted(&self) -> usize {
        match if self.in_points {
            0
        } else {
            self.next.max_chars()
        } {
            0 => 0,
            // Four bytes for each character, and one character more to see that there is more.
            chars => 4 * (chars + 1),
        }
    }

    fn text(&mut self, text: &[u8]) {
        if self.in_points {
            return self.points.other();
        }
        let slot = self.next;
        self.begin_value(slot);
        let max_chars = slot.max_chars();
        // A character that was cut in two is beyond the limit anyway.
        let text = text.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let end = text.char_indices().nth(max_chars).map(|(end, _)| end);
        self.id_too_long |= slot == Slot::Id && end.is_some();
        let text = &text[..end.unwrap_or(text.len())];
        if let Some(field) = self.text_field(slot)
            && !text.is_empty()
        {
            *field = Some(text.to_owned());
        }
    }

    #[inline]
    fn number(&mut self, value: f64, whole: bool) {
        if self.in_points {
            return self.points.number(value, whole);
        }
        let slot = self.next;
        self.begin_value(slot);
        match slot {
            Slot::Measurement(which) => {
                *self.measurement(which) = Some(value).filter(|value| value.is_finite());
            }
            Slot::Lux => self.summary.light.add_lux(value),
            Slot::Kelvin => self.summary.light.add_kelvin(value),
            _ => {}
        }
    }

    fn literal(&mut self) {
        if self.in_points {
            return self.points.other();
        }
        self.begin_value(self.next);
    }
}
