//! Counts shared by all processes, in Redis: one script, and so one trip, a question.

use std::{
    future::Future,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use redis::{AsyncCommands as _, RedisResult, Script, ScriptInvocation, aio::ConnectionManager};
use tokio::time::timeout;

use crate::{
    application::{Attempt, RateCheck, RateLimiter, RateLimiterError},
    domain::{Timestamp, Verdict},
};

const PREFIX: &str = "wp:rate:";
/// A Redis that has not answered by then is away.
const PATIENCE: Duration = Duration::from_secs(1);
/// While it is away, requests do not wait for it; one in so long tries again.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// A Redis that does not answer is not asked for a moment.
#[derive(Debug, thiserror::Error)]
#[error("redis did not answer in time")]
struct Away;

/// Counts in Redis.
pub struct RedisLimiter {
    connection: ConnectionManager,
    check: Script,
    attempt: Script,
    take_back: Script,
    /// Microseconds since the epoch.
    away_until: AtomicI64,
}

impl RedisLimiter {
    pub fn new(connection: ConnectionManager) -> Self {
        Self {
            connection,
            check: Script::new(include_str!("redis_limiter/check.lua")),
            attempt: Script::new(include_str!("redis_limiter/attempt.lua")),
            take_back: Script::new(include_str!("redis_limiter/take_back.lua")),
            away_until: AtomicI64::new(0),
        }
    }

    async fn ask<T: redis::FromRedisValue>(
        &self,
        question: &ScriptInvocation<'_>,
        now: Timestamp,
    ) -> Result<T, RateLimiterError> {
        if now.micros() < self.away_until.load(Ordering::Relaxed) {
            return Err(RateLimiterError(Box::new(Away)));
        }
        let mut connection = self.connection.clone();
        let answer = in_time(question.invoke_async(&mut connection)).await;
        if answer.is_err() {
            self.away_until.store(now.plus(ASK_AGAIN_AFTER).micros(), Ordering::Relaxed);
        }
        answer
    }
}

async fn in_time<T>(answer: impl Future<Output = RedisResult<T>>) -> Result<T, RateLimiterError> {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(|error| RateLimiterError(Box::new(error))),
        Err(_) => Err(RateLimiterError(Box::new(Away))),
    }
}

fn key(name: &str) -> String {
    format!("{PREFIX}{name}")
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[async_trait]
impl RateLimiter for RedisLimiter {
    async fn check(
        &self,
        checks: &[RateCheck],
        now: Timestamp,
    ) -> Result<Vec<Verdict>, RateLimiterError> {
        let mut question = self.check.prepare_invoke();
        question.arg(now.micros());
        for RateCheck { key: name, quota } in checks {
            question.key(key(name)).arg(quota.interval()).arg(quota.tolerance());
        }
        let answer: Vec<(i64, i64)> = self.ask(&question, now).await?;
        let verdicts = checks.iter().zip(answer);
        Ok(verdicts.map(|(check, (wait, ahead))| check.quota.verdict(wait, ahead)).collect())
    }

    async fn attempt(
        &self,
        attempts: &[Attempt],
        now: Timestamp,
    ) -> Result<Option<Duration>, RateLimiterError> {
        let mut question = self.attempt.prepare_invoke();
        question.arg(now.micros());
        for Attempt { key: name, patience } in attempts {
            question.key(key(name)).arg(patience.free).arg(micros(patience.first));
            question.arg(micros(patience.most)).arg(micros(patience.memory));
        }
        let wait: u64 = self.ask(&question, now).await?;
        Ok((wait > 0).then(|| Duration::from_micros(wait)))
    }

    async fn forget(&self, keys: &[String]) -> Result<(), RateLimiterError> {
        let keys: Vec<String> = keys.iter().map(|name| key(name)).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let mut connection = self.connection.clone();
        in_time(connection.del::<_, ()>(keys)).await
    }

    async fn take_back(&self, name: &str) -> Result<(), RateLimiterError> {
        let mut connection = self.connection.clone();
        in_time(self.take_back.key(key(name)).invoke_async::<()>(&mut connection)).await
    }
}
