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
}

impl TokenKind {
    /// The value of the `type` claim.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
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
    /// The user's roles when it was issued.
    pub roles: Vec<String>,
}
