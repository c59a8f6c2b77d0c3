//! Argon2id with parameters of the OWASP Password Storage Cheat Sheet: 46 MiB, one pass, one lane.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::{domain::Ambient, infrastructure::cpu::CpuPool};

use super::{common::is_common, hash_memory::HashMemory};
use crate::{
    application::{
        HashCost,
        ports::{HashingError, Passwords},
    },
    domain::{PasswordProblem, check_strength},
};

/// Hashes on the pool for calculations, as many at once as there are cores.
#[derive(Debug)]
pub struct Argon2Passwords {
    cost: HashCost,
    /// What a password is compared with when there is no account, so that it takes as long: the
    /// form of a hash around random bytes, which no password gives.
    nobody: String,
    memory: HashMemory,
    cpu: CpuPool,
    ambient: Ambient,
}

impl Argon2Passwords {
    pub fn new(cost: HashCost, cpu: CpuPool, ambient: Ambient) -> Self {
        let HashCost { memory_kib, passes, lanes } = cost;
        let salt = STANDARD_NO_PAD.encode(ambient.bytes::<16>());
        let hash = STANDARD_NO_PAD.encode(ambient.bytes::<32>());
        let nobody = format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${hash}");
        Self { cost, nobody, memory: HashMemory::default(), cpu, ambient }
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        self.cpu.run(job).await.map_err(|error| HashingError(error.to_string()))?
    }

    async fn with_memory<T: Send + 'static>(
        &self,
        job: impl FnOnce(&HashMemory) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        // First, since the caller may go away before the job is done.
        self.memory.release_when_idle();
        let memory = self.memory.clone();
        self.run(move || job(&memory)).await
    }
}

fn failed(error: impl std::fmt::Display) -> HashingError {
    HashingError(error.to_string())
}

/// The hash of the password with the salt, which is as long as the parameters say.
fn hashed(
    memory: &HashMemory,
    params: Params,
    password: &SecretString,
    salt: &[u8],
) -> Result<Output, HashingError> {
    let (blocks, length) = (params.block_count(), params.output_len());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut bytes = [0_u8; Output::MAX_LENGTH];
    let bytes = &mut bytes[..length.unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    let password = password.expose_secret().as_bytes();
    let hash = |blocks: &mut [_]| {
        argon2.hash_password_into_with_memory(password, salt, bytes, blocks).map_err(failed)
    };
    memory.lend(blocks, hash)?;
    Output::new(bytes).map_err(failed)
}

/// Outputs are compared in constant time.
fn fits(memory: &HashMemory, password: &SecretString, hash: &str) -> Result<bool, HashingError> {
    let hash = PasswordHash::new(hash).map_err(failed)?;
    let params = Params::try_from(&hash).map_err(failed)?;
    let is_known = hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into());
    let (Some(salt), Some(expected), true) = (&hash.salt, &hash.hash, is_known) else {
        return Ok(false);
    };
    Ok(hashed(memory, params, password, salt)? == *expected)
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: &SecretString) -> Result<String, HashingError> {
        let (password, salt) = (password.clone(), self.ambient.bytes::<16>());
        let HashCost { memory_kib, passes, lanes } = self.cost;
        self.with_memory(move |memory| {
            let params = Params::new(memory_kib, passes, lanes, None).map_err(failed)?;
            let hash = PasswordHash {
                algorithm: Algorithm::Argon2id.ident(),
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).map_err(failed)?,
                salt: Some(Salt::new(&salt).map_err(failed)?),
                hash: Some(hashed(memory, params, &password, &salt)?),
            };
            Ok(hash.to_string())
        })
        .await
    }

    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, HashingError> {
        let (password, nobody) = (password.clone(), self.nobody.clone());
        self.with_memory(move |memory| {
            let same = fits(memory, &password, hash.as_deref().unwrap_or(&nobody));
            Ok(same.unwrap_or(false) && hash.is_some())
        })
        .await
    }

    fn is_dated(&self, hash: &str) -> bool {
        let found = PasswordHash::new(hash).ok().and_then(|hash| {
            let params = Params::try_from(&hash).ok()?;
            let HashCost { memory_kib, passes, lanes } = self.cost;
            let its = (params.m_cost(), params.t_cost(), params.p_cost());
            (its == (memory_kib, passes, lanes)).then_some(())
        });
        found.is_none()
    }

    async fn problem(
        &self,
        password: &SecretString,
        personal: Vec<String>,
    ) -> Result<Option<PasswordProblem>, HashingError> {
        let password = password.clone();
        self.run(move || {
            let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
            let password = password.expose_secret();
            if is_common(password) {
                return Ok(Some(PasswordProblem::Common));
            }
            Ok(check_strength(password, &personal).err())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

    use super::*;

    fn passwords() -> Argon2Passwords {
        Argon2Passwords::new(HashCost::default(), CpuPool::new(1), testkit::ambient().0)
    }

    #[tokio::test]
    async fn a_hash_names_its_parameters_and_opens_for_its_password_only() {
        let passwords = passwords();
        let (right, wrong) = (SecretString::from("right one"), SecretString::from("wrong one"));
        let hash = passwords.hash(&right).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash(&right).await.unwrap());
        assert!(passwords.verify(&right, Some(hash.clone())).await.unwrap());
        assert_eq!(
            Argon2::default().verify_password(b"right one", hash.as_str()),
            Ok(()),
            "anywhere"
        );
        assert!(!passwords.is_dated(&hash));
        assert!(!passwords.verify(&wrong, Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn without_an_account_the_same_work_is_done_for_nothing() {
        let passwords = passwords();
        assert!(!passwords.is_dated(&passwords.nobody), "its cost is that of any other");
        let nobody = PasswordHash::new(&passwords.nobody).unwrap();
        assert!(nobody.hash.is_some_and(|hash| hash.as_bytes().len() == 32));
        assert!(!passwords.verify(&"anything".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_with_other_parameters_still_opens_and_is_dated() {
        let older = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(19_456, 2, 1, None).unwrap(),
        );
        let hash = older.hash_password_with_salt(b"right one", &[7; 16]).unwrap().to_string();
        let passwords = passwords();
        assert!(passwords.verify(&"right one".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(&"wrong one".into(), Some(hash.clone())).await.unwrap());
        assert!(passwords.is_dated(&hash) && passwords.is_dated("no hash"));
        for unknown in ["no hash", "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAA"] {
            assert!(!passwords.verify(&"right one".into(), Some(unknown.into())).await.unwrap());
        }
    }
}
