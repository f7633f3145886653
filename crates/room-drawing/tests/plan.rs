//! The floor plan: well-formed, self-contained, labeled, and safe whatever the title.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rooms;

use room_drawing::floor_plan_svg;
use room_geometry::model::Source;
use rooms::{
    attic, corridor, empty, furnished, l_shape, loft, rectangle, samples, tiny, u_shape, unknown,
};
use roxmltree::{Document, Node};

fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let texts = document
        .descendants()
        .filter(|node| node.has_tag_name("text"));
    texts
        .filter_map(|node| node.text().map(str::to_owned))
        .collect()
}

fn of_class<'a>(document: &'a Document, class: &'a str) -> Vec<Node<'a, 'a>> {
    let has_class = move |node: &Node| {
        let classes = node.attribute("class").unwrap_or_default();
        classes.split(' ').any(|c| c == class)
    };
    document.descendants().filter(has_class).collect()
}

#[test]
fn every_sample_is_well_formed_and_self_contained() {
    for (name, title, room) in samples() {
        let svg = floor_plan_svg(&room, title);
        let document = Document::parse(&svg).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"), "{name}");
        let view: Vec<f64> = root
            .attribute("viewBox")
            .unwrap()
            .split(' ')
            .map(|n| n.parse().unwrap())
            .collect();
        assert!(
            view[2] == 420.0 && (150.0..1_000.0).contains(&view[3]),
            "{name}"
        );
        let first: Vec<_> = root
            .children()
            .take(2)
            .map(|n| n.tag_name().name())
            .collect();
        assert_eq!(first, ["title", "desc"], "{name}");
        // The namespace is a name, not a host that anything is fetched from.
        let rest = svg.replacen("http://www.w3.org/2000/svg", "", 1);
        for forbidden in [
            "http", "<script", "href", "url(", "@import", "onload", "NaN", "inf",
        ] {
            assert!(!rest.contains(forbidden), "{name}: {forbidden}");
        }
        assert!(svg.len() < 24_000, "{name}: {} bytes", svg.len());
    }
}

#[test]
fn the_figures_of_a_room_are_on_its_plan() {
    let texts = texts(&floor_plan_svg(&rectangle(4.213, 3.047), "Bedroom"));
    for expected in [
        "Bedroom",
        "4.21 × 3.05 × 2.50 m",
        "4.21 m ± 0.02",
        "12.84 m²",
        "12.84 m² ± 0.12",
        "Seen by the scan: floor 93 %, walls 86 %, ceiling 41 %.",
    ] {
        assert!(
            texts.iter().any(|text| text == expected),
            "no {expected} in {texts:?}"
        );
    }
    let count = |wanted: &str| texts.iter().filter(|text| *text == wanted).count();
    assert_eq!((count("4.21 m"), count("3.05 m")), (2, 2));
}

#[test]
fn every_wall_of_a_niche_has_its_length() {
    let texts = texts(&floor_plan_svg(&u_shape(), "Hall"));
    for length in [
        "7.40 m", "4.20 m", "2.50 m", "2.30 m", "2.60 m", "1.90 m", "2.00 m",
    ] {
        assert!(
            texts.iter().any(|text| text == length),
            "no {length} in {texts:?}"
        );
    }
    assert!(
        !texts.iter().any(|text| text.starts_with("0.30")),
        "too short for a label"
    );
}

#[test]
fn unseen_walls_are_dashed() {
    let svg = floor_plan_svg(&l_shape(), "L");
    let document = Document::parse(&svg).unwrap();
    assert_eq!(of_class(&document, "unseen").len(), 1);
    assert!(svg.contains("Dashed walls: not seen by the scan."));
    let seen = floor_plan_svg(&rectangle(4.0, 3.0), "R");
    assert!(of_class(&Document::parse(&seen).unwrap(), "unseen").is_empty());
}

#[test]
fn openings_and_furniture_have_symbols_and_names() {
    let svg = floor_plan_svg(&furnished(), "Room");
    let document = Document::parse(&svg).unwrap();
    // One single door and one with two leaves.
    assert_eq!(of_class(&document, "leaf").len(), 3);
    assert_eq!(of_class(&document, "swing").len(), 3);
    // Frame and pane of two windows.
    assert_eq!(of_class(&document, "window").len(), 4);
    assert_eq!(of_class(&document, "object").len(), 9);
    let texts = texts(&svg);
    for name in ["Sofa", "Coffee table", "Table", "Shelf", "Lamp"] {
        assert!(
            texts.iter().any(|text| text == name),
            "no {name} in {texts:?}"
        );
    }
    assert!(svg.contains("<title>Sofa, 2.20 × 0.90 × 0.80 m</title>"));
}

#[test]
fn levels_columns_and_open_sides_are_drawn() {
    let svg = floor_plan_svg(&loft(), "Loft");
    let document = Document::parse(&svg).unwrap();
    assert_eq!(of_class(&document, "level").len(), 2);
    assert_eq!(of_class(&document, "open").len(), 1);
    assert!(of_class(&document, "unseen").is_empty());
    assert!(svg.contains("<title>Column 3</title>"));
    let texts = texts(&svg);
    for text in ["+0.34 m", "-0.40 m"] {
        assert!(
            texts.iter().any(|found| found == text),
            "no {text} in {texts:?}"
        );
    }
    // Two walls were measured through; the other three have a default.
    assert_eq!(of_class(&document, "nominal").len(), 3);
    assert!(svg.contains("thickness not measured"));
}

#[test]
fn slopes_have_their_heights() {
    let svg = floor_plan_svg(&attic(), "Attic");
    let document = Document::parse(&svg).unwrap();
    assert_eq!(of_class(&document, "slope").len(), 2);
    let texts = texts(&svg);
    let count = |wanted: &str| texts.iter().filter(|text| *text == wanted).count();
    // The ridge is said once.
    assert_eq!((count("1.10 m"), count("3.20 m")), (2, 1));
}

#[test]
fn furniture_has_its_symbols() {
    let symbols = |room| {
        let svg = floor_plan_svg(&room, "Room");
        let document = Document::parse(&svg).unwrap();
        of_class(&document, "symbol").len()
    };
    // Pillows, sheet and its fold; the back of a chair at a desk.
    assert!(symbols(attic()) >= 5);
    // Tank and bowl of the toilet, basin and drain of the sink.
    assert_eq!(symbols(tiny()), 4);
}

#[test]
fn a_narrow_room_keeps_its_area() {
    let texts = texts(&floor_plan_svg(&corridor(), "Corridor"));
    assert!(texts.iter().any(|text| text == "15.93 m²"));
}

#[test]
fn an_unknown_outline_is_said() {
    let svg = floor_plan_svg(&empty(), "Cellar");
    let texts = texts(&svg);
    assert_eq!(texts, ["Cellar", "The outline of this room is not known."]);
    let with_notes = floor_plan_svg(&unknown(), "Cellar");
    assert!(with_notes.contains("2.60 m ± 0.02") && with_notes.contains("not closed"));
}

#[test]
fn measurements_of_the_app_are_said_to_be_that() {
    let mut room = rectangle(4.2, 3.8);
    room.source = Source::AppMeasurements;
    let svg = floor_plan_svg(&room, "Room");
    assert!(svg.contains("from the app&#39;s measurements"));
    assert!(!svg.contains("Seen by the scan"));
}

#[test]
fn titles_cannot_break_out() {
    let titles = [
        "</title><script>alert(1)</script>",
        "a & b < c > \"d\" 'e' ]]>",
        "\u{0}\u{1}\u{b}\u{fffe}\u{ffff}\u{202e}",
        "",
        &"W".repeat(100_000),
        &"word ".repeat(100_000),
        &"字".repeat(5_000),
    ];
    for title in titles {
        for room in [rectangle(4.0, 3.0), empty()] {
            let svg = floor_plan_svg(&room, title);
            let document = Document::parse(&svg).unwrap();
            assert!(
                !document
                    .descendants()
                    .any(|node| node.has_tag_name("script"))
            );
            let shown = document.root_element().first_element_child().unwrap();
            assert!(!shown.text().unwrap().is_empty());
            assert!(svg.len() < 12_000);
        }
    }
}

#[test]
fn the_same_room_gives_the_same_bytes() {
    assert_eq!(
        floor_plan_svg(&furnished(), "A"),
        floor_plan_svg(&furnished(), "A")
    );
}

#[test]
fn a_thing_of_unknown_kind_has_an_outline_without_a_name() {
    let note = "Outlines without a name: things whose kind is not known.";
    let room = furnished();
    assert!(room.objects.iter().any(|object| object.class == "unknown"));
    let svg = floor_plan_svg(&room, "Flat");
    let document = Document::parse(&svg).unwrap();
    let outlines = of_class(&document, "object").len();
    assert_eq!(outlines, room.objects.len());
    let words = texts(&svg);
    assert!(words.iter().any(|word| word == "Sofa"));
    assert!(words.iter().all(|word| word != "Unknown"));
    assert!(words.iter().any(|word| word == note));

    let mut named = room;
    named.objects.retain(|object| object.class != "unknown");
    let words = texts(&floor_plan_svg(&named, "Flat"));
    assert!(words.iter().all(|word| word != note));
}
