//! Snapshots beside the journal: a fold that was made once.
//!
//! One row an execution, the newest. It is written under the lease, as everything else is; the
//! journal stays the truth, so a snapshot that is not there, not known or not readable costs time
//! and nothing else. A large body lies in the blob store, in a group of its own that goes with it.

use std::{
    io::{Read as _, Write as _},
    sync::Arc,
};

use bytes::Bytes;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use shared_kernel::{
    application::{BlobKey, BlobStore},
    domain::{Execution, Id, Timestamp},
    infrastructure::db::{Backend, Database, UnitOfWork},
};
use uuid::Uuid;

use super::INLINE_LIMIT;
use crate::{
    application::executions::{StoreError, StoredSnapshot},
    domain::execution::SNAPSHOT_VERSION,
    infrastructure::queue::Claimed,
};

/// Bodies below this size stay as they are.
const SMALL: usize = 4 * 1024;
/// What compressed bodies begin with, and JSON never does.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// A state that is larger is folded from its events: to keep it again and again costs more.
pub const LARGEST: usize = 64 * 1024 * 1024;

const NEWEST: &str = "SELECT seq, body, blob FROM execution_snapshots \
     WHERE execution_id = $1 AND version = $2";
const KEEP: &str = "INSERT INTO execution_snapshots (execution_id, seq, version, body, blob, at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (execution_id) DO UPDATE SET \
     seq = excluded.seq, version = excluded.version, body = excluded.body, \
     blob = excluded.blob, at = excluded.at";
const FORGET_BLOB: &str = "INSERT INTO workflow_blob_garbage (execution_id, at) VALUES ($1, $2) \
     ON CONFLICT DO NOTHING";

/// Reads and writes snapshots.
#[derive(Clone)]
pub struct SnapshotStore {
    database: Database,
    blobs: Arc<dyn BlobStore>,
}

impl SnapshotStore {
    pub fn new(database: Database, blobs: Arc<dyn BlobStore>) -> Self {
        Self { database, blobs }
    }

    /// The newest snapshot in the form that this program knows.
    pub async fn newest(
        &self,
        execution: Id<Execution>,
    ) -> Result<Option<StoredSnapshot>, StoreError> {
        let version = i64::from(SNAPSHOT_VERSION);
        let statement = self.database.statement(NEWEST, [execution.into(), version.into()]);
        let Some(row) = self.database.read().query_one_raw(statement).await? else {
            return Ok(None);
        };
        let seq: i64 = row.try_get_by_index(0)?;
        let packed = match row.try_get_by_index::<Option<String>>(2)? {
            Some(key) => self.blobs.get(&BlobKey(key)).await?.to_vec(),
            None => row.try_get_by_index::<Option<Vec<u8>>>(1)?.unwrap_or_default(),
        };
        let state = unpack(packed).map_err(|error| StoreError::Row(error.to_string()))?;
        Ok(Some(StoredSnapshot { seq, state }))
    }

    /// Keeps the packed state after event `seq`, unless the lease was lost. `group` is any new id.
    pub async fn keep(
        &self,
        claimed: &Claimed,
        worker: Uuid,
        seq: i64,
        packed: Vec<u8>,
        group: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (body, blob) = if packed.len() <= INLINE_LIMIT {
            (Some(packed), None)
        } else {
            (None, Some(self.blobs.put(group, Bytes::from(packed)).await?.0))
        };
        let work = self.database.begin().await?;
        let is_ours = self.is_leased(&work, claimed, worker).await?;
        let before = self.database.statement(
            "SELECT blob FROM execution_snapshots WHERE execution_id = $1",
            [claimed.id.into()],
        );
        let before = work.conn().query_one_raw(before).await?;
        let before = before.as_ref().map(group_of).transpose()?.flatten();
        let garbage = if is_ours { before } else { blob.as_ref().map(|_| group) };
        if let Some(group) = garbage {
            let forget = self.database.statement(FORGET_BLOB, [group.into(), now.into()]);
            work.conn().execute_raw(forget).await?;
        }
        if is_ours {
            let version = i64::from(SNAPSHOT_VERSION);
            let values = [
                claimed.id.into(),
                seq.into(),
                version.into(),
                body.into(),
                blob.into(),
                now.into(),
            ];
            work.conn().execute_raw(self.database.statement(KEEP, values)).await?;
        }
        work.commit().await?;
        Ok(is_ours)
    }

    /// As an append asks, and with the same lock.
    async fn is_leased(
        &self,
        work: &UnitOfWork,
        claimed: &Claimed,
        worker: Uuid,
    ) -> Result<bool, DbErr> {
        let lock = match self.database.backend() {
            Backend::Postgres => " FOR SHARE OF w",
            Backend::Sqlite => "",
        };
        let sql = format!(
            "SELECT 1 FROM workflow_workers w JOIN workflow_executions e ON e.worker_id = w.id \
             WHERE w.id = $1 AND w.dead_at IS NULL AND e.id = $2 AND e.epoch = $3{lock}"
        );
        let values = [worker.into(), claimed.id.into(), claimed.epoch.into()];
        Ok(work.conn().query_one_raw(self.database.statement(sql, values)).await?.is_some())
    }
}

/// Where the body of the row is, when it is a blob.
fn group_of(row: &QueryResult) -> Result<Option<Uuid>, DbErr> {
    let blob: Option<String> = row.try_get_by_index(0)?;
    Ok(blob.and_then(|key| BlobKey(key).parts().and_then(|(group, _)| group)))
}

/// Compresses what is worth it. Takes a core for a while.
pub fn pack_state(state: Vec<u8>) -> std::io::Result<Vec<u8>> {
    if state.len() < SMALL {
        return Ok(state);
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&state)?;
    packed.finish()
}

/// No more than was ever packed, whatever the row says.
fn unpack(packed: Vec<u8>) -> std::io::Result<Vec<u8>> {
    if !packed.starts_with(&GZIP) {
        return Ok(packed);
    }
    let mut state = Vec::new();
    let limit = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    GzDecoder::new(packed.as_slice()).take(limit).read_to_end(&mut state)?;
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_out_as_it_went_in() {
        for size in [0, 10, SMALL - 1, SMALL, 1_000_000] {
            let state = br#"{"steps": []}"#.iter().copied().cycle().take(size).collect::<Vec<_>>();
            let packed = pack_state(state.clone()).unwrap();
            assert!(size < SMALL || packed.len() < size / 10, "{size} became {}", packed.len());
            assert_eq!(unpack(packed).unwrap(), state);
        }
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        let mut packed = pack_state(vec![b'x'; 100_000]).unwrap();
        packed.truncate(packed.len() / 2);
        assert!(unpack(packed).is_err());
    }
}
