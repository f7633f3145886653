//! The cheapest way to divide faces into inside and outside: a minimum cut.

use std::collections::VecDeque;

/// A flow network between a source ("inside") and a sink ("outside").
///
/// Capacities are integers, so that the cut does not depend on rounding.
#[derive(Debug)]
pub struct Network {
    arcs: Vec<Arc>,
    heads: Vec<Vec<u32>>,
}

#[derive(Debug, Clone, Copy)]
struct Arc {
    to: u32,
    left: i64,
}

const SOURCE: usize = 0;
const SINK: usize = 1;

impl Network {
    pub fn new(nodes: usize) -> Self {
        Self {
            arcs: Vec::new(),
            heads: vec![Vec::new(); nodes + 2],
        }
    }

    /// What it costs to put `node` on the other side than its evidence says: positive evidence
    /// draws it inside.
    pub fn lean(&mut self, node: usize, evidence: i64) {
        if evidence > 0 {
            self.arc(SOURCE, node + 2, evidence, 0);
        } else {
            self.arc(node + 2, SINK, -evidence, 0);
        }
    }

    /// What it costs to put two nodes on different sides.
    pub fn tie(&mut self, a: usize, b: usize, cost: i64) {
        self.arc(a + 2, b + 2, cost, cost);
    }

    fn arc(&mut self, from: usize, to: usize, forth: i64, back: i64) {
        let index = self.arcs.len() as u32;
        self.arcs.push(Arc {
            to: to as u32,
            left: forth,
        });
        self.arcs.push(Arc {
            to: from as u32,
            left: back,
        });
        self.heads[from].push(index);
        self.heads[to].push(index + 1);
    }

    /// Whether each node is inside, by Dinic's maximum flow (1970).
    pub fn inside(mut self) -> Vec<bool> {
        loop {
            let depth = self.depths();
            if depth[SINK] == u32::MAX {
                return depth[2..].iter().map(|d| *d != u32::MAX).collect();
            }
            let mut next = vec![0usize; self.heads.len()];
            while self.push(&depth, &mut next) {}
        }
    }

    fn depths(&self) -> Vec<u32> {
        let mut depth = vec![u32::MAX; self.heads.len()];
        depth[SOURCE] = 0;
        let mut queue = VecDeque::from([SOURCE]);
        while let Some(node) = queue.pop_front() {
            for &index in &self.heads[node] {
                let arc = self.arcs[index as usize];
                let to = arc.to as usize;
                if arc.left > 0 && depth[to] == u32::MAX {
                    depth[to] = depth[node] + 1;
                    queue.push_back(to);
                }
            }
        }
        depth
    }

    /// Sends flow along one path that goes one level deeper with each arc.
    fn push(&mut self, depth: &[u32], next: &mut [usize]) -> bool {
        let mut path: Vec<u32> = Vec::new();
        let mut node = SOURCE;
        while node != SINK {
            if let Some(&index) = self.heads[node].get(next[node]) {
                let arc = self.arcs[index as usize];
                if arc.left > 0 && depth[arc.to as usize] == depth[node] + 1 {
                    path.push(index);
                    node = arc.to as usize;
                } else {
                    next[node] += 1;
                }
            } else {
                // A dead end: go back and try the next arc there.
                let Some(index) = path.pop() else {
                    return false;
                };
                node = self.arcs[(index ^ 1) as usize].to as usize;
                next[node] += 1;
            }
        }
        let flow = path
            .iter()
            .map(|&index| self.arcs[index as usize].left)
            .min()
            .unwrap_or(0);
        for index in path {
            self.arcs[index as usize].left -= flow;
            self.arcs[(index ^ 1) as usize].left += flow;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strong_tie_overrules_weak_evidence() {
        let mut network = Network::new(3);
        network.lean(0, 10);
        network.lean(1, -2);
        network.lean(2, -10);
        network.tie(0, 1, 5);
        network.tie(1, 2, 1);
        assert_eq!(network.inside(), vec![true, true, false]);
    }

    #[test]
    fn without_ties_evidence_decides() {
        let mut network = Network::new(2);
        network.lean(0, 1);
        network.lean(1, -1);
        assert_eq!(network.inside(), vec![true, false]);
    }
}
