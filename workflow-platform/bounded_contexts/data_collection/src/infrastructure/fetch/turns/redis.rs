//! Turns in Redis: one script, and so one trip, a question. Its clock is the one that counts.

use std::{future::Future, sync::Arc, time::Duration};

use async_trait::async_trait;
use redis::{AsyncCommands as _, RedisResult, Script, aio::ConnectionManager};
use shared_kernel::domain::Ambient;
use tokio::time::timeout;

use super::{
    AHEAD, Ask, FORGIVEN_AFTER, LONGEST_PAUSE, SharedTurns, Taken, TurnsError, after, micros,
};

const PREFIX: &str = "wp:turns:";
/// A Redis that has not answered by then is away.
const PATIENCE: Duration = Duration::from_secs(1);

/// Turns in Redis. While it is away the other record counts, where there is one.
pub struct RedisTurns {
    connection: ConnectionManager,
    otherwise: Option<Arc<dyn SharedTurns>>,
    ambient: Ambient,
    take: Script,
    strike: Script,
}

#[derive(Debug, thiserror::Error)]
#[error("redis did not answer in time")]
struct Away;

impl RedisTurns {
    pub fn new(
        connection: ConnectionManager,
        otherwise: Option<Arc<dyn SharedTurns>>,
        ambient: Ambient,
    ) -> Self {
        Self {
            connection,
            otherwise,
            ambient,
            take: Script::new(include_str!("take.lua")),
            strike: Script::new(include_str!("strike.lua")),
        }
    }

    async fn try_take(&self, host: &str, ask: &Ask, number: i64) -> Result<(i64, i64), TurnsError> {
        let mut question = self.take.prepare_invoke();
        question.key(record(host)).key(places(host));
        question.arg(micros(ask.interval)).arg(ask.parallel).arg(micros(ask.lease));
        question.arg(micros(AHEAD)).arg(number);
        let mut connection = self.connection.clone();
        in_time(question.invoke_async(&mut connection)).await
    }

    async fn try_strike(
        &self,
        host: &str,
        first: Duration,
        asked: Option<Duration>,
    ) -> Result<i64, TurnsError> {
        let mut question = self.strike.prepare_invoke();
        question.key(record(host)).arg(micros(first)).arg(asked.map_or(0, micros));
        question.arg(micros(LONGEST_PAUSE)).arg(micros(FORGIVEN_AFTER));
        let mut connection = self.connection.clone();
        in_time(question.invoke_async(&mut connection)).await
    }
}

fn record(host: &str) -> String {
    format!("{PREFIX}{{{host}}}")
}

fn places(host: &str) -> String {
    format!("{PREFIX}{{{host}}}:places")
}

async fn in_time<T>(answer: impl Future<Output = RedisResult<T>>) -> Result<T, TurnsError> {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(|error| TurnsError(Box::new(error))),
        Err(_) => Err(TurnsError(Box::new(Away))),
    }
}

#[async_trait]
impl SharedTurns for RedisTurns {
    async fn take(&self, host: &str, ask: &Ask) -> Result<Taken, TurnsError> {
        // Below zero: numbers of the other record are above.
        let number = -1 - i64::try_from(self.ambient.below(1 << 52)).unwrap_or(0);
        match (self.try_take(host, ask, number).await, &self.otherwise) {
            (Ok((0, wait)), _) => Ok(Taken::Turn { wait: after(wait), number }),
            (Ok((1, wait)), _) => Ok(Taken::Later { wait: after(wait) }),
            (Ok((_, wait)), _) => Ok(Taken::Paused { wait: after(wait) }),
            (Err(_), Some(otherwise)) => otherwise.take(host, ask).await,
            (Err(error), None) => Err(error),
        }
    }

    async fn give_back(&self, host: &str, number: i64) -> Result<(), TurnsError> {
        if let (0.., Some(otherwise)) = (number, &self.otherwise) {
            return otherwise.give_back(host, number).await;
        }
        let mut connection = self.connection.clone();
        in_time(connection.zrem::<_, _, ()>(places(host), number)).await
    }

    async fn strike(
        &self,
        host: &str,
        first: Duration,
        asked: Option<Duration>,
    ) -> Result<Duration, TurnsError> {
        match (self.try_strike(host, first, asked).await, &self.otherwise) {
            (Ok(pause), _) => Ok(after(pause)),
            (Err(_), Some(otherwise)) => otherwise.strike(host, first, asked).await,
            (Err(error), None) => Err(error),
        }
    }
}
