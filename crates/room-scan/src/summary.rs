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
}
