//! What a route asks of its caller, and what a caller may do.

use std::fmt;

/// A right that API keys and sessions carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// See what is the user's.
    Read,
    /// Add, change and delete content.
    Upload,
    /// Manage the account: keys, sessions, password, profile, membership.
    Admin,
}

impl Scope {
    /// All scopes, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Read, Self::Upload, Self::Admin];

    /// Its name in tokens, keys and the API document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Upload => "upload",
            Self::Admin => "admin",
        }
    }

    /// The scope of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of scopes; written as their names with blanks between (RFC 6749, section 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// Every scope: what a person has who signs in.
    pub const ALL: Self = Self(0b111);

    /// Reads the names; unknown ones grant nothing.
    pub fn parse(text: &str) -> Self {
        text.split_whitespace().filter_map(Scope::parse).collect()
    }

    /// Whether the scope is granted.
    pub fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether nothing is granted here that is not granted there.
    pub fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether nothing is granted.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The names.
    pub fn names(self) -> Vec<&'static str> {
        Scope::ALL
            .into_iter()
            .filter(|scope| self.has(*scope))
            .map(Scope::as_str)
            .collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(" "))
    }
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody; a caller with a token sees more.
    Optional,
    /// A signed-in user with this scope.
    User(Scope),
    /// A signed-in user with the role `admin` and the scope [`Scope::Admin`].
    Administrator,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_written_as_they_are_read() {
        assert_eq!(Scopes::ALL.to_string(), "read upload admin");
        assert_eq!(Scopes::parse("upload read"), Scopes::parse("read upload"));
        assert!(Scopes::parse("root everything").is_empty());
        assert!(Scopes::parse("read").is_within(Scopes::ALL));
        assert!(!Scopes::ALL.is_within(Scopes::parse("read upload")));
    }
}
