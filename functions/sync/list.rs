//! Lists of a collection: what changed last first.

use axum::response::Response;
use deserr::Deserr;
use utoipa::IntoParams;

use super::collection::Collection;
use super::db::{self, Count, Filter, RecordRow};
use super::fields::parse_time;
use super::records::answer;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, FieldError, Result};
use crate::http::{FieldErrors, Input, Paging, Text, present_page};

/// Times that a list is limited to, such as `2024-12-13T10:30:00Z` or `2024-12-13`.
#[derive(Debug, Default, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct Times {
    /// The date of a mood or journal, or the making of a goal: from this time on.
    #[param(value_type = Option<String>)]
    #[deserr(default)]
    from: Option<Text<1, 40>>,
    /// Up to this time; a date counts to its end.
    #[param(value_type = Option<String>)]
    #[deserr(default)]
    to: Option<Text<1, 40>>,
    /// Only what was written, or came, at this time or later.
    #[param(value_type = Option<String>)]
    #[deserr(default)]
    updated_since: Option<Text<1, 40>>,
}

impl Input for Times {}

impl Times {
    fn filter(&self) -> Result<Filter> {
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        let mut errors = Vec::new();
        let mut read = |name: &str, text: &Option<Text<1, 40>>| {
            let text = text.as_ref()?;
            let time = parse_time(&text.0);
            if time.is_none() {
                let message = "Must be a time such as 2024-12-13T10:30:00Z";
                errors.push(FieldError::invalid(name, message));
            }
            time
        };
        let is_date = |text: &Text<1, 40>| !text.0.contains(['T', 't']);
        let filter = Filter {
            from: read("from", &self.from),
            to: read("to", &self.to).map(|to| match &self.to {
                Some(text) if is_date(text) => to + DAY_MS - 1,
                // Times on the wire have whole seconds, those that are stored may have more.
                _ if to % 1000 == 0 => to + 999,
                _ => to,
            }),
            updated_since: read("updated_since", &self.updated_since),
        };
        match errors.is_empty() {
            true => Ok(filter),
            false => Err(Error::Validation(errors)),
        }
    }
}

/// A page of a collection.
pub async fn list(
    context: &Context,
    caller: Caller,
    collection: Collection,
    times: &Times,
    paging: &Paging,
) -> Result<Response> {
    let filter = times.filter()?;
    let (user_id, name) = (&caller.user_id, collection.name());
    let statements = vec![
        db::list_records(user_id, name, &filter, paging),
        db::count_records(user_id, name, &filter, paging),
    ];
    let (_, mut batch) = context
        .db()?
        .batch_as(&caller, context.now_ms(), statements)
        .await?;
    let mut records = Vec::new();
    for row in batch.all::<RecordRow>(0)? {
        records.push(answer(collection, &row.id, user_id, &row.record()?));
    }
    let total = batch.first::<Count>(1)?.map_or(0, |count| count.total);
    Ok(present_page(
        context,
        name,
        records,
        paging.pagination(total),
    ))
}
