//! What the mails say. No word in them comes from a client: a name or a text of somebody else's
//! choice would make us the sender of that person's advertisement.

use serde::Deserialize;
use serde_json::Value;

use super::link::Purpose;
use super::message::{Message, Paragraph};
use crate::db::Column;

/// Which mail; the column `template`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// The password was forgotten.
    ResetPassword,
    /// An address is to be verified.
    VerifyEmail,
    /// The password was changed.
    PasswordChanged,
}

impl Column for Template {
    fn read(value: Value) -> Option<Self> {
        serde_json::from_value(value).ok()
    }
}

impl Template {
    /// What its link is for, if it has one.
    pub fn purpose(self) -> Option<Purpose> {
        match self {
            Self::ResetPassword => Some(Purpose::ResetPassword),
            Self::VerifyEmail => Some(Purpose::VerifyEmail),
            Self::PasswordChanged => None,
        }
    }

    /// The mail; `link` is where its link leads.
    pub fn write(self, to: &str, base_url: &str, link: &str) -> Message {
        use Paragraph::{Link, Text};
        match self {
            Self::ResetPassword => Message::new(
                to,
                "Reset your Outpost password",
                &[
                    Text("Somebody asked to reset the password of your Outpost account."),
                    Link {
                        label: "Choose a new password",
                        url: link,
                    },
                    Text(
                        "The link works once, for one hour. All devices will be signed out, and \
                         you sign in with the new password.",
                    ),
                    Text(
                        "You did not ask for this? Then do nothing: your password stays as it is.",
                    ),
                ],
            ),
            Self::VerifyEmail => Message::new(
                to,
                "Confirm your email address",
                &[
                    Text("This address was given for an Outpost account."),
                    Link {
                        label: "Confirm that it is yours",
                        url: link,
                    },
                    Text("The link works for three days."),
                    Text(
                        "You have no Outpost account? Then do nothing: the address stays \
                         unconfirmed.",
                    ),
                ],
            ),
            Self::PasswordChanged => Message::new(
                to,
                "Your Outpost password was changed",
                &[
                    Text("The password of your Outpost account was changed just now."),
                    Text("If it was you, there is nothing to do."),
                    Text("If it was not you, take your account back: ask for a new password."),
                    Link {
                        label: "Ask for a new password",
                        url: &format!("{base_url}/reset-password/"),
                    },
                ],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Template; 3] = [
        Template::ResetPassword,
        Template::VerifyEmail,
        Template::PasswordChanged,
    ];

    #[test]
    fn the_link_stands_in_both_bodies_of_a_mail_that_has_one() {
        for template in ALL {
            let link = "https://example.org/page/#token=a.b.c";
            let message = template.write("anna@example.org", "https://example.org", link);
            let has_link = template.purpose().is_some();
            assert_eq!(message.text.contains(link), has_link, "{template:?}");
            assert_eq!(message.html.contains(link), has_link, "{template:?}");
            assert!(message.text.contains("not") && message.text.contains("you"));
        }
    }

    #[test]
    fn links_are_named_in_the_database_as_their_mails() {
        for template in ALL {
            if let Some(purpose) = template.purpose() {
                let named: Template = serde_json::from_value(purpose.as_str().into()).unwrap();
                assert_eq!(named, template);
            }
        }
    }
}
