//! Queries that go along indexes, each bounded.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, QueryResult, Value};
use shared_kernel::{
    application::BlobStore,
    domain::{Execution, Id, Timestamp},
    infrastructure::db::Database,
};
use uuid::Uuid;

use crate::application::{
    audit::{AuditStore, Audited, Finding, Invariant},
    executions::{StoreError, StoredSnapshot},
};
use crate::infrastructure::journal::SnapshotStore;

/// Findings of one kind.
const MOST: i64 = 100;

/// Both engines through plain SQL.
#[derive(Clone)]
pub struct SqlAudit {
    database: Database,
    snapshots: SnapshotStore,
}

/// Id and what is wrong, in two columns. `$1` is the time before which it is late, `$2` the limit.
const OVERDUE: [(Invariant, &str); 4] = [
    (
        Invariant::LeaseAlive,
        "SELECT '', 'its worker is silent', e.id FROM workflow_executions e \
         LEFT JOIN workflow_workers w ON w.id = e.worker_id \
         WHERE e.worker_id IS NOT NULL AND (w.id IS NULL OR w.dead_at < $1 OR w.beat_at < $1) \
         LIMIT $2",
    ),
    (
        Invariant::TimerFired,
        "SELECT '', 'its timer was due', id FROM workflow_executions \
         WHERE wake_at < $1 ORDER BY wake_at LIMIT $2",
    ),
    (
        Invariant::TickHandled,
        "SELECT '', 'its tick was due', id FROM workflow_triggers \
         WHERE due_at < $1 AND NOT paused ORDER BY due_at LIMIT $2",
    ),
    (
        Invariant::LimitKept,
        "SELECT concurrency_key, 'more run than its limit allows', user_id \
         FROM workflow_executions WHERE concurrency_key IS NOT NULL AND finished_at IS NULL \
         AND started_at IS NOT NULL AND $1 = $1 GROUP BY user_id, concurrency_key \
         HAVING count(*) > MAX(concurrency_limit) LIMIT $2",
    ),
];

const AUDITED: &str = "SELECT e.id, e.definition_id, e.definition_version, e.status, e.epoch, \
     CASE WHEN e.ready_at IS NULL AND e.wake_at IS NULL AND e.worker_id IS NULL \
       AND e.letters <= e.letters_taken THEN 1 ELSE 0 END, \
     (SELECT count(*) FROM execution_events j WHERE j.execution_id = e.id), \
     (SELECT COALESCE(MAX(seq), 0) FROM execution_events j WHERE j.execution_id = e.id) \
     FROM workflow_executions e";

impl SqlAudit {
    pub fn new(database: Database, blobs: Arc<dyn BlobStore>) -> Self {
        let snapshots = SnapshotStore::new(database.clone(), blobs);
        Self { database, snapshots }
    }

    async fn audited(&self, rest: &str, values: Vec<Value>) -> Result<Vec<Audited>, StoreError> {
        let statement = self.database.statement(format!("{AUDITED} {rest}"), values);
        let rows = self.database.read().query_all_raw(statement).await?;
        rows.iter().map(audited).collect()
    }
}

fn audited(row: &QueryResult) -> Result<Audited, StoreError> {
    let status: String = row.try_get_by_index(3)?;
    let version: i32 = row.try_get_by_index(2)?;
    Ok(Audited {
        id: row.try_get_by_index::<Uuid>(0)?.into(),
        definition_id: row.try_get_by_index(1)?,
        version: u32::try_from(version).unwrap_or(0),
        status: status.parse().map_err(|_| StoreError::Row(status.clone()))?,
        epoch: row.try_get_by_index(4)?,
        is_at_rest: row.try_get_by_index::<i32>(5)? != 0,
        events: row.try_get_by_index(6)?,
        last_seq: row.try_get_by_index(7)?,
    })
}

#[async_trait]
impl AuditStore for SqlAudit {
    async fn overdue(&self, late: Timestamp) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        for (invariant, sql) in OVERDUE {
            let statement = self.database.statement(sql, [late.into(), MOST.into()]);
            for row in self.database.read().query_all_raw(statement).await? {
                let (name, detail): (String, String) =
                    (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                let id: Uuid = row.try_get_by_index(2)?;
                let subject = if name.is_empty() { id.to_string() } else { format!("{id} {name}") };
                findings.push(Finding { invariant, subject, detail });
            }
        }
        Ok(findings)
    }

    async fn page(
        &self,
        after: Option<Id<Execution>>,
        limit: u32,
    ) -> Result<Vec<Audited>, StoreError> {
        let after = after.map_or(Uuid::nil(), Id::uuid);
        let rest = "WHERE e.id > $1 ORDER BY e.id LIMIT $2";
        self.audited(rest, vec![after.into(), i64::from(limit).into()]).await
    }

    async fn snapshot(&self, id: Id<Execution>) -> Result<Option<StoredSnapshot>, StoreError> {
        self.snapshots.newest(id).await
    }

    async fn again(&self, id: Id<Execution>) -> Result<Option<Audited>, StoreError> {
        Ok(self.audited("WHERE e.id = $1", vec![id.into()]).await?.pop())
    }
}
