//! Reading the journal back.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Statement, Value as Parameter};
use shared_kernel::{
    application::{BlobKey, BlobStore},
    domain::{Execution, Id, Timestamp},
    infrastructure::db::{Backend, Database},
};
use uuid::Uuid;

use crate::{
    application::executions::{JournalFilter, StoreError, StoredEvent},
    domain::execution::JournalEvent,
};

/// Reads events in order, fetching large bodies from the blob store.
#[derive(Clone)]
pub struct JournalReader {
    database: Database,
    blobs: Arc<dyn BlobStore>,
}

#[derive(Debug, Clone)]
pub(in crate::infrastructure) struct Row {
    pub(super) seq: i64,
    kind: String,
    payload: String,
    blob: Option<String>,
    at: i64,
}

impl Row {
    pub(super) fn from(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            seq: row.try_get_by_index(0)?,
            kind: row.try_get_by_index(1)?,
            payload: row.try_get_by_index(2)?,
            blob: row.try_get_by_index(3)?,
            at: row.try_get_by_index(4)?,
        })
    }
}

impl JournalReader {
    pub fn new(database: Database, blobs: Arc<dyn BlobStore>) -> Self {
        Self { database, blobs }
    }

    /// Up to `limit` events after number `after`.
    pub async fn read(
        &self,
        execution: Id<Execution>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.select("", execution, after, limit, []).await
    }

    /// As `read` without the checkpoints of running steps.
    pub async fn read_visible(
        &self,
        execution: Id<Execution>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.select("AND kind <> 'step.recorded' ", execution, after, limit, []).await
    }

    /// As `read`, of a kind and of a step. Which step an event is about is not known of those
    /// whose body is in the blob store: all of these are among them.
    pub async fn read_filtered(
        &self,
        execution: Id<Execution>,
        filter: &JournalFilter,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        // Every body that names its step begins with it.
        let begins =
            |step: &String| format!("{{\"step\":{}", serde_json::Value::from(step.clone()));
        let beginning = filter.step.as_ref().map(begins).unwrap_or_default();
        let length = i32::try_from(beginning.chars().count()).unwrap_or(i32::MAX);
        let kind = filter.kind.unwrap_or_default();
        self.select(
            "AND (kind = $4 OR $4 = '') \
             AND (substr(payload, 1, $6) = $5 OR $5 = '' OR blob IS NOT NULL) ",
            execution,
            filter.after,
            limit,
            [kind.into(), beginning.into(), length.into()],
        )
        .await
    }

    /// The first `limit` events of each of several executions.
    pub async fn beginnings(
        &self,
        executions: &[Id<Execution>],
        limit: usize,
    ) -> Result<HashMap<Id<Execution>, Vec<StoredEvent>>, StoreError> {
        let rows = self.database.read().query_all_raw(self.first_of(executions, limit)).await?;
        let mut all: HashMap<_, Vec<_>> = HashMap::with_capacity(executions.len());
        for row in &rows {
            let id: Uuid = row.try_get_by_index(5)?;
            all.entry(Id::from(id)).or_default().push(self.decode(Row::from(row)?).await?);
        }
        Ok(all)
    }

    fn first_of(&self, executions: &[Id<Execution>], limit: usize) -> Statement {
        let ids = executions.iter().map(|id| id.uuid());
        let (sql, ids): (String, Parameter) = match self.database.backend() {
            Backend::Postgres => (
                "SELECT e.* FROM unnest($1::uuid[]) AS wanted(id) CROSS JOIN LATERAL ( \
                 SELECT seq, kind, payload, blob, at, execution_id FROM execution_events \
                 WHERE execution_id = wanted.id ORDER BY seq LIMIT $2) AS e"
                    .to_owned(),
                ids.collect::<Vec<_>>().into(),
            ),
            Backend::Sqlite => {
                let (among, list) = Backend::Sqlite.among("$1", ids);
                let sql = format!(
                    "SELECT seq, kind, payload, blob, at, execution_id FROM execution_events \
                     WHERE execution_id {among} AND seq <= $2 ORDER BY execution_id, seq"
                );
                (sql, list)
            }
        };
        self.database.statement(sql, [ids, i64::try_from(limit).unwrap_or(i64::MAX).into()])
    }

    async fn select(
        &self,
        condition: &str,
        execution: Id<Execution>,
        after: i64,
        limit: u32,
        further: impl IntoIterator<Item = Parameter>,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let values: [Parameter; 3] = [execution.into(), after.into(), i64::from(limit).into()];
        let statement = self.database.statement(
            format!(
                "SELECT seq, kind, payload, blob, at FROM execution_events \
                 WHERE execution_id = $1 AND seq > $2 {condition}ORDER BY seq LIMIT $3"
            ),
            values.into_iter().chain(further),
        );
        let rows = self.database.read().query_all_raw(statement).await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            events.push(self.decode(Row::from(row)?).await?);
        }
        Ok(events)
    }

    pub(in crate::infrastructure) async fn decode(
        &self,
        row: Row,
    ) -> Result<StoredEvent, StoreError> {
        let event = match row.blob {
            None => JournalEvent::decode(&row.kind, &row.payload)?,
            Some(key) => {
                let body = self.blobs.get(&BlobKey(key)).await?;
                JournalEvent::decode(&row.kind, &String::from_utf8_lossy(&body))?
            }
        };
        Ok(StoredEvent { seq: row.seq, at: Timestamp::from_micros(row.at), event })
    }
}
