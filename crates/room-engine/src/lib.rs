//! What is made of a room scan: its analysis, and the drawings of a result.
//!
//! It runs as a Wasm module of its own beside the Worker's (docs/decisions/0004-module-size.md): a job
//! gets a fresh instance, whose memory goes with it, and a request that needs no geometry never loads
//! it. The module's functions stand in `module`; here is what they do, for tests as well.
//!
//! An analysis asks the crates beneath in this order: `room-scan` reads, `room-geometry` measures
//! the shell and finds the openings in it, `room-objects` finds what stands in it, `room-meaning`
//! says what it is and what would fit, `room-drawing` makes the scene. A room that the phone
//! measured itself goes through `captured-room` instead of the first four.

mod draw;
mod inspect;
#[cfg(feature = "module")]
mod module;
mod reading;
mod refusal;
mod result;

pub use draw::{Drawing, draw};
pub use inspect::{Inspected, Inspection};
pub use refusal::Refusal;
pub use result::{Analysis, Findings, Placement, ProductRecommendation, RoomAnalysis};

use captured_room::Captured;
use room_geometry::fuse::fuse;
use room_geometry::{Options, RoomGeometry, analyze_with, openings};
use room_meaning::SurfaceColors;
use room_scan::summary::Light;
use room_scan::{Limits, Measurements, PointCloud, Points, Scan};

use reading::{Read, Reading};

pub use room_scan::ScanSummary;

/// Points that are kept of all scans together: 18 MB of positions. Larger clouds are thinned evenly.
const MAX_POINTS: usize = 1_500_000;

/// Reads one scan of a room, or several, as they come; then measures the room.
pub struct Engine {
    limits: Limits,
    points: Points,
    current: Reading,
    /// The document that came before the current cloud.
    document: Option<Read>,
    before: Vec<Scanned>,
}

/// What a scan holds.
enum Scanned {
    /// Points, and the light readings beside them.
    Points { cloud: PointCloud, light: Light },
    /// A room that the phone measured.
    Captured(Box<Captured>, Light),
}

impl Engine {
    /// For so many scans, each of at most `max_bytes`, unpacked. They were uploaded once, so how much
    /// they shrink is not asked again.
    pub fn new(max_bytes: u64, scans: usize) -> Self {
        let limits = Limits {
            max_unpacked_bytes: max_bytes,
            max_ratio: u64::MAX,
        };
        let max = MAX_POINTS / scans.max(1);
        let points = Points::Keep { max };
        Self {
            limits,
            points,
            current: Reading::new(limits, points),
            document: None,
            before: Vec::new(),
        }
    }

    /// Takes the next bytes of the scan.
    ///
    /// # Errors
    /// What is wrong with them, as a sentence.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), String> {
        self.current.push(chunk).map_err(damaged)
    }

    /// Ends the document of a scan; what comes next is the cloud that was sent beside it. The points
    /// are the cloud's alone, if it has any.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn next_file(&mut self) -> Result<(), String> {
        self.document = Some(self.end_file().finish().map_err(damaged)?);
        Ok(())
    }

    /// Ends the scan; what comes next is another one of the same room.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn next_scan(&mut self) -> Result<(), String> {
        let last = self.end_file().finish().map_err(damaged)?;
        let (mut scan, captured) = match self.document.take() {
            Some((document, captured)) if last.0.cloud.given == 0 => (document, captured),
            Some((document, _)) => (
                Scan {
                    cloud: last.0.cloud,
                    ..document
                },
                None,
            ),
            None => last,
        };
        let light = std::mem::take(&mut scan.summary.light);
        self.before.push(match captured.transpose()? {
            Some(room) => Scanned::Captured(Box::new(room), light),
            None => Scanned::Points {
                cloud: scan.cloud,
                light,
            },
        });
        Ok(())
    }

    fn end_file(&mut self) -> Reading {
        let next = Reading::new(self.limits, self.points);
        std::mem::replace(&mut self.current, next)
    }

    /// Measures the room; `app` are the app's own figures.
    ///
    /// # Errors
    /// Why that cannot be, as a sentence.
    pub fn analyze(mut self, app: &Measurements) -> Result<Analysis, String> {
        self.next_scan()?;
        if self.before.len() > 1 {
            return of_several(self.before, app);
        }
        match self.before.pop() {
            Some(Scanned::Points { cloud, light }) => of_points(&cloud, app, light),
            Some(Scanned::Captured(room, light)) => {
                let colors = SurfaceColors::default();
                Ok(Analysis::of(room.geometry, light, colors).told(&room.sections))
            }
            None => Err("There is no scan.".into()),
        }
    }
}

fn damaged(error: room_scan::ScanError) -> String {
    format!("The scan's data is damaged: {error}")
}

fn of_points(cloud: &PointCloud, app: &Measurements, light: Light) -> Result<Analysis, String> {
    let measured =
        analyze_with(cloud, app, &Options::default()).map_err(|error| error.to_string())?;
    let colors = SurfaceColors::of(cloud, &measured.geometry);
    Ok(Analysis::of(furnished(measured), light, colors))
}

fn of_several(scans: Vec<Scanned>, app: &Measurements) -> Result<Analysis, String> {
    let mut clouds = Vec::new();
    let mut light = Light::default();
    for scan in scans {
        match scan {
            Scanned::Points { cloud, light: more } => {
                clouds.push(cloud);
                light.add(&more);
            }
            Scanned::Captured(..) => {
                return Err("A room that the phone measured has no points to combine.".into());
            }
        }
    }
    let fusion = fuse(&clouds, app, &Options::default()).map_err(|error| error.to_string())?;
    let used = |place: &usize| fusion.used.get(*place) == Some(&true);
    // The geometry is in the coordinates of one of them; the others' points lie on no surface of it.
    let colors = (0..clouds.len())
        .filter(used)
        .filter_map(|place| clouds.get(place))
        .map(|cloud| SurfaceColors::of(cloud, &fusion.analysis.geometry))
        .reduce(|first, other| {
            if seen(&other) > seen(&first) {
                other
            } else {
                first
            }
        })
        .unwrap_or_default();
    drop(clouds);
    let mut room = furnished(fusion.analysis);
    room.notes
        .push(match fusion.used.iter().filter(|used| **used).count() {
            0 => "None of the scans shows a room.".to_owned(),
            1 => "Only one of the scans shows this room.".to_owned(),
            used => format!(
                "{used} of {} scans show this room and were combined.",
                fusion.used.len()
            ),
        });
    Ok(Analysis::of(room, light, colors))
}

/// How many points gave the colors.
fn seen(colors: &SurfaceColors) -> f64 {
    let surfaces = [&colors.floor, &colors.walls];
    surfaces
        .into_iter()
        .flatten()
        .map(|color| color.count)
        .sum()
}

/// The room with what is in its walls and what stands in it.
fn furnished(measured: room_geometry::Analysis) -> RoomGeometry {
    let mut room = measured.geometry;
    room.openings = openings::find(&measured.interior, &room);
    room.objects = room_objects::find(&measured.interior, &room);
    room
}
