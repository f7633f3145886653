//! Walls and what is cut out of them, as seen in a horizontal section of the room.

use room_geometry::model::OpeningKind;

use super::labels::Quad;
use super::sheet::Sheet;
use super::svg::{Drawing, arc, open_path};
use crate::openings::{Hole, leaves, solid_runs};
use crate::polygon::cross;
use crate::shell::{Shell, Wall};

/// A wall on the sheet.
pub struct DrawnWall<'a> {
    pub wall: &'a Wall,
    /// As drawn, meters.
    pub thickness: f64,
    /// Whether one of its corners is a corner of the room that sticks in.
    pub beside_niche: bool,
    /// Whether it was seen but a wall that ends it was not: it may go on.
    pub open_ended: bool,
    /// Where the outer face runs, meters from the start of the inner face.
    span: [f64; 2],
    /// What stands between this wall and the next.
    corner: Corner,
}

/// The block where two walls meet.
struct Corner {
    /// Its section, in the plan.
    block: Quad,
    /// Whether one of the walls was seen and the other was not. The block then belongs to the one
    /// that was; otherwise the miter divides it.
    mixed: bool,
    /// How it is drawn then.
    class: &'static str,
}

/// The walls as they are drawn on a sheet.
pub fn drawn_walls<'a>(shell: &'a Shell, sheet: &Sheet) -> Vec<DrawnWall<'a>> {
    let thickness = |wall: &Wall| sheet.thickness(wall);
    let spans = shell.outer_spans(thickness);
    shell
        .with_neighbors()
        .zip(spans)
        .map(|([before, wall, after], span)| DrawnWall {
            wall,
            thickness: thickness(wall),
            beside_niche: turns_in(before, wall) || turns_in(wall, after),
            open_ended: wall.seen && !(ends(before) && ends(after)),
            span,
            corner: Corner {
                block: [
                    wall.end,
                    wall.behind(wall.length, thickness(wall)),
                    wall.behind(span[1], thickness(wall)),
                    after.behind(0.0, thickness(after)),
                ],
                class: if wall.thickness.or(after.thickness).is_some() {
                    "wall"
                } else {
                    "wall nominal"
                },
                mixed: wall.seen != after.seen && !wall.open && !after.open,
            },
        })
        .collect()
}

/// Whether a wall is known to end the one beside it: a wall that was seen, or a line that closes
/// the room by reasoning.
fn ends(wall: &Wall) -> bool {
    wall.seen || wall.open
}

/// Whether the room has a corner that sticks in between two walls that follow one another.
fn turns_in(wall: &Wall, next: &Wall) -> bool {
    cross(wall.direction, next.direction) < -0.05
}

impl DrawnWall<'_> {
    /// The section of the whole wall on the sheet.
    pub fn outline(&self, sheet: &Sheet) -> Quad {
        self.section([0.0, self.wall.length], sheet)
    }

    /// The section of a stretch of the wall.
    fn section(&self, [from, to]: [f64; 2], sheet: &Sheet) -> Quad {
        let outer = |run: f64| self.wall.outer(run, self.thickness, self.span);
        [
            self.wall.inner(from),
            self.wall.inner(to),
            outer(to),
            outer(from),
        ]
        .map(|corner| sheet.place(corner))
    }

    /// Draws what is left of the wall between its openings.
    fn draw(&self, drawing: &mut Drawing, sheet: &Sheet) {
        if self.wall.open {
            let ends = [0.0, self.wall.length].map(|run| sheet.place(self.wall.inner(run)));
            drawing.line("open", ends[0], ends[1]);
            return;
        }
        let class = match (self.wall.seen, self.wall.thickness) {
            (false, _) => "unseen",
            (true, None) => "wall nominal",
            (true, Some(_)) => "wall",
        };
        let sections = solid_runs(&self.wall.holes, self.wall.length)
            .into_iter()
            .map(|run| open_path(&self.section(run, sheet)) + "Z");
        let data: String = sections.collect();
        if !data.is_empty() {
            drawing.path(class, &data);
        }
    }

    /// Draws the corner at the wall's end, where the wall alone or the next alone was seen.
    fn draw_corner(&self, drawing: &mut Drawing, sheet: &Sheet) {
        if self.corner.mixed {
            let block = self.corner.block.map(|corner| sheet.place(corner));
            drawing.polygon(self.corner.class, &block);
        }
    }

    /// Draws the symbols of the wall's openings.
    fn draw_openings(&self, drawing: &mut Drawing, sheet: &Sheet) {
        for hole in &self.wall.holes {
            let name = match hole.kind {
                OpeningKind::Door => "Door",
                OpeningKind::Window => "Window",
                OpeningKind::Opening => "Passage",
            };
            let title = format!("{name}, {:.2} m wide", hole.to - hole.from);
            drawing.group(&title, |drawing| match hole.kind {
                OpeningKind::Door => self.draw_door(hole, drawing, sheet),
                OpeningKind::Window => self.draw_window(hole, drawing, sheet),
                OpeningKind::Opening => self.draw_faces(hole, drawing, sheet),
            });
        }
    }

    /// Both faces of the wall across an opening.
    fn draw_faces(&self, hole: &Hole, drawing: &mut Drawing, sheet: &Sheet) {
        for depth in [0.0, self.thickness] {
            let [from, to] = [hole.from, hole.to].map(|run| self.wall.behind(run, depth));
            drawing.line("passage", sheet.place(from), sheet.place(to));
        }
    }

    /// A window: its frame, and the pane in the middle of the wall.
    fn draw_window(&self, hole: &Hole, drawing: &mut Drawing, sheet: &Sheet) {
        drawing.polygon("window", &self.section([hole.from, hole.to], sheet));
        let middle = |run: f64| sheet.place(self.wall.behind(run, self.thickness / 2.0));
        drawing.line("window", middle(hole.from), middle(hole.to));
    }

    /// A door: its threshold, the leaves, opened into the room, and the arcs that they sweep. To
    /// which side a door opens is not measured; into the room is where it is in the way.
    fn draw_door(&self, hole: &Hole, drawing: &mut Drawing, sheet: &Sheet) {
        self.draw_faces(hole, drawing, sheet);
        for [hinge, tip, closed] in leaves(self.wall, hole) {
            let [hinge, tip, closed] = [hinge, tip, closed].map(|point| sheet.place(point));
            drawing.path("swing", &arc(hinge, tip, closed));
            drawing.line("leaf", hinge, tip);
        }
    }
}

/// Draws the walls with their openings: those that were seen over those that were not.
pub fn draw_all(walls: &[DrawnWall], drawing: &mut Drawing, sheet: &Sheet) {
    let (seen, unseen): (Vec<_>, Vec<_>) = walls.iter().partition(|drawn| drawn.wall.seen);
    for wall in unseen.into_iter().chain(seen) {
        wall.draw(drawing, sheet);
    }
    for wall in walls {
        wall.draw_corner(drawing, sheet);
    }
    for wall in walls {
        wall.draw_openings(drawing, sheet);
    }
}

/// The floor that a wall's doors need to open, in the plan.
pub fn swept_floor(wall: &Wall) -> Vec<Quad> {
    let doors = wall.holes.iter().filter(|h| h.kind == OpeningKind::Door);
    doors
        .flat_map(|hole| leaves(wall, hole))
        .map(|[hinge, tip, closed]| {
            let across = [closed[0] + tip[0] - hinge[0], closed[1] + tip[1] - hinge[1]];
            [hinge, closed, across, tip]
        })
        .collect()
}
