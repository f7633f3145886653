//! Routes with their rules: a route can only be added together with who may call it and how
//! often, and both end up in the API document.

use std::collections::HashMap;
use std::pin::Pin;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use http::Method;
use utoipa::openapi::path::HttpMethod;

#[cfg(not(target_arch = "wasm32"))]
use crate::openapi::Description;

use crate::auth::{Access, Scope};
use crate::error::Result;
use crate::limits::Budget;

/// A handler with its path, as its `utoipa::path` attribute declares them: [`route!`] makes it.
pub struct Route {
    /// The path, as axum writes it.
    pub path: String,
    /// Its methods.
    pub methods: Vec<HttpMethod>,
    /// What answers.
    pub handler: ErasedHandler,
    /// What the API document says of it. The document is made when the Worker is built: it would
    /// be an eighth of the module.
    #[cfg(not(target_arch = "wasm32"))]
    pub description: Description,
}

/// A handler without its type: what axum makes of a handler is made of this one only, and not anew
/// of each.
#[derive(Clone, Copy)]
pub struct ErasedHandler(pub fn(Request) -> Answering);

/// An answer on its way.
pub type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A future as the answer of a route.
pub fn answering(work: impl Future<Output = Result<Response>> + Send + 'static) -> Answering {
    Box::pin(async move {
        match work.await {
            Ok(response) => response,
            Err(error) => error.into_response(),
        }
    })
}

impl Handler<(), ()> for ErasedHandler {
    type Future = Answering;

    fn call(self, request: Request, (): ()) -> Answering {
        (self.0)(request)
    }
}

/// The [`Route`] of a handler: `route!(handler)` or `route!(module::handler)`. One that takes the
/// request as it is and gives an [`Answering`] costs nothing beside itself: `route!(= module::handler)`.
macro_rules! route {
    (= $module:ident :: $handler:ident) => {
        pastey::paste! {
            $crate::http::route!(@erased $module::[<__path_ $handler>],
                $crate::http::ErasedHandler($module::$handler))
        }
    };
    ($handler:ident) => {
        pastey::paste! { $crate::http::route!(@make $handler, [<__path_ $handler>]) }
    };
    ($module:ident :: $handler:ident) => {
        pastey::paste! {
            $crate::http::route!(@make $module::$handler, $module::[<__path_ $handler>])
        }
    };
    (@make $handler:path, $declared:path) => {
        $crate::http::route!(@erased $declared, $crate::http::ErasedHandler(|request| {
            axum::handler::Handler::call($handler, request, ())
        }))
    };
    (@erased $declared:path, $handler:expr) => {{
        use utoipa::Path as _;
        type Declared = $declared;
        $crate::http::Route {
            path: Declared::path(),
            methods: Declared::methods(),
            handler: $handler,
            #[cfg(not(target_arch = "wasm32"))]
            description: $crate::openapi::Description::of::<Declared>(),
        }
    }};
}
pub(crate) use route;

/// What the guard asks before a handler runs.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Who may call.
    pub access: Access,
    /// How often.
    pub budget: &'static Budget,
    /// Whether the handler reads a body that may be too large to hold.
    pub is_streamed: bool,
    /// Whether the request may come again at any time: what it holds is known by itself.
    pub is_repeatable: bool,
    /// Whether the token may stand in the query, where a client cannot set headers.
    pub takes_query_token: bool,
}

impl Rules {
    const fn new(access: Access, budget: &'static Budget) -> Self {
        Self {
            access,
            budget,
            is_streamed: false,
            is_repeatable: false,
            takes_query_token: false,
        }
    }

    /// For upgrades and event streams: browsers set no headers there. The token may be sent as
    /// `?token=` or `?access_token=`.
    pub const fn with_query_token(self) -> Self {
        Self {
            takes_query_token: true,
            ..self
        }
    }

    /// For batches, whose operations have identities of their own: an `Idempotency-Key` replays the
    /// answer as long as it is kept, and otherwise does not stand in the way.
    pub const fn repeatable(self) -> Self {
        Self {
            is_repeatable: true,
            ..self
        }
    }

    /// For a handler that streams its body and so must call [`crate::auth::settle_signature`].
    pub const fn streaming(self) -> Self {
        Self {
            is_streamed: true,
            ..self
        }
    }
}

/// For anybody.
pub const fn public(budget: &'static Budget) -> Rules {
    Rules::new(Access::Public, budget)
}

/// For anybody; a token is checked if there is one.
pub const fn optional(budget: &'static Budget) -> Rules {
    Rules::new(Access::Optional, budget)
}

/// For users whose session has the scope.
pub const fn needs(scope: Scope, budget: &'static Budget) -> Rules {
    Rules::new(Access::User(scope), budget)
}

/// For administrators.
pub const fn administrator(budget: &'static Budget) -> Rules {
    Rules::new(Access::Administrator, budget)
}

/// The rules of every route, by path and method.
#[derive(Debug, Default)]
pub struct RuleTable(HashMap<(String, Method), Rules>);

impl RuleTable {
    /// The rules of a matched path.
    pub fn find(&self, path: &str, method: &Method) -> Option<Rules> {
        // HashMap wants an owned key; the path is short.
        self.0.get(&(path.to_owned(), method.clone())).copied()
    }
}

/// The routes of an area, or of all.
#[derive(Default)]
pub struct Routes(Vec<(Route, Rules)>);

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route under these rules.
    pub fn add(mut self, rules: Rules, route: Route) -> Self {
        self.0.push((route, rules));
        self
    }

    /// Adds the routes of an area.
    pub fn merge(mut self, area: Self) -> Self {
        self.0.extend(area.0);
        self
    }

    /// The router with its rules.
    pub fn into_router(self) -> (Router, RuleTable) {
        let mut router = Router::new();
        let mut table = RuleTable::default();
        for (route, rules) in self.0 {
            let mut handler = MethodRouter::new();
            for method in &route.methods {
                let (method, filter) = as_method(method);
                handler = handler.on(filter, route.handler);
                table.0.insert((route.path.clone(), method), rules);
            }
            router = router.route(&route.path, handler);
        }
        (router, table)
    }

    /// Every route with its rules, for the API document.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn into_list(self) -> Vec<(Route, Rules)> {
        self.0
    }
}

fn as_method(method: &HttpMethod) -> (Method, MethodFilter) {
    match method {
        HttpMethod::Post => (Method::POST, MethodFilter::POST),
        HttpMethod::Put => (Method::PUT, MethodFilter::PUT),
        HttpMethod::Patch => (Method::PATCH, MethodFilter::PATCH),
        HttpMethod::Delete => (Method::DELETE, MethodFilter::DELETE),
        HttpMethod::Options => (Method::OPTIONS, MethodFilter::OPTIONS),
        _ => (Method::GET, MethodFilter::GET),
    }
}
