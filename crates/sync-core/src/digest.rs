//! Hashes that tell a user's own things apart: 128-bit FNV-1a. Whoever makes two collide deceives
//! only himself, so nothing stronger is needed.

use std::fmt;

use serde_json::{Map, Value};

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// A hash of 16 bytes; 32 hexadecimal digits as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u128);

impl Default for Digest {
    fn default() -> Self {
        Self(OFFSET)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Digest {
    /// Of texts in this order, none of which runs into the next.
    pub fn of(texts: &[&str]) -> Self {
        texts
            .iter()
            .fold(Self::default(), |all, text| all.text(text))
    }

    /// What [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let is_ours = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_ours.then(|| u128::from_str_radix(text, 16).ok().map(Self))?
    }

    /// With a text after it.
    pub fn text(self, text: &str) -> Self {
        self.number(text.len() as u64).bytes(text.as_bytes())
    }

    /// With a number after it.
    pub fn number(self, number: u64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    /// With a JSON value after it; the order of keys does not matter.
    pub fn value(self, value: &Value) -> Self {
        match value {
            Value::Null => self.number(0),
            Value::Bool(flag) => self.number(1).number((*flag).into()),
            Value::Number(number) => self.number(2).text(&number.to_string()),
            Value::String(text) => self.number(3).text(text),
            Value::Array(items) => items
                .iter()
                .fold(self.number(4).number(items.len() as u64), Self::value),
            Value::Object(fields) => self.number(5).fields(fields),
        }
    }

    /// With fields after it; their order does not matter.
    pub fn fields(self, fields: &Map<String, Value>) -> Self {
        let sum = fields.iter().fold(0, |sum: u128, (name, value)| {
            sum.wrapping_add(Self::default().text(name).value(value).0)
        });
        self.number(fields.len() as u64).bytes(&sum.to_le_bytes())
    }

    /// The hash in 64 bits.
    pub fn short(self) -> u64 {
        ((self.0 >> 64) ^ self.0) as u64
    }

    /// The hash in 32 bits.
    pub fn tiny(self) -> u32 {
        let short = self.short();
        ((short >> 32) ^ short) as u32
    }

    fn bytes(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |hash, &byte| {
            (hash ^ u128::from(byte)).wrapping_mul(PRIME)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn hashes_stay_what_they_were() {
        // The test vector of the definition, and what our own stored hashes depend on.
        assert_eq!(
            Digest::default().bytes(b"foobar").to_string(),
            "343e1662793c64bf6f0d3597ba446f18"
        );
        let digest = Digest::of(&["a", "bc"]).value(&json!({"x": [1, 2.5, null, true, "s"]}));
        assert_eq!(digest.to_string(), "61973ebfe66dbc9b787d9e3da41d3df1");
        assert_eq!(
            (digest.short(), digest.tiny()),
            (0x19eaa0824270816a, 0x5b9a21e8)
        );
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::parse("+0000000000000000000000000000001"), None);
    }

    #[test]
    fn what_is_different_hashes_differently() {
        assert_ne!(Digest::of(&["ab", "c"]), Digest::of(&["a", "bc"]));
        let of = |value| Digest::default().value(&value);
        assert_eq!(of(json!({"a": 1, "b": 2})), of(json!({"b": 2, "a": 1})));
        assert_ne!(of(json!(["a"])), of(json!("a")));
        assert_ne!(of(json!(1)), of(json!("1")));
        assert_ne!(of(json!([[], 1])), of(json!([[1]])));
    }
}
