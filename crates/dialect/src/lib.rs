//! The differences between the five clients that depend only on the path a request came in on,
//! and the spelling of keys. One service answers all of them; only presentation differs.

mod keys;
mod path;
mod target;

pub use keys::{camel_case_keys, camel_to_snake, snake_case_keys, with_camel_twins};
pub use path::{canonical_path, normalize_path};
pub use target::{Target, split_url};

/// How a client wants its answers presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `/api/v1/*` and everything that is not named below: seeds 000, 001, 003.
    Api,
    /// `/v1/*`: seed 002.
    V1,
    /// `/scans/*` and `/api/*` without a version: seed 004.
    Scans,
}

impl Dialect {
    /// The dialect of a normalized path.
    pub fn of(path: &str) -> Self {
        let mut segments = path.trim_start_matches('/').split('/');
        match (segments.next(), segments.next()) {
            (Some("v1"), _) => Self::V1,
            (Some("api"), Some("v1")) => Self::Api,
            (Some("api" | "scans"), _) => Self::Scans,
            _ => Self::Api,
        }
    }

    /// The status of a body or field that does not validate: the Flutter client of seed 000
    /// retries a 422 for ever, the web client of seed 002 marks the fields only on a 422.
    pub fn validation_status(self) -> u16 {
        match self {
            Self::V1 => 422,
            Self::Api | Self::Scans => 400,
        }
    }

    /// Whether errors repeat status and message at the top level.
    pub fn has_flat_errors(self) -> bool {
        self == Self::Scans
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect;

    #[test]
    fn the_entry_path_decides() {
        let cases = [
            ("/api/v1/rooms/upload", Dialect::Api),
            ("/api/v1", Dialect::Api),
            ("/v1/query", Dialect::V1),
            ("/v1", Dialect::V1),
            ("/api/scans/process", Dialect::Scans),
            ("/api/auth/login", Dialect::Scans),
            ("/scans/process", Dialect::Scans),
            ("/health", Dialect::Api),
            ("/", Dialect::Api),
            ("/api/v10/x", Dialect::Scans),
        ];
        for (path, dialect) in cases {
            assert_eq!(Dialect::of(path), dialect, "{path}");
        }
    }
}
