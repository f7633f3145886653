//! The job that sends a mail.

use super::link::Link;
use super::mailbox::deliver;
use super::message::Message;
use super::resend::Provider;
use super::template::Template;
use crate::config::Environment;
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::Result;
use crate::jobs::{Finished, JobError, Lease};
use crate::telemetry::Level;

/// What the user may read of a mail that was not sent; the reason is for the operator.
const NOT_SENT: &str = "The mail could not be sent";

row! {
    struct MailRow {
        id: String,
        user_id: String,
        template: Template,
        to_address: String,
        token_id: Option<String>,
        base_url: String,
        created_at: i64,
        sent_at: Option<i64>,
        is_wanted: i64,
    }
}

/// Sends the mail that the job is about, unless it was sent or its link counts no longer.
///
/// # Errors
/// Transient when the provider may take it later, permanent when it never will.
pub async fn send_mail(context: &Context, lease: &Lease) -> Result<Finished, JobError> {
    let find = find_mail(&lease.job.subject_id, context.now_ms());
    let mail: Option<MailRow> = context.db()?.first(find).await?;
    let mail = mail.ok_or_else(|| JobError::Permanent("The mail was deleted".into()))?;
    let provider = if mail.sent_at.is_none() && mail.is_wanted == 1 {
        match send(context, &mail).await {
            Err(JobError::Permanent(reason)) => {
                context
                    .record(Level::Error, format!("Mail {} was not sent", mail.id))
                    .with("error", reason)
                    .write();
                return Err(JobError::Permanent(NOT_SENT.into()));
            }
            sent => sent?,
        }
    } else {
        "none"
    };
    Ok(Finished {
        result_key: None,
        provider: provider.into(),
        cost_actual: context.meter().usage().cost_nano_dollars() as f64 / 1e9,
        processing_time_ms: context.now_ms() - lease.job.started_at,
    })
}

/// Sends the mail and writes that down; returns by whom.
async fn send(context: &Context, mail: &MailRow) -> Result<&'static str, JobError> {
    let provider = Provider::of(context)?;
    let message = mail.write(context).await?;
    let db = context.db()?;
    if let Some(provider) = provider {
        let provider_id = provider.send(&mail.id, &message).await?;
        let sent = mark_sent(&mail.id, provider_id, context.now_ms());
        db.batch(vec![sent]).await?;
        return Ok("resend");
    }
    if context.config().environment != Environment::Development {
        return Err(JobError::Permanent("EMAIL_API_KEY is not set".into()));
    }
    let now = context.now_ms();
    let mut statements = deliver(&mail.id, &message, now);
    statements.push(mark_sent(&mail.id, None, now));
    db.batch(statements).await?;
    Ok("mailbox")
}

impl MailRow {
    async fn write(&self, context: &Context) -> Result<Message> {
        // `PUBLIC_URL`: here is no request that could tell another one.
        let configured = context.public_url();
        let base_url = if configured.is_empty() {
            &self.base_url
        } else {
            &configured
        };
        let link = match (self.template.purpose(), &self.token_id) {
            (Some(purpose), Some(token_id)) => {
                let link = Link {
                    purpose,
                    token_id,
                    user_id: &self.user_id,
                    created_at: self.created_at,
                };
                link.url(context, base_url).await?
            }
            _ => String::new(),
        };
        Ok(self.template.write(&self.to_address, base_url, &link))
    }
}

fn find_mail(id: &str, now: i64) -> Statement {
    Statement::new(
        "select m.id, m.user_id, m.template, m.to_address, m.token_id, m.base_url, m.created_at,
           m.sent_at,
           m.token_id is null or exists (
             select 1
             from one_time_tokens t
             join users u on u.id = t.user_id
             where t.id = m.token_id
               and t.used_at is null
               and t.voided_at is null
               and t.expires_at > ?2
               and u.email = t.email
               and u.is_active = 1
           ) as is_wanted
         from mails m
         where m.id = ?1",
    )
    .bind(id)
    .bind(now)
}

fn mark_sent(id: &str, provider_id: Option<String>, now: i64) -> Statement {
    Statement::new(
        "update mails set sent_at = ?2, provider_id = ?3 where id = ?1 and sent_at is null",
    )
    .bind(id)
    .bind(now)
    .bind(provider_id)
}
