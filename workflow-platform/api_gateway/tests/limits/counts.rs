//! Both limiters count as the formulas say.

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;
use shared_kernel::{
    application::{Attempt, RateCheck, RateLimiter},
    domain::{Patience, Quota, Timestamp, Tries, Verdict},
    infrastructure::local_limiter::LocalLimiter,
};
use tokio::runtime::Runtime;

use crate::support::{fresh, redis_limiter};

const PATIENCE: Patience = Patience {
    free: 2,
    first: Duration::from_secs(1),
    most: Duration::from_secs(10),
    memory: Duration::from_mins(10),
};

fn now() -> Timestamp {
    testkit::ambient().0.now()
}

/// Every limiter at hand.
async fn limiters() -> Vec<Arc<dyn RateLimiter>> {
    let mut all: Vec<Arc<dyn RateLimiter>> = vec![Arc::new(LocalLimiter::default())];
    if let Some(url) = testkit::redis_url() {
        all.push(Arc::new(redis_limiter(&url).await));
    }
    all
}

fn check(key: &str, quota: Quota) -> RateCheck {
    RateCheck { key: key.to_owned(), quota }
}

fn attempt(key: &str) -> Attempt {
    Attempt { key: key.to_owned(), patience: PATIENCE }
}

async fn wait(limiter: &dyn RateLimiter, key: &str, at: Timestamp) -> u64 {
    let wait = limiter.attempt(&[attempt(key)], at).await.unwrap();
    wait.unwrap_or_default().as_secs()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn both_limiters_take_what_the_formula_says(
        burst in 1_u32..6, seconds in 1_u64..90,
        gaps in prop::collection::vec(0_u64..30_000_000, 1..25),
    ) {
        Runtime::new().unwrap().block_on(async {
            let quota = Quota::new(burst, Duration::from_secs(seconds));
            for limiter in limiters().await {
                let (key, mut now, mut arrival) = (fresh("p"), now(), None);
                for gap in &gaps {
                    now = now.plus(Duration::from_micros(*gap));
                    let (expected, next) = quota.judge(arrival, now);
                    arrival = Some(next);
                    let found = limiter.check(&[check(&key, quota)], now).await.unwrap();
                    prop_assert_eq!(found, vec![expected]);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn both_limiters_wait_as_the_formula_says(
        gaps in prop::collection::vec(0_u64..12_000_000, 1..25),
    ) {
        Runtime::new().unwrap().block_on(async {
            for limiter in limiters().await {
                let (key, mut now, mut tries) = (fresh("p"), now(), Tries::default());
                for gap in &gaps {
                    now = now.plus(Duration::from_micros(*gap));
                    let expected = PATIENCE.wait(tries, now);
                    if expected.is_none() {
                        tries = PATIENCE.counted(tries, now);
                    }
                    prop_assert_eq!(limiter.attempt(&[attempt(&key)], now).await.unwrap(), expected);
                }
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn of_several_quotas_one_is_taken_of_each_or_of_none() {
    for limiter in limiters().await {
        let (wide, narrow) = (fresh("wide"), fresh("narrow"));
        let both = [check(&wide, Quota::per_minute(10)), check(&narrow, Quota::per_minute(1))];
        let first = limiter.check(&both, now()).await.unwrap();
        assert!(first.iter().all(Verdict::is_allowed));
        for _ in 0..5 {
            let refused = limiter.check(&both, now()).await.unwrap();
            assert_eq!(refused.iter().map(Verdict::is_allowed).collect::<Vec<_>>(), [true, false]);
        }
        let left = limiter.check(&both[..1], now()).await.unwrap();
        assert_eq!(left[0].remaining, 8);
    }
}

#[tokio::test]
async fn askings_at_the_same_time_are_judged_each_by_itself() {
    for limiter in limiters().await {
        let (shared, now) = (fresh("shared"), now());
        let askings = (0..200_u32).map(|number| {
            let (limiter, shared) = (Arc::clone(&limiter), check(&shared, Quota::per_minute(150)));
            // Every tenth asks alone, and every third of the others for something used up.
            let own = check(&fresh("own"), Quota::per_minute(if number % 3 == 0 { 1 } else { 7 }));
            async move {
                if number % 10 == 0 {
                    return limiter.check(&[shared], now).await.unwrap();
                }
                limiter.check(std::slice::from_ref(&own), now).await.unwrap();
                limiter.check(&[own, shared], now).await.unwrap()
            }
        });
        let verdicts = futures::future::join_all(askings).await;
        for (number, verdicts) in verdicts.iter().enumerate() {
            assert_eq!(verdicts.len(), if number % 10 == 0 { 1 } else { 2 });
            if number % 10 > 0 {
                assert_eq!(verdicts[0].is_allowed(), number % 3 > 0, "{number}: {verdicts:?}");
                let left = if number % 3 > 0 { 5 } else { 0 };
                assert_eq!(verdicts[0].remaining, left, "{number}: {verdicts:?}");
            }
        }
        let allowed = |verdicts: &&Vec<Verdict>| verdicts.iter().all(Verdict::is_allowed);
        // 20 alone and 120 with something left of their own.
        assert_eq!(verdicts.iter().filter(allowed).count(), 140);
        let left = limiter.check(&[check(&shared, Quota::per_minute(150))], now).await.unwrap();
        assert_eq!(left[0].remaining, 9);
    }
}

#[tokio::test]
async fn tries_at_the_same_time_count_before_any_is_known_to_be_wrong() {
    for limiter in limiters().await {
        let (key, now) = (fresh("try"), now());
        let tries = (0..20).map(|_| wait(&*limiter, &key, now));
        let waits = futures::future::join_all(tries).await;
        assert_eq!(waits.iter().filter(|wait| **wait == 0).count(), 3, "{waits:?}");
    }
}

#[tokio::test]
async fn free_tries_by_clocks_that_differ_do_not_wait_for_each_other() {
    for limiter in limiters().await {
        let (key, now) = (fresh("clocks"), now());
        for early in [0, 7, 3] {
            let at = now.minus(Duration::from_millis(early));
            assert_eq!(limiter.attempt(&[attempt(&key)], at).await.unwrap(), None, "{early}");
        }
        assert_eq!(wait(&*limiter, &key, now.minus(Duration::from_millis(3))).await, 1);
    }
}

#[tokio::test]
async fn a_try_that_was_right_is_forgotten_or_taken_back() {
    for limiter in limiters().await {
        let (own, shared, now) = (fresh("own"), fresh("shared"), now());
        for _ in 0..3 {
            assert_eq!(
                limiter.attempt(&[attempt(&own), attempt(&shared)], now).await.unwrap(),
                None
            );
        }
        let both = [attempt(&own), attempt(&shared)];
        assert_eq!(limiter.attempt(&both, now).await.unwrap(), Some(Duration::from_secs(1)));
        limiter.forget(std::slice::from_ref(&own)).await.unwrap();
        for _ in 0..3 {
            assert_eq!(wait(&*limiter, &own, now).await, 0);
        }
        let later = now.plus(Duration::from_secs(1));
        limiter.take_back(&shared).await.unwrap();
        limiter.take_back(&fresh("nobody")).await.unwrap();
        assert_eq!(wait(&*limiter, &shared, later).await, 0, "the third, again");
        assert_eq!(wait(&*limiter, &shared, later).await, 1, "its pause is that of a third");
    }
}

#[tokio::test]
async fn tries_are_forgotten_when_none_came_for_long() {
    for limiter in [LocalLimiter::default()] {
        let (key, start) = (fresh("old"), now());
        for _ in 0..3 {
            wait(&limiter, &key, start).await;
        }
        let later = start.plus(PATIENCE.memory);
        assert_eq!(wait(&limiter, &key, later).await, 0);
        assert_eq!(wait(&limiter, &key, later).await, 0, "counted from one again");
    }
}

#[tokio::test]
async fn what_redis_keeps_ends_with_its_use() {
    let Some(url) = testkit::redis_url() else { return };
    let limiter = redis_limiter(&url).await;
    let (taken, tried) = (fresh("taken"), fresh("tried"));
    limiter.check(&[check(&taken, Quota::per_minute(60))], now()).await.unwrap();
    wait(&limiter, &tried, now()).await;
    let mut connection =
        redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap();
    for (key, most) in [(taken, 1_002_i64), (tried, 600_000)] {
        let left: i64 = redis::cmd("PTTL")
            .arg(format!("wp:rate:{key}"))
            .query_async(&mut connection)
            .await
            .unwrap();
        assert!(left > 0 && left <= most, "{key} lives {left} ms");
    }
}
