//! What users and clients do to paths: doubled slashes from a typed base address, one slash at
//! the end.

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

#[cfg(test)]
mod tests {
    use super::normalize_path;
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

    proptest! {
        #[test]
        fn normalizing_twice_changes_nothing(path in "[/a-z.%]{0,40}") {
            let once = normalize_path(&path).into_owned();
            prop_assert_eq!(normalize_path(&once).into_owned(), once.clone());
            prop_assert!(once.starts_with('/') && !once.contains("//"));
        }
    }
}
