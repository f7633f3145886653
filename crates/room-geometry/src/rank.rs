//! Order statistics. The standard library's selection takes quadratic time over equal values when it
//! is built for size, as the Worker's is; scans with many equal coordinates are common.

use std::cmp::Ordering;

/// Slices of this length are sorted.
const SHORT: usize = 24;

/// The value that would stand at `rank` if the values were sorted, or `None` beyond them. Reorders
/// them: smaller ones stand before it and larger ones after it.
///
/// Quickselect with a partition into smaller, equal and larger (Hoare 1961, Dijkstra 1976), pivots at
/// pseudorandom places: linear time on average, whatever the values.
pub fn nth<T: Copy>(values: &mut [T], rank: usize, order: fn(&T, &T) -> Ordering) -> Option<T> {
    let (mut from, mut to) = (0, values.len());
    if rank >= to {
        return None;
    }
    let mut place = 0x9E37_79B9_7F4A_7C15_u64;
    while to - from > SHORT {
        place = place
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let pivot = values[from + ((place >> 33) as usize) % (to - from)];
        let (smaller, larger) = partition(&mut values[from..to], &pivot, order);
        if rank < from + smaller {
            to = from + smaller;
        } else if rank >= from + larger {
            from += larger;
        } else {
            return Some(pivot);
        }
    }
    values[from..to].sort_unstable_by(order);
    Some(values[rank])
}

/// Smaller values first, then those that equal the pivot, then larger ones: where the equal ones
/// begin and end.
fn partition<T: Copy>(
    values: &mut [T],
    pivot: &T,
    order: fn(&T, &T) -> Ordering,
) -> (usize, usize) {
    let (mut smaller, mut at, mut larger) = (0, 0, values.len());
    while at < larger {
        match order(&values[at], pivot) {
            Ordering::Less => {
                values.swap(at, smaller);
                smaller += 1;
                at += 1;
            }
            Ordering::Equal => at += 1,
            Ordering::Greater => {
                larger -= 1;
                values.swap(at, larger);
            }
        }
    }
    (smaller, larger)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_what_sorting_would_find(values in prop::collection::vec(-20_i32..20, 0..300), rank in 0_usize..320) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let mut reordered = values;
            prop_assert_eq!(nth(&mut reordered, rank, i32::cmp), sorted.get(rank).copied());
            reordered.sort_unstable();
            prop_assert_eq!(reordered, sorted);
        }
    }

    #[test]
    fn a_million_equal_values_take_no_time() {
        let mut values = vec![1.5_f32; 1_000_000];
        assert_eq!(nth(&mut values, 499_999, f32::total_cmp), Some(1.5));
    }
}
