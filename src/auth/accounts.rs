//! Accounts: what a new one must look like, and the row that signs in.

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use dialect::{Dialect, camel_case_keys};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::sessions::{SessionRow, address_hash};
use crate::context::Context;
use crate::db::{Statement, row};
use crate::error::FieldError;
use crate::http::FieldErrors;
use crate::limits::guesses::Source;
use crate::limits::quota::monthly_units;
use crate::time::{next_month, rfc3339};

/// Longest address that a mail server takes (RFC 5321, section 4.5.3.1.3).
const MAX_EMAIL: usize = 254;

/// The tier of an account that nobody paid for.
const FIRST_TIER: &str = "free";

/// An email address, in lower case: nobody remembers how they capitalized it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(pub String);

impl Deserr<FieldErrors> for Email {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text = <String as Deserr<FieldErrors>>::deserialize_from_value(value, location)?;
        let email = text.trim().to_lowercase();
        if email.is_empty() {
            return Err(FieldErrors::one(location, "Must not be empty", "too_small"));
        }
        if email.len() > MAX_EMAIL {
            let message = format!("Must have at most {MAX_EMAIL} characters");
            return Err(FieldErrors::one(location, message, "too_long"));
        }
        // Display names, comments and quoted parts are no addresses that people type.
        let options = email_address::Options::default()
            .without_display_text()
            .without_domain_literal()
            .with_required_tld();
        if email.contains('"')
            || email_address::EmailAddress::parse_with_options(&email, options).is_err()
        {
            let message = "Must be an email address, such as anna@example.org";
            return Err(FieldErrors::one(location, message, "invalid_format"));
        }
        Ok(Self(email))
    }
}

/// A new password: 8 to 128 characters of any kind. Never shown, not even to the log.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(pub String);

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword(..)")
    }
}

impl Deserr<FieldErrors> for NewPassword {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text = <String as Deserr<FieldErrors>>::deserialize_from_value(value, location)?;
        match text.chars().count() {
            0..8 => Err(FieldErrors::one(
                location,
                "Must have at least 8 characters",
                "too_small",
            )),
            8..=128 => Ok(Self(text)),
            _ => Err(FieldErrors::one(
                location,
                "Must have at most 128 characters",
                "too_long",
            )),
        }
    }
}

/// A unique name: 3 to 30 letters, digits, `_`, `-` or `.`, the first a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(pub String);

impl Deserr<FieldErrors> for Username {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text = <String as Deserr<FieldErrors>>::deserialize_from_value(value, location)?;
        let name = text.trim();
        let is_plain = name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        let starts_well = name.chars().next().is_some_and(char::is_alphanumeric);
        // A number would be taken for somebody's integer id.
        let is_number = name.chars().all(|c| c.is_ascii_digit());
        match name.chars().count() {
            0..3 => Err(FieldErrors::one(
                location,
                "Must have at least 3 characters",
                "too_small",
            )),
            3..=30 if is_plain && starts_well && !is_number => Ok(Self(name.to_owned())),
            3..=30 => Err(FieldErrors::one(
                location,
                "Must be letters, digits, _ - or . and begin with a letter or digit",
                "invalid_format",
            )),
            _ => Err(FieldErrors::one(
                location,
                "Must have at most 30 characters",
                "too_long",
            )),
        }
    }
}

/// An account about to be written.
#[derive(Debug, Default)]
pub struct NewAccount<'a> {
    /// Its id.
    pub id: String,
    /// Where its mail goes.
    pub email: &'a str,
    /// What the person is called.
    pub name: Option<&'a str>,
    /// A unique name.
    pub username: Option<&'a str>,
    /// PHC string.
    pub password_hash: &'a str,
    /// A picture elsewhere.
    pub avatar_url: Option<&'a str>,
    /// A few words about the person.
    pub bio: Option<&'a str>,
}

impl NewAccount<'_> {
    /// A fresh id.
    pub fn new_id() -> String {
        Uuid::new_v4().to_string()
    }

    /// Writes the account unless email or username is taken; follow it by [`taken_fields`] in the
    /// same batch to learn which.
    pub fn insert(&self, now: i64) -> Statement {
        Statement::new(
            "insert into users
               (id, num_id, email, name, username, password_hash, tier, quota_limit,
                quota_resets_at, avatar_url, bio, created_at, updated_at, password_changed_at)
             select ?1, coalesce((select max(num_id) from users), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7,
               ?8, ?9, ?10, ?11, ?11, ?11
             where not exists (select 1 from users where email = ?2)
               and not exists (select 1 from users where username = ?4 collate nocase)",
        )
        .bind(&self.id)
        .bind(self.email)
        .bind(self.name)
        .bind(self.username)
        .bind(self.password_hash)
        .bind(FIRST_TIER)
        .bind(monthly_units(FIRST_TIER))
        .bind(next_month(now))
        .bind(self.avatar_url)
        .bind(self.bio)
        .bind(now)
    }
}

/// Which of the values belong to another user than `user_id`.
pub fn find_taken(user_id: &str, email: Option<&str>, username: Option<&str>) -> Statement {
    Statement::new(
        "select
           exists (select 1 from users where email = ?2 and id <> ?1) as email,
           exists (
             select 1 from users where username = ?3 collate nocase and id <> ?1
           ) as username",
    )
    .bind(user_id)
    .bind(email)
    .bind(username)
}

row! {
    /// The answer of [`find_taken`].
    #[derive(Debug)]
    pub struct Taken {
        email: i64,
        username: i64,
    }
}

impl Taken {
    /// The fields, as errors; none when all is free.
    pub fn fields(&self) -> Vec<FieldError> {
        let email = FieldError::invalid("email", "There is an account with this email already");
        let username = FieldError::invalid("username", "This username is taken");
        [(self.email, email), (self.username, username)]
            .into_iter()
            .filter(|(is_taken, _)| *is_taken == 1)
            .map(|(_, error)| error)
            .collect()
    }
}

row! {
    /// What a login needs to know of an account.
    #[derive(Debug)]
    pub struct LoginRow {
        /// The user.
        pub id: String,
        /// PHC string; null for an account that signs in by key only.
        pub password_hash: Option<String>,
        knows_device: i64,
        /// A JSON list of [`address_hash`]es.
        addresses: String,
    }
}

impl LoginRow {
    /// Who guesses at the password: a device or an address that has signed in before?
    pub fn source<'a>(&self, context: &Context, device_id: Option<&'a str>) -> Source<'a> {
        let addresses: Vec<String> = serde_json::from_str(&self.addresses).unwrap_or_default();
        let here = address_hash(context, &self.id);
        match device_id {
            Some(id) if self.knows_device == 1 => Source::Device(id),
            _ if here.is_some_and(|hash| addresses.contains(&hash)) => Source::KnownAddress,
            _ => Source::Stranger,
        }
    }
}

/// The account with this email or username.
pub fn find_login(login: &str, device_id: Option<&str>) -> Statement {
    Statement::new(
        "select
           u.id, u.password_hash,
           exists (select 1 from sessions where user_id = u.id and device_id = ?2) as knows_device,
           (
             select json_group_array(s.address_hash)
             from sessions s
             where s.user_id = u.id and s.address_hash is not null
           ) as addresses
         from users u
         where u.id in (
           select id from users where email = ?1
           union all
           select id from users where username = ?1 collate nocase
         )",
    )
    .bind(login)
    .bind(device_id)
}

/// The user as the apps of seeds 002, 003 and 004 know it.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// A UUID.
    id: String,
    /// Empty for an account that signs in by key only.
    email: String,
    /// What the person is called.
    name: String,
    /// Always true: nobody else gets this far.
    is_active: bool,
    /// `free`, `basic`, `professional` or `enterprise`.
    subscription_tier: String,
    created_at: String,
}

impl From<&SessionRow> for User {
    fn from(row: &SessionRow) -> Self {
        let email = row.email.clone().unwrap_or_default();
        let name = row.name.clone().or_else(|| row.username.clone());
        let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
        Self {
            id: row.user_id.clone(),
            email,
            name,
            is_active: true,
            subscription_tier: row.tier.clone(),
            created_at: rfc3339(row.user_created_at),
        }
    }
}

impl User {
    /// In the spelling of the dialect.
    pub fn present(&self, dialect: Dialect) -> serde_json::Value {
        match dialect {
            Dialect::Scans => camel_case_keys(json!(self)),
            Dialect::Api | Dialect::V1 => json!(self),
        }
    }
}
