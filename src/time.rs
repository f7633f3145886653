//! Times as clients read them (CONTRACT 0.2).

use chrono::{DateTime, Datelike, SecondsFormat, TimeZone, Utc};

fn at(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// `2024-12-13T10:30:00Z`: Swift's stock decoder refuses fractions.
pub fn rfc3339(ms: i64) -> String {
    at(ms).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `2024-12-13T10:30:00.000Z`, for `meta.timestamp`, logs and socket frames.
pub fn rfc3339_ms(ms: i64) -> String {
    at(ms).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Milliseconds since 1970 of a time with or without a fraction and an offset; without one it is
/// UTC.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let text = text.trim();
    let time = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc3339(&format!("{text}Z")));
    time.ok().map(|time| time.timestamp_millis())
}

/// `2024-12-13`.
pub fn date(ms: i64) -> String {
    at(ms).date_naive().to_string()
}

/// The first moment of the next month, UTC, in milliseconds since 1970.
pub fn next_month(ms: i64) -> i64 {
    let now = at(ms);
    let (year, month) = if now.month() == 12 {
        (now.year() + 1, 1)
    } else {
        (now.year(), now.month() + 1)
    };
    Utc.with_ymd_and_hms(year, month, 1, 0, 0, 0)
        .single()
        .map_or(ms, |first| first.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW_YEARS_EVE: i64 = 1_798_761_599_123; // 2026-12-31T23:59:59.123Z

    #[test]
    fn times_have_the_precision_that_clients_expect() {
        assert_eq!(rfc3339(NEW_YEARS_EVE), "2026-12-31T23:59:59Z");
        assert_eq!(rfc3339_ms(NEW_YEARS_EVE), "2026-12-31T23:59:59.123Z");
        assert_eq!(date(NEW_YEARS_EVE), "2026-12-31");
    }

    #[test]
    fn times_are_read_in_every_spelling_of_clients() {
        for text in [
            "2026-12-31T23:59:59.123Z",
            "2026-12-31T23:59:59.123",
            "2027-01-01T00:59:59.123+01:00",
            " 2026-12-31t23:59:59.123456z ",
        ] {
            assert_eq!(parse_rfc3339(text), Some(NEW_YEARS_EVE), "{text}");
        }
        assert_eq!(parse_rfc3339("1970-01-01T00:00:01Z"), Some(1000));
        for text in ["", "2026-12-31", "yesterday", "2026-13-31T23:59:59Z", "1"] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn quota_resets_with_the_month() {
        assert_eq!(rfc3339(next_month(NEW_YEARS_EVE)), "2027-01-01T00:00:00Z");
        assert_eq!(rfc3339(next_month(0)), "1970-02-01T00:00:00Z");
    }
}
