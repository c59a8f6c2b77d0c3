//! Counts of one process.
//!
//! An entry is worth nothing once its caller has been quiet for as long as it remembers, so the
//! table has two generations: what is used moves to the younger one, and now and then the older
//! one is dropped whole. Memory is bounded, and under a flood of callers it is those heard longest
//! ago who are forgotten.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use parking_lot::Mutex;

use crate::{
    application::{Attempt, RateCheck, RateLimiter, RateLimiterError},
    domain::{Timestamp, Tries, Verdict},
};

/// Callers in one generation: about 10 MB.
const MOST: usize = 100_000;

/// Two generations of entries.
#[derive(Debug)]
struct Table<V> {
    young: HashMap<String, V>,
    old: HashMap<String, V>,
    turned_at: Timestamp,
    /// The longest that an entry remembers.
    memory: Duration,
    most: usize,
}

impl<V: Copy> Table<V> {
    fn new(most: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            turned_at: Timestamp::default(),
            memory: Duration::ZERO,
            most,
        }
    }

    fn get(&self, key: &str) -> Option<V> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    fn put(&mut self, key: &str, value: V, memory: Duration, now: Timestamp) {
        self.memory = self.memory.max(memory);
        if self.young.len() >= self.most || now.since(self.turned_at) > self.memory {
            self.old = std::mem::take(&mut self.young);
            self.turned_at = now;
        }
        match self.young.get_mut(key) {
            Some(kept) => *kept = value,
            None => drop(self.young.insert(key.to_owned(), value)),
        }
    }

    fn remove(&mut self, key: &str) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

/// A bounded table in the process's own memory.
#[derive(Debug)]
pub struct LocalLimiter {
    arrivals: Mutex<Table<Timestamp>>,
    tries: Mutex<Table<Remembered>>,
}

/// Tries, and when they are forgotten.
#[derive(Debug, Clone, Copy)]
struct Remembered {
    tries: Tries,
    until: Timestamp,
}

impl Default for LocalLimiter {
    fn default() -> Self {
        Self::holding(MOST)
    }
}

impl LocalLimiter {
    /// For twice as many callers at most.
    pub fn holding(most: usize) -> Self {
        Self { arrivals: Mutex::new(Table::new(most)), tries: Mutex::new(Table::new(most)) }
    }
}

impl Table<Remembered> {
    fn tries(&self, key: &str, now: Timestamp) -> Tries {
        self.get(key).filter(|kept| kept.until > now).map_or_else(Tries::default, |kept| kept.tries)
    }
}

#[async_trait]
impl RateLimiter for LocalLimiter {
    async fn check(
        &self,
        checks: &[RateCheck],
        now: Timestamp,
    ) -> Result<Vec<Verdict>, RateLimiterError> {
        let mut table = self.arrivals.lock();
        let judged: Vec<_> =
            checks.iter().map(|check| check.quota.judge(table.get(&check.key), now)).collect();
        if judged.iter().all(|(verdict, _)| verdict.is_allowed()) {
            for (check, (_, arrival)) in checks.iter().zip(&judged) {
                table.put(&check.key, *arrival, check.quota.period(), now);
            }
        }
        Ok(judged.into_iter().map(|(verdict, _)| verdict).collect())
    }

    async fn attempt(
        &self,
        attempts: &[Attempt],
        now: Timestamp,
    ) -> Result<Option<Duration>, RateLimiterError> {
        let mut table = self.tries.lock();
        let waits = attempts
            .iter()
            .filter_map(|attempt| attempt.patience.wait(table.tries(&attempt.key, now), now));
        if let Some(longest) = waits.max() {
            return Ok(Some(longest));
        }
        for Attempt { key, patience } in attempts {
            let tries = patience.counted(table.tries(key, now), now);
            let kept = Remembered { tries, until: now.plus(patience.memory) };
            table.put(key, kept, patience.memory, now);
        }
        Ok(None)
    }

    async fn forget(&self, keys: &[String]) -> Result<(), RateLimiterError> {
        let mut table = self.tries.lock();
        for key in keys {
            table.remove(key);
        }
        Ok(())
    }

    async fn take_back(&self, key: &str) -> Result<(), RateLimiterError> {
        let mut table = self.tries.lock();
        if let Some(mut kept) = table.get(key) {
            kept.tries.count = kept.tries.count.saturating_sub(1);
            table.young.insert(key.to_owned(), kept);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Quota;

    fn check(key: &str, quota: Quota) -> RateCheck {
        RateCheck { key: key.to_owned(), quota }
    }

    #[tokio::test]
    async fn a_flood_of_callers_takes_bounded_memory_and_those_heard_last_are_kept() {
        let limiter = LocalLimiter::holding(10);
        let (now, once) = (Timestamp::from_millis(1), Quota::per_minute(1));
        limiter.check(&[check("first", once)], now).await.unwrap();
        for caller in 0..1000 {
            limiter.check(&[check(&caller.to_string(), once)], now).await.unwrap();
        }
        let table = limiter.arrivals.lock();
        assert!(table.young.len() + table.old.len() <= 20);
        assert!(table.get("first").is_none() && table.get("999").is_some());
    }

    #[tokio::test]
    async fn callers_that_went_quiet_are_forgotten() {
        let limiter = LocalLimiter::default();
        let quota = Quota::per_minute(1);
        let mut now = Timestamp::from_millis(1);
        limiter.check(&[check("quiet", quota)], now).await.unwrap();
        for _ in 0..3 {
            now = now.plus(Duration::from_secs(61));
            limiter.check(&[check("busy", quota)], now).await.unwrap();
        }
        assert!(limiter.arrivals.lock().get("quiet").is_none());
    }
}
