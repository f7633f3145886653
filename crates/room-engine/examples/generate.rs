//! Writes the scan of a generated room as PLY: `generate POINTS FILE`. It is a furnished L with 1 cm
//! noise and a tenth of the points anywhere, for measurements of speed.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};

use room_geometry::testing::Room;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(points), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: generate POINTS FILE".into());
    };
    let mut room = Room::l_shape(6.0, 5.0, [2.5, 2.0], 2.6).furnished(8);
    room.points = points.parse()?;
    room.noise = 0.01;
    room.outliers = 0.1;
    room.turn = 0.4;
    let cloud = room.scan();

    let mut file = BufWriter::new(File::create(path)?);
    write!(
        file,
        "ply\nformat binary_little_endian 1.0\nelement vertex {}\n\
         property float x\nproperty float y\nproperty float z\nend_header\n",
        cloud.positions.len()
    )?;
    for coordinate in cloud.positions.iter().flatten() {
        file.write_all(&coordinate.to_le_bytes())?;
    }
    Ok(file.flush()?)
}
