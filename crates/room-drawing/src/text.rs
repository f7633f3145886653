//! Text that comes from outside, made fit for a document.

/// Characters of a class name.
const LONGEST_NAME: usize = 24;

/// The text on one line: without control and direction characters, without surplus spaces, and of
/// at most `limit` characters, the last an ellipsis where something was left out.
pub fn clean(text: &str, limit: usize) -> String {
    // A title may be a whole upload; no more of it is read than can matter.
    let visible: String = text
        .chars()
        .take(limit.saturating_mul(8))
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !is_invisible(c))
        .collect();
    let line = visible.split(' ').filter(|word| !word.is_empty());
    let line = line.collect::<Vec<_>>().join(" ");

    if line.chars().count() <= limit {
        return line;
    }
    let kept: String = line.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Whether a character would be no part of a readable line: control characters, those that turn
/// the direction of writing, and those that XML 1.0 (section 2.2) forbids.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{ffff}')
}

/// The text with the five characters of XML markup replaced.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Larger numbers are written as this one; no file needs them, and rounding them would overflow.
const LARGEST: f64 = 1e12;

/// A number to some decimal places, without trailing zeros and never as a negative zero.
pub fn number(value: f64, places: i32) -> String {
    let scale = 10f64.powi(places);
    let rounded = (value.clamp(-LARGEST, LARGEST) * scale).round() / scale + 0.0;
    format!("{rounded}")
}

/// A class name as people write it: `coffee_table` becomes `Coffee table`.
pub fn class_name(class: &str) -> String {
    let mut name = clean(&class.replace(['_', '-'], " "), LONGEST_NAME);
    if name.is_empty() {
        return "Object".to_owned();
    }
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_removed() {
        assert_eq!(
            clean("  Living\n\tRoom\u{0}\u{202e} \u{feff}", 80),
            "Living Room"
        );
        assert_eq!(clean("\u{7}\u{1b}", 80), "");
    }

    #[test]
    fn what_is_too_long_is_cut() {
        assert_eq!(clean("abcdef", 6), "abcdef");
        assert_eq!(clean("abcdefg", 6), "abcde…");
        assert_eq!(clean(&"ä".repeat(1_000_000), 10).chars().count(), 10);
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(
            escape("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;"
        );
    }

    #[test]
    fn classes_become_names() {
        assert_eq!(class_name("coffee_table"), "Coffee table");
        assert_eq!(class_name("übertopf"), "übertopf");
        assert_eq!(class_name(""), "Object");
    }
}
