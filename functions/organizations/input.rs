//! What clients send.

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::http::{FieldErrors, Input, Text};

const MAX_NAME: usize = 100;
const MAX_DESCRIPTION: usize = 2000;
const MAX_CODE: usize = 100;

/// Which organization a path names. What is no number names none, as 0 does; whoever asks for it is
/// checked all the same.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(from = "String")]
pub struct OrganizationId(pub u32);

impl From<String> for OrganizationId {
    fn from(text: String) -> Self {
        Self(text.parse().unwrap_or(0))
    }
}

/// A boolean; the app of seed 001 keeps 0 and 1 in its database and may send those, query strings
/// send text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(pub bool);

impl Deserr<FieldErrors> for Flag {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let flag = match &value {
            Value::Boolean(flag) => Some(*flag),
            Value::Integer(0) => Some(false),
            Value::Integer(1) => Some(true),
            Value::String(text) => match text.as_str() {
                "0" | "false" => Some(false),
                "1" | "true" => Some(true),
                _ => None,
            },
            _ => None,
        };
        let message = "Must be true or false";
        flag.map(Self)
            .ok_or_else(|| FieldErrors::one(location, message, "invalid_format"))
    }
}

/// An organization to be.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct CreateOrganization {
    /// What it is called.
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Text<1, MAX_NAME>,
    /// What it is for.
    #[schema(value_type = Option<String>, max_length = 2000)]
    #[deserr(default)]
    pub description: Option<Text<0, MAX_DESCRIPTION>>,
    /// Whether everybody may see and join it; true unless said. 0 and 1 are taken too.
    #[schema(value_type = Option<bool>)]
    #[deserr(default)]
    pub is_public: Option<Flag>,
}

impl Input for CreateOrganization {}

/// What is to change of an organization; what is left out stays.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct UpdateOrganization {
    /// What it is called.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    #[deserr(default)]
    pub name: Option<Text<1, MAX_NAME>>,
    /// What it is for; an empty text removes it.
    #[schema(value_type = Option<String>, max_length = 2000)]
    #[deserr(default)]
    pub description: Option<Text<0, MAX_DESCRIPTION>>,
    /// Whether everybody may see and join it. 0 and 1 are taken too.
    #[schema(value_type = Option<bool>)]
    #[deserr(default)]
    pub is_public: Option<Flag>,
}

impl Input for UpdateOrganization {}

/// How to get in.
#[derive(Debug, Default, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct JoinOrganization {
    /// What a private organization asks for.
    #[schema(value_type = Option<String>, max_length = 100)]
    #[deserr(default)]
    pub invite_code: Option<Text<0, MAX_CODE>>,
}

impl Input for JoinOrganization {}

/// Which organizations are wanted.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = FieldErrors)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// How the name begins, in any case.
    #[param(value_type = Option<String>, max_length = 100)]
    #[deserr(default)]
    q: Option<Text<0, MAX_NAME>>,
    /// Only those that the caller belongs to, private ones too.
    #[param(value_type = Option<bool>)]
    #[deserr(default)]
    mine: Option<Flag>,
}

impl Input for Filter {}

impl Filter {
    /// Whether only the caller's own are wanted.
    pub fn is_mine(&self) -> bool {
        self.mine.is_some_and(|mine| mine.0)
    }

    /// How the name begins, as it is stored for searching.
    pub fn prefix(&self) -> String {
        self.q
            .as_ref()
            .map(|q| search_name(&q.0))
            .unwrap_or_default()
    }
}

/// A name as it is searched for.
pub fn search_name(name: &str) -> String {
    name.trim().to_lowercase()
}

/// What somebody may do in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = lowercase)]
#[schema(rename_all = "lowercase")]
pub enum Role {
    /// Everything; each organization has exactly one.
    Owner,
    /// Change it, invite, remove members.
    Admin,
    /// See it.
    Member,
}

impl Role {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

/// A member's new role.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = FieldErrors)]
pub struct ChangeMember {
    /// `owner` hands the organization on: its owner becomes an admin.
    pub role: Role,
}

impl Input for ChangeMember {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::read;

    #[test]
    fn a_flag_is_read_in_every_spelling() {
        for (value, expected) in [
            (json!(true), true),
            (json!(1), true),
            (json!("1"), true),
            (json!("true"), true),
            (json!(false), false),
            (json!(0), false),
            (json!("0"), false),
            (json!("false"), false),
        ] {
            let input: UpdateOrganization = read(json!({ "isPublic": value })).unwrap();
            assert_eq!(input.is_public, Some(Flag(expected)), "{value}");
        }
        for value in [json!(2), json!("yes"), json!(-1), json!(1.0), json!([])] {
            assert!(read::<UpdateOrganization>(json!({ "is_public": value })).is_err());
        }
    }

    #[test]
    fn names_are_searched_for_in_lower_case() {
        assert_eq!(search_name("  ÄRZTE ohne Grenzen "), "ärzte ohne grenzen");
    }
}
