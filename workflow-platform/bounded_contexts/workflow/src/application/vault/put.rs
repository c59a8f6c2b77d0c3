//! Saves a secret or a variable.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use shared_kernel::{application::Principal, domain::Permission};

use super::{Entry, NewEntry, VaultError, VaultService, service::place};
use crate::domain::vault::{EntryKind, EntryName};

/// Longest value, bytes.
const LARGEST: usize = 64 * 1024;
/// Most secrets, and most variables, of one user.
const MOST: u32 = 500;

/// A secret about to be saved.
#[derive(Debug)]
pub struct PutSecret {
    pub value: SecretString,
    pub description: Option<String>,
}

/// A variable about to be saved.
#[derive(Debug)]
pub struct PutVariable {
    pub value: Value,
    pub description: Option<String>,
}

impl VaultService {
    /// Saves a secret, over the one of the name if there is one. Runs that have not begun the
    /// step that uses it take the new value.
    pub async fn put_secret(
        &self,
        who: &Principal,
        name: &str,
        wanted: PutSecret,
    ) -> Result<Entry, VaultError> {
        who.require(Permission::WorkflowWrite)?;
        let name: EntryName = name.parse()?;
        let value = wanted.value.expose_secret();
        if value.is_empty() {
            return Err(VaultError::Value("must not be empty"));
        }
        fits(value.len())?;
        let place = place(who.owner(), name.as_str());
        let stored = self.ports.sealer.seal(&place, value.as_bytes())?;
        self.put(who, EntryKind::Secret, name, stored, wanted.description).await
    }

    /// Saves a variable, over the one of the name if there is one. Runs that have started keep
    /// the value that they started with.
    pub async fn put_variable(
        &self,
        who: &Principal,
        name: &str,
        wanted: PutVariable,
    ) -> Result<Entry, VaultError> {
        who.require(Permission::WorkflowWrite)?;
        let name: EntryName = name.parse()?;
        let stored = wanted.value.to_string();
        fits(stored.len())?;
        if stored.contains("\\u0000") {
            return Err(VaultError::Value("must not contain zero characters"));
        }
        self.put(who, EntryKind::Variable, name, stored, wanted.description).await
    }

    async fn put(
        &self,
        who: &Principal,
        kind: EntryKind,
        name: EntryName,
        stored: String,
        description: Option<String>,
    ) -> Result<Entry, VaultError> {
        let ambient = &self.ports.ambient;
        let (id, at) = (ambient.uuid(), ambient.now());
        let new = NewEntry { id, kind, name, stored, description, at };
        if !self.ports.store.put(who.owner(), &new, MOST).await? {
            return Err(VaultError::Full(MOST));
        }
        let entry = self.ports.store.find(who.owner(), kind, &new.name).await?;
        entry.ok_or(VaultError::NotFound(kind))
    }
}

fn fits(bytes: usize) -> Result<(), VaultError> {
    if bytes > LARGEST { Err(VaultError::Value("must not be longer than 64 KiB")) } else { Ok(()) }
}
