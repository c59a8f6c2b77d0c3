//! What the use cases of secrets and variables need from outside.

use async_trait::async_trait;
use serde_json::Value;
use shared_kernel::domain::{Owner, Page, PageRequest, Timestamp};
use uuid::Uuid;

use crate::{
    application::executions::StoreError,
    domain::vault::{EntryKind, EntryName},
};

/// A secret or a variable as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    /// Of a variable; a secret's is never shown.
    pub value: Option<Value>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// An entry about to be written.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Unless there is one of the name.
    pub id: Uuid,
    pub kind: EntryKind,
    pub name: EntryName,
    /// Sealed, or JSON.
    pub stored: String,
    pub description: Option<String>,
    pub at: Timestamp,
}

/// A value as it is kept: sealed, or JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub name: String,
    pub value: String,
}

/// Secrets and variables.
#[async_trait]
pub trait EntryStore: Send + Sync {
    /// Writes over the entry of the name. `false` when the owner has `most` others.
    async fn put(&self, owner: Owner, new: &NewEntry, most: u32) -> Result<bool, StoreError>;

    async fn find(
        &self,
        owner: Owner,
        kind: EntryKind,
        name: &EntryName,
    ) -> Result<Option<Entry>, StoreError>;

    /// Newest first.
    async fn list(
        &self,
        owner: Owner,
        kind: EntryKind,
        page: PageRequest,
    ) -> Result<Page<Entry>, StoreError>;

    /// Answers whether it was there.
    async fn delete(
        &self,
        owner: Owner,
        kind: EntryKind,
        name: &EntryName,
    ) -> Result<bool, StoreError>;

    /// Those of the names that are there.
    async fn stored(
        &self,
        owner: Owner,
        kind: EntryKind,
        names: &[String],
    ) -> Result<Vec<Stored>, StoreError>;
}
