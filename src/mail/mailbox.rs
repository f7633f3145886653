//! The mailbox of development: what would have been sent, for developers to read.

use super::message::Message;
use crate::db::{Statement, row};

/// Mails that are kept.
const KEPT: i64 = 200;

/// Mails that are shown at once.
const SHOWN: i64 = 50;

/// Puts a mail into the mailbox, once however often it is sent.
pub fn deliver(id: &str, message: &Message, now: i64) -> Vec<Statement> {
    let insert = Statement::new(
        "insert into mailbox (id, to_address, subject, text, html, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (id) do nothing",
    );
    let forget_old = Statement::new(
        "delete from mailbox
         where created_at < (
           select created_at
           from mailbox
           where created_at > 0
           order by created_at desc
           limit 1 offset ?1
         )",
    );
    vec![
        insert
            .bind(id)
            .bind(&message.to)
            .bind(&message.subject)
            .bind(&message.text)
            .bind(&message.html)
            .bind(now),
        forget_old.bind(KEPT - 1),
    ]
}

row! {
    /// A mail in the mailbox.
    #[derive(Debug)]
    pub struct MailboxRow {
        /// The mail.
        pub id: String,
        /// Whom it is for.
        pub to_address: String,
        /// What it is about.
        pub subject: String,
        /// Its plain text.
        pub text: String,
        /// The same as HTML.
        pub html: String,
        /// When it arrived, milliseconds since 1970.
        pub created_at: i64,
    }
}

/// The newest mails, all or those for one address.
pub fn list_mailbox(to: Option<&str>) -> Statement {
    Statement::new(
        "select id, to_address, subject, text, html, created_at
         from mailbox
         where created_at > 0 and (?1 is null or to_address = ?1)
         order by created_at desc
         limit ?2",
    )
    .bind(to)
    .bind(SHOWN)
}
