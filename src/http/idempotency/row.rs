//! What a row says about a request with the same key.

use crate::db::row;

row! {
    /// A row of `idempotency_keys`.
    #[derive(Debug, Default, Clone)]
    pub(super) struct KeyRow {
        pub day: i64,
        pub run_id: String,
        pub lease_until: i64,
        pub committed_at: Option<i64>,
        pub secret_id: String,
        pub request_hash: String,
        pub content_hash: Option<String>,
        pub answer: Option<String>,
    }
}

/// How a request stands to the row of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has the key.
    Mine,
    /// Another one has it, and may still be at work.
    Running,
    /// It was carried out before, and the answer is there.
    Answered,
    /// It was carried out before, at least in part, and nobody knows the answer.
    Lost,
    /// The key belongs to another request.
    Other,
}

impl KeyRow {
    pub fn standing(
        &self,
        run_id: &str,
        secret_id: &str,
        request_hash: &str,
        now: i64,
    ) -> Standing {
        // Of a row that was sealed with another secret nobody knows which request it is.
        let is_readable = self.secret_id == secret_id;
        let is_over = self.answer.is_some() || self.committed_at.is_some();
        if self.run_id == run_id {
            Standing::Mine
        } else if is_readable && self.request_hash != request_hash {
            Standing::Other
        } else if is_readable && self.answer.is_some() {
            Standing::Answered
        } else if is_over && (self.answer.is_some() || self.lease_until <= now) {
            Standing::Lost
        } else {
            Standing::Running
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_became_of_the_request() {
        let row = KeyRow {
            run_id: "first".into(),
            lease_until: 100,
            secret_id: "secret".into(),
            request_hash: "request".into(),
            ..KeyRow::default()
        };
        let of = |row: &KeyRow, now| row.standing("second", "secret", "request", now);
        let mine = row.standing("first", "secret", "request", 50);
        assert_eq!(mine, Standing::Mine);
        assert_eq!(of(&row, 50), Standing::Running);
        // Free to be taken over; until somebody has, it reads as running.
        assert_eq!(of(&row, 100), Standing::Running);

        let committed = KeyRow {
            committed_at: Some(60),
            ..row.clone()
        };
        assert_eq!(of(&committed, 99), Standing::Running);
        assert_eq!(of(&committed, 100), Standing::Lost);

        let answered = KeyRow {
            answer: Some("sealed".into()),
            ..committed
        };
        assert_eq!(of(&answered, 99), Standing::Answered);
        assert_eq!(
            answered.standing("second", "secret", "another", 99),
            Standing::Other
        );
        assert_eq!(
            answered.standing("second", "newer", "whatever", 99),
            Standing::Lost
        );
    }
}
