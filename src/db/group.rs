//! Group commit: the batches of handlers that run side by side become one.
//!
//! Each lane is a future that works for itself. What it asks the database waits here until no lane
//! can go on without an answer, or until the first question has waited long enough for lanes that
//! are busy elsewhere; then all questions are asked together. So the trips to the database are as
//! many as the longest lane needs, not as many as there are lanes.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures::channel::oneshot;

/// What one trip can carry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Statements.
    pub statements: usize,
    /// Bytes of text and values.
    pub bytes: usize,
}

/// A question that has a size.
pub trait Question {
    /// How much it takes of a trip.
    fn load(&self) -> Load;
}

/// Where the questions of lanes meet. Cheap to clone.
pub struct Group<Q, A>(Arc<Mutex<State<Q, A>>>);

struct State<Q, A> {
    /// Whether somebody will ask the questions.
    is_driven: bool,
    waiting: Vec<(Q, oneshot::Sender<A>)>,
}

impl<Q, A> Clone for Group<Q, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q, A> Default for Group<Q, A> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State {
            is_driven: false,
            waiting: Vec::new(),
        })))
    }
}

impl<Q: Question, A> Group<Q, A> {
    fn state(&self) -> MutexGuard<'_, State<Q, A>> {
        // A lane that panicked leaves a list that is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a question here; what comes back is its answer.
    ///
    /// # Errors
    /// The question itself, when nobody drives the group (any more).
    pub fn ask(&self, question: Q) -> Result<oneshot::Receiver<A>, Q> {
        let mut state = self.state();
        if !state.is_driven {
            return Err(question);
        }
        let (sender, receiver) = oneshot::channel();
        state.waiting.push((question, sender));
        Ok(receiver)
    }

    /// Runs the lanes to their ends. `trip` answers questions, one answer each and in order;
    /// `patience` is how long a question waits for lanes that are busy elsewhere.
    pub async fn drive<F, T, P>(
        &self,
        lanes: Vec<F>,
        most: Load,
        trip: impl Fn(Vec<Q>) -> T,
        patience: impl Fn() -> P,
    ) -> Vec<F::Output>
    where
        F: Future,
        T: Future<Output = Vec<A>>,
        P: Future<Output = ()>,
    {
        let mut outputs: Vec<_> = lanes.iter().map(|_| None).collect();
        let mut lanes: Vec<_> = lanes.into_iter().map(Box::pin).enumerate().collect();
        let mut flight: Option<Flight<T, A>> = None;
        let mut alarm: Option<Pin<Box<P>>> = None;
        self.state().is_driven = true;
        let _closing = Closing(self);
        poll_fn(|task| {
            loop {
                // All of them, whichever was woken: a trip wakes most, and asking costs little.
                lanes.retain_mut(|(index, lane)| match lane.as_mut().poll(task) {
                    Poll::Ready(output) => {
                        outputs[*index] = Some(output);
                        false
                    }
                    Poll::Pending => true,
                });
                if let Some(landed) = &mut flight {
                    if landed.poll(task).is_pending() {
                        return Poll::Pending;
                    }
                    flight = None;
                    continue;
                }
                let waiting = self.state().waiting.len();
                if waiting == 0 {
                    alarm = None;
                    if lanes.is_empty() {
                        return Poll::Ready(());
                    }
                    return Poll::Pending;
                }
                let is_time = waiting >= lanes.len() || {
                    let alarm = alarm.get_or_insert_with(|| Box::pin(patience()));
                    alarm.as_mut().poll(task).is_ready()
                };
                if !is_time {
                    return Poll::Pending;
                }
                alarm = None;
                let (questions, senders) = self.take(most).into_iter().unzip();
                flight = Some(Flight {
                    trip: Box::pin(trip(questions)),
                    senders,
                });
            }
        })
        .await;
        outputs.into_iter().flatten().collect()
    }

    /// The questions of the next trip: at least one, and as many as it can carry.
    fn take(&self, most: Load) -> Vec<(Q, oneshot::Sender<A>)> {
        let mut state = self.state();
        let mut sum = Load::default();
        let fitting = state.waiting.iter().take_while(|(question, _)| {
            let load = question.load();
            sum.statements += load.statements;
            sum.bytes += load.bytes;
            sum.statements <= most.statements && sum.bytes <= most.bytes
        });
        let count = fitting.count().clamp(1, state.waiting.len());
        state.waiting.drain(..count).collect()
    }
}

/// A group whose lanes were dropped half way must not take questions.
struct Closing<'a, Q: Question, A>(&'a Group<Q, A>);

impl<Q: Question, A> Drop for Closing<'_, Q, A> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.is_driven = false;
        state.waiting.clear();
    }
}

/// A trip that is under way, and who waits for it.
struct Flight<T, A> {
    trip: Pin<Box<T>>,
    senders: Vec<oneshot::Sender<A>>,
}

impl<T: Future<Output = Vec<A>>, A> Flight<T, A> {
    fn poll(&mut self, task: &mut Context<'_>) -> Poll<()> {
        self.trip.as_mut().poll(task).map(|answers| {
            for (sender, answer) in self.senders.drain(..).zip(answers) {
                // Who asked may be gone.
                let _ = sender.send(answer);
            }
        })
    }
}

/// Asks all questions at once; when that fails because of one of them, in halves and halves of
/// halves, so that it fails alone.
pub async fn ask_apart<Q: Clone, A, E: Clone, T>(
    questions: &[Q],
    trip: impl Fn(Vec<Q>) -> T,
    is_fault_of_one: impl Fn(&E) -> bool,
) -> Vec<Result<A, E>>
where
    T: Future<Output = Result<Vec<A>, E>>,
{
    let mut answers = Vec::with_capacity(questions.len());
    let mut rest = vec![questions];
    while let Some(part) = rest.pop() {
        match trip(part.to_vec()).await {
            Ok(found) => answers.extend(found.into_iter().map(Ok)),
            Err(error) if part.len() > 1 && is_fault_of_one(&error) => {
                let (first, second) = part.split_at(part.len() / 2);
                rest.extend([second, first]);
            }
            Err(error) => answers.extend(part.iter().map(|_| Err(error.clone()))),
        }
    }
    answers
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
