//! What a cloud of points says about the room it was taken in.
//!
//! [`analyze`] takes the points of a phone's or a scanner's sweep, in no order, noisy, tilted,
//! cluttered and with parts missing, and gives the room's outline and size with their
//! uncertainties. Each step is a module, in this order:
//!
//! 1. `thinning`: points to voxels, robust bounds;
//! 2. `strays`, `cubes`, `patches`: points that stand alone taken out; voxels to small surface patches with normals;
//! 3. `up`, `upright`: the upward direction, and the scan turned upright;
//! 4. `levels`, `roof`: floor and ceiling, and where the ceiling slopes;
//! 5. `hough`, `lines`, `support`, `edges`, `jambs`: wall lines, and where along them a wall stands;
//! 6. `plan`, `arrangement`, `region`, `cut`: the plan cut into faces, and which are room;
//! 7. `outline`, `heights`, `walls`, `sheet`: the outline, each surface refitted to its points;
//! 8. `ceilings`, `columns`, `podiums`, `thickness`: what there is besides walls;
//! 9. `figures`, `agreement`: the figures; `fallback` when there is no room in the points;
//! 10. `fuse`: several scans of one room;
//! 11. `interior`: the points that are not of the shell.
//!
//! The result depends on the set of the points only: it is the same bit by bit for any order of
//! them, and for native and Wasm builds but for the last digits of `sin`, `cos` and `atan2`.

mod agreement;
mod arrangement;
mod ceilings;
mod columns;
mod cubes;
mod cut;
mod edges;
mod fallback;
mod figures;
pub mod fuse;
mod heights;
mod hough;
mod interior;
mod jambs;
mod levels;
mod lines;
pub mod model;
pub mod openings;
mod outline;
mod patches;
mod placement;
mod plan;
mod podiums;
mod polygon;
mod region;
mod roof;
mod room;
mod shape;
mod sheet;
mod strays;
mod support;
#[cfg(feature = "testing")]
pub mod testing;
mod thickness;
mod thinning;
mod up;
mod upright;
mod vector;
mod walls;

use room_scan::{Measurements, PointCloud};

pub use fuse::{Fusion, fuse};
pub use interior::{Interior, WallPoint};
pub use model::RoomGeometry;

/// What the caller knows beyond the points.
#[derive(Default)]
pub struct Options<'a> {
    /// Is told how much is done, 0 to 1, rising.
    pub progress: Option<&'a dyn Fn(f64)>,
}

impl Options<'_> {
    fn report(&self, part: f64) {
        if let Some(progress) = self.progress {
            progress(part);
        }
    }
}

/// Why there is no room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnalysisError {
    /// Neither the points nor the app's measurements determine anything.
    NothingToMeasure {
        /// What is wrong with the points, as a sentence for the user.
        reason: String,
    },
}

impl std::fmt::Display for AnalysisError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NothingToMeasure { reason } => {
                write!(
                    f,
                    "{reason} The scan holds no measurements by the app either."
                )
            }
        }
    }
}

impl std::error::Error for AnalysisError {}

/// A measured room and what else its scan holds.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The room.
    pub geometry: RoomGeometry,
    /// The points beside its shell; none when the figures are the app's.
    pub interior: Interior,
}

/// Measures the room in which `cloud` was taken.
///
/// Falls back on the app's measurements when the points hold no room.
///
/// # Errors
/// [`AnalysisError::NothingToMeasure`] when those are missing as well.
pub fn analyze(
    cloud: &PointCloud,
    app: &Measurements,
    options: &Options,
) -> Result<RoomGeometry, AnalysisError> {
    analyze_with(cloud, app, options).map(|analysis| analysis.geometry)
}

/// As [`analyze`], and gives the points that are not of the shell.
///
/// # Errors
/// As [`analyze`].
pub fn analyze_with(
    cloud: &PointCloud,
    app: &Measurements,
    options: &Options,
) -> Result<Analysis, AnalysisError> {
    options.report(0.0);
    let result = match room::from_points(cloud, app, options) {
        Ok(analysis) => Ok(analysis),
        Err(reason) => {
            fallback::from_app(cloud, app, &reason.to_string()).map(|geometry| Analysis {
                geometry,
                interior: Interior::default(),
            })
        }
    };
    options.report(1.0);
    result
}
