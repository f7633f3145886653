//! One vertex at a time, from the values of its properties.

use super::header::{Element, Property, Role, Scalar};
use crate::collect::Collector;

/// A vertex whose properties are being read.
#[derive(Debug)]
pub struct Vertex {
    position: [f64; 3],
    color: [f64; 3],
    channels: Option<Channels>,
}

/// How the channels of a color are written.
#[derive(Debug, Clone, Copy)]
enum Channels {
    /// 0 to 255.
    Bytes,
    /// 0 to 65,535.
    Words,
    /// Floats, 0 to 1; or 0 to 255, if one of them is above 1.
    Floats,
}

impl Vertex {
    /// A vertex with the properties of the one among `elements`.
    pub fn new(elements: &[Element]) -> Self {
        let mut kinds = [None; 3];
        let vertex = elements.iter().find(|element| element.is_vertex);
        for property in vertex.iter().flat_map(|element| &element.properties) {
            if let Property::Scalar {
                kind,
                role: Some(Role::Channel(channel)),
            } = *property
            {
                kinds[channel] = Some(kind);
            }
        }
        let channels = match kinds {
            [Some(red), Some(_), Some(_)] if red.is_float() => Some(Channels::Floats),
            [Some(Scalar::U16), Some(_), Some(_)] => Some(Channels::Words),
            [Some(_), Some(_), Some(_)] => Some(Channels::Bytes),
            _ => None,
        };
        Self {
            position: [0.0; 3],
            color: [0.0; 3],
            channels,
        }
    }

    #[inline]
    pub fn set(&mut self, role: Role, value: f64) {
        match role {
            Role::Axis(axis) => self.position[axis] = value,
            Role::Channel(channel) => self.color[channel] = value,
        }
    }

    /// Hands the vertex on. The next one overwrites every property of it.
    #[inline]
    pub fn collect(&self, collector: &mut Collector) {
        let color = self.channels.map(|channels| {
            let scale = match channels {
                Channels::Words => 1.0 / 257.0,
                Channels::Floats if self.color.iter().all(|c| *c <= 1.0) => 255.0,
                Channels::Floats | Channels::Bytes => 1.0,
            };
            // `as` saturates, so a channel out of range is the nearest one in range.
            self.color.map(|channel| (channel * scale).round() as u8)
        });
        collector.add(self.position, color);
    }
}
