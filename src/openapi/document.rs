//! Putting the document together. Never part of the Worker.

use http::StatusCode;
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{
    HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn, Paths,
};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

use super::ErrorEnvelope;
use crate::auth::Access;
use crate::config::VERSION;
use crate::http::{Routes, Rules};

/// What a handler's `utoipa::path` attribute says.
pub struct Description {
    operation: Operation,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Description {
    /// Of a declared handler.
    pub fn of<T>() -> Self
    where
        T: utoipa::Path + utoipa::__dev::SchemaReferences + for<'t> utoipa::__dev::Tags<'t>,
    {
        let mut operation = T::operation();
        let tags = T::tags().into_iter().map(str::to_owned);
        operation.tags.get_or_insert_default().extend(tags);
        let mut schemas = Vec::new();
        T::schemas(&mut schemas);
        Self { operation, schemas }
    }
}

/// The areas, in the order in which a newcomer needs them.
const TAGS: [(&str, &str); 10] = [
    ("auth", "Accounts, signing in, and staying signed in"),
    (
        "oauth",
        "Apps of others: OAuth 2.1 with PKCE, so that an app never sees a password",
    ),
    (
        "rooms",
        "Room scans: upload one, follow its analysis, read what the room is",
    ),
    (
        "realtime",
        "What happens to the user's things, as it happens: sockets and event streams that resume",
    ),
    (
        "users",
        "Accounts: profile and picture, quota and API keys, export and deletion",
    ),
    (
        "organizations",
        "Organizations: create, find, join and run them",
    ),
    (
        "sync",
        "Offline sync: moods, journals and goals, batches, changes, conflicts",
    ),
    ("admin", "What administrators do with accounts"),
    ("health", "Whether the service works"),
    ("development", "What exists only in development"),
];

/// The document of these routes (OpenAPI 3.1).
pub fn document(routes: Routes) -> OpenApi {
    let mut document = skeleton();
    let mut components = document.components.take().unwrap_or_default();
    for (route, rules) in routes.into_list() {
        let mut operation = route.description.operation;
        apply(&mut operation, rules);
        if route.methods.iter().any(writes) {
            let parameters = operation.parameters.get_or_insert_default();
            parameters.push(idempotency_key(rules.access).into());
        }
        complete(&mut operation);
        document
            .paths
            .add_path_operation(route.path, route.methods, operation);
        for (name, schema) in route.description.schemas {
            let known = components.schemas.get(&name);
            assert!(
                known.is_none_or(|known| *known == schema),
                "two different schemas are named {name}"
            );
            components.schemas.insert(name, schema);
        }
    }
    document.components = Some(components);
    document
}

fn skeleton() -> OpenApi {
    let bearer = |description: &str| {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(description));
        SecurityScheme::Http(scheme.build())
    };
    let mut document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Outpost")
                .version(VERSION)
                .description(Some(
                    "The backend of an offline-first mobile app, at the edge. Every error has the \
                     same envelope; request bodies may spell their keys in snake_case or camelCase. \
                     `/v1/x` and `/api/x` answer as `/api/v1/x` does.",
                ))
                .build(),
        )
        .tags(Some(TAGS.map(|(name, description)| {
            TagBuilder::new()
                .name(name)
                .description(Some(description))
                .build()
        })))
        .paths(Paths::new())
        .build();
    let mut components = document.components.take().unwrap_or_default();
    // Only the bodies that routes name themselves are collected.
    let mut schemas = vec![(ErrorEnvelope::name().into_owned(), ErrorEnvelope::schema())];
    ErrorEnvelope::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let mut add = |name: &str, scheme| components.add_security_scheme(name, scheme);
    add("token", bearer("An access token from a login or refresh"));
    add("api_key", bearer("An API key"));
    add(
        "app_key",
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            "X-API-Key",
            "Names the app; must be good wherever it is sent",
        ))),
    );
    document.components = Some(components);
    document
}

/// Writes down who may call and how often.
fn apply(operation: &mut Operation, rules: Rules) {
    let token = |scopes: &[&str]| SecurityRequirement::new("token", scopes.iter().copied());
    operation.security = match rules.access {
        // A route with another way to sign in says so itself.
        Access::Public => operation.security.take().or(Some(vec![])),
        Access::Optional => Some(vec![SecurityRequirement::default(), token(&[])]),
        Access::User(scope) => Some(vec![token(&[scope.as_str()])]),
        Access::Administrator => Some(vec![token(&["admin", "role:admin"])]),
    };
    let budget = rules.budget;
    let described = ExtensionsBuilder::new().add(
        "x-rate-limit",
        json!({
            "name": budget.name,
            "burst": budget.rate.burst,
            "window_seconds": budget.rate.window_seconds(),
        }),
    );
    operation.extensions = Some(described.build());
}

fn writes(method: &HttpMethod) -> bool {
    !matches!(
        method,
        HttpMethod::Get | HttpMethod::Head | HttpMethod::Options
    )
}

/// Every write may carry a key (`src/http/idempotency`).
fn idempotency_key(access: Access) -> Parameter {
    let min_length = match access {
        Access::Public => 32,
        Access::Optional | Access::User(_) | Access::Administrator => 1,
    };
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(min_length))
        .max_length(Some(255));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Best a random UUID. For 24 hours the same request with the same key is carried out \
             once and gets the first answer, with `Idempotency-Replayed: true`; another request \
             with it gets 409. Answers 401, 403, 429 and 5xx do not count.",
        ))
        .schema(Some(schema))
        .build()
}

/// Adds what OpenAPI 3.1 requires and the routes leave out: every answer has a description.
fn complete(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let reason = StatusCode::from_bytes(status.as_bytes())
                .ok()
                .and_then(|status| status.canonical_reason());
            response.description = reason.unwrap_or("The answer").into();
        }
    }
}
