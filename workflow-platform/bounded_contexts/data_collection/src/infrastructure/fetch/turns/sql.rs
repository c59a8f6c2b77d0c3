//! Turns in PostgreSQL: one row a host, changed in one statement. Its clock is the one that counts.
//!
//! The table is not logged: after a crash of the server nobody holds a turn. Who holds a place is
//! a number that is also the end of the lease, so that the row alone says how many are held.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};
use shared_kernel::{domain::Ambient, infrastructure::db::Database};

use super::{
    AHEAD, Ask, FORGIVEN_AFTER, LONGEST_PAUSE, SharedTurns, Taken, TurnsError, after, micros,
};

/// A row that nobody asked for in so long goes.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(2);

/// The clock that all processes share.
const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// The table. On SQLite there is one process, which needs none.
#[derive(Debug)]
pub struct TurnsTable;

impl MigrationName for TurnsTable {
    fn name(&self) -> &'static str {
        "m20261125_000062_host_turns"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for TurnsTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == sea_orm::DbBackend::Postgres {
            let sql = "CREATE UNLOGGED TABLE host_turns (host varchar(300) PRIMARY KEY, \
                       next_at bigint NOT NULL, paused_until bigint NOT NULL, \
                       strikes integer NOT NULL, struck_at bigint NOT NULL, \
                       holders bigint[] NOT NULL)";
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP TABLE IF EXISTS host_turns").await?;
        Ok(())
    }
}

/// Turns in PostgreSQL.
#[derive(Debug, Clone)]
pub struct SqlTurns {
    database: Database,
    ambient: Ambient,
}

fn failed(error: DbErr) -> TurnsError {
    TurnsError(Box::new(error))
}

impl SqlTurns {
    pub fn new(database: Database, ambient: Ambient) -> Self {
        Self { database, ambient }
    }

    /// Forgets hosts that nobody asks for any more.
    pub async fn tidy(&self) -> Result<u64, DbErr> {
        let sql = format!(
            "DELETE FROM host_turns WHERE greatest(next_at, paused_until, struck_at) < {NOW} - $1"
        );
        let statement = self.database.statement(sql, [micros(FORGOTTEN_AFTER).into()]);
        Ok(self.database.write().execute_raw(statement).await?.rows_affected())
    }

    async fn try_take(&self, host: &str, ask: &Ask) -> Result<Option<Taken>, DbErr> {
        let sql = format!(
            "INSERT INTO host_turns AS t \
             (host, next_at, paused_until, strikes, struck_at, holders) \
             SELECT $1, now + $2, 0, 0, 0, ARRAY[now + $3 + $4] FROM (SELECT {NOW} AS now) AS c \
             ON CONFLICT (host) DO UPDATE SET \
             next_at = greatest(t.next_at, excluded.next_at - $2) + $2, \
             holders = ARRAY(SELECT h FROM unnest(t.holders) AS h WHERE h > excluded.next_at - $2) \
             || excluded.holders \
             WHERE greatest(t.next_at, t.paused_until) <= excluded.next_at - $2 + $5 \
             AND (SELECT count(*) FROM unnest(t.holders) AS h WHERE h > excluded.next_at - $2) < $6 \
             RETURNING next_at - $2 - {NOW} AS wait, holders[cardinality(holders)] AS number"
        );
        let jitter = i64::try_from(self.ambient.below(1000)).unwrap_or(0);
        let parallel = i64::try_from(ask.parallel).unwrap_or(i64::MAX);
        let values = [
            host.into(),
            micros(ask.interval).into(),
            micros(ask.lease).into(),
            jitter.into(),
            micros(AHEAD).into(),
            parallel.into(),
        ];
        let row = self.database.write().query_one_raw(self.database.statement(sql, values)).await?;
        row.map(|row| {
            let wait = after(row.try_get("", "wait")?);
            Ok(Taken::Turn { wait, number: row.try_get("", "number")? })
        })
        .transpose()
    }

    /// Why there was none.
    async fn wait(&self, host: &str) -> Result<Taken, DbErr> {
        let sql = format!(
            "SELECT next_at - {NOW} AS turn, paused_until - {NOW} AS pause \
             FROM host_turns WHERE host = $1"
        );
        let statement = self.database.statement(sql, [host.into()]);
        let Some(row) = self.database.write().query_one_raw(statement).await? else {
            return Ok(Taken::Later { wait: Duration::ZERO });
        };
        let (turn, pause) = (after(row.try_get("", "turn")?), after(row.try_get("", "pause")?));
        Ok(if pause > Duration::ZERO {
            Taken::Paused { wait: pause }
        } else {
            Taken::Later { wait: turn.saturating_sub(AHEAD) }
        })
    }
}

#[async_trait]
impl SharedTurns for SqlTurns {
    async fn take(&self, host: &str, ask: &Ask) -> Result<Taken, TurnsError> {
        match self.try_take(host, ask).await.map_err(failed)? {
            Some(turn) => Ok(turn),
            None => self.wait(host).await.map_err(failed),
        }
    }

    async fn give_back(&self, host: &str, number: i64) -> Result<(), TurnsError> {
        let sql = "UPDATE host_turns SET holders = array_remove(holders, $2) WHERE host = $1";
        let statement = self.database.statement(sql, [host.into(), number.into()]);
        self.database.write().execute_raw(statement).await.map_err(failed)?;
        Ok(())
    }

    async fn strike(
        &self,
        host: &str,
        first: Duration,
        asked: Option<Duration>,
    ) -> Result<Duration, TurnsError> {
        let strikes = "CASE WHEN excluded.struck_at - t.struck_at > $5 THEN 1 \
                       ELSE least(t.strikes + 1, 20) END";
        let sql = format!(
            "INSERT INTO host_turns AS t \
             (host, next_at, paused_until, strikes, struck_at, holders) \
             SELECT $1, 0, now + least(CASE WHEN $3 > 0 THEN $3 ELSE $2 END, $4), 1, now, \
             ARRAY[]::bigint[] FROM (SELECT {NOW} AS now) AS c \
             ON CONFLICT (host) DO UPDATE SET struck_at = excluded.struck_at, \
             strikes = {strikes}, paused_until = greatest(t.paused_until, excluded.struck_at + least( \
             CASE WHEN $3 > 0 THEN $3 ELSE $2 * (1::bigint << (({strikes}) - 1)) END, $4)) \
             RETURNING paused_until - struck_at AS pause"
        );
        let values = [
            host.into(),
            micros(first).into(),
            asked.map_or(0, micros).into(),
            micros(LONGEST_PAUSE).into(),
            micros(FORGIVEN_AFTER).into(),
        ];
        let statement = self.database.statement(sql, values);
        let row = self.database.write().query_one_raw(statement).await.map_err(failed)?;
        let pause = row.map(|row| row.try_get("", "pause")).transpose().map_err(failed)?;
        Ok(after(pause.unwrap_or(0)))
    }
}
