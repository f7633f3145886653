//! Routes with their rules: a route can only be added together with who may call it and how
//! often, and both end up in the API document.

use std::collections::HashMap;

use axum::Router;
use axum::routing::MethodRouter;
use http::Method;
use utoipa::openapi::path::HttpMethod;

#[cfg(not(target_arch = "wasm32"))]
use crate::openapi::Description;

use crate::auth::{Access, Scope};
use crate::limits::Budget;

/// A handler with its path, as its `utoipa::path` attribute declares them: [`route!`] makes it.
pub struct Route {
    /// The path, as axum writes it.
    pub path: String,
    /// Its methods.
    pub methods: Vec<HttpMethod>,
    /// The handler, under these methods.
    pub handler: MethodRouter,
    /// What the API document says of it. The document is made when the Worker is built: it would
    /// be an eighth of the module.
    #[cfg(not(target_arch = "wasm32"))]
    pub description: Description,
}

/// The [`Route`] of a handler: `route!(handler)` or `route!(module::handler)`.
macro_rules! route {
    ($handler:ident) => {
        pastey::paste! { $crate::http::route!(@make $handler, [<__path_ $handler>]) }
    };
    ($module:ident :: $handler:ident) => {
        pastey::paste! {
            $crate::http::route!(@make $module::$handler, $module::[<__path_ $handler>])
        }
    };
    (@make $handler:path, $declared:path) => {{
        use utoipa::Path as _;
        use utoipa::openapi::path::HttpMethod;
        type Declared = $declared;
        let methods = Declared::methods();
        let handler = methods
            .iter()
            .fold(axum::routing::MethodRouter::new(), |router, method| {
                let filter = match method {
                    HttpMethod::Post => axum::routing::MethodFilter::POST,
                    HttpMethod::Put => axum::routing::MethodFilter::PUT,
                    HttpMethod::Patch => axum::routing::MethodFilter::PATCH,
                    HttpMethod::Delete => axum::routing::MethodFilter::DELETE,
                    HttpMethod::Options => axum::routing::MethodFilter::OPTIONS,
                    _ => axum::routing::MethodFilter::GET,
                };
                router.on(filter, $handler)
            });
        $crate::http::Route {
            path: Declared::path(),
            methods,
            handler,
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
}

impl Rules {
    const fn new(access: Access, budget: &'static Budget) -> Self {
        Self {
            access,
            budget,
            is_streamed: false,
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
            for method in &route.methods {
                table
                    .0
                    .insert((route.path.clone(), as_method(method)), rules);
            }
            router = router.route(&route.path, route.handler);
        }
        (router, table)
    }

    /// Every route with its rules, for the API document.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn into_list(self) -> Vec<(Route, Rules)> {
        self.0
    }
}

fn as_method(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        _ => Method::GET,
    }
}
