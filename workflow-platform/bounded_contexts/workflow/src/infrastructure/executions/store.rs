//! Executions as use cases ask for them.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, Value as Parameter};
use serde_json::json;
use shared_kernel::{
    application::BlobStore,
    domain::{DomainEvent, Execution, Id, Owner, Page, PageRequest, Timestamp},
    infrastructure::db::{Database, UnitOfWork},
};

use super::{
    insert::{Insertion, Taken, insertion},
    list, rows,
    starts::StartWriter,
};
use crate::{
    application::executions::{
        ExecutionFilter, ExecutionRow, Executions, JournalFilter, Letter, LogFilter, LogLine,
        NewExecution, Placed, StoreError, StoredEvent,
    },
    domain::execution::{Created, JournalEvent, Retried},
    infrastructure::{
        journal::{AppendError, JournalReader, Newest, insert_row, newest, pack},
        openings::Openings,
        queue,
    },
};

/// Both engines through plain SQL.
#[derive(Clone)]
pub struct SqlExecutions {
    database: Database,
    blobs: Arc<dyn BlobStore>,
    journal: JournalReader,
    newest: Newest,
    starts: StartWriter,
}

impl SqlExecutions {
    /// Starts tasks, within a tokio runtime.
    pub fn new(database: Database, blobs: Arc<dyn BlobStore>, openings: Openings) -> Self {
        let journal = JournalReader::new(database.clone(), Arc::clone(&blobs));
        let starts = StartWriter::start(database.clone(), openings);
        Self { newest: newest(database.clone()), database, blobs, journal, starts }
    }

    async fn count(&self, sql: &str, values: Vec<Parameter>) -> Result<u64, StoreError> {
        let statement = self.database.statement(sql, values);
        let row = self.database.read().query_one_raw(statement).await?;
        let count = row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
        Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
    }

    async fn insertion(&self, new: &NewExecution) -> Result<Insertion, StoreError> {
        let created = Created {
            definition_id: new.definition_id,
            version: new.version,
            params: new.params.clone(),
            vars: new.vars.clone(),
            trigger: new.trigger.clone(),
            fragment: new.fragment.clone(),
        };
        let begins = JournalEvent::from(created);
        let created = pack(self.blobs.as_ref(), new.id, &begins, new.created_at).await?;
        // What others count and hear of is the execution that the item belongs to.
        let told = new.fragment.is_none().then(|| Self::started(new));
        Ok(Insertion { new: new.clone(), begins, created, told })
    }

    fn started(new: &NewExecution) -> DomainEvent {
        DomainEvent {
            // Told once, however often the execution is written.
            id: Id::from(new.id.uuid()),
            kind: "execution.started".to_owned(),
            version: 1,
            aggregate: "execution".to_owned(),
            aggregate_id: new.id.to_string(),
            user: Some(new.owner.user()),
            payload: json!({
                "execution_id": new.id,
                "definition_id": new.definition_id,
                "definition_name": new.definition_name,
                "version": new.version,
                "trigger": { "kind": new.trigger["kind"], "trigger_id": new.trigger["trigger_id"] },
            }),
            occurred_at: new.created_at,
            request_id: new.request_id.clone(),
        }
    }
}

impl From<AppendError> for StoreError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Blob(error) => Self::Blob(error),
            AppendError::Encode(error) => Self::Json(error),
            AppendError::Fenced | AppendError::Unavailable => Self::Row(error.to_string()),
        }
    }
}

/// As if it had just been asked for; whoever held it before has lost it.
const REQUEUE: &str = "UPDATE workflow_executions SET status = 'pending', finished_at = NULL, \
     error = NULL, started_at = NULL, ready_at = $3, wake_at = NULL, cancel_at = NULL, awaits = NULL, \
     epoch = epoch + 1 \
     WHERE id = $1 AND user_id = $2 AND finished_at IS NOT NULL AND status <> 'succeeded'";

#[async_trait]
impl Executions for SqlExecutions {
    async fn insert(&self, work: &mut UnitOfWork, new: &NewExecution) -> Result<(), StoreError> {
        let new = self.insertion(new).await?;
        work.apply(insertion(self.database.backend(), &[&new], Taken::NONE, false)?).await?;
        Ok(())
    }

    async fn insert_alone(&self, new: &NewExecution) -> Result<Placed, StoreError> {
        self.starts.write(self.insertion(new).await?).await
    }

    async fn hand_down(
        &self,
        work: &mut UnitOfWork,
        new: &NewExecution,
        events: &[JournalEvent],
    ) -> Result<(), StoreError> {
        let mut bytes: i64 = 0;
        for (seq, event) in (2..).zip(events) {
            let row = pack(self.blobs.as_ref(), new.id, event, new.created_at).await?;
            bytes = bytes.saturating_add(row.size);
            insert_row(work, new.id, seq, row).await?;
        }
        let sql = "UPDATE workflow_executions SET bytes = bytes + $2 WHERE id = $1";
        let counted = self.database.statement(sql, [new.id.into(), bytes.into()]);
        work.conn().execute_raw(counted).await?;
        Ok(())
    }

    async fn retry(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: Id<Execution>,
        at: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let statement = self.database.statement(REQUEUE, [id.into(), owner.into(), at.into()]);
        if work.conn().execute_raw(statement).await?.rows_affected() == 0 {
            return Ok(None);
        }
        let last = "SELECT MAX(seq) FROM execution_events WHERE execution_id = $1";
        let row = work.conn().query_one_raw(self.database.statement(last, [id.into()])).await?;
        let seq = row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten();
        let seq = seq.unwrap_or(0) + 1;
        let event = pack(self.blobs.as_ref(), id, &Retried {}.into(), at).await?;
        insert_row(work, id, seq, event).await?;
        Ok(Some(seq))
    }

    async fn find(
        &self,
        owner: Owner,
        id: Id<Execution>,
    ) -> Result<Option<ExecutionRow>, StoreError> {
        let sql = format!(
            "SELECT {} FROM workflow_executions WHERE id = $1 AND user_id = $2",
            rows::COLUMNS
        );
        let statement = self.database.statement(sql, [id.into(), owner.into()]);
        let row = self.database.read().query_one_raw(statement).await?;
        row.as_ref().map(rows::execution).transpose()
    }

    async fn list(
        &self,
        owner: Owner,
        filter: ExecutionFilter,
        page: PageRequest,
    ) -> Result<Page<ExecutionRow>, StoreError> {
        list::list(&self.database, owner, &filter, page).await
    }

    async fn unfinished(&self, owner: Owner, most: u64) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM workflow_executions \
                   WHERE user_id = $1 AND finished_at IS NULL AND fragment = 0 LIMIT $2) AS open";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.count(sql, vec![owner.into(), most.into()]).await
    }

    async fn running_with_key(&self, owner: Owner, key: &str) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM workflow_executions WHERE user_id = $1 \
                   AND concurrency_key = $2 AND finished_at IS NULL AND started_at IS NOT NULL";
        self.count(sql, vec![owner.into(), key.into()]).await
    }

    async fn workers_alive(&self, since: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM workflow_workers WHERE dead_at IS NULL AND beat_at >= $1";
        Ok(self.count(sql, vec![since.into()]).await? > 0)
    }

    async fn events(
        &self,
        id: Id<Execution>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.journal.read(id, after, limit).await
    }

    async fn visible_events(
        &self,
        id: Id<Execution>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.journal.read_visible(id, after, limit).await
    }

    async fn journal(
        &self,
        id: Id<Execution>,
        filter: &JournalFilter,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.journal.read_filtered(id, filter, limit).await
    }

    async fn last_event(&self, id: Id<Execution>) -> Result<Option<StoredEvent>, StoreError> {
        match self.newest.ask(id).await? {
            Some(row) => self.journal.decode(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn request_cancel(
        &self,
        owner: Owner,
        id: Id<Execution>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = self.database.statement(
            "UPDATE workflow_executions SET cancel_at = COALESCE(cancel_at, $3), wake_at = NULL, \
             ready_at = CASE WHEN worker_id IS NULL THEN COALESCE(ready_at, $3) END \
             WHERE id = $1 AND user_id = $2 AND finished_at IS NULL",
            [id.into(), owner.into(), at.into()],
        );
        Ok(self.database.write().execute_raw(statement).await?.rows_affected() > 0)
    }

    async fn send(
        &self,
        work: &mut UnitOfWork,
        owner: Owner,
        id: Id<Execution>,
        letter: &Letter,
    ) -> Result<bool, StoreError> {
        queue::send(work, owner, id, letter).await
    }

    async fn logs(
        &self,
        id: Id<Execution>,
        filter: &LogFilter,
        page: PageRequest,
    ) -> Result<Page<LogLine>, StoreError> {
        list::logs(&self.database, id, filter, page).await
    }
}
