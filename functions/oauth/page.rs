//! The pages that people see, as plain HTML: no script, no picture, nothing from elsewhere. Every
//! value goes through [`Escaped`].

use std::fmt::{self, Display, Write};
use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_FRAME_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

use super::redirect_uri::{place, policy_source};
use super::request::AuthorizationRequest;
use crate::auth::Scope;

/// All that the pages look like. The contrast of each pair of colors is at least 4.5 to 1.
const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#525b66;--line:#767f8a;\
--act:#0b57d0;--on-act:#fff;--bad:#b3141d}\
@media(prefers-color-scheme:dark){:root{--paper:#16191d;--ink:#eceff3;--soft:#aeb7c2;\
--line:#8a939e;--act:#a8c7fa;--on-act:#062e6f;--bad:#ffb4ab}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}\
main{max-width:26rem;margin:0 auto;padding:1.5rem 1rem}\
h1{font-size:1.375rem;line-height:1.3;margin:0 0 1rem}\
h1,p,li{overflow-wrap:anywhere}\
p,ul{margin:0 0 1rem}ul{padding-left:1.25rem}\
.soft{color:var(--soft)}\
.trouble{border-left:.25rem solid var(--bad);padding-left:.75rem;color:var(--bad);font-weight:600}\
label{display:block;margin-bottom:.25rem;font-weight:600}\
input{display:block;width:100%;min-height:2.75rem;margin-bottom:1rem;padding:.5rem .75rem;\
font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);\
border-radius:.5rem}\
button{display:block;width:100%;min-height:2.75rem;margin-bottom:.75rem;padding:.5rem 1rem;\
font:inherit;font-weight:600;border:1px solid var(--act);border-radius:.5rem;cursor:pointer;\
background:var(--act);color:var(--on-act)}\
button.quiet{background:var(--paper);color:var(--act)}\
:focus-visible{outline:.1875rem solid var(--act);outline-offset:.125rem}";

/// The style by its digest: no other can be put into the page.
static STYLE_SOURCE: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest(STYLE.as_bytes());
    format!("'sha256-{}'", Base64::encode_string(&digest))
});

/// Why somebody is asked again.
pub struct Trouble<'a> {
    /// The status of the answer.
    pub status: StatusCode,
    /// Fit for users.
    pub text: &'a str,
    /// Who they said to be.
    pub login: &'a str,
}

/// The page where a person signs in and allows or denies.
pub fn consent(request: &AuthorizationRequest, trouble: Option<&Trouble>) -> Response {
    let name = Escaped(&request.client.name);
    let mut html = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        html,
        "<h1>{name} asks for access to your account</h1>\n\
         <p>If you allow it, {name} can:</p>\n<ul>\n{}</ul>\n\
         <p class=\"soft\">Afterwards you go back to the app, at {}. It never sees your \
         password, and you can take the access back at any time, in the list of your \
         sessions.</p>\n",
        Abilities(request),
        Escaped(place(&request.target.redirect_uri)),
    );
    html.push_str("<form method=\"post\" action=\"/api/v1/oauth/authorize\">\n");
    for (name, value) in request.parameters() {
        let value = Escaped(&value);
        let _ = writeln!(
            html,
            "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"
        );
    }
    let described = if let Some(trouble) = trouble {
        let text = Escaped(trouble.text);
        let _ = writeln!(
            html,
            "<p class=\"trouble\" id=\"trouble\" role=\"alert\">{text}</p>"
        );
        " aria-describedby=\"trouble\""
    } else {
        ""
    };
    let login = Escaped(trouble.map_or("", |trouble| trouble.login));
    let _ = write!(
        html,
        "<label for=\"email\">Email or username</label>\n\
         <input id=\"email\" name=\"email\" value=\"{login}\" autocomplete=\"username\" \
         autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"256\" required{described}>\n\
         <label for=\"password\">Password</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" \
         autocomplete=\"current-password\" maxlength=\"256\" required{described}>\n\
         <button name=\"decision\" value=\"allow\">Sign in and allow</button>\n\
         <button name=\"decision\" value=\"deny\" class=\"quiet\" formnovalidate>Deny</button>\n\
         </form>\n",
    );
    let title = format!("Allow {}?", request.client.name);
    let status = trouble.map_or(StatusCode::OK, |trouble| trouble.status);
    page(status, &title, &html, Some(&request.target.redirect_uri))
}

/// A page that only says what went wrong, and leads nowhere.
pub fn problem(status: StatusCode, text: &str) -> Response {
    let html = format!(
        "<h1>This did not work</h1>\n<p>{}</p>\n\
         <p class=\"soft\">Close this page, go back to the app, and try again.</p>\n",
        Escaped(text)
    );
    page(status, "This did not work", &html, None)
}

fn page(status: StatusCode, title: &str, main: &str, form_target: Option<&str>) -> Response {
    let title = Escaped(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{main}</main>\n</body>\n</html>\n"
    );
    let form_action = match form_target {
        Some(uri) => format!("'self' {}", policy_source(uri)),
        None => "'none'".into(),
    };
    let policy = format!(
        "default-src 'none'; style-src {}; form-action {form_action}; frame-ancestors 'none'; \
         base-uri 'none'",
        *STYLE_SOURCE
    );
    let headers: [(HeaderName, &str); 5] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, &policy),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, html).into_response()
}

/// What the app will be able to do, in plain words.
struct Abilities<'a>(&'a AuthorizationRequest);

impl Display for Abilities<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let granted = Scope::ALL
            .into_iter()
            .filter(|scope| self.0.scopes.has(*scope));
        granted
            .map(words_for)
            .try_for_each(|words| writeln!(f, "<li>{words}</li>"))
    }
}

fn words_for(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "see your profile and everything that you keep here",
        Scope::Upload => "add, change and delete what you keep here",
        Scope::Admin => "manage your account: its profile, its keys and where you are signed in",
    }
}

/// A value as text or in a quoted attribute.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_text_or_an_attribute() {
        let escaped = Escaped("<script>\"'&amp;</script>é").to_string();
        let expected = "&lt;script&gt;&quot;&#39;&amp;amp;&lt;/script&gt;é";
        assert_eq!(escaped, expected);
    }

    #[test]
    fn the_style_holds_nothing_that_ends_it() {
        assert!(!STYLE.contains('<') && !STYLE.contains('&'));
    }
}
