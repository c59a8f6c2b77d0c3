//! Taking executions out of the queue, in turns among the users who have work.
//!
//! A user's turn is the number of executions of theirs that are leased already plus the place of
//! the row in their own queue (priority, then age). Rows go by turn, then priority, then age: a
//! user with ten thousand starts does not hold up one with a single start.
//!
//! Keyed concurrency is counted from the rows themselves: an execution that was started and has
//! not ended holds its place. Claims of all workers on PostgreSQL take one advisory lock, so that
//! two of them never count at the same time.

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Value};
use shared_kernel::{
    domain::{Execution, Id, Owner, Timestamp, TraceContext},
    infrastructure::db::{AtOnce, Backend},
};
use uuid::Uuid;

use super::Queue;

/// An execution this worker holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    pub id: Id<Execution>,
    pub owner: Owner,
    pub definition_id: Uuid,
    pub version: u32,
    pub epoch: i64,
    pub cancel_requested: bool,
    /// Letters that stand in the journal.
    pub letters_taken: i64,
    /// Letters that were ever sent.
    pub letters: i64,
    /// The execution that waits for its end.
    pub parent: Option<Id<Execution>>,
    /// It is an item of a step that is spread.
    pub is_fragment: bool,
    /// Its end may let another one of its key begin.
    pub is_keyed: bool,
    /// What it is part of; unknown of those that were started before that was kept.
    pub trace: Option<TraceContext>,
}

impl Claimed {
    /// There are letters that do not stand in the journal.
    pub fn has_letters(&self) -> bool {
        self.letters > self.letters_taken
    }
}

/// Candidates of one user, best first, those held back by their concurrency key left out.
const FREE: &str = "q.ready_at IS NOT NULL AND (q.concurrency_key IS NULL \
     OR q.started_at IS NOT NULL OR q.cancel_at IS NOT NULL OR q.concurrency_limit > \
     (SELECT count(*) FROM workflow_executions o WHERE o.user_id = q.user_id \
      AND o.concurrency_key = q.concurrency_key AND o.finished_at IS NULL \
      AND o.started_at IS NOT NULL))";

/// Skips from user to user, so that a long queue costs no more than a short one.
const USERS: &str = "users(u) AS ( \
     SELECT (SELECT user_id FROM workflow_executions WHERE ready_at IS NOT NULL \
             ORDER BY user_id LIMIT 1) \
     UNION ALL \
     SELECT (SELECT user_id FROM workflow_executions WHERE ready_at IS NOT NULL \
             AND user_id > users.u ORDER BY user_id LIMIT 1) \
     FROM users WHERE users.u IS NOT NULL)";

/// The first rows of each user.
const FIRST_POSTGRES: &str = "free AS (SELECT top.* FROM users CROSS JOIN LATERAL ( \
     SELECT q.* FROM workflow_executions q WHERE q.user_id = users.u AND {FREE} \
     ORDER BY q.priority DESC, q.ready_at LIMIT $3) top)";

/// The same without LATERAL.
const FIRST_SQLITE: &str = "free AS (SELECT c.* FROM users CROSS JOIN workflow_executions c \
     WHERE c.id IN (SELECT q.id FROM workflow_executions q \
       WHERE q.user_id = users.u AND {FREE} ORDER BY q.priority DESC, q.ready_at LIMIT $3))";

/// How SQLite is kept from reading all executions in the order of an index that has the users: the
/// plus sign makes the order worthless, and the few leases are read instead.
const BY_USER_SQLITE: &str = "+user_id";

/// `place` counts rows of one key within this claim, on top of those that run already; what has no
/// key must not be looked up, since that would read all that the user has open.
///
/// What users hold is of no matter when there is only one with work.
const RANKED: &str = "held AS (SELECT user_id, count(*) AS n FROM workflow_executions \
     WHERE worker_id IS NOT NULL AND (SELECT count(u) FROM users) > 1 GROUP BY {BY_USER}), \
   ranked AS (SELECT f.id, f.priority, f.ready_at, f.concurrency_key, f.concurrency_limit, \
     f.started_at, f.cancel_at, \
     row_number() OVER (PARTITION BY f.user_id ORDER BY f.priority DESC, f.ready_at) \
       + COALESCE(h.n, 0) AS turn, \
     row_number() OVER (PARTITION BY f.user_id, f.concurrency_key, f.started_at IS NULL \
       ORDER BY f.priority DESC, f.ready_at) \
       + CASE WHEN f.concurrency_key IS NULL THEN 0 ELSE \
         (SELECT count(*) FROM workflow_executions o WHERE o.user_id = f.user_id \
          AND o.concurrency_key = f.concurrency_key AND o.finished_at IS NULL \
          AND o.started_at IS NOT NULL) END AS place \
     FROM free f LEFT JOIN held h ON h.user_id = f.user_id), \
   chosen AS MATERIALIZED (SELECT e.id FROM workflow_executions e \
     JOIN ranked r ON r.id = e.id WHERE e.ready_at IS NOT NULL \
     AND (r.concurrency_key IS NULL OR r.started_at IS NOT NULL OR r.cancel_at IS NOT NULL \
          OR r.place <= r.concurrency_limit) \
     ORDER BY r.turn, r.priority DESC, r.ready_at LIMIT $3{LOCK})";

const TAKE: &str = "UPDATE workflow_executions SET worker_id = $1, epoch = epoch + 1, \
     ready_at = NULL, status = 'running', \
     started_at = CASE WHEN cancel_at IS NULL THEN COALESCE(started_at, $2) ELSE started_at END \
     WHERE id IN (SELECT id FROM chosen) \
     AND EXISTS (SELECT 1 FROM workflow_workers WHERE id = $1 AND dead_at IS NULL) \
     RETURNING id, user_id, definition_id, definition_version, epoch, cancel_at, \
     letters, letters_taken, parent_id, fragment, traceparent, concurrency_key IS NOT NULL";

/// Any number that nothing else locks. A claim need not survive a loss of power by itself: what a
/// worker writes under it comes later, and is lost or kept with it. Each part of the claim goes along
/// an index; a planner whose statistics are old would read all executions instead. Planning takes as
/// long as a claim, and gives the same each time.
const CLAIM_LOCK: &str = "SET LOCAL synchronous_commit = off; SET LOCAL enable_seqscan = off; \
     SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
     SET LOCAL plan_cache_mode = force_generic_plan; \
     SELECT pg_advisory_xact_lock(7305809148231)";

fn sql(backend: Backend) -> String {
    let (first, by_user, lock) = match backend {
        Backend::Postgres => (FIRST_POSTGRES, "user_id", " FOR UPDATE OF e SKIP LOCKED"),
        Backend::Sqlite => (FIRST_SQLITE, BY_USER_SQLITE, ""),
    };
    let first = first.replace("{FREE}", FREE);
    let ranked = RANKED.replace("{LOCK}", lock).replace("{BY_USER}", by_user);
    format!("WITH RECURSIVE {USERS}, {first}, {ranked} {TAKE}")
}

impl Queue {
    /// Leases up to `limit` executions to the worker.
    pub async fn claim(
        &self,
        worker: Uuid,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Claimed>, DbErr> {
        let backend = self.database.backend();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (sql, values) = (sql(backend), vec![worker.into(), now.into(), limit.into()]);
        let rows = match backend {
            Backend::Postgres => self.claim_under_lock(sql, values).await?,
            Backend::Sqlite => self.database.at_once(AtOnce::new(sql, values)).await?,
        };
        rows.iter().map(claimed).collect()
    }

    async fn claim_under_lock(
        &self,
        sql: String,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let work = self.database.begin().await?;
        work.conn().execute_unprepared(CLAIM_LOCK).await?;
        let rows = work.conn().query_all_raw(self.database.statement(sql, values)).await?;
        work.commit().await?;
        Ok(rows)
    }
}

fn claimed(row: &QueryResult) -> Result<Claimed, DbErr> {
    let version: i32 = row.try_get_by_index(3)?;
    let (letters, letters_taken): (i64, i64) = (row.try_get_by_index(6)?, row.try_get_by_index(7)?);
    Ok(Claimed {
        id: row.try_get_by_index::<Uuid>(0)?.into(),
        owner: Owner::new(row.try_get_by_index::<Uuid>(1)?.into()),
        definition_id: row.try_get_by_index(2)?,
        version: u32::try_from(version).unwrap_or(0),
        epoch: row.try_get_by_index(4)?,
        cancel_requested: row.try_get_by_index::<Option<i64>>(5)?.is_some(),
        letters_taken,
        letters,
        is_fragment: row.try_get_by_index::<i32>(9)? != 0,
        is_keyed: row.try_get_by_index(11)?,
        parent: row.try_get_by_index::<Option<Uuid>>(8)?.map(Id::from),
        trace: row.try_get_by_index::<Option<String>>(10)?.and_then(|text| text.parse().ok()),
    })
}
