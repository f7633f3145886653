//! The small part of a scan, without its arrays.

/// The app's own measurements; meters, square meters, cubic meters.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measurements {
    /// Longer or first side.
    pub length: Option<f64>,
    /// Shorter or second side.
    pub width: Option<f64>,
    /// Floor to ceiling.
    pub height: Option<f64>,
    /// Floor area.
    pub area: Option<f64>,
    /// Volume.
    pub volume: Option<f64>,
}

/// The light readings among a scan's `environmental_data`, summed.
///
/// Taken from the numbers that elements name as illuminance or as color temperature; the shape of
/// the elements is the app's own.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Light {
    /// Sum of the illuminances, lux.
    pub lux_sum: f64,
    /// Number of illuminances.
    pub lux_count: u32,
    /// Sum of the color temperatures, kelvin.
    pub kelvin_sum: f64,
    /// Number of color temperatures.
    pub kelvin_count: u32,
}

impl Light {
    /// Mean illuminance, lux; `None` without a reading.
    pub fn lux(&self) -> Option<f64> {
        (self.lux_count > 0).then(|| self.lux_sum / f64::from(self.lux_count))
    }

    /// Mean color temperature, kelvin; `None` without a reading.
    pub fn kelvin(&self) -> Option<f64> {
        (self.kelvin_count > 0).then(|| self.kelvin_sum / f64::from(self.kelvin_count))
    }

    /// Adds the readings of another scan.
    pub fn add(&mut self, other: &Self) {
        self.lux_sum += other.lux_sum;
        self.lux_count = self.lux_count.saturating_add(other.lux_count);
        self.kelvin_sum += other.kelvin_sum;
        self.kelvin_count = self.kelvin_count.saturating_add(other.kelvin_count);
    }

    /// Adds an illuminance; full sun has 130,000 lux.
    pub(crate) fn add_lux(&mut self, value: f64) {
        if (0.0..=200_000.0).contains(&value) {
            self.lux_sum += value;
            self.lux_count = self.lux_count.saturating_add(1);
        }
    }

    /// Adds a color temperature; candles have 1,900 kelvin, a blue sky has up to 25,000.
    pub(crate) fn add_kelvin(&mut self, value: f64) {
        if (1_000.0..=30_000.0).contains(&value) {
            self.kelvin_sum += value;
            self.kelvin_count = self.kelvin_count.saturating_add(1);
        }
    }
}

/// What the app says about a scan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScanSummary {
    /// The app's own id of the scan.
    pub id: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// When the scan was taken, as sent.
    pub timestamp: Option<String>,
    /// `iOS` or `Android`.
    pub platform: Option<String>,
    /// Phone model.
    pub model: Option<String>,
    /// Version of the phone's system.
    pub os_version: Option<String>,
    /// The app's measurements.
    pub measurements: Measurements,
    /// Its light readings.
    pub light: Light,
}
