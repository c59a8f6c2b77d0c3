//! What the context keeps of a person, as they get it.

use std::sync::Arc;

use async_trait::async_trait;
use shared_kernel::{
    application::{PersonalData, PersonalDataError, PersonalPage},
    domain::{Execution, Id, Owner},
    infrastructure::db::{Database, PersonalTable, RowKey, Shown},
};
use uuid::Uuid;

use super::ending::unfinished;
use crate::application::executions::{ExecutionService, ExecutionsError};

/// What may go while executions are still ending: nothing starts any more, and secrets are gone.
const FIRST: [PersonalTable; 7] = [
    PersonalTable {
        name: "ticks",
        table: "workflow_ticks",
        key: RowKey::IdAndNumber("trigger_id", "due_at"),
        owned: "trigger_id IN (SELECT id FROM workflow_triggers WHERE user_id = $1)",
        columns: &[
            ("trigger_id", Shown::Id),
            ("due_at", Shown::Time),
            ("outcome", Shown::Text),
            ("detail", Shown::Text),
            ("execution_id", Shown::Id),
            ("at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "triggers",
        table: "workflow_triggers",
        key: RowKey::Id("id"),
        owned: "user_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("definition_id", Shown::Id),
            ("spec", Shown::Json),
            ("paused", Shown::Flag),
            ("due_at", Shown::Time),
            ("created_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "secrets",
        table: "workflow_vault",
        key: RowKey::Id("id"),
        owned: "user_id = $1 AND kind = 'secret'",
        columns: &[
            ("name", Shown::Text),
            ("description", Shown::Text),
            ("created_at", Shown::Time),
            ("updated_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "variables",
        table: "workflow_vault",
        key: RowKey::Id("id"),
        owned: "user_id = $1 AND kind <> 'secret'",
        columns: &[
            ("name", Shown::Text),
            ("value", Shown::Json),
            ("description", Shown::Text),
            ("created_at", Shown::Time),
            ("updated_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "start_keys",
        table: "workflow_start_keys",
        key: RowKey::IdAndText("user_id", "start_key"),
        owned: "user_id = $1",
        columns: &[],
        erased: true,
    },
    PersonalTable {
        name: "execution_ends",
        table: "workflow_ends",
        key: RowKey::IdAndNumber("user_id", "hour"),
        owned: "user_id = $1",
        columns: &[],
        erased: true,
    },
    PersonalTable {
        name: "cached_steps",
        table: "workflow_step_cache",
        key: RowKey::IdAndText("user_id", "cache_key"),
        owned: "user_id = $1",
        columns: &[],
        erased: true,
    },
];

/// What executions need until they have ended.
const LAST: [PersonalTable; 2] = [
    PersonalTable {
        name: "workflow_versions",
        table: "workflow_versions",
        key: RowKey::IdAndNumber("definition_id", "version"),
        owned: "definition_id IN (SELECT id FROM workflow_definitions WHERE user_id = $1)",
        columns: &[
            ("definition_id", Shown::Id),
            ("version", Shown::Number),
            ("source", Shown::Text),
            ("message", Shown::Text),
            ("created_at", Shown::Time),
        ],
        erased: true,
    },
    PersonalTable {
        name: "workflows",
        table: "workflow_definitions",
        key: RowKey::Id("id"),
        owned: "user_id = $1",
        columns: &[
            ("id", Shown::Id),
            ("name", Shown::Text),
            ("version", Shown::Number),
            ("created_at", Shown::Time),
            ("updated_at", Shown::Time),
            ("deleted_at", Shown::Time),
        ],
        erased: true,
    },
];

/// Removed with journal, logs and payloads by retention, which keeps nothing of those who are gone.
const EXECUTIONS: PersonalTable = PersonalTable {
    name: "executions",
    table: "workflow_executions",
    key: RowKey::Id("id"),
    owned: "user_id = $1",
    columns: &[
        ("id", Shown::Id),
        ("definition_id", Shown::Id),
        ("definition_name", Shown::Text),
        ("definition_version", Shown::Number),
        ("status", Shown::Text),
        ("labels", Shown::Json),
        ("created_at", Shown::Time),
        ("started_at", Shown::Time),
        ("finished_at", Shown::Time),
        ("error", Shown::Json),
    ],
    erased: false,
};

/// In an order in which each may go before those behind it.
pub fn personal_data(
    database: &Database,
    executions: ExecutionService,
) -> Vec<Arc<dyn PersonalData>> {
    let shown = EXECUTIONS.of(database);
    let ending = EndingExecutions { database: database.clone(), executions, shown };
    let mut parts = FIRST.map(|table| table.of(database)).to_vec();
    parts.push(Arc::new(ending));
    parts.extend(LAST.map(|table| table.of(database)));
    parts
}

/// Executions, which are cancelled when their owner is gone.
struct EndingExecutions {
    database: Database,
    executions: ExecutionService,
    shown: Arc<dyn PersonalData>,
}

/// They end soon; then the rest may go.
#[derive(Debug, thiserror::Error)]
#[error("executions are still ending")]
struct StillEnding;

impl EndingExecutions {
    fn failed(source: impl std::error::Error + Send + Sync + 'static) -> PersonalDataError {
        PersonalDataError { part: EXECUTIONS.name, source: Box::new(source) }
    }

    async fn cancel(&self, owner: Owner, id: Id<Execution>) -> Result<(), PersonalDataError> {
        match self.executions.cancel_for(owner, id).await {
            Ok(_) | Err(ExecutionsError::Ended | ExecutionsError::NotFound) => Ok(()),
            Err(error) => Err(Self::failed(error)),
        }
    }
}

#[async_trait]
impl PersonalData for EndingExecutions {
    fn name(&self) -> &'static str {
        self.shown.name()
    }

    async fn page(
        &self,
        owner: Owner,
        after: Option<&str>,
    ) -> Result<PersonalPage, PersonalDataError> {
        self.shown.page(owner, after).await
    }

    /// Asks for their end, and fails until they have: what is behind them is needed for it.
    async fn erase(&self, owner: Owner) -> Result<u64, PersonalDataError> {
        let mut after = Uuid::nil();
        loop {
            let some = unfinished(&self.database, owner, after).await.map_err(Self::failed)?;
            let Some(last) = some.last() else { break };
            after = last.id.uuid();
            for found in some {
                self.cancel(owner, found.id).await?;
            }
        }
        if after.is_nil() { Ok(0) } else { Err(Self::failed(StillEnding)) }
    }
}
