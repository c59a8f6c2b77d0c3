//! Secrets and variables through plain SQL.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use shared_kernel::{
    domain::{Cursor, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::Database,
};
use uuid::Uuid;

use crate::{
    application::{
        executions::StoreError,
        vault::{Entry, EntryStore, NewEntry, Stored},
    },
    domain::vault::{EntryKind, EntryName},
};

const PUT: &str = "INSERT INTO workflow_vault \
     (id, user_id, kind, name, value, description, created_at, updated_at) \
     SELECT $1, $2, $3, $4, $5, $6, $7, $7 WHERE $8 > \
     (SELECT COUNT(*) FROM workflow_vault WHERE user_id = $2 AND kind = $3 AND name <> $4) \
     ON CONFLICT (user_id, kind, name) DO UPDATE SET value = excluded.value, \
     description = excluded.description, updated_at = excluded.updated_at";
/// The value of a secret stays where it is.
const COLUMNS: &str = "id, name, description, CASE kind WHEN 'variable' THEN value END, \
     created_at, updated_at";
/// Before everything that can be.
const TOP: (i64, Uuid) = (i64::MAX, Uuid::max());

/// Both engines.
#[derive(Debug, Clone)]
pub struct SqlVault(Database);

impl SqlVault {
    pub const fn new(database: Database) -> Self {
        Self(database)
    }
}

fn entry(row: &QueryResult) -> Result<Entry, StoreError> {
    let value: Option<String> = row.try_get_by_index(3)?;
    Ok(Entry {
        id: row.try_get_by_index(0)?,
        name: row.try_get_by_index(1)?,
        description: row.try_get_by_index(2)?,
        value: value.map(|value| serde_json::from_str(&value)).transpose()?,
        created_at: Timestamp::from_micros(row.try_get_by_index(4)?),
        updated_at: Timestamp::from_micros(row.try_get_by_index(5)?),
    })
}

fn stored(row: &QueryResult) -> Result<Stored, DbErr> {
    Ok(Stored { name: row.try_get_by_index(0)?, value: row.try_get_by_index(1)? })
}

#[async_trait]
impl EntryStore for SqlVault {
    async fn put(&self, owner: Owner, new: &NewEntry, most: u32) -> Result<bool, StoreError> {
        let statement = self.0.statement(
            PUT,
            [
                new.id.into(),
                owner.into(),
                new.kind.as_str().into(),
                new.name.as_str().into(),
                new.stored.clone().into(),
                new.description.clone().into(),
                new.at.into(),
                i64::from(most).into(),
            ],
        );
        Ok(self.0.write().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn find(
        &self,
        owner: Owner,
        kind: EntryKind,
        name: &EntryName,
    ) -> Result<Option<Entry>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM workflow_vault WHERE user_id = $1 AND kind = $2 AND name = $3"
        );
        let values = [owner.into(), kind.as_str().into(), name.as_str().into()];
        let row = self.0.read().query_one_raw(self.0.statement(sql, values)).await?;
        row.as_ref().map(entry).transpose()
    }

    async fn list(
        &self,
        owner: Owner,
        kind: EntryKind,
        page: PageRequest,
    ) -> Result<Page<Entry>, StoreError> {
        let (at, id) = page.after.map_or(TOP, |after| (after.at.micros(), after.id));
        let sql = format!(
            "SELECT {COLUMNS} FROM workflow_vault WHERE user_id = $1 AND kind = $2 \
             AND (created_at, id) < ($3, $4) ORDER BY created_at DESC, id DESC LIMIT $5"
        );
        let limit = i64::from(page.limit).saturating_add(1);
        let values = [owner.into(), kind.as_str().into(), at.into(), id.into(), limit.into()];
        let rows = self.0.read().query_all_raw(self.0.statement(sql, values)).await?;
        let entries = rows.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(entries, page.limit, |entry| Cursor { at: entry.created_at, id: entry.id }))
    }

    async fn delete(
        &self,
        owner: Owner,
        kind: EntryKind,
        name: &EntryName,
    ) -> Result<bool, StoreError> {
        let statement = self.0.statement(
            "DELETE FROM workflow_vault WHERE user_id = $1 AND kind = $2 AND name = $3",
            [owner.into(), kind.as_str().into(), name.as_str().into()],
        );
        Ok(self.0.write().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn stored(
        &self,
        owner: Owner,
        kind: EntryKind,
        names: &[String],
    ) -> Result<Vec<Stored>, StoreError> {
        let places: Vec<_> = (3..names.len() + 3).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT name, value FROM workflow_vault \
             WHERE user_id = $1 AND kind = $2 AND name IN ({})",
            places.join(", ")
        );
        let names = names.iter().map(|name| name.as_str().into());
        let values = [owner.into(), kind.as_str().into()].into_iter().chain(names);
        let rows = self.0.read().query_all_raw(self.0.statement(sql, values)).await?;
        Ok(rows.iter().map(stored).collect::<Result<_, _>>()?)
    }
}
