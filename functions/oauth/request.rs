//! What an app asks of a person (RFC 6749, section 4.1.1), checked.
//!
//! Until the app and its redirect URI are known to belong together nobody is redirected: whoever
//! follows a link to us must not end up where the link's author wants (RFC 9700, section 4.11).

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName, LOCATION, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};

use super::client::Client;
use super::form::Parameters;
use super::refusal::OAuthErrorCode;
use super::{pkce, redirect_uri};
use crate::auth::{Scope, Scopes};
use crate::context::Context;
use crate::error::Error;

/// Those that may not stand there twice. The other two are checked before.
const PARAMETERS: [&str; 5] = [
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// A request that a person can be asked to allow.
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: Client,
    /// Where the answer goes.
    pub target: Target,
    /// What it asks for.
    pub scopes: Scopes,
    /// What its code will have to be proven with.
    pub code_challenge: String,
}

/// Where an app wants its answer.
pub struct Target {
    /// A URI that belongs to the app.
    pub redirect_uri: String,
    /// Given back as it came.
    pub state: Option<String>,
}

/// Why nobody is asked.
pub enum Obstacle {
    /// Not for a reason that the app could be told: it is not known which app it is.
    Untrusted(&'static str),
    /// The app is told.
    Refused(Target, OAuthErrorCode, &'static str),
    /// The service cannot, now.
    Platform(Error),
}

impl From<Error> for Obstacle {
    fn from(error: Error) -> Self {
        Self::Platform(error)
    }
}

impl AuthorizationRequest {
    /// Reads the request of `client`, the one that the parameters name.
    pub fn read(parameters: &Parameters, client: Option<Client>) -> Result<Self, Obstacle> {
        let client = client.ok_or(Obstacle::Untrusted(
            "The app that sent you here is not known to this service, or no longer.",
        ))?;
        let redirect_uri = parameters.get("redirect_uri");
        let redirect_uri = redirect_uri.filter(|uri| client.may_redirect_to(uri));
        let redirect_uri = redirect_uri.ok_or(Obstacle::Untrusted(
            "The app that sent you here did not say correctly where to go afterwards.",
        ))?;
        let target = Target {
            redirect_uri: redirect_uri.to_owned(),
            state: parameters.get("state").map(str::to_owned),
        };
        match check(parameters, &client) {
            Ok((scopes, code_challenge)) => Ok(Self {
                client,
                target,
                scopes,
                code_challenge,
            }),
            Err((code, why)) => Err(Obstacle::Refused(target, code, why)),
        }
    }

    /// The parameters that the form of the page repeats.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let state = self.target.state.clone();
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", self.client.id.clone()),
            ("redirect_uri", self.target.redirect_uri.clone()),
            ("scope", self.scopes.to_string()),
            ("code_challenge", self.code_challenge.clone()),
            ("code_challenge_method", pkce::METHOD.to_owned()),
        ];
        parameters.extend(state.map(|state| ("state", state)));
        parameters
    }
}

fn check(
    parameters: &Parameters,
    client: &Client,
) -> Result<(Scopes, String), (OAuthErrorCode, &'static str)> {
    use OAuthErrorCode::{InvalidRequest, InvalidScope, UnsupportedResponseType};
    if parameters.has_unusable(&PARAMETERS) {
        let why = "A parameter stands there more than once, or is too long";
        return Err((InvalidRequest, why));
    }
    let has_control = |state: &str| state.chars().any(char::is_control);
    if parameters.get("state").is_some_and(has_control) {
        return Err((InvalidRequest, "state may not hold control characters"));
    }
    match parameters.get("response_type") {
        Some("code") => {}
        Some(_) => return Err((UnsupportedResponseType, "response_type must be code")),
        None => return Err((InvalidRequest, "response_type is missing")),
    }
    let challenge = parameters.get("code_challenge").ok_or((
        InvalidRequest,
        "code_challenge is missing: PKCE is required",
    ))?;
    if parameters.get("code_challenge_method") != Some(pkce::METHOD) {
        return Err((InvalidRequest, "code_challenge_method must be S256"));
    }
    if !pkce::is_challenge(challenge) {
        let why = "code_challenge must be a SHA-256 digest in base64url: 43 characters";
        return Err((InvalidRequest, why));
    }
    let scopes = match parameters.get("scope") {
        None => Scopes::from_iter([Scope::Read]),
        Some(names) => scopes_of(names).ok_or((
            InvalidScope,
            "scope must be one or more of read, upload, admin",
        ))?,
    };
    if !scopes.is_within(client.scopes()) {
        return Err((InvalidScope, "The app cannot be granted this scope"));
    }
    Ok((scopes, challenge.to_owned()))
}

/// The scopes of these names; none when one is not known.
pub fn scopes_of(names: &str) -> Option<Scopes> {
    let names = names.split(' ').filter(|name| !name.is_empty());
    let scopes: Scopes = names.map(Scope::parse).collect::<Option<_>>()?;
    (!scopes.is_empty()).then_some(scopes)
}

impl Target {
    /// Sends the browser back to the app with an answer, our name and the app's state (RFC 9207).
    pub fn answer(&self, context: &Context, answer: &[(&str, &str)]) -> Response {
        let issuer = context.public_url();
        let mut parameters = answer.to_vec();
        parameters.extend(self.state.as_deref().map(|state| ("state", state)));
        parameters.push(("iss", &issuer));
        let location = redirect_uri::with_parameters(&self.redirect_uri, &parameters);
        let headers: [(HeaderName, &str); 3] = [
            (LOCATION, &location),
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, "no-referrer"),
        ];
        // 303, so that no browser repeats the form, with the password, to the app.
        (StatusCode::SEE_OTHER, headers).into_response()
    }
}
