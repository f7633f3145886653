//! Lanes and a database that exist only here, driven by hand.

use std::cell::{Cell, RefCell};
use std::future::{pending, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::Waker;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone, PartialEq)]
struct Ask {
    lane: usize,
    number: usize,
    statements: usize,
}

impl Question for Ask {
    fn load(&self) -> Load {
        Load {
            statements: self.statements,
            bytes: 1,
        }
    }
}

const MOST: Load = Load {
    statements: 10,
    bytes: 1000,
};

type Answer = Result<(usize, usize), String>;
type Lane = LocalBoxFuture<'static, Vec<Answer>>;

/// A lane that asks `count` times, one after the other.
fn lane(group: &Group<Ask, Answer>, lane: usize, count: usize, statements: usize) -> Lane {
    let group = group.clone();
    async move {
        let mut answers = Vec::new();
        for number in 0..count {
            let ask = Ask {
                lane,
                number,
                statements,
            };
            answers.push(group.ask(ask).unwrap().await.unwrap());
        }
        answers
    }
    .boxed_local()
}

/// What the database was asked, trip by trip.
type Trips = Rc<RefCell<Vec<Vec<Ask>>>>;

/// Polls to the end; a future that never gets there fails the test.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut task = Context::from_waker(Waker::noop());
    for _ in 0..100_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
    }
    panic!("stuck");
}

/// A database that takes one turn of the executor to answer.
fn answering(trips: &Trips) -> impl Fn(Vec<Ask>) -> LocalBoxFuture<'static, Vec<Answer>> {
    let trips = trips.clone();
    move |asks| {
        trips.borrow_mut().push(asks.clone());
        let answers = asks.iter().map(|ask| Ok((ask.lane, ask.number))).collect();
        turn().map(|()| answers).boxed_local()
    }
}

/// Not ready at first.
async fn turn() {
    let mut is_first = true;
    poll_fn(|task| {
        if std::mem::take(&mut is_first) {
            task.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

fn run(group: &Group<Ask, Answer>, lanes: Vec<Lane>, trips: &Trips) -> Vec<Vec<Answer>> {
    block_on(group.drive(lanes, MOST, answering(trips), pending))
}

#[test]
fn lanes_share_their_trips() {
    let (group, trips) = (Group::default(), Trips::default());
    let lanes = (0..5).map(|index| lane(&group, index, 3, 1)).collect();
    let outputs = run(&group, lanes, &trips);
    let sizes: Vec<_> = trips.borrow().iter().map(Vec::len).collect();
    assert_eq!(sizes, [5, 5, 5]);
    for (index, output) in outputs.iter().enumerate() {
        let expected: Vec<Answer> = (0..3).map(|number| Ok((index, number))).collect();
        assert_eq!(*output, expected);
    }
}

#[test]
fn lanes_of_different_length_take_as_many_trips_as_the_longest() {
    let (group, trips) = (Group::default(), Trips::default());
    let lanes = (0..5).map(|index| lane(&group, index, index, 1)).collect();
    run(&group, lanes, &trips);
    let sizes: Vec<_> = trips.borrow().iter().map(Vec::len).collect();
    assert_eq!(sizes, [4, 3, 2, 1]);
}

#[test]
fn a_trip_carries_only_what_it_can() {
    let (group, trips) = (Group::default(), Trips::default());
    let lanes = (0..5).map(|index| lane(&group, index, 1, 4)).collect();
    run(&group, lanes, &trips);
    let sizes: Vec<_> = trips.borrow().iter().map(Vec::len).collect();
    assert_eq!(sizes, [2, 2, 1]);
}

#[test]
fn a_question_that_is_too_large_travels_alone() {
    let (group, trips) = (Group::default(), Trips::default());
    let lanes = vec![lane(&group, 0, 1, 100), lane(&group, 1, 1, 1)];
    run(&group, lanes, &trips);
    let sizes: Vec<_> = trips.borrow().iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 1]);
}

#[test]
fn nobody_waits_for_a_lane_that_is_busy_elsewhere() {
    let (group, trips) = (Group::default(), Trips::default());
    let is_done = Rc::new(Cell::new(false));
    let done = is_done.clone();
    let busy = async move {
        // Ends only when the other lane has its answers.
        while !done.get() {
            turn().await;
        }
        Vec::new()
    };
    let quick = lane(&group, 0, 2, 1).map(move |answers| {
        is_done.set(true);
        answers
    });
    let lanes: Vec<Lane> = vec![busy.boxed_local(), quick.boxed_local()];
    let outputs = block_on(group.drive(lanes, MOST, answering(&trips), turn));
    assert_eq!(outputs[1].len(), 2);
    assert_eq!(trips.borrow().len(), 2);
}

#[test]
fn what_is_asked_by_nobody_in_particular_is_answered_too() {
    let (group, trips) = (Group::default(), Trips::default());
    let asking = group.clone();
    let kept = Rc::new(RefCell::new(None));
    let left = kept.clone();
    let lane = async move {
        let ask = Ask {
            lane: 7,
            number: 0,
            statements: 1,
        };
        *left.borrow_mut() = asking.ask(ask).ok();
        Vec::new()
    };
    run(&group, vec![lane.boxed_local()], &trips);
    let receiver = kept.borrow_mut().take().unwrap();
    assert_eq!(block_on(receiver), Ok(Ok((7, 0))));
}

#[test]
fn a_group_that_nobody_drives_takes_no_question() {
    let group: Group<Ask, Answer> = Group::default();
    let ask = || Ask {
        lane: 0,
        number: 0,
        statements: 1,
    };
    assert!(group.ask(ask()).is_err());
    run(
        &group,
        vec![ready(Vec::new()).boxed_local()],
        &Trips::default(),
    );
    assert!(group.ask(ask()).is_err());
}

#[test]
fn a_group_that_is_dropped_half_way_lets_nobody_wait() {
    let group: Group<Ask, Answer> = Group::default();
    let asking = lane(&group, 0, 1, 1);
    let stuck: Lane = pending::<Vec<Answer>>().boxed_local();
    let mut driven = Box::pin(group.drive(
        vec![asking, stuck],
        MOST,
        |_| pending::<Vec<Answer>>(),
        pending,
    ));
    assert!(driven.as_mut().now_or_never().is_none());
    drop(driven);
    assert!(group.state().waiting.is_empty());
    assert!(!group.state().is_driven);
}

/// A database that refuses a batch with a poisonous question as a whole.
async fn refusing(
    asks: Vec<Ask>,
    poisonous: &[usize],
    trips: &Cell<usize>,
) -> Result<Vec<usize>, String> {
    trips.set(trips.get() + 1);
    turn().await;
    if asks.iter().any(|ask| poisonous.contains(&ask.lane)) {
        return Err("SQLITE_CONSTRAINT".into());
    }
    Ok(asks.into_iter().map(|ask| ask.lane).collect())
}

proptest! {
    #[test]
    fn the_poisonous_fail_alone(count in 1usize..120, poisonous in prop::collection::btree_set(0usize..120, 0..4)) {
        let poisonous: Vec<_> = poisonous.into_iter().collect();
        let asks: Vec<_> = (0..count).map(|lane| Ask { lane, number: 0, statements: 1 }).collect();
        let trips = Cell::new(0);
        let answers = block_on(ask_apart(&asks, |asks| refusing(asks, &poisonous, &trips), |_: &String| true));
        prop_assert_eq!(answers.len(), count);
        for (lane, answer) in answers.iter().enumerate() {
            if poisonous.contains(&lane) {
                prop_assert!(answer.is_err());
            } else {
                prop_assert_eq!(answer, &Ok(lane));
            }
        }
        // Two halves on each of seven levels.
        let bad = poisonous.iter().filter(|lane| **lane < count).count();
        prop_assert!(trips.get() <= 1 + bad * 14);
    }

    #[test]
    fn every_question_gets_its_own_answer(counts in prop::collection::vec(0usize..5, 1..12), statements in 1usize..12) {
        let (group, trips) = (Group::default(), Trips::default());
        let lanes = counts.iter().enumerate().map(|(index, count)| lane(&group, index, *count, statements)).collect();
        let outputs = run(&group, lanes, &trips);
        for (index, (output, count)) in outputs.iter().zip(&counts).enumerate() {
            let expected: Vec<Answer> = (0..*count).map(|number| Ok((index, number))).collect();
            prop_assert_eq!(output, &expected);
        }
        prop_assert_eq!(trips.borrow().iter().flatten().count(), counts.iter().sum::<usize>());
    }
}

#[test]
fn what_may_have_been_done_is_not_done_again() {
    let asks: Vec<_> = (0..8)
        .map(|lane| Ask {
            lane,
            number: 0,
            statements: 1,
        })
        .collect();
    let trips = Cell::new(0);
    let lost = |_: Vec<Ask>| {
        trips.set(trips.get() + 1);
        ready(Err::<Vec<usize>, _>("the connection broke".to_owned()))
    };
    let is_fault_of_one = |error: &String| error.contains("SQLITE_");
    let answers = block_on(ask_apart(&asks, lost, is_fault_of_one));
    assert!(answers.iter().all(Result::is_err));
    assert_eq!((answers.len(), trips.get()), (8, 1));
}
