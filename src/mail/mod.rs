//! Mail: written down with the change that it is about, sent by a job, delivered by a provider or,
//! in development, into a mailbox that developers read.
//!
//! A link in a mail carries a token that is signed while the mail is sent, so nothing secret is
//! stored. Its row in `one_time_tokens` decides whether it counts: once, for as long as it says,
//! unless a newer one was sent or the user's address has changed.

mod clean_up;
mod delivery;
mod link;
mod mailbox;
mod message;
mod new_mail;
mod privacy;
mod resend;
mod template;

pub use clean_up::forget_old_mails;
pub use delivery::send_mail;
pub use link::read_link_token;
pub use mailbox::{MailboxRow, list_mailbox};
pub use new_mail::{MAILS_PERIOD_MS, NewMail};
pub use privacy::{erase_user, export_user};

/// The kind of the jobs that send mails; their subject is a row of `mails`.
pub const SEND_MAIL: &str = "mail.send";
