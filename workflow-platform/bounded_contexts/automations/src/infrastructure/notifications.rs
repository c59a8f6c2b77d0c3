//! Notes through plain SQL.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Statement};
use shared_kernel::{
    domain::{Cursor, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::Database,
};
use uuid::Uuid;

use super::{keyset, time};
use crate::{
    application::{NotificationStore, StoreError},
    domain::Notification,
};

const PUT: &str = "INSERT INTO notifications \
     (id, user_id, automation_id, title, body, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
     ON CONFLICT (id) DO NOTHING";
const UNREAD: &str = "SELECT COUNT(*) FROM \
     (SELECT 1 FROM notifications WHERE user_id = $1 AND read_at IS NULL LIMIT $2) AS unread";
const OLD: &str = "DELETE FROM notifications WHERE id IN \
     (SELECT id FROM notifications WHERE created_at < $1 ORDER BY created_at LIMIT $2)";

/// Both engines.
#[derive(Debug, Clone)]
pub struct SqlNotifications(Database);

impl SqlNotifications {
    pub const fn new(database: Database) -> Self {
        Self(database)
    }
}

fn notification(row: &QueryResult) -> Result<Notification, StoreError> {
    Ok(Notification {
        id: Id::from(row.try_get::<Uuid>("", "id")?),
        title: row.try_get("", "title")?,
        body: row.try_get("", "body")?,
        automation: row.try_get::<Option<Uuid>>("", "automation_id")?.map(Id::from),
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        read_at: time(row, "read_at")?,
    })
}

/// Puts it once.
pub(super) fn put(database: &Database, owner: Owner, note: &Notification) -> Statement {
    let values = [
        note.id.into(),
        owner.into(),
        note.automation.map(Id::uuid).into(),
        note.title.as_str().into(),
        note.body.as_str().into(),
        note.created_at.into(),
    ];
    database.statement(PUT, values)
}

#[async_trait]
impl NotificationStore for SqlNotifications {
    async fn put(&self, owner: Owner, notification: &Notification) -> Result<(), StoreError> {
        self.0.write().execute_raw(put(&self.0, owner, notification)).await?;
        Ok(())
    }

    async fn list(
        &self,
        owner: Owner,
        unread: bool,
        page: PageRequest,
    ) -> Result<Page<Notification>, StoreError> {
        let only = if unread { "AND read_at IS NULL " } else { "" };
        let sql = format!(
            "SELECT * FROM notifications WHERE user_id = $1 {only}\
             AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4"
        );
        let values = std::iter::once(owner.into()).chain(keyset(page));
        let rows = self.0.read().query_all_raw(self.0.statement(sql, values)).await?;
        let rows = rows.iter().map(notification).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() }))
    }

    async fn after(
        &self,
        owner: Owner,
        after: Cursor,
        most: u32,
    ) -> Result<Vec<Notification>, StoreError> {
        let sql = "SELECT * FROM notifications WHERE user_id = $1 AND (created_at, id) > ($2, $3) \
                   ORDER BY created_at, id LIMIT $4";
        let values = [owner.into(), after.at.into(), after.id.into(), i64::from(most).into()];
        let rows = self.0.read().query_all_raw(self.0.statement(sql, values)).await?;
        rows.iter().map(notification).collect()
    }

    async fn unread(&self, owner: Owner, most: u32) -> Result<u32, StoreError> {
        let statement = self.0.statement(UNREAD, [owner.into(), i64::from(most).into()]);
        let row = self.0.read().query_one_raw(statement).await?;
        let counted: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0);
        Ok(u32::try_from(counted).unwrap_or(u32::MAX))
    }

    async fn read(
        &self,
        owner: Owner,
        id: Id<Notification>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE notifications SET read_at = COALESCE(read_at, $3) \
                   WHERE id = $1 AND user_id = $2";
        let statement = self.0.statement(sql, [id.into(), owner.into(), at.into()]);
        Ok(self.0.write().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn read_all(&self, owner: Owner, at: Timestamp) -> Result<u64, StoreError> {
        let sql = "UPDATE notifications SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL";
        let statement = self.0.statement(sql, [owner.into(), at.into()]);
        Ok(self.0.write().execute_raw(statement).await?.rows_affected())
    }

    async fn prune(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        let statement = self.0.statement(OLD, [before.into(), i64::from(most).into()]);
        Ok(self.0.write().execute_raw(statement).await?.rows_affected())
    }
}
