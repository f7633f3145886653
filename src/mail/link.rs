//! The tokens in links.

use access_token::{Claims, TokenKind};

use crate::auth::{ISSUER, sign, verify};
use crate::context::Context;
use crate::error::{Error, Result};

/// What a link is for. The names are those of the columns `purpose` and `template`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Choosing a new password without the old one.
    ResetPassword,
    /// Showing that an address is the user's.
    VerifyEmail,
}

impl Purpose {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset_password",
            Self::VerifyEmail => "verify_email",
        }
    }

    /// How long the link is good for, seconds.
    pub fn lifetime_seconds(self) -> i64 {
        match self {
            Self::ResetPassword => 3600,
            Self::VerifyEmail => 3 * 24 * 3600,
        }
    }

    /// The folder of the page in public/ that the link leads to.
    fn page(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset-password",
            Self::VerifyEmail => "verify-email",
        }
    }
}

/// A link, and whose it is.
pub struct Link<'a> {
    /// What it is for.
    pub purpose: Purpose,
    /// Its row.
    pub token_id: &'a str,
    /// The user.
    pub user_id: &'a str,
    /// When the row was written, milliseconds since 1970.
    pub created_at: i64,
}

impl Link<'_> {
    /// The address. The token stands in the fragment, which browsers keep to themselves. Every
    /// attempt to send a mail gives the same one, as providers demand of a repeated request.
    ///
    /// # Errors
    /// When the signing keys are missing.
    pub async fn url(&self, context: &Context, base_url: &str) -> Result<String> {
        let lifetime = self.purpose.lifetime_seconds();
        let token = sign(context, &self.claims(), self.created_at, lifetime).await?;
        Ok(format!("{base_url}/{}/#token={token}", self.purpose.page()))
    }

    fn claims(&self) -> Claims {
        Claims {
            sub: self.user_id.to_owned(),
            kind: TokenKind::Mail,
            iss: ISSUER.into(),
            aud: ISSUER.into(),
            jti: self.token_id.to_owned(),
            rid: String::new(),
            sid: String::new(),
            did: String::new(),
            tier: String::new(),
            roles: Vec::new(),
            scope: String::new(),
            auth_time: 0,
            sig: false,
        }
    }
}

/// The id of the row that a link's token stands for; `None` when it is too old or none of ours.
///
/// # Errors
/// When the signing keys are missing.
pub async fn read_link_token(context: &Context, token: &str) -> Result<Option<String>> {
    match verify(context, token, TokenKind::Mail).await {
        Ok(claims) => Ok(Some(claims.jti)),
        Err(Error::TokenExpired | Error::TokenInvalid(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
