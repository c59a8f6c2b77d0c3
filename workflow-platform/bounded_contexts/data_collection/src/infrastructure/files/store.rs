//! [`FileStore`] on SQLite or PostgreSQL.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Value as SqlValue};
use shared_kernel::{
    domain::{Cursor, Id, IdempotencyKey, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::{Backend, Database, UnitOfWork},
};
use uuid::Uuid;

use crate::application::files::{FileRow, FileStore, ports::FileStoreError};

/// Rows moved or read by one statement of the clean-up.
const SOME: i64 = 200;

const COLUMNS: &str = "id, user_id, name, media_type, bytes, hash, parts, created_at, expires_at";

/// Files in the tables of `tables.rs`.
#[derive(Debug, Clone)]
pub struct SqlFiles {
    database: Database,
}

impl SqlFiles {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    async fn read(&self, sql: String, values: Vec<SqlValue>) -> Result<Vec<QueryResult>, DbErr> {
        self.database.read().query_all_raw(self.database.statement(sql, values)).await
    }

    async fn execute(
        &self,
        work: &UnitOfWork,
        sql: impl Into<String>,
        values: Vec<SqlValue>,
    ) -> Result<u64, DbErr> {
        let statement = self.database.statement(sql, values);
        Ok(work.conn().execute_raw(statement).await?.rows_affected())
    }

    async fn query(
        &self,
        work: &UnitOfWork,
        sql: impl Into<String>,
        values: Vec<SqlValue>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        work.conn().query_all_raw(self.database.statement(sql, values)).await
    }

    /// Removes the files of a condition, whose first value is the time, and leaves their groups
    /// over.
    pub(super) async fn remove_where(
        &self,
        work: &UnitOfWork,
        condition: &str,
        values: Vec<SqlValue>,
    ) -> Result<u64, DbErr> {
        let leave = format!(
            "INSERT INTO upload_leftovers (group_id, due_at) \
             SELECT id, $1 FROM uploaded_files WHERE {condition} \
             ON CONFLICT (group_id) DO NOTHING"
        );
        let left = self.execute(work, leave, values).await?;
        let gone = "DELETE FROM uploaded_files WHERE id IN (SELECT group_id FROM upload_leftovers)";
        if left > 0 {
            self.execute(work, gone, Vec::new()).await?;
        }
        Ok(left)
    }
}

fn file(row: &QueryResult) -> Result<FileRow, FileStoreError> {
    let parts: String = row.try_get("", "parts")?;
    let time = |column| row.try_get("", column).map(Timestamp::from_micros);
    Ok(FileRow {
        id: row.try_get("", "id")?,
        owner: Owner::new(Id::from(row.try_get::<Uuid>("", "user_id")?)),
        name: row.try_get("", "name")?,
        media_type: row.try_get("", "media_type")?,
        bytes: u64::try_from(row.try_get::<i64>("", "bytes")?).unwrap_or_default(),
        hash: row.try_get("", "hash")?,
        parts: serde_json::from_str(&parts)?,
        created_at: time("created_at")?,
        expires_at: time("expires_at")?,
    })
}

/// A number that stands for the owner among PostgreSQL's advisory locks.
fn lock_of(owner: Owner) -> i64 {
    let (high, low) = owner.user().uuid().as_u64_pair();
    (high ^ low).cast_signed()
}

#[async_trait]
impl FileStore for SqlFiles {
    async fn promise(&self, group: Uuid, due_at: Timestamp) -> Result<(), FileStoreError> {
        let sql = "INSERT INTO upload_leftovers (group_id, due_at) VALUES ($1, $2)";
        let statement = self.database.statement(sql, [group.into(), due_at.into()]);
        self.database.write().execute_raw(statement).await?;
        Ok(())
    }

    async fn hold(&self, work: &mut UnitOfWork, owner: Owner) -> Result<(), FileStoreError> {
        // SQLite has one writer, which this transaction is.
        if work.database().backend() == Backend::Postgres {
            let sql = "SELECT pg_advisory_xact_lock($1)";
            self.query(work, sql, vec![lock_of(owner).into()]).await?;
        }
        Ok(())
    }

    async fn count(&self, work: &mut UnitOfWork, owner: Owner) -> Result<u64, FileStoreError> {
        let sql = "SELECT COUNT(*) AS files FROM uploaded_files WHERE user_id = $1";
        let rows = self.query(work, sql, vec![owner.user().into()]).await?;
        let count = rows.first().map(|row| row.try_get::<i64>("", "files")).transpose()?;
        Ok(u64::try_from(count.unwrap_or_default()).unwrap_or_default())
    }

    async fn under_key(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        key: &IdempotencyKey,
    ) -> Result<Option<FileRow>, FileStoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM uploaded_files WHERE user_id = $1 AND request_key = $2");
        let values = vec![owner.user().into(), key.as_str().into()];
        self.query(work, sql, values).await?.first().map(file).transpose()
    }

    async fn keep(
        &self,
        work: &mut UnitOfWork,
        kept: &FileRow,
        key: Option<&IdempotencyKey>,
    ) -> Result<bool, FileStoreError> {
        let taken = "DELETE FROM upload_leftovers WHERE group_id = $1";
        if self.execute(work, taken, vec![kept.id.into()]).await? == 0 {
            return Ok(false);
        }
        let sql = format!(
            "INSERT INTO uploaded_files ({COLUMNS}, request_key) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        );
        let values = vec![
            kept.id.into(),
            kept.owner.user().into(),
            kept.name.clone().into(),
            kept.media_type.clone().into(),
            i64::try_from(kept.bytes).unwrap_or(i64::MAX).into(),
            kept.hash.clone().into(),
            serde_json::to_string(&kept.parts)?.into(),
            kept.created_at.into(),
            kept.expires_at.into(),
            key.map(|key| key.as_str().to_owned()).into(),
        ];
        self.execute(work, sql, values).await?;
        Ok(true)
    }

    async fn find(&self, owner: Owner, id: Uuid) -> Result<Option<FileRow>, FileStoreError> {
        let sql = format!("SELECT {COLUMNS} FROM uploaded_files WHERE user_id = $1 AND id = $2");
        let rows = self.read(sql, vec![owner.user().into(), id.into()]).await?;
        rows.first().map(file).transpose()
    }

    async fn list(&self, owner: Owner, page: PageRequest) -> Result<Page<FileRow>, FileStoreError> {
        let mut sql = format!("SELECT {COLUMNS} FROM uploaded_files WHERE user_id = $1");
        let mut values = vec![owner.user().into()];
        if let Some(after) = page.after {
            sql.push_str(" AND (created_at, id) < ($2, $3)");
            values.extend([after.at.into(), after.id.into()]);
        }
        sql.push_str(&format!(" ORDER BY created_at DESC, id DESC LIMIT {}", page.limit + 1));
        let rows = self.read(sql, values).await?;
        let rows = rows.iter().map(file).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id }))
    }

    async fn delete(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: Uuid,
        now: Timestamp,
    ) -> Result<bool, FileStoreError> {
        let values = vec![now.into(), owner.user().into(), id.into()];
        Ok(self.remove_where(work, "user_id = $2 AND id = $3", values).await? > 0)
    }

    async fn expire(&self, now: Timestamp) -> Result<u64, FileStoreError> {
        let work = self.database.begin().await?;
        let condition = format!(
            "id IN (SELECT id FROM uploaded_files WHERE expires_at <= $1 \
             ORDER BY expires_at LIMIT {SOME})"
        );
        let removed = self.remove_where(&work, &condition, vec![now.into()]).await?;
        work.commit().await?;
        Ok(removed)
    }

    async fn left_over(&self, now: Timestamp) -> Result<Vec<Uuid>, FileStoreError> {
        let sql = format!(
            "SELECT group_id FROM upload_leftovers WHERE due_at <= $1 ORDER BY due_at LIMIT {SOME}"
        );
        let rows = self.read(sql, vec![now.into()]).await?;
        let groups = rows.iter().map(|row| row.try_get("", "group_id"));
        Ok(groups.collect::<Result<_, DbErr>>()?)
    }

    async fn settle(&self, group: Uuid) -> Result<(), FileStoreError> {
        let sql = "DELETE FROM upload_leftovers WHERE group_id = $1";
        let statement = self.database.statement(sql, [group.into()]);
        self.database.write().execute_raw(statement).await?;
        Ok(())
    }
}
