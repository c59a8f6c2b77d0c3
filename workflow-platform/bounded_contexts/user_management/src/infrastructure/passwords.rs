//! Argon2id with parameters of the OWASP Password Storage Cheat Sheet: 46 MiB, one pass, one lane.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use shared_kernel::{domain::Ambient, infrastructure::cpu::CpuPool};

use super::common::is_common;
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
    cpu: CpuPool,
    ambient: Ambient,
}

impl Argon2Passwords {
    pub fn new(cost: HashCost, cpu: CpuPool, ambient: Ambient) -> Self {
        let HashCost { memory_kib, passes, lanes } = cost;
        let salt = STANDARD_NO_PAD.encode(ambient.bytes::<16>());
        let hash = STANDARD_NO_PAD.encode(ambient.bytes::<32>());
        let nobody = format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${hash}");
        Self { cost, nobody, cpu, ambient }
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

fn argon2(cost: HashCost) -> Result<Argon2<'static>, HashingError> {
    let HashCost { memory_kib, passes, lanes } = cost;
    let params = Params::new(memory_kib, passes, lanes, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: &SecretString) -> Result<String, HashingError> {
        let (password, salt) = (password.clone(), self.ambient.bytes::<16>());
        let cost = self.cost;
        self.run(move || {
            let hash =
                argon2(cost)?.hash_password_with_salt(password.expose_secret().as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(failed)
        })
        .await
    }

    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, HashingError> {
        let (password, nobody, cost) = (password.clone(), self.nobody.clone(), self.cost);
        self.run(move || {
            let expected = hash.as_deref().unwrap_or(&nobody);
            let same = argon2(cost)?.verify_password(password.expose_secret().as_bytes(), expected);
            Ok(same.is_ok() && hash.is_some())
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
    }
}
