//! The claims of a token.

use serde::{Deserialize, Serialize};

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// Calls the API.
    Access,
    /// Buys the next pair of tokens, once.
    Refresh,
    /// Stands in a link of a mail: resets a password or verifies an address, once.
    Mail,
    /// Stands in a browser's cookie: opens realtime connections.
    Socket,
}

impl TokenKind {
    /// The value of the `type` claim.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
            Self::Mail => "mail",
            Self::Socket => "socket",
        }
    }
}

/// The claims beside `exp` and `iat`, which `jwt-compact` carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's id; clients read it.
    pub sub: String,
    /// What the token is for.
    #[serde(rename = "type")]
    pub kind: TokenKind,
    /// Who issued it.
    pub iss: String,
    /// Whom it is for.
    pub aud: String,
    /// The token's own id.
    pub jti: String,
    /// The request that issued it.
    pub rid: String,
    /// The session it belongs to.
    pub sid: String,
    /// The device the session was opened on.
    pub did: String,
    /// The user's tier when it was issued; display only, the user's row decides.
    pub tier: String,
    /// The user's roles when it was issued; display only too.
    pub roles: Vec<String>,
    /// What the session may do: names with blanks between (RFC 9068, section 2.2.3).
    pub scope: String,
    /// When somebody proved to be the user, seconds since 1970 (RFC 9068, section 2.2.1).
    #[serde(default)]
    pub auth_time: i64,
    /// Whether requests that change something must be signed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sig: bool,
}
