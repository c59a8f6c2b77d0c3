//! Workflows: definitions, their triggers, and durable executions of them.
//!
//! **Vocabulary.** A *definition* is a document (YAML or JSON) with *versions*; a version never
//! changes. An *execution* is one run of one version. A *step* is run in *attempts*, with
//! `for_each` for each of its *items*. A *trigger* starts executions by itself; each of its due
//! times is a *tick*. A *worker* holds the *lease* of the executions it drives.
//!
//! **Invariants.**
//! * The journal is the truth: an execution is the fold of its events, and the row in
//!   `workflow_executions` its projection for lists and the queue.
//! * A step's result stands in the journal before anything that depends on it starts; a recorded
//!   success is never run again; a step cut off in its middle runs again with the same
//!   idempotency key.
//! * A snapshot is what the events up to its number come to: it saves reading them, and is never
//!   the truth.
//! * Only the holder of the lease writes; each append checks the lease's epoch.
//! * Each tick has one row, written in the transaction that starts its execution.
//! * Somebody else's definition or execution does not exist.
//!
//! **Published events:** `execution.started`, `execution.finished`, `workflow.definition.saved`,
//! `workflow.definition.deleted`.
//!
//! **Not here:** the actions (other contexts offer them through the kernel's `Action` port; only
//! `script.javascript`, the transformations and the waits are ours), plans and their limits, and the users.

pub mod api;
pub mod application;
pub mod domain;
pub mod infrastructure;
mod module;

use sea_orm_migration::MigrationTrait;

pub use application::{
    definitions::{DefinitionsError, Draft},
    executions::{
        ExecutionDetails, ExecutionsError, StartExecution, Started, Update, Updates, UserDirectory,
        UserDirectoryError, UserProfile,
    },
};
pub use domain::EVENTS;
pub use infrastructure::{
    readings::{readings, register_metrics},
    sealed::sealed_columns,
    usage,
    worker::WorkerSettings,
};
pub use module::{Surroundings, WorkflowModule, WorkflowSettings, catalog, module, routes};

/// What the actions say of themselves in Chinese.
pub const ACTIONS_IN_CHINESE: &str = include_str!("application/actions.zh-CN.json");

/// The context's migrations, in order.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    let mut all = infrastructure::definitions::migrations();
    all.extend(infrastructure::tables::migrations());
    all
}
