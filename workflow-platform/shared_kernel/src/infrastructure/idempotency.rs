//! The table of idempotency keys, on either database.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{db::Database, seal::Sealer};
use crate::{
    application::{
        IdempotencyError, IdempotencyKeys, KeptAnswer, KeyLease, KeyState, KeyedOutcome,
        KeyedProof, KeyedRequest,
    },
    domain::Ambient,
};

/// How long a key is remembered.
const REMEMBERED: Duration = Duration::from_hours(24);
/// How long a key waits for a process that may be dead. Longer than any request is worked on.
const LEASE: Duration = Duration::from_mins(2);
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// Rows that one statement of the sweep removes.
const SWEEP_ROWS: i64 = 500;

/// Takes a key that is new, forgotten, or whose process did not come back to the same request.
const CLAIM: &str = "INSERT INTO idempotency_keys (user_id, idempotency_key, route, fingerprint, \
     lease, leased_until, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
     ON CONFLICT (user_id, idempotency_key) DO UPDATE SET route = excluded.route, \
     fingerprint = excluded.fingerprint, lease = excluded.lease, \
     leased_until = excluded.leased_until, status = NULL, answer = NULL, \
     created_at = excluded.created_at \
     WHERE idempotency_keys.created_at < $8 OR (idempotency_keys.status IS NULL \
     AND idempotency_keys.leased_until < $7 AND idempotency_keys.fingerprint = $4) \
     RETURNING lease";
const FIND: &str = "SELECT fingerprint, status, answer FROM idempotency_keys \
     WHERE user_id = $1 AND idempotency_key = $2";
const KEEP: &str = "UPDATE idempotency_keys SET status = $4, answer = $5 \
     WHERE user_id = $1 AND idempotency_key = $2 AND lease = $3 AND status IS NULL";
const FREE: &str = "DELETE FROM idempotency_keys \
     WHERE user_id = $1 AND idempotency_key = $2 AND lease = $3 AND status IS NULL";
const SWEEP: &str = "DELETE FROM idempotency_keys WHERE (user_id, idempotency_key) IN \
     (SELECT user_id, idempotency_key FROM idempotency_keys WHERE created_at < $1 \
     ORDER BY created_at LIMIT $2)";

/// Answers are sealed: some hold secrets that are shown once.
#[derive(Debug, Clone)]
pub struct SqlIdempotencyKeys {
    database: Database,
    sealer: Sealer,
    ambient: Ambient,
}

impl SqlIdempotencyKeys {
    pub fn new(database: Database, sealer: Sealer, ambient: Ambient) -> Self {
        Self { database, sealer, ambient }
    }

    /// Forgets old keys from time to time, until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(SWEEP_EVERY) => {
                    if let Err(error) = self.sweep().await {
                        warn!(%error, "old idempotency keys could not be removed");
                    }
                }
            }
        }
    }

    /// Removes what is older than a day, a bounded number of rows at a time.
    pub async fn sweep(&self) -> Result<u64, DbErr> {
        let mut removed = 0;
        loop {
            let oldest = self.ambient.now().minus(REMEMBERED);
            let values = [oldest.into(), SWEEP_ROWS.into()];
            let sweep = self.database.statement(SWEEP, values);
            let rows = self.database.write().execute_raw(sweep).await?.rows_affected();
            removed += rows;
            if rows < SWEEP_ROWS.unsigned_abs() {
                return Ok(removed);
            }
        }
    }

    /// What a row says that could not be claimed.
    fn state(&self, request: &KeyedRequest, row: &QueryResult) -> Result<KeyState, Failed> {
        let fingerprint: String = row.try_get_by_index(0)?;
        let status: Option<i32> = row.try_get_by_index(1)?;
        let answer: Option<String> = row.try_get_by_index(2)?;
        if !with_parts(request, |parts| self.sealer.is_fingerprint(&fingerprint, parts)) {
            return Ok(KeyState::Taken);
        }
        Ok(match (status, answer) {
            (None, _) => KeyState::InProgress,
            (Some(_), None) => KeyState::Unkept,
            (Some(status), Some(answer)) => {
                let body = self.sealer.open(&place(request), &answer)?.into();
                KeyState::Answered(KeptAnswer { status: status.try_into()?, body })
            }
        })
    }

    async fn try_claim(&self, request: &KeyedRequest) -> Result<KeyState, Failed> {
        let now = self.ambient.now();
        let lease = self.ambient.uuid();
        let KeyedRequest { owner, key, route, .. } = request;
        let values = [
            (*owner).into(),
            key.as_str().into(),
            route.as_str().into(),
            with_parts(request, |parts| self.sealer.fingerprint(parts)).into(),
            lease.into(),
            now.plus(LEASE).into(),
            now.into(),
            now.minus(REMEMBERED).into(),
        ];
        let claim = self.database.statement(CLAIM, values);
        if self.database.write().query_one_raw(claim).await?.is_some() {
            return Ok(KeyState::Fresh(KeyLease(lease)));
        }
        // From the writing side: the reading one may not see yet what was in the way.
        let find = self.database.statement(FIND, [(*owner).into(), key.as_str().into()]);
        match self.database.write().query_one_raw(find).await? {
            Some(row) => self.state(request, &row),
            // Freed in between: asking again helps.
            None => Ok(KeyState::InProgress),
        }
    }

    async fn try_settle(
        &self,
        request: &KeyedRequest,
        lease: KeyLease,
        outcome: KeyedOutcome,
    ) -> Result<(), Failed> {
        let mut values = vec![request.owner.into(), request.key.as_str().into(), lease.0.into()];
        let (status, answer) = match outcome {
            KeyedOutcome::Refused => {
                let free = self.database.statement(FREE, values);
                self.database.write().execute_raw(free).await?;
                return Ok(());
            }
            KeyedOutcome::Unkept => (0, None),
            KeyedOutcome::Answered(KeptAnswer { status, body }) => {
                (i32::from(status), Some(self.sealer.seal(&place(request), &body)?))
            }
        };
        values.extend([status.into(), answer.into()]);
        let keep = self.database.statement(KEEP, values);
        self.database.write().execute_raw(keep).await?;
        Ok(())
    }
}

/// What makes two requests under a key the same.
fn with_parts<T>(request: &KeyedRequest, use_them: impl FnOnce(&[&[u8]]) -> T) -> T {
    let KeyedRequest { proof, route, target, body, .. } = request;
    let proof = match proof {
        KeyedProof::Session => String::new(),
        KeyedProof::ApiKey(id) => id.to_string(),
    };
    use_them(&[proof.as_bytes(), route.as_bytes(), target.as_bytes(), body])
}

/// Any cause; [`IdempotencyError`] carries it.
type Failed = Box<dyn std::error::Error + Send + Sync>;

fn place(request: &KeyedRequest) -> String {
    format!("idempotency_keys/{}/{}", request.owner.uuid(), request.key)
}

#[async_trait]
impl IdempotencyKeys for SqlIdempotencyKeys {
    async fn claim(&self, request: &KeyedRequest) -> Result<KeyState, IdempotencyError> {
        self.try_claim(request).await.map_err(IdempotencyError)
    }

    async fn settle(
        &self,
        request: &KeyedRequest,
        lease: KeyLease,
        outcome: KeyedOutcome,
    ) -> Result<(), IdempotencyError> {
        self.try_settle(request, lease, outcome).await.map_err(IdempotencyError)
    }
}
