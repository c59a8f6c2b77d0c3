//! Takes snapshots of an execution beside its driver, which does not wait for them.

use std::{io, sync::Arc};

use tokio::task::spawn_blocking;
use tokio_util::task::AbortOnDropHandle;
use tracing::warn;

use super::{
    driver::Desk,
    load::{LoadError, Loaded, load},
};
use crate::{
    application::executions::{StoreError, StoredSnapshot},
    domain::{
        definition::Definition,
        execution::{Execution, Identity, SnapshotError},
    },
    infrastructure::{
        journal::{LARGEST, pack_state},
        queue::Claimed,
    },
};

/// A snapshot could not be taken or read: the journal is there all the same.
#[derive(Debug, thiserror::Error)]
enum SnapshotFault {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("state cannot be written down")]
    Encode(#[from] serde_json::Error),
    #[error("state cannot be packed")]
    Pack(#[from] io::Error),
    #[error(transparent)]
    Restore(#[from] SnapshotError),
    #[error("work on it broke off")]
    Broken(#[from] tokio::task::JoinError),
}

/// How far a snapshot reaches, and how large its state is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reach {
    pub seq: i64,
    pub bytes: i64,
}

/// When one execution is due for its next snapshot.
///
/// There are at least `snapshot_every` events between two, and events of half the size of the state:
/// all snapshots of an execution together are no larger than a few times its journal.
#[derive(Debug)]
pub(super) struct Snapshots {
    last: Reach,
    /// Journalled since the last one.
    bytes: i64,
    task: Option<AbortOnDropHandle<Option<Reach>>>,
}

impl Snapshots {
    pub fn after(last: Reach) -> Self {
        Self { last, bytes: 0, task: None }
    }

    /// The journal reaches `seq` now and has grown by so many bytes.
    pub async fn journalled(&mut self, desk: &Arc<Desk>, claimed: &Claimed, seq: i64, bytes: i64) {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.task.as_ref().is_some_and(AbortOnDropHandle::is_finished)
            && let Some(task) = self.task.take()
            && let Ok(Some(last)) = task.await
        {
            self.last = last;
            self.bytes = 0;
        }
        let is_due = seq - self.last.seq >= desk.settings.snapshot_every
            && self.bytes >= self.last.bytes / 2;
        if is_due && self.task.is_none() {
            let task = tokio::spawn(take(Arc::clone(desk), *claimed));
            self.task = Some(AbortOnDropHandle::new(task));
        }
    }
}

/// One at a time of all executions of the worker.
async fn take(desk: Arc<Desk>, claimed: Claimed) -> Option<Reach> {
    let _turn = desk.snapshot_turn.acquire().await.ok()?;
    match try_to_take(&desk, &claimed).await {
        Ok(reach) => reach,
        Err(fault) => {
            warn!(
                error = &fault as &dyn std::error::Error,
                execution.id = %claimed.id,
                "no snapshot of execution {} was taken", claimed.id
            );
            None
        }
    }
}

/// The execution as the newest snapshot has it.
pub(super) async fn restore(
    desk: &Desk,
    definition: &Arc<Definition>,
    identity: &Identity,
) -> Option<(Execution, Reach)> {
    match try_to_restore(desk, definition, identity).await {
        Ok(restored) => restored,
        Err(fault) => {
            warn!(
                error = &fault as &dyn std::error::Error,
                execution.id = %identity.id,
                "the snapshot of execution {} is passed over", identity.id
            );
            None
        }
    }
}

async fn try_to_restore(
    desk: &Desk,
    definition: &Arc<Definition>,
    identity: &Identity,
) -> Result<Option<(Execution, Reach)>, SnapshotFault> {
    let Some(stored) = desk.snapshots.newest(identity.id).await? else { return Ok(None) };
    let StoredSnapshot { seq, state } = stored;
    let reach = Reach { seq, bytes: i64::try_from(state.len()).unwrap_or(i64::MAX) };
    let (definition, identity) = (Arc::clone(definition), identity.clone());
    let read = spawn_blocking(move || Execution::restore(&definition, identity, &state));
    Ok(Some((read.await??, reach)))
}

/// The journal is read anew: a machine that decides is ahead of its journal.
async fn try_to_take(desk: &Desk, claimed: &Claimed) -> Result<Option<Reach>, SnapshotFault> {
    let Loaded { machine, seq, .. } = load(desk, claimed, Vec::new()).await?;
    let Some(machine) = machine else { return Ok(None) };
    let packed = spawn_blocking(move || -> Result<_, SnapshotFault> {
        let state = machine.snapshot()?;
        let size = state.len();
        let packed = (size <= LARGEST).then(|| pack_state(state)).transpose()?;
        Ok((packed, i64::try_from(size).unwrap_or(i64::MAX)))
    });
    let (packed, bytes) = packed.await??;
    if let Some(packed) = packed {
        let (group, now) = (desk.parts.ambient.uuid(), desk.parts.ambient.now());
        desk.snapshots.keep(claimed, desk.worker, seq, packed, group, now).await?;
        metrics::counter!("workflow_snapshots_total").increment(1);
    }
    Ok(Some(Reach { seq, bytes }))
}
