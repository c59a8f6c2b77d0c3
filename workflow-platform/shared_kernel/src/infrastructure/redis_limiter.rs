//! Counts shared by all processes, in Redis: one script, and so one trip, a question.

mod counted;

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use redis::{AsyncCommands as _, RedisResult, Script, ScriptInvocation, aio::ConnectionManager};
use tokio::time::timeout;

use self::counted::Counted;
use super::together::{NoAnswer, Together};
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

/// Wait and what is kept ahead, in microseconds.
type Answer = (i64, i64);

/// The checks of one request.
struct Asking {
    checks: Vec<RateCheck>,
    now: Timestamp,
}

/// What was asked together failed together.
#[derive(Debug, Clone, thiserror::Error)]
enum CheckFault {
    #[error("asked together with others")]
    Failed(#[source] Arc<RateLimiterError>),
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
}

/// A Redis that is asked by scripts, unless it was away a moment ago.
#[derive(Clone)]
struct Asked {
    connection: ConnectionManager,
    check: Script,
    /// Microseconds since the epoch.
    away_until: Arc<AtomicI64>,
}

impl Asked {
    /// Judges askings one after the other; answers all their checks in order.
    async fn check(&self, askings: &[Asking]) -> Result<Vec<Answer>, RateLimiterError> {
        let Some(newest) = askings.iter().map(|asking| asking.now).max() else {
            return Ok(Vec::new());
        };
        let counted = Counted::of(askings);
        let mut question = self.check.prepare_invoke();
        for RateCheck { key: name, quota } in &counted.each {
            question.key(key(name)).arg(quota.interval()).arg(quota.tolerance());
        }
        let mut which = counted.which.iter();
        for Asking { checks, now } in askings {
            question.arg(now.micros()).arg(checks.len());
            for number in which.by_ref().take(checks.len()) {
                question.arg(*number);
            }
        }
        self.ask(&question, newest).await
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

/// Counts in Redis.
pub struct RedisLimiter {
    asked: Asked,
    checks: Together<Asking, Vec<Answer>, CheckFault>,
    attempt: Script,
    take_back: Script,
}

impl RedisLimiter {
    /// Starts a task, within a tokio runtime.
    pub fn new(connection: ConnectionManager) -> Self {
        let check = Script::new(include_str!("redis_limiter/check.lua"));
        let asked = Asked { connection, check, away_until: Arc::default() };
        Self {
            checks: together(asked.clone()),
            asked,
            attempt: Script::new(include_str!("redis_limiter/attempt.lua")),
            take_back: Script::new(include_str!("redis_limiter/take_back.lua")),
        }
    }
}

/// While the script runs Redis does nothing else: [`Together`] bounds what it is given.
fn together(asked: Asked) -> Together<Asking, Vec<Answer>, CheckFault> {
    Together::start(move |askings: Vec<Asking>| {
        let asked = asked.clone();
        async move {
            let answers = asked.check(&askings).await;
            let answers = answers.map_err(|error| CheckFault::Failed(Arc::new(error)))?;
            let mut answers = answers.into_iter();
            let of_one = |asking: &Asking| answers.by_ref().take(asking.checks.len()).collect();
            Ok(askings.iter().map(of_one).collect())
        }
    })
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
        let asking = Asking { checks: checks.to_vec(), now };
        let answers = self.checks.ask(asking).await;
        let answers = answers.map_err(|error| RateLimiterError(Box::new(error)))?;
        let verdicts = checks.iter().zip(answers);
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
        let wait: u64 = self.asked.ask(&question, now).await?;
        Ok((wait > 0).then(|| Duration::from_micros(wait)))
    }

    async fn forget(&self, keys: &[String]) -> Result<(), RateLimiterError> {
        let keys: Vec<String> = keys.iter().map(|name| key(name)).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let mut connection = self.asked.connection.clone();
        in_time(connection.del::<_, ()>(keys)).await
    }

    async fn take_back(&self, name: &str) -> Result<(), RateLimiterError> {
        let mut connection = self.asked.connection.clone();
        in_time(self.take_back.key(key(name)).invoke_async::<()>(&mut connection)).await
    }
}
