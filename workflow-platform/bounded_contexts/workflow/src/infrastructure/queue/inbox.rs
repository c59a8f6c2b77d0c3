//! Letters to executions.
//!
//! A letter is a row; the execution's row counts how many were ever sent (`letters`) and how many
//! the journal has (`letters_taken`). Whoever parks an execution compares the two under the lock of
//! that row, so a letter that comes in that very moment is not slept through. It is deleted in the
//! transaction that journals it.

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use serde::{Deserialize, Serialize};
use shared_kernel::{
    domain::{Execution, Id, Owner, Timestamp},
    infrastructure::db::UnitOfWork,
};
use uuid::Uuid;

use super::Queue;
use crate::{
    application::executions::{Letter, StoreError},
    domain::execution::{ChildEnded, SignalReceived},
};

/// Letters read at once.
const BATCH: i64 = 100;

/// What a letter tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Told {
    ChildEnded(ChildEnded),
    Signal(SignalReceived),
}

/// Leaves a signal; answers whether the owner has such an execution and it has not ended.
pub(crate) async fn send(
    work: &mut UnitOfWork,
    owner: Owner,
    id: Id<Execution>,
    letter: &Letter,
) -> Result<bool, StoreError> {
    let Letter { id: letter_id, step, item, signal } = letter.clone();
    let at = signal.at;
    let told = Told::Signal(SignalReceived { step, item, signal });
    let body = serde_json::to_string(&told)?;
    Ok(leave(work, owner, &Envelope { to: id, id: letter_id, body, at }).await?)
}

/// A letter on its way.
#[derive(Debug, Clone)]
pub struct Envelope {
    pub to: Id<Execution>,
    pub id: Uuid,
    /// [`Told`] as JSON.
    pub body: String,
    pub at: Timestamp,
}

/// Answers whether the owner has such an execution and it has not ended.
pub(crate) async fn leave(
    work: &mut UnitOfWork,
    owner: Owner,
    letter: &Envelope,
) -> Result<bool, DbErr> {
    let database = work.database().clone();
    let statement = database.statement(
        "UPDATE workflow_executions SET letters = letters + 1, wake_at = NULL, \
         ready_at = CASE WHEN worker_id IS NULL THEN COALESCE(ready_at, $3) END \
         WHERE id = $1 AND user_id = $2 AND finished_at IS NULL",
        [letter.to.into(), owner.into(), letter.at.into()],
    );
    if work.conn().execute_raw(statement).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let statement = database.statement(
        "INSERT INTO execution_inbox (id, execution_id, body) VALUES ($1, $2, $3)",
        [letter.id.into(), letter.to.into(), letter.body.clone().into()],
    );
    work.conn().execute_raw(statement).await?;
    Ok(true)
}

impl Queue {
    /// The oldest letters to an execution, with their ids.
    pub async fn letters(&self, execution: Id<Execution>) -> Result<Vec<(Uuid, Told)>, StoreError> {
        let statement = self.database.statement(
            "SELECT id, body FROM execution_inbox WHERE execution_id = $1 ORDER BY id LIMIT $2",
            [execution.into(), BATCH.into()],
        );
        let rows = self.database.read().query_all_raw(statement).await?;
        let letter = |row: &QueryResult| -> Result<_, StoreError> {
            let body: String = row.try_get_by_index(1)?;
            Ok((row.try_get_by_index(0)?, serde_json::from_str(&body)?))
        };
        rows.iter().map(letter).collect()
    }
}
