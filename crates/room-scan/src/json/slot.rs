//! The places in a scan's JSON that mean something, and the keys that lead to them.

const MAX_ID_CHARS: usize = 256;
const MAX_NAME_CHARS: usize = 1_000;
const MAX_OTHER_CHARS: usize = 200;

/// A place in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    Document,
    RoomScan,
    Id,
    Name,
    Timestamp,
    DeviceInfo,
    Platform,
    Model,
    OsVersion,
    SensorData,
    LidarPoints,
    Sensor(Sensor),
    /// An element of a sensor's array.
    Reading(Sensor),
    /// A number in a reading of the environment.
    Lux,
    Kelvin,
    Measurements,
    Measurement(Measurement),
    /// A room that the phone measured, beside the rest of a scan.
    CapturedRoom,
    /// A list of what such a room has, in a document that is one.
    Parts(Part),
    /// The rooms of a document that is a structure of several, and the first of them.
    Rooms,
    FirstRoom,
    /// The phone's own id of a captured room.
    Identifier,
    Ignored,
}

/// Walls, or what is in a room beside them; in the document itself or in its first room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub in_first_room: bool,
    /// A bit of its own for each; the walls' is [`WALLS`].
    pub bit: u8,
}

/// The walls of a captured room.
pub const WALLS: u8 = 1;

impl Part {
    fn of(key: &[u8], in_first_room: bool) -> Option<Self> {
        let bit = match key {
            b"walls" => WALLS,
            b"doors" => 2,
            b"windows" => 4,
            b"openings" => 8,
            b"objects" => 16,
            b"floors" => 32,
            _ => return None,
        };
        Some(Self { in_first_room, bit })
    }
}

/// A sensor whose readings are counted; of the environment's the light is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensor {
    Distance,
    Motion,
    Audio,
    Environment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measurement {
    Length,
    Width,
    Height,
    Area,
    Volume,
}

impl Slot {
    /// What the value of `key` in an object in this place is.
    pub fn child(self, key: &[u8]) -> Slot {
        match (self, key) {
            (Slot::Document, b"room_scan" | b"roomScan") => Slot::RoomScan,
            (Slot::Document, b"rooms") => Slot::Rooms,
            (Slot::Document, b"identifier") => Slot::Identifier,
            (Slot::Document | Slot::RoomScan, b"captured_room" | b"capturedRoom") => {
                Slot::CapturedRoom
            }
            (Slot::Document | Slot::FirstRoom, key) => {
                Part::of(key, self == Slot::FirstRoom).map_or(Slot::Ignored, Slot::Parts)
            }
            (Slot::RoomScan, b"id") => Slot::Id,
            (Slot::RoomScan, b"name") => Slot::Name,
            (Slot::RoomScan, b"timestamp") => Slot::Timestamp,
            (Slot::RoomScan, b"device_info" | b"deviceInfo") => Slot::DeviceInfo,
            (Slot::RoomScan, b"sensor_data" | b"sensorData") => Slot::SensorData,
            (Slot::RoomScan, b"measurements") => Slot::Measurements,
            (Slot::DeviceInfo, b"platform") => Slot::Platform,
            (Slot::DeviceInfo, b"model") => Slot::Model,
            (Slot::DeviceInfo, b"os_version" | b"osVersion") => Slot::OsVersion,
            (Slot::SensorData, b"lidar_points" | b"lidarPoints") => Slot::LidarPoints,
            (Slot::SensorData, b"distance_measurements" | b"distanceMeasurements") => {
                Slot::Sensor(Sensor::Distance)
            }
            (Slot::SensorData, b"motion_data" | b"motionData") => Slot::Sensor(Sensor::Motion),
            (Slot::SensorData, b"audio_data" | b"audioData") => Slot::Sensor(Sensor::Audio),
            (Slot::SensorData, b"environmental_data" | b"environmentalData") => {
                Slot::Sensor(Sensor::Environment)
            }
            (Slot::Reading(Sensor::Environment), key) => environment(key),
            (Slot::Measurements, b"length") => Slot::Measurement(Measurement::Length),
            (Slot::Measurements, b"width") => Slot::Measurement(Measurement::Width),
            (Slot::Measurements, b"height") => Slot::Measurement(Measurement::Height),
            (Slot::Measurements, b"area") => Slot::Measurement(Measurement::Area),
            (Slot::Measurements, b"volume") => Slot::Measurement(Measurement::Volume),
            _ => Slot::Ignored,
        }
    }

    /// Most characters of a string in this place; 0 if none is wanted.
    pub fn max_chars(self) -> usize {
        match self {
            Slot::Id | Slot::Identifier => MAX_ID_CHARS,
            Slot::Name => MAX_NAME_CHARS,
            Slot::Timestamp | Slot::Platform | Slot::Model | Slot::OsVersion => MAX_OTHER_CHARS,
            _ => 0,
        }
    }
}

/// What a number in a reading of the environment is. Keys whose unit is not lux or kelvin by their
/// name or by the phones' own use are not light.
fn environment(key: &[u8]) -> Slot {
    match key {
        b"lux" | b"illuminance" | b"light_lux" | b"lightLux" | b"ambient_light"
        | b"ambientLight" | b"light_level" | b"lightLevel" => Slot::Lux,
        b"color_temperature"
        | b"colorTemperature"
        | b"ambient_color_temperature"
        | b"ambientColorTemperature"
        | b"kelvin" => Slot::Kelvin,
        _ => Slot::Ignored,
    }
}
