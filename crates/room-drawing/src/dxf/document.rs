//! The frame of a DXF file: header, tables, blocks and objects around the entities (AutoCAD 2000
//! DXF reference).

use super::entities::{Entities, Groups};
use crate::polygon::Point;

/// The block record that the plan belongs to.
pub const MODEL_SPACE: u32 = 0x1f;
/// The block record of the paper, which stays empty.
const PAPER_SPACE: u32 = 0x1b;
const MODEL_LAYOUT: u32 = 0x22;
const PAPER_LAYOUT: u32 = 0x1e;
/// The dictionary that holds all others.
const ROOT: u32 = 0xc;
const GROUPS: u32 = 0xd;
const LAYOUTS: u32 = 0x1a;
const TEXT_STYLE: u32 = 0x11;

/// The line type of what is not there, or was not seen.
pub const DASHED: &str = "DASHED";
/// The line type of what is above.
pub const DASH_DOT: &str = "DASHDOT";

/// A layer of the plan.
#[derive(Clone, Copy)]
pub enum Layer {
    Wall,
    Door,
    Glazing,
    Furniture,
    Dimensions,
    Text,
    Floor,
    Columns,
    Ceiling,
}

/// Name, color by its index, line weight in hundredths of a millimeter.
const LAYERS: [(&str, usize, usize); 10] = [
    ("0", 7, 18),
    ("A-WALL", 7, 50),
    ("A-DOOR", 1, 25),
    ("A-GLAZ", 5, 25),
    ("A-FURN", 34, 18),
    ("A-ANNO-DIMS", 3, 13),
    ("A-ANNO-TEXT", 7, 18),
    ("A-FLOR", 9, 13),
    ("A-COLS", 7, 50),
    ("A-CLNG", 6, 13),
];

impl Layer {
    /// Its name in the file.
    pub fn name(self) -> &'static str {
        LAYERS.get(self as usize + 1).map_or("0", |layer| layer.0)
    }
}

/// The block that shows a dimension.
pub struct DimensionBlock {
    pub name: String,
    pub record: u32,
    pub block: u32,
    pub end_block: u32,
    pub body: Groups,
}

/// Puts a file together around its entities, which lie in a field.
pub fn assemble(mut entities: Entities, field: [Point; 2]) -> String {
    let seed = entities.fresh();
    let mut out = Groups::default();
    section(&mut out, "HEADER", |out| {
        header(out, seed, entities.letters, field);
    });
    section(&mut out, "CLASSES", |_| {});
    section(&mut out, "TABLES", |out| tables(out, &entities, field));
    section(&mut out, "BLOCKS", |out| blocks(out, &entities));
    section(&mut out, "ENTITIES", |out| {
        out.text.push_str(&entities.model.text);
    });
    section(&mut out, "OBJECTS", objects);
    out.put(0, "EOF");
    out.text
}

fn section(out: &mut Groups, name: &str, write: impl FnOnce(&mut Groups)) {
    out.put(0, "SECTION");
    out.put(2, name);
    write(out);
    out.put(0, "ENDSEC");
}

fn header(out: &mut Groups, seed: u32, letters: f64, [low, high]: [Point; 2]) {
    let mut texts = |name: &str, code: u16, value: &str| {
        out.put(9, name);
        out.put(code, value);
    };
    texts("$ACADVER", 1, "AC1015");
    texts("$DWGCODEPAGE", 3, "ANSI_1252");
    // Meters, and metric line types.
    texts("$INSUNITS", 70, "6");
    texts("$MEASUREMENT", 70, "1");
    texts("$LUNITS", 70, "2");
    texts("$LUPREC", 70, "3");
    texts("$LTSCALE", 40, "1.0");
    texts("$DIMSTYLE", 2, "Standard");
    texts("$DIMDEC", 70, "2");
    texts("$HANDSEED", 5, &format!("{seed:X}"));
    // Readers that draw dimensions anew take their sizes from here.
    for (name, part) in [
        ("$DIMTXT", 1.0),
        ("$DIMASZ", 0.5),
        ("$DIMTSZ", 0.5),
        ("$DIMEXO", 0.4),
        ("$DIMEXE", 0.4),
        ("$DIMGAP", 0.4),
    ] {
        out.put(9, name);
        out.real(40, part * letters);
    }
    for (name, point) in [("$EXTMIN", low), ("$EXTMAX", high)] {
        out.put(9, name);
        out.point(10, point);
    }
}

/// A table with its records.
fn table(out: &mut Groups, name: &str, handle: u32, records: impl FnOnce(&mut Groups)) {
    out.put(0, "TABLE");
    out.put(2, name);
    out.handle(5, handle);
    out.handle(330, 0);
    out.put(100, "AcDbSymbolTable");
    out.whole(70, 16);
    if name == "DIMSTYLE" {
        out.put(100, "AcDbDimStyleTable");
    }
    records(out);
    out.put(0, "ENDTAB");
}

/// What every record of a table begins with.
fn record(out: &mut Groups, kind: &str, class: &str, [handle, owner]: [u32; 2], name: &str) {
    out.put(0, kind);
    out.handle(if kind == "DIMSTYLE" { 105 } else { 5 }, handle);
    out.handle(330, owner);
    out.put(100, "AcDbSymbolTableRecord");
    out.put(100, class);
    out.put(2, name);
    if kind != "BLOCK_RECORD" {
        out.whole(70, 0);
    }
}

fn tables(out: &mut Groups, entities: &Entities, field: [Point; 2]) {
    table(out, "VPORT", 0x8, |out| view(out, field));
    table(out, "LTYPE", 0x5, |out| {
        let types: [(&str, &[f64]); 5] = [
            ("ByBlock", &[]),
            ("ByLayer", &[]),
            ("Continuous", &[]),
            (DASHED, &[0.15, -0.1]),
            (DASH_DOT, &[0.3, -0.08, 0.0, -0.08]),
        ];
        for (handle, (name, dashes)) in (0x14..).zip(types) {
            line_type(out, handle, name, dashes);
        }
    });
    table(out, "LAYER", 0x2, |out| {
        for (handle, (name, color, weight)) in (0x40..).zip(LAYERS) {
            record(out, "LAYER", "AcDbLayerTableRecord", [handle, 0x2], name);
            out.whole(62, color);
            out.put(6, "Continuous");
            out.whole(370, weight);
        }
    });
    table(out, "STYLE", 0x3, |out| {
        let handles = [TEXT_STYLE, 0x3];
        record(
            out,
            "STYLE",
            "AcDbTextStyleTableRecord",
            handles,
            "Standard",
        );
        for (code, value) in [(40, 0.0), (41, 1.0), (50, 0.0)] {
            out.real(code, value);
        }
        out.whole(71, 0);
        out.real(42, 0.2);
        out.put(3, "arial.ttf");
        out.put(4, "");
    });
    table(out, "VIEW", 0x6, |_| {});
    table(out, "UCS", 0x7, |_| {});
    table(out, "APPID", 0x9, |out| {
        record(out, "APPID", "AcDbRegAppTableRecord", [0x12, 0x9], "ACAD");
    });
    table(out, "DIMSTYLE", 0xa, |out| {
        let handles = [0x27, 0xa];
        record(
            out,
            "DIMSTYLE",
            "AcDbDimStyleTableRecord",
            handles,
            "Standard",
        );
        out.real(40, 1.0);
        for (code, part) in [
            (41, 0.5),
            (42, 0.4),
            (44, 0.4),
            (140, 1.0),
            (142, 0.5),
            (147, 0.4),
        ] {
            out.real(code, part * entities.letters);
        }
        out.whole(271, 2);
        out.handle(340, TEXT_STYLE);
    });
    table(out, "BLOCK_RECORD", 0x1, |out| {
        let mut block = |handle: u32, name: &str, layout: u32| {
            let class = "AcDbBlockTableRecord";
            record(out, "BLOCK_RECORD", class, [handle, 0x1], name);
            out.handle(340, layout);
        };
        block(MODEL_SPACE, "*Model_Space", MODEL_LAYOUT);
        block(PAPER_SPACE, "*Paper_Space", PAPER_LAYOUT);
        for dimension in &entities.blocks {
            block(dimension.record, &dimension.name, 0);
        }
    });
}

/// The view that a reader opens with: the whole plan.
fn view(out: &mut Groups, [low, high]: [Point; 2]) {
    record(
        out,
        "VPORT",
        "AcDbViewportTableRecord",
        [0x94, 0x8],
        "*ACTIVE",
    );
    let pairs = [
        (10, [0.0, 0.0]),
        (11, [1.0, 1.0]),
        (12, [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0]),
        (13, [0.0, 0.0]),
        (14, [1.0, 1.0]),
        (15, [1.0, 1.0]),
    ];
    for (code, [x, y]) in pairs {
        out.real(code, x);
        out.real(code + 10, y);
    }
    for (code, value) in [
        (16, 0.0),
        (26, 0.0),
        (36, 1.0),
        (17, 0.0),
        (27, 0.0),
        (37, 0.0),
    ] {
        out.real(code, value);
    }
    out.real(40, (high[1] - low[1]).max(high[0] - low[0]) * 1.5);
    out.real(41, 1.5);
    out.real(42, 50.0);
}

fn line_type(out: &mut Groups, handle: u32, name: &str, dashes: &[f64]) {
    record(out, "LTYPE", "AcDbLinetypeTableRecord", [handle, 0x5], name);
    out.put(3, "");
    out.whole(72, 65);
    out.whole(73, dashes.len());
    out.real(40, dashes.iter().map(|dash| dash.abs()).sum());
    for &dash in dashes {
        out.real(49, dash);
        out.whole(74, 0);
    }
}

fn blocks(out: &mut Groups, entities: &Entities) {
    let spaces = [
        ("*Model_Space", MODEL_SPACE, [0x20, 0x21]),
        ("*Paper_Space", PAPER_SPACE, [0x1c, 0x1d]),
    ];
    for (name, record, handles) in spaces {
        block(out, name, record, handles, 0, "");
    }
    for dimension in &entities.blocks {
        let handles = [dimension.block, dimension.end_block];
        let body = &dimension.body.text;
        // Without a name of its own (1).
        block(out, &dimension.name, dimension.record, handles, 1, body);
    }
}

fn block(out: &mut Groups, name: &str, record: u32, handles: [u32; 2], flags: usize, body: &str) {
    let [begin, end] = handles;
    let entity = |out: &mut Groups, kind: &str, handle: u32, class: &str| {
        out.put(0, kind);
        out.handle(5, handle);
        out.handle(330, record);
        out.put(100, "AcDbEntity");
        if name == "*Paper_Space" {
            out.whole(67, 1);
        }
        out.put(8, "0");
        out.put(100, class);
    };
    entity(out, "BLOCK", begin, "AcDbBlockBegin");
    out.put(2, name);
    out.whole(70, flags);
    out.point(10, [0.0, 0.0]);
    out.put(3, name);
    out.put(1, "");
    out.text.push_str(body);
    entity(out, "ENDBLK", end, "AcDbBlockEnd");
}

fn objects(out: &mut Groups) {
    let groups: [(&str, u32); 0] = [];
    let all = [("ACAD_GROUP", GROUPS), ("ACAD_LAYOUT", LAYOUTS)];
    let layouts = [("Layout1", PAPER_LAYOUT), ("Model", MODEL_LAYOUT)];
    dictionary(out, [ROOT, 0], &all);
    dictionary(out, [GROUPS, ROOT], &groups);
    dictionary(out, [LAYOUTS, ROOT], &layouts);
    layout(out, "Model", 0, MODEL_LAYOUT, MODEL_SPACE);
    layout(out, "Layout1", 1, PAPER_LAYOUT, PAPER_SPACE);
}

fn dictionary(out: &mut Groups, [handle, owner]: [u32; 2], entries: &[(&str, u32)]) {
    out.put(0, "DICTIONARY");
    out.handle(5, handle);
    out.handle(330, owner);
    out.put(100, "AcDbDictionary");
    out.whole(281, 1);
    for &(name, entry) in entries {
        out.put(3, name);
        out.handle(350, entry);
    }
}

fn layout(out: &mut Groups, name: &str, tab: usize, handle: u32, space: u32) {
    out.put(0, "LAYOUT");
    out.handle(5, handle);
    out.handle(330, LAYOUTS);
    out.put(100, "AcDbPlotSettings");
    out.put(1, "");
    out.put(2, "none_device");
    out.put(4, "A4");
    // Margins and size of the paper in millimeters.
    for (code, value) in (40..).zip([7.5, 20.0, 7.5, 20.0, 210.0, 297.0]) {
        out.real(code, value);
    }
    // Origin and window of the plot, and its scale.
    for code in [46, 47, 48, 49, 140, 141] {
        out.real(code, 0.0);
    }
    out.real(142, 1.0);
    out.real(143, 50.0);
    out.whole(70, if tab == 0 { 1712 } else { 688 });
    out.whole(72, 1);
    out.whole(73, 0);
    out.whole(74, 5);
    out.put(7, "");
    out.whole(75, 16);
    out.real(147, 1.0);
    out.real(148, 0.0);
    out.real(149, 0.0);
    out.put(100, "AcDbLayout");
    out.put(1, name);
    out.whole(70, 1);
    out.whole(71, tab);
    for (code, [x, y]) in [(10, [0.0, 0.0]), (11, [420.0, 297.0])] {
        out.real(code, x);
        out.real(code + 10, y);
    }
    for code in [12, 14, 15, 13, 16, 17] {
        let x = if code == 16 { 1.0 } else { 0.0 };
        out.real(code, x);
        out.real(code + 10, if code == 17 { 1.0 } else { 0.0 });
        out.real(code + 20, 0.0);
    }
    out.real(146, 0.0);
    out.whole(76, 0);
    out.handle(330, space);
}
