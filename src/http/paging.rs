//! Paging of lists, in both styles that clients use (CONTRACT K12).

use deserr::Deserr;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::input::{FieldErrors, Input, WholeNumber};

const DEFAULT_PER_PAGE: u64 = 20;
const MAX_PER_PAGE: u64 = 100;
const MAX_PAGE: u64 = 1_000_000;
const MAX_OFFSET: u64 = 100_000_000;

/// Entries that are counted beyond a page of a list without bounds.
const COUNTED_BEYOND: i64 = 10_000;

/// Which part of a list is wanted: `page` and `per_page`, or `limit` and `offset`.
#[derive(Debug, Clone, Default, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// From 1 on; 1 unless said.
    #[param(value_type = Option<u64>, minimum = 1)]
    #[deserr(default)]
    page: Option<WholeNumber<1, MAX_PAGE>>,
    /// 1 to 100; 20 unless said.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100)]
    #[deserr(default)]
    per_page: Option<WholeNumber<1, MAX_PER_PAGE>>,
    /// As `per_page`.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100)]
    #[deserr(default)]
    limit: Option<WholeNumber<1, MAX_PER_PAGE>>,
    /// How many entries to leave out; instead of `page`.
    #[param(value_type = Option<u64>)]
    #[deserr(default)]
    offset: Option<WholeNumber<0, MAX_OFFSET>>,
}

impl Input for Paging {}

impl Paging {
    /// How many entries at most.
    pub fn per_page(&self) -> i64 {
        self.per_page
            .or(self.limit)
            .map_or(DEFAULT_PER_PAGE, |n| n.0) as i64
    }

    /// How many entries come before.
    pub fn offset(&self) -> i64 {
        match self.offset {
            Some(offset) => offset.0 as i64,
            None => (self.page.map_or(1, |n| n.0) as i64 - 1) * self.per_page(),
        }
    }

    /// How far a list that may have any length is counted. Whoever reads page after page sees
    /// all of it, and no page costs more because somebody else's list is long.
    pub fn count_limit(&self) -> i64 {
        self.offset() + self.per_page() + COUNTED_BEYOND
    }

    /// What the answer says about itself.
    pub fn pagination(&self, total: i64) -> Pagination {
        Pagination {
            page: self.offset() / self.per_page() + 1,
            per_page: self.per_page(),
            total,
        }
    }
}

/// Where in a list the answer stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pagination {
    /// From 1 on.
    pub page: i64,
    /// Entries a page.
    pub per_page: i64,
    /// Entries in all.
    pub total: i64,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Error;
    use crate::http::input::read;

    fn paging(query: serde_json::Value) -> Result<Paging, Error> {
        read(query)
    }

    #[test]
    fn both_styles_say_the_same() {
        let by_page = paging(json!({"page": "3", "per_page": "10"})).unwrap();
        let by_offset = paging(json!({"limit": "10", "offset": "20"})).unwrap();
        assert_eq!((by_page.offset(), by_page.per_page()), (20, 10));
        assert_eq!((by_offset.offset(), by_offset.per_page()), (20, 10));
        assert_eq!(by_offset.pagination(50).page, 3);
    }

    #[test]
    fn every_bad_parameter_is_named() {
        let wrong = paging(json!({"page": "0", "per_page": "101", "offset": "x"}));
        let Err(Error::Validation(errors)) = wrong else {
            panic!("{wrong:?}");
        };
        let mut fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["offset", "page", "per_page"]);
    }
}
