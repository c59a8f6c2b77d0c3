//! What the use cases of definitions need from outside.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use sea_orm::DbErr;
use serde_json::Value;
use shared_kernel::{
    domain::{Execution, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use crate::domain::{definition::Trigger, execution::Status};

/// The store of definitions could not serve.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionStoreError {
    /// The owner has another definition of the name.
    #[error("name is taken")]
    NameTaken,
    #[error("database failed")]
    Database(#[from] DbErr),
    #[error("row cannot be read")]
    Row(#[from] serde_json::Error),
}

/// A definition as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct DefinitionRow {
    pub id: Uuid,
    pub owner: Owner,
    pub name: String,
    /// The newest.
    pub version: u32,
    pub triggers: Vec<Trigger>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One of the last executions of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentRun {
    pub id: Id<Execution>,
    pub status: Status,
    pub created_at: Timestamp,
    /// Since it was started; `None` until it has ended.
    pub took: Option<Duration>,
}

/// How a definition fares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its last ten executions, newest first.
    pub recent: Vec<RecentRun>,
    /// It has triggers, and all of them are paused.
    pub paused: bool,
}

/// The text and the model of one version.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRow {
    pub source: String,
    pub model: Value,
}

/// A version in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionInfo {
    pub version: u32,
    pub created_at: Timestamp,
    /// What was said of it when it was saved.
    pub message: Option<String>,
}

/// A version about to be written.
#[derive(Debug, Clone)]
pub struct NewVersion {
    pub row: DefinitionRow,
    pub content: VersionRow,
    pub message: Option<String>,
}

/// Definitions and their versions. A version never changes, and stays after its definition was
/// deleted: executions need it.
#[async_trait]
pub trait DefinitionStore: Send + Sync {
    /// Version 1 of a new definition.
    async fn insert(
        &self,
        work: &mut UnitOfWork,
        new: &NewVersion,
    ) -> Result<(), DefinitionStoreError>;

    /// The next version; `row.version` is its number. Answers whether the definition still had
    /// the version before it.
    async fn add_version(
        &self,
        work: &mut UnitOfWork,
        new: &NewVersion,
    ) -> Result<bool, DefinitionStoreError>;

    async fn find(
        &self,
        owner: Owner,
        id: Uuid,
    ) -> Result<Option<DefinitionRow>, DefinitionStoreError>;

    async fn named(&self, owner: Owner, name: &str) -> Result<Option<Uuid>, DefinitionStoreError>;

    async fn version(
        &self,
        id: Uuid,
        version: u32,
    ) -> Result<Option<VersionRow>, DefinitionStoreError>;

    /// Newest first. The cursor's id is the number of the version.
    async fn versions(
        &self,
        id: Uuid,
        page: PageRequest,
    ) -> Result<Page<VersionInfo>, DefinitionStoreError>;

    /// How each of these definitions fares; nothing of one that was never run nor paused.
    async fn standings(
        &self,
        ids: &[Uuid],
    ) -> Result<BTreeMap<Uuid, Standing>, DefinitionStoreError>;

    /// Newest first.
    async fn list(
        &self,
        owner: Owner,
        page: PageRequest,
    ) -> Result<Page<DefinitionRow>, DefinitionStoreError>;

    /// Answers whether it was there.
    async fn delete(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: Uuid,
        at: Timestamp,
    ) -> Result<bool, DefinitionStoreError>;
}

/// Keeps the schedules of a definition in step with it.
#[async_trait]
pub trait TriggerStore: Send + Sync {
    /// The definition has these triggers from now on; none when it was deleted.
    async fn replace(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        definition: Uuid,
        version: u32,
        triggers: &[Trigger],
        now: Timestamp,
    ) -> Result<(), DbErr>;
}
