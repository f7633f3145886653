//! Products that fit into a room.

use room_geometry::model::RoomGeometry;

use crate::catalogue::{PRODUCTS, Product};
use crate::finding::{Finding, figure};
use crate::footprint::Footprint;
use crate::place::{self, Obstacles, Place};

/// Most products that are recommended, and most of one category but furniture.
const MOST: usize = 6;
const MOST_OF_KIND: usize = 2;
/// How sure a product for any room is in one whose type is not known.
const ANY_ROOM: f64 = 0.5;
/// Less sure ones are not recommended.
const LEAST: f64 = 0.2;

/// A product and where it fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// `furniture`, `lighting`, ...
    pub category: &'static str,
    /// Its name.
    pub item: &'static str,
    /// From the fit and from how well it suits the room, 0 to 1.
    pub confidence: f64,
    /// Middle of its lower side in scene coordinates: x, height above the floor, -y of the plan.
    pub position: [f64; 3],
    /// Around the scene's y, counter-clockwise seen from above, whole degrees from 0 to 359: a
    /// model whose front is +z then faces the room.
    pub rotation: i64,
    /// Why it fits there.
    pub reason: String,
    /// Where it stands in the plan.
    pub footprint: Footprint,
    /// What has to stay free before it, or around it.
    pub clearance: Footprint,
}

/// Places products one after the other, the most useful ones first; none in a room without an
/// outline.
pub fn recommend(room: &RoomGeometry, room_type: &Finding) -> Vec<Recommendation> {
    let mut found: Vec<Recommendation> = Vec::new();
    let sound = room.outline.iter().flatten().all(|v| v.is_finite());
    if room.outline.len() < 3 || !sound {
        return found;
    }
    let mut obstacles = Obstacles::of(room);
    let mut wanted: Vec<(f64, usize)> = PRODUCTS
        .iter()
        .enumerate()
        .filter_map(|(index, product)| Some((suits(product, room, room_type)?, index)))
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut taken: Vec<&str> = Vec::new();
    for (suits, index) in wanted {
        let product = &PRODUCTS[index];
        let again = |class: &&str| taken.contains(class);
        let of_kind = found
            .iter()
            .filter(|one| one.category == product.category && one.category != "furniture");
        if product.instead_of.iter().any(again) || of_kind.count() >= MOST_OF_KIND {
            continue;
        }
        let Some(place) = place::best(product, room, &obstacles) else {
            continue;
        };
        let spare = ((place.room - product.size[0]) / product.size[0]).clamp(0.0, 1.0);
        let confidence = suits * (0.75 + 0.25 * spare);
        if confidence < LEAST {
            continue;
        }
        obstacles.pieces.push(place.footprint);
        obstacles.kept_free.push(place.before);
        taken.extend(product.instead_of);
        found.push(recommendation(product, &place, confidence, room_type));
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// How well a product suits the room; `None` if not at all.
fn suits(product: &Product, room: &RoomGeometry, room_type: &Finding) -> Option<f64> {
    let there = |class: &&str| room.objects.iter().any(|object| object.class == *class);
    if product.instead_of.iter().any(there) {
        return None;
    }
    if product.rooms.is_empty() {
        return Some(product.worth * ANY_ROOM.max(0.7 * room_type.confidence));
    }
    let suits = product.rooms.contains(&room_type.value.as_str());
    suits.then_some(product.worth * room_type.confidence)
}

fn recommendation(
    product: &Product,
    place: &Place,
    confidence: f64,
    room_type: &Finding,
) -> Recommendation {
    let tidy = |value: f64| (value * 1000.0).round() / 1000.0 + 0.0;
    Recommendation {
        category: product.category,
        item: product.item,
        confidence: (confidence * 100.0).round() / 100.0,
        position: [tidy(place.center[0]), product.base, tidy(-place.center[1])],
        rotation: (place.turn.to_degrees().round() as i64).rem_euclid(360),
        reason: reason(product, place, room_type),
        footprint: place.footprint,
        clearance: place.before,
    }
}

fn reason(product: &Product, place: &Place, room_type: &Finding) -> String {
    let mut text = String::new();
    match place.wall {
        Some(wall) => {
            text.push_str("Fits at wall ");
            text.push_str(&(wall + 1).to_string());
            text.push_str(", where ");
            text.push_str(&figure(place.room));
            text.push_str(" m are free, with ");
            text.push_str(&figure(place.depth));
            text.push_str(" m to walk before it");
        }
        None => {
            text.push_str("Fits on free floor with ");
            text.push_str(&figure(place.room));
            text.push_str(" m to walk all around it");
        }
    }
    if !product.rooms.is_empty() {
        text.push_str("; the room reads as ");
        text.push_str(&room_type.value.replace('_', " "));
    }
    if let Some(class) = product.instead_of.first() {
        text.push_str(", and no ");
        text.push_str(class);
        text.push_str(" was found in it");
    }
    text.push('.');
    text
}
