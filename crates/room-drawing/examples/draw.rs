//! Writes sample drawings to a directory: `cargo run -p room-drawing --example draw -- DIR`.
//!
//! Each sample room gives `<name>.svg`, `<name>.glb` and `<name>.json` (the scene).

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
        fs::write(
            file("json"),
            serde_json::to_vec(&room_drawing::scene(&room))?,
        )?;
    }
    Ok(())
}
