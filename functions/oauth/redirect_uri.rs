//! Where a browser is sent with a code: compared, extended, and named in a content security
//! policy. Which ones can be registered is decided by `npm run admin -- create-client`.

/// Whether the one that an app asks for is the one that was registered, to the letter; but an app
/// on a computer takes whatever port of its loopback interface is free (RFC 8252, section 7.3).
pub fn matches(registered: &str, asked: &str) -> bool {
    registered == asked
        || match (Loopback::parse(registered), Loopback::parse(asked)) {
            (Some(registered), Some(asked)) => registered == asked,
            _ => false,
        }
}

/// A redirect to the loopback interface, without its port. Literal addresses only: `localhost` may
/// be resolved to anything.
#[derive(PartialEq, Eq)]
struct Loopback<'a> {
    host: &'static str,
    /// Path and query.
    rest: &'a str,
}

impl<'a> Loopback<'a> {
    fn parse(uri: &'a str) -> Option<Self> {
        let after_scheme = uri.strip_prefix("http://")?;
        let (host, after_host) = ["127.0.0.1", "[::1]"]
            .into_iter()
            .find_map(|host| Some((host, after_scheme.strip_prefix(host)?)))?;
        let rest = match after_host.strip_prefix(':') {
            None => after_host,
            Some(after_colon) => {
                let end = after_colon.find(|c: char| !c.is_ascii_digit());
                let (port, rest) = after_colon.split_at(end.unwrap_or(after_colon.len()));
                port.parse::<u16>().ok()?;
                rest
            }
        };
        // Anything else would go on with the host: http://127.0.0.1.example.org, or with a user.
        let is_end = rest.is_empty() || rest.starts_with(['/', '?']);
        is_end.then_some(Self { host, rest })
    }
}

/// The URI with these parameters added to its query, which is kept.
pub fn with_parameters(uri: &str, parameters: &[(&str, &str)]) -> String {
    let mark = if uri.contains('?') { '&' } else { '?' };
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    // Both spell a blank in a query, but not every app's parser knows the plus.
    format!("{uri}{mark}{}", encoded.replace('+', "%20"))
}

/// The source expression of a content security policy that allows going there. The policy also
/// holds for the redirect that answers a form.
pub fn policy_source(uri: &str) -> String {
    let scheme = uri.split(':').next().unwrap_or_default();
    let authority = uri
        .strip_prefix(scheme)
        .and_then(|rest| rest.strip_prefix("://"))
        .and_then(|rest| rest.split(['/', '?']).next());
    let is_plain = |host: &str| {
        let is_known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
        !host.is_empty() && host.bytes().all(is_known)
    };
    match (scheme, authority) {
        ("https" | "http", Some(host)) if is_plain(host) => format!("{scheme}://{host}"),
        // The grammar knows no address of IPv6, and for an app's own scheme no host.
        _ => format!("{scheme}:"),
    }
}

/// What a person reads of it: the host, or the app's own scheme.
pub fn place(uri: &str) -> &str {
    let (scheme, rest) = uri.split_once(':').unwrap_or((uri, ""));
    let host = rest.strip_prefix("//").and_then(|rest| {
        let host = rest.split(['/', '?']).next();
        host.filter(|host| !host.is_empty())
    });
    match (scheme, host) {
        ("https" | "http", Some(host)) => host,
        _ => scheme,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_matches_to_the_letter() {
        for uri in ["https://app.example/cb", "com.example.app:/cb"] {
            assert!(matches(uri, uri));
            for suffix in ["/", "?", "x", "#", "?a=b", "/../x", "%2f"] {
                assert!(!matches(uri, &format!("{uri}{suffix}")), "{uri}{suffix}");
            }
            assert!(!matches(uri, &uri.to_uppercase()));
            assert!(!matches(uri, &uri[..uri.len() - 1]));
        }
        assert!(!matches(
            "https://app.example/cb",
            "https://app.example:443/cb"
        ));
        assert!(!matches("https://127.0.0.1/cb", "https://127.0.0.1:1/cb"));
    }

    #[test]
    fn a_loopback_address_may_have_any_port() {
        for host in ["127.0.0.1", "[::1]"] {
            let registered = format!("http://{host}/cb?a=b");
            assert!(matches(&registered, &format!("http://{host}:51004/cb?a=b")));
            assert!(matches(
                &format!("http://{host}:1/cb"),
                &format!("http://{host}/cb")
            ));
            for asked in [
                ":51004/",
                ":51004/cb",
                ":99999/cb?a=b",
                ":/cb?a=b",
                ":1x/cb?a=b",
            ] {
                assert!(
                    !matches(&registered, &format!("http://{host}{asked}")),
                    "{asked}"
                );
            }
        }
        assert!(!matches("http://127.0.0.1/cb", "http://[::1]/cb"));
    }

    #[test]
    fn what_only_looks_like_a_loopback_address_does_not_match() {
        let registered = "http://127.0.0.1/cb";
        for asked in [
            "http://127.0.0.1.example.org/cb",
            "http://127.0.0.1:80@example.org/cb",
            "http://127.0.0.1@example.org/cb",
            "http://example.org/127.0.0.1/cb",
            "http://127.0.0.11/cb",
            "http://localhost/cb",
            "http://127.1/cb",
            "http://0.0.0.0/cb",
            "https://127.0.0.1/cb",
            "HTTP://127.0.0.1/cb",
            "http://127.0.0.1\\@example.org/cb",
            "http://127.0.0.1#/cb",
        ] {
            assert!(!matches(registered, asked), "{asked}");
        }
        assert!(!matches(
            "http://127.0.0.1",
            "http://127.0.0.1:80@example.org"
        ));
    }

    #[test]
    fn parameters_are_added_and_encoded() {
        let added = with_parameters("a.b:/cb", &[("code", "x"), ("state", "a b&c=d\r\nX: y+ü")]);
        assert_eq!(
            added,
            "a.b:/cb?code=x&state=a%20b%26c%3Dd%0D%0AX%3A%20y%2B%C3%BC"
        );
        assert_eq!(
            with_parameters("https://x.y/?a=b", &[("c", "d")]),
            "https://x.y/?a=b&c=d"
        );
    }

    #[test]
    fn a_policy_names_the_target_and_nothing_else() {
        let cases = [
            ("https://app.example:8443/cb?x", "https://app.example:8443"),
            ("http://127.0.0.1:5000/cb", "http://127.0.0.1:5000"),
            ("http://[::1]:5000/cb", "http:"),
            ("com.example.app:/cb", "com.example.app:"),
            ("com.example.app://cb;script-src", "com.example.app:"),
            ("https://a;b/", "https:"),
        ];
        for (uri, source) in cases {
            assert_eq!(policy_source(uri), source, "{uri}");
        }
    }

    #[test]
    fn people_are_told_where_they_go() {
        assert_eq!(place("https://app.example/cb"), "app.example");
        assert_eq!(place("http://[::1]:5000/cb"), "[::1]:5000");
        assert_eq!(place("com.example.app://cb"), "com.example.app");
        assert_eq!(place("com.example.app:/cb"), "com.example.app");
    }
}
