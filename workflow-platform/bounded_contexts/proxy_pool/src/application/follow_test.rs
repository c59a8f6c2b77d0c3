//! Looks at tests, follows and cancels them.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt as _, stream::BoxStream};
use shared_kernel::{
    application::{BusStream, Principal, Subscription},
    domain::{Cursor, Page, PageRequest, Permission},
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tracing::warn;

use super::{
    PoolError, ProxyPoolModule,
    drive_test::topic,
    ports::{PoolTest, StoreError, TestRow},
};
use crate::domain::{PoolId, TestId, TestState};

/// Results read at a time.
const CHUNK: u32 = 200;
/// Updates that wait for a slow reader.
const AHEAD: usize = 256;
/// How often the database is looked at when the bus is silent.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What who follows a test hears.
#[derive(Debug, Clone)]
pub enum TestUpdate {
    Result(Box<TestRow>),
    /// How far it is.
    Progress(Box<PoolTest>),
    /// Nothing more will come.
    End(Box<PoolTest>),
}

impl ProxyPoolModule {
    pub async fn list_tests(
        &self,
        who: &Principal,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Page<PoolTest>, PoolError> {
        self.show_pool(who, pool).await?;
        let rows = self.ports.tests.tests(who.owner(), pool, page).await?;
        let key = |test: &PoolTest| Cursor { at: test.created_at, id: test.id.uuid() };
        Ok(Page::cut(rows, page.limit, key))
    }

    pub async fn show_test(
        &self,
        who: &Principal,
        pool: PoolId,
        id: TestId,
    ) -> Result<PoolTest, PoolError> {
        who.require(Permission::ProxyRead)?;
        let found = self.ports.tests.test(who.owner(), pool, id).await?;
        found.ok_or(PoolError::TestNotFound)
    }

    /// Results after this one, in the order in which they came.
    pub async fn test_results(
        &self,
        who: &Principal,
        pool: PoolId,
        id: TestId,
        after: u32,
        limit: u32,
    ) -> Result<Vec<TestRow>, PoolError> {
        self.show_test(who, pool, id).await?;
        Ok(self.ports.tests.test_results(id, after, limit).await?)
    }

    /// Stops a test in a moment; one that has ended stays as it is.
    pub async fn cancel_test(
        &self,
        who: &Principal,
        pool: PoolId,
        id: TestId,
    ) -> Result<PoolTest, PoolError> {
        who.require(Permission::ProxyWrite)?;
        self.ports.tests.cancel_test(who.owner(), pool, id).await?;
        let found = self.ports.tests.test(who.owner(), pool, id).await?;
        found.ok_or(PoolError::TestNotFound)
    }

    /// Results after number `after` as they come, and how far the test is.
    pub async fn follow_test(
        self: &Arc<Self>,
        who: &Principal,
        pool: PoolId,
        id: TestId,
        after: u32,
    ) -> Result<BoxStream<'static, TestUpdate>, PoolError> {
        let test = self.show_test(who, pool, id).await?;
        let news = self.ports.bus.subscribe(Subscription::Topic(topic(id))).await;
        let news = news.map_err(|error| PoolError::Unavailable(Box::new(error)))?;
        let (sender, receiver) = mpsc::channel(AHEAD);
        let follower = Follower { module: Arc::clone(self), test, seq: after, sender };
        tokio::spawn(follower.run(news));
        Ok(ReceiverStream::new(receiver).boxed())
    }
}

struct Follower {
    module: Arc<ProxyPoolModule>,
    test: PoolTest,
    seq: u32,
    sender: mpsc::Sender<TestUpdate>,
}

/// The reader is gone, or there is nothing left to tell.
struct Over;

impl Follower {
    async fn run(mut self, mut news: BusStream) {
        loop {
            match self.catch_up().await {
                Ok(Ok(())) => {}
                Ok(Err(Over)) => return,
                Err(error) => warn!(
                    error = &error as &dyn std::error::Error,
                    test.id = %self.test.id,
                    "following a test failed for now"
                ),
            }
            tokio::select! {
                () = self.sender.closed() => return,
                _ = tokio::time::timeout(LOOK_EVERY, next(&mut news)) => {}
            }
        }
    }

    /// Reads what is new, up to the last result.
    async fn catch_up(&mut self) -> Result<Result<(), Over>, StoreError> {
        let store = Arc::clone(&self.module.ports.tests);
        let PoolTest { owner, pool, id, .. } = self.test;
        // the state first: what has ended before its results are read has all of them
        let Some(test) = store.test(owner, pool, id).await? else { return Ok(Err(Over)) };
        loop {
            let rows = store.test_results(id, self.seq, CHUNK).await?;
            let last = rows.len() < CHUNK as usize;
            for row in rows {
                self.seq = row.seq;
                if self.send(TestUpdate::Result(Box::new(row))).await.is_err() {
                    return Ok(Err(Over));
                }
            }
            if last {
                break;
            }
        }
        let over = test.state != TestState::Running;
        let update = if over { TestUpdate::End } else { TestUpdate::Progress };
        let sent = self.send(update(Box::new(test))).await;
        Ok(if over { Err(Over) } else { sent })
    }

    async fn send(&self, update: TestUpdate) -> Result<(), Over> {
        self.sender.send(update).await.map_err(|_| Over)
    }
}

/// Without a bus the clock alone wakes us.
async fn next(news: &mut BusStream) {
    if news.next().await.is_none() {
        futures::future::pending::<()>().await;
    }
}
