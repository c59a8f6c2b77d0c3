//! [`HostRuleStore`] on SQLite or PostgreSQL.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use shared_kernel::{
    domain::{Cursor, Page, PageRequest, Timestamp},
    infrastructure::db::{Database, UnitOfWork},
};
use uuid::Uuid;

use crate::{
    application::hosts::HostRuleStore,
    domain::host::{HostDecision, HostRule},
};

/// Decisions that a process remembers; nobody takes so many by hand.
const MOST: u32 = 10_000;
/// Before every other row.
const TOP: (i64, Uuid) = (i64::MAX, Uuid::max());

/// Decisions in the table of `table.rs`.
#[derive(Debug, Clone)]
pub struct SqlHostRules {
    database: Database,
}

fn rule(row: &QueryResult) -> Result<HostRule, DbErr> {
    let parallel: Option<i32> = row.try_get("", "parallel")?;
    Ok(HostRule {
        id: row.try_get("", "id")?,
        host: row.try_get("", "host")?,
        decision: HostDecision {
            blocked: row.try_get("", "blocked")?,
            ignore_robots: row.try_get("", "ignore_robots")?,
            requests_per_second: row.try_get("", "requests_per_second")?,
            parallel: parallel.and_then(|parallel| u32::try_from(parallel).ok()),
            reason: row.try_get("", "reason")?,
        },
        decided_at: Timestamp::from_micros(row.try_get("", "decided_at")?),
    })
}

impl SqlHostRules {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    async fn rows(&self, after: (i64, Uuid), limit: u32) -> Result<Vec<HostRule>, DbErr> {
        let sql = "SELECT * FROM host_rules WHERE (decided_at, id) < ($1, $2) \
                   ORDER BY decided_at DESC, id DESC LIMIT $3";
        let values = [after.0.into(), after.1.into(), i64::from(limit).into()];
        let statement = self.database.statement(sql, values);
        self.database.read().query_all_raw(statement).await?.iter().map(rule).collect()
    }
}

#[async_trait]
impl HostRuleStore for SqlHostRules {
    async fn list(&self, page: PageRequest) -> Result<Page<HostRule>, DbErr> {
        let after = page.after.map_or(TOP, |after| (after.at.micros(), after.id));
        let rules = self.rows(after, page.limit.saturating_add(1)).await?;
        Ok(Page::cut(rules, page.limit, |rule| Cursor { at: rule.decided_at, id: rule.id }))
    }

    async fn all(&self) -> Result<Vec<HostRule>, DbErr> {
        self.rows(TOP, MOST).await
    }

    async fn find(&self, host: &str) -> Result<Option<HostRule>, DbErr> {
        let sql = "SELECT * FROM host_rules WHERE host = $1";
        let statement = self.database.statement(sql, [host.into()]);
        self.database.read().query_one_raw(statement).await?.as_ref().map(rule).transpose()
    }

    async fn put(&self, work: &mut UnitOfWork, rule: &HostRule) -> Result<(), DbErr> {
        let sql = "INSERT INTO host_rules \
                   (host, id, blocked, ignore_robots, requests_per_second, parallel, reason, decided_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (host) DO UPDATE SET \
                   id = excluded.id, blocked = excluded.blocked, \
                   ignore_robots = excluded.ignore_robots, \
                   requests_per_second = excluded.requests_per_second, \
                   parallel = excluded.parallel, reason = excluded.reason, \
                   decided_at = excluded.decided_at";
        let parallel = rule.decision.parallel.and_then(|most| i32::try_from(most).ok());
        let values = [
            rule.host.as_str().into(),
            rule.id.into(),
            rule.decision.blocked.into(),
            rule.decision.ignore_robots.into(),
            rule.decision.requests_per_second.into(),
            parallel.into(),
            rule.decision.reason.as_str().into(),
            rule.decided_at.into(),
        ];
        work.conn().execute_raw(self.database.statement(sql, values)).await?;
        Ok(())
    }

    async fn remove(&self, work: &mut UnitOfWork, host: &str) -> Result<bool, DbErr> {
        let sql = "DELETE FROM host_rules WHERE host = $1";
        let statement = self.database.statement(sql, [host.into()]);
        Ok(work.conn().execute_raw(statement).await?.rows_affected() > 0)
    }
}
