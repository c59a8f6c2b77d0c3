//! Hands secrets to the step that uses them, and variables to the run.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::Value;
use shared_kernel::{
    domain::{ErrorKind, Fault, Owner, Text},
    infrastructure::seal::SealError,
};

use super::{VaultService, service::place};
use crate::{application::executions::StoreError, domain::vault::EntryKind};

#[derive(Debug, thiserror::Error)]
pub enum RevealError {
    #[error("there is no secret {0}")]
    Missing(String),
    /// The process's key is another than when it was saved.
    #[error("secret {0} cannot be opened; save it again")]
    Sealed(String, #[source] SealError),
    #[error("secrets cannot be read")]
    Store(#[from] StoreError),
}

impl Fault for RevealError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing(_) | Self::Sealed(..) => ErrorKind::Invalid,
            Self::Store(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "SECRET_MISSING",
            Self::Sealed(..) => "SECRET_SEALED",
            Self::Store(_) => "UNAVAILABLE",
        }
    }

    fn text(&self) -> Text {
        Text::new("密钥不可用", "A secret is not at hand")
    }
}

impl VaultService {
    /// All of the names.
    pub async fn reveal(
        &self,
        owner: Owner,
        names: &[String],
    ) -> Result<BTreeMap<String, SecretString>, RevealError> {
        let stored = self.ports.store.stored(owner, EntryKind::Secret, names).await?;
        let mut revealed = BTreeMap::new();
        for name in names {
            let sealed = stored.iter().find(|stored| stored.name == *name);
            let sealed = sealed.ok_or_else(|| RevealError::Missing(name.clone()))?;
            let opened = self.ports.sealer.open(&place(owner, name), &sealed.value);
            let bytes = opened.map_err(|error| RevealError::Sealed(name.clone(), error))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            revealed.insert(name.clone(), SecretString::from(text));
        }
        Ok(revealed)
    }

    /// Those of the names that are there, as an object; null when none is asked for.
    pub async fn variables(&self, owner: Owner, names: &[String]) -> Result<Value, StoreError> {
        if names.is_empty() {
            return Ok(Value::Null);
        }
        let stored = self.ports.store.stored(owner, EntryKind::Variable, names).await?;
        let parsed = stored
            .into_iter()
            .map(|stored| Ok((stored.name, serde_json::from_str(&stored.value)?)))
            .collect::<Result<serde_json::Map<_, _>, StoreError>>()?;
        Ok(Value::Object(parsed))
    }
}
