//! In which order a batch is carried out.

use crate::Millis;

/// What decides on the place of an operation.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// 1 to 4, the urgent first; 0 counts as 4.
    pub priority: u8,
    /// When it was queued.
    pub created_at: Millis,
    /// Its number in the device's queue.
    pub number: Option<u64>,
    /// What it is about: no operation overtakes another on the same.
    pub resource: &'a str,
    /// Positions of those that it needs.
    pub needs: &'a [usize],
}

/// The order of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Positions, first to last; each once.
    pub positions: Vec<usize>,
    /// Those that need themselves, by way of others.
    pub circular: Vec<usize>,
}

/// By priority, then age, then position; but none before what it needs, or before an earlier one
/// on the same resource. Those become as urgent as what waits for them.
///
/// Looks at each pair of operations, for batches are small.
pub fn order(places: &[Place<'_>]) -> Order {
    let before = predecessors(places);
    let urgency = urgencies(places, &before);
    let rank = |at: &usize| (urgency[*at], places[*at].created_at, *at);
    let mut done = vec![false; places.len()];
    let mut order = Order {
        positions: Vec::with_capacity(places.len()),
        circular: Vec::new(),
    };
    while order.positions.len() < places.len() {
        let left = || (0..places.len()).filter(|&at| !done[at]);
        let is_ready = |at: &usize| before[*at].iter().all(|&earlier| done[earlier]);
        let next = left().filter(is_ready).min_by_key(rank);
        let next = next.unwrap_or_else(|| {
            let first = left().min_by_key(rank).unwrap_or_default();
            let at = on_a_circle(first, &before, &done);
            order.circular.push(at);
            at
        });
        done[next] = true;
        order.positions.push(next);
    }
    order
}

/// The batch in waves: what is in one may happen side by side, what is in the next comes after it.
/// The more urgent come in earlier waves, and so does what others need. Of two in a row on the same
/// resource the second comes in a later wave, unless the two may share one.
pub fn waves(places: &[Place<'_>], may_share: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let before = predecessors(places);
    let urgency = urgencies(places, &before);
    let mut wave_of = vec![0; places.len()];
    let mut waves: Vec<Vec<usize>> = Vec::new();
    let (mut first, mut current) = (0, 0);
    for at in order(places).positions {
        if urgency[at] > current {
            (first, current) = (waves.len(), urgency[at]);
        }
        let after = before[at].iter().map(|&earlier| {
            let shares = may_share(earlier, at) && !places[at].needs.contains(&earlier);
            wave_of[earlier] + usize::from(!shares)
        });
        // One that is needed by what it needs has no wave yet.
        let wave = after.fold(first, usize::max).min(waves.len());
        wave_of[at] = wave;
        if wave >= waves.len() {
            waves.push(Vec::new());
        }
        if let Some(wave) = waves.get_mut(wave) {
            wave.push(at);
        }
    }
    waves
}

/// What must come before each: what it needs, and the previous one on its resource.
fn predecessors(places: &[Place<'_>]) -> Vec<Vec<usize>> {
    let of = |at: usize| {
        let place = &places[at];
        let is_known = |needed: &usize| *needed < places.len();
        let mut before: Vec<usize> = place.needs.iter().copied().filter(is_known).collect();
        let mates = || (0..places.len()).filter(|&mate| places[mate].resource == place.resource);
        let are_numbered = mates().all(|mate| places[mate].number.is_some());
        let turn = |mate: &usize| match places[*mate].number {
            Some(number) if are_numbered => (number, 0, *mate),
            _ => (0, places[*mate].created_at, *mate),
        };
        let earlier = mates().filter(|mate| turn(mate) < turn(&at));
        before.extend(earlier.max_by_key(turn));
        before
    };
    (0..places.len()).map(of).collect()
}

fn urgencies(places: &[Place<'_>], before: &[Vec<usize>]) -> Vec<u8> {
    let mut urgency: Vec<u8> = places
        .iter()
        .map(|place| match place.priority {
            0 => 4,
            priority => priority.min(4),
        })
        .collect();
    let mut open: Vec<usize> = (0..places.len()).collect();
    while let Some(at) = open.pop() {
        for &earlier in &before[at] {
            if urgency[earlier] > urgency[at] {
                urgency[earlier] = urgency[at];
                open.push(earlier);
            }
        }
    }
    urgency
}

/// One of a circle, found from one that waits for it.
fn on_a_circle(start: usize, before: &[Vec<usize>], done: &[bool]) -> usize {
    let mut seen = vec![false; done.len()];
    let mut at = start;
    while !seen[at] {
        seen[at] = true;
        match before[at].iter().find(|&&earlier| !done[earlier]) {
            Some(&earlier) => at = earlier,
            None => break,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(priority: u8, created_at: Millis, resource: &str) -> Place<'_> {
        Place {
            priority,
            created_at,
            number: None,
            resource,
            needs: &[],
        }
    }

    #[test]
    fn the_urgent_come_first_and_zero_is_the_last_priority() {
        let places = [
            place(0, 1, "a"),
            place(4, 0, "b"),
            place(3, 9, "c"),
            place(1, 9, "d"),
            place(1, 8, "e"),
            place(200, 1, "f"),
        ];
        assert_eq!(order(&places).positions, [4, 3, 2, 1, 0, 5]);
    }

    #[test]
    fn nothing_overtakes_on_the_same_resource() {
        let places = [place(4, 1, "a"), place(1, 2, "a"), place(2, 1, "b")];
        assert_eq!(order(&places).positions, [0, 1, 2]);
    }

    #[test]
    fn numbers_say_more_than_clocks() {
        let first = Place {
            number: Some(1),
            ..place(4, 100, "a")
        };
        let second = Place {
            number: Some(2),
            ..place(4, 50, "a")
        };
        assert_eq!(order(&[second, first]).positions, [1, 0]);
    }

    #[test]
    fn what_is_needed_comes_first() {
        let needs = Place {
            needs: &[1],
            ..place(1, 1, "a")
        };
        let places = [needs, place(4, 9, "b"), place(2, 0, "c")];
        assert_eq!(order(&places).positions, [1, 0, 2]);
    }

    #[test]
    fn a_circle_costs_one_of_its_members() {
        let on = |resource, needs| Place {
            needs,
            ..place(4, 1, resource)
        };
        let places = [on("a", &[1]), on("b", &[0]), on("c", &[0]), on("d", &[])];
        let order = order(&places);
        assert_eq!(order.circular.len(), 1);
        assert!(order.circular[0] < 2);
        assert_eq!(order.positions.len(), 4);
        let itself = [on("a", &[0])];
        assert_eq!(super::order(&itself).circular, [0]);
    }

    #[test]
    fn waves_are_few_and_keep_the_order() {
        let places = [
            place(4, 1, "a"),
            place(4, 2, "a"),
            place(4, 3, "b"),
            place(1, 9, "c"),
        ];
        let apart = waves(&places, |_, _| false);
        assert_eq!(apart, [vec![3], vec![0, 2], vec![1]]);
        let together = waves(&places, |_, _| true);
        assert_eq!(together, [vec![3], vec![0, 1, 2]]);
        let needing = [
            Place {
                needs: &[1],
                ..place(4, 0, "a")
            },
            place(4, 1, "b"),
        ];
        assert_eq!(waves(&needing, |_, _| true), [vec![1], vec![0]]);
    }

    proptest! {
        #[test]
        fn each_comes_once_and_in_its_turn(
            raw in prop::collection::vec((0u8..6, 0i64..5, prop::option::of(1u64..9), 0u8..4, prop::collection::vec(0usize..12, 0..3)), 0..12)
        ) {
            let names = ["a", "b", "c", "d"];
            let places: Vec<_> = raw.iter().map(|(priority, created_at, number, resource, needs)| Place {
                priority: *priority, created_at: *created_at, number: *number,
                resource: names[usize::from(*resource)], needs,
            }).collect();
            let order = order(&places);
            let mut sorted = order.positions.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..places.len()).collect::<Vec<_>>());
            let waves = waves(&places, |_, _| false);
            let wave = |at: usize| waves.iter().position(|wave| wave.contains(&at));
            prop_assert_eq!(waves.iter().map(Vec::len).sum::<usize>(), places.len());
            prop_assert!(waves.iter().all(|wave| !wave.is_empty()));
            let turn = |at: usize| order.positions.iter().position(|&other| other == at);
            let before = predecessors(&places);
            for (at, earlier) in before.iter().enumerate() {
                if order.circular.contains(&at) { continue; }
                for &other in earlier {
                    prop_assert!(turn(other) < turn(at), "{other} before {at} in {:?}", order);
                    if order.circular.is_empty() {
                        prop_assert!(wave(other) < wave(at), "{other} before {at} in {:?}", waves);
                    }
                }
            }
        }
    }
}
