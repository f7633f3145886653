//! Apps that people can give access to. They are registered with `npm run admin`.

use super::redirect_uri;
use crate::auth::Scopes;
use crate::db::{Statement, row};

row! {
    /// An app that is not disabled.
    pub struct Client {
        /// Its public id.
        pub id: String,
        /// What people are shown.
        pub name: String,
        redirect_uris: String,
        scopes: String,
    }
}

impl Client {
    /// The most that it can be granted.
    pub fn scopes(&self) -> Scopes {
        Scopes::parse(&self.scopes)
    }

    /// Whether a browser may be sent there on its behalf.
    pub fn may_redirect_to(&self, uri: &str) -> bool {
        let registered: Vec<String> = serde_json::from_str(&self.redirect_uris).unwrap_or_default();
        registered
            .iter()
            .any(|registered| redirect_uri::matches(registered, uri))
    }
}

/// Reads an app.
pub fn find_client(id: &str) -> Statement {
    Statement::new(
        "select id, name, redirect_uris, scopes
         from oauth_clients
         where id = ?1 and disabled_at is null",
    )
    .bind(id)
}
