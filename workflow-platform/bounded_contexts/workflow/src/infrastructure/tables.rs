//! Tables of executions: the journal, its projection, workers, logs, triggers and ticks.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::{
    MigrationTrait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, big_pk_auto, boolean, integer, integer_null, string_len,
        string_len_null, text, text_null, uuid, uuid_null,
    },
};

use super::{
    awaits_column::{AWAITS_COLUMN, AWAITS_INDEX},
    children_columns::ChildrenColumns,
    events_columns::EventsColumns,
    hooks_table::Hooks,
    inbox_table::InboxTable,
    labels_table::LabelsTable,
    list_indexes::ListIndexes,
    origin_column::ORIGIN_COLUMN,
    retention_tables::RetentionTables,
    snapshots_table::SnapshotsTable,
    start_keys_table::StartKeysTable,
    statistics::StatisticsTable,
    step_cache_table::StepCacheTable,
    trace_column::TRACE_COLUMN,
    vault_table::VaultTable,
};

/// The migrations of executions, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(ExecutionTables),
        Box::new(StartKeysTable),
        Box::new(LabelsTable),
        Box::new(InboxTable),
        Box::new(Hooks),
        Box::new(ChildrenColumns),
        Box::new(StepCacheTable),
        Box::new(EventsColumns),
        Box::new(VaultTable),
        Box::new(RetentionTables),
        Box::new(SnapshotsTable),
        Box::new(StatisticsTable),
        Box::new(TRACE_COLUMN),
        Box::new(ORIGIN_COLUMN),
        Box::new(ListIndexes),
        Box::new(AWAITS_COLUMN),
        Box::new(AWAITS_INDEX),
    ]
}

/// The first form of all tables below.
#[derive(Debug)]
pub struct ExecutionTables;

impl MigrationName for ExecutionTables {
    fn name(&self) -> &'static str {
        "m20261123_000041_executions"
    }
}

#[derive(DeriveIden)]
enum WorkflowExecutions {
    Table,
    Id,
    UserId,
    DefinitionId,
    DefinitionName,
    DefinitionVersion,
    Status,
    Priority,
    Labels,
    ConcurrencyKey,
    ConcurrencyLimit,
    CreatedAt,
    StartedAt,
    FinishedAt,
    Error,
    /// Since when it is in the queue; null while a worker has it, while it waits, and at the end.
    ReadyAt,
    /// When its timer puts it back into the queue.
    WakeAt,
    WorkerId,
    /// Counts claims; an append carries the epoch of its claim.
    Epoch,
    /// Somebody wants it cancelled; null again once that stands in the journal.
    CancelAt,
}

#[derive(DeriveIden)]
enum ExecutionEvents {
    Table,
    ExecutionId,
    Seq,
    Kind,
    Payload,
    Blob,
    At,
}

#[derive(DeriveIden)]
enum ExecutionLogs {
    Table,
    Position,
    ExecutionId,
    At,
    Level,
    Step,
    Item,
    Message,
    Fields,
}

#[derive(DeriveIden)]
enum WorkflowWorkers {
    Table,
    Id,
    Name,
    StartedAt,
    /// Goes up with every heartbeat. Others watch whether it moves, so that clocks that differ
    /// do not matter.
    Beats,
    BeatAt,
    DeadAt,
}

#[derive(DeriveIden)]
enum WorkflowTriggers {
    Table,
    Id,
    UserId,
    DefinitionId,
    DefinitionVersion,
    Position,
    Spec,
    Paused,
    /// The next tick that was not handled.
    DueAt,
    CreatedAt,
}

#[derive(DeriveIden)]
enum WorkflowTicks {
    Table,
    TriggerId,
    DueAt,
    Outcome,
    /// Why it was not simply run.
    Detail,
    ExecutionId,
    At,
}

#[async_trait::async_trait]
impl MigrationTrait for ExecutionTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [executions(), events(), logs(), workers(), triggers(), ticks()] {
            manager.create_table(table).await?;
        }
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(WorkflowTicks::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(WorkflowTriggers::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(WorkflowWorkers::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(ExecutionLogs::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(ExecutionEvents::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(WorkflowExecutions::Table).to_owned()).await
    }
}

/// Lists by user and by status; the queue; timers; leases; wishes to cancel; keyed concurrency.
const INDEXES: [&str; 12] = [
    "CREATE INDEX workflow_executions_by_user \
     ON workflow_executions (user_id, created_at DESC, id DESC)",
    "CREATE INDEX workflow_executions_by_status \
     ON workflow_executions (user_id, status, created_at DESC, id DESC)",
    "CREATE INDEX workflow_executions_by_definition \
     ON workflow_executions (definition_id, created_at DESC, id DESC)",
    "CREATE INDEX workflow_executions_unfinished \
     ON workflow_executions (user_id) WHERE finished_at IS NULL",
    "CREATE INDEX workflow_executions_ready \
     ON workflow_executions (user_id, priority DESC, ready_at) WHERE ready_at IS NOT NULL",
    "CREATE INDEX workflow_executions_timers \
     ON workflow_executions (wake_at) WHERE wake_at IS NOT NULL",
    "CREATE INDEX workflow_executions_leases \
     ON workflow_executions (worker_id, user_id) WHERE worker_id IS NOT NULL",
    "CREATE INDEX workflow_executions_to_cancel \
     ON workflow_executions (worker_id) WHERE cancel_at IS NOT NULL",
    "CREATE INDEX workflow_executions_keyed ON workflow_executions (user_id, concurrency_key) \
     WHERE concurrency_key IS NOT NULL AND finished_at IS NULL",
    "CREATE INDEX execution_logs_by_execution ON execution_logs (execution_id, position)",
    "CREATE INDEX workflow_ticks_by_execution ON workflow_ticks (execution_id) \
     WHERE execution_id IS NOT NULL",
    "CREATE INDEX workflow_triggers_due ON workflow_triggers (due_at) WHERE due_at IS NOT NULL",
];

fn executions() -> TableCreateStatement {
    Table::create()
        .table(WorkflowExecutions::Table)
        .col(uuid(WorkflowExecutions::Id).primary_key())
        .col(uuid(WorkflowExecutions::UserId))
        .col(uuid(WorkflowExecutions::DefinitionId))
        .col(string_len(WorkflowExecutions::DefinitionName, 200))
        .col(integer(WorkflowExecutions::DefinitionVersion))
        .col(string_len(WorkflowExecutions::Status, 20))
        .col(integer(WorkflowExecutions::Priority))
        .col(text(WorkflowExecutions::Labels))
        .col(text_null(WorkflowExecutions::ConcurrencyKey))
        .col(integer_null(WorkflowExecutions::ConcurrencyLimit))
        .col(big_integer(WorkflowExecutions::CreatedAt))
        .col(big_integer_null(WorkflowExecutions::StartedAt))
        .col(big_integer_null(WorkflowExecutions::FinishedAt))
        .col(text_null(WorkflowExecutions::Error))
        .col(big_integer_null(WorkflowExecutions::ReadyAt))
        .col(big_integer_null(WorkflowExecutions::WakeAt))
        .col(uuid_null(WorkflowExecutions::WorkerId))
        .col(big_integer(WorkflowExecutions::Epoch))
        .col(big_integer_null(WorkflowExecutions::CancelAt))
        .to_owned()
}

fn events() -> TableCreateStatement {
    Table::create()
        .table(ExecutionEvents::Table)
        .col(uuid(ExecutionEvents::ExecutionId))
        .col(big_integer(ExecutionEvents::Seq))
        .col(string_len(ExecutionEvents::Kind, 60))
        .col(text(ExecutionEvents::Payload))
        .col(string_len_null(ExecutionEvents::Blob, 64))
        .col(big_integer(ExecutionEvents::At))
        .primary_key(Index::create().col(ExecutionEvents::ExecutionId).col(ExecutionEvents::Seq))
        .to_owned()
}

fn logs() -> TableCreateStatement {
    Table::create()
        .table(ExecutionLogs::Table)
        .col(big_pk_auto(ExecutionLogs::Position))
        .col(uuid(ExecutionLogs::ExecutionId))
        .col(big_integer(ExecutionLogs::At))
        .col(string_len(ExecutionLogs::Level, 8))
        .col(string_len_null(ExecutionLogs::Step, 100))
        .col(integer_null(ExecutionLogs::Item))
        .col(text(ExecutionLogs::Message))
        .col(text(ExecutionLogs::Fields))
        .to_owned()
}

fn workers() -> TableCreateStatement {
    Table::create()
        .table(WorkflowWorkers::Table)
        .col(uuid(WorkflowWorkers::Id).primary_key())
        .col(string_len(WorkflowWorkers::Name, 120))
        .col(big_integer(WorkflowWorkers::StartedAt))
        .col(big_integer(WorkflowWorkers::Beats))
        .col(big_integer(WorkflowWorkers::BeatAt))
        .col(big_integer_null(WorkflowWorkers::DeadAt))
        .to_owned()
}

fn triggers() -> TableCreateStatement {
    Table::create()
        .table(WorkflowTriggers::Table)
        .col(uuid(WorkflowTriggers::Id).primary_key())
        .col(uuid(WorkflowTriggers::UserId))
        .col(uuid(WorkflowTriggers::DefinitionId))
        .col(integer(WorkflowTriggers::DefinitionVersion))
        .col(integer(WorkflowTriggers::Position))
        .col(text(WorkflowTriggers::Spec))
        .col(boolean(WorkflowTriggers::Paused))
        .col(big_integer_null(WorkflowTriggers::DueAt))
        .col(big_integer(WorkflowTriggers::CreatedAt))
        .index(
            Index::create()
                .unique()
                .col(WorkflowTriggers::DefinitionId)
                .col(WorkflowTriggers::Position),
        )
        .to_owned()
}

fn ticks() -> TableCreateStatement {
    Table::create()
        .table(WorkflowTicks::Table)
        .col(uuid(WorkflowTicks::TriggerId))
        .col(big_integer(WorkflowTicks::DueAt))
        .col(string_len(WorkflowTicks::Outcome, 20))
        .col(text_null(WorkflowTicks::Detail))
        .col(uuid_null(WorkflowTicks::ExecutionId))
        .col(big_integer(WorkflowTicks::At))
        .primary_key(Index::create().col(WorkflowTicks::TriggerId).col(WorkflowTicks::DueAt))
        .to_owned()
}
