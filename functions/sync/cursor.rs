//! How far a device has pulled, as a text that it keeps.

use sync_core::{Millis, Version};

/// How long a cursor holds: as long as tombstones are kept, less a day.
const LIFE_DAYS: i64 = 89;

const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// A place in a user's changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// All changes up to this one were told.
    pub version: Version,
    /// Where the device had everything when it began the present pull, of maybe many pages.
    pub complete: Version,
    /// When it was told.
    pub day: i64,
}

impl Cursor {
    /// Before everything.
    pub const START: Self = Self {
        version: 0,
        complete: 0,
        day: 0,
    };

    /// A device that has everything.
    pub fn latest(version: Version, now: Millis) -> Self {
        Self {
            version,
            complete: version,
            day: now / DAY_MS,
        }
    }

    /// What [`Self::to_text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('c')?.split('-');
        let mut number = || {
            i64::from_str_radix(parts.next()?, 16)
                .ok()
                .filter(|n| *n >= 0)
        };
        let cursor = Self {
            version: number()?,
            complete: number()?,
            day: number()?,
        };
        (parts.next().is_none() && cursor.complete <= cursor.version).then_some(cursor)
    }

    /// For the device to keep.
    pub fn to_text(self) -> String {
        format!("c{:x}-{:x}-{:x}", self.version, self.complete, self.day)
    }

    /// Whether all deletions since are still known; not so after a long absence, or when the
    /// database was set back.
    pub fn holds(self, latest: Version, now: Millis) -> bool {
        let is_fresh = self.day >= now / DAY_MS - LIFE_DAYS;
        self.version <= latest && (is_fresh || self.version == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_wire() {
        let cursor = Cursor {
            version: 1_000_000,
            complete: 77,
            day: 20_000,
        };
        assert_eq!(cursor.to_text(), "cf4240-4d-4e20");
        assert_eq!(Cursor::parse(&cursor.to_text()), Some(cursor));
        for text in ["", "c", "c1-2-3", "c-1-0-0", "c1-1-1-1", "1-1-1", "cx-0-0"] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_cursor_holds_as_long_as_tombstones_do() {
        let now = 30_000 * DAY_MS;
        let cursor = Cursor::latest(5, now);
        assert!(cursor.holds(5, now) && cursor.holds(9, now + LIFE_DAYS * DAY_MS));
        assert!(!cursor.holds(9, now + (LIFE_DAYS + 1) * DAY_MS));
        assert!(!cursor.holds(4, now), "of a past that was undone");
        assert!(Cursor::START.holds(0, now));
    }
}
