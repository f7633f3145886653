//! What one handler asks in one go, and how several such parts travel in one batch.

use super::row::Columns;

use super::group::{Load, Question};
use super::keyed_run::{KeyedRun, Woven};
use super::statement::Statement;

/// A question about the caller's session that every batch for the caller asks.
#[derive(Debug, Clone)]
pub struct SessionCheck {
    /// Equal for equal questions of the same moment.
    pub name: String,
    /// The session's row; none if it does not live.
    pub session: Statement,
    /// Fails, and with it the whole batch, when something else of the caller is not good.
    pub assertion: Option<Statement>,
}

/// What one handler asks in one go.
#[derive(Debug, Clone)]
pub struct Part {
    check: Option<SessionCheck>,
    statements: Vec<Woven>,
}

impl Part {
    pub(super) fn new(
        check: Option<SessionCheck>,
        statements: Vec<Statement>,
        run: Option<&KeyedRun>,
        now: i64,
    ) -> Self {
        let statements = match run {
            Some(run) => run.weave(statements, now),
            None => statements.into_iter().map(Woven::asked).collect(),
        };
        Self { check, statements }
    }
}

impl Question for Part {
    fn load(&self) -> Load {
        let bytes = self.statements.iter().map(|woven| woven.statement.bytes());
        Load {
            // The check may have to be asked for this part alone.
            statements: self.statements.len() + 2,
            bytes: bytes.sum(),
        }
    }
}

/// What the database said to a [`Part`].
#[derive(Debug, Clone)]
pub struct PartAnswer {
    /// The rows of its check.
    pub session: Vec<Columns>,
    /// The rows of each of its statements.
    pub sets: Vec<Vec<Columns>>,
}

/// Where in a batch the answers stand.
pub(super) struct Trip {
    /// Statements of checks, before those of the parts.
    checks: usize,
    places: Vec<Place>,
}

/// One part in a batch.
struct Place {
    check: Option<usize>,
    /// For each result of the part, in order, whether it was asked for.
    is_asked: Vec<bool>,
}

impl Trip {
    /// The statements of all parts: first every different check, once, then the parts in order.
    pub(super) fn of(parts: Vec<Part>) -> (Self, Vec<Statement>) {
        let mut checks: Vec<SessionCheck> = Vec::new();
        let mut places = Vec::with_capacity(parts.len());
        let mut asked = Vec::new();
        for part in parts {
            let check = part.check.map(|check| {
                let known = checks.iter().position(|known| known.name == check.name);
                known.unwrap_or_else(|| {
                    checks.push(check);
                    checks.len() - 1
                })
            });
            let is_asked = part.statements.iter().map(|woven| woven.is_asked).collect();
            places.push(Place { check, is_asked });
            asked.extend(part.statements.into_iter().map(|woven| woven.statement));
        }
        // Sessions first, so that a caller may end the own one.
        let (sessions, assertions): (Vec<_>, Vec<_>) = checks
            .into_iter()
            .map(|check| (check.session, check.assertion))
            .unzip();
        let mut statements = sessions;
        statements.extend(assertions.into_iter().flatten());
        let checks = statements.len();
        statements.extend(asked);
        (Self { checks, places }, statements)
    }

    /// Hands the results back to the parts.
    pub(super) fn read(self, mut sets: Vec<Vec<Columns>>) -> Vec<PartAnswer> {
        let rest = sets.split_off(self.checks.min(sets.len()));
        let mut rest = rest.into_iter();
        let places = self.places.into_iter();
        places
            .map(|place| PartAnswer {
                session: place
                    .check
                    .and_then(|check| sets.get(check).cloned())
                    .unwrap_or_default(),
                sets: rest
                    .by_ref()
                    .take(place.is_asked.len())
                    .zip(place.is_asked)
                    .filter_map(|(set, is_asked)| is_asked.then_some(set))
                    .collect(),
            })
            .collect()
    }
}
