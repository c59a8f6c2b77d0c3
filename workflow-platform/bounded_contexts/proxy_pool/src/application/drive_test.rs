//! Carries a test out, or on where another process left it.

use std::{net::IpAddr, sync::Arc, time::Duration};

use futures::{StreamExt as _, stream};
use shared_kernel::domain::Timestamp;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use url::Url;

use super::{
    ProxyPoolModule,
    live::LivePool,
    ports::{LoadedProxy, PoolTest, ProbeFailure, StoreError, TestRow},
};
use crate::domain::{ProxyId, Seen, Sight, TestId, TestState};

/// A driver that has written nothing for so long is gone.
pub(super) const LEASE: Duration = Duration::from_secs(20);
/// Results are written so often, or when so many have come.
const WRITE_EVERY: Duration = Duration::from_millis(250);
const WRITE_AT: usize = 250;
/// The lease is kept so often although nothing came.
const BEAT: Duration = Duration::from_secs(4);
/// How often a process looks for tests whose driver is gone.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What each proxy is asked for.
pub(super) struct Questions {
    pub target: Url,
    pub judge: Option<Url>,
    /// Address of this machine as the judge sees it.
    pub own: Option<IpAddr>,
}

/// What came of one proxy.
pub(super) struct Tested {
    pub proxy: ProxyId,
    pub address: String,
    pub outcome: Result<Duration, ProbeFailure>,
    pub sight: Sight,
}

/// The topic on which news of a test are published.
pub(super) fn topic(id: TestId) -> String {
    format!("proxy.test.{id}")
}

/// How driving ended.
enum Ended {
    All,
    Cancelled,
    /// Another process drives it by now.
    Lost,
}

struct Drive<'a> {
    module: &'a ProxyPoolModule,
    live: &'a LivePool,
    test: PoolTest,
    written: Instant,
    batch: Vec<Tested>,
    verdict: TargetVerdict,
}

/// A proxy is not blamed for a target that nobody reaches: such failures wait until somebody did.
#[derive(Default)]
pub(super) struct TargetVerdict {
    reached: bool,
    held: Vec<(ProxyId, String)>,
}

impl TargetVerdict {
    pub fn new(reached: bool) -> Self {
        Self { reached, held: Vec::new() }
    }

    /// What may be taken as news of the proxies' health now.
    pub fn take(&mut self, tested: &Tested) -> Vec<(ProxyId, Result<Duration, String>)> {
        match &tested.outcome {
            Ok(elapsed) => {
                self.reached = true;
                let held = self.held.drain(..).map(|(proxy, text)| (proxy, Err(text)));
                held.chain([(tested.proxy, Ok(*elapsed))]).collect()
            }
            Err(failure) if failure.proxy_failed || self.reached => {
                vec![(tested.proxy, Err(failure.text.clone()))]
            }
            Err(failure) => {
                self.held.push((tested.proxy, failure.text.clone()));
                Vec::new()
            }
        }
    }
}

impl Drive<'_> {
    async fn run(
        &mut self,
        proxies: Vec<LoadedProxy>,
        questions: &Questions,
    ) -> Result<Ended, StoreError> {
        let module = self.module;
        let mut results = stream::iter(proxies)
            .map(|proxy| module.ask(proxy, questions))
            .buffer_unordered(module.settings.test_parallel.max(1));
        let mut ticks = interval(WRITE_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut last = false;
            tokio::select! {
                tested = results.next() => match tested {
                    Some(tested) => {
                        self.batch.push(tested);
                        if self.batch.len() < WRITE_AT {
                            continue;
                        }
                    }
                    None => last = true,
                },
                _ = ticks.tick() => {
                    if self.batch.is_empty() && self.written.elapsed() < BEAT {
                        continue;
                    }
                }
            }
            match self.write().await? {
                None => return Ok(Ended::Lost),
                Some(true) => return Ok(Ended::Cancelled),
                Some(false) if last => return Ok(Ended::All),
                Some(false) => {}
            }
        }
    }

    async fn write(&mut self) -> Result<Option<bool>, StoreError> {
        let now = self.module.ports.ambient.now();
        let rows: Vec<TestRow> = (self.test.done + 1..)
            .zip(&self.batch)
            .map(|(seq, tested)| row(seq, tested, now))
            .collect();
        let until = now.plus(LEASE);
        let answer = self.module.ports.tests.drive_test(&self.test, &rows, until).await?;
        if answer.is_none() {
            return Ok(None);
        }
        self.test.leased_until = until;
        self.test.done += u32::try_from(rows.len()).unwrap_or(u32::MAX);
        self.written = Instant::now();
        for tested in self.batch.drain(..) {
            let sight = Some(tested.sight.clone()).filter(|sight| *sight != Sight::default());
            for (proxy, outcome) in self.verdict.take(&tested) {
                let sight = sight.clone().filter(|_| proxy == tested.proxy);
                self.live.tested(proxy, &outcome, sight, now);
            }
        }
        self.module.news(self.test.id).await;
        Ok(answer)
    }
}

fn row(seq: u32, tested: &Tested, now: Timestamp) -> TestRow {
    TestRow {
        seq,
        proxy: tested.proxy,
        address: tested.address.clone(),
        outcome: tested.outcome.clone().map_err(|failure| failure.text),
        sight: tested.sight.clone(),
        at: now,
    }
}

impl ProxyPoolModule {
    pub(super) async fn drive_or_warn(&self, test: PoolTest) {
        let id = test.id;
        if let Err(error) = self.drive(test).await {
            warn!(
                test.id = %id,
                error = &error as &dyn std::error::Error,
                "a test of proxies stopped, it goes on in a moment"
            );
        }
    }

    async fn drive(&self, test: PoolTest) -> Result<(), StoreError> {
        let (id, pool_id) = (test.id, test.pool);
        let pool = self.ports.store.find_pool(test.owner, &pool_id.to_string()).await?;
        let (Some(pool), Ok(target)) = (pool, Url::parse(&test.target)) else {
            return self.end(id, TestState::Cancelled).await;
        };
        let judge = test.judge.as_deref().and_then(|address| Url::parse(address).ok());
        let own = match &judge {
            Some(judge) => self.own_address(judge).await,
            None => None,
        };
        let tested = self.ports.tests.tested(id).await?;
        let mut proxies = self.ports.store.load(test.owner, pool_id).await?;
        proxies.retain(|proxy| proxy.manual.enabled && !tested.contains(&proxy.id));
        let live = self.live.get(&pool).await?;
        let verdict = TargetVerdict::new(test.worked > 0);
        let written = Instant::now();
        let mut drive =
            Drive { module: self, live: &live, test, written, batch: Vec::new(), verdict };
        let questions = Questions { target, judge, own };
        let ended = Box::pin(drive.run(proxies, &questions)).await?;
        self.live.flush_pool(pool_id).await;
        match ended {
            Ended::All => self.end(id, TestState::Finished).await,
            Ended::Cancelled => self.end(id, TestState::Cancelled).await,
            Ended::Lost => Ok(()),
        }
    }

    async fn end(&self, id: TestId, state: TestState) -> Result<(), StoreError> {
        self.ports.tests.end_test(id, state, self.ports.ambient.now()).await?;
        self.news(id).await;
        info!(test.id = %id, state = state.as_str(), "test {id} of a proxy pool has ended");
        Ok(())
    }

    pub(super) async fn news(&self, id: TestId) {
        // whoever follows looks at the database as well
        let _ = self.ports.bus.publish(&topic(id), "").await;
    }

    /// Asks the target, and then the judge, through one proxy.
    pub(super) async fn ask(&self, proxy: LoadedProxy, questions: &Questions) -> Tested {
        let limit = self.settings.test_timeout;
        let probe = &self.ports.probe;
        let _place = self.probing.acquire().await;
        let outcome = probe.probe(Some(&proxy.address), &questions.target, limit).await;
        let mut sight = Sight::default();
        if let (Ok(_), Some(judge)) = (&outcome, &questions.judge) {
            let answer = probe.probe(Some(&proxy.address), judge, limit).await;
            let seen = answer.ok().and_then(|answer| seen_in(&answer.body));
            sight = seen.map(|seen| seen.sight(questions.own)).unwrap_or_default();
        }
        let outcome = outcome.map(|answer| answer.elapsed);
        Tested { proxy: proxy.id, address: proxy.address.to_string(), outcome, sight }
    }

    /// The address of this machine as a judge sees it, remembered for a while.
    pub(super) async fn own_address(&self, judge: &Url) -> Option<IpAddr> {
        let limit = self.settings.test_timeout;
        let ask = async {
            let answer = self.ports.probe.probe(None, judge, limit).await.ok()?;
            seen_in(&answer.body).map(|seen| seen.address)
        };
        self.own_addresses.get_with(judge.to_string(), ask).await
    }

    /// Goes on with tests whose driver is gone. One task per process.
    pub(super) async fn take_over_tests(self: Arc<Self>, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            let now = self.ports.ambient.now();
            match self.ports.tests.take_over_test(now, now.plus(LEASE)).await {
                Ok(Some(test)) => {
                    info!(test.id = %test.id, "test {} goes on in this process", test.id);
                    let driving = self.drive_or_warn(test);
                    stop.run_until_cancelled(driving).await;
                }
                Ok(None) => {}
                Err(error) => warn!(
                    error = &error as &dyn std::error::Error,
                    "tests that stopped cannot be looked for"
                ),
            }
        }
    }
}

fn seen_in(body: &[u8]) -> Option<Seen> {
    Seen::read(&String::from_utf8_lossy(body))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn tested(number: u128, outcome: Result<Duration, ProbeFailure>) -> Tested {
        Tested {
            proxy: Uuid::from_u128(number).into(),
            address: String::new(),
            outcome,
            sight: Sight::default(),
        }
    }

    #[test]
    fn nobody_is_blamed_for_a_target_that_nobody_reaches() {
        let mut verdict = TargetVerdict::default();
        assert!(verdict.take(&tested(1, Err(ProbeFailure::target("502")))).is_empty());
        assert_eq!(verdict.take(&tested(2, Err(ProbeFailure::proxy("refused")))).len(), 1);
        assert!(verdict.take(&tested(3, Err(ProbeFailure::target("late")))).is_empty());
        assert_eq!(verdict.take(&tested(4, Ok(Duration::ZERO))).len(), 3, "somebody reached it");
        assert_eq!(verdict.take(&tested(5, Err(ProbeFailure::target("502")))).len(), 1);
    }
}
