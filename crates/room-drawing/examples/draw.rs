//! Writes sample drawings to a directory: `cargo run -p room-drawing --example draw -- DIR`.
//!
//! Each sample room gives `<name>` as `.svg`, `.dxf`, `.geojson`, `.glb`, `.ifc` and `.json` (the
//! scene).

#[path = "../tests/rooms/mod.rs"]
mod rooms;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args_os().nth(1).map(PathBuf::from);
    let directory = directory.ok_or("usage: draw DIRECTORY")?;
    fs::create_dir_all(&directory)?;
    for (name, title, room) in rooms::samples() {
        let file = |kind: &str| directory.join(format!("{name}.{kind}"));
        fs::write(file("svg"), room_drawing::floor_plan_svg(&room, title))?;
        fs::write(file("glb"), room_drawing::scene_glb(&room, title))?;
        fs::write(file("dxf"), room_drawing::floor_plan_dxf(&room, title))?;
        fs::write(
            file("geojson"),
            room_drawing::floor_plan_geojson(&room, title),
        )?;
        let origin = room_drawing::Origin {
            id: name,
            name: title,
            time: "2026-01-01T00:00:00",
        };
        fs::write(file("ifc"), room_drawing::model_ifc(&room, &origin))?;
        fs::write(
            file("json"),
            serde_json::to_vec(&room_drawing::scene(&room))?,
        )?;
    }
    Ok(())
}
