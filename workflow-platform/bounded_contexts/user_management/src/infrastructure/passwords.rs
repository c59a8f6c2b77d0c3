//! Argon2id with parameters of the OWASP Password Storage Cheat Sheet: 46 MiB, one pass, one lane.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::{domain::Ambient, infrastructure::cpu::CpuPool};

use crate::{
    application::ports::{HashingError, Passwords},
    domain::check_strength,
};

const MEMORY_KIB: u32 = 47_104;
const PASSES: u32 = 1;
const LANES: u32 = 1;

/// What a password is compared with when there is no account, so that it takes as long. The
/// hash of random bytes nobody has kept.
const NOBODY: &str = "$argon2id$v=19$m=47104,t=1,p=1$u2/AaVD0GIr8hHhP2gbcEw$\
                      ZRYtbQXwZ8G7dQCwW1o3l5cPvFz2yX0nKq9m4sHj6eU";

/// Hashes on the pool for calculations, as many at once as there are cores.
#[derive(Debug)]
pub struct Argon2Passwords {
    cpu: CpuPool,
    ambient: Ambient,
}

impl Argon2Passwords {
    pub fn new(cpu: CpuPool, ambient: Ambient) -> Self {
        Self { cpu, ambient }
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        self.cpu.run(job).await.map_err(|error| HashingError(error.to_string()))?
    }
}

fn failed(error: impl std::fmt::Display) -> HashingError {
    HashingError(error.to_string())
}

fn argon2() -> Result<Argon2<'static>, HashingError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: &SecretString) -> Result<String, HashingError> {
        let (password, salt) = (password.clone(), self.ambient.bytes::<16>());
        self.run(move || {
            let hash =
                argon2()?.hash_password_with_salt(password.expose_secret().as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(failed)
        })
        .await
    }

    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, HashingError> {
        let password = password.clone();
        self.run(move || {
            let expected = hash.as_deref().unwrap_or(NOBODY);
            let same = argon2()?.verify_password(password.expose_secret().as_bytes(), expected);
            Ok(same.is_ok() && hash.is_some())
        })
        .await
    }

    fn is_dated(&self, hash: &str) -> bool {
        let found = PasswordHash::new(hash).ok().and_then(|hash| {
            let params = Params::try_from(&hash).ok()?;
            let today = (params.m_cost(), params.t_cost(), params.p_cost());
            (today == (MEMORY_KIB, PASSES, LANES)).then_some(())
        });
        found.is_none()
    }

    async fn is_strong(
        &self,
        password: &SecretString,
        personal: Vec<String>,
    ) -> Result<bool, HashingError> {
        let password = password.clone();
        self.run(move || {
            let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
            Ok(check_strength(password.expose_secret(), &personal).is_ok())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Argon2Passwords {
        Argon2Passwords::new(CpuPool::new(1), testkit::ambient().0)
    }

    #[tokio::test]
    async fn a_hash_names_its_parameters_and_opens_for_its_password_only() {
        let passwords = passwords();
        let (right, wrong) = (SecretString::from("right one"), SecretString::from("wrong one"));
        let hash = passwords.hash(&right).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash(&right).await.unwrap());
        assert!(passwords.verify(&right, Some(hash.clone())).await.unwrap());
        assert!(!passwords.is_dated(&hash));
        assert!(!passwords.verify(&wrong, Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn without_an_account_the_same_work_is_done_for_nothing() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&nobody).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (MEMORY_KIB, PASSES, LANES)
        );
        assert!(nobody.hash.is_some_and(|hash| hash.as_bytes().len() == 32));
        assert!(!passwords().verify(&"anything".into(), None).await.unwrap());
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
    }
}
