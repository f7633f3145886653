//! What users and clients do to paths: doubled slashes from a typed base address, one slash at
//! the end, and a prefix of their own in front of every resource.

use std::borrow::Cow;

/// Collapses repeated slashes and drops a trailing one. The root stays `/`.
pub fn normalize_path(path: &str) -> Cow<'_, str> {
    let is_clean =
        path.starts_with('/') && !path.contains("//") && (path.len() == 1 || !path.ends_with('/'));
    if is_clean {
        return Cow::Borrowed(path);
    }
    let mut clean = String::with_capacity(path.len() + 1);
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        clean.push('/');
        clean.push_str(segment);
    }
    if clean.is_empty() {
        clean.push('/');
    }
    Cow::Owned(clean)
}

/// Where a resource lives, whatever prefix the client puts in front of it (CONTRACT 1.6): `/v1/x`,
/// `/api/x` and `/scans/x` are `/api/v1/x` and `/api/v1/scans/x`. Takes a normalized path.
pub fn canonical_path(path: &str) -> Cow<'_, str> {
    let is_below = |prefix: &str| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let path = if is_below("/api/v1") {
        Cow::Borrowed(path)
    } else if is_below("/v1") {
        Cow::Owned(format!("/api{path}"))
    } else if is_below("/scans") {
        Cow::Owned(format!("/api/v1{path}"))
    } else if let Some(rest) = path.strip_prefix("/api/") {
        Cow::Owned(format!("/api/v1/{rest}"))
    } else {
        Cow::Borrowed(path)
    };
    if let Some(below) = path.strip_prefix("/api/v1/journal")
        && (below.is_empty() || below.starts_with('/'))
    {
        return Cow::Owned(format!("/api/v1/journals{below}"));
    }
    ALIASES
        .iter()
        .find(|(alias, _)| *alias == path)
        .map_or(path, |(_, canonical)| Cow::Borrowed(canonical))
}

/// Other names of single resources.
const ALIASES: [(&str, &str); 2] = [
    ("/api/v1/auth/signup", "/api/v1/auth/register"),
    ("/api/v1/health/ready", "/health/ready"),
];

#[cfg(test)]
mod tests {
    use super::{canonical_path, normalize_path};
    use proptest::prelude::*;

    #[test]
    fn slashes_collapse() {
        let cases = [
            ("/", "/"),
            ("", "/"),
            ("//", "/"),
            ("//api/v1/health", "/api/v1/health"),
            ("/api//v1///health/", "/api/v1/health"),
            ("/api/v1/health", "/api/v1/health"),
            ("/a/", "/a"),
        ];
        for (given, expected) in cases {
            assert_eq!(normalize_path(given), expected, "{given}");
        }
    }

    #[test]
    fn every_client_finds_the_resource_under_its_prefix() {
        let cases = [
            ("/api/v1/auth/login", "/api/v1/auth/login"),
            ("/v1/auth/login", "/api/v1/auth/login"),
            ("/api/auth/login", "/api/v1/auth/login"),
            ("/api/auth/signup", "/api/v1/auth/register"),
            ("/scans/process", "/api/v1/scans/process"),
            ("/api/scans/process", "/api/v1/scans/process"),
            ("/v1/health/ready", "/health/ready"),
            ("/health", "/health"),
            ("/v10/x", "/v10/x"),
            ("/scansion", "/scansion"),
            ("/", "/"),
        ];
        for (given, expected) in cases {
            assert_eq!(canonical_path(given), expected, "{given}");
        }
    }

    proptest! {
        #[test]
        fn a_canonical_path_is_its_own(path in "(/(v1|api|scans|auth|x)){0,5}") {
            let once = canonical_path(&path).into_owned();
            if once.starts_with("/api/v1") {
                prop_assert_eq!(canonical_path(&once).into_owned(), once.clone());
            }
        }

        #[test]
        fn normalizing_twice_changes_nothing(path in "[/a-z.%]{0,40}") {
            let once = normalize_path(&path).into_owned();
            prop_assert_eq!(normalize_path(&once).into_owned(), once.clone());
            prop_assert!(once.starts_with('/') && !once.contains("//"));
        }
    }
}
