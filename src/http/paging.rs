//! Paging of lists, in both styles that clients use (CONTRACT K12).

use deserr::Deserr;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::input::{FieldErrors, Input, WholeNumber};
use crate::error::FieldError;

const DEFAULT_PER_PAGE: u64 = 20;
const MAX_PER_PAGE: u64 = 100;

/// Which part of a list is wanted: `page` and `per_page`, or `limit` and `offset`.
#[derive(Debug, Clone, Default, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// From 1 on; 1 unless said.
    #[param(value_type = Option<u64>, minimum = 1)]
    #[deserr(default)]
    page: Option<WholeNumber>,
    /// 1 to 100; 20 unless said.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100)]
    #[deserr(default)]
    per_page: Option<WholeNumber>,
    /// As `per_page`.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100)]
    #[deserr(default)]
    limit: Option<WholeNumber>,
    /// How many entries to leave out; instead of `page`.
    #[param(value_type = Option<u64>)]
    #[deserr(default)]
    offset: Option<WholeNumber>,
}

impl Input for Paging {
    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut check = |name: &str, value: Option<WholeNumber>, range: std::ops::RangeInclusive<u64>| {
            if value.is_some_and(|value| !range.contains(&value.0)) {
                let message = format!("Must be from {} to {}", range.start(), range.end());
                errors.push(FieldError::invalid(name, message));
            }
        };
        check("page", self.page, 1..=1_000_000);
        check("per_page", self.per_page, 1..=MAX_PER_PAGE);
        check("limit", self.limit, 1..=MAX_PER_PAGE);
        check("offset", self.offset, 0..=100_000_000);
        errors
    }
}

impl Paging {
    /// How many entries at most.
    pub fn per_page(&self) -> i64 {
        self.per_page.or(self.limit).map_or(DEFAULT_PER_PAGE, |n| n.0) as i64
    }

    /// How many entries come before.
    pub fn offset(&self) -> i64 {
        match self.offset {
            Some(offset) => offset.0 as i64,
            None => (self.page.map_or(1, |n| n.0) as i64 - 1) * self.per_page(),
        }
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
    use super::*;

    fn paging(page: Option<u64>, per_page: Option<u64>, limit: Option<u64>, offset: Option<u64>) -> Paging {
        let [page, per_page, limit, offset] =
            [page, per_page, limit, offset].map(|n| n.map(WholeNumber));
        Paging { page, per_page, limit, offset }
    }

    #[test]
    fn both_styles_say_the_same() {
        let by_page = paging(Some(3), Some(10), None, None);
        let by_offset = paging(None, None, Some(10), Some(20));
        assert_eq!((by_page.offset(), by_page.per_page()), (20, 10));
        assert_eq!((by_offset.offset(), by_offset.per_page()), (20, 10));
        assert_eq!(by_offset.pagination(50).page, 3);
    }

    #[test]
    fn every_bad_parameter_is_named() {
        let errors = paging(Some(0), Some(101), None, None).validate();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["page", "per_page"]);
    }
}
