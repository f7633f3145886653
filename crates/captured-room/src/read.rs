//! Reading the JSON, member by member. What is absent counts as empty; what is there and wrong is a
//! fault with its path.

use serde_json::Value;

use crate::Fault;

/// More walls, doors, corners, ... than this are no room.
const MOST: usize = 256;
/// Coordinates and sizes beyond this are no room's, meters.
const FARTHEST: f64 = 10_000.0;

/// A room as the phone wrote it.
pub struct Capture {
    pub walls: Vec<Surface>,
    pub doors: Vec<Surface>,
    pub windows: Vec<Surface>,
    pub openings: Vec<Surface>,
    pub floors: Vec<Surface>,
    pub objects: Vec<Surface>,
    pub sections: Vec<String>,
}

/// A wall, door, window, opening, floor, or an object.
pub struct Surface {
    pub identifier: String,
    /// The wall that a door or a window is in.
    pub parent: Option<String>,
    pub category: String,
    /// `cabinet` or `shelf`, if it is for storage.
    pub storage: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Width, height and depth, meters.
    pub size: [f64; 3],
    /// Its middle, y up.
    pub center: [f64; 3],
    /// The directions of its width, height and depth.
    pub axes: [[f64; 3]; 3],
    /// Its corners, around the middle, along the axes.
    pub corners: Vec<[f64; 3]>,
    pub curved: bool,
}

impl Surface {
    /// A point given along the surface's axes.
    pub fn place(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let [a, b, c] = self.axes;
        let [p, q, r] = self.center;
        [
            p + a[0] * x + b[0] * y + c[0] * z,
            q + a[1] * x + b[1] * y + c[1] * z,
            r + a[2] * x + b[2] * y + c[2] * z,
        ]
    }
}

/// A fault at a member.
pub fn fault(path: &str, problem: &'static str) -> Fault {
    Fault {
        path: path.to_owned(),
        problem,
    }
}

/// Reads a room.
pub fn capture(room: &Value) -> Result<Capture, Fault> {
    if !room.is_object() {
        return Err(fault("", "must be an object"));
    }
    if room.get("walls").is_none() {
        return Err(fault("walls", "is required"));
    }
    let surfaces = |key: &'static str| list(room, key, &surface);
    Ok(Capture {
        walls: surfaces("walls")?,
        doors: surfaces("doors")?,
        windows: surfaces("windows")?,
        openings: surfaces("openings")?,
        floors: surfaces("floors")?,
        objects: surfaces("objects")?,
        sections: sections(room)?,
    })
}

/// Reads the entries of a list.
pub fn list<T>(
    of: &Value,
    key: &'static str,
    read: &dyn Fn(&Value) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let entries = match of.get(key) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(entries)) => entries,
        Some(_) => return Err(fault(key, "must be a list")),
    };
    if entries.len() > MOST {
        return Err(fault(key, "has more than 256 entries"));
    }
    let mut found = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        found.push(read(entry).map_err(|inner| {
            let dot = if inner.path.is_empty() { "" } else { "." };
            Fault {
                path: format!("{key}[{place}]{dot}{}", inner.path),
                problem: inner.problem,
            }
        })?);
    }
    Ok(found)
}

fn surface(entry: &Value) -> Result<Surface, Fault> {
    if !entry.is_object() {
        return Err(fault("", "must be an object"));
    }
    let numbers = transform(entry)?;
    let column = |at: usize| [0, 1, 2].map(|row| numbers.get(at * 4 + row).copied().unwrap_or(0.0));
    let mut axes = [[0.0; 3]; 3];
    for (at, axis) in axes.iter_mut().enumerate() {
        let [x, y, z] = column(at);
        let length = (x * x + y * y + z * z).sqrt();
        if !(0.5..=2.0).contains(&length) {
            return Err(fault("transform", "must turn without scaling"));
        }
        *axis = [x / length, y / length, z / length];
    }
    Ok(Surface {
        identifier: entry.get("identifier").and_then(text).unwrap_or_default(),
        parent: entry.get("parentIdentifier").and_then(text),
        category: entry.get("category").map(variant).unwrap_or_default(),
        storage: entry
            .pointer("/attributes/StorageType")
            .map(variant)
            .unwrap_or_default(),
        confidence: match entry.get("confidence").map(variant).as_deref() {
            Some("high") => 0.9,
            Some("low") => 0.3,
            _ => 0.6,
        },
        size: size(entry)?,
        center: column(3),
        axes,
        corners: corners(entry)?,
        curved: entry.get("curve").is_some_and(Value::is_object),
    })
}

/// Sixteen numbers column by column, or four columns of four; some apps name them `columns`, or write
/// rows.
fn transform(entry: &Value) -> Result<Vec<f64>, Fault> {
    const EXPECTED: &str = "must be 16 numbers";
    let wrong = || fault("transform", EXPECTED);
    let given = entry.get("transform").ok_or_else(wrong)?;
    let parts = given.get("columns").unwrap_or(given);
    let mut numbers = Vec::with_capacity(16);
    for part in parts.as_array().ok_or_else(wrong)? {
        match part {
            Value::Array(column) if column.len() == 4 => {
                for number in column {
                    numbers.push(coordinate(number).ok_or_else(wrong)?);
                }
            }
            number => numbers.push(coordinate(number).ok_or_else(wrong)?),
        }
        if numbers.len() > 16 {
            return Err(wrong());
        }
    }
    if numbers.len() != 16 {
        return Err(wrong());
    }
    // The last row of a motion is 0 0 0 1, so what stands there tells columns from rows.
    let all_zero = |places: [usize; 3]| {
        let mut given = places.iter().filter_map(|&place| numbers.get(place));
        given.all(|number| *number == 0.0)
    };
    if all_zero([12, 13, 14]) && !all_zero([3, 7, 11]) {
        let row_by_row = |place: usize| numbers.get(place % 4 * 4 + place / 4).copied();
        numbers = (0..16).filter_map(row_by_row).collect();
    }
    Ok(numbers)
}

fn size(entry: &Value) -> Result<[f64; 3], Fault> {
    let given = entry.get("dimensions").and_then(triple);
    let size = given.ok_or_else(|| fault("dimensions", "must be three numbers"))?;
    if size.iter().any(|&side| side < 0.0) {
        return Err(fault("dimensions", "must not be negative"));
    }
    Ok(size)
}

fn corners(entry: &Value) -> Result<Vec<[f64; 3]>, Fault> {
    let read = |corner: &Value| triple(corner).ok_or_else(|| fault("", "must be three numbers"));
    list(entry, "polygonCorners", &read)
}

fn sections(room: &Value) -> Result<Vec<String>, Fault> {
    let read = |section: &Value| Ok(section.get("label").map(variant).unwrap_or_default());
    let mut labels = list(room, "sections", &read)?;
    labels.retain(|label| !label.is_empty() && label != "unidentified");
    labels.sort_unstable();
    labels.dedup();
    Ok(labels)
}

/// The name of a Swift enumeration's case: a text, or the key of an object of one member. Apps that
/// print it themselves begin it with a capital.
fn variant(value: &Value) -> String {
    let name = match value {
        Value::String(name) => name.as_str(),
        Value::Object(cases) => cases.keys().next().map_or("", String::as_str),
        _ => "",
    };
    let letters = name.chars().filter(char::is_ascii_alphanumeric).take(40);
    let lower = |(place, letter): (usize, char)| match place {
        0 => letter.to_ascii_lowercase(),
        _ => letter,
    };
    letters.enumerate().map(lower).collect()
}

fn text(value: &Value) -> Option<String> {
    let text = value
        .as_str()
        .filter(|text| !text.is_empty() && text.len() <= 100);
    text.map(str::to_owned)
}

fn triple(value: &Value) -> Option<[f64; 3]> {
    let axes = match value {
        Value::Array(axes) => match axes.as_slice() {
            [x, y, z] => [x, y, z],
            _ => return None,
        },
        named => [named.get("x")?, named.get("y")?, named.get("z")?],
    };
    let [x, y, z] = axes.map(coordinate);
    Some([x?, y?, z?])
}

fn coordinate(value: &Value) -> Option<f64> {
    value.as_f64().filter(|number| number.abs() <= FARTHEST)
}
