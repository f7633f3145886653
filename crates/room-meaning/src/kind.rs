//! The type of a room, from what stands in it and how large it is.
//!
//! Each piece of evidence shifts the log odds of some types (a naive Bayes classifier, Maron
//! 1961, with weights set by hand); what is left unexplained is the type `unknown`.

use room_geometry::model::{Object, OpeningKind, RoomGeometry, Support};

use crate::finding::{Finding, figure};

const LIVING: usize = 0;
const BEDROOM: usize = 1;
const DINING: usize = 2;
const KITCHEN: usize = 3;
const OFFICE: usize = 4;
const BATHROOM: usize = 5;
const HALLWAY: usize = 6;

/// The types, as they stand in results.
pub const TYPES: [&str; 7] = [
    "living_room",
    "bedroom",
    "dining_room",
    "kitchen",
    "office",
    "bathroom",
    "hallway",
];
/// The log odds that a room is of no type that its furniture tells.
const UNTOLD: f64 = 1.2;
/// A type is said from this probability on.
const LEAST: f64 = 0.55;
/// Objects less sure than this are no evidence: a type said for two doubtful ones is a guess.
const LEAST_OBJECT: f64 = 0.6;
/// A class counts for as many pieces at most.
const MOST_PIECES: f64 = 2.0;

/// Classes and by how much one piece raises the log odds of a type.
const BY_CLASS: [(&str, usize, f64); 25] = [
    ("bed", BEDROOM, 5.0),
    ("sofa", LIVING, 3.2),
    ("desk", OFFICE, 2.4),
    ("desk", BEDROOM, 0.3),
    ("appliance", KITCHEN, 2.4),
    ("screen", LIVING, 0.4),
    ("screen", OFFICE, 0.4),
    ("shelf", OFFICE, 0.5),
    ("shelf", LIVING, 0.4),
    ("plant", LIVING, 0.3),
    ("plant", OFFICE, 0.2),
    ("fireplace", LIVING, 2.0),
    ("television", LIVING, 1.5),
    ("storage", BEDROOM, 0.2),
    ("refrigerator", KITCHEN, 3.0),
    ("stove", KITCHEN, 3.5),
    ("oven", KITCHEN, 3.0),
    ("dishwasher", KITCHEN, 3.0),
    ("sink", KITCHEN, 0.8),
    ("sink", BATHROOM, 1.2),
    ("bathtub", BATHROOM, 4.5),
    ("toilet", BATHROOM, 5.0),
    ("washer_dryer", BATHROOM, 0.6),
    ("cabinet", BEDROOM, 0.2),
    ("lamp", BEDROOM, 0.1),
];

/// The type of a room; `unknown` if too little tells.
pub fn of(room: &RoomGeometry) -> Finding {
    let mut evidence = Evidence::default();
    from_classes(room, &mut evidence);
    from_arrangement(room, &mut evidence);
    from_size(room, &mut evidence);
    evidence.conclude()
}

#[derive(Default)]
struct Evidence {
    odds: [f64; TYPES.len()],
    reasons: Vec<(usize, f64, String)>,
}

impl Evidence {
    fn add(&mut self, kind: usize, weight: f64, reason: String) {
        self.odds[kind] += weight;
        self.reasons.push((kind, weight, reason));
    }

    fn conclude(self) -> Finding {
        let mut best = 0;
        for (kind, odds) in self.odds.iter().enumerate() {
            if *odds > self.odds[best] {
                best = kind;
            }
        }
        // A type without evidence has no share.
        let share = |odds: f64| (odds.exp() - 1.0).max(0.0);
        let total: f64 = self.odds.iter().map(|odds| share(*odds)).sum();
        let part = share(self.odds[best]) / (total + UNTOLD.exp());
        if !part.is_finite() || part < LEAST {
            return Finding::unknown();
        }
        let reasons = self.reasons.into_iter();
        let reasons = reasons.filter(|(kind, weight, _)| *kind == best && *weight > 0.0);
        let reasons = reasons.map(|(_, _, reason)| reason).collect();
        Finding::new(TYPES[best], part.min(0.97), reasons)
    }
}

fn sure(room: &RoomGeometry) -> impl Iterator<Item = &Object> {
    let objects = room.objects.iter();
    objects.filter(|object| object.confidence >= LEAST_OBJECT)
}

fn from_classes(room: &RoomGeometry, evidence: &mut Evidence) {
    for (class, kind, weight) in BY_CLASS {
        let sure: Vec<f64> = sure(room)
            .filter(|object| object.class == class)
            .map(|object| object.confidence.min(1.0))
            .collect();
        let Some(surest) = sure.iter().copied().reduce(f64::max) else {
            continue;
        };
        let sum: f64 = sure.iter().sum();
        let reason = match sure.len() {
            1 => ["a ", class, " in the room, confidence ", &figure(surest)].concat(),
            count => [
                &count.to_string(),
                " pieces of class ",
                class,
                ", confidence of the surest ",
                &figure(surest),
            ]
            .concat(),
        };
        evidence.add(kind, weight * sum.min(MOST_PIECES), reason);
    }
}

fn from_arrangement(room: &RoomGeometry, evidence: &mut Evidence) {
    for table in sure(room).filter(|object| object.class == "table") {
        let reach = 0.5 * table.size[0].max(table.size[1]) + 0.7;
        let chairs: Vec<&Object> = sure(room)
            .filter(|chair| chair.class == "chair")
            .filter(|chair| {
                let apart = [0, 1].map(|i| chair.center[i] - table.center[i]);
                apart[0].hypot(apart[1]) < reach
            })
            .collect();
        if chairs.len() >= 2 && table.size[2] > 0.6 {
            let weight = 1.9 + 0.6 * (chairs.len() as f64 - 2.0).min(2.0);
            let reason = ["a table with ", &chairs.len().to_string(), " chairs"].concat();
            evidence.add(DINING, weight * table.confidence, reason);
        }
    }
    let hanging = sure(room)
        .filter(|object| object.class == "cabinet" && object.support == Support::Wall)
        .count();
    if hanging > 0 {
        let reason = "cabinets that hang on a wall".to_owned();
        evidence.add(KITCHEN, 1.2 * (hanging as f64).min(2.0), reason);
    }
    let on_desk = sure(room).any(|screen| {
        screen.class == "screen"
            && screen.support == Support::Object
            && sure(room).any(|desk| desk.class == "desk" && is_over(screen, desk))
    });
    if on_desk {
        evidence.add(OFFICE, 1.2, "a screen on a desk".to_owned());
    }
}

fn is_over(upper: &Object, lower: &Object) -> bool {
    let apart = [0, 1].map(|i| upper.center[i] - lower.center[i]);
    apart[0].hypot(apart[1]) < 0.5 * lower.size[0].max(lower.size[1])
}

fn from_size(room: &RoomGeometry, evidence: &mut Evidence) {
    let (Some(length), Some(width)) = (room.dimensions.length, room.dimensions.width) else {
        return;
    };
    let doors = room
        .openings
        .iter()
        .filter(|opening| opening.kind != OpeningKind::Window)
        .count();
    if width.value < 1.9 && length.value > 2.2 * width.value && doors >= 2 {
        let reason = [
            "only ",
            &figure(width.value),
            " m wide, ",
            &figure(length.value),
            " m long, with ",
            &doors.to_string(),
            " doors",
        ];
        evidence.add(HALLWAY, 2.6, reason.concat());
    }
    // Nobody sleeps or eats with guests in less.
    if length.value * width.value < 5.0 {
        for kind in [LIVING, BEDROOM, DINING] {
            evidence.odds[kind] -= 1.0;
        }
    }
}
