//! What administrators send.

use deserr::Deserr;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::http::{FieldErrors, Input, Text, WholeNumber};
use crate::limits::quota::monthly_units;

const MAX_QUERY: usize = 254;
const MAX_QUOTA: u64 = 1_000_000_000;

/// Which users are wanted.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// How the email or the username begins, in any case.
    #[param(value_type = Option<String>, max_length = 254)]
    #[deserr(default)]
    q: Option<Text<0, MAX_QUERY>>,
}

impl Input for Search {}

impl Search {
    /// How the email or the username begins; `None` for everybody.
    pub fn prefix(&self) -> Option<String> {
        let prefix = self.q.as_ref()?.0.trim().to_lowercase();
        (!prefix.is_empty()).then_some(prefix)
    }
}

/// What a user may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum UserRole {
    /// Like everybody.
    User,
    /// May call this area.
    Admin,
}

impl UserRole {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

/// What a user pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum Tier {
    /// Nothing.
    Free,
    /// A little.
    Basic,
    /// More.
    Professional,
    /// Most.
    Enterprise,
}

impl Tier {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Basic => "basic",
            Self::Professional => "professional",
            Self::Enterprise => "enterprise",
        }
    }
}

/// What is to change of a user; what is left out stays.
#[derive(Debug, Default, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct ChangeAccount {
    /// False ends all access at once, true gives it back.
    #[deserr(default)]
    pub is_active: Option<bool>,
    /// Whether the user is an administrator.
    #[deserr(default)]
    pub role: Option<UserRole>,
    /// Brings the quota of the tier with it unless `quota_limit` says otherwise.
    #[deserr(default)]
    pub subscription_tier: Option<Tier>,
    /// Units a month.
    #[schema(value_type = Option<u64>, maximum = 1_000_000_000)]
    #[deserr(default)]
    quota_limit: Option<WholeNumber<0, MAX_QUOTA>>,
}

impl Input for ChangeAccount {}

impl ChangeAccount {
    /// Whether something is taken away that the last administrator must keep.
    pub fn takes_power(&self) -> bool {
        self.is_active == Some(false) || self.role == Some(UserRole::User)
    }

    /// Units a month from now on.
    pub fn quota(&self) -> Option<i64> {
        let of_tier = self
            .subscription_tier
            .map(|tier| monthly_units(tier.as_str()));
        self.quota_limit.map(|units| units.0 as i64).or(of_tier)
    }

    /// What is asked for, for the audit.
    pub fn detail(&self) -> String {
        let fields: [(&str, Option<Value>); 4] = [
            ("is_active", self.is_active.map(Value::from)),
            ("role", self.role.map(|role| role.as_str().into())),
            (
                "subscription_tier",
                self.subscription_tier.map(|tier| tier.as_str().into()),
            ),
            ("quota_limit", self.quota().map(Value::from)),
        ];
        let given = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(given.collect::<Map<_, _>>()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::read;

    fn update(value: Value) -> ChangeAccount {
        read(value).unwrap()
    }

    #[test]
    fn a_tier_brings_its_quota_unless_told_otherwise() {
        assert_eq!(
            update(json!({"subscriptionTier": "basic"})).quota(),
            Some(200)
        );
        let both = update(json!({"subscription_tier": "basic", "quota_limit": 7}));
        assert_eq!(both.quota(), Some(7));
        assert_eq!(update(json!({"role": "admin"})).quota(), None);
    }

    #[test]
    fn the_audit_names_what_was_asked_for() {
        let input = update(json!({"is_active": false, "subscription_tier": "free"}));
        let expected = json!({"is_active": false, "subscription_tier": "free", "quota_limit": 50});
        assert_eq!(
            serde_json::from_str::<Value>(&input.detail()).unwrap(),
            expected
        );
        assert_eq!(update(json!({})).detail(), "{}");
    }

    #[test]
    fn only_what_weakens_an_administrator_takes_power() {
        assert!(update(json!({"is_active": false})).takes_power());
        assert!(update(json!({"role": "user"})).takes_power());
        assert!(
            !update(json!({"is_active": true, "role": "admin", "quota_limit": 0})).takes_power()
        );
    }
}
