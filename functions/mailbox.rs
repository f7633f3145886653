//! The mailbox of development: what would have been sent, as the page /mailbox/ shows it.

use deserr::Deserr;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::config::Environment;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{FieldErrors, Input, Json, Query, Routes, public, route};
use crate::limits::POLLING;
use crate::mail::{MailboxRow, list_mailbox};
use crate::openapi::ErrorAnswers;
use crate::time::rfc3339;

/// The routes of this area.
pub fn routes() -> Routes {
    Routes::new().add(public(&POLLING), route!(show_mailbox))
}

/// Which mails.
#[derive(Debug, Default, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
struct MailboxQuery {
    /// Only those for this address.
    #[deserr(default)]
    to: Option<String>,
}

impl Input for MailboxQuery {}

/// The newest mails first.
#[derive(Serialize, ToSchema)]
struct Mailbox {
    mails: Vec<Mail>,
}

/// A mail that was not sent but put here.
#[derive(Serialize, ToSchema)]
struct Mail {
    id: String,
    to: String,
    subject: String,
    /// Plain text.
    text: String,
    /// The same as HTML.
    html: String,
    received_at: String,
}

impl From<MailboxRow> for Mail {
    fn from(row: MailboxRow) -> Self {
        Self {
            id: row.id,
            to: row.to_address,
            subject: row.subject,
            text: row.text,
            html: row.html,
            received_at: rfc3339(row.created_at),
        }
    }
}

/// Read the mails that would have been sent. Only in development; elsewhere there is nothing here.
#[utoipa::path(get, path = "/api/v1/dev/mailbox", tag = "development", params(MailboxQuery),
    responses((status = 200, body = Mailbox), ErrorAnswers))]
async fn show_mailbox(
    context: Context,
    Query(query): Query<MailboxQuery>,
) -> Result<Json<Mailbox>> {
    if context.config().environment != Environment::Development {
        return Err(Error::NotFound("There is nothing at this address".into()));
    }
    let to = query.to.map(|to| to.trim().to_lowercase());
    let rows: Vec<MailboxRow> = context.db()?.all(list_mailbox(to.as_deref())).await?;
    let mails = rows.into_iter().map(Mail::from).collect();
    Ok(Json(Mailbox { mails }))
}
