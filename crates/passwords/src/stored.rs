//! Reading a stored hash, before anything is spent on checking it.

use argon2::password_hash::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::PasswordError;

/// The most memory that a stored hash may ask for, in KiB: half of an isolate's 128 MB.
const MAX_MEMORY_KIB: u32 = 64 * 1024;

/// The most passes over the memory.
const MAX_PASSES: u32 = 10;

/// The most lanes; they run one after the other here.
const MAX_LANES: u32 = 4;

/// A stored hash, taken apart.
pub(crate) struct Stored {
    pub argon2: Argon2<'static>,
    pub hash: Output,
    salt: [u8; Salt::MAX_LENGTH],
    salt_length: usize,
    algorithm: Algorithm,
    version: Version,
}

impl Stored {
    /// Reads a PHC string.
    pub fn parse(phc: &str) -> Result<Self, PasswordError> {
        let parsed = PasswordHash::new(phc).map_err(|_| PasswordError::Malformed)?;
        let algorithm =
            Algorithm::try_from(parsed.algorithm).map_err(|_| PasswordError::Unsupported)?;
        // The reference implementation's `decode_string`: version 16 wrote no version.
        let version = parsed.version.map_or(Ok(Version::V0x10), |version| {
            Version::try_from(version).map_err(|_| PasswordError::Unsupported)
        })?;
        // Before `Params`, whose own check of the lanes overflows.
        if is_too_costly(&parsed) {
            return Err(PasswordError::TooCostly);
        }
        let params = Params::try_from(&parsed).map_err(|_| PasswordError::Malformed)?;
        let (Some(encoded_salt), Some(hash)) = (parsed.salt, parsed.hash) else {
            return Err(PasswordError::Malformed);
        };
        let mut salt = [0; Salt::MAX_LENGTH];
        let salt_length = encoded_salt
            .decode_b64(&mut salt)
            .map_err(|_| PasswordError::Malformed)?
            .len();
        Ok(Self {
            argon2: Argon2::new(algorithm, version, params),
            hash,
            salt,
            salt_length,
            algorithm,
            version,
        })
    }

    pub fn salt(&self) -> &[u8] {
        &self.salt[..self.salt_length]
    }

    /// Whether it resists guessing less than a hash made with `today` and a salt of `salt_length`
    /// bytes. The lanes do not count: they divide the work but leave it as it is.
    pub fn is_weaker_than(&self, today: &Params, salt_length: usize) -> bool {
        let params = self.argon2.params();
        self.algorithm != Algorithm::Argon2id
            || self.version < Version::V0x13
            || params.m_cost() < today.m_cost()
            || params.t_cost() < today.t_cost()
            || params.output_len() < today.output_len()
            || self.salt_length < salt_length
    }
}

/// Looks at every parameter, so that one that is named twice does not slip through.
fn is_too_costly(hash: &PasswordHash<'_>) -> bool {
    hash.params.iter().any(|(name, value)| {
        let most = match name.as_str() {
            "m" => MAX_MEMORY_KIB,
            "t" => MAX_PASSES,
            "p" => MAX_LANES,
            _ => return false,
        };
        value.decimal().is_ok_and(|value| value > most)
    })
}
