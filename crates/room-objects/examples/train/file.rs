//! The forest as `src/forest.rs` reads it.

use crate::POINTS;
use crate::learn::{Forest, Node, OUTCOMES};

const LEAF: u8 = 255;

/// The bytes of the file.
pub fn written(forest: &Forest, class: &[f64; POINTS], thing: &[f64; POINTS]) -> Vec<u8> {
    let mut nodes: Vec<[u8; 4]> = Vec::new();
    let mut leaves: Vec<[u8; OUTCOMES]> = Vec::new();
    let mut roots = Vec::new();
    for tree in &forest.trees {
        let root = nodes.len();
        roots.push(root as u32);
        write(tree, 0, root, &mut nodes, &mut leaves);
    }
    let mut bytes = Vec::new();
    for count in [roots.len(), nodes.len(), leaves.len()] {
        bytes.extend((count as u32).to_le_bytes());
    }
    let borders = forest.borders.iter().flatten();
    bytes.extend(borders.flat_map(|border| border.to_le_bytes()));
    bytes.extend(roots.iter().flat_map(|root| root.to_le_bytes()));
    bytes.extend(nodes.iter().flatten());
    bytes.extend(leaves.iter().flatten());
    let curves = class.iter().chain(thing);
    bytes.extend(curves.flat_map(|value| (*value as f32).to_le_bytes()));
    bytes
}

/// A node, then what is below its border, then what is above.
fn write(
    tree: &[Node],
    at: usize,
    root: usize,
    nodes: &mut Vec<[u8; 4]>,
    leaves: &mut Vec<[u8; OUTCOMES]>,
) {
    match &tree[at] {
        Node::Leaf(parts) => {
            let [low, high] = (leaves.len() as u16).to_le_bytes();
            nodes.push([LEAF, 0, low, high]);
            leaves.push(parts.map(|part| (255.0 * part).round() as u8));
        }
        Node::Split(feature, border, below, above) => {
            let own = nodes.len();
            nodes.push([0; 4]);
            write(tree, *below, root, nodes, leaves);
            let [low, high] = ((nodes.len() - root) as u16).to_le_bytes();
            nodes[own] = [*feature as u8, *border, low, high];
            write(tree, *above, root, nodes, leaves);
        }
    }
}
