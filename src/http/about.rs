//! Who asks about what.

use axum::extract::FromRequestParts;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::request::Parts;

use super::Path;
use crate::auth::Caller;
use crate::context::Context;
use crate::error::{Error, Result};

/// A caller's request about the one thing that its path names, such as `/backups/{id}`: what handlers
/// would else extract piece by piece, with more code in each.
pub struct About {
    /// The request's services.
    pub context: Context,
    /// Who asks.
    pub caller: Caller,
    /// The name in the path.
    pub id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for About {
    type Rejection = Error;

    fn from_request_parts(parts: &mut Parts, _: &S) -> impl Future<Output = Result<Self>> + Send {
        extract(parts)
    }
}

fn extract(parts: &mut Parts) -> BoxFuture<'_, Result<About>> {
    // Boxed: every handler would otherwise have a copy.
    async {
        let Path(id) = Path::from_request_parts(parts, &()).await?;
        Ok(About {
            context: Context::from_request_parts(parts, &()).await?,
            caller: Caller::from_request_parts(parts, &()).await?,
            id,
        })
    }
    .boxed()
}
