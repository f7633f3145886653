//! Conditional GET (RFC 9110, section 13), for every answer that is read.

use http::header::{ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};

use crate::hash::sha256_hex;

/// Tags an answer by its bytes unless the handler knew a cheaper tag.
pub fn tag(headers: &mut HeaderMap, body: &[u8]) {
    if headers.contains_key(ETAG) {
        return;
    }
    let digest = sha256_hex(body);
    if let Ok(value) = HeaderValue::from_str(&format!("\"{}\"", &digest[..32])) {
        headers.insert(ETAG, value);
    }
}

/// Whether the client holds what it would be sent.
pub fn is_known(request: &HeaderMap, answer: &HeaderMap) -> bool {
    let Some(tag) = answer.get(ETAG).and_then(|tag| tag.to_str().ok()) else {
        return false;
    };
    let known = request.get_all(IF_NONE_MATCH).iter();
    known
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|candidate| candidate == "*" || opaque(candidate) == opaque(tag))
}

/// The tag without the mark of a weak one: `If-None-Match` compares weakly.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(if_none_match: &str) -> bool {
        let mut request = HeaderMap::new();
        request.insert(IF_NONE_MATCH, HeaderValue::from_str(if_none_match).unwrap());
        let mut answer = HeaderMap::new();
        answer.insert(ETAG, HeaderValue::from_static("\"abc\""));
        is_known(&request, &answer)
    }

    #[test]
    fn tags_compare_weakly_and_in_lists() {
        assert!(known("\"abc\""));
        assert!(known("W/\"abc\""));
        assert!(known("\"x\", \"abc\""));
        assert!(known("*"));
        assert!(!known("\"abcd\""));
    }

    #[test]
    fn equal_bytes_have_equal_tags() {
        let (mut one, mut two) = (HeaderMap::new(), HeaderMap::new());
        tag(&mut one, b"same");
        tag(&mut two, b"same");
        assert_eq!(one.get(ETAG), two.get(ETAG));
    }
}
