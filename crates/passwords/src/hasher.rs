//! Making and checking hashes.

use std::hint::black_box;

use argon2::password_hash::{Output, ParamsString, PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;

use crate::PasswordError;
use crate::stored::Stored;

/// What new hashes are made with: 19 MiB, 2 passes, 1 lane, 32 bytes of hash. The least that
/// OWASP's Password Storage Cheat Sheet recommends, for the isolate has 128 MB for all requests.
const TODAY: Params = match Params::new(19 * 1024, 2, 1, Some(HASH_BYTES)) {
    Ok(params) => params,
    Err(_) => panic!("refused at compile time"),
};

const HASH_BYTES: usize = 32;

const SALT_BYTES: usize = 16;

/// What became of a password that was checked against a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The password is the one that was hashed.
    pub matches: bool,
    /// The stored hash is weaker than one that [`Hasher::hash`] makes. A password that matches
    /// should be hashed anew.
    pub needs_rehash: bool,
}

/// Hashes passwords, one after the other, all in the same memory.
///
/// Wasm memory never shrinks: were every hash to allocate its own 19 MiB, logins at the same time
/// would add up.
#[derive(Default)]
pub struct Hasher {
    memory: Vec<Block>,
}

impl Hasher {
    /// A hasher that takes its memory when it is first used.
    pub const fn new() -> Self {
        Self { memory: Vec::new() }
    }

    /// Hashes a password. The salt must be random and never used before.
    ///
    /// # Errors
    /// When there is no memory left.
    pub fn hash(
        &mut self,
        password: &str,
        salt: &[u8; SALT_BYTES],
    ) -> Result<String, PasswordError> {
        let mut hash = [0; HASH_BYTES];
        self.derive(&todays(), password, salt, &mut hash)?;
        // None of these fails: all lengths are constants within the format's limits.
        let malformed = |_| PasswordError::Malformed;
        let salt = SaltString::encode_b64(salt).map_err(malformed)?;
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&TODAY).map_err(malformed)?,
            salt: Some(salt.as_salt()),
            hash: Some(Output::new(&hash).map_err(malformed)?),
        }
        .to_string())
    }

    /// Checks a password against a stored hash, of any kind of Argon2.
    ///
    /// # Errors
    /// When the stored hash cannot be read or asks for too much, or there is no memory left.
    pub fn verify(&mut self, password: &str, phc: &str) -> Result<Verdict, PasswordError> {
        let stored = Stored::parse(phc)?;
        let mut buffer = [0; Output::MAX_LENGTH];
        let hash = &mut buffer[..stored.hash.len()];
        self.derive(&stored.argon2, password, stored.salt(), hash)?;
        Ok(Verdict {
            matches: hash.ct_eq(stored.hash.as_bytes()).into(),
            needs_rehash: stored.is_weaker_than(&TODAY, SALT_BYTES),
        })
    }

    /// Takes as long as [`Self::verify`] does with one of today's hashes. For users that do not
    /// exist, so that the time of an answer does not tell which ones do.
    pub fn verify_nobody(&mut self, password: &str) {
        let mut hash = [0; HASH_BYTES];
        let _ = self.derive(&todays(), password, &[0; SALT_BYTES], &mut hash);
        black_box(hash);
    }

    fn derive(
        &mut self,
        argon2: &Argon2<'_>,
        password: &str,
        salt: &[u8],
        hash: &mut [u8],
    ) -> Result<(), PasswordError> {
        self.reserve(argon2.params().block_count())?;
        let done = argon2
            .hash_password_into_with_memory(password.as_bytes(), salt, hash, &mut self.memory)
            .map_err(|_| PasswordError::Malformed);
        // A hash that needed more than ours do shall not hold it for ever.
        self.memory.truncate(TODAY.block_count());
        self.memory.shrink_to_fit();
        done
    }

    fn reserve(&mut self, blocks: usize) -> Result<(), PasswordError> {
        let blocks = blocks.max(TODAY.block_count());
        if self.memory.len() < blocks {
            // Freed first: growing may hold the old and the new memory at once.
            self.memory = Vec::new();
            self.memory
                .try_reserve_exact(blocks)
                .map_err(|_| PasswordError::OutOfMemory)?;
            self.memory.resize(blocks, Block::new());
        }
        Ok(())
    }
}

fn todays() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, TODAY)
}

#[cfg(test)]
mod tests {
    use super::{Hasher, TODAY};
    use crate::PasswordError;

    #[test]
    fn absurd_parameters_are_refused_before_memory_is_taken() {
        let mut hasher = Hasher::new();
        for params in [
            "m=65537,t=2,p=1",
            "m=4294967295,t=2,p=1",
            "m=19456,t=11,p=1",
            "m=19456,t=4294967295,p=1",
            "m=19456,t=2,p=5",
            "m=19456,t=2,p=4294967295",
            "m=19456,t=2,p=536870912",
        ] {
            let phc = format!(
                "$argon2id$v=19${params}$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU"
            );
            let refused = hasher.verify("password", &phc);
            assert_eq!(refused, Err(PasswordError::TooCostly), "{params}");
        }
        assert_eq!(hasher.memory.capacity(), 0);
    }

    #[test]
    fn all_hashes_share_one_memory() {
        // 20 MiB, more than ours need.
        let larger = "$argon2id$v=19$m=20480,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU";
        let mut hasher = Hasher::new();
        hasher.verify_nobody("password");
        let memory = hasher.memory.as_ptr();
        assert_eq!(hasher.memory.capacity(), TODAY.block_count());
        hasher.hash("password", &[1; 16]).unwrap();
        assert_eq!(hasher.memory.as_ptr(), memory);
        assert!(!hasher.verify("password", larger).unwrap().matches);
        assert_eq!(hasher.memory.capacity(), TODAY.block_count());
    }
}
