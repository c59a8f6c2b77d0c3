//! Leases, probes and sessions over all processes, in Redis: one script, and so one trip, each.
//!
//! A lease is a member of its proxy's sorted set with the time of its end, so that one which is
//! never given back goes by itself. While Redis is away every process goes on with what it knows
//! by itself.

use std::{
    future::Future,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use redis::{FromRedisValue, RedisResult, Script, ScriptInvocation, aio::ConnectionManager};
use shared_kernel::domain::Timestamp;
use tokio::time::timeout;
use tracing::warn;
use uuid::Uuid;

use crate::{
    application::ports::{Admission, LeaseClaim, SharedLeases},
    domain::{ProxyId, StickyTerms},
};

const PREFIX: &str = "wp:proxy:";
/// A Redis that has not answered by then is away.
const PATIENCE: Duration = Duration::from_secs(1);
/// While it is away, requests do not wait for it; one in so long tries again.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// [`SharedLeases`] in Redis.
pub struct RedisLeases {
    connection: ConnectionManager,
    acquire: Script,
    release: Script,
    bind: Script,
    /// Microseconds since the epoch.
    away_until: AtomicI64,
    latest: AtomicI64,
}

impl RedisLeases {
    pub fn new(connection: ConnectionManager) -> Self {
        Self {
            connection,
            acquire: Script::new(include_str!("redis_leases/acquire.lua")),
            release: Script::new(include_str!("redis_leases/release.lua")),
            bind: Script::new(include_str!("redis_leases/bind.lua")),
            away_until: AtomicI64::new(0),
            latest: AtomicI64::new(0),
        }
    }

    async fn ask<T: FromRedisValue>(&self, question: &ScriptInvocation<'_>) -> Option<T> {
        let now = Timestamp::from_micros(self.latest.load(Ordering::Relaxed));
        if now.micros() < self.away_until.load(Ordering::Relaxed) {
            return None;
        }
        let mut connection = self.connection.clone();
        let answer = in_time(question.invoke_async(&mut connection)).await;
        if answer.is_none() {
            self.away_until.store(now.plus(ASK_AGAIN_AFTER).micros(), Ordering::Relaxed);
        }
        answer
    }
}

async fn in_time<T>(answer: impl Future<Output = RedisResult<T>>) -> Option<T> {
    match timeout(PATIENCE, answer).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            warn!(
                error = &error as &dyn std::error::Error,
                "leases of proxies are not shared for now"
            );
            None
        }
        Err(_) => {
            warn!("redis did not answer in time, leases of proxies are not shared for now");
            None
        }
    }
}

fn leases(proxy: ProxyId) -> String {
    format!("{PREFIX}leases:{proxy}")
}

fn probed(lease: Uuid) -> String {
    format!("{PREFIX}probed:{lease}")
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}

#[async_trait]
impl SharedLeases for RedisLeases {
    async fn acquire(&self, claim: &LeaseClaim) -> Admission {
        self.latest.fetch_max(claim.now.micros(), Ordering::Relaxed);
        let mut question = self.acquire.prepare_invoke();
        question.key(leases(claim.proxy)).key(probed(claim.lease));
        for probe in &claim.probes {
            question.key(format!("{PREFIX}probe:{probe}"));
        }
        question.arg(claim.lease.to_string()).arg(claim.limit);
        question.arg(millis(claim.ttl)).arg(millis(claim.probe_ttl));
        match self.ask(&question).await {
            Some(1) => Admission::Full,
            Some(2) => Admission::Probed,
            _ => Admission::Granted,
        }
    }

    async fn release(&self, proxy: ProxyId, lease: Uuid) {
        let mut question = self.release.prepare_invoke();
        question.key(leases(proxy)).key(probed(lease)).arg(lease.to_string());
        let _: Option<i64> = self.ask(&question).await;
    }

    async fn bind(
        &self,
        session: &str,
        proxy: ProxyId,
        avoid: &[Uuid],
        terms: &StickyTerms,
    ) -> Option<ProxyId> {
        let mut question = self.bind.prepare_invoke();
        question.key(format!("{PREFIX}session:{session}"));
        question.arg(proxy.to_string()).arg(millis(terms.ttl)).arg(terms.uses.unwrap_or(0));
        for one in avoid {
            question.arg(one.to_string());
        }
        let bound: Option<String> = self.ask(&question).await;
        bound.and_then(|text| text.parse().ok())
    }
}
