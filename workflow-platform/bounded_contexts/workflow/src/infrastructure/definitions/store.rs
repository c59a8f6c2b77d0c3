//! [`DefinitionStore`] on SQLite or PostgreSQL.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, SqlErr, Value as SqlValue};
use shared_kernel::{
    domain::{Cursor, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::{Database, UnitOfWork},
};
use uuid::Uuid;

use super::{
    newest::{Newest, newest},
    standings::standings,
};
use crate::application::definitions::{
    DefinitionRow, DefinitionStore, DefinitionStoreError, NewVersion, Standing, VersionInfo,
    VersionRow,
};

/// Definitions in the tables of `tables.rs`.
#[derive(Debug, Clone)]
pub struct SqlDefinitions {
    database: Database,
    newest: Newest,
}

pub(super) const COLUMNS: &str = "id, user_id, name, version, triggers, created_at, updated_at";

impl SqlDefinitions {
    /// Starts a task, within a tokio runtime.
    pub fn new(database: Database) -> Self {
        Self { newest: newest(database.clone()), database }
    }

    async fn rows(&self, sql: String, values: Vec<SqlValue>) -> Result<Vec<QueryResult>, DbErr> {
        self.database.read().query_all_raw(self.database.statement(sql, values)).await
    }

    async fn insert_content(
        &self,
        work: &UnitOfWork,
        new: &NewVersion,
    ) -> Result<(), DefinitionStoreError> {
        let statement = self.database.statement(
            "INSERT INTO workflow_versions (definition_id, version, source, model, created_at, message) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            [
                new.row.id.into(),
                number(new.row.version).into(),
                new.content.source.clone().into(),
                new.content.model.to_string().into(),
                new.row.updated_at.into(),
                new.message.clone().into(),
            ],
        );
        work.conn().execute_raw(statement).await?;
        Ok(())
    }
}

fn number(version: u32) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}

/// A second definition of a name breaks the unique index.
fn taken(error: DbErr) -> DefinitionStoreError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => DefinitionStoreError::NameTaken,
        _ => error.into(),
    }
}

pub(super) fn definition(row: &QueryResult) -> Result<DefinitionRow, DbErr> {
    let triggers: String = row.try_get("", "triggers")?;
    let version: i32 = row.try_get("", "version")?;
    Ok(DefinitionRow {
        id: row.try_get("", "id")?,
        owner: Owner::new(Id::from(row.try_get::<Uuid>("", "user_id")?)),
        name: row.try_get("", "name")?,
        version: u32::try_from(version).unwrap_or_default(),
        triggers: serde_json::from_str(&triggers)
            .map_err(|error| DbErr::Json(error.to_string()))?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        updated_at: Timestamp::from_micros(row.try_get("", "updated_at")?),
    })
}

fn version_info(row: &QueryResult) -> Result<VersionInfo, DefinitionStoreError> {
    let version: i32 = row.try_get("", "version")?;
    Ok(VersionInfo {
        version: u32::try_from(version).unwrap_or_default(),
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        message: row.try_get("", "message")?,
    })
}

#[async_trait]
impl DefinitionStore for SqlDefinitions {
    async fn insert(
        &self,
        work: &mut UnitOfWork,
        new: &NewVersion,
    ) -> Result<(), DefinitionStoreError> {
        let NewVersion { row, .. } = new;
        let statement = self.database.statement(
            format!(
                "INSERT INTO workflow_definitions ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)"
            ),
            [
                row.id.into(),
                row.owner.user().into(),
                row.name.clone().into(),
                number(row.version).into(),
                serde_json::to_string(&row.triggers)?.into(),
                row.created_at.into(),
                row.updated_at.into(),
            ],
        );
        work.conn().execute_raw(statement).await.map_err(taken)?;
        self.insert_content(work, new).await
    }

    async fn add_version(
        &self,
        work: &mut UnitOfWork,
        new: &NewVersion,
    ) -> Result<bool, DefinitionStoreError> {
        let NewVersion { row, .. } = new;
        let statement = self.database.statement(
            "UPDATE workflow_definitions SET name = $3, version = $4, triggers = $5, updated_at = $6 \
             WHERE id = $1 AND user_id = $2 AND version = $4 - 1 AND deleted_at IS NULL",
            [
                row.id.into(),
                row.owner.user().into(),
                row.name.clone().into(),
                number(row.version).into(),
                serde_json::to_string(&row.triggers)?.into(),
                row.updated_at.into(),
            ],
        );
        if work.conn().execute_raw(statement).await.map_err(taken)?.rows_affected() == 0 {
            return Ok(false);
        }
        self.insert_content(work, new).await?;
        Ok(true)
    }

    async fn find(
        &self,
        owner: Owner,
        id: Uuid,
    ) -> Result<Option<DefinitionRow>, DefinitionStoreError> {
        let found = self.newest.ask(id).await?.transpose()?;
        Ok(found.filter(|row| row.owner == owner))
    }

    async fn named(&self, owner: Owner, name: &str) -> Result<Option<Uuid>, DefinitionStoreError> {
        let sql = "SELECT id FROM workflow_definitions \
                   WHERE user_id = $1 AND name = $2 AND deleted_at IS NULL";
        let rows = self.rows(sql.to_owned(), vec![owner.user().into(), name.into()]).await?;
        Ok(rows.first().map(|row| row.try_get_by_index(0)).transpose()?)
    }

    async fn version(
        &self,
        id: Uuid,
        version: u32,
    ) -> Result<Option<VersionRow>, DefinitionStoreError> {
        let sql =
            "SELECT source, model FROM workflow_versions WHERE definition_id = $1 AND version = $2";
        let rows = self.rows(sql.to_owned(), vec![id.into(), number(version).into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let model: String = row.try_get("", "model")?;
        Ok(Some(VersionRow {
            source: row.try_get("", "source")?,
            model: serde_json::from_str(&model)?,
        }))
    }

    async fn versions(
        &self,
        id: Uuid,
        page: PageRequest,
    ) -> Result<Page<VersionInfo>, DefinitionStoreError> {
        let before = page.after.map(|after| i32::try_from(after.id.as_u128()).unwrap_or(0));
        let sql = format!(
            "SELECT version, created_at, message FROM workflow_versions \
             WHERE definition_id = $1 AND version < $2 ORDER BY version DESC LIMIT {}",
            page.limit + 1
        );
        let rows = self.rows(sql, vec![id.into(), before.unwrap_or(i32::MAX).into()]).await?;
        let rows = rows.iter().map(version_info).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(rows, page.limit, |row| Cursor {
            at: row.created_at,
            id: Uuid::from_u128(row.version.into()),
        }))
    }

    async fn standings(
        &self,
        ids: &[Uuid],
    ) -> Result<BTreeMap<Uuid, Standing>, DefinitionStoreError> {
        Ok(standings(&self.database, ids).await?)
    }

    async fn list(
        &self,
        owner: Owner,
        page: PageRequest,
    ) -> Result<Page<DefinitionRow>, DefinitionStoreError> {
        let mut sql = format!(
            "SELECT {COLUMNS} FROM workflow_definitions WHERE user_id = $1 AND deleted_at IS NULL"
        );
        let mut values: Vec<SqlValue> = vec![owner.user().into()];
        if let Some(after) = page.after {
            sql.push_str(" AND (created_at, id) < ($2, $3)");
            values.extend([after.at.into(), after.id.into()]);
        }
        sql.push_str(&format!(" ORDER BY created_at DESC, id DESC LIMIT {}", page.limit + 1));
        let rows = self.rows(sql, values).await?;
        let rows = rows.iter().map(definition).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id }))
    }

    async fn delete(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: Uuid,
        at: Timestamp,
    ) -> Result<bool, DefinitionStoreError> {
        let statement = self.database.statement(
            "UPDATE workflow_definitions SET deleted_at = $3 \
             WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL",
            [id.into(), owner.user().into(), at.into()],
        );
        Ok(work.conn().execute_raw(statement).await?.rows_affected() > 0)
    }
}
