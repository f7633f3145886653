//! Where a request goes, read without the `url` crate, whose tables of Unicode host names would be a
//! fiftieth of the Worker.

use form_urlencoded::parse;

/// Path and query of an absolute URL.
#[must_use]
pub fn split_url(url: &str) -> (&str, Option<&str>) {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let from_path = url[after_scheme..]
        .find(['/', '?', '#'])
        .map_or("/", |at| &url[after_scheme + at..]);
    let without_fragment = from_path.split('#').next().unwrap_or("/");
    match without_fragment.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (without_fragment, None),
    }
}

/// Path and parameters of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// As it was sent.
    pub path: String,
    /// The parameters of the query, decoded, in their order.
    pub query: Vec<(String, String)>,
}

impl Target {
    /// Of an absolute URL.
    #[must_use]
    pub fn of(url: &str) -> Self {
        let (path, query) = split_url(url);
        Self {
            path: path.to_owned(),
            query: parse(query.unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
        }
    }

    /// The first parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_parameters_are_found() {
        let target = Target::of("https://room/log?after=7&a=%C3%A4+b&after=8#end");
        assert_eq!(target.path, "/log");
        assert_eq!(target.parameter("after"), Some("7"));
        assert_eq!(target.parameter("a"), Some("ä b"));
        assert_eq!(target.parameter("b"), None);
        assert_eq!(Target::of("https://room").path, "/");
        assert_eq!(Target::of("https://room?x=1").parameter("x"), Some("1"));
    }
}
